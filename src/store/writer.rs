//! The handle to the writer thread: every change of the library goes through it.

use std::sync::Arc;

use jiff::Timestamp;

use super::document::Dictionary;
use super::error::{Error, Result};
use super::intake::{FeedOutcome, NewPage, NewPictures, SavedPage, StoredFeed};
use super::lanes::{Bulk, Deed, Fast, Lanes};
use super::refresh::{self, Refreshed};
use super::thread::SharedDictionary;
use super::{blobs, page, prepare};
use crate::model::change::Written;
use crate::model::{ArticleId, Change, JournalId};

/// Called once, on the writer's thread, after the commit (and, for what the user did, after the journal's fsync). It
/// must not block. If the writer ends first it is dropped uncalled.
pub type Reply<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// Waits for one answer: `wait(|reply| writer.change(change, now, reply))`. For the command line and tests.
pub fn wait<T: Send + 'static>(ask: impl FnOnce(Reply<T>)) -> Result<T> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    ask(Box::new(move |answer| {
        // The asker may have gone; then nobody wants the answer.
        let _ = sender.send(answer);
    }));
    receiver.recv().unwrap_or(Err(Error::Closed))
}

/// Sends work to the writer thread. Cheap to clone; every method returns at once.
///
/// What the reader did (`change`, `undo`, `redo`) goes before what the fetcher brought (all others). The bulk methods
/// pack and hash on the caller's thread (about 0.2 ms an article): call them where that may take its time.
#[derive(Clone, Debug)]
pub struct Writer {
    gate: Gate,
}

/// Where work goes.
#[derive(Clone, Debug)]
enum Gate {
    /// To the thread.
    Open {
        lanes: Arc<Lanes>,
        dictionary: SharedDictionary,
    },
    /// Nowhere: the library is read-only, for this reason.
    ReadOnly(String),
}

impl Writer {
    pub(super) fn to(lanes: Arc<Lanes>, dictionary: SharedDictionary) -> Self {
        Self {
            gate: Gate::Open { lanes, dictionary },
        }
    }

    pub(super) fn read_only(why: String) -> Self {
        Self {
            gate: Gate::ReadOnly(why),
        }
    }

    /// Calls `tell`, on the writer's thread, each time that numbers of saved searches have changed: they are counted when
    /// nothing else waits, some time after the change that made them wrong. It must not block.
    pub fn on_counted(&self, tell: impl Fn() + Send + 'static) {
        if let Gate::Open { lanes, .. } = &self.gate {
            lanes.on_counted(Box::new(tell));
        }
    }

    /// Makes a deliberate change: one journalled operation. Answered after commit, journal line and fsync.
    pub fn change(&self, change: Change, now: Timestamp, reply: Reply<Written>) {
        self.fast(Deed::Change(Box::new(change)), now, reply);
    }

    /// Takes an operation back, the last undoable one where `None`. Restores only rows still in the state that
    /// operation left, and says how many.
    pub fn undo(&self, op: Option<JournalId>, now: Timestamp, reply: Reply<Written>) {
        self.fast(Deed::Undo(op), now, reply);
    }

    /// Does the operation again that was undone last.
    pub fn redo(&self, now: Timestamp, reply: Reply<Written>) {
        self.fast(Deed::Redo, now, reply);
    }

    /// Stores what a reload brought for one feed, in one transaction.
    pub fn store_feed(&self, outcome: FeedOutcome, reply: Reply<StoredFeed>) {
        self.prepared(
            reply,
            |dictionary| prepare::prepare(outcome, dictionary),
            |feed, reply| Bulk::Feed(Box::new(feed), reply),
        );
    }

    /// Stores the full page of an article.
    pub fn store_page(&self, mut page: NewPage, reply: Reply<()>) {
        let raw = page.raw.take();
        let raw = blobs::prepare_pages(&blobs::page_key(page.article), raw, &mut page.parts);
        self.prepared(
            reply,
            |dictionary| page::prepare_page(page, dictionary),
            |page, reply| Bulk::Page(Box::new(page), raw, reply),
        );
    }

