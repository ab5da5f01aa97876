//! One page of a reload: fetch, clean, find its names, keep the better text.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::access;
use super::context::Context;
use super::error::{Error, Result};
use super::feed::{note_wait, wait_of};
use super::teaser::page_is_better;
use super::{furniture, picture, whole};
use crate::extract::Extraction;
use crate::fetch::{self, Request, Response};
use crate::model::article::BodySource;
use crate::model::{ArticleEntities, ArticleId};
use crate::store::{NewPage, Raw};
use crate::{entities, extract};

/// A page to fetch, with what the feed said of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PageJob {
    pub(super) article: ArticleId,
    /// The feed on whose behalf it is asked.
    pub(super) feed_url: Option<String>,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) authors: Vec<String>,
    pub(super) published: Option<Timestamp>,
    pub(super) language: Option<String>,
    /// The paper's name, as its feed says.
    pub(super) paper: Option<String>,
    /// The feed's own text, against which the page is held.
    pub(super) feed_text: String,
}

/// A page fetched, cleaned and tagged.
pub(super) struct CleanPage {
    pub(super) extraction: Extraction,
    pub(super) entities: ArticleEntities,
    pub(super) raw: Raw,
}

/// Fetches an article's page and keeps it. Where it cannot be had or serves the reader less than the feed's text, that
/// is noted with the article. `insist`: the reader asked for it, so the page is kept whatever it gives. Answers the
/// addresses of the pictures in what is kept.
pub(super) async fn reload(
    context: &Arc<Context>,
    job: &PageJob,
    insist: bool,
) -> Result<Vec<String>> {
    let result = clean_page(context, job).await;
    let now = context.now();
    match result {
        Ok(page)
            if insist
                || page_is_better(&job.feed_text, &page.extraction.body.document.plain_text()) =>
        {
            let pictures = picture::addresses(&page.extraction.body.document);
            keep(context, job, page, now).await?;
            Ok(pictures)
        }
        Ok(page) => {
            let nothing = page.extraction.body.document.blocks.is_empty();
            let remark = if nothing {
                "no article was found on the page"
            } else {
                "the page gives less"
            };
            failed(context, job, remark.to_owned(), false).await?;
            Err(Error::NoText)
        }
        // Nothing was learnt of the page: the wish for it stays, and no remark.
        Err(Error::Fetch(error)) if fetch::are_offline([Some(&error)]) => Err(Error::Fetch(error)),
        Err(error) => {
            let (remark, retry) = match &error {
                Error::Fetch(error) => (
                    error.short(),
                    error.is_passing() && context.tries_again(job.article),
                ),
                other => (other.to_string(), false),
            };
            failed(context, job, remark, retry).await?;
            Err(error)
        }
    }
}

async fn failed(context: &Context, job: &PageJob, remark: String, retry: bool) -> Result<()> {
    let kept = if job.feed_text.is_empty() {
        "only the headline is here"
    } else {
        "feed text only"
    };
    let remark = format!("{kept}: {remark}");
    let article = job.article;
    context
        .write(move |writer, reply| writer.page_failed(article, remark, retry, reply))
        .await
}

async fn keep(context: &Context, job: &PageJob, page: CleanPage, at: Timestamp) -> Result<()> {
    let page = NewPage {
        article: job.article,
        at,
        metadata: page.extraction.metadata,
        body: page.extraction.body,
        entities: page.entities,
        raw: Some(page.raw),
    };
    context
        .write(move |writer, reply| writer.store_page(page, reply))
        .await
}

/// Fetches a page, cleans it and finds its names.
pub(super) async fn clean_page(context: &Arc<Context>, job: &PageJob) -> Result<CleanPage> {
    let response = get(context, job).await?;
    let work = {
        let (context, job) = (Arc::clone(context), job.clone());
        move || (read(&context, &job, &response), response)
    };
    let (extraction, response) = context.compute(work).await.ok_or(Error::Broken)?;
    let extraction = whole::complete(context, job, &response.url, extraction).await;
    if extraction.body.document.blocks.is_empty() {
        return Err(Error::NoText);
    }
    let work = {
        let (context, job) = (Arc::clone(context), job.clone());
        move || name(&context, &job, extraction, response)
    };
    context.compute(work).await.ok_or(Error::Broken)
}

