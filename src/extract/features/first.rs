//! The first judgement's numbers: a text, its element, and its place on the page.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::sections::{Section, gaps, sections, title_at};
use super::{BAD, Evidence, WIDTH, bit, fork, holder};
use crate::extract::layout::{self, Layout, Sum};
use crate::extract::model::Model;
use crate::extract::page::{Block, Page, Tag};
use crate::extract::script::Script;
use crate::extract::shingle::{
    MAX_OVERLAP_WORDS, first_word_hashes, overlap, shingles, sorted, word_hashes,
};
use crate::extract::words::{self, Groups};

/// Words of a text that are looked up in the model's table.
pub(in crate::extract) const MAX_SCORED_WORDS: usize = 12;

/// What an element's ancestors say, for all blocks in it.
#[derive(Clone, Copy, Default)]
struct Chain {
    near: Groups,
    far: Groups,
    tags: u64,
    near_scores: (f32, f32, f32),
    far_scores: (f32, f32, f32),
    is_hidden: bool,
    /// Nearest ancestor (or self) with at least three texts.
    holder: usize,
}

/// How blocks of one make (element kind, its classes, its parent's classes) look.
#[derive(Clone, Copy, Default)]
struct Signature {
    count: f32,
    chars: f32,
    paragraphs: f32,
}

/// The first judgement's view of a page.
pub(in crate::extract) struct First<'a> {
    page: &'a Page,
    layout: &'a Layout,
    evidence: &'a Evidence,
    model: &'a Model,
    /// Indexes of the blocks that have text.
    pub(in crate::extract) blocks: Vec<usize>,
    chains: Vec<Option<Chain>>,
    /// For each text: the make of its element.
    pub(super) signatures: Vec<u32>,
    by_signature: HashMap<u32, Signature>,
    copies: HashMap<u64, u32>,
    hashes: Vec<u64>,
    title: Vec<u64>,
    title_hash: u64,
    title_at: Option<usize>,
    summary: Vec<u64>,
    witness: Vec<u64>,
    paragraphs: Vec<bool>,
    /// For each text: what the heading before it says.
    sections: Vec<Section>,
    /// For each text: texts since the last paragraph, and until the next.
    gaps: Vec<(u32, u32)>,
    total: Sum,
    script: Script,
}

impl<'a> First<'a> {
    /// Looks at a page as a whole.
    pub(in crate::extract) fn new(
        page: &'a Page,
        layout: &'a Layout,
        evidence: &'a Evidence,
        model: &'a Model,
    ) -> Self {
        let blocks: Vec<usize> = (0..page.blocks.len())
            .filter(|n| page.blocks.get(*n).is_some_and(|block| block.chars > 0))
            .collect();
        let token_scores: Vec<f32> = page
            .tokens
            .iter()
            .map(|token| model.name_score(*token))
            .collect();
        let mut chains: Vec<Option<Chain>> = vec![None; page.elems.len()];
        let mut signatures = Vec::with_capacity(blocks.len());
        let mut by_signature: HashMap<u32, Signature> = HashMap::new();
        let mut copies: HashMap<u64, u32> = HashMap::new();
        let mut hashes = Vec::with_capacity(blocks.len());
        let mut paragraphs = Vec::with_capacity(blocks.len());
        let mut scripts = [0_u32; 8];
        for n in &blocks {
            let Some(block) = page.blocks.get(*n) else {
                continue;
            };
            let known = chains.get(block.elem).is_some_and(Option::is_some);
            if !known && let Some(slot) = chains.get_mut(block.elem) {
                *slot = Some(chain(page, layout, &token_scores, block.elem));
            }
            let hash = block.measured.hash;
            *copies.entry(hash).or_default() += 1;
            hashes.push(hash);
            let is_paragraph = layout::is_paragraph(page, *n);
            paragraphs.push(is_paragraph);
            let signature = signature(page, block.elem);
            signatures.push(signature);
            let kind = by_signature.entry(signature).or_default();
            kind.count += 1.0;
            kind.chars += block.chars as f32;
            kind.paragraphs += f32::from(u8::from(is_paragraph));
            if is_paragraph && let Some(slot) = scripts.get_mut(block.measured.script as usize) {
                *slot += block.chars;
            }
        }
        let script = most_of(&scripts);
        let title_hash = words::hash_of_letters(&evidence.title);
        let title_at = title_at(page, &blocks, &hashes, title_hash);
        let all = 0..page.blocks.len();
        Self {
            total: layout.sum(&all),
            gaps: gaps(&paragraphs),
            sections: sections(page, &blocks, model),
            title: sorted(word_hashes(&evidence.title)),
            summary: sorted(word_hashes(&evidence.summary)),
            witness: shingles(&evidence.witness),
            page,
            layout,
            evidence,
            model,
            blocks,
            chains,
            signatures,
            by_signature,
            copies,
            hashes,
            title_hash,
            title_at,
            paragraphs,
            script,
        }
    }

