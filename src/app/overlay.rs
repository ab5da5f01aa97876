//! What may lie over the panes: prompts, choices, help, feed health, names over the cache.

use jiff::Timestamp;

use super::effect::{Effect, Ticket};
use super::event::Found;
use super::prompt::Prompt;
use super::tree::Node;
use crate::keymap::help::Row;
use crate::keymap::{Action, Context};
use crate::model::article::Enclosure;
use crate::model::change::NameKey;
use crate::model::entity::{EntityRow, NamePage};
use crate::model::setting::Setting;
use crate::model::{ArticleId, Change, FeedId, JournalId};
use crate::text::fold::fold;

/// Something over the panes. The last one opened has the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// A line that takes words.
    Prompt(Box<Prompt>),
    /// Rows to choose from.
    Menu(Menu),
    /// A question answered by `y` or `n`.
    Confirm(Confirm),
    /// The keys as bound now.
    Help(Help),
    /// The steps that can be undone.
    UndoList(UndoList),
    /// The files attached to an article.
    Enclosures(Enclosures),
    /// Errors and feed health.
    Health(Health),
    /// The names over the cache.
    Names(NamesIndex),
    /// The page of a name.
    Name(Box<NameView>),
    /// Addresses being added.
    Add(AddView),
    /// A text to read.
    Message(Message),
}

/// Rows to choose from, narrowed by typing.
#[derive(Clone, Debug)]
pub struct Menu {
    /// Its title.
    pub title: String,
    /// All rows.
    pub rows: Vec<MenuRow>,
    /// What is typed to narrow them.
    pub filter: String,
    /// The selected one among the shown rows.
    pub selected: usize,
}

/// A row of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuRow {
    /// The key that takes it at once, where it has one.
    pub key: Option<char>,
    /// Its words.
    pub label: String,
    /// Dim beside them.
    pub detail: String,
    /// What it does.
    pub does: MenuAction,
}

/// What choosing does.
#[derive(Clone, Debug, PartialEq)]
pub enum MenuAction {
    /// Runs a command.
    Run(Action),
    /// Stores a change.
    Write(Box<Change>),
    /// Asks for a feed's new title.
    Rename(Node),
    /// Asks for a feed's folder.
    MoveFeed(FeedId),
    /// Asks for a feed's address.
    FeedUrl(FeedId),
    /// Asks for a setting of a feed.
    FeedSetting(FeedId, Setting),
    /// Asks for a saved search's query.
    EditQuery(crate::model::SearchId),
    /// Asks where to save, in this format.
    Save(Vec<ArticleId>, &'static str),
    /// Unsubscribes or deletes, after asking.
    Delete(Node),
    /// Asks which name a name is to be merged into.
    MergeName(NameKey),
    /// Asks for another name for a name.
    RenameName(NameKey),
    /// Shows the page of a name.
    NamePage(NameKey),
    /// Asks which way of writing is to be taken out of a name.
    PartName(NameKey),
}

impl Menu {
    /// Returns the rows that fit what is typed.
    pub fn shown(&self) -> impl Iterator<Item = &MenuRow> {
        let filter = fold(&self.filter);
        self.rows.iter().filter(move |row| {
            let label = fold(&row.label);
            let detail = fold(&row.detail);
            let mut words = filter.split_whitespace();
            words.all(|word| label.contains(word) || detail.contains(word))
        })
    }
}

/// A question answered by `y` or `n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// The question.
    pub question: String,
    /// Done on `y`.
    pub(super) yes: Box<Confirmed>,
}

/// What is done on `y`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Confirmed {
    /// Stores a change.
    Write(Change),
    /// Asks for something outside.
    Do(Effect),
}

/// The help screen.
#[derive(Clone, Debug)]
pub struct Help {
    /// Whose keys are shown.
    pub context: Context,
    /// All rows.
    pub rows: Vec<Row>,
    /// What is typed after `/` to narrow them.
    pub filter: String,
    /// Typing goes to the filter.
    pub typing: bool,
    /// The selected row among the shown ones.
    pub selected: usize,
}

impl Help {
    /// Returns the rows that fit what is typed.
    pub fn shown(&self) -> impl Iterator<Item = &Row> {
        let filter = fold(&self.filter);
        self.rows.iter().filter(move |row| {
            let mut words = filter.split_whitespace();
            let hay = fold(&format!("{} {}", row.name, row.help));
            words.all(|word| hay.contains(word) || fold(&row.keys).contains(word))
        })
    }
}

/// The steps that can be undone.
#[derive(Clone, Debug, Default)]
pub struct UndoList {
    /// Operation, words, time; last first.
    pub steps: Vec<(JournalId, String, Timestamp)>,
    /// The selected one.
    pub selected: usize,
    pub(super) asked: Option<Ticket>,
}

/// The files attached to an article.
#[derive(Clone, Debug)]
pub struct Enclosures {
    /// The article.
    pub article: ArticleId,
    /// Its files.
    pub files: Vec<Enclosure>,
    /// The selected one.
    pub selected: usize,
}

/// Errors and feed health: worst first. Rows are read from the feed tree as it stands.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// The selected feed.
    pub selected: Option<FeedId>,
}

/// The names over the cache.
#[derive(Clone, Debug, Default)]
pub struct NamesIndex {
    /// All rows read so far: followed and muted names first, then those in most articles.
    pub rows: Vec<EntityRow>,
    /// What is typed after `/` to narrow them.
    pub filter: String,
    /// Typing goes to the filter.
    pub typing: bool,
    /// The selected one among the shown rows.
    pub selected: usize,
    /// Only this type.
    pub kind: Option<crate::model::EntityKind>,
    pub(super) asked: Option<Ticket>,
}

