//! Feeds that the config names: commands, filters, pages; and that nothing else can name one.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::sync::Arc;

use newsdesk::app::event::Found;
use newsdesk::config::{self, Loaded};
use newsdesk::engine::{self, Status};
use newsdesk::model::{Scope, What};
use newsdesk::store::wait;
use support::desk::{Desk, item, paper, status};
use support::papers::{page, rss};
use support::server::{Reply, Server};

/// A desk with a config of its own.
struct Office {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        Self {
            desk: Desk::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Writes a file beside the config and returns its path.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn load(&self) -> Loaded {
        config::load(&self.folder.path().join("config.toml"), self.folder.path())
    }

    /// Writes the config and takes it over as the reader does; answers what was done.
    fn configure(&mut self, config: &str) -> Vec<String> {
        self.file("config.toml", config);
        let loaded = self.load();
        self.desk.feeds.clone_from(&loaded.feeds);
        engine::keep_in_step(&self.desk.library, &loaded, self.desk.now).unwrap()
    }

    fn error(&self) -> Option<String> {
        self.feeds()[0].health.last_error.clone()
    }

    fn feeds(&self) -> Vec<newsdesk::model::Feed> {
        self.desk
            .library
            .reader()
            .unwrap()
            .feeds(false, self.desk.now)
            .unwrap()
    }
}

#[test]
fn a_command_makes_a_feed() {
    let server = Server::start();
    let mut office = Office::new();
    let file = office.file(
        "feed.xml",
        rss("Weather service", &[item(&server, 1).whole()]),
    );
    let config = format!(
        "[[feed]]\ntitle = \"Weather\"\nfolder = \"Home\"\nexec = \"cat '{file}'\"\ninterval = \"6h\"\n"
    );
    assert_eq!(office.configure(&config).len(), 2);
    assert_eq!(office.configure(&config), [""; 0], "nothing is done twice");
    let feed = office.feeds().remove(0);
    assert_eq!(
        (feed.title.as_str(), feed.folder.as_str(), feed.url.as_str()),
        ("Weather", "Home", "exec:Weather")
    );
    let report = office.desk.due();
    assert_eq!(
        (status(&report, feed.id), report.summary.new),
        (Status::Updated, 1)
    );
    assert_eq!(office.desk.titles(), ["Harbour report number 1"]);
    let next = office.feeds()[0].health.next_poll.unwrap();
    assert!(next.duration_since(office.desk.now).as_hours() >= 6);
    office.desk.later(8 * 60);
    assert_eq!(status(&office.desk.due(), feed.id), Status::Unchanged);
    std::fs::remove_file(&file).unwrap();
    office.desk.later(8 * 60);
    assert_eq!(status(&office.desk.due(), feed.id), Status::Failed);
    assert!(
        office
            .error()
            .unwrap()
            .starts_with("the command cat failed (1)")
    );
    assert_eq!(office.desk.rows().len(), 1);
    assert_eq!(server.all_requests().len(), 0);
}

#[test]
fn only_the_config_can_name_a_command() {
    let mut office = Office::new();
    let sign = office.folder.path().join("ran");
    let line = format!("exec:touch {}", sign.display());
    // As a damaged or a foreign library might have it.
    let feed = office.desk.subscribe(&line);
    assert_eq!(status(&office.desk.due(), feed), Status::Failed);
    assert_eq!(
        office.error().unwrap(),
        "the config has no [[feed]] with a command of this name"
    );
    assert!(!sign.exists());
    for list in [
        format!(
            "<opml><body><outline xmlUrl='{line}'/><outline xmlUrl='|touch {0}'/></body></opml>",
            sign.display()
        ),
        format!(
            "\"{line}\"\n\"filter:touch {}:http://e.com/\"\n",
            sign.display()
        ),
    ] {
        let import = engine::import::read_opml(list.as_bytes())
            .or_else(|_| engine::import::read_newsboat(list.as_bytes()))
            .unwrap();
        assert_eq!(import.feeds, []);
        assert_eq!(import.remarks.len(), 2, "{:?}", import.remarks);
    }
    assert!(engine::discover(&office.desk.context(), &line).is_err());
    assert!(!sign.exists());
    office.configure("");
    assert_eq!(
        office.feeds().len(),
        1,
        "what the config never named is not its to archive"
    );
}

#[test]
fn a_feed_goes_through_a_command_and_is_read_anew_when_that_changes() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let mut office = Office::new();
    let config = |pipe: &str| {
        format!(
            "[[feed]]\nurl = \"{}\"\npipe = \"{pipe}\"\nfull_text = \"never\"\n",
            server.url("/feed")
        )
    };
    office.configure(&config("sed s/Harbour/Ferry/g"));
    office.desk.due();
    assert_eq!(
        office.desk.titles(),
        ["Ferry report number 1", "Ferry report number 2"]
    );
    let feed = office.feeds()[0].id;
    office.desk.later(90);
    assert_eq!(status(&office.desk.due(), feed), Status::Unchanged);
    office.configure(&config("sed s/Harbour/Bridge/g"));
    office.desk.later(90);
    assert_eq!(status(&office.desk.due(), feed), Status::Updated);
    assert_eq!(
        office.desk.titles(),
        ["Bridge report number 1", "Bridge report number 2"]
    );
    office.configure(&config("false"));
    office.desk.later(90);
    assert_eq!(status(&office.desk.due(), feed), Status::Failed);
    assert_eq!(office.error().unwrap(), "the command false failed (1)");
    office.configure(&format!("[[feed]]\nurl = \"{}\"\n", server.url("/feed")));
    office.desk.later(180);
    office.desk.due();
    assert_eq!(
        office.desk.titles(),
        ["Harbour report number 1", "Harbour report number 2"]
    );
}

