//! All that makes an article read offline: its pages joined, its pictures kept, and what could not be had said.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::io::Cursor;
use std::sync::Arc;

use newsdesk::config::settings::Pictures;
use newsdesk::engine::{Cancel, bring_offline};
use newsdesk::model::feed::FullText;
use newsdesk::model::{Article, Query};
use support::desk::Desk;
use support::papers::{Item, page, rss, story};
use support::server::{Reply, Request, Server};

/// Reloads a feed with one item whose page lies at `/story`, and returns its article.
fn read_story(server: &Server, desk: &Desk) -> Article {
    let item = Item::new(1, server.url("/story"));
    server.set("/feed", Reply::rss(rss("Paper", &[item])));
    desk.subscribe(server.url("/feed"));
    desk.due();
    desk.articles().remove(0)
}

/// A page with so many paragraphs, different for each title, and something at its end and in its head.
fn part(title: &str, head: &str, end: &str) -> Reply {
    let body = format!(
        "<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>Harbour report number 1</h1>{}</article>{end}</body></html>",
        story(title, 6)
    );
    Reply::html(body)
}

/// The number in `?page=3`; without one 1.
fn page_of(request: &Request) -> u32 {
    let number = request.target.rsplit('=').next();
    number.and_then(|number| number.parse().ok()).unwrap_or(1)
}

#[test]
fn an_article_on_several_pages_is_joined() {
    let server = Server::start();
    let desk = Desk::new();
    let pages = "<div>Page 1 <a href='/story?page=2'>2</a> <a href='/story?page=3'>3</a></div>";
    server.on("/story", move |request| match request.target.as_str() {
        "/story" => part("the first part", "", pages),
        "/story?page=2" => part(
            "the second part",
            "<link rel=next href='/story?page=3'>",
            pages,
        ),
        // The last page leads back: that is no loop.
        "/story?page=3" => part(
            "the third part",
            "",
            "<a rel=next href='/story?page=1'>1</a>",
        ),
        _ => Reply::status(404),
    });
    let article = read_story(&server, &desk);
    let text = article.body.document.plain_text();
    for words in ["the first part", "the second part", "the third part"] {
        assert_eq!(text.matches(words).count(), 6, "{words}: {text}");
    }
    let first = text.find("the first part").unwrap();
    let third = text.find("the third part").unwrap();
    assert!(
        first < text.find("the second part").unwrap()
            && third > text.find("the second part").unwrap()
    );
    assert_eq!(server.count("/story"), 3, "each page once");
    assert_eq!(article.body.remark, None);
    // Names are found in all of it: six mentions on each page.
    let holloway = article
        .entities
        .entities
        .iter()
        .position(|it| it.name.contains("Holloway"))
        .unwrap();
    let mentions = article
        .entities
        .mentions
        .iter()
        .filter(|it| it.entity == holloway);
    assert!(mentions.count() >= 6);
}

#[test]
fn a_missing_page_of_an_article_is_said() {
    let server = Server::start();
    let desk = Desk::new();
    server.on("/story", |request| match request.target.as_str() {
        "/story" => part("the first part", "<link rel=next href='/story?page=2'>", ""),
        _ => Reply::status(404),
    });
    let article = read_story(&server, &desk);
    assert!(
        article
            .body
            .document
            .plain_text()
            .contains("the first part")
    );
    assert_eq!(
        article.body.remark.as_deref(),
        Some("the article goes on, but page 2 is missing: 404 from the site")
    );
}

#[test]
fn pages_without_end_and_pages_that_repeat_are_left() {
    let server = Server::start();
    let desk = Desk::new();
    // Every page has a next one, and new words.
    server.on("/story", |request| {
        let number = page_of(request);
        let next = format!("<link rel=next href='/story?page={}'>", number + 1);
        part(&format!("part number {number}x"), &next, "")
    });
    read_story(&server, &desk);
    assert_eq!(server.count("/story"), 12);

    let server = Server::start();
    let desk = Desk::new();
    // Every number shows the same page.
    server.on("/story", |request| {
        let number = page_of(request);
        part(
            "the only part",
            &format!("<link rel=next href='/story?page={}'>", number + 1),
            "",
        )
    });
    let article = read_story(&server, &desk);
    assert_eq!(server.count("/story"), 2);
    assert_eq!(
        article
            .body
            .document
            .plain_text()
            .matches("the only part")
            .count(),
        6
    );
    assert_eq!(article.body.remark, None);
}

