//! newsboat's `cache.db` into the library: its articles, what was read, what was flagged, what was hidden.
//!
//! Feeds that are subscribed here take their articles in. Those that are not are kept as archived ones, so that a later
//! subscription finds them, and their articles show at once: nothing is dropped. The marks are one step of undo.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use url::Url;

use super::cancel::Cancel;
use super::error::{Error, Result};

use super::pool::STACK_BYTES;
use crate::extract;
use crate::model::article::{Body, BodySource, Enclosure};
use crate::model::change::NewFeed;
use crate::model::{ArticleId, Block, Change, Document, FeedId, Scope, Text, What};
use crate::store::{
    FeedOutcome, FeedResult, FeedUpdate, Library, NewEntry, NewsboatCache, NewsboatFeed,
    NewsboatItem, wait,
};
use crate::text::address::without_trackers;
use crate::text::{clean, clean_line};

/// What a flag of newsboat's becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flagged {
    /// A star.
    Star,
    /// A place in the read-later queue.
    Later,
    /// A tag.
    Tag(String),
}

/// What an import brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheImported {
    /// Articles that were not here before.
    pub added: usize,
    /// Articles that were here already.
    pub known: usize,
    /// What was marked, in words.
    pub marked: String,
    /// Feeds that are not subscribed here: their titles.
    pub kept_feeds: Vec<String>,
    /// It was cancelled; what came is kept.
    pub cancelled: bool,
}

impl CacheImported {
    /// Returns it in words: `3412 articles added, 3100 marked read, 12 starred`.
    pub fn words(&self) -> String {
        let articles = if self.added == 1 {
            "article"
        } else {
            "articles"
        };
        let mut parts = vec![format!("{} {articles} added", self.added)];
        if self.known > 0 {
            parts.push(format!("{} there already", self.known));
        }
        if !self.marked.is_empty() {
            parts.push(self.marked.clone());
        }
        if self.cancelled {
            parts.push("cancelled, what came is kept".to_owned());
        }
        parts.join(", ")
    }
}

/// Takes over newsboat's cache. A flag that `flags` does not name becomes the tag `nb:` and its letter. `progress` hears
/// how many feeds of how many are done. Blocks.
pub fn import_cache(
    library: &Library,
    cache: &NewsboatCache,
    flags: &BTreeMap<char, Flagged>,
    now: Timestamp,
    progress: &mut dyn FnMut(usize, usize),
    cancel: &Cancel,
) -> Result<CacheImported> {
    let feeds = cache.feeds()?;
    let mut done = CacheImported::default();
    let mut marks = Marks::default();
    for (at, feed) in feeds.iter().enumerate() {
        progress(at, feeds.len());
        if cancel.is_cancelled() {
            done.cancelled = true;
            break;
        }
        let items = cache.items(&feed.url)?;
        if items.is_empty() {
            continue;
        }
        let (id, is_subscribed) = feed_of(library, feed, now)?;
        if !is_subscribed {
            done.kept_feeds.push(title_of(feed));
        }
        take_in(library, id, feed, &items, now, &mut done)?;
        marks.note(library, id, &items, flags)?;
    }
    done.marked = marks.make(library, now)?;
    Ok(done)
}

fn title_of(feed: &NewsboatFeed) -> String {
    let title = clean_line(&feed.title);
    if title.is_empty() {
        clean_line(&feed.url)
    } else {
        title
    }
}

/// Finds the feed, or makes an archived one. Also says whether it is subscribed.
fn feed_of(library: &Library, feed: &NewsboatFeed, now: Timestamp) -> Result<(FeedId, bool)> {
    if let Some(known) = library.reader()?.feed_by_url(&feed.url, now)? {
        return Ok((known.id, !known.archived));
    }
    let silent = |what| Change {
        what,
        scope: Scope::None,
        undoable: false,
    };
    let subscribe = What::Subscribe(NewFeed {
        url: feed.url.clone(),
        own_title: Some(title_of(feed)),
        site_url: Some(feed.site_url.clone()).filter(|url| !url.is_empty()),
        ..NewFeed::default()
    });
    let written = wait(|reply| library.writer().change(silent(subscribe), now, reply))?;
    let id = written.feed.ok_or(Error::NoAddress)?;
    let archive = silent(What::Unsubscribe(id));
    wait(|reply| library.writer().change(archive, now, reply))?;
    Ok((id, false))
}

/// Stores the articles of a feed that are not here yet. What the user hid in newsboat does not come.
fn take_in(
    library: &Library,
    id: FeedId,
    feed: &NewsboatFeed,
    items: &[NewsboatItem],
    now: Timestamp,
    done: &mut CacheImported,
) -> Result<()> {
    let guids: Vec<String> = items.iter().map(|item| item.guid.clone()).collect();
    let known = library.reader()?.known(id, &guids)?;
    let known: HashMap<&str, Option<ArticleId>> = known
        .iter()
        .map(|entry| (entry.guid.as_str(), entry.article))
        .collect();
    let (hidden, shown): (Vec<&NewsboatItem>, Vec<&NewsboatItem>) = items
        .iter()
        .filter(|item| !known.contains_key(item.guid.as_str()))
        .partition(|item| item.is_deleted);
    done.known += known.values().flatten().count();
    let update = FeedUpdate {
        entries: entries(&shown, feed),
        ..FeedUpdate::default()
    };
    let outcome = FeedOutcome {
        feed: id,
        at: now,
        next_poll: None,
        result: FeedResult::Imported {
            update: Box::new(update),
            hidden: hidden.iter().map(|item| item.guid.clone()).collect(),
        },
    };
    let stored = wait(|reply| library.writer().store_feed(outcome, reply))?;
    done.added += stored.new.len();
    Ok(())
}

