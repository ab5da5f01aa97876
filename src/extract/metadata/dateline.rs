//! The date that the page prints near its headline, and what it tells of the date in the page's data.

use jiff::civil::Date;
use url::Url;

use super::date::{Dated, read, read_line};
use super::printed::{self, Printed};
use crate::extract::page::{Block, HintKind, Page};

/// Blocks before and after the headline in which a date is looked for.
const WINDOW: (usize, usize) = (8, 16);

/// Blocks before and after the headline in which the byline stands.
const BYLINE_WINDOW: (usize, usize) = (2, 10);

/// Blocks of a page without a headline in which a date is looked for.
const FIRST_BLOCKS: usize = 60;

/// A line with a date has at most this many letters; a longer one is running text.
const LINE_CHARS: u32 = 160;

/// Letters beside the date that a byline has: a name, a job, a reading time.
const BYLINE_CHARS: usize = 40;

/// Says in which order day and month are written in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
}

/// A date near the headline.
#[derive(Clone, Copy, Debug)]
struct Seen {
    printed: Printed,
    /// Letters of its line beside the date.
    others: usize,
    is_sentence: bool,
    place: Place,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Below the headline, where bylines are.
    Below,
    /// Right above the headline.
    Above,
    Elsewhere,
}

/// The dates that stand near the headline, those below it first.
#[derive(Debug)]
pub(super) struct Dateline {
    seen: Vec<Seen>,
    hinted: Option<Dated>,
    address: Option<Dated>,
}

impl Dateline {
    /// Finds them.
    pub(super) fn of(
        page: &Page,
        title: Option<usize>,
        base: Option<&Url>,
        address: Option<Dated>,
    ) -> Self {
        let mut seen: Vec<Seen> = near_lines(page, title)
            .flat_map(|(place, line)| seen_in(line, place))
            .collect();
        let mut hinted = hinted_text(page, title);
        let numbers = seen.iter().any(|seen| seen.printed.dated.either.is_some());
        if numbers || hinted.is_some_and(|dated| dated.either.is_some()) {
            let order = order(page, base);
            let all = seen.iter_mut().map(|seen| &mut seen.printed.dated);
            for dated in all.chain(&mut hinted) {
                *dated = settled(*dated, order, address);
            }
        }
        Self {
            seen,
            hinted,
            address,
        }
    }

    /// Returns the date where bylines stand, in a line that holds little else, unless it is said to be that of a change.
    /// Above the headline a date counts only where there is none below it.
    pub(super) fn shown(&self) -> Option<Dated> {
        let at = |place: Place| {
            let seen = self.seen.iter().filter(move |seen| seen.place == place);
            seen.filter(|seen| !seen.printed.is_change && !seen.is_sentence)
        };
        let is_bare = |seen: &&Seen| seen.others <= BYLINE_CHARS;
        if let Some(first) = at(Place::Below).next() {
            // Of two the one that stands more alone: events have dates too.
            let barest = at(Place::Below).min_by_key(|seen| seen.others)?;
            let is_better = first.others > BYLINE_CHARS / 2 && barest.others * 3 < first.others;
            let chosen = if is_better { barest } else { first };
            return Some(chosen).filter(is_bare).map(|seen| seen.printed.dated);
        }
        let above = at(Place::Above).find(is_bare);
        above.map(|seen| seen.printed.dated)
    }

    /// Returns the first date near the headline, that of a change only where there is no other.
    pub(super) fn nearest(&self) -> Option<Dated> {
        let first = self.seen.iter().find(|seen| !seen.printed.is_change);
        first.or(self.seen.first()).map(|seen| seen.printed.dated)
    }

    /// Says whether the page prints the day of a date, or one that it can be in another zone.
    pub(super) fn says(&self, data: &Dated) -> bool {
        self.days().any(|day| is_day_of(day, data))
    }

    fn days(&self) -> impl Iterator<Item = Date> {
        let seen = self.seen.iter().filter(|seen| !seen.printed.is_change);
        seen.take(3)
            .map(|seen| seen.printed.dated)
            .chain(self.hinted)
            .chain(self.address)
            .flat_map(|dated| {
                let other = dated
                    .either
                    .and_then(|either| either.into_iter().find(|day| *day != dated.day));
                [Some(dated.day), other].into_iter().flatten()
            })
    }

