//! The command line from end to end: the built program, a home of its own, a site on the loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_newsdesk");
const CONFIG: &str = "[fetch]\npage_gap = \"0s\"\nstart_spread = \"0s\"\n";
const NOW: &str = "2026-11-23T12:00:00Z";

/// A user's home: a config and an empty data folder. The clock stands still unless a test moves it.
struct Home {
    folder: tempfile::TempDir,
    now: &'static str,
}

/// How a run ended.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Returns the output as JSON.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!(
                "no JSON ({error}): {}\nstandard error: {}",
                self.out, self.err
            )
        })
    }

    /// Asserts the exit status, showing what was said where it is another.
    #[track_caller]
    fn ended(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "standard output: {}\nstandard error: {}",
            self.out, self.err
        );
        self
    }
}

impl Home {
    fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            now: NOW,
        };
        fs::write(home.config(), CONFIG).unwrap();
        home
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside the config and returns its path.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        for name in [
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "http_proxy",
            "HTTP_PROXY",
            "all_proxy",
            "ALL_PROXY",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", self.folder.path())
            .env("NEWSDESK_NOW", self.now)
            .env("TZ", "UTC")
            .arg("--config")
            .arg(self.config())
            .arg("--data-dir")
            .arg(self.data())
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn feed_it(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        ran(child.wait_with_output().unwrap())
    }

    /// A home with one feed of so many articles, whole in the feed. The server is gone.
    fn with_articles(count: usize) -> Self {
        let home = Self::new();
        let server = Server::start();
        paper(&server, "/feed", "The Port Ellen Paper", count);
        run(&home, &["add", &server.url("/feed")]).ended(0);
        home
    }

    /// The ids of what a query matches.
    fn ids(&self, query: &str) -> Vec<String> {
        let list = run(self, &["list", query]).ended(0);
        list.out
            .lines()
            .map(|line| line.split('\t').next().unwrap().to_owned())
            .collect()
    }

    fn count(&self, query: &str) -> String {
        run(self, &["list", "--count", query])
            .ended(0)
            .out
            .trim()
            .to_owned()
    }
}

