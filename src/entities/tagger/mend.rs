//! What a chain over labels gets wrong by its nature, set right by rule: the ends of names, and what is no name at all.

use std::collections::HashSet;
use std::ops::Range;

use super::tag::is_mark_of_pair;
use crate::entities::Span;
use crate::entities::gazetteer::{GAZETTEER, class};
use crate::entities::token::{Shape, Tokens};
use crate::model::EntityKind::{self, Organisation, Other, Person, Place};
use crate::text::words::has;

/// Sets the ends of names right, sentence by sentence. `is_common` says which words English writes in lower case.
pub(super) fn ends(tokens: &Tokens, spans: &mut Vec<Span>, is_common: impl Fn(&str) -> bool) {
    join_hyphens(tokens, spans);
    take_initials(tokens, spans);
    take_particles(tokens, spans);
    let mut more = Vec::new();
    for span in spans.iter_mut() {
        cut_codes(tokens, span);
        cut_what_stands_behind(tokens, span);
        if is_state(tokens, span) {
            span.kind = Place;
        }
        take_article(tokens, span);
        measure_of_a_market(tokens, span);
        if span.kind == Organisation && span.end - span.start > 1 && is_event(tokens, span) {
            span.kind = Other;
        }
        if span.kind == Person {
            more.extend(cut_what_stands_before(tokens, span, &is_common));
        } else if span.kind == Organisation {
            more.extend(office(tokens, span));
        }
    }
    spans.append(&mut more);
    spans.retain(|span| span.start < span.end && !is_no_name(tokens, span));
    spans.sort_by_key(|s| s.start);
}

/// `Roberto Bautista-Agut`: a full name does not end before a hyphen and a capital.
fn join_hyphens(tokens: &Tokens, spans: &mut Vec<Span>) {
    let mut at = 0;
    while at < spans.len() {
        let Span {
            start, end, kind, ..
        } = spans[at];
        let is_open = kind == Person && end - start >= 2 && is_mark_of_pair(tokens, end);
        if is_open {
            let next = spans.get(at + 1).filter(|s| s.start <= end + 1);
            let goes_on = next.is_none_or(|s| s.kind == Person && s.end == end + 2);
            if goes_on {
                if next.is_some() {
                    spans.remove(at + 1);
                }
                spans[at].end = end + 2;
            }
        }
        at += 1;
    }
}

/// `von der Leyen`: small words before a surname belong to it where they do in a full name.
fn take_particles(tokens: &Tokens, spans: &mut [Span]) {
    let is_small = |i: usize| {
        tokens.shape(i) == Shape::Lower && GAZETTEER.word(tokens.lower(i)) & class::PARTICLE != 0
    };
    let full: HashSet<String> = spans
        .iter()
        .filter(|s| s.kind == Person && s.end - s.start > 2)
        .filter_map(|s| {
            let first = (s.start + 1..s.end - 1).find(|&i| is_small(i))?;
            Some(tokens.words(first..s.end))
        })
        .collect();
    let mut end = 0;
    for span in spans {
        let mut start = span.start;
        while start > end
            && is_small(start - 1)
            && tokens.list[start - 1].unit == tokens.list[start].unit
        {
            start -= 1;
        }
        if span.kind == Person
            && start < span.start
            && full.contains(&tokens.words(start..span.end))
        {
            span.start = start;
        }
        end = span.end;
    }
}

/// `TB Joshua`, `MK Stalin`: two capitals before a surname alone are initials, unless they are known as something else.
fn take_initials(tokens: &Tokens, spans: &mut [Span]) {
    const OTHERS: &str = "tv pc ai vp pm mp dj mc it hr pr he hh hm ag un us uk eu ex la ny dc pe pa ad ed no to of in on by \
        at as is an we it be do if my or so up am go";
    let mut end = 0;
    for span in spans {
        let before = span.start.wrapping_sub(1);
        let fits = span.kind == Person
            && span.end - span.start == 1
            && span.start > end
            && tokens.list[span.start].spaced
            && tokens.shape(span.start) == Shape::Title
            && tokens.shape(before) == Shape::Upper
            && tokens.form(before).chars().count() == 2
            && tokens.list[before].unit == tokens.list[span.start].unit
            && !has(OTHERS, tokens.lower(before))
            && GAZETTEER.word(tokens.lower(before)) == 0
            && (before == 0 || !tokens.shape(before - 1).is_capital());
        if fits {
            span.start = before;
        }
        end = span.end;
    }
}

