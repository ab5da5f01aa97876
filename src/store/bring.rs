//! Storing what a feed's reload brought: entries, new and known.
//!
//! Packing, folding and hashing happen on the caller's thread ([`super::prepare`]); the writer's thread only writes.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::decision::{self, Key};
use super::document::{self};
use super::error::Result;
use super::identity;
use super::intake::{FeedResult, FeedUpdate, StoredEntry, StoredFeed};
use super::operation::{self, Done};
use super::parting;
use super::prepare::{Facts, Name, Prepared, PreparedBody, PreparedFeed};
use super::prune;
use super::sql::key_of_second;
use super::step::{self, Step};
use crate::model::ArticleId;
use crate::text::address::redacted;
use crate::text::{clean_line, words};

/// Ids of names already asked for, and of the names they are by the user's merges. Emptied after a rollback, which takes
/// ids back, and whenever a decision on names may have been taken.
#[derive(Debug, Default)]
pub(super) struct NameIds {
    known: HashMap<(String, i64), (i64, i64)>,
    /// What `PRAGMA data_version` said: it changes when another process has written.
    version: i64,
}

impl NameIds {
    /// More names than this are not remembered: about 10 MB.
    const MAX: usize = 100_000;

    pub(super) fn clear(&mut self) {
        self.known.clear();
    }

    /// Forgets all where another process may have taken a decision on names.
    pub(super) fn look_about(&mut self, conn: &Connection) -> Result<()> {
        let version = conn
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if self.version != version {
            self.clear();
            self.version = version;
        }
        Ok(())
    }

    /// Returns the id of a name, and of the one it is by the user's merges.
    fn ids(&mut self, conn: &Connection, name: &Name) -> Result<(i64, i64)> {
        let key = (name.fold.clone(), name.kind);
        if let Some(ids) = self.known.get(&key) {
            return Ok(*ids);
        }
        let own = Key {
            name: name.name.clone(),
            fold: name.fold.clone(),
            kind: name.kind,
        };
        let canonical = decision::canonical(conn, &own)?;
        let ids = (
            decision::entity(conn, &own)?,
            decision::entity(conn, &canonical)?,
        );
        if self.known.len() >= Self::MAX {
            self.known.clear();
        }
        self.known.insert(key, ids);
        Ok(ids)
    }
}

/// Stores what a reload brought for one feed.
pub(super) fn store_feed(
    conn: &Connection,
    names: &mut NameIds,
    feed: &PreparedFeed,
) -> Result<(StoredFeed, Option<Done>)> {
    let outcome = &feed.outcome;
    let id = outcome.feed.0;
    let at = outcome.at.as_millisecond();
    let may_prune = prune::may(conn, id, outcome.at)?;
    let next_poll = outcome.next_poll.map(Timestamp::as_millisecond);
    match &outcome.result {
        FeedResult::Unchanged { validators } => {
            succeeded(conn, id, at, next_poll)?;
            if let Some(validators) = validators {
                keep_validators(conn, id, validators)?;
            }
            let stored = StoredFeed {
                pruned: prune::prune(conn, id, outcome.at, may_prune)?,
                ..StoredFeed::default()
            };
            return Ok((stored, None));
        }
        FeedResult::Failed {
            error,
            hint,
            suggested_url,
        } => {
            conn.execute(
                "UPDATE feeds SET last_attempt = ?2, next_poll = ?3, last_error = ?4, hint = ?5, failures = failures + 1,
                        suggested_url = coalesce(?6, suggested_url) WHERE id = ?1",
                params![id, at, next_poll, error, hint, suggested_url],
            )?;
        }
        FeedResult::Postponed => {
            conn.execute(
                "UPDATE feeds SET next_poll = ?2 WHERE id = ?1",
                params![id, next_poll],
            )?;
        }
        FeedResult::Updated(update) => {
            let (mut stored, moved) = store_update(conn, names, feed, update, at, next_poll)?;
            stored.pruned = prune::prune(conn, id, outcome.at, may_prune)?;
            let is_gone = |entry: &StoredEntry| stored.pruned.contains(&entry.article);
            stored.new.retain(|entry| !is_gone(entry));
            stored.updated.retain(|entry| !is_gone(entry));
            return Ok((stored, moved));
        }
        FeedResult::Imported { hidden, .. } => {
            for guid in hidden {
                hide_for_good(conn, id, guid)?;
            }
            return Ok((
                store_entries(conn, names, id, &feed.entries, outcome.at)?,
                None,
            ));
        }
    }
    Ok((StoredFeed::default(), None))
}