fn run(home: &Home, args: &[&str]) -> Ran {
    ran(home.command(args).output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Serves a feed whose entries carry their whole text.
fn paper(server: &Server, path: &str, title: &str, count: usize) {
    // The same words in two papers are one article.
    let suffix = if path == "/feed" {
        String::new()
    } else {
        format!(" of {title}")
    };
    let items: Vec<Item> = (1..=count)
        .map(|n| Item {
            guid: format!("{path}-{n}"),
            title: format!("Harbour report number {n}{suffix}"),
            ..Item::new(n, server.url(&format!("{path}/page{n}"))).whole()
        })
        .collect();
    server.set(path, Reply::rss(rss(title, &items)));
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[track_caller]
fn assert_keys(value: &Value, expected: &str) {
    let mut expected: Vec<&str> = expected.split_whitespace().collect();
    expected.sort_unstable();
    assert_eq!(keys(value), expected);
}

const ARTICLE: &str = "id title url feeds authors published first_seen site_name language minutes read starred later \
                       tags has";
const CLEAN: &str =
    "url title authors published site_name language lead_image text blocks removed confidence";

#[track_caller]
fn assert_holds(value: &Value, expected: &str) {
    for key in expected.split_whitespace() {
        assert!(value.get(key).is_some(), "no {key} in {:?}", keys(value));
    }
}

// Adding.

#[test]
fn a_site_is_added_and_read_after_the_network_is_gone() {
    let home = Home::new();
    let mut server = Server::start();
    server.set("/", Reply::html(page("The front page")));
    let items = [Item::new(1, server.url("/report"))];
    server.set("/feed", Reply::rss(rss("The Port Ellen Paper", &items)));
    server.set("/report", Reply::html(page("Harbour report number 1")));
    run(&home, &["add", &server.url("/"), "--folder", "News/Coast"]).ended(0);
    server.stop();
    let list = run(&home, &["list"]).ended(0);
    assert!(list.out.contains("Harbour report number 1"), "{}", list.out);
    let show = run(&home, &["show", &home.ids("")[0]]).ended(0);
    assert!(show.out.contains("Harbour report number 1"), "{}", show.out);
    assert!(show.out.contains("Margaret Holloway"), "{}", show.out);
    assert!(!show.out.contains("All rights reserved"), "{}", show.out);
    let feeds = run(&home, &["feeds", "--json"]).ended(0).json();
    assert_eq!(feeds[0]["folder"], "News/Coast");
    assert_eq!(feeds[0]["url"], server.url("/feed"));
}

#[test]
fn an_address_that_cannot_be_reached_is_one_sentence() {
    let home = Home::new();
    let mut server = Server::start();
    let url = server.url("/feed");
    server.stop();
    let add = run(&home, &["add", &url]).ended(1);
    assert!(add.out.is_empty());
    assert!(
        add.err.starts_with(&format!("newsdesk: {url}: ")),
        "{}",
        add.err
    );
    assert!(add.err.lines().count() <= 2, "{}", add.err);
    assert!(
        !add.err.contains("error sending") && !add.err.contains("Os {"),
        "{}",
        add.err
    );
    assert_eq!(run(&home, &["feeds"]).ended(0).out, "");
}

#[test]
fn of_several_feeds_without_a_terminal_none_is_guessed() {
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/news", "News", 1);
    paper(&server, "/sport", "Sport", 1);
    server.set(
        "/",
        Reply::html(
            "<!doctype html><html><head><title>Two</title>\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"News\" href=\"/news\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Sport\" href=\"/sport\">\
             </head><body><p>Both.</p></body></html>",
        ),
    );
    let add = run(&home, &["add", &server.url("/")]).ended(2);
    for path in ["/news", "/sport"] {
        assert!(add.err.contains(&server.url(path)), "{}", add.err);
    }
    assert_eq!(run(&home, &["feeds"]).ended(0).out, "");
}

#[test]
fn a_feed_already_there_says_where() {
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/feed", "The Port Ellen Paper", 1);
    let url = server.url("/feed");
    run(&home, &["add", &url, "--folder", "Coast"]).ended(0);
    let again = run(&home, &["add", &url]).ended(0);
    assert!(
        again.err.contains("is there already") && again.err.contains("Coast"),
        "{}",
        again.err
    );
    assert_eq!(run(&home, &["feeds"]).ended(0).out.lines().count(), 1);
}

#[test]
fn a_page_without_a_feed_says_so_and_can_be_kept() {
    let home = Home::new();
    let server = Server::start();
    let plain = page("A page on its own").replace("rel=\"alternate\"", "rel=\"next\"");
    server.set("/page", Reply::html(plain));
    let url = server.url("/page");
    let add = run(&home, &["add", &url]).ended(1);
    assert!(
        add.err.contains("has no feed") && add.err.contains("--article"),
        "{}",
        add.err
    );
    let kept = run(&home, &["add", "--article", "--json", &url]).ended(0);
    let id = kept.json()[0]["article"].to_string();
    drop(server);
    let show = run(&home, &["show", &id]).ended(0);
    assert!(show.out.contains("Margaret Holloway"), "{}", show.out);
    let missing = run(&home, &["add", "--article", "http://127.0.0.1:1/x"]).ended(1);
    assert!(missing.err.starts_with("newsdesk: "), "{}", missing.err);
}

// Listing.

#[test]
fn a_list_off_a_terminal_is_fields_by_tabs() {
    let home = Home::with_articles(3);
    let list = run(&home, &["list"]).ended(0);
    assert_eq!(list.out.lines().count(), 3);
    for line in list.out.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 4, "{line}");
        assert!(fields[0].parse::<i64>().is_ok(), "{line}");
        assert!(fields[1].parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert_eq!(fields[2], "The Port Ellen Paper");
        assert!(fields[3].starts_with("Harbour report number"), "{line}");
    }
    assert!(!list.out.contains('\x1b'));
    assert_eq!(home.ids("").len(), 3);
    assert_eq!(run(&home, &["list", "--limit", "2"]).out.lines().count(), 2);
    assert_eq!(home.count("is:unread"), "3");
    assert_eq!(home.count("is:starred"), "0");
}

#[test]
fn a_list_in_json_has_the_published_fields() {
    let home = Home::with_articles(2);
    let list = run(&home, &["list", "--json"]).ended(0).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    for article in list.as_array().unwrap() {
        assert_keys(article, ARTICLE);
        assert_keys(&article["feeds"][0], "id title");
        assert_holds(&article["has"], "full_text pictures enclosures note");
        // The clock of the process is NEWSDESK_NOW.
        assert_eq!(article["first_seen"], NOW);
        assert_eq!(article["read"], false);
    }
    assert_eq!(
        run(&home, &["list", "--json", "is:starred"])
            .ended(0)
            .json(),
        serde_json::json!([])
    );
    let shown = run(&home, &["show", "--json", &home.ids("")[0]])
        .ended(0)
        .json();
    assert_holds(&shown, ARTICLE);
    assert_holds(&shown, CLEAN);
}

#[test]
fn a_wrong_query_is_marked_at_its_place() {
    let home = Home::new();
    let list = run(&home, &["list", "is:unread", "is:unraed"]).ended(2);
    let lines: Vec<&str> = list.err.lines().collect();
    let (query, mark) = (lines[lines.len() - 2], lines[lines.len() - 1]);
    assert!(query.contains("is:unread is:unraed"), "{}", list.err);
    assert_eq!(mark.trim(), "^", "{}", list.err);
    let at = mark.find('^').unwrap();
    assert!(query[at..].contains("unraed"), "{}", list.err);
    assert!(list.err.contains("unread"), "{}", list.err);
    // A wide character before the place takes two columns.
    let wide = run(&home, &["list", "日本 is:unraed"]).ended(2);
    let mark = wide.err.lines().last().unwrap();
    let place = mark.find('^').unwrap();
    assert!((7..=10).contains(&place), "{}", wide.err);
}

#[test]
fn an_article_that_is_not_there_is_one_sentence() {
    let home = Home::new();
    let show = run(&home, &["show", "4711"]).ended(1);
    assert!(
        show.err.contains("there is no article 4711"),
        "{}",
        show.err
    );
    run(&home, &["show", "x"]).ended(2);
    run(&home, &["entities", "4711"]).ended(1);
}

#[test]
fn an_article_is_shown_in_every_form() {
    let home = Home::with_articles(1);
    let id = &home.ids("")[0];
    for format in ["text", "markdown", "html", "json"] {
        let show = run(&home, &["show", id, "--format", format]).ended(0);
        assert!(show.out.contains("Margaret Holloway"), "{format}");
    }
    let narrow = run(&home, &["show", id, "--width", "40"]).ended(0);
    let prose = narrow.out.lines().filter(|line| !line.contains("http"));
    for line in prose {
        assert!(line.chars().count() <= 40, "{line}");
    }
}

// Marking.

#[test]
fn articles_are_marked_by_ids_by_query_and_from_standard_input() {
    let home = Home::with_articles(4);
    let ids = home.ids("");
    let mark = run(&home, &["mark", &ids[0], &ids[1], "--read", "--json"]).ended(0);
    assert_eq!(mark.json(), serde_json::json!({"matched": 2, "changed": 2}));
    assert_eq!(home.count("is:unread"), "2");
    let mark = run(&home, &["mark", "--query", "", "--read", "--json"]).ended(0);
    assert_eq!(mark.json(), serde_json::json!({"matched": 4, "changed": 2}));
    let list = run(&home, &["list", "--limit", "3"]).ended(0);
    home.feed_it(
        &["mark", "-", "--star", "--tag", "pier"],
        list.out.as_bytes(),
    )
    .ended(0);
    assert_eq!(home.count("is:starred"), "3");
    assert_eq!(home.count("tag:pier"), "3");
    home.feed_it(&["mark", "-", "--untag", "pier"], ids[0].as_bytes())
        .ended(0);
    assert_eq!(home.count("tag:pier"), "2");
}

#[test]
fn marks_of_one_command_are_one_step_of_undo() {
    let home = Home::with_articles(2);
    let ids = home.ids("");
    let all = &[
        "mark",
        &ids[0],
        &ids[0],
        "--read",
        "--star",
        "--tag",
        "Two words",
    ];
    let mark = run(&home, all).ended(0);
    assert_eq!(mark.err.trim(), "marked read, starred, tagged #Two-words");
    let again = run(&home, &[all as &[&str], &["--json"]].concat()).ended(0);
    assert_eq!(
        again.json(),
        serde_json::json!({"matched": 1, "changed": 0})
    );
    // Nothing is done where one of the marks makes no sense.
    run(&home, &["mark", &ids[1], "--later", "--tag", "#"]).ended(2);
    assert_eq!(home.count("is:later"), "0");
    run(&home, &["undo"]).ended(0);
    assert_eq!(home.count("is:unread"), "2");
    assert_eq!(home.count("is:starred"), "0");
    assert_eq!(home.count("tag:Two-words"), "0");
}

#[test]
fn a_dry_run_changes_nothing() {
    let home = Home::with_articles(3);
    let dry = run(
        &home,
        &["mark", "--query", "is:unread", "--read", "--dry-run"],
    )
    .ended(0);
    assert!(dry.out.contains("3 of 3"), "{}", dry.out);
    let json = run(
        &home,
        &[
            "mark",
            "--query",
            "is:unread",
            "--star",
            "--dry-run",
            "--json",
        ],
    )
    .ended(0);
    assert_keys(&json.json(), "matched changed");
    assert_eq!(home.count("is:unread"), "3");
    assert_eq!(home.count("is:starred"), "0");
}

#[test]
fn an_unknown_id_marks_nothing() {
    let home = Home::with_articles(1);
    let id = &home.ids("")[0];
    let mark = run(&home, &["mark", id, "99999", "--read"]).ended(1);
    assert!(mark.err.contains("99999"), "{}", mark.err);
    assert_eq!(home.count("is:unread"), "1");
    run(&home, &["mark", "is:unread", "--read"]).ended(2);
    run(&home, &["mark", id]).ended(2);
}

#[test]
fn undo_names_what_it_takes_back() {
    let home = Home::with_articles(3);
    run(&home, &["mark", "--query", "is:unread", "--star"]).ended(0);
    assert_eq!(home.count("is:starred"), "3");
    let undo = run(&home, &["undo"]).ended(0);
    assert!(
        undo.out.to_lowercase().contains("star") && undo.out.contains('3'),
        "{}",
        undo.out
    );
    assert_eq!(home.count("is:starred"), "0");
    run(&home, &["feeds", "remove", "1"]).ended(0);
    assert_eq!(run(&home, &["feeds"]).ended(0).out, "");
    run(&home, &["undo"]).ended(0);
    assert_eq!(run(&home, &["feeds"]).ended(0).out.lines().count(), 1);
}

// Feeds.

#[test]
fn feeds_in_json_have_the_published_fields() {
    let home = Home::with_articles(2);
    let feeds = run(&home, &["feeds", "--json"]).ended(0).json();
    assert_keys(
        &feeds[0],
        "id url title site_url folder unread total last_success last_error hint next_poll per_month silent_days \
         suggested_url settings",
    );
    assert_eq!(feeds[0]["unread"], 2);
    assert_eq!(feeds[0]["last_success"], NOW);
}

#[test]
fn feeds_are_renamed_moved_set_and_removed() {
    let home = Home::with_articles(1);
    run(&home, &["feeds", "rename", "port ellen", "Harbour News"]).ended(0);
    run(&home, &["feeds", "move", "Harbour News", "World/Isles"]).ended(0);
    run(
        &home,
        &["feeds", "set", "1", "interval=90m", "full_text=always"],
    )
    .ended(0);
    let feed = run(&home, &["feeds", "--json"]).ended(0).json()[0].clone();
    assert_eq!(feed["title"], "Harbour News");
    assert_eq!(feed["folder"], "World/Isles");
    assert_eq!(feed["settings"]["interval_minutes"], 90);
    assert_eq!(feed["settings"]["full_text"], "always");
    // A folder goes by its path.
    run(&home, &["feeds", "rename", "World/Isles", "Islands"]).ended(0);
    run(&home, &["feeds", "move", "World/Islands", ""]).ended(0);
    let feed = run(&home, &["feeds", "--json"]).ended(0).json()[0].clone();
    assert_eq!(feed["folder"], "Islands");
    for wrong in [
        &["feeds", "set", "1", "intervall=90m"][..],
        &["feeds", "set", "1", "interval=soon"],
        &["feeds", "set", "1", "interval"],
        &["feeds", "set", "1", "url=ftp://x"],
    ] {
        let set = run(&home, wrong).ended(2);
        assert!(set.err.starts_with("newsdesk: "), "{}", set.err);
    }
    run(&home, &["feeds", "rename", "nowhere", "x"]).ended(1);
    run(&home, &["feeds", "rename", "Harbour News", ""]).ended(0);
    let feeds = run(&home, &["feeds"]).ended(0);
    assert!(feeds.out.contains("The Port Ellen Paper"), "{}", feeds.out);
    run(&home, &["feeds", "remove", "1", "nowhere"]).ended(1);
    assert_eq!(run(&home, &["feeds"]).out.lines().count(), 1);
    run(&home, &["feeds", "remove", "1"]).ended(0);
    assert_eq!(run(&home, &["feeds"]).out, "");
}

#[test]
fn a_failing_feed_disturbs_no_other() {
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/good", "Good", 1);
    paper(&server, "/bad", "Bad", 1);
    run(&home, &["add", &server.url("/good"), &server.url("/bad")]).ended(0);
    paper(&server, "/good", "Good", 2);
    server.set("/bad", Reply::status(500));
    let later = Home {
        now: "2026-11-23T16:00:00Z",
        ..home
    };
    let fetch = run(&later, &["fetch", "--force"]).ended(0);
    assert!(fetch.err.contains("! Bad: "), "{}", fetch.err);
    assert!(fetch.err.contains("1 new article"), "{}", fetch.err);
    let feeds = run(&later, &["feeds", "--json"]).ended(0).json();
    let bad = &feeds
        .as_array()
        .unwrap()
        .iter()
        .find(|feed| feed["title"] == "Bad")
        .unwrap();
    assert!(
        bad["last_error"]
            .as_str()
            .is_some_and(|error| !error.is_empty())
    );
    assert_eq!(later.count("feed:good"), "2");
    assert_eq!(later.count("feed:bad"), "1");
    assert_eq!(later.count(""), "3");
    let json = run(&later, &["fetch", "--force", "--json"]).ended(0).json();
    assert_keys(&json, "feeds pages pictures");
    assert_keys(&json["feeds"][0], "id url status new error");
    // Alone it is all that was asked.
    let later = Home {
        now: "2026-11-24T16:00:00Z",
        ..later
    };
    run(&later, &["fetch", "bad"]).ended(1);
}

#[test]
fn what_is_not_due_is_not_asked() {
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/feed", "Paper", 1);
    run(&home, &["add", &server.url("/feed")]).ended(0);
    let before = server.count("/feed");
    run(&home, &["fetch"]).ended(0);
    assert_eq!(server.count("/feed"), before);
    let later = Home {
        now: "2026-11-24T18:00:00Z",
        ..home
    };
    run(&later, &["fetch"]).ended(0);
    assert_eq!(server.count("/feed"), before + 1);
}

// In and out.

#[test]
fn subscriptions_go_out_and_come_back_with_their_folders() {
    let opml = "<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>Mine</title></head><body>\
        <outline text=\"World\"><outline text=\"Europe\">\
        <outline text=\"Oban Times\" type=\"rss\" xmlUrl=\"http://127.0.0.1:1/oban\"/></outline>\
        <outline text=\"Wire &amp; Cable\" type=\"rss\" xmlUrl=\"http://127.0.0.1:1/wire\"/></outline>\
        <outline text=\"Loose\" type=\"rss\" xmlUrl=\"http://127.0.0.1:1/loose\"/></body></opml>";
    let home = Home::new();
    let file = home.file("mine.opml", opml);
    let import = run(&home, &["import", &file]).ended(0);
    assert!(import.err.contains('3'), "{}", import.err);
    let facts = |home: &Home| -> Vec<(String, String, String)> {
        let feeds = run(home, &["feeds", "--json"]).ended(0).json();
        let field = |feed: &Value, key: &str| feed[key].as_str().unwrap().to_owned();
        let mut facts: Vec<_> = feeds
            .as_array()
            .unwrap()
            .iter()
            .map(|feed| {
                (
                    field(feed, "url"),
                    field(feed, "title"),
                    field(feed, "folder"),
                )
            })
            .collect();
        facts.sort();
        facts
    };
    let out = home.path("out.opml");
    run(&home, &["export", "--format", "opml", "--out", &out]).ended(0);
    let other = Home::new();
    run(&other, &["import", &out]).ended(0);
    assert_eq!(facts(&home), facts(&other));
    assert_eq!(
        facts(&other)[1],
        (
            "http://127.0.0.1:1/oban".into(),
            "Oban Times".into(),
            "World/Europe".into()
        )
    );
    let again = run(&home, &["import", &file, "--json"]).ended(0).json();
    assert_eq!((&again["added"], &again["known"]), (&0.into(), &3.into()));
}

#[test]
fn an_import_and_a_kept_page_are_one_step_of_undo_each() {
    let home = Home::new();
    let urls = (0..5).fold(String::new(), |urls, n| {
        format!("{urls}http://127.0.0.1:1/{n} World\n")
    });
    let file = home.file("urls", urls);
    run(&home, &["import", &file]).ended(0);
    let text = home.file(
        "story.txt",
        "A headline\n\nA text of some length, from a file.\n",
    );
    run(&home, &["import", &text]).ended(0);
    assert_eq!(home.count(""), "1");
    let undo = run(&home, &["undo"]).ended(0);
    assert!(undo.out.starts_with("undone: kept"), "{}", undo.out);
    assert_eq!(home.count(""), "0");
    let undo = run(&home, &["undo"]).ended(0);
    assert_eq!(undo.out.trim(), "undone: 5 feeds added");
    assert_eq!(run(&home, &["feeds"]).ended(0).out, "");
}

#[test]
fn a_newsboat_list_is_taken_over() {
    let home = Home::new();
    let urls =
        "# mine\nhttp://127.0.0.1:1/oban \"World\" \"~Oban Times\"\nhttp://127.0.0.1:1/wire\n";
    let file = home.file("urls", urls);
    run(&home, &["import", &file]).ended(0);
    let feeds = run(&home, &["feeds"]).ended(0);
    assert_eq!(feeds.out.lines().count(), 2, "{}", feeds.out);
    assert!(feeds.out.contains("Oban Times"), "{}", feeds.out);
}

/// A newsboat cache as its 2.11 made it (no content type), with a feed that is subscribed and one that is not.
fn newsboat_cache(path: &Path, subscribed: &str) {
    let cache = rusqlite::Connection::open(path).unwrap();
    cache
        .execute_batch(
            "CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024) NOT NULL,
                 title VARCHAR(1024) NOT NULL, lastmodified INTEGER(11) NOT NULL DEFAULT 0,
                 is_rtl INTEGER(1) NOT NULL DEFAULT 0, etag VARCHAR(128) NOT NULL DEFAULT '');
             CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64) NOT NULL,
                 title VARCHAR(1024) NOT NULL, author VARCHAR(1024) NOT NULL, url VARCHAR(1024) NOT NULL,
                 feedurl VARCHAR(1024) NOT NULL, pubDate INTEGER NOT NULL, content VARCHAR(65535) NOT NULL,
                 unread INTEGER(1) NOT NULL, enclosure_url VARCHAR(1024), enclosure_type VARCHAR(1024),
                 enqueued INTEGER(1) NOT NULL DEFAULT 0, flags VARCHAR(52), deleted INTEGER(1) NOT NULL DEFAULT 0,
                 base VARCHAR(128) NOT NULL DEFAULT '');",
        )
        .unwrap();
    let feeds = [(subscribed, ""), ("http://127.0.0.1:1/old", "An old paper")];
    for (url, title) in feeds {
        cache
            .execute(
                "INSERT INTO rss_feed (rssurl, url, title) VALUES (?1, '', ?2)",
                [url, title],
            )
            .unwrap();
    }
    let items = [
        (subscribed, "n1", "Read &amp; starred", 0, "s", 0),
        (subscribed, "n2", "Unread", 1, "", 0),
        (subscribed, "n3", "Hidden", 1, "", 1),
        (subscribed, "n4", "With two flags", 0, "wx", 0),
        (
            "http://127.0.0.1:1/old",
            "o1",
            "From an old paper",
            0,
            "",
            0,
        ),
    ];
    for (feed, guid, title, unread, flags, deleted) in items {
        cache
            .execute(
                "INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread, flags, deleted)
                 VALUES (?2, ?3, 'Jane Doe', 'http://127.0.0.1:1/' || ?2, ?1, 1700000000,
                         '<p>The text of <a href=\"/more\">' || ?2 || '</a> is kept. The engineer Graham Fagg came to London on Monday and said that he was glad to be there.</p>', ?4, nullif(?5, ''), ?6)",
                rusqlite::params![feed, guid, title, unread, flags, deleted],
            )
            .unwrap();
    }
}

