//! Whose turn it is: so many requests at once in all, so many to one host, and pages of a host apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::Limits;

/// The turnstile of one client.
#[derive(Debug)]
pub(super) struct Gate {
    all: Arc<Semaphore>,
    per_host: usize,
    page_gap: Duration,
    hosts: Mutex<HashMap<String, Host>>,
}

#[derive(Clone, Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// When the last page of this host was asked for. Held while a page is under way.
    pages: Arc<AsyncMutex<Option<Instant>>>,
}

/// The right to have one request under way. Given back on drop.
#[derive(Debug)]
pub(super) struct Turn {
    _all: OwnedSemaphorePermit,
    _host: OwnedSemaphorePermit,
    _page: Option<OwnedMutexGuard<Option<Instant>>>,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections.max(1))),
            per_host: limits.connections_per_host.max(1),
            page_gap: limits.page_gap,
            hosts: Mutex::default(),
        }
    }

    /// Waits for one's turn. The host comes first and the whole last, so that who waits for a slow host keeps nobody
    /// else waiting.
    pub(super) async fn turn(&self, host: &str, page: bool) -> Turn {
        let Host { slots, pages } = self.host(host);
        let page = if page && !self.page_gap.is_zero() {
            let mut last = pages.lock_owned().await;
            if let Some(last) = *last {
                tokio::time::sleep_until(last + self.page_gap).await;
            }
            *last = Some(Instant::now());
            Some(last)
        } else {
            None
        };
        let closed = "the semaphores of a gate are never closed";
        let host = slots.acquire_owned().await.expect(closed);
        let all = Arc::clone(&self.all).acquire_owned().await.expect(closed);
        Turn {
            _all: all,
            _host: host,
            _page: page,
        }
    }

    fn host(&self, name: &str) -> Host {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts
            .entry(name.to_owned())
            .or_insert_with(|| Host {
                slots: Arc::new(Semaphore::new(self.per_host)),
                pages: Arc::default(),
            })
            .clone()
    }
}
