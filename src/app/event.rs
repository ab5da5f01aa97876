//! What happened. Everything the app learns comes as one of these.

use std::path::PathBuf;

use jiff::Timestamp;

use super::effect::Ticket;
use crate::flow::Layout;
use crate::keymap::Key;
use crate::model::change::Written;
use crate::model::entity::{EntityRow, NamePage, Snippet};
use crate::model::list::{Page, Totals};
use crate::model::picture::Picture;
use crate::model::{Article, ArticleId, FeedId, JournalId};

pub use crate::model::tree::Tree;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted; never run as commands.
    Paste(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal has this many columns and rows.
    Resized(u16, u16),
    /// The terminal draws pictures in real pixels, and a cell has so many across and down; `None`: in half blocks.
    Cell(Option<(u16, u16)>),
    /// The timer asked for by `WakeIn` ran out.
    Tick,
    /// The wall clock, sent before other events where it moved by a second or more.
    Clock(Timestamp),
    /// The rectangles the last frame used.
    Drawn(super::Areas),
    /// The config was read: at start and when its file changed; remarks on it in plain words.
    Configured(Box<super::Settings>, Vec<String>),
    /// What earlier sessions asked to remember (`Effect::Remember`): names and values.
    Remembered(Vec<(String, String)>),
    /// The feed tree.
    Tree(Box<Tree>),
    /// A page of a list.
    Loaded {
        /// Which question.
        ticket: Ticket,
        /// The rows.
        page: Page,
    },
    /// An article's pictures, those that are kept.
    PicturesLoaded {
        /// Which question.
        ticket: Ticket,
        /// Addresses and pictures.
        pictures: Vec<(String, Picture)>,
    },
    /// A list's numbers.
    Counted {
        /// Which question.
        ticket: Ticket,
        /// The numbers.
        totals: Totals,
    },
    /// The next unread article, if any.
    FoundUnread {
        /// Which question.
        ticket: Ticket,
        /// The article and the feed it is in.
        found: Option<(ArticleId, Option<FeedId>)>,
    },
    /// An article, whole; `None` where it is gone.
    Opened {
        /// Which question.
        ticket: Ticket,
        /// The article.
        article: Option<Box<Article>>,
    },
    /// A long document's lines.
    LaidOut {
        /// Which question.
        ticket: Ticket,
        /// The lines.
        layout: Box<Layout>,
    },
    /// Names over the cache.
    Names {
        /// Which question.
        ticket: Ticket,
        /// The rows.
        rows: Vec<EntityRow>,
    },
    /// The page of a name; `None` where the cache does not know it.
    Name {
        /// Which question.
        ticket: Ticket,
        /// The page.
        page: Option<Box<NamePage>>,
    },
    /// Sentences in which a name stands, by article.
    Snippets {
        /// Which question.
        ticket: Ticket,
        /// The sentences; articles without one are left out.
        found: Vec<(ArticleId, Snippet)>,
    },
    /// A change was committed.
    Written {
        /// Which question.
        ticket: Ticket,
        /// What really changed.
        written: Written,
    },
    /// A change could not be stored.
    WriteFailed {
        /// Which question.
        ticket: Ticket,
        /// Why, in plain words.
        error: String,
    },
    /// The steps that can be undone, last first.
    UndoList {
        /// Which question.
        ticket: Ticket,
        /// Operation, words, time.
        steps: Vec<(JournalId, String, Timestamp)>,
    },
    /// A reload goes on.
    Progress {
        /// Feeds done.
        done: usize,
        /// Feeds in all.
        total: usize,
        /// Pages still to fetch.
        pages_left: usize,
    },
    /// A feed was reloaded and what it brought is stored.
    FeedDone {
        /// Which.
        feed: FeedId,
        /// New articles.
        new: usize,
    },
    /// A feed could not be reloaded.
    FeedFailed {
        /// Which.
        feed: FeedId,
        /// Why, in plain words.
        error: String,
    },
    /// A reload ended.
    ReloadEnded(ReloadSummary),
    /// Pictures of an article were fetched and kept.
    PicturesKept(ArticleId),
    /// How files lie on the disk: addresses and states.
    FilesLookedAt(Vec<(String, FileState)>),
    /// A file comes.
    DownloadProgress {
        /// Its address.
        url: String,
        /// Bytes that came.
        done: u64,
        /// Bytes in all, where the site says.
        total: Option<u64>,
    },
    /// A file came, was stopped (`None`), or why it could not be had, in plain words.
    DownloadEnded {
        /// Its address.
        url: String,
        /// Where it lies.
        result: Result<Option<PathBuf>, String>,
    },
    /// Articles are being brought offline.
    OfflineProgress {
        /// Articles done.
        done: usize,
        /// Articles in all.
        total: usize,
    },
    /// Articles were brought offline, or why not, in plain words.
    OfflineEnded(Result<OfflineSummary, String>),
    /// An article's full text came, or failed.
    FullText {
        /// Which.
        id: ArticleId,
        /// `Err`: why not, in plain words.
        result: Result<(), String>,
    },
    /// What an address is.
    Discovered {
        /// Which question.
        ticket: Ticket,
        /// As typed.
        address: String,
        /// What was found.
        found: Result<Found, String>,
    },
    /// A page was kept as an article.
    ArticleSaved {
        /// Which question.
        ticket: Ticket,
        /// The article, or why not.
        result: Result<ArticleId, String>,
    },
    /// An import ended.
    Imported {
        /// Which question.
        ticket: Ticket,
        /// What it brought, or why not, in plain words.
        result: Result<String, String>,
    },
    /// These articles were cleaned again and show another text now.
    Refreshed(Vec<ArticleId>),
    /// The library was changed by another process, or by the engine outside a reload.
    LibraryChanged,
    /// The numbers of saved searches have changed.
    SearchesCounted,
    /// Something to tell, in the status line.
    Notice(String),
    /// Something failed, in plain words.
    Failed(String),
    /// The library could not answer a question.
    Unanswered {
        /// Which question; `None` for the feed tree.
        ticket: Option<Ticket>,
        /// Why, in plain words.
        error: String,
    },
}

