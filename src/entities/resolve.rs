//! Mentions → entities: which names of an article mean the same person, organisation or place.
//!
//! Within one article only, and by what the article says: a surname joins the full name that was used last; an acronym
//! joins the name it abbreviates; a country's names are one; a people's name counts for its country where that is named.

use std::collections::HashMap;

use super::Span;
use super::gazetteer::{GAZETTEER, class};
use super::token::Tokens;
use crate::model::EntityKind;
use crate::text::fold::fold;

/// An entity while it is put together.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The canonical name.
    pub(crate) name: String,
    /// The type.
    pub(crate) kind: EntityKind,
    /// Indices of its mentions, in the order of the text.
    pub(crate) mentions: Vec<usize>,
    /// Folded words of the name.
    words: Vec<String>,
}

/// Groups mentions. Returns the entities and, for each span, the index of its entity.
pub(crate) fn resolve(tokens: &Tokens, spans: &[Span]) -> (Vec<Group>, Vec<usize>) {
    let surfaces: Vec<String> = spans.iter().map(|s| surface(tokens, s)).collect();
    let mut resolver = Resolver {
        groups: Vec::new(),
        by_name: HashMap::new(),
    };
    let mut of = vec![usize::MAX; spans.len()];
    // Full names first, so that a headline's surname finds the name that the body spells out.
    for (index, span) in spans.iter().enumerate() {
        if is_full(span.kind, &surfaces[index]) {
            of[index] = resolver.group_of_full(&surfaces[index], span.kind);
        }
    }
    join_acronyms(tokens, spans, &surfaces, &mut of, &mut resolver);
    let mut last_used: HashMap<usize, usize> = HashMap::new();
    for (index, span) in spans.iter().enumerate() {
        if of[index] == usize::MAX {
            of[index] =
                resolver.group_of_short(&surfaces[index], span.kind, &last_used, index, &of);
        }
        last_used.insert(of[index], index);
    }
    join_peoples(spans, &surfaces, &mut of, &resolver);
    join_directions(tokens, spans, &surfaces, &mut of, &resolver);
    let (mut groups, of) = finish(resolver.groups, of);
    for group in &mut groups {
        settle_case(group, &surfaces);
    }
    (groups, of)
}

/// Names a group as running text writes it where the first mention stands in capitals, as in a dateline: as another
/// mention does, else, for places too long to be initials, with capitals at the words' starts.
fn settle_case(group: &mut Group, surfaces: &[String]) {
    let in_capitals = |name: &str| {
        let mut letters = name.chars().filter(|c| c.is_alphabetic());
        letters.all(char::is_uppercase)
    };
    if !in_capitals(&group.name) {
        return;
    }
    let same = group.mentions.iter().filter_map(|m| surfaces.get(*m));
    let key = fold(&group.name);
    let written = same
        .filter(|surface| fold(surface) == key)
        .find(|surface| !in_capitals(surface));
    if let Some(written) = written {
        written.clone_into(&mut group.name);
    } else if group.kind == EntityKind::Place && group.name.chars().count() > INITIALS {
        group.name = in_title_case(&group.name);
    }
}

/// A place's name in capitals of no more letters may be initials (`UAE`, `NYC`).
const INITIALS: usize = 4;

fn in_title_case(name: &str) -> String {
    let mut starts = true;
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if starts {
            out.push(c);
        } else {
            out.extend(c.to_lowercase());
        }
        starts = !c.is_alphabetic() && !matches!(c, '\'' | '’');
    }
    out
}

struct Resolver {
    groups: Vec<Group>,
    by_name: HashMap<(EntityKind, String), usize>,
}

