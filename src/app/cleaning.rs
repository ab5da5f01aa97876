//! The article with what cleaning removed in its place: a selected block, and what the reader has chosen for blocks but not
//! yet said for good.

use std::collections::BTreeMap;
use std::ops::Range;

use super::reader::Reader;
use super::{App, Pane};
use crate::flow::{Aside, Place};
use crate::keymap::{Command, Context};
use crate::model::article::{Article, BlockDecision, Reason};
use crate::model::change::{BlockChoice, SiteEdit, SiteLine, SiteList};
use crate::model::{Block, Document, Scope, TextId, What};

/// A block of the article as it is shown with what was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// One of [`crate::model::article::Body::removed_groups`].
    Removed(usize),
    /// One of [`Document::blocks`].
    Kept(usize),
}

/// What cleaning removed is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaning {
    /// The selected block.
    pub selected: Option<Item>,
    /// Removed blocks to be put back, and kept ones to be removed.
    pub chosen: Vec<Item>,
}

/// Returns the article's blocks in the order they are shown in.
pub fn items(article: &Article) -> Vec<Item> {
    let count = article.body.document.blocks.len();
    let groups = article.body.removed_groups();
    let mut items: Vec<(usize, bool, Item)> = groups
        .iter()
        .enumerate()
        .map(|(n, group)| (before(article, group), false, Item::Removed(n)))
        .collect();
    items.extend((0..count).map(|n| (n, true, Item::Kept(n))));
    // Stable: removed blocks of one place stay in their order, before the block they stood before.
    items.sort_by_key(|(at, is_kept, _)| (*at, *is_kept));
    items.into_iter().map(|(_, _, item)| item).collect()
}

/// Returns the block that a group of removed ones stood before.
fn before(article: &Article, group: &Range<usize>) -> usize {
    let first = article.body.removed.get(group.start);
    let count = article.body.document.blocks.len();
    first.map_or(count, |block| block.before.min(count))
}

/// Returns what was removed as the layout shows it: each with its reason.
pub(super) fn asides(article: &Article) -> Vec<Aside> {
    let groups = article.body.removed_groups();
    let asides = groups.iter().enumerate().map(|(n, group)| Aside {
        before: before(article, group),
        label: match reason_of(article, n) {
            None => "by you".to_owned(),
            Some(reason) => reason.word().to_owned(),
        },
        text: words_of(article, Item::Removed(n)).join(" · "),
    });
    asides.collect()
}

/// Returns why a group of blocks is not in the article; `None` where the reader decided that.
fn reason_of(article: &Article, group: usize) -> Option<Reason> {
    let groups = article.body.removed_groups();
    let block = article.body.removed.get(groups.get(group)?.start)?;
    (decided(&article.decisions, &block.text) != Some(false)).then_some(block.reason)
}

fn decided(decisions: &[BlockDecision], words: &str) -> Option<bool> {
    let found = decisions.iter().find(|decision| decision.text == words);
    found.map(|decision| decision.keep)
}

/// Returns what a block is known by; several words for removed ones that are shown as one.
fn words_of(article: &Article, item: Item) -> Vec<String> {
    match item {
        Item::Removed(n) => {
            let groups = article.body.removed_groups();
            let group = groups.get(n).cloned().unwrap_or_default();
            let removed = article.body.removed.get(group).unwrap_or_default();
            removed.iter().map(|block| block.text.clone()).collect()
        }
        Item::Kept(n) => {
            let block = article.body.document.blocks.get(n);
            block.map(Block::words).into_iter().collect()
        }
    }
}

/// Returns the place in a new text of an article that shows what a place in its old text shows; where those words are gone,
/// the nearest before them that are not.
pub(super) fn same_place(place: Place, old: &Document, new: &Document) -> Place {
    if old == new || place.text == TextId::HEADLINE {
        return place;
    }
    let mut known: BTreeMap<&str, Vec<(usize, TextId)>> = BTreeMap::new();
    for (at, (id, text)) in new.texts().into_iter().enumerate() {
        known
            .entry(text.string.as_str())
            .or_default()
            .push((at, id));
    }
    let olds = old.texts();
    let Some(at) = olds.iter().position(|(id, _)| *id == place.text) else {
        return place;
    };
    for (back, (_, text)) in olds.iter().enumerate().take(at + 1).rev() {
        let Some(found) = known.get(text.string.as_str()) else {
            continue;
        };
        let nearest = found.iter().min_by_key(|(new, _)| new.abs_diff(back));
        if let Some((_, id)) = nearest.filter(|_| !text.is_blank()) {
            return if back == at {
                Place { text: *id, ..place }
            } else {
                Place {
                    text: *id,
                    offset: text.string.len(),
                    below: 0,
                }
            };
        }
    }
    place
}

