//! When feeds are asked: each rule of conduct a row, over a server on the loopback and a clock that the test sets.
//!
//! What goes over the wire (headers, encodings, limits) is tested in `fetch.rs`, logins and proxies in `access.rs`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use newsdesk::app::event::Found;
use newsdesk::engine::{self, Reload, Status, Which};
use newsdesk::fetch::policy;
use newsdesk::model::{FeedId, What};
use support::desk::{Desk, item, paper, status};
use support::papers::rss;
use support::server::{Reply, Server};

/// Seconds from a desk's now until a feed is due by itself.
fn wait_of(desk: &Desk, feed: FeedId) -> Option<i64> {
    let next = desk.feed(feed).health.next_poll?;
    Some(next.duration_since(desk.now).as_secs())
}

/// Minutes until a feed is due that is answered so, the clock at Monday 12:00 UTC.
fn check_wait(what: &str, reply: Reply, minutes: Option<std::ops::RangeInclusive<i64>>) {
    let server = Server::start();
    server.set("/feed", reply);
    let desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    let wait = wait_of(&desk, feed);
    match minutes {
        None => assert_eq!(wait, None, "{what}"),
        Some(minutes) => {
            let seconds = minutes.start() * 60..=minutes.end() * 60;
            assert!(
                wait.is_some_and(|wait| seconds.contains(&wait)),
                "{what}: {wait:?} s"
            );
        }
    }
}

/// A feed with these elements in its head.
fn with_head(elements: &str) -> Reply {
    let head = "<title>Paper</title>";
    let feed = rss("Paper", &[]).replace(head, &format!("{head}{elements}"));
    Reply::rss(feed.replace(
        "<rss ",
        "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\" ",
    ))
}

#[test]
fn a_feed_is_due_again_when_site_and_feed_like_it() {
    let plain = || with_head("");
    let headers = |name: &str, value: &str| with_head("").header(name, value);
    let hour = || Some(60..=66);
    let day = || Some(1_440..=1_584);
    check_wait("an hour where nothing is said", plain(), hour());
    let max_age = |seconds: u32| headers("Cache-Control", &format!("public, max-age={seconds}"));
    check_wait("max-age raises", max_age(7_200), Some(120..=132));
    check_wait("max-age does not lower", max_age(60), hour());
    check_wait("max-age is clamped", max_age(31_536_000), day());
    check_wait(
        "Expires raises",
        headers("Expires", "Mon, 23 Nov 2026 15:00:00 GMT"),
        Some(180..=198),
    );
    check_wait("Expires in the past", headers("Expires", "0"), hour());
    check_wait(
        "no-cache is no lifetime",
        headers("Cache-Control", "no-cache, max-age=7200"),
        hour(),
    );
    check_wait("ttl raises", with_head("<ttl>90</ttl>"), Some(90..=99));
    check_wait("ttl does not lower", with_head("<ttl>1</ttl>"), hour());
    check_wait("ttl overflows", with_head("<ttl>4294967295</ttl>"), day());
    check_wait("ttl is nonsense", with_head("<ttl>soon</ttl>"), hour());
    let period = |period: &str, frequency: &str| {
        with_head(&format!(
            "<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"
        ))
    };
    check_wait("sy raises", period("daily", "4"), Some(360..=396));
    check_wait("sy is clamped", period("yearly", "1"), day());
    check_wait("sy does not lower", period("hourly", "60"), hour());
    check_wait(
        "the longest wins",
        with_head("<ttl>90</ttl>").header("Cache-Control", "max-age=10800"),
        Some(180..=198),
    );
    check_wait(
        "skipHours",
        with_head("<skipHours><hour>13</hour><hour>14</hour></skipHours>"),
        Some(180..=186),
    );
    check_wait(
        "skipDays",
        with_head("<skipDays><day>Monday</day></skipDays>"),
        Some(720..=780),
    );
    let every: String = (0..24).map(|hour| format!("<hour>{hour}</hour>")).collect();
    check_wait(
        "all hours forbidden",
        with_head(&format!("<skipHours>{every}</skipHours>")),
        hour(),
    );
}

