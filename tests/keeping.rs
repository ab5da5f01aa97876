//! Which entries of a feed are kept, and for how long: filters, `keep_days`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use newsdesk::model::feed::FeedSettings;
use newsdesk::model::setting::Filtered;
use newsdesk::model::{ArticleId, Change, FeedId, Scope, What};
use newsdesk::store::wait;
use support::desk::{Desk, item, paper};
use support::papers::{Item, rss};
use support::server::{Reply, Server};

fn set(desk: &Desk, feed: FeedId, settings: FeedSettings) {
    desk.change(What::SetFeed(feed, settings));
}

fn mark(desk: &Desk, what: What, id: ArticleId) {
    let change = Change {
        what,
        scope: Scope::Ids(vec![id]),
        undoable: true,
    };
    wait(|reply| desk.library.writer().change(change, desk.now, reply)).unwrap();
}

/// A paper with so many items, each a day older than the one before it, the first of today.
fn dated(server: &Server, ages_days: &[i64], desk: &Desk) {
    let items: Vec<Item> = (1..)
        .zip(ages_days)
        .map(|(n, _)| item(server, n).whole())
        .collect();
    let mut feed = rss("The Port Ellen Paper", &items);
    for (n, age) in (1..).zip(ages_days) {
        let at = desk.now.as_second() - age * 86_400;
        let at = jiff::Timestamp::from_second(at).unwrap();
        let guid = format!(">item-{n}</guid>");
        feed = feed.replace(&guid, &format!("{guid}<pubDate>{at}</pubDate>"));
    }
    server.set("/feed", Reply::rss(feed));
}

#[test]
fn a_filter_keeps_what_matches_and_fetches_no_page_for_the_rest() {
    let server = Server::start();
    let mut items = [item(&server, 1), item(&server, 2), item(&server, 3)];
    items[1].title = "Football: the island plays".into();
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    let settings = FeedSettings {
        filter: Some("-title:football".into()),
        ..FeedSettings::default()
    };
    set(&desk, feed, settings.clone());
    let report = desk.due();
    assert_eq!((report.summary.new, report.pages), (2, 2));
    assert_eq!(
        desk.titles(),
        ["Harbour report number 1", "Harbour report number 3"]
    );
    assert_eq!(server.count("/article/2"), 0);
    // What was kept before the filter changed stays, and what it left out may come yet.
    let other = FeedSettings {
        filter: Some("football".into()),
        filtered: Some(Filtered::Read),
        ..settings
    };
    set(&desk, feed, other);
    let mut fourth = item(&server, 4);
    fourth.title = "Another harbour report".into();
    server.set(
        "/feed",
        Reply::rss(rss("Paper", &[items.to_vec(), vec![fourth]].concat())),
    );
    assert_eq!(desk.later(90).due().summary.new, 2);
    let unread: Vec<(String, bool)> = desk
        .rows()
        .into_iter()
        .map(|row| (row.title, row.unread))
        .collect();
    assert_eq!(
        unread,
        [
            ("Another harbour report".into(), false),
            ("Football: the island plays".into(), true),
            ("Harbour report number 1".into(), true),
            ("Harbour report number 3".into(), true),
        ]
    );
    assert_eq!(desk.feed(feed).unread, 3);
}

#[test]
fn old_articles_go_and_do_not_come_back_but_kept_ones_stay() {
    let server = Server::start();
    let mut desk = Desk::new();
    dated(&server, &[0, 5, 10, 20, 30, 40], &desk);
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    let ids: Vec<ArticleId> = desk.rows().iter().map(|row| row.id).collect();
    mark(&desk, What::Star(true), ids[2]);
    mark(&desk, What::Tag("sea".into()), ids[3]);
    mark(&desk, What::Later(true), ids[4]);
    let settings = FeedSettings {
        keep_days: Some(7),
        ..FeedSettings::default()
    };
    set(&desk, feed, settings);
    let kept = [
        "Harbour report number 1",
        "Harbour report number 2",
        "Harbour report number 3",
        "Harbour report number 4",
        "Harbour report number 5",
    ];
    // Nothing new in the feed: the old go all the same.
    desk.later(90).due();
    assert_eq!(desk.titles(), kept);
    // The feed lists them on, changed.
    dated(&server, &[0, 5, 10, 20, 30, 40, 50], &desk);
    assert_eq!(desk.later(90).due().summary.new, 0);
    assert_eq!(desk.titles(), kept);
    let feed = desk.feed(feed);
    assert_eq!((feed.total, feed.unread), (5, 5));
    // What was kept by a mark alone goes with it.
    mark(&desk, What::Star(false), ids[2]);
    desk.later(90).due();
    assert_eq!(desk.rows().len(), 4);
    let found = desk.library.reader().unwrap();
    let query = newsdesk::query::parse("harbour", desk.now, &jiff::tz::TimeZone::UTC).unwrap();
    assert_eq!(found.count(&query, desk.now).unwrap(), 4);
}

#[test]
fn an_old_article_stays_in_the_other_feed_that_has_it() {
    let server = Server::start();
    let mut desk = Desk::new();
    dated(&server, &[30], &desk);
    let one = desk.subscribe(server.url("/feed"));
    desk.due();
    paper(&server, "/other", 1..2);
    let other = desk.subscribe(server.url("/other"));
    desk.due();
    assert_eq!(desk.rows().len(), 1, "one article in two feeds");
    let settings = FeedSettings {
        keep_days: Some(7),
        ..FeedSettings::default()
    };
    set(&desk, one, settings);
    desk.later(90).due();
    assert_eq!((desk.feed(one).total, desk.feed(other).total), (0, 1));
    assert_eq!(desk.rows().len(), 1);
}