#[test]
fn another_host_is_no_next_page() {
    let server = Server::start();
    let other = Server::start_on(std::net::Ipv4Addr::new(127, 0, 0, 2));
    other.set("/story", part("foreign", "", ""));
    let desk = Desk::new();
    let to = other.url("/story?page=2");
    server.on("/story", move |request| match request.target.as_str() {
        "/story" => part("the first part", "<link rel=next href='/story?page=2'>", ""),
        _ => Reply::redirect(302, to.clone()),
    });
    let article = read_story(&server, &desk);
    assert!(!article.body.document.plain_text().contains("foreign"));
}

#[test]
fn a_page_that_gives_little_is_read_in_its_other_form() {
    let server = Server::start();
    let desk = Desk::new();
    server.set(
        "/story",
        Reply::html("<html><head><link rel=amphtml href='/amp/story'></head><body><p>Please switch on scripts.</p></body></html>"),
    );
    server.set("/amp/story", part("the light form", "", ""));
    let article = read_story(&server, &desk);
    assert!(
        article
            .body
            .document
            .plain_text()
            .contains("the light form")
    );
    // A page that gives enough is not asked for twice.
    let server = Server::start();
    let desk = Desk::new();
    server.set(
        "/story",
        part("the page", "<link rel=amphtml href='/amp/story'>", ""),
    );
    server.set("/amp/story", part("the light form", "", ""));
    let article = read_story(&server, &desk);
    assert!(article.body.document.plain_text().contains("the page"));
    assert_eq!(server.count("/amp/story"), 0);
}

#[test]
fn the_whole_on_one_page_is_taken_before_pages_are_joined() {
    let server = Server::start();
    let desk = Desk::new();
    let end = "<p><a href='/story?page=2'>Next page</a> · <a href='/story/all'>View as single page</a></p>";
    server.set("/story", part("the first part", "", end));
    let whole = format!(
        "{}{}",
        story("the first part", 6),
        story("the second part", 6)
    );
    server.set(
        "/story/all",
        Reply::html(format!("<html lang=en><body><article><h1>Harbour report number 1</h1>{whole}</article></body></html>")),
    );
    let article = read_story(&server, &desk);
    let text = article.body.document.plain_text();
    assert!(
        text.contains("the first part") && text.contains("the second part"),
        "{text}"
    );
    assert_eq!((server.count("/story"), server.count("/story/all")), (1, 1));
}

/// A picture of one colour.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 30, 255]))
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

#[test]
fn pictures_are_kept_and_what_is_missing_is_said() {
    let server = Server::start();
    let desk = Desk::new();
    let figures: String = ["one", "two", "three"]
        .map(|name| format!("<figure><img src='/{name}.png' width=600 height=400><figcaption>The pier, {name}</figcaption></figure>"))
        .concat();
    let body = format!(
        "<html lang=en><body><article><h1>Harbour report number 1</h1>{}{figures}{}</article></body></html>",
        story("the pier", 4),
        story("the road", 4)
    );
    server.set("/story", Reply::html(body));
    server.set("/one.png", Reply::new("image/png", png(60, 40)));
    server.set("/three.png", Reply::new("image/png", "no picture at all"));
    let article = read_story(&server, &desk);
    assert_eq!(
        article.body.document.pictures().len(),
        3,
        "{:?}",
        article.body.document
    );
    let pictures = &article.pictures;
    assert_eq!((pictures.kept, pictures.wanted), (1, 3));
    assert_eq!(pictures.missing.as_deref(), Some("404 from the site"));
    let reader = desk.library.reader().unwrap();
    let kept = reader.picture(&server.url("/one.png")).unwrap().unwrap();
    assert_eq!(kept.bytes, png(60, 40));
}

