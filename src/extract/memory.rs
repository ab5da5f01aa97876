//! What the pages of a host have in common: its furniture.
//!
//! A block whose words also stand on another page of the host is furniture (menus, boxes, notices). The memory keeps a
//! hash of each block seen and the page it was seen on; a page never counts against itself, however often it is learnt.
//!
//! Guards: what the page's own data or the feed has in the article is never furniture, and where much of the running text
//! would be (a site that serves one article under two addresses), none of it is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::layout::{self, Layout};
use super::page::{Block, Page};
use super::shingle::shingles;
use super::words;

/// At most this many blocks are remembered for a host; the ones seen on one page only go first, oldest first.
const MAX_BLOCKS: usize = 20_000;

/// The furniture of one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteMemory {
    /// Block hash → (key of the page it was first seen on, seen on another page too, age).
    blocks: HashMap<u64, Seen>,
    /// Pages learnt, also those learnt again.
    pages: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen(u64, bool, u32);

impl SiteMemory {
    /// Learns the blocks of the page at this address. Learning a page again changes nothing of what is known about it.
    pub fn learn(&mut self, url: Option<&Url>, html: &str) {
        self.take(&Lesson::of(url, html));
    }

    /// Takes in what a page teaches.
    pub fn take(&mut self, lesson: &Lesson) {
        self.learn_blocks(lesson.page, lesson.blocks.iter().copied());
    }

    /// Learns a parsed page.
    pub(super) fn learn_page(&mut self, page: &Page, url: Option<&Url>) {
        self.learn_blocks(key_of(page, url), page.blocks.iter().filter_map(hash_of));
    }

    /// Says for each block of a page whether it is furniture; nothing while only this page is known. `own` are texts that
    /// hold the article for certain: the page's data, the feed.
    pub(super) fn furniture(
        &self,
        page: &Page,
        url: Option<&Url>,
        layout: &Layout,
        own: &[Option<&str>],
    ) -> Vec<bool> {
        let key = key_of(page, url);
        if self.blocks.values().all(|seen| seen.0 == key) {
            return Vec::new();
        }
        let mut furniture: Vec<bool> = page
            .blocks
            .iter()
            .map(|block| hash_of(block).is_some_and(|hash| self.is_furniture(key, hash)))
            .collect();
        spare_own(page, own, &mut furniture);
        spare_most(page, layout, &mut furniture);
        furniture
    }

    /// Takes a page's blocks in.
    fn learn_blocks(&mut self, page: u64, hashes: impl IntoIterator<Item = u64>) {
        self.pages = self.pages.saturating_add(1);
        let age = self.pages;
        for hash in hashes {
            let seen = self.blocks.entry(hash).or_insert(Seen(page, false, age));
            seen.1 |= seen.0 != page;
            seen.2 = age;
        }
        self.forget();
    }

    /// Says whether a block stands on a page other than this one.
    fn is_furniture(&self, page: u64, hash: u64) -> bool {
        self.blocks
            .get(&hash)
            .is_some_and(|seen| seen.1 || seen.0 != page)
    }

    /// Returns how many pages were learnt.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// Says whether nothing is known yet.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    fn forget(&mut self) {
        if self.blocks.len() <= MAX_BLOCKS {
            return;
        }
        let mut ages: Vec<(bool, u32)> = self.blocks.values().map(|s| (s.1, s.2)).collect();
        let middle = ages.len() / 4;
        let (_, &mut limit, _) = ages.select_nth_unstable(middle);
        self.blocks.retain(|_, s| (s.1, s.2) > limit);
    }
}

/// What a page teaches of its site. To make one costs a parse; to learn it next to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    page: u64,
    blocks: Vec<u64>,
}

impl Lesson {
    /// Returns what the page at this address teaches.
    pub fn of(url: Option<&Url>, html: &str) -> Self {
        let page = Page::parse(html, None);
        Self {
            page: key_of(&page, url),
            blocks: page.blocks.iter().filter_map(hash_of).collect(),
        }
    }
}

/// The furniture of many hosts.
#[derive(Clone, Debug, Default)]
pub struct SiteMemories {
    hosts: HashMap<String, SiteMemory>,
}

impl SiteMemories {
    /// Learns a page of its host.
    pub fn learn(&mut self, url: &Url, html: &str) {
        if let Some(host) = url.host_str() {
            let memory = self.hosts.entry(host.to_owned()).or_default();
            memory.learn(Some(url), html);
        }
    }

    /// Returns what is known of an address's host.
    pub fn of(&self, url: &Url) -> Option<&SiteMemory> {
        self.hosts.get(url.host_str()?)
    }
}

/// Of a paragraph that is the article's for certain, this share of its words stands in the page's data or the feed.
const OWN_SHARE: f32 = 0.8;

/// Where more than this share of the running text would be furniture, none of it is.
const MAX_SHARE: f32 = 0.4;