#[test]
fn a_page_becomes_a_feed_by_selectors() {
    let server = Server::start();
    for n in 1..3 {
        item(&server, n);
    }
    let list = |numbers: std::ops::Range<usize>| {
        let stories = numbers.map(|n| {
            format!("<li><h3>Harbour report number {n}</h3><a href='/article/{n}'>more</a><time datetime='2026-11-2{n}'></time></li>")
        });
        Reply::html(format!(
            "<title>Harbour</title><ul>{}</ul>",
            stories.collect::<String>()
        ))
    };
    server.set("/news", list(1..2));
    let mut office = Office::new();
    office.configure(&format!(
        "[[feed]]\nurl = \"{}\"\npage.item = \"ul > li\"\n",
        server.url("/news")
    ));
    let report = office.desk.due();
    assert_eq!((report.summary.new, report.pages), (1, 1));
    let row = office.desk.rows().remove(0);
    assert!(office.desk.text(row.id).contains("Margaret Holloway"));
    assert_eq!(row.published.unwrap().to_string(), "2026-11-21T00:00:00Z");
    assert_eq!(office.feeds()[0].title, "Harbour");
    server.set("/news", list(1..3));
    office.desk.later(90);
    assert_eq!(office.desk.due().summary.new, 1);
    server.set("/news", Reply::html("<p>Rebuilt"));
    office.desk.later(90);
    office.desk.due();
    assert_eq!(
        office.error().unwrap(),
        "the selectors find nothing on the page"
    );
    assert_eq!(office.desk.rows().len(), 2);
}