    /// Puts the day right by what the page prints, or by what it says elsewhere of the same moment. Where the data gives
    /// the moment in UTC, an evening in New York is the next day; where the data has the zone of the writer, the page may
    /// print that of its server. Days in numbers may be read the wrong way round (3/9, 9/3).
    pub(super) fn put_right(&self, dated: Dated, same_moment: &[Date]) -> Dated {
        let found = self
            .days()
            .chain(same_moment.iter().copied())
            .find(|day| is_day_of(*day, &dated));
        match found {
            Some(day) if is_turned(day, &dated) && !is_in_zone(day, &dated) => {
                printed::midnight(day).unwrap_or(dated)
            }
            Some(day) => Dated { day, ..dated },
            None => dated,
        }
    }
}

/// Says whether a day is that of a date, or can be: in another zone, or with day and month the other way round.
fn is_day_of(day: Date, dated: &Dated) -> bool {
    day == dated.day || is_in_zone(day, dated) || is_turned(day, dated)
}

fn is_turned(day: Date, dated: &Dated) -> bool {
    day != dated.day && dated.either.is_some_and(|either| either.contains(&day))
}

/// Says whether the moment falls on a day somewhere on earth: zones reach from 12 hours behind UTC to 14 ahead of it.
fn is_in_zone(day: Date, dated: &Dated) -> bool {
    let seconds = dated.at.as_second();
    let has_time = seconds.rem_euclid(24 * 3600) != 0;
    let start = printed::midnight(day).map_or(0, |start| start.at.as_second());
    has_time && (start - 14 * 3600..start + (24 + 12) * 3600).contains(&seconds)
}

/// Gives the dates of a line with what stands beside them.
fn seen_in(line: &str, place: Place) -> Vec<Seen> {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let found = printed::all(line);
    let dates: usize = found
        .iter()
        .filter_map(|printed| line.get(printed.span.0..printed.span.1))
        .map(letters)
        .sum();
    let others = letters(line).saturating_sub(dates);
    let is_sentence = others > 12 && line.trim_end().ends_with(['.', '!', '?', '。']);
    found
        .into_iter()
        .map(|printed| Seen {
            printed,
            others,
            is_sentence,
            place,
        })
        .collect()
}