/// Cleans articles on all processors, in their order. One that breaks the cleaner keeps its headline.
fn entries(items: &[&NewsboatItem], feed: &NewsboatFeed) -> Vec<NewEntry> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            let entry = catch_unwind(AssertUnwindSafe(|| entry(item, feed)))
                .unwrap_or_else(|_| headline(item));
            if let Ok(mut done) = done.lock() {
                done.push((at, entry));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
            if builder.spawn_scoped(scope, work).is_err() {
                // The system gives no thread: this one does the work.
                work();
            }
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, entry)| entry).collect()
}

/// Returns an article as its headline alone. Newsboat keeps titles as the feed wrote them, markup and all.
fn headline(item: &NewsboatItem) -> NewEntry {
    let title = extract::fragment(&item.title, None).plain_text();
    let some = |text: &str| Some(clean_line(text)).filter(|text| !text.is_empty());
    let url = some(&item.url).filter(|url| Url::parse(url).is_ok());
    let (enclosure, kind) = &item.enclosure;
    let enclosures = some(enclosure).map(|url| Enclosure {
        url,
        media_type: some(kind),
        size_bytes: None,
        duration_seconds: None,
    });
    NewEntry {
        guid: Some(item.guid.clone()),
        title: clean_line(&title),
        url: url.as_deref().map(without_trackers),
        authors: some(&item.author).into_iter().collect(),
        published: item.published,
        enclosures: enclosures.into_iter().collect(),
        ..NewEntry::default()
    }
}

fn entry(item: &NewsboatItem, feed: &NewsboatFeed) -> NewEntry {
    let mut new = headline(item);
    let document = document(item, feed);
    if document.blocks.is_empty() {
        return new;
    }
    new.language.clone_from(&document.lang);
    // Thousands of articles come at once: their names are found by and by, the newest first, while the reader is open.
    new.names_later = true;
    new.body = Some(Body {
        source: BodySource::Feed,
        document,
        confidence: 1.0,
        cleaner: extract::VERSION,
        ..Body::default()
    });
    new
}

fn document(item: &NewsboatItem, feed: &NewsboatFeed) -> Document {
    if item.content_type.contains("plain") {
        let text = clean(&item.content);
        let paragraphs = text
            .split("\n\n")
            .map(clean_line)
            .filter(|text| !text.is_empty());
        return Document {
            blocks: paragraphs
                .map(|text| Block::Paragraph {
                    text: Text::plain(text),
                })
                .collect(),
            ..Document::default()
        };
    }
    let base = [&item.base, &item.url, &feed.site_url, &feed.url];
    let base = base.into_iter().find_map(|url| Url::parse(url).ok());
    extract::fragment(&item.content, base.as_ref())
}

/// The marks of the articles here.
#[derive(Debug, Default)]
struct Marks {
    read: Vec<ArticleId>,
    starred: Vec<ArticleId>,
    later: Vec<ArticleId>,
    tagged: BTreeMap<String, Vec<ArticleId>>,
}

impl Marks {
    /// Notes what the articles of a feed are marked with, by the ids they have here.
    fn note(
        &mut self,
        library: &Library,
        feed: FeedId,
        items: &[NewsboatItem],
        flags: &BTreeMap<char, Flagged>,
    ) -> Result<()> {
        let guids: Vec<String> = items.iter().map(|item| item.guid.clone()).collect();
        let known = library.reader()?.known(feed, &guids)?;
        let ids: HashMap<&str, ArticleId> = known
            .iter()
            .filter_map(|entry| Some((entry.guid.as_str(), entry.article?)))
            .collect();
        for item in items.iter().filter(|item| !item.is_deleted) {
            let Some(id) = ids.get(item.guid.as_str()).copied() else {
                continue;
            };
            if !item.is_unread {
                self.read.push(id);
            }
            for flag in item.flags.chars().filter(char::is_ascii_alphabetic) {
                match flags.get(&flag) {
                    Some(Flagged::Star) => self.starred.push(id),
                    Some(Flagged::Later) => self.later.push(id),
                    Some(Flagged::Tag(tag)) => {
                        self.tagged.entry(tag.clone()).or_default().push(id);
                    }
                    None => {
                        let tag = format!("nb:{flag}");
                        self.tagged.entry(tag).or_default().push(id);
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes the marks, all as one step of undo, and says what was marked.
    fn make(self, library: &Library, now: Timestamp) -> Result<String> {
        let part = |what, ids: Vec<ArticleId>| Change {
            what,
            scope: Scope::Ids(ids),
            undoable: true,
        };
        let tags = self
            .tagged
            .into_iter()
            .map(|(tag, ids)| part(What::Tag(tag), ids));
        let parts = [
            part(What::Read(true), self.read),
            part(What::Star(true), self.starred),
            part(What::Later(true), self.later),
        ];
        let parts = parts
            .into_iter()
            .chain(tags)
            .filter(|part| !matches!(&part.scope, Scope::Ids(ids) if ids.is_empty()))
            .collect();
        let all = Change {
            what: What::Together(parts),
            scope: Scope::None,
            undoable: true,
        };
        let written = wait(|reply| library.writer().change(all, now, reply))?;
        Ok(if written.changed == 0 {
            String::new()
        } else {
            written.words
        })
    }
}
