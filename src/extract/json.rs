//! An extraction as JSON: the format of `newsdesk clean --format json` and of each file of `clean --batch`.
//!
//! Fields may be added, never renamed; times are RFC 3339 in UTC or null; offsets count Unicode scalar values, end
//! exclusive.

use serde_json::{Value, json};
use url::Url;

use super::Extraction;
use crate::model::json::blocks_json;

/// Returns an extraction as `{url, title, authors, published, date, site_name, language, lead_image, text, blocks, removed,
/// confidence, remark, summary, next_page, amp}`.
pub fn clean_json(extraction: &Extraction, url: Option<&Url>) -> Value {
    let metadata = &extraction.metadata;
    let body = &extraction.body;
    let removed: Vec<Value> = body
        .removed
        .iter()
        .map(|block| json!({"reason": block.reason.word(), "text": block.text, "before": block.before}))
        .collect();
    json!({
        "url": url.map(Url::as_str).or(metadata.canonical_url.as_deref()),
        "title": metadata.title,
        "authors": metadata.authors,
        "published": metadata.published,
        "date": extraction.day.map(|day| day.to_string()),
        "site_name": metadata.site_name,
        "language": metadata.language,
        "lead_image": metadata.lead_image,
        "canonical_url": metadata.canonical_url,
        "summary": metadata.summary.as_ref().map(|text| &text.string),
        "text": body.document.plain_text(),
        "blocks": blocks_json(&body.document.blocks),
        "removed": removed,
        "confidence": (f64::from(body.confidence) * 1000.0).round() / 1000.0,
        "remark": body.remark,
        "next_page": extraction.next_page,
        "amp": extraction.amp,
    })
}