    /// Computes the rows of some texts, [`WIDTH`] numbers each.
    pub(in crate::extract) fn rows(&self, texts: Range<usize>) -> Vec<f32> {
        let mut rows = Vec::with_capacity(texts.len() * WIDTH);
        for (n, at) in texts.enumerate() {
            self.row(at, &mut rows);
            debug_assert_eq!(rows.len(), (n + 1) * WIDTH, "a row has all its numbers");
        }
        rows
    }

    fn row(&self, at: usize, out: &mut Vec<f32>) {
        let index = self.blocks.get(at).copied().unwrap_or(0);
        let start = out.len();
        if let (Some(block), Some(elem)) = (
            self.page.blocks.get(index),
            self.page
                .blocks
                .get(index)
                .and_then(|b| self.page.elems.get(b.elem)),
        ) {
            Self::text_part(block, elem.tag, out);
            self.element_part(block.elem, block.inline, out);
            self.place_part(at, index, block.elem, out);
        }
        out.resize(start + WIDTH, 0.0);
    }

    fn text_part(block: &Block, tag: Tag, out: &mut Vec<f32>) {
        let measured = &block.measured;
        let says = |group: Groups| bit(measured.says & group != 0);
        let (words, letters) = (measured.words as f32, measured.letters as f32);
        let phrases = measured.phrases as f32;
        let chars = block.chars as f32;
        out.extend([
            ln_1p(chars),
            ln_1p(words),
            block.link_chars as f32 / chars.max(1.0),
            (block.links as f32).min(20.0),
            block.bold_chars as f32 / chars.max(1.0),
            bit(measured.ends_sentence),
            (measured.sentences as f32).min(30.0),
            measured.commas as f32 / words.max(1.0),
            bit(measured.starts_upper),
            measured.uppers as f32 / letters.max(1.0),
            measured.digits as f32 / chars.max(1.0),
            letters / words.max(1.0),
            bit(tag == Tag::P),
            f32::from(tag.heading_level().unwrap_or(0)),
            bit(matches!(tag, Tag::Li | Tag::Dd | Tag::Dt)),
            bit(matches!(tag, Tag::Td | Tag::Th)),
            bit(matches!(
                tag,
                Tag::Div | Tag::Section | Tag::Article | Tag::Main | Tag::Root
            )),
            bit(tag == Tag::Quote),
            bit(tag == Tag::Pre),
            bit(tag == Tag::Figcaption),
            bit(tag == Tag::Button),
            phrases.min(20.0),
            phrases / words.max(1.0),
            says(words::SHARE),
            says(words::NEWSLETTER),
            says(words::PAYWALL),
            says(words::RELATED),
            says(words::POPULAR),
            says(words::ADVERT),
            says(words::COMMENTS),
            says(words::CONSENT),
            says(words::FOOTER),
            says(words::AUTHOR),
            says(words::CAPTION),
            says(words::MEDIA),
            says(words::DATE),
            says(words::TAGS),
            says(words::NAV),
        ]);
    }

    fn element_part(&self, elem: usize, inline: Groups, out: &mut Vec<f32>) {
        let chain = self.chains.get(elem).copied().flatten().unwrap_or_default();
        let sum = |n: usize| {
            self.page
                .elems
                .get(n)
                .map_or(self.total, |e| self.layout.sum(&e.blocks))
        };
        let parent = self.page.elems.get(elem).map_or(0, |e| e.parent);
        let upper = self.page.elems.get(parent).map_or(0, |e| e.parent);
        let (parent_sum, upper_sum, holder_sum) = (sum(parent), sum(upper), sum(chain.holder));
        let has = |tag: Tag| bit(chain.tags & (1 << tag as u64) != 0);
        out.extend([
            bit(inline & (words::AUTHOR | words::DATE) != 0),
            bit(inline & words::CAPTION != 0),
            bit(inline & (BAD | words::HIDDEN) != 0),
            self.page.elems.get(elem).map_or(0.0, |e| e.depth as f32),
            has(Tag::Nav),
            has(Tag::Footer),
            has(Tag::Aside),
            has(Tag::Header),
            has(Tag::Form),
            has(Tag::Article),
            has(Tag::Main),
            has(Tag::Figure),
            has(Tag::Table),
            bit(chain.tags & ((1 << Tag::Ul as u64) | (1 << Tag::Ol as u64)) != 0),
            bit(chain.is_hidden),
            chain.near_scores.0,
            chain.near_scores.1,
            chain.near_scores.2,
            chain.far_scores.0,
            chain.far_scores.1,
            chain.far_scores.2,
            (chain.near & BAD).count_ones() as f32,
            (chain.far & BAD).count_ones() as f32,
            bit(chain.near & words::BODY != 0),
            bit(chain.far & words::BODY != 0),
            bit(chain.near & (words::MEDIA | words::CAPTION) != 0),
            bit(chain.near & (words::AUTHOR | words::DATE) != 0),
            bit(chain.near & (words::BOX | words::RELATED | words::SIDE) != 0),
            bit((chain.near | chain.far) & words::COMMENTS != 0),
            ln_1p(parent_sum.chars as f32),
            ln_1p(parent_sum.texts as f32),
            density(parent_sum),
            ln_1p(upper_sum.chars as f32),
            ln_1p(upper_sum.texts as f32),
            density(upper_sum),
            ln_1p(holder_sum.texts as f32),
            ln_1p(holder_sum.chars as f32 / holder_sum.texts.max(1) as f32),
            holder_sum.paragraph_chars as f32 / holder_sum.chars.max(1) as f32,
            density(holder_sum),
        ]);
    }

