//! What goes with requests on behalf of one feed: proxy, login, headers; and where it must never go.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use newsdesk::engine::Status;
use newsdesk::model::feed::{FeedSettings, FullText};
use newsdesk::model::{FeedId, What};
use support::desk::{Desk, item, paper, status};
use support::papers::{Item, page, rss};
use support::server::{Reply, Request, Server};

/// `me` and `newsdesk`, the value of `CARGO_PKG_NAME` in every test (RFC 7617).
const LOGIN: &str = "Basic bWU6bmV3c2Rlc2s=";

fn set(desk: &Desk, feed: FeedId, settings: FeedSettings) {
    desk.change(What::SetFeed(feed, settings));
}

fn login() -> FeedSettings {
    FeedSettings {
        user: Some("me".into()),
        password: Some("$CARGO_PKG_NAME".into()),
        headers: BTreeMap::from([("X-Edition".into(), "evening".into())]),
        user_agent: Some("Evening reader".into()),
        ..FeedSettings::default()
    }
}

fn sent<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.header(name)
}

#[test]
fn login_and_headers_go_to_the_feeds_host_and_to_no_other() {
    let own = Server::start();
    let other = Server::start_on(Ipv4Addr::new(127, 0, 0, 2));
    other.set("/article/2", Reply::html(page("Harbour report number 2")));
    own.set("/old", Reply::redirect(302, other.url("/feed")));
    let items = [item(&own, 1), Item::new(2, other.url("/article/2"))];
    other.set("/feed", Reply::rss(rss("Paper", &items)));
    let desk = Desk::new();
    let feed = desk.subscribe(own.url("/old"));
    set(&desk, feed, login());
    assert_eq!(status(&desk.due(), feed), Status::Updated);
    for path in ["/old", "/article/1"] {
        let request = &own.requests(path)[0];
        assert_eq!(sent(request, "authorization"), Some(LOGIN), "{path}");
        assert_eq!(sent(request, "x-edition"), Some("evening"), "{path}");
        assert_eq!(
            sent(request, "user-agent"),
            Some("Evening reader"),
            "{path}"
        );
    }
    for path in ["/feed", "/article/2"] {
        let request = &other.requests(path)[0];
        assert_eq!(sent(request, "authorization"), None, "{path}");
        assert_eq!(sent(request, "x-edition"), None, "{path}");
    }
}