fn store_update(
    conn: &Connection,
    names: &mut NameIds,
    feed: &PreparedFeed,
    update: &FeedUpdate,
    at: i64,
    next_poll: Option<i64>,
) -> Result<(StoredFeed, Option<Done>)> {
    let id = feed.outcome.feed.0;
    let exists: bool = conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM feeds WHERE id = ?1)",
        [id],
        |row| row.get(0),
    )?;
    if !exists {
        return Err(super::Error::Missing("such feed".into()));
    }
    let moved = match &update.new_url {
        Some(url) => move_for_good(conn, id, url, feed.outcome.at)?,
        None => None,
    };
    succeeded(conn, id, at, next_poll)?;
    keep_validators(conn, id, &update.validators)?;
    conn.execute(
        "UPDATE feeds SET own_title = coalesce(?2, own_title), site_url = coalesce(?3, site_url), suggested_url = ?4
         WHERE id = ?1",
        params![
            id,
            update.title.as_deref().map(clean_line).filter(|title| !title.is_empty()),
            update.site_url,
            update.suggested_url
        ],
    )?;
    let stored = store_entries(conn, names, id, &feed.entries, feed.outcome.at)?;
    Ok((stored, moved))
}

/// Keeps an entry from ever coming.
fn hide_for_good(conn: &Connection, feed: i64, guid: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO tombstones (feed_id, guid, article_id) VALUES (?1, ?2, NULL)",
    )?
    .execute(params![feed, identity::guid(Some(guid), None, "", None)])?;
    Ok(())
}

/// Takes over a permanent move, unless another subscription has that address.
fn move_for_good(conn: &Connection, feed: i64, url: &str, now: Timestamp) -> Result<Option<Done>> {
    let Some(old) = step::feed_facts(conn, feed)?.and_then(|mut facts| facts.remove("url")) else {
        return Ok(None);
    };
    let taken: bool = conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM feeds WHERE url = ?1 AND id <> ?2)",
        params![url, feed],
        |row| row.get(0),
    )?;
    if taken || old.as_str() == Some(url) {
        return Ok(None);
    }
    let step = Step::Feed {
        feed,
        before: [("url".to_owned(), old)].into_iter().collect(),
        after: [("url".to_owned(), url.into())].into_iter().collect(),
    };
    operation::note(
        conn,
        vec![step],
        &format!("moved for good to {}", redacted(url)),
        now,
    )
    .map(Some)
}

fn succeeded(conn: &Connection, feed: i64, at: i64, next_poll: Option<i64>) -> Result<()> {
    conn.prepare_cached(
        "UPDATE feeds SET last_attempt = ?2, last_success = ?2, next_poll = ?3, last_error = NULL, hint = NULL, failures = 0
         WHERE id = ?1",
    )?
    .execute(params![feed, at, next_poll])?;
    Ok(())
}

fn keep_validators(
    conn: &Connection,
    feed: i64,
    validators: &crate::model::feed::Validators,
) -> Result<()> {
    let json = serde_json::to_string(validators).unwrap_or_else(|_| "{}".into());
    conn.prepare_cached("UPDATE feeds SET validators = ?2 WHERE id = ?1")?
        .execute(params![feed, json])?;
    Ok(())
}

