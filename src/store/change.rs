//! A deliberate change as steps: finds the rows that really change, and the words for the status line.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use super::blocks;
use super::decision;
use super::error::{Error, Result};
use super::identity;
use super::list::{self, Reading};
use super::parting;
use super::step::{self, Flag, IdStep, Saved, Step};
use crate::model::change::{self, NewFeed};
use crate::model::list::OpenList;
use crate::model::{Change, FeedId, Scope, What};
use crate::text::address::redacted;
use crate::text::clean_line;

/// What a change comes to.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// What is to be done.
    pub(super) steps: Vec<IdStep>,
    /// How to say it.
    pub(super) words: Words,
    /// The feed a subscription made or found.
    pub(super) feed: Option<FeedId>,
}

/// How to say what was done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Words {
    /// Always the same.
    #[default]
    Nothing,
    /// A sentence.
    Fixed(String),
    /// Of articles: for one, and the participle after a number for more.
    Counted { one: String, many: String },
}

impl Words {
    fn counted(one: impl Into<String>, many: impl Into<String>) -> Self {
        Self::Counted {
            one: one.into(),
            many: many.into(),
        }
    }

    /// Returns the words for so many changed rows.
    pub(super) fn of(&self, changed: u64) -> String {
        match (self, changed) {
            (_, 0) | (Self::Nothing, _) => "nothing changed".into(),
            (Self::Fixed(words), _) => words.clone(),
            (Self::Counted { one, .. }, 1) => one.clone(),
            (Self::Counted { many, .. }, _) => format!("{changed} {many}"),
        }
    }
}

/// Plans several changes of the same scope as one; what is said of them stands side by side.
fn several(conn: &Connection, parts: Vec<What>, scope: &Scope, now: Timestamp) -> Result<Planned> {
    let mut all = Planned::default();
    let mut said = Vec::new();
    for what in parts {
        let change = Change {
            what,
            scope: scope.clone(),
            undoable: true,
        };
        let planned = plan(conn, change, now)?;
        if !planned.steps.is_empty() {
            said.push(planned.words.of(1));
        }
        all.steps.extend(planned.steps);
        all.feed = all.feed.or(planned.feed);
    }
    all.words = Words::Fixed(said.join(", "));
    Ok(all)
}

