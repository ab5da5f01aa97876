//! The library: feeds, articles, marks and names in SQLite.
//!
//! One [`Library`] a process. It owns the writer thread; [`Writer`] handles send work to it in two lanes (what the
//! reader did goes before what the fetcher brought), and every [`Reader`] has a connection of its own. Answers come
//! after the commit. SQL is named nowhere else.
//!
//! ```text
//! let library = Library::open(&paths, now)?;
//! let page = library.reader()?.page(&list, Anchor::Top, 60, now)?;
//! let written = wait(|reply| library.writer().change(change, now, reply))?;
//! ```
//!
//! # The way of a mark
//!
//! [`Writer::change`] → fast lane → `change` plans it as `step`s → `step` applies them → `operation` keeps them for
//! undo and `journal` puts their line into the same transaction → synced commit → line appended to `journal.jsonl` and
//! synced → reply. Undo applies the reversed steps: a step changes only what still is as it left it.
//!
//! # The way of an article
//!
//! [`Writer::store_feed`] packs and hashes on the caller's thread → bulk lane → `bring` finds what is the same by guid,
//! address or text, writes article, entry, document and names → commit → reply → later `index` in batches.
//!
//! # Invariants
//!
//! - A mark is answered only after its commit was synced; its journal line is in the file then, or in the database for
//!   the next append.
//! - Numbers in `counts`, `tags` and `entities` are kept by triggers; `check` says where they disagree.
//! - An article's id never changes and is never used twice; the id is also its order of arrival.
//! - Every article is in the full-text index or in `unindexed`.
//! - A library is made, migrated and set aside by one process alone, under a kernel lock.

mod error;
mod intake;
mod lock;
mod paths;
mod reader;
mod writer;

mod blocks;
mod bring;
mod change;
mod decision;
mod document;
mod identity;
mod index;
mod journal;
mod lanes;
mod operation;
mod opml;
mod page;
mod parting;
mod prepare;
mod prune;
mod refresh;
mod step;
mod tally;
mod thread;

mod blobs;
mod check;
mod feeds;
mod list;
mod matching;
mod muted;
mod name_page;
mod names;
mod newsboat;
mod rows;
mod sql;

mod opening;
mod rebuild;
mod schema;

#[cfg(test)]
mod measure;

use std::fs::File;
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;

use jiff::Timestamp;

pub use error::{Error, Result};
pub use intake::{
    FeedOutcome, FeedResult, FeedSource, FeedUpdate, KnownEntry, NewEntry, NewPage, NewPictures,
    PageWanted, Raw, SavedPage, StoredEntry, StoredFeed,
};
pub use lock::{FetchLock, FetchTry};
pub use newsboat::{NewsboatCache, NewsboatFeed, NewsboatItem};
pub use paths::Paths;
pub use reader::Reader;
pub use refresh::{Refreshed, Seal, StoredText};
pub use writer::{Reply, Writer, wait};

use lanes::Lanes;
use opening::Opened;
use schema::{MIGRATIONS, Mode};
use thread::{Chores, WriterThread};

/// The open library of this process.
#[derive(Debug)]
pub struct Library {
    writer: Writer,
    thread: Option<JoinHandle<()>>,
    paths: Paths,
    mode: Mode,
    read_only: Option<String>,
    remarks: Vec<String>,
    _lock: Option<File>,
}

impl Library {
    /// Opens the library, making or migrating it where needed. A damaged file is set aside with its date and rebuilt
    /// from the journal; a folder that cannot be written opens read-only. What happened is in [`Self::remarks`].
    pub fn open(paths: &Paths, now: Timestamp) -> Result<Self> {
        let opened = opening::open(paths, MIGRATIONS, now)?;
        let is_writable = opened.read_only.is_none();
        match Self::start(opened, paths, now) {
            Err(Error::Full) if is_writable => Self::open_read_only(paths, opening::FULL, now),
            started => started,
        }
    }

