//! Tagging a document: labels, then what the document as a whole says of them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::chain::{Lattice, Scores, Transitions, best_path};
use super::features::{CASE, Features, Lexicon, phrase_hash};
use super::letters::Letters;
use super::model::Model;
use super::second::{Evidence, First, named_sentences};
use super::{convention, is_inside, kind_of, mend, said, sport};
use crate::entities::Span;
use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind;

/// A model with its transitions unpacked.
#[derive(Clone, Debug)]
pub struct Tagger<'a> {
    model: Model<'a>,
    transitions: Transitions,
}

/// The tagger that the program carries.
static CARRIED: LazyLock<Option<Tagger<'static>>> =
    LazyLock::new(|| Tagger::read(include_bytes!("../../../assets/names/model.bin")));

impl Tagger<'static> {
    /// Returns the tagger that the program carries; `None` where its file is of another version.
    pub fn carried() -> Option<&'static Self> {
        CARRIED.as_ref()
    }
}

impl<'a> Tagger<'a> {
    /// Reads a model file; `None` where it is damaged or of another version.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let model = Model::read(bytes)?;
        Some(Self {
            model,
            transitions: model.transitions(),
        })
    }
}

/// A name is shown from this posterior on. Below it, guesses are more often wrong than right (measured on news).
fn floor(span: &Span) -> f32 {
    match span.kind {
        EntityKind::Person if span.end - span.start > 1 => 0.25,
        EntityKind::Person | EntityKind::Place | EntityKind::Organisation => 0.40,
        EntityKind::Other => 0.50,
    }
}

impl Tagger<'_> {
    /// Says whether English text writes a word (given in lower case) in lower case, as far as the model has read, or else
    /// words like it.
    pub(crate) fn is_everyday(&self, lower: &str) -> bool {
        let hash = phrase_hash(0, lower);
        match self.model.word(hash) & CASE {
            0 => self.model.class_of(hash).case == 1,
            case => case <= 2,
        }
    }

    /// Says whether English text nearly always writes a word in lower case.
    fn is_common(&self, lower: &str) -> bool {
        self.model.word(phrase_hash(0, lower)) & CASE == 1
    }

    /// Labels the names of a document. `is_headline` says which units are headlines: written in capitals of their own,
    /// they take from the body what it knows.
    pub(crate) fn tag(&self, tokens: &Tokens, is_headline: impl Fn(u32) -> bool) -> Vec<Span> {
        let (mut spans, letters) = self.spans(tokens);
        letters.trim_people(tokens, &mut spans);
        split_pairs(tokens, &mut spans);
        complete_given_names(tokens, &mut spans);
        mend::ends(tokens, &mut spans, |lower| self.is_common(lower));
        said::by_document(tokens, &mut spans);
        sport::sides(tokens, &mut spans);
        let votes = agree(tokens, &mut spans, &is_headline);
        // A guess that is not shown (`Guy Forget of France`) hides no name.
        spans.retain(|span| span.confidence >= floor(span) && has_capital(tokens, span));
        find_again(tokens, &mut spans, &votes, &letters);
        add_countries(tokens, &mut spans, &letters);
        add_directions(tokens, &mut spans);
        mend::drop_directions(tokens, &mut spans);
        mend::spelled_out(tokens, &mut spans);
        mend::drop_short_forms(tokens, &mut spans);
        spans.retain(|span| !mend::is_no_name(tokens, span));
        spans
    }

    /// The best path through each sentence after a look at the whole document, by the convention.
    fn spans(&self, tokens: &Tokens) -> (Vec<Span>, Letters) {
        let features = Features::new(tokens, &self.model);
        let letters = Letters::read(tokens, &features);
        let score = |row: &[u64]| self.model.first().score(row);
        let first = First::look(tokens, &features, &self.transitions, score);
        let evidence = Evidence::new(tokens, &features, &first);
        let mut spans = Vec::new();
        let mut emissions: Vec<Scores> = Vec::new();
        let mut row = Vec::with_capacity(16);
        let mut lattice = Lattice::default();
        lattice.set(&self.transitions);
        for sentence in named_sentences(tokens) {
            emissions.clear();
            let mut says_more = false;
            for index in sentence.clone() {
                let mut scores = first.emissions[index];
                row.clear();
                if features.may_be_named(sentence, index) {
                    evidence.of(sentence, index, &mut row);
                }
                if !row.is_empty() {
                    says_more = true;
                    let more = self.model.second().score(&row);
                    scores.iter_mut().zip(more).for_each(|(s, m)| *s += m);
                }
                emissions.push(scores);
            }
            let path = if says_more {
                best_path(&emissions, &self.transitions)
            } else {
                first.path[sentence.clone()].to_vec()
            };
            if path.iter().all(|&label| label == 0) {
                continue;
            }
            let posteriors = if says_more {
                lattice.posteriors(&emissions);
                &lattice.posteriors
            } else {
                &first.posteriors[sentence.clone()]
            };
            for (range, kind) in names_of(&path) {
                let sure = range
                    .clone()
                    .map(|at| posteriors[at][path[at]])
                    .fold(1.0, f32::min);
                let range = sentence.start + range.start..sentence.start + range.end;
                for (range, kind) in convention::conform(tokens, range, kind) {
                    spans.push(Span::new(range, kind, sure));
                }
            }
        }
        (spans, letters)
    }
}

