//! Hostile servers and hostile feeds, from the wire to every output: each costs at most an error on its own feed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use newsdesk::engine::Status;
use newsdesk::model::FeedId;
use support::desk::{Desk, paper, status};
use support::server::{Reply, Server};

/// Says whether a character may steer a terminal, hide, or turn a line round.
fn is_evil(c: char) -> bool {
    let steers = c.is_control() && !matches!(c, '\n' | '\t');
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    steers || turns || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    if let Some(at) = text.find(is_evil) {
        let around: String = text[..at].chars().rev().take(60).collect();
        let around: String = around.chars().rev().collect();
        panic!("{what}: {:?} after {around:?}", text[at..].chars().next());
    }
}

#[test]
fn a_hostile_server_costs_an_error_on_its_feed_in_bounded_time() {
    let server = Server::start();
    let pause = Duration::from_millis(20);
    let raw = |text: &str| Reply::raw(text);
    let long = "x".repeat(1 << 20);
    let mut many = String::from("HTTP/1.1 200 OK\r\n");
    for n in 0..20_000 {
        write!(many, "X-{n}: y\r\n").unwrap();
    }
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let rows: Vec<(&str, Reply)> = vec![
        ("silent", Reply::silent()),
        ("slow-loris", Reply::rss("<rss/>").trickle_all(pause)),
        (
            "trickle",
            Reply::rss("<rss>".repeat(10_000)).trickle_body(pause),
        ),
        ("stalls", Reply::rss("<rss>".repeat(1_000)).stall_at(50)),
        (
            "endless",
            Reply::rss("<item><title>on and on</title></item>".repeat(100)).endless(),
        ),
        (
            "endless-head",
            Reply::raw(format!("HTTP/1.1 200 OK\r\nX: {long}\r\n").repeat(4)),
        ),
        ("many-headers", Reply::raw(many)),
        (
            "long-status",
            Reply::raw(format!("HTTP/1.1 200 {long}\r\n\r\n")),
        ),
        ("zstd-bomb", Reply::rss(vec![b' '; 64 << 20]).zstd()),
        (
            "gzip-lie",
            Reply::rss("no gzip at all").header("Content-Encoding", "gzip"),
        ),
        (
            "br-lie",
            Reply::rss("no brotli at all").header("Content-Encoding", "br"),
        ),
        (
            "unknown-coding",
            Reply::rss("\u{1}\u{2}\u{3}").header("Content-Encoding", "rot13"),
        ),
        ("too-long", Reply::rss("<rss>".repeat(1_000)).cut_at(500)),
        (
            "huge-length",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n<rss>"),
        ),
        (
            "negative-length",
            raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<rss>"),
        ),
        (
            "two-lengths",
            raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>"),
        ),
        ("cut-chunk", Reply::raw(format!("{chunked}ff\r\n<rss>"))),
        ("bad-chunk", Reply::raw(format!("{chunked}zz\r\n<rss>\r\n"))),
        (
            "huge-chunk",
            Reply::raw(format!("{chunked}ffffffffffffffff\r\n<rss>")),
        ),
        (
            "overflowing-chunk",
            Reply::raw(format!("{chunked}fffffffffffffffffff\r\n<rss>")),
        ),
        (
            "http09",
            raw("<rss><channel><title>0.9</title></channel></rss>"),
        ),
        ("garbage", raw("\0\u{1}\u{2}\u{3} SSH-2.0-OpenSSH\r\n\r\n")),
        ("nothing", raw("")),
        ("half-a-head", raw("HTTP/1.1 200 OK\r\nContent-Ty")),
        ("status-0", raw("HTTP/1.1 000 Zero\r\n\r\n")),
        ("status-999", Reply::status(999)),
        (
            "informs-for-ever",
            Reply::raw("HTTP/1.1 103 Early\r\n\r\n".repeat(5_000)),
        ),
        (
            "switches",
            raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        ),
        ("empty", Reply::new("text/xml", "")),
        ("no-content", Reply::status(204)),
        ("unasked-304", Reply::not_modified()),
        ("loop", Reply::redirect(302, "/loop")),
        ("no-target", Reply::status(302)),
        ("to-a-file", Reply::redirect(301, "file:///etc/passwd")),
        ("to-a-script", Reply::redirect(301, "javascript:alert(1)")),
        ("to-controls", Reply::redirect(302, "http://\u{1b}[31m/")),
        (
            "binary",
            Reply::new(
                "application/rss+xml",
                (0..=255).collect::<Vec<u8>>().repeat(100),
            ),
        ),
        ("page", Reply::html("<title>\u{1b}]0;x\u{7}Log in</title>")),
    ];
    paper(&server, "/good", 1..3);
    let mut desk = Desk::new();
    desk.settings.fetch.connections = 64;
    desk.settings.fetch.connections_per_host = 64;
    desk.limits = |limits| {
        limits.first_byte = Duration::from_millis(1_500);
        limits.stall = Duration::from_millis(1_500);
        limits.total = Duration::from_secs(3);
        limits.feed_bytes = 1 << 20;
    };
    let feeds: Vec<(&str, FeedId)> = rows
        .into_iter()
        .map(|(name, reply)| {
            let path = format!("/{name}");
            server.set(&path, reply);
            (name, desk.subscribe(server.url(&path)))
        })
        .collect();
    let good = desk.subscribe(server.url("/good"));
    let started = Instant::now();
    let report = desk.due();
    // Far more than the limits allow, for a busy machine; far less than any one of these would hold us.
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(status(&report, good), Status::Updated);
    assert_eq!(desk.rows().len(), 2);
    for (name, feed) in feeds {
        assert_eq!(status(&report, feed), Status::Failed, "{name}");
        let health = desk.feed(feed).health;
        let words = health.last_error.unwrap();
        assert!(!words.is_empty() && words.len() < 300, "{name}: {words}");
        assert_clean(name, &words);
        assert_eq!(health.failures, 1, "{name}");
        assert!(health.next_poll.unwrap() > desk.now, "{name}");
    }
}