#[test]
fn a_password_comes_from_a_command_and_is_asked_for_again_when_refused() {
    let server = Server::start();
    server.on("/feed", |request| {
        if request.header("authorization") == Some(LOGIN) {
            Reply::rss(rss("Paper", &[]))
        } else {
            Reply::status(401)
        }
    });
    let desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    assert_eq!(status(&desk.due(), feed), Status::Failed);
    let health = desk.feed(feed).health;
    assert_eq!(
        health.last_error.as_deref(),
        Some("the site says \"login needed\" (401)")
    );
    assert!(health.hint.unwrap().contains("password"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let settings = FeedSettings {
        user: Some("me".into()),
        password_command: Some(format!("cat '{}'", file.display())),
        ..FeedSettings::default()
    };
    set(&desk, feed, settings);
    let context = desk.context();
    let reload = || {
        let request = newsdesk::engine::Reload {
            which: newsdesk::engine::Which::These(vec![feed]),
            force: true,
            ..Default::default()
        };
        let cancel = newsdesk::engine::Cancel::new();
        newsdesk::engine::reload::reload(&context, &request, &mut |_| {}, &cancel).unwrap()
    };
    assert_eq!(status(&reload(), feed), Status::Failed);
    let words = desk.feed(feed).health.last_error.unwrap();
    assert!(
        words.starts_with("password_command: the command cat failed (1)"),
        "{words}"
    );
    std::fs::write(&file, "wrong\n").unwrap();
    assert_eq!(status(&reload(), feed), Status::Failed);
    std::fs::write(&file, "newsdesk\nuser: me\n").unwrap();
    assert_eq!(status(&reload(), feed), Status::Updated);
    std::fs::remove_file(&file).unwrap();
    assert_ne!(
        status(&reload(), feed),
        Status::Failed,
        "it is asked for once"
    );
}

#[test]
fn a_missing_variable_is_named() {
    let server = Server::start();
    paper(&server, "/feed", 1..2);
    let desk = Desk::new();
    let feed = desk.subscribe(server.url("/feed"));
    let settings = FeedSettings {
        headers: BTreeMap::from([("X-Token".into(), "$NO_SUCH_VARIABLE_HERE".into())]),
        ..FeedSettings::default()
    };
    set(&desk, feed, settings);
    desk.due();
    let words = desk.feed(feed).health.last_error.unwrap();
    assert_eq!(
        words,
        "the environment has no variable NO_SUCH_VARIABLE_HERE"
    );
    assert_eq!(server.all_requests().len(), 0);
}

#[test]
fn a_feeds_proxy_carries_its_pages_and_pictures_too_and_names_are_looked_up_there() {
    let proxy = Server::start();
    let mut story = Item::new(1, "http://paper.example/article/1");
    story.summary = "Short".into();
    proxy.set(
        "http://paper.example/feed",
        Reply::rss(rss("Paper", &[story])),
    );
    let picture = "<img src='http://pictures.example/a.png' alt='The pier'>";
    let html = page("Harbour report number 1").replacen("<p>", &format!("{picture}<p>"), 1);
    proxy.set("http://paper.example/article/1", Reply::html(html));
    let mut desk = Desk::new();
    desk.lookup = Some(Arc::new(|name: &str| panic!("{name} was looked up here")));
    let feed = desk.subscribe("http://paper.example/feed");
    let settings = FeedSettings {
        proxy: Some(proxy.url("").trim_end_matches('/').to_owned()),
        full_text: Some(FullText::Always),
        ..login()
    };
    set(&desk, feed, settings);
    let report = desk.due();
    assert_eq!((status(&report, feed), report.pages), (Status::Updated, 1));
    let asked: Vec<String> = proxy.all_requests().into_iter().map(|r| r.target).collect();
    assert!(
        asked.contains(&"http://pictures.example/a.png".to_owned()),
        "{asked:?}"
    );
    let of_picture = &proxy.requests("http://pictures.example/a.png")[0];
    assert_eq!(sent(of_picture, "authorization"), None);
}

#[test]
fn a_proxy_that_is_down_is_blamed_itself() {
    let mut proxy = Server::start();
    let address = proxy.url("");
    proxy.stop();
    let desk = Desk::new();
    let feed = desk.subscribe("http://paper.example/feed");
    let settings = FeedSettings {
        proxy: Some(address),
        ..FeedSettings::default()
    };
    set(&desk, feed, settings);
    let report = desk.due();
    assert!(!report.summary.offline);
    let health = desk.feed(feed).health;
    assert_eq!(
        health.last_error.as_deref(),
        Some("the proxy of this feed does not lead to paper.example")
    );
}

#[test]
fn a_login_in_an_address_is_used_and_never_shown() {
    let server = Server::start();
    server.on("/feed", |request| {
        if request.header("authorization") == Some(LOGIN) {
            Reply::rss("<rss><channel/></rss>")
        } else {
            Reply::status(401)
        }
    });
    let desk = Desk::new();
    let typed = server
        .url("/feed")
        .replace("http://", "http://me:newsdesk@");
    let found = newsdesk::engine::discover(&desk.context(), &typed).unwrap();
    let newsdesk::app::event::Found::Feeds(feeds) = found else {
        panic!("no feed")
    };
    assert_eq!(feeds[0].url, typed, "the login is kept with its host");
    let feed = desk.subscribe(feeds[0].url.clone());
    assert_eq!(status(&desk.due(), feed), Status::Updated);
    let shown = desk.feed(feed);
    let said = format!("{} {} {:?}", shown.title, shown.shown_url(), shown.health);
    assert!(!said.contains(":newsdesk@"), "{said}");
}

/// The program in a home of its own.
fn program(folder: &std::path::Path, arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_newsdesk"));
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
    ] {
        command.env_remove(name);
    }
    command
        .args(["-v", "--config"])
        .arg(folder.join("config.toml"))
        .arg("--data-dir")
        .arg(folder.join("data"))
        .args(arguments)
        .env("HOME", folder)
        .env("NEWSDESK_NOW", "2026-11-23T12:00:00Z")
        .env("PAPER_PASSWORD", "hunter2")
        .env("PAPER_TOKEN", "opensesame");
    command
}

/// Everything a run printed.
fn run(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = program(folder, arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn the_systems_proxy_is_used_but_not_for_this_machine() {
    let proxy = Server::start();
    let own = Server::start();
    proxy.set(
        "http://paper.example/feed",
        Reply::rss(rss("Far paper", &[])),
    );
    own.set("/feed", Reply::rss(rss("Near paper", &[])));
    let folder = tempfile::tempdir().unwrap();
    for (url, title) in [
        ("http://paper.example/feed".to_owned(), "Far paper"),
        (own.url("/feed"), "Near paper"),
    ] {
        let output = program(folder.path(), &["add", &url])
            .env("http_proxy", proxy.url(""))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains(title), "{said}");
    }
    let asked: Vec<String> = proxy.all_requests().into_iter().map(|r| r.target).collect();
    assert!(
        !asked.is_empty() && asked.iter().all(|url| url == "http://paper.example/feed"),
        "{asked:?}"
    );
}

/// Every byte of every file below a folder.
fn bytes_below(folder: &std::path::Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes_below(&path, into);
        } else {
            into.extend(std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn no_secret_stands_on_any_output_or_in_any_file() {
    let server = Server::start();
    server.set("/feed", Reply::rss(rss("Paper", &[item(&server, 1)])));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut said = run(folder, &["add", &server.url("/feed")]);
    said += &run(
        folder,
        &[
            "feeds",
            "set",
            "1",
            "user=me",
            "password=$PAPER_PASSWORD",
            "header=X-Token: $PAPER_TOKEN",
            "header=X-Edition: opensesame",
            "interval=90m",
        ],
    );
    for refused in [
        "password=hunter2",
        "header=Cookie: opensesame",
        "proxy=http://a:hunter2@b",
    ] {
        said += &run(folder, &["feeds", "set", "1", refused]);
    }
    server.on("/feed", |request| {
        assert_eq!(request.header("x-token"), Some("opensesame"));
        assert_eq!(
            request.header("authorization"),
            Some("Basic bWU6aHVudGVyMg==")
        );
        Reply::status(401)
    });
    said += &run(folder, &["fetch", "--force", "--json"]);
    said += &run(folder, &["fetch", "1", "--force"]);
    assert_eq!(server.count("/feed"), 4, "{said}");
    for arguments in [
        &["feeds"][..],
        &["feeds", "--json"],
        &["export", "--format", "opml"],
        &["export", "--format", "json"],
        &["doctor"],
    ] {
        said += &run(folder, arguments);
    }
    assert!(
        said.contains("login needed") && said.contains("$PAPER_TOKEN"),
        "{said}"
    );
    let mut kept = Vec::new();
    bytes_below(folder, &mut kept);
    for secret in ["hunter2", "aHVudGVyMg", "opensesame"] {
        assert!(!said.contains(secret), "{said}");
        // A header's value may be kept where its name does not say that it is a secret.
        let is_header = secret == "opensesame";
        let found = kept
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(is_header || !found, "{secret} lies in a file");
    }
}
