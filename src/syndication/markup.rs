//! RSS in all its versions, RDF and Atom, read by one table of names: feeds mix their extensions so freely that a
//! reader per format would be the same reader thrice.

mod piece;
mod text;

use jiff::civil::Weekday;

use self::piece::{Dates, Links, Media, Texts, is_image};
use self::text::{authors, line_of, text_of};
use super::feed::{Format, NotAFeed, ParsedEntry, ParsedFeed, Remark};
use super::xml::{ElementId, Tree};
use super::{entry, plain, sitemap, xml};

/// Reads a feed in XML.
pub(super) fn read(
    text: &str,
    base_url: Option<&str>,
    max_entries: usize,
    remarks: &mut Vec<Remark>,
) -> Result<ParsedFeed, NotAFeed> {
    let tree = xml::read(text, base_url, max_entries);
    let (root, format) = find_root(&tree)?;
    if format == Format::Sitemap {
        return sitemap::read(&tree, root, base_url, remarks);
    }
    let mut found = Found::default();
    walk(&tree, root, &mut found);
    if found.head.is_none() && tree.get(root).name == "atom:entry" {
        found.entries.push(root);
    }
    remarks.extend(tree.faults.iter().map(|fault| Remark::Malformed(fault)));
    if tree.cut {
        remarks.push(Remark::Cut);
    }
    if tree.overfull {
        remarks.push(Remark::TooMany);
    }
    let head = found.head.unwrap_or(root);
    let mut feed = read_head(&tree, head, remarks);
    feed.format = format;
    let feed_authors = authors(&tree, head);
    feed.entries = found
        .entries
        .iter()
        .map(|id| read_entry(&tree, *id, &feed_authors, remarks))
        .collect();
    Ok(feed)
}

/// Finds the feed's root: the file's own, or one that junk, an error page or a wrapper stands before.
fn find_root(tree: &Tree) -> Result<(ElementId, Format), NotAFeed> {
    let mut level: Vec<ElementId> = vec![Tree::ROOT];
    let mut refusal = NotAFeed::Unknown;
    // A feed in an envelope lies at most two elements down; in an HTML page it would only be quoted.
    for _ in 0..4 {
        let mut next = Vec::new();
        for (id, element) in level.iter().flat_map(|id| tree.children(*id)) {
            let format = match element.name.as_str() {
                "rss" | "channel" | "item" => Format::Rss,
                "rdf:rdf" | "rdf" => Format::Rdf,
                "atom:feed" | "atom:entry" => Format::Atom,
                "urlset" => Format::Sitemap,
                "sitemapindex" => return Err(NotAFeed::SitemapIndex),
                "html" | "xhtml:html" => return Err(NotAFeed::Page),
                "opml" => return Err(NotAFeed::Opml),
                "body" | "head" | "script" => {
                    refusal = NotAFeed::Page;
                    next.push(id);
                    continue;
                }
                _ => {
                    next.push(id);
                    continue;
                }
            };
            let root = if element.name == "item" {
                Tree::ROOT
            } else {
                id
            };
            return Ok((root, format));
        }
        level = next;
    }
    Err(refusal)
}

#[derive(Default)]
struct Found {
    /// The element that holds the feed's own title.
    head: Option<ElementId>,
    entries: Vec<ElementId>,
}

/// Collects the entries in document order, wherever they lie: in the channel, beside it (RDF), or in a list.
fn walk(tree: &Tree, id: ElementId, found: &mut Found) {
    if found.head.is_none() && matches!(tree.get(id).name.as_str(), "channel" | "atom:feed") {
        found.head = Some(id);
    }
    for (child, element) in tree.children(id) {
        match element.name.as_str() {
            "item" | "atom:entry" => found.entries.push(child),
            "channel" | "atom:feed" | "rss" | "items" | "rdf:rdf" | "rdf" => {
                walk(tree, child, found);
            }
            _ => {}
        }
    }
}

fn read_head(tree: &Tree, head: ElementId, remarks: &mut Vec<Remark>) -> ParsedFeed {
    let element = tree.get(head);
    let base = element.base.as_deref();
    let mut feed = ParsedFeed {
        title: line_of(
            tree,
            head,
            &["title", "atom:title", "dc:title", "media:title"],
        ),
        description: line_of(
            tree,
            head,
            &[
                "description",
                "atom:subtitle",
                "atom:tagline",
                "dc:description",
                "itunes:summary",
            ],
        ),
        language: text_of(tree, head, &["language", "dc:language"])
            .as_deref()
            .or(element.attribute("xml:lang"))
            .and_then(entry::language),
        ttl_minutes: text_of(tree, head, &["ttl"]).and_then(|text| text.trim().parse().ok()),
        update_minutes: update_minutes(tree, head),
        new_url: text_of(tree, head, &["itunes:new-feed-url"])
            .and_then(|url| entry::address(&url, base)),
        updated: text_of(
            tree,
            head,
            &[
                "lastbuilddate",
                "atom:updated",
                "atom:modified",
                "pubdate",
                "dc:date",
            ],
        )
        .and_then(|text| entry::date(&text, remarks)),
        icon: icon(tree, head),
        ..ParsedFeed::default()
    };
    let mut links = Links::default();
    for (id, child) in tree.children(head) {
        match child.name.as_str() {
            "link" | "atom:link" => links.read(tree, id, child),
            "skiphours" => {
                let hours = tree
                    .children(id)
                    .filter_map(|(id, _)| tree.text(id).trim().parse::<i8>().ok());
                // Hour 24 is midnight in the older versions.
                feed.skip_hours = hours
                    .map(|hour| hour % 24)
                    .filter(|hour| *hour >= 0)
                    .take(24)
                    .collect();
            }
            "skipdays" => {
                feed.skip_days = tree
                    .children(id)
                    .filter_map(|(id, _)| weekday(&tree.text(id)))
                    .take(7)
                    .collect();
            }
            _ => {}
        }
    }
    feed.site_url = links.page;
    feed.self_url = links.own;
    feed.hubs = links.hubs;
    feed
}

