//! What an operation did, in parts that can be turned round: the one form for doing, undoing, redoing and journalling.
//!
//! A step says what was before and what is after. Applying it changes only what still is as before; undoing is applying
//! the reverse, so it restores only rows still in the state the operation left.

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::blocks::{self, BlockStep};
use super::decision::{self, Decision};
use super::error::{Error, Result};
use super::{identity, parting};
use crate::model::EntityKind;
use crate::model::change::SiteEdit;
use crate::text::fold::fold;

/// One part of an operation. `A` names an article and `F` a feed: by id in the database, by address, guid and title in
/// the journal's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase")]
pub(super) enum Step<A, F> {
    /// A flag of articles.
    Mark {
        flag: Flag,
        on: bool,
        articles: Vec<A>,
    },
    /// A tag of articles.
    Tag {
        tag: String,
        on: bool,
        articles: Vec<A>,
    },
    /// Pages that were kept as articles of their own, with no feed: there or not.
    Keep { on: bool, articles: Vec<A> },
    /// Facts of a feed, only those that change. Keys are column names.
    Feed {
        feed: F,
        before: Map<String, Value>,
        after: Map<String, Value>,
    },
    /// A folder is there or not.
    Folder {
        path: String,
        before: bool,
        after: bool,
    },
    /// A saved search; `None`: there is none.
    Search {
        id: i64,
        before: Option<Saved>,
        after: Option<Saved>,
    },
    /// A decision on a name.
    Name {
        name: String,
        kind: EntityKind,
        before: Decision,
        after: Decision,
    },
    /// A way of writing is taken out of a name or not, in an article or (`None`) in all.
    Part {
        name: String,
        kind: EntityKind,
        words: String,
        on: bool,
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        article: Option<A>,
    },
    /// Decisions on blocks of an article.
    Blocks { article: A, blocks: Vec<BlockStep> },
    /// A change of the user's site rules. It is made in their file, not here.
    Site { edit: SiteEdit },
}

/// A step by ids of this library.
pub(super) type IdStep = Step<i64, i64>;

fn none<T>() -> Option<T> {
    None
}

/// A flag of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Flag {
    Read,
    Starred,
    Later,
}

/// A saved search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) name: String,
    pub(super) query: String,
}

/// The facts of a feed that a step may change.
pub(super) const FACTS: [&str; 8] = [
    "url",
    "title",
    "own_title",
    "site_url",
    "folder",
    "position",
    "settings",
    "archived",
];

impl<A, F> Step<A, F> {
    /// Returns the step that takes this one back.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Mark { flag, on, articles } => Self::Mark {
                flag,
                on: !on,
                articles,
            },
            Self::Tag { tag, on, articles } => Self::Tag {
                tag,
                on: !on,
                articles,
            },
            Self::Keep { on, articles } => Self::Keep { on: !on, articles },
            Self::Feed {
                feed,
                before,
                after,
            } => Self::Feed {
                feed,
                before: after,
                after: before,
            },
            Self::Folder {
                path,
                before,
                after,
            } => Self::Folder {
                path,
                before: after,
                after: before,
            },
            Self::Search { id, before, after } => Self::Search {
                id,
                before: after,
                after: before,
            },
            Self::Name {
                name,
                kind,
                before,
                after,
            } => Self::Name {
                name,
                kind,
                before: after,
                after: before,
            },
            Self::Part {
                name,
                kind,
                words,
                on,
                article,
            } => Self::Part {
                name,
                kind,
                words,
                on: !on,
                article,
            },
            Self::Blocks { article, blocks } => Self::Blocks {
                article,
                blocks: blocks.into_iter().rev().map(BlockStep::reversed).collect(),
            },
            Self::Site { edit } => Self::Site {
                edit: edit.reversed(),
            },
        }
    }

    /// Says whether the subscriptions file must be written again.
    pub(super) fn touches_feeds(&self) -> bool {
        matches!(self, Self::Feed { .. } | Self::Folder { .. })
    }
}

