//! Articles as files: Markdown, plain text, HTML, EPUB and JSON. Pure: where a file goes is the caller's affair.
//!
//! What goes in was cleaned at ingest; what comes out is cleaned again, since it may be printed to a terminal that
//! obeys what it reads.

mod epub;
mod html;
pub mod json;
mod markdown;
mod name;
mod nest;
mod text;
mod zip;

pub use epub::epub;
pub use html::html;
pub use markdown::markdown;
pub use name::file_stem;
pub use text::text;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::article::Metadata;
use crate::model::{Article, Document};

/// What is exported: an article of the cache, or a page just cleaned.
#[derive(Clone, Copy, Debug)]
pub struct Story<'a> {
    /// The headline.
    pub title: Option<&'a str>,
    /// Names only.
    pub authors: &'a [String],
    /// The paper's name.
    pub site_name: Option<&'a str>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Its address.
    pub url: Option<&'a str>,
    /// BCP 47 primary language subtag.
    pub language: Option<&'a str>,
    /// The user's tags.
    pub tags: &'a [String],
    /// Its text.
    pub document: &'a Document,
}

impl<'a> From<&'a Article> for Story<'a> {
    fn from(article: &'a Article) -> Self {
        let row = &article.row;
        let feed = Some(row.feed_title.as_str()).filter(|title| !title.is_empty());
        Self {
            title: Some(&row.title),
            authors: &row.authors,
            site_name: article.site_name.as_deref().or(feed),
            published: row.published,
            // A text that was imported has a name in place of an address, of no use to readers.
            url: row.url.as_deref().filter(|url| !url.starts_with("urn:")),
            language: article.language.as_deref(),
            tags: &row.tags,
            document: &article.body.document,
        }
    }
}

impl<'a> Story<'a> {
    /// Returns a page just cleaned as a story.
    pub fn of_page(metadata: &'a Metadata, document: &'a Document, url: Option<&'a str>) -> Self {
        Self {
            title: metadata.title.as_deref(),
            authors: &metadata.authors,
            site_name: metadata.site_name.as_deref(),
            published: metadata.published,
            url: url.or(metadata.canonical_url.as_deref()),
            language: metadata.language.as_deref(),
            tags: &[],
            document,
        }
    }

    /// Returns `By Ann and Bob · The Daily Planet · 1 December 1990` (UTC), of it what is known.
    fn byline(&self) -> String {
        let authors = match self.authors {
            [] => None,
            [one] => Some(format!("By {one}")),
            [first @ .., last] => Some(format!("By {} and {last}", first.join(", "))),
        };
        let published = self.published.map(|time| {
            let time = TimeZone::UTC.to_datetime(time);
            time.strftime("%-d %B %Y").to_string()
        });
        let parts = [authors, self.site_name.map(str::to_owned), published];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests;
