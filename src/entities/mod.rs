//! Names in articles: text → mentions of people, organisations, places and other names, grouped to one entity each.
//!
//! In comes an article's headline and document; out comes [`ArticleEntities`]. Nothing is fetched, nothing is stored, and
//! no text can make it fail. The way: [`token`] cuts words, the tagger labels spans of them, `resolve` groups spans to
//! entities, `role` reads titles, and what is left is put in order of salience.
//!
//! Where a text is not English no guesses are made: only followed names are found, and countries with their capitals.

mod foreign;
mod gazetteer;
mod language;
mod resolve;
mod role;
mod rules;
pub mod tagger;
pub mod token;
mod unit;

use std::collections::HashSet;
use std::ops::Range;

use crate::model::document::Document;
use crate::model::entity::ArticleEntity;
use crate::model::{ArticleEntities, EntityKind, Mention, TextId};
use crate::text::fold::{fold, fold_with_map};

use resolve::Group;
use tagger::Tagger;
use token::Tokens;
use unit::{Unit, UnitKind};

/// Version of the recognizer. Articles tagged by an older one are tagged again.
pub const VERSION: u32 = 11;

/// Words before the agency in a dateline at most (`ST. PETERSBURG, Russia, Nov. 25 (AP) —`).
const DATELINE_WORDS: usize = 14;

/// Names longer than this, in letters, are none.
const MAX_LETTERS: usize = 60;

/// What is known about an article beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// BCP 47 tag of the language as page or feed say; unset or wrong, the text decides.
    pub language: Option<&'a str>,
    /// The byline's names: they are metadata, not names of the story.
    pub authors: &'a [String],
    /// The site's name: metadata too.
    pub site_name: Option<&'a str>,
    /// The names the user follows: found in any language, exactly as they are spelled.
    pub followed: &'a [(String, EntityKind)],
}

/// A name in a plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainMention {
    /// Where it starts, in Unicode scalar values.
    pub start: usize,
    /// Where it ends, exclusive, in Unicode scalar values.
    pub end: usize,
    /// The type.
    pub kind: EntityKind,
    /// The words as they stand in the text.
    pub text: String,
    /// The canonical name: the fullest form in the text.
    pub name: String,
}

/// A name as a range of tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    /// First token.
    pub(crate) start: usize,
    /// Past the last token.
    pub(crate) end: usize,
    /// The type.
    pub(crate) kind: EntityKind,
    /// How sure, 0 to 1.
    pub(crate) confidence: f32,
}

impl Span {
    fn new(tokens: Range<usize>, kind: EntityKind, confidence: f32) -> Self {
        Self {
            start: tokens.start,
            end: tokens.end,
            kind,
            confidence,
        }
    }
}

/// Finds the names in an article.
pub fn recognize(title: &str, document: &Document, hints: &Hints<'_>) -> ArticleEntities {
    let texts = document.texts();
    let kinds = unit::kinds(document);
    let headline = Unit {
        id: TextId::HEADLINE,
        text: title,
        kind: UnitKind::Headline,
    };
    let body = texts.iter().enumerate().map(|(n, (id, text))| Unit {
        id: *id,
        text: &text.string,
        kind: kinds.get(n).copied().unwrap_or(UnitKind::Body),
    });
    let units: Vec<Unit<'_>> = std::iter::once(headline).chain(body).collect();
    let hints = Hints {
        language: hints.language.or(document.lang.as_deref()),
        ..*hints
    };
    recognize_units(Tagger::carried(), &units, &hints)
}

/// Finds the names in a plain text, sorted and without overlap. The first line is the headline where a blank line
/// follows it.
pub fn recognize_plain(text: &str) -> Vec<PlainMention> {
    recognize_plain_by(Tagger::carried(), text)
}

/// Finds the names in a plain text by a tagger of the caller's choice; by rules and lists alone without one.
pub fn recognize_plain_by(tagger: Option<&Tagger<'_>>, text: &str) -> Vec<PlainMention> {
    let (units, offsets) = unit::of_plain(text);
    let found = recognize_units(tagger, &units, &Hints::default());
    let mut mentions = Vec::with_capacity(found.mentions.len());
    let mut at = (0, 0);
    for mention in &found.mentions {
        let shift = offsets[mention.text.0 as usize];
        let range = shift + mention.range.start..shift + mention.range.end;
        let start = at.1 + text[at.0..range.start].chars().count();
        let words = &text[range.clone()];
        let end = start + words.chars().count();
        at = (range.end, end);
        mentions.push(PlainMention {
            start,
            end,
            kind: mention.kind,
            text: words.to_owned(),
            name: found.entities[mention.entity].name.clone(),
        });
    }
    mentions
}