#[test]
fn a_failing_feed_waits_as_the_site_asks_or_backs_off() {
    let wait = |status: u16, value: &str| Reply::status(status).header("Retry-After", value);
    let hour = || Some(48..=72);
    check_wait("429 in seconds", wait(429, "7200"), Some(120..=120));
    check_wait("429 without", Reply::status(429), hour());
    check_wait(
        "503 with a date",
        wait(503, "Mon, 23 Nov 2026 15:00:00 GMT"),
        Some(180..=180),
    );
    check_wait(
        "clamped to a week",
        wait(503, "99999999"),
        Some(10_080..=10_080),
    );
    check_wait(
        "clamped by date",
        wait(429, "Thu, 01 Jan 2037 00:00:00 GMT"),
        Some(10_080..=10_080),
    );
    check_wait("never under 15 minutes", wait(503, "5"), Some(15..=15));
    check_wait(
        "a date that is over",
        wait(503, "Mon, 23 Nov 2020 15:00:00 GMT"),
        Some(15..=15),
    );
    check_wait("nonsense", wait(503, "soon"), hour());
    check_wait("500 says nothing by it", wait(500, "7200"), hour());
    check_wait("404", Reply::status(404), hour());
    check_wait("a page", Reply::html("<p>Log in"), hour());
    check_wait("410", Reply::status(410), None);
}

#[test]
fn errors_back_off_doubling_to_a_day_and_success_ends_it() {
    let server = Server::start();
    server.set("/feed", Reply::status(500));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    for hours in [1, 2, 4, 8, 16, 24, 24, 24] {
        desk.due();
        let wait = wait_of(&desk, feed).unwrap();
        let (low, high) = (hours * 3_600 * 8 / 10, hours * 3_600 * 12 / 10);
        assert!(
            (low..=high.min(86_400)).contains(&wait),
            "{hours} h: {wait} s"
        );
        desk.later(wait / 60 - 1);
        let asked = server.count("/feed");
        desk.due();
        assert_eq!(server.count("/feed"), asked, "not before its time");
        desk.later(2);
    }
    server.set("/feed", with_head(""));
    assert_eq!(status(&desk.due(), feed), Status::Updated);
    assert!((3_600..=3_960).contains(&wait_of(&desk, feed).unwrap()));
    server.set("/feed", Reply::status(500));
    desk.later(70).due();
    assert!(
        (2_880..=4_320).contains(&wait_of(&desk, feed).unwrap()),
        "it begins anew"
    );
}

#[test]
fn what_a_feed_wished_holds_when_it_is_unchanged() {
    let server = Server::start();
    server.set_with_etag("/feed", "\"1\"", with_head("<ttl>180</ttl>"));
    let mut desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    desk.due();
    assert_eq!(status(&desk.later(200).due(), feed), Status::Unchanged);
    assert!((10_800..=11_880).contains(&wait_of(&desk, feed).unwrap()));
    server.set(
        "/feed",
        Reply::not_modified().header("Cache-Control", "max-age=14400"),
    );
    desk.later(200).due();
    assert!((14_400..=15_840).contains(&wait_of(&desk, feed).unwrap()));
}

#[test]
fn validators_are_those_of_the_last_good_answer() {
    let server = Server::start();
    let feed = |n: usize| rss("Paper", &[item(&server, n).whole()]);
    let mut desk = Desk::new();
    let id = desk.subscribe(server.url("/feed"));
    let asked = |desk: &mut Desk, reply: Reply, result: Status| {
        server.set("/feed", reply);
        let report = desk.later(25 * 60).due();
        assert_eq!(status(&report, id), result);
        let last = server.requests("/feed").pop().unwrap();
        ["if-none-match", "if-modified-since"].map(|name| last.header(name).map(str::to_owned))
    };
    let sent = |etag: &str, date: &str| [Some(etag.to_owned()), Some(date.to_owned())];
    let good = |n, etag: &str, date: &str| {
        Reply::rss(feed(n))
            .header("ETag", etag)
            .header("Last-Modified", date)
    };
    let none = [None, None];
    assert_eq!(
        asked(&mut desk, good(1, "W/\"a\"", "first"), Status::Updated),
        none
    );
    assert_eq!(
        asked(&mut desk, Reply::not_modified(), Status::Unchanged),
        sent("W/\"a\"", "first")
    );
    let bad = Reply::html("<p>Log in").header("ETag", "\"portal\"");
    assert_eq!(
        asked(&mut desk, bad, Status::Failed),
        sent("W/\"a\"", "first")
    );
    let bad = Reply::status(503).header("ETag", "\"down\"");
    assert_eq!(
        asked(&mut desk, bad, Status::Failed),
        sent("W/\"a\"", "first")
    );
    let newer = Reply::not_modified().header("ETag", "\"b\"");
    assert_eq!(
        asked(&mut desk, newer, Status::Unchanged),
        sent("W/\"a\"", "first")
    );
    assert_eq!(
        asked(&mut desk, good(2, "\"c\"", "second"), Status::Updated),
        sent("\"b\"", "first")
    );
    let bare = Reply::rss(feed(3));
    assert_eq!(
        asked(&mut desk, bare, Status::Updated),
        sent("\"c\"", "second")
    );
    assert_eq!(
        asked(&mut desk, Reply::rss(feed(4)), Status::Updated),
        none,
        "a 200 without any drops them"
    );
}

