//! Subscriptions, their health, and what the engine needs to ask them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Result;
use super::identity;
use super::intake::FeedSource;
use super::rows::time;
use super::sql::key_of_second;
use crate::model::feed::{FeedHealth, Validators};
use crate::model::{Feed, FeedId};

const COLUMNS: &str = "f.id, f.url, coalesce(f.title, f.own_title, f.url_key), f.site_url, f.folder, f.position, f.archived,
    f.settings, f.validators, f.last_success, f.last_attempt, f.last_error, f.hint, f.failures, f.next_poll, f.suggested_url,
    c.unread, c.total,
    (SELECT max(e.sort_key) FROM entries e WHERE e.feed_id = f.id),
    (SELECT count(*) FROM entries e WHERE e.feed_id = f.id AND e.sort_key >= ?1)";

/// The order of the feed tree: top level first, then folders by path.
const TREE_ORDER: &str = "ORDER BY f.folder = '' DESC, f.folder, f.position, f.id";

/// Three months, over which articles a month are counted.
const QUARTER_SECONDS: i64 = 91 * 24 * 3600;

/// A feed and what to send it.
type Full = (Feed, Option<Validators>);

fn select(
    conn: &Connection,
    condition: &str,
    order: &str,
    parameter: &dyn rusqlite::ToSql,
    now: Timestamp,
) -> Result<Vec<Full>> {
    let since = key_of_second(now.as_second().saturating_sub(QUARTER_SECONDS));
    let sql = format!(
        "SELECT {COLUMNS} FROM feeds f JOIN counts c ON c.feed_id = f.id WHERE ?2 IS ?2 AND {condition} {order}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params![since, parameter], |row| read(row, now))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Full> {
    let settings: String = row.get(7)?;
    let validators: Option<String> = row.get(8)?;
    let moment = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(time));
    let newest: Option<i64> = row.get(18)?;
    let in_quarter: i64 = row.get(19)?;
    let feed = Feed {
        id: FeedId(row.get(0)?),
        url: row.get(1)?,
        title: row.get(2)?,
        site_url: row.get(3)?,
        folder: row.get(4)?,
        position: row.get(5)?,
        archived: row.get(6)?,
        settings: serde_json::from_str(&settings).unwrap_or_default(),
        unread: row.get::<_, i64>(16)?.max(0) as u64,
        total: row.get::<_, i64>(17)?.max(0) as u64,
        health: FeedHealth {
            last_success: moment(9)?,
            last_attempt: moment(10)?,
            last_error: row.get(11)?,
            hint: row.get(12)?,
            failures: row.get(13)?,
            next_poll: moment(14)?,
            suggested_url: row.get(15)?,
            per_month: in_quarter as f64 / 3.0,
            silent_days: newest.map(|key| {
                let seconds = now.as_second().saturating_sub(key >> 20);
                u32::try_from(seconds.max(0) / 86_400).unwrap_or(u32::MAX)
            }),
        },
    };
    Ok((
        feed,
        validators.and_then(|json| serde_json::from_str(&json).ok()),
    ))
}

/// Reads the subscriptions in the tree's order.
pub(super) fn all(conn: &Connection, archived: bool, now: Timestamp) -> Result<Vec<Feed>> {
    let condition = "f.archived <= ?2";
    let feeds = select(conn, condition, TREE_ORDER, &archived, now)?;
    Ok(feeds.into_iter().map(|(feed, _)| feed).collect())
}

/// Finds a subscription by its address, a live one first.
pub(super) fn by_url(conn: &Connection, url: &str, now: Timestamp) -> Result<Option<Feed>> {
    let key = identity::feed_key(url);
    let feeds = select(
        conn,
        "f.url_key = ?2",
        "ORDER BY f.archived LIMIT 1",
        &key,
        now,
    )?;
    Ok(feeds.into_iter().next().map(|(feed, _)| feed))
}

/// Finds a subscription by id.
pub(super) fn by_id(conn: &Connection, id: FeedId, now: Timestamp) -> Result<Option<Full>> {
    Ok(select(conn, "f.id = ?2", "", &id.0, now)?
        .into_iter()
        .next())
}

/// Returns the feeds that are due, the longest waiting first.
pub(super) fn due(conn: &Connection, now: Timestamp) -> Result<Vec<FeedSource>> {
    let condition = "f.archived = 0 AND f.next_poll IS NOT NULL AND f.next_poll <= ?2";
    let feeds = select(
        conn,
        condition,
        "ORDER BY f.next_poll, f.id",
        &now.as_millisecond(),
        now,
    )?;
    Ok(feeds.into_iter().map(source).collect())
}

/// Returns all subscribed feeds, or these, as the engine asks them.
pub(super) fn sources(
    conn: &Connection,
    ids: Option<&[FeedId]>,
    now: Timestamp,
) -> Result<Vec<FeedSource>> {
    match ids {
        None => {
            let feeds = select(conn, "f.archived = 0", TREE_ORDER, &0, now)?;
            Ok(feeds.into_iter().map(source).collect())
        }
        Some(ids) => {
            let mut sources = Vec::with_capacity(ids.len());
            for id in ids {
                sources.extend(by_id(conn, *id, now)?.map(source));
            }
            Ok(sources)
        }
    }
}

fn source((feed, validators): Full) -> FeedSource {
    FeedSource {
        id: feed.id,
        url: feed.url,
        title: feed.title,
        validators,
        settings: feed.settings,
        health: feed.health,
    }
}

/// Returns when the next feed is due.
pub(super) fn next_due(conn: &Connection) -> Result<Option<Timestamp>> {
    let next: Option<i64> = conn
        .query_row(
            "SELECT next_poll FROM feeds WHERE archived = 0 AND next_poll IS NOT NULL ORDER BY next_poll LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(next.map(time))
}