#[test]
fn newsboats_cache_is_taken_over_whole() {
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/feed", "The Port Ellen Paper", 1);
    run(&home, &["add", &server.url("/feed")]).ended(0);
    let file = home.path("cache.db");
    newsboat_cache(Path::new(&file), &server.url("/feed"));
    let before = fs::read(&file).unwrap();
    let import = run(
        &home,
        &["import", &file, "--flag", "s=star", "--flag", "w=work"],
    )
    .ended(0);
    assert!(import.err.contains("4 articles added"), "{}", import.err);
    assert!(import.err.contains("An old paper"), "{}", import.err);
    assert_eq!(
        fs::read(&file).unwrap(),
        before,
        "newsboat's file is untouched"
    );

    assert_eq!(home.count(""), "5");
    assert_eq!(home.count("is:unread title:unread"), "1");
    assert_eq!(home.count("is:starred title:\"read & starred\""), "1");
    assert_eq!(home.count("tag:work"), "1");
    assert_eq!(home.count("tag:nb:x"), "1");
    assert_eq!(home.count("title:hidden"), "0");
    let old = &home.ids("title:old")[0];
    let show = run(&home, &["show", old]).ended(0);
    assert!(show.out.contains("The text of o1"), "{}", show.out);
    assert!(show.out.contains("Jane Doe"), "{}", show.out);
    let feeds = run(&home, &["feeds"]).ended(0);
    assert_eq!(feeds.out.lines().count(), 1, "no new subscription");

    let names = run(&home, &["entities", old]).ended(0);
    assert!(names.out.contains("PER\t1\tGraham Fagg"), "{}", names.out);

    // Again, nothing comes twice; the marks are one step of undo.
    let again = run(&home, &["import", &file, "--json"]).ended(0).json();
    assert_eq!(
        (&again["articles"], &again["known"]),
        (&0.into(), &4.into())
    );
    run(&home, &["undo"]).ended(0);
    run(&home, &["undo"]).ended(0);
    assert_eq!(home.count("is:unread"), "5");
    let doctor = run(&home, &["doctor"]).ended(0);
    assert!(!doctor.out.contains(" ! "), "{}", doctor.out);

    // Subscribing finds the articles that were kept.
    run(
        &home,
        &["import", &home.file("urls", "http://127.0.0.1:1/old\n")],
    )
    .ended(0);
    assert_eq!(home.count("feed:\"old paper\""), "1");
}

