//! What the pages of a host have in common, learnt from every page that is fetched.
//!
//! The first pages of a site are cleaned knowing little of it. Once [`ENOUGH`] are known, those that were cleaned knowing
//! fewer are marked to be cleaned again ([`super::refresh`]), each once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use super::context::Context;
use super::memo;
use crate::extract::{Lesson, SiteMemory};
use crate::model::ArticleId;

/// Site memories by host: read from the library when a host is first met, written back when a reload ends.
#[derive(Debug, Default)]
pub(super) struct Furniture {
    hosts: Mutex<HashMap<String, Known>>,
}

/// So many pages of a site are enough to know it: a box that stands on every second page is found with four pages in
/// seven of eight cases, and every further page adds half of what is left.
const ENOUGH: u32 = 4;

#[derive(Debug, Default)]
struct Known {
    memory: Arc<SiteMemory>,
    changed: bool,
    /// Articles cleaned before enough was known.
    early: Vec<ArticleId>,
}

fn early_key(host: &str) -> String {
    format!("early.{host}")
}

fn key(host: &str) -> String {
    format!("site.{host}")
}

/// Learns an article's page and returns what is then known of its host; nothing for an address without one.
/// Costs a parse of the page: for the pool.
pub(super) fn learn(
    context: &Context,
    url: &Url,
    html: &str,
    article: ArticleId,
) -> Option<Arc<SiteMemory>> {
    let host = url.host_str()?;
    of_host(context, host);
    // The parse is outside the lock, the learning inside: two pages of a host at once teach both.
    let lesson = Lesson::of(Some(url), html);
    let mut hosts = context
        .furniture
        .hosts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let kept = hosts.entry(host.to_owned()).or_default();
    Arc::make_mut(&mut kept.memory).take(&lesson);
    kept.changed = true;
    let memory = Arc::clone(&kept.memory);
    let is_early = memory.pages() < ENOUGH && article != ArticleId(0);
    if is_early && !kept.early.contains(&article) {
        kept.early.push(article);
    }
    Some(memory)
}

/// Returns what is known of a host.
pub(super) fn of_host(context: &Context, host: &str) -> Arc<SiteMemory> {
    let mut hosts = context
        .furniture
        .hosts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = hosts.get(host) {
        return Arc::clone(&known.memory);
    }
    let reader = context.library.reader().ok();
    let kept = |key: String| reader.as_ref()?.remembered(&key).ok().flatten();
    let memory: SiteMemory = kept(key(host))
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    let early = kept(early_key(host))
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    let memory = Arc::new(memory);
    let known = Known {
        memory: Arc::clone(&memory),
        changed: false,
        early,
    };
    hosts.insert(host.to_owned(), known);
    memory
}

/// Writes back what was learnt, and marks the articles that enough is known for now.
pub(super) async fn keep(context: &Context) {
    let changed: Vec<(String, Arc<SiteMemory>, Vec<ArticleId>)> = {
        let mut hosts = context
            .furniture
            .hosts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        hosts
            .iter_mut()
            .filter_map(|(host, known)| {
                std::mem::take(&mut known.changed)
                    .then(|| (host.clone(), Arc::clone(&known.memory), known.early.clone()))
            })
            .collect()
    };
    for (host, memory, early) in changed {
        memo::keep(context, key(&host), &*memory).await;
        if early.is_empty() {
            continue;
        }
        let left = if memory.pages() < ENOUGH {
            early
        } else {
            let marked = context
                .write(move |writer, reply| writer.mark_stale(early, reply))
                .await;
            if let Err(error) = marked {
                tracing::warn!("pages of {host} are not cleaned again: {error}");
                continue;
            }
            Vec::new()
        };
        memo::keep(context, early_key(&host), &left).await;
        let mut hosts = context
            .furniture
            .hosts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get_mut(&host).filter(|_| left.is_empty()) {
            known.early.clear();
        }
    }
}
