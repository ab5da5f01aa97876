//! Cities that play: `Milwaukee beat Toronto 112-101` names two clubs. Countries stay places when they play.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::entities::Span;
use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind::{Organisation, Place};
use crate::text::words::has;

/// Words of reports on games; three different ones make a text one.
const GAMES: &str = "coach goal goals match league season striker midfielder points halftime half-time playoff playoffs \
    tournament innings overtime quarterback rebounds touchdown penalty defender goalkeeper keeper fixture kickoff \
    scored scorer scorers beat win standings champions final victory defeat game games";

/// What follows a club's name and no city's.
const ROLES: &str = "coach manager boss striker midfielder defender keeper goalkeeper captain skipper winger forward \
    quarterback guard pitcher fans supporters fullback centre-back playmaker";

/// What a side does to another.
const DEEDS: &str = "beat beats beating edge edged defeat defeated defeats thrash thrashed stun stunned rout routed hammer \
    hammered down downed top topped outlast outlasted trounced crush crushed upset held blanked shut swept eliminated";

static IN_GAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| GAMES.split(' ').collect());

/// Says whether a text is on games.
fn is_on_games(tokens: &Tokens) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    for index in 0..tokens.list.len() {
        let lower = tokens.lower(index);
        let is_word = tokens.shape(index) == Shape::Lower && lower.len() > 2;
        if is_word && IN_GAMES.contains(lower) && !seen.contains(&lower) {
            seen.push(lower);
            if seen.len() == 3 {
                return true;
            }
        }
    }
    false
}

/// Has cities be clubs where the text is on games and the sentence gives a score, or a player's or coach's part follows.
pub(super) fn sides(tokens: &Tokens, spans: &mut [Span]) {
    let is_city = |span: &Span| span.kind == Place && !is_country(tokens, span);
    if !spans.iter().any(is_city) || !is_on_games(tokens) {
        return;
    }
    for span in spans.iter_mut() {
        if !is_city(span) {
            continue;
        }
        let unit = tokens.list[span.start].unit;
        let at = |i: usize| {
            let same = tokens.list.get(i).is_some_and(|t| t.unit == unit);
            if same { tokens.lower(i) } else { "" }
        };
        let before = if span.start > 0 {
            at(span.start - 1)
        } else {
            ""
        };
        let plays = has(ROLES, at(span.end))
            || (has(DEEDS, at(span.end)) || has(DEEDS, before)) && has_score(tokens, span);
        if plays {
            span.kind = Organisation;
        }
    }
}

fn is_country(tokens: &Tokens, span: &Span) -> bool {
    let found = GAZETTEER.find(tokens, span.start..span.end).into_iter();
    let mut whole = found.filter(|f| f.start == span.start && f.end == span.end);
    whole.any(|f| f.classes & class::COUNTRY != 0)
}

/// Says whether `112-101` stands in the sentence of a name.
fn has_score(tokens: &Tokens, span: &Span) -> bool {
    let sentence = tokens.sentences.partition_point(|s| s.end <= span.start);
    let Some(sentence) = tokens.sentences.get(sentence) else {
        return false;
    };
    sentence.clone().any(|i| {
        tokens.shape(i) == Shape::Number
            && matches!(tokens.form(i + 1), "-" | "–")
            && tokens.shape(i + 2) == Shape::Number
            && tokens.list.get(i + 2).is_some_and(|t| !t.spaced)
            && tokens.form(i).len() <= 3
    })
}
