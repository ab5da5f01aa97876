//! What the cleaner looks at in each block of text: a row of numbers, in the order of [`NAMES`].
//!
//! The first rows describe a block, its elements and its place; the second ones add what the first judgement said of
//! the blocks around it.

use std::collections::HashMap;

use super::layout::{self, Layout, Sum};
use super::model::Model;
use super::page::{Page, Tag};
use super::script::Script;
use super::shingle::{overlap, shingles, word_hashes};
use super::words::{self, Groups};

/// Facts of a page beside its blocks that judging needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// The headline.
    pub(super) title: String,
    /// Index of the block that is the headline, where the page shows it.
    pub(super) headline: Option<usize>,
    /// The authors' names.
    pub(super) authors: Vec<String>,
    /// The summary the page gives.
    pub(super) summary: String,
    /// The article's text as the page's data has it.
    pub(super) witness: String,
    /// For each block: whether it stands on other pages of the site; empty where nothing is known.
    pub(super) furniture: Vec<bool>,
}

/// The numbers of a page's text blocks.
pub(super) struct Features {
    /// Indexes of the blocks that have text.
    pub(super) blocks: Vec<usize>,
    /// `blocks.len()` rows of [`WIDTH`] numbers.
    pub(super) rows: Vec<f32>,
    signatures: Vec<u32>,
}

macro_rules! names {
    ($($name:literal),* $(,)?) => {
        /// Names of the numbers in a row of the first judgement.
        pub const NAMES: &[&str] = &[$($name),*];
    };
}

names![
    "chars",
    "words",
    "link_density",
    "links",
    "bold",
    "ends_sentence",
    "sentences",
    "commas",
    "starts_upper",
    "uppers",
    "digits",
    "word_length",
    "is_p",
    "heading",
    "is_li",
    "is_cell",
    "is_div",
    "is_quote",
    "is_code",
    "is_figcaption",
    "is_button",
    "phrases",
    "phrase_density",
    "says_share",
    "says_newsletter",
    "says_paywall",
    "says_related",
    "says_popular",
    "says_advert",
    "says_comments",
    "says_consent",
    "says_footer",
    "says_author",
    "says_caption",
    "says_media",
    "says_date",
    "says_tags",
    "says_nav",
    "inline_author",
    "inline_caption",
    "inline_other",
    "depth",
    "in_nav",
    "in_footer",
    "in_aside",
    "in_header",
    "in_form",
    "in_article",
    "in_main",
    "in_figure",
    "in_table",
    "in_list",
    "hidden",
    "near_min",
    "near_max",
    "near_sum",
    "far_min",
    "far_max",
    "far_sum",
    "near_bad",
    "far_bad",
    "near_body",
    "far_body",
    "near_media",
    "near_author",
    "near_box",
    "near_comments",
    "parent_chars",
    "parent_texts",
    "parent_link_density",
    "upper_chars",
    "upper_texts",
    "upper_link_density",
    "box_texts",
    "box_mean",
    "box_paragraphs",
    "box_link_density",
    "in_root",
    "root_steps",
    "root_fork",
    "root_share",
    "in_marked",
    "marked_share",
    "in_holder",
    "holder_share",
    "position",
    "chars_before",
    "paragraphs_before",
    "paragraphs_after",
    "title_gap",
    "title_words",
    "is_title",
    "summary_words",
    "witness",
    "copies",
    "signature_share",
    "signature_mean",
    "signature_count",
    "furniture",
    "previous_chars",
    "previous_links",
    "previous_heading",
    "next_chars",
    "next_links",
    "next_heading",
    "previous2_chars",
    "next2_chars",
    "gap_before",
    "gap_after",
    "chars_5_before",
    "chars_5_after",
    "foreign",
    "text_min",
    "text_mean",
    "text_sum",
    "marked_gap",
    "same_parent_before",
    "signature_paragraphs",
    "section_bad",
    "section_score",
    "section_gap",
    "section_link",
    "other_article",
];

/// Numbers in a row of the first judgement.
pub const WIDTH: usize = NAMES.len();

