//! The room `extract`: a page's bytes → the article, what the page says of itself, and a report of what was removed.
//!
//! In: HTML (or text copied from a browser), the page's address, and hints ([`Context`]): what the feed said, what is
//! known of the site. Out: an [`Extraction`]. Any bytes give one: nothing here fails, panics or takes more than linear
//! time. No I/O, no clock.

mod attrs;
mod by_hand;
mod compose;
mod context;
mod credit;
mod decode;
mod features;
mod following;
mod forms;
mod guard;
mod json;
mod judge;
mod layout;
mod links;
mod measure;
mod memory;
mod metadata;
mod model;
mod mojibake;
mod page;
mod paywall;
mod plain;
mod script;
mod selector;
mod settle;
mod shingle;
mod site;
mod standfirst;
mod tags;
pub mod training;
mod unread;
mod walk;
mod wholes;
mod words;

pub use by_hand::apply_decisions;
pub use context::{Context, Extraction};
pub use decode::decode;
pub use json::clean_json;
pub use memory::{Lesson, SiteMemories, SiteMemory};
pub use selector::{SitePage, selectors_of, strip_selector};
pub use site::{SiteRule, SiteRules, same_block, selector_error};

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

use self::compose::Fate;
use self::features::Evidence;
use self::layout::Layout;
use self::model::Model;
use self::page::Page;
use crate::model::Document;
use crate::model::article::{Body, BodySource, Metadata, Reason, Removed};

/// Version of the cleaner, stored with each body ([`crate::model::article::Body::cleaner`]). When it rises, cached
/// articles are cleaned again from their raw pages.
pub const VERSION: u32 = 6;

/// Extracts the article of a page.
pub fn extract(html: &str, url: Option<&Url>, context: &Context<'_>) -> Extraction {
    let (page, rule) = site::parse(html, url, context.rules);
    assemble(&page, url, context, rule.as_ref(), Model::shipped())
}

/// Judges a page's blocks and puts document, metadata and report together.
fn assemble(
    page: &Page,
    url: Option<&Url>,
    context: &Context<'_>,
    rule: Option<&SiteRule>,
    model: &Model,
) -> Extraction {
    let base = base_of(page, url);
    let facts = metadata::facts(page);
    let findings = metadata::find(page, &facts, base.as_ref(), context);
    let metadata = findings.metadata;
    let headline = findings.headline;
    let layout = Layout::new(page);
    let evidence = evidence(page, &facts, &metadata, headline, context, (url, &layout));
    let mut verdict = judge::judge(page, &layout, &evidence, model, rule, context.decisions);
    if let Some(standfirst) = standfirst::find(page, &verdict, &evidence) {
        verdict.keep_as_standfirst(standfirst);
    }
    let composed = compose::compose(page, &verdict.fates, base.as_ref());
    let document = Document {
        lang: metadata.language.clone(),
        blocks: composed.blocks,
    };
    let is_teaser = paywall::is_teaser(page, &facts, &verdict, &document);
    let removed = page
        .blocks
        .iter()
        .zip(&verdict.fates)
        .enumerate()
        .filter(|(_, (block, fate))| **fate == Fate::Drop && block.chars > 0)
        .map(|(n, (block, _))| Removed {
            reason: verdict.reasons.get(n).copied().unwrap_or(Reason::Other),
            text: block.text.clone(),
            before: composed.before.get(n).copied().unwrap_or(0),
            block: None,
        })
        .collect();
    let mut body = Body {
        source: BodySource::Page,
        document,
        removed,
        confidence: verdict.confidence,
        remark: is_teaser.then(|| "the site shows only the beginning".to_owned()),
        cleaner: VERSION,
    };
    apply_decisions(&mut body, rule, context.decisions);
    Extraction {
        body,
        metadata,
        next_page: following::next_page(page, url, base.as_ref()),
        amp: following::amp(page, base.as_ref()),
        other_forms: forms::other_forms(page, base.as_ref()),
        is_teaser,
        day: findings.day,
    }
}

