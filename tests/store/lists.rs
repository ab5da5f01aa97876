//! Pages, totals and what queries find.

use jiff::tz::TimeZone;
use newsdesk::model::list::{Anchor, OpenList};
use newsdesk::model::query::{Expr, Is, Sort, Term};
use newsdesk::model::{ArticleId, ArticleRow, Query, Scope, Seq, What};
use newsdesk::query;
use newsdesk::store::NewEntry;
use newsdesk::text::fold::fold;

use crate::support::{Home, entries, entry, later, now, people, text};

fn parsed(words: &str) -> Query {
    query::parse(words, now(), &TimeZone::UTC).expect("a query")
}

fn found(home: &Home, words: &str) -> Vec<ArticleId> {
    home.reader().ids(&parsed(words), now()).expect("ids")
}

/// Three feeds of forty articles with titles, lengths and times that collide, some read, starred and tagged.
fn varied() -> (Home, Vec<ArticleId>) {
    let home = Home::new();
    let mut ids = Vec::new();
    for (f, folder) in ["World", "World/Europe", ""].into_iter().enumerate() {
        let feed = home.subscribe(&format!("https://feed{f}.example/rss"), folder);
        let entries = (0..40).map(|n| NewEntry {
            guid: Some(format!("{f}-{n}")),
            url: Some(format!("https://feed{f}.example/{n}")),
            title: format!("{} tunnel {}", ["Émile", "apple", "Zebra"][n % 3], n % 7),
            published: Some(later(-((n % 11) as i64) * 60)),
            body: Some(text(
                &"word tunnel sea bridge ".repeat(1 + (n * 37 + f) % 400),
            )),
            ..NewEntry::default()
        });
        let stored = home.fetched(feed, entries.collect());
        ids.extend(stored.new.iter().map(|entry| entry.article));
    }
    for (n, id) in ids.iter().enumerate() {
        if n % 3 == 0 {
            home.mark(What::Read(true), &[*id]);
        }
        if n % 5 == 0 {
            home.mark(What::Star(true), &[*id]);
        }
        if n % 4 == 0 {
            home.mark(What::Tag("history".into()), &[*id]);
        }
    }
    home.settle();
    (home, ids)
}

/// Reads a list whole in pages of `size`, downwards and upwards, and row by row around each row: all must agree.
fn paged(home: &Home, list: &OpenList, size: usize) -> Vec<ArticleRow> {
    let reader = home.reader();
    let page = |anchor, size| reader.page(list, anchor, size, now()).expect("a page");
    let mut down: Vec<ArticleRow> = Vec::new();
    let mut anchor = Anchor::Top;
    loop {
        let part = page(anchor, size);
        assert_eq!(part.at_top, down.is_empty(), "top of {list:?}");
        let ends = part.at_bottom;
        down.extend(part.rows);
        let Some(last) = down.last().filter(|_| !ends) else {
            break;
        };
        anchor = Anchor::After(last.id);
    }
    let mut up: Vec<ArticleRow> = Vec::new();
    let mut anchor = Anchor::Bottom;
    loop {
        let mut part = page(anchor, size);
        assert_eq!(part.at_bottom, up.is_empty(), "bottom of {list:?}");
        let ends = part.at_top;
        part.rows.append(&mut up);
        up = part.rows;
        let Some(first) = up.first().filter(|_| !ends) else {
            break;
        };
        anchor = Anchor::Before(first.id);
    }
    assert_eq!(ids_of(&down), ids_of(&up), "down and up of {list:?}");
    for (at, row) in down.iter().enumerate().step_by(7) {
        let around = page(Anchor::Around(row.id), size);
        let start = down
            .iter()
            .position(|other| other.id == around.rows[0].id)
            .expect("in the list");
        let end = start + around.rows.len();
        assert!(start <= at && at < end, "around {at} of {list:?}");
        assert_eq!(ids_of(&around.rows), ids_of(&down[start..end]));
        assert_eq!(
            (around.at_top, around.at_bottom),
            (start == 0, end == down.len())
        );
        assert_eq!(around.rows.len(), size.min(down.len()));
        let totals = reader.totals(list, Some(row.id), now()).expect("totals");
        assert_eq!(totals.above, at as u64, "rows above {at} of {list:?}");
        assert_eq!(totals.rows, down.len() as u64, "rows of {list:?}");
        let unread = down.iter().filter(|row| row.unread).count() as u64;
        assert_eq!(totals.unread, unread, "unread of {list:?}");
    }
    down
}

