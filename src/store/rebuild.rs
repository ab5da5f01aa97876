//! A lost or damaged library made again from `journal.jsonl`: subscriptions, folders, tags, stars, read marks, searches
//! and decisions on names. Articles come again with the next reload and find their marks waiting.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::blocks::{self, BlockStep};
use super::bring;
use super::change;
use super::decision;
use super::error::Result;
use super::identity;
use super::journal::{ArticleName, Line, NamedStep};
use super::step::{self, Flag, Step};
use crate::text::fold::fold;

/// Plays lines into an empty library, in one transaction. Returns how many operations were taken over.
pub(super) fn replay(conn: &mut Connection, lines: &[Line], now: Timestamp) -> Result<usize> {
    let tx = conn.transaction()?;
    let mut replay = Replay {
        conn: &tx,
        now,
        read: HashMap::new(),
    };
    for line in lines {
        for step in &line.steps {
            replay.step(step)?;
        }
    }
    replay.remember_reads()?;
    if let Some(last) = lines.last() {
        // Numbers go on where the file ends, so that no two lines share one.
        tx.execute(
            "INSERT INTO journal_lines (n, line) VALUES (?1, '')",
            [last.n],
        )?;
        tx.execute("DELETE FROM journal_lines WHERE n = ?1", [last.n])?;
    }
    super::opml::set_stale(&tx, true)?;
    tx.commit()?;
    Ok(lines.len())
}

struct Replay<'c> {
    conn: &'c Connection,
    now: Timestamp,
    /// Read marks of articles that are not there, by feed and guid: canonical address and state.
    read: HashMap<(String, String), (Option<String>, bool)>,
}

