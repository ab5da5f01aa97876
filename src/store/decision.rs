//! What the user decided on names: following, muting, merging (with it renaming and giving another type), taking apart.
//!
//! A decision keys on (folded name, type), so that it outlives the cache. A merged name's rows stand in
//! `article_entities` under the name it is merged into, so that lists, counts and queries need not know of merges; under
//! its own they stand in `article_aliases`, from where they come back when the merge is taken apart.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::change::Planned;
use super::error::{Error, Result};
use super::step::{IdStep, Step, kind_number, kind_of_number};
use crate::model::EntityKind;
use crate::model::change::NameKey;
use crate::text::clean_line;
use crate::text::fold::fold;

/// Merges of merged names are gone along so far: a chain is made by hand, and a loop cannot be made.
const MOST_HOPS: usize = 32;

/// A decision on a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    pub(super) followed: bool,
    pub(super) muted: bool,
    /// The name it is instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) merged: Option<NameKey>,
    /// Another way of writing the same folded name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spelled: Option<String>,
}

/// Reads the decision on a name.
pub(super) fn read(conn: &Connection, name: &str, kind: EntityKind) -> Result<Decision> {
    Ok(conn
        .prepare_cached(
            "SELECT followed, muted, merged_name, merged_kind, spelled FROM decisions WHERE fold = ?1 AND kind = ?2",
        )?
        .query_row(params![fold(name), kind_number(kind)], |row| {
            let merged: Option<String> = row.get(2)?;
            let merged_kind: Option<i64> = row.get(3)?;
            Ok(Decision {
                followed: row.get(0)?,
                muted: row.get(1)?,
                merged: merged.map(|name| NameKey {
                    name,
                    kind: merged_kind.map_or(kind, kind_of_number),
                }),
                spelled: row.get(4)?,
            })
        })
        .optional()?
        .unwrap_or_default())
}

/// Stores the decision on a name and moves the rows of the articles that it is about.
pub(super) fn write(
    conn: &Connection,
    name: &str,
    kind: EntityKind,
    decision: &Decision,
) -> Result<()> {
    let key = Key::new(name, kind);
    let before = canonical(conn, &key)?;
    let merged = decision.merged.as_ref();
    conn.execute(
        "INSERT INTO decisions (fold, kind, name, followed, muted, merged, merged_kind, merged_name, spelled)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (fold, kind) DO UPDATE SET followed = excluded.followed, muted = excluded.muted,
             merged = excluded.merged, merged_kind = excluded.merged_kind, merged_name = excluded.merged_name,
             spelled = excluded.spelled",
        params![
            key.fold,
            key.kind,
            name,
            decision.followed,
            decision.muted,
            merged.map(|into| fold(&into.name)),
            merged.map(|into| kind_number(into.kind)),
            merged.map(|into| into.name.clone()),
            decision.spelled
        ],
    )?;
    let after = canonical(conn, &key)?;
    // Marks that do not hold are taken off before rows move, those that hold are put on after: each article is marked once.
    if merged.is_some() {
        put_marks(conn, &key)?;
    }
    if !before.same(&after) {
        rebind(conn, &key, &before, &after)?;
        super::parting::keep_apart(conn, &key.fold)?;
    }
    put_marks(conn, &key)
}

/// Has a name's row in the cache say what was decided on it.
fn put_marks(conn: &Connection, key: &Key) -> Result<()> {
    conn.prepare_cached(
        "UPDATE entities SET (followed, muted) =
             (SELECT d.followed AND d.merged IS NULL, d.muted AND d.merged IS NULL FROM decisions d
              WHERE d.fold = ?1 AND d.kind = ?2)
         WHERE fold = ?1 AND kind = ?2 AND EXISTS (SELECT 1 FROM decisions d WHERE d.fold = ?1 AND d.kind = ?2)",
    )?
    .execute(params![key.fold, key.kind])?;
    Ok(())
}

/// A name as decisions key on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) fold: String,
    pub(super) kind: i64,
}

