//! Which blocks are the article, and why the others are not.
//!
//! The learnt judgement says what belongs; rules then settle what it cannot know: the site's rule, repeats, bylines at
//! the end, blocks in another script, and which picture a caption belongs to.

use std::collections::HashSet;

use super::compose::Fate;
use super::features::{Evidence, Judged};
use super::layout::Layout;
use super::model::Model;
use super::page::{Block, Kind, Page, Ruled, Tag};
use super::paywall;
use super::script::Script;
use super::settle;
use super::site::SiteRule;
use super::wholes;
use super::words::{self, Groups};
use crate::model::article::{BlockDecision, Reason};

/// A verdict on every block of a page.
pub(super) struct Verdict {
    pub(super) fates: Vec<Fate>,
    /// Why a block was dropped; meaningless for kept ones.
    pub(super) reasons: Vec<Reason>,
    /// How sure the verdict is, 0 to 1.
    pub(super) confidence: f32,
}

/// A block of fewer letters than this is no article on its own.
const MIN_BODY_CHARS: u32 = 120;

/// Judges a page's blocks.
pub(super) fn judge(
    page: &Page,
    layout: &Layout,
    evidence: &Evidence,
    model: &Model,
    rule: Option<&SiteRule>,
    decisions: &[BlockDecision],
) -> Verdict {
    let judged = Judged::new(page, layout, evidence, model);
    let mut verdict = Verdict {
        fates: vec![Fate::Drop; page.blocks.len()],
        reasons: vec![Reason::Other; page.blocks.len()],
        confidence: confidence(page, &judged, model.threshold),
    };
    let threshold = lowered(page, &judged, model.threshold);
    for (n, p) in judged.iter() {
        if p > threshold {
            verdict.keep(n);
        } else {
            let is_furniture = evidence.furniture.get(n).copied().unwrap_or(false);
            let reason = reason_of(page, n);
            verdict.drop(
                n,
                if is_furniture && reason == Reason::Other {
                    Reason::Site
                } else {
                    reason
                },
            );
        }
    }
    verdict.settle_repeats(page, evidence);
    verdict.settle_scripts(page);
    wholes::settle(&mut verdict, page);
    settle::settle(&mut verdict, page, evidence);
    paywall::settle(&mut verdict, page);
    verdict.settle_end(page);
    if let Some(rule) = rule {
        verdict.settle_rule(page, rule, &judged);
    }
    verdict.settle_pictures(page);
    verdict.tell_headline(evidence.headline);
    verdict.keep_by_hand(page, decisions);
    verdict
}

/// Returns how sure the judgement is, blocks weighing by their letters.
fn confidence(page: &Page, judged: &Judged, threshold: f32) -> f32 {
    let (mut sure, mut chars) = (0.0, 1.0_f32);
    for (n, p) in judged.iter() {
        let own = page.blocks.get(n).map_or(0.0, |block| block.chars as f32);
        sure += own * ((p - threshold).abs() * 2.5).min(1.0);
        chars += own;
    }
    (sure / chars).clamp(0.0, 1.0)
}

/// Returns a lower threshold for a page of which hardly anything would be kept: an unsure article is better than none.
fn lowered(page: &Page, judged: &Judged, threshold: f32) -> f32 {
    let kept = |threshold: f32| -> u32 {
        let kept = judged.iter().filter(|(_, p)| *p > threshold);
        kept.filter_map(|(n, _)| page.blocks.get(n))
            .map(|block| block.chars)
            .sum()
    };
    if kept(threshold) >= MIN_BODY_CHARS {
        return threshold;
    }
    let most = judged.probabilities.iter().copied().fold(0.0, f32::max);
    (most * 0.6).min(threshold)
}

impl Verdict {
    pub(super) fn keep(&mut self, n: usize) {
        self.put(n, Fate::Keep);
    }

    pub(super) fn keep_as_standfirst(&mut self, n: usize) {
        self.put(n, Fate::Standfirst);
    }

    pub(super) fn drop(&mut self, n: usize, reason: Reason) {
        self.put(n, Fate::Drop);
        if let Some(slot) = self.reasons.get_mut(n) {
            *slot = reason;
        }
    }

