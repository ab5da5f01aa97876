//! Reading dates as they are written in feeds and pages.
//!
//! There is no list of formats. The text is cut into numbers, words and signs; the time of day is the numbers joined
//! by colons, the zone a name or an offset near it, the month a word in one of many languages, and the rest is told
//! apart by length and place. That reads RFC 2822, RFC 3339, ISO 8601, W3CDTF, `asctime`, US and European forms and
//! the mixtures of them that feeds hold.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// Longer texts are no dates.
const MAX_CHARS: usize = 120;

/// Reads a date in any form found in the wild. `None` where there is none to be read, or its year is not one of
/// 1700 to 2199, or where it is the day that a program writes for no day. A date without a zone is taken as UTC, one without a time as midnight; a day past the month's end
/// becomes its last day.
pub fn parse_lenient(text: &str) -> Option<Timestamp> {
    parse_with_day(text).map(|(at, _)| at)
}

/// Reads a date as [`parse_lenient`] does, and gives beside the moment the day as written: late in the evening in New
/// York it is the next day in UTC.
pub fn parse_with_day(text: &str) -> Option<(Timestamp, Date)> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_CHARS {
        return None;
    }
    if let Some(seconds) = unix_time(text) {
        let at = Timestamp::from_second(seconds).ok().filter(in_range)?;
        return Some((at, at.to_zoned_datetime(TimeZone::UTC).date()));
    }
    let mut tokens = tokenize(text);
    let clock = take_clock(&mut tokens);
    let offset = take_zone(&mut tokens, clock.as_ref().map(|clock| clock.at));
    let mut date = date_of(&tokens)?;
    if clock.as_ref().is_some_and(|clock| clock.ends_day) {
        date = date.tomorrow().ok()?;
    }
    let time = clock.map_or(Time::midnight(), |clock| clock.time);
    let local = DateTime::from_parts(date, time);
    let offset = Offset::from_seconds(offset.unwrap_or(0)).ok()?;
    let at = offset.to_timestamp(local).ok().filter(in_range)?;
    Some((at, date))
}

fn in_range(at: &Timestamp) -> bool {
    const YEAR_1700: i64 = -8_520_336_000;
    const YEAR_2200: i64 = 7_258_118_400;
    const DAY: i64 = 86_400;
    /// Day 0 of SQL Server's `datetime` (1753-01-01) and of OLE dates (1899-12-30), which feeds show as dates.
    const DAYS_ZERO: [i64; 2] = [-6_847_804_800, -2_209_161_600];
    let second = at.as_second();
    let is_zero = |day: &i64| (*day..*day + DAY).contains(&second);
    (YEAR_1700..YEAR_2200).contains(&second) && !DAYS_ZERO.iter().any(is_zero)
}

/// Reads seconds (9 or 10 digits) or milliseconds (13 digits) since 1970.
fn unix_time(text: &str) -> Option<i64> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        9 | 10 => Some(number),
        13 => Some(number / 1_000),
        _ => None,
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// Digits as written: their count tells years from days.
    Number(String),
    /// Letters, in lower case.
    Word(String),
    /// Anything else but white space.
    Sign(char),
}

impl Token {
    fn number(&self) -> Option<&str> {
        match self {
            Self::Number(digits) => Some(digits),
            _ => None,
        }
    }

    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }
}

fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut joins = false;
    for c in text.chars() {
        let digit = c.to_digit(10).or_else(|| full_width_digit(c));
        match (digit, tokens.last_mut()) {
            (Some(digit), Some(Token::Number(number))) if joins => {
                number.extend(char::from_digit(digit, 10));
            }
            (Some(digit), _) => {
                tokens.push(Token::Number(
                    char::from_digit(digit, 10).into_iter().collect(),
                ));
            }
            (None, Some(Token::Word(word))) if joins && c.is_alphabetic() => {
                word.extend(c.to_lowercase());
            }
            (None, _) if c.is_alphabetic() => {
                tokens.push(Token::Word(c.to_lowercase().collect()));
            }
            // A combining accent belongs to the letter before it.
            (None, Some(Token::Word(word))) if ('\u{300}'..='\u{36F}').contains(&c) => word.push(c),
            _ if c.is_whitespace() => {}
            _ => tokens.push(Token::Sign(match c {
                '\u{2212}' | '\u{2010}'..='\u{2013}' => '-',
                '：' => ':',
                _ => c,
            })),
        }
        joins = !c.is_whitespace();
    }
    tokens
}