impl Resolver {
    fn group_of_full(&mut self, name: &str, kind: EntityKind) -> usize {
        if let Some(country) = GAZETTEER
            .country(name)
            .filter(|_| kind == EntityKind::Place)
        {
            return self.get_or_add(country.name, kind);
        }
        let words = words_of(name);
        if kind == EntityKind::Person {
            let same = self
                .groups
                .iter()
                .position(|g| g.kind == kind && is_same_person(&g.words, &words));
            if let Some(found) = same {
                let group = &mut self.groups[found];
                if words.len() > group.words.len() {
                    name.clone_into(&mut group.name);
                    group.words = words;
                }
                return found;
            }
        }
        if kind == EntityKind::Organisation {
            let key = organisation_key(&words);
            let same = self
                .groups
                .iter()
                .position(|g| g.kind == kind && organisation_key(&g.words) == key);
            if let Some(found) = same {
                let group = &mut self.groups[found];
                if words.len() > group.words.len() {
                    name.clone_into(&mut group.name);
                    group.words = words;
                }
                return found;
            }
        }
        self.get_or_add(name, kind)
    }

    fn group_of_short(
        &mut self,
        name: &str,
        kind: EntityKind,
        last_used: &HashMap<usize, usize>,
        index: usize,
        of: &[usize],
    ) -> usize {
        let key = fold(name);
        if kind == EntityKind::Person {
            let words = words_of(name);
            let fits = |wanted: fn(&[String], &[String]) -> bool| {
                let candidates: Vec<usize> = (0..self.groups.len())
                    .filter(|&g| self.groups[g].kind == kind && self.groups[g].words.len() > 1)
                    .filter(|&g| wanted(&self.groups[g].words, &words))
                    .collect();
                // The one named last before this place; else the one named first after it.
                candidates
                    .iter()
                    .copied()
                    .filter(|g| last_used.contains_key(g))
                    .max_by_key(|g| last_used[g])
                    .or_else(|| {
                        candidates
                            .into_iter()
                            .min_by_key(|g| (index..of.len()).find(|&i| of[i] == *g))
                    })
            };
            let found = fits(is_surname_of).or_else(|| fits(is_given_name_of));
            if let Some(found) = found {
                return found;
            }
        }
        if kind == EntityKind::Organisation {
            let words = words_of(name);
            let mut longer = (0..self.groups.len()).filter(|&g| {
                self.groups[g].kind == kind
                    && is_short_organisation(&self.groups[g].words, &words, is_acronym(name))
            });
            if let (Some(only), None) = (longer.next(), longer.next()) {
                return only;
            }
        }
        if let Some(&found) = self.by_name.get(&(kind, key)) {
            return found;
        }
        self.get_or_add(name, kind)
    }

    fn get_or_add(&mut self, name: &str, kind: EntityKind) -> usize {
        let key = (kind, group_key(name, kind));
        if let Some(&found) = self.by_name.get(&key) {
            return found;
        }
        self.groups.push(Group {
            name: name.to_owned(),
            kind,
            mentions: Vec::new(),
            words: words_of(name),
        });
        self.by_name.insert(key, self.groups.len() - 1);
        self.groups.len() - 1
    }
}

/// Folds a name so that spellings of one name meet: no periods in acronyms, singular for peoples.
fn group_key(name: &str, kind: EntityKind) -> String {
    let folded = fold(name);
    let folded = if folded.contains('.') && folded.len() <= 12 {
        folded.replace('.', "")
    } else {
        folded
    };
    match kind {
        EntityKind::Other if !folded.ends_with("ss") => folded.trim_end_matches('s').to_owned(),
        _ => folded,
    }
}

/// Returns a mention's words without what is no part of the name.
fn surface(tokens: &Tokens, span: &Span) -> String {
    tokens.words(span.start..span.end)
}

fn words_of(name: &str) -> Vec<String> {
    fold(name)
        .split([' ', '\u{a0}'])
        .filter(|w| !w.is_empty())
        .map(|w| w.trim_end_matches('.').to_owned())
        .collect()
}

/// Full names stand for themselves; persons of one word and single words of organisations wait for a longer one.
fn is_full(kind: EntityKind, surface: &str) -> bool {
    match kind {
        EntityKind::Person => surface.contains([' ', '\u{a0}']),
        EntityKind::Organisation => surface.contains(' '),
        EntityKind::Place | EntityKind::Other => true,
    }
}

const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv"];