fn icon(tree: &Tree, head: ElementId) -> Option<String> {
    tree.children(head).find_map(|(id, child)| {
        let base = child.base.as_deref();
        match child.name.as_str() {
            "image" => text_of(tree, id, &["url"]).and_then(|url| entry::address(&url, base)),
            "atom:icon" | "atom:logo" => entry::address(&tree.text(id), base),
            "itunes:image" => child
                .attribute("href")
                .and_then(|url| entry::address(url, base)),
            _ => None,
        }
    })
}

/// RSS 1.0 module Syndication: a period, and how often in it.
fn update_minutes(tree: &Tree, head: ElementId) -> Option<u32> {
    let period = text_of(tree, head, &["sy:updateperiod"])?;
    let minutes = match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    };
    let frequency =
        text_of(tree, head, &["sy:updatefrequency"]).and_then(|text| text.trim().parse().ok());
    Some(minutes / frequency.filter(|n| *n > 0).unwrap_or(1_u32))
}

fn weekday(text: &str) -> Option<Weekday> {
    let name = text.trim().to_ascii_lowercase();
    Some(match name.get(..3)? {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn read_entry(
    tree: &Tree,
    id: ElementId,
    feed_authors: &[String],
    remarks: &mut Vec<Remark>,
) -> ParsedEntry {
    let element = tree.get(id);
    let base = element.base.as_deref();
    let mut parsed = ParsedEntry {
        title: line_of(
            tree,
            id,
            &[
                "title",
                "atom:title",
                "dc:title",
                "media:title",
                "itunes:title",
            ],
        ),
        authors: authors(tree, id),
        base_url: base.map(str::to_owned),
        language: element.attribute("xml:lang").and_then(entry::language),
        ..ParsedEntry::default()
    };
    let mut links = Links::default();
    let mut guid_link = None;
    let mut texts = Texts::default();
    let mut dates = Dates::default();
    let mut media = Media::default();
    for (child, element) in tree.children(id) {
        let base = element.base.as_deref();
        match element.name.as_str() {
            "guid" | "atom:id" | "dc:identifier" => {
                let text = tree.text(child);
                if parsed.id.is_empty() {
                    text.trim().clone_into(&mut parsed.id);
                }
                let is_link = element.name == "guid"
                    && !element
                        .attribute("ispermalink")
                        .is_some_and(|v| v.eq_ignore_ascii_case("false"));
                if is_link && text.trim().starts_with("http") {
                    guid_link = guid_link.or_else(|| entry::address(&text, base));
                }
            }
            "link" | "atom:link" => links.read(tree, child, element),
            "comments" => parsed.comments_url = entry::address(&tree.text(child), base),
            "category" | "dc:subject" | "atom:category"
                if parsed.categories.len() < entry::MAX_LISTED =>
            {
                let term = element
                    .attribute("label")
                    .or(element.attribute("term"))
                    .map(str::to_owned);
                parsed
                    .categories
                    .extend(plain::some_line(&term.unwrap_or_else(|| tree.text(child))));
            }
            name => {
                dates.read(tree, child, name, remarks);
                media.read(tree, child, element);
                if texts.read(tree, child, element) {
                    parsed.base_url = element.base.as_deref().map(str::to_owned);
                }
            }
        }
    }
    if parsed.id.is_empty()
        && let Some(about) = element.attribute("rdf:about")
    {
        about.clone_into(&mut parsed.id);
    }
    // Last resorts: an id that is a web address mostly is the page's.
    let id_names_page = element.name == "atom:entry" || element.attribute("rdf:about").is_some();
    let id_link =
        (id_names_page && parsed.id.starts_with("http")).then(|| entry::address(&parsed.id, base));
    parsed.link = links.page.or(guid_link).or(id_link.flatten()).or(links.own);
    parsed.comments_url = parsed.comments_url.take().or(links.replies);
    if parsed.authors.is_empty() {
        parsed.authors = source_authors(tree, id).unwrap_or_else(|| feed_authors.to_vec());
    }
    parsed.published = dates.published.or(dates.dc).or(dates.created);
    parsed.updated = dates.updated;
    parsed.summary_html = texts.summary.or(texts.media);
    parsed.content_html = texts.content;
    media.enclosures.extend(links.enclosures);
    media.enclosures.append(&mut media.attached);
    parsed.enclosures = media.enclosures;
    parsed.enclosures.truncate(entry::MAX_LISTED);
    // iTunes says of the entry how long its file plays.
    let duration = line_of(tree, id, &["itunes:duration"]);
    if let Some(seconds) = duration.as_deref().and_then(entry::duration)
        && let Some(file) = parsed.enclosures.iter_mut().find(|file| !is_image(file))
    {
        file.duration_seconds.get_or_insert(seconds);
    }
    parsed.lead_image = media.image.or(media.thumbnail);
    entry::finish(&mut parsed);
    parsed
}

/// An Atom entry taken over from another feed carries that feed's authors in its `source`.
fn source_authors(tree: &Tree, entry: ElementId) -> Option<Vec<String>> {
    let (source, _) = tree
        .children(entry)
        .find(|(_, child)| child.name == "atom:source")?;
    Some(authors(tree, source)).filter(|authors| !authors.is_empty())
}