fn full_width_digit(c: char) -> Option<u32> {
    ('\u{FF10}'..='\u{FF19}')
        .contains(&c)
        .then(|| c as u32 - 0xFF10)
}

/// A time of day and the place in the tokens it was taken from.
struct Clock {
    time: Time,
    /// Written 24:00: the midnight at the day's end.
    ends_day: bool,
    at: usize,
}

/// Takes the time of day out of the tokens: `10:30`, `10:30:05.25`, `9:05 pm`, `14h30`, `오후 2시 30분`, `T101505`.
fn take_clock(tokens: &mut Vec<Token>) -> Option<Clock> {
    let (at, hour, minute, second, mut end) = colon_clock(tokens)
        .or_else(|| unit_clock(tokens))
        .or_else(|| compact_clock(tokens))?;
    let mut hour = hour;
    let mut start = at;
    let after = tokens.get(end).and_then(Token::word).and_then(half);
    let before = at
        .checked_sub(1)
        .and_then(|i| tokens.get(i))
        .and_then(Token::word)
        .and_then(half);
    if let Some(half) = after.or(before) {
        hour = hour % 12 + half;
        if after.is_some() {
            end += 1;
            // `a.m.` is cut into two words and two signs.
            while tokens
                .get(end)
                .is_some_and(|t| t.is_sign('.') || t.word() == Some("m"))
            {
                end += 1;
            }
        } else {
            start -= 1;
        }
    }
    if start > 0 && tokens[start - 1].word() == Some("t") {
        start -= 1;
    }
    let ends_day = hour == 24;
    // :60 is a leap second; an hour that is none is the day's last rather than no date.
    let hour = if ends_day { 0 } else { hour.min(23) };
    let time = Time::new(hour, minute.min(59), second.min(59), 0).ok()?;
    tokens.drain(start..end);
    Some(Clock {
        time,
        ends_day,
        at: start,
    })
}

type Found = (usize, i8, i8, i8, usize);

fn colon_clock(tokens: &[Token]) -> Option<Found> {
    let at = tokens.windows(3).position(|w| {
        w[0].number().is_some_and(|n| n.len() <= 2)
            && w[1].is_sign(':')
            && w[2].number().is_some_and(|n| n.len() <= 2)
    })?;
    let part = |i: usize| tokens.get(i)?.number()?.parse::<i8>().ok();
    let (hour, minute) = (part(at)?, part(at + 2)?);
    let mut end = at + 3;
    let mut second = 0;
    if tokens.get(end).is_some_and(|t| t.is_sign(':'))
        && let Some(value) = tokens
            .get(end + 1)
            .and_then(Token::number)
            .and_then(|n| n.get(..n.len().min(2))?.parse().ok())
    {
        second = value;
        end += 2;
        let is_fraction = tokens
            .get(end)
            .is_some_and(|t| t.is_sign('.') || t.is_sign(',') || t.is_sign(':'));
        if is_fraction && tokens.get(end + 1).and_then(Token::number).is_some() {
            end += 2;
        }
    }
    Some((at, hour, minute, second, end))
}