/// Text that steers terminals, hides and turns round, and means to run something.
const EVIL: &str = "a\u{1b}]0;owned\u{7}b\u{1b}[2Jc\u{9b}31md\u{202e}e\u{2066}f\u{200b}g\u{8}h\u{feff}$(touch RAN)`touch RAN`;touch RAN|touch RAN&&'\"touch RAN\" %s {}";

/// The same with every control written as a reference, so that XML parsers meet it too.
fn referenced(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            c if is_evil(c) => write!(out, "&#x{:x};", u32::from(c)).unwrap(),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '<' => out.push_str("&lt;"),
            c => out.push(c),
        }
        out
    })
}

fn item_with(words: &str, n: usize) -> String {
    format!(
        "<item><guid>{words}{n}</guid><title>Story {n} {words}</title><link>http://127.0.0.1:9/{n}/{words}</link>
         <author>{words}</author><category>{words}</category><comments>http://127.0.0.1:9/{words}</comments>
         <pubDate>{words}</pubDate><enclosure url=\"http://127.0.0.1:9/{n}/{words}.mp3\" type=\"{words}\" length=\"{words}\"/>
         <description>{words} &lt;a href=\"http://127.0.0.1:9/{words}\"&gt;{words}&lt;/a&gt; &lt;img src=\"http://127.0.0.1:9/{words}\" alt=\"{words}\"&gt;</description></item>"
    )
}

