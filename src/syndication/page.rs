//! A feed made from a page: what the user's CSS selectors find on it.

use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};

use super::feed::{Format, ParsedEntry, ParsedFeed};
use super::{entry, plain, xml};
use crate::model::recipe::PageSelectors;
use crate::text::date;

/// Longer pages are cut before they are parsed.
const MAX_PAGE_BYTES: usize = 5 * 1024 * 1024;

/// Deeper trees are not read: dropping one of a hundred thousand floors would overflow the stack.
const MAX_DEPTH: usize = 512;

/// The selectors, parsed.
struct Parsed {
    item: Selector,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    summary: Option<Selector>,
}

/// Says what is wrong with selectors, each in one sentence.
pub fn check_selectors(selectors: &PageSelectors) -> Result<(), String> {
    parse(selectors).map(|_| ())
}

fn parse(selectors: &PageSelectors) -> Result<Parsed, String> {
    let one = |name: &str, text: &str| {
        Selector::parse(text).map_err(|_| format!("page.{name}: \"{text}\" is no CSS selector"))
    };
    let some = |name: &str, text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| one(name, text)).transpose()
    };
    Ok(Parsed {
        item: some("item", &selectors.item)?.ok_or("page.item: a selector is needed")?,
        link: some("link", &selectors.link)?,
        title: some("title", &selectors.title)?,
        date: some("date", &selectors.date)?,
        summary: some("summary", &selectors.summary)?,
    })
}

/// Makes a feed of a page: one entry for each item that has a link or a headline, in the page's order, each address
/// once. Where a selector is empty the obvious is taken: the item's first link, that link's words, the item's first
/// `<time>`.
///
/// # Errors
/// Where a selector is none, or the page has no such item: then the page was rebuilt, or is not the one meant.
pub fn read_page(
    html: &str,
    base_url: &str,
    selectors: &PageSelectors,
) -> Result<ParsedFeed, String> {
    let selectors = parse(selectors)?;
    let page = Html::parse_document(plain::cut(html, MAX_PAGE_BYTES));
    let base = first(&page, "base[href]")
        .and_then(|element| xml::join(Some(base_url), element.attr("href")?))
        .filter(|base| base.starts_with("http"));
    let base = base.as_deref().unwrap_or(base_url);
    let mut feed = ParsedFeed {
        format: Format::Page,
        title: first(&page, "title").and_then(|title| words(title)),
        site_url: Some(base_url.to_owned()),
        language: first(&page, "html[lang]").and_then(|html| entry::language(html.attr("lang")?)),
        ..ParsedFeed::default()
    };
    let mut seen = std::collections::HashSet::new();
    for item in page.select(&selectors.item) {
        let Some(story) = story(item, base, &selectors) else {
            continue;
        };
        if seen.insert(story.id.clone()) {
            feed.entries.push(story);
        }
        if feed.entries.len() == super::MAX_ENTRIES {
            break;
        }
    }
    if feed.entries.is_empty() {
        return Err("the selectors find nothing on the page".into());
    }
    Ok(feed)
}

fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    page.select(&selector).next()
}

fn story(item: ElementRef<'_>, base: &str, selectors: &Parsed) -> Option<ParsedEntry> {
    let link = match &selectors.link {
        Some(selector) => item.select(selector).next(),
        // The item itself may be the link.
        None => item
            .attr("href")
            .map(|_| item)
            .or_else(|| inside(item, "a[href]")),
    };
    let title = match &selectors.title {
        Some(selector) => item.select(selector).next(),
        None => inside(item, "h1, h2, h3, h4, h5, h6").or(link),
    };
    let date = match &selectors.date {
        Some(selector) => item.select(selector).next(),
        None => inside(item, "time"),
    };
    let mut story = ParsedEntry {
        link: link
            .and_then(|link| entry::address(link.attr("href")?, Some(base)))
            .filter(|url| url.starts_with("http")),
        title: title.and_then(words),
        published: date.and_then(published),
        summary_html: selectors
            .summary
            .as_ref()
            .and_then(|selector| item.select(selector).next())
            .filter(|found| !is_deep(*found))
            .and_then(|found| entry::html(&found.inner_html())),
        base_url: Some(base.to_owned()),
        ..ParsedEntry::default()
    };
    if story.link.is_none() && story.title.is_none() {
        return None;
    }
    entry::finish(&mut story);
    Some(story)
}

