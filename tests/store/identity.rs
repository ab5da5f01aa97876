//! Which entries are the same article.

use newsdesk::model::article::{BodySource, Metadata};
use newsdesk::model::{Query, What};
use newsdesk::store::{FeedOutcome, FeedResult, FeedUpdate, NewEntry, NewPage, SavedPage, wait};

use crate::support::{Home, entries, entry, later, now, people, text};

#[test]
fn the_same_entries_again_are_not_new() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    assert_eq!(home.fetched(feed, entries(5)).new.len(), 5);
    let again = home.fetched(feed, entries(5));
    assert_eq!((again.new.len(), again.updated.len()), (0, 0));
    home.check();
}

#[test]
fn the_first_of_the_document_is_the_newest() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let undated = entries(4).into_iter().map(|entry| NewEntry {
        published: None,
        ..entry
    });
    let stored = home.fetched(feed, undated.collect());
    let ids = home.reader().ids(&Query::default(), now()).expect("ids");
    let expect: Vec<_> = stored.new.iter().map(|entry| entry.article).collect();
    assert_eq!(ids, expect);
}

#[test]
fn one_article_in_two_feeds_is_read_once() {
    let home = Home::new();
    let one = home.subscribe("https://paper.example/front", "");
    let two = home.subscribe("https://paper.example/world", "");
    let first = home.fetched(one, vec![entry(1)]).new[0].article;
    let twin = NewEntry {
        guid: Some("other".into()),
        url: Some("http://www.paper.example/story/1/?utm_source=world#top".into()),
        ..entry(1)
    };
    assert_eq!(home.fetched(two, vec![twin]).new, []);
    home.mark(What::Read(true), &[first]);
    let feeds = home.reader().feeds(false, now()).expect("feeds");
    let numbers: Vec<_> = feeds.iter().map(|feed| (feed.unread, feed.total)).collect();
    assert_eq!(numbers, [(0, 1), (0, 1)]);
    let article = home.reader().article(first, None).expect("it");
    let article = article.expect("it");
    assert_eq!((article.feeds.len(), article.row.also), (2, 1));
    home.check();
}

#[test]
fn the_same_text_under_another_address_is_the_same_article() {
    let home = Home::new();
    let one = home.subscribe("https://a.example/feed", "");
    let two = home.subscribe("https://b.example/feed", "");
    let words = "Workers from France and Britain broke through the last wall of rock. ".repeat(8);
    let story = |url: &str| NewEntry {
        url: Some(url.into()),
        guid: Some(url.into()),
        body: Some(text(&words)),
        ..entry(1)
    };
    home.fetched(one, vec![story("https://a.example/tunnel")]);
    assert_eq!(
        home.fetched(two, vec![story("https://b.example/x")]).new,
        []
    );
}

#[test]
fn a_feed_that_changes_all_guids_brings_nothing_new() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let old: Vec<_> = home.fetched(feed, entries(6)).new;
    home.mark(What::Read(true), &[old[0].article]);
    let changed = || {
        entries(6).into_iter().map(|entry| NewEntry {
            guid: entry.guid.map(|guid| format!("new-{guid}")),
            ..entry
        })
    };
    assert_eq!(home.fetched(feed, changed().collect()).new, []);
    assert_eq!(home.fetched(feed, entries(6)).new, [], "and back again");
    assert_eq!(home.fetched(feed, changed().collect()).new, []);
    let tree = home.reader().tree(now()).expect("a tree");
    assert_eq!((tree.unread, tree.total), (5, 6));
    home.check();
}

#[test]
fn entries_side_by_side_that_share_a_link_are_two_articles() {
    let home = Home::new();
    let feed = home.subscribe("https://status.example/feed", "");
    let shared = |n| NewEntry {
        url: Some("https://status.example/history".into()),
        ..entry(n)
    };
    assert_eq!(home.fetched(feed, vec![shared(1), shared(2)]).new.len(), 2);
    assert_eq!(
        home.fetched(feed, vec![shared(3), shared(1), shared(2)])
            .new
            .len(),
        1
    );
}

#[test]
fn a_front_page_as_link_makes_no_twins() {
    let home = Home::new();
    let one = home.subscribe("https://a.example/feed", "");
    let two = home.subscribe("https://b.example/feed", "");
    let front = |n: usize| NewEntry {
        url: Some("https://agency.example/".into()),
        ..entry(n)
    };
    assert_eq!(home.fetched(one, vec![front(1)]).new.len(), 1);
    assert_eq!(home.fetched(two, vec![front(2)]).new.len(), 1);
}

