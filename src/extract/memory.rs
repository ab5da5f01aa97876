//! What the pages of a host have in common: its furniture.
//!
//! A block whose words also stand on another page of the host is furniture (menus, boxes, notices). The memory keeps a
//! hash of each block seen and the page it was seen on; a page never counts against itself, however often it is learnt.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::page::{Block, Page};
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
    /// Learns a page's blocks. Learning a page again changes nothing of what is known about it.
    pub fn learn(&mut self, html: &str) {
        self.take(&Lesson::of(html));
    }

    /// Takes in what a page teaches.
    pub fn take(&mut self, lesson: &Lesson) {
        self.learn_blocks(lesson.page, lesson.blocks.iter().copied());
    }

    /// Learns a parsed page.
    pub(super) fn learn_page(&mut self, page: &Page) {
        self.learn_blocks(key_of(page), page.blocks.iter().filter_map(hash_of));
    }

    /// Says for each block of a page whether it is furniture; nothing while only this page is known.
    pub(super) fn furniture(&self, page: &Page) -> Vec<bool> {
        let key = key_of(page);
        if self.blocks.values().all(|seen| seen.0 == key) {
            return Vec::new();
        }
        page.blocks
            .iter()
            .map(|block| hash_of(block).is_some_and(|hash| self.is_furniture(key, hash)))
            .collect()
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
    /// Returns what a page teaches.
    pub fn of(html: &str) -> Self {
        let page = Page::parse(html, None);
        Self {
            page: key_of(&page),
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
            self.hosts.entry(host.to_owned()).or_default().learn(html);
        }
    }

    /// Returns what is known of an address's host.
    pub fn of(&self, url: &Url) -> Option<&SiteMemory> {
        self.hosts.get(url.host_str()?)
    }
}

/// Returns what tells a page from the others of its host: its canonical address, else all its letters.
fn key_of(page: &Page) -> u64 {
    let canonical = page
        .head
        .links
        .iter()
        .find(|(rel, _)| rel == "canonical")
        .map(|(_, href)| href.as_str());
    let address = canonical.or_else(|| {
        let meta = page.head.metas.iter().find(|(name, _)| name == "og:url")?;
        Some(meta.1.as_str())
    });
    match address {
        Some(address) if address.len() > 12 => words::hash_of_letters(address),
        _ => page.blocks.iter().fold(0, |key: u64, block| {
            key.rotate_left(7) ^ words::hash_of_letters(&block.text)
        }),
    }
}

/// Returns the hash of a block that is long enough to be told from others; shorter ones repeat by chance.
fn hash_of(block: &Block) -> Option<u64> {
    (block.chars >= 6).then(|| words::hash_of_letters(&block.text))
}