/// `14h30`, `14시 30분`, `14時30分05秒`.
fn unit_clock(tokens: &[Token]) -> Option<Found> {
    let at = tokens.windows(2).position(|w| {
        w[0].number().is_some_and(|n| n.len() <= 2)
            && matches!(
                w[1].word(),
                Some("h" | "시" | "時" | "时" | "点" | "uhr" | "uur")
            )
    })?;
    let part = |i: usize| tokens.get(i)?.number()?.parse::<i8>().ok();
    let hour = part(at)?;
    let is_unit = |i: usize| {
        tokens
            .get(i)
            .and_then(Token::word)
            .is_some_and(|w| matches!(w, "분" | "分" | "초" | "秒" | "min" | "m"))
    };
    let mut end = at + 2;
    let mut parts = [0, 0];
    for value in &mut parts {
        let follows = part(end).filter(|_| is_unit(end + 1) || end == at + 2);
        let Some(number) = follows else { break };
        *value = number;
        end += 1 + usize::from(is_unit(end + 1));
    }
    Some((at, hour, parts[0], parts[1], end))
}

/// `T101505` or `T1015` after a date, and the second half of `20041231101505`.
fn compact_clock(tokens: &[Token]) -> Option<Found> {
    let at = 1 + tokens.iter().position(|t| t.word() == Some("t"))?;
    let digits = tokens.get(at)?.number()?;
    let part = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|n| n.parse::<i8>().ok())
    };
    match digits.len() {
        2 => Some((at, part(0)?, 0, 0, at + 1)),
        4 => Some((at, part(0)?, part(2)?, 0, at + 1)),
        6.. => Some((at, part(0)?, part(2)?, part(4)?, at + 1)),
        _ => None,
    }
}

/// Hours to add for the half of the day a word names.
fn half(word: &str) -> Option<i8> {
    match word {
        "am" | "a" | "오전" | "午前" | "上午" => Some(0),
        "pm" | "p" | "오후" | "午後" | "下午" => Some(12),
        _ => None,
    }
}

/// Takes the zone out of the tokens and returns its offset in seconds: an offset after the time, a zone's name, or
/// both (`GMT+0900`).
fn take_zone(tokens: &mut Vec<Token>, clock_at: Option<usize>) -> Option<i32> {
    let clock_at = clock_at?;
    let mut base = None;
    let mut at = clock_at;
    // A name stands anywhere after the time; in `asctime` the year follows it.
    if let Some(named) = (0..tokens.len())
        .filter(|i| *i >= clock_at)
        .find(|i| tokens[*i].word().and_then(named_offset).is_some())
    {
        base = tokens[named].word().and_then(named_offset);
        tokens.remove(named);
        at = named;
    }
    let sign = match tokens.get(at) {
        Some(Token::Sign('+')) => 1,
        Some(Token::Sign('-')) => -1,
        _ => return base,
    };
    let Some(digits) = tokens.get(at + 1).and_then(Token::number) else {
        return base;
    };
    let mut end = at + 2;
    let number: i32 = digits.get(..digits.len().min(4))?.parse().ok()?;
    let mut seconds = match digits.len() {
        1 | 2 => number * 3_600,
        _ => (number / 100) * 3_600 + (number % 100) * 60,
    };
    if digits.len() <= 2
        && tokens.get(end).is_some_and(|t| t.is_sign(':'))
        && let Some(minutes) = tokens
            .get(end + 1)
            .and_then(Token::number)
            .and_then(|n| n.parse::<i32>().ok())
    {
        seconds += minutes * 60;
        end += 2;
    }
    tokens.drain(at..end);
    // No place on earth is further than 14 hours from UTC; a wrong offset is worth less than none.
    let valid = seconds.abs() <= 14 * 3_600;
    if valid { Some(sign * seconds) } else { base }
}

