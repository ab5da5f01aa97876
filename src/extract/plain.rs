//! A page's text as copied from a browser → the article.
//!
//! There are no elements here, only lines: what stands above the headline and below the byline is furniture, a line said
//! twice in a row is a caption, and a short line with an e-mail address names the author.

use super::VERSION;
use super::context::Extraction;
use super::credit;
use super::metadata::{line_date, names_of};
use super::script::Script;
use super::words;
use crate::model::article::{Body, BodySource, Metadata, Reason, Removed};
use crate::model::document::{Block, Document, Figure, Text};
use crate::text::clean_line;

/// A line of this many letters is running text.
const LONG_CHARS: usize = 80;

/// Lines that begin what follows an article, in lower case.
const ENDS: &[&str] = &[
    "most popular",
    "most read",
    "most viewed",
    "latest news",
    "related articles",
    "related stories",
    "related",
    "recommended",
    "trending",
    "more from",
    "read more",
    "you may also like",
    "comments",
    "top stories",
    "editor's picks",
    "meistgelesen",
    "más leídas",
    "les plus lus",
    "популярное",
    "많이 본 뉴스",
    "관련기사",
    "热门",
    "subscribe",
    "newsletter",
    "sign up",
];

/// Extracts the article from lines of text.
pub(super) fn extract(text: &str) -> Extraction {
    let lines = lines_of(text);
    let letters = |line: &str| line.chars().filter(|c| !c.is_whitespace()).count();
    let script = Script::of_all(
        &lines
            .iter()
            .filter(|line| letters(line) >= 60)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" "),
    );
    let is_foreign = |line: &str| !Script::of(line).goes_with(script);
    let is_long = |line: &str| letters(line) >= LONG_CHARS && !is_foreign(line);
    let first_long = lines
        .iter()
        .position(|line| is_long(line) && ends_sentence(line))
        .unwrap_or(lines.len());
    let title_at = headline(&lines, first_long);
    let start = title_at.map_or(0, |at| at + 1);
    let last_long = lines
        .iter()
        .rposition(|line| is_long(line))
        .unwrap_or(start);
    let end = end_of(&lines, start, last_long);

    let mut extraction = Extraction::default();
    let mut metadata = Metadata {
        title: title_at.and_then(|at| lines.get(at).cloned()),
        ..Metadata::default()
    };
    let mut blocks: Vec<Block> = Vec::new();
    let mut removed: Vec<Removed> = Vec::new();
    let mut drop = |reason: Reason, text: &str, before: usize| {
        removed.push(Removed {
            reason,
            text: text.to_owned(),
            before,
            block: None,
        });
    };
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if Some(at - 1) == title_at {
            continue;
        }
        if at <= start || at > end {
            let is_byline =
                line.contains('@') && letters(line) < LONG_CHARS && metadata.authors.is_empty();
            if is_byline && at > start {
                metadata.authors = names_of(line);
            }
            if metadata.published.is_none() && at <= end {
                (metadata.published, extraction.day) = line_date(line);
            }
            drop(reason_of(line), line, blocks.len());
            continue;
        }
        let next_says_it = lines.get(at).is_some_and(|next| same_caption(line, next));
        if next_says_it {
            let next = lines.get(at).map_or("", String::as_str);
            let (longer, shorter) = if next.len() > line.len() {
                (next, line.as_str())
            } else {
                (line.as_str(), next)
            };
            drop(Reason::Repeat, shorter, blocks.len());
            let (caption, credit) = caption_and_credit(longer);
            blocks.push(Block::Figure(Figure {
                caption: Some(Text::plain(caption)),
                credit: credit.map(Text::plain),
                ..Figure::default()
            }));
            at += 1;
        } else if line.contains('@') && letters(line) < LONG_CHARS {
            metadata.authors.extend(names_of(line));
            drop(Reason::Author, line, blocks.len());
        } else if is_foreign(line) {
            drop(Reason::Foreign, line, blocks.len());
        } else if let Some(names) = byline(line) {
            metadata.authors.extend(names);
            drop(Reason::Author, line, blocks.len());
        } else if letters(line) < LONG_CHARS && line_date(line).0.is_some() && !ends_sentence(line)
        {
            if metadata.published.is_none() {
                (metadata.published, extraction.day) = line_date(line);
            }
            drop(Reason::Other, line, blocks.len());
        } else if is_furniture(line) {
            drop(reason_of(line), line, blocks.len());
        } else if letters(line) < 70
            && !ends_sentence(line)
            && lines.get(at).is_some_and(|next| is_long(next))
        {
            blocks.push(Block::Heading {
                level: 2,
                text: Text::plain(line.clone()),
            });
        } else {
            blocks.push(Block::Paragraph {
                text: Text::plain(line.clone()),
            });
        }
    }
    metadata.authors.dedup();
    let language = whatlang::detect(
        &lines
            .iter()
            .filter(|l| is_long(l))
            .take(20)
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
    );
    metadata.language = language
        .filter(whatlang::Info::is_reliable)
        .and_then(|info| super::metadata::two_letters(info.lang()));
    extraction.body = Body {
        source: BodySource::Page,
        document: Document {
            lang: metadata.language.clone(),
            blocks,
        },
        removed,
        confidence: if title_at.is_some() { 0.7 } else { 0.4 },
        remark: None,
        cleaner: VERSION,
    };
    extraction.metadata = metadata;
    extraction
}