/// Says whether two full names are of one person: the same first and last word, and no middle word that differs.
fn is_same_person(a: &[String], b: &[String]) -> bool {
    let plain = |words: &[String]| -> Vec<String> {
        let kept = words.iter().filter(|w| !SUFFIXES.contains(&w.as_str()));
        kept.cloned().collect()
    };
    let (a, b) = (plain(a), plain(b));
    let (Some(a_first), Some(a_last), Some(b_first), Some(b_last)) =
        (a.first(), a.last(), b.first(), b.last())
    else {
        return false;
    };
    if a == b {
        return true;
    }
    let first = a_first == b_first
        || (a_first.chars().count() == 1 || b_first.chars().count() == 1)
            && a_first.chars().next() == b_first.chars().next();
    // `José Manuel Barroso`, `José Barroso`, `Gabriel García Márquez`, `Gabriel García`.
    let (short, long) = if a.len() <= b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    let is_part = {
        let mut rest = long.iter();
        short
            .iter()
            .all(|w| rest.any(|l| l == w || (w.chars().count() == 1 && l.starts_with(w.as_str()))))
    };
    if a_last == b_last && first {
        let middles = |words: &[String]| words.len() > 2;
        return is_part || !(middles(&a) && middles(&b));
    }
    is_part && short.len() >= 2
}

fn is_surname_of(full: &[String], short: &[String]) -> bool {
    let kept: Vec<&String> = full
        .iter()
        .filter(|w| !SUFFIXES.contains(&w.as_str()))
        .collect();
    let ends = |n: usize| n < kept.len() && kept[kept.len() - n..].iter().copied().eq(short);
    // `bin Salman`, `van Gogh`, `Gogh`.
    ends(short.len()) || short.len() == 1 && kept.last().is_some_and(|w| is_half_of(w, &short[0]))
}

/// `Lopez` and `Galvan` of `Lopez-Galvan`.
fn is_half_of(word: &str, short: &str) -> bool {
    let halves = word.rsplit_once('-');
    halves.is_some_and(|(head, tail)| tail == short || head == short && head.len() > 3)
}

fn is_given_name_of(full: &[String], short: &[String]) -> bool {
    short.len() == 1 && full.iter().any(|w| w == &short[0])
}

/// Legal forms, which say nothing of which organisation it is.
const FORMS: &[&str] = &[
    "inc",
    "ltd",
    "llc",
    "plc",
    "corp",
    "corporation",
    "company",
    "co",
    "gmbh",
    "ag",
    "sa",
    "limited",
    "the",
];

/// What may follow an acronym that stands for the whole (`HSBC Holdings`), besides legal forms: `NFL Network` is not the NFL.
const AFTER_ACRONYM: &[&str] = &["group", "holding", "holdings", "bank", "nv", "se", "spa"];

/// An organisation's name without what companies may leave out.
fn organisation_key(words: &[String]) -> Vec<&str> {
    let kept: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|w| !FORMS.contains(w) && *w != ",")
        .collect();
    if kept.is_empty() {
        return words.iter().map(String::as_str).collect();
    }
    kept
}

/// `Samsung` for `Samsung Electronics`: the first word, and only words of business follow.
fn is_short_organisation(long: &[String], short: &[String], is_acronym: bool) -> bool {
    let is_of_business = |word: &String| {
        let is_form = FORMS.contains(&word.as_str()) || AFTER_ACRONYM.contains(&word.as_str());
        is_form || !is_acronym && GAZETTEER.word(word) & class::ORG_WORD != 0
    };
    long.len() > short.len()
        && long.starts_with(short)
        && long[short.len()..].iter().all(is_of_business)
        && short
            .iter()
            .all(|w| GAZETTEER.word(w) & (class::ORG_WORD | class::PEOPLE) == 0)
}

