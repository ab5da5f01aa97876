//! What the pages of a host have in common, learnt from every page that is fetched.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::context::Context;
use super::memo;
use crate::extract::SiteMemory;

/// Site memories by host: read from the library when a host is first met, written back when a reload ends.
#[derive(Debug, Default)]
pub(super) struct Furniture {
    hosts: Mutex<HashMap<String, Known>>,
}

#[derive(Debug)]
struct Known {
    memory: Arc<SiteMemory>,
    changed: bool,
}

fn key(host: &str) -> String {
    format!("site.{host}")
}

/// Learns a page and returns what is then known of its host. Costs a parse of the page: for the pool.
pub(super) fn learn(context: &Context, host: &str, html: &str) -> Arc<SiteMemory> {
    let known = of_host(context, host);
    let mut memory = SiteMemory::clone(&known);
    memory.learn(html);
    let memory = Arc::new(memory);
    let mut hosts = context
        .furniture
        .hosts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let kept = Known {
        memory: Arc::clone(&memory),
        changed: true,
    };
    hosts.insert(host.to_owned(), kept);
    memory
}

fn of_host(context: &Context, host: &str) -> Arc<SiteMemory> {
    let mut hosts = context
        .furniture
        .hosts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = hosts.get(host) {
        return Arc::clone(&known.memory);
    }
    let kept = context
        .library
        .reader()
        .and_then(|reader| reader.remembered(&key(host)));
    let memory: SiteMemory = kept
        .ok()
        .flatten()
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    let memory = Arc::new(memory);
    let known = Known {
        memory: Arc::clone(&memory),
        changed: false,
    };
    hosts.insert(host.to_owned(), known);
    memory
}

/// Writes back what was learnt.
pub(super) async fn keep(context: &Context) {
    let changed: Vec<(String, Arc<SiteMemory>)> = {
        let mut hosts = context
            .furniture
            .hosts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        hosts
            .iter_mut()
            .filter_map(|(host, known)| {
                std::mem::take(&mut known.changed)
                    .then(|| (host.clone(), Arc::clone(&known.memory)))
            })
            .collect()
    };
    for (host, memory) in changed {
        memo::keep(context, key(&host), &*memory).await;
    }
}