#[test]
fn what_newsboat_hid_stays_hidden_when_the_feed_brings_it() {
    let home = Home::new();
    let server = Server::start();
    let item = |guid: &str| Item {
        guid: guid.into(),
        title: format!("Story {guid}"),
        link: server.url(&format!("/{guid}")),
        ..Item::default()
    };
    server.set(
        "/feed",
        Reply::rss(rss("Paper", &[item("n1"), item("n3"), item("n9")])),
    );
    let file = home.path("cache.db");
    newsboat_cache(Path::new(&file), &server.url("/feed"));
    run(&home, &["import", &file]).ended(0);
    run(&home, &["add", &server.url("/feed")]).ended(0);
    assert_eq!(home.count("is:unread"), "2", "n2, and n9 that is new");
    assert_eq!(home.count("title:n3"), "0");
}

#[test]
fn another_database_is_not_taken_for_newsboats() {
    let home = Home::new();
    let file = home.path("other.db");
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    let import = run(&home, &["import", &file]).ended(1);
    assert_eq!(import.err.lines().count(), 1, "{}", import.err);
    assert!(
        import.err.contains("not newsboat's cache"),
        "{}",
        import.err
    );
    let wrong = run(&home, &["import", &file, "--flag", "star"]).ended(1);
    assert!(wrong.err.contains("not newsboat's"), "{}", wrong.err);
}

