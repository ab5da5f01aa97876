//! One entry of a feed, cleaned: its text, what it carries, its names.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use super::names::Budget;
use super::page::PageJob;
use super::picture;
use super::teaser::{Carried, ends_cut};
use crate::model::article::{Body, BodySource, Enclosure};
use crate::model::{ArticleEntities, EntityKind};
use crate::store::NewEntry;
use crate::syndication::{ParsedEntry, ParsedFeed};
use crate::text::address::without_trackers;
use crate::text::words;
use crate::{entities, extract};

/// More tags than this in one entry are read as their text alone. A page of 5 MB has them; entries have hundreds.
const MOST_TAGS: usize = 50_000;

/// What the reader is told of a text that lost its paragraphs and links to a bound. No word is ever left out.
const WORDS_ALONE: &str = "words alone: the feed's text has more markup than is read";

/// An entry with its text cleaned and its names found.
pub(super) struct Cleaned {
    pub(super) new: NewEntry,
    pub(super) carried: Carried,
    pub(super) text: String,
}

impl Cleaned {
    /// Cleans an entry; one that breaks the cleaner keeps its headline.
    pub(super) fn guarded(
        feed: &ParsedFeed,
        entry: &ParsedEntry,
        feed_url: &str,
        followed: &[(String, EntityKind)],
        budget: &mut Budget,
    ) -> Self {
        catch_unwind(AssertUnwindSafe(|| {
            Self::clean(feed, entry, feed_url, followed, budget)
        }))
        .unwrap_or_else(|_| {
            tracing::error!(entry = %entry.id, "an entry broke the cleaner");
            Self {
                carried: Carried {
                    has_page: entry.link.is_some(),
                    ..Carried::default()
                },
                new: headline(feed, entry),
                text: String::new(),
            }
        })
    }

    fn clean(
        feed: &ParsedFeed,
        entry: &ParsedEntry,
        feed_url: &str,
        followed: &[(String, EntityKind)],
        budget: &mut Budget,
    ) -> Self {
        let mut new = headline(feed, entry);
        let base = [
            entry.base_url.as_deref(),
            entry.link.as_deref(),
            feed.site_url.as_deref(),
            Some(feed_url),
        ];
        let base = base
            .into_iter()
            .flatten()
            .find_map(|url| Url::parse(url).ok());
        let html = entry.text_html().map(bounded);
        let document = html
            .as_deref()
            .map(|html| extract::fragment(html, base.as_ref()))
            .unwrap_or_default();
        let text = document.plain_text();
        let (mut document, is_within) = budget.within(document, &text);
        // It is held until the whole feed is stored.
        document.blocks.shrink_to_fit();
        let is_whole = is_within && !matches!(html, Some(Cow::Owned(_)));
        let carried = Carried {
            has_page: entry.link.is_some(),
            in_content: entry.content_html.is_some(),
            words: words::count(&text),
            blocks: document.blocks.len(),
            is_cut: ends_cut(&text),
        };
        if new.language.is_none() {
            new.language.clone_from(&document.lang);
        }
        if !document.blocks.is_empty() {
            let hints = entities::Hints {
                language: new.language.as_deref(),
                authors: &new.authors,
                site_name: new.site_name.as_deref().or(feed.title.as_deref()),
                followed,
            };
            match budget.find(&new.title, &document, &hints) {
                Some(found) => new.entities = found,
                None => new.names_later = true,
            }
            let mut body = Body {
                source: BodySource::Feed,
                document,
                confidence: 1.0,
                cleaner: extract::VERSION,
                remark: (!is_whole).then(|| WORDS_ALONE.to_owned()),
                ..Body::default()
            };
            picture::with_lead(&mut body, new.lead_image.as_deref());
            new.body = Some(body);
        }
        Self { new, carried, text }
    }

    /// An entry that stands in the feed as it did last time: its text is kept as it is, and measured roughly, only to
    /// judge the feed.
    pub(super) fn unchanged(feed: &ParsedFeed, entry: &ParsedEntry) -> Self {
        let html = entry.text_html().unwrap_or_default();
        let text = without_tags(html);
        let carried = Carried {
            has_page: entry.link.is_some(),
            in_content: entry.content_html.is_some(),
            words: words::count(&text),
            blocks: 1 + html.matches("<p").count() + html.matches("<br").count() / 2,
            is_cut: ends_cut(&text),
        };
        Self {
            new: headline(feed, entry),
            carried,
            text: String::new(),
        }
    }

    pub(super) fn job(&self, feed_url: &str, paper: Option<&str>) -> PageJob {
        PageJob {
            // Set once the entry is stored.
            article: crate::model::ArticleId(0),
            feed_url: Some(feed_url.to_owned()),
            url: self.new.url.clone().unwrap_or_default(),
            title: self.new.title.clone(),
            authors: self.new.authors.clone(),
            published: self.new.published,
            language: self.new.language.clone(),
            paper: paper.map(str::to_owned),
            feed_text: self.text.clone(),
            decisions: Vec::new(),
        }
    }
}

/// Returns an entry as the feed's headline alone.
fn headline(feed: &ParsedFeed, entry: &ParsedEntry) -> NewEntry {
    let language = entry.language.as_deref().or(feed.language.as_deref());
    NewEntry {
        guid: Some(entry.id.clone()),
        title: entry.title.clone().unwrap_or_default(),
        url: entry.link.as_deref().map(without_trackers),
        authors: entry.authors.clone(),
        published: entry.published.or(entry.updated),
        language: language
            .and_then(|tag| tag.split(['-', '_']).next())
            .map(str::to_owned),
        site_name: None,
        lead_image: entry.lead_image.clone(),
        // Pictures stand in the article; what is attached is sound, film, documents.
        enclosures: entry
            .enclosures
            .iter()
            .filter(|file| !is_picture(file))
            .cloned()
            .collect(),
        body: None,
        entities: ArticleEntities::default(),
        names_later: false,
        full_text: false,
        is_read: false,
        wants_page: false,
    }
}

fn is_picture(file: &Enclosure) -> bool {
    let media = file.media_type.as_deref().unwrap_or_default();
    media
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("image/")
}

/// Returns HTML whose tags past the bound are gone, and not their text: the parser makes 300 bytes of a tag of three.
fn bounded(html: &str) -> Cow<'_, str> {
    let mut tags = html.match_indices('<');
    match tags.nth(MOST_TAGS) {
        Some((at, _)) => Cow::Owned(html[..at].to_owned() + &without_tags(&html[at..])),
        None => Cow::Borrowed(html),
    }
}

fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            _ if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_without_end_are_read_as_their_text() {
        let html = "<p>A <b>bold</b> word.</p>";
        assert!(matches!(bounded(html), Cow::Borrowed(_)));
        let html = "<td>1".repeat(MOST_TAGS + 3);
        let bounded = bounded(&html);
        assert_eq!(bounded.matches('<').count(), MOST_TAGS);
        assert!(bounded.ends_with("<td>1 1 1 1"), "no text is lost");
    }
}
