//! Lists of subscriptions from other programs: what they bring, and what of it is refused.

use crate::model::change::NewFeed;

/// At most this many feeds are taken from one list.
const MAX_FEEDS: usize = 10_000;

/// What a list of subscriptions brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The feeds in the list's order, each address once.
    pub feeds: Vec<NewFeed>,
    /// Searches to keep in the feed list.
    pub searches: Vec<ImportedSearch>,
    /// What was not taken over, in words for the user.
    pub remarks: Vec<String>,
}

/// A search another program kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedSearch {
    /// Its name.
    pub name: String,
    /// The query in this program's language.
    pub query: String,
}

/// Why bytes are no list of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAList {
    /// No OPML.
    #[error("this is not OPML")]
    Opml,
}

impl Import {
    /// Takes a feed in, unless it is there already or may not come from a list.
    pub(super) fn add(&mut self, feed: NewFeed) {
        if self.feeds.iter().any(|known| known.url == feed.url) {
            return;
        }
        if self.feeds.len() == MAX_FEEDS {
            self.remark(format!("more than {MAX_FEEDS} feeds: the rest is left out"));
            return;
        }
        self.feeds.push(feed);
    }

    /// Says something once.
    pub(super) fn remark(&mut self, words: String) {
        if !self.remarks.contains(&words) {
            self.remarks.push(words);
        }
    }
}

/// Returns the address of a feed that a list may bring, else why not. Lists come from others: a command or a local
/// file in one is never taken over (stringer GHSA-496x-437q-h35q read `file://` so).
pub(super) fn address(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("exec:") || text.starts_with('|') {
        return Err("a command; only your own config may name one");
    }
    if lower.starts_with("filter:") {
        return Err("a filter command; only your own config may name one");
    }
    if lower.starts_with("file:") {
        return Err("a local file");
    }
    let with_scheme = if lower.contains(':') || !lower.contains('.') {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    match super::entry::address(&with_scheme, None) {
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => Ok(url),
        _ => Err("not a web address"),
    }
}