impl Reader {
    /// Returns the lines a block stands on.
    pub fn lines_of(&self, item: Item) -> Range<usize> {
        let lines = match item {
            Item::Removed(n) => self.layout.asides.get(n),
            Item::Kept(n) => self.layout.blocks.get(n),
        };
        lines.cloned().unwrap_or_default()
    }

    /// Shows what cleaning removed, the first such block at or below the screen's top selected, or hides it again.
    pub(super) fn set_cleaning(&mut self, on: bool) {
        self.cleaning = on.then(Cleaning::default);
        // Laid out again at the next look.
        self.layout.width = 0;
        self.link = None;
        self.hints = None;
    }

    /// Selects a block where none is selected: the first removed one in view or below, else the last.
    pub(super) fn settle_cleaning(&mut self, height: usize) {
        let unsettled = self
            .cleaning
            .as_ref()
            .is_some_and(|cleaning| cleaning.selected.is_none());
        if !unsettled || self.layout.is_empty() || self.layout.width == 0 {
            return;
        }
        let removed = items(&self.article).into_iter();
        let removed: Vec<Item> = removed
            .filter(|item| matches!(item, Item::Removed(_)))
            .collect();
        let below = removed
            .iter()
            .find(|item| self.lines_of(**item).start >= self.top);
        let selected = below.or(removed.last()).copied().or(Some(Item::Kept(0)));
        self.select_item(selected, height);
    }

    fn select_item(&mut self, item: Option<Item>, height: usize) {
        let Some(item) = item else { return };
        if let Some(cleaning) = &mut self.cleaning {
            cleaning.selected = Some(item);
        }
        let lines = self.lines_of(item);
        if lines.start < self.top || lines.end > self.top + height {
            let fits = lines.len() < height;
            // A block that fits is shown whole with a little around it.
            self.top = if fits && lines.start >= self.top {
                (lines.end + height / 4)
                    .saturating_sub(height)
                    .min(lines.start)
            } else {
                lines.start.saturating_sub(height / 4)
            };
            self.top = self.top.min(self.last_top(height));
        }
    }

    /// Goes so many blocks on, or only over removed ones. Says whether there is one.
    pub(super) fn walk_items(&mut self, by: isize, only_removed: bool, height: usize) -> bool {
        let Some(cleaning) = &self.cleaning else {
            return false;
        };
        let all = items(&self.article);
        let at = cleaning
            .selected
            .and_then(|item| all.iter().position(|other| *other == item));
        let found = if only_removed {
            let is_removed = |item: &&Item| matches!(item, Item::Removed(_));
            match (at, by < 0) {
                (Some(at), false) => all.iter().skip(at + 1).find(is_removed),
                (Some(at), true) => all.iter().take(at).rfind(is_removed),
                (None, _) => all.iter().find(is_removed),
            }
        } else {
            let to = at.unwrap_or(0).saturating_add_signed(by);
            all.get(to.min(all.len().saturating_sub(1)))
        };
        let Some(item) = found.copied() else {
            return false;
        };
        self.select_item(Some(item), height);
        true
    }

    /// Selects the first block in view, where the selected one went out of it.
    pub(super) fn select_in_view(&mut self, height: usize) {
        let view = self.top..self.top + height;
        let in_view = |item: &Item| {
            let lines = self.lines_of(*item);
            lines.start < view.end && lines.end > view.start
        };
        let selected = self.cleaning.as_ref().and_then(|it| it.selected);
        if selected.is_some_and(|item| in_view(&item)) {
            return;
        }
        let first = items(&self.article).into_iter().find(in_view);
        if let (Some(cleaning), Some(_)) = (&mut self.cleaning, first) {
            cleaning.selected = first;
        }
    }

    /// Takes over from the same article before it was cleaned again: the block with the same words is selected.
    pub(super) fn follow_cleaning(&mut self, old: &Self) {
        let Some(before) = &old.cleaning else { return };
        let find = |item: Item| {
            let words = words_of(&old.article, item);
            let all = items(&self.article);
            let same = all
                .iter()
                .find(|other| words_of(&self.article, **other) == words);
            same.or_else(|| all.iter().find(|other| **other == item))
                .copied()
        };
        self.cleaning = Some(Cleaning {
            selected: before.selected.and_then(find),
            chosen: if old.article.body == self.article.body {
                before.chosen.clone()
            } else {
                Vec::new()
            },
        });
        // Laid out again with what was removed at the next look.
        self.layout.width = 0;
    }
}

impl App {
    /// Says whether the keys are those of what was removed.
    pub(super) fn is_cleaning(&self) -> bool {
        let reader = self.place.reader.as_ref();
        self.place.focus == Pane::Article
            && self.overlays.is_empty()
            && reader.is_some_and(|reader| reader.cleaning.is_some())
    }