/// `S&P 500 .SPX`, `Brent LCOc1`: codes of the exchanges end a name.
fn cut_codes(tokens: &Tokens, span: &mut Span) {
    let is_code = |i: usize| {
        let form = tokens.form(i);
        form == "." && tokens.list[i].spaced
            || form.len() > 3
                && form.is_ascii()
                && form.ends_with(|c: char| c.is_ascii_digit())
                && form[..form.len() - 1].ends_with('c')
                && form.starts_with(|c: char| c.is_ascii_uppercase())
                && form.bytes().take(2).all(|b| b.is_ascii_uppercase())
    };
    if let Some(code) = (span.start + 1..span.end).find(|&i| is_code(i)) {
        span.end = code;
    }
}

/// `Austin-based`, `San Salvador Jan. 15`: what is made of a place, and the date of an event there, are no part of names.
fn cut_what_stands_behind(tokens: &Tokens, span: &mut Span) {
    const MADE_OF_NAMES: &str =
        "based led backed born run owned style area wide held controlled occupied bound";
    const MONTHS: &str = "jan feb mar apr jun jul aug sep sept oct nov dec";
    let is_made = |i: usize| tokens.form(i) == "-" && has(MADE_OF_NAMES, tokens.lower(i + 1));
    if let Some(mark) = (span.start + 1..span.end).find(|&i| is_made(i)) {
        span.end = mark;
    }
    let last = span.end - 1;
    let behind = tokens.form(span.end);
    let is_date = span.kind != Other
        && last > span.start
        && has(MONTHS, tokens.lower(last))
        && (behind == "." || behind.starts_with(|c: char| c.is_ascii_digit()));
    if is_date {
        span.end = last;
    }
}

/// Says whether a name is a state of America in short (`W.Va.`).
fn is_state(tokens: &Tokens, span: &Span) -> bool {
    const STATES: &str = "w.va n.h n.j n.m n.y n.c s.c n.d s.d r.i";
    let words = tokens.words(span.start..span.end).to_lowercase();
    has(STATES, words.trim_end_matches('.'))
}

