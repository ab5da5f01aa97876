//! Dates as they are printed on a page, found in lines with other words: bylines, counters, sources.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::date::{Dated, plausible};
use crate::text::date::{is_month, parse_with_day};

/// A line of more letters than this is running text.
const MAX_LINE_CHARS: usize = 200;

/// Bytes between the parts of a date: ", ", ". ", "年".
const MAX_GAP_BYTES: usize = 4;

/// Bytes after (or before) a date in which its clock and zone may stand.
const CLOCK_BYTES: usize = 30;

/// What stands behind a date says what it is where it is no longer than this.
const MAX_TAIL_BYTES: usize = 24;

/// Words that say of a date that it is that of a change, in small letters.
const CHANGED: &[&str] = &[
    "updat",
    "modified",
    "last edited",
    "edited on",
    "aktualisiert",
    "aktualizacja",
    "actualiz",
    "atualizad",
    "mis à jour",
    "aggiornat",
    "bijgewerkt",
    "uppdaterad",
    "opdateret",
    "обновл",
    "ενημέρωση",
    "更新",
    "修改",
    "업데이트",
    "수정",
];

/// Words between the parts of a date.
const JOINERS: &[&str] = &[
    "de", "del", "of", "st", "nd", "rd", "th", "e", "年", "月", "日", "년", "월", "일", "г",
];

/// A date in a line, and whether it is said to be that of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Printed {
    pub(super) dated: Dated,
    pub(super) is_change: bool,
    /// Where it stands in the line.
    pub(super) span: (usize, usize),
}

/// Returns the dates in a line, in order.
pub(super) fn all(line: &str) -> Vec<Printed> {
    if line.chars().count() > MAX_LINE_CHARS || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let tokens = tokens(line);
    let mut found: Vec<Printed> = Vec::new();
    let mut from = 0;
    for at in 0..tokens.len() {
        let Some((start, end)) = span(line, &tokens, at) else {
            continue;
        };
        if start < from {
            continue;
        }
        let Some(dated) = read(line, start, end) else {
            continue;
        };
        let before = line.get(from..start).unwrap_or_default().to_lowercase();
        let is_change = CHANGED.iter().any(|word| before.contains(word));
        found.push(Printed {
            dated,
            is_change,
            span: (start, end),
        });
        from = end;
    }
    // "Feb 23, 2026 See updates": behind the last date.
    let after = line.get(from..).unwrap_or_default().to_lowercase();
    if let [only] = found.as_mut_slice()
        && after.len() < MAX_TAIL_BYTES
    {
        only.is_change |= CHANGED.iter().any(|word| after.contains(word));
    }
    found
}

/// A number or a word and where it stands.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    start: usize,
    is_number: bool,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is_small_number(&self) -> bool {
        self.is_number
            && self.text.len() <= 2
            && self.text.parse().is_ok_and(|n: u8| (1..=31).contains(&n))
    }

    fn is_year(&self) -> bool {
        self.is_number
            && self.text.len() == 4
            && self
                .text
                .parse()
                .is_ok_and(|n: u16| (1700..2100).contains(&n))
    }

    fn is_joiner(&self) -> bool {
        !self.is_number && JOINERS.contains(&self.text.to_lowercase().as_str())
    }
}

fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    let mut close = |open: &mut Option<(usize, bool)>, end: usize| {
        if let Some((start, is_number)) = open.take()
            && let Some(text) = line.get(start..end)
        {
            tokens.push(Token {
                text,
                start,
                is_number,
            });
        }
    };
    for (at, c) in line.char_indices() {
        let is_number = c.is_ascii_digit();
        let is_part = is_number || c.is_alphabetic();
        let is_unit = matches!(c, '年' | '月' | '日' | '년' | '월' | '일');
        let goes_on = open.is_some_and(|(_, kind)| is_part && kind == is_number && !is_unit);
        if !goes_on {
            close(&mut open, at);
            if is_part {
                open = Some((at, is_number));
            }
        }
        if is_unit {
            close(&mut open, at + c.len_utf8());
        }
    }
    close(&mut open, line.len());
    tokens
}

