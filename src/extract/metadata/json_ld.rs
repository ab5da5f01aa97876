//! Facts of an article in a page's JSON-LD (schema.org).

use serde_json::Value;

use super::plain;
use crate::extract::page::Page;

/// Facts of a page's JSON-LD.
#[derive(Clone, Debug, Default)]
pub(in crate::extract) struct Facts {
    pub(in crate::extract) headline: Option<String>,
    pub(in crate::extract) authors: Vec<String>,
    pub(in crate::extract) published: Option<String>,
    /// When the page around the article, or a video in it, was published.
    pub(in crate::extract) published_of_part: Option<String>,
    pub(in crate::extract) body: Option<String>,
    pub(in crate::extract) publisher: Option<String>,
    pub(in crate::extract) description: Option<String>,
    pub(in crate::extract) image: Option<String>,
    pub(in crate::extract) is_free: Option<bool>,
    /// CSS selectors of the parts that only those who have paid are meant to see (`hasPart`).
    pub(in crate::extract) paid_parts: Vec<String>,
    /// How much the kind of thing the facts are from is an article.
    rank: u8,
}

/// So many paid parts of an article are looked at.
const MAX_PARTS: usize = 8;

/// Lists and graphs nest at most this deep.
const MAX_DEPTH: usize = 6;

/// Reads the JSON-LD of a page: the facts of the thing that is most an article.
pub(in crate::extract) fn facts(page: &Page) -> Facts {
    let values: Vec<Value> = page
        .head
        .json_ld
        .iter()
        .filter_map(|source| parse(source))
        .collect();
    let mut facts = Facts::default();
    for value in &values {
        visit(value, &values, &mut facts, 0);
    }
    facts
}

/// Parses JSON as pages have it: comment wrappers, raw line breaks in strings, a semicolon at the end.
fn parse(source: &str) -> Option<Value> {
    let trimmed = source
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("/*<![CDATA[*/")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("/*]]>*/")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(trimmed) {
        return Some(value);
    }
    let flat: String = trimmed
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let flat = flat.replace(",}", "}").replace(",]", "]");
    // Two objects in one script, or text behind the first: the first is read.
    serde_json::Deserializer::from_str(&flat)
        .into_iter()
        .next()?
        .ok()
}

/// Says how much a kind of thing is an article: 0 not at all.
fn rank_of(kind: &str) -> u8 {
    match kind {
        "NewsArticle"
        | "ReportageNewsArticle"
        | "OpinionNewsArticle"
        | "AnalysisNewsArticle"
        | "ReviewNewsArticle"
        | "BackgroundNewsArticle"
        | "LiveBlogPosting" => 4,
        "Article"
        | "BlogPosting"
        | "Report"
        | "TechArticle"
        | "ScholarlyArticle"
        | "MedicalScholarlyArticle"
        | "SocialMediaPosting"
        | "AdvertiserContentArticle"
        | "SatiricalArticle" => 3,
        "Review"
        | "Recipe"
        | "HowTo"
        | "DiscussionForumPosting"
        | "PodcastEpisode"
        | "CreativeWork" => 2,
        "WebPage" | "VideoObject" | "ItemPage" | "MedicalWebPage" | "AboutPage" => 1,
        _ => 0,
    }
}

fn visit(value: &Value, all: &[Value], facts: &mut Facts, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|v| visit(v, all, facts, depth + 1)),
        Value::Object(object) => {
            let rank = match object.get("@type") {
                Some(Value::String(one)) => rank_of(one.trim_start_matches("schema:")),
                Some(Value::Array(many)) => many
                    .iter()
                    .filter_map(Value::as_str)
                    .map(rank_of)
                    .max()
                    .unwrap_or(0),
                _ => 0,
            };
            if rank > 0 {
                take(value, all, facts, rank);
            }
            for key in [
                "@graph",
                "mainEntity",
                "mainEntityOfPage",
                "itemListElement",
                "item",
                "hasPart",
            ] {
                if let Some(inner) = object.get(key) {
                    visit(inner, all, facts, depth + 1);
                }
            }
        }
        _ => {}
    }
}