    /// Notes that an article's page could not be had, with the remark the reader sees (`feed text only: 403 from the
    /// site`). `retry`: the wish for the page stays.
    pub fn page_failed(&self, article: ArticleId, remark: String, retry: bool, reply: Reply<()>) {
        self.prepared(
            reply,
            |_| Ok(()),
            |(), reply| Bulk::PageFailed {
                article,
                remark,
                retry,
                reply,
            },
        );
    }

    /// Keeps a page as an article of its own; one that is there already by its address is brought up to date.
    pub fn store_article(&self, mut page: SavedPage, reply: Reply<ArticleId>) {
        let raw = page.raw.take();
        let raw = blobs::prepare_pages(&page.url, raw, &mut page.parts);
        self.prepared(
            reply,
            |dictionary| page::prepare_saved(page, dictionary),
            |page, reply| Bulk::Saved(Box::new(page), raw, reply),
        );
    }

    /// Keeps pictures of an article in the cache, and why others could not be had.
    pub fn store_pictures(&self, article: ArticleId, pictures: NewPictures, reply: Reply<()>) {
        let NewPictures {
            kept,
            missing,
            is_whole,
        } = pictures;
        let prepare = |_: Option<&Dictionary>| {
            Ok(kept
                .into_iter()
                .map(|(url, raw)| blobs::prepare(url, raw))
                .collect())
        };
        self.prepared(reply, prepare, |kept, reply| {
            Bulk::Pictures(article, kept, missing, is_whole, reply)
        });
    }

    /// Stores texts that were looked at again, in one transaction. Answers the articles that show another text now.
    pub fn refreshed(&self, texts: Vec<Refreshed>, reply: Reply<Vec<ArticleId>>) {
        let prepare = |dictionary: Option<&Dictionary>| {
            texts
                .into_iter()
                .map(|text| refresh::prepare(text, dictionary))
                .collect()
        };
        self.prepared(reply, prepare, Bulk::Refreshed);
    }

    /// Marks the texts of articles to be cleaned again ([`super::Reader::stale`]), also over a restart.
    pub fn mark_stale(&self, articles: Vec<ArticleId>, reply: Reply<()>) {
        self.prepared(reply, |_| Ok(()), |(), reply| Bulk::Stale(articles, reply));
    }

    /// Keeps a value under a name, for what the engine remembers between runs (waits of hosts, site memory).
    pub fn remember(&self, key: String, value: String, reply: Reply<()>) {
        self.prepared(
            reply,
            |_| Ok(()),
            |(), reply| Bulk::Remember(key, value, reply),
        );
    }

    /// Empties the full-text index and makes it again in idle time: the repair for an index that finds wrong things.
    pub fn reindex(&self, reply: Reply<()>) {
        self.prepared(reply, |_| Ok(()), |(), reply| Bulk::Reindex(reply));
    }

    /// Answers when everything sent before is stored, indexed and counted.
    pub fn finish(&self, reply: Reply<()>) {
        self.prepared(reply, |_| Ok(()), |(), reply| Bulk::Finish(reply));
    }

    /// Takes no more work, if it took any.
    pub(super) fn close(&self) {
        if let Gate::Open { lanes, .. } = &self.gate {
            lanes.close();
        }
    }

    fn fast(&self, deed: Deed, now: Timestamp, reply: Reply<Written>) {
        match &self.gate {
            Gate::Open { lanes, .. } => lanes.push_fast(Fast { deed, now, reply }),
            Gate::ReadOnly(why) => reply(Err(Error::ReadOnly(why.clone()))),
        }
    }

    /// Makes work ready on this thread and sends it.
    fn prepared<P, T>(
        &self,
        reply: Reply<T>,
        prepare: impl FnOnce(Option<&Dictionary>) -> Result<P>,
        work: impl FnOnce(P, Reply<T>) -> Bulk,
    ) {
        match &self.gate {
            Gate::Open { lanes, dictionary } => {
                let known = dictionary.read().map_or(None, |known| known.clone());
                match prepare(known.as_ref()) {
                    Ok(ready) => lanes.push_bulk(work(ready, reply)),
                    Err(error) => reply(Err(error)),
                }
            }
            Gate::ReadOnly(why) => reply(Err(Error::ReadOnly(why.clone()))),
        }
    }
}