fn has_capital(tokens: &Tokens, span: &Span) -> bool {
    (span.start..span.end).any(|i| tokens.shape(i).is_capital() || !tokens.form(i).is_ascii())
}

/// Returns the names on a path of labels.
pub(super) fn names_of(path: &[usize]) -> Vec<(Range<usize>, EntityKind)> {
    let mut names: Vec<(Range<usize>, EntityKind)> = Vec::new();
    for (index, &label) in path.iter().enumerate() {
        match (kind_of(label), names.last_mut()) {
            (Some(_), Some((range, _))) if is_inside(label) && range.end == index => range.end += 1,
            (Some(kind), _) => names.push((index..index + 1, kind)),
            (None, _) => {}
        }
    }
    names
}

/// What the document calls a name, by its words in lower case.
#[derive(Default)]
struct Votes {
    sure: [f32; 4],
    count: u32,
}

impl Votes {
    fn best(&self) -> (EntityKind, f32) {
        let all: f32 = self.sure.iter().sum();
        let best = (0..4)
            .max_by(|&a, &b| self.sure[a].total_cmp(&self.sure[b]))
            .unwrap_or(0);
        (
            EntityKind::ALL[best],
            self.sure[best] / all.max(f32::MIN_POSITIVE),
        )
    }
}

fn key(tokens: &Tokens, range: Range<usize>) -> String {
    tokens.words(range).to_lowercase()
}

/// Lets a document agree with itself: one name is of one type. Returns what it says of each.
fn agree(
    tokens: &Tokens,
    spans: &mut [Span],
    is_headline: &impl Fn(u32) -> bool,
) -> HashMap<String, Votes> {
    let mut votes: HashMap<String, Votes> = HashMap::new();
    for span in spans.iter() {
        let weight = if is_headline(tokens.list[span.start].unit) {
            0.3
        } else {
            1.0
        };
        let vote = votes.entry(key(tokens, span.start..span.end)).or_default();
        vote.sure[span.kind as usize] += span.confidence * weight;
        vote.count += 1;
    }
    for span in spans.iter_mut() {
        let Some(vote) = votes.get(&key(tokens, span.start..span.end)) else {
            continue;
        };
        let (kind, share) = vote.best();
        let is_unsure = span.confidence < 0.9 || is_headline(tokens.list[span.start].unit);
        if kind != span.kind && share > 0.5 && is_unsure {
            span.kind = kind;
        }
        if vote.count >= 2 && kind == span.kind {
            span.confidence = span
                .confidence
                .max(vote.sure[kind as usize] / vote.count as f32);
        }
    }
    follow_full_names(tokens, spans);
    votes
}

/// An unsure name that is how a full name of a person ends (`Al-Attiyah`), or the given name it begins with, is that
/// person's.
pub(super) fn follow_full_names(tokens: &Tokens, spans: &mut [Span]) {
    let mut parts: HashSet<String> = HashSet::new();
    for span in spans.iter().filter(|s| s.kind == EntityKind::Person) {
        for start in span.start + 1..span.end {
            if tokens.list[start].spaced {
                parts.insert(key(tokens, start..span.end));
            }
        }
        let begins = span.end - span.start > 1 && tokens.list[span.start + 1].spaced;
        if begins && span.confidence > 0.8 {
            parts.insert(key(tokens, span.start..span.start + 1));
        }
    }
    for span in spans.iter_mut() {
        let is_unsure = span.kind != EntityKind::Person && span.confidence < 0.8;
        if is_unsure && parts.contains(&key(tokens, span.start..span.end)) {
            span.kind = EntityKind::Person;
        }
    }
}