/// Fetches a page of text.
pub(super) async fn get(context: &Arc<Context>, job: &PageJob) -> Result<Response> {
    let now = context.now();
    let host = fetch::host_of(&job.url).unwrap_or_default();
    if wait_of(context, now, &host).is_some() {
        let error = fetch::Error::new(fetch::Kind::Status(429), &host);
        return Err(error.into());
    }
    let request = Request::page(&job.url);
    let request = access::on_behalf(context, request, job.feed_url.as_deref()).await?;
    match context.client.get(&request, now).await {
        Ok(response) => match not_text(&response) {
            Some(what) => Err(Error::NotAPage(what)),
            None => Ok(response),
        },
        Err(error) => {
            note_wait(context, now, &host, &error).await;
            Err(error.into())
        }
    }
}

/// Returns what an answer is, in words, where it is no page of text.
fn not_text(response: &Response) -> Option<&'static str> {
    let media = response
        .content_type
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match media.split(['/', ';']).next().unwrap_or_default() {
        "image" => Some("a picture"),
        "audio" => Some("a sound file"),
        "video" => Some("a film"),
        "font" => Some("a file"),
        "application" if media.starts_with("application/pdf") => Some("a PDF file"),
        "application"
            if !media.contains("html") && !media.contains("xml") && !media.contains("json") =>
        {
            Some("a file")
        }
        _ if response.body.starts_with(b"%PDF-") => Some("a PDF file"),
        _ => None,
    }
}

/// Cleans a page. For the pool.
pub(super) fn read(context: &Context, job: &PageJob, response: &Response) -> Extraction {
    let html = extract::decode(&response.body, response.content_type.as_deref());
    let url = Url::parse(&response.url).ok();
    let memory = url
        .as_ref()
        .and_then(Url::host_str)
        .map(|host| furniture::learn(context, host, &html));
    let hints = extract::Context {
        title: Some(job.title.clone()).filter(|title| !title.is_empty()),
        authors: job.authors.clone(),
        published: job.published,
        summary: Some(job.feed_text.clone()).filter(|text| !text.is_empty()),
        memory: memory.as_deref(),
        rule: None,
    };
    let media = response.content_type.as_deref().unwrap_or_default();
    let mut extraction = if media
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/plain")
    {
        extract::plain_text_page(&html)
    } else {
        extract::extract(&html, url.as_ref(), &hints)
    };
    extraction.body.source = BodySource::Page;
    extraction.body.cleaner = extract::VERSION;
    if extraction.is_teaser && extraction.body.remark.is_none() {
        extraction.body.remark = Some("the site shows only the beginning".to_owned());
    }
    extraction
}

/// Finds the names in a page's text. For the pool.
fn name(
    context: &Context,
    job: &PageJob,
    mut extraction: Extraction,
    response: Response,
) -> CleanPage {
    let lead = extraction.metadata.lead_image.clone();
    picture::with_lead(&mut extraction.body, lead.as_deref());
    let metadata = &extraction.metadata;
    let document = &extraction.body.document;
    let title = if job.title.is_empty() {
        metadata.title.as_deref().unwrap_or_default()
    } else {
        &job.title
    };
    let authors = if metadata.authors.is_empty() {
        &job.authors
    } else {
        &metadata.authors
    };
    let followed = context.followed();
    let entities = entities::recognize(
        title,
        document,
        &entities::Hints {
            language: document
                .lang
                .as_deref()
                .or(metadata.language.as_deref())
                .or(job.language.as_deref()),
            authors,
            site_name: metadata.site_name.as_deref().or(job.paper.as_deref()),
            followed: &followed,
        },
    );
    CleanPage {
        extraction,
        entities,
        raw: Raw {
            url: response.url,
            content_type: response.content_type,
            bytes: response.body,
        },
    }
}
