//! What is kept or left out as a whole, whatever the judgement says of its parts: posts of social networks and tables of
//! data between the article's paragraphs, and lines that only lead to another article.

use std::ops::Range;

use super::compose::is_data_table;
use super::judge::Verdict;
use super::page::{Block, Page, Tag};
use super::words::{self, Groups};
use crate::model::article::Reason;

/// Texts before and after in which a kept one must stand for a post or table to be the article's.
const REACH: usize = 4;

/// Blocks before and after in which those texts are looked for.
const WINDOW: usize = 40;

/// A post of a social network has at most this many letters.
const MAX_POST_CHARS: u32 = 1_500;

/// A line that leads to another article has at most this many letters.
const MAX_LEAD_CHARS: u32 = 200;

/// Surroundings in which no table or post of the article stands.
const ELSEWHERE: Groups = words::RELATED
    | words::POPULAR
    | words::ADVERT
    | words::COMMENTS
    | words::NAV
    | words::FOOTER
    | words::SIDE
    | words::NEWSLETTER
    | words::HIDDEN;

/// Keeps posts and tables whole, and drops lines that only lead elsewhere.
pub(super) fn settle(verdict: &mut Verdict, page: &Page) {
    let wholes = page
        .elems
        .iter()
        .enumerate()
        .filter(|(_, e)| matches!(e.tag, Tag::Quote | Tag::Table));
    for (n, elem) in wholes {
        let texts = texts_of(page, elem.blocks.clone());
        let is_whole = match elem.tag {
            Tag::Quote => is_post(page, n, &texts),
            Tag::Table => is_article_table(page, n, &texts),
            _ => false,
        };
        if is_whole && is_between_kept(verdict, page, &elem.blocks) {
            texts.iter().for_each(|n| verdict.keep(*n));
        }
    }
    repeated_quotes(verdict, page);
    for (n, block) in verdict.kept_texts(page) {
        if leads_elsewhere(page, block) {
            verdict.drop(n, Reason::Related);
        }
    }
}

/// A page has at most this many pull quotes.
const MAX_PULL_QUOTES: usize = 30;

/// Drops pull quotes: what stands in a quote's element or a box, word for word in a paragraph too.
fn repeated_quotes(verdict: &mut Verdict, page: &Page) {
    let kept = verdict.kept_texts(page);
    let is_set_apart = |block: &Block| {
        (20..MAX_PULL_CHARS).contains(&block.chars)
            && page
                .chain(block.elem)
                .take(4)
                .any(|e| e.tag == Tag::Quote || e.groups & words::BOX != 0)
    };
    let (apart, others): (Vec<_>, Vec<_>) =
        kept.into_iter().partition(|(_, block)| is_set_apart(block));
    if apart.is_empty() {
        return;
    }
    let mut said = String::new();
    for (_, block) in others {
        said.extend(letters(&block.text));
        said.push(' ');
    }
    for (n, block) in apart.into_iter().take(MAX_PULL_QUOTES) {
        let own: String = letters(&block.text).collect();
        if said.contains(&own) {
            verdict.drop(n, Reason::Repeat);
        }
    }
}

/// A pull quote has fewer letters than this.
const MAX_PULL_CHARS: u32 = 300;

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

fn texts_of(page: &Page, range: Range<usize>) -> Vec<usize> {
    let has_text = |n: &usize| page.blocks.get(*n).is_some_and(|block| block.chars > 0);
    range.filter(has_text).collect()
}

fn chars_of(page: &Page, texts: &[usize]) -> u32 {
    texts
        .iter()
        .filter_map(|n| page.blocks.get(*n))
        .map(|block| block.chars)
        .sum()
}

/// Says whether a quote is a post of a social network, as their embed codes mark it (`blockquote.twitter-tweet`).
fn is_post(page: &Page, elem: usize, texts: &[usize]) -> bool {
    let is_marked = page
        .elems
        .get(elem)
        .is_some_and(|e| e.groups & words::SHARE != 0);
    is_marked && !texts.is_empty() && chars_of(page, texts) <= MAX_POST_CHARS
}

