//! Finding names by rules and lists alone, precision before recall.

use std::collections::HashSet;
use std::ops::Range;

use super::Span;
use super::gazetteer::{Found, GAZETTEER, class};
use super::token::{Shape, Tokens};
use crate::model::EntityKind;

/// Words that are listed as organisations and are words of every day too: alone, at the start of a sentence, they are
/// no names.
const EVERYDAY: &[&str] = &[
    "apple",
    "target",
    "shell",
    "total",
    "visa",
    "delta",
    "meta",
    "diet",
    "time",
    "times",
    "sun",
    "observer",
    "mirror",
    "commons",
    "lords",
    "telegraph",
    "guardian",
    "ford",
    "dawn",
    "hindu",
    "alphabet",
    "amazon",
    "oracle",
    "zoom",
    "telegram",
    "vale",
    "puma",
    "paramount",
    "emirates",
    "who",
    "ice",
    "solidarity",
    "moon",
    "earth",
    "mercury",
    "gulf",
    "bt",
    "ap",
    "ge",
    "hp",
    "fed",
    "congress",
    "labour",
    "treasury",
    "turkey",
    "jordan",
    "chad",
    "georgia",
    "orange",
];

/// Labels the names of a text. The spans are sorted and do not overlap.
pub(crate) fn tag(tokens: &Tokens) -> Vec<Span> {
    let mut spans = Vec::new();
    for sentence in &tokens.sentences {
        tag_sentence(tokens, sentence.clone(), &mut spans);
    }
    repeat_names(tokens, &mut spans);
    spans
}

fn tag_sentence(tokens: &Tokens, sentence: Range<usize>, spans: &mut Vec<Span>) {
    let found = GAZETTEER.find(tokens, sentence.clone());
    let mut at = sentence.start;
    let mut next = 0;
    while at < sentence.end {
        while found.get(next).is_some_and(|f| f.start < at) {
            next += 1;
        }
        let here = found[next..].iter().take_while(|f| f.start == at);
        let span = tokens
            .shape(at)
            .is_capital()
            .then(|| name_at(tokens, &sentence, at, here))
            .flatten();
        match span {
            Some(span) => {
                at = span.end.max(at + 1);
                spans.push(span);
            }
            None => at += 1,
        }
    }
}

/// Returns the name that starts at a token, the longest reading first.
fn name_at<'a>(
    tokens: &Tokens,
    sentence: &Range<usize>,
    at: usize,
    found: impl Iterator<Item = &'a Found>,
) -> Option<Span> {
    let listed = found
        .filter_map(|f| Some((f, listed_kind(f.classes)?)))
        .filter(|(f, _)| (f.start..f.end).any(|i| tokens.shape(i).is_capital()))
        .max_by_key(|(f, _)| f.end)
        .map(|(f, kind)| Span::new(f.start..f.end, kind, 0.9));
    let pattern = organisation_at(tokens, sentence, at)
        .or_else(|| place_at(tokens, sentence, at))
        .or_else(|| person_at(tokens, sentence, at));
    let longer = match (listed, pattern) {
        (Some(listed), Some(pattern)) if pattern.end > listed.end => Some(pattern),
        (None, pattern) => pattern,
        (listed, _) => listed,
    }?;
    let is_everyday = longer.end == at + 1
        && at == sentence.start
        && EVERYDAY.contains(&tokens.lower(at))
        && tokens.shape(at) != Shape::Upper;
    let is_word = longer.end == at + 1
        && GAZETTEER.word(tokens.lower(at)) & (class::FUNCTION | class::DATE) != 0
        && tokens.shape(at) != Shape::Upper;
    (!is_everyday && !is_word).then_some(longer)
}

fn listed_kind(classes: u32) -> Option<EntityKind> {
    if classes & (class::COUNTRY | class::PLACE) != 0 {
        Some(EntityKind::Place)
    } else if classes & class::ORGANISATION != 0 {
        Some(EntityKind::Organisation)
    } else if classes & class::PEOPLE != 0 {
        Some(EntityKind::Other)
    } else {
        None
    }
}

/// `Ministry of X`, `University of X`, `X Inc`, `Russian Foreign Ministry`.
fn organisation_at(tokens: &Tokens, sentence: &Range<usize>, at: usize) -> Option<Span> {
    let run = capital_run(tokens, sentence, at);
    let is_org = |i: usize| GAZETTEER.word(tokens.lower(i)) & class::ORG_WORD != 0;
    let last = run
        .clone()
        .rev()
        .find(|&i| is_org(i) && tokens.shape(i).is_capital())?;
    let joined = last + 2 < sentence.end
        && tokens.lower(last + 1) == "of"
        && tokens.shape(last + 2).is_capital();
    let end = if joined {
        capital_run(tokens, sentence, last + 2).end
    } else {
        last + 1
    };
    (end - at >= 2).then(|| Span::new(at..end, EntityKind::Organisation, 0.7))
}

