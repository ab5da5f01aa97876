//! Full pages of articles, pages that could not be had, and pages kept as articles of their own.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::bring::{NameIds, insert_article, show_best};
use super::document::{self, Dictionary};
use super::error::Result;
use super::identity;
use super::intake::{NewPage, SavedPage};
use super::operation::{self, Done};
use super::prepare::{Facts, PreparedBody, json_list, prepare_body, title_of};
use super::refresh;
use super::step::Step;
use crate::model::ArticleId;
use crate::model::article::{BodySource, Metadata};
use crate::text::clean_line;
use crate::text::fold::fold;

/// A page ready to be written.
#[derive(Debug)]
pub(super) struct PreparedPage {
    pub(super) article: ArticleId,
    pub(super) metadata: Metadata,
    pub(super) body: PreparedBody,
}

/// Makes a page ready.
pub(super) fn prepare_page(page: NewPage, dictionary: Option<&Dictionary>) -> Result<PreparedPage> {
    Ok(PreparedPage {
        article: page.article,
        metadata: page.metadata,
        body: prepare_body(page.body, page.entities, BodySource::Page, dictionary)?,
    })
}

/// Stores the full page of an article. Its facts fill what the feed left out.
pub(super) fn store_page(
    conn: &Connection,
    names: &mut NameIds,
    page: &PreparedPage,
) -> Result<()> {
    let id = page.article.0;
    let metadata = &page.metadata;
    let changed = conn.execute(
        "UPDATE articles SET authors = CASE WHEN authors = '[]' THEN ?2 ELSE authors END,
             site_name = coalesce(site_name, ?3), language = coalesce(?4, language), lead_image = coalesce(lead_image, ?5),
             has_image = max(has_image, ?5 IS NOT NULL), published = coalesce(published, ?6),
             wants_page = 0, page_remark = NULL
         WHERE id = ?1",
        params![
            id,
            json_list(&metadata.authors),
            metadata.site_name,
            metadata.language,
            metadata.lead_image,
            metadata.published.map(Timestamp::as_millisecond)
        ],
    )?;
    if changed == 0 {
        return Err(super::Error::Missing("such article".into()));
    }
    if let Some(facts) = metadata.by_rule() {
        refresh::take_facts(conn, page.article.0, &facts)?;
    }
    if page.body.is_empty {
        return Ok(());
    }
    document::write(conn, id, &page.body.packed)?;
    show_best(conn, names, id, Some(&page.body), false)
}

/// Notes why a page could not be had.
pub(super) fn page_failed(
    conn: &Connection,
    article: ArticleId,
    remark: &str,
    retry: bool,
) -> Result<()> {
    conn.execute(
        "UPDATE articles SET page_remark = ?2, wants_page = ?3 WHERE id = ?1",
        params![article.0, clean_line(remark), retry],
    )?;
    Ok(())
}

/// A saved page ready to be written.
#[derive(Debug)]
pub(super) struct PreparedSaved {
    pub(super) at: Timestamp,
    pub(super) facts: Facts,
    pub(super) published: Option<i64>,
    pub(super) metadata: Metadata,
    pub(super) body: PreparedBody,
}

/// Makes a saved page ready.
pub(super) fn prepare_saved(
    page: SavedPage,
    dictionary: Option<&Dictionary>,
) -> Result<PreparedSaved> {
    let text = page.body.document.plain_text();
    let metadata = page.metadata;
    let title = title_of(
        metadata.title.as_deref().unwrap_or_default(),
        &text,
        Some(&page.url),
    );
    Ok(PreparedSaved {
        at: page.at,
        facts: Facts {
            title_fold: fold(&title),
            title,
            canonical_url: identity::canonical(&page.url),
            site: identity::site(&page.url),
            authors: json_list(&metadata.authors),
            site_name: metadata.site_name.clone(),
            language: metadata.language.clone(),
            lead_image: metadata.lead_image.clone(),
            url: Some(page.url),
        },
        published: metadata.published.map(Timestamp::as_millisecond),
        body: prepare_body(page.body, page.entities, BodySource::Page, dictionary)?,
        metadata,
    })
}

/// Keeps a page as an article of its own, as a step of undo. One that is there by its address gets the page's text and
/// shows again.
pub(super) fn store_saved(
    conn: &Connection,
    names: &mut NameIds,
    page: PreparedSaved,
) -> Result<(ArticleId, Option<Done>)> {
    let known: Option<(i64, bool)> = conn
        .query_row(
            "SELECT id, hidden FROM articles WHERE url = ?1 OR canonical_url = ?2 ORDER BY hidden, id LIMIT 1",
            params![page.facts.url, page.facts.canonical_url],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (id, is_new) = match known {
        Some((id, false)) => (id, false),
        Some((id, true)) => {
            conn.execute("UPDATE articles SET hidden = 0 WHERE id = ?1", [id])?;
            (id, true)
        }
        None => {
            let facts = &page.facts;
            let id = insert_article(conn, facts, None, page.published, page.at, false)?;
            (id, true)
        }
    };
    let done = if is_new {
        let step = Step::Keep {
            on: true,
            articles: vec![id],
        };
        let words = format!("kept {}", page.facts.title);
        Some(operation::done(conn, step, vec![id], &words, page.at)?)
    } else {
        None
    };
    let prepared = PreparedPage {
        article: ArticleId(id),
        metadata: page.metadata,
        body: page.body,
    };
    store_page(conn, names, &prepared)?;
    if prepared.body.is_empty {
        show_best(conn, names, id, None, false)?;
    }
    Ok((ArticleId(id), done))
}
