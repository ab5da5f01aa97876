//! Subscriptions, their folders and their health.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FeedId;
pub use super::setting::FeedSettings;
use crate::text::address::redacted;

/// One subscription as lists and the health screen show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Its id in this library.
    pub id: FeedId,
    /// The feed's address as subscribed (or as permanently moved).
    pub url: String,
    /// The user's title for it, else the feed's own, else its host.
    pub title: String,
    /// The site's front page.
    pub site_url: Option<String>,
    /// The folder, a path such as `World/Europe`; empty for the top level.
    pub folder: String,
    /// Place among its siblings, rising.
    pub position: i64,
    /// Unread articles in it.
    pub unread: u64,
    /// All articles in it.
    pub total: u64,
    /// How its last reloads went.
    pub health: FeedHealth,
    /// What the user set for this feed alone.
    pub settings: FeedSettings,
    /// Set when unsubscribed or taken out of the config: hidden, its kept articles stay.
    pub archived: bool,
}

impl Feed {
    /// Returns its address fit for screens and files: without user name and password.
    pub fn shown_url(&self) -> String {
        redacted(&self.url)
    }
}

/// How a feed's reloads went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedHealth {
    /// Last answer that could be used (a 200 that parsed, or a 304).
    pub last_success: Option<Timestamp>,
    /// Last time it was asked.
    pub last_attempt: Option<Timestamp>,
    /// The last error in plain words; `None` after a success.
    pub last_error: Option<String>,
    /// What to do about it, in plain words.
    pub hint: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// When it is due by itself; `None`: never again (410 Gone).
    pub next_poll: Option<Timestamp>,
    /// Articles a month, over the last three months.
    pub per_month: f64,
    /// Days since the newest article.
    pub silent_days: Option<u32>,
    /// A permanent redirect's target not yet taken over, or one a site suggests.
    pub suggested_url: Option<String>,
}

/// When the page behind an entry is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FullText {
    /// Where the feed does not already carry the whole text.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the HTTP side remembers of a feed between reloads. Opaque to everyone else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// `ETag`, byte for byte, quotes included.
    pub etag: Option<String>,
    /// `Last-Modified`, byte for byte.
    pub last_modified: Option<String>,
    /// The final address they belong to: they are sent to no other (RFC 9110 §13.1).
    pub url: String,
    /// Hash of the last good body, so that the same bytes under a 200 stop early.
    pub body_hash: Option<String>,
}