/// Gives the short lines near the headline and where they stand, those below it first; without a headline, the page's
/// first ones.
fn near_lines(page: &Page, title: Option<usize>) -> impl Iterator<Item = (Place, &str)> {
    let (from, count) = title.map_or((0, FIRST_BLOCKS), |title| (title + 1, WINDOW.1));
    let in_window = move |n: usize, window: usize, place: Place| match title {
        Some(_) if n < window => place,
        _ => Place::Elsewhere,
    };
    let under = title.and_then(|title| page.blocks.get(title..=title));
    let under = under.unwrap_or_default().iter();
    let under = under.flat_map(|block| block.text.lines().skip(1));
    let after = page.blocks.iter().skip(from).take(count).enumerate();
    let after = after.map(move |(n, block)| (in_window(n, BYLINE_WINDOW.1, Place::Below), block));
    let before = page.blocks.iter().take(title.unwrap_or(0)).rev();
    let before = before.take(WINDOW.0).enumerate();
    let before = before.map(move |(n, block)| (in_window(n, BYLINE_WINDOW.0, Place::Above), block));
    let short = |(_, block): &(Place, &Block)| block.chars < LINE_CHARS;
    let others = after.chain(before).filter(short);
    let others =
        others.flat_map(|(place, block)| block.text.lines().map(move |line| (place, line)));
    under.map(|line| (Place::Below, line)).chain(others)
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
pub(super) fn hinted(page: &Page, kinds: &[HintKind], title: Option<usize>) -> Option<Dated> {
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

/// Words that announce a date of publication, in small letters.
const ANNOUNCED: &[&str] = &[
    "published",
    "posted",
    "first published",
    "originally published",
    "date published",
    "publication date",
    "veröffentlicht",
    "erschienen",
    "publié",
    "publicado",
    "pubblicato",
    "gepubliceerd",
    "opublikowano",
    "опубликовано",
    "дата публикации",
    "发布时间",
    "发表时间",
    "发布日期",
    "發佈時間",
    "发表于",
];

/// Returns the first date on the page, wherever it stands, that is announced as that of publication.
pub(super) fn announced(page: &Page) -> Option<Dated> {
    let lines = page.blocks.iter().flat_map(|block| block.text.lines());
    lines.filter(|line| line.len() < 400).find_map(|line| {
        let seen = printed::all(line)
            .into_iter()
            .find(|seen| !seen.is_change)?;
        let before = line.get(..seen.span.0)?.to_lowercase();
        let is_short = before.chars().count() < BYLINE_CHARS;
        let says = |word: &str| before.contains(word);
        (is_short && ANNOUNCED.iter().any(|word| says(word))).then_some(seen.dated)
    })
}

/// Reads a date in numbers the way the page writes them, unless the address says which it is.
fn settled(dated: Dated, order: Option<Order>, address: Option<Dated>) -> Dated {
    let Some([day_first, month_first]) = dated.either else {
        return dated;
    };
    let told = address
        .map(|address| address.day)
        .filter(|day| [day_first, month_first].contains(day));
    let ordered = order.map(|order| match order {
        Order::DayFirst => day_first,
        Order::MonthFirst => month_first,
    });
    match told.or(ordered) {
        Some(day) if day != dated.day => printed::midnight(day).map_or(dated, |settled| Dated {
            either: dated.either,
            ..settled
        }),
        _ => dated,
    }
}

/// Returns the order in which a page writes day and month in numbers: that of those of its dates that can only be read
/// one way, else that of its language or country.
fn order(page: &Page, base: Option<&Url>) -> Option<Order> {
    let lines = page.blocks.iter().filter(|block| block.chars < LINE_CHARS);
    let mut votes = (0_u32, 0_u32);
    for line in lines.flat_map(|block| block.text.lines()) {
        for seen in printed::all(line) {
            let text = line.get(seen.span.0..seen.span.1).unwrap_or_default();
            match written_order(text) {
                Some(Order::DayFirst) => votes.0 += 1,
                Some(Order::MonthFirst) => votes.1 += 1,
                None => {}
            }
        }
    }
    match votes {
        (day, month) if day > 3 * month => Some(Order::DayFirst),
        (day, month) if month > 3 * day => Some(Order::MonthFirst),
        _ => customary_order(&page.head.lang, base),
    }
}

/// Returns the order of a date in numbers that has only one.
fn written_order(text: &str) -> Option<Order> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let (one, two, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let (one, two): (u8, u8) = (one.parse().ok()?, two.parse().ok()?);
    match (one, two, year.len()) {
        (13..=31, 1..=12, 4) => Some(Order::DayFirst),
        (1..=12, 13..=31, 4) => Some(Order::MonthFirst),
        _ => None,
    }
}

/// Countries that write English and the day first, as regions of a language tag and as top-level domains.
const DAY_FIRST: &[&str] = &["gb", "uk", "ie", "au", "nz", "in", "za", "sg", "ng", "ke"];

/// Languages whose writers put the day first wherever they live.
const DAY_FIRST_LANGUAGES: &[&str] = &[
    "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "da", "sv", "nb", "no", "fi", "ru", "uk", "el",
    "tr", "ro", "bg", "ar", "he", "id", "vi", "th",
];

fn customary_order(lang: &str, base: Option<&Url>) -> Option<Order> {
    let lang = lang.to_ascii_lowercase();
    let mut parts = lang.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    if DAY_FIRST_LANGUAGES.contains(&primary) {
        return Some(Order::DayFirst);
    }
    let domain = base
        .and_then(Url::host_str)
        .and_then(|host| host.rsplit('.').next());
    match parts.next_back() {
        // Many sites of other countries keep their system's "en-US".
        _ if domain.is_some_and(|domain| DAY_FIRST.contains(&domain)) => Some(Order::DayFirst),
        Some(region) if DAY_FIRST.contains(&region) => Some(Order::DayFirst),
        Some("us") => Some(Order::MonthFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Context;
    use crate::extract::metadata::find;

    fn day_of(lang: &str, url: &str, head: &str, body: &str) -> String {
        let html = format!(
            "<html lang='{lang}'><head>{head}</head><body><h1>Rivers rise after a week of rain</h1>{body}\
             <p>Water stood in the streets of the lower town on Friday, and the ferries stayed in port.</p></body></html>"
        );
        let page = Page::parse(&html, None);
        let facts = crate::extract::metadata::facts(&page);
        let base = Url::parse(url).ok();
        let found = find(&page, &facts, base.as_ref(), &Context::default());
        found.day.map(|day| day.to_string()).unwrap_or_default()
    }

    const URL: &str = "https://herald.example/rivers";
    const DATA: &str =
        "<meta property='article:published_time' content='2023-12-18T22:32:39+00:00'>";

    #[test]
    fn the_date_under_the_headline_is_the_one_its_readers_know() {
        let day = |body: &str| day_of("en", URL, DATA, body);
        assert_eq!(day("<div>Dec 21, 2023</div>"), "2023-12-21");
        assert_eq!(
            day(
                "<div>By Jane Doe</div><div>Senior editor, The Herald Dec 21, 2023 3:30 am PST</div>"
            ),
            "2023-12-21"
        );
        assert_eq!(day("<div>Updated Dec 21, 2023</div>"), "2023-12-18");
        assert_eq!(
            day("<div>Dec 18, 2023</div><div>Dec 21, 2023</div>"),
            "2023-12-18"
        );
        assert_eq!(
            day("<p>The hall was last full on December 15, 2023, when the choir sang.</p>"),
            "2023-12-18",
            "a sentence is no byline"
        );
        assert_eq!(
            day("<div>Dec 19, 2023</div>"),
            "2023-12-19",
            "an evening in New York is the next day in Tokyo"
        );
    }

    #[test]
    fn another_zone_of_the_same_moment_tells_the_day() {
        let head = "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"datePublished\":\"2023-12-19T01:18:13Z\"}</script>\
                    <meta property='article:published_time' content='2023-12-18T17:18:13-08:00'>";
        assert_eq!(day_of("en", URL, head, ""), "2023-12-18");
    }

    #[test]
    fn days_in_numbers_are_read_as_the_page_writes_them() {
        let day = |lang: &str, url: &str, body: &str| day_of(lang, url, "", body);
        assert_eq!(day("en", URL, "<div>03/10/2023</div>"), "2023-03-10");
        assert_eq!(day("en-GB", URL, "<div>03/10/2023</div>"), "2023-10-03");
        assert_eq!(day("fr", URL, "<div>03/10/2023</div>"), "2023-10-03");
        assert_eq!(
            day(
                "en-US",
                "https://herald.co.uk/rivers",
                "<div>03/10/2023</div>"
            ),
            "2023-10-03"
        );
        assert_eq!(
            day(
                "en",
                "https://herald.example/2023/october/03/rivers",
                "<div>03/10/2023</div>"
            ),
            "2023-10-03",
            "as the address has it"
        );
        let others = "<div>03/10/2023</div><p>Text of some length that goes on for a while.</p>\
                      <ul><li>21/09/2023</li><li>30/08/2023</li></ul>";
        assert_eq!(day("zh", URL, others), "2023-10-03", "as others have it");
        let data = "<meta name='date' content='2024-09-10'>";
        assert_eq!(
            day_of("en", URL, data, "<div>09.10.2024</div>"),
            "2024-09-10",
            "data cannot be read two ways"
        );
    }

    #[test]
    fn a_date_at_the_end_counts_where_it_is_announced() {
        let far = "<p>Text of some length that goes on for a while.</p>".repeat(40);
        let body = format!("{far}<div>Published on: 15 August 2025</div>");
        assert_eq!(day_of("en", URL, "", &body), "2025-08-15");
        let body = format!("{far}<div>Meeting on 15 August 2025</div>");
        assert_eq!(day_of("en", URL, "", &body), "");
    }
}
