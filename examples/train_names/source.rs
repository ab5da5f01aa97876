//! The labelled texts: reading them, and bringing their labels to the one convention.

use std::ops::Range;
use std::path::Path;

use newsdesk::entities::tagger::repair::repair;
use newsdesk::entities::tagger::{convention, label, may_follow};
use newsdesk::entities::token::Tokens;
use newsdesk::model::EntityKind;
use serde::Deserialize;

use crate::random::Random;

/// Sources and how much a sentence of each counts.
pub(crate) const SOURCES: &[(&str, f32)] = &[
    ("wikinews", 1.0),
    ("wikigold", 1.0),
    ("gum-wikinews", 0.7),
    ("gum-academic-court", 0.5),
    ("btc", 0.5),
    ("wnut17-train", 0.3),
    ("sharealike-crossner", 0.5),
];

/// Sources that do not label peoples, or label no MISC at all.
const WITHOUT_PEOPLES: &[&str] = &["btc", "gum-wikinews", "gum-academic-court", "wnut17-train"];
const WITHOUT_MISC: &[&str] = &["btc"];

#[derive(Default, Deserialize)]
pub(crate) struct Record {
    pub(crate) text: String,
    pub(crate) entities: Vec<Gold>,
}

#[derive(Deserialize)]
pub(crate) struct Gold {
    pub(crate) start: usize,
    pub(crate) end: usize,
    #[serde(rename = "type")]
    pub(crate) kind: EntityKind,
}

/// A text with its tokens and labels.
pub(crate) struct Labelled {
    pub(crate) source: String,
    pub(crate) tokens: Tokens,
    pub(crate) labels: Vec<u8>,
    /// Bits of the labels that the source allows at each token; empty where it says all.
    pub(crate) allowed: Vec<u16>,
    pub(crate) weight: f32,
    /// Only the first line is trained from: the rest is evidence.
    pub(crate) headline_only: bool,
    /// Made up: says nothing of how words are written.
    pub(crate) is_made_up: bool,
    /// Of a whole article: which share of the articles it is learnt without, so that the second look at it is honest.
    pub(crate) fold: Option<usize>,
}

pub(crate) fn read(path: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let record = |line| -> Record {
        let mut record: Record =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        drop_speakers(&mut record);
        record
    };
    text.lines().map(record).collect()
}

/// `((WN))` before each question of an interview says who speaks, as layout does: initials there are blanked out, and no names.
fn drop_speakers(record: &mut Record) {
    let mut chars: Vec<char> = record.text.chars().collect();
    for start in 2..chars.len() {
        if chars[start - 2..start] != ['(', '('] {
            continue;
        }
        let letters = chars[start..].iter().take_while(|c| c.is_ascii_uppercase());
        let end = start + letters.count();
        if start < end && chars.get(end..end + 2) == Some(&[')', ')']) {
            chars[start - 2..end + 2].fill(' ');
            record.entities.retain(|g| g.end <= start || end <= g.start);
        }
    }
    record.text = chars.into_iter().collect();
}

/// Reads texts whose names are marked `[P person]`, `[O organisation]`, `[L place]`, `[M other]`, each after a line `== ID
/// STYLE`; of a mark `[P Name = Full Name]` the name alone.
pub(crate) fn read_marked(file: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with("== ") {
            records.push(Record::default());
            continue;
        }
        let Some(record) = records.last_mut() else {
            continue;
        };
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('[') {
            record.text.push_str(before);
            let (mark, after) = after.split_once(']').unwrap_or((after, ""));
            let (kind, name) = mark.split_once(' ').unwrap_or(("M", mark));
            let name = name.split(" = ").next().unwrap_or(name);
            let start = record.text.chars().count();
            record.text.push_str(name);
            let end = start + name.chars().count();
            let kind = match kind {
                "P" => EntityKind::Person,
                "O" => EntityKind::Organisation,
                "L" => EntityKind::Place,
                _ => EntityKind::Other,
            };
            record.entities.push(Gold { start, end, kind });
            rest = after;
        }
        record.text.push_str(rest);
        record.text.push('\n');
    }
    records
}