/// Returns the lines that hold something; where lines are broken at a width, as in mail, those of a paragraph as one.
fn lines_of(text: &str) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(clean_line).collect();
    let is_wrapped = is_wrapped(&lines);
    let mut joined: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        match joined.last_mut() {
            Some(last) if is_wrapped && goes_on && !line.is_empty() => {
                last.push(' ');
                last.push_str(&line);
            }
            _ if !line.is_empty() => joined.push(line.clone()),
            _ => {}
        }
        goes_on = !line.is_empty();
    }
    joined
}

/// Lines are broken at no more than this width.
const MAX_WIDTH: usize = 100;

/// Says whether lines are broken where the next word would not have fitted: nearly each line within a paragraph is then
/// too long for the first word of the next.
fn is_wrapped(lines: &[String]) -> bool {
    let chars = |text: &str| text.chars().count();
    let width = lines.iter().map(|line| chars(line)).max().unwrap_or(0);
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [line, next] if !line.is_empty() && !next.is_empty() => Some((line, next)),
        _ => None,
    });
    let (mut full, mut all) = (0, 0);
    for (line, next) in pairs {
        let word = next.split(' ').next().unwrap_or_default();
        // The width that lines are broken at may be a little more than the longest of them has.
        full += usize::from(chars(line) + 1 + chars(word) + 3 > width);
        all += 1;
    }
    (40..=MAX_WIDTH).contains(&width) && all >= 3 && full * 10 >= all * 9
}

/// Returns the headline: of the lines before the text the one that reads most like one, the later the likelier.
fn headline(lines: &[String], first_long: usize) -> Option<usize> {
    let mut best: Option<(f32, usize)> = None;
    for (n, line) in lines.iter().take(first_long).enumerate() {
        let words = line
            .split_whitespace()
            .count()
            .max(line.chars().filter(|c| *c > '\u{2e80}').count() / 2);
        let is_out = words < 3
            || line.chars().count() > 220
            || line.contains('@')
            || is_furniture(line)
            || byline(line).is_some();
        let is_caption = lines
            .get(n + 1)
            .is_some_and(|next| same_caption(line, next))
            || n > 0
                && lines
                    .get(n - 1)
                    .is_some_and(|before| same_caption(before, line));
        if is_out || is_caption || line_date(line).0.is_some() {
            continue;
        }
        let score = (words.min(14) as f32)
            - if ends_sentence(line) { 6.0 } else { 0.0 }
            - if line.ends_with(')') || line.ends_with(']') {
                4.0
            } else {
                0.0
            };
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, n));
        }
    }
    best.map(|(_, n)| n)
}

