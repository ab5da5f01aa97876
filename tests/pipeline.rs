//! From a feed's address to articles in the library: the whole pipeline over real HTTP on the loopback.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newsdesk::app::event::Found;
use newsdesk::engine::reload::reload;
use newsdesk::engine::{self, Cancel, Clock, Context, Options, Progress, Reload, Status, Which};
use newsdesk::model::article::BodySource;
use newsdesk::model::change::NameKey;
use newsdesk::model::feed::FullText;
use newsdesk::model::{EntityKind, FeedId, Query, What};
use newsdesk::store;
use support::desk::{Desk, item, paper, status};
use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

#[test]
fn a_feed_of_summaries_becomes_whole_articles_that_read_offline() {
    let mut server = Server::start();
    paper(&server, "/feed", 1..4);
    let desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    let report = desk.due();
    assert_eq!(
        (status(&report, feed), report.summary.new, report.pages),
        (Status::Updated, 3, 3)
    );
    server.stop();
    let rows = desk.rows();
    assert_eq!(
        desk.titles(),
        [
            "Harbour report number 1",
            "Harbour report number 2",
            "Harbour report number 3"
        ]
    );
    for row in rows {
        assert!(row.unread && row.has.full_text, "{row:?}");
        let article = desk.article(row.id);
        assert_eq!(article.body.source, BodySource::Page);
        let text = article.body.document.plain_text();
        assert!(
            text.contains("Margaret Holloway") && text.contains("part 6"),
            "{text}"
        );
        assert!(
            !text.contains("Back to top") && !text.contains("Tides"),
            "{text}"
        );
        let names: Vec<&str> = article
            .entities
            .entities
            .iter()
            .map(|e| e.name.as_str())
            .collect();
        assert!(names.contains(&"Margaret Holloway"), "{names:?}");
    }
    let feed = desk.feed(feed);
    assert_eq!(
        (feed.title.as_str(), feed.unread, feed.health.failures),
        ("The Port Ellen Paper", 3, 0)
    );
}

#[test]
fn a_second_look_is_conditional_and_brings_nothing_twice() {
    let server = Server::start();
    paper(&server, "/feed", 1..4);
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    assert_eq!(server.requests("/feed")[0].header("if-none-match"), None);
    assert_eq!(
        status(&desk.later(5).due(), feed),
        Status::Skipped,
        "not due yet"
    );
    assert_eq!(status(&desk.later(90).due(), feed), Status::Unchanged);
    assert_eq!(
        server.requests("/feed")[1].header("if-none-match"),
        Some("\"3\"")
    );
    paper(&server, "/feed", 1..6);
    let report = desk.later(90).due();
    assert_eq!((report.summary.new, report.pages), (2, 2));
    assert_eq!(server.count("/article/1"), 1, "a page is fetched once");
    assert_eq!(desk.rows().len(), 5);
}

#[test]
fn the_same_bytes_under_a_200_stop_early() {
    let server = Server::start();
    let items = [item(&server, 1)];
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    assert_eq!(status(&desk.due(), feed), Status::Updated);
    assert_eq!(status(&desk.later(90).due(), feed), Status::Unchanged);
}

#[test]
fn a_feed_that_carries_whole_articles_asks_for_no_page() {
    let server = Server::start();
    let items: Vec<Item> = (1..4).map(|n| item(&server, n).whole()).collect();
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    let report = desk.due();
    assert_eq!((report.summary.new, report.pages), (3, 0));
    assert_eq!(server.all_requests().len(), 1);
    let row = &desk.rows()[0];
    assert!(row.has.full_text);
    assert!(desk.text(row.id).contains("part 5"));
    // Unless the reader wants the page always.
    let settings = newsdesk::model::feed::FeedSettings {
        full_text: Some(FullText::Always),
        ..Default::default()
    };
    desk.change(What::SetFeed(feed, settings));
    let items: Vec<Item> = (1..6).map(|n| item(&server, n).whole()).collect();
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    assert_eq!(desk.later(90).due().pages, 2);
}