/// A name's words in lower case, its type, and how sure it is.
type Known = (Vec<String>, EntityKind, f32);

/// Finds the places of names that the tagger passed over: several words that are a name elsewhere, or one word in
/// capitals that is no word of every day.
fn find_again(
    tokens: &Tokens,
    spans: &mut Vec<Span>,
    votes: &HashMap<String, Votes>,
    letters: &Letters,
) {
    let mut firsts: HashMap<&str, Vec<Known>> = HashMap::new();
    for (name, vote) in votes {
        let (kind, share) = vote.best();
        let sure = vote.sure.iter().sum::<f32>() / vote.count as f32;
        if share < 0.8 || sure < 0.8 || kind == EntityKind::Other {
            continue;
        }
        let mut pieces = Tokens::default();
        pieces.push_unit(0, name);
        let words: Vec<String> = (0..pieces.list.len())
            .map(|i| pieces.lower(i).to_owned())
            .collect();
        if let Some(first) = name.split([' ', '-', '\'']).next() {
            firsts.entry(first).or_default().push((words, kind, sure));
        }
    }
    for (word, sure) in surnames(tokens, spans) {
        let known = (vec![word.to_owned()], EntityKind::Person, sure);
        firsts.entry(word).or_default().push(known);
    }
    for names in firsts.values_mut() {
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
    }
    let mut taken = vec![false; tokens.list.len()];
    for s in &*spans {
        taken[s.start..s.end].fill(true);
    }
    let mut more = Vec::new();
    for start in 0..tokens.list.len() {
        if taken[start] || !tokens.shape(start).is_capital() {
            continue;
        }
        let Some(names) = firsts.get(tokens.lower(start)) else {
            continue;
        };
        for (words, kind, sure) in names {
            let end = start + words.len();
            let fits = end <= tokens.list.len()
                && !taken[start..end].contains(&true)
                && tokens.list[start].unit == tokens.list[end - 1].unit
                && words
                    .iter()
                    .zip(start..)
                    .all(|(word, i)| tokens.lower(i) == word)
                && (words.len() > 1 || is_telling(tokens, start) && !is_opening(tokens, start))
                && !continues(tokens, start, end, letters);
            if fits {
                taken[start..end].fill(true);
                more.push(Span::new(start..end, *kind, sure * 0.9));
                break;
            }
        }
    }
    spans.append(&mut more);
    spans.sort_by_key(|s| s.start);
}

/// Returns the surnames of the full names in a document, in lower case: the last word, or the first as in Korean.
fn surnames<'t>(tokens: &'t Tokens, spans: &[Span]) -> Vec<(&'t str, f32)> {
    let mut found = Vec::new();
    for span in spans {
        if span.kind != EntityKind::Person || span.end - span.start < 2 || span.confidence < 0.5 {
            continue;
        }
        let last = span.end - 1;
        let is_listed = |i: usize| GAZETTEER.word(tokens.lower(i)) & class::SURNAME != 0;
        // `Moon Jae-in`.
        let is_syllables = tokens.shape(last) == Shape::Lower && tokens.form(last - 1) == "-";
        let is_first = is_syllables && tokens.form(span.start + 1) != "-"
            || is_listed(span.start) && !is_listed(last);
        if is_first {
            found.push((tokens.lower(span.start), span.confidence));
        } else if tokens.list[last].spaced {
            found.push((tokens.lower(last), span.confidence));
        }
    }
    found.sort_by(|a, b| a.0.cmp(b.0).then(b.1.total_cmp(&a.1)));
    found.dedup_by_key(|(word, _)| *word);
    found
}

/// At the start of a sentence a capital says nothing: there a name of one word stands before a verb of speech or what is
/// its own.
fn is_opening(tokens: &Tokens, index: usize) -> bool {
    let starts = tokens.sentences.partition_point(|s| s.start <= index);
    let is_first = starts > 0 && tokens.sentences[starts - 1].start == index;
    let next = tokens.lower(index + 1);
    let acts =
        GAZETTEER.word(next) & class::PERSON_VERB != 0 || next == "'s" || next.ends_with("ed");
    is_first && !acts
}

