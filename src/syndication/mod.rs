//! Feeds: bytes in, entries out. Also finding feeds in pages, and lists of subscriptions.
//!
//! Nothing here fails on hostile input: what can be read is read, and what was wrong with it comes back as remarks.
//! This room does no I/O and follows no address.
//!
//! | file | job |
//! |---|---|
//! | `decode` | bytes → text |
//! | `xml` | text → a small tree, whatever is broken in it |
//! | `markup` | the tree → feed: RSS, RDF, Atom and their extensions; `piece`: what an entry is made of; `text`: texts and names |
//! | `json` | JSON Feed; `value`: the JSON under it, as a stream |
//! | `sitemap` | news sitemaps: what papers without a feed publish |
//! | `page` | a page → feed, by the user's CSS selectors |
//! | `discover` | a page → the feeds it leads to |
//! | [`opml`], [`newsboat`], `list` | lists of subscriptions, in and out |
//! | `starter` | feeds to start with |
//! | `report` | a parsed feed as JSON |
//! | `entry`, `plain` | what the formats share: addresses, names, dates, texts, titles |

mod feed;

mod decode;
mod entry;
mod json;
mod markup;
mod page;
mod plain;
mod sitemap;
mod xml;

mod discover;
mod list;
pub mod newsboat;
pub mod opml;
mod report;
mod starter;

pub use discover::{FoundLink, USUAL_PATHS, discover};
pub use feed::{Format, NotAFeed, ParsedEntry, ParsedFeed, Remark};
pub use list::{Import, ImportedSearch, NotAList};
pub use page::{check_selectors, read_page};
pub use report::parse_report;
pub use sitemap::{is_index_of_sitemaps, sitemaps_of_index, sitemaps_of_robots};
pub use starter::{StarterFeed, starter};

/// At most this many entries of a feed are kept: the first, which are the newest in nearly every feed.
pub const MAX_ENTRIES: usize = 1_000;

/// More bytes of a feed are not read; it is then taken as cut.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Reads a feed in any format.
///
/// `content_type` is the HTTP header as served, `base_url` the final address of the feed, against which relative
/// links are resolved.
///
/// # Errors
/// Where the bytes are no feed at all.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: Option<&str>,
) -> Result<(ParsedFeed, Vec<Remark>), NotAFeed> {
    parse_some(bytes, content_type, base_url, MAX_ENTRIES)
}

/// Reads what a feed says of itself, and its first entry: to see whether it is one. As [`parse`] in all else.
///
/// # Errors
/// Where the bytes are no feed at all.
pub fn parse_head(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: Option<&str>,
) -> Result<ParsedFeed, NotAFeed> {
    let (head, _) = parse_some(bytes, content_type, base_url, 1)?;
    if head.title.is_some() || head.entries.is_empty() {
        return Ok(head);
    }
    // Its title may stand behind the entries.
    parse(bytes, content_type, base_url).map(|(feed, _)| feed)
}

fn parse_some(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: Option<&str>,
    max_entries: usize,
) -> Result<(ParsedFeed, Vec<Remark>), NotAFeed> {
    let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    let mut remarks = Vec::new();
    let text = decode::decode(bytes, content_type, &mut remarks);
    if text.trim().is_empty() {
        return Err(NotAFeed::Empty);
    }
    let feed = if json::looks_like(&text) {
        let refusal = match json::read(&text, base_url, max_entries, &mut remarks) {
            Ok(feed) => return Ok((feed, remarks)),
            Err(refusal) => refusal,
        };
        markup::read(&text, base_url, max_entries, &mut remarks).map_err(|_| refusal)?
    } else {
        markup::read(&text, base_url, max_entries, &mut remarks)?
    };
    Ok((feed, remarks))
}
