//! The fields of the language: names, values, and what they mean.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Error;
use crate::model::query::{Compare, Is, Sort, Term, What};
use crate::text::nearest::nearest;

/// The fields and what their values are, for messages, completion and help.
pub const FIELDS: &[(&str, &str)] = &[
    ("title", "words of the title"),
    ("author", "part of an author's name"),
    ("feed", "part of a feed's title"),
    ("folder", "a folder's path"),
    ("tag", "a tag"),
    ("entity", "a person, organisation or place"),
    ("site", "a host, such as example.org"),
    ("lang", "a language, such as en"),
    (
        "is",
        "unread, read, starred, later, full, offline, followed or muted",
    ),
    ("has", "image, enclosure or note"),
    ("after", "a day, such as 2026-11-01"),
    ("before", "a day, such as 2026-11-01"),
    ("newer", "a time span, such as 7d"),
    ("older", "a time span, such as 7d"),
    ("minutes", "a reading time, such as <5"),
    ("sort", "date, feed, title, length, relevance or read"),
];

const STATES: &[(&str, Is)] = &[
    ("unread", Is::Unread),
    ("read", Is::Read),
    ("starred", Is::Starred),
    ("later", Is::Later),
    ("full", Is::Full),
    ("offline", Is::Offline),
    ("followed", Is::Followed),
    ("muted", Is::Muted),
];

const THINGS: &[(&str, What)] = &[
    ("image", What::Image),
    ("enclosure", What::Enclosure),
    ("note", What::Note),
];

const SORTS: &[(&str, Sort)] = &[
    ("date", Sort::Date),
    ("feed", Sort::Feed),
    ("title", Sort::Title),
    ("length", Sort::Length),
    ("relevance", Sort::Relevance),
    ("read", Sort::Read),
];

/// What a field says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// A condition.
    Term(Term),
    /// An order for the whole query.
    Sort(Sort),
}

/// A field as it stands in the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'q> {
    pub(super) name: &'q str,
    pub(super) at: usize,
    pub(super) value: &'q str,
    pub(super) value_at: usize,
}

/// Returns the word of a state, thing or order.
pub(super) fn word_of<T: PartialEq>(
    table: &'static [(&'static str, T)],
    value: &T,
) -> &'static str {
    table
        .iter()
        .find(|(_, known)| known == value)
        .map_or("", |(word, _)| word)
}

pub(super) fn state_word(is: Is) -> &'static str {
    word_of(STATES, &is)
}

pub(super) fn thing_word(what: What) -> &'static str {
    word_of(THINGS, &what)
}

pub(super) fn sort_word(sort: Sort) -> &'static str {
    word_of(SORTS, &sort)
}

/// Says what a field means.
pub(super) fn read(field: Field<'_>, now: Timestamp, tz: &TimeZone) -> Result<Said, Error> {
    let name = field.name.to_lowercase();
    let Some((known, expected)) = FIELDS.iter().find(|(known, _)| *known == name) else {
        return Err(unknown(field));
    };
    if field.value.trim().is_empty() {
        return Err(Error::new(
            field.value_at,
            format!("{known}: expects {expected}"),
        ));
    }
    let text = || field.value.to_owned();
    let term = match *known {
        "title" => Term::Title(text()),
        "author" => Term::Author(text()),
        "feed" => Term::Feed(text()),
        "folder" => Term::Folder(text()),
        "tag" => Term::Tag(field.value.trim_start_matches('#').to_owned()),
        "entity" => Term::Entity(text()),
        "site" => Term::Site(text()),
        "lang" => Term::Lang(field.value.to_lowercase()),
        "is" => Term::Is(one_of(STATES, field, expected)?),
        "has" => Term::Has(one_of(THINGS, field, expected)?),
        "after" => Term::After(day(field, now, tz)?),
        "before" => Term::Before(day(field, now, tz)?),
        "newer" => Term::Newer(span(field)?),
        "older" => Term::Older(span(field)?),
        "minutes" => minutes(field)?,
        _ => return Ok(Said::Sort(one_of(SORTS, field, expected)?)),
    };
    Ok(Said::Term(term))
}

