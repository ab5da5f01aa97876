//! What the user decided on blocks of articles: kept beside the texts, so that it outlives cleaning again.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::change::{Planned, Words};
use super::error::{Error, Result};
use super::step::Step;
use crate::model::Scope;
use crate::model::article::BlockDecision;
use crate::model::change::{BlockChoice, SiteEdit, SiteList};

/// A decision on one block: before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BlockStep {
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<bool>,
}

impl BlockStep {
    pub(super) fn reversed(self) -> Self {
        Self {
            before: self.after,
            after: self.before,
            text: self.text,
        }
    }
}

/// Reads the decisions on an article.
pub(super) fn decisions(conn: &Connection, article: i64) -> Result<Vec<BlockDecision>> {
    let mut statement =
        conn.prepare_cached("SELECT text, keep FROM block_decisions WHERE article_id = ?1")?;
    let rows = statement.query_map([article], |row| {
        Ok(BlockDecision {
            text: row.get(0)?,
            keep: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Reads the decision on one block.
pub(super) fn decision(conn: &Connection, article: i64, text: &str) -> Result<Option<bool>> {
    Ok(conn
        .prepare_cached("SELECT keep FROM block_decisions WHERE article_id = ?1 AND text = ?2")?
        .query_row(params![article, text], |row| row.get(0))
        .optional()?)
}

/// Applies what still is as before; returns what was really done.
pub(super) fn apply(
    conn: &Connection,
    article: i64,
    blocks: Vec<BlockStep>,
) -> Result<Vec<BlockStep>> {
    let exists = conn
        .prepare_cached("SELECT 1 FROM articles WHERE id = ?1")?
        .exists([article])?;
    let mut done = Vec::new();
    for block in blocks {
        let is_as_before = decision(conn, article, &block.text)? == block.before;
        if !exists || !is_as_before || block.before == block.after {
            continue;
        }
        match block.after {
            Some(keep) => conn
                .prepare_cached(
                    "INSERT OR REPLACE INTO block_decisions (article_id, text, keep) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![article, block.text, keep])?,
            None => conn
                .prepare_cached("DELETE FROM block_decisions WHERE article_id = ?1 AND text = ?2")?
                .execute(params![article, block.text])?,
        };
        done.push(block);
    }
    if !done.is_empty() {
        look_again(conn, article)?;
    }
    Ok(done)
}

/// Has an article's texts cleaned again.
pub(super) fn look_again(conn: &Connection, article: i64) -> Result<()> {
    conn.prepare_cached("UPDATE documents SET cleaner = 0 WHERE article_id = ?1")?
        .execute([article])?;
    Ok(())
}

/// Plans decisions on blocks of one article.
pub(super) fn plan(conn: &Connection, scope: &Scope, choices: Vec<BlockChoice>) -> Result<Planned> {
    let article = match scope {
        Scope::Ids(ids) if ids.len() == 1 => ids.first().map_or(0, |id| id.0),
        _ => {
            return Err(Error::Refused(
                "blocks are decided on in one article".into(),
            ));
        }
    };
    let mut words = Count::default();
    let mut blocks = Vec::new();
    for BlockChoice { text, keep } in choices {
        let before = decision(conn, article, &text)?;
        if before != keep {
            words.add(keep);
            blocks.push(BlockStep {
                text,
                before,
                after: keep,
            });
        }
    }
    Ok(Planned {
        steps: vec![Step::Blocks { article, blocks }],
        words: Words::Fixed(words.in_words()),
        feed: None,
    })
}

/// Plans the note of a change in the user's site rules.
pub(super) fn plan_site(edit: SiteEdit) -> Planned {
    let mut words = Count::default();
    // A line that another takes the place of is not counted of its own.
    let any = edit.lines.iter().any(|line| line.on);
    for line in edit.lines.iter().filter(|line| line.on || !any) {
        words.add(match (line.on, line.list) {
            (true, SiteList::KeepText) => Some(true),
            (true, SiteList::Strip | SiteList::StripText) => Some(false),
            (false, _) => None,
        });
    }
    let words = format!("on {}: {}", edit.host, words.in_words());
    Planned {
        steps: vec![Step::Site { edit }],
        words: Words::Fixed(words),
        feed: None,
    }
}

/// How many blocks go which way.
#[derive(Default)]
struct Count {
    kept: usize,
    gone: usize,
    free: usize,
}

impl Count {
    fn add(&mut self, keep: Option<bool>) {
        match keep {
            Some(true) => self.kept += 1,
            Some(false) => self.gone += 1,
            None => self.free += 1,
        }
    }

    /// Returns it in words: `2 blocks put back, 1 removed`.
    fn in_words(&self) -> String {
        let parts = [
            (self.kept, "put back"),
            (self.gone, "removed"),
            (self.free, "left to the cleaner again"),
        ];
        let mut words = Vec::new();
        for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
            words.push(match (words.is_empty(), count) {
                (true, 1) => format!("1 block {what}"),
                (true, _) => format!("{count} blocks {what}"),
                (false, _) => format!("{count} {what}"),
            });
        }
        words.join(", ")
    }
}