fn ids_of(rows: &[ArticleRow]) -> Vec<ArticleId> {
    rows.iter().map(|row| row.id).collect()
}

const QUERIES: [&str; 12] = [
    "",
    "is:unread",
    "is:starred",
    "tag:history",
    "tunnel",
    "tunnel is:unread -tag:history",
    "title:apple OR title:zebra",
    "folder:world",
    "folder:World/Europe is:unread",
    "feed:\"feed 1\"",
    "feed:\"feed 2\" is:unread sea",
    "minutes:>2 -is:starred",
];

#[test]
fn pages_put_together_are_the_whole_list_in_every_order() {
    let (home, _) = varied();
    for words in QUERIES {
        for sort in [
            Sort::Date,
            Sort::Feed,
            Sort::Title,
            Sort::Length,
            Sort::Relevance,
            Sort::Read,
        ] {
            for reverse in [false, true] {
                let list = OpenList {
                    query: parsed(words),
                    sort,
                    reverse,
                    ..OpenList::default()
                };
                let rows = paged(&home, &list, 17);
                let mut expect = rows.clone();
                expect.sort_by(|a, b| {
                    let newest = b.sort_key.cmp(&a.sort_key);
                    let order = match sort {
                        Sort::Date => newest,
                        Sort::Feed => a.feed_title.cmp(&b.feed_title).then(newest),
                        Sort::Title => fold(&a.title).cmp(&fold(&b.title)).then(newest),
                        Sort::Length => a.minutes.cmp(&b.minutes).then(newest),
                        Sort::Relevance | Sort::Read => std::cmp::Ordering::Equal,
                    };
                    if reverse { order.reverse() } else { order }
                });
                assert_eq!(
                    ids_of(&rows),
                    ids_of(&expect),
                    "{words:?} by {sort:?}, reverse {reverse}"
                );
            }
        }
    }
}

#[test]
fn a_small_folder_of_a_big_library_pages_alike() {
    let (home, _) = varied();
    let mut tiny = Vec::new();
    for name in ["one", "two"] {
        let feed = home.subscribe(&format!("https://{name}.example/rss"), "Tiny");
        // The second feed carries the same stories: each stands in the folder once.
        let stored = home.fetched(feed, (900..906).map(entry).collect());
        tiny.extend(stored.new.iter().map(|entry| entry.article));
    }
    home.mark(What::Read(true), &tiny[..2]);
    for (words, expect) in [
        ("folder:tiny", 6),
        ("folder:tiny is:unread", 4),
        ("folder:tiny -is:unread", 2),
        ("folder:nowhere", 0),
    ] {
        for sort in [Sort::Date, Sort::Title] {
            let list = OpenList {
                query: parsed(words),
                sort,
                ..OpenList::default()
            };
            let rows = if expect == 0 {
                home.reader()
                    .page(&list, Anchor::Top, 9, now())
                    .expect("a page")
                    .rows
            } else {
                paged(&home, &list, 4)
            };
            assert_eq!(rows.len(), expect, "{words}");
        }
    }
}

