//! Dropping a feed's old articles, where the user set how long they are kept.
//!
//! **Invariant:** what is starred, on the later list, tagged or noted is never dropped, and what is dropped leaves a
//! tombstone: it does not come back as new while its feed still lists it.

use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use super::sql::key_of_second;
use crate::model::ArticleId;
use crate::model::feed::FeedSettings;

/// At most so many in one transaction, so that the reader's own marks come between; the next reload takes the rest.
const MOST: i64 = 500;

/// Returns before when a feed's articles are dropped.
pub(super) fn limit(keep_days: u32, now: Timestamp) -> Timestamp {
    let hours = i64::from(keep_days).saturating_mul(24);
    now.checked_sub(hours.hours()).unwrap_or(Timestamp::MIN)
}

/// Says whether a feed's articles may be dropped now: only where it was well within the last month, so that a clock set
/// years ahead for a moment drops nothing. To be asked before the reload is noted.
pub(super) fn may(conn: &Connection, feed: i64, now: Timestamp) -> Result<bool> {
    let last: Option<Option<i64>> = conn
        .prepare_cached("SELECT last_success FROM feeds WHERE id = ?1")?
        .query_row([feed], |row| row.get(0))
        .optional()?;
    let age = last
        .flatten()
        .map(|last| now.as_millisecond().saturating_sub(last));
    Ok(age.is_some_and(|age| (0..31 * 86_400_000).contains(&age)))
}

/// Drops what a feed's settings no longer keep, where it may. Returns the articles that are gone; one that stands in another feed
/// stays there.
pub(super) fn prune(
    conn: &Connection,
    feed: i64,
    now: Timestamp,
    may: bool,
) -> Result<Vec<ArticleId>> {
    if !may {
        return Ok(Vec::new());
    }
    let settings: String = conn
        .prepare_cached("SELECT settings FROM feeds WHERE id = ?1")?
        .query_row([feed], |row| row.get(0))?;
    let settings: FeedSettings = serde_json::from_str(&settings).unwrap_or_default();
    let Some(days) = settings.keep_days else {
        return Ok(Vec::new());
    };
    let before = key_of_second(limit(days, now).as_second());
    let old: Vec<(String, i64)> = conn
        .prepare_cached(
            "SELECT e.guid, a.id FROM entries e CROSS JOIN articles a ON a.id = e.article_id
             WHERE e.feed_id = ?1 AND e.sort_key < ?2
               AND a.starred = 0 AND a.later = 0 AND a.tagged = 0 AND a.note IS NULL
             ORDER BY e.sort_key LIMIT ?3",
        )?
        .query_map(params![feed, before, MOST], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut gone = Vec::new();
    for (guid, article) in old {
        conn.prepare_cached("DELETE FROM entries WHERE feed_id = ?1 AND guid = ?2")?
            .execute(params![feed, guid])?;
        conn.prepare_cached(
            "INSERT OR REPLACE INTO tombstones (feed_id, guid, article_id) VALUES (?1, ?2, NULL)",
        )?
        .execute(params![feed, guid])?;
        // The guids this article had before must not bring it back either.
        conn.prepare_cached(
            "UPDATE tombstones SET article_id = NULL WHERE feed_id = ?1 AND article_id = ?2",
        )?
        .execute(params![feed, article])?;
        let elsewhere = conn
            .prepare_cached(
                "UPDATE articles SET feed_id = (SELECT e.feed_id FROM entries e WHERE e.article_id = ?1 LIMIT 1)
                 WHERE id = ?1 AND EXISTS (SELECT 1 FROM entries e WHERE e.article_id = ?1)",
            )?
            .execute([article])?;
        if elsewhere == 0 {
            delete(conn, article)?;
            gone.push(ArticleId(article));
        }
    }
    Ok(gone)
}

fn delete(conn: &Connection, article: i64) -> Result<()> {
    for sql in [
        "DELETE FROM documents WHERE article_id = ?1",
        "DELETE FROM article_entities WHERE article_id = ?1",
        "DELETE FROM article_aliases WHERE article_id = ?1",
        "DELETE FROM block_decisions WHERE article_id = ?1",
        "DELETE FROM partings WHERE article_id = ?1",
        "DELETE FROM unindexed WHERE sort_key = (SELECT sort_key FROM articles WHERE id = ?1)",
        "DELETE FROM search WHERE rowid = (SELECT sort_key FROM articles WHERE id = ?1)",
        "DELETE FROM articles WHERE id = ?1",
    ] {
        conn.prepare_cached(sql)?.execute([article])?;
    }
    Ok(())
}
