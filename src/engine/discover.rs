//! What an address is: a feed, a site with feeds, or a page.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::context::Context;
use super::error::{Error, Result};
use super::{sitemap, waits};
use crate::app::event::{Found, FoundFeed};
use crate::fetch::{self, For, Kind, Request, Response};
use crate::model::Feed;
use crate::syndication::FoundLink;
use crate::text::address::with_login_of;
use crate::{extract, syndication};

/// At most so many of the addresses a page names are asked.
const MOST_FOLLOWED: usize = 12;

/// Looks what an address is: a feed, a site with one or more feeds, or a page without. Blocks.
///
/// A feed already subscribed says where.
pub fn discover(context: &Arc<Context>, address: &str) -> Result<Found> {
    context.runtime()?.block_on(look(context, address))
}

/// Returns what a person typed as an address: `https://` where no scheme is given, `feed:` addresses as what they wrap.
pub(super) fn as_address(typed: &str) -> String {
    let typed = typed.trim();
    if let Some(rest) = typed.strip_prefix("feed:") {
        let rest = rest.trim_start_matches('/');
        return if rest.starts_with("http:") || rest.starts_with("https:") {
            rest.to_owned()
        } else {
            format!("https://{rest}")
        };
    }
    if typed.contains("://") {
        return typed.to_owned();
    }
    let host = typed.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let local = name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok();
    format!("{}://{typed}", if local { "http" } else { "https" })
}

pub(super) async fn look(context: &Arc<Context>, address: &str) -> Result<Found> {
    let url = as_address(address);
    let response = match ask(context, &url, None).await {
        // A site without https, typed without a scheme.
        Err(Error::Fetch(error))
            if !address.contains("://") && matches!(error.kind, Kind::Refused | Kind::Tls) =>
        {
            ask(context, &url.replacen("https://", "http://", 1), None).await?
        }
        other => other?,
    };
    let response = Arc::new(response);
    if let Some(feed) = read(context, &response, &url).await {
        return Ok(Found::Feeds(known(context, vec![feed]).await));
    }
    let (links, title) = {
        let response = Arc::clone(&response);
        context
            .compute(move || links_of(&response))
            .await
            .unwrap_or_default()
    };
    let mut feeds = follow(context, &response.url, links).await;
    if feeds.is_empty() {
        feeds.extend(usual(context, &response.url).await);
    }
    if feeds.is_empty() {
        feeds.extend(sitemap::find(context, &response).await);
    }
    if feeds.is_empty() {
        return Ok(Found::Page { title });
    }
    Ok(Found::Feeds(known(context, feeds).await))
}

/// Returns the feeds a page names, and its title. For the pool.
fn links_of(response: &Response) -> (Vec<FoundLink>, Option<String>) {
    let html = extract::decode(&response.body, response.content_type.as_deref());
    let url = url::Url::parse(&response.url).ok();
    let links = syndication::discover(&html, &response.url);
    let title = extract::extract(beginning(&html), url.as_ref(), &extract::Context::default())
        .metadata
        .title;
    (links, title)
}

/// A page's title stands in its beginning, and nothing else is wanted of it here.
fn beginning(html: &str) -> &str {
    const MOST_BYTES: usize = 1 << 20;
    html.get(..html.floor_char_boundary(MOST_BYTES))
        .unwrap_or(html)
}

/// Asks the addresses a page names, all at once, and keeps those that are feeds, in the page's order, each once.
/// Anchors are only asked where the page declares no feed: they are guesses.
async fn follow(context: &Arc<Context>, page_url: &str, links: Vec<FoundLink>) -> Vec<FoundFeed> {
    let declared = links.iter().any(|link| link.declared);
    let links: Vec<FoundLink> = links
        .into_iter()
        .filter(|link| link.declared || !declared)
        .take(MOST_FOLLOWED)
        .collect();
    let mut asked = JoinSet::new();
    for (number, link) in links.into_iter().enumerate() {
        let (context, page_url) = (Arc::clone(context), page_url.to_owned());
        asked.spawn(async move {
            let response = ask(&context, &link.url, Some(&page_url)).await.ok()?;
            let response = Arc::new(response);
            let mut feed = read(&context, &response, &page_url).await?;
            // The page's own name for it tells feeds of one site apart better than the feed's ("All", "Comments").
            if feed.title.is_empty() {
                feed.title = link.title.unwrap_or_default();
            }
            feed.site_url = feed.site_url.or(Some(page_url));
            Some((number, response.url.clone(), feed))
        });
    }
    let mut found: Vec<_> = asked.join_all().await.into_iter().flatten().collect();
    found.sort_by_key(|(number, ..)| *number);
    let mut seen = HashSet::new();
    let first = found
        .into_iter()
        .filter(|(_, came_from, _)| seen.insert(came_from.clone()));
    first.map(|(.., feed)| feed).collect()
}

