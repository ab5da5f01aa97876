//! The trained model as a file: weights of one byte in a flat table of fingerprints, and a lexicon.
//!
//! Layout, little endian: magic `NDNM`, version `u32`, labels `u32`, scales of the first and of the second look, start scores,
//! pair scores (`f32`), then four tables (weights of both looks, lexicon, classes of words): slots `u32`, row width `u32`, a `u16`
//! fingerprint a slot (0: free), then the rows; last the joins of the classes and how their
//! words are written. A feature's slot is found by linear probing from
//! its hash; a false match is as rare as two in 100,000 look-ups of unknown features and moves a score by a little.

use super::chain::{Scores, Transitions};
use super::features::{Lexicon, WordClass};
use super::{LABELS, chain};

const MAGIC: &[u8; 4] = b"NDNM";

/// Version of the file's format and of the features: a model of another version is not read.
pub const FORMAT: u32 = 4;

/// A model, read where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    first: Look<'a>,
    second: Look<'a>,
    lexicon: Table<'a>,
    classes: Table<'a>,
    joins: &'a [u8],
    numbers: &'a [u8],
}

/// The weights of one look at a document.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    scale: f32,
    weights: Table<'a>,
}

impl<'a> Model<'a> {
    /// Reads a model file; `None` where it is damaged or of another version.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.get(..20)?;
        let is_known = &header[..4] == MAGIC
            && u32_at(header, 4)? == FORMAT
            && u32_at(header, 8)? as usize == LABELS;
        if !is_known {
            return None;
        }
        let scale = |at: usize| u32_at(header, at).map(f32::from_bits);
        let numbers = bytes.get(20..20 + 4 * LABELS * (LABELS + 1))?;
        let rest = bytes.get(20 + numbers.len()..)?;
        let (first, rest) = Table::read(rest)?;
        let (second, rest) = Table::read(rest)?;
        let (lexicon, rest) = Table::read(rest)?;
        let (classes, joins) = Table::read(rest)?;
        let is_sound = first.width == LABELS
            && second.width == LABELS
            && lexicon.width == 1
            && classes.width == 2;
        let look = |at, weights| {
            Some(Look {
                scale: scale(at)?,
                weights,
            })
        };
        is_sound.then_some(Self {
            first: look(12, first)?,
            second: look(16, second)?,
            lexicon,
            classes,
            joins,
            numbers,
        })
    }

    /// Returns the weights of the first look.
    pub fn first(&self) -> &Look<'a> {
        &self.first
    }

    /// Returns the weights of the second look.
    pub fn second(&self) -> &Look<'a> {
        &self.second
    }

    /// Returns the scores of label pairs.
    pub fn transitions(&self) -> Transitions {
        let number = |n: usize| u32_at(self.numbers, n * 4).map_or(chain::NEVER, f32::from_bits);
        Transitions {
            start: std::array::from_fn(number),
            pairs: std::array::from_fn(|a| std::array::from_fn(|b| number(LABELS * (a + 1) + b))),
        }
    }
}

impl Look<'_> {
    /// Adds up the weights of a token's features.
    pub fn score(&self, features: &[u64]) -> Scores {
        let mut sums = [0_i32; LABELS];
        for &feature in features {
            if let Some(row) = self.weights.get(feature) {
                for (sum, &weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight as i8);
                }
            }
        }
        sums.map(|sum| sum as f32 * self.scale)
    }
}

impl Lexicon for Model<'_> {
    fn word(&self, hash: u64) -> u8 {
        self.lexicon
            .get(hash)
            .and_then(|row| row.first())
            .copied()
            .unwrap_or(0)
    }

    fn class_of(&self, hash: u64) -> WordClass {
        let Some(&[low, high]) = self.classes.get(hash) else {
            return WordClass::default();
        };
        let fine = u16::from_le_bytes([low, high]);
        let join = |n: usize| {
            let at = usize::from(fine) * 3 + n;
            self.joins.get(at).copied().unwrap_or(0)
        };
        WordClass {
            fine,
            middle: join(0),
            coarse: join(1),
            case: join(2),
        }
    }
}

/// A table of rows of bytes, found by hash.
#[derive(Clone, Copy, Debug)]
struct Table<'a> {
    slots: usize,
    width: usize,
    fingerprints: &'a [u8],
    rows: &'a [u8],
}

