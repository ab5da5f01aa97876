//! The one convention for what a name is, enforced on every source before training and on the tagger's spans after it.
//!
//! Titles, a leading `the` and possessive endings are outside; pairs of countries or peoples joined by a hyphen are two
//! names; countries are places even when they act; names of peoples are of the fourth type.

use std::ops::Range;

use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::Tokens;
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
    if kind == EntityKind::Person {
        span = without_titles(tokens, span);
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
        let drops = match () {
            () if span.len() <= 1 => false,
            () => is_title || lower == "." || (lower == "-" && span.len() > 1),
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
