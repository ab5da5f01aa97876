//! The full-text index: fed after the articles, newest last, with a mark of what is not yet in it.

use rusqlite::{Connection, OptionalExtension, params};

use super::document::Dictionaries;
use super::error::{Error, Result};
use crate::text::fold::index_terms;

/// At most so many articles in one transaction: about 100 ms, so that the reader's marks come between.
pub(super) const BATCH: usize = 200;

/// Indexes the next batch. Returns how many articles it held; 0: the index is complete.
pub(super) fn batch(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
    limit: usize,
) -> Result<usize> {
    // In the index's own order, so that each batch is one run of it.
    let waiting: Vec<i64> = conn
        .prepare_cached("SELECT sort_key FROM unindexed ORDER BY sort_key DESC LIMIT ?1")?
        .query_map([limit as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for sort_key in waiting.iter().rev() {
        index(conn, dictionaries, *sort_key)?;
    }
    if let (Some(newest), Some(oldest)) = (waiting.first(), waiting.last()) {
        conn.prepare_cached("DELETE FROM unindexed WHERE sort_key BETWEEN ?1 AND ?2")?
            .execute([oldest, newest])?;
    }
    Ok(waiting.len())
}

fn index(conn: &Connection, dictionaries: &mut Dictionaries, sort_key: i64) -> Result<()> {
    let article: Option<(i64, i64, String)> = conn
        .prepare_cached("SELECT id, shown, title FROM articles WHERE sort_key = ?1")?
        .query_row([sort_key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((id, shown, title)) = article else {
        conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?
            .execute([sort_key])?;
        return Ok(());
    };
    let text = match dictionaries.read(conn, id, shown) {
        Ok(stored) => stored.map_or(String::new(), |stored| stored.body.document.plain_text()),
        // A text that cannot be read is not found; its article still is, by its headline.
        Err(Error::Document { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    conn.prepare_cached("INSERT OR REPLACE INTO search (rowid, title, body) VALUES (?1, ?2, ?3)")?
        .execute(params![sort_key, index_terms(&title), index_terms(&text)])?;
    Ok(())
}

/// Empties the index and marks every article: the repair of a contentless index is to make it again.
pub(super) fn rebuild(conn: &Connection) -> Result<()> {
    conn.execute_batch(
        "INSERT INTO search (search) VALUES ('delete-all');
         INSERT OR IGNORE INTO unindexed (sort_key) SELECT sort_key FROM articles;",
    )?;
    Ok(())
}