#[test]
fn a_block_taken_out_archives_its_feed_and_keeps_its_articles() {
    let server = Server::start();
    paper(&server, "/feed", 1..3);
    let mut office = Office::new();
    let block = format!(
        "[[feed]]\nurl = \"{}\"\nfull_text = \"never\"\n",
        server.url("/feed")
    );
    office.configure(&block);
    office.desk.due();
    let id = office.desk.rows()[0].id;
    let star = newsdesk::model::Change {
        what: What::Star(true),
        scope: Scope::Ids(vec![id]),
        undoable: true,
    };
    wait(|reply| {
        office
            .desk
            .library
            .writer()
            .change(star, office.desk.now, reply);
    })
    .unwrap();
    // A config that cannot be read in full says nothing of what it does not name.
    office.configure("[[feed]]\nurl = \"ftp://x\"\n");
    assert_eq!(office.load().remarks[0].line, Some(1));
    office.configure("theme = = 1");
    std::fs::remove_file(office.folder.path().join("config.toml")).unwrap();
    let loaded = office.load();
    engine::keep_in_step(&office.desk.library, &loaded, office.desk.now).unwrap();
    assert_eq!(office.feeds().len(), 1);

    office.configure("theme = \"nord\"\n");
    assert_eq!(office.feeds().len(), 0);
    assert_eq!(
        office.desk.titles(),
        ["Harbour report number 1"],
        "the starred one stays in sight"
    );
    office.configure(&block);
    assert_eq!(office.feeds().len(), 1);
    assert_eq!(office.desk.rows().len(), 2, "the others were kept, too");
    // What the user unsubscribes by hand stays so while its block does.
    let feed = office.feeds()[0].id;
    office.desk.change(What::Unsubscribe(feed));
    office.configure(&block);
    assert_eq!(office.feeds().len(), 0);
    office.configure("theme = \"nord\"\n");
    office.configure(&block);
    assert_eq!(office.feeds().len(), 1);
}

#[test]
fn where_a_feed_of_the_config_is_asked_only_the_user_changes() {
    let server = Server::start();
    paper(&server, "/new", 1..3);
    server.set("/old", Reply::redirect(301, "/new"));
    let mut office = Office::new();
    office.configure(&format!("[[feed]]\nurl = \"{}\"\n", server.url("/old")));
    for _ in 0..5 {
        office.desk.due();
        office.desk.later(90);
    }
    let feed = office.feeds().remove(0);
    assert_eq!(feed.url, server.url("/old"));
    assert_eq!(feed.health.suggested_url, Some(server.url("/new")));
}

#[test]
fn a_command_that_works_does_not_prove_a_network() {
    let mut office = Office::new();
    let file = office.file("feed.xml", rss("Weather", &[]));
    office.configure(&format!(
        "[[feed]]\ntitle = \"Weather\"\nexec = \"cat '{file}'\"\n"
    ));
    office.desk.lookup = Some(Arc::new(|_: &str| {
        Err(std::io::Error::from(std::io::ErrorKind::NetworkDown))
    }));
    let feed = office.desk.subscribe("http://paper.example/feed");
    let report = office.desk.due();
    assert!(report.summary.offline);
    assert_eq!(office.desk.feed(feed).health.failures, 0);
}

#[test]
fn what_is_wrong_with_a_block_is_said() {
    let office = Office::new();
    office.file(
        "config.toml",
        "[[feed]]\nurl = \"https://e.com/a\"\npage.item = \"li[\"\n\n[[feed]]\nurl = \"https://e.com/b\"\nfilter = \"is:what\"\n\n[[feed]]\ntitle = \"c\"\nexec = \"a 'b\"\n",
    );
    let loaded = office.load();
    assert_eq!(loaded.remarks, []);
    let problems = engine::problems(&loaded.feeds, office.desk.now);
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(
        problems[0].contains("page.item: \"li[\" is no CSS selector"),
        "{problems:?}"
    );
    assert!(
        problems[1].contains("https://e.com/b: filter: "),
        "{problems:?}"
    );
    assert!(
        problems[2].contains("exec: a quote is not closed"),
        "{problems:?}"
    );
}