#[test]
fn a_permanent_move_is_taken_over_and_nothing_else() {
    let server = Server::start();
    paper(&server, "/new", 1..2);
    server.set("/portal", Reply::html("<p>Log in"));
    server.set("/to-new", Reply::redirect(308, "/new"));
    server.set("/to-new-for-now", Reply::redirect(302, "/new"));
    let mut desk = Desk::new();
    let rows: Vec<(FeedId, &str, bool)> = [
        ("/301", 301, "/new", true),
        ("/301-308", 301, "/to-new", true),
        ("/301-302", 301, "/to-new-for-now", false),
        ("/302", 302, "/new", false),
        ("/303", 303, "/new", false),
        ("/307", 307, "/new", false),
        ("/portal-301", 301, "/portal", false),
    ]
    .into_iter()
    .map(|(path, status, to, moves)| {
        server.set(path, Reply::redirect(status, to));
        (desk.subscribe(server.url(path)), path, moves)
    })
    .collect();
    for poll in 1..=4 {
        // Each feed on its own, as two may not have one address.
        for (feed, path, moves) in &rows {
            let request = Reload {
                which: Which::These(vec![*feed]),
                feeds_only: true,
                ..Reload::default()
            };
            desk.reload_with(&request);
            let url = desk.feed(*feed).url;
            let moved = url == server.url("/new");
            assert_eq!(
                moved,
                *moves && poll >= 3,
                "{path} after poll {poll}: {url}"
            );
            if *moves && poll == 2 {
                assert_eq!(
                    desk.feed(*feed).health.suggested_url,
                    Some(server.url("/new")),
                    "{path}"
                );
            }
            if moved && poll == 3 {
                assert!(wait_of(&desk, *feed) >= Some(3_600), "{path}: asked twice");
                // Makes room for the next row.
                desk.change(What::SetFeedUrl(*feed, server.url(&format!("{path}-done"))));
                server.set(&format!("{path}-done"), Reply::status(410));
            }
        }
        desk.later(25 * 60);
        if poll == 3 {
            break;
        }
    }
}

#[test]
fn a_move_to_where_another_feed_is_asked_fails_nothing() {
    let server = Server::start();
    paper(&server, "/new", 1..2);
    server.set("/old", Reply::redirect(301, "/new"));
    let mut desk = Desk::new();
    let feeds = ["/new", "/old"].map(|path| desk.subscribe(server.url(path)));
    for poll in 1..=5 {
        let report = desk.due();
        let expect = if poll == 1 {
            Status::Updated
        } else {
            Status::Unchanged
        };
        assert_eq!(
            feeds.map(|feed| status(&report, feed)),
            [expect; 2],
            "poll {poll}"
        );
        desk.later(70);
    }
    assert_eq!(desk.feed(feeds[1]).url, server.url("/old"));
}

