//! Sentences → features → weights: the gradient of the likelihood, step by step.

use std::ops::Range;

use newsdesk::entities::tagger::chain::{Lattice, Scores, Transitions};
use newsdesk::entities::tagger::features::Features;
use newsdesk::entities::tagger::{LABELS, may_follow};

use crate::lexicon::{HashTo, TrainLexicon, Without, case_counts};
use crate::random::Random;
use crate::source::Labelled;

/// A sentence ready for training.
pub(crate) struct Example {
    pub(crate) features: Vec<u32>,
    /// End of each token's features.
    pub(crate) ends: Vec<u32>,
    pub(crate) labels: Vec<u8>,
    pub(crate) allowed: Vec<u16>,
    pub(crate) weight: f32,
}

pub(crate) struct Weights {
    pub(crate) rows: Vec<[f32; LABELS]>,
    pub(crate) squares: Vec<[f32; LABELS]>,
    pub(crate) decay: Vec<f32>,
    pub(crate) transitions: Transitions,
    pub(crate) transition_squares: [[f32; LABELS]; LABELS + 1],
}

pub(crate) fn extract(
    documents: &[Labelled],
    lexicon: &TrainLexicon,
    cutoff: u32,
) -> (Vec<Example>, Vec<u64>, Vec<f32>) {
    let mut counts: HashTo<(u32, f32)> = HashTo::default();
    let nothing = HashTo::default();
    let walk = |visit: &mut dyn FnMut(&Labelled, &Range<usize>, &[Vec<u64>])| {
        for document in documents {
            let own = if document.headline_only || document.is_made_up {
                nothing.clone()
            } else {
                case_counts(&document.tokens)
            };
            let features = Features::new(
                &document.tokens,
                &Without {
                    all: lexicon,
                    own: &own,
                },
            );
            for sentence in &document.tokens.sentences {
                if document.headline_only && document.tokens.list[sentence.start].unit > 0 {
                    break;
                }
                let rows: Vec<Vec<u64>> = sentence
                    .clone()
                    .map(|index| {
                        let mut row = Vec::new();
                        features.of(sentence, index, &mut row);
                        row
                    })
                    .collect();
                visit(document, sentence, &rows);
            }
        }
    };
    walk(&mut |document, _, rows| {
        for &hash in rows.iter().flatten() {
            let slot = counts.entry(hash).or_default();
            slot.0 += 1;
            slot.1 += document.weight;
        }
    });
    let mut hashes: Vec<u64> = counts
        .iter()
        .filter(|(_, c)| c.0 >= cutoff)
        .map(|(h, _)| *h)
        .collect();
    hashes.sort_unstable();
    let weights: Vec<f32> = hashes.iter().map(|h| counts[h].1).collect();
    drop(counts);
    let index: HashTo<u32> = hashes.iter().zip(0..).map(|(h, n)| (*h, n)).collect();
    let mut examples = Vec::new();
    walk(&mut |document, sentence, rows| {
        let mut example = Example {
            features: Vec::new(),
            ends: Vec::new(),
            labels: document.labels[sentence.clone()].to_vec(),
            allowed: document
                .allowed
                .get(sentence.clone())
                .map(<[u16]>::to_vec)
                .unwrap_or_default(),
            weight: document.weight,
        };
        for row in rows {
            example
                .features
                .extend(row.iter().filter_map(|h| index.get(h)));
            example.ends.push(example.features.len() as u32);
        }
        examples.push(example);
    });
    (examples, hashes, weights)
}

/// One step: gradient of one sentence's log-likelihood.
pub(crate) fn learn(
    example: &Example,
    weights: &mut Weights,
    rate: f32,
    dropout: f32,
    random: &mut Random,
) -> f64 {
    // A share of the features is hidden at each look, so that none leans on the others.
    let mut kept: Vec<u32> = Vec::with_capacity(example.features.len());
    let mut ends = Vec::with_capacity(example.ends.len());
    let mut start = 0;
    let limit = (dropout * 65536.0) as u64;
    for &end in &example.ends {
        let seen = &example.features[start..end as usize];
        kept.extend(seen.iter().filter(|_| random.next() & 0xffff >= limit));
        ends.push(kept.len() as u32);
        start = end as usize;
    }
    let mut emissions: Vec<Scores> = Vec::with_capacity(example.labels.len());
    let mut start = 0;
    for &end in &ends {
        let mut sums = [0.0; LABELS];
        for &feature in &kept[start..end as usize] {
            for (sum, weight) in sums.iter_mut().zip(&weights.rows[feature as usize]) {
                *sum += weight;
            }
        }
        emissions.push(sums);
        start = end as usize;
    }
    let mut free = Lattice::default();
    free.compute(&emissions, &weights.transitions, &[]);
    let bound: Vec<u16> = if example.allowed.is_empty() {
        example.labels.iter().map(|&l| 1 << l).collect()
    } else {
        example.allowed.clone()
    };
    let mut gold = Lattice::default();
    gold.compute(&emissions, &weights.transitions, &bound);
    let mut start = 0;
    for (at, &end) in ends.iter().enumerate() {
        let gradient: Scores = std::array::from_fn(|l| {
            (free.posteriors[at][l] - gold.posteriors[at][l]) * example.weight
        });
        let features = &kept[start..end as usize];
        start = end as usize;
        if gradient.iter().all(|g| g.abs() < 1e-4) {
            continue;
        }
        for &feature in features {
            let feature = feature as usize;
            let decay = weights.decay[feature] * example.weight;
            let (row, squares) = (&mut weights.rows[feature], &mut weights.squares[feature]);
            for l in 0..LABELS {
                let g = gradient[l] + decay * row[l];
                squares[l] += g * g;
                row[l] -= rate * g / squares[l].sqrt();
            }
        }
    }
    for (before, row) in free.pairs.iter().enumerate() {
        for l in 0..LABELS {
            if may_follow(l, Some(before)) {
                let g = (row[l] - gold.pairs[before][l]) * example.weight;
                let square = &mut weights.transition_squares[before][l];
                *square += g * g;
                weights.transitions.pairs[before][l] -= rate * g / square.sqrt();
            }
        }
    }
    if let (Some(free), Some(gold)) = (free.posteriors.first(), gold.posteriors.first()) {
        for l in (0..LABELS).filter(|&l| may_follow(l, None)) {
            let g = (free[l] - gold[l]) * example.weight;
            let square = &mut weights.transition_squares[LABELS][l];
            *square += g * g;
            weights.transitions.start[l] -= rate * g / square.sqrt();
        }
    }
    free.log_sum - gold.log_sum
}
