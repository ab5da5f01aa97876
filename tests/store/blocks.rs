//! What the reader decides on blocks of an article, and texts that are looked at again.

use newsdesk::model::article::{BlockDecision, BodySource, Metadata};
use newsdesk::model::change::{BlockChoice, SiteEdit, SiteLine, SiteList};
use newsdesk::model::{ArticleId, Query, Scope, What};
use newsdesk::store::{Library, NewPage, Refreshed, wait};
use newsdesk::{entities, extract};

use crate::support::{Home, entries, entry, now, people, text};

fn fed(n: usize) -> (Home, Vec<ArticleId>) {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "World");
    let stored = home.fetched(feed, entries(n));
    let ids = stored.new.iter().map(|entry| entry.article).collect();
    (home, ids)
}

fn choose(blocks: &[(&str, Option<bool>)]) -> What {
    let choice = |(text, keep): &(&str, Option<bool>)| BlockChoice {
        text: (*text).into(),
        keep: *keep,
    };
    What::Blocks(blocks.iter().map(choice).collect())
}

fn decided(home: &Home, id: ArticleId) -> Vec<(String, bool)> {
    let decisions = home.reader().block_decisions(id).expect("decisions");
    decisions
        .into_iter()
        .map(|BlockDecision { text, keep }| (text, keep))
        .collect()
}

fn site_edit() -> SiteEdit {
    SiteEdit {
        host: "paper.example".into(),
        lines: vec![SiteLine {
            list: SiteList::StripText,
            text: "Read on".into(),
            on: true,
        }],
    }
}

/// The text is stored as this cleaner and tagger would have left it, or older ones.
fn stale(home: &Home) -> Vec<(ArticleId, BodySource)> {
    let reader = home.reader();
    reader
        .stale(extract::VERSION, entities::VERSION)
        .expect("the stale ones")
}

fn page(home: &Home, id: ArticleId, words: &str, cleaner: u32) {
    let mut body = text(words);
    body.source = BodySource::Page;
    body.cleaner = cleaner;
    let page = NewPage {
        article: id,
        at: now(),
        metadata: Metadata::default(),
        body,
        entities: people(&["Graham Fagg"]),
        raw: None,
        parts: Vec::new(),
    };
    wait(|reply| home.library.writer().store_page(page, reply)).expect("a page");
}

#[test]
fn decisions_are_kept_counted_undone_and_done_again() {
    let (home, ids) = fed(2);
    let both = choose(&[("Share this", Some(true)), ("Read on", Some(false))]);
    let written = home.mark(both, &ids[..1]);
    assert_eq!(written.words, "1 block put back, 1 removed");
    assert_eq!(written.recleans, ids[..1]);
    let expect = vec![
        ("Read on".to_owned(), false),
        ("Share this".to_owned(), true),
    ];
    assert_eq!(decided(&home, ids[0]), expect);
    assert_eq!(decided(&home, ids[1]), []);
    let article = home.reader().article(ids[0], None).expect("read");
    assert_eq!(article.expect("an article").decisions.len(), 2);

    let written = home.mark(choose(&[("Read on", None)]), &ids[..1]);
    assert_eq!(written.words, "1 block left to the cleaner again");
    let undone = home.undo();
    assert_eq!(undone.recleans, ids[..1]);
    assert_eq!(decided(&home, ids[0]), expect);
    assert!(home.undo().words.starts_with("undone: 1 block put back"));
    assert_eq!(decided(&home, ids[0]), []);
    home.redo();
    assert_eq!(decided(&home, ids[0]), expect);
    let again = choose(&[("Share this", Some(true))]);
    assert_eq!(home.mark(again, &ids[..1]).words, "nothing changed");
    let home = home.reopened();
    assert_eq!(decided(&home, ids[0]), expect);
    home.check();
}

