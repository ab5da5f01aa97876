//! Numbers of saved searches, counted when nothing else waits and kept for the feed list.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::error::Result;
use super::list::{Reading, of_query};
use crate::query;

/// Counts every saved search again. Returns whether a number changed. A search that cannot be read counts nothing.
pub(super) fn searches(conn: &Connection, now: Timestamp) -> Result<bool> {
    let searches: Vec<(i64, String, i64, i64)> = conn
        .prepare_cached("SELECT id, query, unread, total FROM searches")?
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut changed = false;
    for (id, text, unread, total) in searches {
        let (rows, unread_rows) = match query::parse(&text, now, &TimeZone::system()) {
            Ok(query) => Reading::new(conn, &of_query(&query), now)?.count()?,
            Err(_) => (0, 0),
        };
        if (rows as i64, unread_rows as i64) != (total, unread) {
            conn.execute(
                "UPDATE searches SET unread = ?2, total = ?3 WHERE id = ?1",
                params![id, unread_rows as i64, rows as i64],
            )?;
            changed = true;
        }
    }
    Ok(changed)
}
