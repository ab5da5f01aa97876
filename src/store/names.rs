//! Names over the whole cache, as the user's decisions have them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::decision::{self, Key};
use super::error::Result;
use super::parting::{self, Apart};
use super::step::{kind_number, kind_of_number};
use crate::model::change::NameKey;
use crate::model::entity::{ArticleEntity, EntityRow};
use crate::model::{ArticleEntities, ArticleRow, Document, EntityId, EntityKind};
use crate::text::fold::fold;

const COLUMNS: &str =
    "e.id, coalesce(d.spelled, e.name), e.kind, e.articles, e.mentions, e.followed, e.muted,
    (SELECT min(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id),
    (SELECT max(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id), e.unread";

const TABLES: &str = "entities e LEFT JOIN decisions d ON d.fold = e.fold AND d.kind = e.kind";

/// A surname or given name alone is no name over the cache, unless the user made it one.
pub(super) const IS_NAME: &str = "(NOT e.lone OR EXISTS
    (SELECT 1 FROM decisions o WHERE (o.fold = e.fold AND o.kind = e.kind AND (o.followed OR o.muted OR o.spelled IS NOT NULL))
        OR (o.merged = e.fold AND o.merged_kind = e.kind)))";

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
        unread: row.get::<_, i64>(9)?.max(0) as u32,
    })
}

/// Lists names, those in most articles first; with words, those that have them in their name.
pub(super) fn list(
    conn: &Connection,
    kind: Option<EntityKind>,
    words: &str,
    limit: usize,
) -> Result<Vec<EntityRow>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE e.articles > 0 AND (?1 IS NULL OR e.kind = ?1)
           AND (?3 = '' OR instr(e.fold, ?3) > 0 OR instr(folded(d.spelled), ?3) > 0) AND {IS_NAME}
         ORDER BY e.articles DESC, e.mentions DESC, e.id LIMIT ?2"
    ))?;
    let rows = statement.query_map(
        params![
            kind.map(kind_number),
            i64::try_from(limit).unwrap_or(i64::MAX),
            fold(words.trim())
        ],
        read,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Finds one name, by way of the user's merges; of any kind where `None`, the one in most articles.
pub(super) fn find(
    conn: &Connection,
    name: &str,
    kind: Option<EntityKind>,
) -> Result<Option<EntityRow>> {
    let kinds: Vec<EntityKind> = kind.map_or(EntityKind::ALL.to_vec(), |kind| vec![kind]);
    let mut best: Option<EntityRow> = None;
    for kind in kinds {
        let key = decision::canonical(conn, &Key::new(name, kind))?;
        let found = conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM {TABLES} WHERE e.fold = ?1 AND e.kind = ?2"
            ))?
            .query_row(params![key.fold, key.kind], read)
            .optional()?;
        if let Some(row) = found
            && best
                .as_ref()
                .is_none_or(|best| row.articles > best.articles)
        {
            best = Some(row);
        }
    }
    Ok(best)
}

/// Returns followed and muted names, also those that no cached article mentions (their id is 0).
pub(super) fn decided(conn: &Connection) -> Result<Vec<EntityRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT e.id, coalesce(d.spelled, e.name, d.name), d.kind, coalesce(e.articles, 0), coalesce(e.mentions, 0),
             d.followed, d.muted,
             (SELECT min(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id),
             (SELECT max(x.sort_key) >> 20 FROM article_entities x WHERE x.entity_id = e.id), coalesce(e.unread, 0)
         FROM decisions d LEFT JOIN entities e ON e.fold = d.fold AND e.kind = d.kind
         WHERE (d.followed = 1 OR d.muted = 1) AND d.merged IS NULL ORDER BY d.fold",
    )?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns the names that texts of any language are searched for: those followed, and what is merged into them.
