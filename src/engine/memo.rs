//! What the engine remembers between runs, under keys of its own in the library.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::fetch::policy::{Hints, Move, Waits};
use crate::model::feed::Validators;
use crate::model::{ArticleId, FeedId};
use crate::store::Reader;
use crate::syndication::ParsedEntry;

const WAITS: &str = "fetch.waits";

/// What is remembered of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    /// What it says about how often to ask it.
    pub(super) hints: Hints,
    /// Its permanent move as seen so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<Move>,
    /// Since when it is not found (404), where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missing_since: Option<jiff::Timestamp>,
    /// Until when it asked to be left alone (`Retry-After`), where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asked_until: Option<jiff::Timestamp>,
    /// Fingerprints of the entries of its last good body: what is unchanged is not cleaned and tagged again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entries: Vec<u64>,
    /// Where it is an index of sitemaps: those it named, and what to send to each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) sitemaps: BTreeMap<String, Validators>,
}

fn key(feed: FeedId) -> String {
    format!("feed.{feed}")
}

impl Memo {
    pub(super) fn read(reader: &Reader, feed: FeedId) -> Self {
        let kept = reader.remembered(&key(feed)).ok().flatten();
        kept.and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default()
    }

    /// Keeps it. That it could not be kept costs a little work next time, no article.
    pub(super) async fn keep(&self, context: &Context, feed: FeedId) {
        keep(context, key(feed), self).await;
    }
}

/// Keeps a value under a key. A failure is logged: nothing kept here is the reader's.
pub(super) async fn keep(context: &Context, key: String, value: &impl Serialize) {
    let Ok(json) = serde_json::to_string(value) else {
        return;
    };
    let kept = context
        .write(move |writer, reply| writer.remember(key, json, reply))
        .await;
    if let Err(error) = kept {
        tracing::warn!("not remembered: {error}");
    }
}

/// Returns the hosts that asked us to wait.
pub(super) fn waits(reader: &Reader) -> Waits {
    let kept = reader.remembered(WAITS).ok().flatten();
    kept.and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

/// Keeps the hosts that asked us to wait.
pub(super) async fn keep_waits(context: &Context, waits: &Waits) {
    keep(context, WAITS.to_owned(), waits).await;
}

/// How often each page was tried in vain, so that a page that never comes is not asked for at every reload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Tries {
    pages: BTreeMap<ArticleId, u8>,
    #[serde(skip)]
    changed: bool,
}

impl Tries {
    const KEY: &str = "page.tries";
    /// So often a page is tried by itself.
    const MOST: u8 = 3;

    pub(super) fn read(reader: &Reader) -> Self {
        let kept = reader.remembered(Self::KEY).ok().flatten();
        kept.and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default()
    }

    /// Counts a failure; answers whether the page shall be tried again.
    pub(super) fn again(&mut self, article: ArticleId) -> bool {
        let tries = self.pages.entry(article).or_default();
        *tries += 1;
        let again = *tries < Self::MOST;
        if !again {
            self.pages.remove(&article);
        }
        self.changed = true;
        again
    }

    /// Returns a copy to keep, where something changed since the last.
    pub(super) fn take_changed(&mut self) -> Option<Self> {
        std::mem::take(&mut self.changed).then(|| self.clone())
    }

    pub(super) async fn keep(&self, context: &Context) {
        keep(context, Self::KEY.to_owned(), self).await;
    }
}

/// Returns the fingerprint of an entry: FNV-1a of 64 bits over what is shown of it, the same on every machine and in
/// every version of the standard library. `cleaner` is in it, so that a better cleaner sees every entry again.
pub(super) fn fingerprint(entry: &ParsedEntry, cleaner: u32) -> u64 {
    let published = entry.published.map(|at| at.as_second().to_string());
    let parts = [
        Some(entry.id.as_str()),
        entry.title.as_deref(),
        entry.link.as_deref(),
        entry.summary_html.as_deref(),
        entry.content_html.as_deref(),
        entry.lead_image.as_deref(),
        published.as_deref(),
    ];
    let mut hash = fnv(0xcbf2_9ce4_8422_2325, &cleaner.to_le_bytes());
    for part in parts {
        // 0xff stands in no UTF-8: it keeps the parts apart.
        hash = fnv(hash, part.unwrap_or_default().as_bytes());
        hash = fnv(hash, &[0xff]);
    }
    hash
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_tried_three_times() {
        let mut tries = Tries::default();
        let article = ArticleId(7);
        assert!(tries.again(article) && tries.again(article));
        assert!(!tries.again(article));
        let json = serde_json::to_string(&tries).unwrap();
        assert_eq!(
            serde_json::from_str::<Tries>(&json).unwrap().pages,
            tries.pages
        );
    }

    #[test]
    fn a_fingerprint_changes_with_the_text_and_stays_otherwise() {
        let entry = ParsedEntry {
            id: "1".into(),
            title: Some("Title".into()),
            summary_html: Some("Words".into()),
            ..ParsedEntry::default()
        };
        let mut moved = entry.clone();
        moved.summary_html = None;
        moved.content_html = Some("Words".into());
        assert_eq!(fingerprint(&entry, 1), fingerprint(&entry.clone(), 1));
        assert_ne!(fingerprint(&entry, 1), fingerprint(&moved, 1));
        assert_ne!(fingerprint(&entry, 1), fingerprint(&entry, 2));
    }
}
