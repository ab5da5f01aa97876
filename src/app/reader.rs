//! The article on the screen: its lines, where in it the reader is, and what is selected in it. All places are places
//! in the text, so that they outlive another width or another layout.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::tz::TimeZone;

use super::cleaning::{self, Cleaning};
use super::effect::Ticket;
use super::searched::Searched;
use super::words::file_words;
use crate::flow::{self, Head, Layout, Options, Place};
use crate::model::article::{Article, BodySource};
use crate::model::entity::ArticleEntity;
use crate::model::picture::Picture;
use crate::model::{ArticleId, TextId};
use crate::text::fold::{fold, fold_with_map};

/// Texts longer than this are laid out off the UI thread (DESIGN: 100 kB).
const LONG_BYTES: usize = 100_000;

/// Attached files named over the text; all of them stand in their own list.
const FILES_SHOWN: usize = 3;

/// The article on the screen.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The article.
    pub article: Box<Article>,
    /// Its lines.
    pub layout: Layout,
    /// The first line on the screen.
    pub top: usize,
    /// What is looked for in the text.
    pub find: Option<Find>,
    /// What the list was searched for.
    pub searched: Searched,
    /// The selected link: its place in [`Layout::links`].
    pub link: Option<usize>,
    /// Letters on the links, while one is chosen.
    pub hints: Option<Hints>,
    /// The selected name: its place in the article's names.
    pub name: Option<usize>,
    /// The mention the reader stands on: its place in the article's mentions.
    pub mention: Option<usize>,
    /// Shown with what cleaning removed.
    pub cleaning: Option<Cleaning>,
    /// The word chosen with a click: where it stands.
    pub word: Option<(TextId, Range<usize>)>,
    /// How its full text stands.
    pub full: FullState,
    /// Its pictures.
    pub pictures: Pictures,
    /// `]e` walks this name's mentions only: it was chosen in the sidebar.
    pub(super) pinned: bool,
    pub(super) laying: Option<Ticket>,
    pub(super) hold: Place,
}

/// The pictures of the article on the screen, as far as they were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pictures {
    /// By address, scaled for the width they were asked for.
    pub ready: BTreeMap<String, Picture>,
    /// The columns they were asked for; 0: not yet.
    pub(super) cols: u16,
    pub(super) asked: Option<Ticket>,
}

/// How the full text of the article on the screen stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FullState {
    /// Nothing to say.
    #[default]
    Quiet,
    /// It is being fetched.
    Coming,
    /// It is there, and shown on `x`: the reader had scrolled, so nothing moved.
    Ready,
    /// It could not be had, in plain words.
    Failed(String),
}

/// A search in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// What is looked for.
    pub text: String,
    /// Where it stands, in reading order.
    pub hits: Vec<(TextId, Range<usize>)>,
    /// The hit the reader stands on.
    pub current: usize,
}

/// Letters on the links in view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Each link's letters, and its place in [`Layout::links`].
    pub labels: Vec<(String, usize)>,
    /// What was typed so far.
    pub typed: String,
}

impl Reader {
    /// Returns an article laid out for so many columns; a long one has no lines yet ([`Self::is_long`]).
    pub(super) fn new(article: Box<Article>, width: u16, ascii: bool, zone: &TimeZone) -> Self {
        let mut reader = Self {
            article,
            layout: Layout::default(),
            top: 0,
            find: None,
            searched: Searched::default(),
            link: None,
            hints: None,
            name: None,
            mention: None,
            cleaning: None,
            word: None,
            full: FullState::Quiet,
            pictures: Pictures::default(),
            pinned: false,
            laying: None,
            hold: Place::default(),
        };
        if !reader.is_long() {
            let options = reader.options(ascii, zone);
            reader.layout = flow::layout(&reader.article.body.document, width, &options);
        }
        reader
    }

    /// Returns the article's id.
    pub fn id(&self) -> ArticleId {
        self.article.row.id
    }

