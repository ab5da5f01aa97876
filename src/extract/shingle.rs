//! Words and runs of words as hashes, to find one text in another.

/// Hashes a text's words in lower case; letters of scripts without spaces are words of their own.
pub(super) fn word_hashes(text: &str) -> Vec<u64> {
    first_word_hashes(text, usize::MAX)
}

/// Hashes the first words of a text, as [`word_hashes`] does.
pub(super) fn first_word_hashes(text: &str, most: usize) -> Vec<u64> {
    let mut hashes = Vec::new();
    let mut hash = START;
    let mut in_word = false;
    for c in text.chars() {
        if hashes.len() >= most {
            break;
        }
        if crate::text::words::is_ideographic(c) {
            if in_word {
                hashes.push(hash);
            }
            hashes.push(mix(START, c));
            (hash, in_word) = (START, false);
        } else if c.is_alphanumeric() {
            if c.is_ascii() {
                hash = mix(hash, c.to_ascii_lowercase());
            } else {
                hash = c.to_lowercase().fold(hash, mix);
            }
            in_word = true;
        } else if in_word {
            hashes.push(hash);
            (hash, in_word) = (START, false);
        }
    }
    if in_word {
        hashes.push(hash);
    }
    hashes.truncate(most);
    hashes
}

pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

pub(super) fn mix(hash: u64, c: char) -> u64 {
    let mixed = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3);
    mixed ^ (mixed >> 29)
}

/// Hashes each run of three words, sorted.
pub(super) fn shingles(text: &str) -> Vec<u64> {
    let words = word_hashes(text);
    let mut shingles: Vec<u64> = words
        .windows(3)
        .map(|run| {
            run.iter().fold(START, |hash, word| {
                (hash ^ word)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .rotate_left(23)
            })
        })
        .collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// Words at a text's beginning that [`overlap`] looks at.
pub(super) const MAX_OVERLAP_WORDS: usize = 60;

/// Returns hashes in order, for [`overlap`].
pub(super) fn sorted(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Returns the share of a text's first words that stand in another text, whose hashes are [`sorted`].
pub(super) fn overlap(words: &[u64], other: &[u64]) -> f32 {
    let words = words.get(..MAX_OVERLAP_WORDS).unwrap_or(words);
    if words.is_empty() || other.is_empty() {
        return 0.0;
    }
    let known = words
        .iter()
        .filter(|word| other.binary_search(word).is_ok())
        .count();
    known as f32 / words.len() as f32
}
