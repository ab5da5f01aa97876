//! The feed list: subscriptions, folders, tags, saved searches and their numbers.

use std::path::PathBuf;

use super::entity::EntityRow;
use super::{Feed, SearchId};

/// The feed list's contents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Subscriptions, without archived ones, by folder path and position.
    pub feeds: Vec<Feed>,
    /// Folder paths, empty ones too, in order.
    pub folders: Vec<String>,
    /// Tags with unread and total.
    pub tags: Vec<(String, u64, u64)>,
    /// Saved searches: id, name, query as typed, unread, total.
    pub searches: Vec<(SearchId, String, String, u64, u64)>,
    /// Unread articles in all (an article in several feeds counts once).
    pub unread: u64,
    /// Articles in all.
    pub total: u64,
    /// Starred articles.
    pub starred: u64,
    /// Articles in the read-later queue.
    pub later: u64,
    /// Unread articles that mention a followed name.
    pub following: u64,
    /// Followed and muted names.
    pub decided: Vec<EntityRow>,
    /// Articles that muted names keep out of the lists.
    pub muted: u64,
    /// Set where marks cannot be kept, with the reason in plain words.
    pub read_only: Option<String>,
    /// newsboat's `urls` file, where one was found and no feed is subscribed yet.
    pub newsboat: Option<PathBuf>,
}