#[test]
fn decisions_outlive_a_lost_library() {
    let (home, ids) = fed(3);
    home.mark(
        choose(&[("Share this", Some(true)), ("Read on", Some(false))]),
        &ids[1..2],
    );
    home.mark(choose(&[("Read on", None)]), &ids[1..2]);
    home.change(What::Site(site_edit()), Scope::None);
    let title = home.reader().rows(&ids[1..2]).expect("rows")[0]
        .title
        .clone();
    let Home {
        library,
        paths,
        dir,
    } = home;
    drop(library);
    std::fs::remove_file(paths.library()).expect("removed");
    for suffix in ["-wal", "-shm"] {
        let mut name = paths.library().into_os_string();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
    let library = Library::open(&paths, now()).expect("rebuilt");
    let home = Home {
        library,
        paths,
        dir,
    };
    let reader = home.reader();
    let back = reader.ids(&Query::default(), now()).expect("ids");
    let rows = reader.rows(&back).expect("rows");
    let row = rows
        .iter()
        .find(|row| row.title == title)
        .expect("it is back");
    assert_eq!(decided(&home, row.id), [("Share this".to_owned(), true)]);
    // Its text comes with the next reload, and is to be looked at with the decision in mind.
    let feed = home.subscribe("https://paper.example/feed", "World");
    let mut again = entries(3);
    for entry in &mut again {
        entry.body = entry.body.take().map(|mut body| {
            body.cleaner = extract::VERSION;
            body
        });
    }
    home.fetched(feed, again);
    assert_eq!(stale(&home), [(row.id, BodySource::Feed)]);
}

#[test]
fn a_rule_is_noted_and_an_undo_says_what_to_change_in_the_file() {
    let (home, _) = fed(1);
    let written = home.change(What::Site(site_edit()), Scope::None);
    assert_eq!(written.words, "on paper.example: 1 block removed");
    assert!(written.op.is_some() && written.sites.is_empty());
    assert_eq!(home.undo().sites, [site_edit().reversed()]);
    assert_eq!(home.redo().sites, [site_edit()]);
}

#[test]
fn only_texts_of_older_cleaners_and_taggers_are_stale_the_newest_first() {
    let (home, ids) = fed(3);
    // The support's texts say cleaner 0.
    let newest_first: Vec<_> = ids.iter().map(|id| (*id, BodySource::Feed)).collect();
    assert_eq!(stale(&home), newest_first);
    page(&home, ids[1], "The page of story one", extract::VERSION);
    page(&home, ids[2], "The page of story two", extract::VERSION - 1);
    let pages = |found: Vec<(ArticleId, BodySource)>| -> Vec<ArticleId> {
        let pages = found
            .into_iter()
            .filter(|(_, source)| *source == BodySource::Page);
        pages.map(|(id, _)| id).collect()
    };
    assert_eq!(pages(stale(&home)), [ids[2]]);
    let newer = |cleaner, tagger| pages(home.reader().stale(cleaner, tagger).expect("stale"));
    assert_eq!(newer(extract::VERSION, entities::VERSION + 1), ids[1..3]);
    assert_eq!(newer(extract::VERSION + 1, entities::VERSION), ids[1..3]);
    wait(|reply| home.library.writer().mark_stale(vec![ids[1]], reply)).expect("marked");
    assert_eq!(pages(stale(&home)), ids[1..3]);
}

#[test]
fn a_text_looked_at_again_keeps_marks_and_is_stored_only_where_it_did_not_change_meanwhile() {
    let (home, ids) = fed(2);
    let id = ids[0];
    page(&home, id, "An old cleaning of the tunnel", 0);
    home.mark(What::Star(true), &[id]);
    home.mark(What::Tag("kept".into()), &[id]);
    home.settle();
    let look = |words: &str| {
        let stored = home.reader().text(id, BodySource::Page).expect("read");
        let stored = stored.expect("a text");
        let mut body = stored.body;
        body.document = text(words).document;
        Refreshed {
            article: id,
            source: BodySource::Page,
            seal: stored.seal,
            text: Some((body, people(&["Philippe Cozette"]))),
            words_changed: true,
            facts: None,
            cleaner: extract::VERSION,
            tagger: entities::VERSION,
        }
    };
    let store = |one: Refreshed| {
        wait(|reply| home.library.writer().refreshed(vec![one], reply)).expect("stored")
    };
    let late = look("Too late");
    assert_eq!(store(look("A better cleaning of the bridge")), [id]);
    assert_eq!(store(late), [], "what changed meanwhile is left as it is");
    let article = home.reader().article(id, None).expect("read");
    let article = article.expect("an article");
    assert_eq!(
        article.body.document.plain_text(),
        "A better cleaning of the bridge"
    );
    assert!(article.row.starred && article.row.tags == ["kept"]);
    assert_eq!(article.entities.entities[0].name, "Philippe Cozette");
    assert!(!stale(&home).contains(&(id, BodySource::Page)));
    home.settle();
    let find = |words: &str| {
        let query =
            newsdesk::query::parse(words, now(), &jiff::tz::TimeZone::UTC).expect("a query");
        home.reader().count(&query, now()).expect("a count")
    };
    assert_eq!((find("bridge"), find("\"old cleaning\"")), (1, 0));
    home.check();
}

#[test]
fn a_sites_articles_are_those_of_its_host_and_below() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "World");
    let hosts = [
        "https://paper.example/1",
        "https://www.paper.example/2",
        "https://news.paper.example/3",
        "https://newspaper.example/4",
    ];
    let entries = hosts.iter().enumerate().map(|(n, url)| {
        let mut entry = entry(n);
        entry.url = Some((*url).to_owned());
        entry
    });
    let stored = home.fetched(feed, entries.collect());
    let ids: Vec<ArticleId> = stored.new.iter().map(|entry| entry.article).collect();
    assert_eq!(
        home.reader().of_site("www.paper.example").expect("ids"),
        ids[..3]
    );
    assert_eq!(
        home.reader().of_site("news.paper.example").expect("ids"),
        ids[2..3]
    );
}
