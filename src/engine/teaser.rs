//! Whether a feed carries its articles whole, or only their beginnings.

use crate::model::feed::FullText;
use crate::text::words;

/// What one entry of a feed carries, measured on its cleaned text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// It has a page.
    pub(super) has_page: bool,
    /// The text comes from the element for the whole text (`content:encoded`, Atom `content`, `content_html`).
    pub(super) in_content: bool,
    /// Words of the text.
    pub(super) words: usize,
    /// Paragraphs and other blocks of the text.
    pub(super) blocks: usize,
    /// The text ends as if it were cut.
    pub(super) is_cut: bool,
}

/// A text of so many words is an article whatever the feed is like. The longest summaries of news feeds run to about
/// 120 words.
const LONG: usize = 350;
/// In a feed of whole articles the middle one has at least so many words.
const MIDDLE: usize = 120;

/// What is made of one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The feed's text is the whole text.
    pub(super) is_whole: bool,
    /// The page shall be fetched.
    pub(super) wants_page: bool,
}

/// Says of each entry whether it is whole, and whether its page shall be fetched.
///
/// A feed is judged as a whole, because a full-text feed has short items (a note, a link) whose page adds nothing, and a
/// feed of beginnings has long ones: it carries whole articles when most of its texts stand in the element for that,
/// few are cut, and the middle one is longer than a summary or has several paragraphs.
pub(super) fn judge(entries: &[Carried], asked: FullText) -> Vec<Verdict> {
    let whole = carries_whole(entries);
    entries
        .iter()
        .map(|entry| {
            let is_whole = is_whole(entry) || whole && entry.words > 0 && !entry.is_cut;
            let wants_page = match asked {
                FullText::Never => false,
                FullText::Always => entry.has_page,
                FullText::Auto => entry.has_page && !is_whole,
            };
            Verdict {
                is_whole,
                wants_page,
            }
        })
        .collect()
}

fn is_whole(entry: &Carried) -> bool {
    entry.words >= LONG && entry.blocks >= 3 && !entry.is_cut
}

fn carries_whole(entries: &[Carried]) -> bool {
    let mut lengths: Vec<(usize, usize)> = entries
        .iter()
        .filter(|e| e.in_content)
        .map(|e| (e.words, e.blocks))
        .collect();
    if lengths.is_empty() || lengths.len() * 2 < entries.len() {
        return false;
    }
    let cut = entries.iter().filter(|e| e.is_cut).count();
    lengths.sort_unstable();
    let (words, blocks) = lengths[lengths.len() / 2];
    cut * 5 <= entries.len() && words >= MIDDLE && blocks >= 2
}

/// Says whether a text ends as if it were cut: with an ellipsis, or with words that lead to the rest.
pub(super) fn ends_cut(text: &str) -> bool {
    const LEADS: &[&str] = &[
        "read more",
        "continue reading",
        "read the rest",
        "read on",
        "full story",
        "full article",
        "more »",
        "keep reading",
        "weiterlesen",
        "lire la suite",
        "leer más",
        "続きを読む",
        "더 보기",
        "더보기",
    ];
    let end = text.trim_end();
    let trimmed = end.trim_end_matches([']', ')', '»', '→', '>', ' ', '.', '…', ':']);
    let tail = end.get(trimmed.len()..).unwrap_or_default();
    if tail.contains('…') || tail.contains("...") {
        return true;
    }
    let last = trimmed
        .char_indices()
        .rev()
        .nth(60)
        .map_or(trimmed, |(at, _)| &trimmed[at..])
        .to_lowercase();
    let line = last.rsplit('\n').next().unwrap_or_default();
    LEADS
        .iter()
        .any(|lead| line.trim_end().ends_with(lead) || line.trim_start().starts_with(lead))
}

/// Says whether a page's text serves the reader better than the feed's. The page wins unless it gives clearly less: a
/// consent wall, a login, an empty shell of scripts.
pub(super) fn page_is_better(feed_text: &str, page_text: &str) -> bool {
    let page = words::count(page_text);
    let feed = words::count(feed_text);
    page > 0 && (page * 10 >= feed * 7 || ends_cut(feed_text) && page * 2 > feed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(in_content: bool, words: usize, blocks: usize, is_cut: bool) -> Carried {
        Carried {
            has_page: true,
            in_content,
            words,
            blocks,
            is_cut,
        }
    }

    fn wanted(entries: &[Carried], asked: FullText) -> Vec<bool> {
        let verdicts = judge(entries, asked);
        verdicts.iter().map(|verdict| verdict.wants_page).collect()
    }

    fn check(entries: &[Carried], expect: &[bool]) {
        assert_eq!(wanted(entries, FullText::Auto), expect, "{entries:?}");
    }

    #[test]
    fn a_feed_of_summaries_wants_its_pages() {
        check(
            &[entry(false, 40, 1, false), entry(false, 90, 1, false)],
            &[true, true],
        );
        check(
            &[entry(true, 30, 1, false), entry(true, 45, 1, true)],
            &[true, true],
        );
        check(&[entry(false, 0, 0, false)], &[true]);
    }

    #[test]
    fn a_feed_of_whole_articles_wants_none_not_even_for_its_notes() {
        check(
            &[
                entry(true, 800, 12, false),
                entry(true, 500, 8, false),
                entry(true, 12, 1, false),
            ],
            &[false, false, false],
        );
        check(
            &[
                entry(true, 800, 12, false),
                entry(true, 500, 8, false),
                entry(true, 0, 0, false),
            ],
            &[false, false, true],
        );
    }

    #[test]
    fn a_long_text_is_whole_wherever_it_stands() {
        check(
            &[entry(false, 900, 9, false), entry(false, 40, 1, false)],
            &[false, true],
        );
        check(&[entry(false, 900, 9, true)], &[true]);
    }

    #[test]
    fn what_the_user_asks_for_wins() {
        let entries = [entry(true, 800, 12, false), Carried::default()];
        assert_eq!(wanted(&entries, FullText::Always), [true, false]);
        assert_eq!(wanted(&entries, FullText::Never), [false, false]);
    }

    #[test]
    fn cut_texts_are_known_by_their_end() {
        for text in [
            "The minister said that […]",
            "The minister said that the...",
            "The minister [...]",
            "The talks. Read more »",
            "The talks.\nContinue reading The talks",
            "The talks. Weiterlesen →",
            "The talks …",
        ] {
            assert!(ends_cut(text), "{text}");
        }
        for text in [
            "The talks ended on Friday.",
            "",
            "He said: \"I read more.\" Then he left.",
            "Wait... then go.",
        ] {
            assert!(!ends_cut(text), "{text}");
        }
    }

    #[test]
    fn the_page_wins_unless_it_gives_clearly_less() {
        let words = |n: usize| "word ".repeat(n);
        assert!(page_is_better(&words(40), &words(600)));
        assert!(page_is_better(&words(600), &words(500)));
        assert!(!page_is_better(&words(600), &words(40)));
        assert!(!page_is_better("", ""));
        assert!(page_is_better(&format!("{}…", words(50)), &words(30)));
    }
}