#[test]
fn a_changed_text_stays_read_and_is_found_anew() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let id = home.fetched(feed, vec![entry(1)]).new[0].article;
    home.mark(What::Read(true), &[id]);
    let corrected = NewEntry {
        title: "Headline corrected".into(),
        body: Some(text("The bridge was meant.")),
        entities: people(&["Graham Fagg"]),
        ..entry(1)
    };
    let stored = home.fetched(feed, vec![corrected]);
    assert_eq!((stored.new.len(), stored.updated.len()), (0, 1));
    home.settle();
    let article = home.reader().article(id, None).expect("it").expect("it");
    assert!(!article.row.unread);
    assert_eq!(article.row.title, "Headline corrected");
    let found = |words: &str| {
        let query =
            newsdesk::query::parse(words, now(), &jiff::tz::TimeZone::UTC).expect("a query");
        home.reader().ids(&query, now()).expect("ids").len()
    };
    assert_eq!(
        (
            found("bridge"),
            found("tunnel"),
            found("entity:\"graham fagg\"")
        ),
        (1, 0, 1)
    );
    home.check();
}

#[test]
fn an_emptied_feed_replaces_nothing() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let id = home.fetched(feed, vec![entry(1)]).new[0].article;
    let hollow = NewEntry {
        body: Some(newsdesk::model::article::Body::default()),
        ..entry(1)
    };
    home.fetched(feed, vec![hollow]);
    home.fetched(feed, Vec::new());
    let article = home.reader().article(id, None).expect("it").expect("it");
    assert_eq!(article.body.document.word_count(), 9);
}

#[test]
fn an_entry_without_a_title_gets_its_first_words() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let untitled = NewEntry {
        title: " \u{1b}[31m ".replace("[31m", ""),
        ..entry(7)
    };
    let bare = NewEntry {
        title: String::new(),
        body: None,
        ..entry(8)
    };
    let ids: Vec<_> = home
        .fetched(feed, vec![untitled, bare])
        .new
        .iter()
        .map(|entry| entry.article)
        .collect();
    let rows = home.reader().rows(&ids).expect("rows");
    assert_eq!(rows[0].title, "The text of story 7 tells of the tunnel.");
    assert_eq!(rows[1].title, "https://paper.example/story/8");
}

#[test]
fn a_page_replaces_the_feeds_teaser_unless_it_holds_less() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let wanting = |n| NewEntry {
        wants_page: true,
        ..entry(n)
    };
    let stored = home.fetched(feed, vec![wanting(1), wanting(2)]);
    assert_eq!(home.reader().pages_wanted(10).expect("pages").len(), 2);
    let page = |index: usize, words: &str| {
        let page = NewPage {
            article: stored.new[index].article,
            at: later(1),
            metadata: Metadata {
                authors: vec!["Ann Author".into()],
                ..Metadata::default()
            },
            body: text(words),
            entities: people(&["Philippe Cozette"]),
            raw: None,
            parts: Vec::new(),
        };
        wait(|reply| home.library.writer().store_page(page, reply)).expect("a page");
    };
    page(0, &"Many words about the tunnel under the sea. ".repeat(20));
    page(1, "Subscribe now.");
    let reader = home.reader();
    let article = |index: usize, source| {
        let id = stored.new[index].article;
        reader.article(id, source).expect("it").expect("it")
    };
    assert_eq!(article(0, None).body.source, BodySource::Page);
    assert_eq!(article(0, None).row.authors, ["Ann Author"]);
    assert_eq!(article(0, None).entities.entities.len(), 1);
    assert_eq!(
        article(0, Some(BodySource::Feed)).body.source,
        BodySource::Feed
    );
    assert_eq!(article(1, None).body.source, BodySource::Feed);
    assert!(reader.pages_wanted(10).expect("pages").is_empty());
    assert_eq!(reader.names(None, "", 10).expect("names")[0].articles, 1);
    home.check();
}

#[test]
fn a_page_that_failed_says_why_and_may_be_tried_again() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let wanting = NewEntry {
        wants_page: true,
        ..entry(1)
    };
    let id = home.fetched(feed, vec![wanting]).new[0].article;
    let failed = |retry| {
        let remark = "feed text only: 403 from the site".to_owned();
        wait(|reply| home.library.writer().page_failed(id, remark, retry, reply)).expect("noted");
    };
    failed(true);
    assert_eq!(home.reader().pages_wanted(10).expect("pages").len(), 1);
    failed(false);
    assert!(home.reader().pages_wanted(10).expect("pages").is_empty());
    let article = home.reader().article(id, None).expect("it").expect("it");
    assert_eq!(
        article.body.remark.as_deref(),
        Some("feed text only: 403 from the site")
    );
}