#[test]
fn the_feeds_text_stays_where_the_page_gives_less() {
    let server = Server::start();
    let mut items = [item(&server, 1), item(&server, 2), item(&server, 3)];
    items[0].summary = "word ".repeat(200);
    server.set(
        "/article/1",
        Reply::html("<html><body><p>Please log in to go on.</p></body></html>"),
    );
    server.set("/article/2", Reply::status(403));
    server.set("/article/3", Reply::new("application/pdf", "%PDF-1.7"));
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    let report = desk.due();
    assert_eq!((report.pages, report.pages_failed), (0, 3));
    for (row, words) in desk.rows().iter().zip([
        "",
        "feed text only: 403 from the site",
        "feed text only: the address leads to a PDF file, not to a page",
    ]) {
        let article = desk.article(row.id);
        assert_eq!(article.body.source, BodySource::Feed, "{}", row.title);
        assert!(
            article
                .body
                .remark
                .as_deref()
                .unwrap_or_default()
                .contains(words),
            "{:?}",
            article.body.remark
        );
    }
}

#[test]
fn a_page_that_failed_for_the_moment_is_tried_again_and_then_left() {
    let server = Server::start();
    let items = [item(&server, 1)];
    server.set("/article/1", Reply::status(500));
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    let mut desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    for _ in 0..6 {
        desk.due();
        desk.later(90);
    }
    assert_eq!(server.count("/article/1"), 3);
    let id = desk.rows()[0].id;
    server.set("/article/1", Reply::html(page("Harbour report number 1")));
    engine::fetch_full(&desk.context(), id).unwrap();
    assert_eq!(desk.article(id).body.source, BodySource::Page);
}

#[test]
fn a_failing_feed_disturbs_no_other_and_says_why() {
    let server = Server::start();
    paper(&server, "/good", 1..3);
    server.set("/missing", Reply::status(404));
    server.set("/broken", Reply::raw("nonsense\r\n\r\n"));
    server.set(
        "/cut",
        Reply::rss(rss("Cut", &[item(&server, 9)])).cut_at(60),
    );
    server.set("/page", Reply::html(page("No feed")));
    server.set("/loop", Reply::redirect(302, "/loop"));
    server.set("/silent", Reply::silent());
    let mut desk = Desk::new();
    desk.limits = |limits| limits.first_byte = Duration::from_secs(2);
    desk.settings.fetch.connections_per_host = 8;
    let good = desk.subscribe(server.url("/good"));
    let bad: Vec<(FeedId, &str)> = [
        ("/missing", "the site says \"not found\" (404)"),
        ("/broken", "the answer of 127.0.0.1 cannot be understood"),
        ("/cut", "the answer broke off before its end"),
        ("/page", "this is a web page, not a feed"),
        ("/loop", "the site redirects in a circle or too often"),
        ("/silent", "127.0.0.1 did not answer in time"),
    ]
    .map(|(path, words)| (desk.subscribe(server.url(path)), words))
    .to_vec();
    let report = desk.due();
    assert_eq!(
        (
            status(&report, good),
            report.summary.failed,
            report.summary.offline
        ),
        (Status::Updated, 6, false)
    );
    assert_eq!(desk.rows().len(), 2);
    for (feed, words) in bad {
        let health = desk.feed(feed).health;
        assert_eq!(health.last_error.as_deref(), Some(words));
        assert_eq!(health.failures, 1);
        let wait = health.next_poll.unwrap().duration_since(desk.now).as_secs();
        assert!(
            (48 * 60..=72 * 60).contains(&wait),
            "backs off an hour: {wait}"
        );
    }
}