    /// Says whether laying it out would be seen as a pause.
    pub(super) fn is_long(&self) -> bool {
        let texts = self.article.body.document.texts();
        let bytes: usize = texts.iter().map(|(_, text)| text.string.len()).sum();
        bytes > LONG_BYTES
    }

    /// Returns what the layout needs besides document and width: headline and byline stand over the text.
    pub(super) fn options(&self, ascii: bool, zone: &TimeZone) -> Options {
        Options {
            head: Some(Head {
                headline: self.article.row.title.clone(),
                byline: self.byline_and_files(zone),
            }),
            ascii,
            asides: match self.cleaning {
                Some(_) => cleaning::asides(&self.article),
                None => Vec::new(),
            },
            picture_rows: self
                .pictures
                .ready
                .iter()
                .map(|(address, picture)| (address.clone(), picture.rows))
                .collect(),
            ..Options::default()
        }
    }

    /// Returns the byline, and under it a line for each attached file, the first few.
    fn byline_and_files(&self, zone: &TimeZone) -> Vec<String> {
        let mut lines = vec![self.byline(zone)];
        let files = &self.article.enclosures;
        let shown = files.iter().take(FILES_SHOWN);
        lines.extend(shown.map(|file| format!("{} · attached", file_words(file))));
        if files.len() > FILES_SHOWN {
            lines.push(match files.len() - FILES_SHOWN {
                1 => "and 1 more file".to_owned(),
                more => format!("and {more} more files"),
            });
        }
        lines
    }

    /// Returns `By Staff · The Daily Planet · 1 Dec 1990 · 4 min`; day and minutes are not broken over lines.
    pub fn byline(&self, zone: &TimeZone) -> String {
        let row = &self.article.row;
        let mut parts = Vec::new();
        if !row.authors.is_empty() {
            parts.push(format!("By {}", row.authors.join(", ")));
        }
        let site = self.article.site_name.as_ref();
        let feed = (!row.feed_title.is_empty()).then_some(&row.feed_title);
        parts.extend(feed.or(site).cloned());
        let others = self.article.feeds.iter().map(|(_, title)| title.as_str());
        let others: Vec<&str> = others.filter(|title| *title != row.feed_title).collect();
        if !others.is_empty() {
            parts.push(format!("also in {}", others.join(", ")));
        }
        if let Some(published) = row.published {
            let day = published.to_zoned_datetime(zone.clone());
            parts.push(day.strftime("%-d\u{a0}%b\u{a0}%Y").to_string());
        }
        if row.minutes > 0 {
            parts.push(format!("{}\u{a0}min", row.minutes));
        }
        parts.join(" · ")
    }

    /// Takes in lines made for another width, and stays where the reader was in the text.
    pub(super) fn set_layout(&mut self, layout: Layout, height: usize) {
        let place = if self.layout.is_empty() {
            self.hold
        } else {
            self.layout.place_of(self.top)
        };
        // The very top stays the very top: the headline's first line, whatever stands above it.
        let at_top = self.top == 0 && (self.layout.is_empty() && self.hold == Place::default())
            || (!self.layout.is_empty() && self.top == 0);
        self.layout = layout;
        self.top = if at_top {
            0
        } else {
            self.layout.line_at(place)
        };
        self.hints = None;
        self.clamp(height);
    }

    /// Returns the last line that may stand at the top of a screen of so many rows.
    pub fn last_top(&self, height: usize) -> usize {
        self.layout.len().saturating_sub(height)
    }

    fn clamp(&mut self, height: usize) {
        self.top = self.top.min(self.last_top(height));
    }

    /// Scrolls so many lines. Says whether anything moved.
    pub(super) fn scroll(&mut self, by: isize, height: usize) -> bool {
        let before = self.top;
        self.top = self.top.saturating_add_signed(by);
        self.clamp(height);
        self.hints = None;
        before != self.top
    }

    /// Says whether the end of the text is on the screen.
    pub fn at_end(&self, height: usize) -> bool {
        self.top >= self.last_top(height)
    }

