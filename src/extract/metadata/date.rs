//! When it was published, and the day as the page prints it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use url::Url;

use super::dateline::{self, Dateline};
use super::{Facts, meta, printed};
use crate::extract::Context;
use crate::extract::page::{HintKind, Page};
use crate::text::date::parse_with_day;

/// A moment, and the day it falls on where the page was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) at: Timestamp,
    pub(super) day: Date,
    /// The days it may mean where it is written in numbers: day first, and month first.
    pub(super) either: Option<[Date; 2]>,
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

/// Returns the date that the site's rule points at.
pub(super) fn ruled(page: &Page) -> Option<Dated> {
    page.hints
        .iter()
        .find(|hint| hint.kind == HintKind::RuledDate)
        .and_then(|hint| read(&hint.value).or_else(|| read_line(&hint.text)))
}

/// Finds the date of publication, where no rule gives it: the feed's, that of the page.
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
        return Some(near.map_or_else(|| utc(at), |said| Dated { at, ..said }));
    }
    let address = base.and_then(of_address);
    let printed = Dateline::of(page, title, base, address);
    let data = of_data(page, facts, title);
    match (data, printed.shown()) {
        // What readers see under the headline is the day the site stands by; its data may be that of an earlier form of
        // the page, of its template, or of the day it was moved to another system.
        (Some(data), Some(shown)) if !printed.says(&data) => Some(shown),
        (Some(data), _) => Some(printed.put_right(data, &other_zones(page, data))),
        (None, _) => of_page(page, facts, title, address, &printed)
            .map(|dated| printed.put_right(dated, &[])),
    }
}

/// Returns the date of publication that the page's data names.
fn of_data(page: &Page, facts: &Facts, title: Option<usize>) -> Option<Dated> {
    let (strong, _) = METAS.split_at(METAS.len() - WEAK_METAS);
    let said = facts.published.as_deref().and_then(read);
    said.or_else(|| strong.iter().find_map(|name| read(&meta(page, &[*name])?)))
        .or_else(|| dateline::hinted(page, &[HintKind::Published], title))
        .or_else(|| other_metas(page))
}

/// Returns the date of a page whose data names none: the one it prints, the one in its address, that of a part or a
/// change.
fn of_page(
    page: &Page,
    facts: &Facts,
    title: Option<usize>,
    address: Option<Dated>,
    printed: &Dateline,
) -> Option<Dated> {
    let (_, weak) = METAS.split_at(METAS.len() - WEAK_METAS);
    let seen = printed
        .shown()
        .or_else(|| dateline::hinted(page, &[HintKind::Time], title))
        .or_else(|| printed.nearest())
        .or_else(|| dateline::hinted(page, &[HintKind::Dateline], title));
    // What is printed near the headline may be the date of something else; the address is the article's own.
    let is_far = |seen: &Dated| {
        address.is_some_and(|own| own.at.as_second().abs_diff(seen.at.as_second()) > FAR_SECONDS)
    };
    seen.filter(|seen| !is_far(seen))
        .or(address)
        .or_else(|| dateline::announced(page))
        .or_else(|| facts.published_of_part.as_deref().and_then(read))
        .or_else(|| weak.iter().find_map(|name| read(&meta(page, &[*name])?)))
}

/// Returns the days of the same moment in the zones that other data of the page is written in.
fn other_zones(page: &Page, data: Dated) -> Vec<Date> {
    let metas = page.head.metas.iter();
    let metas = metas.filter(|(name, _)| METAS.contains(&name.as_str()));
    let hints = page
        .hints
        .iter()
        .filter(|hint| matches!(hint.kind, HintKind::Published | HintKind::Time));
    metas
        .map(|(_, content)| content.as_str())
        .chain(hints.map(|hint| hint.value.as_str()))
        .filter_map(read)
        .filter(|said| said.at == data.at && said.day != utc(said.at).day)
        .map(|said| said.day)
        .collect()
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

/// Reads machine-readable dates and those that stand alone.
pub(super) fn read(text: &str) -> Option<Dated> {
    let (at, day) = parse_with_day(text)?;
    plausible(Dated {
        at,
        day,
        either: printed::either(text),
    })
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
        either: None,
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