#[test]
fn what_is_subscribed_to_moves_with_a_permanent_redirect_alone() {
    let server = Server::start();
    paper(&server, "/feed", 1..2);
    server.set("/for-good", Reply::redirect(301, "/feed"));
    server.set("/for-now", Reply::redirect(302, "/feed"));
    server.set("/mixed", Reply::redirect(308, "/for-now"));
    server.set(
        "/page",
        Reply::html(
            "<link rel=alternate type=application/rss+xml href=/for-now><link rel=alternate type=application/rss+xml href=/feed><p>x",
        ),
    );
    let desk = Desk::new();
    for (path, expect) in [
        ("/feed", "/feed"),
        ("/for-good", "/feed"),
        ("/for-now", "/for-now"),
        ("/mixed", "/mixed"),
        ("/page", "/for-now"),
    ] {
        let found = engine::discover(&desk.context(), &server.url(path)).unwrap();
        let Found::Feeds(feeds) = found else {
            panic!("{path}: no feed");
        };
        let urls: Vec<String> = feeds.into_iter().map(|feed| feed.url).collect();
        assert_eq!(urls, [server.url(expect)], "{path}");
    }
}

#[test]
fn a_reload_by_hand_leaves_alone_who_asked_for_it_and_counts_them() {
    let server = Server::start();
    server.set("/busy", Reply::status(503).header("Retry-After", "86400"));
    server.set("/gone", Reply::status(410));
    server.set("/broken", Reply::status(500));
    paper(&server, "/good", 1..2);
    let mut desk = Desk::new();
    let feeds = ["/busy", "/gone", "/broken", "/good"].map(|path| desk.subscribe(server.url(path)));
    let [busy, gone, broken, good] = feeds;
    desk.due();
    let counts = || ["/busy", "/gone", "/broken", "/good"].map(|path| server.count(path));
    assert_eq!(counts(), [1; 4]);
    // Within the minute nobody is asked again, not even by name.
    let report = desk.reload(Which::These(feeds.to_vec()));
    assert_eq!((report.summary.asked, report.summary.skipped), (0, 4));
    assert_eq!(counts(), [1; 4]);
    desk.later(2);
    let report = desk.reload(Which::All);
    assert_eq!(counts(), [1, 1, 1, 2], "all: not what backs off");
    assert_eq!((report.summary.asked, report.summary.skipped), (1, 3));
    assert_eq!(report.summary.longest_wait_s, Some(86_400 - 120));
    let words = |id: FeedId| {
        let found = report.feeds.iter().find(|feed| feed.id == id).unwrap();
        found.error.clone().unwrap()
    };
    assert_eq!(words(busy), "127.0.0.1 asked us to wait 24 hours");
    assert_eq!(words(gone), "the site said it is gone for good (410)");
    assert!(words(broken).starts_with("the site says \"internal error\" (500); tried again in "));
    desk.later(2);
    for force in [false, true] {
        let request = Reload {
            which: Which::These(feeds.to_vec()),
            force,
            ..Reload::default()
        };
        desk.reload_with(&request);
        let asked = if force { [1, 1, 3, 4] } else { [1, 1, 2, 3] };
        assert_eq!(counts(), asked, "by name, force {force}");
    }
    let asked = server.requests("/good").pop().unwrap();
    assert_eq!(
        asked.header("if-none-match"),
        Some("\"1\""),
        "with validators"
    );
    // The wait over, it is asked; a success forgets it.
    paper(&server, "/busy", 3..4);
    desk.later(24 * 60);
    assert_eq!(status(&desk.reload(Which::All), busy), Status::Updated);
    assert_eq!(
        status(&desk.later(2).reload(Which::All), busy),
        Status::Unchanged
    );
    assert_eq!(desk.feed(good).health.failures, 0);
}

#[test]
fn a_429_holds_for_pages_of_the_host_too() {
    let server = Server::start();
    let items = [item(&server, 1), item(&server, 2)];
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    for n in 1..3 {
        server.set(
            &format!("/article/{n}"),
            Reply::status(429).header("Retry-After", "3600"),
        );
    }
    let mut desk = Desk::new();
    desk.settings.fetch.connections_per_host = 1;
    desk.settings.fetch.connections = 2;
    desk.subscribe(server.url("/feed"));
    let report = desk.due();
    assert_eq!(report.pages_failed, 2);
    let pages = || server.count("/article/1") + server.count("/article/2");
    assert_eq!(pages(), 1, "the second page was not asked for");
    for n in 1..3 {
        item(&server, n);
    }
    desk.later(30).due();
    assert_eq!(pages(), 1);
    assert_eq!(desk.later(90).due().pages, 2, "the wish for a page is kept");
}

