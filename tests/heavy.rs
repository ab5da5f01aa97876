//! Feeds made to cost memory: they wait their turn, keep their words, and stay within bounds together.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::fmt::Write as _;

use newsdesk::engine::Status;
use support::desk::{Desk, status};
use support::server::{Reply, Server};

/// A feed of so many entries whose texts are this thing over and over.
fn full_of(thing: &str, entries: usize, bytes: usize) -> String {
    let text = thing.repeat(bytes / entries / thing.len());
    let items: String = (0..entries)
        .map(|n| {
            format!(
                "<item><guid>{n}</guid><title>Entry {n}</title><description><![CDATA[{text}]]></description></item>"
            )
        })
        .collect();
    format!("<rss><channel><title>Full</title>{items}</channel></rss>")
}

#[test]
fn feeds_that_wait_for_room_all_come() {
    let server = Server::start();
    let mut desk = Desk::new();
    // Each feed is more than all the room there is, and the long ones ask for it before they are whole.
    desk.limits = |limits| limits.held_bytes = 64 << 10;
    let mut feeds = Vec::new();
    for n in 0..6 {
        let path = format!("/feed{n}");
        let bytes = if n < 3 { 1_500_000 } else { 100_000 };
        let feed = full_of(&format!("<p>Words of harbour {n}.</p>"), 20, bytes);
        let reply = Reply::rss(feed);
        server.set(&path, if n == 1 { reply.gzip() } else { reply });
        feeds.push(desk.subscribe(server.url(&path)));
    }
    // One feed of several files holds none of them while it asks for the next.
    let story = |n: usize| {
        format!(
            "<url><loc>{}</loc><news:news><news:publication_date>2026-11-2{n}</news:publication_date>\
             <news:title>Story {n} {}</news:title></news:news></url>",
            server.url(&format!("/story{n}")),
            "x".repeat(100_000)
        )
    };
    let mut named = String::new();
    for n in 0..3 {
        let path = format!("/news-{n}.xml");
        let sitemap = format!("<urlset>{}</urlset>", story(n));
        server.set(&path, Reply::new("text/xml", sitemap));
        write!(named, "<sitemap><loc>{}</loc></sitemap>", server.url(&path)).unwrap();
    }
    let index = format!(
        "<sitemapindex>{named}<!-- {} --></sitemapindex>",
        "x".repeat(100_000)
    );
    server.set("/index.xml", Reply::new("text/xml", index));
    feeds.push(desk.subscribe(server.url("/index.xml")));
    let report = desk.due();
    for feed in feeds {
        assert_eq!(
            status(&report, feed),
            Status::Updated,
            "{:?}",
            desk.feed(feed)
        );
    }
    assert_eq!(desk.rows().len(), 6 * 20 + 3);
}

#[test]
fn a_text_that_is_all_tags_keeps_every_word_and_says_so() {
    let server = Server::start();
    let mut text = "<td>1".repeat(60_000);
    text.push_str("<p>The last word.");
    let feed = format!(
        "<rss><channel><item><guid>1</guid><title>Cells</title><description><![CDATA[{text}]]></description></item>\
         <item><guid>2</guid><title>Usual</title><description>A usual text.</description></item></channel></rss>"
    );
    server.set("/feed", Reply::rss(feed));
    let desk = Desk::new();
    desk.subscribe(server.url("/feed"));
    desk.due();
    let remark_and_words = |title: &str| {
        let rows = desk.rows();
        let row = rows.iter().find(|row| row.title == title).unwrap();
        let body = desk.article(row.id).body;
        (body.remark, body.document.plain_text())
    };
    let (remark, words) = remark_and_words("Cells");
    assert_eq!(
        remark.unwrap(),
        "words alone: the feed's text has more markup than is read"
    );
    assert_eq!(words.matches('1').count(), 60_000, "no word is lost");
    assert!(words.trim_end().ends_with("The last word."));
    assert_eq!(
        remark_and_words("Usual"),
        (None, "A usual text.".to_owned())
    );
}

/// Eight feeds of 10 MB, each made to cost in another way, read at once by the program itself. A release build takes a few
/// megabytes less than a debug build.
#[test]
#[cfg(target_os = "linux")]
fn eight_hostile_feeds_at_once_stay_under_200_mb() {
    use std::process::{Command, Stdio};

    const TEN: usize = 9_990_000;
    let rss = |items: String| format!("<rss><channel><title>Full</title>{items}</channel></rss>");
    let numbered = |one: &dyn Fn(usize) -> String| (0..TEN / one(0).len()).map(one).collect();
    let feeds: [String; 8] = [
        full_of("<td>1", 1, TEN),
        full_of("a", 2, TEN),
        rss(format!(
            "<item><title>e</title>{}</item>",
            "<enclosure url=\"/a\" type=\"a\"/>".repeat(TEN / 32)
        )),
        rss(numbered(&|n| {
            format!("<item><guid>{n}</guid><title>T</title></item>")
        })),
        rss("<a><b>".repeat(TEN / 6)),
        rss(format!(
            "<item><title {}>t</title></item>",
            "a='x' b='y' ".repeat(TEN / 12)
        )),
        format!(
            "<urlset>{}</urlset>",
            numbered(&|n| format!(
                "<url><loc>http://e.com/{n}</loc><news:news><news:title>T</news:title></news:news></url>"
            ))
        ),
        format!("<html><body>{}", "<div><a href=/x>y</a>".repeat(TEN / 21)),
    ];
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(
        &config,
        "[fetch]\nauto = false\nconnections_per_host = 16\nstart_spread = \"0s\"\nfull_text = \"never\"\n",
    )
    .unwrap();
    let mut list = String::from("<opml><body>");
    for (n, feed) in feeds.into_iter().enumerate() {
        let path = format!("/feed{n}");
        server.set(&path, Reply::rss(feed));
        write!(list, "<outline xmlUrl='{}' text='{n}'/>", server.url(&path)).unwrap();
    }
    let file = home.path().join("list.opml");
    std::fs::write(&file, list).unwrap();
    let newsdesk = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsdesk"));
        command
            .arg("--config")
            .arg(&config)
            .arg("--data-dir")
            .arg(home.path().join("data"))
            .env("HOME", home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    assert!(
        newsdesk()
            .arg("import")
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    let mut child = newsdesk().arg("fetch").spawn().unwrap();
    let about = format!("/proc/{}/status", child.id());
    let mut most_kb = 0;
    let code = loop {
        let said = std::fs::read_to_string(&about).unwrap_or_default();
        let peak = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most_kb = most_kb.max(peak.unwrap_or(0));
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert!(code.success());
    assert!(most_kb > 10 << 10, "measured");
    assert!(most_kb < 200 << 10, "{} MB", most_kb >> 10);
}
