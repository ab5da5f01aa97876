//! Sites without a feed but with a sitemap of their news: found, and followed where an index names another every month.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use super::context::Context;
use super::discover::{self, ask};
use super::error::Error;
use super::feed::{Ask, is_same};
use super::waits;
use crate::app::event::FoundFeed;
use crate::fetch::{self, Access, Kind, Request, Response};
use crate::model::feed::Validators;
use crate::syndication::{self, NotAFeed, ParsedFeed, Remark};

/// At most so many sitemaps of a site are asked for one with news in it.
const MOST_LOOKED_AT: usize = 8;

/// At most so many sitemaps of an index are read at each reload: the newest. Papers begin another each day or month.
const MOST_READ: usize = 3;

/// Where news sitemaps lie that `robots.txt` does not name, the most usual first.
const USUAL: [&str; 4] = [
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap.xml",
];

/// Looks for a site's news sitemap: the answer itself where it lists sitemaps, else those that `robots.txt` names, else
/// the usual places. Where it is one of several that are numbered or dated, the index that names it is what to follow.
pub(super) async fn find(context: &Arc<Context>, page: &Response) -> Option<FoundFeed> {
    let of_page = syndication::sitemaps_of_index(&page.body);
    let mut wanted: VecDeque<(String, Option<String>)> = if of_page.is_empty() {
        let named = named(context, page).await?;
        named.into_iter().map(|url| (url, None)).collect()
    } else {
        let index = Some(page.url.clone());
        of_page
            .into_iter()
            .map(|url| (url, index.clone()))
            .collect()
    };
    for _ in 0..MOST_LOOKED_AT {
        let (url, index) = wanted.pop_front()?;
        let response = match ask(context, &url, Some(&page.url)).await {
            Ok(response) => Arc::new(response),
            Err(Error::Fetch(error)) if matches!(error.kind, Kind::Status(status) if status != 429 && status < 500) =>
            {
                continue;
            }
            Err(_) => return None,
        };
        if let Some(mut found) = discover::read(context, &response, &page.url).await {
            if let Some(index) = index.filter(|_| is_one_of_several(&url)) {
                found.url = index;
            }
            return Some(found);
        }
        for found in syndication::sitemaps_of_index(&response.body)
            .into_iter()
            .rev()
        {
            wanted.push_front((found, Some(response.url.clone())));
        }
    }
    None
}

/// Returns the sitemaps that `robots.txt` names, else those at the usual places.
async fn named(context: &Arc<Context>, page: &Response) -> Option<Vec<String>> {
    let base = url::Url::parse(&page.url).ok()?;
    let robots = base.join("/robots.txt").ok()?;
    let robots = ask(context, robots.as_str(), Some(&page.url)).await;
    let robots = robots.map(|robots| String::from_utf8_lossy(&robots.body).into_owned());
    let named = syndication::sitemaps_of_robots(&robots.unwrap_or_default());
    if !named.is_empty() {
        return Some(named);
    }
    let usual = USUAL.iter().filter_map(|path| base.join(path).ok());
    Some(usual.map(String::from).collect())
}

/// Says whether a sitemap's name has a number or a date in it: tomorrow the news stand in another.
fn is_one_of_several(url: &str) -> bool {
    let name = url.rsplit_once('/').map_or(url, |(_, name)| name);
    name.contains(|c: char| c.is_ascii_digit())
}

/// The sitemaps of an index that is followed as a feed.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Some brought something.
    pub(super) is_new: bool,
    /// What was read of those.
    pub(super) feeds: Vec<(ParsedFeed, Vec<Remark>)>,
    /// What to send to each next time, by its address.
    pub(super) known: BTreeMap<String, Validators>,
}