/// Takes out paragraphs that the page's own data or the feed has in the article.
fn spare_own(page: &Page, own: &[Option<&str>], furniture: &mut [bool]) {
    let known: Vec<Vec<u64>> = own.iter().flatten().map(|text| shingles(text)).collect();
    if known.iter().all(Vec::is_empty) {
        return;
    }
    for (n, is) in furniture.iter_mut().enumerate().filter(|(_, is)| **is) {
        if !layout::is_paragraph(page, n) {
            continue;
        }
        let words = page
            .blocks
            .get(n)
            .map(|block| shingles(&block.text))
            .unwrap_or_default();
        let has = |known: &Vec<u64>| {
            let count = words
                .iter()
                .filter(|word| known.binary_search(word).is_ok())
                .count();
            count as f32 > OWN_SHARE * words.len() as f32
        };
        *is = !known.iter().any(has);
    }
}

/// Takes out all paragraphs of the body's holder where much of its text would be furniture.
fn spare_most(page: &Page, layout: &Layout, furniture: &mut [bool]) {
    let Some(body) = page.elems.get(layout.root).filter(|_| layout.root != 0) else {
        return;
    };
    let paragraphs = || {
        body.blocks
            .clone()
            .filter(|n| layout::is_paragraph(page, *n))
    };
    let chars = |n: usize| page.blocks.get(n).map_or(0, |block| block.chars);
    let (mut all, mut taken) = (0, 0);
    for n in paragraphs() {
        all += chars(n);
        taken += if furniture.get(n) == Some(&true) {
            chars(n)
        } else {
            0
        };
    }
    if taken as f32 > MAX_SHARE * all as f32 {
        for n in paragraphs() {
            if let Some(slot) = furniture.get_mut(n) {
                *slot = false;
            }
        }
    }
}

/// Returns what tells a page from the others of its host: its canonical address, else the one it was fetched from, else
/// all its letters.
fn key_of(page: &Page, url: Option<&Url>) -> u64 {
    let meta = || {
        let mut metas = page.head.metas.iter();
        metas
            .find(|(name, _)| name == "og:url")
            .map(|(_, address)| address.as_str())
    };
    let named = page
        .link("canonical")
        .or_else(meta)
        .filter(|address| address.len() > 12);
    if let Some(address) = named {
        return words::hash_of_letters(address);
    }
    if let Some(url) = url {
        return words::hash_of_letters(url.as_str().split('#').next().unwrap_or_default());
    }
    page.blocks.iter().fold(0, |key: u64, block| {
        key.rotate_left(7) ^ block.measured.hash
    })
}

/// Returns the hash of a block that is long enough to be told from others; shorter ones repeat by chance.
fn hash_of(block: &Block) -> Option<u64> {
    (block.chars >= 6).then_some(block.measured.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "This notice of the paper stands under each of its articles and is as long as a paragraph of them.";

    fn page(text: &str, data: &str) -> Page {
        let html = format!(
            "<script type=application/ld+json>{data}</script><article><p>{text}</p><p>The town met and spoke of the {text} until late, and went home.</p><p>{NOTICE}</p></article>"
        );
        Page::parse(&html, None)
    }

    fn furniture(memory: &SiteMemory, page: &Page, url: &str, own: Option<&str>) -> Vec<bool> {
        let url = Url::parse(url).ok();
        memory.furniture(page, url.as_ref(), &Layout::new(page), &[own])
    }

    fn learnt(pages: &[(&str, &Page)]) -> SiteMemory {
        let mut memory = SiteMemory::default();
        for (url, page) in pages {
            memory.learn_page(page, Url::parse(url).ok().as_ref());
        }
        memory
    }

    #[test]
    fn what_stands_on_another_page_is_furniture() {
        let (one, two) = (
            page("gauge of the river and all its readings in the spring", ""),
            page("bread that is dear in every town this autumn", ""),
        );
        let memory = learnt(&[("https://a.example/1", &one), ("https://a.example/2", &two)]);
        assert_eq!(
            furniture(&memory, &one, "https://a.example/1", None),
            [false, false, true]
        );
        assert_eq!(
            furniture(&memory, &one, "https://a.example/1", Some(NOTICE)),
            [false, false, false]
        );
    }

    #[test]
    fn a_page_that_changed_is_not_its_own_furniture() {
        let old = page("gauge of the river and all its readings in the spring", "");
        let new = page("gauge of the river and all its readings in the summer", "");
        let memory = learnt(&[("https://a.example/1", &old), ("https://a.example/1", &new)]);
        assert!(!furniture(&memory, &new, "https://a.example/1", None).contains(&true));
    }

    #[test]
    fn an_article_under_two_addresses_is_not_furniture() {
        let one = page("gauge of the river and all its readings in the spring", "");
        let memory = learnt(&[
            ("https://a.example/1", &one),
            ("https://a.example/1?view=amp", &one),
        ]);
        assert!(!furniture(&memory, &one, "https://a.example/1", None).contains(&true));
    }
}
