//! The writer's thread: owns the one connection that writes.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use super::blobs::{self, Blob};
use super::bring::{self, NameIds};
use super::document::{self, Dictionaries, Dictionary};
use super::error::{Error, Result};
use super::index;
use super::journal::{self, Journal};
use super::lanes::{Bulk, Deed, Fast, Lanes, Next};
use super::operation::{self, Done};
use super::page;
use super::paths::Paths;
use super::refresh;
use super::writer::Reply;
use super::{opml, tally};
use crate::model::ArticleId;

/// How long a bulk transaction may grow. Measured: 150 to 200 ms are twice as fast as a commit per item, and leave room
/// for the reader between them.
const BULK_TIME: Duration = Duration::from_millis(150);

/// What other processes get after each bulk commit.
const PAUSE: Duration = Duration::from_millis(5);

/// The dictionary that texts are packed with, shared with the callers that pack.
pub(super) type SharedDictionary = Arc<RwLock<Option<Dictionary>>>;

/// Everything the thread owns.
pub(super) struct WriterThread {
    pub(super) conn: Connection,
    pub(super) lanes: Arc<Lanes>,
    pub(super) paths: Paths,
    pub(super) journal: Journal,
    pub(super) dictionary: SharedDictionary,
    /// Opened when the first page comes.
    pub(super) blobs: Option<Connection>,
    pub(super) names: NameIds,
    pub(super) dictionaries: Dictionaries,
    /// Lines that are committed and in the file: their copies go with the next transaction.
    pub(super) written_lines: Vec<i64>,
    /// Lines that are committed, but the file would not take.
    pub(super) owed_lines: Vec<(i64, String)>,
    /// The newest time work came with: the wall clock is the callers' to read.
    pub(super) now: Timestamp,
    /// Each piece of bulk work gets a transaction of its own, since one failed half done.
    pub(super) one_by_one: bool,
    /// Which idle work is to be looked at.
    pub(super) chores: Chores,
}

/// Work for when nothing waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chores {
    pub(super) index: bool,
    pub(super) dictionary: bool,
    pub(super) tally: bool,
    pub(super) checkpoint: bool,
}

/// An answer that waits for the commit, and is told how it went.
type Answer = Box<dyn FnOnce(Result<()>)>;

impl WriterThread {
    /// Works until the library is closed and nothing waits.
    pub(super) fn run(mut self) {
        let lanes = Arc::clone(&self.lanes);
        loop {
            match lanes.next() {
                Next::Fast(work) => self.fast(work),
                Next::Bulk(Bulk::Finish(reply)) => {
                    let result = self.finish();
                    reply(result);
                }
                Next::Bulk(first) => {
                    self.bulk(first);
                    lanes.pause(PAUSE);
                }
                Next::Idle => {
                    if !self.chore() {
                        lanes.wait();
                    }
                }
                Next::Closed => break,
            }
        }
        if let Err(error) = self.settle() {
            tracing::warn!("the library was not left tidy: {error}");
        }
    }

    /// Does what the reader did: all that waits in one transaction, each in a savepoint, one sync for all.
    fn fast(&mut self, work: Vec<Fast>) {
        let mut deeds = Vec::with_capacity(work.len());
        let mut replies = Vec::with_capacity(work.len());
        for Fast { deed, now, reply } in work {
            self.now = self.now.max(now);
            deeds.push((deed, now));
            replies.push(reply);
        }
        // A deed may be a decision on names.
        self.names.clear();
        let results = match self.commit_deeds(deeds) {
            Ok(results) => results,
            Err(error) => {
                self.note_damage(&error);
                for reply in replies {
                    reply(Err(error.again()));
                }
                return;
            }
        };
        let done = || results.iter().flatten();
        let lines: Vec<(i64, String)> = done().filter_map(|done| done.line.clone()).collect();
        let touches_feeds = done().any(|done| done.touches_feeds);
        let has_changed = !lines.is_empty();
        self.append_lines(lines);
        for (reply, result) in replies.into_iter().zip(results) {
            reply(result.map(|done| done.written));
        }
        if touches_feeds {
            self.write_opml();
        }
        if has_changed {
            self.tell_others();
            self.chores.tally = true;
        }
    }

