//! Learning the second look: each article is first looked at by weights that were learnt without it, as a new one is.

use std::collections::BTreeMap;

use newsdesk::entities::tagger::chain::{Scores, Transitions};
use newsdesk::entities::tagger::features::Features;
use newsdesk::entities::tagger::second::{Evidence, First, named_sentences};
use newsdesk::entities::tagger::{LABELS, kind_of};

use crate::learn::{Example, Extracted, Schedule, Weights, fit};
use crate::lexicon::{HashTo, TrainLexicon, Without, case_counts};
use crate::random::Random;
use crate::source::Labelled;

/// In how many shares the articles are learnt without.
pub(crate) const FOLDS: usize = 3;

/// Features seen less often say nothing.
const CUTOFF: u32 = 3;

/// A sentence with its features as hashes, a list a token.
type Seen = (Example, Vec<Vec<u64>>);

/// Returns weights and their features' hashes.
pub(crate) fn learn_second(
    documents: &[Labelled],
    lexicon: &TrainLexicon,
    seen_first: &Extracted,
    first: &Weights,
    schedules: [Schedule; 2],
    doubts: bool,
    random: &mut Random,
) -> (Weights, Vec<u64>) {
    let Extracted {
        examples,
        hashes,
        counts,
    } = seen_first;
    let index: HashTo<u32> = hashes.iter().zip(0..).map(|(h, n)| (*h, n)).collect();
    let mut seen: Vec<Seen> = Vec::new();
    for fold in 0..FOLDS {
        let others: Vec<&Example> = examples.iter().filter(|e| e.fold != Some(fold)).collect();
        let weights = fit(
            &others,
            counts,
            Transitions::default(),
            schedules[0],
            random,
        );
        let score = |row: &[u64]| {
            let mut sums = [0.0; LABELS];
            for &feature in row.iter().filter_map(|h| index.get(h)) {
                let row: &Scores = &weights.rows[feature as usize];
                sums.iter_mut().zip(row).for_each(|(s, w)| *s += w);
            }
            sums
        };
        for document in documents.iter().filter(|d| d.fold == Some(fold)) {
            look_again(document, lexicon, &weights, &score, doubts, &mut seen);
        }
    }
    let mut counted: BTreeMap<u64, (u32, f32)> = BTreeMap::new();
    for (example, rows) in &seen {
        for &hash in rows.iter().flatten() {
            let slot = counted.entry(hash).or_default();
            slot.0 += 1;
            slot.1 += example.weight;
        }
    }
    counted.retain(|_, slot| slot.0 >= CUTOFF);
    let hashes: Vec<u64> = counted.keys().copied().collect();
    let counts: Vec<f32> = counted.values().map(|slot| slot.1).collect();
    let index: HashTo<u32> = hashes.iter().zip(0..).map(|(h, n)| (*h, n)).collect();
    let examples: Vec<Example> = seen
        .into_iter()
        .map(|(mut example, rows)| {
            for row in rows {
                example
                    .features
                    .extend(row.iter().filter_map(|h| index.get(h)));
                example.ends.push(example.features.len() as u32);
            }
            example
        })
        .collect();
    let examples: Vec<&Example> = examples.iter().collect();
    eprintln!(
        "second look: {} sentences, {} features",
        examples.len(),
        hashes.len()
    );
    let weights = fit(
        &examples,
        &counts,
        first.transitions.clone(),
        schedules[1],
        random,
    );
    (weights, hashes)
}

/// Adds the sentences of a document with the features of the second look.
fn look_again(
    document: &Labelled,
    lexicon: &TrainLexicon,
    weights: &Weights,
    score: &impl Fn(&[u64]) -> Scores,
    doubts: bool,
    seen: &mut Vec<Seen>,
) {
    let tokens = &document.tokens;
    let own = case_counts(tokens);
    let features = Features::new(
        tokens,
        &Without {
            all: lexicon,
            own: &own,
        },
    );
    let first = First::look(tokens, &features, &weights.transitions, score);
    if doubts && !document.headline_only {
        print_doubts(document, &first);
    }
    let evidence = Evidence::new(tokens, &features, &first);
    for sentence in named_sentences(tokens) {
        if document.headline_only && tokens.list[sentence.start].unit > 0 {
            break;
        }
        let rows = sentence.clone().map(|index| {
            let mut row = Vec::new();
            if features.may_be_named(sentence, index) {
                evidence.of(sentence, index, &mut row);
            }
            row
        });
        let rows = rows.collect();
        let allowed = document.allowed.get(sentence.clone());
        let example = Example {
            features: Vec::new(),
            ends: Vec::new(),
            labels: document.labels[sentence.clone()].to_vec(),
            allowed: allowed.map(<[u16]>::to_vec).unwrap_or_default(),
            weight: document.weight,
            base: first.emissions[sentence.clone()].to_vec(),
            fold: document.fold,
        };
        seen.push((example, rows));
    }
}

/// Prints the names and the words of an article whose labels weights that were learnt without it hold for wrong, with what
/// they say instead.
fn print_doubts(document: &Labelled, first: &First) {
    const SURE: f32 = 0.9;
    let tokens = &document.tokens;
    for sentence in named_sentences(tokens) {
        let mut at = sentence.start;
        while at < sentence.end {
            let differs = |i: usize| first.path[i] != document.labels[i] as usize;
            if !differs(at) {
                at += 1;
                continue;
            }
            let end = (at..sentence.end)
                .find(|&i| !differs(i))
                .unwrap_or(sentence.end);
            let sure = (at..end).map(|i| first.posteriors[i][first.path[i]]);
            let sure = sure.fold(1.0, f32::min);
            if sure >= SURE {
                let name = |label: usize| kind_of(label).map_or("-", |kind| kind.tag());
                let says: Vec<String> = (at..end)
                    .map(|i| {
                        format!(
                            "{}>{}",
                            name(document.labels[i] as usize),
                            name(first.path[i])
                        )
                    })
                    .collect();
                println!(
                    "{sure:.2} {} {:20} {} [{}] {}",
                    document.source,
                    says.join(" "),
                    tokens.words(at.saturating_sub(7).max(sentence.start)..at),
                    tokens.words(at..end),
                    tokens.words(end..(end + 6).min(sentence.end)),
                );
            }
            at = end;
        }
    }
}
