//! Articles as the JSON other programs read. The format is published: fields may be added, never renamed; ids are
//! integers that never change; times are RFC 3339 in UTC or null.

use serde_json::{Value, json};

use crate::model::json::blocks_json;
use crate::model::{Article, ArticleRow, FeedId};

/// Returns a headline as `ARTICLE`: `{id, title, url, feeds, authors, published, first_seen, site_name, language,
/// minutes, read, starred, later, tags, has}`. Only an article read whole knows all its feeds, its site's name and its
/// language; see [`article`].
pub fn row(row: &ArticleRow) -> Value {
    let feeds: Vec<(FeedId, String)> = row
        .feed
        .map(|feed| (feed, row.feed_title.clone()))
        .into_iter()
        .collect();
    headline(row, &feeds, None, None)
}

/// Returns an article whole: `ARTICLE` and the fields of `clean`.
pub fn article(article: &Article) -> Value {
    let body = &article.body;
    let removed: Vec<Value> = body
        .removed
        .iter()
        .map(|block| json!({"reason": block.reason.word(), "text": block.text, "before": block.before}))
        .collect();
    let mut value = listed(article);
    let more = json!({
        "lead_image": article.lead_image,
        "text": body.document.plain_text(),
        "blocks": blocks_json(&body.document.blocks),
        "removed": removed,
        "confidence": (f64::from(body.confidence) * 1000.0).round() / 1000.0,
        "remark": body.remark,
        "source": body.source,
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut value, more) {
        all.extend(more);
    }
    value
}

/// Returns an article read whole as `ARTICLE`, without its text.
pub fn listed(article: &Article) -> Value {
    headline(
        &article.row,
        &article.feeds,
        article.site_name.as_deref(),
        article.language.as_deref(),
    )
}

fn headline(
    row: &ArticleRow,
    feeds: &[(FeedId, String)],
    site_name: Option<&str>,
    language: Option<&str>,
) -> Value {
    let feeds: Vec<Value> = feeds
        .iter()
        .map(|(id, title)| json!({"id": id, "title": title}))
        .collect();
    json!({
        "id": row.id,
        "title": row.title,
        "url": row.url,
        "feeds": feeds,
        "authors": row.authors,
        "published": row.published,
        "first_seen": row.first_seen,
        "site_name": site_name,
        "language": language,
        "minutes": row.minutes,
        "read": !row.unread,
        "starred": row.starred,
        "later": row.later,
        "tags": row.tags,
        "has": row.has,
    })
}