/// Returns the offset of a zone by the names mail and news use, in seconds. Names with several meanings take the one
/// of RFC 822, else the most read one.
fn named_offset(name: &str) -> Option<i32> {
    let minutes = match name {
        "z" | "ut" | "utc" | "gmt" | "wet" | "세계시" => 0,
        "bst" | "cet" | "mez" | "west" | "wat" | "met" => 60,
        "cest" | "mesz" | "mest" | "eet" | "sast" | "cat" => 120,
        "msk" | "eest" | "trt" | "eat" | "idt" => 180,
        "irst" => 210,
        "gst" | "msd" => 240,
        "pkt" | "uzt" => 300,
        "ist" => 330,
        "npt" => 345,
        "bdt" | "almt" => 360,
        "mmt" => 390,
        "ict" | "wib" => 420,
        "hkt" | "sgt" | "myt" | "awst" | "pht" | "wita" => 480,
        "kst" | "jst" | "wit" => 540,
        "acst" => 570,
        "aest" => 600,
        "acdt" => 630,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "nst" => -210,
        "ndt" => -150,
        "brt" | "art" | "adt" => -180,
        "ast" | "edt" => -240,
        "est" | "et" | "cdt" => -300,
        "cst" | "ct" | "mdt" => -360,
        "mst" | "mt" | "pdt" => -420,
        "pst" | "pt" | "akdt" => -480,
        "akst" => -540,
        "hst" => -600,
        _ => return None,
    };
    Some(minutes * 60)
}

/// Makes a date of what is left when time and zone are taken out.
fn date_of(tokens: &[Token]) -> Option<Date> {
    let month_at = tokens
        .iter()
        .rposition(|t| t.word().and_then(month_of).is_some());
    let numbers: Vec<&str> = tokens.iter().filter_map(Token::number).collect();
    if let Some(month) = month_at.and_then(|at| month_of(tokens[at].word()?)) {
        return worded_date(month, &numbers);
    }
    match numbers.as_slice() {
        [year, ordinal] if year.len() == 4 && ordinal.len() == 3 => ordinal_date(year, ordinal),
        [year, month, day, ..] if year.len() == 4 => make(year, month.parse().ok()?, day),
        [year, month] if year.len() == 4 => make(year, month.parse().ok()?, "1"),
        [a, b, year, ..] => {
            let is_us = tokens.iter().any(|t| t.is_sign('/'));
            let (day, month) = if is_us { (*b, *a) } else { (*a, *b) };
            let (day, month) = if month.parse::<i8>().ok()? > 12 {
                (month, day)
            } else {
                (day, month)
            };
            make(year, month.parse().ok()?, day)
        }
        [compact] => match compact.len() {
            4 => make(compact, 1, "1"),
            6 => make(compact.get(..4)?, compact.get(4..)?.parse().ok()?, "1"),
            7 => ordinal_date(compact.get(..4)?, compact.get(4..)?),
            8 | 12 | 14 => make(
                compact.get(..4)?,
                compact.get(4..6)?.parse().ok()?,
                compact.get(6..8)?,
            ),
            _ => None,
        },
        _ => None,
    }
}

fn worded_date(month: i8, numbers: &[&str]) -> Option<Date> {
    let is_year = |n: &str| n.len() == 4 || n.parse::<u32>().is_ok_and(|n| n > 31 && n < 100);
    let year_at = numbers
        .iter()
        .position(|n| is_year(n))
        .or((numbers.len() >= 2).then_some(1))?;
    let day = numbers
        .iter()
        .enumerate()
        .find(|(i, n)| *i != year_at && n.len() <= 2)
        .map_or("1", |(_, n)| *n);
    make(numbers[year_at], month, day)
}

fn make(year: &str, month: i8, day: &str) -> Option<Date> {
    let mut number: i16 = year.parse().ok()?;
    // RFC 2822 §4.3: two digits are 2000 to 2049 or 1950 to 1999, three digits (a C library's fault) count from 1900.
    match year.len() {
        1 | 2 if number < 50 => number += 2_000,
        1..=3 => number += 1_900,
        _ => {}
    }
    let first = Date::new(number, month, 1).ok()?;
    let day: i8 = day.parse().ok()?;
    if !(1..=31).contains(&day) {
        return None;
    }
    Date::new(number, month, day.min(first.days_in_month())).ok()
}

fn ordinal_date(year: &str, ordinal: &str) -> Option<Date> {
    let first = Date::new(year.parse().ok()?, 1, 1).ok()?;
    let days: i64 = ordinal.parse().ok()?;
    if !(1..=366).contains(&days) {
        return None;
    }
    first.checked_add(jiff::Span::new().days(days - 1)).ok()
}