#[test]
fn everything_of_the_last_days_is_brought_and_what_is_missing_is_told() {
    let server = Server::start();
    let mut desk = Desk::new();
    // Only headlines at first: as if the pages had been switched off.
    desk.settings.fetch.full_text = FullText::Never;
    desk.settings.pictures = Pictures::Off;
    let items: Vec<Item> = (1..5)
        .map(|n| Item::new(n, server.url(&format!("/story/{n}"))))
        .collect();
    let figure = "<figure><img src='/pier.png' width=600 height=400><figcaption>The pier</figcaption></figure>";
    let with_picture = |title: &str| {
        Reply::html(format!(
            "<html lang=en><body><article><h1>{title}</h1>{}{figure}{}</article></body></html>",
            story(title, 4),
            story("the road", 2)
        ))
    };
    server.set("/story/1", with_picture("Harbour report number 1"));
    server.set("/story/2", with_picture("Harbour report number 2"));
    server.set("/story/3", Reply::status(403));
    server.set("/story/4", Reply::html(page("Harbour report number 4")));
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    desk.subscribe(server.url("/feed"));
    desk.due();
    assert_eq!(server.count("/story/1"), 0);

    desk.settings.fetch.full_text = FullText::Auto;
    desk.settings.pictures = Pictures::Auto;
    let week = newsdesk::query::parse("newer:7d", desk.now, &jiff::tz::TimeZone::UTC).unwrap();
    let bring = |cancel: &Cancel| {
        let mut steps = Vec::new();
        let mut progress = |done, total| steps.push((done, total));
        let summary = bring_offline(&desk.context(), &week, &mut progress, cancel).unwrap();
        (summary, steps)
    };
    let cancelled = Cancel::new();
    cancelled.cancel();
    assert!(bring(&cancelled).0.cancelled);
    assert_eq!(
        server.count("/story/1"),
        0,
        "nothing is asked once it is cancelled"
    );

    let (summary, steps) = bring(&Cancel::new());
    assert_eq!((summary.articles, summary.pages), (4, 3));
    assert_eq!(steps.last(), Some(&(4, 4)));
    let mut missing: Vec<(&str, &str)> = summary
        .missing
        .iter()
        .map(|it| (it.what, it.why.as_str()))
        .collect();
    missing.sort_unstable();
    assert_eq!(summary.complete, 1, "{missing:?}");
    assert_eq!(
        missing,
        [
            ("pictures", "1 missing: 404 from the site"),
            ("pictures", "1 missing: 404 from the site"),
            ("text", "403 from the site")
        ]
    );
    // The pictures are there now, and only what is missing is asked for again.
    server.set("/pier.png", Reply::new("image/png", png(60, 40)));
    let (summary, _) = bring(&Cancel::new());
    assert_eq!(
        (summary.pages, summary.complete, summary.missing.len()),
        (0, 3, 1)
    );
    assert!(
        desk.articles()
            .iter()
            .filter(|it| it.pictures.kept == 1)
            .count()
            == 2
    );
    assert_eq!(server.count("/story/1"), 1);
}