/// A capital beside it may make it part of another name, which the tagger saw better.
fn continues(tokens: &Tokens, start: usize, end: usize, letters: &Letters) -> bool {
    let is_large = |i: usize| tokens.shape(i).is_capital() && !letters.is_small[i];
    let joined = |a: usize, b: usize| {
        is_large(a) && is_large(b) && tokens.list[b].unit == tokens.list[a].unit
    };
    start > 0 && joined(start - 1, start) || end < tokens.list.len() && joined(end - 1, end)
}

fn is_telling(tokens: &Tokens, index: usize) -> bool {
    tokens.lower(index).len() > 2
        && matches!(
            tokens.shape(index),
            Shape::Title | Shape::Mixed | Shape::Upper
        )
        && GAZETTEER.word(tokens.lower(index))
            & (class::FUNCTION | class::DATE | class::ORG_WORD | class::PLACE_WORD | class::TITLE)
            == 0
}

/// `Kim-Putin` is two names where both stand elsewhere in the document under names of their own, or where people of two
/// known surnames meet.
fn split_pairs(tokens: &Tokens, spans: &mut Vec<Span>) {
    let mut parts: HashMap<&str, EntityKind> = HashMap::new();
    for span in spans.iter() {
        if !is_mark_of_pair(tokens, span.start + 1) {
            for word in [span.end - 1, span.start] {
                parts.entry(tokens.lower(word)).or_insert(span.kind);
            }
        }
    }
    // `Lisa Lopez-Galvan` is one person, and `Lopez-Galvan` is she.
    let doubles: HashSet<String> = spans
        .iter()
        .filter(|s| s.kind == EntityKind::Person && s.end - s.start >= 4)
        .filter(|s| is_mark_of_pair(tokens, s.end - 2))
        .map(|s| key(tokens, s.end - 3..s.end))
        .collect();
    for mark in 1..tokens.list.len() {
        if !is_mark_of_pair(tokens, mark) || doubles.contains(&key(tokens, mark - 1..mark + 2)) {
            continue;
        }
        let (first, second) = (mark - 1, mark + 1);
        // `Al-Attiyah` is one; `Jean-Luc Picard` goes on, and so does `Ann Smith-Jones`.
        let is_particle = GAZETTEER.word(tokens.lower(first)) & class::PARTICLE != 0;
        let covering = spans
            .iter()
            .position(|s| s.start <= second && first < s.end);
        let goes_on = covering.is_some_and(|n| {
            let span = &spans[n];
            span.start < first || span.end > second + 1 && span.kind != EntityKind::Other
        });
        let meet = matches!(
            tokens.lower(second + 1),
            "talks" | "summit" | "meeting" | "meetings" | "deal" | "pact" | "call" | "accord"
        ) && [first, second]
            .iter()
            .all(|&i| GAZETTEER.word(tokens.lower(i)) & class::SURNAME != 0);
        let sides = (
            parts.get(tokens.lower(first)).copied(),
            parts.get(tokens.lower(second)).copied(),
        );
        let kinds = match sides {
            (Some(first), Some(second)) => Some((first, second)),
            _ => meet.then_some((EntityKind::Person, EntityKind::Person)),
        };
        let Some(kinds) = kinds.filter(|_| !is_particle && !goes_on) else {
            continue;
        };
        let sure = covering.map_or(0.8, |n| spans[n].confidence.max(0.8));
        spans.retain(|s| s.end <= first || s.start > second);
        spans.push(Span::new(first..first + 1, kinds.0, sure));
        spans.push(Span::new(second..second + 1, kinds.1, sure));
    }
    spans.sort_by_key(|s| s.start);
}

/// Says whether a token is a hyphen, slash or dash between two capitals, without space.
pub(super) fn is_mark_of_pair(tokens: &Tokens, index: usize) -> bool {
    let is_glued = |i: usize| tokens.list.get(i).is_some_and(|t| !t.spaced);
    matches!(tokens.form(index), "-" | "/" | "–")
        && index > 0
        && is_glued(index)
        && is_glued(index + 1)
        && tokens.shape(index - 1).is_capital()
        && tokens.shape(index + 1).is_capital()
        && tokens.list[index - 1].unit == tokens.list[index + 1].unit
}