fn recognize_units(
    tagger: Option<&Tagger<'_>>,
    units: &[Unit<'_>],
    hints: &Hints<'_>,
) -> ArticleEntities {
    let mut tokens = Tokens::default();
    for (n, unit) in units.iter().enumerate() {
        if unit.kind != UnitKind::Credit {
            tokens.push_unit(n as u32, unit.text);
        }
    }
    let text: String = units
        .iter()
        .filter(|u| u.kind != UnitKind::Credit)
        .take(20)
        .flat_map(|u| [u.text, "\n"])
        .collect();
    let is_english = language::is_english(&text, &tokens, hints.language, |lower| {
        tagger.is_some_and(|tagger| tagger.is_everyday(lower))
    });
    let mut spans = if is_english {
        let is_headline = |unit: u32| {
            units
                .get(unit as usize)
                .is_some_and(|u| u.kind == UnitKind::Headline)
        };
        match tagger {
            Some(tagger) => tagger.tag(&tokens, is_headline),
            None => rules::tag(&tokens),
        }
    } else {
        Vec::new()
    };
    spans.retain(|span| is_name(units, &tokens, span));
    if is_english {
        drop_foreign(&tokens, &mut spans);
    }
    let followed = hints
        .followed
        .iter()
        .map(|(name, kind)| (name.as_str(), *kind));
    if !is_english {
        let places = foreign::places(&text, hints.language);
        let places = places.map(|name| (name, EntityKind::Place));
        add_exact(units, &tokens, places, foreign::is_spelled, &mut spans);
    }
    add_exact(units, &tokens, followed, |_, _, _| true, &mut spans);
    let (groups, of) = resolve::resolve(&tokens, &spans);
    let mut found = assemble(units, &tokens, &spans, &groups, &of, hints);
    found.language_known = is_english;
    found
}

/// Drops guesses in sentences of another language, but not names that the rest of the text has too.
fn drop_foreign(tokens: &Tokens, spans: &mut Vec<Span>) {
    let foreign = language::foreign_sentences(tokens);
    if foreign.is_empty() {
        return;
    }
    let is_foreign = |span: &Span| {
        let after = foreign.partition_point(|s| s.end <= span.start);
        foreign.get(after).is_some_and(|s| s.start <= span.start)
    };
    let mut names: HashSet<String> = HashSet::new();
    for span in spans.iter().filter(|span| !is_foreign(span)) {
        names.insert(tokens.words(span.start..span.end));
    }
    spans.retain(|s| !is_foreign(s) || names.contains(&tokens.words(s.start..s.end)));
}

/// Says whether a span may be shown: bounded, and with a letter in it.
fn is_name(units: &[Unit<'_>], tokens: &Tokens, span: &Span) -> bool {
    let (unit, range) = place(tokens, span);
    units
        .get(unit)
        .and_then(|u| u.text.get(range.clone()))
        .is_some_and(|words| {
            words.chars().count() <= MAX_LETTERS
                && words.chars().any(char::is_alphabetic)
                && !words.contains('\n')
                && !is_cut(units[unit].text, range)
        })
}

/// Says whether a name would start or end between two letters: in scripts without spaces each letter is a token.
fn is_cut(text: &str, range: Range<usize>) -> bool {
    let cuts = |at: usize| {
        let side = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        side(text[..at].chars().next_back()) && side(text[at..].chars().next())
    };
    cuts(range.start) || cuts(range.end)
}

/// Returns a span's unit and byte range in it.
fn place(tokens: &Tokens, span: &Span) -> (usize, Range<usize>) {
    let (first, last) = (tokens.list[span.start], tokens.list[span.end - 1]);
    (first.unit as usize, first.start as usize..last.end as usize)
}

/// Adds names that are known beforehand wherever they stand exactly and `holds` says of the text, the range in it and the
/// name that it is that name; they win over guesses.
fn add_exact<'a>(
    units: &[Unit<'_>],
    tokens: &Tokens,
    names: impl Iterator<Item = (&'a str, EntityKind)>,
    holds: impl Fn(&str, Range<usize>, &str) -> bool,
    spans: &mut Vec<Span>,
) {
    let names: Vec<_> = names
        .map(|(name, kind)| (name, fold(name.trim()), kind))
        .collect();
    if names.is_empty() {
        return;
    }
    let mut exact: Vec<Span> = Vec::new();
    for (n, unit) in units.iter().enumerate() {
        let first = tokens.list.partition_point(|t| (t.unit as usize) < n);
        let end = tokens.list.partition_point(|t| (t.unit as usize) <= n);
        let folded = fold_with_map(unit.text);
        for (name, needle, kind) in &names {
            for range in language::find_exact(&folded.text, needle) {
                let range = folded.original(range);
                if !holds(unit.text, range.clone(), name) {
                    continue;
                }
                let inside = &tokens.list[first..end];
                let from = first + inside.partition_point(|t| (t.end as usize) <= range.start);
                let to = first + inside.partition_point(|t| (t.start as usize) < range.end);
                if from < to {
                    exact.push(Span::new(from..to, *kind, 1.0));
                }
            }
        }
    }
    exact.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    let mut end = 0;
    exact.retain(|span| {
        let is_free = span.start >= end;
        end = if is_free { span.end } else { end };
        is_free
    });
    spans.retain(|span| {
        !exact.iter().any(|e| {
            e.start < span.end
                && span.start < e.end
                && !(span.start <= e.start && e.end <= span.end)
        })
    });
    exact.retain(|e| !spans.iter().any(|s| e.start < s.end && s.start < e.end));
    spans.append(&mut exact);
    spans.sort_by_key(|s| s.start);
}

/// Puts entities in order of salience and mentions in order of the text.
fn assemble(
    units: &[Unit<'_>],
    tokens: &Tokens,
    spans: &[Span],
    groups: &[Group],
    of: &[usize],
    hints: &Hints<'_>,
) -> ArticleEntities {
    let mut taken = vec![false; tokens.list.len()];
    for s in spans {
        taken[s.start..s.end].fill(true);
    }
    let is_metadata = |group: &Group| {
        let name = fold(&group.name);
        group.kind == EntityKind::Person && hints.authors.iter().any(|a| fold(a) == name)
    };
    let in_headline = |group: &Group| {
        group
            .mentions
            .iter()
            .any(|&m| units[place(tokens, &spans[m]).0].kind == UnitKind::Headline)
    };
    let mut order: Vec<(f32, usize)> = groups
        .iter()
        .enumerate()
        .filter(|(_, g)| {
            !(is_metadata(g) || is_signature(tokens, spans, g, hints)) || in_headline(g)
        })
        .map(|(n, g)| (salience(tokens, spans, g, in_headline(g), hints), n))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut rank = vec![usize::MAX; groups.len()];
    let mut found = ArticleEntities::default();
    for &(salience, n) in &order {
        let group = &groups[n];
        rank[n] = found.entities.len();
        let role = (group.kind == EntityKind::Person)
            .then(|| {
                let mut roles = group.mentions.iter();
                roles.find_map(|&m| role::role_of(tokens, &spans[m], &taken))
            })
            .flatten();
        found.entities.push(ArticleEntity {
            name: group.name.clone(),
            kind: group.kind,
            role,
            count: group.mentions.len() as u32,
            salience,
        });
    }
    for (span, &group) in spans.iter().zip(of) {
        let (unit, range) = place(tokens, span);
        if rank[group] != usize::MAX {
            found.mentions.push(Mention {
                entity: rank[group],
                text: units[unit].id,
                range,
                kind: span.kind,
                confidence: span.confidence,
            });
        }
    }
    found
}

/// Says whether a group is the paper's own name, which pictures and bylines carry, or the agency that the text is from
/// (`BERLIN (Reuters) - …`). A paper that writes about itself says so more than once.
fn is_signature(tokens: &Tokens, spans: &[Span], group: &Group, hints: &Hints<'_>) -> bool {
    let (Some(site), [mention]) = (hints.site_name, group.mentions.as_slice()) else {
        return false;
    };
    let bare = |name: &str| fold(name).trim_start_matches("the ").to_owned();
    bare(site) == bare(&group.name) || is_agency_of_dateline(tokens, &spans[*mention])
}

/// Says whether a name stands in brackets between the place a report begins with and its dash.
fn is_agency_of_dateline(tokens: &Tokens, span: &Span) -> bool {
    let unit = tokens.list[span.start].unit;
    let first = tokens.list.partition_point(|t| t.unit < unit);
    let is_early = span.start - first <= DATELINE_WORDS;
    is_early
        && span.start > first
        && tokens.form(span.start - 1) == "("
        && tokens.form(span.end) == ")"
        && matches!(tokens.form(span.end + 1), "-" | "–" | "—" | "--")
}

/// Returns how much the article is about an entity, 0 to 1: named in the headline, early, often, and all over it.
fn salience(
    tokens: &Tokens,
    spans: &[Span],
    group: &Group,
    in_headline: bool,
    hints: &Hints<'_>,
) -> f32 {
    let length = tokens.list.len().max(1) as f32;
    let first = group.mentions.first().map_or(0, |&m| spans[m].start) as f32 / length;
    let last = group.mentions.last().map_or(0, |&m| spans[m].start) as f32 / length;
    let count = group.mentions.len() as f32;
    let score = 0.35 * f32::from(u8::from(in_headline))
        + 0.20 * (1.0 - first)
        + 0.30 * (count / (count + 3.0))
        + 0.15 * (last - first);
    let is_site = hints.site_name.is_some_and(|site| {
        group.kind == EntityKind::Organisation && fold(site) == fold(&group.name)
    });
    let weight = match group.kind {
        _ if is_site => 0.3,
        EntityKind::Person | EntityKind::Organisation => 1.0,
        EntityKind::Place => 0.9,
        EntityKind::Other => 0.7,
    };
    (score * weight).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
