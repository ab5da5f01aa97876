//! Everything of some articles brought into the cache: texts that are missing, pictures that are missing, and what could
//! not be had with why not.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::context::Context;
use super::error::{Error, Result};
use super::page::{self, PageJob};
use super::{Cancel, article, furniture, picture};
use crate::app::event::{Missing, OfflineSummary};
use crate::fetch::are_offline;
use crate::model::article::BodySource;
use crate::model::feed::FullText;
use crate::model::{Article, ArticleId, Query};
use crate::store::{FetchLock, FetchTry};

/// Brings all text and pictures of the articles of a query, as politely as a reload. `progress`: articles done, and all.
/// Blocks until it is done or cancelled; what came until then is kept.
///
/// # Errors
/// Where another process fetches ([`Error::Fetching`]), or the library cannot be used. What could not be had is no error:
/// it stands in the summary.
pub fn bring_offline(
    context: &Arc<Context>,
    query: &Query,
    progress: &mut (dyn FnMut(usize, usize) + Send),
    cancel: &Cancel,
) -> Result<OfflineSummary> {
    context
        .runtime()?
        .block_on(run(context, query, progress, cancel))
}

/// The same on an async thread.
pub(super) async fn run(
    context: &Arc<Context>,
    query: &Query,
    progress: &mut (dyn FnMut(usize, usize) + Send),
    cancel: &Cancel,
) -> Result<OfflineSummary> {
    let _lock = match FetchLock::try_take(context.library.paths())? {
        FetchTry::Taken(lock) => lock,
        FetchTry::HeldBy(holder) => return Err(Error::Fetching(holder)),
    };
    let ids = {
        let (context, query) = (Arc::clone(context), query.clone());
        let work = {
            let context = Arc::clone(&context);
            move || context.library.reader()?.ids(&query, context.now())
        };
        context.compute(work).await.ok_or(Error::Broken)??
    };
    let mut summary = OfflineSummary {
        articles: ids.len(),
        ..OfflineSummary::default()
    };
    let mut work = start(context, ids);
    let mut done = 0;
    progress(done, summary.articles);
    loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                work.shutdown().await;
                summary.cancelled = true;
                break;
            }
            ended = work.join_next() => match ended {
                None => break,
                Some(Ok(outcome)) => {
                    done += 1;
                    if outcome.no_network {
                        work.shutdown().await;
                        summary.offline = true;
                        break;
                    }
                    summary.complete += usize::from(outcome.missing.is_empty());
                    summary.pages += outcome.pages;
                    summary.pictures += outcome.pictures;
                    summary.missing.extend(outcome.missing);
                    progress(done, summary.articles);
                }
                // A task that panicked lost its own article.
                Some(Err(error)) => tracing::error!("a task of :offline broke: {error}"),
            },
        }
    }
    summary.missing.sort_by_key(|it| std::cmp::Reverse(it.id));
    furniture::keep(context).await;
    context.keep_tries().await;
    Ok(summary)
}

fn start(context: &Arc<Context>, ids: Vec<ArticleId>) -> JoinSet<Outcome> {
    // As many as a reload takes for pages; the client's gate keeps each host's own limits.
    let slots = Arc::new(Semaphore::new((context.settings.connections / 2).max(1)));
    let mut work = JoinSet::new();
    for id in ids {
        let (context, slots) = (Arc::clone(context), Arc::clone(&slots));
        work.spawn(async move {
            let _slot = slots.acquire_owned().await;
            complete(&context, id).await
        });
    }
    work
}

/// What came of one article.
#[derive(Default)]
struct Outcome {
    pages: usize,
    pictures: usize,
    missing: Vec<Missing>,
    no_network: bool,
}

/// What is to be brought of an article.
struct Wanted {
    article: Box<Article>,
    feed_url: Option<String>,
    page: Option<PageJob>,
    pictures: Vec<String>,
}

async fn complete(context: &Arc<Context>, id: ArticleId) -> Outcome {
    let mut outcome = Outcome::default();
    let work = {
        let context = Arc::clone(context);
        move || look(&context, id)
    };
    // Gone meanwhile: nothing is missing of it.
    let Some(Ok(Some(mut wanted))) = context.compute(work).await else {
        return outcome;
    };
    let missing = |what: &'static str, why: String| Missing {
        id,
        title: wanted.article.row.title.clone(),
        what,
        why,
    };
    if let Some(job) = &wanted.page {
        match page::reload(context, job, false).await {
            Ok(pictures) => {
                outcome.pages += 1;
                wanted.pictures = pictures;
            }
            Err(Error::Fetch(error)) if are_offline([Some(&error)]) => {
                outcome.no_network = true;
                return outcome;
            }
            Err(Error::Fetch(error)) => outcome.missing.push(missing("text", error.short())),
            Err(error) => outcome.missing.push(missing("text", error.to_string())),
        }
    } else if wanted.article.body.source == BodySource::None {
        let why = "the feed gives neither text nor address".to_owned();
        outcome.missing.push(missing("text", why));
    }
    if context.pictures && !wanted.pictures.is_empty() {
        let feed = wanted.feed_url.as_deref();
        let fetched = picture::fetch(context, id, &wanted.pictures, feed).await;
        outcome.pictures += fetched.kept;
        outcome.no_network |= fetched.is_offline;
        if let Some((_, why)) = fetched.missing.first() {
            let count = fetched.missing.len();
            outcome
                .missing
                .push(missing("pictures", format!("{count} missing: {why}")));
        }
    }
    outcome
}

/// Looks what an article lacks. For the pool.
fn look(context: &Context, id: ArticleId) -> Result<Option<Wanted>> {
    let reader = context.library.reader()?;
    let Some(article) = reader.article(id, None)? else {
        return Ok(None);
    };
    let source = match article.row.feed {
        Some(feed) => reader.feed_sources(Some(&[feed]), context.now())?.pop(),
        None => None,
    };
    let asked = source
        .as_ref()
        .and_then(|source| source.settings.full_text)
        .unwrap_or(context.settings.full_text);
    let feed_url = source.map(|source| source.url);
    let is_whole = match article.body.source {
        // One that goes on where a page could not be had says so.
        BodySource::Page => !article
            .body
            .remark
            .as_deref()
            .is_some_and(super::whole::is_gap),
        BodySource::Feed => article.row.has.full_text,
        BodySource::None => false,
    };
    let pictures = picture::addresses(&article.body.document);
    let page = if is_whole || asked == FullText::Never {
        None
    } else {
        let feed = reader.article(id, Some(BodySource::Feed))?;
        feed.and_then(|feed| article::job(feed, feed_url.clone()))
    };
    Ok(Some(Wanted {
        article: Box::new(article),
        feed_url,
        page,
        pictures,
    }))
}
