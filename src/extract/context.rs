//! What goes in beside the page, and what comes out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SiteMemory;
use crate::model::article::{Body, Metadata};

/// Hints for one page. The default (none) is what a page from nowhere gets.
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    /// The entry's title in the feed.
    pub title: Option<String>,
    /// The entry's authors in the feed.
    pub authors: Vec<String>,
    /// When the feed says it was published.
    pub published: Option<Timestamp>,
    /// The entry's summary in the feed, plain text.
    pub summary: Option<String>,
    /// What other pages of the host have taught.
    pub memory: Option<&'a SiteMemory>,
    /// The rule for the host, the user's before the built-in one.
    pub rule: Option<&'a SiteRule>,
}

/// A rule for one site: where generic cleaning goes wrong, and why. CSS selectors; one that does not parse is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteRule {
    /// The host, with its sub-domains (`example.com` covers `www.example.com`).
    pub host: String,
    /// Why the rule exists.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The headline's element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The elements that hold the body, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Elements to remove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strip: Vec<String>,
    /// Elements to keep whatever the cleaner thinks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Blocks of exactly these words are removed (white space and case aside).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strip_text: Vec<String>,
    /// Blocks of exactly these words are kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep_text: Vec<String>,
    /// The authors' elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The date's element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The link to the article's next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}

impl SiteRule {
    /// Says whether the rule is for this host.
    pub fn covers(&self, host: &str) -> bool {
        let own = self.host.trim_start_matches("www.");
        !own.is_empty()
            && host
                .strip_suffix(own)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// The article of a page: what it says of itself, its text, and what was removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extraction {
    /// What the page says of itself, cross-checked.
    pub metadata: Metadata,
    /// The text and the report.
    pub body: Body,
    /// Address of the article's next page, where it has several.
    pub next_page: Option<String>,
    /// Address of the page's short form (AMP), where it names one: often whole where the page itself is empty without
    /// scripts.
    pub amp: Option<String>,
    /// Addresses of the article in other forms: all on one page, for print.
    pub other_forms: Vec<String>,
    /// The site shows only the beginning to those who have not paid.
    pub is_teaser: bool,
    /// The day of publication as the page prints it; `metadata.published` is in UTC, where it may be the next day.
    pub day: Option<jiff::civil::Date>,
}
