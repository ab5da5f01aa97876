//! The writer's two lanes: what the reader did goes before what the fetcher brought.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::blobs::Blob;
use super::error::Error;
use super::intake::StoredFeed;
use super::page::{PreparedPage, PreparedSaved};
use super::prepare::PreparedFeed;
use super::refresh::PreparedRefresh;
use super::writer::Reply;
use crate::model::change::Written;
use crate::model::{ArticleId, Change, JournalId};

/// What the reader did.
pub(super) enum Deed {
    Change(Box<Change>),
    Undo(Option<JournalId>),
    Redo,
}

/// Work of the fast lane.
pub(super) struct Fast {
    pub(super) deed: Deed,
    pub(super) now: Timestamp,
    pub(super) reply: Reply<Written>,
}

/// Work of the bulk lane.
pub(super) enum Bulk {
    Feed(Box<PreparedFeed>, Reply<StoredFeed>),
    Page(Box<PreparedPage>, Vec<Blob>, Reply<()>),
    PageFailed {
        article: ArticleId,
        remark: String,
        retry: bool,
        reply: Reply<()>,
    },
    Saved(Box<PreparedSaved>, Vec<Blob>, Reply<ArticleId>),
    /// Those that came, and addresses that could not be had with why not.
    Pictures(ArticleId, Vec<Blob>, Vec<(String, String)>, bool, Reply<()>),
    Refreshed(Vec<PreparedRefresh>, Reply<Vec<ArticleId>>),
    /// These articles' texts are to be cleaned again.
    Stale(Vec<ArticleId>, Reply<()>),
    Remember(String, String, Reply<()>),
    Reindex(Reply<()>),
    /// Answered when everything before it is stored and indexed.
    Finish(Reply<()>),
}

impl Fast {
    /// Answers that it cannot be done.
    pub(super) fn refuse(self, error: Error) {
        (self.reply)(Err(error));
    }
}

impl Bulk {
    /// Answers that it cannot be done.
    pub(super) fn refuse(self, error: Error) {
        match self {
            Self::Feed(_, reply) => reply(Err(error)),
            Self::Saved(_, _, reply) => reply(Err(error)),
            Self::Refreshed(_, reply) => reply(Err(error)),
            Self::Page(_, _, reply)
            | Self::PageFailed { reply, .. }
            | Self::Pictures(_, _, _, _, reply)
            | Self::Stale(_, reply)
            | Self::Remember(_, _, reply)
            | Self::Reindex(reply)
            | Self::Finish(reply) => reply(Err(error)),
        }
    }
}

/// What the writer's thread does next.
pub(super) enum Next {
    /// All that lies in the fast lane.
    Fast(Vec<Fast>),
    /// The first of the bulk lane.
    Bulk(Bulk),
    /// Nothing waits.
    Idle,
    /// The library is being closed and nothing waits.
    Closed,
}

/// The lanes. Shared by the handles and the writer's thread.
#[derive(Default)]
pub(super) struct Lanes {
    state: Mutex<State>,
    changed: Condvar,
    /// Hears that numbers of saved searches changed.
    counted: Mutex<Option<Counted>>,
}

type Counted = Box<dyn Fn() + Send>;

#[derive(Default)]
struct State {
    fast: VecDeque<Fast>,
    bulk: VecDeque<Bulk>,
    closed: bool,
}

impl std::fmt::Debug for Lanes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        f.debug_struct("Lanes")
            .field("fast", &state.fast.len())
            .field("bulk", &state.bulk.len())
            .field("closed", &state.closed)
            .finish()
    }
}

impl Lanes {
    /// A panic while the lock was held cannot leave a queue half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push_fast(&self, work: Fast) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return work.refuse(Error::Closed);
        }
        state.fast.push_back(work);
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn push_bulk(&self, work: Bulk) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return work.refuse(Error::Closed);
        }
        state.bulk.push_back(work);
        drop(state);
        self.changed.notify_all();
    }

    /// Has the numbers of saved searches told when they have changed.
    pub(super) fn on_counted(&self, tell: Counted) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        *counted = Some(tell);
    }

    /// Tells that numbers of saved searches changed.
    pub(super) fn tell_counted(&self) {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tell) = counted.as_ref() {
            tell();
        }
    }

    /// Takes no more work; what lies in the lanes is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Takes what is next, without waiting.
    pub(super) fn next(&self) -> Next {
        let mut state = self.lock();
        if !state.fast.is_empty() {
            return Next::Fast(state.fast.drain(..).collect());
        }
        match state.bulk.pop_front() {
            Some(work) => Next::Bulk(work),
            None if state.closed => Next::Closed,
            None => Next::Idle,
        }
    }

    /// Takes the next work of the bulk lane that can share a transaction, unless the reader waits.
    pub(super) fn next_bulk(&self) -> Option<Bulk> {
        let mut state = self.lock();
        let can_share = !matches!(state.bulk.front(), Some(Bulk::Finish(_) | Bulk::Saved(..)));
        if state.fast.is_empty() && can_share {
            state.bulk.pop_front()
        } else {
            None
        }
    }

    /// Waits until there is work, or the library is closed.
    pub(super) fn wait(&self) {
        let mut state = self.lock();
        while state.fast.is_empty() && state.bulk.is_empty() && !state.closed {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Leaves the database to other processes for a while; the reader's work ends the pause.
    pub(super) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let mut state = self.lock();
        while state.fast.is_empty() && !state.closed {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}
