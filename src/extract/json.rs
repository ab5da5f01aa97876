//! An extraction as JSON: the format of `newsdesk clean --format json` and of each file of `clean --batch`.
//!
//! Fields may be added, never renamed; times are RFC 3339 in UTC or null; offsets count Unicode scalar values, end
//! exclusive.

use serde_json::{Value, json};
use url::Url;

use super::Extraction;
use crate::model::document::Block;
use crate::model::json::blocks_json;

/// Returns an extraction as `{url, title, authors, published, date, site_name, language, lead_image, standfirst, text, blocks, removed,
/// confidence, remark, summary, next_page, amp}`.
pub fn clean_json(extraction: &Extraction, url: Option<&Url>) -> Value {
    let metadata = &extraction.metadata;
    let body = &extraction.body;
    let mut blocks = body.document.blocks.iter();
    let standfirst = blocks.find(|block| matches!(block, Block::Standfirst { .. }));
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
        "standfirst": standfirst.map(Block::words),
        // As the headline, the standfirst is no part of the text to those who measure extractors.
        "text": body.document.running_text(),
        "blocks": blocks_json(&body.document.blocks),
        "removed": removed,
        "confidence": (f64::from(body.confidence) * 1000.0).round() / 1000.0,
        "remark": body.remark,
        "next_page": extraction.next_page,
        "amp": extraction.amp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Context, extract};
    use crate::model::document::Text;

    #[test]
    fn the_standfirst_is_given_beside_the_text() {
        let html =
            "<p>A paragraph that is the text of the page and holds enough words to be one.</p>";
        let mut page = extract(html, None, &Context::default());
        let standfirst = Block::Standfirst {
            text: Text::plain("What it is about."),
        };
        page.body.document.blocks.insert(0, standfirst);
        let json = clean_json(&page, None);
        assert_eq!(json["standfirst"], "What it is about.");
        assert_eq!(json["blocks"][0]["kind"], "standfirst");
        let text = json["text"].as_str().expect("a string");
        assert!(text.starts_with("A paragraph"), "{text}");
    }
}