#[test]
fn queries_find_just_what_they_say() {
    let (home, ids) = varied();
    let rows = home.reader().rows(&ids).expect("rows");
    let count = |fits: &dyn Fn(&ArticleRow) -> bool| rows.iter().filter(|row| fits(row)).count();
    let world = |row: &ArticleRow| row.feed_title != "Feed 3";
    let tagged = |row: &ArticleRow| !row.tags.is_empty();
    let cases: [(&str, usize); 16] = [
        ("is:unread", count(&|row| row.unread)),
        ("is:read", count(&|row| !row.unread)),
        (
            "is:unread tunnel -tag:history",
            count(&|row| row.unread && !tagged(row)),
        ),
        (
            "folder:world is:starred",
            count(&|row| world(row) && row.starred),
        ),
        ("-folder:world", count(&|row| !world(row))),
        ("minutes:>2", count(&|row| row.minutes > 2)),
        (
            "title:\"emile tunnel\"",
            count(&|row| row.title.starts_with('É')),
        ),
        ("\"sea bridge\"", 120),
        ("\"bridge sea\"", 0),
        ("site:example", 120),
        ("site:feed1.example", 40),
        ("is:offline", 0),
        ("is:later OR has:image", 0),
        ("newer:5h", count(&|row| row.published >= Some(later(-300)))),
        ("before:2026-11-23", 0),
        ("-tunnel", 0),
    ];
    for (words, expect) in cases {
        assert_eq!(found(&home, words).len(), expect, "{words}");
        let counted = home.reader().count(&parsed(words), now()).expect("a count");
        assert_eq!(counted, expect as u64, "counted: {words}");
    }
    home.check();
}

#[test]
fn what_changes_stays_in_the_open_list_and_newcomers_wait() {
    let (home, _) = varied();
    let feed = home.reader().feeds(false, now()).expect("feeds")[0].id;
    let mut list = OpenList {
        query: Query::term(Term::FeedId(feed)).and(Query::term(Term::Is(Is::Unread))),
        ..OpenList::default()
    };
    let page = home
        .reader()
        .page(&list, Anchor::Top, 200, now())
        .expect("a page");
    list.opened_seq = page.seq;
    let before = ids_of(&page.rows);
    let written = home.mark(What::Read(true), &before[3..9]);
    list.sticky = written.ids;
    home.fetched(feed, (500..505).map(entry).collect());
    assert_eq!(ids_of(&paged(&home, &list, 5)), before);
    let totals = home.reader().totals(&list, None, now()).expect("totals");
    assert_eq!((totals.rows, totals.waiting), (before.len() as u64, 5));
    assert_eq!(totals.unread, before.len() as u64 - 6);
}

#[test]
fn sticky_rows_keep_their_place_in_every_order() {
    let (home, ids) = varied();
    for words in ["is:unread", "tunnel is:unread", "tag:history is:unread"] {
        for sort in [Sort::Date, Sort::Title, Sort::Relevance, Sort::Length] {
            let list = OpenList {
                query: parsed(words),
                sort,
                sticky: ids.iter().copied().step_by(9).collect(),
                opened_seq: Some(Seq(100)),
                ..OpenList::default()
            };
            let rows = paged(&home, &list, 13);
            assert!(
                ids.iter()
                    .step_by(9)
                    .all(|id| rows.iter().any(|row| row.id == *id))
            );
        }
    }
}

#[test]
fn an_anchor_that_left_the_list_still_has_its_place() {
    let (home, _) = varied();
    let list = OpenList {
        query: parsed("is:unread"),
        ..OpenList::default()
    };
    let reader = home.reader();
    let before = ids_of(
        &reader
            .page(&list, Anchor::Top, 300, now())
            .expect("a page")
            .rows,
    );
    home.mark(What::Read(true), &[before[10]]);
    let page = |anchor| reader.page(&list, anchor, 5, now()).expect("a page");
    assert_eq!(
        ids_of(&page(Anchor::After(before[10])).rows),
        before[11..16]
    );
    assert_eq!(
        ids_of(&page(Anchor::Before(before[10])).rows),
        before[5..10]
    );
    assert_eq!(ids_of(&page(Anchor::Around(before[10])).rows), before[0..5]);
    assert_eq!(
        ids_of(&page(Anchor::After(ArticleId(9_999))).rows),
        before[0..5]
    );
}

