//! Text → tokens and sentences: the units that the tagger labels.
//!
//! Hyphens, slashes and possessive endings are tokens of their own, so that `Kim-Putin` can be two names and `Putin's`
//! can end before its `'s`. Invisible letters (soft hyphen, zero width) and combining marks belong to their word. No
//! token starts or ends between two letters or digits of one word, but for scripts without spaces between words.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::text::fold::{is_invisible, is_unspaced, unmix_scripts};

/// How a token is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// No upper-case letter.
    Lower,
    /// One upper-case letter, the first, of several letters.
    Title,
    /// Upper-case letters only, at least two.
    Upper,
    /// One upper-case letter, maybe with its period: an initial.
    Initial,
    /// Upper case inside (`McCain`, `iPhone`).
    Mixed,
    /// Digits only, with their commas and points.
    Number,
    /// Anything that is no letter and no digit.
    Mark,
}

impl Shape {
    /// Says whether the token starts with an upper-case letter or has one inside.
    pub fn is_capital(self) -> bool {
        matches!(
            self,
            Self::Title | Self::Upper | Self::Initial | Self::Mixed
        )
    }
}

/// A word, number or mark.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it starts in its unit's text, in bytes.
    pub start: u32,
    /// Where it ends there.
    pub end: u32,
    /// Which unit.
    pub unit: u32,
    /// Range in [`Tokens::forms`]: the word without invisible letters.
    form: (u32, u32),
    /// Range in [`Tokens::lowers`]: that in lower case.
    lower: (u32, u32),
    /// How it is written.
    pub shape: Shape,
    /// White space stands before it.
    pub spaced: bool,
}

/// The tokens of a text of several units (headline, paragraphs, cells).
#[derive(Debug, Default)]
pub struct Tokens {
    /// All tokens in order.
    pub list: Vec<Token>,
    /// Ranges of tokens that are one sentence; they cover the list.
    pub sentences: Vec<Range<usize>>,
    forms: String,
    lowers: String,
}

impl Tokens {
    /// Cuts a unit into tokens and sentences and appends them.
    pub fn push_unit(&mut self, unit: u32, text: &str) {
        let first = self.list.len();
        let mut at = 0;
        let mut spaced = true;
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() {
                if c == '\n' {
                    self.end_sentence();
                }
                spaced = true;
                at += c.len_utf8();
                continue;
            }
            if is_invisible(c) {
                at += c.len_utf8();
                continue;
            }
            let end = at + token_length(&text[at..], spaced);
            for (start, end) in split_possessive(text, at, end) {
                self.push(unit, text, start, end, spaced);
                spaced = false;
            }
            at = end;
            spaced = false;
        }
        self.end_sentence();
        self.split_sentences(first);
    }

    fn push(&mut self, unit: u32, text: &str, start: usize, end: usize, spaced: bool) {
        let word = &text[start..end];
        let form = self.forms.len();
        if word.is_ascii() {
            self.forms.push_str(word);
        } else {
            let seen: String = word
                .chars()
                .filter(|&c| !is_invisible(c))
                .map(straight)
                .collect();
            self.forms.push_str(&unmix_scripts(&seen));
        }
        let lower = self.lowers.len();
        let shape = shape(&self.forms[form..]);
        if self.forms[form..].is_ascii() {
            self.lowers.extend(
                self.forms[form..]
                    .bytes()
                    .map(|b| b.to_ascii_lowercase() as char),
            );
        } else {
            self.lowers.push_str(&self.forms[form..].to_lowercase());
        }
        self.list.push(Token {
            start: start as u32,
            end: end as u32,
            unit,
            form: (form as u32, self.forms.len() as u32),
            lower: (lower as u32, self.lowers.len() as u32),
            shape,
            spaced,
        });
    }

    /// Returns a token's word without invisible letters; empty past the end.
    pub fn form(&self, index: usize) -> &str {
        self.list
            .get(index)
            .map_or("", |t| &self.forms[t.form.0 as usize..t.form.1 as usize])
    }

    /// Returns a token's word in lower case; empty past the end.
    pub fn lower(&self, index: usize) -> &str {
        self.list
            .get(index)
            .map_or("", |t| &self.lowers[t.lower.0 as usize..t.lower.1 as usize])
    }

    /// Returns a token's shape; a mark past the end.
    pub fn shape(&self, index: usize) -> Shape {
        self.list.get(index).map_or(Shape::Mark, |t| t.shape)
    }

    /// Returns the words of a range joined as they stand: one space where there is white space.
    pub fn words(&self, range: Range<usize>) -> String {
        let mut out = String::new();
        for index in range.clone() {
            if index > range.start && self.list.get(index).is_some_and(|t| t.spaced) {
                out.push(' ');
            }
            out.push_str(self.form(index));
        }
        out
    }

    fn end_sentence(&mut self) {
        let from = self.sentences.last().map_or(0, |s| s.end);
        if from < self.list.len() {
            self.sentences.push(from..self.list.len());
        }
    }

    /// Splits the sentences that start at or after a token at full stops.
    fn split_sentences(&mut self, first: usize) {
        let kept = self.sentences.partition_point(|s| s.start < first);
        let lines = self.sentences.split_off(kept);
        for line in lines {
            let mut start = line.start;
            for index in line.clone() {
                if index + 1 < line.end && self.ends_sentence(index) {
                    self.sentences.push(start..index + 1);
                    start = index + 1;
                }
            }
            // A sentence is bounded, so that a hostile page costs no more than its length.
            self.sentences.push(start..line.end);
        }
        let long: Vec<Range<usize>> = self.sentences.split_off(kept);
        for sentence in long {
            let mut at = sentence.start;
            while sentence.end - at > MAX_SENTENCE {
                self.sentences.push(at..at + MAX_SENTENCE);
                at += MAX_SENTENCE;
            }
            self.sentences.push(at..sentence.end);
        }
    }

    fn ends_sentence(&self, index: usize) -> bool {
        let next = self.list[index + 1];
        match self.form(index) {
            "." if next.spaced => {
                let after = if self.shape(index + 1) == Shape::Mark {
                    index + 2
                } else {
                    index + 1
                };
                let starts = self.shape(after).is_capital() || self.shape(after) == Shape::Number;
                starts && !(index > 0 && is_abbreviation(self.lower(index - 1)))
            }
            "?" | "!" | "…" | "。" | "؟" => next.spaced || self.form(index) == "。",
            "\"" if !self.list[index].spaced && next.spaced => {
                index > 0
                    && matches!(self.form(index - 1), "." | "?" | "!")
                    && next.shape.is_capital()
            }
            _ => false,
        }
    }
}

