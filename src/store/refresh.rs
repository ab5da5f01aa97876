//! Texts looked at again: by a newer cleaner or tagger, by a site's new rule, after a decision of the user's.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::bring::{NameIds, show_best};
use super::document::{self, Dictionaries, Dictionary, source_number};
use super::error::Result;
use super::prepare::{PreparedBody, json_list, prepare_body};
use crate::model::article::{BlockDecision, Body, BodySource, Metadata};
use crate::model::{ArticleEntities, ArticleId};
use crate::text::clean_line;
use crate::text::fold::fold;

/// A text as it is kept, with what shows whether it has changed since.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredText {
    /// The text.
    pub body: Body,
    /// The names in it.
    pub entities: ArticleEntities,
    /// What the user decided on its blocks.
    pub decisions: Vec<BlockDecision>,
    /// The cleaner that last looked at it; 0: it is to be cleaned again.
    pub cleaner: u32,
    /// The tagger that last looked at it.
    pub tagger: u32,
    /// To be handed back in [`Refreshed`].
    pub seal: Seal,
}

/// A text as it lay in the file when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal(pub(super) Vec<u8>);

/// What came of looking at a text again.
#[derive(Clone, Debug, PartialEq)]
pub struct Refreshed {
    /// Which article.
    pub article: ArticleId,
    /// Which of its texts.
    pub source: BodySource,
    /// The text as it was read: where it has changed since, nothing is stored.
    pub seal: Seal,
    /// The new text and its names; `None` where nothing changed.
    pub text: Option<(Body, ArticleEntities)>,
    /// The words changed, so that the full-text index must hear of it.
    pub words_changed: bool,
    /// The page's facts, where they shall count: those of pages that no feed brought, and those by a site's rule.
    pub facts: Option<Metadata>,
    /// The cleaner that looked at it.
    pub cleaner: u32,
    /// The tagger that looked at it.
    pub tagger: u32,
}

/// The same, ready to be written.
#[derive(Debug)]
pub(super) struct PreparedRefresh {
    article: i64,
    source: i64,
    seal: Seal,
    words_changed: bool,
    body: Option<PreparedBody>,
    facts: Option<Metadata>,
    cleaner: u32,
    tagger: u32,
}

pub(super) fn prepare(
    refreshed: Refreshed,
    dictionary: Option<&Dictionary>,
) -> Result<PreparedRefresh> {
    let source = refreshed.source;
    let body = refreshed
        .text
        .map(|(body, entities)| prepare_body(body, entities, source, dictionary))
        .transpose()?;
    Ok(PreparedRefresh {
        article: refreshed.article.0,
        source: source_number(source),
        seal: refreshed.seal,
        words_changed: refreshed.words_changed,
        body,
        facts: refreshed.facts,
        cleaner: refreshed.cleaner,
        tagger: refreshed.tagger,
    })
}

/// Stores texts that were looked at again; those that changed meanwhile are left as they are. Returns the articles that
/// show another text now.
pub(super) fn store(
    conn: &Connection,
    names: &mut NameIds,
    texts: &[PreparedRefresh],
) -> Result<Vec<ArticleId>> {
    let mut changed = Vec::new();
    for text in texts {
        let now: Option<Vec<u8>> = conn
            .prepare_cached("SELECT blob FROM documents WHERE article_id = ?1 AND source = ?2")?
            .query_row(params![text.article, text.source], |row| row.get(0))
            .optional()?;
        if now.is_none_or(|now| now != text.seal.0) {
            continue;
        }
        if let Some(body) = &text.body {
            document::write(conn, text.article, &body.packed)?;
            let was_indexed = is_indexed(conn, text.article)?;
            show_best(conn, names, text.article, Some(body), false)?;
            if was_indexed && !text.words_changed {
                set_indexed(conn, text.article)?;
            }
        }
        let has_new_facts = match &text.facts {
            Some(facts) => take_facts(conn, text.article, facts)?,
            None => false,
        };
        let shows_new_text = text.body.is_some() && shown(conn, text.article)? == text.source;
        if shows_new_text || has_new_facts {
            changed.push(ArticleId(text.article));
        }
        conn.prepare_cached(
            "UPDATE documents SET cleaner = ?3, tagger = ?4 WHERE article_id = ?1 AND source = ?2",
        )?
        .execute(params![
            text.article,
            text.source,
            text.cleaner,
            text.tagger
        ])?;
    }
    Ok(changed)
}

