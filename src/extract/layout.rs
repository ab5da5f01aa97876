//! Where a page's text lies: sums over any element in constant time, and the element that most likely holds the body.

use std::ops::Range;

use super::page::{Kind, Page, Tag};
use super::words;

/// Sums over the blocks of a page.
pub(super) struct Layout {
    chars: Vec<u32>,
    link_chars: Vec<u32>,
    paragraph_chars: Vec<u32>,
    texts: Vec<u32>,
    /// The element with the best score as holder of the body.
    pub(super) root: usize,
    /// The element marked as body by microdata or its class, with the most paragraph text; 0 where none is.
    pub(super) marked: usize,
    /// The `<article>` (else `<main>`) with the most paragraph text; 0 where none is.
    pub(super) article: usize,
}

/// What a range of blocks holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    pub(super) chars: u32,
    pub(super) link_chars: u32,
    pub(super) paragraph_chars: u32,
    pub(super) texts: u32,
}

impl Layout {
    pub(super) fn new(page: &Page) -> Self {
        let count = page.blocks.len() + 1;
        let mut layout = Self {
            chars: Vec::with_capacity(count),
            link_chars: Vec::with_capacity(count),
            paragraph_chars: Vec::with_capacity(count),
            texts: Vec::with_capacity(count),
            root: 0,
            marked: 0,
            article: 0,
        };
        let mut sum = Sum::default();
        layout.push(sum);
        for (n, block) in page.blocks.iter().enumerate() {
            sum.chars = sum.chars.saturating_add(block.chars);
            sum.link_chars = sum.link_chars.saturating_add(block.link_chars);
            if is_paragraph(page, n) {
                sum.paragraph_chars = sum.paragraph_chars.saturating_add(block.chars);
            }
            sum.texts += u32::from(block.chars > 0);
            layout.push(sum);
        }
        layout.root = root_of(page, &layout);
        layout.marked = layout.fullest(page, |n| {
            page.elems
                .get(n)
                .is_some_and(|e| e.is_article_body || e.groups & words::BODY != 0)
        });
        layout.article = layout.fullest(page, |n| {
            page.elems.get(n).is_some_and(|e| e.tag == Tag::Article)
        });
        if layout.article == 0 {
            layout.article = layout.fullest(page, |n| {
                page.elems.get(n).is_some_and(|e| e.tag == Tag::Main)
            });
        }
        layout
    }

    fn push(&mut self, sum: Sum) {
        self.chars.push(sum.chars);
        self.link_chars.push(sum.link_chars);
        self.paragraph_chars.push(sum.paragraph_chars);
        self.texts.push(sum.texts);
    }

    /// Returns the sums over a range of blocks.
    pub(super) fn sum(&self, range: &Range<usize>) -> Sum {
        let over = |sums: &[u32]| {
            let at = |n: usize| sums.get(n).or(sums.last()).copied().unwrap_or(0);
            at(range.end).saturating_sub(at(range.start))
        };
        Sum {
            chars: over(&self.chars),
            link_chars: over(&self.link_chars),
            paragraph_chars: over(&self.paragraph_chars),
            texts: over(&self.texts),
        }
    }

    /// Returns the innermost element that passes and has nearly the most paragraph text of those that do.
    fn fullest(&self, page: &Page, passes: impl Fn(usize) -> bool) -> usize {
        let mut best = (0, 0);
        for n in 1..page.elems.len() {
            let Some(elem) = page.elems.get(n).filter(|_| passes(n)) else {
                continue;
            };
            let own = self.sum(&elem.blocks).paragraph_chars;
            if own > 0 && own + own / 20 >= best.1 {
                best = (n, own.max(best.1));
            }
        }
        best.0
    }
}

/// Says whether a block reads like a paragraph of running text.
pub(super) fn is_paragraph(page: &Page, n: usize) -> bool {
    let Some(block) = page.blocks.get(n) else {
        return false;
    };
    let Some(elem) = page.elems.get(block.elem) else {
        return false;
    };
    block.kind == Kind::Text
        && block.chars >= 40
        && block.link_chars * 2 < block.chars
        && elem.tag.heading_level().is_none()
        && !matches!(elem.tag, Tag::Button | Tag::Figcaption)
        && !elem.is_hidden
}

/// Scores elements by the paragraphs near under them (after Readability: a paragraph counts for its parent, half for
/// the next, a third for the one above that), less their links.
fn root_of(page: &Page, layout: &Layout) -> usize {
    let mut scores = vec![0_f32; page.elems.len()];
    for (n, block) in page.blocks.iter().enumerate() {
        if !is_paragraph(page, n) {
            continue;
        }
        let commas = block
            .text
            .chars()
            .filter(|c| matches!(c, ',' | '，' | '、' | '،'))
            .count();
        let score = 1.0 + (commas as f32).min(8.0) + (block.chars as f32 / 100.0).min(4.0);
        let own = page.elems.get(block.elem).map(|e| e.tag);
        let skip = usize::from(matches!(
            own,
            Some(Tag::P | Tag::Li | Tag::Quote | Tag::Pre | Tag::Dd)
        ));
        for (step, ancestor) in page
            .chain_indexes(block.elem)
            .skip(skip)
            .take(4)
            .enumerate()
        {
            if let Some(slot) = scores.get_mut(ancestor) {
                *slot += score / (step as f32 + 1.0);
            }
        }
    }
    let mut best = (0, 0.0);
    for (n, elem) in page.elems.iter().enumerate().skip(1) {
        let Some(score) = scores.get(n).filter(|score| **score > 0.0) else {
            continue;
        };
        let sum = layout.sum(&elem.blocks);
        let density = sum.link_chars as f32 / sum.chars.max(1) as f32;
        let mut weight = 1.0 - density;
        if elem.groups & words::BODY != 0 || elem.is_article_body {
            weight *= 1.4;
        }
        let bad = words::COMMENTS
            | words::FOOTER
            | words::SIDE
            | words::RELATED
            | words::CONSENT
            | words::HIDDEN;
        if page
            .chain(n)
            .any(|e| e.groups & bad != 0 && e.groups & words::BODY == 0)
        {
            weight *= 0.5;
        }
        if matches!(elem.tag, Tag::Nav | Tag::Footer | Tag::Aside | Tag::Form) {
            weight *= 0.3;
        }
        let score = score * weight;
        if score > best.1 {
            best = (n, score);
        }
    }
    best.0
}
