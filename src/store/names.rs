//! Names over the whole cache.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Result;
use super::step::{kind_number, kind_of_number};
use crate::model::entity::EntityRow;
use crate::model::{EntityId, EntityKind};
use crate::text::fold::fold;

const COLUMNS: &str =
    "e.id, e.name, e.kind, e.articles, e.mentions, coalesce(d.followed, 0), coalesce(d.muted, 0),
    (SELECT min(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id),
    (SELECT max(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id)";

const TABLES: &str = "entities e LEFT JOIN decisions d ON d.fold = e.fold AND d.kind = e.kind";

fn read(row: &Row<'_>) -> rusqlite::Result<EntityRow> {
    let second = |at| {
        Ok::<_, rusqlite::Error>(
            row.get::<_, Option<i64>>(at)?
                .and_then(|second| Timestamp::from_second(second).ok()),
        )
    };
    Ok(EntityRow {
        id: EntityId(row.get::<_, Option<i64>>(0)?.unwrap_or(0)),
        name: row.get(1)?,
        kind: kind_of_number(row.get(2)?),
        articles: row.get(3)?,
        mentions: row.get(4)?,
        followed: row.get(5)?,
        muted: row.get(6)?,
        first: second(7)?,
        last: second(8)?,
    })
}

/// Lists names, those in most articles first.
pub(super) fn list(
    conn: &Connection,
    kind: Option<EntityKind>,
    limit: usize,
) -> Result<Vec<EntityRow>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE e.articles > 0 AND (?1 IS NULL OR e.kind = ?1)
         ORDER BY e.articles DESC, e.mentions DESC, e.id LIMIT ?2"
    ))?;
    let rows = statement.query_map(
        params![
            kind.map(kind_number),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ],
        read,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Finds one name; of any kind where `None`, the one in most articles.
pub(super) fn find(
    conn: &Connection,
    name: &str,
    kind: Option<EntityKind>,
) -> Result<Option<EntityRow>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE e.fold = ?1 AND (?2 IS NULL OR e.kind = ?2)
             ORDER BY e.articles DESC, e.id LIMIT 1"
        ))?
        .query_row(params![fold(name.trim()), kind.map(kind_number)], read)
        .optional()?)
}

/// Returns followed and muted names, also those that no cached article mentions (their id is 0).
pub(super) fn decided(conn: &Connection) -> Result<Vec<EntityRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT e.id, d.name, d.kind, coalesce(e.articles, 0), coalesce(e.mentions, 0), d.followed, d.muted,
             (SELECT min(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id),
             (SELECT max(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id)
         FROM decisions d LEFT JOIN entities e ON e.fold = d.fold AND e.kind = d.kind
         WHERE d.followed = 1 OR d.muted = 1 ORDER BY d.fold",
    )?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Counts unread articles that mention one of these names.
pub(super) fn unread_of_followed(conn: &Connection, ids: &[i64]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let count: i64 = conn
        .prepare_cached(
            "SELECT count(DISTINCT x.article_id) FROM json_each(?1) j
             CROSS JOIN article_entities x ON x.entity_id = j.value
             CROSS JOIN articles a ON a.id = x.article_id WHERE a.read = 0 AND a.hidden = 0",
        )?
        .query_row([super::list::json(ids)], |row| row.get(0))?;
    Ok(count as u64)
}
