//! Feeds to start with: well-known public ones by topic, for a reader who has none yet. Nothing is subscribed to
//! unless it is chosen.

use super::plain;
use super::xml::{self, Tree};

/// One feed offered at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterFeed {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The site's front page.
    pub site_url: Option<String>,
    /// The topic it is offered under; a good folder for it, too.
    pub topic: String,
    /// BCP 47 primary language subtag.
    pub language: String,
}

/// Returns the feeds to start with, topic by topic, in the order to show them.
pub fn starter() -> Vec<StarterFeed> {
    let tree = xml::read(include_str!("../../assets/starter.opml"), None, usize::MAX);
    let Some((opml, _)) = tree.children(Tree::ROOT).next() else {
        return Vec::new();
    };
    let bodies = tree
        .children(opml)
        .filter(|(_, element)| element.name == "body");
    let topics = bodies.flat_map(|(body, _)| tree.children(body));
    topics
        .flat_map(|(id, topic)| tree.children(id).map(move |(_, feed)| (topic, feed)))
        .filter_map(|(topic, feed)| {
            Some(StarterFeed {
                title: plain::some_line(feed.attribute("text")?)?,
                url: feed.attribute("xmlurl")?.to_owned(),
                site_url: feed.attribute("htmlurl").map(str::to_owned),
                topic: topic.attribute("text")?.to_owned(),
                language: feed.attribute("language")?.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::syndication::opml;

    #[test]
    fn every_feed_of_the_list_is_offered_once() {
        let text = include_str!("../../assets/starter.opml");
        let feeds = starter();
        assert_eq!(feeds.len(), text.matches("xmlUrl=").count());
        let urls: HashSet<&str> = feeds.iter().map(|feed| feed.url.as_str()).collect();
        assert_eq!(urls.len(), feeds.len());
        let imported = opml::read(text.as_bytes()).unwrap();
        assert!(imported.remarks.is_empty());
        let same = imported
            .feeds
            .iter()
            .zip(&feeds)
            .all(|(a, b)| a.url == b.url && a.folder == b.topic);
        assert!(same && imported.feeds.len() == feeds.len());
    }

    #[test]
    fn six_topics_and_several_languages_are_offered() {
        let feeds = starter();
        let topics: HashSet<&str> = feeds.iter().map(|feed| feed.topic.as_str()).collect();
        let languages: HashSet<&str> = feeds.iter().map(|feed| feed.language.as_str()).collect();
        assert_eq!(topics.len(), 6);
        assert!(languages.len() >= 8);
        assert!(feeds.iter().all(|feed| feed.url.starts_with("https://")));
    }
}
