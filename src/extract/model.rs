//! The learnt judgement: two forests of small trees and two tables of words, trained on labelled pages.
//!
//! The trees are *oblivious*: all nodes of a level ask the same question, so that a tree of depth d is d questions and
//! 2^d answers, and judging a page of 300 blocks takes a fraction of a millisecond. `examples/train_cleaner.rs` makes
//! the file.

use std::sync::LazyLock;

use super::features;

/// The model that ships.
static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("cleaner.model")).unwrap_or_default());

/// Rows that are judged together: their numbers fit in a core's nearest cache.
const ROWS: usize = 64;

/// A forest of oblivious trees over rows of numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    /// The value before any tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// A tree: questions "is number `feature` above `threshold`", one a level, and an answer for each way to answer them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// (feature, threshold), the most significant bit of the answer's index first.
    pub questions: Vec<(u16, f32)>,
    /// Answers, 2^questions of them.
    pub answers: Vec<f32>,
}

impl Forest {
    /// Returns the log-odds of each of `rows`, which have `width` numbers each: [`Self::score`] for many, several times as
    /// fast, since a question is asked of all rows at once.
    pub(super) fn scores(&self, rows: &[f32], width: usize) -> Vec<f32> {
        rows.chunks(width.max(1) * ROWS)
            .flat_map(|rows| self.scores_of_few(rows, width))
            .collect()
    }

    fn scores_of_few(&self, rows: &[f32], width: usize) -> Vec<f32> {
        let count = rows.len() / width.max(1);
        let mut columns = vec![0.0; count * width];
        for (n, row) in rows.chunks_exact(width.max(1)).enumerate() {
            for (value, slot) in row.iter().zip(columns.iter_mut().skip(n).step_by(count)) {
                *slot = *value;
            }
        }
        let mut sums = vec![0.0; count];
        let mut at = vec![0_u32; count];
        for tree in &self.trees {
            at.fill(0);
            for (feature, threshold) in &tree.questions {
                let start = usize::from(*feature) * count;
                // A question about a number that no row has is answered with no.
                let column = columns.get(start..start + count).unwrap_or_default();
                at.iter_mut().for_each(|at| *at <<= 1);
                for (at, value) in at.iter_mut().zip(column) {
                    *at |= u32::from(*value > *threshold);
                }
            }
            for (sum, at) in sums.iter_mut().zip(&at) {
                *sum += tree.answers.get(*at as usize).copied().unwrap_or(0.0);
            }
        }
        sums.iter_mut().for_each(|sum| *sum += self.base);
        sums
    }

    /// Returns the log-odds for a row.
    pub fn score(&self, row: &[f32]) -> f32 {
        let tree = |tree: &Tree| {
            let mut at = 0;
            for (feature, threshold) in &tree.questions {
                let is_above = row
                    .get(usize::from(*feature))
                    .is_some_and(|value| value > threshold);
                at = at << 1 | usize::from(is_above);
            }
            tree.answers.get(at).copied().unwrap_or(0.0)
        };
        self.base + self.trees.iter().map(tree).sum::<f32>()
    }
}

/// All that is learnt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Hashes of class and id tokens, sorted, with their log-odds.
    pub names: Vec<(u32, f32)>,
    /// Hashes of words, sorted, with their log-odds.
    pub words: Vec<(u32, f32)>,
    /// The first judgement.
    pub first: Forest,
    /// The second, which sees the first.
    pub second: Forest,
    /// Blocks with a probability above this are kept.
    pub threshold: f32,
}

/// Log-odds are stored in steps of this.
const STEP: f32 = 1.0 / 1024.0;