    /// Opens an existing library to be read only, writing nothing anywhere.
    pub fn open_read_only(paths: &Paths, why: &str, now: Timestamp) -> Result<Self> {
        let opened = opening::open_read_only(paths, MIGRATIONS, why.to_owned())?;
        Self::start(opened, paths, now)
    }

    fn start(opened: Opened, paths: &Paths, now: Timestamp) -> Result<Self> {
        let Opened {
            conn,
            mode,
            read_only,
            remarks,
            lock,
        } = opened;
        let (writer, thread) = if let Some(why) = &read_only {
            (Writer::read_only(why.clone()), None)
        } else {
            let (writer, thread) = start_writer(conn, paths, now)?;
            (writer, Some(thread))
        };
        Ok(Self {
            writer,
            thread,
            paths: paths.clone(),
            mode,
            read_only,
            remarks,
            _lock: lock,
        })
    }

    /// The handle to the writer thread.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Opens a connection for reading. About a millisecond.
    pub fn reader(&self) -> Result<Reader> {
        let conn = schema::connect(&self.paths.library(), self.mode)?;
        schema::add_functions(&conn)?;
        Ok(Reader::new(
            conn,
            self.paths.blobs(),
            self.read_only.clone(),
        ))
    }

    /// Has the library know whether pictures are wanted with articles: where they are not, none is missing for reading
    /// offline (`is:offline`). Says whether that is news to it. Blocks where it is.
    pub fn heed_pictures(&self, are_wanted: bool) -> Result<bool> {
        const KEY: &str = "pictures";
        let value = if are_wanted { "on" } else { "off" };
        let known = self.reader()?.remembered(KEY)?;
        if known.as_deref().unwrap_or("on") == value || self.read_only.is_some() {
            return Ok(false);
        }
        wait(|reply| self.writer.remember(KEY.into(), value.into(), reply))?;
        Ok(true)
    }

    /// Why marks cannot be kept, in plain words; `None` where they can.
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// What opening had to do that the user should know, in plain words.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Where its files lie.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Ends the writer after everything sent to it is stored and the full-text index is complete. Dropping the
    /// library instead stores what was sent and leaves indexing to the next start.
    pub fn close(self) -> Result<()> {
        if self.read_only.is_some() {
            return Ok(());
        }
        wait(|reply| self.writer.finish(reply))
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.writer.close();
        if let Some(thread) = self.thread.take() {
            // A panic there was already told; what was acknowledged is committed.
            let _ = thread.join();
        }
    }
}

/// Starts the writer's thread: the journal's file first gets what the database has and it lacks.
fn start_writer(
    conn: rusqlite::Connection,
    paths: &Paths,
    now: Timestamp,
) -> Result<(Writer, JoinHandle<()>)> {
    schema::add_functions(&conn)?;
    let mut journal = journal::Journal::open(&paths.journal())?;
    journal.catch_up(&conn)?;
    if opml::is_stale(&conn)? {
        // A file of convenience: where it cannot be written the library still opens.
        let written =
            opml::write(&conn, &paths.opml()).and_then(|()| opml::set_stale(&conn, false));
        if let Err(error) = written {
            tracing::warn!("the subscriptions' file is old: {error}");
        }
    }
    let dictionary = Arc::new(RwLock::new(document::newest_dictionary(&conn)?));
    let lanes = Arc::new(Lanes::default());
    let writer = Writer::to(Arc::clone(&lanes), Arc::clone(&dictionary));
    let work = WriterThread {
        conn,
        lanes,
        paths: paths.clone(),
        journal,
        dictionary,
        blobs: None,
        names: bring::NameIds::default(),
        dictionaries: document::Dictionaries::default(),
        written_lines: Vec::new(),
        owed_lines: Vec::new(),
        now,
        one_by_one: false,
        chores: Chores::ALL,
    };
    let thread = std::thread::Builder::new()
        .name("writer".into())
        .spawn(move || work.run())
        .map_err(Error::io("start the writer's thread of", paths.library()))?;
    Ok((writer, thread))
}
