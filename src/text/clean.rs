//! Cleaning text once, at ingest, so that nothing stored can steer a terminal or hide in a line.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

/// At most this many combining marks are kept on one base letter ("zalgo" text has dozens; no script needs more).
const MAX_MARKS: usize = 8;

/// Returns `text` without what stored text must not hold: C0 controls (but newline and tab), DEL, C1 controls, bidi
/// embeddings, overrides and isolates (U+202A–E, U+2066–9), U+200B, U+2060, U+FEFF, and tag characters outside a flag
/// emoji. ZWJ, ZWNJ, LRM, RLM, ALM and the soft hyphen stay: emoji, Persian, Indic and Arabic need them. More than
/// eight combining marks on one letter are cut. `\r\n` and `\r` become `\n`.
///
/// Source: HARDENING of terminals against feed text; UAX #9 §2 (bidi controls), UTS #51 ED-14a (tag sequences).
pub fn clean(text: &str) -> Cow<'_, str> {
    let is_plain_ascii = |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(is_plain_ascii) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut in_flag = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        in_flag = c == '\u{1F3F4}' || (in_flag && is_tag(c));
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            _ if is_forbidden(c) || marks > MAX_MARKS => {}
            _ if is_tag(c) && !in_flag => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Returns `text` cleaned as by [`clean`] on one line: runs of white space become one space, none at the ends. For
/// titles, names and everything else that is printed in a row.
pub fn clean_line(text: &str) -> String {
    let cleaned = clean(text);
    let mut out = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Says whether a character needs no second look.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\t')
        || (c > '\u{A0}'
            && !is_forbidden(c)
            && !is_tag(c)
            && !is_combining_mark(c)
            && !matches!(c, '\u{2028}' | '\u{2029}'))
        || c == '\u{A0}'
}

fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

fn is_tag(c: char) -> bool {
    ('\u{E0000}'..='\u{E007F}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dirty: &str, expect: &str) {
        assert_eq!(clean(dirty), expect, "cleaning {dirty:?}");
    }

    #[test]
    fn plain_text_stays_borrowed() {
        assert!(matches!(
            clean("Kim Jong-un – 김정은\n\tté"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn controls_and_bidi_overrides_go() {
        check("a\u{1b}[31mb\u{7}", "a[31mb");
        check(
            "\u{202e}evil\u{202c} \u{2066}x\u{2069}\u{200b}\u{feff}",
            "evil x",
        );
        check("one\r\ntwo\rthree", "one\ntwo\nthree");
        check("\u{9b}31m\u{85}", "31m\n");
    }

    #[test]
    fn marks_that_scripts_need_stay() {
        check(
            "👩\u{200d}🚀 می\u{200c}خواهم co\u{ad}op",
            "👩\u{200d}🚀 می\u{200c}خواهم co\u{ad}op",
        );
        let scotland = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}";
        check(scotland, scotland);
        check("a\u{E0041}b", "ab");
    }

    #[test]
    fn zalgo_is_bounded() {
        let zalgo = format!("a{}b", "\u{301}".repeat(50));
        check(&zalgo, &format!("a{}b", "\u{301}".repeat(8)));
    }
}