    /// `gx`: shows what cleaning removed, in its place, or hides it.
    pub(super) fn show_removed(&mut self) {
        if self.is_cleaning() {
            self.end_cleaning();
            return;
        }
        let height = self.height(Pane::Article);
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        if reader.article.body.document.blocks.is_empty() && reader.article.body.removed.is_empty()
        {
            self.say("There is no text to clean");
            return;
        }
        reader.set_cleaning(true);
        self.place.focus = Pane::Article;
        self.fit_article();
        if let Some(reader) = &mut self.place.reader {
            reader.settle_cleaning(height);
        }
    }

    /// Hides what was removed; what was chosen and not said for good is dropped first. Says whether there was something.
    pub(super) fn end_cleaning(&mut self) -> bool {
        if !self.is_cleaning() {
            return false;
        }
        let Some(reader) = &mut self.place.reader else {
            return false;
        };
        let chosen = reader
            .cleaning
            .as_mut()
            .map(|cleaning| std::mem::take(&mut cleaning.chosen))
            .unwrap_or_default();
        match chosen.len() {
            0 => reader.set_cleaning(false),
            1 => self.say("The choice is dropped; nothing was changed"),
            count => self.say(format!("{count} choices are dropped; nothing was changed")),
        }
        true
    }

    /// `]b` and `[b`.
    pub(super) fn walk_removed(&mut self, back: bool) {
        if !self.is_cleaning() {
            self.show_removed();
            return;
        }
        let height = self.height(Pane::Article);
        let by = if back { -1 } else { 1 };
        let reader = self.place.reader.as_mut();
        if reader.is_some_and(|reader| !reader.walk_items(by, true, height)) {
            self.say("No more removed blocks");
        }
    }

    /// `+` and `-`: chooses for the selected block, or takes the choice back.
    pub(super) fn choose_block(&mut self, keep: bool) {
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        let Some(cleaning) = &mut reader.cleaning else {
            return;
        };
        let Some(item) = cleaning.selected else {
            return;
        };
        let is_removed = matches!(item, Item::Removed(_));
        let chosen = cleaning.chosen.contains(&item);
        let has_words = words_of(&reader.article, item)
            .iter()
            .any(|words| words.chars().any(char::is_alphanumeric));
        match (is_removed != chosen, keep) {
            (false, true) => self.say("This block is in the article"),
            (true, false) => self.say("This block is not in the article"),
            _ if !has_words => self.say("This block has no words to know it by"),
            _ if chosen => cleaning.chosen.retain(|other| *other != item),
            _ => {
                cleaning.chosen.push(item);
                cleaning.chosen.sort_unstable();
            }
        }
    }

    /// Returns what was chosen: words, and whether they are to be shown.
    fn choices(&self) -> Vec<(String, bool)> {
        let Some(reader) = &self.place.reader else {
            return Vec::new();
        };
        let chosen = reader.cleaning.iter().flat_map(|it| &it.chosen);
        chosen
            .flat_map(|item| {
                let keep = matches!(item, Item::Removed(_));
                let words = words_of(&reader.article, *item).into_iter();
                words.map(move |words| (words, keep))
            })
            .filter(|(words, _)| words.chars().any(char::is_alphanumeric))
            .collect()
    }

    fn nothing_chosen(&mut self) {
        let hint = |command| self.settings.keymap.hint(Context::Removed, command);
        let words = format!(
            "Nothing is chosen: {} puts a block back, {} removes one",
            hint(Command::PutBack),
            hint(Command::TakeOut)
        );
        self.say(words);
    }

    /// `Enter`: what was chosen holds for this article.
    pub(super) fn decide_here(&mut self) {
        let choices = self.choices();
        let id = self.place.reader.as_ref().map(Reader::id);
        let Some(id) = id.filter(|_| !choices.is_empty()) else {
            self.nothing_chosen();
            return;
        };
        let choices = choices.into_iter().map(|(text, keep)| BlockChoice {
            text,
            keep: Some(keep),
        });
        self.change_in(What::Blocks(choices.collect()), Scope::Ids(vec![id]));
    }

    /// `s`: what was chosen holds for every article of the site, by a rule in the user's file.
    pub(super) fn decide_for_site(&mut self) {
        let choices = self.choices();
        if choices.is_empty() {
            self.nothing_chosen();
            return;
        }
        let Some(reader) = &self.place.reader else {
            return;
        };
        let id = reader.id();
        let url = reader.article.row.url.as_deref();
        let Some(host) = url.and_then(host_of) else {
            let hint = self.settings.keymap.hint(Context::Removed, Command::Open);
            self.say_failed(format!(
                "This article has no site; {hint} decides for it alone"
            ));
            return;
        };
        let lines = choices.into_iter().flat_map(|(text, keep)| {
            let (off, on) = if keep {
                (SiteList::StripText, SiteList::KeepText)
            } else {
                (SiteList::KeepText, SiteList::StripText)
            };
            let line = |list, on| SiteLine {
                list,
                text: text.clone(),
                on,
            };
            [line(off, false), line(on, true)]
        });
        let edit = SiteEdit {
            host,
            lines: lines.collect(),
        };
        self.change_in(What::Site(edit), Scope::Ids(vec![id]));
    }

