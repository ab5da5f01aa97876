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
    /// Scores of the first look, which those of the second are added to; empty at the first.
    pub(crate) base: Vec<Scores>,
    pub(crate) fold: Option<usize>,
}

/// How weights are learnt.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) epochs: usize,
    pub(crate) l2: f32,
    pub(crate) rate: f32,
    /// Scores of label pairs stay as they are.
    pub(crate) fixed_pairs: bool,
}

pub(crate) struct Weights {
    pub(crate) rows: Vec<[f32; LABELS]>,
    pub(crate) squares: Vec<[f32; LABELS]>,
    pub(crate) decay: Vec<f32>,
    pub(crate) transitions: Transitions,
    pub(crate) transition_squares: [[f32; LABELS]; LABELS + 1],
}

/// What there is to learn from: sentences, and of each of their features its hash and how often it is seen.
pub(crate) struct Extracted {
    pub(crate) examples: Vec<Example>,
    pub(crate) hashes: Vec<u64>,
    pub(crate) counts: Vec<f32>,
}

pub(crate) fn extract(documents: &[Labelled], lexicon: &TrainLexicon, cutoff: u32) -> Extracted {
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
            base: Vec::new(),
            fold: document.fold,
        };
        for row in rows {
            example
                .features
                .extend(row.iter().filter_map(|h| index.get(h)));
            example.ends.push(example.features.len() as u32);
        }
        examples.push(example);
    });
    Extracted {
        examples,
        hashes,
        counts: weights,
    }
}

/// Learns weights from examples, in an order that chance shuffles anew each time round.
pub(crate) fn fit(
    examples: &[&Example],
    counts: &[f32],
    transitions: Transitions,
    schedule: Schedule,
    random: &mut Random,
) -> Weights {
    let mut weights = Weights {
        rows: vec![[0.0; LABELS]; counts.len()],
        squares: vec![[1e-2; LABELS]; counts.len()],
        decay: counts.iter().map(|&c| schedule.l2 / c.max(1.0)).collect(),
        transitions,
        transition_squares: [[1e-2; LABELS]; LABELS + 1],
    };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let all = (schedule.epochs * order.len()) as f32;
    for epoch in 0..schedule.epochs {
        for i in (1..order.len()).rev() {
            order.swap(i, (random.next() % (i as u64 + 1)) as usize);
        }
        let mut loss = 0.0;
        for (n, &index) in order.iter().enumerate() {
            let done = (epoch * order.len() + n) as f32 / all;
            let rate = schedule.rate * (1.0 - 0.95 * done);
            loss += learn(examples[index], &mut weights, rate, schedule.fixed_pairs);
        }
        eprintln!("epoch {:2}  loss {loss:9.0}", epoch + 1);
    }
    weights
}

/// One step: gradient of one sentence's log-likelihood.
fn learn(example: &Example, weights: &mut Weights, rate: f32, fixed_pairs: bool) -> f64 {
    let mut emissions: Vec<Scores> = Vec::with_capacity(example.labels.len());
    let mut start = 0;
    for (at, &end) in example.ends.iter().enumerate() {
        let mut sums = example.base.get(at).copied().unwrap_or([0.0; LABELS]);
        for &feature in &example.features[start..end as usize] {
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
    for (at, &end) in example.ends.iter().enumerate() {
        let gradient: Scores = std::array::from_fn(|l| {
            (free.posteriors[at][l] - gold.posteriors[at][l]) * example.weight
        });
        let features = &example.features[start..end as usize];
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
    if fixed_pairs {
        return free.log_sum - gold.log_sum;
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