impl Flag {
    fn column(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Starred => "starred",
            Self::Later => "later",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Read => {
                "UPDATE articles SET read = ?1, read_at = CASE WHEN ?1 = 1 THEN ?3 END WHERE id = ?2 AND read <> ?1"
            }
            Self::Starred => "UPDATE articles SET starred = ?1 WHERE id = ?2 AND starred <> ?1",
            Self::Later => "UPDATE articles SET later = ?1 WHERE id = ?2 AND later <> ?1",
        }
    }

    /// The condition for articles that the flag would change.
    pub(super) fn would_change(self, on: bool) -> String {
        format!("{} = {}", self.column(), i32::from(!on))
    }
}

/// What applying a step did.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The part of it that was really done; `None` where nothing was.
    pub(super) step: Option<IdStep>,
    /// How many rows changed.
    pub(super) changed: u64,
    /// Which articles.
    pub(super) articles: Vec<i64>,
}

/// Applies a step to what still is as before.
pub(super) fn apply(conn: &Connection, step: IdStep, now: Timestamp) -> Result<Applied> {
    match step {
        Step::Mark { flag, on, articles } => {
            let mut statement = conn.prepare_cached(flag.sql())?;
            let mut done = Vec::with_capacity(articles.len());
            for id in articles {
                let changed = match flag {
                    Flag::Read => statement.execute(params![on, id, now.as_millisecond()])?,
                    Flag::Starred | Flag::Later => statement.execute(params![on, id])?,
                };
                if changed > 0 {
                    done.push(id);
                }
            }
            Ok(on_articles(done, |articles| Step::Mark {
                flag,
                on,
                articles,
            }))
        }
        Step::Tag { tag, on, articles } => {
            let done = if on {
                put_tag(conn, &tag, &articles)?
            } else {
                take_tag(conn, &tag, &articles)?
            };
            Ok(on_articles(done, |articles| Step::Tag {
                tag,
                on,
                articles,
            }))
        }
        Step::Keep { on, articles } => {
            let mut done = Vec::new();
            for id in articles {
                if keep(conn, id, on)? {
                    done.push(id);
                }
            }
            Ok(on_articles(done, |articles| Step::Keep { on, articles }))
        }
        Step::Feed {
            feed,
            before,
            after,
        } => apply_feed(conn, feed, &before, &after),
        Step::Folder {
            ref path, after, ..
        } => {
            let changed = if after {
                conn.execute("INSERT OR IGNORE INTO folders (path) VALUES (?1)", [path])?
            } else {
                conn.execute("DELETE FROM folders WHERE path = ?1", [path])?
            };
            Ok(single(changed > 0, step))
        }
        Step::Search {
            id,
            ref before,
            ref after,
        } => {
            let changed = apply_search(conn, id, before.as_ref(), after.as_ref())?;
            Ok(single(changed, step))
        }
        Step::Name {
            ref name,
            kind,
            ref before,
            ref after,
        } => {
            let changed = decision::read(conn, name, kind)? == *before
                && before != after
                && !decision::loops(conn, name, kind, after)?;
            if changed {
                decision::write(conn, name, kind, after)?;
            }
            Ok(single(changed, step))
        }
        Step::Part {
            ref name,
            kind,
            ref words,
            on,
            article,
        } => {
            let changed = parting::apply(conn, name, kind, words, article, on)?;
            Ok(single(changed, step))
        }
        Step::Blocks { article, blocks } => {
            let done = blocks::apply(conn, article, blocks)?;
            Ok(Applied {
                changed: done.len() as u64,
                articles: Vec::new(),
                step: (!done.is_empty()).then_some(Step::Blocks {
                    article,
                    blocks: done,
                }),
            })
        }
        Step::Site { edit } => Ok(single(!edit.lines.is_empty(), Step::Site { edit })),
    }
}

