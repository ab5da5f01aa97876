//! Labels of other sources that break the convention, class by class: what the trainer sets right before it learns from them.
//!
//! The classes were found by letting weights that had not seen a text doubt its labels (`--doubts` of the trainer).

use std::ops::Range;

use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind::{self, Organisation, Other, Person, Place};
use crate::text::words::has;

type Label = (Range<usize>, EntityKind);

/// Words that end the name of a place, even where people work in it.
const SITES: &str = "airport stadium mall arena hotel bridge tower highway motorway";

/// Bodies that are called after what follows `of`.
const HEADS: &str = "university ministry institute college department academy";

/// What a hyphen ties to a name and is no part of it.
const TIED: &str = "based led born backed run owned bred style era linked funded";

/// Returns the labels of a text as the convention has them.
pub fn repair(tokens: &Tokens, labels: Vec<Label>) -> Vec<Label> {
    let mut kept: Vec<Label> = Vec::new();
    for (span, kind) in labels {
        let found = match kind {
            Person => person(tokens, span),
            Organisation | Place => vec![(trimmed(tokens, span), kind)],
            Other => vec![(span, kind)],
        };
        for (span, kind) in found {
            if !span.is_empty() && is_written_as_name(tokens, &span) {
                kept.push((span.clone(), kind_of(tokens, &span, kind)));
            }
        }
    }
    join_heads(tokens, &mut kept);
    kept
}

/// A handle of a tweet, or words without a capital (`the trio`, `git`), are not for the tagger to find.
fn is_written_as_name(tokens: &Tokens, span: &Range<usize>) -> bool {
    let is_mark = |i: usize| matches!(tokens.form(i), "@" | "#");
    let is_handle = is_mark(span.start) || span.start > 0 && is_mark(span.start - 1);
    let mut words = span.clone();
    !is_handle && words.any(|i| tokens.shape(i).is_capital())
}

/// `physics department of the Science College`, `French government`, `Chicago-based`: the name is what has capitals.
fn trimmed(tokens: &Tokens, mut span: Range<usize>) -> Range<usize> {
    let is_small = |i: usize| {
        tokens.shape(i) == Shape::Lower
            && tokens.form(i).is_ascii()
            && GAZETTEER.word(tokens.lower(i)) & class::PARTICLE == 0
    };
    while span.len() > 1 && is_small(span.start) && tokens.form(span.start + 1) != "-" {
        span.start += 1;
    }
    let is_tied = |end: usize| tokens.form(end - 2) == "-" && has(TIED, tokens.lower(end - 1));
    while span.len() > 2 && is_tied(span.end) {
        span.end -= 2;
    }
    while span.len() > 1 && is_small(span.end - 1) && tokens.list[span.end - 1].spaced {
        span.end -= 1;
    }
    span
}

/// `US President Barack Obama` is a place and a person, `Assistant Professor` is nobody.
fn person(tokens: &Tokens, span: Range<usize>) -> Vec<Label> {
    let words = |i: usize| GAZETTEER.word(tokens.lower(i));
    let is_title = |i: usize| words(i) & class::TITLE != 0;
    let is_name = |i: usize| words(i) & (class::GIVEN | class::SURNAME) != 0;
    let last = span.end - 1;
    if is_title(last) && !is_name(last) && !is_name(span.start) {
        return Vec::new();
    }
    let before = class::TITLE | class::COUNTRY | class::PEOPLE | class::PLACE | class::FUNCTION;
    let mut title = None;
    for index in span.start..last {
        let is_mark = tokens.shape(index) == Shape::Mark;
        if !is_mark && words(index) & before == 0 {
            break;
        }
        if is_title(index) && index > span.start {
            title = Some(index);
        }
    }
    let Some(title) = title else {
        return vec![(span, Person)];
    };
    let found = GAZETTEER.find(tokens, span.start..title).into_iter();
    let named = found.filter_map(|f| {
        let kind = match f.classes {
            c if c & class::PEOPLE != 0 => Other,
            c if c & (class::COUNTRY | class::PLACE) != 0 => Place,
            _ => return None,
        };
        Some((f.start..f.end, kind))
    });
    let mut labels: Vec<Label> = named.collect();
    labels.push((title + 1..span.end, Person));
    labels
}

