//! Words and runs of words as hashes, to find one text in another.

/// Hashes a text's words in lower case; letters of scripts without spaces are words of their own.
pub(super) fn word_hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    let mut hash = START;
    let mut in_word = false;
    for c in text.chars() {
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

/// Returns the share of a text's words that stand in another text.
pub(super) fn overlap(words: &[u64], other: &[u64]) -> f32 {
    if words.is_empty() || other.is_empty() {
        return 0.0;
    }
    let known = words
        .iter()
        .take(60)
        .filter(|word| other.contains(word))
        .count();
    known as f32 / words.len().min(60) as f32
}