    fn put(&mut self, n: usize, fate: Fate) {
        if let Some(slot) = self.fates.get_mut(n) {
            *slot = fate;
        }
    }

    pub(super) fn is_kept(&self, n: usize) -> bool {
        self.fates.get(n) == Some(&Fate::Keep)
    }

    pub(super) fn kept_texts<'a>(&self, page: &'a Page) -> Vec<(usize, &'a Block)> {
        page.blocks
            .iter()
            .enumerate()
            .filter(|(n, block)| block.chars > 0 && self.is_kept(*n))
            .collect()
    }

    /// Drops what is said twice: the headline, and longer texts word for word.
    fn settle_repeats(&mut self, page: &Page, evidence: &Evidence) {
        let title = words::hash_of_letters(&evidence.title);
        let mut known = HashSet::new();
        for (n, block) in self.kept_texts(page) {
            let hash = block.measured.hash;
            let is_headline = hash == title && title != 0;
            if is_headline || (block.chars >= 60 && !known.insert(hash)) {
                self.drop(n, Reason::Repeat);
            }
        }
    }

    /// Drops blocks in another script than the article's, but for quotations.
    fn settle_scripts(&mut self, page: &Page) {
        let kept = self.kept_texts(page);
        let all: String = kept
            .iter()
            .map(|(_, block)| block.text.as_str())
            .filter(|text| text.len() > 60)
            .take(40)
            .collect::<Vec<_>>()
            .join(" ");
        let script = Script::of_all(&all);
        for (n, block) in kept {
            let is_quoted = page
                .chain(block.elem)
                .any(|e| matches!(e.tag, Tag::Quote | Tag::Pre));
            if !is_quoted && !block.measured.script.goes_with(script) {
                self.drop(n, Reason::Foreign);
            }
        }
    }

    /// Drops a byline with its address behind the text.
    fn settle_end(&mut self, page: &Page) {
        for (n, block) in self.kept_texts(page).into_iter().rev().take(4) {
            let has_mail = block
                .text
                .split_whitespace()
                .any(|word| word.contains('@') && word.contains('.'));
            if has_mail && block.chars < 120 {
                self.drop(n, Reason::Author);
            }
        }
    }

    fn settle_rule(&mut self, page: &Page, rule: &SiteRule, judged: &Judged) {
        let has_body = page.elems.iter().any(|e| e.ruled == Ruled::Body);
        let hashes = |texts: &[String]| -> HashSet<u64> {
            texts
                .iter()
                .map(|text| words::hash_of_letters(text))
                .collect()
        };
        let (strip, keep) = (hashes(&rule.strip_text), hashes(&rule.keep_text));
        for (n, p) in judged.iter() {
            let Some(block) = page.blocks.get(n) else {
                continue;
            };
            let ruled = page
                .elems
                .get(block.elem)
                .map_or(Ruled::Nothing, |e| e.ruled);
            let hash = block.measured.hash;
            // A block's own words say more than the element it is in.
            let is_named = keep.contains(&hash);
            if is_named || ruled == Ruled::Keep || (ruled == Ruled::Body && p > 0.1) {
                self.keep(n);
            }
            let is_outside = ruled == Ruled::Strip || (has_body && ruled == Ruled::Nothing);
            if strip.contains(&hash) || (is_outside && !is_named) {
                self.drop(n, Reason::Site);
            }
        }
    }

    /// Keeps what the reader put back. What he took out is taken from the finished document ([`super::by_hand`]), where
    /// blocks are whole.
    /// The headline stands over the article already: that, and no other reason, is why it is dropped from the text.
    fn tell_headline(&mut self, headline: Option<usize>) {
        if let Some(n) = headline
            && self.fates.get(n) == Some(&Fate::Drop)
        {
            self.drop(n, Reason::Repeat);
        }
    }

    fn keep_by_hand(&mut self, page: &Page, decisions: &[BlockDecision]) {
        let kept: HashSet<u64> = decisions
            .iter()
            .filter(|decision| decision.keep)
            .map(|decision| words::hash_of_letters(&decision.text))
            .collect();
        if kept.is_empty() {
            return;
        }
        for (n, block) in page.blocks.iter().enumerate() {
            let is_dropped = self.fates.get(n) == Some(&Fate::Drop);
            if is_dropped && block.chars > 0 && kept.contains(&block.measured.hash) {
                self.keep(n);
            }
        }
    }

    /// Keeps the article's pictures and embeds, gives captions and credits to them, and drops captions said twice.
    fn settle_pictures(&mut self, page: &Page) {
        let kept: Vec<usize> = self.kept_texts(page).into_iter().map(|(n, _)| n).collect();
        let (Some(first), Some(last)) = (kept.first().copied(), kept.last().copied()) else {
            return;
        };
        let span = first.saturating_sub(8)..(last + 3).min(page.blocks.len());
        let mut sources = HashSet::new();
        for n in span.clone() {
            let Some(block) = page.blocks.get(n) else {
                continue;
            };
            let is_good = near_groups(page, n) & NO_PICTURES == 0;
            match &block.kind {
                Kind::Image { src, .. } if is_good && !is_ornament(src) => {
                    let address = src.split(['?', '#']).next().unwrap_or_default();
                    if (address.is_empty() || sources.insert(address)) && self.is_near_text(page, n)
                    {
                        self.keep(n);
                    }
                }
                Kind::Embed { .. } if is_good && self.is_near_text(page, n) => self.keep(n),
                Kind::Rule if self.is_kept(n.wrapping_sub(1)) && self.is_kept(n + 1) => {
                    self.keep(n);
                }
                _ => {}
            }
        }
        self.settle_captions(page, span);
    }

    /// Says whether one of the texts next to a picture, captions left aside, is kept.
    fn is_near_text(&self, page: &Page, n: usize) -> bool {
        let is_text = |m: &usize| {
            page.blocks.get(*m).is_some_and(|block| block.chars > 0)
                && (self.is_kept(*m) || !is_caption(page, *m))
        };
        let before = (n.saturating_sub(6)..n).rev().find(is_text);
        let after = (n + 1..(n + 7).min(page.blocks.len())).find(is_text);
        before.is_some_and(|m| self.is_kept(m)) || after.is_some_and(|m| self.is_kept(m))
    }

    fn settle_captions(&mut self, page: &Page, span: std::ops::Range<usize>) {
        let mut said: HashSet<u64> = HashSet::new();
        let mut captioned: HashSet<usize> = HashSet::new();
        for n in span {
            let Some(block) = page
                .blocks
                .get(n)
                .filter(|block| block.chars > 0 && block.chars < 600)
            else {
                continue;
            };
            let image = self.picture_of(page, n);
            let repeats_alt = image.is_some_and(|image| {
                n == image + 1 && matches!(page.blocks.get(image).map(|b| &b.kind), Some(Kind::Image { alt, .. }) if block.chars > 12 && said_alike(alt, &block.text))
            });
            if !is_caption(page, n) && !repeats_alt {
                continue;
            }
            let hash = words::hash_of_letters(without_brackets(&block.text));
            if said.contains(&hash) {
                self.drop(n, Reason::Repeat);
                continue;
            }
            let Some(image) = image else { continue };
            said.insert(hash);
            let is_credit = captioned.contains(&image) && block.chars < 90;
            if is_credit {
                self.put(n, Fate::Credit(image));
            } else {
                captioned.insert(image);
                self.put(n, Fate::Caption(image));
            }
        }
        if said.is_empty() {
            return;
        }
        for (n, block) in self.kept_texts(page) {
            let says = || words::hash_of_letters(without_brackets(&block.text));
            if block.chars > 20 && block.chars < 600 && said.contains(&says()) {
                self.drop(n, Reason::Repeat);
            }
        }
    }

    /// Returns the kept picture that a caption would belong to: in the same figure, else just before, else just after.
    fn picture_of(&self, page: &Page, n: usize) -> Option<usize> {
        let is_picture = |m: &usize| {
            self.is_kept(*m)
                && matches!(
                    page.blocks.get(*m).map(|b| &b.kind),
                    Some(Kind::Image { .. } | Kind::Embed { .. })
                )
        };
        let is_image = |m: &usize| {
            is_picture(m)
                && matches!(
                    page.blocks.get(*m).map(|b| &b.kind),
                    Some(Kind::Image { .. })
                )
        };
        let figure = page
            .chain(page.blocks.get(n)?.elem)
            .find(|e| e.tag == Tag::Figure)
            .and_then(|figure| figure.blocks.clone().find(is_image));
        figure
            .or_else(|| (n.saturating_sub(4)..n).rev().find(is_image))
            .or_else(|| (n + 1..(n + 3).min(page.blocks.len())).find(is_image))
    }
}