/// Shows a kept page, or hides one that the user has not starred, tagged or queued since and that no feed shows.
fn keep(conn: &Connection, article: i64, on: bool) -> Result<bool> {
    let sql = if on {
        "UPDATE articles SET hidden = 0 WHERE id = ?1 AND hidden = 1"
    } else {
        "UPDATE articles SET hidden = 1 WHERE id = ?1 AND hidden = 0
           AND starred = 0 AND later = 0 AND tagged = 0 AND note IS NULL
           AND NOT EXISTS (SELECT 1 FROM entries o JOIN feeds f ON f.id = o.feed_id
                           WHERE o.article_id = articles.id AND f.archived = 0)"
    };
    Ok(conn.prepare_cached(sql)?.execute([article])? > 0)
}

fn on_articles(done: Vec<i64>, step: impl FnOnce(Vec<i64>) -> IdStep) -> Applied {
    if done.is_empty() {
        return Applied::default();
    }
    Applied {
        changed: done.len() as u64,
        articles: done.clone(),
        step: Some(step(done)),
    }
}

fn single(changed: bool, step: IdStep) -> Applied {
    Applied {
        changed: u64::from(changed),
        articles: Vec::new(),
        step: changed.then_some(step),
    }
}

/// Returns the id of a tag, if there is such a tag.
pub(super) fn tag_id(conn: &Connection, tag: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT id FROM tags WHERE fold = ?1")?
        .query_row([fold(tag)], |row| row.get(0))
        .optional()?)
}

fn put_tag(conn: &Connection, tag: &str, articles: &[i64]) -> Result<Vec<i64>> {
    // A tag that no article has any more takes the new way of writing it.
    conn.execute(
        "INSERT INTO tags (name, fold) VALUES (?1, ?2) ON CONFLICT (fold) DO UPDATE SET name = excluded.name WHERE total = 0",
        params![tag, fold(tag)],
    )?;
    let Some(id) = tag_id(conn, tag)? else {
        return Ok(Vec::new());
    };
    let mut statement = conn.prepare_cached(
        "INSERT OR IGNORE INTO article_tags (tag_id, sort_key, article_id) SELECT ?1, sort_key, id FROM articles WHERE id = ?2",
    )?;
    let mut done = Vec::new();
    for article in articles {
        if statement.execute(params![id, article])? > 0 {
            done.push(*article);
        }
    }
    Ok(done)
}

fn take_tag(conn: &Connection, tag: &str, articles: &[i64]) -> Result<Vec<i64>> {
    let Some(id) = tag_id(conn, tag)? else {
        return Ok(Vec::new());
    };
    let mut statement = conn.prepare_cached(
        "DELETE FROM article_tags WHERE tag_id = ?1 AND sort_key = (SELECT sort_key FROM articles WHERE id = ?2)",
    )?;
    let mut done = Vec::new();
    for article in articles {
        if statement.execute(params![id, article])? > 0 {
            done.push(*article);
        }
    }
    Ok(done)
}

/// Reads the facts of a feed; `None` where there is no such feed.
pub(super) fn feed_facts(conn: &Connection, feed: i64) -> Result<Option<Map<String, Value>>> {
    Ok(conn
        .prepare_cached(
            "SELECT url, title, own_title, site_url, folder, position, settings, archived FROM feeds WHERE id = ?1",
        )?
        .query_row([feed], |row| {
            let mut facts = Map::new();
            for (at, name) in FACTS.iter().enumerate() {
                let value = match row.get::<_, Sql>(at)? {
                    Sql::Integer(number) => Value::from(number),
                    Sql::Text(text) => Value::from(text),
                    _ => Value::Null,
                };
                facts.insert((*name).to_owned(), value);
            }
            Ok(facts)
        })
        .optional()?)
}