#[test]
fn a_failure_loses_nothing_and_keeps_the_validators() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    for (reply, minutes) in [
        (Reply::status(500).header("ETag", "\"bad\""), 90),
        (
            Reply::html("<html><title>Log in to the hotel's network</title>")
                .header("ETag", "\"bad\""),
            90,
        ),
        (
            Reply::rss(rss("Paper", &[]))
                .cut_at(40)
                .header("ETag", "\"bad\""),
            180,
        ),
    ] {
        server.set("/feed", reply);
        assert_eq!(status(&desk.later(minutes).due(), feed), Status::Failed);
        assert_eq!(desk.rows().len(), 2);
    }
    assert_eq!(desk.feed(feed).health.failures, 3);
    paper(&server, "/feed", 1..3);
    assert_eq!(status(&desk.later(6 * 60).due(), feed), Status::Unchanged);
    assert_eq!(
        server
            .requests("/feed")
            .last()
            .unwrap()
            .header("if-none-match"),
        Some("\"2\"")
    );
    let health = desk.feed(feed).health;
    assert_eq!((health.failures, health.last_error), (0, None));
}

#[test]
fn gone_is_asked_no_more() {
    let server = Server::start();
    server.set("/feed", Reply::status(410));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    assert_eq!(status(&desk.due(), feed), Status::Failed);
    assert_eq!(desk.feed(feed).health.next_poll, None);
    desk.later(60 * 24 * 30).due();
    let report = desk.reload(Which::All);
    assert_eq!(
        (status(&report, feed), report.summary.skipped),
        (Status::Skipped, 1)
    );
    assert_eq!(server.count("/feed"), 1);
}

#[test]
fn a_feed_missing_for_a_week_says_so() {
    let server = Server::start();
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    for _ in 0..9 {
        desk.due();
        desk.later(25 * 60);
    }
    let words = desk.feed(feed).health.last_error.unwrap();
    assert!(
        words.starts_with("the site says \"not found\" (404) since 8 days"),
        "{words}"
    );
}

#[test]
fn a_move_is_taken_over_after_three_polls() {
    let server = Server::start();
    paper(&server, "/new", 1..3);
    server.set("/old", Reply::redirect(301, "/new"));
    server.set("/temporary", Reply::redirect(302, "/new"));
    let mut desk = Desk::new();
    let moved = desk.subscribe(server.url("/old"));
    let stays = desk.subscribe(server.url("/temporary"));
    for poll in 1..=3 {
        assert_eq!(
            desk.feed(moved).url,
            server.url("/old"),
            "before poll {poll}"
        );
        desk.due();
        desk.later(90);
    }
    assert_eq!(desk.feed(moved).url, server.url("/new"));
    assert_eq!(desk.feed(stays).url, server.url("/temporary"));
    desk.due();
    assert_eq!(server.count("/old"), 3);
}

#[test]
fn a_host_that_asks_us_to_wait_is_left_alone() {
    let server = Server::start();
    server.set("/a", Reply::status(429).header("Retry-After", "7200"));
    paper(&server, "/b", 1..3);
    let mut desk = Desk::new();
    desk.settings.fetch.connections = 1;
    let a = desk.subscribe(server.url("/a"));
    desk.due();
    let wait = desk
        .feed(a)
        .health
        .next_poll
        .unwrap()
        .duration_since(desk.now)
        .as_secs();
    assert_eq!(wait, 7200);
    let b = desk.subscribe(server.url("/b"));
    let report = desk.later(10).reload_with(&Reload {
        which: Which::These(vec![a, b]),
        force: true,
        ..Reload::default()
    });
    assert_eq!(
        (status(&report, a), status(&report, b)),
        (Status::Skipped, Status::Skipped),
        "the wait is the host's"
    );
    assert_eq!(
        (report.summary.skipped, report.summary.longest_wait_s),
        (2, Some(6600))
    );
    assert_eq!(server.count("/b"), 0);
    desk.later(120).due();
    assert_eq!((server.count("/a"), server.count("/b")), (2, 1));
}

#[test]
fn a_reload_by_hand_asks_now_but_not_twice_a_minute() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    assert_eq!(status(&desk.reload(Which::All), feed), Status::Skipped);
    let forced = desk.reload_with(&Reload {
        which: Which::All,
        force: true,
        ..Reload::default()
    });
    assert_eq!(status(&forced, feed), Status::Unchanged);
    assert_eq!(
        status(&desk.later(2).reload(Which::These(vec![feed])), feed),
        Status::Unchanged
    );
    assert_eq!(server.count("/feed"), 3);
}