pub(super) fn followed(conn: &Connection) -> Result<Vec<(String, EntityKind)>> {
    let mut names = Vec::new();
    for row in decided(conn)?.into_iter().filter(|row| row.followed) {
        for alias in decision::aliases(conn, &Key::new(&row.name, row.kind))? {
            names.push((alias.name, kind_of_number(alias.kind)));
        }
        names.push((row.name, row.kind));
    }
    Ok(names)
}

/// Counts unread articles that mention a followed name.
pub(super) fn unread_of_followed(conn: &Connection) -> Result<u64> {
    let count: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM articles INDEXED BY articles_following_unread WHERE follows > 0 AND fresh = 1",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(count as u64)
}

/// Counts articles that muted names keep out of the lists.
pub(super) fn hidden_by_muted(conn: &Connection) -> Result<u64> {
    let count: i64 = conn
        .prepare_cached("SELECT count(*) FROM articles INDEXED BY articles_muted WHERE hushed = 1")?
        .query_row([], |row| row.get(0))?;
    Ok(count as u64)
}

/// Returns the names of an article: as found, what the user merged them into, and what else is merged into that.
pub(super) fn all_of(conn: &Connection, found: &ArticleEntities) -> Result<Vec<NameKey>> {
    let mut names: Vec<NameKey> = found.keys().collect();
    for key in found.keys() {
        let own = Key::new(&key.name, key.kind);
        let canonical = decision::canonical(conn, &own)?;
        for other in decision::aliases(conn, &canonical)? {
            names.push(other.public());
        }
        if canonical != own {
            names.push(canonical.public());
        }
        let spelled =
            decision::read(conn, &canonical.name, kind_of_number(canonical.kind))?.spelled;
        names.extend(spelled.map(|name| NameKey {
            name,
            kind: kind_of_number(canonical.kind),
        }));
    }
    Ok(names)
}

/// Puts the user's partings, merges, renames and types over the names that were found in an article.
pub(super) fn as_decided(
    conn: &Connection,
    article: &ArticleRow,
    document: &Document,
    found: ArticleEntities,
) -> Result<ArticleEntities> {
    let any: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM decisions WHERE merged IS NOT NULL OR spelled IS NOT NULL)
                 OR EXISTS (SELECT 1 FROM partings)",
        )?
        .query_row([], |row| row.get(0))?;
    if !any {
        return Ok(found);
    }
    let Apart { found, is_own } =
        parting::apart(conn, article.id.0, &article.title, document, found)?;
    let mut keys: Vec<(String, i64)> = Vec::new();
    let mut entities: Vec<ArticleEntity> = Vec::new();
    let mut places = Vec::with_capacity(found.entities.len());
    for (mut entity, is_own) in found.entities.into_iter().zip(is_own) {
        let own = Key::new(&entity.name, entity.kind);
        let key = if is_own {
            own.clone()
        } else {
            decision::canonical(conn, &own)?
        };
        if key != own {
            entity.name.clone_from(&key.name);
            entity.kind = kind_of_number(key.kind);
        }
        if let Some(spelled) = decision::read(conn, &key.name, entity.kind)?.spelled {
            entity.name = spelled;
        }
        if entity.kind != EntityKind::Person {
            entity.role = None;
        }
        let key = (key.fold, key.kind);
        let at = keys.iter().position(|known| *known == key);
        if let Some(same) = at.and_then(|at| entities.get_mut(at)) {
            same.count += entity.count;
            same.salience = same.salience.max(entity.salience);
            same.role = same.role.take().or(entity.role);
        } else {
            keys.push(key);
            entities.push(entity);
        }
        places.push(at.unwrap_or(keys.len() - 1));
    }
    let mut mentions = found.mentions;
    for mention in &mut mentions {
        if let Some(entity) = places.get(mention.entity) {
            mention.entity = *entity;
            mention.kind = entities.get(*entity).map_or(mention.kind, |it| it.kind);
        }
    }
    Ok(ArticleEntities {
        entities,
        mentions,
        language_known: found.language_known,
    })
}
