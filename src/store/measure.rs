//! How fast names are in a big library. Not part of the usual run:
//!
//! ```text
//! cargo test --release --lib store::measure -- --ignored --nocapture
//! ```
//!
//! 200,000 articles in 200 feeds, 12 names each out of 60,000, the most frequent one in a third of the articles. Each
//! line is the median of five runs, on a connection of its own as readers have.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::bring::NameIds;
use super::document::{self, Stored};
use super::list::{self, Reading};
use super::prepare::Name;
use super::{bring, decision, feeds, name_page, names, operation, schema};
use crate::model::article::{Body, BodySource};
use crate::model::change::NameKey;
use crate::model::entity::ArticleEntity;
use crate::model::list::{Anchor, OpenList};
use crate::model::{
    ArticleEntities, Block, Change, Document, EntityKind, Mention, Scope, Text, TextId, What,
};
use crate::query;

const ARTICLES: i64 = 200_000;

fn person(n: i64) -> NameKey {
    NameKey {
        name: format!("Person Number {n}"),
        kind: EntityKind::Person,
    }
}

/// A text of about 600 words with a name in its middle.
fn blob() -> document::Packed {
    let filler = "The ministers met on the river and spoke of water, bread and the price of both. "
        .repeat(20);
    let words = format!("{filler}Then Person Number 0 rose and spoke. {filler}");
    let at = words.find("Person Number 0").expect("it is there");
    let entities = ArticleEntities {
        entities: vec![ArticleEntity {
            name: "Person Number 0".into(),
            kind: EntityKind::Person,
            role: None,
            count: 1,
            salience: 0.5,
        }],
        mentions: vec![Mention {
            entity: 0,
            text: TextId(1),
            range: at..at + 15,
            kind: EntityKind::Person,
            confidence: 1.0,
        }],
        language_known: true,
    };
    let body = Body {
        source: BodySource::Feed,
        document: Document {
            lang: Some("en".into()),
            blocks: vec![
                Block::Paragraph {
                    text: Text::plain(words),
                },
                Block::Paragraph {
                    text: Text::plain(filler),
                },
            ],
        },
        ..Body::default()
    };
    document::pack(&Stored { body, entities }, None).expect("packed")
}

/// Makes the library with plain SQL: through the writer it would take minutes.
fn fill(conn: &Connection) {
    use rusqlite::config::DbConfig;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
        .expect("no triggers");
    conn.execute_batch(&format!(
        "PRAGMA foreign_keys = OFF; BEGIN;
         CREATE TEMP TABLE g (value INTEGER PRIMARY KEY);
         WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {ARTICLES})
             INSERT INTO g SELECT value FROM n;
         INSERT INTO feeds (id, url, url_key, own_title, added)
             SELECT value, 'https://' || value, value, 'Feed ' || value, 0 FROM g WHERE value <= 200;
         INSERT INTO articles (id, sort_key, read, feed_id, first_seen, title, title_fold, shown, has_text, url, site)
             SELECT value, (1600000000 + value * 900) << 20 | value, value % 3 = 0, 1 + value % 200, 0,
                    'Headline number ' || value || ' of the great many', 'headline', 1, 1,
                    'https://paper.example/2026/11/a-story-with-a-long-address-' || value, 'paper.example' FROM g;
         INSERT INTO entries (feed_id, guid, article_id, sort_key, unread)
             SELECT feed_id, id, id, sort_key, 1 - read FROM articles;
         INSERT INTO entities (id, name, fold, kind)
             SELECT value, 'Person Number ' || (value - 1), 'person number ' || (value - 1), 0 FROM g WHERE value <= 60000;
         INSERT OR IGNORE INTO article_entities (entity_id, sort_key, article_id, count, salience)
             SELECT 1 + CAST(60000 * u * u * u AS INTEGER), sort_key, id, 2, 0.5 FROM
                 (SELECT a.sort_key, a.id, ((a.id * 2654435761 + j.value * 40503973) % 1000003) / 1000003.0 AS u
                  FROM g j CROSS JOIN articles a WHERE j.value <= 12) ORDER BY 1, 2;
         UPDATE entities SET (articles, mentions) =
             (SELECT count(*), coalesce(sum(x.count), 0) FROM article_entities x WHERE x.entity_id = entities.id);
         INSERT INTO counts (feed_id, unread, total) SELECT feed_id, sum(unread), count(*) FROM entries GROUP BY 1;
         UPDATE counts SET (unread, total) = (SELECT sum(1 - read), count(*) FROM articles) WHERE feed_id = 0;
         COMMIT;"
    ))
    .expect("a big library");
    let packed = blob();
    conn.execute_batch("BEGIN").expect("begun");
    for article in 1..=ARTICLES {
        document::write(conn, article, &packed).expect("written");
    }
    conn.execute_batch("COMMIT; PRAGMA foreign_keys = ON")
        .expect("committed");
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)
        .expect("triggers");
}