#[test]
fn a_news_sitemap_is_found_where_there_is_no_feed() {
    let server = Server::start();
    server.set("/", Reply::html(page("Front")));
    let url = |path: &str| server.url(path);
    server.set(
        "/robots.txt",
        Reply::new(
            "text/plain",
            format!("User-agent: *\nSitemap: {}\n", url("/index.xml.gz")),
        ),
    );
    server.set(
        "/index.xml.gz",
        Reply::new("text/xml", format!("<sitemapindex><sitemap><loc>{}</loc></sitemap><sitemap><loc>{}</loc></sitemap></sitemapindex>", url("/pages.xml"), url("/news.xml"))),
    );
    server.set(
        "/pages.xml",
        Reply::new(
            "text/xml",
            "<urlset><url><loc>http://e.com/</loc></url></urlset>",
        ),
    );
    item(&server, 1);
    server.set(
        "/news.xml",
        Reply::new(
            "text/xml",
            format!(
                "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>{}</loc><news:news><news:publication>
                 <news:name>Harbour News</news:name></news:publication><news:title>Harbour report number 1</news:title></news:news></url></urlset>",
                url("/article/1")
            ),
        ),
    );
    let desk = Desk::new();
    for typed in [url("/"), url("/index.xml.gz")] {
        let Found::Feeds(feeds) = engine::discover(&desk.context(), &typed).unwrap() else {
            panic!("no feed at {typed}")
        };
        let found: Vec<_> = feeds
            .iter()
            .map(|feed| (feed.url.clone(), feed.title.as_str(), feed.kind.as_str()))
            .collect();
        assert_eq!(found, [(url("/news.xml"), "Harbour News", "news sitemap")]);
    }
    desk.subscribe(url("/news.xml"));
    let report = desk.due();
    assert_eq!((report.summary.new, report.pages), (1, 1));
}

/// A sitemap of so many stories.
fn news(server: &Server, numbers: std::ops::RangeInclusive<usize>) -> String {
    let stories = numbers.map(|n| {
        item(server, n);
        format!(
            "<url><loc>{}</loc><news:news><news:publication><news:name>Harbour News</news:name></news:publication>\
             <news:title>Harbour report number {n}</news:title></news:news></url>",
            server.url(&format!("/article/{n}"))
        )
    });
    format!(
        "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}</urlset>",
        stories.collect::<String>()
    )
}

#[test]
fn dated_sitemaps_are_followed_by_their_index() {
    let server = Server::start();
    server.set("/", Reply::html(page("Front")));
    let index = |server: &Server, months: &[&str]| {
        let named = months.iter().map(|month| {
            let url = server.url(&format!("/news-{month}.xml.gz"));
            format!("<sitemap><loc>{url}</loc><lastmod>{month}-20</lastmod></sitemap>")
        });
        let body = format!("<sitemapindex>{}</sitemapindex>", named.collect::<String>());
        server.set_with_etag(
            "/sitemap.xml",
            &format!("\"{}\"", months.len()),
            Reply::new("text/xml", body),
        );
    };
    let month = |server: &Server, month: &str, numbers: std::ops::RangeInclusive<usize>| {
        let reply = Reply::new("application/gzip", news(server, numbers.clone())).gzip_file();
        server.set_with_etag(
            &format!("/news-{month}.xml.gz"),
            &format!("\"{numbers:?}\""),
            reply,
        );
    };
    index(&server, &["2026-10", "2026-11"]);
    month(&server, "2026-10", 1..=2);
    month(&server, "2026-11", 3..=3);
    let mut desk = Desk::new();
    let Found::Feeds(feeds) = engine::discover(&desk.context(), &server.url("/")).unwrap() else {
        panic!("no feed")
    };
    assert_eq!(
        feeds[0].url,
        server.url("/sitemap.xml"),
        "its parts are dated"
    );
    assert_eq!(feeds[0].title, "Harbour News");
    let feed = desk.subscribe(server.url("/sitemap.xml"));
    assert_eq!(desk.due().summary.new, 3);
    // The index is as it was, a part is not.
    month(&server, "2026-11", 3..=4);
    assert_eq!(desk.later(120).due().summary.new, 1);
    let asked = server.requests("/news-2026-10.xml.gz");
    assert!(asked.last().unwrap().header("if-none-match").is_some());
    // Nothing new anywhere.
    let report = desk.later(120).due();
    assert_eq!(status(&report, feed), Status::Unchanged);
    // A new month.
    index(&server, &["2026-10", "2026-11", "2026-12"]);
    month(&server, "2026-12", 5..=5);
    assert_eq!(desk.later(120).due().summary.new, 1);
    // A part that fails takes nothing away; all of them failing is a failure.
    server.set("/news-2026-12.xml.gz", Reply::status(500));
    let report = desk.later(120).due();
    assert_eq!(status(&report, feed), Status::Failed);
    assert_eq!(desk.titles().len(), 5);
}