impl Key {
    pub(super) fn new(name: &str, kind: EntityKind) -> Self {
        let name = clean_line(name);
        Self {
            fold: fold(&name),
            name,
            kind: kind_number(kind),
        }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        self.fold == other.fold && self.kind == other.kind
    }

    pub(super) fn public(&self) -> NameKey {
        NameKey {
            name: self.name.clone(),
            kind: kind_of_number(self.kind),
        }
    }
}

/// Returns the name that a name is by the user's merges: itself where it is in none.
pub(super) fn canonical(conn: &Connection, key: &Key) -> Result<Key> {
    let mut statement = conn.prepare_cached(
        "SELECT merged, coalesce(merged_kind, kind), coalesce(merged_name, merged) FROM decisions
         WHERE fold = ?1 AND kind = ?2 AND merged IS NOT NULL",
    )?;
    let mut key = key.clone();
    for _ in 0..MOST_HOPS {
        let next = statement
            .query_row(params![key.fold, key.kind], |row| {
                Ok(Key {
                    fold: row.get(0)?,
                    kind: row.get(1)?,
                    name: row.get(2)?,
                })
            })
            .optional()?;
        match next {
            Some(next) => key = next,
            None => break,
        }
    }
    Ok(key)
}

/// Says whether a decision would have a name be itself by way of others: an old merge taken up again after a newer one
/// the other way.
pub(super) fn loops(
    conn: &Connection,
    name: &str,
    kind: EntityKind,
    decision: &Decision,
) -> Result<bool> {
    let Some(into) = &decision.merged else {
        return Ok(false);
    };
    let own = Key::new(name, kind);
    Ok(canonical(conn, &Key::new(&into.name, into.kind))?.same(&own))
}

/// Returns the row of a name in the cache, made where it is missing.
pub(super) fn entity(conn: &Connection, key: &Key) -> Result<i64> {
    let known = known_entity(conn, key)?;
    match known {
        Some(id) => Ok(id),
        None => Ok(conn
            .prepare_cached(
                "INSERT INTO entities (name, fold, kind, followed, muted)
                 VALUES (?1, ?2, ?3,
                     coalesce((SELECT followed FROM decisions WHERE fold = ?2 AND kind = ?3 AND merged IS NULL), 0),
                     coalesce((SELECT muted FROM decisions WHERE fold = ?2 AND kind = ?3 AND merged IS NULL), 0))
                 RETURNING id",
            )?
            .query_row(params![key.name, key.fold, key.kind], |row| row.get(0))?),
    }
}

fn known_entity(conn: &Connection, key: &Key) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT id FROM entities WHERE fold = ?1 AND kind = ?2")?
        .query_row(params![key.fold, key.kind], |row| row.get(0))
        .optional()?)
}

/// Returns the names merged into a name, straight or by way of another.
pub(super) fn aliases(conn: &Connection, key: &Key) -> Result<Vec<Key>> {
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE r (fold, kind) AS (VALUES (?1, ?2) UNION
             SELECT d.fold, d.kind FROM decisions d JOIN r ON d.merged = r.fold AND d.merged_kind = r.kind)
         SELECT d.name, d.fold, d.kind FROM r JOIN decisions d ON d.fold = r.fold AND d.kind = r.kind
         WHERE NOT (d.fold = ?1 AND d.kind = ?2) ORDER BY d.fold, d.kind LIMIT 1000",
    )?;
    let keys = statement.query_map(params![key.fold, key.kind], |row| {
        Ok(Key {
            name: row.get(0)?,
            fold: row.get(1)?,
            kind: row.get(2)?,
        })
    })?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Moves the rows of a name, and of those merged into it, from the name they stood under to the one they stand under now.