/// Names of the numbers that a row of the second judgement adds.
pub const MORE_NAMES: &[&str] = &[
    "p",
    "p-1",
    "p-2",
    "p-3",
    "p+1",
    "p+2",
    "p+3",
    "p_parent",
    "p_upper",
    "p_box",
    "p_signature",
    "p_window",
    "kept_before",
    "kept_after",
    "sure_before",
    "sure_after",
    "in_best",
    "best_fork",
    "best_share",
    "p_heads",
    "p_max_before",
    "p_max_after",
    "p_holder",
    "best_steps",
];

/// Numbers in a row of the second judgement.
pub const WIDTH_2: usize = WIDTH + MORE_NAMES.len();

const BAD: Groups = words::NAV
    | words::FOOTER
    | words::SHARE
    | words::RELATED
    | words::POPULAR
    | words::NEWSLETTER
    | words::CONSENT
    | words::PAYWALL
    | words::ADVERT
    | words::COMMENTS
    | words::SIDE
    | words::TAGS
    | words::ACCOUNT;

/// Computes the rows of the first judgement.
pub(super) fn first(page: &Page, layout: &Layout, evidence: &Evidence, model: &Model) -> Features {
    let blocks: Vec<usize> = (0..page.blocks.len())
        .filter(|n| page.blocks.get(*n).is_some_and(|block| block.chars > 0))
        .collect();
    let surroundings = Surroundings::new(page, layout, evidence, model, &blocks);
    let mut rows = Vec::with_capacity(blocks.len() * WIDTH);
    for at in 0..blocks.len() {
        surroundings.row(at, &mut rows);
        debug_assert_eq!(rows.len(), (at + 1) * WIDTH, "a row has all its numbers");
    }
    Features {
        rows,
        signatures: surroundings.signatures,
        blocks,
    }
}

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

struct Surroundings<'a> {
    page: &'a Page,
    layout: &'a Layout,
    evidence: &'a Evidence,
    model: &'a Model,
    blocks: &'a [usize],
    chains: Vec<Option<Chain>>,
    signatures: Vec<u32>,
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