impl Model {
    /// Returns the model that ships.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    pub(super) fn name_score(&self, token: u32) -> f32 {
        look_up(&self.names, token)
    }

    pub(super) fn word_score(&self, word: u32) -> f32 {
        look_up(&self.words, word)
    }

    /// Returns the probability of each row of the first judgement.
    pub(super) fn first_probabilities(&self, rows: &[f32]) -> Vec<f32> {
        let scores = self.first.scores(rows, features::WIDTH);
        scores.into_iter().map(sigmoid).collect()
    }

    /// Returns the probability of each row of the second judgement.
    pub(super) fn second_probabilities(&self, rows: &[f32]) -> Vec<f32> {
        let scores = self.second.scores(rows, features::WIDTH_2);
        scores.into_iter().map(sigmoid).collect()
    }

    /// Writes the model in its own compact form, little-endian: both tables, both forests, the threshold.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for table in [&self.names, &self.words] {
            out.extend((table.len() as u32).to_le_bytes());
            for (hash, score) in table {
                out.extend(hash.to_le_bytes());
                out.extend(steps(*score).to_le_bytes());
            }
        }
        for forest in [&self.first, &self.second] {
            out.extend(forest.base.to_le_bytes());
            out.extend((forest.trees.len() as u32).to_le_bytes());
            for tree in &forest.trees {
                out.push(tree.questions.len() as u8);
                for (feature, threshold) in &tree.questions {
                    out.extend(feature.to_le_bytes());
                    out.extend(threshold.to_le_bytes());
                }
                for answer in &tree.answers {
                    out.extend(steps(*answer).to_le_bytes());
                }
            }
        }
        out.extend(self.threshold.to_le_bytes());
        out
    }

    /// Reads what [`Self::write`] wrote; `None` where it is cut short.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let names = reader.table()?;
        let words = reader.table()?;
        let first = reader.forest()?;
        let second = reader.forest()?;
        Some(Self {
            names,
            words,
            first,
            second,
            threshold: reader.f32()?,
        })
    }
}

fn steps(value: f32) -> i16 {
    (value / STEP).round() as i16
}

fn look_up(table: &[(u32, f32)], hash: u32) -> f32 {
    table
        .binary_search_by_key(&hash, |entry| entry.0)
        .ok()
        .and_then(|at| table.get(at))
        .map_or(0.0, |entry| entry.1)
}

/// Turns log-odds into a probability.
pub fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }

    fn steps(&mut self) -> Option<f32> {
        self.take()
            .map(|bytes| f32::from(i16::from_le_bytes(bytes)) * STEP)
    }

    fn table(&mut self) -> Option<Vec<(u32, f32)>> {
        let count = self.u32()?;
        (0..count)
            .map(|_| Some((self.u32()?, self.steps()?)))
            .collect()
    }

    fn forest(&mut self) -> Option<Forest> {
        let base = self.f32()?;
        let count = self.u32()?;
        let trees = (0..count).map(|_| {
            let [depth] = self.take()?;
            let questions: Option<Vec<_>> = (0..depth)
                .map(|_| Some((self.take().map(u16::from_le_bytes)?, self.f32()?)))
                .collect();
            let answers: Option<Vec<_>> = (0..1_usize.checked_shl(u32::from(depth))?)
                .map(|_| self.steps())
                .collect();
            Some(Tree {
                questions: questions?,
                answers: answers?,
            })
        });
        let trees: Option<Vec<_>> = trees.collect();
        Some(Forest {
            base,
            trees: trees?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let tree = Tree {
            questions: vec![(3, 0.5), (1, -2.0)],
            answers: vec![0.25, -0.5, 1.0, 0.0],
        };
        let model = Model {
            names: vec![(7, 1.5)],
            words: vec![],
            first: Forest {
                base: 0.1,
                trees: vec![tree],
            },
            second: Forest::default(),
            threshold: 0.5,
        };
        let bytes = model.write();
        assert_eq!(Model::read(&bytes), Some(model.clone()));
        assert_eq!(Model::read(&bytes[..bytes.len() - 1]), None);
        assert!((model.first.score(&[0.0, 0.0, 0.0, 1.0]) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn the_shipped_model_is_whole() {
        let model = Model::shipped();
        assert!(!model.first.trees.is_empty() && !model.second.trees.is_empty());
    }
}