#[test]
fn articles_become_a_book() {
    let home = Home::with_articles(3);
    let book = home.path("book.epub");
    run(&home, &["export", "--format", "epub", "--out", &book]).ended(0);
    let bytes = fs::read(&book).unwrap();
    assert_eq!(&bytes[..4], b"PK\x03\x04");
    // The first file is the type, as it is, so that the book is known by its 58th byte.
    assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip");
    let text = String::from_utf8_lossy(&bytes);
    for part in [
        "book/content.opf",
        "book/contents.xhtml",
        "book/article-3.xhtml",
        "Harbour report",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn saved_pages_and_texts_become_articles() {
    let home = Home::new();
    let file = home.file("saved.html", page("A saved page"));
    let import = run(
        &home,
        &[
            "import",
            &file,
            "--url",
            "http://paper.example/saved",
            "--json",
        ],
    )
    .ended(0);
    let id = import.json()["article"].to_string();
    let show = run(&home, &["show", &id]).ended(0);
    assert!(show.out.contains("A saved page"), "{}", show.out);
    assert!(show.out.contains("Margaret Holloway"), "{}", show.out);
    let text = "The pier is closed\n\nMargaret Holloway closed the north pier of Port Ellen on Tuesday, after the \
                storm of the night had moved its planks by a hand.\n\nNobody was hurt, and the ferry goes from the \
                south pier until the engineers from Glasgow have been.\n";
    let file = home.file("notes.txt", text);
    let import = run(&home, &["import", &file, "--json"]).ended(0);
    let id = import.json()["article"].to_string();
    let shown = run(&home, &["show", "--json", &id]).ended(0).json();
    assert_eq!(shown["title"], "The pier is closed");
    assert!(shown["text"].as_str().unwrap().contains("south pier"));
    let show = run(&home, &["show", &id]).ended(0);
    assert!(!show.out.contains("urn:"), "{}", show.out);
    for (name, content, status) in [
        ("what.bin", &b"\0\x01\x02"[..], 2),
        ("news.db", b"SQLite format 3\0", 1),
        ("empty", b"", 2),
    ] {
        let file = home.file(name, content);
        run(&home, &["import", &file]).ended(status);
    }
    run(&home, &["import", "not-there"]).ended(1);
}

#[test]
fn an_export_writes_files_and_never_over_another() {
    let home = Home::with_articles(2);
    for (format, extension) in [("markdown", "md"), ("html", "html")] {
        let out = home.path(format);
        for round in 1..=2 {
            run(&home, &["export", "--format", format, "--out", &out]).ended(0);
            let files: Vec<_> = fs::read_dir(&out)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            assert_eq!(files.len(), 2 * round, "{files:?}");
            for file in files {
                assert_eq!(file.extension().unwrap(), extension);
                let text = fs::read_to_string(file).unwrap();
                assert!(text.contains("Margaret Holloway"));
            }
        }
    }
    let out = home.path("all.json");
    run(&home, &["export", "--format", "json", "--out", &out]).ended(0);
    let all: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_holds(&all[0], ARTICLE);
    assert_holds(&all[0], CLEAN);
    let one = run(&home, &["export", "title:2", "--format", "json"]).ended(0);
    assert_eq!(one.json().as_array().unwrap().len(), 1);
    let nowhere = run(
        &home,
        &["export", "--format", "json", "--out", "/nowhere/x.json"],
    )
    .ended(1);
    assert!(nowhere.err.contains("/nowhere/x.json"), "{}", nowhere.err);
}

// Names.

#[test]
fn names_stand_where_their_offsets_say() {
    let home = Home::with_articles(1);
    let value = run(&home, &["entities", &home.ids("")[0], "--json"])
        .ended(0)
        .json();
    assert_keys(&value, "id text entities");
    let text: Vec<char> = value["text"].as_str().unwrap().chars().collect();
    let entities = value["entities"].as_array().unwrap();
    assert!(!entities.is_empty());
    let mut mentions = 0;
    for entity in entities {
        assert_keys(
            entity,
            "name type role count salience followed muted articles mentions",
        );
        for mention in entity["mentions"].as_array().unwrap() {
            let (start, end) = (&mention["start"], &mention["end"]);
            let at = start.as_u64().unwrap() as usize..end.as_u64().unwrap() as usize;
            let words: String = text[at].iter().collect();
            assert_eq!(words, mention["text"].as_str().unwrap());
            mentions += 1;
        }
    }
    assert!(mentions > 5);
    let salience: Vec<f64> = entities
        .iter()
        .map(|entity| entity["salience"].as_f64().unwrap())
        .collect();
    assert!(salience.is_sorted_by(|a, b| a >= b), "{salience:?}");
    let all = run(&home, &["entities", "--json"]).ended(0).json();
    assert_keys(
        &all[0],
        "name type articles mentions first last followed muted",
    );
    let plain = run(&home, &["entities"]).ended(0);
    assert!(plain.out.contains("\tMargaret Holloway"), "{}", plain.out);
}

#[test]
fn names_are_followed_muted_merged_and_taken_apart() {
    let home = Home::with_articles(3);
    let of = |name: &str| {
        let all = run(&home, &["entities", "--json"]).ended(0).json();
        let rows = all.as_array().unwrap().clone();
        rows.into_iter().find(|row| row["name"] == name)
    };
    let name = "Margaret Holloway";
    let articles = of(name).expect("it is there")["articles"].clone();
    let said = run(&home, &["entities", "follow", "margaret holloway"]).ended(0);
    assert!(
        said.err.contains("following Margaret Holloway"),
        "{}",
        said.err
    );
    assert_eq!(of(name).unwrap()["followed"], true);
    assert_eq!(home.count("is:followed"), articles.to_string());
    run(&home, &["entities", "merge", name, "Peggy Holloway"]).ended(0);
    assert!(of(name).is_none());
    assert_eq!(of("Peggy Holloway").unwrap()["articles"], articles);
    assert_eq!(
        home.count("entity:\"Margaret Holloway\""),
        articles.to_string()
    );
    run(&home, &["entities", "split", name]).ended(0);
    assert_eq!(of(name).unwrap()["articles"], articles);
    let apart = run(&home, &["entities", "split", name]).ended(1);
    assert!(apart.err.contains("not merged"), "{}", apart.err);
    run(&home, &["entities", "mute", name, "--type", "per"]).ended(0);
    assert_eq!(home.count("is:muted"), articles.to_string());
    let undone = run(&home, &["undo"]).ended(0);
    assert!(
        undone.out.contains("muted Margaret Holloway"),
        "{}",
        undone.out
    );
    assert_eq!(home.count("is:muted"), "0");
    run(&home, &["entities", "mute"]).ended(2);
}

#[test]
fn the_names_filter_goes_line_by_line() {
    let home = Home::new();
    let input = "{\"id\": 7, \"text\": \"Storm over the pier\\n\\nMargaret Holloway, who keeps the harbour, met Angela Merkel in Zürich, then left for Berlin on Tuesday.\"}\n\
                 nonsense\n\n{\"id\": \"b\", \"text\": \"\"}\n";
    let filter = home
        .feed_it(&["entities", "--jsonl"], input.as_bytes())
        .ended(1);
    assert!(filter.err.contains("line 2"), "{}", filter.err);
    let lines: Vec<Value> = filter
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[1]["id"]), (&7.into(), &"b".into()));
    assert_eq!(lines[1]["entities"], serde_json::json!([]));
    let text: Vec<char> = "Storm over the pier\n\nMargaret Holloway, who keeps the harbour, met Angela Merkel in Zürich, then left for Berlin on Tuesday."
        .chars()
        .collect();
    let found = lines[0]["entities"].as_array().unwrap();
    assert!(found.len() >= 3, "{found:?}");
    let mut last = 0;
    for entity in found {
        assert_keys(entity, "start end type text name");
        let start = entity["start"].as_u64().unwrap() as usize;
        let end = entity["end"].as_u64().unwrap() as usize;
        assert!(start >= last);
        last = end;
        let words: String = text[start..end].iter().collect();
        assert_eq!(words, entity["text"].as_str().unwrap());
    }
    assert!(!home.data().exists(), "a filter leaves no library behind");
}