/// Feeds that mean harm, by name.
fn hostile_feeds() -> Vec<(&'static str, String)> {
    let evil = referenced(EVIL);
    let rss = |inside: &str| {
        format!(
            "<rss><channel><title>Feed {evil}</title><link>http://127.0.0.1:9/{evil}</link>{inside}</channel></rss>"
        )
    };
    let mut lol = String::from("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a0 'lol'>");
    for n in 1..30 {
        let last = n - 1;
        write!(lol, "<!ENTITY a{n} '&a{last};&a{last};&a{last};&a{last};&a{last};&a{last};&a{last};&a{last};'>").unwrap();
    }
    write!(lol, "<!ENTITY x SYSTEM 'file:///etc/passwd'>]>").unwrap();
    let word = "w".repeat(5_000_000);
    let deep = "<div>".repeat(100_000);
    let zalgo = format!("Z{}", "\u{301}\u{302}\u{489}".repeat(20_000));
    vec![
        ("controls", rss(&format!("{}{}", item_with(&evil, 1), item_with(EVIL.replace(['&', '"', '\'', '<'], "").as_str(), 2)))),
        ("entities", format!("{lol}{}", rss("<item><title>Bomb &a29; &x;</title><description>&a29;</description></item>"))),
        ("deep-xml", rss(&format!("<item><title>Deep</title><description>{deep}</description></item>"))),
        ("deep-html", rss(&format!("<item><title>Deep</title><description><![CDATA[{deep}x]]></description></item>"))),
        ("long-word", rss(&format!("<item><title>Word</title><description>{word}</description></item>"))),
        ("long-words", rss(&format!("<item><title>{0}</title><guid>{0}</guid><author>{0}</author><link>http://127.0.0.1:9/{0}</link></item>", &word[..2_000_000]))),
        ("zalgo", rss(&item_with(&zalgo, 3))),
        ("many", rss(&"<item><title>One of many</title></item>".repeat(30_000))),
        ("json", serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": EVIL, "items": [
            {"id": EVIL, "title": EVIL, "url": "http://127.0.0.1:9/j", "content_html": EVIL, "authors": [{"name": EVIL}], "tags": [EVIL]}]}).to_string()),
        ("deep-json", format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}", "[".repeat(200_000))),
        ("dates", rss("<item><title>Ahead</title><pubDate>Fri, 31 Dec 99999 23:59:60 +9999</pubDate></item><item><title>Before</title><pubDate>0000-00-00T00:00:00Z</pubDate></item><item><title>Far</title><pubDate>2999-01-01T00:00:00Z</pubDate></item>")),
        ("schemes", rss("<item><title>Schemes</title><link>javascript:alert(1)</link><enclosure url='file:///etc/passwd'/><description>&lt;a href='javascript:x'&gt;j&lt;/a&gt;&lt;a href='data:text/html,x'&gt;d&lt;/a&gt;&lt;a href='-oProxyCommand=touch RAN'&gt;o&lt;/a&gt;</description></item>")),
    ]
}

/// A home in which the program is run.
struct Home(tempfile::TempDir);

impl Home {
    fn options(&self) -> Vec<String> {
        let path = |name: &str| self.0.path().join(name).display().to_string();
        [
            "--config".into(),
            path("config.toml"),
            "--data-dir".into(),
            path("data"),
        ]
        .into()
    }

    /// Runs the program with a time limit of its own; answers what it printed, both outputs.
    fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_newsdesk"))
            .args(self.options())
            .args(arguments)
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("NEWSDESK_NOW", "2026-11-23T12:00:00Z")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }
}

/// Every string of a JSON value.
fn strings(value: &serde_json::Value, each: &mut dyn FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => each(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        serde_json::Value::Object(map) => map.iter().for_each(|(key, item)| {
            each(key);
            strings(item, each);
        }),
        _ => {}
    }
}

fn has_run(home: &Path) -> bool {
    home.join("RAN").exists() || Path::new("RAN").exists()
}

#[test]
fn hostile_feeds_put_no_control_on_any_output_and_run_nothing() {
    let server = Server::start();
    let home = Home(tempfile::tempdir().unwrap());
    std::fs::write(
        home.0.path().join("config.toml"),
        "[fetch]\nauto = false\nfull_text = \"never\"\nstart_spread = \"0s\"\n",
    )
    .unwrap();
    let started = Instant::now();
    let mut list = String::from("<opml><body>");
    for (name, body) in hostile_feeds() {
        let media = if name.ends_with("json") {
            "application/json"
        } else {
            "application/rss+xml"
        };
        server.set(&format!("/{name}"), Reply::new(media, body));
        write!(
            list,
            "<outline xmlUrl='{}' text='{} {name}'/>",
            server.url(&format!("/{name}")),
            referenced(EVIL)
        )
        .unwrap();
    }
    let file = home.0.path().join("list.opml");
    std::fs::write(&file, list).unwrap();
    let mut outputs = vec![
        ("import", home.run(&["import", &file.display().to_string()])),
        ("fetch", home.run(&["fetch"])),
        ("fetch --json", home.run(&["fetch", "--force", "--json"])),
        ("list", home.run(&["list", "--limit", "2000"])),
        (
            "list --json",
            home.run(&["list", "--json", "--limit", "2000"]),
        ),
        ("feeds", home.run(&["feeds"])),
        ("feeds --json", home.run(&["feeds", "--json"])),
        ("entities --json", home.run(&["entities", "--json"])),
        ("export opml", home.run(&["export", "--format", "opml"])),
        ("doctor", home.run(&["doctor"])),
    ];
    let ids: Vec<String> = home
        .run(&["list", "--", "-title:\"One of many\""])
        .0
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 9, "{ids:?}");
    for id in &ids {
        for format in ["text", "markdown", "html", "json"] {
            outputs.push(("show", home.run(&["show", id, "--format", format])));
        }
    }
    for (what, (out, err)) in &outputs {
        assert_clean(what, out);
        assert_clean(what, err);
        if let Ok(value) = serde_json::from_str(out) {
            strings(&value, &mut |text| assert_clean(what, text));
        }
    }
    let feeds: serde_json::Value = serde_json::from_str(&outputs[6].1.0).unwrap();
    let failed: Vec<&str> = feeds
        .as_array()
        .unwrap()
        .iter()
        .filter(|feed| !feed["last_error"].is_null())
        .map(|feed| feed["url"].as_str().unwrap())
        .collect();
    assert!(
        failed.len() == 1 && failed[0].ends_with("/deep-json"),
        "{failed:?}"
    );
    let shown = home.run(&["list", "--json", "--limit", "2000"]).0;
    assert!(
        !shown.contains("root:") && !shown.contains("lollol"),
        "nothing was expanded"
    );
    for scheme in ["javascript:", "file:", "data:text"] {
        assert!(!shown.contains(scheme), "{scheme} is an address");
    }
    assert!(!has_run(home.0.path()));
    // Two minutes are what a debug build on a busy machine may take, not what anybody would wait.
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{:?}",
        started.elapsed()
    );
    screen_is_clean(&home);
    assert!(!has_run(home.0.path()));
}