    fn place_part(&self, at: usize, index: usize, elem: usize, out: &mut Vec<f32>) {
        let count = self.blocks.len().max(1) as f32;
        let before = self.layout.sum(&(0..index));
        let after = self.layout.sum(&(index + 1..self.page.blocks.len()));
        let paragraphs = self.total.paragraph_chars.max(1) as f32;
        let (root, marked, article) = (self.layout.root, self.layout.marked, self.layout.article);
        let share = |n: usize| {
            let blocks = self
                .page
                .elems
                .get(n)
                .filter(|_| n != 0)
                .map(|e| e.blocks.clone());
            blocks.map_or(0.0, |blocks| {
                self.layout.sum(&blocks).paragraph_chars as f32 / paragraphs
            })
        };
        let is_in = |n: usize| {
            self.page
                .elems
                .get(n)
                .filter(|_| n != 0)
                .map_or(-1.0, |e| bit(e.blocks.contains(&index)))
        };
        let (text, script) = self
            .page
            .blocks
            .get(index)
            .map_or(("", Script::Other), |b| {
                (b.text.as_str(), b.measured.script)
            });
        let hashes = first_word_hashes(text, MAX_OVERLAP_WORDS);
        let own_hash = self.hashes.get(at).copied().unwrap_or(0);
        let (fork, steps) = fork(self.page, root, elem);
        let kind = self
            .signatures
            .get(at)
            .and_then(|signature| self.by_signature.get(signature))
            .copied()
            .unwrap_or_default();
        let neighbour = |offset: isize| -> (f32, f32, f32) {
            let Some(block) = at
                .checked_add_signed(offset)
                .and_then(|n| self.blocks.get(n))
                .and_then(|n| self.page.blocks.get(*n))
            else {
                return (0.0, -1.0, 0.0);
            };
            let level = self
                .page
                .elems
                .get(block.elem)
                .and_then(|e| e.tag.heading_level())
                .unwrap_or(0);
            let chars = block.chars as f32;
            (
                ln_1p(chars),
                block.link_chars as f32 / chars.max(1.0),
                f32::from(level),
            )
        };
        let (previous, next) = (neighbour(-1), neighbour(1));
        let window = |range: std::ops::Range<usize>| {
            let blocks = self.blocks.get(range).unwrap_or_default();
            let sum: u32 = blocks
                .iter()
                .filter_map(|n| self.page.blocks.get(*n))
                .map(|b| b.chars - b.link_chars.min(b.chars))
                .sum();
            ln_1p(sum as f32)
        };
        let (gap_before, gap_after) = self.gaps.get(at).copied().unwrap_or_default();
        let scores = self.text_scores(&hashes);
        let title_gap = self.title_at.map_or(-100.0, |title| {
            (at as f32 - title as f32).clamp(-99.0, 200.0)
        });
        let marked_gap = self
            .page
            .elems
            .get(marked)
            .filter(|_| marked != 0)
            .map_or(-1.0, |e| {
                let gap = if index < e.blocks.start {
                    e.blocks.start - index
                } else {
                    index.saturating_sub(e.blocks.end.saturating_sub(1))
                };
                (gap as f32).min(50.0)
            });
        let parent = self.page.elems.get(elem).map_or(0, |e| e.parent);
        let parent_start = self.page.elems.get(parent).map_or(0, |e| e.blocks.start);
        let section = self.sections.get(at).copied().unwrap_or_default();
        let nearest = self.page.chain_indexes(elem).find(|n| {
            self.page
                .elems
                .get(*n)
                .is_some_and(|e| e.tag == Tag::Article)
        });
        let other_article = nearest.is_some_and(|n| n != article);
        let same_parent_before = self.layout.sum(&(parent_start..index));
        out.extend([
            is_in(root),
            steps,
            fork,
            share(root),
            is_in(marked),
            share(marked),
            is_in(article),
            share(article),
            at as f32 / count,
            before.chars as f32 / self.total.chars.max(1) as f32,
            before.paragraph_chars as f32 / paragraphs,
            after.paragraph_chars as f32 / paragraphs,
            title_gap,
            overlap(&hashes, &self.title),
            bit(own_hash == self.title_hash && own_hash != 0),
            overlap(&hashes, &self.summary),
            self.witness_of(text),
            self.copies.get(&own_hash).copied().unwrap_or(1).min(9) as f32,
            kind.chars / self.total.chars.max(1) as f32,
            ln_1p(kind.chars / kind.count.max(1.0)),
            kind.count.min(60.0),
            self.evidence
                .furniture
                .get(index)
                .map_or(-1.0, |known| bit(*known)),
            previous.0,
            previous.1,
            previous.2,
            next.0,
            next.1,
            next.2,
            neighbour(-2).0,
            neighbour(2).0,
            gap_before as f32,
            gap_after as f32,
            window(at.saturating_sub(5)..at),
            window((at + 1).min(self.blocks.len())..(at + 6).min(self.blocks.len())),
            bit(!script.goes_with(self.script)),
            scores.0,
            scores.1,
            scores.2,
            marked_gap,
            ln_1p(same_parent_before.paragraph_chars as f32),
            kind.paragraphs / kind.count.max(1.0),
            bit(section.is_bad),
            section.score,
            section.gap,
            bit(section.is_link),
            bit(other_article),
        ]);
        debug_assert_eq!(self.paragraphs.len(), self.blocks.len(), "one entry a text");
    }