/// Asks an address, unless its host asked us to wait; a wish to be left alone is kept for all that is asked of it later.
pub(super) async fn ask(context: &Context, url: &str, chosen: Option<&str>) -> Result<Response> {
    let now = context.now();
    waits::heed(context, now, url)?;
    let request = Request {
        what: For::Feed,
        chosen: chosen.map(str::to_owned),
        ..Request::feed(url, None)
    };
    match context.client.get(&request, now).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let host = fetch::host_of(url).unwrap_or_default();
            waits::note(context, now, &host, &error).await;
            // Who just asked us to wait says for how long.
            waits::heed(context, now, url)?;
            Err(error.into())
        }
    }
}

/// Tries the usual places, one after the other: the first feed found ends it.
async fn usual(context: &Arc<Context>, page_url: &str) -> Option<FoundFeed> {
    let base = url::Url::parse(page_url).ok()?;
    for path in syndication::USUAL_PATHS {
        let url = base.join(path).ok()?;
        match ask(context, url.as_str(), Some(page_url)).await {
            Ok(response) => {
                if let Some(feed) = read(context, &Arc::new(response), page_url).await {
                    return Some(feed);
                }
            }
            // A host that does not answer, or asks to be left alone, is not asked eight times more.
            Err(Error::Fetch(error)) if matches!(error.kind, Kind::Status(status) if status != 429 && status < 500) =>
                {}
            Err(_) => return None,
        }
    }
    None
}

/// Reads an answer as a feed. `typed`: the address the user gave, whose login belongs to its host.
pub(super) async fn read(
    context: &Arc<Context>,
    response: &Arc<Response>,
    typed: &str,
) -> Option<FoundFeed> {
    let (response, typed) = (Arc::clone(response), typed.to_owned());
    let found = move || {
        let feed = syndication::parse_head(
            &response.body,
            response.content_type.as_deref(),
            Some(&response.url),
        )
        .ok()?;
        let kind = match feed.format {
            syndication::Format::Rss | syndication::Format::Rdf => "RSS",
            syndication::Format::Atom => "Atom",
            syndication::Format::Json => "JSON Feed",
            syndication::Format::Sitemap => "news sitemap",
            syndication::Format::Page => "page",
        };
        Some(FoundFeed {
            title: feed.title.unwrap_or_default(),
            kind: kind.to_owned(),
            site_url: feed.site_url,
            // A permanent redirect is taken at once here: the reader sees the address before subscribing. One for now is not.
            url: with_login_of(&response.lasting_url, &typed),
            known: None,
        })
    };
    context.compute(found).await.flatten()
}

/// Says of each feed where it is already subscribed.
async fn known(context: &Arc<Context>, feeds: Vec<FoundFeed>) -> Vec<FoundFeed> {
    let untouched = feeds.clone();
    let work = {
        let context = Arc::clone(context);
        move || {
            let Ok(reader) = context.library.reader() else {
                return feeds;
            };
            let mut feeds = feeds;
            for found in &mut feeds {
                let feed = reader.feed_by_url(&found.url, context.now()).ok().flatten();
                found.known = feed.filter(|feed| !feed.archived).map(|feed| place(&feed));
            }
            feeds
        }
    };
    context.compute(work).await.unwrap_or(untouched)
}

/// Where a feed stands: `World/Europe · Herald`.
fn place(feed: &Feed) -> String {
    if feed.folder.is_empty() {
        feed.title.clone()
    } else {
        format!("{} · {}", feed.folder, feed.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_an_address() {
        for (typed, expect) in [
            ("example.com", "https://example.com"),
            (" http://example.com/a ", "http://example.com/a"),
            ("feed://example.com/rss", "https://example.com/rss"),
            ("feed:https://example.com/rss", "https://example.com/rss"),
            ("localhost:8080/feed", "http://localhost:8080/feed"),
            ("127.0.0.1:80", "http://127.0.0.1:80"),
        ] {
            assert_eq!(as_address(typed), expect);
        }
    }
}
