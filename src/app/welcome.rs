//! The first screen of a library without feeds: starter feeds by topic, an address, an import, the demo.

use std::path::PathBuf;

use crate::syndication::{self, StarterFeed};

/// A well-known public feed offered at first run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starter {
    /// Its topic: the heading it stands under, and the folder it is put into.
    pub topic: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The site's front page.
    pub site_url: Option<String>,
}

/// Returns the bundled starter feeds.
pub fn starters() -> Vec<Starter> {
    let starter = |feed: StarterFeed| Starter {
        topic: feed.topic,
        title: feed.title,
        url: feed.url,
        site_url: feed.site_url,
    };
    syndication::starter().into_iter().map(starter).collect()
}

/// The first screen.
#[derive(Clone, Debug, Default)]
pub struct Welcome {
    /// The feeds offered, by topic.
    pub starters: Vec<Starter>,
    /// Which of them are ticked.
    pub ticked: Vec<bool>,
    /// newsboat's list, where one was found.
    pub newsboat: Option<PathBuf>,
    /// The selected row.
    pub selected: usize,
}

/// A row of the first screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WelcomeRow {
    /// Type an address.
    Address,
    /// Take newsboat's feeds.
    Newsboat(PathBuf),
    /// Import a file.
    Import,
    /// How to see the demo edition.
    Demo,
    /// A topic: ticks all its feeds.
    Topic(String),
    /// A starter feed, by its place in [`Welcome::starters`].
    Starter(usize),
    /// Subscribe to so many ticked feeds.
    Subscribe(usize),
}

impl Welcome {
    /// Returns the rows.
    pub fn rows(&self) -> Vec<WelcomeRow> {
        let mut rows = vec![WelcomeRow::Address];
        rows.extend(self.newsboat.iter().cloned().map(WelcomeRow::Newsboat));
        rows.push(WelcomeRow::Import);
        rows.push(WelcomeRow::Demo);
        let mut topic = None;
        for (at, starter) in self.starters.iter().enumerate() {
            if topic != Some(&starter.topic) {
                topic = Some(&starter.topic);
                rows.push(WelcomeRow::Topic(starter.topic.clone()));
            }
            rows.push(WelcomeRow::Starter(at));
        }
        let ticked = self.ticked.iter().filter(|ticked| **ticked).count();
        if ticked > 0 {
            rows.push(WelcomeRow::Subscribe(ticked));
        }
        rows
    }

    /// Ticks or unticks the selected row's feeds. Says whether it has any.
    pub(super) fn tick(&mut self) -> bool {
        let places: Vec<usize> = match self.rows().get(self.selected) {
            Some(WelcomeRow::Starter(at)) => vec![*at],
            Some(WelcomeRow::Topic(topic)) => {
                let starters = self.starters.iter().enumerate();
                starters
                    .filter(|(_, starter)| starter.topic == *topic)
                    .map(|(at, _)| at)
                    .collect()
            }
            _ => return false,
        };
        let is_set = |at: &usize| self.ticked.get(*at).copied().unwrap_or(false);
        let set = !places.iter().all(is_set);
        for at in places {
            if let Some(ticked) = self.ticked.get_mut(at) {
                *ticked = set;
            }
        }
        true
    }
}