/// Longest sentence in tokens; longer ones are cut.
const MAX_SENTENCE: usize = 400;

/// Words whose period ends no sentence.
fn is_abbreviation(lower: &str) -> bool {
    matches!(
        lower,
        "mr" | "mrs"
            | "ms"
            | "dr"
            | "prof"
            | "rev"
            | "gen"
            | "sen"
            | "rep"
            | "gov"
            | "lt"
            | "col"
            | "maj"
            | "capt"
            | "cmdr"
            | "sgt"
            | "cpl"
            | "adm"
            | "brig"
            | "st"
            | "mt"
            | "ft"
            | "jr"
            | "sr"
            | "vs"
            | "no"
            | "hon"
            | "pres"
            | "messrs"
            | "mme"
            | "supt"
            | "insp"
            | "det"
            | "pte"
            | "pfc"
            | "spc"
            | "jan"
            | "feb"
            | "aug"
            | "sept"
            | "oct"
            | "nov"
            | "dec"
            | "e.g"
            | "i.e"
            | "approx"
    )
}

/// Curly marks as typewriters have them.
fn straight(c: char) -> char {
    match c {
        '‘' | '’' | 'ʼ' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '‐' | '‑' => '-',
        '\u{2013}' | '\u{2014}' => '–',
        _ => c,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c) || is_invisible(c)
}

/// Returns the length in bytes of the token that starts the text.
fn token_length(text: &str, spaced: bool) -> usize {
    let first = text.chars().next().unwrap_or(' ');
    if spaced && (text.starts_with("http") || text.starts_with("www.")) {
        return text.find(char::is_whitespace).unwrap_or(text.len());
    }
    if !is_word(first) {
        let length = first.len_utf8();
        // A mark's own marks (emoji with variation selectors, keycaps) stay with it.
        return length + leading(&text[length..], |c| is_combining_mark(c) || is_invisible(c));
    }
    if first.is_ascii_uppercase() || first.is_uppercase() {
        let dotted = dotted_length(text);
        if dotted > 0 {
            return dotted;
        }
    }
    let mut length = leading(text, is_word);
    // Scripts without spaces: each letter stands for itself, so that a name in a line of them has ends.
    if is_unspaced(first)
        && text[..length]
            .chars()
            .all(|c| is_unspaced(c) || is_combining_mark(c))
    {
        let mark = first.len_utf8();
        return mark + leading(&text[mark..length], is_combining_mark);
    }
    loop {
        let rest = &text[length..];
        let mut next = rest.chars();
        let (joint, after) = (next.next(), next.next());
        let is_digits = text[..length].ends_with(|c: char| c.is_ascii_digit());
        let holds = match joint {
            Some('\'' | '’') => after.is_some_and(char::is_alphabetic),
            Some('.' | ',' | ':') => is_digits && after.is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        };
        let Some(joint) = joint.filter(|_| holds) else {
            return length;
        };
        length += joint.len_utf8();
        length += leading(&text[length..], is_word);
    }
}