impl NamesIndex {
    /// Returns the rows that fit the type and what is typed.
    pub fn shown(&self) -> impl Iterator<Item = &EntityRow> {
        let filter = fold(&self.filter);
        self.rows.iter().filter(move |row| {
            let kind = self.kind.is_none_or(|kind| row.kind == kind);
            kind && fold(&row.name).contains(filter.trim())
        })
    }

    /// Returns the selected name.
    pub fn selected_key(&self) -> Option<NameKey> {
        Some(self.shown().nth(self.selected)?.key())
    }

    /// Takes in rows: what the question was for is answered by these and no other; what it was not for stays.
    pub(super) fn take(&mut self, rows: &[EntityRow], decided: &[EntityRow]) {
        self.asked = None;
        let selected = self.selected_key();
        let filter = fold(self.filter.trim());
        let kind = self.kind;
        let asked = |row: &EntityRow| {
            kind.is_none_or(|kind| row.kind == kind) && fold(&row.name).contains(&filter)
        };
        let mut all: Vec<EntityRow> = rows.to_vec();
        let more = std::mem::take(&mut self.rows)
            .into_iter()
            .filter(|row| !asked(row));
        for row in more.chain(decided.iter().cloned()) {
            if all.iter().all(|known| known.key() != row.key()) {
                all.push(row);
            }
        }
        all.sort_by_key(|row| (!row.followed, !row.muted, std::cmp::Reverse(row.articles)));
        self.rows = all;
        let at = selected.and_then(|key| self.shown().position(|row| row.key() == key));
        self.selected = at.unwrap_or(0);
    }

    /// Says whether the first answer is still to come.
    pub fn is_loading(&self) -> bool {
        self.asked.is_some() && self.rows.is_empty()
    }
}

/// The page of a name.
#[derive(Clone, Debug)]
pub struct NameView {
    /// The name.
    pub key: NameKey,
    /// What is known of it, once it came; `None` with nothing asked: no article mentions it.
    pub page: Option<Box<NamePage>>,
    /// The selected row: [`Self::rows`] counted from 0.
    pub selected: usize,
    pub(super) asked: Option<Ticket>,
}

/// A row of a name's page that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRow {
    /// All its articles.
    All,
    /// A name seen together with it.
    Together(usize),
    /// A name merged into it.
    Alias(usize),
    /// Another way of writing it.
    Written(usize),
    /// A way of writing that was taken out of it.
    Parted(usize),
    /// One of its newest articles.
    Article(usize),
}

impl NameView {
    /// Returns the rows that can be selected, as they stand.
    pub fn rows(&self) -> Vec<PageRow> {
        let Some(page) = &self.page else {
            return Vec::new();
        };
        // First, so that a page just opened shows its top, and Enter goes on to the articles.
        let mut rows = vec![PageRow::All];
        rows.extend((0..page.aliases.len()).map(PageRow::Alias));
        rows.extend((0..page.written.len()).map(PageRow::Written));
        rows.extend((0..page.parted.len()).map(PageRow::Parted));
        rows.extend((0..page.together.len()).map(PageRow::Together));
        rows.extend((0..page.articles.len()).map(PageRow::Article));
        rows
    }

    /// Says whether the first answer is still to come.
    pub fn is_loading(&self) -> bool {
        self.asked.is_some() && self.page.is_none()
    }
}

/// Addresses being added.
#[derive(Clone, Debug, Default)]
pub struct AddView {
    /// One for each address typed.
    pub items: Vec<AddItem>,
    /// The selected row: [`Self::rows`] counted from 0.
    pub selected: usize,
    /// Feeds are put into this folder.
    pub folder: String,
    /// More than one feed is being subscribed to.
    pub(super) several: bool,
}

/// An address being added.
#[derive(Clone, Debug, PartialEq)]
pub struct AddItem {
    /// As typed.
    pub address: String,
    /// How it stands.
    pub state: AddState,
}

/// How an address stands.
#[derive(Clone, Debug, PartialEq)]
pub enum AddState {
    /// It is being looked at.
    Looking(Ticket),
    /// This was found; for feeds, which of them are ticked.
    Found(Found, Vec<bool>),
    /// It is being subscribed to, or kept.
    Adding(Vec<Ticket>),
    /// Done, in words.
    Done(String),
    /// It could not be had, in plain words.
    Failed(String),
}

/// A row of the add dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddRow {
    /// Which address.
    pub item: usize,
    /// Which of the feeds found there; `None`: the address itself.
    pub feed: Option<usize>,
}

impl AddView {
    /// Returns the rows: each address, and under it the feeds to choose from where there are several.
    pub fn rows(&self) -> Vec<AddRow> {
        let mut rows = Vec::new();
        for (item, entry) in self.items.iter().enumerate() {
            rows.push(AddRow { item, feed: None });
            if let AddState::Found(Found::Feeds(feeds), _) = &entry.state {
                rows.extend((0..feeds.len()).map(|feed| AddRow {
                    item,
                    feed: Some(feed),
                }));
            }
        }
        rows
    }
}

/// A text to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its title.
    pub title: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// First line on the screen.
    pub top: usize,
}

impl Overlay {
    /// Returns whose keys hold in it; `None` where every key is text.
    pub fn context(&self) -> Option<Context> {
        match self {
            Self::Prompt(_) | Self::Menu(_) | Self::Confirm(_) => None,
            Self::Help(help) if help.typing => None,
            Self::Names(names) if names.typing => None,
            Self::Help(_)
            | Self::UndoList(_)
            | Self::Enclosures(_)
            | Self::Add(_)
            | Self::Message(_) => Some(Context::Popup),
            Self::Health(_) => Some(Context::Health),
            Self::Names(_) | Self::Name(_) => Some(Context::Names),
        }
    }
}
