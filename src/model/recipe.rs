//! How a feed of a special kind is made: only the user's own config says so, and no import, site or feed ever does.

use serde::{Deserialize, Serialize};

/// The scheme of the addresses that feeds made by a command go by: `exec:Name`. The command itself stands in the config.
pub const EXEC: &str = "exec:";

/// Where on a page its stories stand: CSS selectors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageSelectors {
    /// One story of the list.
    pub item: String,
    /// In it, its link; empty: the first.
    pub link: String,
    /// In it, its headline; empty: the first heading, else the words of the link.
    pub title: String,
    /// In it, its date; empty: the first `<time>`.
    pub date: String,
    /// In it, its summary; empty: none.
    pub summary: String,
}

/// How a feed of a special kind is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// A command that prints the feed.
    pub exec: Option<String>,
    /// A command that gets what came and prints the feed.
    pub pipe: Option<String>,
    /// What came is a page: where its stories stand.
    pub page: Option<PageSelectors>,
}