/// `Hudson River`, `Lake Victoria`.
fn place_at(tokens: &Tokens, sentence: &Range<usize>, at: usize) -> Option<Span> {
    let run = capital_run(tokens, sentence, at);
    let is_place = |i: usize| GAZETTEER.word(tokens.lower(i)) & class::PLACE_WORD != 0;
    let fits = run.len() >= 2
        && (is_place(run.end - 1)
            || matches!(tokens.lower(at), "lake" | "mount" | "cape" | "port"));
    fits.then(|| Span::new(run, EntityKind::Place, 0.7))
}

/// A given name with what follows, or capitals after a title or beside a verb of speech.
fn person_at(tokens: &Tokens, sentence: &Range<usize>, at: usize) -> Option<Span> {
    let word = |i: usize| GAZETTEER.word(tokens.lower(i));
    if word(at) & (class::FUNCTION | class::DATE | class::TITLE | class::COUNTRY | class::PEOPLE)
        != 0
    {
        return None;
    }
    let end = person_end(tokens, sentence, at);
    let after_title = at > sentence.start && word(at - 1) & class::TITLE != 0
        || at >= sentence.start + 2
            && tokens.form(at - 1) == "."
            && word(at - 2) & class::TITLE != 0;
    let last_word = word(end - 1);
    let is_full = end - at >= 2;
    let speaks = end < sentence.end && word(end) & class::PERSON_VERB != 0;
    let sure = if is_full && word(at) & class::GIVEN != 0 {
        last_word & (class::ORG_WORD | class::PLACE_WORD) == 0
    } else if after_title {
        word(at) & (class::ORG_WORD | class::PLACE_WORD) == 0
    } else {
        is_full
            && (speaks || last_word & class::SURNAME != 0)
            && last_word & (class::ORG_WORD | class::PLACE_WORD) == 0
    };
    sure.then(|| Span::new(at..end, EntityKind::Person, 0.8))
}

/// Returns where a person's name ends that starts at a token.
fn person_end(tokens: &Tokens, sentence: &Range<usize>, at: usize) -> usize {
    let mut end = at + 1;
    let mut words = 1;
    while end < sentence.end && words < 5 {
        let class = GAZETTEER.word(tokens.lower(end));
        let is_name = tokens.shape(end).is_capital()
            && tokens.list[end].spaced
            && class & (class::FUNCTION | class::DATE | class::COUNTRY | class::PEOPLE) == 0;
        let hyphened = tokens.form(end) == "-"
            && !tokens.list[end].spaced
            && end + 1 < sentence.end
            && !tokens.list[end + 1].spaced
            // `Jong-un`; `Jean-Luc Picard`; `Ann Smith-Jones`; but `Kim-Putin` is two people.
            && (tokens.shape(end + 1) == Shape::Lower
                || words > 1
                || end + 2 < sentence.end && tokens.shape(end + 2) == Shape::Title);
        if is_name {
            end += 1;
        } else if hyphened
            || class & class::PARTICLE != 0
                && end + 1 < sentence.end
                && tokens.shape(end + 1).is_capital()
        {
            end += 2;
        } else {
            break;
        }
        words += 1;
    }
    end
}

/// Returns the run of capitals from a token on, joined by `&` and hyphens, stopped by words that start sentences.
fn capital_run(tokens: &Tokens, sentence: &Range<usize>, at: usize) -> Range<usize> {
    let mut end = at;
    while end < sentence.end && end < at + 8 {
        let is_start_word =
            end == sentence.start && GAZETTEER.word(tokens.lower(end)) & class::FUNCTION != 0;
        if tokens.shape(end).is_capital() && !is_start_word {
            end += 1;
        } else if end > at
            && tokens.form(end) == "&"
            && end + 1 < sentence.end
            && tokens.shape(end + 1).is_capital()
        {
            end += 2;
        } else {
            break;
        }
    }
    at..end.max(at + 1).min(sentence.end.max(at + 1))
}

/// Labels the other places where a found name, or a found person's surname, stands.
fn repeat_names(tokens: &Tokens, spans: &mut Vec<Span>) {
    let mut parts: HashSet<String> = HashSet::new();
    for span in spans
        .iter()
        .filter(|s| s.kind == EntityKind::Person && s.end - s.start >= 2)
    {
        for word in [span.start, span.end - 1] {
            parts.insert(tokens.form(word).to_owned());
        }
    }
    let mut taken = vec![false; tokens.list.len()];
    for s in &*spans {
        taken[s.start..s.end].fill(true);
    }
    for (index, &taken) in taken.iter().enumerate() {
        let form = tokens.form(index);
        let is_part = tokens.shape(index).is_capital() && form.len() > 2 && parts.contains(form);
        if !taken
            && is_part
            && GAZETTEER.word(tokens.lower(index)) & (class::FUNCTION | class::DATE) == 0
        {
            spans.push(Span::new(index..index + 1, EntityKind::Person, 0.7));
        }
    }
    spans.sort_by_key(|s| s.start);
}