fn rebind(conn: &Connection, key: &Key, before: &Key, after: &Key) -> Result<()> {
    let mut lent = Vec::new();
    for alias in aliases(conn, key)? {
        lent.extend(known_entity(conn, &alias)?);
    }
    let own = known_entity(conn, key)?;
    if own.is_none() && lent.is_empty() {
        return Ok(());
    }
    let own = entity(conn, key)?;
    let from = entity(conn, before)?;
    let to = entity(conn, after)?;
    for alias in &lent {
        take(conn, *alias, from)?;
    }
    if from == own {
        conn.execute(
            "INSERT INTO article_aliases (alias_id, sort_key, article_id, count, salience)
             SELECT entity_id, sort_key, article_id, count, salience FROM article_entities WHERE entity_id = ?1",
            [own],
        )?;
        conn.execute("DELETE FROM article_entities WHERE entity_id = ?1", [own])?;
    } else {
        take(conn, own, from)?;
    }
    give(conn, own, to)?;
    if to == own {
        conn.execute("DELETE FROM article_aliases WHERE alias_id = ?1", [own])?;
    }
    for alias in &lent {
        give(conn, *alias, to)?;
    }
    Ok(())
}

/// Takes what stands under an alias off the name it was lent to.
fn take(conn: &Connection, alias: i64, from: i64) -> Result<()> {
    conn.execute(
        "UPDATE article_entities SET count = article_entities.count - l.count FROM article_aliases l
         WHERE l.alias_id = ?1 AND article_entities.entity_id = ?2 AND article_entities.sort_key = l.sort_key
           AND article_entities.article_id = l.article_id",
        [alias, from],
    )?;
    conn.execute(
        "DELETE FROM article_entities WHERE entity_id = ?1 AND count <= 0",
        [from],
    )?;
    Ok(())
}

/// Puts what stands under an alias under another name too.
fn give(conn: &Connection, alias: i64, to: i64) -> Result<()> {
    conn.execute(
        "INSERT INTO article_entities (entity_id, sort_key, article_id, count, salience)
         SELECT ?2, sort_key, article_id, count, salience FROM article_aliases WHERE alias_id = ?1
         ON CONFLICT (entity_id, sort_key, article_id)
         DO UPDATE SET count = count + excluded.count, salience = max(salience, excluded.salience)",
        [alias, to],
    )?;
    Ok(())
}

/// Plans to follow a name, or to mute it, or to stop.
pub(super) fn plan_mark(
    conn: &Connection,
    key: &NameKey,
    on: bool,
    follow: bool,
) -> Result<Planned> {
    let key = named(key)?;
    let key = canonical(conn, &key)?;
    let before = read(conn, &key.name, kind_of_number(key.kind))?;
    // One cannot follow what one mutes.
    let after = Decision {
        followed: if follow { on } else { before.followed && !on },
        muted: if follow { before.muted && !on } else { on },
        ..before.clone()
    };
    let articles = articles(conn, &key)?;
    let name = shown(&key, &before);
    let words = match (follow, on) {
        (true, true) => format!("following {name}: {}", counted(articles)),
        (true, false) => format!("no longer following {name}"),
        (false, true) => format!("muted {name}: {} hidden", counted(hidden(conn, &key)?)),
        (false, false) => format!("no longer muted: {name}, {}", counted(articles)),
    };
    let step = step(&key, before, after);
    Ok(Planned::fixed(vec![step], words))
}

