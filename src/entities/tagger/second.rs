//! The second look: what the first pass over a document says of a word's other places, as features of a small model whose
//! scores are added to those of the first.
//!
//! Source: Krishnan and Manning 2006 (labels of the same words elsewhere in the document, from a first pass).

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use super::LABELS;
use super::chain::{Lattice, Scores, Transitions, best_path};
use super::features::{Features, filled};
use super::tag::names_of;
use crate::entities::gazetteer::HashedKey;
use crate::entities::token::Tokens;

/// What the first pass found, for each token of a document.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// Scores of the labels.
    pub emissions: Vec<Scores>,
    /// Probability of each label.
    pub posteriors: Vec<Scores>,
    /// The best path.
    pub path: Vec<usize>,
}

/// Scores of a token that no name can touch.
const OUTSIDE: Scores = {
    let mut scores = [-50.0; LABELS];
    scores[0] = 0.0;
    scores
};

impl First {
    /// Labels each sentence by itself; `score` adds up the weights of a token's features.
    pub fn look(
        tokens: &Tokens,
        features: &Features<'_>,
        transitions: &Transitions,
        score: impl Fn(&[u64]) -> Scores,
    ) -> Self {
        let count = tokens.list.len();
        let mut certain = [0.0; LABELS];
        certain[0] = 1.0;
        let mut first = Self {
            emissions: vec![OUTSIDE; count],
            posteriors: vec![certain; count],
            path: vec![0; count],
        };
        let mut row = Vec::with_capacity(128);
        let mut lattice = Lattice::default();
        lattice.set(transitions);
        for sentence in named_sentences(tokens) {
            for index in sentence.clone() {
                if features.may_be_named(sentence, index) {
                    row.clear();
                    features.of(sentence, index, &mut row);
                    first.emissions[index] = score(&row);
                }
            }
            let emissions = &first.emissions[sentence.clone()];
            let path = best_path(emissions, transitions);
            lattice.posteriors(emissions);
            first.posteriors[sentence.clone()].copy_from_slice(&lattice.posteriors);
            first.path[sentence.clone()].copy_from_slice(&path);
        }
        first
    }
}

/// Returns the sentences with a capital: others have no name.
pub fn named_sentences(tokens: &Tokens) -> impl Iterator<Item = &Range<usize>> {
    let is_named = |s: &&Range<usize>| (*s).clone().any(|i| tokens.shape(i).is_capital());
    tokens.sentences.iter().filter(is_named)
}

/// Outside, and the four types.
const CLASSES: usize = 5;

/// Says of a word that the document has it nowhere else.
const NOWHERE: u64 = 7;

type Map<T> = HashMap<u64, T, BuildHasherDefault<HashedKey>>;

/// What a document says of a word.
#[derive(Clone, Copy, Default)]
struct Elsewhere {
    sums: [f32; CLASSES],
    count: u32,
    /// The longest name that has the word: its first token, its end, and the word's token.
    name: (u32, u32, u32),
}

/// The evidence of a document.
pub struct Evidence<'a> {
    features: &'a Features<'a>,
    tokens: &'a Tokens,
    first: &'a First,
    of: Map<Elsewhere>,
}

impl std::fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Evidence of {} words", self.of.len())
    }
}

fn classes(row: &Scores) -> [f32; CLASSES] {
    let mut sums = [0.0; CLASSES];
    for (label, value) in row.iter().enumerate() {
        sums[label.div_ceil(2)] += value;
    }
    sums
}

fn best(sums: &[f32; CLASSES]) -> (u64, f32) {
    let best = (0..CLASSES)
        .max_by(|&a, &b| sums[a].total_cmp(&sums[b]))
        .unwrap_or(0);
    (best as u64, sums[best])
}

fn share(value: f32) -> u64 {
    [0.5, 0.75, 0.95].iter().filter(|&&b| value >= b).count() as u64
}

