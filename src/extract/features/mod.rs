//! What the cleaner looks at in each block of text: a row of numbers, in the order of [`NAMES`].
//!
//! The first rows describe a block, its elements and its place; the second ones add what the first judgement said of
//! the blocks around it.

mod first;
mod second;
mod sections;

pub(super) use first::{First, MAX_SCORED_WORDS};
pub(super) use second::Second;

use super::layout::Layout;
use super::model::Model;
use super::page::Page;
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

/// What stands around an article and is none of it.
pub(super) const BAD: Groups = words::NAV
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

/// Texts whose rows are held at a time: those of a page of a million cells would fill a gigabyte.
const CHUNK: usize = 4_096;

/// What the model says of a page's texts.
pub(super) struct Judged {
    /// Indexes of the blocks that have text.
    pub(super) blocks: Vec<usize>,
    /// For each of them, how likely it belongs to the article, 0 to 1.
    pub(super) probabilities: Vec<f32>,
}

impl Judged {
    /// Asks the model, first of each text alone, then with what it said of those around.
    pub(super) fn new(page: &Page, layout: &Layout, evidence: &Evidence, model: &Model) -> Self {
        let first = First::new(page, layout, evidence, model);
        let count = first.blocks.len();
        let chunks = || (0..count).step_by(CHUNK).map(|n| n..(n + CHUNK).min(count));
        let mut rows = Vec::new();
        let mut alone = Vec::with_capacity(count);
        for chunk in chunks() {
            rows = first.rows(chunk);
            alone.extend(model.first_probabilities(&rows));
        }
        let second = Second::new(page, layout, &first, &alone);
        let mut probabilities = Vec::with_capacity(count);
        for chunk in chunks() {
            if count > CHUNK {
                rows = first.rows(chunk.clone());
            }
            probabilities.extend(model.second_probabilities(&second.rows(&rows, chunk)));
        }
        Self {
            probabilities,
            blocks: first.blocks,
        }
    }

    /// Gives the index of each text's block with its probability.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, f32)> {
        self.blocks
            .iter()
            .copied()
            .zip(self.probabilities.iter().copied())
    }
}

fn bit(is: bool) -> f32 {
    f32::from(u8::from(is))
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