#[test]
fn being_offline_blames_no_feed() {
    let mut desk = Desk::new();
    desk.lookup = Some(Arc::new(|_: &str| {
        Err(std::io::Error::from(std::io::ErrorKind::NetworkDown))
    }));
    let feed = desk.subscribe("http://paper.example/feed");
    let other = desk.subscribe("http://other.example/feed");
    let report = desk.due();
    assert!(report.summary.offline);
    assert_eq!(report.summary.failed, 0);
    for id in [feed, other] {
        let health = desk.feed(id).health;
        assert_eq!((health.failures, health.last_error), (0, None));
    }
    // Due again as soon as somebody answers: the clock has not moved.
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let own = desk.subscribe(server.url("/feed"));
    let report = desk.due();
    assert!(!report.summary.offline);
    assert_eq!(
        (status(&report, own), status(&report, feed)),
        (Status::Updated, Status::Failed)
    );
    assert_eq!(
        desk.feed(feed).health.failures,
        1,
        "somebody answered, so it was the feed"
    );
}

#[test]
fn a_cancelled_reload_keeps_what_came() {
    let server = Server::start();
    paper(&server, "/good", 1..3);
    server.set("/silent", Reply::silent());
    let desk = Desk::new();
    let good = desk.subscribe(server.url("/good"));
    let silent = desk.subscribe(server.url("/silent"));
    let cancel = Cancel::new();
    let pull = cancel.clone();
    let mut pages = 0;
    let mut progress = move |step: Progress| {
        pages += usize::from(matches!(step, Progress::Page { .. }));
        if pages == 2 {
            pull.cancel();
        }
    };
    let report = reload(&desk.context(), &Reload::default(), &mut progress, &cancel).unwrap();
    assert!(report.summary.cancelled);
    assert_eq!(status(&report, good), Status::Updated);
    assert_eq!(desk.rows().len(), 2);
    let health = desk.feed(silent).health;
    assert_eq!(
        (health.failures, health.last_error),
        (0, None),
        "a feed that was not finished is not blamed"
    );
}

#[test]
fn one_process_fetches_at_a_time() {
    let server = Server::start();
    let (desk, rival) = (Desk::new(), Cancel::new());
    desk.subscribe(server.url("/feed"));
    let held = store::FetchLock::try_take(desk.library.paths()).unwrap();
    let error = reload(&desk.context(), &Reload::default(), &mut |_| {}, &rival).unwrap_err();
    assert!(matches!(error, engine::Error::Fetching(_)), "{error}");
    assert_eq!(server.all_requests().len(), 0);
    drop(held);
    assert_eq!(desk.due().feeds.len(), 1);
}

#[test]
fn wrong_charsets_are_read_right() {
    let server = Server::start();
    let latin = |text: &str| {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect::<Vec<u8>>()
    };
    let mut feed = item(&server, 1);
    feed.title = "Caf\u{e9} au port".into();
    let body = rss("Le Port", &[feed]).replace("encoding=\"utf-8\"", "encoding=\"iso-8859-1\"");
    server.set("/feed", Reply::new("text/xml; charset=utf-8", latin(&body)));
    let html = page("Caf\u{e9} au port")
        .replace("Margaret Holloway", "Ren\u{e9}e Ch\u{e2}telain")
        .replace("utf-8", "iso-8859-1");
    server.set("/article/1", Reply::new("text/html", latin(&html)));
    let desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    desk.due();
    let rows = desk.rows();
    assert_eq!(rows[0].title, "Caf\u{e9} au port");
    assert!(desk.text(rows[0].id).contains("Ren\u{e9}e Ch\u{e2}telain"));
}