/// Returns what becomes of the blocks of a feed entry: all stay but trackers, share bars and the feed's own tail.
pub(super) fn judge_fragment(page: &Page) -> Vec<Fate> {
    let count = page.blocks.len();
    let mut verdict = Verdict {
        fates: vec![Fate::Drop; count],
        reasons: vec![Reason::Other; count],
        confidence: 1.0,
    };
    for (n, block) in page.blocks.iter().enumerate() {
        let keeps = match &block.kind {
            Kind::Image { src, .. } => !is_ornament(src),
            Kind::Embed { .. } | Kind::Rule | Kind::Code => true,
            Kind::Text => !is_feed_tail(block, n + 4 >= count),
        };
        if keeps {
            verdict.keep(n);
        }
    }
    verdict.settle_captions(page, 0..count);
    verdict.fates
}

/// Says whether a text of a feed entry is a share bar or the feed's own tail ("The post … appeared first on …").
fn is_feed_tail(block: &Block, is_near_end: bool) -> bool {
    let lower = block.text.to_lowercase();
    let is_all_links = block.link_chars * 10 >= block.chars * 8;
    let groups = block.measured.says;
    let is_tail = (lower.starts_with("the post ") && lower.contains(" appeared first on "))
        || lower.starts_with("this article originally appeared on")
        || (is_all_links
            && [
                "continue reading",
                "read more",
                "read the full",
                "weiterlesen",
                "leer más",
                "lire la suite",
            ]
            .iter()
            .any(|lead| lower.starts_with(lead)));
    (is_tail && is_near_end)
        || (is_all_links && block.chars < 60 && groups & (words::SHARE | words::COMMENTS) != 0)
}

