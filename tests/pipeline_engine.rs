//! The engine of an open reader: effects in, events out, over a loopback site.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::Timestamp;
use newsdesk::app::effect::Ticket;
use newsdesk::app::event::{Found, ReloadSummary};
use newsdesk::app::{Effect, Event};
use newsdesk::config::Settings;
use newsdesk::engine::{Clock, Context, Engine, Options};
use newsdesk::model::change::NewFeed;
use newsdesk::model::list::{Anchor, OpenList};
use newsdesk::model::{Change, FeedId, Scope, What};
use newsdesk::store::{self, Library};
use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

/// An engine on a library of its own.
struct Reader {
    engine: Option<Engine>,
    events: Receiver<Event>,
    library: Arc<Library>,
    folder: tempfile::TempDir,
}

impl Reader {
    fn start(auto: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let library = Arc::new(Library::open(&store::Paths::under(folder.path()), now).unwrap());
        let mut settings = Settings::default();
        settings.fetch.auto = auto;
        settings.fetch.page_gap.0 = Duration::ZERO;
        settings.fetch.start_spread.0 = Duration::ZERO;
        let context = Context::new(
            Arc::clone(&library),
            Options::new(&settings, Clock::Fixed(now)),
        );
        let (send, events) = channel();
        let engine = Engine::start(context, move |event| {
            let _ = send.send(event);
        });
        Self {
            engine: Some(engine.unwrap()),
            events,
            library,
            folder,
        }
    }

    fn run(&self, effect: Effect) {
        self.engine.as_ref().unwrap().run(effect);
    }

    /// Waits for the first event that fits.
    #[track_caller]
    fn wait<T>(&self, fits: impl Fn(&Event) -> Option<T>) -> T {
        support::wait_for(&self.events, fits)
    }

    fn subscribe(&self, url: String) -> FeedId {
        let feed = NewFeed {
            url,
            ..NewFeed::default()
        };
        let change = Change {
            what: What::Subscribe(feed),
            scope: Scope::None,
            undoable: true,
        };
        self.run(Effect::Write {
            ticket: Ticket(1),
            change,
        });
        self.wait(|event| match event {
            Event::Written { written, .. } => written.feed,
            _ => None,
        })
    }

    fn ended(&self) -> ReloadSummary {
        self.wait(|event| match event {
            Event::ReloadEnded(summary) => Some(summary.clone()),
            _ => None,
        })
    }

    fn titles(&self) -> Vec<String> {
        self.run(Effect::Load {
            ticket: Ticket(9),
            list: OpenList::default(),
            anchor: Anchor::Top,
            limit: 50,
        });
        self.wait(|event| match event {
            Event::Loaded { page, .. } => {
                Some(page.rows.iter().map(|row| row.title.clone()).collect())
            }
            _ => None,
        })
    }
}

fn paper(server: &Server) -> String {
    let item = Item::new(1, server.url("/article"));
    server.set("/article", Reply::html(page(&item.title)));
    server.set("/feed", Reply::rss(rss("Paper", &[item])));
    server.url("/feed")
}

#[test]
fn a_reload_is_told_step_by_step_and_read_back() {
    let server = Server::start();
    let reader = Reader::start(false);
    let feed = reader.subscribe(paper(&server));
    assert_eq!(server.all_requests().len(), 0, "nothing is fetched unasked");
    reader.run(Effect::Reload(None));
    let new = reader.wait(|event| match event {
        Event::FeedDone { feed: done, new } => (*done == feed).then_some(*new),
        _ => None,
    });
    assert_eq!(new, 1);
    let id = reader.wait(|event| match event {
        Event::FullText { id, result } => result.is_ok().then_some(*id),
        _ => None,
    });
    let summary = reader.ended();
    assert_eq!((summary.asked, summary.new, summary.failed), (1, 1, 0));
    assert_eq!(reader.titles(), ["Harbour report number 1"]);
    reader.run(Effect::Open {
        ticket: Ticket(2),
        id,
        source: None,
    });
    let text = reader.wait(|event| match event {
        Event::Opened { article, .. } => article
            .as_ref()
            .map(|article| article.body.document.plain_text()),
        _ => None,
    });
    assert!(text.contains("Margaret Holloway"), "{text}");
}