    fn commit_deeds(&mut self, deeds: Vec<(Deed, Timestamp)>) -> Result<Vec<Result<Done>>> {
        self.conn.execute_batch("PRAGMA synchronous = FULL")?;
        let mut tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut results = Vec::with_capacity(deeds.len());
        for (deed, now) in deeds {
            let savepoint = tx.savepoint()?;
            let result = match deed {
                Deed::Change(change) => operation::make(&savepoint, *change, now),
                Deed::Undo(op) => operation::undo(&savepoint, op, now),
                Deed::Redo => operation::redo(&savepoint, now),
            };
            match result {
                Ok(done) => {
                    savepoint.commit()?;
                    results.push(Ok(done));
                }
                Err(error) if error.is_general() => return Err(error),
                // Dropping the savepoint rolls this deed back; the others stand.
                Err(error) => results.push(Err(error)),
            }
        }
        forget_lines(&tx, &self.written_lines)?;
        if results.iter().flatten().any(|done| done.touches_feeds) {
            opml::set_stale(&tx, true)?;
        }
        tx.commit()?;
        self.written_lines.clear();
        Ok(results)
    }

    /// Appends lines to the journal's file. Where the file will not take them they stay in the database and are tried
    /// again with the next ones; the marks themselves are safe.
    fn append_lines(&mut self, lines: Vec<(i64, String)>) {
        self.owed_lines.extend(lines);
        let owed = self.owed_lines.iter().map(|(_, line)| line.as_str());
        match self.journal.append(owed) {
            Ok(()) => self
                .written_lines
                .extend(self.owed_lines.drain(..).map(|(n, _)| n)),
            Err(error) => tracing::warn!("the journal waits in the library: {error}"),
        }
    }

    /// Stores what the fetcher brought, as much as comes to one transaction's time.
    fn bulk(&mut self, first: Bulk) {
        let mut answers = Vec::new();
        let mut lines = Vec::new();
        let result = self.commit_bulk(first, &mut answers, &mut lines);
        match result {
            Ok(()) => {
                let moved = !lines.is_empty();
                self.append_lines(lines);
                for answer in answers {
                    answer(Ok(()));
                }
                if moved {
                    self.write_opml();
                }
                self.tell_others();
                self.chores = Chores::ALL;
            }
            Err(error) => {
                // A rollback takes ids of names back.
                self.names.clear();
                self.note_damage(&error);
                for answer in answers {
                    answer(Err(error.again()));
                }
            }
        }
    }

    fn commit_bulk(
        &mut self,
        first: Bulk,
        answers: &mut Vec<Answer>,
        lines: &mut Vec<(i64, String)>,
    ) -> Result<()> {
        if let Bulk::Feed(feed, _) = &first {
            self.now = self.now.max(feed.outcome.at);
        }
        let begun = Instant::now();
        // A page that the reader kept is a mark of theirs: alone, and on the disk before it is answered.
        let is_deed = matches!(first, Bulk::Saved(..));
        let mut next = Some(first);
        let opened = self
            .conn
            .execute_batch(if is_deed {
                "PRAGMA synchronous = FULL"
            } else {
                "PRAGMA synchronous = NORMAL"
            })
            .and_then(|()| {
                self.conn
                    .transaction_with_behavior(TransactionBehavior::Immediate)
            });
        let tx = match opened {
            Ok(tx) => tx,
            Err(error) => {
                let error = Error::from(error);
                if let Some(work) = next.take() {
                    work.refuse(error.again());
                }
                return Err(error);
            }
        };
        self.names.look_about(&tx)?;
        while let Some(work) = next.take() {
            // No savepoint for each piece: under one, SQLite copies every page that a statement touches, gigabytes in a big
            // reload.
            let before = tx.total_changes();
            let mut desk = Desk {
                names: &mut self.names,
                blobs: &mut self.blobs,
                paths: &self.paths,
                line: None,
                failed: None,
            };
            let answer = desk.store(&tx, work);
            let Desk { line, failed, .. } = desk;
            answers.push(answer);
            match failed {
                None => lines.extend(line),
                Some(error) if error.is_general() => return Err(error),
                Some(_) if tx.total_changes() == before => self.names.clear(),
                Some(error) => {
                    // Half a piece must not stand, so nothing of this transaction does: what it brought is fetched again. From
                    // now on each piece has a transaction of its own, so that this cannot befall others twice.
                    self.names.clear();
                    self.one_by_one = true;
                    return Err(error);
                }
            }
            if begun.elapsed() < BULK_TIME && !self.one_by_one && !is_deed {
                next = self.lanes.next_bulk();
            }
        }
        forget_lines(&tx, &self.written_lines)?;
        if !lines.is_empty() {
            opml::set_stale(&tx, true)?;
        }
        tx.commit()?;
        self.written_lines.clear();
        Ok(())
    }