fn shown(conn: &Connection, article: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT shown FROM articles WHERE id = ?1")?
        .query_row([article], |row| row.get(0))?)
}

fn is_indexed(conn: &Connection, article: i64) -> Result<bool> {
    let waits = conn
        .prepare_cached(
            "SELECT 1 FROM unindexed WHERE sort_key = (SELECT sort_key FROM articles WHERE id = ?1)",
        )?
        .exists([article])?;
    Ok(!waits)
}

/// Leaves the index as it is: names are not in it.
fn set_indexed(conn: &Connection, article: i64) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM unindexed WHERE sort_key = (SELECT sort_key FROM articles WHERE id = ?1)",
    )?
    .execute([article])?;
    Ok(())
}

/// Takes over what the page says of itself. The place in lists stays: nothing moves because of a better reading.
/// Says whether anything changed.
pub(super) fn take_facts(conn: &Connection, article: i64, facts: &Metadata) -> Result<bool> {
    let title = facts.title.as_deref().map(clean_line);
    let title = title.filter(|title| !title.is_empty());
    let authors = json_list(&facts.authors);
    if title.is_some() {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO unindexed (sort_key) SELECT sort_key FROM articles WHERE id = ?1 AND title <> ?2",
        )?
        .execute(params![article, title])?;
    }
    let changed = conn
        .prepare_cached(
            "UPDATE articles SET title = coalesce(?2, title), title_fold = coalesce(?3, title_fold),
                 authors = CASE WHEN ?4 = '[]' THEN authors ELSE ?4 END, published = coalesce(?5, published)
             WHERE id = ?1 AND (title <> ?2 OR (?4 <> '[]' AND authors <> ?4) OR (?5 IS NOT NULL AND published IS NOT ?5))",
        )?
        .execute(params![
        article,
        title,
        title.as_deref().map(fold),
        authors,
        facts.published.map(Timestamp::as_millisecond)
    ])?;
    Ok(changed > 0)
}

/// Reads one of an article's texts; `None` where it is not kept.
pub(super) fn text(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
    article: ArticleId,
    source: BodySource,
) -> Result<Option<StoredText>> {
    let number = source_number(source);
    let row: Option<(Vec<u8>, u32, u32)> = conn
        .prepare_cached(
            "SELECT blob, cleaner, tagger FROM documents WHERE article_id = ?1 AND source = ?2",
        )?
        .query_row(params![article.0, number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let stored = dictionaries.read(conn, article.0, number)?;
    let decisions = super::blocks::decisions(conn, article.0)?;
    Ok(row
        .zip(stored)
        .map(|((seal, cleaner, tagger), stored)| StoredText {
            body: stored.body,
            entities: stored.entities,
            decisions,
            cleaner,
            tagger,
            seal: Seal(seal),
        }))
}

/// Returns the texts that an older cleaner or tagger looked at last, the newest articles' first.
pub(super) fn stale(
    conn: &Connection,
    cleaner: u32,
    tagger: u32,
) -> Result<Vec<(ArticleId, BodySource)>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.sort_key, d.article_id, d.source FROM documents d INDEXED BY documents_by_version
             JOIN articles a ON a.id = d.article_id WHERE d.cleaner < ?1
         UNION ALL
         SELECT a.sort_key, d.article_id, d.source FROM documents d INDEXED BY documents_by_version
             JOIN articles a ON a.id = d.article_id WHERE d.cleaner = ?1 AND d.tagger < ?2",
    )?;
    let rows = statement.query_map(params![cleaner, tagger], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let mut found: Vec<(i64, i64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    // The text that is shown is mostly the page's: first.
    found.sort_unstable_by_key(|(key, _, source)| std::cmp::Reverse((*key, *source)));
    Ok(found
        .into_iter()
        .map(|(_, article, source)| (ArticleId(article), source_of(source)))
        .collect())
}

fn source_of(number: i64) -> BodySource {
    match number {
        1 => BodySource::Feed,
        2 => BodySource::Page,
        _ => BodySource::None,
    }
}

/// Returns the articles of a site and of those below it that have a page.
pub(super) fn of_site(conn: &Connection, host: &str) -> Result<Vec<ArticleId>> {
    let host = host.trim_start_matches("www.");
    let mut statement = conn.prepare_cached(
        "SELECT id FROM articles WHERE site = ?1 OR substr(site, -length(?1) - 1) = '.' || ?1 ORDER BY sort_key DESC",
    )?;
    let ids = statement.query_map([host], |row| row.get(0).map(ArticleId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