fn timed<T>(what: &str, mut run: impl FnMut() -> T) -> T {
    let mut times = Vec::new();
    let mut last = run();
    for _ in 0..5 {
        let begun = Instant::now();
        last = run();
        times.push(begun.elapsed());
    }
    times.sort();
    say(what, times[2]);
    last
}

fn once<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = run();
    say(what, begun.elapsed());
    result
}

fn say(what: &str, time: Duration) {
    println!("{:9.2} ms  {what}", time.as_secs_f64() * 1_000.0);
}

fn list_of(words: &str) -> OpenList {
    let query = query::parse(words, now(), &TimeZone::UTC).expect("a query");
    list::of_query(&query)
}

fn now() -> jiff::Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

#[test]
#[ignore = "measures; takes a minute"]
fn names_in_a_big_library() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("library.db");
    let mut conn = schema::connect(&path, schema::Mode::Write).expect("a file");
    schema::prepare_new(&conn).expect("prepared");
    schema::use_wal(&conn).expect("a log");
    schema::add_functions(&conn).expect("functions");
    schema::migrate(&mut conn, &path, schema::MIGRATIONS, dir.path(), now()).expect("a schema");
    once("making 200,000 articles", || fill(&conn));
    let reader = schema::connect(&path, schema::Mode::Read).expect("a reader");
    schema::add_functions(&reader).expect("functions");
    let mut dictionaries = document::Dictionaries::default();
    let page = |words: &str| {
        let list = list_of(words);
        let reading = Reading::new(&reader, &list, now()).expect("a list");
        list::page(&reading, Anchor::Top, 60).expect("a page").ids
    };
    let change = |what: What| {
        let change = Change {
            what,
            scope: Scope::None,
            undoable: true,
        };
        let tx = conn.unchecked_transaction().expect("begun");
        let done = operation::make(&tx, change, now()).expect("done");
        tx.commit().expect("committed");
        done.written.words
    };

    for n in [0, 100, 50_000] {
        let articles = names::find(&reader, &person(n).name, None)
            .expect("names")
            .expect("it")
            .articles;
        let words = format!("entity:\"Person Number {n}\"");
        let ids = timed(
            &format!("first page of a name in {articles} articles"),
            || page(&words),
        );
        timed("  its sentences for 20 rows", || {
            name_page::snippets(
                &reader,
                &mut dictionaries,
                &person(n),
                &ids[..ids.len().min(20)],
            )
            .expect("sentences")
        });
        timed("  its whole page", || {
            name_page::read(&reader, &mut dictionaries, &person(n)).expect("a page")
        });
    }
    timed("the 2,000 most frequent names", || {
        names::list(&reader, None, "", 2_000).expect("names")
    });
    timed("names by part of the name", || {
        names::list(&reader, None, "ber 4321", 2_000).expect("names")
    });

    for n in 1..=20 {
        change(What::Follow(person(n * 50), true));
    }
    println!("--- 20 names followed");
    timed("the first page of followed names", || page("is:followed"));
    timed("numbers of all followed names", || {
        (
            names::decided(&reader).expect("names"),
            names::unread_of_followed(&reader).expect("a count"),
        )
    });
    timed("the feed list's feeds, for scale", || {
        feeds::all(&reader, false, now()).expect("feeds")
    });

    let words = once("muting a name in a quarter of the articles", || {
        change(What::Mute(person(0), true))
    });
    println!("            {words}");
    timed("first page of all unread then", || page("is:unread"));
    timed("counting what is hidden in all unread", || {
        let list = list_of("is:unread");
        Reading::new(&reader, &list, now())
            .expect("a list")
            .muted()
            .expect("a count")
    });
    timed("first page of what is hidden", || page("is:muted"));
    let undo = || {
        let tx = conn.unchecked_transaction().expect("begun");
        operation::undo(&tx, None, now()).expect("undone");
        tx.commit().expect("committed");
    };
    once("unmuting it", undo);
    let merge = |from, into| change(What::MergeName { from, into });
    for n in [0, 100, 5_000] {
        let words = once("merging", || merge(person(n), person(n + 1)));
        println!("            {words}");
        timed("  first page then", || {
            page(&format!("entity:\"Person Number {n}\""))
        });
        once("  taking it back", undo);
    }
    let brought: Vec<Name> = (0..12)
        .map(|n| Name {
            name: person(n * 400).name,
            fold: person(n * 400).name.to_lowercase(),
            kind: 0,
            count: 1,
            salience: 0.5,
        })
        .collect();
    let mut ids = NameIds::default();
    timed("writing the 12 names of 100 articles", || {
        let tx = conn.unchecked_transaction().expect("begun");
        for article in 1..=100 {
            bring::write_names(&tx, &mut ids, article, &brought).expect("written");
        }
        tx.commit().expect("committed");
    });
    let key = decision::Key::new("Person Number 7", EntityKind::Person);
    timed("settling what a name is", || {
        decision::canonical(&reader, &key).expect("a name")
    });
}
