//! Counting words, for reading times and for comparing texts of one article; the word at a place.

use std::ops::Range;

/// Words a reader takes in per minute. Brysbaert 2019 ("How many words do we read per minute?"): 238 for non-fiction.
const WORDS_PER_MINUTE: usize = 238;

/// Counts words: runs of letters and digits; Chinese and Japanese, which have no spaces, count one for two letters.
pub fn count(text: &str) -> usize {
    let mut words = 0;
    let mut ideographs = 0;
    let mut in_word = false;
    for c in text.chars() {
        if is_ideographic(c) {
            ideographs += 1;
            in_word = false;
        } else if c.is_alphanumeric() {
            words += usize::from(!in_word);
            in_word = true;
        } else if !matches!(c, '\'' | '’' | '-' | '\u{ad}') {
            in_word = false;
        }
    }
    words + ideographs / 2
}

/// Says whether a list of words, set apart by spaces, has a word.
pub fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// Returns the reading time in minutes, rounded, at least 1 where there are words.
pub fn minutes(words: usize) -> u32 {
    if words == 0 {
        return 0;
    }
    let rounded = (words + WORDS_PER_MINUTE / 2) / WORDS_PER_MINUTE;
    u32::try_from(rounded.max(1)).unwrap_or(u32::MAX)
}

/// Returns the byte range of the word at a byte offset: letters and digits, with hyphens and apostrophes inside it; empty
/// where no word stands there. Of Chinese or Japanese, which set no words apart, it is the whole run of letters.
pub fn word_at(text: &str, offset: usize) -> Range<usize> {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let (before, after) = text.split_at(offset);
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '\u{ad}');
    if !after.starts_with(inside) {
        return offset..offset;
    }
    let start = before.trim_end_matches(inside).len();
    let end = offset + after.len() - after.trim_start_matches(inside).len();
    let mark = |c: char| !c.is_alphanumeric();
    let word = text.get(start..end).unwrap_or_default();
    let from = start + word.len() - word.trim_start_matches(mark).len();
    from..from + word.trim_matches(mark).len()
}

/// Says whether a letter belongs to a script written without spaces between words: Han, Hiragana, Katakana.
pub fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_any_script() {
        assert_eq!(count("The miners' shift-leader didn't stop."), 5);
        assert_eq!(count("세계 최초의 터널"), 3);
        assert_eq!(count("海底隧道"), 2);
        assert_eq!(count(" … — "), 0);
    }

    #[test]
    fn a_word_is_whole_and_bare() {
        let text = "The shift-leader's 'miners' — 세계 didn’t";
        for (at, word) in [
            ("leader", "shift-leader's"),
            ("miners", "miners"),
            ("—", ""),
            ("계", "세계"),
            ("didn", "didn’t"),
        ] {
            let offset = text.find(at).unwrap();
            assert_eq!(&text[word_at(text, offset)], word, "{at}");
        }
        for offset in 0..text.len() + 3 {
            assert!(text.get(word_at(text, offset)).is_some());
        }
    }

    #[test]
    fn a_short_text_takes_a_minute() {
        assert_eq!(minutes(0), 0);
        assert_eq!(minutes(3), 1);
        assert_eq!(minutes(1_000), 4);
    }
}