fn apply_feed(
    conn: &Connection,
    feed: i64,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<Applied> {
    let Some(current) = feed_facts(conn, feed)? else {
        return Ok(Applied::default());
    };
    let mut really_before = Map::new();
    let mut really_after = Map::new();
    for name in FACTS {
        let (Some(old), Some(new), Some(is)) =
            (before.get(name), after.get(name), current.get(name))
        else {
            continue;
        };
        if old != new && is == old {
            set_fact(conn, feed, name, new)?;
            really_before.insert(name.into(), old.clone());
            really_after.insert(name.into(), new.clone());
        }
    }
    let changed = !really_after.is_empty();
    Ok(single(
        changed,
        Step::Feed {
            feed,
            before: really_before,
            after: really_after,
        },
    ))
}

fn set_fact(conn: &Connection, feed: i64, name: &'static str, value: &Value) -> Result<()> {
    let sql = match value {
        Value::Null => Sql::Null,
        Value::Number(number) => Sql::Integer(number.as_i64().unwrap_or_default()),
        Value::String(text) => Sql::Text(text.clone()),
        Value::Bool(yes) => Sql::Integer(i64::from(*yes)),
        Value::Array(_) | Value::Object(_) => return Ok(()),
    };
    conn.execute(
        &format!("UPDATE feeds SET {name} = ?1 WHERE id = ?2"),
        params![sql, feed],
    )
    .map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => {
            Error::Refused("another subscription has this address".into())
        }
        _ => error.into(),
    })?;
    match (name, value) {
        ("url", Value::String(url)) => {
            // Validators belong to the old address (RFC 9110 §13.1), and the new one is due at once.
            conn.execute(
                "UPDATE feeds SET url_key = ?1, validators = NULL, next_poll = 0, suggested_url = NULL WHERE id = ?2",
                params![identity::feed_key(url), feed],
            )?;
        }
        ("archived", value) => show_or_hide(conn, feed, value == &Value::from(1))?,
        _ => {}
    }
    Ok(())
}

/// Hides a feed's articles that no other feed shows and the user kept in no way, or shows them again.
fn show_or_hide(conn: &Connection, feed: i64, hide: bool) -> Result<()> {
    let sql = if hide {
        "UPDATE articles SET hidden = 1 WHERE id IN (SELECT article_id FROM entries WHERE feed_id = ?1) AND hidden = 0
           AND starred = 0 AND later = 0 AND tagged = 0 AND note IS NULL
           AND NOT EXISTS (SELECT 1 FROM entries o JOIN feeds f ON f.id = o.feed_id
                           WHERE o.article_id = articles.id AND f.archived = 0)"
    } else {
        "UPDATE articles SET hidden = 0 WHERE id IN (SELECT article_id FROM entries WHERE feed_id = ?1) AND hidden = 1"
    };
    conn.execute(sql, [feed])?;
    Ok(())
}

fn apply_search(
    conn: &Connection,
    id: i64,
    before: Option<&Saved>,
    after: Option<&Saved>,
) -> Result<bool> {
    let current = conn
        .query_row(
            "SELECT name, query FROM searches WHERE id = ?1",
            [id],
            |row| {
                Ok(Saved {
                    name: row.get(0)?,
                    query: row.get(1)?,
                })
            },
        )
        .optional()?;
    if current.as_ref() != before || before == after {
        return Ok(false);
    }
    match after {
        Some(saved) => conn.execute(
            "INSERT INTO searches (id, name, query) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query",
            params![id, saved.name, saved.query],
        )?,
        None => conn.execute("DELETE FROM searches WHERE id = ?1", [id])?,
    };
    Ok(true)
}

/// The number a kind of name has in the file.
pub(super) fn kind_number(kind: EntityKind) -> i64 {
    match kind {
        EntityKind::Person => 0,
        EntityKind::Organisation => 1,
        EntityKind::Place => 2,
        EntityKind::Other => 3,
    }
}

/// The kind of a number in the file.
pub(super) fn kind_of_number(number: i64) -> EntityKind {
    match number {
        0 => EntityKind::Person,
        1 => EntityKind::Organisation,
        2 => EntityKind::Place,
        _ => EntityKind::Other,
    }
}
