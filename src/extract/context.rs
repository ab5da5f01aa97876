//! What goes in beside the page, and what comes out.

use jiff::Timestamp;

use super::{SiteMemory, SiteRules};
use crate::model::article::{BlockDecision, Body, Metadata};

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
    /// The rules for sites; the one for the page's host is applied.
    pub rules: Option<&'a SiteRules>,
    /// What the reader decided on blocks of this page: it comes before everything else.
    pub decisions: &'a [BlockDecision],
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
