//! The whole of an article: its pages joined, or another form of it (print, AMP) where the page gives less.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use super::context::Context;
use super::error::{Error, Result};
use super::page::{self, PageJob};
use super::teaser::page_is_better;
use crate::extract::Extraction;
use crate::model::article::Removed;
use crate::model::document::Block;
use crate::store::Raw;
use crate::text::fold::fold;
use crate::text::words;

/// Pages of one article that are joined at most.
const MOST_PAGES: u32 = 12;
/// No page is asked for once the text has so many bytes: a book is not an article.
const MOST_BYTES: usize = 2 << 20;
/// Other forms of a page asked for at most.
const MOST_FORMS: usize = 2;
/// A page of fewer words may be a shell, where it names another form of itself.
const FEW_WORDS: usize = 80;

/// How the remark on a missing page begins.
const GAP: &str = "the article goes on, but page ";

/// Says whether a body's remark is that a page of it is missing.
pub(super) fn is_gap(remark: &str) -> bool {
    remark.starts_with(GAP)
}

/// Completes an article from its first page: another form where the page gives little, else its further pages. What cannot
/// be had costs only itself, and is said in the body's remark. Returns with the article the page it was made from and its
/// further pages, to be kept.
pub(super) async fn complete(
    context: &Arc<Context>,
    job: &PageJob,
    mut raw: Raw,
    mut page: Extraction,
) -> (Extraction, Raw, Vec<Raw>) {
    let mut forms = std::mem::take(&mut page.other_forms);
    forms.extend(page.amp.take());
    if is_poor(&page, job) || page.next_page.is_some() {
        for address in forms.into_iter().take(MOST_FORMS) {
            if let Ok((form_raw, form)) = fetch(context, job, &address).await
                && gives_more(&form, &page)
            {
                raw = form_raw;
                page.is_teaser = form.is_teaser;
                page.body = form.body;
                page.next_page = None;
                break;
            }
        }
    }
    let mut parts = Vec::new();
    if page.next_page.is_some() {
        join(context, job, &raw.url, &mut page, &mut parts).await;
    }
    (page, raw, parts)
}

/// Joins an article again from its pages as they are kept: `part` gives the second, third … page. Answers whether none was
/// missing.
pub(super) fn join_kept(
    context: &Context,
    job: &PageJob,
    page: &mut Extraction,
    mut part: impl FnMut(u32) -> Option<Raw>,
) -> bool {
    let mut next = page.next_page.take();
    let mut number = 1;
    while next.take().is_some() && number < MOST_PAGES {
        number += 1;
        let Some(raw) = part(number) else {
            return false;
        };
        let job = PageJob {
            title: String::new(),
            ..job.clone()
        };
        let mut part = page::read_again(context, &job, &raw);
        next = part.next_page.take();
        if !append(page, part) {
            return true;
        }
    }
    true
}

/// Says whether another form of the page may give more than the page does.
fn is_poor(page: &Extraction, job: &PageJob) -> bool {
    let text = page.body.document.plain_text();
    page.is_teaser || words::count(&text) < FEW_WORDS || !page_is_better(&job.feed_text, &text)
}

fn gives_more(form: &Extraction, page: &Extraction) -> bool {
    let count = |it: &Extraction| it.body.document.word_count();
    count(form) * 10 > count(page) * 12
}

/// Fetches the article's further pages one after the other and joins them.
async fn join(
    context: &Arc<Context>,
    job: &PageJob,
    first: &str,
    page: &mut Extraction,
    parts: &mut Vec<Raw>,
) {
    let Ok(first) = Url::parse(first) else {
        return;
    };
    let mut asked: HashSet<String> = HashSet::from([first.to_string(), job.url.clone()]);
    let mut next = page.next_page.take();
    let mut number = 1;
    while let Some(address) = next.take() {
        let bytes: usize = page
            .body
            .document
            .texts()
            .iter()
            .map(|(_, text)| text.string.len())
            .sum();
        let is_same_host = Url::parse(&address).is_ok_and(|url| url.host_str() == first.host_str());
        if !is_same_host
            || bytes > MOST_BYTES
            || number == MOST_PAGES
            || !asked.insert(address.clone())
        {
            return;
        }
        number += 1;
        match fetch(context, job, &address).await {
            Ok((raw, mut part)) => {
                let is_same_host =
                    Url::parse(&raw.url).is_ok_and(|url| url.host_str() == first.host_str());
                next = part.next_page.take();
                // Another article after all, or a site without such a page that shows the first one again.
                if !is_same_host || !is_of(&part, job, page) || !append(page, part) {
                    return;
                }
                parts.push(raw);
            }
            Err(error) => {
                let why = match error {
                    Error::Fetch(error) => error.short(),
                    other => other.to_string(),
                };
                page.body.remark = Some(format!("{GAP}{number} is missing: {why}"));
                return;
            }
        }
    }
}

/// Says whether a further page has the article's headline. Numbered addresses also lead from one article to the next.
fn is_of(part: &Extraction, job: &PageJob, page: &Extraction) -> bool {
    let Some(own) = part.metadata.title.as_deref().map(fold) else {
        return true;
    };
    let known = [Some(job.title.as_str()), page.metadata.title.as_deref()];
    let known: Vec<String> = known
        .into_iter()
        .flatten()
        .map(fold)
        .filter(|title| !title.is_empty())
        .collect();
    known.is_empty()
        || known
            .iter()
            .any(|title| own.contains(title.as_str()) || title.contains(own.as_str()))
}

/// Fetches another page of the article; returns it as it came, and its text.
async fn fetch(context: &Arc<Context>, job: &PageJob, address: &str) -> Result<(Raw, Extraction)> {
    let job = PageJob {
        url: address.to_owned(),
        // So that the page says itself what its headline is.
        title: String::new(),
        ..job.clone()
    };
    let response = page::get(context, &job).await?;
    let work = {
        let context = Arc::clone(context);
        move || {
            (
                page::read(&context, &job, &response),
                page::raw_of(response),
            )
        }
    };
    let (read, raw) = context.compute(work).await.ok_or(Error::Broken)?;
    Ok((raw, read))
}

/// Puts a further page's blocks at the end of an article, leaving out what it repeats (the lead picture, the standfirst).
/// Answers whether anything was new.
fn append(page: &mut Extraction, part: Extraction) -> bool {
    let known: HashSet<String> = page.body.document.blocks.iter().map(key).collect();
    let offset = page.body.document.blocks.len();
    let blocks = part.body.document.blocks.into_iter();
    let new: Vec<Block> = blocks
        .filter(|block| !matches!(block, Block::Standfirst { .. }) && !known.contains(&key(block)))
        .collect();
    let says_something = new.iter().any(|block| !matches!(block, Block::Rule));
    if !says_something {
        return false;
    }
    let removed = part.body.removed.into_iter().map(|block| Removed {
        before: offset + block.before.min(new.len()),
        ..block
    });
    page.body.removed.extend(removed);
    page.body.document.blocks.extend(new);
    page.body.confidence = page.body.confidence.min(part.body.confidence);
    true
}

/// Returns what tells a block from others.
fn key(block: &Block) -> String {
    serde_json::to_string(block).unwrap_or_default()
}