/// Surroundings in which no picture of the article stands.
const NO_PICTURES: Groups = words::RELATED
    | words::SHARE
    | words::POPULAR
    | words::ADVERT
    | words::COMMENTS
    | words::NAV
    | words::AUTHOR
    | words::NEWSLETTER
    | words::SIDE
    | words::FOOTER;

/// Says whether a picture is an icon, a logo, a face or a counter rather than a picture of the article.
fn is_ornament(src: &str) -> bool {
    const PARTS: [&str; 16] = [
        "logo",
        "avatar",
        "icon",
        "sprite",
        "pixel",
        "spacer",
        "1x1",
        "blank.",
        "gravatar",
        "feedburner.com/~",
        "/ads/",
        "doubleclick",
        "emoji",
        "scorecardresearch",
        "quantserve",
        "facebook.com/tr",
    ];
    let lower = src.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
}

fn is_caption(page: &Page, n: usize) -> bool {
    let Some(block) = page.blocks.get(n) else {
        return false;
    };
    let says = |groups: Groups| groups & words::CAPTION != 0;
    let mut chain = page.chain(block.elem);
    let own = chain.next().is_some_and(|e| says(e.groups));
    let upper = chain
        .next()
        .is_some_and(|e| says(e.groups) && e.groups & words::BODY == 0);
    page.chain(block.elem)
        .take(6)
        .any(|e| e.tag == Tag::Figcaption)
        || ((own || upper || says(block.inline)) && block.chars < CAPTION_CHARS)
        || stands_under_picture(page, n)
}

/// A caption has at most this many letters.
const CAPTION_CHARS: u32 = 400;