/// Returns where the date stands that has its year at a token: day and month are right before or right after it, in
/// numbers or with a month's name.
fn span(line: &str, tokens: &[Token<'_>], at: usize) -> Option<(usize, usize)> {
    let year = tokens.get(at)?;
    if year.is_number && year.text.len() == 8 && year.text.starts_with(['1', '2']) {
        return Some((year.start, year.end()));
    }
    if let Some(start) = short_year(line, tokens, at) {
        return Some((start, year.end()));
    }
    if !year.is_year() {
        return None;
    }
    let before = parts(line, tokens.iter().take(at + 1).rev());
    before
        .map(|first| (first.start, year.end()))
        .or_else(|| parts(line, tokens.iter().skip(at)).map(|last| (year.start, last.end())))
}

/// Years of two digits are read as 2010 to 2049: older articles are not dated in that way, other numbers are.
const SHORT_YEARS: std::ops::RangeInclusive<u8> = 10..=49;

/// Returns where a date in numbers begins whose year has two digits, as in `01/25/26`; two strokes and nothing else join
/// its parts.
fn short_year(line: &str, tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let [one, two, year] = tokens.get(at.checked_sub(2)?..=at)? else {
        return None;
    };
    let is_gap = |one: &Token<'_>, two: &Token<'_>| line.get(one.end()..two.start) == Some("/");
    let is_free = !line.get(..one.start)?.ends_with(['/', '.', '-'])
        && !line.get(year.end()..)?.starts_with(['/', '.', '-']);
    let is_date = one.is_small_number()
        && two.is_small_number()
        && year.text.len() == 2
        && year.text.parse().is_ok_and(|n| SHORT_YEARS.contains(&n));
    (is_date && is_free && is_gap(one, two) && is_gap(two, year)).then_some(one.start)
}

/// Walks from a year away and returns the token with which day and month are complete.
fn parts<'a, 'b: 'a>(
    line: &str,
    mut tokens: impl Iterator<Item = &'a Token<'b>>,
) -> Option<&'a Token<'b>> {
    let mut last = tokens.next()?;
    let (mut numbers, mut words, mut is_spaced) = (0, 0, false);
    for token in tokens {
        let (one, next) = if last.start < token.start {
            (last, token)
        } else {
            (token, last)
        };
        let gap = line.get(one.end()..next.start)?;
        let sign = gap.trim();
        if gap.len() > MAX_GAP_BYTES || !matches!(sign, "" | "-" | "/" | "." | "," | "–" | ".,") {
            return None;
        }
        // Numbers alone are a date only where signs or units join them.
        let is_joined =
            matches!(sign, "-" | "/" | "." | "–") || last.is_joiner() || token.is_joiner();
        is_spaced |= !is_joined;
        last = token;
        if token.is_joiner() {
            continue;
        }
        if token.is_small_number() {
            numbers += 1;
        } else if words == 0 && !token.is_number && is_month(token.text) {
            words += 1;
        } else {
            return None;
        }
        if numbers + words == 2 {
            return (numbers == 1 || (numbers == 2 && !is_spaced)).then_some(token);
        }
    }
    None
}

/// Reads the date in a part of a line, with the clock behind or before it where there is one.
fn read(line: &str, start: usize, end: usize) -> Option<Dated> {
    let text = line.get(start..end)?;
    let bare = parse_with_day(text)?;
    let cut = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let behind = line.get(start..cut((end + CLOCK_BYTES).min(line.len())));
    let before = line.get(cut(start.saturating_sub(10))..end);
    let timed = [behind, before]
        .into_iter()
        .flatten()
        .filter(|text| text.contains([':', 'h', '时', '時', '시']))
        .filter_map(parse_with_day)
        .find(|(_, day)| *day == bare.1);
    let (at, day) = timed.unwrap_or(bare);
    plausible(Dated {
        at,
        day,
        either: either(text),
    })
}

