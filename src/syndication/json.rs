//! JSON Feed 1 and 1.1 (jsonfeed.org/version/1.1).

mod value;

use serde_json::{Map, Value};

use super::feed::{Format, NotAFeed, ParsedEntry, ParsedFeed, Remark};
use super::{entry, plain};
use crate::model::article::Enclosure;

/// Reads a JSON Feed.
pub(super) fn read(
    text: &str,
    base_url: Option<&str>,
    max_entries: usize,
    remarks: &mut Vec<Remark>,
) -> Result<ParsedFeed, NotAFeed> {
    let mut file = value::read(text, max_entries, remarks)?;
    let is_feed =
        string(&file.head, "version").is_some_and(|v| v.contains("jsonfeed.org")) || file.has_items;
    if !is_feed {
        return Err(NotAFeed::Json);
    }
    let feed = &file.head;
    let feed_authors = authors(feed);
    let mut parsed = ParsedFeed {
        format: Format::Json,
        title: text_line(feed, "title"),
        description: text_line(feed, "description"),
        site_url: address(feed, "home_page_url", base_url),
        self_url: address(feed, "feed_url", base_url),
        language: string(feed, "language").and_then(entry::language),
        icon: address(feed, "icon", base_url).or_else(|| address(feed, "favicon", base_url)),
        hubs: hubs(feed, base_url),
        ..ParsedFeed::default()
    };
    // One after the other, so that a large file is never held twice.
    parsed.entries = std::mem::take(&mut file.items)
        .into_iter()
        .map(|item| read_item(&item, base_url, &feed_authors, remarks))
        .collect();
    Ok(parsed)
}

fn read_item(
    item: &Map<String, Value>,
    base_url: Option<&str>,
    feed_authors: &[String],
    remarks: &mut Vec<Remark>,
) -> ParsedEntry {
    let mut own = authors(item);
    if own.is_empty() {
        own = feed_authors.to_vec();
    }
    let mut date = |key: &str| string(item, key).and_then(|text| entry::date(text, remarks));
    let content_text = string(item, "content_text").map(entry::html_of_text);
    let mut parsed = ParsedEntry {
        // Version 1 says a number may stand for the id.
        id: match item.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => String::new(),
        },
        title: text_line(item, "title"),
        link: address(item, "url", base_url).or_else(|| address(item, "external_url", base_url)),
        published: date("date_published"),
        updated: date("date_modified"),
        authors: own,
        summary_html: string(item, "summary").map(entry::html_of_text),
        content_html: string(item, "content_html")
            .and_then(entry::html)
            .or(content_text),
        base_url: base_url.map(str::to_owned),
        enclosures: attachments(item, base_url),
        categories: strings(item.get("tags")),
        lead_image: address(item, "image", base_url)
            .or_else(|| address(item, "banner_image", base_url)),
        comments_url: None,
        language: string(item, "language").and_then(entry::language),
    };
    entry::finish(&mut parsed);
    parsed
}

/// Names of `authors` (1.1), else of `author` (1).
fn authors(object: &Map<String, Value>) -> Vec<String> {
    let name = |author: &Value| match author {
        Value::String(name) => plain::some_line(name),
        _ => author
            .get("name")
            .and_then(Value::as_str)
            .and_then(plain::some_line),
    };
    let many: Vec<String> = object
        .get("authors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(name)
        .take(entry::MAX_LISTED)
        .collect();
    if many.is_empty() {
        object.get("author").and_then(name).into_iter().collect()
    } else {
        many
    }
}

fn attachments(item: &Map<String, Value>, base_url: Option<&str>) -> Vec<Enclosure> {
    item.get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .take(entry::MAX_LISTED)
        .filter_map(|attachment| {
            Some(Enclosure {
                url: address(attachment, "url", base_url)?,
                media_type: text_line(attachment, "mime_type"),
                size_bytes: attachment.get("size_in_bytes").and_then(Value::as_u64),
                duration_seconds: attachment
                    .get("duration_in_seconds")
                    .and_then(Value::as_f64)
                    .map(|seconds| seconds as u32),
            })
        })
        .collect()
}

fn hubs(feed: &Map<String, Value>, base_url: Option<&str>) -> Vec<String> {
    let hubs = feed
        .get("hubs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    hubs.filter_map(Value::as_object)
        .filter_map(|hub| address(hub, "url", base_url))
        .take(entry::MAX_LISTED)
        .collect()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let array = value.and_then(Value::as_array).into_iter().flatten();
    array
        .filter_map(Value::as_str)
        .filter_map(plain::some_line)
        .take(entry::MAX_LISTED)
        .collect()
}

fn string<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

/// A plain-text field: not HTML, but some write it so.
fn text_line(object: &Map<String, Value>, key: &str) -> Option<String> {
    string(object, key).and_then(plain::some_line)
}

fn address(object: &Map<String, Value>, key: &str, base_url: Option<&str>) -> Option<String> {
    string(object, key).and_then(|url| entry::address(url, base_url))
}

/// Says whether text looks like JSON rather than XML.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with(['{', '['])
}