    /// Returns how much of a text the page's own data has in the article, 0 to 1; -1 where the data has no body.
    fn witness_of(&self, text: &str) -> f32 {
        if self.witness.is_empty() {
            return -1.0;
        }
        let own = shingles(text);
        if own.is_empty() {
            return -0.5;
        }
        let known = own
            .iter()
            .filter(|hash| self.witness.binary_search(hash).is_ok())
            .count();
        known as f32 / own.len() as f32
    }

    /// Returns least, mean and sum of what the first words of a text speak for.
    fn text_scores(&self, hashes: &[u64]) -> (f32, f32, f32) {
        let (mut least, mut sum, mut count) = (0_f32, 0_f32, 0_f32);
        for hash in hashes.iter().take(MAX_SCORED_WORDS) {
            let score = self.model.word_score(*hash as u32);
            least = least.min(score);
            sum += score;
            count += 1.0;
        }
        (least, sum / count.max(1.0), sum)
    }
}

/// Returns the script with most letters.
fn most_of(chars: &[u32; 8]) -> Script {
    let most = chars.iter().enumerate().max_by_key(|(_, chars)| **chars);
    most.and_then(|(n, _)| Script::ALL.get(n).copied())
        .unwrap_or_default()
}

/// Logarithms of one more than each small number: most counts of a page are small.
static LOGARITHMS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..2_048_u16)
        .map(|count| f32::from(count).ln_1p())
        .collect()
});

fn ln_1p(value: f32) -> f32 {
    let known = LOGARITHMS.get(value as usize);
    known
        .filter(|_| value.fract() == 0.0)
        .copied()
        .unwrap_or_else(|| value.ln_1p())
}

fn density(sum: Sum) -> f32 {
    sum.link_chars as f32 / sum.chars.max(1) as f32
}

fn chain(page: &Page, layout: &Layout, token_scores: &[f32], elem: usize) -> Chain {
    let mut chain = Chain::default();
    let (mut near, mut far) = ((0_f32, 0_f32, 0_f32), (0_f32, 0_f32, 0_f32));
    for (step, ancestor) in page.chain(elem).enumerate() {
        chain.tags |= 1 << (ancestor.tag as u64);
        chain.is_hidden |= ancestor.is_hidden;
        let (groups, scores) = if step < 3 {
            (&mut chain.near, &mut near)
        } else {
            (&mut chain.far, &mut far)
        };
        *groups |= ancestor.groups;
        for score in token_scores
            .get(ancestor.tokens.clone())
            .unwrap_or_default()
        {
            scores.0 = scores.0.min(*score);
            scores.1 = scores.1.max(*score);
            scores.2 += score;
        }
    }
    chain.near_scores = near;
    chain.far_scores = far;
    chain.holder = holder(page, layout, elem);
    chain
}

/// Returns a number for the make of an element: its kind, classes, and those of its parent.
fn signature(page: &Page, elem: usize) -> u32 {
    let mut hash = 17_u32;
    for ancestor in page.chain(elem).take(2) {
        hash = hash.wrapping_mul(31).wrapping_add(ancestor.tag as u32 + 1);
        for token in page.tokens.get(ancestor.tokens.clone()).unwrap_or_default() {
            hash = hash.wrapping_mul(31).wrapping_add(*token);
        }
    }
    hash
}