impl Replay<'_> {
    fn step(&mut self, step: &NamedStep) -> Result<()> {
        match step {
            Step::Mark { flag, on, articles } => {
                for name in articles {
                    self.mark(*flag, *on, name)?;
                }
            }
            Step::Tag { tag, on, articles } => {
                for name in articles {
                    let article = self.article(name, *on)?;
                    self.apply(Step::Tag {
                        tag: tag.clone(),
                        on: *on,
                        articles: article.into_iter().collect(),
                    })?;
                }
            }
            Step::Keep { on, articles } => {
                for name in articles {
                    if let Some(article) = self.article(name, *on)? {
                        self.keep(article, *on)?;
                    }
                }
            }
            Step::Feed {
                feed,
                before,
                after,
            } => {
                let id = self.feed(feed)?;
                // What the file says was before may not be so here (a title that came with a reload): it holds anyway.
                let current = step::feed_facts(self.conn, id)?.unwrap_or_default();
                let before = before
                    .keys()
                    .filter_map(|key| Some((key.clone(), current.get(key)?.clone())))
                    .collect();
                self.apply(Step::Feed {
                    feed: id,
                    before,
                    after: after.clone(),
                })?;
            }
            Step::Folder {
                path,
                before,
                after,
            } => self.apply(Step::Folder {
                path: path.clone(),
                before: *before,
                after: *after,
            })?,
            Step::Search { id, before, after } => self.apply(Step::Search {
                id: *id,
                before: before.clone(),
                after: after.clone(),
            })?,
            Step::Name {
                name, kind, after, ..
            } => {
                let before = decision::read(self.conn, name, *kind)?;
                self.apply(Step::Name {
                    name: name.clone(),
                    kind: *kind,
                    before,
                    after: after.clone(),
                })?;
            }
            Step::Part {
                name,
                kind,
                words,
                on,
                article,
            } => {
                // As a decision on a block, one on a name in an article brings it back by its headline.
                let place = match article {
                    Some(article) => self.article(article, *on)?,
                    None => None,
                };
                if article.is_none() || place.is_some() {
                    self.apply(Step::Part {
                        name: name.clone(),
                        kind: *kind,
                        words: words.clone(),
                        on: *on,
                        article: place,
                    })?;
                }
            }
            Step::Blocks { article, blocks } => self.blocks(article, blocks)?,
            // The file it was made in is not the library's.
            Step::Site { .. } => {}
        }
        Ok(())
    }

    /// A decision on a block brings its article back by its headline, as a star does.
    fn blocks(&mut self, article: &ArticleName, blocks: &[BlockStep]) -> Result<()> {
        let decides = blocks.iter().any(|block| block.after.is_some());
        let Some(article) = self.article(article, decides)? else {
            return Ok(());
        };
        let mut real = Vec::new();
        for block in blocks {
            real.push(BlockStep {
                before: blocks::decision(self.conn, article, &block.text)?,
                ..block.clone()
            });
        }
        self.apply(Step::Blocks {
            article,
            blocks: real,
        })
    }

    /// A page kept as an article comes back as a headline; the next reload fetches the page.
    fn keep(&self, article: i64, on: bool) -> Result<()> {
        self.conn.execute(
            "UPDATE articles SET wants_page = 1 WHERE id = ?1 AND has_text = 0 AND url LIKE 'http%'",
            [article],
        )?;
        self.apply(Step::Keep {
            on,
            articles: vec![article],
        })
    }

    fn apply(&self, step: step::IdStep) -> Result<()> {
        step::apply(self.conn, step, self.now)?;
        Ok(())
    }

    fn mark(&mut self, flag: Flag, on: bool, name: &ArticleName) -> Result<()> {
        // A star brings its article back by its headline; a read mark waits until the article comes.
        let is_kept = on && flag != Flag::Read;
        if let Some(article) = self.article(name, is_kept)? {
            return self.apply(Step::Mark {
                flag,
                on,
                articles: vec![article],
            });
        }
        if flag == Flag::Read {
            self.read.insert(key(name), (canonical(name), on));
        }
        Ok(())
    }

    fn remember_reads(&self) -> Result<()> {
        for ((feed, guid), (canonical, read)) in &self.read {
            self.conn
                .prepare_cached(
                    "INSERT OR REPLACE INTO remembered (feed_url, guid, canonical_url, read) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![feed, guid, canonical, read])?;
        }
        Ok(())
    }

    fn feed(&self, url: &str) -> Result<i64> {
        let known = self
            .conn
            .query_row("SELECT id FROM feeds WHERE url = ?1", [url], |row| {
                row.get(0)
            })
            .optional()?;
        match known {
            Some(id) => Ok(id),
            None => change::empty_feed(self.conn, url, self.now),
        }
    }

    /// Finds an article by feed and guid, by address, or by headline; makes its headline where asked.
    fn article(&mut self, name: &ArticleName, make: bool) -> Result<Option<i64>> {
        let (feed, guid) = key(name);
        let found: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT e.article_id FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ?1 AND e.guid = ?2
                 UNION ALL SELECT id FROM articles WHERE canonical_url = ?3
                 UNION ALL SELECT id FROM articles WHERE url = ?4
                 UNION ALL SELECT id FROM articles WHERE url IS NULL AND title = ?5 LIMIT 1",
            )?
            .query_row(
                params![feed, guid, canonical(name), name.url, name.title],
                |row| row.get(0),
            )
            .optional()?;
        match found {
            Some(id) => Ok(Some(id)),
            None if make => self.headline(name, &guid).map(Some),
            None => Ok(None),
        }
    }

    /// Makes an article that is a headline only, in its feed: the next reload brings its text.
    fn headline(&mut self, name: &ArticleName, guid: &str) -> Result<i64> {
        let feed = match &name.feed {
            Some(url) => Some(self.feed(url)?),
            None => None,
        };
        let time = name.time.unwrap_or(self.now).min(self.now);
        let id = bring::next_id(self.conn)?;
        let sort_key = bring::free_key(self.conn, time.as_millisecond(), id)?;
        let (_, read) = self.read.remove(&key(name)).unwrap_or((None, false));
        self.conn.execute(
            "INSERT INTO articles (id, sort_key, feed_id, published, first_seen, title, title_fold, url, canonical_url, site, read)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                id,
                sort_key,
                feed,
                name.time.map(Timestamp::as_millisecond),
                time.as_millisecond(),
                if name.title.is_empty() { "(no headline)" } else { &name.title },
                fold(&name.title),
                name.url,
                canonical(name),
                name.url.as_deref().and_then(identity::site),
                read
            ],
        )?;
        if let Some(feed) = feed {
            self.conn.execute(
                "INSERT OR IGNORE INTO entries (feed_id, guid, article_id, sort_key, unread) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![feed, guid, id, sort_key, !read],
            )?;
        }
        self.conn
            .execute("INSERT INTO unindexed (sort_key) VALUES (?1)", [sort_key])?;
        Ok(id)
    }
}

fn canonical(name: &ArticleName) -> Option<String> {
    name.url.as_deref().and_then(identity::canonical)
}

fn key(name: &ArticleName) -> (String, String) {
    let time = name.time.map(Timestamp::as_millisecond);
    let guid = match &name.guid {
        Some(guid) => guid.clone(),
        None => identity::guid(None, name.url.as_deref(), &name.title, time),
    };
    (name.feed.clone().unwrap_or_default(), guid)
}