fn unknown(field: Field<'_>) -> Error {
    let names = FIELDS.iter().map(|(name, _)| *name);
    let message = match nearest(field.name, names.clone()) {
        Some(near) => format!("no field {}:, did you mean {near}: ?", field.name),
        None => format!(
            "no field {}:, there are {}; put the word in quotes to search for it",
            field.name,
            names.collect::<Vec<_>>().join(", ")
        ),
    };
    Error::new(field.at, message)
}

fn one_of<T: Copy>(
    table: &'static [(&'static str, T)],
    field: Field<'_>,
    expected: &str,
) -> Result<T, Error> {
    let value = field.value.to_lowercase();
    if let Some((_, found)) = table.iter().find(|(word, _)| *word == value) {
        return Ok(*found);
    }
    let near = nearest(&value, table.iter().map(|(word, _)| *word))
        .map_or(String::new(), |near| format!(", did you mean {near} ?"));
    Err(Error::new(
        field.value_at,
        format!("{}: expects {expected}{near}", field.name),
    ))
}

/// A day's first moment, or a moment.
fn day(field: Field<'_>, now: Timestamp, tz: &TimeZone) -> Result<Timestamp, Error> {
    let wrong = || {
        Error::new(
            field.value_at,
            format!(
                "{}: expects a day, such as 2026-11-01, today or yesterday",
                field.name
            ),
        )
    };
    if let Ok(moment) = field.value.parse::<Timestamp>() {
        return Ok(moment);
    }
    let today = tz.to_datetime(now).date();
    let date = match field.value.to_lowercase().as_str() {
        "today" => today,
        "yesterday" => today.yesterday().map_err(|_| wrong())?,
        value => date(value).ok_or_else(wrong)?,
    };
    let start = date.to_zoned_datetime(tz.clone()).map_err(|_| wrong())?;
    Ok(start.timestamp())
}

/// A date; a month or year alone is its first day.
fn date(value: &str) -> Option<Date> {
    let mut parts = value.splitn(3, '-');
    let year: i16 = parts.next()?.parse().ok().filter(|year| *year > 0)?;
    let month: i8 = parts.next().map_or(Some(1), |part| part.parse().ok())?;
    let day: i8 = parts.next().map_or(Some(1), |part| part.parse().ok())?;
    Date::new(year, month, day).ok()
}

/// A span in seconds: `30min`, `12h`, `7d`, `2w`, `3mo`, `1y`; a bare number is days.
fn span(field: Field<'_>) -> Result<i64, Error> {
    let wrong = || {
        Error::new(
            field.value_at,
            format!(
                "{}: expects a time span, such as 12h, 7d, 2w, 3mo or 1y",
                field.name
            ),
        )
    };
    let value = field.value.to_lowercase();
    let unit_at = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(unit_at);
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "min" => 60,
        "h" => 3_600,
        "" | "d" => 86_400,
        "w" => 7 * 86_400,
        "m" | "mo" => 30 * 86_400,
        "y" => 365 * 86_400,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).ok_or_else(wrong)
}

fn minutes(field: Field<'_>) -> Result<Term, Error> {
    let value = field.value;
    let (compare, number) = [
        ("<=", Compare::LessOrEqual),
        (">=", Compare::MoreOrEqual),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
    ]
    .into_iter()
    .find_map(|(sign, compare)| Some((compare, value.strip_prefix(sign)?)))
    .unwrap_or((Compare::Equal, value));
    let number = number.parse().map_err(|_| {
        Error::new(
            field.value_at,
            "minutes: expects a number of minutes, such as <5, >=10 or 3",
        )
    })?;
    Ok(Term::Minutes(compare, number))
}