#[test]
fn the_next_unread_goes_over_feeds() {
    let home = Home::new();
    let one = home.subscribe("https://a.example/rss", "");
    let two = home.subscribe("https://b.example/rss", "Zoo");
    let first: Vec<_> = home
        .fetched(one, entries(3))
        .new
        .iter()
        .map(|entry| entry.article)
        .collect();
    let second = home.fetched(two, vec![entry(10)]).new[0].article;
    let list = OpenList {
        query: Query::term(Term::FeedId(one)),
        ..OpenList::default()
    };
    let next = |from, back| {
        home.reader()
            .next_unread(&list, from, back, now())
            .expect("an answer")
    };
    assert_eq!(next(None, false), Some((first[0], None)));
    assert_eq!(next(Some(first[0]), false), Some((first[1], None)));
    assert_eq!(next(Some(first[2]), false), Some((second, Some(two))));
    assert_eq!(next(Some(first[0]), true), Some((second, Some(two))));
    home.mark(What::Read(true), &[second, first[1]]);
    assert_eq!(
        next(Some(first[2]), false),
        Some((first[0], None)),
        "round again"
    );
    home.mark(What::Read(true), &first);
    assert_eq!(next(Some(first[0]), false), None);
}

#[test]
fn mark_all_takes_the_list_as_opened_and_never_the_waiting() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    home.fetched(feed, entries(20));
    let opened = home.reader().seq().expect("seq");
    home.fetched(feed, (20..25).map(entry).collect());
    let written = home.change(
        What::Read(true),
        Scope::List {
            query: Query::term(Term::FeedId(feed)),
            opened_seq: opened,
        },
    );
    assert_eq!(
        (written.changed, written.words.as_str()),
        (20, "20 marked read")
    );
    assert_eq!(home.reader().tree(now()).expect("a tree").unread, 5);
}

#[test]
fn above_and_below_leave_the_row_itself() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let ids: Vec<_> = home
        .fetched(feed, entries(9))
        .new
        .iter()
        .map(|entry| entry.article)
        .collect();
    let beside = |above| Scope::Beside {
        list: Box::new(OpenList {
            query: Query::term(Term::FeedId(feed)),
            ..OpenList::default()
        }),
        id: ids[4],
        above,
    };
    let mut above = ids[..4].to_vec();
    above.sort_unstable();
    assert_eq!(home.change(What::Read(true), beside(true)).ids, above);
    assert_eq!(home.change(What::Star(true), beside(false)).changed, 4);
}

#[test]
fn a_name_finds_its_articles_in_any_writing() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let with = |n, names: &[&str]| NewEntry {
        entities: people(names),
        ..entry(n)
    };
    home.fetched(
        feed,
        vec![
            with(1, &["Recep Tayyip Erdoğan", "Ban Ki-moon"]),
            with(2, &["Recep Tayyip Erdoğan"]),
            with(3, &["Recep Tayyip Erdoğan", "recep tayyip erdogan"]),
        ],
    );
    assert_eq!(found(&home, "entity:\"recep tayyip erdogan\"").len(), 3);
    assert_eq!(found(&home, "entity:\"BAN KI-MOON\"").len(), 1);
    let name = home
        .reader()
        .name("RECEP TAYYIP ERDOGAN", None)
        .expect("names")
        .expect("a name");
    assert_eq!(
        (name.articles, name.name.as_str()),
        (3, "Recep Tayyip Erdoğan")
    );
    assert_eq!(home.reader().names(None, "", 1).expect("names").len(), 1);
    home.check();
}