impl<'a> Surroundings<'a> {
    fn new(
        page: &'a Page,
        layout: &'a Layout,
        evidence: &'a Evidence,
        model: &'a Model,
        blocks: &'a [usize],
    ) -> Self {
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
        for n in blocks {
            let Some(block) = page.blocks.get(*n) else {
                continue;
            };
            let known = chains.get(block.elem).is_some_and(Option::is_some);
            if !known && let Some(slot) = chains.get_mut(block.elem) {
                *slot = Some(chain(page, layout, &token_scores, block.elem));
            }
            let hash = words::hash_of_letters(&block.text);
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
            if is_paragraph && let Some(slot) = scripts.get_mut(Script::of(&block.text) as usize) {
                *slot += block.chars;
            }
        }
        let script = scripts
            .iter()
            .enumerate()
            .max_by_key(|(_, chars)| **chars)
            .map_or(Script::Other, |(n, _)| {
                Script::ALL.get(n).copied().unwrap_or(Script::Other)
            });
        let title_hash = words::hash_of_letters(&evidence.title);
        let title_at = title_at(page, blocks, &hashes, title_hash);
        let all = 0..page.blocks.len();
        Self {
            total: layout.sum(&all),
            gaps: gaps(&paragraphs),
            sections: sections(page, blocks, model),
            title: word_hashes(&evidence.title),
            summary: word_hashes(&evidence.summary),
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

    fn text_part(block: &super::page::Block, tag: Tag, out: &mut Vec<f32>) {
        let text = &block.text;
        let (mut uppers, mut digits, mut letters, mut sentences, mut commas) =
            (0_f32, 0_f32, 0_f32, 0_f32, 0_f32);
        for c in text.chars() {
            if c.is_alphabetic() {
                letters += 1.0;
                uppers += f32::from(u8::from(c.is_uppercase()));
            } else if c.is_numeric() {
                digits += 1.0;
            } else if is_sentence_end(c) {
                sentences += 1.0;
            } else if matches!(c, ',' | '，' | '、' | '،') {
                commas += 1.0;
            }
        }
        let words = text
            .split(char::is_whitespace)
            .filter(|word| !word.is_empty())
            .count() as f32;
        let last = text
            .trim_end_matches(['"', '”', '»', ')', '’', '\'', '」', '』', '“', ']'])
            .chars()
            .next_back();
        let (says, phrases) = words::of_text(text);
        let says = |group: Groups| bit(says & group != 0);
        let chars = block.chars as f32;
        out.extend([
            chars.ln_1p(),
            words.ln_1p(),
            block.link_chars as f32 / chars.max(1.0),
            (block.links as f32).min(20.0),
            block.bold_chars as f32 / chars.max(1.0),
            bit(last.is_some_and(is_sentence_end)),
            sentences.min(30.0),
            commas / words.max(1.0),
            bit(text
                .chars()
                .find(|c| c.is_alphanumeric())
                .is_some_and(char::is_uppercase)),
            uppers / letters.max(1.0),
            digits / chars.max(1.0),
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
            (phrases as f32).min(20.0),
            phrases as f32 / words.max(1.0),
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
            (parent_sum.chars as f32).ln_1p(),
            (parent_sum.texts as f32).ln_1p(),
            density(parent_sum),
            (upper_sum.chars as f32).ln_1p(),
            (upper_sum.texts as f32).ln_1p(),
            density(upper_sum),
            (holder_sum.texts as f32).ln_1p(),
            (holder_sum.chars as f32 / holder_sum.texts.max(1) as f32).ln_1p(),
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
        let text = self.page.blocks.get(index).map_or("", |b| b.text.as_str());
        let hashes = word_hashes(text);
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
                chars.ln_1p(),
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
            (sum as f32).ln_1p()
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
            (kind.chars / kind.count.max(1.0)).ln_1p(),
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
            bit(!Script::of(text).goes_with(self.script)),
            scores.0,
            scores.1,
            scores.2,
            marked_gap,
            (same_parent_before.paragraph_chars as f32).ln_1p(),
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

/// Words of a text that are looked up in the model's table.
pub(super) const MAX_SCORED_WORDS: usize = 12;

/// Computes the rows of the second judgement from those of the first and its probabilities.
pub(super) fn second(page: &Page, layout: &Layout, features: &Features, first: &[f32]) -> Vec<f32> {
    let blocks = &features.blocks;
    let chars = |at: usize| {
        blocks
            .get(at)
            .and_then(|n| page.blocks.get(*n))
            .map_or(0.0, |b| b.chars as f32)
    };
    let p = |at: usize| first.get(at).copied().unwrap_or(0.0);
    // Running sums over the page's blocks: kept letters, all letters, what speaks for an element as a whole.
    let mut kept = vec![0_f32; page.blocks.len() + 1];
    let mut all = vec![0_f32; page.blocks.len() + 1];
    let mut gain = vec![0_f32; page.blocks.len() + 1];
    let mut at = 0;
    for n in 0..page.blocks.len() {
        let (mut own, mut own_kept, mut own_gain) = (0.0, 0.0, 0.0);
        if blocks.get(at) == Some(&n) {
            own = chars(at);
            own_kept = own * p(at);
            own_gain = own * (p(at) - 0.5);
            at += 1;
        }
        if let [.., _] = kept.as_mut_slice() {
            set_next(&mut kept, n, own_kept);
            set_next(&mut all, n, own);
            set_next(&mut gain, n, own_gain);
        }
    }
    let over = |sums: &[f32], range: &std::ops::Range<usize>| {
        sums.get(range.end).copied().unwrap_or(0.0) - sums.get(range.start).copied().unwrap_or(0.0)
    };
    let mean_of = |elem: usize| {
        let range = page
            .elems
            .get(elem)
            .map_or(0..page.blocks.len(), |e| e.blocks.clone());
        over(&kept, &range) / over(&all, &range).max(1.0)
    };
    let total_kept = kept.last().copied().unwrap_or(0.0).max(1.0);
    let (mut best, mut best_gain) = (0, f32::MIN);
    for (n, elem) in page.elems.iter().enumerate() {
        let own = over(&gain, &elem.blocks);
        if own >= best_gain {
            (best, best_gain) = (n, own);
        }
    }
    let best_blocks = page.elems.get(best).map_or(0..0, |e| e.blocks.clone());
    let mut by_signature: HashMap<u32, (f32, f32)> = HashMap::new();
    for (n, signature) in features.signatures.iter().enumerate() {
        let slot = by_signature.entry(*signature).or_default();
        slot.0 += chars(n) * p(n);
        slot.1 += chars(n);
    }
    let mut sure_before = vec![99_f32; blocks.len()];
    let mut gap = 99_f32;
    let mut max_before = vec![0_f32; blocks.len()];
    let mut max = 0_f32;
    for n in 0..blocks.len() {
        set(&mut sure_before, n, gap);
        set(&mut max_before, n, max);
        gap = if p(n) > 0.8 && chars(n) > 30.0 {
            0.0
        } else {
            (gap + 1.0).min(99.0)
        };
        max = if chars(n) > 30.0 { max.max(p(n)) } else { max };
    }
    let mut rows = Vec::with_capacity(blocks.len() * WIDTH_2);
    let mut sure_after = vec![99_f32; blocks.len()];
    let mut max_after = vec![0_f32; blocks.len()];
    let (mut gap, mut max) = (99_f32, 0_f32);
    for n in (0..blocks.len()).rev() {
        set(&mut sure_after, n, gap);
        set(&mut max_after, n, max);
        gap = if p(n) > 0.8 && chars(n) > 30.0 {
            0.0
        } else {
            (gap + 1.0).min(99.0)
        };
        max = if chars(n) > 30.0 { max.max(p(n)) } else { max };
    }
    for (n, index) in blocks.iter().enumerate() {
        let elem = page.blocks.get(*index).map_or(0, |b| b.elem);
        let parent = page.elems.get(elem).map_or(0, |e| e.parent);
        let upper = page.elems.get(parent).map_or(0, |e| e.parent);
        let holder = holder(page, layout, elem);
        let near = |offset: isize| {
            n.checked_add_signed(offset)
                .and_then(|n| first.get(n))
                .copied()
                .unwrap_or(0.0)
        };
        let signature = features
            .signatures
            .get(n)
            .and_then(|s| by_signature.get(s))
            .copied()
            .unwrap_or_default();
        let from = n.saturating_sub(5);
        let window: f32 = (from..(n + 6).min(blocks.len()))
            .map(|m| p(m) * chars(m))
            .sum::<f32>()
            / (from..(n + 6).min(blocks.len()))
                .map(chars)
                .sum::<f32>()
                .max(1.0);
        let (fork, steps) = fork(page, best, elem);
        let ahead: f32 = (n + 1..(n + 4).min(blocks.len()))
            .map(p)
            .fold(0.0, f32::max);
        rows.extend_from_slice(
            features
                .rows
                .get(n * WIDTH..(n + 1) * WIDTH)
                .unwrap_or_default(),
        );
        rows.extend([
            p(n),
            near(-1),
            near(-2),
            near(-3),
            near(1),
            near(2),
            near(3),
            mean_of(parent),
            mean_of(upper),
            mean_of(holder),
            signature.0 / signature.1.max(1.0),
            window,
            over(&kept, &(0..*index)) / total_kept,
            over(&kept, &(index + 1..page.blocks.len())) / total_kept,
            sure_before.get(n).copied().unwrap_or(99.0),
            sure_after.get(n).copied().unwrap_or(99.0),
            bit(best_blocks.contains(index)),
            fork,
            over(&kept, &best_blocks) / total_kept,
            ahead,
            max_before.get(n).copied().unwrap_or(0.0),
            max_after.get(n).copied().unwrap_or(0.0),
            mean_of(elem),
            steps,
        ]);
    }
    rows
}

fn set(slots: &mut [f32], n: usize, value: f32) {
    if let Some(slot) = slots.get_mut(n) {
        *slot = value;
    }
}

fn set_next(sums: &mut [f32], n: usize, own: f32) {
    let before = sums.get(n).copied().unwrap_or(0.0);
    set(sums, n + 1, before + own);
}

fn bit(is: bool) -> f32 {
    f32::from(u8::from(is))
}

fn density(sum: Sum) -> f32 {
    sum.link_chars as f32 / sum.chars.max(1) as f32
}

fn is_sentence_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟')
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

/// Returns the nearest ancestor (or the element itself) that holds at least three texts.
fn holder(page: &Page, layout: &Layout, elem: usize) -> usize {
    page.chain_indexes(elem)
        .find(|n| {
            page.elems
                .get(*n)
                .is_some_and(|e| layout.sum(&e.blocks).texts >= 3)
        })
        .unwrap_or(0)
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

/// Returns how far below the element `root` its common ancestor with `elem` lies above it (0: `elem` is inside), and
/// how far `elem` lies below that ancestor.
fn fork(page: &Page, root: usize, elem: usize) -> (f32, f32) {
    let depth = |n: usize| page.elems.get(n).map_or(0, |e| e.depth);
    let parent = |n: usize| page.elems.get(n).map_or(0, |e| e.parent);
    let (mut a, mut b) = (root, elem);
    while a != b {
        if depth(a) >= depth(b) {
            a = parent(a);
        } else {
            b = parent(b);
        }
    }
    let up = depth(root).saturating_sub(depth(a)) as f32;
    let down = depth(elem).saturating_sub(depth(a)) as f32;
    (up, down)
}

/// What the heading before a text says.
#[derive(Clone, Copy, Default)]
struct Section {
    is_bad: bool,
    score: f32,
    gap: f32,
    is_link: bool,
}

fn sections(page: &Page, blocks: &[usize], model: &Model) -> Vec<Section> {
    let mut section = Section {
        gap: 60.0,
        ..Section::default()
    };
    let mut sections = Vec::with_capacity(blocks.len());
    for n in blocks {
        section.gap = (section.gap + 1.0).min(60.0);
        sections.push(section);
        let Some(block) = page.blocks.get(*n) else {
            continue;
        };
        let is_heading = page
            .chain(block.elem)
            .take(3)
            .any(|e| e.tag.heading_level().is_some());
        let is_bold = block.chars < 60 && block.bold_chars * 10 >= block.chars * 9;
        if !is_heading && !is_bold {
            continue;
        }
        let hashes = word_hashes(&block.text);
        let scores = hashes
            .iter()
            .take(MAX_SCORED_WORDS)
            .map(|hash| model.word_score(*hash as u32));
        section = Section {
            is_bad: words::of_text(&block.text).0 & BAD != 0 && block.chars < 60,
            score: scores.sum::<f32>() / hashes.len().clamp(1, MAX_SCORED_WORDS) as f32,
            gap: 0.0,
            is_link: block.link_chars * 2 > block.chars,
        };
    }
    sections
}

fn gaps(paragraphs: &[bool]) -> Vec<(u32, u32)> {
    let mut gaps = vec![(40, 40); paragraphs.len()];
    let mut gap = 40_u32;
    for (slot, is_paragraph) in gaps.iter_mut().zip(paragraphs) {
        slot.0 = gap;
        gap = if *is_paragraph { 0 } else { (gap + 1).min(40) };
    }
    let mut gap = 40_u32;
    for (slot, is_paragraph) in gaps.iter_mut().zip(paragraphs).rev() {
        slot.1 = gap;
        gap = if *is_paragraph { 0 } else { (gap + 1).min(40) };
    }
    gaps
}

/// Returns the text that is the headline: the first `h1` of its words, else any such heading, else any such text.
fn title_at(page: &Page, blocks: &[usize], hashes: &[u64], title: u64) -> Option<usize> {
    let level = |at: usize| {
        let block = page.blocks.get(*blocks.get(at)?)?;
        page.chain(block.elem)
            .take(3)
            .find_map(|e| e.tag.heading_level())
    };
    let same = |at: &usize| title != 0 && hashes.get(*at) == Some(&title);
    let all = 0..blocks.len();
    all.clone()
        .filter(same)
        .find(|at| level(*at) == Some(1))
        .or_else(|| all.clone().filter(same).find(|at| level(*at).is_some()))
        .or_else(|| all.clone().find(|at| level(*at) == Some(1)))
        .or_else(|| all.clone().find(same))
}