/// What a mouse did, in cells from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// Column.
    pub column: u16,
    /// Row.
    pub row: u16,
    /// What.
    pub kind: MouseKind,
}

/// The ways of a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Down,
    /// The mouse moved with the left button down.
    Drag,
    /// The left button came up.
    Up,
    /// The wheel turned up.
    WheelUp,
    /// The wheel turned down.
    WheelDown,
}

/// How a reload went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReloadSummary {
    /// Feeds asked.
    pub asked: usize,
    /// Feeds left out because their host asked us to wait, they said 410, or they were asked under a minute ago.
    pub skipped: usize,
    /// The longest wait among these, in seconds.
    pub longest_wait_s: Option<u64>,
    /// Feeds that failed.
    pub failed: usize,
    /// New articles.
    pub new: usize,
    /// No host answered at all: the machine is offline.
    pub offline: bool,
    /// It was cancelled.
    pub cancelled: bool,
}

/// How a file lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nothing of it is here.
    None,
    /// So many bytes are.
    Part(u64),
    /// All of it is, there.
    Done(PathBuf),
}

/// What came of bringing articles offline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfflineSummary {
    /// Articles looked at.
    pub articles: usize,
    /// Those that now read offline, whole.
    pub complete: usize,
    /// Pages fetched and kept.
    pub pages: usize,
    /// Pictures fetched and kept.
    pub pictures: usize,
    /// What could not be had, newest article first.
    pub missing: Vec<Missing>,
    /// There is no network.
    pub offline: bool,
    /// It was cancelled.
    pub cancelled: bool,
}

/// Something of an article that could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which article.
    pub id: ArticleId,
    /// Its headline.
    pub title: String,
    /// `text` or `pictures`.
    pub what: &'static str,
    /// Why, in plain words.
    pub why: String,
}

/// What an address turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A feed, or a site with one or more feeds: address, title, kind (`RSS`, `Atom`, `JSON Feed`).
    Feeds(Vec<FoundFeed>),
    /// A page with no feed.
    Page {
        /// Its title.
        title: Option<String>,
    },
}

/// A feed found at an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundFeed {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// `RSS`, `Atom`, `JSON Feed`.
    pub kind: String,
    /// The site's front page.
    pub site_url: Option<String>,
    /// Where it is already subscribed: folder and title.
    pub known: Option<String>,
}