/// Says whether a table holds data, hardly any links, and stands in no box of another kind.
fn is_article_table(page: &Page, elem: usize, texts: &[usize]) -> bool {
    let links: u32 = texts
        .iter()
        .filter_map(|n| page.blocks.get(*n))
        .map(|block| block.link_chars)
        .sum();
    let is_elsewhere = || {
        page.chain(elem).any(|e| {
            e.groups & ELSEWHERE & !words::SIDE != 0 && e.groups & words::BODY == 0 || e.is_hidden
        })
    };
    texts.len() >= 4
        && links * 2 < chars_of(page, texts)
        && !is_elsewhere()
        && is_data_table(page, elem)
}

/// Says whether texts near before and near after a range of blocks are kept.
fn is_between_kept(verdict: &Verdict, page: &Page, range: &Range<usize>) -> bool {
    let has_text = |n: &usize| page.blocks.get(*n).is_some_and(|block| block.chars > 0);
    let is_kept = |n: usize| verdict.is_kept(n);
    let before = (range.start.saturating_sub(WINDOW)..range.start)
        .rev()
        .filter(has_text)
        .take(REACH)
        .any(is_kept);
    let after = (range.end..(range.end + WINDOW).min(page.blocks.len()))
        .filter(has_text)
        .take(REACH)
        .any(is_kept);
    before && after
}

/// Words that lead to another article, in small letters.
const LEADS: &[&str] = &[
    "read more",
    "read also",
    "also read",
    "read next",
    "read:",
    "related",
    "see also",
    "more:",
    "watch:",
    "watch more",
    "also on",
    "don't miss",
    "up next",
    "next story",
    "lesen sie auch",
    "lesen sie",
    "mehr zum thema",
    "lire aussi",
    "à lire",
    "lea también",
    "lee también",
    "te puede interesar",
    "leggi anche",
    "leia também",
    "leia mais",
    "lees ook",
    "läs också",
    "läs mer",
    "les også",
    "læs også",
    "lue myös",
    "czytaj też",
    "czytaj także",
    "czytaj więcej",
    "zobacz też",
    "zobacz także",
    "přečtěte si",
    "читайте также",
    "читать также",
    "читайте",
    "смотрите также",
    "διαβάστε",
    "δείτε",
    "ayrıca okuyun",
    "baca juga",
    "延伸阅读",
    "相关阅读",
    "相关新闻",
    "関連記事",
    "관련기사",
    "관련 기사",
    "اقرأ أيضا",
    "קראו גם",
];

/// Says whether a line does nothing but lead to another article: a lead before a link, or a link all in capitals.
fn leads_elsewhere(page: &Page, block: &Block) -> bool {
    let is_heading = || {
        page.chain(block.elem)
            .take(3)
            .any(|e| e.tag.heading_level().is_some())
    };
    if block.chars > MAX_LEAD_CHARS || block.links == 0 || block.text.contains('\n') || is_heading()
    {
        return false;
    }
    let lower = block.text.to_lowercase();
    let bare = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_led =
        || LEADS.iter().any(|lead| bare.starts_with(lead)) && block.link_chars * 2 >= block.chars;
    let is_all_link = block.link_chars * 20 >= block.chars * 19;
    let is_shouted = || {
        let mut letters = block.text.chars().filter(|c| c.is_alphabetic()).peekable();
        block.text.split_whitespace().count() >= 4
            && letters.peek().is_some()
            && letters.all(|c| c.is_uppercase() && c.is_lowercase() != c.is_uppercase())
    };
    let is_paragraph = page
        .elems
        .get(block.elem)
        .is_some_and(|e| matches!(e.tag, Tag::P | Tag::Div));
    is_led() || (is_all_link && is_paragraph && is_shouted())
}