    /// Does one piece of the work for idle times. Returns false when there is none left.
    fn chore(&mut self) -> bool {
        let done = if self.chores.index {
            self.index_batch().inspect(|more| self.chores.index = *more)
        } else if self.chores.dictionary {
            self.chores.dictionary = false;
            self.train_dictionary()
        } else if self.chores.tally {
            self.chores.tally = false;
            self.tally()
        } else if self.chores.checkpoint {
            self.chores.checkpoint = false;
            // Moves what it can from the log into the file without disturbing readers.
            self.conn
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .map_err(Error::from)
                .map(|()| true)
        } else {
            return false;
        };
        if let Err(error) = done {
            self.note_damage(&error);
            tracing::warn!("work in idle time failed: {error}");
            // It is taken up again after the next write.
            self.chores = Chores::NONE;
        }
        true
    }

    /// Indexes a batch of articles. Returns whether there may be more.
    fn index_batch(&mut self) -> Result<bool> {
        self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = index::batch(&tx, &mut self.dictionaries, index::BATCH)?;
        tx.commit()?;
        Ok(done == index::BATCH)
    }

    /// Trains the dictionary once there are texts enough.
    fn train_dictionary(&mut self) -> Result<bool> {
        if self.dictionary.read().is_ok_and(|known| known.is_some()) {
            return Ok(true);
        }
        let articles: i64 =
            self.conn
                .query_row("SELECT total FROM counts WHERE feed_id = 0", [], |row| {
                    row.get(0)
                })?;
        if articles < document::DICTIONARY_ARTICLES {
            return Ok(true);
        }
        // Another process may have trained one.
        let found = match document::newest_dictionary(&self.conn)? {
            Some(found) => Some(found),
            None => document::train(&self.conn, &mut self.dictionaries)?,
        };
        if let Ok(mut shared) = self.dictionary.write() {
            *shared = found;
        }
        Ok(true)
    }

    /// Counts the saved searches again.
    fn tally(&mut self) -> Result<bool> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = tally::searches(&tx, self.now)?;
        tx.commit()?;
        if changed {
            self.lanes.tell_counted();
            self.tell_others();
        }
        Ok(true)
    }

    /// Stores, indexes and counts everything that waits.
    fn finish(&mut self) -> Result<()> {
        while self.index_batch()? {}
        self.chores.index = false;
        self.train_dictionary()?;
        self.tally()?;
        Ok(())
    }

    /// Leaves the file tidy at the end.
    fn settle(&mut self) -> Result<()> {
        forget_lines(&self.conn, &self.written_lines)?;
        self.conn.execute_batch("PRAGMA optimize")?;
        Ok(())
    }

    /// Writes the subscriptions' file again. A failure is tried again at the next change or start.
    fn write_opml(&self) {
        let written = opml::write(&self.conn, &self.paths.opml())
            .and_then(|()| opml::set_stale(&self.conn, false));
        if let Err(error) = written {
            tracing::warn!("the subscriptions' file is old: {error}");
        }
    }

    /// Touches the file that other processes watch.
    fn tell_others(&self) {
        let _ = std::fs::write(self.paths.changed(), std::process::id().to_string());
    }

    /// Leaves a mark for the next start where the file is found damaged.
    fn note_damage(&self, error: &Error) {
        if matches!(error, Error::Damaged) {
            let _ = std::fs::write(self.paths.damage_mark(), "");
        }
    }
}

impl Chores {
    /// Everything is to be looked at.
    pub(super) const ALL: Self = Self {
        index: true,
        dictionary: true,
        tally: true,
        checkpoint: true,
    };
    const NONE: Self = Self {
        index: false,
        dictionary: false,
        tally: false,
        checkpoint: false,
    };
}

fn forget_lines(conn: &Connection, lines: &[i64]) -> Result<()> {
    lines.iter().try_for_each(|n| journal::forget(conn, *n))
}

/// What a piece of bulk work needs and leaves behind.
struct Desk<'t> {
    names: &'t mut NameIds,
    blobs: &'t mut Option<Connection>,
    paths: &'t Paths,
    /// A line for the journal's file.
    line: Option<(i64, String)>,
    /// Why it failed; what it wrote must not stand.
    failed: Option<Error>,
}