/// Says whether a word is a month's name or short form, in one of many languages.
pub fn is_month(word: &str) -> bool {
    let lower = word.to_lowercase();
    // `marketing` begins like March: what goes on after a stem of ASCII letters must do so as the month's name does.
    let is_full = |stem: &str| {
        stem.len() == lower.len()
            || !lower.is_ascii()
            || FULL_NAMES
                .split(' ')
                .any(|name| name.starts_with(&lower) || lower.starts_with(name))
    };
    let mut stems = MONTHS.iter().flat_map(|stems| stems.split(' '));
    stems.any(|stem| lower.starts_with(stem) && is_full(stem))
}

/// Full names of months that are written in ASCII, of the languages in [`MONTHS`]. Source: Unicode CLDR,
/// `months/format/wide`.
const FULL_NAMES: &str = "january february march april may june july august september october november december januar \
    februar marts juni juli oktober dezember desember janvier avril mai juin juillet septembre octobre novembre enero \
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio \
    giugno luglio settembre ottobre dicembre janeiro fevereiro maio junho julho setembro outubro novembro dezembro \
    januari februari maart mei augustus mars maj augusti tammi helmi maalis huhti touko heinä elo loka marras joulu \
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia listopada grudnia leden ledna dubna ledna ocak mart \
    nisan haziran temmuz ekim maret agustus desember sept";

/// Returns the month a word names, by the longest beginning that fits: `mar` is March, `marras` is Finnish November.
/// Weekdays that begin like a month (`mardi`, `martes`) stand before it, so the caller asks from the right.
fn month_of(word: &str) -> Option<i8> {
    MONTHS
        .iter()
        .enumerate()
        .flat_map(|(i, stems)| stems.split(' ').map(move |stem| (i, stem)))
        .filter(|(_, stem)| word.starts_with(stem))
        .max_by_key(|(_, stem)| stem.len())
        .map(|(i, _)| i as i8 + 1)
}