/// Returns the length of `U.S.`, `J.`, `U.N`: single capitals with periods between; 0 where there are none. A single
/// capital takes its period along only as an initial before another word.
fn dotted_length(text: &str) -> usize {
    let mut length = 0;
    let mut letters = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_uppercase() || chars.peek() != Some(&'.') {
            // `U.N` without the last period.
            if c.is_uppercase() && letters >= 1 && !chars.peek().is_some_and(|&c| is_word(c)) {
                return length + c.len_utf8();
            }
            break;
        }
        chars.next();
        length += c.len_utf8() + 1;
        letters += 1;
    }
    let rest = &text[length..];
    if letters == 0 || rest.starts_with(is_word) && letters != 1 {
        return 0;
    }
    if letters == 1 {
        let named = rest
            .trim_start_matches([' ', '\u{a0}'])
            .starts_with(char::is_uppercase);
        return if named { length } else { 0 };
    }
    length
}

fn leading(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// Splits `Putin's` in two; a lone `'` after an `s` is a mark already.
fn split_possessive(text: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    let word = &text[start..end];
    let cut = ["'s", "’s", "'S", "’S"]
        .iter()
        .find(|ending| word.len() > ending.len() && word.ends_with(**ending))
        .map(|ending| end - ending.len());
    let (first, second) = match cut {
        Some(cut) => ((start, cut), Some((cut, end))),
        None => ((start, end), None),
    };
    std::iter::once(first).chain(second)
}

fn shape(form: &str) -> Shape {
    let mut upper = 0;
    let mut lower = 0;
    let mut digits = 0;
    let mut first_upper = false;
    for (n, c) in form.chars().enumerate() {
        if c.is_uppercase() {
            upper += 1;
            first_upper |= n == 0;
        } else if c.is_alphabetic() {
            lower += 1;
        } else if c.is_numeric() {
            digits += 1;
        }
    }
    match (upper, lower) {
        (0, 0) if digits > 0 => Shape::Number,
        (0, 0) => Shape::Mark,
        (0, _) => Shape::Lower,
        (1, 0) if digits == 0 => Shape::Initial,
        (_, 0) => Shape::Upper,
        (1, _) if first_upper => Shape::Title,
        _ => Shape::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, text);
        let forms: Vec<&str> = (0..tokens.list.len()).map(|i| tokens.form(i)).collect();
        assert_eq!(forms, expect, "tokens of {text:?}");
        for token in &tokens.list {
            assert!(text.get(token.start as usize..token.end as usize).is_some());
        }
    }

    #[test]
    fn pairs_and_possessives_come_apart() {
        check("Kim-Putin talks", &["Kim", "-", "Putin", "talks"]);
        check(
            "Putin’s U.S. visit.",
            &["Putin", "'s", "U.S.", "visit", "."],
        );
        check(
            "O'Brien's and N'Djamena",
            &["O'Brien", "'s", "and", "N'Djamena"],
        );
        check("US/UK, 10,000.5", &["US", "/", "UK", ",", "10,000.5"]);
    }

    #[test]
    fn initials_keep_their_period() {
        check(
            "George W. Bush, plan B. Then",
            &["George", "W.", "Bush", ",", "plan", "B.", "Then"],
        );
        check("the U.N says", &["the", "U.N", "says"]);
    }

    #[test]
    fn invisible_letters_do_not_cut_words() {
        check("Pu\u{ad}tin Za\u{200b}greb", &["Putin", "Zagreb"]);
        check("Рutin", &["Putin"]);
        check("国家主席", &["国", "家", "主", "席"]);
    }

    #[test]
    fn sentences_end_at_full_stops_only() {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, "Mr. Smith met Gen. Jones. They spoke. \"No.\" He left");
        assert_eq!(tokens.sentences.len(), 4);
    }
}