impl Desk<'_> {
    /// Does a piece of bulk work. The answer is to be given after the commit.
    fn store(&mut self, conn: &Connection, work: Bulk) -> Answer {
        match work {
            Bulk::Feed(feed, reply) => {
                let result = bring::store_feed(conn, self.names, &feed);
                let result = result.map(|(stored, moved)| {
                    self.line = moved.and_then(|done| done.line);
                    stored
                });
                if let Ok(stored) = &result {
                    self.drop_pages(&stored.pruned);
                }
                self.answer(result, reply)
            }
            Bulk::Page(page, raw, reply) => {
                let result = page::store_page(conn, self.names, &page);
                self.keep(raw);
                self.answer(result, reply)
            }
            Bulk::PageFailed {
                article,
                remark,
                retry,
                reply,
            } => {
                let result = page::page_failed(conn, article, &remark, retry);
                self.answer(result, reply)
            }
            Bulk::Saved(page, raw, reply) => {
                let result = page::store_saved(conn, self.names, *page).map(|(id, done)| {
                    self.line = done.and_then(|done| done.line);
                    id
                });
                self.keep(raw);
                self.answer(result, reply)
            }
            Bulk::Pictures(article, pictures, missing, is_whole, reply) => {
                self.keep(pictures);
                self.miss(&missing);
                let result = conn
                    .execute(
                        "UPDATE articles SET has_pictures = ?2 WHERE id = ?1",
                        params![article.0, is_whole],
                    )
                    .map(|_| ())
                    .map_err(Error::from);
                self.answer(result, reply)
            }
            Bulk::Refreshed(texts, reply) => {
                let result = refresh::store(conn, self.names, &texts);
                self.answer(result, reply)
            }
            Bulk::Stale(articles, reply) => {
                let result = articles
                    .iter()
                    .try_for_each(|id| super::blocks::look_again(conn, id.0));
                self.answer(result, reply)
            }
            Bulk::Remember(key, value, reply) => {
                let result = conn
                    .execute(
                        "INSERT OR REPLACE INTO memory (key, value) VALUES (?1, ?2)",
                        params![key, value],
                    )
                    .map(|_| ())
                    .map_err(Error::from);
                self.answer(result, reply)
            }
            Bulk::Reindex(reply) => {
                let result = index::rebuild(conn);
                self.answer(result, reply)
            }
            Bulk::Finish(reply) => self.answer(Ok(()), reply),
        }
    }

    fn answer<T: 'static>(&mut self, result: Result<T>, reply: Reply<T>) -> Answer {
        match result {
            Ok(value) => Box::new(move |committed| reply(committed.map(|()| value))),
            Err(error) => {
                self.failed = Some(error.again());
                Box::new(move |_| reply(Err(error)))
            }
        }
    }

    /// Keeps bytes in the cache. A failure there loses nothing that cannot be fetched again.
    /// Drops the pages kept for articles that are gone. That of an article whose transaction fails is fetched again.
    fn drop_pages(&mut self, articles: &[ArticleId]) {
        if articles.is_empty() {
            return;
        }
        let dropped = open_once(self.blobs, self.paths).and_then(|conn| {
            let tx = conn.unchecked_transaction()?;
            for article in articles {
                blobs::drop_page(&tx, *article)?;
            }
            Ok(tx.commit()?)
        });
        if let Err(error) = dropped {
            tracing::warn!("pages of dropped articles stay in the cache: {error}");
        }
    }

    fn keep(&mut self, blobs: impl IntoIterator<Item = Blob>) {
        let mut blobs = blobs.into_iter().peekable();
        if blobs.peek().is_none() {
            return;
        }
        let kept = open_once(self.blobs, self.paths).and_then(|conn| {
            let tx = conn.unchecked_transaction()?;
            for blob in blobs {
                blobs::put(&tx, &blob)?;
            }
            Ok(tx.commit()?)
        });
        if let Err(error) = kept {
            tracing::warn!("a page or picture is not kept in the cache: {error}");
        }
    }

    /// Notes in the cache why addresses could not be had.
    fn miss(&mut self, missing: &[(String, String)]) {
        if missing.is_empty() {
            return;
        }
        let noted = open_once(self.blobs, self.paths).and_then(|conn| {
            let tx = conn.unchecked_transaction()?;
            for (url, why) in missing {
                blobs::miss(&tx, url, why)?;
            }
            Ok(tx.commit()?)
        });
        if let Err(error) = noted {
            tracing::warn!("it is not noted why a picture is missing: {error}");
        }
    }
}

fn open_once<'c>(blobs: &'c mut Option<Connection>, paths: &Paths) -> Result<&'c Connection> {
    let conn = match blobs.take() {
        Some(conn) => conn,
        None => blobs::open(&paths.blobs())?,
    };
    Ok(blobs.insert(conn))
}