#[test]
fn a_page_of_the_open_web_may_not_lead_inside() {
    let outside = Server::start_on(Ipv4Addr::new(127, 0, 0, 2));
    let inside = Server::start();
    inside.set("/secret", Reply::html(page("Secret")));
    let items = [Item::new(1, inside.url("/secret"))];
    outside.set("/feed", Reply::rss(rss("Paper", &items)));
    let desk = Desk::new();
    desk.subscribe(outside.url("/feed"));
    let mut options = Options::new(&desk.settings, Clock::Fixed(desk.now));
    options.client.is_private = |ip| ip == IpAddr::V4(Ipv4Addr::LOCALHOST);
    let context = Context::new(Arc::clone(&desk.library), options);
    let report = reload(&context, &Reload::default(), &mut |_| {}, &Cancel::new()).unwrap();
    assert_eq!((report.summary.new, report.pages_failed), (1, 1));
    assert_eq!(inside.all_requests().len(), 0);
}

#[test]
fn headlines_come_before_pages() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    let library = Arc::clone(&desk.library);
    let seen = Arc::new(Mutex::new(None));
    let (seen_at_done, now) = (Arc::clone(&seen), desk.now);
    let mut progress = move |step: Progress| {
        if step == (Progress::FeedDone { feed, new: 2 }) {
            let count = library
                .reader()
                .unwrap()
                .count(&Query::default(), now)
                .unwrap();
            *seen_at_done.lock().unwrap() = Some(count);
        }
    };
    reload(
        &desk.context(),
        &Reload::default(),
        &mut progress,
        &Cancel::new(),
    )
    .unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        Some(2),
        "stored before they were told of"
    );
}

#[test]
fn feeds_only_fetches_no_page_and_the_next_reload_does() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let mut desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    let report = desk.reload_with(&Reload {
        feeds_only: true,
        ..Reload::default()
    });
    assert_eq!((report.summary.new, report.pages), (2, 0));
    assert_eq!(desk.later(90).due().pages, 2);
}

#[test]
fn addresses_are_told_apart() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    server.set("/", Reply::html(page("Front")));
    server.set(
        "/two",
        Reply::html("<link rel=alternate type=application/rss+xml href=/feed><link rel=alternate type=application/atom+xml href=/atom><p>x"),
    );
    server.set(
        "/atom",
        Reply::new(
            "application/atom+xml",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>Second</title><id>x</id></feed>",
        ),
    );
    let desk = Desk::new();
    let context = desk.context();
    let feeds = |path: &str| match engine::discover(&context, &server.url(path)).unwrap() {
        Found::Feeds(feeds) => feeds
            .into_iter()
            .map(|f| (f.url, f.title, f.kind))
            .collect::<Vec<_>>(),
        Found::Page { title } => panic!("a page: {title:?}"),
    };
    let first = (
        server.url("/feed"),
        "The Port Ellen Paper".to_owned(),
        "RSS".to_owned(),
    );
    let second = (server.url("/atom"), "Second".to_owned(), "Atom".to_owned());
    assert_eq!(feeds("/feed"), std::slice::from_ref(&first));
    assert_eq!(feeds("/"), std::slice::from_ref(&first));
    assert_eq!(feeds("/two"), [first.clone(), second]);
    server.set(
        "/plain",
        Reply::html("<title>Plain page</title><p>nothing declared"),
    );
    assert_eq!(feeds("/plain"), [first], "the usual paths are tried");
    let bare = Server::start();
    bare.set(
        "/plain",
        Reply::html("<title>Plain page</title><p>nothing anywhere"),
    );
    assert!(matches!(
        engine::discover(&context, &bare.url("/plain")).unwrap(),
        Found::Page { .. }
    ));
    assert!(engine::discover(&context, &bare.url("/missing")).is_err());
    let known = desk.subscribe(server.url("/feed"));
    let Found::Feeds(feeds) = engine::discover(&context, &server.url("/feed")).unwrap() else {
        panic!("no feed")
    };
    assert!(feeds[0].known.is_some(), "{known} is known");
}

