//! Single articles: the full text of one, a page kept as one, a page for a filter.

use std::sync::Arc;

use super::context::Context;
use super::error::{Error, Result};
use super::page::{self, PageJob};
use super::picture;
use crate::extract;
use crate::model::article::BodySource;
use crate::model::{Article, ArticleId};
use crate::store::{PageWanted, Reader, SavedPage};

/// A page as fetched, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchedPage {
    /// The address that answered in the end.
    pub url: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The page.
    pub html: String,
}

/// Fetches and cleans the page behind an article, and keeps it. Blocks.
pub fn fetch_full(context: &Arc<Context>, id: ArticleId) -> Result<()> {
    context.runtime()?.block_on(full(context, id))
}

pub(super) async fn full(context: &Arc<Context>, id: ArticleId) -> Result<()> {
    let work = {
        let context = Arc::clone(context);
        move || job_of(&context, id)
    };
    let job = context.compute(work).await.ok_or(Error::Broken)??;
    let (pictures, result) = match page::reload(context, &job, true).await {
        Ok(pictures) => (pictures, Ok(())),
        // The text that is there keeps its pictures: those that are missing are tried again, too.
        Err(error) => (pictures_of(context, id).await, Err(error)),
    };
    if context.pictures {
        picture::fetch(context, id, &pictures, job.feed_url.as_deref()).await;
    }
    result
}

async fn pictures_of(context: &Arc<Context>, id: ArticleId) -> Vec<String> {
    let work = {
        let context = Arc::clone(context);
        move || {
            let article = context.library.reader()?.article(id, None)?;
            Result::Ok(article.map(|article| picture::addresses(&article.body.document)))
        }
    };
    let found = context.compute(work).await;
    found.and_then(Result::ok).flatten().unwrap_or_default()
}

fn job_of(context: &Context, id: ArticleId) -> Result<PageJob> {
    let reader = context.library.reader()?;
    let article = reader
        .article(id, Some(BodySource::Feed))?
        .ok_or(Error::NoArticle)?;
    let feed_url = match article.row.feed {
        Some(feed) => reader
            .feed_sources(Some(&[feed]), context.now())?
            .pop()
            .map(|source| source.url),
        None => None,
    };
    job(article, feed_url).ok_or(Error::NoAddress)
}

/// Returns the job for a page whose wish was kept from an earlier reload.
pub(super) fn job_of_wanted(
    context: &Context,
    reader: &Reader,
    wanted: &PageWanted,
) -> Option<PageJob> {
    let article = reader
        .article(wanted.article, Some(BodySource::Feed))
        .ok()??;
    let feed = wanted
        .feed
        .map(|feed| reader.feed_sources(Some(&[feed]), context.now()));
    let feed_url = feed
        .and_then(|sources| sources.ok()?.pop())
        .map(|source| source.url);
    let mut job = job(article, feed_url)?;
    job.url.clone_from(&wanted.url);
    Some(job)
}

/// Returns the job of a page that is kept, for cleaning it again.
pub(super) fn job_again(article: Article) -> PageJob {
    let mut job = lone("");
    job.article = article.row.id;
    job.feed_text = match article.body.source {
        BodySource::Feed => article.body.document.plain_text(),
        BodySource::Page | BodySource::None => String::new(),
    };
    job.paper = (!article.row.feed_title.is_empty())
        .then_some(article.row.feed_title)
        .or(article.site_name);
    // A page that no feed brought speaks for itself.
    if article.row.feed.is_some() {
        job.title = article.row.title;
        job.authors = article.row.authors;
        job.published = article.row.published;
    }
    job.language = article.language;
    job.decisions = article.decisions;
    job
}

pub(super) fn job(article: Article, feed_url: Option<String>) -> Option<PageJob> {
    let feed_text = match article.body.source {
        BodySource::Feed => article.body.document.plain_text(),
        BodySource::Page | BodySource::None => String::new(),
    };
    Some(PageJob {
        article: article.row.id,
        feed_url,
        url: article.row.url?,
        title: article.row.title,
        authors: article.row.authors,
        published: article.row.published,
        language: article.language,
        paper: article.site_name,
        feed_text,
        decisions: article.decisions,
    })
}

/// Fetches one page and keeps it as an article of its own. Blocks.
pub fn save_article(context: &Arc<Context>, url: &str) -> Result<ArticleId> {
    context.runtime()?.block_on(save(context, url))
}

pub(super) async fn save(context: &Arc<Context>, url: &str) -> Result<ArticleId> {
    let job = lone(url);
    let page = page::clean_page(context, &job).await?;
    let saved = SavedPage {
        url: page.raw.url.clone(),
        at: context.now(),
        metadata: page.extraction.metadata,
        body: page.extraction.body,
        entities: page.entities,
        raw: Some(page.raw),
        parts: page.parts,
    };
    context
        .write(move |writer, reply| writer.store_article(saved, reply))
        .await
}

/// Fetches one page and gives it back decoded, keeping nothing. Blocks.
pub fn fetch_page(context: &Arc<Context>, url: &str) -> Result<FetchedPage> {
    let response = context
        .runtime()?
        .block_on(page::get(context, &lone(url)))?;
    Ok(FetchedPage {
        html: extract::decode(&response.body, response.content_type.as_deref()),
        url: response.url,
        content_type: response.content_type,
    })
}

/// A page that no feed told of.
fn lone(url: &str) -> PageJob {
    PageJob {
        article: ArticleId(0),
        feed_url: None,
        url: super::discover::as_address(url),
        title: String::new(),
        authors: Vec::new(),
        published: None,
        language: None,
        paper: None,
        feed_text: String::new(),
        decisions: Vec::new(),
    }
}
