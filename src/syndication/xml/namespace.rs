//! Namespaces by the names this room calls them, and names kept once however often they stand in a file.

use std::collections::HashSet;
use std::ops::Deref;
use std::rc::Rc;

/// The name of an element or attribute. Copies share their letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::syndication) struct Name(Rc<str>);

impl Name {
    pub(in crate::syndication) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Name {
    fn default() -> Self {
        Self(Rc::from(""))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

/// The names seen so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashSet<Rc<str>>,
}

impl Names {
    /// More names than these are not remembered: a file with more is made to have them.
    const MAX: usize = 1_000;

    pub(super) fn get(&mut self, name: &str) -> Name {
        if let Some(known) = self.known.get(name) {
            return Name(Rc::clone(known));
        }
        let name: Rc<str> = Rc::from(name);
        if self.known.len() < Self::MAX {
            self.known.insert(Rc::clone(&name));
        }
        Name(name)
    }
}

/// Returns the prefix this room uses for a namespace; empty for the names of RSS itself.
pub(super) fn canonical_prefix(uri: &str) -> Option<&'static str> {
    let uri = uri.trim().to_ascii_lowercase();
    let uri = uri.trim_end_matches(['/', '#']);
    let uri = uri
        .strip_prefix("http://")
        .or_else(|| uri.strip_prefix("https://"))
        .unwrap_or(uri);
    Some(match uri {
        "www.w3.org/2005/atom"
        | "purl.org/atom/ns"
        | "purl.org/atom/app"
        | "www.w3.org/2005/atom/ns" => "atom",
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => "dc",
        "purl.org/dc/terms" => "dcterms",
        "purl.org/rss/1.0/modules/content" => "content",
        "purl.org/rss/1.0/modules/syndication" => "sy",
        "search.yahoo.com/mrss" | "video.search.yahoo.com/mrss" => "media",
        "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => "itunes",
        "www.w3.org/1999/02/22-rdf-syntax-ns" => "rdf",
        "www.w3.org/1999/xhtml" => "xhtml",
        "www.w3.org/xml/1998/namespace" => "xml",
        "rssnamespace.org/feedburner/ext/1.0" => "feedburner",
        "www.google.com/schemas/sitemap-news/0.9" => "news",
        "www.google.com/schemas/sitemap-image/1.1" => "image",
        "www.sitemaps.org/schemas/sitemap/0.9"
        | "www.google.com/schemas/sitemap/0.84"
        | "purl.org/rss/1.0"
        | "my.netscape.com/rdf/simple/0.9"
        | "channel.netscape.com/rdf/simple/0.9"
        | "purl.org/net/rss1.1"
        | "backend.userland.com/rss2"
        | "backend.userland.com/rss"
        | "blogs.law.harvard.edu/tech/rss" => "",
        _ => return None,
    })
}

/// Prefixes that stand undeclared, or for another spelling of the same.
pub(super) fn usual_alias(prefix: &str) -> &str {
    match prefix {
        "a10" => "atom",
        "rss" => "",
        "html" => "xhtml",
        _ => prefix,
    }
}
