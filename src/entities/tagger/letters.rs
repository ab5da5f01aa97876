//! The letters of headlines: where every word has a capital, a capital says nothing.

use std::ops::Range;

use super::features::Features;
use crate::entities::Span;
use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind;

/// How the letters of a line are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Running = 0,
    TitleCase = 1,
    Capitals = 2,
}

impl Mode {
    /// Tells headlines in Title Case and CAPITALS from running text. A word of every day (`is_small`) with a capital inside a
    /// short line tells too: `Putin Meets Kim`.
    pub(super) fn of(
        tokens: &Tokens,
        sentence: Range<usize>,
        is_small: impl Fn(usize) -> bool,
    ) -> Self {
        let (mut words, mut upper, mut capital, mut odd) = (0, 0, 0, 0);
        for index in sentence.clone() {
            let is_inside = index > sentence.start && tokens.shape(index) == Shape::Title;
            odd += usize::from(is_inside && is_small(index));
            let is_long = tokens.lower(index).len() >= 4;
            match tokens.shape(index) {
                Shape::Upper if is_long => upper += 1,
                Shape::Title | Shape::Mixed if is_long => capital += 1,
                Shape::Lower if is_long => {}
                _ => continue,
            }
            words += 1;
        }
        if words >= 2 && upper * 10 >= words * 8 {
            Self::Capitals
        } else if (words >= 4 || words >= 2 && odd > 0) && (upper + capital) * 10 >= words * 8 {
            Self::TitleCase
        } else {
            Self::Running
        }
    }
}

/// What a document's lines in a headline's letters are, by token.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// The token stands in such a line.
    pub(super) is_headline: Vec<bool>,
    /// There: a word that running text writes small.
    pub(super) is_small: Vec<bool>,
}

impl Letters {
    /// Reads them off the features.
    pub(super) fn read(tokens: &Tokens, features: &Features<'_>) -> Self {
        let all = 0..tokens.list.len();
        Self {
            is_headline: all.clone().map(|i| !features.is_running(i)).collect(),
            is_small: all.map(|i| features.is_small(i)).collect(),
        }
    }

    /// A person's name ends where words of every day begin: `Pope Francis Instructs`. A word that no verb is written like may be
    /// the surname: `Arne Slot`.
    pub(super) fn trim_people(&self, tokens: &Tokens, spans: &mut [Span]) {
        const NAMES: u32 = class::GIVEN | class::SURNAME | class::PARTICLE;
        let words = |i: usize| GAZETTEER.word(tokens.lower(i));
        let is_extra = |i: usize| self.is_small[i] && words(i) & NAMES == 0;
        let is_like_verb = |i: usize| {
            let ends = ["s", "ed", "ing"];
            ends.iter().any(|end| tokens.lower(i).ends_with(end))
        };
        for span in spans.iter_mut().filter(|s| s.kind == EntityKind::Person) {
            while span.end - span.start > 1 && is_extra(span.end - 1) {
                let is_full = span.end - span.start == 2 && words(span.start) & class::GIVEN != 0;
                if is_full && !is_like_verb(span.end - 1) {
                    break;
                }
                span.end -= 1;
            }
            while span.end - span.start > 1 && is_extra(span.start) {
                span.start += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_ends_where_a_verb_begins_and_not_before_a_surname() {
        for (line, expect) in [
            ("Francis Instructs Clergy", "Francis"),
            ("Emma Slot Quits", "Emma Slot"),
        ] {
            let mut tokens = Tokens::default();
            tokens.push_unit(0, line);
            let letters = Letters {
                is_headline: vec![true; 3],
                is_small: vec![false, true, true],
            };
            let mut spans = [Span::new(0..2, EntityKind::Person, 0.9)];
            letters.trim_people(&tokens, &mut spans);
            assert_eq!(tokens.words(spans[0].start..spans[0].end), expect);
        }
    }

    #[test]
    fn a_short_title_is_told_by_a_common_word_with_a_capital() {
        for (line, expect) in [
            ("Putin Meets Kim", Mode::TitleCase),
            ("Putin meets Kim", Mode::Running),
            ("Vladimir Putin, Kim Jong Un", Mode::Running),
            ("PUTIN MEETS KIM", Mode::Capitals),
            ("Floods Leave Thousands Homeless", Mode::TitleCase),
        ] {
            let mut tokens = Tokens::default();
            tokens.push_unit(0, line);
            let is_small = |i: usize| tokens.lower(i) == "meets";
            assert_eq!(
                Mode::of(&tokens, 0..tokens.list.len(), is_small),
                expect,
                "{line}"
            );
        }
    }
}