/// Joins `FSB` to `Federal Security Service`, by brackets or by initials.
fn join_acronyms(
    tokens: &Tokens,
    spans: &[Span],
    surfaces: &[String],
    of: &mut [usize],
    resolver: &mut Resolver,
) {
    let mut meaning: HashMap<String, usize> = HashMap::new();
    for index in 1..spans.len() {
        let (long, short) = (&spans[index - 1], &spans[index]);
        let bracketed = tokens.form(long.end) == "("
            && long.end + 1 == short.start
            && tokens.form(short.end) == ")";
        if bracketed
            && is_acronym(&surfaces[index])
            && of[index - 1] != usize::MAX
            && long.kind == short.kind
        {
            meaning.insert(fold_acronym(&surfaces[index]), of[index - 1]);
        }
    }
    for (index, span) in spans.iter().enumerate() {
        let unset = of[index] == usize::MAX;
        if !unset || span.kind != EntityKind::Organisation || !is_acronym(&surfaces[index]) {
            continue;
        }
        let key = fold_acronym(&surfaces[index]);
        let by_initials = || {
            resolver
                .groups
                .iter()
                .position(|g| g.kind == EntityKind::Organisation && initials_fit(&g.words, &key))
        };
        if let Some(group) = meaning.get(&key).copied().or_else(by_initials) {
            of[index] = group;
        }
    }
}

fn is_acronym(surface: &str) -> bool {
    let letters = surface.chars().filter(|c| c.is_alphabetic()).count();
    (2..=8).contains(&letters)
        && surface.chars().filter(|c| c.is_uppercase()).count() * 2 > letters
        && !surface.contains(' ')
}

fn fold_acronym(surface: &str) -> String {
    fold(surface)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn initials_fit(words: &[String], acronym: &str) -> bool {
    let initials = |skip: bool| -> String {
        words
            .iter()
            .flat_map(|w| w.split('-'))
            .filter(|w| {
                !(skip
                    && matches!(
                        *w,
                        "of" | "the" | "and" | "for" | "in" | "on" | "&" | "to" | "de" | "against"
                    ))
            })
            .filter_map(|w| w.chars().find(|c| c.is_alphanumeric()))
            .collect()
    };
    acronym.len() >= 2
        && words.len() >= 2
        && (initials(true) == acronym || initials(false) == acronym)
}

/// Lets `Russian` count for Russia where the article names Russia.
fn join_peoples(spans: &[Span], surfaces: &[String], of: &mut [usize], resolver: &Resolver) {
    for (index, span) in spans.iter().enumerate() {
        if span.kind != EntityKind::Other {
            continue;
        }
        let mut countries = GAZETTEER
            .countries_of(&surfaces[index])
            .filter_map(|c| resolver.by_name.get(&(EntityKind::Place, fold(c.name))));
        if let Some(&country) = countries.next() {
            of[index] = country;
        }
    }
}

/// Lets `the North` mean North Korea where the article names North Korea and no other north.
fn join_directions(
    tokens: &Tokens,
    spans: &[Span],
    surfaces: &[String],
    of: &mut [usize],
    resolver: &Resolver,
) {
    for (index, span) in spans.iter().enumerate() {
        let name = match surfaces[index].as_str() {
            "North" => "north korea",
            "South" => "south korea",
            _ => continue,
        };
        let named = span.start > 0 && tokens.lower(span.start - 1) == "the";
        let korea = resolver.by_name.get(&(EntityKind::Place, name.to_owned()));
        if let (EntityKind::Place, true, Some(&korea)) = (span.kind, named, korea) {
            of[index] = korea;
        }
    }
}

/// Fills the groups with their mentions and drops the empty ones.
fn finish(mut groups: Vec<Group>, mut of: Vec<usize>) -> (Vec<Group>, Vec<usize>) {
    for (index, &group) in of.iter().enumerate() {
        groups[group].mentions.push(index);
    }
    let mut place = vec![0; groups.len()];
    let mut kept = 0;
    for (index, group) in groups.iter().enumerate() {
        place[index] = kept;
        kept += usize::from(!group.mentions.is_empty());
    }
    groups.retain(|g| !g.mentions.is_empty());
    for group in &mut of {
        *group = place[*group];
    }
    (groups, of)
}