#[test]
fn words_are_found_across_scripts_and_writings() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let says = |n, words: &str| NewEntry {
        title: words.into(),
        body: None,
        ..entry(n)
    };
    home.fetched(
        feed,
        vec![
            says(1, "海底隧道今天贯通"),
            says(2, "서울과 도쿄가 회담을 재개한다"),
            says(3, "La Straße de l’Été"),
            says(4, "हिन्दी समाचार"),
            says(5, "co\u{ad}operation"),
        ],
    );
    home.settle();
    for (words, expect) in [
        ("隧道", 1),
        ("道", 1),
        ("通", 1),
        ("道隧", 0),
        ("서울", 1),
        ("회담", 1),
        ("strasse", 1),
        ("ete", 1),
        ("हिन्दी", 1),
        ("cooperation", 1),
    ] {
        assert_eq!(found(&home, words).len(), expect, "{words}");
    }
    let typing = query::parse_typing("coop", now(), &TimeZone::UTC).expect("a query");
    assert_eq!(home.reader().count(&typing, now()).expect("a count"), 1);
}

#[test]
fn hostile_words_are_words() {
    let (home, ids) = varied();
    let long = "x ".repeat(300);
    for words in [
        "\"",
        "'",
        "\"\"\"\"",
        "*",
        "tunnel*",
        "NEAR(a b)",
        "title:",
        "a NEAR b",
        "AND",
        "OR",
        "NOT",
        "{a b}:c",
        "^a",
        "a + b",
        "-",
        "--",
        "(",
        ")",
        "\0",
        "a\0b",
        "';DROP TABLE articles;--",
        "%",
        "_",
        "\\",
        "rowid:1",
        "海",
        "🚀",
        "\u{202e}",
        "a\"b\"c",
        "col:val",
        &long,
        "\"; --",
        "search MATCH 'a'",
        "😀*",
        "1e999",
        "NULL",
    ] {
        let term = |term| Query::term(term);
        for query in [
            term(Term::Word {
                text: words.into(),
                prefix: true,
            }),
            term(Term::Word {
                text: words.into(),
                prefix: false,
            }),
            term(Term::Phrase(words.into())),
            term(Term::Title(words.into())),
            term(Term::Author(words.into())),
            term(Term::Feed(words.into())),
            term(Term::Folder(words.into())),
            term(Term::Tag(words.into())),
            term(Term::Entity(words.into())),
            term(Term::Site(words.into())),
            term(Term::Lang(words.into())),
            Query {
                expr: Expr::Not(Box::new(Expr::Term(Term::Word {
                    text: words.into(),
                    prefix: true,
                }))),
                sort: None,
            },
        ] {
            let found = home.reader().ids(&query, now());
            assert!(found.is_ok(), "{words:?} as {query:?}: {found:?}");
        }
    }
    assert_eq!(found(&home, "").len(), ids.len());
}

#[test]
fn a_saved_search_has_its_numbers() {
    let (home, _) = varied();
    home.change(
        What::SaveSearch {
            name: "Stars".into(),
            query: "is:starred".into(),
        },
        Scope::None,
    );
    home.settle();
    let tree = home.reader().tree(now()).expect("a tree");
    let (_, name, words, unread, total) = tree.searches[0].clone();
    let starred = found(&home, "is:starred").len() as u64;
    let starred_unread = found(&home, "is:starred is:unread").len() as u64;
    assert_eq!(
        (name.as_str(), words.as_str(), unread, total),
        ("Stars", "is:starred", starred_unread, starred)
    );
    assert_eq!(
        (tree.starred, tree.folders),
        (starred, vec!["World".into(), "World/Europe".into()])
    );
}

#[test]
fn who_asked_hears_when_the_numbers_of_searches_have_changed() {
    let (home, ids) = varied();
    home.settle();
    let (sender, counted) = std::sync::mpsc::channel();
    home.library.writer().on_counted(move || {
        let _ = sender.send(());
    });
    let unread = || {
        let limit = std::time::Duration::from_secs(20);
        counted.recv_timeout(limit).expect("they are counted");
        home.reader().searches().expect("searches")[0].3
    };
    home.change(
        What::SaveSearch {
            name: "Unread".into(),
            query: "is:unread".into(),
        },
        Scope::None,
    );
    let before = unread();
    assert_eq!(before, found(&home, "is:unread").len() as u64);
    let some = found(&home, "is:unread");
    home.mark(What::Read(true), &some[..3]);
    assert_eq!(unread(), before - 3, "of {}", ids.len());
}
