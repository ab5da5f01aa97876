//! Folding: one form for everything that a reader would call the same word. For search and for matching names only; the
//! text that is shown is never folded.
//!
//! What is folded: compatibility forms (NFKC: full width, ligatures), case, curly quotes and dashes, invisible marks
//! (soft hyphen, zero-width, ZWJ, directional marks, variation selectors: dropped), look-alike letters in a word that
//! mixes scripts (`Рutin` with a Cyrillic `Р`), and diacritics where readers type without them: Latin, Greek, Arabic,
//! Hebrew (`Erdoğan` is found by `erdogan`). Marks that make another letter stay: Cyrillic `й`, Japanese voicing marks,
//! Indic vowel signs, Hangul.
//!
//! Chinese, Japanese and Korean runs become overlapping pairs of letters for the full-text index ([`index_terms`],
//! [`query_terms`]), as Lucene's CJK analysis does: Chinese and Japanese have no spaces, and Korean glues particles to
//! its nouns.

use std::ops::Range;

use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

use super::words::is_ideographic;

/// A folded text that knows where each part of it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each byte of `text`, and one past its end, the byte offset in the original of the letter it came from.
    origins: Vec<u32>,
}

impl Folded {
    /// Returns the byte range in the original text behind a byte range of the folded text, with the marks and
    /// invisible letters that belong to it. Ranges past the end are cut.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let at = |offset: usize| {
            let last = self.origins.len().saturating_sub(1);
            self.origins.get(offset.min(last)).copied().unwrap_or(0) as usize
        };
        at(range.start)..at(range.end)
    }
}

/// Returns the folded form of `text`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for (c, _) in fold_letters(text) {
        out.push(c);
    }
    out
}

/// Returns the folded form of `text` with the way back to the original's offsets.
pub fn fold_with_map(text: &str) -> Folded {
    let mut folded = Folded {
        text: String::with_capacity(text.len()),
        origins: Vec::with_capacity(text.len() + 1),
    };
    for (c, origin) in fold_letters(text) {
        folded.text.push(c);
        folded
            .origins
            .extend(std::iter::repeat_n(origin, c.len_utf8()));
    }
    folded.origins.push(text.len() as u32);
    folded
}

/// Returns the overlapping pairs of letters of a run (`海底隧道`: `海底 底隧 隧道`); a run of one letter is that letter.
pub fn bigrams(run: &str) -> Vec<String> {
    let letters: Vec<char> = run.chars().collect();
    if letters.len() < 2 {
        return letters.iter().map(char::to_string).collect();
    }
    letters.windows(2).map(|two| two.iter().collect()).collect()
}

/// Returns what the full-text index stores for `text`: folded, with each Chinese, Japanese or Korean run as its
/// [`bigrams`] and then its last letter alone, so that a query of one letter finds it as a prefix wherever it stands.
/// Needs a tokenizer that splits on everything but letters and digits (FTS5's `unicode61`).
pub fn index_terms(text: &str) -> String {
    terms(text, false)
}

/// Returns what to ask the full-text index for: as [`index_terms`], without the last letter of a run that ends the
/// query (in the article the run may go on). A word of the result is to be matched as a phrase with its neighbours; a
/// query of a single Chinese, Japanese or Korean letter is to be matched as a prefix.
pub fn query_terms(text: &str) -> String {
    terms(text, true)
}

fn terms(text: &str, is_query: bool) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    let mut out = String::with_capacity(folded.len() * 2);
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(is_unspaced) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !is_unspaced(c)).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        push_run(&mut out, run, !(is_query && after.trim().is_empty()));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn push_run(out: &mut String, run: &str, with_last: bool) {
    if !out.is_empty() && !out.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    let pairs = bigrams(run);
    out.push_str(&pairs.join(" "));
    let last = run
        .chars()
        .next_back()
        .filter(|_| run.chars().nth(1).is_some());
    if let (true, Some(last)) = (with_last, last) {
        out.push(' ');
        out.push(last);
    }
    out.push(' ');
}

/// Says whether a letter belongs to a run that the index cuts into pairs: Han, Hiragana, Katakana, Hangul.
pub fn is_unspaced(c: char) -> bool {
    is_ideographic(c)
        || matches!(c, '\u{3005}' | '\u{3007}' | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7A3}')
}