/// Stores entries, the document's last first, so that among equal times its first is the newest.
fn store_entries(
    conn: &Connection,
    names: &mut NameIds,
    feed: i64,
    entries: &[Prepared],
    now: Timestamp,
) -> Result<StoredFeed> {
    let present: HashSet<&str> = entries.iter().map(|entry| entry.guid.as_str()).collect();
    let mut stored = StoredFeed::default();
    for entry in entries.iter().rev() {
        let known: Option<i64> = conn
            .prepare_cached("SELECT article_id FROM entries WHERE feed_id = ?1 AND guid = ?2")?
            .query_row(params![feed, entry.guid], |row| row.get(0))
            .optional()?;
        let found = match known {
            Some(article) => Found::Here(article),
            None => look_elsewhere(conn, feed, entry, &present)?,
        };
        let index = entry.index;
        match found {
            Found::Pruned => {}
            Found::Here(article) => {
                if update(conn, names, feed, article, entry)? {
                    let article = ArticleId(article);
                    stored.updated.push(StoredEntry { index, article });
                }
            }
            Found::Elsewhere(article) => {
                join(conn, feed, article, entry)?;
            }
            Found::Nowhere => {
                let article = ArticleId(insert(conn, names, feed, entry, now)?);
                stored.new.push(StoredEntry { index, article });
            }
        }
    }
    stored.new.reverse();
    stored.updated.reverse();
    Ok(stored)
}

/// Where the library knows an entry from.
enum Found {
    /// This feed has it.
    Here(i64),
    /// Another feed has it.
    Elsewhere(i64),
    /// It was here and must not come back.
    Pruned,
    /// It is new.
    Nowhere,
}

fn look_elsewhere(
    conn: &Connection,
    feed: i64,
    entry: &Prepared,
    present: &HashSet<&str>,
) -> Result<Found> {
    let tombstone: Option<Option<i64>> = conn
        .prepare_cached("SELECT article_id FROM tombstones WHERE feed_id = ?1 AND guid = ?2")?
        .query_row(params![feed, entry.guid], |row| row.get(0))
        .optional()?;
    if let Some(article) = tombstone {
        return Ok(article.map_or(Found::Pruned, Found::Here));
    }
    let facts = &entry.facts;
    if let Some(url) = &facts.canonical_url {
        let twins = candidates(conn, "canonical_url", url)?;
        if let Some(found) = twin(conn, feed, entry, present, &twins)? {
            return Ok(found);
        }
    }
    if let Some(hash) = &entry.content_hash {
        // The same words under another headline are another article: notices and forms repeat theirs.
        let mut twins = candidates(conn, "content_hash", hash)?;
        twins.retain(|(_, title_fold, _)| *title_fold == facts.title_fold);
        if let Some(found) = twin(conn, feed, entry, present, &twins)? {
            return Ok(found);
        }
    }
    if let Some(published) = entry.published {
        // A site that moved gives every entry another guid and another address at once; headline and minute stay.
        let twins = of_that_time(conn, feed, published, &facts.title_fold)?;
        if let Some(found) = twin(conn, feed, entry, present, &twins)? {
            return Ok(found);
        }
    }
    Ok(Found::Nowhere)
}

