//! Operations: a change, an undo or a redo as one transaction's work, with its journal line.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::change::{self, Words};
use super::error::{Error, Result};
use super::journal;
use super::step::{self, Applied, IdStep, Step};
use crate::model::change::Written;
use crate::model::{ArticleId, Change, FeedId, JournalId, What};

/// More ids than this are not told: the asker reads its list again.
const MAX_IDS: usize = 5_000;

/// So many operations can be undone; older ones lose their parts, never their effect.
const KEPT_OPERATIONS: i64 = 1_000;

/// What an operation did.
#[derive(Debug)]
pub(super) struct Done {
    /// The answer.
    pub(super) written: Written,
    /// Its journal line, where something changed: number and text.
    pub(super) line: Option<(i64, String)>,
    /// Whether the subscriptions file must be written again.
    pub(super) touches_feeds: bool,
}

/// Makes a change.
pub(super) fn make(conn: &Connection, change: Change, now: Timestamp) -> Result<Done> {
    let undoable = change.undoable;
    let made = match change.what {
        What::Together(parts) => together(conn, parts, now)?,
        _ => one(conn, change, now)?,
    };
    let (mut done, steps) = finish(conn, made.applied, made.words, made.changed, now)?;
    done.written.feed = made.feed;
    // The file was changed first: here it is only noted.
    done.written.sites.clear();
    if done.line.is_some() && undoable {
        done.written.op = Some(keep(conn, &steps, &done.written.words, now)?);
    } else if let (None, Some(feed)) = (&done.line, made.feed) {
        done.written.words = already(conn, feed.0)?;
    }
    Ok(done)
}

/// A change that was planned and applied, not yet journalled.
#[derive(Debug, Default)]
struct Made {
    applied: Vec<Applied>,
    changed: u64,
    words: String,
    feed: Option<FeedId>,
}

fn one(conn: &Connection, change: Change, now: Timestamp) -> Result<Made> {
    let planned = change::plan(conn, change, now)?;
    let applied = apply_all(conn, planned.steps, now)?;
    let changed = counted(&planned.words, &applied);
    Ok(Made {
        words: planned.words.of(changed),
        applied,
        changed,
        feed: planned.feed,
    })
}

/// Makes changes one after the other: each is planned on what the ones before it left.
fn together(conn: &Connection, parts: Vec<Change>, now: Timestamp) -> Result<Made> {
    let mut all = Made::default();
    let mut said = Said::default();
    for part in parts {
        let kind = Kind::of(&part.what);
        let made = match part.what {
            What::Together(parts) => together(conn, parts, now)?,
            _ => one(conn, part, now)?,
        };
        if made.changed > 0 {
            said.add(kind, made.words);
        }
        all.applied.extend(made.applied);
        all.changed += made.changed;
        all.feed = all.feed.or(made.feed);
    }
    all.words = said.words();
    Ok(all)
}

/// What many of are said by their number, not one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Subscribed,
    Unsubscribed,
    Search,
    Other,
}

impl Kind {
    fn of(what: &What) -> Self {
        match what {
            What::Subscribe(_) => Self::Subscribed,
            What::Unsubscribe(_) => Self::Unsubscribed,
            What::SaveSearch { .. } => Self::Search,
            _ => Self::Other,
        }
    }

    fn count(self, count: usize) -> String {
        match self {
            Self::Unsubscribed => format!("unsubscribed from {count} feeds"),
            Self::Search => format!("{count} searches kept"),
            Self::Subscribed | Self::Other => format!("{count} feeds added"),
        }
    }
}

/// What changes made together have to say: kinds in the order they came.
#[derive(Debug, Default)]
struct Said(Vec<(Kind, Vec<String>)>);

impl Said {
    fn add(&mut self, kind: Kind, words: String) {
        match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, said)) => said.push(words),
            None => self.0.push((kind, vec![words])),
        }
    }

    fn words(&self) -> String {
        if self.0.is_empty() {
            return "nothing changed".into();
        }
        let kinds = self.0.iter().map(|(kind, said)| match said.len() {
            count if count > 1 && *kind != Kind::Other => kind.count(count),
            _ => said.join(", "),
        });
        kinds.collect::<Vec<_>>().join(", ")
    }
}