    /// Takes in that what was chosen is stored.
    pub(super) fn choices_stored(&mut self) {
        let reader = self.place.reader.as_mut();
        if let Some(cleaning) = reader.and_then(|reader| reader.cleaning.as_mut()) {
            cleaning.chosen.clear();
        }
        self.cleaning_awaited = true;
    }

    /// Takes in that articles were cleaned again. What the reader asked for shows at once; else nothing moves under his
    /// eyes: only an article that was not scrolled yet is shown anew.
    pub(super) fn refreshed(&mut self, ids: &[crate::model::ArticleId]) {
        let Some(reader) = &self.place.reader else {
            return;
        };
        let is_untouched = reader.top == 0
            && reader.find.is_none()
            && reader.name.is_none()
            && reader.link.is_none()
            && reader.cleaning.is_none();
        if ids.contains(&reader.id()) && (self.cleaning_awaited || is_untouched) {
            self.cleaning_awaited = false;
            self.reread();
        }
    }

    /// Returns the status line's words while what was removed is shown.
    pub(super) fn cleaning_words(&self) -> Option<String> {
        let reader = self.place.reader.as_ref()?;
        let cleaning = reader.cleaning.as_ref()?;
        let hint = |command| self.settings.keymap.hint(Context::Removed, command);
        if !cleaning.chosen.is_empty() {
            let is_back = |item: &&Item| matches!(item, Item::Removed(_));
            let back = cleaning.chosen.iter().filter(is_back).count();
            let gone = cleaning.chosen.len() - back;
            let parts = [(back, "+"), (gone, "-")];
            let parts = parts.iter().filter(|(count, _)| *count > 0);
            let parts: Vec<String> = parts
                .map(|(count, sign)| format!("{sign}{count}"))
                .collect();
            return Some(format!(
                "{} · {} this article · {} its site · {} drops",
                parts.join(" "),
                hint(Command::Open),
                hint(Command::RuleForSite),
                hint(Command::Cancel)
            ));
        }
        let words = match cleaning.selected? {
            Item::Removed(n) => {
                let why = match reason_of(&reader.article, n) {
                    None => "removed by you".to_owned(),
                    Some(reason) => format!("removed: {}", reason.in_words()),
                };
                format!("{why} · {} puts it back", hint(Command::PutBack))
            }
            Item::Kept(_) => format!("in the article · {} removes it", hint(Command::TakeOut)),
        };
        Some(format!("{words} · {} ends", hint(Command::Cancel)))
    }

    /// Returns the pane's title while what was removed is shown.
    pub fn cleaning_title(&self) -> Option<String> {
        let reader = self.place.reader.as_ref()?;
        reader.cleaning.as_ref()?;
        Some(reader.article.body.cleaning_words())
    }
}

/// Returns the host of an address as a rule names it.
fn host_of(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?.split(':').next()?.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn document(words: &[&str]) -> Document {
        let paragraph = |words: &&str| Block::Paragraph {
            text: Text::plain(*words),
        };
        Document {
            lang: None,
            blocks: words.iter().map(paragraph).collect(),
        }
    }

    fn check(old: &[&str], at: (u32, usize), new: &[&str], expect: (u32, usize)) {
        let place = Place {
            text: TextId(at.0),
            offset: at.1,
            below: 0,
        };
        let found = same_place(place, &document(old), &document(new));
        assert_eq!((found.text.0, found.offset), expect);
    }

    #[test]
    fn the_same_words_are_found_again_after_another_cleaning() {
        let old = ["a", "b", "c", "b"];
        check(&old, (3, 1), &["x", "a", "b", "c", "b"], (4, 1));
        check(&old, (4, 0), &["b", "y", "z", "b"], (4, 0));
        check(&old, (3, 1), &["x", "a", "b"], (3, 1));
        check(&old, (0, 5), &["x"], (0, 5));
        check(&old, (2, 1), &["nothing", "of", "it"], (2, 1));
    }

    #[test]
    fn a_site_is_named_by_its_host() {
        for (url, expect) in [
            ("https://www.Example.com/a", Some("example.com")),
            (
                "http://user@news.example.com:8080/?x",
                Some("news.example.com"),
            ),
            ("urn:sha256:1", None),
            ("https:///x", None),
        ] {
            assert_eq!(host_of(url).as_deref(), expect, "{url}");
        }
    }
}