/// Plans a change. Writes nothing but the empty row of a feed that is subscribed for the first time.
pub(super) fn plan(conn: &Connection, change: Change, now: Timestamp) -> Result<Planned> {
    let scope = &change.scope;
    match change.what {
        What::Read(on) => mark(
            conn,
            scope,
            Flag::Read,
            on,
            now,
            ["marked read", "marked unread"],
        ),
        What::Star(on) => mark(
            conn,
            scope,
            Flag::Starred,
            on,
            now,
            ["starred", "unstarred"],
        ),
        What::Later(on) => mark(
            conn,
            scope,
            Flag::Later,
            on,
            now,
            ["kept for later", "taken off later"],
        ),
        What::Tag(tag) => tag_articles(conn, scope, &tag, true, now),
        What::Untag(tag) => tag_articles(conn, scope, &tag, false, now),
        What::Several(parts) => several(conn, parts, scope, now),
        // Each is planned on what the ones before it left: `operation` takes them apart.
        What::Together(_) => Err(Error::Refused(
            "changes together are made one by one".into(),
        )),
        What::Subscribe(feed) => subscribe(conn, feed, now),
        What::Unsubscribe(feed) => {
            let title = feed_title(conn, feed)?;
            facts(
                conn,
                feed,
                &[("archived", Value::from(1))],
                format!("unsubscribed from {title}"),
            )
        }
        What::RenameFeed(feed, title) => {
            let title = title
                .map(|title| clean_line(&title))
                .filter(|title| !title.is_empty());
            let words = match &title {
                Some(title) => format!("renamed to {title}"),
                None => "renamed to the feed's own title".into(),
            };
            facts(
                conn,
                feed,
                &[("title", title.map_or(Value::Null, Value::from))],
                words,
            )
        }
        What::MoveFeed(feed, folder) => move_feed(conn, feed, &folder),
        What::SetFeed(feed, settings) => {
            let title = feed_title(conn, feed)?;
            let settings = serde_json::to_string(&settings)
                .map_err(|error| Error::Refused(error.to_string()))?;
            facts(
                conn,
                feed,
                &[("settings", Value::from(settings))],
                format!("settings of {title} changed"),
            )
        }
        What::SetFeedUrl(feed, url) => {
            let url = clean_line(&url);
            facts(
                conn,
                feed,
                &[("url", Value::from(url.clone()))],
                format!("address changed to {}", redacted(&url)),
            )
        }
        What::AddFolder(path) => {
            let path = folder_path(&path);
            if path.is_empty() {
                return Err(Error::Refused("a folder needs a name".into()));
            }
            let words = format!("folder {path} made");
            Ok(fixed(missing_folders(conn, &path)?, words))
        }
        What::RenameFolder { from, to } => rename_folder(conn, &from, &to),
        What::DeleteFolder(path) => delete_folder(conn, &path),
        What::RenameTag { from, to } => rename_tag(conn, &from, &to),
        What::DeleteTag(tag) => {
            let articles = tagged(conn, &tag)?;
            let words = format!("tag #{tag} deleted");
            Ok(fixed(
                vec![Step::Tag {
                    tag,
                    on: false,
                    articles,
                }],
                words,
            ))
        }
        What::SaveSearch { name, query } => save_search(conn, &name, query),
        What::EditSearch { id, name, query } => {
            let name = clean_line(&name);
            let before = search(conn, id.0)?.ok_or_else(|| Error::Missing("such search".into()))?;
            let words = format!("search {name} changed");
            Ok(fixed(
                vec![Step::Search {
                    id: id.0,
                    before: Some(before),
                    after: Some(Saved { name, query }),
                }],
                words,
            ))
        }
        What::DeleteSearch(id) => {
            let before = search(conn, id.0)?.ok_or_else(|| Error::Missing("such search".into()))?;
            let words = format!("search {} deleted", before.name);
            Ok(fixed(
                vec![Step::Search {
                    id: id.0,
                    before: Some(before),
                    after: None,
                }],
                words,
            ))
        }
        What::Follow(name, on) => decision::plan_mark(conn, &name, on, true),
        What::Mute(name, on) => decision::plan_mark(conn, &name, on, false),
        What::MergeName { from, into } => decision::plan_merge(conn, &from, &into),
        What::SplitName(name) => decision::plan_split(conn, &name),
        What::PartName { from, words, on } => parting::plan(conn, &from, &words, on, scope),
        What::Blocks(choices) => blocks::plan(conn, scope, choices),
        What::Site(edit) => Ok(blocks::plan_site(edit)),
    }
}

impl Planned {
    /// Steps that are always said in the same words.
    pub(super) fn fixed(steps: Vec<IdStep>, words: String) -> Self {
        Self {
            steps,
            words: Words::Fixed(words),
            feed: None,
        }
    }
}

fn fixed(steps: Vec<IdStep>, words: String) -> Planned {
    Planned::fixed(steps, words)
}