// Pages and feeds by themselves.

#[test]
fn a_page_is_cleaned_in_every_form() {
    let home = Home::new();
    let file = home.file("page.html", page("A page to clean"));
    for format in ["text", "markdown", "html", "json"] {
        let clean = run(&home, &["clean", &file, "--format", format]).ended(0);
        assert!(clean.out.contains("Margaret Holloway"), "{format}");
        if format != "json" {
            assert!(!clean.out.contains("Back to top"), "{format}");
        }
    }
    let json = run(
        &home,
        &["clean", &file, "--json", "--url", "http://paper.example/a"],
    )
    .ended(0)
    .json();
    assert_holds(&json, CLEAN);
    assert_eq!(json["title"], "A page to clean");
    assert_eq!(json["site_name"], "The Port Ellen Paper");
    let text = json["text"].as_str().unwrap();
    assert!(!text.contains("A page to clean -") && !text.contains("Back to top"));
    let report = home
        .feed_it(&["clean", "-", "--report"], page("From a pipe").as_bytes())
        .ended(0);
    assert!(report.err.contains("removed"), "{}", report.err);
    assert!(report.out.contains("From a pipe"), "{}", report.out);
    run(&home, &["clean", "not-there.html"]).ended(1);
    run(&home, &["clean", &file, "--url", "::"]).ended(2);
    assert!(!home.data().exists(), "cleaning a file makes no library");
}