/// Says whether a word of a line's beginning looks like somebody's work: `Assemblymember`, `Housecleaner`.
fn is_work(lower: &str) -> bool {
    const ENDINGS: [&str; 7] = ["er", "or", "ist", "man", "woman", "member", "person"];
    lower.len() >= 8 && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// `The Hague` is called so; of other names the article is no part.
fn take_article(tokens: &Tokens, span: &mut Span) {
    let fits = span.kind == Place
        && span.start > 0
        && span.end - span.start == 1
        && tokens.lower(span.start) == "hague"
        && matches!(tokens.form(span.start - 1), "The" | "THE")
        && tokens.list[span.start - 1].unit == tokens.list[span.start].unit;
    if fits {
        span.start -= 1;
    }
}

/// Cups, prizes and acts are of the fourth type.
fn is_event(tokens: &Tokens, span: &Span) -> bool {
    const EVENTS: &str = "cup open championship championships prix games olympics masters trophy prize award awards \
        festival act bill treaty";
    let (before, last) = (tokens.lower(span.end - 2), tokens.lower(span.end - 1));
    has(EVENTS, last)
        || last == "league" && matches!(before, "champions" | "europa" | "conference" | "nations")
}

/// Indexes of exchanges are of the fourth type, with their number: `S&P 500`. A paper of that name speaks.
fn measure_of_a_market(tokens: &Tokens, span: &mut Span) {
    const NUMBERED: &str = "S&P FTSE Nikkei CAC STOXX Stoxx ASX Nifty Russell";
    const INDEXES: &[&str] = &[
        "S&P 500",
        "S&P/TSX",
        "FTSE",
        "FTSE 100",
        "FTSE 250",
        "Dow",
        "Dow Jones",
        "Dow Jones Industrial Average",
        "Nasdaq Composite",
        "Nasdaq 100",
        "Nikkei",
        "Nikkei 225",
        "Topix",
        "DAX",
        "Dax",
        "CAC 40",
        "STOXX 600",
        "Stoxx 600",
        "STOXX 50",
        "Hang Seng",
        "Hang Seng Index",
        "Sensex",
        "Nifty",
        "Nifty 50",
        "KOSPI",
        "Kospi",
        "ASX 200",
        "Ibovespa",
        "Bovespa",
        "Straits Times Index",
        "Shanghai Composite",
        "Russell 2000",
        "KSE-100",
    ];
    let name = tokens.words(span.start..span.end);
    let is_number = tokens.shape(span.end) == Shape::Number
        && tokens.list.get(span.end).is_some_and(|t| t.spaced)
        && tokens.form(span.end).len() <= 4;
    if has(NUMBERED, name.as_str()) && is_number && span.kind != Person {
        span.end += 1;
        span.kind = Other;
    } else if INDEXES.contains(&name.as_str())
        && span.kind == Organisation
        && GAZETTEER.word(tokens.lower(span.end)) & class::PERSON_VERB == 0
    {
        span.kind = Other;
    }
}

/// `Alaska Sarah Palin` is a place and a person, `Podcaster Spike Cohen` and `Wasn't Ryan` have a word too many. Returns
/// the place.
fn cut_what_stands_before(
    tokens: &Tokens,
    span: &mut Span,
    is_common: &impl Fn(&str) -> bool,
) -> Option<Span> {
    let words = |i: usize| GAZETTEER.word(tokens.lower(i));
    let is_given = |i: usize| words(i) & class::GIVEN != 0 && tokens.list[i].spaced;
    while span.end - span.start > 1 && is_contraction(tokens.lower(span.start)) {
        span.start += 1;
    }
    if span.end - span.start < 3 {
        return None;
    }
    let place = GAZETTEER
        .find(tokens, span.start..span.end)
        .into_iter()
        .filter(|f| f.start == span.start && f.classes & (class::COUNTRY | class::PLACE) != 0)
        .filter(|f| f.end - f.start > 1 || words(f.start) & (class::GIVEN | class::SURNAME) == 0)
        .map(|f| f.end)
        .max()
        .filter(|&end| end + 2 <= span.end && is_given(end));
    if let Some(end) = place {
        let found = Span::new(span.start..end, Place, span.confidence);
        span.start = end;
        return Some(found);
    }
    let is_name = class::GIVEN | class::SURNAME | class::PARTICLE;
    let first = span.start;
    let is_word = |lower: &str| is_common(lower) || is_work(lower);
    if words(first) & is_name == 0 && is_given(first + 1) && is_word(tokens.lower(first)) {
        span.start += 1;
    }
    None
}

fn is_contraction(lower: &str) -> bool {
    ["n't", "'ve", "'re", "'ll"]
        .iter()
        .any(|e| lower.ends_with(e))
}

/// `Inspector-General of Police`, `Supreme Leader of Iran`: an office is no body. Returns the place it is of.
fn office(tokens: &Tokens, span: &mut Span) -> Option<Span> {
    const HEADS: &str = "general leader minister secretary president chief director governor commissioner chairman chairwoman \
        chairperson head marshal king queen prince speaker mayor ombudsman ambassador adviser advisor";
    let found = GAZETTEER.find(tokens, span.start..span.end);
    let of = (span.start + 1..span.end).find(|&i| matches!(tokens.lower(i), "of" | "for"));
    let Some(of) = of else {
        let is_listed = found
            .iter()
            .any(|f| f.end == span.end && f.classes & class::ORGANISATION != 0);
        let is_office = span.end - span.start > 1 && has(HEADS, tokens.lower(span.end - 1));
        if is_office && !is_listed {
            span.end = span.start;
        }
        return None;
    };
    // `Member of Parliament for Tema East`.
    let is_seat = |i: &usize| tokens.lower(i - 1) == "for" && tokens.lower(i - 2) == "parliament";
    if let Some(seat) = (span.start + 2..span.end).find(is_seat) {
        let seat = Span::new(seat..span.end, Place, span.confidence);
        span.end = span.start;
        return Some(seat);
    }
    let is_listed = |range: Range<usize>, bits: u32| {
        let is_it = |f: &crate::entities::gazetteer::Found| f.classes & bits != 0;
        found
            .iter()
            .any(|f| f.start == range.start && f.end == range.end && is_it(f))
    };
    if !has(HEADS, tokens.lower(of - 1))
        || is_listed(span.start..span.end, class::ORGANISATION)
        || tokens.lower(span.start) == "office"
    {
        return None;
    }
    let mut from = of + 1;
    while from < span.end && tokens.lower(from) == "the" {
        from += 1;
    }
    let place = (from < span.end && is_listed(from..span.end, class::COUNTRY | class::PLACE))
        .then(|| Span::new(from..span.end, Place, span.confidence));
    span.end = span.start;
    place
}

/// Abbreviations of every day, party marks (`D-Minn.`), handles, and money.
pub(super) fn is_no_name(tokens: &Tokens, span: &Span) -> bool {
    const COMMON: &str = "EBITDA GDP GNP CEO CFO COO CTO IPO AGM EGM EPS ETF Q1 Q2 Q3 Q4 H1 H2 YoY DNA RNA HIV AIDS COVID TV \
        AI VAT GST LED SUV EV ATM SIM eSIM URL PDF USB GPS GMT UTC EST EDT PST PDT CST CDT CET BST IST HKT \
        JST WAT EAT MP MPs MLA MLAs MEP MEPs VIP NGO NGOs PPE ICU IVF LNG LPG SMS FAQ PhD MBA USD EUR GBP \
        JPY INR CCTV AK-47 R&D M&A LGBT LGBTQ SOS ID PTSD ADHD CV MVP DIY HD FM";
    let form = tokens.form(span.start);
    let is_handle = span.start > 0
        && !tokens.list[span.start].spaced
        && matches!(tokens.form(span.start - 1), "@" | "#");
    let is_money = span.kind == Place
        && tokens.form(span.end) == "$"
        && tokens.list.get(span.end).is_some_and(|t| !t.spaced);
    let is_party = span.end - span.start >= 2
        && matches!(form, "D" | "R" | "I")
        && tokens.form(span.start + 1) == "-";
    const GENERIC: &str = "Port City State County Province District Airport Junction Street Island River Coast Bay Hill";
    let is_generic = span.kind == Place
        && span.end - span.start == 1
        && has(GENERIC, form)
        && tokens.shape(span.end) != Shape::Title;
    // `Senator`, alone, and `Gov.`, which is in no list of titles.
    let words = GAZETTEER.word(tokens.lower(span.start));
    let is_title = span.kind == Person
        && span.end - span.start == 1
        && (words & class::TITLE != 0 || form == "Gov")
        && words & (class::GIVEN | class::SURNAME) == 0;
    is_generic
        || is_title
        || is_handle
        || is_money
        || is_party
        || has(COMMON, form) && is_small_after(tokens, span)
}

/// Says whether no further word of a name has a capital: `DNA test`.
fn is_small_after(tokens: &Tokens, span: &Span) -> bool {
    (span.start + 1..span.end).all(|i| tokens.shape(i) == Shape::Lower)
}

/// `Sugar Regulatory Administration (SRA)`: what stands before a short form in brackets and has its initials is one name.
pub(super) fn spelled_out(tokens: &Tokens, spans: &mut Vec<Span>) {
    for open in 2..tokens.list.len() {
        if tokens.form(open) != "(" || tokens.form(open + 2) != ")" {
            continue;
        }
        let short = open + 1;
        let Some(start) = expansion(tokens, open) else {
            continue;
        };
        let of_short = spans.iter().position(|s| s.start <= short && short < s.end);
        let kind = kind_of(tokens, start..open, of_short.map(|n| spans[n].kind));
        let inside: Vec<usize> = (0..spans.len())
            .filter(|&n| spans[n].start < open && start < spans[n].end)
            .collect();
        let Some(kind) = kind.or_else(|| inside.last().map(|&n| spans[n].kind)) else {
            continue;
        };
        let is_wider = inside
            .iter()
            .any(|&n| spans[n].start < start || spans[n].end > open);
        if is_wider {
            continue;
        }
        let sure = inside
            .iter()
            .map(|&n| spans[n].confidence)
            .fold(0.8, f32::max);
        let is_part =
            |s: &Span| s.start < open && start < s.end || s.start <= short && short < s.end;
        spans.retain(|s| !is_part(s));
        spans.push(Span::new(start..open, kind, sure));
        spans.push(Span::new(short..short + 1, kind, sure));
        spans.sort_by_key(|s| s.start);
    }
}

/// `severe acute respiratory syndrome (SARS)`: the short form of words of every day is no name, wherever it stands.
pub(super) fn drop_short_forms(tokens: &Tokens, spans: &mut Vec<Span>) {
    let shorts: HashSet<&str> = (2..tokens.list.len())
        .filter(|&open| tokens.form(open) == "(" && tokens.form(open + 2) == ")")
        .filter(|&open| tokens.shape(open + 1) == Shape::Upper)
        .filter(|&open| is_of_small_words(tokens, open))
        .map(|open| tokens.form(open + 1))
        .collect();
    let is_short = |s: &Span| s.end - s.start == 1 && shorts.contains(tokens.form(s.start));
    spans.retain(|span| !is_short(span));
}

/// Says whether the words before a short form in brackets have its initials and no capital.
fn is_of_small_words(tokens: &Tokens, open: usize) -> bool {
    let letters: Vec<char> = tokens.lower(open + 1).chars().collect();
    let unit = tokens.list[open].unit;
    let mut left = letters.len();
    let mut at = open;
    while left > 0 {
        let Some(before) = at.checked_sub(1).filter(|&b| tokens.list[b].unit == unit) else {
            return false;
        };
        at = before;
        let lower = tokens.lower(at);
        if tokens.form(at) == "-" {
            continue;
        }
        if tokens.shape(at) != Shape::Lower {
            return false;
        }
        if lower.starts_with(letters[left - 1]) {
            left -= 1;
        } else if !matches!(lower, "of" | "the" | "and" | "for" | "in" | "on" | "to") {
            return false;
        }
    }
    true
}

/// Returns where the words start whose initials a short form in brackets is.
fn expansion(tokens: &Tokens, open: usize) -> Option<usize> {
    let short = tokens.form(open + 1);
    let letters: Vec<char> = short.chars().flat_map(char::to_lowercase).collect();
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    if !(3..=8).contains(&letters.len()) || capitals * 2 <= letters.len() || !short.is_ascii() {
        return None;
    }
    let unit = tokens.list[open].unit;
    let mut left = letters.len();
    let mut at = open;
    while left > 0 && at > 0 && open - at < 16 {
        at -= 1;
        let lower = tokens.lower(at);
        if tokens.list[at].unit != unit {
            return None;
        }
        let first = lower.chars().next()?;
        if tokens.shape(at).is_capital() && first == letters[left - 1] {
            left -= 1;
        } else if !matches!(
            lower,
            "of" | "the" | "and" | "for" | "&" | "in" | "on" | "to" | "de" | "-" | "'s"
        ) {
            return None;
        } else if lower == "and" && first == letters[left - 1] {
            left -= 1;
        }
    }
    (left == 0 && tokens.shape(at).is_capital()).then_some(at)
}

fn kind_of(tokens: &Tokens, range: Range<usize>, short: Option<EntityKind>) -> Option<EntityKind> {
    const WORKS: &str = "agreement act treaty cup prize award bill programme program project plan accord convention \
        initiative protocol scheme games rules system index product test tax offering";
    let last = tokens.lower(range.end - 1);
    if has(WORKS, last) {
        return Some(Other);
    }
    let is_listed = |bits: u32| {
        let mut found = GAZETTEER.find(tokens, range.clone()).into_iter();
        found.any(|f| f.start == range.start && f.end == range.end && f.classes & bits != 0)
    };
    if is_listed(class::COUNTRY) {
        return Some(Place);
    }
    let is_body = range
        .clone()
        .any(|i| GAZETTEER.word(tokens.lower(i)) & class::ORG_WORD != 0);
    if is_body || is_listed(class::ORGANISATION) {
        return Some(Organisation);
    }
    short.map(|kind| if kind == Person { Organisation } else { kind })
}

/// Drops `the North` and `the South` where the text names no country or part of one that they may stand for.
pub(super) fn drop_directions(tokens: &Tokens, spans: &mut Vec<Span>) {
    const PARTED: &str = "korea korean nigeria ireland sudan yemen vietnam cyprus ghana mali italy england union northern \
        southern";
    let is_bare = |span: &Span| {
        span.end - span.start == 1 && matches!(tokens.form(span.start), "North" | "South")
    };
    if spans.iter().any(is_bare) {
        let is_parted = (0..tokens.list.len()).any(|i| has(PARTED, tokens.lower(i)));
        spans.retain(|span| is_parted || !is_bare(span));
    }
}