/// Returns the ids of a scope that fulfil a condition on `articles`.
fn scope_ids(
    conn: &Connection,
    scope: &Scope,
    condition: &str,
    now: Timestamp,
) -> Result<Vec<i64>> {
    let ids = match scope {
        Scope::None => Vec::new(),
        Scope::Ids(ids) => ids.iter().map(|id| id.0).collect(),
        Scope::List { query, opened_seq } => {
            let list = OpenList {
                opened_seq: Some(*opened_seq),
                ..list::of_query(query)
            };
            list::all_ids(&Reading::new(conn, &list, now)?)?
        }
        Scope::Beside { list, id, above } => {
            list::ids_beside(&Reading::new(conn, list, now)?, *id, *above)?
        }
    };
    if ids.is_empty() {
        return Ok(ids);
    }
    let sql = format!(
        "SELECT articles.id FROM json_each(?1) j CROSS JOIN articles ON articles.id = j.value WHERE {condition}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let kept = statement.query_map([list::json(&ids)], |row| row.get(0))?;
    Ok(kept.collect::<rusqlite::Result<_>>()?)
}

fn mark(
    conn: &Connection,
    scope: &Scope,
    flag: Flag,
    on: bool,
    now: Timestamp,
    words: [&str; 2],
) -> Result<Planned> {
    let articles = scope_ids(conn, scope, &flag.would_change(on), now)?;
    let words = words[usize::from(!on)];
    Ok(Planned {
        steps: vec![Step::Mark { flag, on, articles }],
        words: Words::counted(words, words),
        feed: None,
    })
}

fn tag_articles(
    conn: &Connection,
    scope: &Scope,
    tag: &str,
    on: bool,
    now: Timestamp,
) -> Result<Planned> {
    let tag = tag_name(tag)?;
    let words = if on {
        format!("tagged #{tag}")
    } else {
        format!("untagged #{tag}")
    };
    let articles = scope_ids(conn, scope, "1", now)?;
    Ok(Planned {
        steps: vec![Step::Tag { tag, on, articles }],
        words: Words::counted(words.clone(), words),
        feed: None,
    })
}

fn tag_name(typed: &str) -> Result<String> {
    change::tag_name(typed).ok_or_else(|| Error::Refused("a tag needs a name".into()))
}

fn tagged(conn: &Connection, tag: &str) -> Result<Vec<i64>> {
    let Some(id) = step::tag_id(conn, tag)? else {
        return Ok(Vec::new());
    };
    let mut statement =
        conn.prepare_cached("SELECT article_id FROM article_tags WHERE tag_id = ?1")?;
    let ids = statement.query_map([id], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn rename_tag(conn: &Connection, from: &str, to: &str) -> Result<Planned> {
    let to = tag_name(to)?;
    let articles = tagged(conn, from)?;
    let words = format!("tag #{from} renamed to #{to}");
    let steps = vec![
        Step::Tag {
            tag: from.into(),
            on: false,
            articles: articles.clone(),
        },
        Step::Tag {
            tag: to,
            on: true,
            articles,
        },
    ];
    Ok(fixed(steps, words))
}

fn feed_title(conn: &Connection, feed: FeedId) -> Result<String> {
    conn.query_row(
        "SELECT coalesce(title, own_title, url_key) FROM feeds WHERE id = ?1",
        [feed.0],
        |row| row.get(0),
    )
    .optional()?
    .ok_or_else(|| Error::Missing("such feed".into()))
}

/// A change of some facts of a feed.
fn facts(conn: &Connection, feed: FeedId, new: &[(&str, Value)], words: String) -> Result<Planned> {
    let step = facts_step(conn, feed.0, new)?;
    Ok(Planned {
        steps: vec![step],
        words: Words::Fixed(words),
        feed: Some(feed),
    })
}

fn facts_step(conn: &Connection, feed: i64, new: &[(&str, Value)]) -> Result<IdStep> {
    let current =
        step::feed_facts(conn, feed)?.ok_or_else(|| Error::Missing("such feed".into()))?;
    let mut before = Map::new();
    let mut after = Map::new();
    for (name, value) in new {
        if let Some(old) = current.get(*name).filter(|old| *old != value) {
            before.insert((*name).to_owned(), old.clone());
            after.insert((*name).to_owned(), value.clone());
        }
    }
    Ok(Step::Feed {
        feed,
        before,
        after,
    })
}

fn subscribe(conn: &Connection, new: NewFeed, now: Timestamp) -> Result<Planned> {
    let url = clean_line(&new.url);
    if url.is_empty() {
        return Err(Error::Refused("a subscription needs an address".into()));
    }
    let folder = folder_path(&new.folder);
    let known: Option<(i64, bool)> = conn
        .query_row(
            "SELECT id, archived FROM feeds WHERE url_key = ?1 ORDER BY archived LIMIT 1",
            [identity::feed_key(&url)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((id, false)) = known {
        return Ok(Planned {
            feed: Some(FeedId(id)),
            ..Planned::default()
        });
    }
    let mut facts = vec![
        ("archived", Value::from(0)),
        ("folder", Value::from(folder.clone())),
        ("position", Value::from(next_position(conn, &folder)?)),
    ];
    let text = |value: Option<String>| {
        value
            .map(|value| clean_line(&value))
            .filter(|value| !value.is_empty())
    };
    for (name, value) in [
        ("title", text(new.title)),
        ("own_title", text(new.own_title)),
        ("site_url", text(new.site_url)),
    ] {
        if let Some(value) = value {
            facts.push((name, Value::from(value)));
        }
    }
    let id = match known {
        Some((id, _)) => id,
        None => empty_feed(conn, &url, now)?,
    };
    let mut steps = missing_folders(conn, &folder)?;
    steps.push(facts_step(conn, id, &facts)?);
    let title = facts
        .iter()
        .find(|(name, _)| *name == "title" || *name == "own_title")
        .and_then(|(_, value)| value.as_str())
        .map_or_else(|| redacted(&url), str::to_owned);
    Ok(Planned {
        words: Words::Fixed(format!("subscribed to {title}")),
        feed: Some(FeedId(id)),
        steps,
    })
}

/// Makes the row of a feed, archived, for a step to bring to life. Due at once.
pub(super) fn empty_feed(conn: &Connection, url: &str, now: Timestamp) -> Result<i64> {
    conn.execute(
        "INSERT INTO feeds (url, url_key, archived, added, next_poll) VALUES (?1, ?2, 1, ?3, 0)",
        params![url, identity::feed_key(url), now.as_millisecond()],
    )?;
    Ok(conn.last_insert_rowid())
}

fn next_position(conn: &Connection, folder: &str) -> Result<i64> {
    Ok(conn.query_row(
        "SELECT coalesce(max(position), -1) + 1 FROM feeds WHERE folder = ?1 AND archived = 0",
        [folder],
        |row| row.get(0),
    )?)
}

fn move_feed(conn: &Connection, feed: FeedId, folder: &str) -> Result<Planned> {
    let folder = folder_path(folder);
    let title = feed_title(conn, feed)?;
    let words = if folder.is_empty() {
        format!("{title} moved to the top")
    } else {
        format!("{title} moved to {folder}")
    };
    let mut steps = missing_folders(conn, &folder)?;
    let position = next_position(conn, &folder)?;
    let moved = facts_step(
        conn,
        feed.0,
        &[
            ("folder", Value::from(folder)),
            ("position", Value::from(position)),
        ],
    )?;
    // A feed that is already there keeps its place.
    if matches!(&moved, Step::Feed { after, .. } if after.contains_key("folder")) {
        steps.push(moved);
    }
    Ok(Planned {
        steps,
        words: Words::Fixed(words),
        feed: Some(feed),
    })
}

/// Cleans a folder path: no empty parts, no white space around parts.
pub(super) fn folder_path(path: &str) -> String {
    clean_line(path)
        .split('/')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("/")
}

/// Returns steps that make a folder and those it lies in, where they are missing.
fn missing_folders(conn: &Connection, path: &str) -> Result<Vec<IdStep>> {
    let mut steps = Vec::new();
    let ends = path
        .match_indices('/')
        .map(|(at, _)| at)
        .chain((!path.is_empty()).then_some(path.len()));
    for end in ends {
        let path = &path[..end];
        let there: bool = conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM folders WHERE path = ?1)",
            [path],
            |row| row.get(0),
        )?;
        if !there {
            steps.push(Step::Folder {
                path: path.into(),
                before: false,
                after: true,
            });
        }
    }
    Ok(steps)
}

/// Returns the feeds in a folder and below it: id and folder.
fn feeds_below(conn: &Connection, path: &str) -> Result<Vec<(i64, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, folder FROM feeds WHERE folder = ?1 OR substr(folder, 1, length(?1) + 1) = ?1 || '/' ORDER BY position",
    )?;
    let feeds = statement.query_map([path], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(feeds.collect::<rusqlite::Result<_>>()?)
}

fn folders_below(conn: &Connection, path: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT path FROM folders WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/' ORDER BY path DESC",
    )?;
    let paths = statement.query_map([path], |row| row.get(0))?;
    Ok(paths.collect::<rusqlite::Result<_>>()?)
}

fn rename_folder(conn: &Connection, from: &str, to: &str) -> Result<Planned> {
    let (from, to) = (folder_path(from), folder_path(to));
    if to.is_empty() || from.is_empty() {
        return Err(Error::Refused("a folder needs a name".into()));
    }
    if to.starts_with(&format!("{from}/")) {
        return Err(Error::Refused("a folder cannot move into itself".into()));
    }
    if from == to {
        return Ok(Planned::default());
    }
    let moved = |path: &str| format!("{to}{}", path.strip_prefix(&from).unwrap_or_default());
    relocate(conn, &from, moved, format!("folder {from} is now {to}"))
}

fn delete_folder(conn: &Connection, path: &str) -> Result<Planned> {
    let path = folder_path(path);
    let parent = path.rsplit_once('/').map_or("", |pair| pair.0).to_owned();
    let below = path.clone();
    // Feeds move to the parent; folders in it go up one floor with their feeds.
    let moved = move |at: &str| {
        let rest = at.strip_prefix(&below).unwrap_or_default();
        format!("{parent}{rest}").trim_start_matches('/').to_owned()
    };
    relocate(conn, &path, moved, format!("folder {path} deleted"))
}

/// Moves a folder's feeds and folders by a rule on paths, and takes the old folders away.
fn relocate(
    conn: &Connection,
    path: &str,
    moved: impl Fn(&str) -> String,
    words: String,
) -> Result<Planned> {
    let mut steps: Vec<IdStep> = Vec::new();
    let old = folders_below(conn, path)?;
    for folder in &old {
        for step in missing_folders(conn, &moved(folder))? {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    for (feed, folder) in feeds_below(conn, path)? {
        steps.push(facts_step(
            conn,
            feed,
            &[("folder", Value::from(moved(&folder)))],
        )?);
    }
    let kept: Vec<String> = old.iter().map(|folder| moved(folder)).collect();
    for path in old.into_iter().filter(|path| !kept.contains(path)) {
        steps.push(Step::Folder {
            path,
            before: true,
            after: false,
        });
    }
    Ok(fixed(steps, words))
}

fn search(conn: &Connection, id: i64) -> Result<Option<Saved>> {
    Ok(conn
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
        .optional()?)
}

fn save_search(conn: &Connection, name: &str, query: String) -> Result<Planned> {
    let name = clean_line(name);
    if name.is_empty() {
        return Err(Error::Refused("a search needs a name".into()));
    }
    // A name that is taken means: this search from now on asks that.
    let known: Option<i64> = conn
        .query_row("SELECT id FROM searches WHERE name = ?1", [&name], |row| {
            row.get(0)
        })
        .optional()?;
    let (id, before) = if let Some(id) = known {
        (id, search(conn, id)?)
    } else {
        // Ids are never used twice, also not those of deleted searches that undo may bring back.
        let id = conn.query_row(
            "SELECT 1 + max(coalesce((SELECT max(id) FROM searches), 0),
                            coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'searches'), 0))",
            [],
            |row| row.get(0),
        )?;
        (id, None)
    };
    let words = format!("search kept as {name}");
    Ok(fixed(
        vec![Step::Search {
            id,
            before,
            after: Some(Saved { name, query }),
        }],
        words,
    ))
}
