//! Counting words, for reading times and for comparing texts of one article.

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

/// Returns the reading time in minutes, rounded, at least 1 where there are words.
pub fn minutes(words: usize) -> u32 {
    if words == 0 {
        return 0;
    }
    let rounded = (words + WORDS_PER_MINUTE / 2) / WORDS_PER_MINUTE;
    u32::try_from(rounded.max(1)).unwrap_or(u32::MAX)
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
    fn a_short_text_takes_a_minute() {
        assert_eq!(minutes(0), 0);
        assert_eq!(minutes(3), 1);
        assert_eq!(minutes(1_000), 4);
    }
}