/// Plans to have a name be another one from now on.
pub(super) fn plan_merge(conn: &Connection, from: &NameKey, into: &NameKey) -> Result<Planned> {
    let wanted = named(into)?;
    let from = canonical(conn, &named(from)?)?;
    let from_kind = kind_of_number(from.kind);
    let before = read(conn, &from.name, from_kind)?;
    let count = articles(conn, &from)?;
    let name = shown(&from, &before);
    if from.same(&wanted) {
        // The same name in other letters: `ebay`, `eBay`.
        let after = Decision {
            spelled: Some(wanted.name.clone()),
            ..before.clone()
        };
        let words = format!("{name} is now written {}", wanted.name);
        return Ok(Planned::fixed(vec![step(&from, before, after)], words));
    }
    let mut steps = Vec::new();
    let mut into = canonical(conn, &wanted)?;
    if into.same(&from) {
        // It was merged into this one: it becomes the name, and this one an alias.
        let decision = read(conn, &wanted.name, kind_of_number(wanted.kind))?;
        let free = Decision {
            merged: None,
            ..decision.clone()
        };
        steps.push(step(&wanted, decision, free));
        into = wanted;
    }
    let into_kind = kind_of_number(into.kind);
    let target = read(conn, &into.name, into_kind)?;
    let there = articles(conn, &into)?;
    steps.push(step(
        &from,
        before.clone(),
        Decision {
            merged: Some(into.public()),
            ..before.clone()
        },
    ));
    // The decision on the name that stays wins; where there is none, that on the other one goes with it.
    if !target.followed && !target.muted && (before.followed || before.muted) {
        let carried = Decision {
            followed: before.followed,
            muted: before.muted,
            merged: None,
            ..target.clone()
        };
        let known = Decision {
            merged: None,
            ..target.clone()
        };
        steps.push(step(&into, known, carried));
    }
    let into_name = shown(&into, &target);
    let words = if from.fold == into.fold {
        format!("{name} is now {}: {}", an(into_kind), counted(count))
    } else if there > 0 {
        format!("merged {name} into {into_name}: {}", counted(count))
    } else {
        format!("{name} is now called {into_name}: {}", counted(count))
    };
    Ok(Planned::fixed(steps, words))
}

/// Plans to take a name out of the one it is merged into.
pub(super) fn plan_split(conn: &Connection, key: &NameKey) -> Result<Planned> {
    let key = named(key)?;
    let kind = kind_of_number(key.kind);
    let before = read(conn, &key.name, kind)?;
    let Some(into) = &before.merged else {
        return Err(Error::Missing(format!("merge of {}", key.name)));
    };
    let words = format!("{} is no longer {}", key.name, into.name);
    let after = Decision {
        merged: None,
        ..before.clone()
    };
    Ok(Planned::fixed(vec![step(&key, before, after)], words))
}

fn named(key: &NameKey) -> Result<Key> {
    let key = Key::new(&key.name, key.kind);
    if key.fold.is_empty() {
        return Err(Error::Refused("a name needs letters".into()));
    }
    Ok(key)
}

fn step(key: &Key, before: Decision, after: Decision) -> IdStep {
    Step::Name {
        name: key.name.clone(),
        kind: kind_of_number(key.kind),
        before,
        after,
    }
}

fn shown(key: &Key, decision: &Decision) -> String {
    decision.spelled.clone().unwrap_or_else(|| key.name.clone())
}

/// How many articles mention a name.
fn articles(conn: &Connection, key: &Key) -> Result<u64> {
    let count: Option<i64> = conn
        .prepare_cached("SELECT articles FROM entities WHERE fold = ?1 AND kind = ?2")?
        .query_row(params![key.fold, key.kind], |row| row.get(0))
        .optional()?;
    Ok(count.unwrap_or(0).max(0) as u64)
}

/// How many articles muting a name would keep out of the lists.
fn hidden(conn: &Connection, key: &Key) -> Result<u64> {
    let count: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM entities n JOIN article_entities x ON x.entity_id = n.id
             CROSS JOIN articles a ON a.id = x.article_id WHERE n.fold = ?1 AND n.kind = ?2
               AND a.hidden = 0 AND a.starred = 0 AND a.later = 0 AND a.tagged = 0 AND a.note IS NULL",
        )?
        .query_row(params![key.fold, key.kind], |row| row.get(0))?;
    Ok(count as u64)
}

fn counted(articles: u64) -> String {
    match articles {
        1 => "1 article".into(),
        count => format!("{count} articles"),
    }
}

fn an(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "a person",
        EntityKind::Organisation => "an organisation",
        EntityKind::Place => "a place",
        EntityKind::Other => "another name",
    }
}
