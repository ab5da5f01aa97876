//! What the program that trains the cleaner (`examples/train_cleaner.rs`) needs of it: pages taken apart, the numbers of
//! their blocks, and cleaning with another model than the one that ships.

use url::Url;

pub use super::features::{MORE_NAMES, NAMES, WIDTH, WIDTH_2};
pub use super::model::{Forest, Model, Tree, sigmoid};

use super::features::{self, Evidence, First, Second};
use super::layout::Layout;
use super::page::Page;
use super::{Context, Extraction, SiteMemory, assemble, evidence, metadata};

/// A page taken apart.
pub struct Prepared {
    page: Page,
    layout: Layout,
    evidence: Evidence,
    url: Option<Url>,
}

/// Takes the pages of one host apart, each with what all of them teach of the site.
pub fn prepare(pages: &[(Option<Url>, String)]) -> (SiteMemory, Vec<Prepared>) {
    let parsed: Vec<Page> = pages
        .iter()
        .map(|(_, html)| Page::parse(html, None))
        .collect();
    let mut memory = SiteMemory::default();
    if parsed.len() > 1 {
        for (page, (url, _)) in parsed.iter().zip(pages) {
            memory.learn_page(page, url.as_ref());
        }
    }
    let prepared = parsed
        .into_iter()
        .zip(pages)
        .map(|(page, (url, _))| {
            let context = Context {
                memory: Some(&memory),
                ..Context::default()
            };
            let facts = metadata::facts(&page);
            let found = metadata::find(&page, &facts, url.as_ref(), &context);
            let layout = Layout::new(&page);
            Prepared {
                evidence: evidence(
                    &page,
                    &facts,
                    &found.metadata,
                    found.headline,
                    &context,
                    (url.as_ref(), &layout),
                ),
                layout,
                url: url.clone(),
                page,
            }
        })
        .collect();
    (memory, prepared)
}

impl Prepared {
    /// Returns the texts of the blocks that have text: one a row.
    pub fn texts(&self) -> Vec<&str> {
        self.page
            .blocks
            .iter()
            .filter(|block| block.chars > 0)
            .map(|block| block.text.as_str())
            .collect()
    }

    /// Returns for each text the hashes of the class and id tokens of its elements, each once.
    pub fn name_tokens(&self) -> Vec<Vec<u32>> {
        let of = |elem: usize| {
            let mut tokens: Vec<u32> = self
                .page
                .chain(elem)
                .flat_map(|e| self.page.tokens.get(e.tokens.clone()).unwrap_or_default())
                .copied()
                .collect();
            tokens.sort_unstable();
            tokens.dedup();
            tokens
        };
        self.page
            .blocks
            .iter()
            .filter(|block| block.chars > 0)
            .map(|block| of(block.elem))
            .collect()
    }

    /// Returns for each text the hashes of the words that are looked up.
    pub fn words(&self) -> Vec<Vec<u32>> {
        let of = |text: &str| {
            let words = super::shingle::word_hashes(text);
            words
                .into_iter()
                .take(features::MAX_SCORED_WORDS)
                .map(|word| word as u32)
                .collect()
        };
        self.texts().into_iter().map(of).collect()
    }

    /// Returns the rows of the first judgement.
    pub fn first(&self, model: &Model) -> Vec<f32> {
        let first = First::new(&self.page, &self.layout, &self.evidence, model);
        first.rows(0..first.blocks.len())
    }

    /// Returns the rows of the second judgement, given the probabilities of the first.
    pub fn second(&self, model: &Model, first: &[f32]) -> Vec<f32> {
        let page = First::new(&self.page, &self.layout, &self.evidence, model);
        let all = 0..page.blocks.len();
        let second = Second::new(&self.page, &self.layout, &page, first);
        second.rows(&page.rows(all.clone()), all)
    }

    /// Cleans the page with a model.
    pub fn clean(&self, memory: &SiteMemory, model: &Model) -> Extraction {
        let context = Context {
            memory: Some(memory),
            ..Context::default()
        };
        assemble(&self.page, self.url.as_ref(), &context, None, model)
    }
}
