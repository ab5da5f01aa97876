//! The second judgement's numbers: what the first said of a text and of those around it.

use std::collections::HashMap;
use std::ops::Range;

use super::first::First;
use super::{WIDTH, WIDTH_2, bit, fork, holder};
use crate::extract::layout::Layout;
use crate::extract::page::Page;

/// The second judgement's view of a page.
pub(in crate::extract) struct Second<'a> {
    page: &'a Page,
    layout: &'a Layout,
    first: &'a First<'a>,
    /// The first judgement's probability of each text.
    p: &'a [f32],
    /// Running sums over the page's blocks: letters weighed by their probability.
    kept: Vec<f32>,
    /// Running sums over the page's blocks: letters.
    all: Vec<f32>,
    /// All letters, weighed.
    total_kept: f32,
    /// The element that gains most from being kept as a whole, and its blocks.
    best: usize,
    best_blocks: Range<usize>,
    /// For each make of element: letters, weighed and all.
    by_signature: HashMap<u32, (f32, f32)>,
    before: Vec<Nearest>,
    after: Vec<Nearest>,
}

/// What lies on one side of a text.
#[derive(Clone, Copy)]
struct Nearest {
    /// Texts between it and one that surely belongs; 99 at most.
    gap: f32,
    /// The highest probability of a text of some length.
    max: f32,
}

/// A text of more letters than this tells something of its surroundings.
const TELLING_CHARS: f32 = 30.0;

impl<'a> Second<'a> {
    /// Looks at a page as a whole; `p` has the first judgement's probability of each text.
    pub(in crate::extract) fn new(
        page: &'a Page,
        layout: &'a Layout,
        first: &'a First<'a>,
        p: &'a [f32],
    ) -> Self {
        let count = page.blocks.len() + 1;
        let (mut kept, mut all) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut gain = Vec::with_capacity(count);
        let mut sums = (0.0, 0.0, 0.0);
        let mut texts = first.blocks.iter().zip(p).peekable();
        for n in 0..count {
            kept.push(sums.0);
            all.push(sums.1);
            gain.push(sums.2);
            if let Some((_, p)) = texts.next_if(|(index, _)| **index == n) {
                let chars = page.blocks.get(n).map_or(0.0, |block| block.chars as f32);
                sums.0 += chars * p;
                sums.1 += chars;
                sums.2 += chars * (p - 0.5);
            }
        }
        let (mut best, mut best_gain) = (0, f32::MIN);
        for (n, elem) in page.elems.iter().enumerate() {
            let own = over(&gain, &elem.blocks);
            if own >= best_gain {
                (best, best_gain) = (n, own);
            }
        }
        let mut second = Self {
            total_kept: kept.last().copied().unwrap_or(0.0).max(1.0),
            best_blocks: page.elems.get(best).map_or(0..0, |e| e.blocks.clone()),
            best,
            kept,
            all,
            by_signature: HashMap::new(),
            before: Vec::new(),
            after: Vec::new(),
            page,
            layout,
            first,
            p,
        };
        for (n, signature) in first.signatures.iter().enumerate() {
            let (chars, p) = (second.chars(n), second.p(n));
            let slot = second.by_signature.entry(*signature).or_default();
            slot.0 += chars * p;
            slot.1 += chars;
        }
        second.before = second.nearest(0..p.len());
        second.after = second.nearest((0..p.len()).rev());
        second.after.reverse();
        second
    }

    /// Computes the rows of some texts, [`WIDTH_2`] numbers each, from those of the first judgement.
    pub(in crate::extract) fn rows(&self, first: &[f32], texts: Range<usize>) -> Vec<f32> {
        let mut rows = Vec::with_capacity(texts.len() * WIDTH_2);
        for (n, row) in texts.zip(first.chunks(WIDTH)) {
            rows.extend_from_slice(row);
            self.more(n, &mut rows);
        }
        rows
    }

    fn chars(&self, at: usize) -> f32 {
        let block = self
            .first
            .blocks
            .get(at)
            .and_then(|n| self.page.blocks.get(*n));
        block.map_or(0.0, |block| block.chars as f32)
    }

    fn p(&self, at: usize) -> f32 {
        self.p.get(at).copied().unwrap_or(0.0)
    }

    /// Says for each text what was passed on the way to it.
    fn nearest(&self, texts: impl Iterator<Item = usize>) -> Vec<Nearest> {
        let mut here = Nearest {
            gap: 99.0,
            max: 0.0,
        };
        texts
            .map(|n| {
                let before = here;
                let (p, is_telling) = (self.p(n), self.chars(n) > TELLING_CHARS);
                here.gap = if p > 0.8 && is_telling {
                    0.0
                } else {
                    (here.gap + 1.0).min(99.0)
                };
                here.max = if is_telling {
                    here.max.max(p)
                } else {
                    here.max
                };
                before
            })
            .collect()
    }

    /// Returns the share of an element's letters that are kept.
    fn mean_of(&self, elem: usize) -> f32 {
        let range = self
            .page
            .elems
            .get(elem)
            .map_or(0..self.page.blocks.len(), |e| e.blocks.clone());
        over(&self.kept, &range) / over(&self.all, &range).max(1.0)
    }

    fn more(&self, n: usize, out: &mut Vec<f32>) {
        let page = self.page;
        let count = self.p.len();
        let index = self.first.blocks.get(n).copied().unwrap_or(0);
        let elem = page.blocks.get(index).map_or(0, |b| b.elem);
        let parent = page.elems.get(elem).map_or(0, |e| e.parent);
        let upper = page.elems.get(parent).map_or(0, |e| e.parent);
        let near = |offset: isize| n.checked_add_signed(offset).map_or(0.0, |n| self.p(n));
        let signature = self
            .first
            .signatures
            .get(n)
            .and_then(|s| self.by_signature.get(s))
            .copied()
            .unwrap_or_default();
        let around = n.saturating_sub(5)..(n + 6).min(count);
        let window: f32 = around
            .clone()
            .map(|m| self.p(m) * self.chars(m))
            .sum::<f32>()
            / around.map(|m| self.chars(m)).sum::<f32>().max(1.0);
        let (best_fork, best_steps) = fork(page, self.best, elem);
        let ahead: f32 = (n + 1..(n + 4).min(count))
            .map(|m| self.p(m))
            .fold(0.0, f32::max);
        let far = Nearest {
            gap: 99.0,
            max: 0.0,
        };
        let before = self.before.get(n).copied().unwrap_or(far);
        let after = self.after.get(n).copied().unwrap_or(far);
        out.extend([
            self.p(n),
            near(-1),
            near(-2),
            near(-3),
            near(1),
            near(2),
            near(3),
            self.mean_of(parent),
            self.mean_of(upper),
            self.mean_of(holder(page, self.layout, elem)),
            signature.0 / signature.1.max(1.0),
            window,
            over(&self.kept, &(0..index)) / self.total_kept,
            over(&self.kept, &(index + 1..page.blocks.len())) / self.total_kept,
            before.gap,
            after.gap,
            bit(self.best_blocks.contains(&index)),
            best_fork,
            over(&self.kept, &self.best_blocks) / self.total_kept,
            ahead,
            before.max,
            after.max,
            self.mean_of(elem),
            best_steps,
        ]);
    }
}

/// Returns the sum over a range, given running sums.
fn over(sums: &[f32], range: &Range<usize>) -> f32 {
    let at = |n: usize| sums.get(n).copied().unwrap_or(0.0);
    at(range.end) - at(range.start)
}