/// Returns this feed's articles of a headline that were published in a second.
fn of_that_time(
    conn: &Connection,
    feed: i64,
    published: i64,
    title_fold: &str,
) -> Result<Vec<Candidate>> {
    let second = published.div_euclid(1_000);
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.title_fold, a.published FROM entries e CROSS JOIN articles a ON a.id = e.article_id
         WHERE e.feed_id = ?1 AND e.sort_key >= ?2 AND e.sort_key < ?3 AND a.published = ?4 AND a.title_fold = ?5 LIMIT 5",
    )?;
    let rows = statement.query_map(
        params![
            feed,
            key_of_second(second),
            key_of_second(second.saturating_add(1)),
            published,
            title_fold
        ],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// An article that may be the same: id, folded headline, publication time.
type Candidate = (i64, String, Option<i64>);

fn candidates(
    conn: &Connection,
    column: &str,
    key: impl rusqlite::ToSql,
) -> Result<Vec<Candidate>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, title_fold, published FROM articles WHERE {column} = ?1 LIMIT 5"
    ))?;
    let rows = statement.query_map([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Decides whether a candidate is the entry's article. An address or text that several articles share tells nothing.
fn twin(
    conn: &Connection,
    feed: i64,
    entry: &Prepared,
    present: &HashSet<&str>,
    candidates: &[Candidate],
) -> Result<Option<Found>> {
    let [(article, title_fold, published)] = candidates else {
        return Ok(None);
    };
    let old_guid: Option<String> = conn
        .prepare_cached("SELECT guid FROM entries WHERE article_id = ?1 AND feed_id = ?2")?
        .query_row(params![article, feed], |row| row.get(0))
        .optional()?;
    let Some(old_guid) = old_guid else {
        return Ok(Some(Found::Elsewhere(*article)));
    };
    // In the same feed: only where the feed gave it another guid. Two entries side by side that share a link (status
    // pages, changelogs) are two articles.
    let says_the_same = *title_fold == entry.facts.title_fold
        || (published.is_some() && *published == entry.published);
    if present.contains(old_guid.as_str()) || !says_the_same {
        return Ok(None);
    }
    conn.execute(
        "UPDATE entries SET guid = ?3 WHERE feed_id = ?1 AND guid = ?2",
        params![feed, old_guid, entry.guid],
    )?;
    conn.execute(
        "INSERT OR REPLACE INTO tombstones (feed_id, guid, article_id) VALUES (?1, ?2, ?3)",
        params![feed, old_guid, article],
    )?;
    Ok(Some(Found::Here(*article)))
}

/// Puts an article of another feed into this one too: read once, read everywhere.
fn join(conn: &Connection, feed: i64, article: i64, entry: &Prepared) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO entries (feed_id, guid, article_id, sort_key, unread)
         SELECT ?1, ?2, id, sort_key, (1 - read) * (1 - hushed) FROM articles WHERE id = ?3",
    )?
    .execute(params![feed, entry.guid, article])?;
    conn.prepare_cached("UPDATE articles SET hidden = 0 WHERE id = ?1 AND hidden = 1")?
        .execute([article])?;
    Ok(())
}

/// Finds a free sort key at a time. Ids fill the lower bits and rise with arrival.
pub(super) fn free_key(conn: &Connection, time_ms: i64, id: i64) -> Result<i64> {
    let mut key = key_of_second(time_ms.div_euclid(1_000)) | (id & 0xF_FFFF);
    let mut taken = conn.prepare_cached("SELECT 1 FROM articles WHERE sort_key = ?1")?;
    while taken.exists([key])? {
        key += 1;
    }
    Ok(key)
}

/// Returns the id the next article gets; never one that was used.
pub(super) fn next_id(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'articles'), 0) + 1",
        )?
        .query_row([], |row| row.get(0))?)
}

fn insert(
    conn: &Connection,
    names: &mut NameIds,
    feed: i64,
    entry: &Prepared,
    now: Timestamp,
) -> Result<i64> {
    let is_read = take_remembered(conn, feed, entry)? || entry.is_read;
    let id = insert_article(
        conn,
        &entry.facts,
        Some(feed),
        entry.published,
        now,
        is_read,
    )?;
    conn.prepare_cached(
        "INSERT INTO entries (feed_id, guid, article_id, sort_key, unread)
         SELECT ?1, ?2, id, sort_key, 1 - read FROM articles WHERE id = ?3",
    )?
    .execute(params![feed, entry.guid, id])?;
    conn.prepare_cached(
        "UPDATE articles SET wants_page = ?2, has_enclosure = ?3, enclosures = ?4, content_hash = ?5, entry_hash = ?6
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        entry.wants_page,
        entry.enclosures.is_some(),
        entry.enclosures,
        entry.content_hash,
        entry.hash(None)
    ])?;
    if let Some(body) = &entry.body {
        document::write(conn, id, &body.packed)?;
    }
    show_best(conn, names, id, entry.body.as_ref(), entry.full_text)?;
    Ok(id)
}