/// Says whether a text stands under the one picture of a figure, or of a table that holds nothing else: so captions are
/// set where no class and no `figcaption` says so.
fn stands_under_picture(page: &Page, n: usize) -> bool {
    let Some(block) = page
        .blocks
        .get(n)
        .filter(|block| block.chars < CAPTION_CHARS)
    else {
        return false;
    };
    let frame = page
        .chain(block.elem)
        .take(5)
        .find(|e| matches!(e.tag, Tag::Figure | Tag::Table));
    let Some(frame) = frame.filter(|frame| frame.blocks.len() <= 8) else {
        return false;
    };
    let inner = page.blocks.get(frame.blocks.clone()).unwrap_or_default();
    let pictures = || {
        let all = inner.iter().enumerate();
        all.filter(|(_, block)| matches!(block.kind, Kind::Image { .. }))
    };
    let texts = inner.iter().filter(|block| block.chars > 0).count();
    let is_under = pictures()
        .next()
        .is_some_and(|(at, _)| frame.blocks.start + at < n);
    // A face with a name and a saying under it is a quotation.
    let most = if frame.tag == Tag::Figure { 1 } else { 2 };
    is_under && pictures().count() == 1 && texts <= most
}

fn said_alike(one: &str, other: &str) -> bool {
    words::hash_of_letters(without_brackets(one)) == words::hash_of_letters(without_brackets(other))
}

/// Returns a caption without what stands in brackets at its end: the agency.
fn without_brackets(text: &str) -> &str {
    let text = text.trim();
    let cut = if text.ends_with([')', ']', '）', '】']) {
        text.rfind(['(', '[', '（', '【'])
    } else {
        None
    };
    cut.and_then(|at| text.get(..at))
        .filter(|head| head.len() > 10)
        .unwrap_or(text)
}

fn near_groups(page: &Page, n: usize) -> Groups {
    let Some(block) = page.blocks.get(n) else {
        return 0;
    };
    page.chain(block.elem).take(4).fold(block.inline, |all, e| {
        all | e.groups
            | match e.tag {
                Tag::Nav => words::NAV,
                Tag::Footer => words::FOOTER,
                Tag::Aside => words::SIDE,
                _ => 0,
            }
    })
}

/// Returns why a block was dropped: what its own words speak for, else its surroundings, the most telling first.
pub(super) fn reason_of(page: &Page, n: usize) -> Reason {
    const ORDER: &[(Groups, Reason)] = &[
        (words::CONSENT, Reason::Consent),
        (words::NEWSLETTER, Reason::Newsletter),
        (words::COMMENTS, Reason::Comments),
        (words::SHARE, Reason::Share),
        (words::POPULAR, Reason::Popular),
        (words::ADVERT, Reason::Advert),
        (words::RELATED, Reason::Related),
        (words::AUTHOR, Reason::Author),
        (words::NAV, Reason::Navigation),
        (words::FOOTER, Reason::Navigation),
        (words::TAGS, Reason::Navigation),
        (words::ACCOUNT, Reason::Navigation),
        (words::SIDE, Reason::Related),
    ];
    let text = page.blocks.get(n).map_or("", |block| block.text.as_str());
    let mut own = page
        .blocks
        .get(n)
        .filter(|_| text.len() < 200)
        .map_or(0, |block| block.measured.says);
    let around = near_groups(page, n);
    // A class says it of other articles too, and words such as "free trial" or "donate" are no wall.
    if paywall::says_locked(text)
        || (around & words::PAYWALL != 0 && own & (words::PAYWALL | words::NEWSLETTER) != 0)
    {
        return Reason::Paywall;
    }
    if own & words::PAYWALL != 0 {
        own |= words::ADVERT;
    }
    let find = |groups: Groups| {
        ORDER
            .iter()
            .find(|(group, _)| groups & group != 0)
            .map(|(_, reason)| *reason)
    };
    // A name or "home" in a line of another box says little.
    let telling = own & !(words::AUTHOR | words::NAV | words::FOOTER);
    find(own & around)
        .or_else(|| find(telling))
        .or_else(|| find(around))
        .or_else(|| find(own))
        .unwrap_or(Reason::Other)
}
