//! Weights → model file.

use newsdesk::entities::tagger::chain::{NEVER, Scores, Transitions};
use newsdesk::entities::tagger::features::CASE;
use newsdesk::entities::tagger::model::Written;
use newsdesk::entities::tagger::{may_follow, model};

use crate::learn::Weights;
use crate::lexicon::{HashTo, TrainLexicon, case_class};

/// Packs both looks and what is known of words.
pub(crate) fn pack(
    transitions: &Transitions,
    looks: &[Written; 2],
    lexicon: &TrainLexicon,
) -> Vec<u8> {
    let mut transitions = transitions.clone();
    for (before, row) in transitions.pairs.iter_mut().enumerate() {
        for (l, score) in row.iter_mut().enumerate() {
            if !may_follow(l, Some(before)) {
                *score = NEVER;
            }
        }
    }
    let mut words: HashTo<u8> = lexicon.cities.clone();
    for (hash, &(lower, capital)) in &lexicon.counts {
        *words.entry(*hash).or_default() |= case_class(lower, capital) & CASE;
    }
    let mut words: Vec<(u64, u8)> = words.into_iter().collect();
    words.sort_unstable();
    let mut classes: Vec<(u64, u16)> = lexicon.classes.of.iter().map(|(h, c)| (*h, *c)).collect();
    classes.sort_unstable();
    model::write(
        &transitions,
        looks,
        &words,
        &classes,
        &lexicon.classes.joins,
    )
}

/// Keeps the heaviest rows of a look, one byte a weight.
pub(crate) fn heaviest(weights: &Weights, hashes: &[u64], most: usize) -> Written {
    let spread = |row: &Scores| {
        let max = row.iter().copied().fold(f32::MIN, f32::max);
        let min = row.iter().copied().fold(f32::MAX, f32::min);
        max - min
    };
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by(|&a, &b| {
        spread(&weights.rows[b])
            .total_cmp(&spread(&weights.rows[a]))
            .then(a.cmp(&b))
    });
    order.truncate(most);
    let mut sizes: Vec<f32> = order
        .iter()
        .flat_map(|&r| weights.rows[r].map(f32::abs))
        .collect();
    sizes.sort_by(f32::total_cmp);
    let top = sizes.len().checked_sub(1 + sizes.len() / 20_000);
    let scale = top.map_or(1.0, |top| sizes[top].max(f32::MIN_POSITIVE)) / 127.0;
    eprintln!(
        "smallest row kept {:.3}, scale {scale:.5}",
        order.last().map_or(0.0, |&r| spread(&weights.rows[r]))
    );
    let bytes = |w: f32| (w / scale).round().clamp(-127.0, 127.0) as i8;
    let rows = order
        .iter()
        .map(|&r| (hashes[r], weights.rows[r].map(bytes)));
    Written {
        scale,
        rows: rows.collect(),
    }
}