#[test]
fn a_folder_of_pages_is_cleaned_by_its_table() {
    let home = Home::new();
    for n in 1..=3 {
        home.file(&format!("pages/p{n}.html"), page(&format!("Page {n}")));
    }
    // The second is in Latin-1, as the table says.
    let latin: Vec<u8> = page("Caf\u{e9} on the pier")
        .replace("<meta charset=\"utf-8\">", "")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    home.file("pages/p2.html", latin);
    home.file(
        "pages/pages.tsv",
        "p1\thttp://paper.example/1\tutf-8\np2\thttp://paper.example/2\tiso-8859-1\n",
    );
    let (pages, out) = (home.path("pages"), home.path("out"));
    let batch = run(&home, &["clean", "--batch", &pages, "--out", &out]).ended(0);
    assert!(batch.err.contains("3 pages"), "{}", batch.err);
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(Path::new(&out).join(name)).unwrap()).unwrap()
    };
    for name in ["p1.json", "p2.json", "p3.json"] {
        assert_holds(&read(name), CLEAN);
    }
    assert_eq!(read("p1.json")["url"], "http://paper.example/1");
    assert_eq!(read("p2.json")["title"], "Caf\u{e9} on the pier");
    assert_eq!(read("p3.json")["url"], Value::Null);
    run(&home, &["clean", "--batch", &pages]).ended(2);
    run(&home, &["clean", "--batch", "nowhere", "--out", &out]).ended(1);
}

#[test]
fn a_feed_is_read_and_garbage_is_an_error_in_words() {
    let home = Home::new();
    let items = [Item::new(1, "/one"), Item::new(2, "/two")];
    let feed = home.feed_it(
        &["parse-feed", "--base", "http://paper.example/feed"],
        rss("Paper", &items).as_bytes(),
    );
    let feed = feed.ended(0).json();
    assert_eq!(feed["feed"]["title"], "Paper");
    assert_holds(
        &feed["entries"][0],
        "id title link published author text enclosures",
    );
    assert_eq!(feed["entries"][1]["link"], "http://paper.example/two");
    for garbage in [
        &b"\xff\xfe\0\0<<<<"[..],
        b"",
        b"{\"version\":",
        b"<html><body>no</body></html>",
        b"\0\0\0\0",
    ] {
        let value = home.feed_it(&["parse-feed"], garbage).ended(1).json();
        assert!(
            value["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty()),
            "{value}"
        );
    }
}

// The rest.

#[test]
fn the_config_has_a_path_an_example_and_a_check() {
    let home = Home::new();
    let path = run(&home, &["config", "path"]).ended(0);
    assert_eq!(path.out.trim(), home.config().display().to_string());
    let example = run(&home, &["config", "example"]).ended(0);
    assert_eq!(
        example.out,
        fs::read_to_string("config.example.toml").unwrap()
    );
    run(&home, &["config", "check"]).ended(0);
    fs::write(home.config(), &example.out).unwrap();
    run(&home, &["config", "check"]).ended(0);
}

#[test]
fn a_broken_config_is_said_with_its_line_and_the_run_goes_on() {
    for broken in [
        "# mine\n\ntext_width = \"wide\"\n",
        "# mine\n\ntext_witdh = 70\n",
        "# mine\n\ntheme = \n",
    ] {
        let home = Home::new();
        fs::write(home.config(), broken).unwrap();
        let list = run(&home, &["list", "--count"]).ended(0);
        assert_eq!(list.out, "0\n");
        assert!(list.err.contains("config.toml:3: "), "{}", list.err);
        let check = run(&home, &["config", "check"]).ended(1);
        assert!(check.out.contains("config.toml:3: "), "{}", check.out);
    }
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let home = Home::new();
    let commands = [
        "demo",
        "add",
        "fetch",
        "list",
        "show",
        "mark",
        "undo",
        "feeds",
        "entities",
        "clean",
        "parse-feed",
        "import",
        "export",
        "doctor",
        "config",
        "completions",
    ];
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&home, &["completions", shell]).ended(0).out;
        for command in commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let man = run(&home, &["man"]).ended(0).out;
    assert!(man.contains(".TH newsdesk"));
    for command in commands {
        let heading = format!(".SH \"NEWSDESK {}\"", command.to_uppercase());
        assert!(man.contains(&heading), "{command}");
    }
    for command in ["rename", "move", "remove", "set"] {
        assert!(man.contains(&format!("feeds {command}")), "{command}");
    }
    for section in [
        "SYNOPSIS",
        "\"EXIT STATUS\"",
        "FILES",
        "ENVIRONMENT",
        "EXAMPLES",
    ] {
        assert!(man.contains(&format!(".SH {section}\n")), "{section}");
    }
}

#[test]
fn the_reader_without_a_terminal_is_one_sentence() {
    let home = Home::new();
    for (args, instead) in [(&[][..], "newsdesk list"), (&["demo"], "demo --print")] {
        let reader = run(&home, args).ended(2);
        assert_eq!(reader.err.lines().count(), 1, "{}", reader.err);
        assert!(reader.err.contains(instead), "{}", reader.err);
    }
    run(&home, &["nonsense"]).ended(2);
    run(&home, &["list", "--no-such-option"]).ended(2);
    assert!(run(&home, &["--version"]).ended(0).out.contains("newsdesk"));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let home = Home::with_articles(2);
    let id = home.ids("")[0].clone();
    for args in [
        &["list"][..],
        &["list", "--json"],
        &["show", &id],
        &["feeds"],
        &["entities", "--json"],
        &["completions", "bash"],
        &["man"],
        &["export", "--format", "json"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = home.command(args).stdout(writer).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {err}");
        assert_eq!(err, "", "{args:?}");
    }
}

#[test]
fn a_clock_that_is_no_time_is_wrong_usage() {
    let home = Home {
        now: "tomorrow",
        ..Home::new()
    };
    let list = run(&home, &["list"]).ended(2);
    assert!(list.err.contains("NEWSDESK_NOW"), "{}", list.err);
}

#[test]
fn a_library_of_a_newer_version_is_left_untouched() {
    let home = Home::with_articles(1);
    let file = home.data().join("library.db");
    for name in ["library.db-wal", "library.db-shm"] {
        let size = fs::metadata(home.data().join(name)).map_or(0, |facts| facts.len());
        assert_eq!(size, 0, "{name} was not taken in at the end");
    }
    // Its schema is newer, and so is the oldest program that may read it.
    let newer = rusqlite::Connection::open(&file).unwrap();
    newer
        .execute_batch(
            "UPDATE meta SET value = '9999' WHERE key = 'min_reader'; PRAGMA user_version = 9999; \
             PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    newer.close().unwrap();
    let bytes = fs::read(&file).unwrap();
    let list = run(&home, &["list"]).ended(1);
    assert_eq!(list.err.lines().count(), 1, "{}", list.err);
    assert!(list.err.contains("newer newsdesk"), "{}", list.err);
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let doctor = run(&home, &["doctor"]).ended(1);
    assert!(doctor.out.contains("newer newsdesk"), "{}", doctor.out);
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_folder_that_cannot_be_written_is_still_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with_articles(1);
    let set = |mode: u32| {
        fs::set_permissions(home.data(), fs::Permissions::from_mode(mode)).unwrap();
        for entry in fs::read_dir(home.data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o666)).unwrap();
            }
        }
    };
    set(0o555);
    if fs::File::create(home.data().join("probe")).is_ok() {
        set(0o755);
        println!("skipped: this user writes where nobody may");
        return;
    }
    let list = run(&home, &["list"]);
    let mark = run(&home, &["mark", "1", "--read"]);
    set(0o755);
    assert!(list.ended(0).out.contains("Harbour report"));
    assert_eq!(mark.ended(1).err.lines().count(), 1);
}

