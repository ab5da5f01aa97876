//! Finding the feeds of a page: the links it declares, and the anchors that look like feeds.

use scraper::{ElementRef, Html, Selector};

use super::{entry, plain, xml};

/// At most this many are returned; a page with more lists other sites' feeds.
const MAX_FOUND: usize = 50;

/// Longer pages are cut before they are parsed: links to feeds stand in the head or in the footer of small pages.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// Paths on a host where feeds lie whose page does not name them, the most usual first.
pub const USUAL_PATHS: &[&str] = &[
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed/",
    "/feeds/posts/default",
    "/feed.json",
    "/index.rss",
    "/blog/feed",
    "/rss/",
    "/feed.atom",
    "/?feed=rss2",
];

/// A feed a page leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLink {
    /// Absolute http(s) address.
    pub url: String,
    /// What the page calls it.
    pub title: Option<String>,
    /// The page declares it with `<link rel="alternate">`; otherwise it is an anchor that looks like a feed.
    pub declared: bool,
}

/// Finds the feeds a page leads to, best first: declared ones in the page's order, then anchors, feeds of comments
/// last. `base_url` is the page's address.
pub fn discover(html: &str, base_url: &str) -> Vec<FoundLink> {
    let page = Html::parse_document(plain::cut(html, MAX_PAGE_BYTES));
    let base = select(&page, "base[href]")
        .find_map(|element| xml::join(Some(base_url), element.attr("href")?));
    let base = base.as_deref().unwrap_or(base_url);
    let declared = select(&page, "link[rel][href]")
        .filter(|link| declares_feed(*link))
        .map(|link| (link, true));
    let anchors = select(&page, "a[href]")
        .filter(|anchor| looks_like_feed(*anchor))
        .map(|anchor| (anchor, false));
    let mut found: Vec<FoundLink> = Vec::new();
    for (element, declared) in declared.chain(anchors) {
        let url = element
            .attr("href")
            .and_then(|href| entry::address(href, Some(base)));
        let Some(url) = url.filter(|url| url.starts_with("http")) else {
            continue;
        };
        if found.iter().any(|link| link.url == url) {
            continue;
        }
        let words = element.text().collect::<String>();
        let title = element.attr("title").unwrap_or(&words);
        found.push(FoundLink {
            url,
            title: plain::some_line(title),
            declared,
        });
        if found.len() == MAX_FOUND {
            break;
        }
    }
    found.sort_by_key(is_of_comments);
    found
}

fn select<'a>(page: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).ok();
    let elements: Vec<_> = selector
        .iter()
        .flat_map(|selector| page.select(selector))
        .collect();
    elements.into_iter()
}

fn declares_feed(link: ElementRef<'_>) -> bool {
    let rel = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
    let mut rels = rel.split_ascii_whitespace();
    let media_type = link.attr("type").unwrap_or_default().to_ascii_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    match media_type {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/feed+json"
        | "application/rdf+xml"
        | "text/rss" => rels.any(|rel| matches!(rel, "alternate" | "feed")),
        // `application/json` alternates are mostly not feeds (WordPress declares its API so).
        "application/xml" | "text/xml" => rels.any(|rel| rel == "alternate"),
        _ => rels.any(|rel| rel == "feed"),
    }
}

fn looks_like_feed(anchor: ElementRef<'_>) -> bool {
    let href = anchor.attr("href").unwrap_or_default().to_ascii_lowercase();
    if href.starts_with("feed:") {
        return true;
    }
    let path = href
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    match extension {
        "rss" | "atom" | "rdf" => true,
        "xml" => {
            ["feed", "rss", "atom", "index"]
                .iter()
                .any(|word| stem.contains(word))
                || path.contains("/rss/")
        }
        "json" => stem == "feed",
        _ => matches!(last, "feed" | "rss" | "atom" | "rss2"),
    }
}

fn is_of_comments(link: &FoundLink) -> bool {
    let title = link.title.as_deref().unwrap_or_default().to_lowercase();
    link.url.contains("/comments/") || title.contains("comments")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expect: &[&str]) {
        let found = discover(html, "https://example.com/news/");
        let urls: Vec<&str> = found.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(urls, expect, "in {html:?}");
    }

    #[test]
    fn declared_feeds_come_first_and_comments_last() {
        check(
            "<a href='/old.rss'>RSS</a><link rel='alternate' type='application/rss+xml' href='/comments/feed' title='Comments'>
             <link rel='ALTERNATE home' type='application/atom+xml; charset=utf-8' href='atom.xml' title='News &amp; more'>
             <link rel=alternate hreflang=fr href='/fr'><link rel=stylesheet href=x.css>",
            &["https://example.com/news/atom.xml", "https://example.com/old.rss", "https://example.com/comments/feed"],
        );
    }

    #[test]
    fn the_base_element_counts() {
        check(
            "<base href='/a/'><a href='feed/'>Feed</a><a href='about'>RSS?</a>",
            &["https://example.com/a/feed/"],
        );
    }

    #[test]
    fn only_web_addresses_are_found() {
        check(
            "<a href='javascript:x/feed'>f</a><a href='file:///feed'>f</a><a href='feed://e.com/f'>f</a>",
            &["http://e.com/f"],
        );
    }
}