/// `Kwok Ka` goes on to `Kwok Ka-ki`: Korean and Chinese given names of two syllables. `Putin-led` is no such name.
fn complete_given_names(tokens: &Tokens, spans: &mut [Span]) {
    for span in spans
        .iter_mut()
        .filter(|s| s.kind == EntityKind::Person && s.end - s.start >= 2)
    {
        let (mark, tail) = (span.end, span.end + 1);
        let is_glued = |i: usize| tokens.list.get(i).is_some_and(|t| !t.spaced);
        let goes_on = tokens.form(mark) == "-"
            && is_glued(mark)
            && is_glued(tail)
            && tokens.shape(tail) == Shape::Lower
            && tokens.lower(tail).chars().count() <= 5
            && !matches!(
                tokens.lower(tail),
                "led"
                    | "era"
                    | "like"
                    | "style"
                    | "born"
                    | "based"
                    | "run"
                    | "owned"
                    | "time"
                    | "type"
                    | "free"
                    | "made"
                    | "only"
                    | "ally"
                    | "hand"
                    | "back"
                    | "hater"
                    | "loyal"
                    | "voter"
            );
        if goes_on {
            span.end = tail + 1;
        }
    }
}

/// Adds countries that the tagger passed over: their names are a closed list, and few are anything else.
fn add_countries(tokens: &Tokens, spans: &mut Vec<Span>, letters: &Letters) {
    let mut taken = vec![false; tokens.list.len()];
    for s in &*spans {
        taken[s.start..s.end].fill(true);
    }
    for found in GAZETTEER.find(tokens, 0..tokens.list.len()) {
        let range = found.start..found.end;
        let form = tokens.form(found.start);
        let is_country = found.classes & class::COUNTRY != 0
            && found.classes & (class::GIVEN | class::SURNAME | class::PLACE) == 0
            && range.clone().all(|i| {
                tokens.shape(i) != Shape::Lower || matches!(tokens.lower(i), "of" | "the" | "and")
            })
            && (form.len() > 3 || tokens.shape(found.start) == Shape::Upper)
            && tokens.list[found.start].unit == tokens.list[found.end - 1].unit;
        // In a line of capitals `US` may be the pronoun, which no noun follows.
        let is_sure = letters.is_headline[found.start]
            && (form.len() > 3 || is_followed_by_noun(tokens, found.end));
        let is_shouted = tokens.shape(found.start) == Shape::Upper
            && !is_sure
            && (found.start > 0 && tokens.shape(found.start - 1) == Shape::Upper
                || tokens.shape(found.end) == Shape::Upper);
        // `US$22`.
        let is_currency = tokens.form(found.end) == "$";
        let is_free = !is_currency
            && !taken[range.clone()].contains(&true)
            && (letters.is_headline[found.start]
                || !continues(tokens, found.start, found.end, letters));
        if is_country && is_free && !is_shouted {
            taken[range.clone()].fill(true);
            spans.push(Span::new(range, EntityKind::Place, 0.8));
        }
    }
    spans.sort_by_key(|s| s.start);
}

fn is_followed_by_noun(tokens: &Tokens, index: usize) -> bool {
    tokens.list.get(index).is_some_and(|t| t.spaced)
        && tokens.shape(index) == Shape::Upper
        && GAZETTEER.word(tokens.lower(index)) & (class::FUNCTION | class::DATE) == 0
}

/// Adds `the North` and `the South` where the document names that Korea: they stand for it by name.
fn add_directions(tokens: &Tokens, spans: &mut Vec<Span>) {
    let mut more = Vec::new();
    for (direction, country) in [("North", "north korea"), ("South", "south korea")] {
        let is_named =
            |s: &Span| s.kind == EntityKind::Place && key(tokens, s.start..s.end) == country;
        if !spans.iter().any(is_named) {
            continue;
        }
        for index in 1..tokens.list.len() {
            let stands_alone = tokens.form(index) == direction
                && tokens.lower(index - 1) == "the"
                && tokens.list[index].unit == tokens.list[index - 1].unit
                && !tokens.shape(index + 1).is_capital()
                && tokens.form(index + 1) != "-";
            if stands_alone && !spans.iter().any(|s| s.start <= index && index < s.end) {
                more.push(Span::new(index..index + 1, EntityKind::Place, 0.8));
            }
        }
    }
    spans.append(&mut more);
    spans.sort_by_key(|s| s.start);
}