#[test]
fn a_new_feed_is_reloaded_by_itself() {
    let server = Server::start();
    let reader = Reader::start(true);
    reader.subscribe(paper(&server));
    assert_eq!(reader.ended().new, 1);
}

#[test]
fn a_reload_can_be_cancelled() {
    let server = Server::start();
    server.set("/silent", Reply::silent());
    let reader = Reader::start(false);
    reader.subscribe(server.url("/silent"));
    reader.run(Effect::Reload(None));
    reader.wait(|event| matches!(event, Event::Progress { .. }).then_some(()));
    reader.run(Effect::CancelReload);
    assert!(reader.ended().cancelled);
}

#[test]
fn an_engine_ends_while_a_host_keeps_silent() {
    let server = Server::start();
    server.set("/silent", Reply::silent());
    let mut reader = Reader::start(false);
    reader.subscribe(server.url("/silent"));
    reader.run(Effect::Reload(None));
    reader.run(Effect::Discover {
        ticket: Ticket(4),
        address: server.url("/silent"),
    });
    reader.wait(|event| matches!(event, Event::Progress { .. }).then_some(()));
    reader.engine.take().unwrap().end();
}

#[test]
fn an_address_is_looked_at_and_answered_with_its_ticket() {
    let server = Server::start();
    let reader = Reader::start(false);
    let address = paper(&server);
    reader.run(Effect::Discover {
        ticket: Ticket(7),
        address: address.clone(),
    });
    let found = reader.wait(|event| match event {
        Event::Discovered {
            ticket: Ticket(7),
            found,
            ..
        } => Some(found.clone()),
        _ => None,
    });
    let Ok(Found::Feeds(feeds)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(feeds[0].url, address);
}

#[test]
fn what_another_process_changes_is_told() {
    let reader = Reader::start(false);
    let changed = reader.library.paths().changed();
    assert!(changed.starts_with(reader.folder.path()));
    // As another process's writer does after its commit.
    std::fs::write(&changed, "1").unwrap();
    reader.wait(|event| matches!(event, Event::LibraryChanged).then_some(()));
}

#[test]
fn reloads_asked_for_one_upon_the_other_are_told_as_one() {
    let server = Server::start();
    let reader = Reader::start(false);
    let mut feeds = Vec::new();
    for number in 1..=3 {
        let item = Item::new(number, server.url(&format!("/article/{number}")));
        server.set(
            &format!("/article/{number}"),
            Reply::html(page(&item.title)),
        );
        let path = format!("/feed/{number}");
        server.set(&path, Reply::rss(rss("Paper", &[item])));
        feeds.push(reader.subscribe(server.url(&path)));
    }
    server.set("/feed/2", Reply::status(429).header("Retry-After", "7200"));
    for feed in feeds {
        reader.run(Effect::Reload(Some(vec![feed])));
    }
    let summary = reader.ended();
    assert_eq!((summary.asked, summary.failed), (2, 1), "{summary:?}");
    // The third stands on the host that had just asked us to wait.
    assert_eq!((summary.new, summary.skipped), (1, 1), "{summary:?}");
    assert_eq!(summary.longest_wait_s, Some(7200));
    let more = reader
        .events
        .try_iter()
        .filter(|event| matches!(event, Event::ReloadEnded(_)));
    assert_eq!(more.count(), 0);
}

#[test]
fn what_waits_behind_a_cancelled_reload_is_not_begun() {
    let server = Server::start();
    server.set("/silent", Reply::silent());
    let reader = Reader::start(false);
    let silent = reader.subscribe(server.url("/silent"));
    let other = reader.subscribe(paper(&server));
    reader.run(Effect::Reload(Some(vec![silent])));
    reader.wait(|event| matches!(event, Event::Progress { .. }).then_some(()));
    reader.run(Effect::Reload(Some(vec![other])));
    reader.run(Effect::BringOffline(Box::default()));
    reader.run(Effect::CancelReload);
    let stopped = reader.wait(|event| match event {
        Event::OfflineEnded(Ok(summary)) => Some(summary.cancelled),
        _ => None,
    });
    assert!(stopped);
    assert!(reader.ended().cancelled);
    assert_eq!(server.count("/feed"), 0);
    // What is asked for afterwards is done.
    reader.run(Effect::Reload(Some(vec![other])));
    assert_eq!(reader.ended().new, 1);
}
