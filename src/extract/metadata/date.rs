//! When it was published, and the day as the page prints it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use url::Url;

use super::{Facts, meta, printed};
use crate::extract::Context;
use crate::extract::page::{HintKind, Page};
use crate::text::date::parse_with_day;

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

/// The last of [`METAS`] rather name the date of a change.
const WEAK_METAS: usize = 5;

/// Blocks before and after the headline in which a date is looked for.
const WINDOW: (usize, usize) = (8, 16);

/// Blocks of a page without a headline in which a date is looked for.
const FIRST_BLOCKS: usize = 60;

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
    let address = base.and_then(of_address);
    from_page(page, facts, address, title).map(|dated| on_the_page(dated, page, address, title))
}

fn from_page(
    page: &Page,
    facts: &Facts,
    address: Option<Dated>,
    title: Option<usize>,
) -> Option<Dated> {
    let ruled = page
        .hints
        .iter()
        .find(|hint| hint.kind == HintKind::RuledDate);
    let (strong, weak) = METAS.split_at(METAS.len() - WEAK_METAS);
    let of_data = ruled
        .and_then(|hint| read(&hint.value).or_else(|| read_line(&hint.text)))
        .or_else(|| facts.published.as_deref().and_then(read))
        .or_else(|| strong.iter().find_map(|name| read(&meta(page, &[*name])?)))
        .or_else(|| hinted(page, &[HintKind::Published], title))
        .or_else(|| other_metas(page));
    of_data
        .or_else(|| {
            let seen = hinted(page, &[HintKind::Time], title)
                .or_else(|| visible(page, title))
                .or_else(|| hinted(page, &[HintKind::Dateline], title));
            // What is printed near the headline may be the date of something else; the address is the article's own.
            let is_far = |seen: &Dated| {
                address.is_some_and(|own| {
                    own.at.as_second().abs_diff(seen.at.as_second()) > FAR_SECONDS
                })
            };
            seen.filter(|seen| !is_far(seen)).or(address)
        })
        .or_else(|| facts.published_of_part.as_deref().and_then(read))
        .or_else(|| weak.iter().find_map(|name| read(&meta(page, &[*name])?)))
}

/// A printed date that is further than this from the one in the address is that of something else.
const FAR_SECONDS: u64 = 3 * 24 * 3600;

/// Returns the date in a `<meta>` of a site's own naming that speaks of publication.
fn other_metas(page: &Page) -> Option<Dated> {
    let speaks = |name: &str| {
        name.contains("publish")
            && !["publisher", "modif", "updat", "expir", "unpublish"]
                .iter()
                .any(|no| name.contains(no))
    };
    let mut metas = page.head.metas.iter().filter(|(name, _)| speaks(name));
    metas.find_map(|(_, content)| {
        let is_date = content.len() >= 8 && content.bytes().any(|byte| byte.is_ascii_digit());
        read(content).filter(|_| is_date)
    })
}

/// Puts the day right by what the page prints. Where the data gives the moment in UTC, an evening in New York is the
/// next day; where the data has the zone of the writer, the page may print that of its server. Days in numbers may be
/// read the wrong way round (3/9, 9/3).
fn on_the_page(dated: Dated, page: &Page, address: Option<Dated>, title: Option<usize>) -> Dated {
    let lines = near_lines(page, title).flat_map(printed::all);
    let days: Vec<Date> = lines
        .filter(|seen| !seen.is_change)
        .take(3)
        .map(|seen| seen.dated.day)
        .chain(hinted_text(page, title).map(|seen| seen.day))
        .chain(address.map(|seen| seen.day))
        .collect();
    let has_time = dated.at.as_second().rem_euclid(24 * 3600) != 0;
    let seconds = dated.at.as_second();
    // The zones of the earth reach from 12 hours behind UTC to 14 ahead of it.
    let is_possible = |day: &Date| {
        let start = printed::midnight(*day).map_or(0, |start| start.at.as_second());
        has_time && (start - 14 * 3600..start + (24 + 12) * 3600).contains(&seconds)
    };
    let swapped = Date::new(dated.day.year(), dated.day.day(), dated.day.month()).ok();
    let is_it = |day: &&Date| **day == dated.day || is_possible(day) || Some(**day) == swapped;
    let found = days.iter().find(is_it).copied();
    let at = match found {
        Some(day) if Some(day) == swapped && day != dated.day && !is_possible(&day) => {
            printed::midnight(day).map_or(dated.at, |start| start.at)
        }
        _ => dated.at,
    };
    Dated {
        day: found.unwrap_or(dated.day),
        at,
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

/// Gives the short lines near the headline, those below it first; without a headline, the page's first ones.
fn near_lines(page: &Page, title: Option<usize>) -> impl Iterator<Item = &str> {
    let (from, count) = title.map_or((0, FIRST_BLOCKS), |title| (title + 1, WINDOW.1));
    let under = title.and_then(|title| page.blocks.get(title..=title));
    let under = under.unwrap_or_default().iter();
    let after = page.blocks.iter().skip(from).take(count);
    let before = page.blocks.iter().take(title.unwrap_or(0));
    let before = before.rev().take(WINDOW.0);
    let others = after.chain(before).filter(|block| block.chars < 160);
    under
        .flat_map(|block| block.text.lines().skip(1))
        .chain(others.flat_map(|block| block.text.lines()))
}

/// Returns the first date that stands in a short line near the headline, that of a change only where there is no other.
fn visible(page: &Page, title: Option<usize>) -> Option<Dated> {
    let found: Vec<_> = near_lines(page, title).flat_map(printed::all).collect();
    let first = found.iter().find(|seen| !seen.is_change).or(found.first());
    first.map(|seen| seen.dated)
}

/// Reads machine-readable dates and those that stand alone.
fn read(text: &str) -> Option<Dated> {
    let (at, day) = parse_with_day(text)?;
    plausible(Dated { at, day })
}

/// Reads a date that stands in a line with other words, that of a change only where there is no other.
pub(super) fn read_line(line: &str) -> Option<Dated> {
    let found = printed::all(line);
    let first = found.iter().find(|seen| !seen.is_change).or(found.first());
    first.map(|seen| seen.dated)
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
        .and_then(printed::midnight)
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
pub(super) fn plausible(dated: Dated) -> Option<Dated> {
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