pub(crate) fn tokenize(text: &str) -> (Tokens, Vec<usize>) {
    let mut tokens = Tokens::default();
    let mut offsets = Vec::new();
    let mut at = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        tokens.push_unit(n as u32, line);
        offsets.push(at);
        at += line.len();
    }
    (tokens, offsets)
}

/// Lays gold spans over tokens, by the convention.
fn gold_spans(
    record: &Record,
    tokens: &Tokens,
    offsets: &[usize],
    source: &str,
    repairs: bool,
) -> Vec<(Range<usize>, EntityKind)> {
    let bytes: Vec<usize> = record
        .text
        .char_indices()
        .map(|(i, _)| i)
        .chain([record.text.len()])
        .collect();
    let starts: Vec<usize> = tokens
        .list
        .iter()
        .map(|t| offsets[t.unit as usize] + t.start as usize)
        .collect();
    let ends: Vec<usize> = tokens
        .list
        .iter()
        .map(|t| offsets[t.unit as usize] + t.end as usize)
        .collect();
    let mut spans = Vec::new();
    for gold in &record.entities {
        let (start, end) = (bytes[gold.start], bytes[gold.end]);
        let first = ends.partition_point(|&e| e <= start);
        let last = starts.partition_point(|&s| s < end);
        if first < last {
            spans.extend(convention::conform(tokens, first..last, gold.kind));
        }
    }
    if repairs {
        spans = repair(tokens, spans);
    }
    if WITHOUT_PEOPLES.contains(&source) {
        let mut taken = vec![false; tokens.list.len()];
        spans.iter().for_each(|(s, _)| taken[s.clone()].fill(true));
        for range in convention::peoples(tokens) {
            if !taken[range.clone()].contains(&true) {
                taken[range.clone()].fill(true);
                spans.push((range, EntityKind::Other));
            }
        }
    }
    spans
}

/// Lays the labels of a record over its tokens; `repairs` says to set right first what breaks the convention.
pub(crate) fn labelled(record: &Record, source: &str, weight: f32, repairs: bool) -> Labelled {
    let (tokens, offsets) = tokenize(&record.text);
    let spans = gold_spans(record, &tokens, &offsets, source, repairs);
    let mut labels = vec![0_u8; tokens.list.len()];
    for (span, kind) in spans {
        for index in span.clone() {
            labels[index] = label(kind, index > span.start) as u8;
        }
    }
    // A name never runs over the end of a sentence.
    for sentence in &tokens.sentences {
        let mut before = None;
        for index in sentence.clone() {
            let l = labels[index] as usize;
            if !may_follow(l, before) {
                labels[index] -= 1;
            }
            before = Some(labels[index] as usize);
        }
    }
    let allowed = if WITHOUT_MISC.contains(&source) {
        let misc = 1 << label(EntityKind::Other, false) | 1 << label(EntityKind::Other, true);
        labels
            .iter()
            .enumerate()
            .map(|(i, &l)| {
                let open = l == 0 && tokens.shape(i).is_capital();
                1 << l | if open { misc } else { 0 }
            })
            .collect()
    } else {
        Vec::new()
    };
    Labelled {
        source: source.to_owned(),
        tokens,
        labels,
        allowed,
        weight,
        headline_only: false,
        is_made_up: false,
        fold: None,
    }
}

/// How a headline is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    AsWritten,
    TitleCase,
    /// Title Case that leaves more of the short words small.
    ShortWordsSmall,
    Capitals,
}

/// The headline of a record in other letters, the rest as it is. Offsets stay where they are.
pub(crate) fn recased(record: &Record, letters: Letters) -> Option<Record> {
    let (headline, rest) = record.text.split_once('\n')?;
    let entities = record.entities.iter().map(|g| Gold { ..*g }).collect();
    Some(Record {
        text: format!("{}\n{rest}", in_letters(headline, letters)),
        entities,
    })
}