impl<'a> Evidence<'a> {
    /// Gathers what the first pass says of each word in running text.
    pub fn new(tokens: &'a Tokens, features: &'a Features<'a>, first: &'a First) -> Self {
        let mut of: Map<Elsewhere> = Map::default();
        for index in 0..tokens.list.len() {
            if features.is_capital(index) && features.is_running(index) {
                let known = of.entry(features.key(index)).or_default();
                let own = classes(&first.posteriors[index]);
                known.sums.iter_mut().zip(own).for_each(|(s, o)| *s += o);
                known.count += 1;
            }
        }
        for sentence in &tokens.sentences {
            if !features.is_running(sentence.start) {
                continue;
            }
            for (range, _) in names_of(&first.path[sentence.clone()]) {
                let (start, end) = (sentence.start + range.start, sentence.start + range.end);
                for index in start..end {
                    if let Some(known) = of.get_mut(&features.key(index))
                        && known.name.1 - known.name.0 < (end - start) as u32
                    {
                        known.name = (start as u32, end as u32, index as u32);
                    }
                }
            }
        }
        Self {
            features,
            tokens,
            first,
            of,
        }
    }

    /// Returns the type, the share of it and the number of the word's other places.
    fn elsewhere(&self, index: usize) -> (u64, u64, u64) {
        let Some(known) = self.of.get(&self.features.key(index)) else {
            return (NOWHERE, 0, 0);
        };
        let is_counted = self.features.is_running(index) && self.features.is_capital(index);
        let mut sums = known.sums;
        let mut count = known.count;
        if is_counted {
            let own = classes(&self.first.posteriors[index]);
            sums.iter_mut().zip(own).for_each(|(s, o)| *s -= o);
            count -= 1;
        }
        if count == 0 || !self.features.is_capital(index) {
            return (NOWHERE, 0, 0);
        }
        let (kind, sum) = best(&sums);
        (kind, share(sum / count as f32), u64::from(count.min(3)))
    }

    /// Returns the label's type in the longest other name that has the word, the place in it, and whether the words around
    /// are the same there.
    fn in_name(&self, index: usize) -> (u64, u64, u64) {
        let none = (NOWHERE, 0, 0);
        let Some(known) = self.of.get(&self.features.key(index)) else {
            return none;
        };
        let (start, end, at) = known.name;
        if start == end || at as usize == index {
            return none;
        }
        let (start, end, at) = (start as usize, end as usize, at as usize);
        let kind = self.first.path[at].div_ceil(2) as u64;
        let place = u64::from(at > start) | u64::from(at + 1 < end) << 1;
        let same = |here: usize, there: usize| self.tokens.lower(here) == self.tokens.lower(there);
        let before = at > start && index > 0 && same(index - 1, at - 1);
        let after = at + 1 < end && same(index + 1, at + 1);
        (kind, place, u64::from(before) | u64::from(after) << 1)
    }

    /// Appends the features of a token to `out`.
    pub fn of(&self, sentence: &Range<usize>, index: usize, out: &mut Vec<u64>) {
        let own = |index: usize| -> (u64, u64) {
            if !sentence.contains(&index) {
                return (NOWHERE, 0);
            }
            let label = self.first.path[index];
            (label as u64, share(self.first.posteriors[index][label]))
        };
        let before = index.wrapping_sub(1);
        let (label, sure) = own(index);
        let mut template = 200;
        let mut add = |parts: &[u64]| {
            template += 1;
            out.push(filled(template, parts));
        };
        let shape = self.features.shape(index);
        let (kind, part, count) = self.elsewhere(index);
        let (name, place, around) = self.in_name(index);
        if kind == NOWHERE && name == NOWHERE {
            return;
        }
        add(&[kind, part, count]);
        add(&[kind, part, label, sure]);
        add(&[kind, part, shape]);
        add(&[name, place, around]);
        add(&[name, place, label]);
        add(&[name, place, around, label, sure]);
        add(&[name, place, shape]);
        add(&[name, kind, part, label, sure]);
        let near = |index: usize| {
            if sentence.contains(&index) {
                self.elsewhere(index).0
            } else {
                NOWHERE
            }
        };
        add(&[near(before), kind, near(index + 1)]);
    }
}

const _: () = assert!(LABELS == 2 * CLASSES - 1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EntityKind;

    #[test]
    fn labels_fall_into_classes() {
        let mut row = [0.0; LABELS];
        row[super::super::label(EntityKind::Place, true)] = 1.0;
        assert_eq!(best(&classes(&row)).0, 3);
    }
}