fn inside<'a>(item: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    item.select(&selector).next()
}

/// Returns an element's words on one line, headline-long at most.
fn words(element: ElementRef<'_>) -> Option<String> {
    let mut text = String::new();
    for piece in element.text() {
        text.push_str(piece);
        text.push(' ');
        if text.len() > 4_000 {
            break;
        }
    }
    plain::some_line(&text.replace('<', "&lt;"))
}

/// A date: what the machine may read, else the words.
fn published(element: ElementRef<'_>) -> Option<Timestamp> {
    ["datetime", "content", "title"]
        .into_iter()
        .filter_map(|name| element.attr(name))
        .find_map(date::parse_lenient)
        .or_else(|| date::parse_lenient(words(element)?.trim()))
}

/// Writing HTML out recurses.
fn is_deep(element: ElementRef<'_>) -> bool {
    element
        .descendants()
        .any(|node| node.ancestors().take(MAX_DEPTH).count() == MAX_DEPTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html lang=en><title>Harbour News</title><base href='/news/'><ul>
        <li class=story><h3>Ferry <em>reopens</em></h3><a href='ferry'>more</a><time datetime='2026-11-23T09:00Z'>today</time><p class=lead>It <b>runs</b>.</p></li>
        <li class=story><a href='/bridge'>Bridge shut</a> <span>22 Nov 2026</span></li>
        <li class=story><a href='/bridge'>Bridge shut again</a></li>
        <li class=story><a href='javascript:x()'></a></li>
        <li class=advert><a href='/buy'>Buy</a></li></ul>";

    fn selectors(item: &str, date: &str, summary: &str) -> PageSelectors {
        PageSelectors {
            item: item.into(),
            date: date.into(),
            summary: summary.into(),
            ..PageSelectors::default()
        }
    }

    #[test]
    fn selectors_make_a_feed_of_a_page() {
        let feed = read_page(
            PAGE,
            "https://e.com/x",
            &selectors("li.story", "time, span", ".lead"),
        )
        .unwrap();
        assert_eq!(feed.title.as_deref(), Some("Harbour News"));
        let found: Vec<_> = feed
            .entries
            .iter()
            .map(|story| {
                (
                    story.title.as_deref().unwrap(),
                    story.link.as_deref().unwrap(),
                    story.published.map(|at| at.to_string()[..10].to_owned()),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (
                    "Ferry reopens",
                    "https://e.com/news/ferry",
                    Some("2026-11-23".into())
                ),
                (
                    "Bridge shut",
                    "https://e.com/bridge",
                    Some("2026-11-22".into())
                ),
            ]
        );
        assert_eq!(
            feed.entries[0].summary_html.as_deref(),
            Some("It <b>runs</b>.")
        );
    }

    #[test]
    fn a_link_may_be_the_item_itself() {
        let feed = read_page(
            PAGE,
            "https://e.com/x",
            &selectors("li.story > a[href^='/']", "", ""),
        )
        .unwrap();
        assert_eq!(feed.entries[0].title.as_deref(), Some("Bridge shut"));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let failed =
            |item: &str| read_page(PAGE, "https://e.com", &selectors(item, "", "")).unwrap_err();
        assert_eq!(
            failed("li.nothing"),
            "the selectors find nothing on the page"
        );
        assert_eq!(failed("li["), "page.item: \"li[\" is no CSS selector");
        assert_eq!(failed(" "), "page.item: a selector is needed");
    }

    #[test]
    fn a_deep_page_is_borne() {
        let deep = format!("<div class=a>{}<a href=/x>x</a>", "<i>".repeat(100_000));
        let made = read_page(&deep, "https://e.com", &selectors(".a", "", ".a i"));
        assert!(made.is_ok() || made.is_err());
    }
}
