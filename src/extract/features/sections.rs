//! What stands before and after a text: the heading above, the next paragraphs, the headline.

use super::BAD;
use super::first::MAX_SCORED_WORDS;
use crate::extract::model::Model;
use crate::extract::page::Page;
use crate::extract::shingle::first_word_hashes;

/// What the heading before a text says.
#[derive(Clone, Copy, Default)]
pub(super) struct Section {
    /// Its words name furniture.
    pub(super) is_bad: bool,
    /// Mean of what its words speak for.
    pub(super) score: f32,
    /// Texts since the heading, 60 at most.
    pub(super) gap: f32,
    /// The heading is a link.
    pub(super) is_link: bool,
}

/// Returns for each text what the heading before it says.
pub(super) fn sections(page: &Page, blocks: &[usize], model: &Model) -> Vec<Section> {
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
        let hashes = first_word_hashes(&block.text, MAX_SCORED_WORDS);
        let scores = hashes.iter().map(|hash| model.word_score(*hash as u32));
        section = Section {
            is_bad: block.measured.says & BAD != 0 && block.chars < 60,
            score: scores.sum::<f32>() / hashes.len().max(1) as f32,
            gap: 0.0,
            is_link: block.link_chars * 2 > block.chars,
        };
    }
    sections
}

/// Returns for each text how many stand between it and the paragraph before, and the one after; 40 at most.
pub(super) fn gaps(paragraphs: &[bool]) -> Vec<(u32, u32)> {
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
pub(super) fn title_at(page: &Page, blocks: &[usize], hashes: &[u64], title: u64) -> Option<usize> {
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
