//! A feed as JSON, as `newsdesk parse-feed` prints it.

use serde_json::{Value, json};

use super::feed::ParsedEntry;

/// Returns what [`super::parse`] makes of the bytes as JSON: `{feed: {title, …}, entries: [{id, title, link, published,
/// author, text, enclosures}]}` in document order, or `{error}`. Fields may be added, never renamed.
pub fn parse_report(bytes: &[u8], content_type: Option<&str>, base_url: Option<&str>) -> Value {
    match super::parse(bytes, content_type, base_url) {
        Err(refusal) => json!({"error": refusal.to_string()}),
        Ok((feed, remarks)) => json!({
            "feed": {
                "title": feed.title,
                "url": feed.self_url,
                "site_url": feed.site_url,
                "language": feed.language,
                "ttl_minutes": feed.ttl_minutes,
            },
            "entries": feed.entries.iter().map(entry_value).collect::<Vec<_>>(),
            "remarks": remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
    }
}

fn entry_value(entry: &ParsedEntry) -> Value {
    let published = entry.published.or(entry.updated);
    json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": published.map(|at| at.to_string()),
        "author": entry.authors.join(", "),
        "text": entry.text_html(),
        "enclosures": entry.enclosures.iter().map(|enclosure| &enclosure.url).collect::<Vec<_>>(),
        "categories": entry.categories,
        "lead_image": entry.lead_image,
    })
}