/// Gathers what judging the blocks needs beside the page.
fn evidence(
    page: &Page,
    facts: &metadata::Facts,
    metadata: &Metadata,
    headline: Option<usize>,
    context: &Context<'_>,
    (url, layout): (Option<&Url>, &Layout),
) -> Evidence {
    let summary = context
        .summary
        .clone()
        .or_else(|| metadata.summary.as_ref().map(|text| text.string.clone()));
    let own = [facts.body.as_deref(), context.summary.as_deref()];
    Evidence {
        title: metadata.title.clone().unwrap_or_default(),
        headline,
        authors: metadata.authors.clone(),
        summary: summary.unwrap_or_default(),
        witness: facts.body.clone().unwrap_or_default(),
        furniture: context
            .memory
            .map(|memory| memory.furniture(page, url, layout, &own))
            .unwrap_or_default(),
    }
}

/// Returns what relative addresses of a page hang on.
fn base_of(page: &Page, url: Option<&Url>) -> Option<Url> {
    let own = page.head.base.trim();
    match url {
        Some(url) if own.is_empty() => Some(url.clone()),
        Some(url) => url.join(own).ok().or_else(|| Some(url.clone())),
        None => Url::parse(own).ok(),
    }
}

/// Cleans the HTML of a feed entry: no trackers, scripts, share bars or empty blocks; links absolute.
pub fn fragment(html: &str, base: Option<&Url>) -> Document {
    let page = Page::parse(html, None);
    let fates = judge::judge_fragment(&page);
    Document {
        lang: None,
        blocks: compose::compose(&page, &fates, base).blocks,
    }
}

/// Extracts the article from a page's text as copied from a browser.
pub fn plain_text_page(text: &str) -> Extraction {
    plain::extract(text)
}

/// A page of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPage {
    /// Name of the page, as in `NAME.html`.
    pub id: String,
    /// Its address.
    pub url: Option<Url>,
    /// What a `Content-Type` header would have said of the charset; may be empty.
    pub charset: String,
}

/// Cleans many pages: those of one host together, so that each is cleaned with what all of them teach of the site, and
/// with the rule for it.
/// The result does not depend on the order of `pages`. `load` gives a page's bytes, `emit` takes its JSON
/// ([`clean_json`]); both are called from several threads at once.
pub fn batch(
    pages: &[BatchPage],
    rules: &SiteRules,
    load: impl Fn(&BatchPage) -> Vec<u8> + Sync,
    emit: impl Fn(&BatchPage, serde_json::Value) + Sync,
) {
    let mut hosts: BTreeMap<&str, Vec<&BatchPage>> = BTreeMap::new();
    for page in pages {
        // Pages without an address have no host in common: each is alone.
        let host = page
            .url
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or(&page.id);
        hosts.entry(host).or_default().push(page);
    }
    let hosts: Vec<Vec<&BatchPage>> = hosts.into_values().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(group) = hosts.get(next.fetch_add(1, Ordering::Relaxed)) {
            clean_host(group, rules, &load, &emit);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..BATCH_THREADS {
            scope.spawn(work);
        }
        work();
    });
}

/// Threads that a batch works with.
const BATCH_THREADS: usize = 4;

fn clean_host(
    group: &[&BatchPage],
    rules: &SiteRules,
    load: &(impl Fn(&BatchPage) -> Vec<u8> + Sync),
    emit: &(impl Fn(&BatchPage, serde_json::Value) + Sync),
) {
    let mut memory = SiteMemory::default();
    let parsed: Vec<(Page, Option<SiteRule>)> = group
        .iter()
        .map(|page| {
            let charset = Some(page.charset.as_str()).filter(|charset| !charset.is_empty());
            let html = decode(&load(page), charset);
            site::parse(&html, page.url.as_ref(), Some(rules))
        })
        .collect();
    if parsed.len() > 1 {
        for (page, (parsed, _)) in group.iter().zip(&parsed) {
            memory.learn_page(parsed, page.url.as_ref());
        }
    }
    let context = Context {
        memory: Some(&memory),
        ..Context::default()
    };
    for (page, (parsed, rule)) in group.iter().zip(&parsed) {
        let extraction = assemble(
            parsed,
            page.url.as_ref(),
            &context,
            rule.as_ref(),
            Model::shipped(),
        );
        emit(page, clean_json(&extraction, page.url.as_ref()));
    }
}
