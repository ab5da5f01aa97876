//! What a block's text is made of, read once when the block is made: counts of letters, words and marks, the script,
//! what its phrases speak for, and a hash that finds the text again.

use super::script::Script;
use super::words::{self, Groups, LettersHash};

/// Letters of a text looked at for its script.
const SCRIPT_CHARS: u32 = 200;

/// What a text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// [`words::hash_of_letters`] of the text.
    pub(super) hash: u64,
    /// What its phrases speak for.
    pub(super) says: Groups,
    /// Number of such phrases.
    pub(super) phrases: u32,
    /// Runs of characters between white space.
    pub(super) words: u32,
    pub(super) letters: u32,
    pub(super) uppers: u32,
    /// Numerals of any script.
    pub(super) digits: u32,
    /// Marks that end a sentence.
    pub(super) sentences: u32,
    pub(super) commas: u32,
    /// The first letter or digit is a capital.
    pub(super) starts_upper: bool,
    /// The last mark, quotes and brackets aside, ends a sentence.
    pub(super) ends_sentence: bool,
    /// Script of most of its first letters.
    pub(super) script: Script,
}

impl Measured {
    /// Reads a text.
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut hash = LettersHash::default();
        let mut scripts = [0_u32; 8];
        let mut in_word = false;
        let mut seen = 0;
        for c in text.chars() {
            if c.is_whitespace() {
                in_word = false;
            } else {
                found.words += u32::from(!in_word);
                in_word = true;
            }
            if seen < SCRIPT_CHARS {
                seen += 1;
                if let Some(slot) = scripts.get_mut(Script::of_char(c) as usize) {
                    *slot += 1;
                }
            }
            if c.is_alphabetic() {
                let is_upper = c.is_uppercase();
                found.starts_upper |= is_upper && found.letters + found.digits == 0;
                found.letters += 1;
                found.uppers += u32::from(is_upper);
                hash.push(c);
            } else if c.is_numeric() {
                found.digits += 1;
                hash.push(c);
            } else if is_sentence_end(c) {
                found.sentences += 1;
            } else if matches!(c, ',' | '，' | '、' | '،') {
                found.commas += 1;
            }
        }
        found.hash = hash.value();
        found.script = Script::of_counts(&scripts);
        found.ends_sentence = text
            .trim_end_matches(['"', '”', '»', ')', '’', '\'', '」', '』', '“', ']'])
            .chars()
            .next_back()
            .is_some_and(is_sentence_end);
        (found.says, found.phrases) = words::of_text(text);
        found
    }
}

fn is_sentence_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_once_and_right() {
        let text = "The Óscar, won in 2024!  (“Share”, he said.)";
        let found = Measured::of(text);
        assert_eq!(found.hash, words::hash_of_letters(text));
        assert_eq!((found.words, found.letters, found.uppers), (8, 24, 3));
        assert_eq!((found.digits, found.sentences, found.commas), (4, 2, 2));
        assert!(found.starts_upper && found.ends_sentence);
        assert_eq!((found.says, found.phrases), words::of_text(text));
        assert_eq!(found.script, Script::Latin);
        assert_eq!(Measured::of("Вода, 水").script, Script::Cyrillic);
        assert_eq!(Measured::of(" …").hash, 0);
        assert!(!Measured::of("3 Men").starts_upper);
    }
}