#[test]
fn a_saved_page_is_kept_once() {
    let home = Home::new();
    let save = |words: &str| {
        let page = SavedPage {
            url: "https://paper.example/long-read".into(),
            at: now(),
            metadata: Metadata {
                title: Some("A long read".into()),
                ..Metadata::default()
            },
            body: text(words),
            entities: people(&[]),
            raw: Some(newsdesk::store::Raw {
                url: "https://paper.example/long-read".into(),
                content_type: Some("text/html".into()),
                bytes: b"<p>raw</p>".to_vec(),
            }),
            parts: Vec::new(),
        };
        wait(|reply| home.library.writer().store_article(page, reply)).expect("an article")
    };
    let id = save("First words.");
    assert_eq!(save("Better words, more of them."), id);
    let reader = home.reader();
    let article = reader.article(id, None).expect("it").expect("it");
    assert_eq!(
        article.body.document.plain_text(),
        "Better words, more of them."
    );
    assert_eq!(article.row.feed, None);
    assert_eq!(
        reader.raw_page(id).expect("raw").expect("raw").bytes,
        b"<p>raw</p>"
    );
    home.check();
}

#[test]
fn a_failed_reload_keeps_validators_and_articles() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let validators = newsdesk::model::feed::Validators {
        etag: Some("W/\"abc\"".into()),
        ..Default::default()
    };
    let send = |result| {
        let outcome = FeedOutcome {
            feed,
            at: now(),
            next_poll: None,
            result,
        };
        wait(|reply| home.library.writer().store_feed(outcome, reply)).expect("stored")
    };
    send(FeedResult::Updated(Box::new(FeedUpdate {
        validators: validators.clone(),
        entries: entries(2),
        ..FeedUpdate::default()
    })));
    send(FeedResult::Failed {
        error: "the site says \"not found\"".into(),
        hint: None,
        suggested_url: None,
    });
    let source = home
        .reader()
        .feed_sources(None, now())
        .expect("sources")
        .remove(0);
    assert_eq!(source.validators, Some(validators));
    assert_eq!(source.health.failures, 1);
    assert_eq!(source.health.next_poll, None, "never again by itself");
    assert_eq!(home.reader().due_feeds(later(100_000)).expect("due"), []);
    send(FeedResult::Unchanged { validators: None });
    let source = home
        .reader()
        .feed_sources(None, now())
        .expect("sources")
        .remove(0);
    assert_eq!(
        (source.health.failures, source.health.last_error),
        (0, None)
    );
}

#[test]
fn a_permanent_move_is_taken_over_and_keeps_its_articles() {
    let home = Home::new();
    let feed = home.subscribe("https://old.example/feed", "");
    let outcome = FeedOutcome {
        feed,
        at: now(),
        next_poll: Some(later(60)),
        result: FeedResult::Updated(Box::new(FeedUpdate {
            new_url: Some("https://new.example/feed".into()),
            entries: entries(1),
            ..FeedUpdate::default()
        })),
    };
    wait(|reply| home.library.writer().store_feed(outcome, reply)).expect("stored");
    let feed = home
        .reader()
        .feed(feed, now())
        .expect("a feed")
        .expect("a feed");
    assert_eq!(
        (feed.url.as_str(), feed.total),
        ("https://new.example/feed", 1)
    );
    // The list of subscriptions is written after the answer; what comes next in its lane comes after that.
    wait(|reply| {
        home.library
            .writer()
            .remember("x".into(), "y".into(), reply);
    })
    .expect("kept");
    let opml = std::fs::read_to_string(home.paths.opml()).expect("opml");
    assert!(opml.contains("https://new.example/feed"));
}

#[test]
fn times_before_1970_and_after_now_have_their_place() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let dated = |n, date: &str| NewEntry {
        published: Some(date.parse().expect("a time")),
        ..entry(n)
    };
    let stored = home.fetched(
        feed,
        vec![
            dated(1, "1953-05-29T11:30:00Z"),
            dated(2, "9999-01-01T00:00:00Z"),
            dated(3, "0001-01-01T00:00:00Z"),
            dated(4, "1990-12-01T12:00:00Z"),
        ],
    );
    home.settle();
    let id = |n: usize| stored.new[n - 1].article;
    let find = |text: &str| {
        let query = newsdesk::query::parse(text, now(), &jiff::tz::TimeZone::UTC).expect("a query");
        home.reader().ids(&query, now()).expect("ids")
    };
    assert_eq!(find(""), [id(2), id(4), id(1), id(3)]);
    assert_eq!(find("tunnel"), [id(2), id(4), id(1), id(3)]);
    assert_eq!(find("tunnel before:1960-01-01"), [id(1), id(3)]);
    home.check();
}

#[test]
fn an_entry_that_comes_without_its_known_text_changes_nothing() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    let id = home.fetched(feed, vec![entry(1)]).new[0].article;
    let bare = NewEntry {
        body: None,
        ..entry(1)
    };
    assert_eq!(home.fetched(feed, vec![bare.clone()]).updated, []);
    let renamed = NewEntry {
        title: "Another headline".into(),
        ..bare
    };
    assert_eq!(home.fetched(feed, vec![renamed.clone()]).updated.len(), 1);
    assert_eq!(home.fetched(feed, vec![renamed]).updated, []);
    let article = home.reader().article(id, None).expect("it").expect("it");
    assert_eq!(article.row.title, "Another headline");
    assert_eq!(article.body.document.word_count(), 9);
}
