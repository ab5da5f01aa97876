//! News sitemaps: what papers without a feed publish for search engines, read as a feed.
//!
//! Sources: sitemaps.org/protocol.html (`urlset`, `sitemapindex`), Google's news and image extensions
//! (`sitemap-news/0.9`, `sitemap-image/1.1`).

use std::cmp::Reverse;

use super::feed::{Format, NotAFeed, ParsedEntry, ParsedFeed, Remark};
use super::xml::{ElementId, Tree};
use super::{decode, entry, plain, xml};

/// Reads the stories of a sitemap. Pages without a headline are left out: they are the site's other pages.
pub(super) fn read(
    tree: &Tree,
    root: ElementId,
    base_url: Option<&str>,
    remarks: &mut Vec<Remark>,
) -> Result<ParsedFeed, NotAFeed> {
    let mut feed = ParsedFeed {
        format: Format::Sitemap,
        site_url: base_url.and_then(|base| xml::join(Some(base), "/")),
        ..ParsedFeed::default()
    };
    for (id, element) in tree.children(root) {
        if element.name == "url"
            && let Some(story) = story(tree, id, &mut feed, remarks)
        {
            feed.entries.push(story);
            // Unlike a feed, a sitemap need not begin with the newest.
            if feed.entries.len() >= 2 * super::MAX_ENTRIES {
                keep_newest(&mut feed, remarks);
            }
        }
    }
    if feed.entries.is_empty() {
        return Err(NotAFeed::Sitemap);
    }
    if feed.entries.len() > super::MAX_ENTRIES {
        keep_newest(&mut feed, remarks);
    }
    if remarks.contains(&Remark::TooMany) {
        feed.entries.sort_by_key(|story| Reverse(story.published));
    }
    Ok(feed)
}

fn keep_newest(feed: &mut ParsedFeed, remarks: &mut Vec<Remark>) {
    feed.entries.sort_by_key(|story| Reverse(story.published));
    feed.entries.truncate(super::MAX_ENTRIES);
    if !remarks.contains(&Remark::TooMany) {
        remarks.push(Remark::TooMany);
    }
}

fn story(
    tree: &Tree,
    id: ElementId,
    feed: &mut ParsedFeed,
    remarks: &mut Vec<Remark>,
) -> Option<ParsedEntry> {
    let (news, _) = tree
        .children(id)
        .find(|(_, child)| child.name == "news:news")?;
    let text = |of: ElementId, name: &str| {
        let (found, _) = tree.children(of).find(|(_, child)| child.name == name)?;
        Some(tree.text(found))
    };
    let mut story = ParsedEntry {
        title: Some(text(news, "news:title").and_then(|title| plain::some_line(&title))?),
        link: Some(text(id, "loc").and_then(|url| entry::address(&url, None))?),
        published: text(news, "news:publication_date").and_then(|date| entry::date(&date, remarks)),
        updated: text(id, "lastmod").and_then(|date| entry::date(&date, remarks)),
        ..ParsedEntry::default()
    };
    if let Some((publication, _)) = tree
        .children(news)
        .find(|(_, child)| child.name == "news:publication")
    {
        let name = text(publication, "news:name").and_then(|name| plain::some_line(&name));
        feed.title = feed.title.take().or(name);
        story.language = text(publication, "news:language").and_then(|tag| entry::language(&tag));
    }
    story.categories = text(news, "news:keywords")
        .unwrap_or_default()
        .split(',')
        .filter_map(plain::some_line)
        .take(entry::MAX_LISTED)
        .collect();
    story.lead_image = tree
        .children(id)
        .find(|(_, child)| child.name == "image:image")
        .and_then(|(image, _)| text(image, "image:loc"))
        .and_then(|url| entry::address(&url, None));
    entry::finish(&mut story);
    Some(story)
}

/// Says whether bytes look like an index of sitemaps.
pub fn is_index_of_sitemaps(bytes: &[u8]) -> bool {
    const HEAD: usize = 4_096;
    let head = decode::decode(bytes.get(..HEAD).unwrap_or(bytes), None, &mut Vec::new());
    head.contains("sitemapindex")
}