/// Asks the sitemaps that an index names, the newest ones. `None` where the answer is no index, nor the feed one. `is_known`:
/// the index is as it was, and its sitemaps those of last time. Each is read and let go before the next is asked for.
pub(super) async fn parts(
    context: &Context,
    subject: &Ask,
    access: &Access,
    index: &mut Response,
    is_known: bool,
) -> Result<Option<Parts>, fetch::Error> {
    let before = &subject.memo.sitemaps;
    let urls: Vec<String> = if is_known {
        before.keys().cloned().collect()
    } else if syndication::is_index_of_sitemaps(&index.body) {
        let mut urls = syndication::sitemaps_of_index(&index.body);
        urls.truncate(MOST_READ);
        urls
    } else {
        Vec::new()
    };
    if urls.is_empty() {
        return Ok(None);
    }
    index.let_go();
    let mut parts = Parts::default();
    let mut failure = None;
    for url in urls {
        let now = context.now();
        let known = before.get(&url);
        let request = Request {
            access: access.clone(),
            chosen: Some(subject.source.url.clone()),
            waits_for_room: true,
            ..Request::feed(&url, known.cloned())
        };
        match context.client.get(&request, now).await {
            Ok(response) => {
                parts.known.insert(url, response.validators.clone());
                if !is_same(&response, known) {
                    parts.is_new = true;
                    parts.feeds.extend(read(context, response).await);
                }
            }
            Err(error) => {
                let host = fetch::host_of(&url).unwrap_or_default();
                waits::note(context, now, &host, &error).await;
                failure = Some(error);
                // What it said before still holds.
                if let Some(known) = known {
                    parts.known.insert(url, known.clone());
                }
            }
        }
    }
    match failure {
        Some(error) if !parts.is_new => Err(error),
        _ => Ok(Some(parts)),
    }
}

async fn read(context: &Context, response: Response) -> Option<(ParsedFeed, Vec<Remark>)> {
    let bytes = response.body.len();
    let (read, _alone) = context.compute_alone(bytes, move || parse(&response)).await;
    read.flatten()
}

fn parse(body: &Response) -> Option<(ParsedFeed, Vec<Remark>)> {
    syndication::parse(&body.body, body.content_type.as_deref(), Some(&body.url)).ok()
}

/// Makes the news of several sitemaps one feed, the newest first.
pub(super) fn together(
    feeds: Vec<(ParsedFeed, Vec<Remark>)>,
) -> Result<(ParsedFeed, Vec<Remark>), NotAFeed> {
    let mut whole: Option<ParsedFeed> = None;
    let mut remarks = Vec::new();
    for (feed, more) in feeds {
        remarks.extend(more);
        match &mut whole {
            Some(whole) => whole.entries.extend(feed.entries),
            None => whole = Some(feed),
        }
    }
    let mut whole = whole.ok_or(NotAFeed::Sitemap)?;
    let mut seen = HashSet::new();
    whole.entries.retain(|entry| seen.insert(entry.id.clone()));
    whole
        .entries
        .sort_by_key(|entry| std::cmp::Reverse(entry.published));
    whole.entries.truncate(syndication::MAX_ENTRIES);
    // None of them is the feed's last entry.
    remarks.retain(|remark| *remark != Remark::Cut);
    Ok((whole, remarks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_sitemap_is_one_of_several() {
        for (url, expect) in [
            ("https://e.com/news-sitemap.xml", false),
            ("https://e.com/2026/news.xml", false),
            ("https://e.com/news-2026-11.xml", true),
            ("https://e.com/sitemap.php?page=3", true),
        ] {
            assert_eq!(is_one_of_several(url), expect, "{url}");
        }
    }

    #[test]
    fn sitemaps_are_read_as_one_feed() {
        let sitemap = |stories: &[(&str, &str)]| {
            let urls = stories.iter().map(|(name, date)| {
                format!(
                    "<url><loc>https://e.com/{name}</loc><news:news><news:publication_date>{date}</news:publication_date>\
                     <news:title>{name}</news:title></news:news></url>"
                )
            });
            Response {
                url: "https://e.com/s.xml".into(),
                body: format!("<urlset>{}</urlset>", urls.collect::<String>()).into_bytes(),
                ..Response::default()
            }
        };
        let none = Response {
            body: b"<urlset><url><loc>https://e.com/about</loc></url></urlset>".to_vec(),
            ..Response::default()
        };
        let bodies = [
            none.clone(),
            sitemap(&[("b", "2026-11-02"), ("a", "2026-11-01")]),
            sitemap(&[("c", "2026-11-03"), ("b", "2026-11-02")]),
        ];
        let (feed, _) = together(bodies.iter().filter_map(parse).collect()).unwrap();
        let links: Vec<_> = feed
            .entries
            .iter()
            .filter_map(|e| e.link.as_deref())
            .collect();
        assert_eq!(
            links,
            ["https://e.com/c", "https://e.com/b", "https://e.com/a"]
        );
        let none = parse(&none).into_iter().collect();
        assert_eq!(together(none).unwrap_err(), NotAFeed::Sitemap);
    }
}