/// Returns the two days that a date in numbers may mean, day first and month first; `None` where it can only mean one.
pub(super) fn either(text: &str) -> Option<[Date; 2]> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty());
    let (one, two, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_date = one.len() <= 2 && two.len() <= 2 && matches!(year.len(), 2 | 4);
    let is_worded = text
        .split(|c: char| !c.is_alphabetic())
        .any(|word| !word.is_empty() && is_month(word));
    if !is_date || is_worded {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    let year = if year < 100 { year + 2000 } else { year };
    let (one, two): (i8, i8) = (one.parse().ok()?, two.parse().ok()?);
    let both = [
        Date::new(year, two, one).ok()?,
        Date::new(year, one, two).ok()?,
    ];
    (one != two).then_some(both)
}

/// Makes a moment of a day that is known without its time.
pub(super) fn midnight(day: Date) -> Option<Dated> {
    let at = day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    Some(Dated {
        at,
        day,
        either: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &[(&str, bool)]) {
        let found = all(line);
        let found: Vec<(String, bool)> = found
            .iter()
            .map(|p| (p.dated.day.to_string(), p.is_change))
            .collect();
        let expect: Vec<(String, bool)> = expect
            .iter()
            .map(|(day, change)| ((*day).to_owned(), *change))
            .collect();
        assert_eq!(found, expect, "{line}");
    }

    #[test]
    fn dates_stand_among_other_words() {
        check(
            "Daisy Miller Dec 05, 2023 2 Shares 1530 Views",
            &[("2023-12-05", false)],
        );
        check("By Jane Doe | December 21, 2023", &[("2023-12-21", false)]);
        check(
            "Von Anna Müller, 5. Dezember 2023, 14:30 Uhr",
            &[("2023-12-05", false)],
        );
        check("5 de diciembre de 2023", &[("2023-12-05", false)]);
        check(
            "时间：2004年10月21日14:18 来源：新华网",
            &[("2004-10-21", false)],
        );
        check(
            "입력 2010년 05월 20일 (목) 오후 2시 38분",
            &[("2010-05-20", false)],
        );
        check(
            "Opublikowano 12.03.2024 r. o 8:15",
            &[("2024-03-12", false)],
        );
        check("21 марта 2024, 10:00", &[("2024-03-21", false)]);
        check("21 Μαρτίου 2024", &[("2024-03-21", false)]);
        check("12/05/2023 - 10:30", &[("2023-12-05", false)]);
        check("10:30 2023-12-05", &[("2023-12-05", false)]);
        check("发表于 2005-9-15 11:46:00", &[("2005-09-15", false)]);
    }

    #[test]
    fn years_may_have_two_digits() {
        check("Published on 01/25/26", &[("2026-01-25", false)]);
        check("25/01/26, 10:30", &[("2026-01-25", false)]);
    }

    #[test]
    fn days_in_numbers_may_mean_two() {
        let both = |text: &str| {
            either(text)
                .map(|[day_first, month_first]| (day_first.to_string(), month_first.to_string()))
        };
        let two = Some(("2022-02-06".to_owned(), "2022-06-02".to_owned()));
        assert_eq!(both("06/02/2022"), two);
        assert_eq!(both("06.02.22 - 13:48"), two);
        assert_eq!(both("26/02/2022"), None);
        assert_eq!(both("02/02/2022"), None);
        assert_eq!(both("2022-02-06"), None);
        assert_eq!(both("6 Feb 2022, 10:30"), None);
    }

    #[test]
    fn a_change_is_told_from_the_publication() {
        check(
            "Updated Dec. 23, 2023 4:04AM EST / Published Dec. 22, 2023 12:16PM EST",
            &[("2023-12-23", true), ("2023-12-22", false)],
        );
        check(
            "Published Dec 21, 2023 · Updated Dec 22, 2023",
            &[("2023-12-21", false), ("2023-12-22", true)],
        );
        check("Feb 23, 2026 See Updates", &[("2026-02-23", true)]);
        check("2024年3月1日更新", &[("2024-03-01", true)]);
    }

    #[test]
    fn the_day_is_the_one_printed() {
        check(
            "By Jessica Choi Dec. 21, 2023 11:00 pm EST",
            &[("2023-12-21", false)],
        );
    }

    #[test]
    fn a_year_alone_is_no_date() {
        check("The 10 best phones of 2025", &[]);
        check("© 2025 The Herald", &[]);
        check("Best gifts 2025, 4 reasons", &[]);
        check("10 marketing 2025", &[]);
        check("Seats 4 12 2025", &[]);
        check("Open 24/7/365", &[]);
        check("version 3/4/12/1", &[]);
        check("in 1994", &[]);
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in ".{0,80}", dates in "[0-9日年 :/.,TDec-]{0,60}") {
            let _ = (all(&line), all(&dates));
        }
    }
}