/// Sentences of a record on their own, as headlines are: every `step`-th that is short, half of them without articles, in
/// Title Case, in capitals or as they are written.
pub(crate) fn headlines(
    record: &Record,
    step: usize,
    random: &mut Random,
) -> Vec<(Record, Letters)> {
    let (tokens, offsets) = tokenize(&record.text);
    let mut found = Vec::new();
    for sentence in &tokens.sentences {
        if !(4..=18).contains(&sentence.len()) || !(random.next() as usize).is_multiple_of(step) {
            continue;
        }
        let (first, last) = (tokens.list[sentence.start], tokens.list[sentence.end - 1]);
        let from = offsets[first.unit as usize] + first.start as usize;
        let end = offsets[last.unit as usize] + last.end as usize;
        let words = record.text[from..end].trim_end_matches('.');
        let before = record.text[..from].chars().count();
        let after = before + words.chars().count();
        let inside = record.entities.iter();
        let entities = inside
            .filter(|g| before <= g.start && g.end <= after)
            .map(|g| Gold {
                start: g.start - before,
                end: g.end - before,
                kind: g.kind,
            })
            .collect();
        let text = words.to_owned();
        let mut alone = Record { text, entities };
        if random.next().is_multiple_of(2) {
            alone = without_articles(&alone);
        }
        let letters = match random.next() % 6 {
            0 | 1 => Letters::Capitals,
            2 => Letters::AsWritten,
            3 => Letters::TitleCase,
            _ => Letters::ShortWordsSmall,
        };
        alone.text = in_letters(&alone.text, letters);
        found.push((alone, letters));
    }
    found
}

/// The headline of a record alone, in other letters.
pub(crate) fn headline(record: &Record, letters: Letters) -> Option<Record> {
    let mut record = recased(record, letters)?;
    let end = record.text.find('\n')?;
    record.text.truncate(end);
    let length = record.text.chars().count();
    record.entities.retain(|gold| gold.end <= length);
    Some(record)
}

/// Leaves out the articles outside names, as headlines do.
fn without_articles(record: &Record) -> Record {
    let chars: Vec<char> = record.text.chars().collect();
    let mut keeps = vec![true; chars.len()];
    let mut at = 0;
    for word in record.text.split_inclusive(' ') {
        let end = at + word.chars().count();
        let is_article = matches!(word.trim_end().to_lowercase().as_str(), "the" | "a" | "an");
        let mut names = record.entities.iter();
        if is_article && !names.any(|g| g.start < end && at < g.end) {
            keeps[at..end].fill(false);
        }
        at = end;
    }
    let place = |at: usize| keeps[..at].iter().filter(|keep| **keep).count();
    let kept = chars.iter().zip(&keeps).filter(|(_, keep)| **keep);
    let mut text: String = kept.map(|(c, _)| *c).collect();
    if let Some(first) = text.chars().next().filter(char::is_ascii_lowercase) {
        text.replace_range(..1, &first.to_ascii_uppercase().to_string());
    }
    let entities = record.entities.iter().map(|g| Gold {
        start: place(g.start),
        end: place(g.end),
        kind: g.kind,
    });
    Record {
        text,
        entities: entities.collect(),
    }
}

/// Writes words in other letters, as long as they were.
pub(crate) fn in_letters(words: &str, letters: Letters) -> String {
    if letters == Letters::AsWritten {
        return words.to_owned();
    }
    let capitals = letters == Letters::Capitals;
    let mut out = String::new();
    let mut starts = true;
    for c in words.chars() {
        let up = c
            .to_uppercase()
            .next()
            .filter(|_| c.to_uppercase().count() == 1)
            .unwrap_or(c);
        out.push(if capitals || starts { up } else { c });
        starts = c.is_whitespace();
    }
    if !capitals {
        const SMALL: &[&str] = &["Of", "The", "In", "On", "At", "And", "For", "To", "A", "By"];
        const MORE: &[&str] = &[
            "As", "With", "From", "Over", "After", "But", "Or", "An", "Into",
        ];
        let more = if letters == Letters::ShortWordsSmall {
            MORE
        } else {
            &[]
        };
        for word in SMALL.iter().chain(more) {
            out = out.replace(&format!(" {word} "), &format!(" {} ", word.to_lowercase()));
        }
    }
    out
}