/// Folds letter by letter; each comes with the byte offset of the letter it is made from.
fn fold_letters(text: &str) -> Vec<(char, u32)> {
    let mut out: Vec<(char, u32)> = Vec::with_capacity(text.len());
    let mut word_end = 0;
    let mut alike = None;
    for (at, c) in text.char_indices() {
        if c.is_ascii() && alike.is_none() && at < word_end {
            out.push((c.to_ascii_lowercase(), at as u32));
            continue;
        }
        if at >= word_end {
            let word = word_at(&text[at..]);
            word_end = at + word.len().max(c.len_utf8());
            alike = mixed_to(word);
        }
        if is_invisible(c) {
            continue;
        }
        let c = alike.and_then(|script| look_alike(c, script)).unwrap_or(c);
        fold_letter(c, at as u32, &mut out);
    }
    out
}

/// Appends the folded form of one letter.
fn fold_letter(c: char, at: u32, out: &mut Vec<(char, u32)>) {
    if c.is_ascii() {
        return out.push((c.to_ascii_lowercase(), at));
    }
    if let Some(plain) = spelled_out(c) {
        return out.extend(plain.chars().map(|c| (c, at)));
    }
    decompose_compatible(c, |part| {
        for part in part.to_lowercase() {
            if let Some(plain) = spelled_out(part) {
                out.extend(plain.chars().map(|c| (c, at)));
            } else {
                push_or_compose(part, at, out);
            }
        }
    });
}

/// Appends a letter, or joins a mark to the letter before it, or drops the mark where it is only a diacritic.
fn push_or_compose(c: char, at: u32, out: &mut Vec<(char, u32)>) {
    let Some(last) = out.last_mut() else {
        return out.push((c, at));
    };
    let is_jamo = matches!(c, '\u{1161}'..='\u{11C2}');
    if !is_combining_mark(c) && !is_jamo {
        return out.push((c, at));
    }
    if is_diacritic(c, last.0) {
        return;
    }
    match compose(last.0, c) {
        Some(whole) => last.0 = whole,
        None => out.push((c, at)),
    }
}

/// Says whether a mark on this letter is one that readers leave out when they type.
fn is_diacritic(mark: char, base: char) -> bool {
    match mark {
        '\u{300}'..='\u{36F}' => match script(base) {
            // й and ў are letters of their own; ё is typed as е, and stress marks are not typed.
            Some(Script::Cyrillic) => mark != '\u{306}',
            _ => true,
        },
        // Arabic vowels and hamza on its carrier; Hebrew points.
        '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}' | '\u{591}'..='\u{5C7}' => true,
        _ => false,
    }
}

/// Letters that have no decomposition but a usual plain spelling.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ħ' | 'Ħ' => "h",
        'ı' => "i",
        'ə' | 'Ə' => "e",
        'ς' => "σ",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        '‘' | '’' | '‚' | '‛' | 'ʼ' | 'ʻ' | 'ʹ' | '′' | '`' | '´' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        _ => return None,
    })
}

/// Says whether a letter is dropped: it is not seen, or only directs how others are shown.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E01EF}')
}

/// Returns a word with look-alike letters of another script replaced, where it mixes scripts; else the word as it is.
pub fn unmix_scripts(word: &str) -> String {
    let Some(script) = mixed_to(word) else {
        return word.to_owned();
    };
    word.chars()
        .map(|c| look_alike(c, script).unwrap_or(c))
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        _ => return None,
    })
}

/// Returns the run of letters, marks and invisible letters that starts the text.
fn word_at(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)))
        .unwrap_or(text.len());
    &text[..end]
}

/// Returns the script a word is meant to be in, where it mixes Latin with Greek or Cyrillic and every letter of one
/// side looks like one of the other. A word that mixes them for a reason (`TеX` in jest, formulae) has letters without a
/// look-alike on both sides and stays.
fn mixed_to(word: &str) -> Option<Script> {
    if word.is_ascii() {
        return None;
    }
    let has = |wanted| word.chars().any(|c| script(c) == Some(wanted));
    if !has(Script::Latin) {
        return None;
    }
    let all_alike = |from, to| {
        word.chars()
            .filter(|&c| script(c) == Some(from))
            .all(|c| look_alike(c, to).is_some())
    };
    [Script::Cyrillic, Script::Greek]
        .into_iter()
        .find(|&other| has(other))
        .and_then(|other| {
            if all_alike(other, Script::Latin) {
                Some(Script::Latin)
            } else {
                all_alike(Script::Latin, other).then_some(other)
            }
        })
}

