//! Sentences: the one around a place in a text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A full stop after a word of so many letters that begins with a capital is one of an abbreviation: `Mr.`, `Gov.`, `U.S.`
const ABBREVIATION_CHARS: usize = 4;

/// Returns the byte range of the sentence around a byte offset, without white space at its ends. Sentences end as
/// Unicode says (UAX #29, sentence boundaries), but not after what looks like an abbreviation. Empty for a text of white
/// space alone.
pub fn around(text: &str, offset: usize) -> Range<usize> {
    let mut start = 0;
    let mut end = 0;
    for (at, piece) in text.split_sentence_bound_indices() {
        let next = at + piece.len();
        if ends_in_abbreviation(piece) && next < text.len() {
            continue;
        }
        end = next;
        if offset < next {
            break;
        }
        start = next;
    }
    if start >= end {
        end = text.len();
    }
    let sentence = text.get(start..end).unwrap_or_default();
    let from = start + sentence.len() - sentence.trim_start().len();
    from..from + sentence.trim().len()
}

fn ends_in_abbreviation(piece: &str) -> bool {
    let Some(piece) = piece.trim_end().strip_suffix('.') else {
        return false;
    };
    let word = piece
        .rsplit(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or_default();
    word.starts_with(char::is_uppercase) && word.chars().count() <= ABBREVIATION_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at: &str, expect: &str) {
        let offset = text.find(at).expect("the word is there");
        assert_eq!(&text[around(text, offset)], expect);
    }

    #[test]
    fn a_sentence_ends_where_a_reader_would_say() {
        let text =
            "He said so. Gov. Jane Doe of the U.S. Senate did not! Others (St. John too) did?  Yes";
        check(text, "said", "He said so.");
        check(text, "Doe", "Gov. Jane Doe of the U.S. Senate did not!");
        check(text, "too", "Others (St. John too) did?");
        check(text, "Yes", "Yes");
        check("彼は言った。東京で会う。", "東京", "東京で会う。");
    }

    #[test]
    fn any_text_and_offset_has_a_range() {
        for text in ["", " ", ".", "Mr.", "a. b", "é. É", "\n\n"] {
            for offset in 0..text.len() + 2 {
                let range = around(text, offset);
                assert!(
                    text.get(range.clone()).is_some(),
                    "{text:?} {offset} {range:?}"
                );
            }
        }
    }
}