pub(super) fn insert_article(
    conn: &Connection,
    facts: &Facts,
    feed: Option<i64>,
    published: Option<i64>,
    now: Timestamp,
    is_read: bool,
) -> Result<i64> {
    let id = next_id(conn)?;
    let first_seen = now.as_millisecond();
    let time = published.map_or(first_seen, |published| published.min(first_seen));
    let sort_key = free_key(conn, time, id)?;
    conn.prepare_cached(
        "INSERT INTO articles (id, sort_key, read, feed_id, published, first_seen, title, title_fold, url, canonical_url,
             site, authors, site_name, language, lead_image, has_image)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15 IS NOT NULL)",
    )?
    .execute(params![
        id,
        sort_key,
        is_read,
        feed,
        published,
        now.as_millisecond(),
        facts.title,
        facts.title_fold,
        facts.url,
        facts.canonical_url,
        facts.site,
        facts.authors,
        facts.site_name,
        facts.language,
        facts.lead_image
    ])?;
    Ok(id)
}

/// Takes a read mark that waited for its article since a rebuild.
fn take_remembered(conn: &Connection, feed: i64, entry: &Prepared) -> Result<bool> {
    let read: Option<bool> = conn
        .prepare_cached(
            "SELECT read FROM remembered WHERE (feed_url = (SELECT url FROM feeds WHERE id = ?1) AND guid = ?2)
                OR canonical_url = ?3 ORDER BY read DESC LIMIT 1",
        )?
        .query_row(params![feed, entry.guid, entry.facts.canonical_url], |row| row.get(0))
        .optional()?;
    Ok(read.unwrap_or(false))
}