    /// Returns how far down the text the screen's last line is, in hundredths.
    pub fn percent(&self, height: usize) -> u8 {
        let lines = self.layout.len();
        if lines <= height {
            return 100;
        }
        ((self.top + height).min(lines) * 100 / lines) as u8
    }

    /// Scrolls so that a place in the text is in view; not at all where it already is.
    pub(super) fn show(&mut self, text: TextId, offset: usize, height: usize) {
        self.show_line(self.layout.line_of(text, offset), height);
    }

    fn show_line(&mut self, line: usize, height: usize) {
        if line < self.top || line >= self.top + height {
            self.top = line.saturating_sub(height / 3);
            self.clamp(height);
        }
    }

    /// Goes to the next heading, or the one before.
    pub(super) fn heading(&mut self, back: bool, height: usize) -> bool {
        let lines = self.layout.headings.iter().map(|heading| heading.line);
        let found = if back {
            lines.rev().find(|line| *line < self.top)
        } else {
            lines.into_iter().find(|line| *line > self.top)
        };
        let Some(line) = found else { return false };
        let before = self.top;
        self.top = line;
        self.clamp(height);
        before != self.top
    }

    /// Selects the next link, or the one before, from the selected one or from the screen's top.
    pub(super) fn walk_links(&mut self, back: bool, height: usize) -> bool {
        let links = &self.layout.links;
        let found = match (self.link, back) {
            (Some(at), false) => Some(at + 1).filter(|at| *at < links.len()),
            (Some(at), true) => at.checked_sub(1),
            (None, false) => links.iter().position(|link| link.line >= self.top),
            (None, true) => links.iter().rposition(|link| link.line < self.top + height),
        };
        let Some(at) = found else { return false };
        let line = links.get(at).map_or(0, |link| link.line);
        self.link = Some(at);
        self.show_line(line, height);
        true
    }

    /// Returns the address of the selected link.
    pub fn selected_url(&self) -> Option<&str> {
        let link = self.layout.links.get(self.link?)?;
        self.layout.url(link.number)
    }

    /// Selects a name and shows its first mention at or below the screen's top, else its first.
    pub(super) fn select_name(&mut self, entity: usize, height: usize) {
        self.name = Some(entity);
        self.pinned = true;
        self.link = None;
        self.word = None;
        let of_name: Vec<usize> = self.mentions_of(entity);
        let below = of_name
            .iter()
            .find(|at| self.mention_line(**at) >= self.top)
            .or(of_name.first());
        self.mention = below.copied();
        self.show_mention(height);
    }

    /// Keeps the selected name of the same article as it was, where it is still there.
    pub(super) fn keep_name(&mut self, old: &Self) {
        let name = old
            .name
            .and_then(|at| old.article.entities.entities.get(at));
        let same = |it: &ArticleEntity| {
            name.is_some_and(|name| name.kind == it.kind && fold(&name.name) == fold(&it.name))
        };
        let at = self.article.entities.entities.iter().position(same);
        self.pinned = old.pinned && at.is_some();
        self.name = at;
        let mentions = &self.article.entities.mentions;
        self.mention = old.mention.filter(|place| {
            let mention = mentions.get(*place);
            mention.is_some_and(|mention| Some(mention.entity) == at)
        });
    }

    fn mentions_of(&self, entity: usize) -> Vec<usize> {
        let mentions = self.article.entities.mentions.iter().enumerate();
        mentions
            .filter(|(_, mention)| mention.entity == entity)
            .map(|(at, _)| at)
            .collect()
    }

    fn mention_line(&self, at: usize) -> usize {
        let mention = self.article.entities.mentions.get(at);
        mention.map_or(0, |mention| {
            self.layout.line_of(mention.text, mention.range.start)
        })
    }

    fn show_mention(&mut self, height: usize) {
        let mention = self
            .mention
            .and_then(|at| self.article.entities.mentions.get(at));
        if let Some((text, start)) = mention.map(|mention| (mention.text, mention.range.start)) {
            self.show(text, start, height);
        }
    }