#[test]
fn what_is_said_to_read_offline_does() {
    let server = Server::start();
    let mut desk = Desk::new();
    let figure = "<figure><img src='/pier.png' width=600 height=400></figure>";
    let mut items = Vec::new();
    for (number, head) in [(1, ""), (2, figure), (3, figure)] {
        let path = format!("/story/{number}");
        let item = Item::new(number, server.url(&path));
        let figure = head.replace("pier", &format!("pier{number}"));
        server.set(
            &path,
            Reply::html(format!(
                "<html lang=en><body><article><h1>{}</h1>{figure}{}</article></body></html>",
                item.title,
                story(&format!("pier {number}"), 6)
            )),
        );
        items.push(item);
    }
    // Its page cannot be had.
    items.push(Item::new(4, server.url("/gone")));
    server.set("/feed", Reply::rss(rss("Paper", &items)));
    server.set("/pier2.png", Reply::new("image/png", png(300, 200)));
    desk.subscribe(server.url("/feed"));
    let offline = |desk: &Desk| {
        let query = newsdesk::query::parse("is:offline", desk.now, &jiff::tz::TimeZone::UTC);
        let reader = desk.library.reader().unwrap();
        let mut ids = reader.ids(&query.unwrap(), desk.now).unwrap();
        ids.sort_unstable();
        let badge = |article: &Article| {
            let pictures = &article.pictures;
            article.row.has.full_text && pictures.kept == pictures.wanted
        };
        let whole = desk.articles().into_iter().filter(badge);
        let mut said: Vec<_> = whole.map(|article| article.row.id).collect();
        said.sort_unstable();
        assert_eq!(ids, said, "query and badge agree");
        ids.len()
    };
    desk.due();
    assert_eq!(offline(&desk), 2, "one picture is missing, and one page");
    server.set("/pier3.png", Reply::new("image/png", png(300, 200)));
    desk.later(120);
    bring_offline(
        &desk.context(),
        &Query::default(),
        &mut |_, _| {},
        &Cancel::new(),
    )
    .unwrap();
    assert_eq!(offline(&desk), 3);
}

#[test]
fn where_no_pictures_are_wanted_none_is_missing() {
    let server = Server::start();
    let desk = Desk::new();
    let item = Item::new(1, server.url("/story/1"));
    let story = story("the pier", 6);
    let figure = "<figure><img src='/pier.png' width=600 height=400></figure>";
    server.set(
        "/story/1",
        Reply::html(format!(
            "<html lang=en><body><article><h1>{}</h1>{figure}{story}</article></body></html>",
            item.title
        )),
    );
    server.set("/feed", Reply::rss(rss("Paper", &[item])));
    desk.subscribe(server.url("/feed"));
    desk.due();
    let offline = || {
        let query = newsdesk::query::parse("is:offline", desk.now, &jiff::tz::TimeZone::UTC);
        let reader = desk.library.reader().unwrap();
        reader.count(&query.unwrap(), desk.now).unwrap()
    };
    assert_eq!(offline(), 0, "its picture is missing");
    assert!(desk.library.heed_pictures(false).unwrap());
    assert_eq!(offline(), 1);
    assert!(!desk.library.heed_pictures(false).unwrap());
    assert!(desk.library.heed_pictures(true).unwrap());
    assert_eq!(offline(), 0);
}

#[test]
fn without_a_network_nothing_is_blamed() {
    let mut desk = Desk::new();
    let server = Server::start();
    desk.settings.fetch.full_text = FullText::Never;
    let item = Item::new(1, "http://news.invalid/story");
    server.set("/feed", Reply::rss(rss("Paper", &[item])));
    desk.subscribe(server.url("/feed"));
    desk.due();
    desk.settings.fetch.full_text = FullText::Auto;
    desk.lookup = Some(Arc::new(|_: &str| {
        Err(std::io::Error::from(std::io::ErrorKind::NetworkUnreachable))
    }));
    let summary = bring_offline(
        &desk.context(),
        &Query::default(),
        &mut |_, _| {},
        &Cancel::new(),
    )
    .unwrap();
    assert!(summary.offline && summary.missing.is_empty());
    assert_eq!(desk.articles()[0].body.remark, None);
}

#[test]
fn the_next_article_is_not_joined_to_this_one() {
    let server = Server::start();
    let desk = Desk::new();
    let next = "<link rel=next href='/story/2'>";
    server.set("/story", part("the first part", next, ""));
    let other = story("an entirely other matter", 6);
    server.set(
        "/story/2",
        Reply::html(format!(
            "<html lang=en><head><title>Bread becomes dearer</title></head><body><article><h1>Bread becomes dearer</h1>{other}</article></body></html>"
        )),
    );
    let article = read_story(&server, &desk);
    let text = article.body.document.plain_text();
    assert!(!text.contains("an entirely other matter"), "{text}");
    assert_eq!(server.count("/story/2"), 1);
}
