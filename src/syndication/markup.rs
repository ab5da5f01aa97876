//! RSS in all its versions, RDF and Atom, read by one table of names: feeds mix their extensions so freely that a
//! reader per format would be the same reader thrice.

use jiff::civil::Weekday;

use super::feed::{Format, NotAFeed, ParsedEntry, ParsedFeed, Remark};
use super::xml::{Element, ElementId, Tree};
use super::{entry, plain, sitemap, xml};
use crate::model::article::Enclosure;

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

/// The links of a feed or an entry, by what they lead to.
#[derive(Default)]
struct Links {
    page: Option<String>,
    /// How good `page` is: a web page goes before another file, an RSS link before an Atom link in RSS.
    rank: u8,
    own: Option<String>,
    hubs: Vec<String>,
    replies: Option<String>,
    enclosures: Vec<Enclosure>,
}

impl Links {
    fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) {
        let base = element.base.as_deref();
        let href = element.attribute("href").filter(|href| !href.is_empty());
        let url = match href {
            Some(href) => entry::address(href, base),
            // RSS writes the address as text.
            None => entry::address(&tree.text(id), base),
        };
        if href.is_none() && element.name == "link" {
            self.offer(url, 4);
            return;
        }
        let rel = element
            .attribute("rel")
            .unwrap_or("alternate")
            .to_ascii_lowercase();
        // RFC 4287 §4.2.7.2: a relation may be written as its IANA address.
        let rel = rel.rsplit('/').next().unwrap_or_default();
        let media_type = element.attribute("type").map(str::to_ascii_lowercase);
        match rel {
            "" | "alternate" => {
                let is_page = media_type.as_deref().is_none_or(|t| t.contains("html"));
                self.offer(url, if is_page { 3 } else { 2 });
            }
            "self" => self.own = self.own.take().or(url),
            "hub" if self.hubs.len() < entry::MAX_LISTED => self.hubs.extend(url),
            "replies" => self.replies = self.replies.take().or(url),
            "enclosure" if self.enclosures.len() < entry::MAX_LISTED => {
                self.enclosures.extend(url.map(|url| Enclosure {
                    url,
                    media_type,
                    size_bytes: element.attribute("length").and_then(|n| n.parse().ok()),
                    duration_seconds: None,
                }));
            }
            _ => {}
        }
    }

    fn offer(&mut self, url: Option<String>, rank: u8) {
        if url.is_some() && rank > self.rank {
            self.page = url;
            self.rank = rank;
        }
    }
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

#[derive(Default)]
struct Dates {
    published: Option<jiff::Timestamp>,
    updated: Option<jiff::Timestamp>,
    dc: Option<jiff::Timestamp>,
    created: Option<jiff::Timestamp>,
}

impl Dates {
    fn read(&mut self, tree: &Tree, id: ElementId, name: &str, remarks: &mut Vec<Remark>) {
        let field = match name {
            "pubdate" | "atom:published" | "atom:issued" | "dcterms:issued" | "atom:pubdate"
            | "published" => &mut self.published,
            "atom:updated" | "atom:modified" | "dcterms:modified" | "updated" | "lastbuilddate" => {
                &mut self.updated
            }
            "dc:date" | "dcterms:date" | "date" | "pubdate_date" => &mut self.dc,
            "atom:created" | "dcterms:created" | "created" => &mut self.created,
            _ => return,
        };
        if field.is_none() {
            *field = entry::date(&tree.text(id), remarks);
        }
    }
}

/// The texts of an entry.
#[derive(Default)]
struct Texts {
    content: Option<String>,
    summary: Option<String>,
    media: Option<String>,
}

impl Texts {
    /// Reads an element if it is one of the texts. True: it is the content.
    fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) -> bool {
        let (field, is_content) = match element.name.as_str() {
            "content:encoded" | "atom:content" | "xhtml:body" | "xhtml:div" | "content"
            | "fullitem" | "body" => (&mut self.content, true),
            "description" | "atom:summary" | "dc:description" | "summary" | "content:items" => {
                (&mut self.summary, false)
            }
            "itunes:summary" | "itunes:subtitle" | "media:description" => (&mut self.media, false),
            "media:group" => {
                for (child, element) in tree.children(id) {
                    if element.name == "media:description" {
                        self.read(tree, child, element);
                    }
                }
                return false;
            }
            _ => return false,
        };
        let html = html_of(tree, id);
        let is_longer =
            html.as_ref().map_or(0, String::len) > field.as_ref().map_or(0, String::len);
        if is_longer {
            *field = html;
        }
        is_content && is_longer
    }
}

/// Attached files and pictures.
#[derive(Default)]
struct Media {
    enclosures: Vec<Enclosure>,
    /// Media RSS: after the real enclosures.
    attached: Vec<Enclosure>,
    image: Option<String>,
    thumbnail: Option<String>,
}