fn kind_of(tokens: &Tokens, span: &Range<usize>, kind: EntityKind) -> EntityKind {
    if kind != Organisation {
        return kind;
    }
    let bits = if span.len() == 1 {
        GAZETTEER.word(tokens.lower(span.start))
    } else {
        0
    };
    match bits {
        _ if span.len() > 1 && has(SITES, tokens.lower(span.end - 1)) => Place,
        b if b & class::COUNTRY != 0 => Place,
        b if b & class::PEOPLE != 0 && b & class::ORGANISATION == 0 => Other,
        _ => kind,
    }
}

/// `University of [Copenhagen]` is one name.
fn join_heads(tokens: &Tokens, labels: &mut Vec<Label>) {
    let mut joined: Vec<Label> = Vec::new();
    for (span, _) in labels.iter() {
        let Some(head) = span.start.checked_sub(2) else {
            continue;
        };
        let is_head = tokens.lower(head + 1) == "of"
            && has(HEADS, tokens.lower(head))
            && tokens.shape(head) == Shape::Title
            && tokens.list[head].unit == tokens.list[span.start].unit
            && !labels.iter().any(|(s, _)| s.contains(&head));
        if !is_head {
            continue;
        }
        let mut start = head;
        while start > 0
            && tokens.shape(start - 1) == Shape::Title
            && tokens.list[start - 1].unit == tokens.list[start].unit
            && GAZETTEER.word(tokens.lower(start - 1)) & class::FUNCTION == 0
        {
            start -= 1;
        }
        joined.push((start..span.end, Organisation));
    }
    for (span, kind) in joined {
        labels.retain(|(s, _)| s.end <= span.start || span.end <= s.start);
        labels.push((span, kind));
    }
    labels.sort_by_key(|(s, _)| s.start);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels `[L name]` in a text, repaired, as words and types.
    fn repaired(text: &str, kind: EntityKind, label: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, text);
        let count = tokens.list.len();
        let span = (0..count)
            .flat_map(|start| (start + 1..=count).map(move |end| start..end))
            .find(|span| tokens.words(span.clone()) == label)
            .expect("the label stands in the text");
        let found = repair(&tokens, vec![(span, kind)]).into_iter();
        let shown = |(span, kind): Label| format!("{} {}", kind.tag(), tokens.words(span));
        found.map(shown).collect()
    }

    #[test]
    fn labels_are_brought_to_the_convention() {
        for (text, kind, label, expect) in [
            (
                "as US President Barack Obama said",
                Person,
                "US President Barack Obama",
                &["LOC US", "PER Barack Obama"][..],
            ),
            (
                "an Assistant Professor here",
                Person,
                "Assistant Professor",
                &[],
            ),
            ("the trio joined", Organisation, "trio", &[]),
            ("via @Mashable now", Organisation, "Mashable", &[]),
            (
                "from the University of Copenhagen today",
                Place,
                "Copenhagen",
                &["ORG University of Copenhagen"],
            ),
            (
                "the French government fell",
                Organisation,
                "French government",
                &["MISC French"],
            ),
            (
                "a Chicago-based firm",
                Place,
                "Chicago-based",
                &["LOC Chicago"],
            ),
            (
                "at Dulles Airport today",
                Organisation,
                "Dulles Airport",
                &["LOC Dulles Airport"],
            ),
            (
                "the singer Dean Martin sang",
                Person,
                "Dean Martin",
                &["PER Dean Martin"],
            ),
            (
                "said al-Qaeda fighters",
                Organisation,
                "al-Qaeda",
                &["ORG al-Qaeda"],
            ),
        ] {
            assert_eq!(repaired(text, kind, label), expect, "{text}");
        }
    }
}