/// Brings a known article up to date with what its first feed says now. Returns whether anything changed.
fn update(
    conn: &Connection,
    names: &mut NameIds,
    feed: i64,
    article: i64,
    entry: &Prepared,
) -> Result<bool> {
    type Known = (Option<i64>, Option<Vec<u8>>, bool, bool);
    let known: Option<Known> = conn
        .prepare_cached(
            "SELECT feed_id, entry_hash, shown = 2, title <> ?2 OR authors <> ?3 FROM articles WHERE id = ?1",
        )?
        .query_row(
            params![article, entry.facts.title, entry.facts.authors],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    let Some((owner, hash, has_page, says_other_facts)) = known else {
        return Ok(false);
    };
    // Only the feed that brought it speaks for it, else two feeds would overwrite each other at every reload.
    let new_hash = entry.hash(hash.as_deref());
    if owner != Some(feed) || hash.as_ref() == Some(&new_hash) {
        return Ok(false);
    }
    let facts = &entry.facts;
    conn.prepare_cached(
        "UPDATE articles SET title = ?2, title_fold = ?3, url = coalesce(?4, url), canonical_url = coalesce(?5, canonical_url),
             site = coalesce(?6, site), authors = CASE WHEN ?7 = '[]' THEN authors ELSE ?7 END,
             site_name = coalesce(?8, site_name), language = coalesce(?9, language), lead_image = coalesce(?10, lead_image),
             published = coalesce(?11, published), enclosures = ?12, has_enclosure = ?12 IS NOT NULL,
             content_hash = coalesce(?13, content_hash), entry_hash = ?14,
             wants_page = CASE WHEN ?15 AND shown <> 2 THEN 1 ELSE wants_page END
         WHERE id = ?1",
    )?
    .execute(params![
        article,
        facts.title,
        facts.title_fold,
        facts.url,
        facts.canonical_url,
        facts.site,
        facts.authors,
        facts.site_name,
        facts.language,
        facts.lead_image,
        entry.published,
        entry.enclosures,
        entry.content_hash,
        new_hash,
        entry.wants_page
    ])?;
    // The headline is a witness of what belongs to the article, and a site's rule comes before what the feed says.
    if has_page && says_other_facts {
        super::blocks::look_again(conn, article)?;
    }
    // A text that comes back empty replaces nothing.
    let body = entry.body.as_ref().filter(|body| !body.is_empty);
    if let Some(body) = body {
        document::write(conn, article, &body.packed)?;
        if !super::blocks::decisions(conn, article)?.is_empty() {
            super::blocks::look_again(conn, article)?;
        }
    }
    show_best(
        conn,
        names,
        article,
        body.filter(|_| !has_page),
        entry.full_text,
    )?;
    Ok(true)
}

/// Settles which text an article shows, and what follows from it: minutes, names, the index. `brought` is the text just
/// written; its names replace the article's where it is the one shown.
pub(super) fn show_best(
    conn: &Connection,
    names: &mut NameIds,
    article: i64,
    brought: Option<&PreparedBody>,
    feed_is_full: bool,
) -> Result<()> {
    let mut feed_words = None;
    let mut page_words = None;
    {
        let mut statement =
            conn.prepare_cached("SELECT source, words FROM documents WHERE article_id = ?1")?;
        let mut rows = statement.query([article])?;
        while let Some(row) = rows.next()? {
            let words: i64 = row.get(1)?;
            match row.get::<_, i64>(0)? {
                1 => feed_words = Some(words),
                _ => page_words = Some(words),
            }
        }
    }
    // The page is the whole story, unless cleaning kept less of it than the feed has.
    let (shown, words) = match (page_words, feed_words) {
        (Some(page), Some(feed)) if page * 2 < feed => (1, feed),
        (Some(page), _) => (2, page),
        (None, Some(feed)) => (1, feed),
        (None, None) => (0, 0),
    };
    let is_full = shown == 2 || (feed_is_full && words > 0);
    conn.prepare_cached(
        "UPDATE articles SET shown = ?2, minutes = ?3, has_text = ?4 > 0, has_full = max(?5, has_full AND ?2 = shown),
             has_image = CASE WHEN ?7 THEN ?6 ELSE has_image END,
             has_pictures = CASE WHEN shown = ?2 THEN has_pictures ELSE 0 END,
             wants_page = CASE WHEN ?2 = 2 THEN 0 ELSE wants_page END
         WHERE id = ?1",
    )?
    .execute(params![
        article,
        shown,
        words::minutes(usize::try_from(words).unwrap_or(0)),
        words,
        is_full,
        brought.is_some_and(|body| body.has_image),
        brought.is_some_and(|body| body.packed.source == shown)
    ])?;
    if let Some(body) = brought.filter(|body| body.packed.source == shown) {
        write_names(conn, names, article, &body.entities)?;
    }
    conn.prepare_cached(
        "INSERT OR IGNORE INTO unindexed (sort_key) SELECT sort_key FROM articles WHERE id = ?1",
    )?
    .execute([article])?;
    Ok(())
}

/// Writes the names of an article in place of those it had.
pub(super) fn write_names(
    conn: &Connection,
    ids: &mut NameIds,
    article: i64,
    names: &[Name],
) -> Result<()> {
    for table in ["article_entities", "article_aliases"] {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE article_id = ?1"))?
            .execute([article])?;
    }
    let pieces = parting::pieces(conn, article, names)?;
    let whole = || names.iter().map(|name| (name, false));
    let names: Vec<(&Name, bool)> = match &pieces {
        Some(pieces) => pieces
            .iter()
            .map(|(name, is_own)| (name, *is_own))
            .collect(),
        None => whole().collect(),
    };
    for (name, is_own) in names {
        let (own, canonical) = ids.ids(conn, name)?;
        let canonical = if is_own { own } else { canonical };
        let put = |table: &str, column: &str, id: i64| -> Result<()> {
            // Two names of one article that fold alike, or are one by the user's merges, are one.
            conn.prepare_cached(&format!(
                "INSERT INTO {table} ({column}, sort_key, article_id, count, salience)
                 SELECT ?1, sort_key, id, ?3, ?4 FROM articles WHERE id = ?2
                 ON CONFLICT ({column}, sort_key, article_id)
                 DO UPDATE SET count = count + excluded.count, salience = max(salience, excluded.salience)"
            ))?
            .execute(params![id, article, name.count, f64::from(name.salience)])?;
            Ok(())
        };
        put("article_entities", "entity_id", canonical)?;
        if own != canonical {
            put("article_aliases", "alias_id", own)?;
        }
    }
    Ok(())
}
