//! The standfirst: the sentence or two under the headline that sum the article up.
//!
//! It is no part of the running text, and judging blocks as text or furniture drops it more often than not. Readers
//! miss it, so that it is looked for once the text is known.

use super::compose::Fate;
use super::features::{BAD, Evidence};
use super::judge::Verdict;
use super::page::{Block, Kind, Page, Tag};
use super::shingle::{overlap, sorted, word_hashes};
use super::words::{self, Groups};
use crate::model::article::Reason;

/// Blocks with text after the headline that are looked at.
const WINDOW: usize = 6;

/// Visible characters of a standfirst.
const CHARS: std::ops::RangeInclusive<u32> = 25..=450;

/// Words of a standfirst at least.
const MIN_WORDS: u32 = 5;

/// Kept blocks that are asked whether they say the same.
const REPEATS: usize = 3;

/// A text of which this share of words stands in another says the same.
const SAME: f32 = 0.8;

/// What stands near the headline and sums nothing up.
const OTHERS: Groups = BAD | words::AUTHOR | words::DATE | words::CAPTION | words::HIDDEN;

/// Returns the dropped block that is the article's standfirst.
pub(super) fn find(page: &Page, verdict: &Verdict, evidence: &Evidence) -> Option<usize> {
    let headline = evidence.headline?;
    let is_kept = |n: usize| verdict.fates.get(n) == Some(&Fate::Keep);
    let texts = page
        .blocks
        .iter()
        .enumerate()
        .skip(headline + 1)
        .filter(|(_, block)| block.chars > 0);
    let kept: Vec<Vec<u64>> = texts
        .clone()
        .filter(|(n, _)| is_kept(*n))
        .take(REPEATS)
        .map(|(_, block)| sorted(word_hashes(&block.text)))
        .collect();
    let title = sorted(word_hashes(&evidence.title));
    let summary = sorted(word_hashes(&evidence.summary));
    texts
        .take(WINDOW)
        .take_while(|(n, _)| !is_kept(*n))
        .find(|(n, block)| {
            let is_free = verdict.fates.get(*n) == Some(&Fate::Drop)
                && matches!(
                    verdict.reasons.get(*n),
                    Some(Reason::Other | Reason::Repeat | Reason::Related)
                );
            if !is_free || !is_sentence(block) {
                return false;
            }
            let own = word_hashes(&block.text);
            let says = |other: &Vec<u64>| overlap(&own, other) >= SAME;
            let is_summary = says(&summary);
            !says(&title)
                && !kept.iter().any(says)
                && (is_summary || block.measured.says & OTHERS == 0)
                && stands_alone(page, block)
                && (is_summary || is_marked(page, block))
        })
        .map(|(n, _)| n)
}

fn is_sentence(block: &Block) -> bool {
    block.kind == Kind::Text
        && CHARS.contains(&block.chars)
        && block.measured.words >= MIN_WORDS
        && block.link_chars * 3 < block.chars
}

/// Says whether nothing around a text claims it for something else: a list, a picture, a box.
fn stands_alone(page: &Page, block: &Block) -> bool {
    let is_other = |tag: Tag| {
        matches!(
            tag,
            Tag::Nav
                | Tag::Footer
                | Tag::Aside
                | Tag::Form
                | Tag::Figure
                | Tag::Figcaption
                | Tag::Li
                | Tag::Quote
                | Tag::Table
        )
    };
    let own = page.chain(block.elem).next();
    let claimed = own.map_or(0, |e| e.groups) | block.inline;
    claimed & OTHERS == 0
        && !page
            .chain(block.elem)
            .any(|e| e.is_hidden || is_other(e.tag))
}

/// Says whether the page marks a text as one that sums up: by a class name, or as a sub-heading.
fn is_marked(page: &Page, block: &Block) -> bool {
    let mut chain = page.chain(block.elem).take(2);
    let own = chain.next();
    own.is_some_and(|e| e.groups & words::LEDE != 0 || e.tag.heading_level().is_some())
        || block.inline & words::LEDE != 0
        || chain.any(|e| e.groups & words::LEDE != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The council of the river town voted on Friday to build a new gauge in spring, after the old one \
        had failed twice in one year.";

    fn found(line: &str, summary: &str) -> Option<String> {
        let html = format!(
            "<header><h1>Town builds new gauge</h1>{line}</header><main><p>{TEXT}</p></main>"
        );
        let page = Page::parse(&html, None);
        let at = |text: &str| page.blocks.iter().position(|block| block.text == text);
        let evidence = Evidence {
            title: "Town builds new gauge".to_owned(),
            headline: at("Town builds new gauge"),
            summary: summary.to_owned(),
            ..Evidence::default()
        };
        let mut verdict = Verdict {
            fates: vec![Fate::Drop; page.blocks.len()],
            reasons: vec![Reason::Other; page.blocks.len()],
            confidence: 1.0,
        };
        verdict.keep(page.blocks.len() - 1);
        find(&page, &verdict, &evidence).map(|n| page.blocks[n].text.clone())
    }

    const LINE: &str = "After two failures in a year, farmers get what they asked for";

    #[test]
    fn a_line_that_is_marked_or_given_as_the_summary_is_one() {
        for line in [
            format!("<h2>{LINE}</h2>"),
            format!("<p class=article__dek>{LINE}</p>"),
            format!("<div class=lead><p>{LINE}</p></div>"),
            format!("<p>3 November</p><p class=lead>{LINE}</p>"),
        ] {
            assert_eq!(found(&line, "").as_deref(), Some(LINE), "{line}");
        }
        let bare = format!("<p>{LINE}</p>");
        assert_eq!(found(&bare, ""), None);
        let summary = format!("{LINE}.");
        assert_eq!(found(&bare, &summary).as_deref(), Some(LINE));
    }

    #[test]
    fn captions_dates_boxes_and_repeats_are_none() {
        for line in [
            format!("<figure><figcaption class=lead>{LINE}</figcaption></figure>"),
            format!("<p class='lead caption'>{LINE}</p>"),
            format!("<aside><h2>{LINE}</h2></aside>"),
            format!("<ul><li class=lead>{LINE}</li></ul>"),
            format!("<h2 class=lead><a href=/2>{LINE}</a></h2>"),
            format!("<p class=lead>{TEXT}</p>"),
            "<h2>The town builds a new gauge</h2>".to_owned(),
            "<p class=lead>Updated on Friday at a quarter past nine</p>".to_owned(),
            "<h2>Sign up for our newsletter and read it first</h2>".to_owned(),
        ] {
            assert_eq!(found(&line, ""), None, "{line}");
        }
    }
}