#[test]
fn a_page_is_kept_as_an_article_of_its_own() {
    let server = Server::start();
    server.set("/story", Reply::html(page("The pier at Port Ellen")));
    let desk = Desk::new();
    let id = engine::save_article(&desk.context(), &server.url("/story")).unwrap();
    let article = desk.article(id);
    assert_eq!(article.row.title, "The pier at Port Ellen");
    assert!(article.feeds.is_empty());
    assert!(
        article
            .body
            .document
            .plain_text()
            .contains("Margaret Holloway")
    );
    assert_eq!(
        engine::save_article(&desk.context(), &server.url("/story")).unwrap(),
        id,
        "kept once"
    );
    assert!(matches!(
        engine::save_article(&desk.context(), &server.url("/none")),
        Err(engine::Error::Fetch(_))
    ));
}

#[test]
fn a_followed_name_is_found_in_any_language_and_the_tree_says_who_is_followed() {
    let server = Server::start();
    let mut korean = item(&server, 1).whole();
    korean.title = "해저 터널 개통".into();
    let line = "<p>노동자 그레이엄 패그 씨는 해저 터널에서 악수를 나누었다. 많은 사람이 그 모습을 지켜보았다.</p>";
    korean.content = Some(line.repeat(20));
    server.set("/feed", Reply::rss(rss("신문", &[korean])));
    let desk = Desk::new();
    let name = NameKey {
        name: "그레이엄 패그".into(),
        kind: EntityKind::Person,
    };
    desk.change(What::Follow(name, true));
    desk.subscribe(server.url("/feed"));
    desk.due();
    let article = desk.article(desk.rows()[0].id);
    let names: Vec<&str> = article
        .entities
        .entities
        .iter()
        .map(|entity| entity.name.as_str())
        .collect();
    assert_eq!(names, ["그레이엄 패그"]);
    let tree = desk.library.reader().unwrap().tree(desk.now).unwrap();
    assert_eq!(tree.decided.len(), 1);
    assert!(tree.decided[0].followed);
    assert_eq!(tree.following, 1);
}

#[test]
fn an_articles_address_says_nothing_of_where_its_reader_came_from() {
    let server = Server::start();
    let mut tracked = item(&server, 1).whole();
    tracked.link = server.url("/article/1?id=7&amp;utm_source=rss&amp;utm_medium=feed");
    server.set("/feed", Reply::rss(rss("Paper", &[tracked])));
    let desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    desk.due();
    let url = desk.rows()[0].url.clone();
    assert_eq!(url, Some(server.url("/article/1?id=7")));
}

#[test]
fn an_articles_pictures_come_with_it_and_read_offline() {
    let server = Server::start();
    let png = newsdesk::demo::respond("https://ledger.example/pictures/tunnel.png").unwrap();
    server.set("/tunnel.png", Reply::new("image/png", png.body.to_vec()));
    server.set("/broken.png", Reply::new("image/png", "no picture"));
    let mut whole = item(&server, 1).whole();
    let story = whole.content.take().unwrap();
    let picture = |path: &str| {
        format!(
            "<figure><img src=\"{}\"><figcaption>The tunnel.</figcaption></figure>",
            server.url(path)
        )
    };
    whole.content = Some(format!(
        "{}{story}{}",
        picture("/tunnel.png"),
        picture("/broken.png")
    ));
    server.set("/feed", Reply::rss(rss("Paper", &[whole])));
    let mut desk = Desk::new();
    desk.settings.pictures = newsdesk::config::settings::Pictures::Off;
    desk.subscribe(server.url("/feed"));
    assert_eq!(desk.due().pictures, 0);
    assert_eq!(server.count("/tunnel.png"), 0);

    let mut second = item(&server, 2).whole();
    second.content = Some(format!(
        "{}{}",
        picture("/tunnel.png"),
        second.content.unwrap()
    ));
    server.set("/feed", Reply::rss(rss("Paper", &[second])));
    desk.settings.pictures = newsdesk::config::settings::Pictures::Auto;
    let report = desk.later(90).due();
    assert_eq!((report.summary.new, report.pictures), (1, 1));
    let row = desk.rows().pop().unwrap();
    assert!(row.has.pictures);
    let kept = desk
        .library
        .reader()
        .unwrap()
        .picture(&server.url("/tunnel.png"))
        .unwrap();
    assert_eq!(kept.unwrap().bytes, png.body.into_owned());
}