/// Takes the facts of one thing: all of them where it is more of an article than what was found before, else what
/// is missing.
fn take(value: &Value, all: &[Value], facts: &mut Facts, rank: u8) {
    let string = |key: &str| value.get(key).and_then(text_of).filter(|s| !s.is_empty());
    let is_better = rank > facts.rank;
    let put = |slot: &mut Option<String>, found: Option<String>| {
        if found.is_some() && (slot.is_none() || is_better) {
            *slot = found;
        }
    };
    let published = string("datePublished").or_else(|| string("dateCreated"));
    if rank > 1 {
        put(&mut facts.published, published);
    } else {
        put(
            &mut facts.published_of_part,
            published.or_else(|| string("uploadDate")),
        );
    }
    let body = value
        .get("articleBody")
        .or_else(|| value.get("text"))
        .and_then(Value::as_str);
    if body.is_some_and(|body| body.len() > facts.body.as_ref().map_or(0, String::len)) {
        facts.body = body.map(str::to_owned);
    }
    let mut authors = Vec::new();
    if let Some(author) = value.get("author").or_else(|| value.get("creator")) {
        names(author, all, &mut authors, 0);
    }
    if !authors.is_empty() && (facts.authors.is_empty() || is_better) && rank > 1 {
        facts.authors = authors;
    }
    put(
        &mut facts.publisher,
        value
            .get("publisher")
            .and_then(|p| p.get("name"))
            .and_then(text_of),
    );
    if rank > 1 {
        facts.paid_parts.extend(paid_parts(value));
        put(
            &mut facts.headline,
            string("headline").or_else(|| string("name")),
        );
        put(
            &mut facts.image,
            value.get("image").and_then(|v| image(v, 0)),
        );
        put(&mut facts.description, string("description"));
        facts.is_free = facts.is_free.or_else(|| is_free(value));
    }
    facts.rank = facts.rank.max(rank);
}

fn is_free(value: &Value) -> Option<bool> {
    match value.get("isAccessibleForFree")? {
        Value::Bool(free) => Some(*free),
        Value::String(word) => Some(!word.eq_ignore_ascii_case("false")),
        _ => None,
    }
}

/// Returns the selectors of the parts that are not free
/// (<https://developers.google.com/search/docs/appearance/structured-data/paywalled-content>).
fn paid_parts(value: &Value) -> impl Iterator<Item = String> {
    let parts = match value.get("hasPart") {
        Some(Value::Array(parts)) => parts.as_slice(),
        Some(part) => std::slice::from_ref(part),
        None => &[],
    };
    parts
        .iter()
        .filter(|part| is_free(part) == Some(false))
        .filter_map(|part| part.get("cssSelector")?.as_str())
        .map(str::to_owned)
        .take(MAX_PARTS)
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(plain(text)),
        Value::Array(values) => values.iter().find_map(text_of),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn names(value: &Value, all: &[Value], out: &mut Vec<String>, depth: usize) {
    match value {
        Value::String(name) => out.push(plain(name)),
        Value::Array(values) if depth < MAX_DEPTH => {
            for value in values {
                names(value, all, out, depth + 1);
            }
        }
        Value::Object(object) => {
            if let Some(name) = object.get("name") {
                names(name, all, out, depth + 1);
            } else if let Some(Value::String(id)) = object.get("@id")
                && depth < MAX_DEPTH
                && let Some(found) = all.iter().find_map(|value| by_id(value, id, 0))
            {
                names(found, all, out, depth + 2);
            }
        }
        _ => {}
    }
}

/// Finds the thing that an `@id` names.
fn by_id<'a>(value: &'a Value, id: &str, depth: usize) -> Option<&'a Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|v| by_id(v, id, depth + 1)),
        Value::Object(object) => {
            let is_it = object.get("@id").and_then(Value::as_str) == Some(id)
                && object.contains_key("name");
            if is_it {
                return Some(value);
            }
            by_id(object.get("@graph")?, id, depth + 1)
        }
        _ => None,
    }
}

fn image(value: &Value, depth: usize) -> Option<String> {
    match value {
        Value::String(address) => Some(address.clone()),
        Value::Array(values) if depth < 3 => values.iter().find_map(|v| image(v, depth + 1)),
        Value::Object(object) => image(
            object.get("url").or_else(|| object.get("contentUrl"))?,
            depth + 1,
        ),
        _ => None,
    }
}
