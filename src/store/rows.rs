//! Headlines and whole articles from their rows.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::document::{Dictionaries, source_number};
use super::error::Result;
use super::step::kind_number;
use super::{names, parting};
use crate::model::article::{ArticleRow, Body, BodySource, Has, PicturesKept};
use crate::model::entity::{ArticleEntities, ArticleEntity};
use crate::model::{Article, ArticleId, FeedId, Seq};
use crate::text::fold::fold;

const COLUMNS: &str = "a.id, a.sort_key, a.title, a.url, a.feed_id, a.authors, a.published, a.first_seen, a.read,
    a.starred, a.later, a.tagged, a.minutes, a.has_full, a.has_pictures, a.has_enclosure, a.note IS NOT NULL, a.site_name, a.site,
    (SELECT coalesce(f.title, f.own_title, f.url_key) FROM feeds f WHERE f.id = coalesce(?2, a.feed_id)),
    max((SELECT count(*) FROM entries e WHERE e.article_id = a.id) - 1, 0)";

/// Milliseconds as a time. Out-of-range numbers, which we never write, are the epoch.
pub(super) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reads a headline. `feed`: the feed whose list it is in.
pub(super) fn headline(
    conn: &Connection,
    id: ArticleId,
    feed: Option<FeedId>,
) -> Result<Option<ArticleRow>> {
    let found = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM articles a WHERE a.id = ?1"))?
        .query_row(params![id.0, feed.map(|feed| feed.0)], |row| {
            Ok((read_headline(row, feed)?, row.get::<_, i64>(11)? > 0))
        })
        .optional()?;
    let Some((mut headline, is_tagged)) = found else {
        return Ok(None);
    };
    if is_tagged {
        headline.tags = tags(conn, id)?;
    }
    Ok(Some(headline))
}

fn read_headline(row: &Row<'_>, feed: Option<FeedId>) -> rusqlite::Result<ArticleRow> {
    let id: i64 = row.get(0)?;
    let authors: String = row.get(5)?;
    let published: Option<i64> = row.get(6)?;
    let site_name: Option<String> = row.get(17)?;
    let site: Option<String> = row.get(18)?;
    let feed_title: Option<String> = row.get(19)?;
    let first_feed: Option<i64> = row.get(4)?;
    Ok(ArticleRow {
        id: ArticleId(id),
        sort_key: row.get(1)?,
        seq: Seq(id),
        title: row.get(2)?,
        url: row.get(3)?,
        feed: feed.or(first_feed.map(FeedId)),
        feed_title: feed_title.or(site_name).or(site).unwrap_or_default(),
        authors: serde_json::from_str(&authors).unwrap_or_default(),
        published: published.map(time),
        first_seen: time(row.get(7)?),
        unread: !row.get::<_, bool>(8)?,
        starred: row.get(9)?,
        later: row.get(10)?,
        tags: Vec::new(),
        minutes: row.get(12)?,
        also: row.get(20)?,
        has: Has {
            full_text: row.get(13)?,
            pictures: row.get(14)?,
            enclosures: row.get(15)?,
            note: row.get(16)?,
        },
    })
}

fn tags(conn: &Connection, id: ArticleId) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT t.name FROM article_tags x JOIN tags t ON t.id = x.tag_id WHERE x.article_id = ?1 ORDER BY t.fold",
    )?;
    let tags = statement.query_map([id.0], |row| row.get(0))?;
    Ok(tags.collect::<rusqlite::Result<_>>()?)
}

/// Reads an article whole, with the text of a source or the better one.
pub(super) fn article(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
    id: ArticleId,
    source: Option<BodySource>,
) -> Result<Option<Article>> {
    let Some(row) = headline(conn, id, None)? else {
        return Ok(None);
    };
    type Text = Option<String>;
    let (site_name, language, lead_image, enclosures, shown, remark): (
        Text,
        Text,
        Text,
        Text,
        i64,
        Text,
    ) = conn
        .prepare_cached(
            "SELECT site_name, language, lead_image, enclosures, shown, page_remark FROM articles WHERE id = ?1",
        )?
        .query_row([id.0], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        })?;
    let source = source.map_or(shown, source_number);
    let stored = dictionaries.read(conn, id.0, source)?;
    let (mut body, entities) = match stored {
        Some(stored) => (stored.body, stored.entities),
        None => (Body::default(), ArticleEntities::default()),
    };
    let entities = names::as_decided(conn, &row, &body.document, entities)?;
    if body.source != BodySource::Page && body.remark.is_none() {
        body.remark = remark;
    }
    Ok(Some(Article {
        row,
        feeds: feeds(conn, id)?,
        site_name,
        language,
        lead_image,
        enclosures: enclosures
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default(),
        body,
        pictures: PicturesKept::default(),
        decisions: super::blocks::decisions(conn, id.0)?,
        elsewhere: elsewhere(conn, &entities)?,
        parted: parting::of_article(conn, id)?,
        entities,
    }))
}

/// Counts for each name how many other articles mention it: none for a surname alone, which tells no one person.
fn elsewhere(conn: &Connection, names: &ArticleEntities) -> Result<Vec<u64>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT e.articles FROM entities e WHERE e.fold = ?1 AND e.kind = ?2 AND {}",
        names::IS_NAME
    ))?;
    let count = |entity: &ArticleEntity| {
        let key = params![fold(&entity.name), kind_number(entity.kind)];
        let articles: Option<i64> = statement.query_row(key, |row| row.get(0)).optional()?;
        Ok(articles.map_or(0, |articles| (articles - 1).max(0) as u64))
    };
    names.entities.iter().map(count).collect()
}

/// Every feed an article stands in, the first that brought it first; unsubscribed ones are left out.
fn feeds(conn: &Connection, id: ArticleId) -> Result<Vec<(FeedId, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT f.id, coalesce(f.title, f.own_title, f.url_key) FROM entries e JOIN feeds f ON f.id = e.feed_id
         JOIN articles a ON a.id = e.article_id
         WHERE e.article_id = ?1 AND f.archived = 0 ORDER BY f.id = a.feed_id DESC, f.id",
    )?;
    let feeds = statement.query_map([id.0], |row| Ok((FeedId(row.get(0)?), row.get(1)?)))?;
    Ok(feeds.collect::<rusqlite::Result<_>>()?)
}
