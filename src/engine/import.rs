//! Subscriptions from lists of other programs, and pages from files.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use url::Url;

use super::cancel::Cancel;
use super::context::Context;
use super::error::Result;
use super::{names, newsboat};
use crate::extract::{self, Extraction};
use crate::fetch::body_hash;
use crate::model::article::BodySource;
use crate::model::{ArticleId, Change, Scope, What};
use crate::store::{Library, NewsboatCache, Raw, SavedPage, Writer, wait};
use crate::syndication::{self, Import, NotAList};
use crate::{entities, text};

/// The largest list that is read.
const LIST_BYTES: u64 = 32 << 20;

/// What an import brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Feeds subscribed to.
    pub added: usize,
    /// Feeds that were subscribed already.
    pub known: usize,
    /// Searches kept.
    pub searches: usize,
}

impl Imported {
    /// Returns it in words: `12 feeds added, 3 were there already`.
    pub fn words(&self) -> String {
        let feeds = if self.added == 1 { "feed" } else { "feeds" };
        let mut words = format!("{} {feeds} added", self.added);
        if self.known > 0 {
            write!(words, ", {} there already", self.known).ok();
        }
        if self.searches > 0 {
            write!(words, ", {} searches kept", self.searches).ok();
        }
        words
    }
}

/// Reads a list of subscriptions in OPML.
pub fn read_opml(bytes: &[u8]) -> std::result::Result<Import, NotAList> {
    syndication::opml::read(bytes)
}

/// Reads newsboat's `urls` file. Any text is one, if only of comments.
pub fn read_newsboat(bytes: &[u8]) -> std::result::Result<Import, NotAList> {
    Ok(syndication::newsboat::read(&String::from_utf8_lossy(bytes)))
}

/// Subscribes to all feeds of a list and keeps its searches, as one step of undo. Feeds that are there already stay as
/// they are. Blocks.
pub fn subscribe(list: &Import, library: &Library, now: Timestamp) -> Result<Imported> {
    let feeds = list.feeds.iter().map(|feed| What::Subscribe(feed.clone()));
    let searches = list.searches.iter().map(|search| What::SaveSearch {
        name: search.name.clone(),
        query: search.query.clone(),
    });
    let part = |what| Change {
        what,
        scope: Scope::None,
        undoable: true,
    };
    let all = part(What::Together(feeds.chain(searches).map(part).collect()));
    let reader = library.reader()?;
    let before = reader.feeds(false, now)?.len();
    let written = wait(|reply| library.writer().change(all, now, reply))?;
    let added = reader.feeds(false, now)?.len().saturating_sub(before);
    Ok(Imported {
        added,
        known: list.feeds.len().saturating_sub(added),
        searches: usize::try_from(written.changed)
            .unwrap_or_default()
            .saturating_sub(added),
    })
}

/// Keeps a page that came from a file as an article. Without an address, its content stands for it. Blocks.
pub fn keep_page(
    mut extraction: Extraction,
    url: Option<&Url>,
    bytes: &[u8],
    writer: &Writer,
    now: Timestamp,
) -> Result<ArticleId> {
    extraction.body.source = BodySource::Page;
    extraction.body.cleaner = extract::VERSION;
    let metadata = &extraction.metadata;
    let document = &extraction.body.document;
    let entities = names::find(
        metadata.title.as_deref().unwrap_or_default(),
        document,
        &entities::Hints {
            language: document.lang.as_deref().or(metadata.language.as_deref()),
            authors: &metadata.authors,
            site_name: metadata.site_name.as_deref(),
            followed: &[],
        },
    );
    let url = url
        .map(Url::to_string)
        .or_else(|| metadata.canonical_url.clone())
        .unwrap_or_else(|| format!("urn:sha256:{}", body_hash(bytes)));
    let page = SavedPage {
        at: now,
        raw: Some(Raw {
            url: url.clone(),
            content_type: None,
            bytes: bytes.to_vec(),
        }),
        parts: Vec::new(),
        url,
        metadata: extraction.metadata,
        body: extraction.body,
        entities,
    };
    Ok(wait(|reply| writer.store_article(page, reply))?)
}

/// Takes subscriptions from an OPML file or newsboat's `urls`; the answer is in words for the reader.
pub(super) fn subscriptions(context: &Context, path: &Path) -> std::result::Result<String, String> {
    let shown = path.display();
    if is_database(path) {
        return newsboat_cache(context, path);
    }
    let bytes = read_file(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let list = match read_opml(&bytes) {
        Ok(list) => list,
        Err(_) if syndication::newsboat::is_urls_file(&String::from_utf8_lossy(&bytes)) => {
            read_newsboat(&bytes).map_err(|error| format!("{shown}: {error}"))?
        }
        Err(_) => return Err(format!("{shown} is neither OPML nor newsboat's urls")),
    };
    let done =
        subscribe(&list, &context.library, context.now()).map_err(|error| error.to_string())?;
    let mut words = done.words();
    if let Some(remark) = list.remarks.first() {
        words.push_str(" · ");
        words.push_str(&text::clean_line(remark));
    }
    Ok(words)
}

/// Says whether a file is one of SQLite's (SQLite file format §1.2).
pub fn is_database(path: &Path) -> bool {
    use std::io::Read as _;
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == MAGIC
}

/// Takes newsboat's cache, its flags as tags.
fn newsboat_cache(context: &Context, path: &Path) -> std::result::Result<String, String> {
    let imported = NewsboatCache::open(path)
        .map_err(super::Error::from)
        .and_then(|cache| {
            newsboat::import_cache(
                &context.library,
                &cache,
                &BTreeMap::new(),
                context.now(),
                &mut |_, _| {},
                &Cancel::new(),
            )
        });
    imported
        .map(|done| done.words())
        .map_err(|error| error.to_string())
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let size = std::fs::metadata(path)?.len();
    if size > LIST_BYTES {
        return Err(std::io::Error::other("it is too large for a list of feeds"));
    }
    std::fs::read(path)
}

/// Returns newsboat's `urls` file, where there is one that is not empty. Not in the demo edition.
pub(super) fn newsboat_urls(context: &Context) -> Option<PathBuf> {
    if context.is_embedded() {
        return None;
    }
    let home = std::env::home_dir()?;
    let config =
        std::env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    // The order newsboat itself looks in.
    [config.join("newsboat/urls"), home.join(".newsboat/urls")]
        .into_iter()
        .find(|path| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0))
}