/// Beginnings of the months' names: English, German, French, Spanish, Italian, Portuguese, Dutch, the Scandinavian
/// languages, Finnish, Polish, Czech, Hungarian, Turkish, Indonesian, Greek, Russian, Ukrainian. Source: Unicode CLDR,
/// `months/format/abbreviated`.
const MONTHS: [&str; 12] = [
    "jan ene gen janv sty led oca tammi ιαν янв січ",
    "feb fev fév févr fevr lut úno şub helmi φεβ фев лют",
    "mar mär maa maer mrt maalis bře márc μαρ μάρ мар бер",
    "apr avr abr kwi dub nis huhti ápr απρ апр кві",
    "may mai mag mei maj kvě touko máj μαϊ μαΐ μάι μαι май мая тра",
    "jun giu juin cze čvn červen haz kesä jún ιουν ιούν июн чер",
    "jul lug juil lip čvc červenec tem heinä júl ιουλ ιούλ июл лип",
    "aug ago aoû aou sie srp ağu agu elo αυγ αύγ авг сер",
    "sep set wrz zář eyl syys szept σεπ сен вер",
    "oct okt ott out paź říj eki loka οκτ окт жов",
    "nov lis kas marras νοε νοέ ноя лис",
    "dec déc dez dic des gru pro ara joulu δεκ дек гру",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let got = parse_lenient(text).map(|at| at.to_string());
        assert_eq!(got.as_deref().unwrap_or("none"), expect, "reading {text:?}");
    }

    #[test]
    fn mail_dates_are_read_with_zone_names() {
        check("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z");
        check("Thu, 1 Jan 04 19:48 EDT", "2004-01-01T23:48:00Z");
        check("Mon, 23 Nov 2026 09:12:00 KST", "2026-11-23T00:12:00Z");
        check("Mon, 23 Nov 2026 09:12:00 IST", "2026-11-23T03:42:00Z");
        check(
            "Mon, 23 Nov 2026 09:12:00 +0900 (JST)",
            "2026-11-23T00:12:00Z",
        );
        check("Mon, 23 Nov 2026 09:12:00 GMT+2", "2026-11-23T07:12:00Z");
        check("Thu Jan  1 19:48:21 EST 2004", "2004-01-02T00:48:21Z");
        check("Sun Jan 4 16:29:06 PST 2004", "2004-01-05T00:29:06Z");
        check("01 Jan 1999 24:00:00 GMT", "1999-01-02T00:00:00Z");
    }

    #[test]
    fn iso_dates_are_read_whole_and_in_part() {
        check("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z");
        check("2003-12-31T10:14:55.123-08:00", "2003-12-31T18:14:55Z");
        check("2003-12-31 10:14:55", "2003-12-31T10:14:55Z");
        check("20031231T101455Z", "2003-12-31T10:14:55Z");
        check("2003-12-31", "2003-12-31T00:00:00Z");
        check("2003-12", "2003-12-01T00:00:00Z");
        check("2003", "2003-01-01T00:00:00Z");
        check("20031231", "2003-12-31T00:00:00Z");
        check("2003-335", "2003-12-01T00:00:00Z");
        check("1700000000", "2023-11-14T22:13:20Z");
    }

    #[test]
    fn dates_of_people_are_read() {
        check("7/23/2004 5:05:00 PM", "2004-07-23T17:05:00Z");
        check("23/7/2004", "2004-07-23T00:00:00Z");
        check("23.07.2004 14:30", "2004-07-23T14:30:00Z");
        check("July 23, 2004, 9:05 a.m.", "2004-07-23T09:05:00Z");
        check("Friday 31st December 2004", "2004-12-31T00:00:00Z");
        check("31 Jun 2004", "2004-06-30T00:00:00Z");
    }

    #[test]
    fn months_have_names_in_other_languages() {
        check(
            "2010년 05월 20일 (목) 오후 2시 38분",
            "2010-05-20T14:38:00Z",
        );
        check("2004年05月28日 23:31", "2004-05-28T23:31:00Z");
        check("mar., 5 mars 2013 10:00:00 +0100", "2013-03-05T09:00:00Z");
        check("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z");
        check("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z");
        check("5 marraskuuta 2013", "2013-11-05T00:00:00Z");
        check("пт, 12 ноя 2021 10:00:00 +0300", "2021-11-12T07:00:00Z");
    }

    #[test]
    fn the_day_is_the_one_written() {
        let day = |text: &str| parse_with_day(text).map(|(_, day)| day.to_string());
        assert_eq!(
            day("Dec. 21, 2023 11:00 pm EST").as_deref(),
            Some("2023-12-21")
        );
        assert_eq!(
            day("2023-12-21T23:00:00-05:00").as_deref(),
            Some("2023-12-21")
        );
    }

    #[test]
    fn archives_reach_back_further_than_computers() {
        check("Fri, 21 Nov 1783 16:00:00 GMT", "1783-11-21T16:00:00Z");
        check("1869-11-17T18:00:00Z", "1869-11-17T18:00:00Z");
        check("1899-12-31", "1899-12-31T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in [
            "",
            "yesterday",
            "3 days ago",
            "0000-00-00",
            "0001-01-01T00:00:00Z",
            "1601-01-01T00:00:00Z",
            "1753-01-01T00:00:00",
            "30 Dec 1899 00:00:00 GMT",
            "99/99/9999",
            "::",
            "-",
            "t",
        ] {
            check(text, "none");
        }
        check(&"1".repeat(500), "none");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}", dates in "[0-9tTzZ:/.+ -]{0,40}") {
            let _ = parse_lenient(&text);
            let _ = parse_lenient(&dates);
        }

        #[test]
        fn every_rfc_3339_time_is_read_back(seconds in 0_i64..4_000_000_000) {
            let at = Timestamp::from_second(seconds).unwrap();
            proptest::prop_assert_eq!(parse_lenient(&at.to_string()), Some(at));
        }
    }
}
