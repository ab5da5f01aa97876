//! When it was published, and the day as the page prints it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use url::Url;

use super::{Facts, meta};
use crate::extract::Context;
use crate::extract::page::{HintKind, Page};
use crate::text::date::parse_lenient;

/// A moment, and the day it falls on where the page was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) at: Timestamp,
    pub(super) day: Date,
}

/// Names of `<meta>` elements that hold the date of publication, most telling first.
const METAS: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date.created",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "pubdate",
    "publication_date",
    "publicationdate",
    "article.published",
    "og:article:published_time",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "article:post_date",
    "cxenseparse:recs:publishtime",
    "weibo:article:create_at",
    "apub:time",
    "date",
    "created",
    "og:pubdate",
    "last-modified",
    "article:modified_time",
    "og:updated_time",
    "datemodified",
];

/// Blocks before and after the headline in which a date is looked for.
const WINDOW: (usize, usize) = (8, 16);

/// Finds the date of publication.
pub(super) fn published(
    page: &Page,
    facts: &Facts,
    base: Option<&Url>,
    title: Option<usize>,
    context: &Context<'_>,
) -> Option<Dated> {
    if let Some(at) = context.published {
        let said = facts.published.as_deref().and_then(read);
        let near = said.filter(|said| said.at.as_second().abs_diff(at.as_second()) < 20 * 3600);
        return Some(near.map_or_else(|| utc(at), |said| Dated { at, day: said.day }));
    }
    from_page(page, facts, base, title).map(|dated| on_the_page(dated, page, base, title))
}

fn from_page(
    page: &Page,
    facts: &Facts,
    base: Option<&Url>,
    title: Option<usize>,
) -> Option<Dated> {
    let ruled = page
        .hints
        .iter()
        .find(|hint| hint.kind == HintKind::RuledDate);
    let strong = METAS
        .get(..METAS.len().saturating_sub(5))
        .unwrap_or_default();
    let weak = METAS
        .get(METAS.len().saturating_sub(5)..)
        .unwrap_or_default();
    ruled
        .and_then(|hint| read(&hint.value).or_else(|| read_line(&hint.text)))
        .or_else(|| facts.published.as_deref().and_then(read))
        .or_else(|| strong.iter().find_map(|name| read(&meta(page, &[*name])?)))
        .or_else(|| hinted(page, &[HintKind::Published], title))
        .or_else(|| hinted(page, &[HintKind::Time], title))
        .or_else(|| visible(page, title))
        .or_else(|| hinted(page, &[HintKind::Dateline], title))
        .or_else(|| of_address(base?))
        .or_else(|| weak.iter().find_map(|name| read(&meta(page, &[*name])?)))
}

/// Puts the day right where the data gives the moment in UTC and the page prints the day before or after: an evening
/// in New York is the next day in UTC.
fn on_the_page(dated: Dated, page: &Page, base: Option<&Url>, title: Option<usize>) -> Dated {
    let hour = dated.at.to_zoned_datetime(TimeZone::UTC).hour();
    if utc(dated.at).day != dated.day {
        return dated;
    }
    let seen = [
        base.and_then(of_address),
        visible(page, title),
        hinted_text(page, title),
    ];
    let days: Vec<Date> = seen.into_iter().flatten().map(|seen| seen.day).collect();
    if days.contains(&dated.day) {
        return dated;
    }
    let before = dated
        .day
        .yesterday()
        .ok()
        .filter(|day| hour < 12 && days.contains(day));
    let after = dated
        .day
        .tomorrow()
        .ok()
        .filter(|day| hour >= 10 && days.contains(day));
    Dated {
        day: before.or(after).unwrap_or(dated.day),
        ..dated
    }
}

/// Returns the date that the nearest hint prints.
fn hinted_text(page: &Page, title: Option<usize>) -> Option<Dated> {
    let title = title?;
    let is_near = |block: usize| block + 6 >= title && block <= title + 30;
    let hints = page.hints.iter().filter(|hint| {
        matches!(
            hint.kind,
            HintKind::Published | HintKind::Time | HintKind::Dateline
        ) && is_near(hint.block)
    });
    hints.map(|hint| hint.text.as_str()).find_map(read_line)
}

/// Returns the date of the hint nearest to the headline.
fn hinted(page: &Page, kinds: &[HintKind], title: Option<usize>) -> Option<Dated> {
    let mut hints: Vec<_> = page
        .hints
        .iter()
        .filter(|hint| kinds.contains(&hint.kind))
        .collect();
    // Below the headline is nearer than above it.
    hints.sort_by_key(|hint| {
        title.map_or(0, |title| {
            if hint.block >= title {
                hint.block - title
            } else {
                2 * (title - hint.block) + 10
            }
        })
    });
    hints
        .iter()
        .filter(|hint| title.is_none_or(|title| hint.block <= title + 120))
        .find_map(|hint| {
            let value = if hint.value.is_empty() {
                None
            } else {
                read(&hint.value)
            };
            value.or_else(|| read_line(&hint.text))
        })
}