/// Returns the index behind the article's last line: before a line that begins what follows it, else behind the last
/// long line (and a byline right after it).
fn end_of(lines: &[String], start: usize, last_long: usize) -> usize {
    let is_end = |line: &str| {
        let lower = line.to_lowercase();
        line.chars().count() < 60 && ENDS.iter().any(|end| lower.starts_with(end))
    };
    let long_after = |at: usize| {
        lines
            .get(at..)
            .unwrap_or_default()
            .iter()
            .filter(|line| line.chars().count() >= 2 * LONG_CHARS)
            .count()
    };
    let stop = (start..lines.len()).find(|at| {
        let line = lines.get(*at).map_or("", String::as_str);
        // A byline with an address ends the text unless much of it follows.
        (is_end(line) || (line.contains('@') && line.chars().count() < LONG_CHARS))
            && long_after(*at) * 4 <= long_after(start)
    });
    stop.unwrap_or(last_long + 1).min(lines.len())
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '»', '\'', '’', ')', ']', '」'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

fn byline(line: &str) -> Option<Vec<String>> {
    let lower = line.to_lowercase();
    let leads = [
        "by ",
        "von ",
        "por ",
        "par ",
        "written by ",
        "作者",
        "автор",
    ];
    let is_byline = line.chars().count() < 80
        && !ends_sentence(line)
        && leads.iter().any(|lead| lower.starts_with(lead));
    is_byline
        .then(|| names_of(line))
        .filter(|names| !names.is_empty())
}

fn is_furniture(line: &str) -> bool {
    const LINES: &[&str] = &[
        "back to top",
        "share",
        "advertisement",
        "print",
        "email",
        "menu",
        "search",
        "home",
        "subscribe",
        "log in",
        "sign in",
        "listen",
        "save",
        "facebook",
        "twitter",
        "copy link",
        "font size",
        "skip to content",
        "skip to main content",
        "comments",
        "follow us",
    ];
    let lower = line.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    LINES.contains(&bare)
        || (line.chars().count() < 50 && ENDS.iter().any(|end| bare.starts_with(end)))
        || (line.chars().count() < 40
            && !ends_sentence(line)
            && words::of_text(line).0 & (words::SHARE | words::NEWSLETTER | words::ADVERT) != 0)
}

/// Says whether two lines are one caption, the agency in brackets aside.
fn same_caption(one: &str, other: &str) -> bool {
    let bare = |line: &str| words::hash_of_letters(&caption_and_credit(line).0);
    one.chars().count() > 15 && bare(one) == bare(other)
}

/// Parts a caption that is printed twice from its credit; here whatever stands in brackets at its end is one.
fn caption_and_credit(line: &str) -> (String, Option<String>) {
    let parted = credit::part_line(line);
    if parted.1.is_some() {
        return parted;
    }
    if let Some((head, tail)) = credit::bracketed(line)
        && head.chars().count() > 10
        && line
            .get(head.len()..)
            .is_some_and(|it| it.chars().count() <= 60)
    {
        return (head.trim().to_owned(), Some(tail.to_owned()));
    }
    (line.to_owned(), None)
}

fn reason_of(line: &str) -> Reason {
    let lower = line.to_lowercase();
    let (groups, _) = words::of_text(line);
    let of = |group: u32| groups & group != 0;
    if lower.starts_with("most ") || lower.starts_with("latest") || of(words::POPULAR) {
        Reason::Popular
    } else if of(words::NEWSLETTER) {
        Reason::Newsletter
    } else if of(words::SHARE) {
        Reason::Share
    } else if of(words::ADVERT) {
        Reason::Advert
    } else if of(words::RELATED) {
        Reason::Related
    } else if line.contains('@') {
        Reason::Author
    } else if of(words::NAV) {
        Reason::Navigation
    } else {
        Reason::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_gives_a_document() {
        for text in [
            "",
            "\n\n",
            "one",
            "@",
            "((((",
            "）",
            &"x".repeat(100_000),
            &"a\n".repeat(10_000),
        ] {
            extract(text);
        }
    }
}