impl Media {
    fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) {
        let base = element.base.as_deref();
        let url = |name: &str| {
            element
                .attribute(name)
                .and_then(|url| entry::address(url, base))
        };
        match element.name.as_str() {
            "enclosure" => {
                let file = file(element, url("url").or_else(|| url("href")), "length");
                if let Some(image) = file.as_ref().filter(|file| is_image(file)) {
                    self.image.get_or_insert(image.url.clone());
                }
                self.enclosures.extend(file);
            }
            "media:content" => {
                let file = file(element, url("url"), "filesize");
                let is_picture = element.attribute("medium") == Some("image")
                    || file.as_ref().is_some_and(is_image);
                if is_picture && let Some(file) = &file {
                    self.image.get_or_insert(file.url.clone());
                }
                if self.attached.len() < entry::MAX_LISTED {
                    self.attached.extend(file);
                }
                self.read_group(tree, id);
            }
            "media:group" => self.read_group(tree, id),
            "media:thumbnail" => self.thumbnail = self.thumbnail.take().or(url("url")),
            "itunes:image" => self.thumbnail = self.thumbnail.take().or(url("href")),
            "image" => {
                let text = text_of(tree, id, &["url"]).unwrap_or_else(|| tree.text(id));
                self.image = self.image.take().or(entry::address(&text, base));
            }
            _ => {}
        }
    }

    fn read_group(&mut self, tree: &Tree, id: ElementId) {
        for (child, element) in tree.children(id) {
            self.read(tree, child, element);
        }
    }
}

fn file(element: &Element, url: Option<String>, size: &str) -> Option<Enclosure> {
    Some(Enclosure {
        url: url?,
        media_type: element.attribute("type").and_then(plain::some_line),
        size_bytes: element.attribute(size).and_then(|n| n.parse().ok()),
        // Media RSS: seconds.
        duration_seconds: element.attribute("duration").and_then(entry::duration),
    })
}

fn is_image(file: &Enclosure) -> bool {
    file.media_type
        .as_deref()
        .is_some_and(|t| t.starts_with("image/"))
}

/// Names of the people who wrote a feed or an entry: the format's own field before the extensions'.
fn authors(tree: &Tree, id: ElementId) -> Vec<String> {
    for names in [
        ["author", "atom:author", "atom:author"].as_slice(),
        &["dc:creator", "dc:author", "creator"],
        &["itunes:author"],
        &[
            "managingeditor",
            "dc:contributor",
            "dc:publisher",
            "media:credit",
            "atom:contributor",
            "itunes:owner",
            "webmaster",
        ],
    ] {
        let found: Vec<String> = tree
            .children(id)
            .filter(|(_, child)| names.contains(&child.name.as_str()))
            .filter_map(|(child, _)| person(tree, child))
            .take(entry::MAX_LISTED)
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A person: a name inside, or the text itself.
fn person(tree: &Tree, id: ElementId) -> Option<String> {
    if tree.has_markup(id) {
        let name = text_of(tree, id, &["atom:name", "name", "itunes:name"])
            .and_then(|name| plain::some_line(&name));
        return name.or_else(|| {
            text_of(tree, id, &["atom:email", "email", "itunes:email"])
                .and_then(|mail| plain::some_line(&mail))
        });
    }
    entry::author(&tree.text(id))
}

/// Returns the text of the first named child that has one; earlier names go before later ones.
fn text_of(tree: &Tree, id: ElementId, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        tree.children(id)
            .filter(|(_, child)| child.name == *name)
            .map(|(child, _)| tree.text(child))
            .find(|text| !text.trim().is_empty())
    })
}

/// Returns the plain line of the first named child that has words.
fn line_of(tree: &Tree, id: ElementId, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        tree.children(id)
            .filter(|(_, child)| child.name == *name)
            .find_map(|(child, element)| {
                let text = if tree.has_markup(child) {
                    tree.inner_html(child)
                } else {
                    tree.text(child)
                };
                let is_text = is_plain(element);
                plain::some_line(&if is_text {
                    text.replace('<', "&lt;")
                } else {
                    decoded(element, text)
                })
            })
    })
}

/// Atom's `type="text"`, which is also its default (RFC 4287 §3.1.1): what looks like a tag is none.
fn is_plain(element: &Element) -> bool {
    element.name.starts_with("atom:")
        && element
            .attribute("type")
            .is_some_and(|t| matches!(t, "text" | "text/plain"))
}

/// Returns the text of an element as HTML.
fn html_of(tree: &Tree, id: ElementId) -> Option<String> {
    let element = tree.get(id);
    if tree.has_markup(id) {
        return entry::html(&tree.inner_html(id));
    }
    let text = tree.text(id);
    if is_plain(element) {
        return Some(entry::html_of_text(&text)).filter(|html| !html.is_empty());
    }
    entry::html(&decoded(element, text))
}

/// Decodes Atom 0.3's `mode="base64"` and Atom 1.0's binary text.
fn decoded(element: &Element, text: String) -> String {
    let media_type = element.attribute("type").unwrap_or_default();
    let is_base64 = element.attribute("mode") == Some("base64");
    let is_binary = element.name.starts_with("atom:")
        && media_type.contains('/')
        && !media_type.starts_with("text/")
        && !media_type.ends_with("xml");
    if is_base64 || is_binary {
        return base64(&text).unwrap_or(text);
    }
    text
}

/// RFC 4648 §4, white space ignored; `None` where the result is no text.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for c in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .take_while(|b| *b != b'=')
    {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
