//! One page of a reload: fetch, clean, find its names, keep the better text.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::access;
use super::context::Context;
use super::error::{Error, Result};
use super::teaser::page_is_better;
use super::{furniture, names, picture, waits, whole};
use crate::extract::{Extraction, SiteMemory};
use crate::fetch::{self, Request, Response};
use crate::model::article::{BlockDecision, Body, BodySource, Metadata};
use crate::model::{ArticleEntities, ArticleId, Document};
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
    /// What the reader decided on its blocks.
    pub(super) decisions: Vec<BlockDecision>,
}

/// A page fetched, cleaned and tagged.
pub(super) struct CleanPage {
    pub(super) extraction: Extraction,
    pub(super) entities: ArticleEntities,
    pub(super) raw: Raw,
    /// Its further pages, as they came.
    pub(super) parts: Vec<Raw>,
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
        Err(Error::Waits(words)) => Err(Error::Waits(words)),
        Err(error) => {
            let (remark, retry) = match &error {
                Error::Fetch(error) => (
                    error.short(),
                    // Who says "too many" is asked again when it allows, however often it says so.
                    error.kind == fetch::Kind::Status(429)
                        || error.is_passing() && context.tries_again(job.article),
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
        parts: page.parts,
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
        move || (read(&context, &job, &response), raw_of(response))
    };
    let (extraction, raw) = context.compute(work).await.ok_or(Error::Broken)?;
    let (extraction, raw, parts) = whole::complete(context, job, raw, extraction).await;
    if extraction.body.document.blocks.is_empty() {
        return Err(Error::NoText);
    }
    let work = {
        let (context, job) = (Arc::clone(context), job.clone());
        move || {
            let mut extraction = extraction;
            let entities = finish(&context, &job, &mut extraction, &raw.url);
            CleanPage {
                extraction,
                entities,
                raw,
                parts,
            }
        }
    };
    context.compute(work).await.ok_or(Error::Broken)
}

/// Returns an answer as it is kept.
pub(super) fn raw_of(response: Response) -> Raw {
    Raw {
        url: response.url,
        content_type: response.content_type,
        bytes: response.body,
    }
}

/// Fetches a page of text.
pub(super) async fn get(context: &Arc<Context>, job: &PageJob) -> Result<Response> {
    let now = context.now();
    waits::heed(context, now, &job.url)?;
    let request = Request::page(&job.url);
    let request = access::on_behalf(context, request, job.feed_url.as_deref()).await?;
    match context.client.get(&request, now).await {
        Ok(response) => match not_text(&response) {
            Some(what) => Err(Error::NotAPage(what)),
            None => Ok(response),
        },
        Err(error) => {
            let host = fetch::host_of(&job.url).unwrap_or_default();
            waits::note(context, now, &host, &error).await;
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

/// Cleans a page, learning its site. For the pool.
pub(super) fn read(context: &Context, job: &PageJob, response: &Response) -> Extraction {
    let content_type = response.content_type.as_deref();
    let html = extract::decode(&response.body, content_type);
    let url = Url::parse(&response.url).ok();
    let memory = url
        .as_ref()
        .and_then(|url| furniture::learn(context, url, &html, job.article));
    clean(
        context,
        job,
        &html,
        (url.as_ref(), content_type),
        memory.as_deref(),
    )
}

/// Cleans a page that is kept as it would be cleaned if it came now; learns nothing from it.
pub(super) fn read_again(context: &Context, job: &PageJob, raw: &Raw) -> Extraction {
    let content_type = raw.content_type.as_deref();
    let html = extract::decode(&raw.bytes, content_type);
    let url = Url::parse(&raw.url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let memory = host.map(|host| furniture::of_host(context, host));
    clean(
        context,
        job,
        &html,
        (url.as_ref(), content_type),
        memory.as_deref(),
    )
}

fn clean(
    context: &Context,
    job: &PageJob,
    html: &str,
    (url, content_type): (Option<&Url>, Option<&str>),
    memory: Option<&SiteMemory>,
) -> Extraction {
    let rules = context.site_rules();
    let hints = extract::Context {
        title: Some(job.title.clone()).filter(|title| !title.is_empty()),
        authors: job.authors.clone(),
        published: job.published,
        summary: Some(job.feed_text.clone()).filter(|text| !text.is_empty()),
        memory,
        rules: Some(&rules),
        decisions: &job.decisions,
    };
    let media = content_type.unwrap_or_default();
    let mut extraction = if media
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/plain")
    {
        extract::plain_text_page(html)
    } else {
        extract::extract(html, url, &hints)
    };
    extraction.body.source = BodySource::Page;
    extraction.body.cleaner = extract::VERSION;
    if extraction.is_teaser && extraction.body.remark.is_none() {
        extraction.body.remark = Some("the site shows only the beginning".to_owned());
    }
    extraction
}

/// Puts the lead picture into an article that is whole, does what the reader and the site's rule decided on its blocks, and
/// finds its names. For the pool.
pub(super) fn finish(
    context: &Context,
    job: &PageJob,
    extraction: &mut Extraction,
    url: &str,
) -> ArticleEntities {
    let lead = extraction.metadata.lead_image.clone();
    picture::with_lead(&mut extraction.body, lead.as_deref());
    decide(context, job, &mut extraction.body, url);
    let metadata = &extraction.metadata;
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
    names(
        context,
        job,
        title,
        &extraction.body.document,
        authors,
        metadata,
    )
}

/// Does to a finished text what the reader and the rule for its site decided on blocks.
pub(super) fn decide(context: &Context, job: &PageJob, body: &mut Body, url: &str) {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let rule = host.and_then(|host| context.site_rules().of(host));
    extract::apply_decisions(body, rule.as_ref(), &job.decisions);
}

/// Finds the names in an article.
pub(super) fn names(
    context: &Context,
    job: &PageJob,
    title: &str,
    document: &Document,
    authors: &[String],
    metadata: &Metadata,
) -> ArticleEntities {
    let followed = context.followed();
    let hints = entities::Hints {
        language: document
            .lang
            .as_deref()
            .or(metadata.language.as_deref())
            .or(job.language.as_deref()),
        authors,
        site_name: metadata.site_name.as_deref().or(job.paper.as_deref()),
        followed: &followed,
    };
    names::find(title, document, &hints)
}
