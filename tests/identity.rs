//! What a feed brings again: emptied, cut, moved, with other ids or dates. Nothing is lost, nothing returns as new, and one
//! article in many feeds is one.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use newsdesk::model::feed::FullText;
use newsdesk::model::{Change, Scope, What};
use newsdesk::store::wait;
use support::desk::{Desk, item, paper};
use support::papers::{Item, rss};
use support::server::{Reply, Server};

/// What a site did to its feed between two polls.
fn check_returns_nothing(what: &str, change: impl Fn(&str) -> Reply) {
    let server = Server::start();
    let items: Vec<Item> = (1..4).map(|n| item(&server, n)).collect();
    let mut feed = rss("The Port Ellen Paper", &items);
    for n in 1..4 {
        let guid = format!(">item-{n}</guid>");
        feed = feed.replace(
            &guid,
            &format!("{guid}<pubDate>2026-11-2{n}T08:00:00Z</pubDate>"),
        );
    }
    server.set("/feed", Reply::rss(feed.clone()));
    let mut desk = Desk::new();
    desk.settings.fetch.full_text = FullText::Never;
    let id = desk.subscribe(server.url("/feed"));
    assert_eq!(desk.due().summary.new, 3);
    let all: Vec<_> = desk.rows().iter().map(|row| row.id).collect();
    let mark = |what: What, ids: &[newsdesk::model::ArticleId]| {
        let change = Change {
            what,
            scope: Scope::Ids(ids.to_vec()),
            undoable: true,
        };
        wait(|reply| desk.library.writer().change(change, desk.now, reply)).unwrap();
    };
    mark(What::Read(true), &all);
    mark(What::Star(true), &all[..1]);
    for (poll, reply) in [
        (1, change(&feed)),
        (2, Reply::rss(feed.clone())),
        (3, change(&feed)),
    ] {
        server.set("/feed", reply);
        let report = desk.later(25 * 60).due();
        assert_eq!(report.summary.new, 0, "{what}, poll {poll}: returns as new");
        let rows: Vec<_> = desk.rows();
        assert_eq!(rows.len(), 3, "{what}, poll {poll}");
        assert!(rows.iter().all(|row| !row.unread), "{what}, poll {poll}");
        assert_eq!(rows.iter().filter(|row| row.starred).count(), 1, "{what}");
    }
    assert_eq!(
        (desk.feed(id).unread, desk.feed(id).total),
        (0, 3),
        "{what}"
    );
}

#[test]
fn nothing_is_lost_and_nothing_returns_as_new() {
    check_returns_nothing("it turns empty", |_| {
        Reply::rss("<rss><channel><title>x</title></channel></rss>")
    });
    check_returns_nothing("a captive portal", |_| {
        Reply::html("<title>Hotel</title><p>Log in")
    });
    check_returns_nothing("no bytes", |_| Reply::rss(""));
    check_returns_nothing("it is cut on the way", |feed| {
        Reply::rss(feed).cut_at(feed.len() / 2)
    });
    check_returns_nothing("it is cut at the source", |feed| {
        Reply::rss(&feed[..feed.len() / 2])
    });
    check_returns_nothing("all guids change", |feed| {
        Reply::rss(feed.replace(">item-", ">http://e.com/?p="))
    });
    check_returns_nothing("all guids are the same", |feed| {
        Reply::rss(
            feed.replace(">item-2", ">item-1")
                .replace(">item-3", ">item-1"),
        )
    });
    check_returns_nothing("guids go", |feed| {
        let mut feed = feed.to_owned();
        while let Some(at) = feed.find("<guid") {
            let end = feed[at..].find("</guid>").unwrap();
            feed.replace_range(at..at + end + 7, "");
        }
        Reply::rss(feed)
    });
    check_returns_nothing("all dates change", |feed| {
        Reply::rss(feed.replace("T08:00", "T11:30"))
    });
    check_returns_nothing("dates go", |feed| {
        Reply::rss(feed.replace("pubDate", "pubDay"))
    });
    check_returns_nothing("dates lie ahead", |feed| {
        Reply::rss(feed.replace("2026-11", "2099-12"))
    });
    check_returns_nothing("all links change", |feed| {
        Reply::rss(feed.replace("/article/", "/story/"))
    });
    check_returns_nothing("all headlines change", |feed| {
        Reply::rss(feed.replace("Harbour", "Port"))
    });
    check_returns_nothing("the site moves", |feed| {
        Reply::rss(
            feed.replace(">item-", ">urn:new:")
                .replace("/article/", "/2026/story-"),
        )
    });
    check_returns_nothing("guids and dates change", |feed| {
        Reply::rss(
            feed.replace(">item-", ">urn:new:")
                .replace("T08:00", "T11:30"),
        )
    });
    check_returns_nothing("it is turned round", |feed| {
        let (head, rest) = feed.split_once("<item>").unwrap();
        let mut items: Vec<&str> = rest
            .trim_end_matches("</channel></rss>")
            .split("<item>")
            .collect();
        items.reverse();
        Reply::rss(format!(
            "{head}<item>{}</channel></rss>",
            items.join("<item>")
        ))
    });
}

