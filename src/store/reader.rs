//! Questions to the library, on a connection of its own.

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::blobs::{self, Standing};
use super::blocks;
use super::decision;
use super::document::Dictionaries;
use super::error::Result;
use super::intake::{FeedSource, KnownEntry, PageWanted, Raw};
use super::list::{self, Reading};
use super::refresh::{self, StoredText};
use super::rows::{self, time};
use super::schema::{self, Mode};
use super::{check, feeds, identity, name_page, names};
use crate::model::article::{BlockDecision, BodySource, PicturesKept};
use crate::model::change::NameKey;
use crate::model::entity::{EntityRow, NamePage, Snippet};
use crate::model::list::{Anchor, OpenList, Page, Totals};
use crate::model::{
    Article, ArticleEntities, ArticleId, ArticleRow, Document, EntityKind, Feed, FeedId, JournalId,
    Query, SearchId, Seq, Tree,
};

/// A saved search: id, name, query as typed, unread, total.
pub(crate) type SearchRow = (SearchId, String, String, u64, u64);

/// Reads the library. Sees every commit that was made before a question was asked. Cheap to open, `Send`, not `Sync`:
/// one for each thread that asks.
#[derive(Debug)]
pub struct Reader {
    conn: Connection,
    dictionaries: RefCell<Dictionaries>,
    blobs_path: PathBuf,
    blobs: OnceCell<Connection>,
    read_only: Option<String>,
}

impl Reader {
    pub(super) fn new(conn: Connection, blobs_path: PathBuf, read_only: Option<String>) -> Self {
        Self {
            conn,
            dictionaries: RefCell::default(),
            blobs_path,
            blobs: OnceCell::new(),
            read_only,
        }
    }

    /// Reads a page of a list by key, in about the same time at any depth. `now` settles `newer:` and `older:`.
    pub fn page(
        &self,
        list: &OpenList,
        anchor: Anchor,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page> {
        // One transaction, so that rows and newest arrival belong together.
        let snapshot = self.conn.unchecked_transaction()?;
        let seq = newest(&snapshot)?;
        let reading = Reading::new(&snapshot, list, now)?;
        let ids = list::page(&reading, anchor, limit)?;
        let mut rows = Vec::with_capacity(ids.ids.len());
        for id in ids.ids {
            rows.extend(rows::headline(&snapshot, id, reading.feed())?);
        }
        Ok(Page {
            rows,
            at_top: ids.at_top,
            at_bottom: ids.at_bottom,
            seq: Some(seq),
        })
    }

    /// Counts a list. May take tens of milliseconds on a big library: never before the first screen.
    pub fn totals(
        &self,
        list: &OpenList,
        above: Option<ArticleId>,
        now: Timestamp,
    ) -> Result<Totals> {
        let snapshot = self.conn.unchecked_transaction()?;
        let reading = Reading::new(&snapshot, list, now)?;
        let (rows, unread) = reading.count()?;
        let place = match above {
            Some(id) => reading.place_of(id)?,
            None => None,
        };
        Ok(Totals {
            rows,
            unread,
            waiting: reading.waiting()?,
            above: place.map_or(Ok(0), |place| reading.above(&place))?,
            muted: reading.muted()?,
        })
    }

    /// Finds the next unread article after `from` (before it with `back`): first in the list, then in the next feed
    /// with unread ones, in the feed tree's order, last in the list from its other end. The feed is given where the
    /// article lies outside the list: the feed whose list to open.
    pub fn next_unread(
        &self,
        list: &OpenList,
        from: Option<ArticleId>,
        back: bool,
        now: Timestamp,
    ) -> Result<Option<(ArticleId, Option<FeedId>)>> {
        let snapshot = self.conn.unchecked_transaction()?;
        list::next_unread(&snapshot, list, from, back, now)
    }

    /// Reads an article whole, with the text asked for (`None`: the better one). `Ok(None)` where there is no such article.
    pub fn article(&self, id: ArticleId, source: Option<BodySource>) -> Result<Option<Article>> {
        let article = {
            let snapshot = self.conn.unchecked_transaction()?;
            rows::article(&snapshot, &mut self.dictionaries.borrow_mut(), id, source)?
        };
        let Some(mut article) = article else {
            return Ok(None);
        };
        article.pictures = self.pictures_kept(&article.body.document);
        Ok(Some(article))
    }

    /// Says which of a document's pictures are kept. The cache may be missing or damaged: then none is.
    fn pictures_kept(&self, document: &Document) -> PicturesKept {
        let addresses = document.pictures();
        let mut pictures = PicturesKept {
            wanted: addresses.len(),
            ..PicturesKept::default()
        };
        for address in addresses {
            match self.picture_standing(address) {
                Ok(Standing::Kept) => pictures.kept += 1,
                Ok(Standing::Missing(why)) => {
                    pictures.missing.get_or_insert(why);
                }
                Ok(Standing::Unknown) | Err(_) => {}
            }
        }
        pictures
    }

    fn picture_standing(&self, url: &str) -> Result<Standing> {
        match self.blobs()? {
            Some(conn) => blobs::standing(conn, url),
            None => Ok(Standing::Unknown),
        }
    }

    /// Says whether a picture is kept.
    pub fn has_picture(&self, url: &str) -> bool {
        matches!(self.picture_standing(url), Ok(Standing::Kept))
    }

    /// Reads headlines by id, in the order given, leaving out those that are gone.
    pub fn rows(&self, ids: &[ArticleId]) -> Result<Vec<ArticleRow>> {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.extend(rows::headline(&self.conn, *id, None)?);
        }
        Ok(rows)
    }