    /// Goes to the next mention, or the one before: of the name chosen in the sidebar, else of any. Says whether there
    /// is one.
    pub(super) fn walk_mentions(&mut self, back: bool, height: usize) -> bool {
        let all: Vec<usize> = match self.name.filter(|_| self.pinned) {
            Some(name) => self.mentions_of(name),
            None => (0..self.article.entities.mentions.len()).collect(),
        };
        let found = match (self.mention, back) {
            (Some(now), false) => all.iter().find(|at| **at > now),
            (Some(now), true) => all.iter().rev().find(|at| **at < now),
            (None, false) => all.iter().find(|at| self.mention_line(**at) >= self.top),
            (None, true) => all
                .iter()
                .rev()
                .find(|at| self.mention_line(**at) < self.top + height),
        };
        let Some(&at) = found else { return false };
        self.mention = Some(at);
        let mention = self.article.entities.mentions.get(at);
        self.name = mention.map(|mention| mention.entity);
        self.link = None;
        self.word = None;
        self.show_mention(height);
        true
    }

    /// Returns headline and texts in reading order.
    pub(super) fn texts(&self) -> Vec<(TextId, &str)> {
        let document = &self.article.body.document;
        document.texts_under(&self.article.row.title)
    }

    /// Looks for words in headline and text, and goes to the first hit at or below the screen's top.
    pub(super) fn find_text(&mut self, text: &str, height: usize) {
        let needle = fold(text.trim());
        if needle.is_empty() {
            self.find = None;
            return;
        }
        let mut hits = Vec::new();
        for (id, haystack) in self.texts() {
            let folded = fold_with_map(haystack);
            let found = folded.text.match_indices(&needle);
            hits.extend(found.map(|(at, hit)| (id, folded.original(at..at + hit.len()))));
        }
        let below = |(text, range): &(TextId, Range<usize>)| {
            self.layout.line_of(*text, range.start) >= self.top
        };
        let current = hits.iter().position(below).unwrap_or(0);
        self.find = Some(Find {
            text: text.trim().to_owned(),
            hits,
            current,
        });
        self.show_hit(height);
    }

    /// Goes to the next hit or the one before, round the ends. Says whether there is one.
    pub(super) fn walk_hits(&mut self, back: bool, height: usize) -> bool {
        let Some(find) = self.find.as_mut().filter(|find| !find.hits.is_empty()) else {
            return false;
        };
        let count = find.hits.len();
        find.current = (find.current + if back { count - 1 } else { 1 }) % count;
        self.show_hit(height);
        true
    }

    fn show_hit(&mut self, height: usize) {
        let hit = self
            .find
            .as_ref()
            .and_then(|find| find.hits.get(find.current));
        if let Some((text, start)) = hit.map(|(text, range)| (*text, range.start)) {
            self.show(text, start, height);
        }
    }

    /// Puts letters on the links in view. Says whether there are any.
    pub(super) fn start_hints(&mut self, height: usize) -> bool {
        let in_view: Vec<usize> = self
            .layout
            .links
            .iter()
            .enumerate()
            .filter(|(_, link)| (self.top..self.top + height).contains(&link.line))
            .map(|(at, _)| at)
            .collect();
        let labels = labels(in_view.len());
        let any = !in_view.is_empty();
        self.hints = any.then(|| Hints {
            labels: labels.into_iter().zip(in_view).collect(),
            typed: String::new(),
        });
        any
    }

    /// Returns the other text of the article, for `x`.
    pub(super) fn other_source(&self) -> BodySource {
        match self.article.body.source {
            BodySource::Page => BodySource::Feed,
            BodySource::Feed | BodySource::None => BodySource::Page,
        }
    }
}

/// Letters under the fingers first; hints are all of one length, so that none is another's beginning.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm";

fn labels(count: usize) -> Vec<String> {
    if count <= LETTERS.len() {
        return LETTERS.chars().take(count).map(String::from).collect();
    }
    let two = LETTERS.chars().flat_map(|first| {
        LETTERS
            .chars()
            .map(move |second| format!("{first}{second}"))
    });
    two.take(count).collect()
}