#[test]
fn an_address_typed_by_hand_heeds_a_host_that_asked_to_wait() {
    let server = Server::start();
    server.set("/busy", Reply::status(429).header("Retry-After", "3600"));
    paper(&server, "/feed", 1..2);
    let mut desk = Desk::new();
    let look = |desk: &Desk, path: &str| {
        let found = engine::discover(&desk.context(), &server.url(path));
        found.map_err(|error| error.to_string())
    };
    let asked = "127.0.0.1 asked us to wait";
    let said = look(&desk, "/busy").unwrap_err();
    assert_eq!(said, format!("{asked} 60 minutes"));
    // Nothing else is asked of it, by nobody, until then.
    desk.later(30);
    assert_eq!(
        look(&desk, "/feed").unwrap_err(),
        format!("{asked} 30 minutes")
    );
    let feed = desk.subscribe(server.url("/feed"));
    assert_eq!(status(&desk.due(), feed), Status::Skipped);
    assert_eq!(server.all_requests().len(), 1);
    desk.later(31);
    assert!(matches!(look(&desk, "/feed"), Ok(Found::Feeds(_))));
}

#[test]
fn a_clock_that_jumps_years_neither_storms_nor_sleeps() {
    let server = Server::start();
    for n in 0..5 {
        paper(&server, &format!("/{n}"), n..n + 1);
    }
    server.set("/busy", Reply::status(429).header("Retry-After", "3600"));
    let mut desk = Desk::new();
    for n in 0..5 {
        desk.subscribe(server.url(&format!("/{n}")));
    }
    let counts = |n: usize| (0..5).all(|path| server.count(&format!("/{path}")) == n);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    desk.due();
    assert!(counts(1));
    for (jump, asked) in [
        ("2031-05-01T00:00:00Z", 2),
        ("2020-01-01T00:00:00Z", 3),
        ("1970-01-01T00:00:30Z", 4),
        ("2026-11-23T12:00:00Z", 5),
    ] {
        desk.now = at(jump);
        desk.due();
        assert!(counts(asked), "once after the jump to {jump}");
        desk.later(5).due();
        assert!(counts(asked), "and not again at {jump}");
    }
    desk.later(70).due();
    assert!(counts(6), "the schedule goes on");
    // A host's wait from another time does not hold for ever.
    desk.now = at("2031-05-01T00:00:00Z");
    let busy = desk.subscribe(server.url("/busy"));
    desk.reload(Which::These(vec![busy]));
    desk.now = at("2026-11-23T18:00:00Z");
    desk.due();
    assert_eq!(server.count("/busy"), 2);
}

#[test]
fn feeds_start_spread_and_not_all_at_once() {
    let server = Server::start();
    let desk = Desk::new();
    let feeds: Vec<FeedId> = (0..6)
        .map(|n| {
            server.set(&format!("/{n}"), with_head(""));
            desk.subscribe(server.url(&format!("/{n}")))
        })
        .collect();
    let spread = Duration::from_millis(600);
    let delays = feeds
        .iter()
        .map(|feed| policy::spread(feed.0 as u64, spread));
    let (first, last) = (delays.clone().min().unwrap(), delays.max().unwrap());
    assert!(last > first + spread / 3, "they do spread");
    let started = Instant::now();
    desk.reload_with(&Reload {
        spread,
        ..Reload::default()
    });
    assert!(started.elapsed() >= last, "{:?}", started.elapsed());
    assert_eq!(server.all_requests().len(), 6);
}

#[test]
fn an_offline_machine_blames_nobody_and_tries_as_soon_as_it_may() {
    let mut desk = Desk::new();
    let down = |_: &str| Err(std::io::Error::from(std::io::ErrorKind::NetworkDown));
    desk.lookup = Some(Arc::new(down));
    let feed = desk.subscribe("http://paper.example/feed");
    for _ in 0..3 {
        let report = desk.due();
        assert!(report.summary.offline);
        assert_eq!(desk.feed(feed).health.failures, 0);
        desk.later(1);
    }
    // By hand, too: within the minute, as it was not asked at all.
    let report = desk.reload(Which::All);
    assert!(report.summary.offline);
    assert_eq!((report.summary.failed, report.summary.skipped), (0, 0));
    let before = desk.now - 1.hours();
    assert!(
        desk.feed(feed)
            .health
            .last_attempt
            .is_none_or(|at| at < before)
    );
}
