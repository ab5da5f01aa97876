//! What the app wants done. The engine runs these and answers with [`super::Event`]s.

use std::path::PathBuf;

use crate::model::article::BodySource;
use crate::model::change::NameKey;
use crate::model::entity::EntityKind;
use crate::model::list::{Anchor, OpenList};
use crate::model::{ArticleId, Change, Document, FeedId, JournalId, Query};

/// A question's number. An answer carries it; the app drops answers to questions it no longer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// One thing to do outside the app.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Reads the feed tree: feeds, folders, tags, searches, counts. Answer: `Tree`.
    LoadTree,
    /// Reads a page of a list. Answer: `Loaded`.
    Load {
        /// The question.
        ticket: Ticket,
        /// The list.
        list: OpenList,
        /// Where the page starts.
        anchor: Anchor,
        /// At most so many rows.
        limit: usize,
    },
    /// Counts a list. Answer: `Counted`.
    Count {
        /// The question.
        ticket: Ticket,
        /// The list.
        list: OpenList,
        /// The row whose place is wanted.
        above: Option<ArticleId>,
    },
    /// Finds the next unread article after this one, over feeds. Answer: `FoundUnread`.
    NextUnread {
        /// The question.
        ticket: Ticket,
        /// The list to look in first.
        list: OpenList,
        /// From here.
        from: Option<ArticleId>,
        /// Backwards.
        back: bool,
    },
    /// Reads an article whole. Answer: `Opened`.
    Open {
        /// The question.
        ticket: Ticket,
        /// Which.
        id: ArticleId,
        /// Which of its texts; `None`: the better one.
        source: Option<BodySource>,
    },
    /// Reads an article's pictures, scaled into so many columns and rows. Answer: `PicturesLoaded`.
    LoadPictures {
        /// The question.
        ticket: Ticket,
        /// Their addresses.
        addresses: Vec<String>,
        /// Columns at most.
        cols: u16,
        /// Rows at most.
        rows: u16,
        /// Pixels of a cell, across and down, where the terminal draws real ones.
        cell: Option<(u16, u16)>,
    },
    /// Lays a long document out at a width, off the UI thread. Answer: `LaidOut`.
    Layout {
        /// The question.
        ticket: Ticket,
        /// What.
        document: Box<Document>,
        /// Columns.
        width: u16,
        /// What else the layout needs: headline and byline.
        options: crate::flow::Options,
    },
    /// Reads the list of names over the cache. Answer: `Names`.
    LoadNames {
        /// The question.
        ticket: Ticket,
        /// Only this type.
        kind: Option<EntityKind>,
        /// Only those with these words in their name; all where empty.
        words: String,
        /// At most so many.
        limit: usize,
    },
    /// Reads the page of a name. Answer: `Name`.
    LoadName {
        /// The question.
        ticket: Ticket,
        /// Which.
        name: NameKey,
    },
    /// Reads the sentences in which a name stands in these articles. Answer: `Snippets`.
    LoadSnippets {
        /// The question.
        ticket: Ticket,
        /// Which name.
        name: NameKey,
        /// Which articles.
        ids: Vec<ArticleId>,
    },
    /// Stores a change in the writer's fast lane. Answer: `Written` or `WriteFailed`.
    Write {
        /// The question.
        ticket: Ticket,
        /// What.
        change: Change,
    },
    /// Takes an operation back; the last undoable one where `None`. Answer: `Written` or `WriteFailed`.
    Undo(Ticket, Option<JournalId>),
    /// Does an operation again that was taken back. Answer: `Written` or `WriteFailed`.
    Redo(Ticket),
    /// Reads the steps that can be undone. Answer: `UndoList`.
    LoadUndoList(Ticket),
    /// Reloads feeds now: these, or all where `None`. Answers: `Progress`, `FeedDone`, `FeedFailed`, `ReloadEnded`.
    Reload(Option<Vec<FeedId>>),
    /// Brings all text and pictures of the articles of a query, after a reload of what is due. Answers:
    /// `OfflineProgress`, `OfflineEnded`.
    BringOffline(Box<Query>),
    /// Looks how files lie on the disk, by their addresses. Answer: `FilesLookedAt`.
    LookAtFiles(Vec<String>),
    /// Fetches a file attached to an article, or goes on with it. Answers: `DownloadProgress`, `DownloadEnded`.
    Download {
        /// The article.
        article: ArticleId,
        /// The file's address.
        url: String,
    },
    /// Stops fetching a file; what came is kept.
    StopDownload(String),
    /// Opens a file by the program for its media type, by argv. Answer: `Notice` or `Failed`.
    OpenFile {
        /// The file.
        path: PathBuf,
        /// Its media type as the feed says; may be empty.
        media_type: String,
    },
    /// Stops a running reload, or what brings articles offline; what came is kept.
    CancelReload,
    /// Fetches and cleans the page behind an article. Answer: `FullText`.
    FetchFull(ArticleId),
    /// Looks what an address is: a feed, a site with feeds, or a page. Answer: `Discovered`.
    Discover {
        /// The question.
        ticket: Ticket,
        /// As typed.
        address: String,
    },
    /// Fetches and keeps one page as an article. Answer: `ArticleSaved`.
    SaveArticle {
        /// The question.
        ticket: Ticket,
        /// Its address.
        url: String,
    },
    /// Takes subscriptions from an OPML file or newsboat's `urls`. Answer: `Imported`.
    Import {
        /// The question.
        ticket: Ticket,
        /// The file.
        path: PathBuf,
    },
    /// Writes an article to a file. Answer: `Notice` or `Failed`.
    Export {
        /// Which.
        ids: Vec<ArticleId>,
        /// `markdown`, `html`, `text`, `json`.
        format: String,
        /// Where; a new file, never an overwrite.
        path: PathBuf,
    },
    /// Opens addresses in the browser, by argv. Answer: `Notice` or `Failed`.
    OpenUrls(Vec<String>),
    /// Puts text on the clipboard (OSC 52).
    Copy(String),
    /// Feeds the article's text to a program of the user's on its standard input, the screen given up meanwhile.
    Pipe {
        /// Which.
        id: ArticleId,
        /// The command line as typed.
        command: String,
    },
    /// Opens the config in `$EDITOR`, the screen given up meanwhile.
    EditConfig,
    /// Runs the reader on the demo edition in this terminal, the screen given up meanwhile.
    ShowDemo,
    /// Remembers something of the session (pane sizes, folded folders, themes) in the state file.
    Remember {
        /// Its name.
        key: String,
        /// Its value.
        value: String,
    },
    /// Reads what earlier sessions asked to remember under these names. Answer: `Remembered`.
    Recall(&'static [&'static str]),
    /// Wakes the app with `Event::Tick` after so many milliseconds (the one timer; a new one replaces the old).
    WakeIn(u64),
    /// Draws everything again from nothing.
    Redraw,
    /// Stops the program as `^Z` does.
    Suspend,
    /// Ends the program.
    Quit,
}
