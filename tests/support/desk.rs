//! A library in a folder of its own, a clock that the test sets, and papers for the server: what the engine is tested on.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use newsdesk::config::Settings;
use newsdesk::config::feed::ConfigFeed;
use newsdesk::engine::reload::reload;
use newsdesk::engine::{Cancel, Clock, Context, Options, Reload, Report, Status, Which};
use newsdesk::fetch::Lookup;
use newsdesk::model::change::NewFeed;
use newsdesk::model::{Article, ArticleId, ArticleRow, Change, Feed, FeedId, Query, Scope, What};
use newsdesk::store::{self, Library, wait};

use super::papers::{Item, page, rss};
use super::server::{Reply, Server};

/// A desk: a library in a folder of its own, and a clock that the test sets.
pub struct Desk {
    _folder: tempfile::TempDir,
    pub library: Arc<Library>,
    pub settings: Settings,
    pub feeds: Vec<ConfigFeed>,
    pub now: Timestamp,
    pub lookup: Option<Lookup>,
    pub limits: fn(&mut newsdesk::fetch::Limits),
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let library = Library::open(&store::Paths::under(folder.path()), now).unwrap();
        let mut settings = Settings::default();
        settings.fetch.page_gap.0 = Duration::ZERO;
        Self {
            _folder: folder,
            library: Arc::new(library),
            settings,
            feeds: Vec::new(),
            now,
            lookup: None,
            limits: |_| {},
        }
    }

    pub fn context(&self) -> Arc<Context> {
        let mut options =
            Options::new(&self.settings, Clock::Fixed(self.now)).with_feeds(&self.feeds);
        options.client.lookup.clone_from(&self.lookup);
        (self.limits)(&mut options.client.limits);
        Context::new(Arc::clone(&self.library), options)
    }

    pub fn later(&mut self, minutes: i64) -> &mut Self {
        self.now += minutes.minutes();
        self
    }

    pub fn change(&self, what: What) -> Option<FeedId> {
        let change = Change {
            what,
            scope: Scope::None,
            undoable: true,
        };
        wait(|reply| self.library.writer().change(change, self.now, reply))
            .unwrap()
            .feed
    }

    pub fn subscribe(&self, url: impl Into<String>) -> FeedId {
        let feed = NewFeed {
            url: url.into(),
            ..NewFeed::default()
        };
        self.change(What::Subscribe(feed)).unwrap()
    }

    pub fn reload(&self, which: Which) -> Report {
        self.reload_with(&Reload {
            which,
            ..Reload::default()
        })
    }

    pub fn reload_with(&self, request: &Reload) -> Report {
        reload(&self.context(), request, &mut |_| {}, &Cancel::new()).unwrap()
    }

    pub fn due(&self) -> Report {
        self.reload(Which::Due)
    }

    pub fn feed(&self, id: FeedId) -> Feed {
        let feeds = self
            .library
            .reader()
            .unwrap()
            .feeds(false, self.now)
            .unwrap();
        feeds.into_iter().find(|feed| feed.id == id).unwrap()
    }

    pub fn rows(&self) -> Vec<ArticleRow> {
        let mut rows = Vec::new();
        let each = &mut |row| {
            rows.push(row);
            true
        };
        self.library
            .reader()
            .unwrap()
            .for_each(&Query::default(), self.now, each)
            .unwrap();
        rows.sort_by(|a, b| a.title.cmp(&b.title));
        rows
    }

    /// The articles whole, by title.
    pub fn articles(&self) -> Vec<Article> {
        self.rows().iter().map(|row| self.article(row.id)).collect()
    }

    pub fn titles(&self) -> Vec<String> {
        self.rows().into_iter().map(|row| row.title).collect()
    }

    pub fn article(&self, id: ArticleId) -> Article {
        self.library
            .reader()
            .unwrap()
            .article(id, None)
            .unwrap()
            .unwrap()
    }

    pub fn text(&self, id: ArticleId) -> String {
        self.article(id).body.document.plain_text()
    }
}

/// A paper of so many items, with a page each, that answers conditional requests.
pub fn paper(server: &Server, path: &str, numbers: std::ops::Range<usize>) {
    let items: Vec<Item> = numbers.map(|n| item(server, n)).collect();
    let etag = format!("\"{}\"", items.len());
    server.set_with_etag(path, &etag, Reply::rss(rss("The Port Ellen Paper", &items)));
}

pub fn item(server: &Server, number: usize) -> Item {
    let path = format!("/article/{number}");
    let item = Item::new(number, server.url(&path));
    server.set(&path, Reply::html(page(&item.title)));
    item
}

pub fn status(report: &Report, feed: FeedId) -> Status {
    report.feeds.iter().find(|f| f.id == feed).unwrap().status
}
