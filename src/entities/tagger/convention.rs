//! The one convention for what a name is, enforced on every source before training and on the tagger's spans after it.
//!
//! Titles, a leading `the` and possessive endings are outside; pairs of countries or peoples joined by a hyphen are two
//! names; countries are places even when they act; names of peoples are of the fourth type.

use std::ops::Range;

use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind;

/// Returns the names that a labelled span is by the convention: none, one or two.
pub fn conform(
    tokens: &Tokens,
    span: Range<usize>,
    kind: EntityKind,
) -> Vec<(Range<usize>, EntityKind)> {
    let mut span = span;
    while span.len() > 1 && matches!(tokens.lower(span.start), "the" | "\"" | "'" | "(" | "-") {
        span.start += 1;
    }
    while span.len() > 1 && matches!(tokens.lower(span.end - 1), "'s" | "'" | "\"" | "," | "-") {
        span.end -= 1;
    }
    // `pro-Trump`, `ex-Wirecard`.
    while span.len() > 2 && tokens.form(span.start + 1) == "-" && is_prefix(tokens, span.start) {
        span.start += 2;
    }
    // `Nadine, Ashley and Toni` are three, `Paris, France` are two.
    let mut inner = span.start + 1..span.end.saturating_sub(1).max(span.start + 1);
    if let Some(comma) = inner.find(|&i| is_list_mark(tokens, i))
        && matches!(kind, EntityKind::Person | EntityKind::Place)
    {
        let rest = conform(tokens, comma + 1..span.end, kind);
        let first = conform(tokens, span.start..comma, kind);
        return first.into_iter().chain(rest).collect();
    }
    if kind == EntityKind::Person {
        span = without_titles(tokens, span);
        span = without_letters(tokens, span);
    }
    // `Calicut airport`: a place's name ends with a capital.
    while kind == EntityKind::Place
        && span.len() > 1
        && tokens.shape(span.end - 1) == Shape::Lower
        && tokens.list[span.end - 1].spaced
        && tokens.shape(span.start).is_capital()
    {
        span.end -= 1;
    }
    if has_period(tokens, &span) {
        span.end += 1;
    }
    if span.is_empty() {
        return Vec::new();
    }
    if let Some(pair) = pair(tokens, &span) {
        return pair;
    }
    let kind = kind_of(tokens, &span, kind);
    vec![(span, kind)]
}

fn is_prefix(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.lower(index),
        "pro" | "anti" | "ex" | "non" | "post" | "pre" | "mid"
    )
}

/// Says whether a comma stands between two people: `Smith, Jr.` is one.
fn is_list_mark(tokens: &Tokens, index: usize) -> bool {
    tokens.form(index) == ","
        && !matches!(tokens.lower(index + 1), "jr" | "sr" | "ii" | "iii" | "iv")
}

/// `Kama Melly QC`: letters after a name are no part of it.
fn without_letters(tokens: &Tokens, mut span: Range<usize>) -> Range<usize> {
    while span.len() > 2
        && matches!(
            tokens.form(span.end - 1),
            "QC" | "KC"
                | "SC"
                | "SAN"
                | "MP"
                | "MLA"
                | "MEP"
                | "TD"
                | "OBE"
                | "MBE"
                | "CBE"
                | "KBE"
                | "PhD"
                | "MD"
                | "Esq"
        )
    {
        span.end -= 1;
    }
    span
}

/// The period of `Jr.`, `Inc.`, `Ill.` belongs to the name.
fn has_period(tokens: &Tokens, span: &Range<usize>) -> bool {
    span.len() > 1
        && tokens.form(span.end) == "."
        && tokens.list.get(span.end).is_some_and(|t| !t.spaced)
        && matches!(
            tokens.form(span.end - 1),
            "Jr" | "Sr" | "Inc" | "Corp" | "Ltd" | "Co" | "Bros" | "St"
        )
}

/// Titles that are never a given name.
fn without_titles(tokens: &Tokens, mut span: Range<usize>) -> Range<usize> {
    loop {
        let lower = tokens.lower(span.start);
        let is_title = GAZETTEER.word(lower) & class::TITLE != 0
            && !matches!(
                lower,
                "prince"
                    | "chase"
                    | "duke"
                    | "earl"
                    | "judge"
                    | "marshal"
                    | "dean"
                    | "major"
                    | "baron"
                    | "king"
            );
        // `Prince Andrew`, but not `Prince Fielder`.
        let is_title = is_title
            || matches!(lower, "prince" | "judge" | "king")
                && GAZETTEER.word(tokens.lower(span.start + 1)) & class::GIVEN != 0;
        // `Tan Sri Muhyiddin Yassin`, `Datuk Seri`, `Dato' Sri`; Tan and Sri alone are names.
        let is_second = span.start > 0
            && matches!(lower, "sri" | "seri")
            && matches!(tokens.lower(span.start - 1), "tan" | "datuk" | "dato" | "'");
        let is_title =
            is_title || is_second || lower == "tan" && tokens.lower(span.start + 1) == "sri";
        let drops = match () {
            () if span.len() <= 1 => false,
            () => is_title || matches!(lower, "." | "-" | "'"),
        };
        if !drops {
            return span;
        }
        span.start += 1;
    }
}

/// `US-China`: two countries or peoples and a mark between them.
fn pair(tokens: &Tokens, span: &Range<usize>) -> Option<Vec<(Range<usize>, EntityKind)>> {
    if span.len() != 3 || !matches!(tokens.form(span.start + 1), "-" | "/" | "–") {
        return None;
    }
    let side = |index: usize| {
        let bits = GAZETTEER.word(tokens.lower(index));
        let kind = if bits & class::COUNTRY != 0 {
            EntityKind::Place
        } else if bits & class::PEOPLE != 0 {
            EntityKind::Other
        } else {
            return None;
        };
        Some((index..index + 1, kind))
    };
    Some(vec![side(span.start)?, side(span.start + 2)?])
}

fn kind_of(tokens: &Tokens, span: &Range<usize>, kind: EntityKind) -> EntityKind {
    let mut listed = GAZETTEER
        .find(tokens, span.clone())
        .into_iter()
        .filter(|f| f.start == span.start && f.end == span.end);
    let bits = listed.by_ref().fold(0, |bits, f| bits | f.classes);
    let may_be_person = span.len() > 1 || bits & (class::GIVEN | class::SURNAME) != 0;
    if kind == EntityKind::Person && may_be_person {
        return kind;
    }
    let is_other = bits & (class::COUNTRY | class::PLACE | class::ORGANISATION) != 0;
    if bits & class::PEOPLE != 0 && !is_other {
        return EntityKind::Other;
    }
    if bits & class::COUNTRY != 0 && bits & class::GIVEN == 0 {
        return EntityKind::Place;
    }
    kind
}

/// Returns the names of peoples in a text, for sources that do not label them.
pub fn peoples(tokens: &Tokens) -> Vec<Range<usize>> {
    GAZETTEER
        .find(tokens, 0..tokens.list.len())
        .into_iter()
        .filter(|f| {
            f.classes & class::PEOPLE != 0
                && f.classes & (class::COUNTRY | class::SURNAME | class::GIVEN) == 0
                && tokens.shape(f.start).is_capital()
        })
        .map(|f| f.start..f.end)
        .collect()
}