#[test]
fn an_entry_at_the_cut_keeps_its_headline() {
    let server = Server::start();
    let items: Vec<Item> = (1..4).map(|n| item(&server, n).whole()).collect();
    let feed = rss("Paper", &items);
    server.set("/feed", Reply::rss(feed.clone()));
    let mut desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    desk.due();
    let titles = desk.titles();
    let text = desk.text(desk.rows()[2].id);
    let middle = feed.rfind("report number 3</title>").unwrap();
    for cut in [middle, middle + 200] {
        server.set("/feed", Reply::rss(&feed[..cut]));
        assert_eq!(desk.later(90).due().summary.new, 0);
        assert_eq!(desk.titles(), titles);
        assert_eq!(desk.text(desk.rows()[2].id), text);
    }
}

#[test]
fn entries_that_share_a_guid_are_told_apart_by_their_pages() {
    let server = Server::start();
    let mut items: Vec<Item> = (1..4).map(|n| item(&server, n)).collect();
    for item in &mut items {
        item.guid = "the same".into();
    }
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let mut desk = Desk::new();
    desk.settings.fetch.full_text = FullText::Never;
    desk.subscribe(server.url("/feed"));
    assert_eq!(desk.due().summary.new, 3);
    items.push(item(&server, 4));
    items[3].guid = "the same".into();
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    assert_eq!(desk.later(90).due().summary.new, 1);
    assert_eq!(desk.rows().len(), 4);
}

#[test]
fn one_article_in_many_feeds_is_one_article() {
    let server = Server::start();
    paper(&server, "/a", 1..3);
    paper(&server, "/b", 2..4);
    let mut other = item(&server, 2);
    other.guid = "another".into();
    other.link = server.url("/article/2?utm_source=c#top");
    server.set("/c", Reply::rss(rss("Third", &[other])));
    let mut desk = Desk::new();
    let feeds = ["/a", "/b", "/c"].map(|path| desk.subscribe(server.url(path)));
    desk.due();
    assert_eq!(desk.rows().len(), 3);
    assert_eq!(server.count("/article/2"), 1, "its page is fetched once");
    assert_eq!(feeds.map(|feed| desk.feed(feed).total), [2, 2, 1]);
    let shared = desk.rows()[1].id;
    let article = desk.article(shared);
    let mut titles: Vec<&str> = article
        .feeds
        .iter()
        .map(|(_, title)| title.as_str())
        .collect();
    titles.sort_unstable();
    assert_eq!(
        titles,
        ["The Port Ellen Paper", "The Port Ellen Paper", "Third"]
    );
    let read = Change {
        what: What::Read(true),
        scope: Scope::Ids(vec![shared]),
        undoable: true,
    };
    wait(|reply| desk.library.writer().change(read, desk.now, reply)).unwrap();
    assert_eq!(feeds.map(|feed| desk.feed(feed).unread), [1, 1, 0]);
    // It stays so when the feeds come again, and in a feed subscribed to later.
    paper(&server, "/d", 2..3);
    let late = desk.subscribe(server.url("/d"));
    desk.later(90).due();
    assert_eq!(feeds.map(|feed| desk.feed(feed).unread), [1, 1, 0]);
    assert_eq!((desk.feed(late).unread, desk.feed(late).total), (0, 1));
    assert_eq!(desk.rows().len(), 3);
}