/// Pairs of letters that look the same in most fonts. Source: UTS #39 confusables, the letters of Latin, Greek and
/// Cyrillic alone.
const CYRILLIC_ALIKE: &[(char, char)] = &[
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('а', 'a'),
    ('с', 'c'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('х', 'x'),
    ('у', 'y'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('к', 'k'),
];
const GREEK_ALIKE: &[(char, char)] = &[
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('α', 'a'),
    ('ι', 'i'),
    ('ρ', 'p'),
    ('κ', 'k'),
];

/// Returns the letter of `to` that this letter of another script looks like.
fn look_alike(c: char, to: Script) -> Option<char> {
    let from = script(c)?;
    let (table, forward) = match (from, to) {
        (Script::Cyrillic, Script::Latin) => (CYRILLIC_ALIKE, true),
        (Script::Greek, Script::Latin) => (GREEK_ALIKE, true),
        (Script::Latin, Script::Cyrillic) => (CYRILLIC_ALIKE, false),
        (Script::Latin, Script::Greek) => (GREEK_ALIKE, false),
        _ => return None,
    };
    table.iter().find_map(|&(other, latin)| {
        let (seen, meant) = if forward {
            (other, latin)
        } else {
            (latin, other)
        };
        (seen == c).then_some(meant)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(fold(text), expect, "folding {text:?}");
        assert_eq!(fold(expect), expect, "folding {expect:?} again");
        assert_eq!(fold_with_map(text).text, expect);
    }

    #[test]
    fn case_and_diacritics_go_where_readers_leave_them_out() {
        check("Erdoğan İstanbul Łódź", "erdogan istanbul lodz");
        check("Straße Ærø naïve", "strasse aero naive");
        check("Ελλάδα Ὅμηρος", "ελλαδα ομηροσ");
        check("e\u{301}te\u{301}", "ete");
        check("ﬁnal Ｆｕｌｌ", "final full");
    }

    #[test]
    fn marks_that_make_another_letter_stay() {
        check("Йошкар ёлка", "йошкар елка");
        check("ガンダム か", "ガンダム か");
        check("ｶﾞｽ", "ガス");
        check("हिन्दी", "हिन्दी");
        check("김정은", "김정은");
        check("\u{1100}\u{1161}\u{11a8}", "각");
    }

    #[test]
    fn invisible_letters_and_curly_quotes_do_not_split_words() {
        check("Pu\u{ad}tin\u{200b}’s “co\u{2060}op”", "putin's \"coop\"");
        check("می\u{200c}خواهم", "ميخواهم");
    }

    #[test]
    fn look_alike_letters_join_the_script_of_their_word() {
        check("Рutin", "putin");
        check("Аpple Москва", "apple москва");
        check("Mосквa", "москва");
        check("ΝATO", "nato");
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "Der „Ge\u{ad}ne\u{301}ral“ Straße ﬁn";
        let folded = fold_with_map(text);
        let find = |needle: &str| {
            let at = folded.text.find(needle).expect("stands in the text");
            &text[folded.original(at..at + needle.len())]
        };
        assert_eq!(find("general"), "Ge\u{ad}ne\u{301}ral");
        assert_eq!(find("strasse"), "Straße");
        assert_eq!(find("fin"), "ﬁn");
        assert_eq!(folded.original(500..900), text.len()..text.len());
    }

    #[test]
    fn unspaced_scripts_are_indexed_in_pairs() {
        assert_eq!(bigrams("海底隧道"), ["海底", "底隧", "隧道"]);
        assert_eq!(
            index_terms("Der 海底隧道, 1990")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["der", "海底", "底隧", "隧道", "道", ",", "1990"]
        );
        assert_eq!(query_terms("隧道").trim(), "隧道");
        assert_eq!(
            query_terms("삼성전자 회장")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["삼성", "성전", "전자", "자", "회장"]
        );
        assert_eq!(query_terms("道").trim(), "道");
        assert_eq!(index_terms("Plain words"), "plain words");
    }
}