/// Returns the sitemaps that an index of sitemaps names, those of news first, the newest among equals first.
pub fn sitemaps_of_index(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.get(..super::MAX_BYTES).unwrap_or(bytes);
    let text = decode::decode(bytes, None, &mut Vec::new());
    let tree = xml::read(&text, None, 0);
    let Some((index, _)) = tree
        .children(Tree::ROOT)
        .find(|(_, element)| element.name == "sitemapindex")
    else {
        return Vec::new();
    };
    let mut found: Vec<(bool, Option<jiff::Timestamp>, String)> = tree
        .children(index)
        .filter(|(_, element)| element.name == "sitemap")
        .filter_map(|(id, _)| {
            let text = |name: &str| {
                let (found, _) = tree.children(id).find(|(_, child)| child.name == name)?;
                Some(tree.text(found))
            };
            let url = text("loc").and_then(|url| entry::address(&url, None))?;
            let changed = text("lastmod").and_then(|date| entry::date(&date, &mut Vec::new()));
            Some((is_of_news(&url), changed, url))
        })
        .collect();
    found.sort_by_key(|(is_of_news, changed, _)| Reverse((*is_of_news, *changed)));
    found.into_iter().map(|(.., url)| url).collect()
}

/// Returns the sitemaps that a site's `robots.txt` names (RFC 9309 §2.2.4, sitemaps.org), those of news first.
pub fn sitemaps_of_robots(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let (name, url) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("sitemap").then_some(url)
        })
        .filter_map(|url| entry::address(url, None))
        .filter(|url| url.starts_with("http"))
        .take(entry::MAX_LISTED)
        .collect();
    found.sort_by_key(|url| !is_of_news(url));
    found
}

fn is_of_news(url: &str) -> bool {
    url.to_ascii_lowercase().contains("news")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc>https://e.com/about</loc></url>
        <url><loc>https://e.com/a?x=1&amp;y=2</loc><lastmod>2026-11-23T10:00:00Z</lastmod><n:news><n:publication>
        <n:name>Harbour News</n:name><n:language>en</n:language></n:publication>
        <n:publication_date>2026-11-23T09:00:00+01:00</n:publication_date><n:title>Ferry &amp; bridge reopen</n:title>
        <n:keywords>ferry, bridge</n:keywords></n:news><image:image><image:loc>https://e.com/a.jpg</image:loc></image:image></url>
        </urlset>"#;

    #[test]
    fn a_news_sitemap_is_a_feed() {
        let (feed, _) =
            crate::syndication::parse(NEWS.as_bytes(), None, Some("https://e.com/news.xml"))
                .unwrap();
        assert_eq!(feed.format, Format::Sitemap);
        assert_eq!(feed.title.as_deref(), Some("Harbour News"));
        assert_eq!(feed.site_url.as_deref(), Some("https://e.com/"));
        let [story] = &feed.entries[..] else {
            panic!("{:?}", feed.entries)
        };
        assert_eq!(story.title.as_deref(), Some("Ferry & bridge reopen"));
        assert_eq!(story.link.as_deref(), Some("https://e.com/a?x=1&y=2"));
        assert_eq!(story.id, "https://e.com/a?x=1&y=2");
        assert_eq!(story.published.unwrap().to_string(), "2026-11-23T08:00:00Z");
        assert_eq!(story.lead_image.as_deref(), Some("https://e.com/a.jpg"));
        assert_eq!(story.categories, ["ferry", "bridge"]);
        assert_eq!(story.language.as_deref(), Some("en"));
    }

    #[test]
    fn a_sitemap_of_other_pages_is_none() {
        let plain = NEWS.replace("n:news", "n:other");
        let refusal = crate::syndication::parse(plain.as_bytes(), None, None).unwrap_err();
        assert_eq!(refusal, NotAFeed::Sitemap);
    }

    #[test]
    fn an_index_names_sitemaps_of_news_first() {
        let index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
            <sitemap><loc>https://e.com/pages.xml</loc></sitemap>
            <sitemap><loc>https://e.com/news-1.xml</loc><lastmod>2026-11-01</lastmod></sitemap>
            <sitemap><loc>https://e.com/news-2.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>";
        assert_eq!(
            sitemaps_of_index(index.as_bytes()),
            [
                "https://e.com/news-2.xml",
                "https://e.com/news-1.xml",
                "https://e.com/pages.xml"
            ]
        );
        assert_eq!(
            crate::syndication::parse(index.as_bytes(), None, None).unwrap_err(),
            NotAFeed::SitemapIndex
        );
        assert_eq!(
            sitemaps_of_robots(
                "User-agent: *\nSitemap: https://e.com/all.xml\nsitemap:https://e.com/news.xml\nSitemap: file:///x"
            ),
            ["https://e.com/news.xml", "https://e.com/all.xml"]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_soup_is_borne(text in "(<urlset>|<sitemapindex>|<url>|</url>|<loc>|<news:news>|<news:title>|&|<|[a-z:/.]{0,9}){0,40}") {
            let _ = crate::syndication::parse(text.as_bytes(), None, None);
            let _ = sitemaps_of_index(text.as_bytes());
            let _ = sitemaps_of_robots(&text);
        }
    }
}
