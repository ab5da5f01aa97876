//! What an entry is made of, gathered element by element: links, dates, texts, files.

use super::super::feed::Remark;
use super::super::xml::{Element, ElementId, Tree};
use super::super::{entry, plain};
use super::text::{html_of, text_of};
use crate::model::article::Enclosure;

/// The links of a feed or an entry, by what they lead to.
#[derive(Default)]
pub(super) struct Links {
    pub(super) page: Option<String>,
    /// How good `page` is: a web page goes before another file, an RSS link before an Atom link in RSS.
    pub(super) rank: u8,
    pub(super) own: Option<String>,
    pub(super) hubs: Vec<String>,
    pub(super) replies: Option<String>,
    pub(super) enclosures: Vec<Enclosure>,
}

impl Links {
    pub(super) fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) {
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

#[derive(Default)]
pub(super) struct Dates {
    pub(super) published: Option<jiff::Timestamp>,
    pub(super) updated: Option<jiff::Timestamp>,
    pub(super) dc: Option<jiff::Timestamp>,
    pub(super) created: Option<jiff::Timestamp>,
}

impl Dates {
    pub(super) fn read(
        &mut self,
        tree: &Tree,
        id: ElementId,
        name: &str,
        remarks: &mut Vec<Remark>,
    ) {
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
pub(super) struct Texts {
    pub(super) content: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) media: Option<String>,
}

impl Texts {
    /// Reads an element if it is one of the texts. True: it is the content.
    pub(super) fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) -> bool {
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
pub(super) struct Media {
    pub(super) enclosures: Vec<Enclosure>,
    /// Media RSS: after the real enclosures.
    pub(super) attached: Vec<Enclosure>,
    pub(super) image: Option<String>,
    pub(super) thumbnail: Option<String>,
}

impl Media {
    pub(super) fn read(&mut self, tree: &Tree, id: ElementId, element: &Element) {
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
                if self.enclosures.len() < entry::MAX_LISTED {
                    self.enclosures.extend(file);
                }
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

pub(super) fn is_image(file: &Enclosure) -> bool {
    file.media_type
        .as_deref()
        .is_some_and(|t| t.starts_with("image/"))
}