/// Takes an operation back, the last undoable one where `None`.
pub(super) fn undo(conn: &Connection, op: Option<JournalId>, now: Timestamp) -> Result<Done> {
    let found = match op {
        Some(op) => conn
            .query_row(
                "SELECT id, words, steps FROM journal WHERE id = ?1 AND undoable = 1 AND undone = 0",
                [op.0],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?,
        None => conn
            .query_row(
                "SELECT id, words, steps FROM journal WHERE undoable = 1 AND undone = 0 ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?,
    };
    let Some((id, words, steps)): Option<(i64, String, Vec<u8>)> = found else {
        return Ok(nothing("nothing to undo"));
    };
    let steps = unpack(&steps)?;
    let whole = size(&steps);
    let applied = apply_all(
        conn,
        steps.into_iter().rev().map(IdStep::reversed).collect(),
        now,
    )?;
    conn.execute(
        "UPDATE journal SET undone = 1 + (SELECT max(0, max(undone)) FROM journal) WHERE id = ?1",
        [id],
    )?;
    let changed: u64 = applied.iter().map(|applied| applied.changed).sum();
    let words = said("undone", &words, changed, whole);
    let (mut done, _) = finish(conn, applied, words, changed, now)?;
    done.written.op = done.line.is_some().then_some(JournalId(id));
    Ok(done)
}

/// Does the operation again that was undone last.
pub(super) fn redo(conn: &Connection, now: Timestamp) -> Result<Done> {
    let found: Option<(i64, String, Vec<u8>)> = conn
        .query_row(
            "SELECT id, words, steps FROM journal WHERE undoable = 1 AND undone > 0 ORDER BY undone DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((id, words, steps)) = found else {
        return Ok(nothing("nothing to redo"));
    };
    let steps = unpack(&steps)?;
    let whole = size(&steps);
    let applied = apply_all(conn, steps, now)?;
    conn.execute("UPDATE journal SET undone = 0 WHERE id = ?1", [id])?;
    let changed: u64 = applied.iter().map(|applied| applied.changed).sum();
    let words = said("done again", &words, changed, whole);
    let (mut done, _) = finish(conn, applied, words, changed, now)?;
    done.written.op = done.line.is_some().then_some(JournalId(id));
    Ok(done)
}

/// What a change by the program itself (a feed that moved for good) puts into the journal's file: no step of undo.
pub(super) fn note(
    conn: &Connection,
    steps: Vec<IdStep>,
    words: &str,
    now: Timestamp,
) -> Result<Done> {
    let applied = apply_all(conn, steps, now)?;
    let changed = applied.iter().map(|applied| applied.changed).sum();
    Ok(finish(conn, applied, words.into(), changed, now)?.0)
}

/// Journals what was done already, as a step of undo.
pub(super) fn done(
    conn: &Connection,
    step: IdStep,
    articles: Vec<i64>,
    words: &str,
    now: Timestamp,
) -> Result<Done> {
    let applied = Applied {
        step: Some(step),
        changed: articles.len() as u64,
        articles,
    };
    let changed = applied.changed;
    let (mut done, steps) = finish(conn, vec![applied], words.into(), changed, now)?;
    done.written.op = Some(keep(conn, &steps, words, now)?);
    Ok(done)
}

fn said(verb: &str, words: &str, changed: u64, whole: u64) -> String {
    match changed {
        0 => format!("{verb}: {words} (all of it had changed since)"),
        _ if changed < whole => {
            format!("{verb}: {words} ({changed} of {whole}, the rest had changed since)")
        }
        _ => format!("{verb}: {words}"),
    }
}

/// How many rows steps are about.
fn size(steps: &[IdStep]) -> u64 {
    steps
        .iter()
        .map(|step| match step {
            Step::Mark { articles, .. }
            | Step::Tag { articles, .. }
            | Step::Keep { articles, .. } => articles.len() as u64,
            Step::Blocks { blocks, .. } => blocks.len() as u64,
            _ => 1,
        })
        .sum()
}

fn apply_all(conn: &Connection, steps: Vec<IdStep>, now: Timestamp) -> Result<Vec<Applied>> {
    steps
        .into_iter()
        .map(|step| step::apply(conn, step, now))
        .collect()
}

/// The number to say: articles where the words count them.
fn counted(words: &Words, applied: &[Applied]) -> u64 {
    match words {
        Words::Counted { .. } => applied.iter().map(|applied| applied.changed).sum(),
        Words::Fixed(_) | Words::Nothing => applied
            .iter()
            .map(|applied| applied.changed)
            .max()
            .unwrap_or(0),
    }
}

/// Turns what was applied into an answer and a journal line; the parts come back for keeping.
fn finish(
    conn: &Connection,
    applied: Vec<Applied>,
    words: String,
    changed: u64,
    now: Timestamp,
) -> Result<(Done, Vec<IdStep>)> {
    let mut ids: Vec<ArticleId> = Vec::new();
    let mut steps = Vec::new();
    for part in applied {
        ids.extend(part.articles.into_iter().map(ArticleId));
        steps.extend(part.step);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MAX_IDS {
        ids.clear();
    }
    let line = if steps.is_empty() {
        None
    } else {
        Some(journal::record(conn, &steps, &words, now)?)
    };
    let mut recleans = Vec::new();
    let mut sites = Vec::new();
    let mut retags = false;
    for step in &steps {
        match step {
            Step::Blocks { article, .. } => recleans.push(ArticleId(*article)),
            Step::Site { edit } => sites.push(edit.clone()),
            Step::Part { .. } => retags = true,
            _ => {}
        }
    }
    let done = Done {
        written: Written {
            op: None,
            changed,
            ids,
            feed: None,
            recleans,
            sites,
            retags,
            words,
        },
        line,
        touches_feeds: steps.iter().any(IdStep::touches_feeds),
    };
    Ok((done, steps))
}

/// Keeps an operation for undo. What was taken back before it can no longer be done again.
fn keep(conn: &Connection, steps: &[IdStep], words: &str, now: Timestamp) -> Result<JournalId> {
    conn.execute("UPDATE journal SET undone = -1 WHERE undone > 0", [])?;
    conn.prepare_cached("INSERT INTO journal (at, words, undoable, steps) VALUES (?1, ?2, 1, ?3)")?
        .execute(params![now.as_millisecond(), words, pack(steps)?])?;
    let id = conn.last_insert_rowid();
    conn.prepare_cached("DELETE FROM journal WHERE id <= ?1 - ?2")?
        .execute([id, KEPT_OPERATIONS])?;
    Ok(JournalId(id))
}

fn pack(steps: &[IdStep]) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(steps).map_err(|error| Error::Refused(error.to_string()))?;
    zstd::encode_all(&json[..], 3).map_err(|error| Error::Refused(error.to_string()))
}

fn unpack(blob: &[u8]) -> Result<Vec<IdStep>> {
    zstd::decode_all(blob)
        .map_err(|error| error.to_string())
        .and_then(|json| serde_json::from_slice(&json).map_err(|error| error.to_string()))
        .map_err(|why| Error::Refused(format!("this step can no longer be undone: {why}")))
}

fn nothing(words: &str) -> Done {
    Done {
        written: Written {
            words: words.into(),
            ..Written::default()
        },
        line: None,
        touches_feeds: false,
    }
}

/// Says where a feed is that was to be subscribed again.
fn already(conn: &Connection, feed: i64) -> Result<String> {
    let found: Option<(String, String)> = conn
        .query_row(
            "SELECT coalesce(title, own_title, url_key), folder FROM feeds WHERE id = ?1",
            [feed],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(match found {
        Some((title, folder)) if folder.is_empty() => {
            format!("nothing changed: {title} is subscribed")
        }
        Some((title, folder)) => format!("nothing changed: {title} is subscribed in {folder}"),
        None => "nothing changed".into(),
    })
}
