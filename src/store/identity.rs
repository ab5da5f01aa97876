//! What makes two entries the same article: guid within a feed, then canonical address, then the text itself.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use url::Url;

use crate::text::address::is_tracker;
use crate::text::fold::fold;

/// A guid longer than this is kept as its hash: feeds have put whole texts there.
const MAX_GUID_BYTES: usize = 512;

/// Texts shorter than this many folded characters do not tell stories apart ("No comment.").
const MIN_TEXT_CHARS: usize = 280;

/// Query parameters that some sites use for what the page is; two addresses that differ by them alone are one page's
/// nearly always.
const SHARING: [&str; 2] = ["ref", "rss"];

/// Returns the key a page's address is compared by: no scheme, `www.`, fragment, tracking parameters, default port or
/// trailing slash. `None` where the address cannot tell articles apart (a front page, not http).
pub(super) fn canonical(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?;
    let mut key = host.strip_prefix("www.").unwrap_or(host).to_owned();
    if let Some(port) = url.port() {
        let _ = write!(key, ":{port}");
    }
    let path = url.path().trim_end_matches('/');
    key.push_str(path);
    let kept: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| !is_tracker(name) && !SHARING.contains(&name.as_ref()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if path.is_empty() && kept.is_empty() {
        return None;
    }
    if !kept.is_empty() {
        key.push('?');
        key.push_str(&kept.join("&"));
    }
    Some(key)
}

/// Returns the key a feed's address is compared by: no scheme, fragment, password or trailing slash. The user stays: two
/// may have a feed each at one address.
pub(super) fn feed_key(address: &str) -> String {
    let trimmed = address.trim();
    let bare = trimmed.split_once("://").map_or(trimmed, |pair| pair.1);
    let bare = bare.split('#').next().unwrap_or(bare);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let path = path.trim_end_matches('/');
    let (login, host) = host.rsplit_once('@').unwrap_or(("", host));
    let user = login.split(':').next().unwrap_or_default();
    let mut key = String::new();
    if !user.is_empty() {
        key.push_str(user);
        key.push('@');
    }
    key.push_str(&host.to_lowercase());
    if !path.is_empty() {
        key.push('/');
        key.push_str(path);
    }
    key
}

/// Returns the host of an address, without `www.`.
pub(super) fn site(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// Returns what stands for an entry within its feed: its guid, else its address, else its headline and date.
pub(super) fn guid(
    guid: Option<&str>,
    url: Option<&str>,
    title: &str,
    published_ms: Option<i64>,
) -> String {
    let given = guid.map(str::trim).filter(|guid| !guid.is_empty());
    let key = match (given, url) {
        (Some(guid), _) => guid.to_owned(),
        (None, Some(url)) => url.to_owned(),
        (None, None) => format!("{}\n{}", fold(title), published_ms.unwrap_or_default()),
    };
    if key.len() > MAX_GUID_BYTES {
        format!("sha256:{}", hex(&Sha256::digest(key.as_bytes())))
    } else {
        key
    }
}

/// Returns the hash of a text as folded letters and digits; `None` where it is too short to tell stories apart.
pub(super) fn content_hash(text: &str) -> Option<Vec<u8>> {
    let folded: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
    (folded.chars().count() >= MIN_TEXT_CHARS).then(|| Sha256::digest(folded)[..16].to_vec())
}

/// Returns a hash over parts, told apart from each other.
pub(super) fn hash_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..16].to_vec()
}

/// Writes bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) {
        assert_eq!(canonical(a), canonical(b), "{a} and {b}");
        assert!(canonical(a).is_some());
    }

    #[test]
    fn addresses_of_one_page_are_one_key() {
        same(
            "http://www.example.org/a/b/?utm_source=rss&id=3#top",
            "https://example.org/a/b?id=3",
        );
        assert_ne!(
            canonical("https://example.org/a?id=3"),
            canonical("https://example.org/a?id=4")
        );
    }

    #[test]
    fn a_front_page_tells_no_articles_apart() {
        assert_eq!(canonical("https://example.org/"), None);
        assert_eq!(canonical("mailto:a@example.org"), None);
        assert_eq!(canonical("nonsense"), None);
    }

    #[test]
    fn a_feed_is_known_by_either_scheme() {
        assert_eq!(
            feed_key("https://Example.org/feed/"),
            feed_key("http://example.org/feed")
        );
        assert_ne!(
            feed_key("https://example.org/Feed"),
            feed_key("https://example.org/feed")
        );
        assert_eq!(
            feed_key("https://me:secret@Example.org/f"),
            "me@example.org/f"
        );
    }

    #[test]
    fn a_very_long_guid_is_hashed() {
        assert!(guid(Some(&"x".repeat(10_000)), None, "", None).len() < 100);
        assert_eq!(guid(Some(" "), Some("u"), "t", None), "u");
    }
}
