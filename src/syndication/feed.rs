//! What a feed file says, whatever its format: the one shape every reader in this room fills.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Weekday;

use crate::model::article::Enclosure;

/// A feed as parsed. Every text in it is cleaned, every address absolute where a base was known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedFeed {
    /// The format it is written in.
    pub format: Format,
    /// The feed's title as plain text.
    pub title: Option<String>,
    /// What the feed is about, as plain text.
    pub description: Option<String>,
    /// The site's front page.
    pub site_url: Option<String>,
    /// The feed's own address, as it says.
    pub self_url: Option<String>,
    /// BCP 47 tag as the feed says, in lower case (`en-us`).
    pub language: Option<String>,
    /// A picture for the feed.
    pub icon: Option<String>,
    /// RSS `ttl`: minutes the feed may be cached.
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` over `sy:updateFrequency`: minutes between updates.
    pub update_minutes: Option<u32>,
    /// Hours of the day (UTC, 0 to 23) in which not to ask. RSS `skipHours`.
    pub skip_hours: Vec<i8>,
    /// Days (UTC) on which not to ask. RSS `skipDays`.
    pub skip_days: Vec<Weekday>,
    /// `WebSub` hubs.
    pub hubs: Vec<String>,
    /// Where the feed says it has moved (`itunes:new-feed-url`).
    pub new_url: Option<String>,
    /// When the feed was last changed, as it says.
    pub updated: Option<Timestamp>,
    /// The entries in document order, at most [`super::MAX_ENTRIES`].
    pub entries: Vec<ParsedEntry>,
}

/// One entry of a feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedEntry {
    /// Names the entry within its feed: its guid, else its link, else a hash of its words. Never empty.
    pub id: String,
    /// The headline as plain text on one line; `None` where the entry has none.
    pub title: Option<String>,
    /// Absolute address of the article's page.
    pub link: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Names only.
    pub authors: Vec<String>,
    /// The summary as HTML.
    pub summary_html: Option<String>,
    /// The whole text as HTML, where the feed carries it.
    pub content_html: Option<String>,
    /// What relative addresses in the two texts stand against.
    pub base_url: Option<String>,
    /// Files the entry attaches.
    pub enclosures: Vec<Enclosure>,
    /// The publisher's categories.
    pub categories: Vec<String>,
    /// The lead picture's address.
    pub lead_image: Option<String>,
    /// The page of readers' comments.
    pub comments_url: Option<String>,
    /// BCP 47 tag as the entry says, in lower case.
    pub language: Option<String>,
}

impl ParsedEntry {
    /// Returns the richer of the two texts the feed carries: the content, else the summary.
    pub fn text_html(&self) -> Option<&str> {
        self.content_html
            .as_deref()
            .or(self.summary_html.as_deref())
    }
}

/// Formats of feeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 0.91 to 2.0, or something close to it.
    #[default]
    Rss,
    /// RSS 0.90, 1.0 or 1.1: RDF.
    Rdf,
    /// Atom 0.3 or 1.0.
    Atom,
    /// JSON Feed 1 or 1.1.
    Json,
    /// A news sitemap.
    Sitemap,
    /// A page, read by the user's selectors.
    Page,
}

/// Something worth knowing about a feed that could be read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// The bytes were not in the encoding they claim.
    Encoding {
        /// What header or prolog say.
        declared: String,
        /// What they were read as.
        used: &'static str,
    },
    /// The file is not well-formed; what was wrong, in words.
    Malformed(&'static str),
    /// The file ends before its end; entries before the cut are kept.
    Cut,
    /// More entries than are kept.
    TooMany,
    /// A date no one can read.
    Date(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding { declared, used } => write!(f, "says {declared}, read as {used}"),
            Self::Malformed(what) => write!(f, "not well-formed: {what}"),
            Self::Cut => f.write_str("the feed is cut off"),
            Self::TooMany => write!(f, "only the first {} entries are kept", super::MAX_ENTRIES),
            Self::Date(date) => write!(f, "unreadable date \"{date}\""),
        }
    }
}

/// Why bytes are no feed, in words for the reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAFeed {
    /// Nothing came.
    #[error("the file is empty")]
    Empty,
    /// A web page: its feeds may be found by [`super::discover`].
    #[error("this is a web page, not a feed")]
    Page,
    /// A list of subscriptions.
    #[error("this is a list of feeds (OPML), not a feed")]
    Opml,
    /// A sitemap without news.
    #[error("this is a sitemap without news, not a feed")]
    Sitemap,
    /// A list of sitemaps.
    #[error("this is a list of sitemaps, not a feed")]
    SitemapIndex,
    /// JSON, but no JSON Feed.
    #[error("this is JSON, but no JSON Feed")]
    Json,
    /// Anything else.
    #[error("this is not a feed")]
    Unknown,
}