    /// Calls `each` for every headline of a query in its order, without holding them all; stops when it answers false.
    pub fn for_each(
        &self,
        query: &Query,
        now: Timestamp,
        each: &mut dyn FnMut(ArticleRow) -> bool,
    ) -> Result<()> {
        let snapshot = self.conn.unchecked_transaction()?;
        let reading = Reading::new(&snapshot, &list::of_query(query), now)?;
        for id in list::all_ids(&reading)? {
            if let Some(row) = rows::headline(&snapshot, ArticleId(id), reading.feed())?
                && !each(row)
            {
                break;
            }
        }
        Ok(())
    }

    /// Counts the articles of a query.
    pub fn count(&self, query: &Query, now: Timestamp) -> Result<u64> {
        Ok(Reading::new(&self.conn, &list::of_query(query), now)?
            .count()?
            .0)
    }

    /// Returns the ids of a query's articles in its order.
    pub fn ids(&self, query: &Query, now: Timestamp) -> Result<Vec<ArticleId>> {
        let reading = Reading::new(&self.conn, &list::of_query(query), now)?;
        Ok(list::all_ids(&reading)?
            .into_iter()
            .map(ArticleId)
            .collect())
    }

    /// Reads the feed tree with its numbers, all of them kept, none counted. `newsboat` is left empty.
    pub fn tree(&self, now: Timestamp) -> Result<Tree> {
        let snapshot = self.conn.unchecked_transaction()?;
        let (unread, total): (i64, i64) = snapshot.query_row(
            "SELECT unread, total FROM counts WHERE feed_id = 0",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let marked = |index: &str, column: &str| -> Result<u64> {
            let sql =
                format!("SELECT count(*) FROM articles INDEXED BY {index} WHERE {column} = 1");
            Ok(snapshot
                .prepare_cached(&sql)?
                .query_row([], |row| row.get::<_, i64>(0))? as u64)
        };
        Ok(Tree {
            feeds: feeds::all(&snapshot, false, now)?,
            folders: self.folders()?,
            tags: self.tags()?,
            searches: self.searches()?,
            unread: unread.max(0) as u64,
            total: total.max(0) as u64,
            starred: marked("articles_starred", "starred")?,
            later: marked("articles_later", "later")?,
            following: names::unread_of_followed(&snapshot)?,
            decided: names::decided(&snapshot)?,
            muted: names::hidden_by_muted(&snapshot)?,
            read_only: self.read_only.clone(),
            newsboat: None,
        })
    }

    /// Reads the subscriptions by folder and position; archived ones too where asked.
    pub fn feeds(&self, archived: bool, now: Timestamp) -> Result<Vec<Feed>> {
        feeds::all(&self.conn, archived, now)
    }

    /// Reads one subscription.
    pub fn feed(&self, id: FeedId, now: Timestamp) -> Result<Option<Feed>> {
        Ok(feeds::by_id(&self.conn, id, now)?.map(|(feed, _)| feed))
    }

    /// Finds a subscription by its address (compared without scheme and trailing slash), archived ones too.
    pub fn feed_by_url(&self, url: &str, now: Timestamp) -> Result<Option<Feed>> {
        feeds::by_url(&self.conn, url, now)
    }

    /// Returns the feeds that are due, the longest waiting first.
    pub fn due_feeds(&self, now: Timestamp) -> Result<Vec<FeedSource>> {
        feeds::due(&self.conn, now)
    }

    /// Returns these feeds, or all subscribed ones, as the engine asks them.
    pub fn feed_sources(&self, ids: Option<&[FeedId]>, now: Timestamp) -> Result<Vec<FeedSource>> {
        feeds::sources(&self.conn, ids, now)
    }

    /// Returns when the next feed is due, if any is.
    pub fn next_due(&self) -> Result<Option<Timestamp>> {
        feeds::next_due(&self.conn)
    }

    /// Says which of these entries of a feed the library knows; those it does not know are left out.
    pub fn known(&self, feed: FeedId, guids: &[String]) -> Result<Vec<KnownEntry>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT article_id FROM entries WHERE feed_id = ?1 AND guid = ?2
             UNION ALL SELECT article_id FROM tombstones WHERE feed_id = ?1 AND guid = ?2 LIMIT 1",
        )?;
        let mut known = Vec::new();
        for guid in guids {
            let key = identity::guid(Some(guid), None, "", None);
            let found: Option<Option<i64>> = statement
                .query_row(params![feed.0, key], |row| row.get(0))
                .optional()?;
            known.extend(found.map(|article| KnownEntry {
                guid: guid.clone(),
                article: article.map(ArticleId),
            }));
        }
        Ok(known)
    }

    /// Returns articles whose page is still to be fetched, newest first.
    pub fn pages_wanted(&self, limit: usize) -> Result<Vec<PageWanted>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, feed_id, url, title FROM articles INDEXED BY articles_wanting
             WHERE wants_page = 1 AND hidden = 0 AND url IS NOT NULL ORDER BY sort_key DESC LIMIT ?1",
        )?;
        let pages = statement.query_map([limit as i64], |row| {
            Ok(PageWanted {
                article: ArticleId(row.get(0)?),
                feed: row.get::<_, Option<i64>>(1)?.map(FeedId),
                url: row.get(2)?,
                title: row.get(3)?,
            })
        })?;
        Ok(pages.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the page as it came, if it is kept.
    pub fn raw_page(&self, article: ArticleId) -> Result<Option<Raw>> {
        self.raw_part(article, 1)
    }

    /// Returns the first, second … page of an article as it came, if it is kept.
    pub fn raw_part(&self, article: ArticleId, number: u32) -> Result<Option<Raw>> {
        let key = |first: &str| match number {
            0 | 1 => first.to_owned(),
            _ => blobs::part_key(first, number),
        };
        if let Some(raw) = self.blob(&key(&blobs::page_key(article)))? {
            return Ok(Some(raw));
        }
        let url: Option<Option<String>> = self
            .conn
            .query_row(
                "SELECT url FROM articles WHERE id = ?1",
                [article.0],
                |row| row.get(0),
            )
            .optional()?;
        url.flatten().map_or(Ok(None), |url| self.blob(&key(&url)))
    }

    /// Returns a kept picture by its address.
    pub fn picture(&self, url: &str) -> Result<Option<Raw>> {
        self.blob(url)
    }

    /// Reads one of an article's texts as it is kept; `None` where it is not.
    pub fn text(&self, article: ArticleId, source: BodySource) -> Result<Option<StoredText>> {
        let snapshot = self.conn.unchecked_transaction()?;
        let dictionaries = &mut self.dictionaries.borrow_mut();
        refresh::text(&snapshot, dictionaries, article, source)
    }

    /// Returns what the user decided on an article's blocks.
    pub fn block_decisions(&self, article: ArticleId) -> Result<Vec<BlockDecision>> {
        blocks::decisions(&self.conn, article.0)
    }

    /// Returns the texts that an older cleaner or tagger looked at last, and those marked to be cleaned again; the newest
    /// articles' first. Reads an index only: nothing is read where nothing is stale.
    pub fn stale(&self, cleaner: u32, tagger: u32) -> Result<Vec<(ArticleId, BodySource)>> {
        refresh::stale(&self.conn, cleaner, tagger)
    }

    /// Returns the articles of a host and of those below it, newest first. Reads every article's row.
    pub fn of_site(&self, host: &str) -> Result<Vec<ArticleId>> {
        refresh::of_site(&self.conn, host)
    }

    /// Returns the names of an article's text as shown.
    pub fn entities(&self, id: ArticleId) -> Result<ArticleEntities> {
        let article = self.article(id, None)?;
        Ok(article.map(|article| article.entities).unwrap_or_default())
    }

    /// Lists names over the cache, those in most articles first, at most `limit`; `words`: part of the name.
    pub fn names(
        &self,
        kind: Option<EntityKind>,
        words: &str,
        limit: usize,
    ) -> Result<Vec<EntityRow>> {
        names::list(&self.conn, kind, words, limit)
    }

    /// Reads the page of a name: its numbers, mentions over time, names seen together with it, its newest articles.
    /// `Ok(None)` where the cache does not know it.
    pub fn name_page(&self, name: &NameKey) -> Result<Option<NamePage>> {
        let snapshot = self.conn.unchecked_transaction()?;
        name_page::read(&snapshot, &mut self.dictionaries.borrow_mut(), name)
    }

    /// Reads the sentences in which a name stands in these articles; one without is left out.
    pub fn snippets(&self, name: &NameKey, ids: &[ArticleId]) -> Result<Vec<(ArticleId, Snippet)>> {
        let snapshot = self.conn.unchecked_transaction()?;
        name_page::snippets(&snapshot, &mut self.dictionaries.borrow_mut(), name, ids)
    }

    /// Says whether the user merged a name into another.
    pub fn is_merged(&self, name: &NameKey) -> Result<bool> {
        Ok(decision::read(&self.conn, &name.name, name.kind)?
            .merged
            .is_some())
    }

    /// Returns the names to be found in texts of any language: those followed, and what is merged into them.
    pub fn followed_names(&self) -> Result<Vec<(String, EntityKind)>> {
        names::followed(&self.conn)
    }

    /// Returns the names of an article: as found, what the user merged them into, and what else is merged into that.
    pub fn names_of(&self, found: &ArticleEntities) -> Result<Vec<NameKey>> {
        names::all_of(&self.conn, found)
    }

    /// Returns followed and muted names, also those no cached article mentions.
    pub fn decided_names(&self) -> Result<Vec<EntityRow>> {
        names::decided(&self.conn)
    }

    /// Finds one name over the cache: exact but for case and marks; of any type where `None`, the one in most articles.
    pub fn name(&self, name: &str, kind: Option<EntityKind>) -> Result<Option<EntityRow>> {
        names::find(&self.conn, name, kind)
    }

    /// Returns the user's tags with unread and total, by name.
    pub fn tags(&self) -> Result<Vec<(String, u64, u64)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT name, unread, total FROM tags WHERE total > 0 ORDER BY fold")?;
        let tags = statement.query_map([], |row| {
            Ok((
                row.get(0)?,
                row.get::<_, i64>(1)?.max(0) as u64,
                row.get::<_, i64>(2)?.max(0) as u64,
            ))
        })?;
        Ok(tags.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns saved searches: id, name, query as typed, unread, total.
    pub fn searches(&self) -> Result<Vec<SearchRow>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, query, unread, total FROM searches ORDER BY position, lower(name), id",
        )?;
        let searches = statement.query_map([], |row| {
            Ok((
                SearchId(row.get(0)?),
                row.get(1)?,
                row.get(2)?,
                row.get::<_, i64>(3)?.max(0) as u64,
                row.get::<_, i64>(4)?.max(0) as u64,
            ))
        })?;
        Ok(searches.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns folder paths, empty ones too, in order.
    pub fn folders(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT path FROM folders UNION SELECT folder FROM feeds WHERE folder <> '' AND archived = 0 ORDER BY 1",
        )?;
        let folders = statement.query_map([], |row| row.get(0))?;
        Ok(folders.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the steps that can be undone, last first: operation, words, time.
    pub fn undo_list(&self, limit: usize) -> Result<Vec<(JournalId, String, Timestamp)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, words, at FROM journal WHERE undoable = 1 AND undone = 0 ORDER BY id DESC LIMIT ?1",
        )?;
        let steps = statement.query_map([limit as i64], |row| {
            Ok((JournalId(row.get(0)?), row.get(1)?, time(row.get(2)?)))
        })?;
        Ok(steps.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the newest arrival.
    pub fn seq(&self) -> Result<Seq> {
        newest(&self.conn)
    }

    /// Returns what was kept under a name by [`super::Writer::remember`].
    pub fn remembered(&self, key: &str) -> Result<Option<String>> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM memory WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }

    /// Changes whenever another connection (of this process or another) has committed.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self
            .conn
            .query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Checks the whole library: SQLite's integrity check, the index and the kept counts. Empty: all is well. Reads
    /// every page of the file.
    pub fn check(&self) -> Result<Vec<String>> {
        check::whole(&self.conn, &mut self.dictionaries.borrow_mut())
    }

    fn blob(&self, key: &str) -> Result<Option<Raw>> {
        match self.blobs()? {
            Some(conn) => blobs::get(conn, key),
            None => Ok(None),
        }
    }

    /// The cache's connection, opened when it is first asked for; `None` where there is no cache yet.
    fn blobs(&self) -> Result<Option<&Connection>> {
        if self.blobs.get().is_none() {
            if !self.blobs_path.exists() {
                return Ok(None);
            }
            let mode = match self.read_only {
                None => Mode::Read,
                Some(_) => Mode::Immutable,
            };
            let conn = schema::connect(&self.blobs_path, mode)?;
            // A reader is on one thread: nobody else can have set it in between.
            let _ = self.blobs.set(conn);
        }
        Ok(self.blobs.get())
    }
}

fn newest(conn: &Connection) -> Result<Seq> {
    Ok(Seq(conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM articles")?
        .query_row([], |row| row.get(0))?))
}