#[test]
fn on_a_full_disk_all_is_read_and_nothing_lost() {
    let home = Home::with_articles(2);
    // A small disk of its own, in a namespace where this user may mount one.
    let script = "mount -t tmpfs -o size=900k tmpfs \"$1\" || exit 77
        cp -r \"$2\"/. \"$1\" || exit 77
        head -c 4000000 /dev/zero > \"$1/fill\" 2>/dev/null
        shift 2
        for args in \"list\" \"mark 1 --star\" \"fetch --force\" \"doctor\"; do
            \"$1\" --config \"$3\" --data-dir \"$2\" $args; echo \"status $?\"
        done
        rm \"$2/fill\"
        \"$1\" --config \"$3\" --data-dir \"$2\" mark 1 --star; echo \"status $?\"
        \"$1\" --config \"$3\" --data-dir \"$2\" list --count is:starred";
    let small = home.path("small");
    fs::create_dir_all(&small).unwrap();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(&small)
        .arg(home.data())
        .args([PROGRAM, &small])
        .arg(home.config())
        .env("HOME", home.folder.path())
        .env("NEWSDESK_NOW", NOW)
        .output();
    let Some(output) = output.ok().filter(|output| output.status.code() == Some(0)) else {
        println!("skipped: no small disk can be had here");
        return;
    };
    let ran = ran(output);
    let statuses: Vec<_> = ran
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("status "))
        .collect();
    assert_eq!(
        statuses,
        ["0", "1", "1", "1", "0"],
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(ran.out.matches("Harbour report").count(), 2, "{}", ran.out);
    assert!(ran.err.contains("the disk is full"), "{}", ran.err);
    assert!(
        ran.out.trim().ends_with('1'),
        "the star is kept: {}",
        ran.out
    );
}

#[test]
fn folders_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with_articles(1);
    for folder in [home.data(), home.data().join("state")] {
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
    }
}

#[test]
fn a_page_is_cleaned_without_a_library() {
    let home = Home::new();
    let server = Server::start();
    server.set("/story", Reply::html(page("A story")));
    let clean = run(&home, &["clean", &server.url("/story")]).ended(0);
    assert!(clean.out.starts_with("A story"), "{}", clean.out);
    assert!(!home.data().exists(), "nothing is made for it");
    let lost = run(&home, &["clean", &server.url("/lost")]).ended(1);
    assert!(!lost.err.contains("feed"), "{}", lost.err);
    let empty = home.file("empty.html", "<html><body></body></html>");
    let nothing = run(&home, &["clean", &empty]).ended(1);
    assert!(nothing.err.contains("holds no article"), "{}", nothing.err);
    assert_eq!(nothing.out, "");
    run(&home, &["clean", &empty, "--json"]).ended(0);
}

#[test]
fn marks_that_were_acknowledged_outlive_a_killed_program() {
    const KILLS: u64 = 18;
    let home = Home::with_articles(8);
    let ids = home.ids("");
    let mut kept = Vec::new();
    let mut killed = 0;
    for round in 0..300_u64 {
        if killed >= KILLS && kept.len() >= 5 {
            break;
        }
        let tag = format!("tag{round}");
        let id = &ids[round as usize % ids.len()];
        let mut child = home.command(&["mark", id, "--tag", &tag]).spawn().unwrap();
        // Anywhere from before the library is open to after the mark is kept.
        std::thread::sleep(Duration::from_micros((round * 3_700) % 61_000));
        let _ = child.kill();
        if child.wait().unwrap().success() {
            kept.push(tag);
        } else {
            killed += 1;
        }
    }
    assert!(killed >= 15, "{killed} kills");
    // One goes through whatever the machine's speed.
    run(&home, &["mark", &ids[0], "--tag", "last"]).ended(0);
    kept.push("last".into());
    let list = run(&home, &["list", "--json"]).ended(0).json();
    let tags: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|article| article["tags"].as_array().unwrap())
        .map(|tag| tag.as_str().unwrap())
        .collect();
    for tag in &kept {
        assert!(tags.contains(&tag.as_str()), "{tag} is lost");
    }
    let doctor = run(&home, &["doctor", "--json"]).json();
    let library = doctor["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["name"] == "library")
        .unwrap()
        .clone();
    assert_eq!(library["trouble"], Value::Null);
}

#[test]
fn a_word_that_is_not_wanted_needs_no_dashes_before_it() {
    let home = Home::with_articles(3);
    let list = run(&home, &["list", "-\"number 2\"", "--json"])
        .ended(0)
        .json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(home.count("-number"), "0");
    assert_eq!(home.ids("harbour -\"number 1\"").len(), 2);
    run(&home, &["list", "-title:report", "--limit", "5", "-q"]).ended(0);
    let marked = run(&home, &["mark", "--query", "-\"number 2\"", "--star"]).ended(0);
    assert!(marked.err.contains('2'), "{}", marked.err);
    let all = run(&home, &["export", "-\"number 2\"", "--format", "json"])
        .ended(0)
        .json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    run(&home, &["list", "--nonsense"]).ended(2);
}

#[test]
fn a_fetch_that_is_stopped_says_so_in_its_status() {
    use std::sync::mpsc::channel;
    let home = Home::new();
    let server = Server::start();
    paper(&server, "/feed", "The Port Ellen Paper", 1);
    run(&home, &["add", &server.url("/feed")]).ended(0);
    let (asked, hear) = channel();
    server.on("/feed", move |_| {
        let _ = asked.send(());
        Reply::silent()
    });
    let child = home.command(&["fetch", "--force"]).spawn().unwrap();
    hear.recv_timeout(Duration::from_secs(60)).unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ran = ran(child.wait_with_output().unwrap()).ended(130);
    assert!(
        ran.err.contains("cancelled, what came is kept"),
        "{}",
        ran.err
    );
}