/// Returns the first date that stands in a short line near the headline.
fn visible(page: &Page, title: Option<usize>) -> Option<Dated> {
    let title = title?;
    let under = page.blocks.get(title).into_iter();
    let after = page.blocks.iter().skip(title + 1).take(WINDOW.1);
    let before = page.blocks.iter().take(title).rev().take(WINDOW.0);
    under
        .flat_map(|block| block.text.lines().skip(1))
        .chain(
            after
                .chain(before)
                .filter(|block| block.chars < 160)
                .flat_map(|block| block.text.lines()),
        )
        .find_map(read_line)
}

/// Reads machine-readable dates and those that stand alone.
fn read(text: &str) -> Option<Dated> {
    let text = text.trim();
    let at = parse_lenient(text)?;
    let day = leading_day(text).unwrap_or_else(|| utc(at).day);
    plausible(Dated { at, day })
}

/// Returns the day that an ISO date begins with: the day where it was written, whatever its zone.
fn leading_day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// Reads a date that stands in a line with other words.
pub(super) fn read_line(line: &str) -> Option<Dated> {
    let line = line.trim();
    if !has_year(line) || line.chars().count() > 140 {
        return None;
    }
    let pieces = line.split(['|', '•', '·', '—', '\n', '(', ')', '【', '】']);
    pieces
        .clone()
        .find_map(read_piece)
        .or_else(|| read_piece(line))
}

fn read_piece(piece: &str) -> Option<Dated> {
    if !has_year(piece) {
        return None;
    }
    let lower = piece.to_lowercase();
    // The first of "published … updated …".
    let cut = ["updated", "modified", "last edited", "aktualisiert"]
        .iter()
        .filter_map(|word| lower.find(word))
        .find(|at| has_year(lower.get(..*at).unwrap_or_default()));
    let piece = cut.and_then(|at| piece.get(..at)).unwrap_or(piece);
    // The day on the page is the day of its place: the zone is cut off with the clock.
    let at = parse_lenient(piece)?;
    plausible(utc(at))
}

/// Says whether a text has a year in four digits.
fn has_year(text: &str) -> bool {
    const CENTURIES: [&str; 4] = ["17", "18", "19", "20"];
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| {
        (digits.len() == 4 || digits.len() == 8)
            && CENTURIES.iter().any(|century| digits.starts_with(century))
    })
}

/// Reads the date in an address: `/2023/12/21/`, `2023-12-21`, `/20231221/`.
fn of_address(url: &Url) -> Option<Dated> {
    let path = url.path();
    let numbers: Vec<&str> = path.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    numbers
        .windows(3)
        .find_map(|run| match run {
            [year, month, day] if year.len() == 4 && year.starts_with("20") && day.len() <= 2 => {
                let month = month.parse().ok().or_else(|| month_of(month))?;
                Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
            }
            _ => None,
        })
        .or_else(|| {
            numbers.iter().find_map(|digits| {
                let is_day = digits.len() == 8 && digits.starts_with("20");
                is_day.then(|| {
                    Date::new(
                        digits.get(..4)?.parse().ok()?,
                        digits.get(4..6)?.parse().ok()?,
                        digits.get(6..)?.parse().ok()?,
                    )
                    .ok()
                })?
            })
        })
        .and_then(|day| {
            Some(Dated {
                at: day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp(),
                day,
            })
        })
}

fn month_of(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let found = MONTHS
        .iter()
        .position(|month| name.to_ascii_lowercase().starts_with(month))?;
    i8::try_from(found + 1).ok()
}

fn utc(at: Timestamp) -> Dated {
    Dated {
        at,
        day: at.to_zoned_datetime(TimeZone::UTC).date(),
    }
}

/// Articles on the web are not older than the newspapers whose archives stand there, nor from a far future. The first
/// day of Unix time is what programs print that know no date.
fn plausible(dated: Dated) -> Option<Dated> {
    let is_unknown = dated.at.as_second().abs() < 24 * 3600;
    ((1700..2100).contains(&dated.day.year()) && !is_unknown).then_some(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &str) {
        assert_eq!(
            read_line(line)
                .map(|d| d.day.to_string())
                .unwrap_or_default(),
            expect,
            "{line}"
        );
    }

    #[test]
    fn dates_are_read_out_of_lines() {
        check("By Jane Doe | December 21, 2023", "2023-12-21");
        check("Published Dec. 21, 2023", "2023-12-21");
        check("发布时间：2022-02-13 10:00 来源：新华网", "2022-02-13");
        check("Ten things to know", "");
    }

    #[test]
    fn an_address_may_hold_the_day() {
        let day = |address: &str| {
            of_address(&Url::parse(address).expect("an address")).map(|d| d.day.to_string())
        };
        assert_eq!(
            day("https://example.org/news/2023/12/21/storm"),
            Some("2023-12-21".into())
        );
        assert_eq!(
            day("https://example.org/2023/dec/21/storm"),
            Some("2023-12-21".into())
        );
        assert_eq!(
            day("https://example.org/20231221/storm"),
            Some("2023-12-21".into())
        );
        assert_eq!(day("https://example.org/storm-2023"), None);
    }

    #[test]
    fn the_day_is_the_pages_not_utcs() {
        let dated = read("2023-12-23T20:06:51-05:00").expect("a date");
        assert_eq!(dated.day.to_string(), "2023-12-23");
        assert_eq!(dated.at.to_string(), "2023-12-24T01:06:51Z");
    }
}