impl<'a> Table<'a> {
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let slots = u32_at(bytes, 0)? as usize;
        let width = u32_at(bytes, 4)? as usize;
        let fingerprints = bytes.get(8..slots.checked_mul(2)?.checked_add(8)?)?;
        let start = 8 + fingerprints.len();
        let rows = bytes.get(start..slots.checked_mul(width)?.checked_add(start)?)?;
        let rest = bytes.get(start + rows.len()..)?;
        (slots > 0).then_some((
            Self {
                slots,
                width,
                fingerprints,
                rows,
            },
            rest,
        ))
    }

    fn get(&self, hash: u64) -> Option<&'a [u8]> {
        let (mut slot, fingerprint) = place(hash, self.slots);
        // A full table would never end the search; the bound is far above what a fill of 85 % needs.
        for _ in 0..PROBES {
            let at = slot * 2;
            let found =
                u16::from_le_bytes([*self.fingerprints.get(at)?, *self.fingerprints.get(at + 1)?]);
            if found == fingerprint {
                return self.rows.get(slot * self.width..(slot + 1) * self.width);
            }
            if found == 0 {
                return None;
            }
            slot = if slot + 1 == self.slots { 0 } else { slot + 1 };
        }
        None
    }
}

const PROBES: usize = 256;

fn place(hash: u64, slots: usize) -> (usize, u16) {
    let slot = ((hash >> 32) * slots as u64) >> 32;
    (slot as usize, (hash as u16).max(1))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// The weights of one look, to be written.
#[derive(Clone, Debug)]
pub struct Written {
    /// What one step of a weight's byte is worth.
    pub scale: f32,
    /// Hashes of features and their weights.
    pub rows: Vec<(u64, [i8; LABELS])>,
}

/// Writes a model file: scores of label pairs, the two looks, lexicon and classes of words. Rows whose slots cannot be placed
/// are left out.
pub fn write(
    transitions: &Transitions,
    looks: &[Written; 2],
    lexicon: &[(u64, u8)],
    classes: &[(u64, u16)],
    joins: &[[u8; 3]],
) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(MAGIC);
    out.extend(FORMAT.to_le_bytes());
    out.extend((LABELS as u32).to_le_bytes());
    for look in looks {
        out.extend(look.scale.to_le_bytes());
    }
    for row in std::iter::once(&transitions.start).chain(&transitions.pairs) {
        for number in row {
            out.extend(number.to_le_bytes());
        }
    }
    for look in looks {
        let bytes = |row: [i8; LABELS]| row.map(|w| w as u8).to_vec();
        let rows = look.rows.iter().map(|(hash, row)| (*hash, bytes(*row)));
        write_table(&mut out, LABELS, rows.collect());
    }
    let rows = lexicon.iter().map(|(hash, class)| (*hash, vec![*class]));
    write_table(&mut out, 1, rows.collect());
    let rows = classes
        .iter()
        .map(|(hash, class)| (*hash, class.to_le_bytes().to_vec()));
    write_table(&mut out, 2, rows.collect());
    joins.iter().for_each(|join| out.extend(join));
    out
}

fn write_table(out: &mut Vec<u8>, width: usize, rows: Vec<(u64, Vec<u8>)>) {
    let slots = (rows.len() * 100 / 85 + 8).max(8);
    let mut fingerprints = vec![0_u16; slots];
    let mut cells = vec![0_u8; slots * width];
    for (hash, row) in rows {
        let (mut slot, fingerprint) = place(hash, slots);
        for _ in 0..PROBES {
            if fingerprints[slot] == 0 {
                fingerprints[slot] = fingerprint;
                cells[slot * width..(slot + 1) * width].copy_from_slice(&row);
                break;
            }
            slot = (slot + 1) % slots;
        }
    }
    out.extend((slots as u32).to_le_bytes());
    out.extend((width as u32).to_le_bytes());
    for fingerprint in fingerprints {
        out.extend(fingerprint.to_le_bytes());
    }
    out.extend(cells);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_model_reads_back() {
        let weights: Vec<(u64, [i8; LABELS])> = (1..500_u64)
            .map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15), [n as i8; LABELS]))
            .collect();
        let look = |scale: f32, rows: &[(u64, [i8; LABELS])]| Written {
            scale,
            rows: rows.to_vec(),
        };
        let bytes = write(
            &Transitions::default(),
            &[look(0.5, &weights), look(0.25, &weights[..9])],
            &[(7 << 32 | 9, 3)],
            &[(8 << 32 | 9, 1)],
            &[[0, 0, 0], [5, 6, 1]],
        );
        let model = Model::read(&bytes).expect("written as it is read");
        assert_eq!(model.word(7 << 32 | 9), 3);
        let class = WordClass {
            fine: 1,
            middle: 5,
            coarse: 6,
            case: 1,
        };
        assert_eq!(model.class_of(8 << 32 | 9), class);
        assert!((model.first().score(&[weights[4].0])[2] - 2.5).abs() < 1e-6);
        assert!((model.second().score(&[weights[4].0])[2] - 1.25).abs() < 1e-6);
        assert!((model.transitions().pairs[1][2]).abs() < 1e-6);
        assert!(Model::read(&bytes[..bytes.len() - 7]).is_none());
        assert!(Model::read(b"NDNM").is_none());
    }
}