/// Opens the reader on the hostile feeds, goes about in it, and looks at every byte it writes.
fn screen_is_clean(home: &Home) {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    let size = PtySize {
        rows: 40,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_newsdesk"));
    command.args(home.options());
    command.cwd(home.0.path());
    command.env("TERM", "xterm-256color");
    command.env("HOME", home.0.path());
    command.env("BROWSER", "touch RAN");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            if sender.send(bytes[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let mut written = Vec::new();
    let mut screen = vt100::Parser::new(40, 120, 0);
    let mut take = |until: &str| {
        let end = Instant::now() + Duration::from_secs(30);
        while until.is_empty() || !screen.screen().contents().contains(until) {
            let left = end.saturating_duration_since(Instant::now());
            match output.recv_timeout(left) {
                Ok(bytes) => {
                    screen.process(&bytes);
                    written.extend(bytes);
                }
                Err(_) if until.is_empty() => break,
                Err(error) => panic!("no {until:?} ({error}):\n{}", screen.screen().contents()),
            }
        }
    };
    // Which articles stand first depends on which feed came last.
    take("Articles · newest first");
    // The tree, each feed's list, an article, its names, health, the list of what can be undone.
    for (press, expect) in [
        ("!", "Feed health"),
        ("\r", "Last good answer"),
        ("qq", "Articles · newest first"),
        ("/story\r", "Story 1"),
        ("\r", "Story 1"),
        ("e", "Story"),
        ("qq", "Story"),
    ] {
        std::io::Write::write_all(&mut keys, press.as_bytes()).unwrap();
        take(expect);
    }
    std::io::Write::write_all(&mut keys, b"Q").unwrap();
    take("");
    assert!(child.wait().unwrap().success());
    drop(pair.master);
    let text = String::from_utf8(written).expect("the screen is UTF-8");
    let text = text.replacen(support::QUESTION, "", 1);
    for (sign, what) in [
        ("\u{1b}]0;", "a title"),
        ("\u{1b}]52", "the clipboard"),
        ("\u{1b}P", "a device string"),
        ("\u{1b}_", "a program's string"),
        ("\u{7}", "a bell"),
    ] {
        assert!(!text.contains(sign), "{what} is set");
    }
    // What our own sequences leave: cells.
    let mut cells = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        cells.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = match rest.chars().next() {
            Some('[') => rest[1..]
                .find(|c: char| ('@'..='~').contains(&c))
                .map(|end| end + 2),
            Some(']') => rest.find("\u{1b}\\").map(|end| end + 2),
            Some('(' | ')') => Some(2),
            Some(c) => Some(c.len_utf8()),
            None => None,
        };
        let length = length.expect("every sequence has an end");
        if rest.starts_with(']') {
            assert!(rest.starts_with("]8;"), "only links: {:?}", &rest[..length]);
            let link = &rest[..length - 2];
            assert_clean("a link on the screen", link);
            let url = link.rsplit(';').next().unwrap();
            assert!(url.is_empty() || url.starts_with("http"), "{url}");
        }
        rest = &rest[length..];
    }
    cells.push_str(rest);
    assert_clean("the screen", &cells.replace(['\r', '\u{e}', '\u{f}'], ""));
}
