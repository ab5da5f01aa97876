//! Decisions on names: merges, renames, types, muted and followed ones, in old articles and new, and back again.

use newsdesk::model::change::NameKey;
use newsdesk::model::entity::ArticleEntity;
use newsdesk::model::list::OpenList;
use newsdesk::model::{
    ArticleEntities, ArticleId, EntityKind, FeedId, Mention, Query, Scope, TextId, What,
};
use newsdesk::query;
use newsdesk::store::{Library, NewEntry};
use proptest::prelude::*;

use crate::support::{Home, entry, now, people, text};

fn person(name: &str) -> NameKey {
    NameKey {
        name: name.into(),
        kind: EntityKind::Person,
    }
}

fn of(name: &str, kind: EntityKind) -> NameKey {
    NameKey {
        name: name.into(),
        kind,
    }
}

fn with(n: usize, names: &[&str]) -> NewEntry {
    NewEntry {
        entities: people(names),
        ..entry(n)
    }
}

fn merge(home: &Home, from: NameKey, into: NameKey) -> String {
    home.change(What::MergeName { from, into }, Scope::None)
        .words
}

fn count(home: &Home, words: &str) -> u64 {
    let query = query::parse(words, now(), &jiff::tz::TimeZone::UTC).expect("a query");
    home.reader().count(&query, now()).expect("a count")
}

/// What the cache says of names: name, type, articles, mentions, unread; and of the lists.
fn seen(home: &Home) -> String {
    let reader = home.reader();
    let names = reader.names(None, "", 100).expect("names");
    let mut names: Vec<String> = names
        .iter()
        .map(|row| {
            format!(
                "{} {:?} {} {} {} {} {}",
                row.name, row.kind, row.articles, row.mentions, row.followed, row.muted, row.unread
            )
        })
        .collect();
    names.sort();
    let tree = reader.tree(now()).expect("a tree");
    let shown = reader.ids(&Query::default(), now()).expect("ids");
    let articles: Vec<_> = shown
        .iter()
        .map(|id| reader.entities(*id).expect("names"))
        .collect();
    format!(
        "{names:#?} {} {} {} {} {shown:?} {articles:?}",
        tree.unread, tree.total, tree.following, tree.muted
    )
}

#[test]
fn a_merge_holds_in_old_articles_and_new_and_comes_apart() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(
        feed,
        vec![
            with(1, &["Graham Fagg", "Philippe Cozette"]),
            with(2, &["G. Fagg"]),
            with(3, &["Graham Fagg", "G. Fagg"]),
        ],
    );
    let before = seen(&home);
    let words = merge(&home, person("G. Fagg"), person("Graham Fagg"));
    assert_eq!(words, "merged G. Fagg into Graham Fagg: 2 articles");
    home.check();
    home.fetched(feed, vec![with(4, &["G. Fagg"])]);
    home.check();
    for name in ["g. fagg", "Graham Fagg"] {
        assert_eq!(count(&home, &format!("entity:\"{name}\"")), 4, "{name}");
    }
    let row = home
        .reader()
        .name("G. Fagg", None)
        .expect("names")
        .expect("it");
    assert_eq!(
        (row.name.as_str(), row.articles, row.mentions),
        ("Graham Fagg", 4, 5)
    );
    let both = home
        .reader()
        .entities(stored.new[2].article)
        .expect("names");
    assert_eq!(
        both.entities.len(),
        1,
        "one name in an article that has both"
    );
    assert_eq!(both.entities[0].count, 2);

    home.fetched(feed, vec![with(1, &["Graham Fagg"]), with(2, &["G. Fagg"])]);
    home.change(What::SplitName(person("G. Fagg")), Scope::None);
    home.check();
    assert_eq!(count(&home, "entity:\"G. Fagg\""), 3);
    assert_eq!(count(&home, "entity:\"Graham Fagg\""), 2);
    home.undo();
    home.check();
    assert_eq!(count(&home, "entity:\"G. Fagg\""), 4, "together again");
    home.undo();
    home.check();
    assert_eq!(count(&home, "entity:\"G. Fagg\""), 3);
    assert!(before.contains("G. Fagg Person 2"));
}

#[test]
fn a_rename_and_another_type_are_merges_too() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(
        feed,
        vec![with(1, &["Jordan River"]), with(2, &["Jordan River"])],
    );
    let id = stored.new[0].article;
    assert_eq!(
        merge(
            &home,
            person("Jordan River"),
            of("Jordan River", EntityKind::Place)
        ),
        "Jordan River is now a place: 2 articles"
    );
    let named = |home: &Home| {
        let names = home.reader().entities(id).expect("names");
        (names.entities[0].name.clone(), names.entities[0].kind)
    };
    assert_eq!(named(&home), ("Jordan River".into(), EntityKind::Place));
    let place = of("Jordan River", EntityKind::Place);
    assert_eq!(
        merge(&home, place, of("River Jordan", EntityKind::Place)),
        "Jordan River is now called River Jordan: 2 articles"
    );
    assert_eq!(named(&home), ("River Jordan".into(), EntityKind::Place));
    home.fetched(feed, vec![with(3, &["Jordan River"])]);
    assert_eq!(
        count(&home, "entity:\"River Jordan\""),
        3,
        "a chain is gone along"
    );
    assert_eq!(
        merge(
            &home,
            of("River Jordan", EntityKind::Place),
            of("RIVER JORDAN", EntityKind::Place)
        ),
        "River Jordan is now written RIVER JORDAN"
    );
    assert_eq!(named(&home).0, "RIVER JORDAN");
    home.check();
    // Back to a name it had: no loop, and nothing lost.
    merge(
        &home,
        of("River Jordan", EntityKind::Place),
        person("Jordan River"),
    );
    assert_eq!(named(&home), ("Jordan River".into(), EntityKind::Person));
    assert_eq!(count(&home, "entity:\"River Jordan\""), 3);
    home.check();
    for _ in 0..4 {
        home.undo();
        home.check();
    }
    assert_eq!(named(&home), ("Jordan River".into(), EntityKind::Person));
    assert_eq!(count(&home, "entity:\"River Jordan\""), 0);
}

#[test]
fn a_new_article_has_its_names_under_all_that_merges_say_they_are() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    home.fetched(feed, vec![with(1, &["Graham Fagg", "G. Fagg"])]);
    merge(&home, person("G. Fagg"), person("Graham Fagg"));
    merge(&home, person("Tunneller Fagg"), person("G. Fagg"));
    let names = |found: &[&str]| {
        let all = home.reader().names_of(&people(found)).expect("names");
        let mut all: Vec<String> = all.into_iter().map(|key| key.name).collect();
        all.sort();
        all.dedup();
        all
    };
    let all = ["G. Fagg", "Graham Fagg", "Tunneller Fagg"];
    assert_eq!(names(&["G. Fagg"]), all);
    assert_eq!(names(&["Graham Fagg"]), all);
    assert_eq!(names(&["Philippe Cozette"]), ["Philippe Cozette"]);
}

#[test]
fn a_follow_goes_with_the_merged_name_and_counts_unread() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(
        feed,
        vec![
            with(1, &["Ann Lee"]),
            with(2, &["A. Lee"]),
            with(3, &["Bo Ek"]),
        ],
    );
    let words = home
        .change(What::Follow(person("A. Lee"), true), Scope::None)
        .words;
    assert_eq!(words, "following A. Lee: 1 article");
    merge(&home, person("A. Lee"), person("Ann Lee"));
    home.check();
    let unread = |home: &Home| {
        let tree = home.reader().tree(now()).expect("a tree");
        let rows: Vec<(String, u32)> = tree
            .decided
            .iter()
            .map(|row| (row.name.clone(), row.unread))
            .collect();
        (tree.following, rows)
    };
    assert_eq!(unread(&home), (2, vec![("Ann Lee".into(), 2)]));
    assert_eq!(count(&home, "is:followed"), 2);
    home.mark(What::Read(true), &[stored.new[1].article]);
    assert_eq!(unread(&home), (1, vec![("Ann Lee".into(), 1)]));
    home.fetched(feed, vec![with(4, &["A. Lee"])]);
    assert_eq!(unread(&home), (2, vec![("Ann Lee".into(), 2)]));
    home.change(What::Unsubscribe(feed), Scope::None);
    assert_eq!(unread(&home).0, 0);
    home.check();
    let followed = home.reader().followed_names().expect("names");
    assert_eq!(
        followed.len(),
        2,
        "texts are searched for both: {followed:?}"
    );
}

#[test]
fn a_muted_name_keeps_its_articles_out_of_lists_and_numbers() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "World");
    let stored = home.fetched(
        feed,
        vec![
            with(1, &["Ann Lee"]),
            with(2, &["Ann Lee", "Bo Ek"]),
            with(3, &["Ann Lee"]),
            with(4, &["Bo Ek"]),
            with(5, &["Ann Lee"]),
        ],
    );
    let ids: Vec<ArticleId> = stored.new.iter().map(|it| it.article).collect();
    home.mark(What::Star(true), &ids[..1]);
    home.mark(What::Tag("kept".into()), &ids[1..2]);
    let before = seen(&home);
    let words = home
        .change(What::Mute(person("Ann Lee"), true), Scope::None)
        .words;
    assert_eq!(words, "muted Ann Lee: 2 articles hidden");
    home.check();
    let numbers = |home: &Home| {
        let tree = home.reader().tree(now()).expect("a tree");
        (tree.unread, tree.feeds[0].unread, tree.muted)
    };
    assert_eq!(
        numbers(&home),
        (3, 3, 2),
        "the starred and the tagged one stay"
    );
    let list = |words: &str| OpenList {
        query: query::parse(words, now(), &jiff::tz::TimeZone::UTC).expect("a query"),
        ..OpenList::default()
    };
    for words in [
        "",
        "is:unread",
        "feed:\"Feed\"",
        "folder:World",
        "folder:World is:unread",
        "tunnel",
    ] {
        home.settle();
        let totals = home
            .reader()
            .totals(&list(words), None, now())
            .expect("totals");
        assert_eq!(
            (totals.rows, totals.unread, totals.muted),
            (3, 3, 2),
            "{words}"
        );
        assert_eq!(count(&home, words), 3, "{words}");
    }
    for words in [
        "entity:\"Ann Lee\"",
        "\"ann lee\" OR is:muted",
        "is:starred",
    ] {
        let totals = home
            .reader()
            .totals(&list(words), None, now())
            .expect("totals");
        assert_eq!(totals.muted, u64::from(false), "{words}");
    }
    assert_eq!(count(&home, "entity:\"Ann Lee\""), 4, "asked for by name");
    assert_eq!(count(&home, "entity:\"Ann Lee\" is:unread feed:Feed"), 4);
    assert_eq!(count(&home, "is:muted"), 2);
    assert_eq!(count(&home, "is:muted is:unread folder:World"), 2);
    // Read while hidden, starred while hidden, come while hidden.
    home.mark(What::Read(true), &ids[2..3]);
    home.mark(What::Star(true), &ids[4..5]);
    assert_eq!(numbers(&home), (4, 4, 1));
    home.fetched(feed, vec![with(6, &["Ann Lee"])]);
    assert_eq!(numbers(&home), (4, 4, 2));
    // One of another feed too: read once, hidden in both.
    let other = home.subscribe("https://b.example/rss", "");
    home.fetched(other, vec![with(6, &["Ann Lee"])]);
    home.check();
    home.undo();
    let step = home.undo();
    assert!(step.words.contains("starred"), "{step:?}");
    home.check();
    home.undo();
    let step = home.undo();
    assert!(step.words.contains("muted Ann Lee"), "{step:?}");
    home.check();
    assert!(!before.is_empty());
    assert_eq!(numbers(&home).2, 0);
    assert_eq!(count(&home, ""), 6);
}

#[test]
fn a_surname_alone_is_no_name_over_articles_unless_the_user_says_so() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(
        feed,
        vec![with(1, &["Smith", "김정은"]), with(2, &["Smith", "김정은"])],
    );
    let listed = |home: &Home| {
        let rows = home.reader().names(None, "", 9).expect("names");
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(listed(&home), ["김정은"]);
    let elsewhere = |home: &Home| {
        let article = home.reader().article(stored.new[0].article, None);
        article.expect("it").expect("it").elsewhere
    };
    assert_eq!(elsewhere(&home), [0, 1]);
    for name in ["Smith", "김정은", "Ann Lee"] {
        let lone = newsdesk::model::entity::is_lone(name, EntityKind::Person);
        assert_eq!(lone, name == "Smith", "{name}");
    }
    home.change(What::Follow(person("Smith"), true), Scope::None);
    assert_eq!(listed(&home).len(), 2);
    assert_eq!(elsewhere(&home), [1, 1]);
    home.undo();
    merge(&home, person("Smith"), person("Delia Smith"));
    assert!(listed(&home).contains(&"Delia Smith".to_owned()));
}

#[test]
fn an_old_merge_taken_up_again_makes_no_loop() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    home.fetched(feed, vec![with(1, &["Ann Lee"]), with(2, &["Bo Ek"])]);
    let change = |what| home.change(what, Scope::None);
    change(What::MergeName {
        from: person("Ann Lee"),
        into: person("Bo Ek"),
    });
    let split = change(What::SplitName(person("Ann Lee"))).op;
    merge(&home, person("Bo Ek"), person("Ann Lee"));
    let undone = newsdesk::store::wait(|reply| home.library.writer().undo(split, now(), reply))
        .expect("an answer");
    assert!(
        undone.words.contains("had changed since"),
        "{}",
        undone.words
    );
    assert_eq!(count(&home, "entity:\"Bo Ek\""), 2);
    home.check();
}

#[test]
fn names_are_found_by_part_of_them() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    home.fetched(feed, vec![with(1, &["Recep Tayyip Erdoğan", "Ann Lee"])]);
    let found = home.reader().names(None, "TAYYIP erdo", 5).expect("names");
    assert_eq!(found.len(), 1);
    assert!(
        home.reader()
            .names(Some(EntityKind::Place), "ann", 5)
            .expect("names")
            .is_empty()
    );
}

/// An entry whose text has names at their places.
fn told(n: usize, words: &str, name: &str, surface: &str) -> NewEntry {
    let at = words.find(surface).expect("the name is there");
    NewEntry {
        body: Some(text(words)),
        entities: ArticleEntities {
            entities: vec![ArticleEntity {
                name: name.into(),
                kind: EntityKind::Person,
                role: Some("tunneller".into()),
                count: 1,
                salience: 1.0,
            }],
            mentions: vec![Mention {
                entity: 0,
                text: TextId(1),
                range: at..at + surface.len(),
                kind: EntityKind::Person,
                confidence: 1.0,
            }],
            language_known: true,
        },
        ..entry(n)
    }
}

#[test]
fn a_name_has_a_page_and_its_articles_the_sentence() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(
        feed,
        vec![
            told(
                1,
                "The sea is deep. Mr. Fagg came through, and laughed. Then tea.",
                "Graham Fagg",
                "Fagg",
            ),
            told(2, "Graham Fagg slept.", "G. Fagg", "Graham Fagg"),
            with(3, &["Graham Fagg", "Philippe Cozette"]),
        ],
    );
    merge(&home, person("G. Fagg"), person("Graham Fagg"));
    let reader = home.reader();
    let page = reader
        .name_page(&person("graham fagg"))
        .expect("a page")
        .expect("a page");
    assert_eq!(page.row.articles, 3);
    assert_eq!(page.role.as_deref(), Some("tunneller"));
    assert_eq!(page.aliases, [person("G. Fagg")]);
    assert_eq!(page.together, [(person("Philippe Cozette"), 1)]);
    assert_eq!(page.over_time.iter().sum::<u32>(), page.row.mentions);
    assert_eq!(page.articles.len(), 3);
    assert_eq!(page.first.expect("a first").id, stored.new[2].article);
    let (row, snippet) = &page.articles[0];
    assert_eq!(row.id, stored.new[0].article, "newest first");
    let snippet = snippet.as_ref().expect("a sentence");
    assert_eq!(snippet.text, "Mr. Fagg came through, and laughed.");
    assert_eq!(&snippet.text[snippet.range.clone()], "Fagg");
    let ids: Vec<ArticleId> = stored.new.iter().map(|it| it.article).collect();
    let found = reader
        .snippets(&person("G. Fagg"), &ids)
        .expect("sentences");
    assert_eq!(
        found.len(),
        2,
        "the third says the name nowhere in its text"
    );
    assert_eq!(
        reader.name_page(&person("Nobody Here")).expect("no error"),
        None
    );
}

#[test]
fn decisions_come_back_with_a_lost_library() {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    home.fetched(feed, vec![with(1, &["A. Lee"]), with(2, &["Bo Ek"])]);
    merge(&home, person("A. Lee"), person("Ann Lee"));
    merge(
        &home,
        person("Bo Ek"),
        of("Bo Ek", EntityKind::Organisation),
    );
    home.change(
        What::Mute(of("Bo Ek", EntityKind::Organisation), true),
        Scope::None,
    );
    home.change(What::Follow(person("Ann Lee"), true), Scope::None);
    let journal = std::fs::read_to_string(home.paths.journal()).expect("a journal");
    assert!(
        journal.contains(r#""merged":{"name":"Ann Lee","kind":"PER"}"#),
        "{journal}"
    );
    let Home {
        library,
        paths,
        dir,
    } = home;
    drop(library);
    std::fs::remove_file(paths.library()).expect("lost");
    let library = Library::open(&paths, now()).expect("made again");
    let home = Home {
        library,
        paths,
        dir,
    };
    let feed: FeedId = home.reader().feeds(false, now()).expect("feeds")[0].id;
    home.fetched(feed, vec![with(1, &["A. Lee"]), with(2, &["Bo Ek"])]);
    home.check();
    let tree = home.reader().tree(now()).expect("a tree");
    assert_eq!((tree.following, tree.muted, tree.unread), (1, 1, 1));
    assert_eq!(count(&home, "entity:\"Ann Lee\""), 1);
    let row = home
        .reader()
        .name("Bo Ek", None)
        .expect("names")
        .expect("it");
    assert_eq!((row.kind, row.muted), (EntityKind::Organisation, true));
}

#[test]
fn what_cannot_be_decided_is_said() {
    let home = Home::new();
    let change = |what| {
        let change = newsdesk::model::Change {
            what,
            scope: Scope::None,
            undoable: true,
        };
        newsdesk::store::wait(|reply| home.library.writer().change(change, now(), reply))
    };
    assert!(change(What::SplitName(person("Ann Lee"))).is_err());
    assert!(change(What::Follow(person("  "), true)).is_err());
    let same = What::MergeName {
        from: person("Ann Lee"),
        into: person("Ann Lee"),
    };
    assert!(change(same).is_ok());
    home.check();
}

const NAMES: [&str; 4] = ["Ann Lee", "A. Lee", "Bo Ek", "Cy Day"];

#[derive(Clone, Debug)]
enum Deed {
    Merge(usize, usize, bool),
    Split(usize),
    Follow(usize, bool),
    Mute(usize, bool),
    Read(usize, bool),
    Star(usize, bool),
    Fetch(usize, Vec<usize>),
    Undo,
    Redo,
    Leave(bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    let name = 0..NAMES.len();
    prop_oneof![
        4 => (name.clone(), name.clone(), any::<bool>()).prop_map(|(a, b, c)| Deed::Merge(a, b, c)),
        2 => name.clone().prop_map(Deed::Split),
        2 => (name.clone(), any::<bool>()).prop_map(|(a, on)| Deed::Follow(a, on)),
        2 => (name.clone(), any::<bool>()).prop_map(|(a, on)| Deed::Mute(a, on)),
        2 => (0..5_usize, any::<bool>()).prop_map(|(a, on)| Deed::Read(a, on)),
        1 => (0..5_usize, any::<bool>()).prop_map(|(a, on)| Deed::Star(a, on)),
        3 => (0..5_usize, prop::collection::vec(name, 0..3)).prop_map(|(n, names)| Deed::Fetch(n, names)),
        2 => Just(Deed::Undo),
        1 => Just(Deed::Redo),
        1 => any::<bool>().prop_map(Deed::Leave),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is decided, read and fetched in any order: the library's numbers agree with what they count, and taking
    /// every step back leaves the names as they were found.
    #[test]
    fn decisions_in_any_order_keep_every_number(deeds in prop::collection::vec(deed(), 1..24)) {
        let home = Home::new();
        let feed = home.subscribe("https://a.example/rss", "");
        let articles: Vec<ArticleId> = (0..5)
            .map(|n| home.fetched(feed, vec![with(n, &[NAMES[n % 4], NAMES[(n + 1) % 4]])]).new[0].article)
            .collect();
        let mut subscribed = true;
        for deed in deeds {
            let change = |what| newsdesk::model::Change { what, scope: Scope::None, undoable: true };
            let write = |what| {
                let _ = newsdesk::store::wait(|reply| home.library.writer().change(change(what), now(), reply));
            };
            match deed {
                Deed::Merge(a, b, place) => write(What::MergeName {
                    from: person(NAMES[a]),
                    into: of(NAMES[b], if place { EntityKind::Place } else { EntityKind::Person }),
                }),
                Deed::Split(a) => write(What::SplitName(person(NAMES[a]))),
                Deed::Follow(a, on) => write(What::Follow(person(NAMES[a]), on)),
                Deed::Mute(a, on) => write(What::Mute(person(NAMES[a]), on)),
                Deed::Read(n, on) => { home.mark(What::Read(on), &[articles[n]]); }
                Deed::Star(n, on) => { home.mark(What::Star(on), &[articles[n]]); }
                Deed::Fetch(n, names) => {
                    let names: Vec<&str> = names.into_iter().map(|at| NAMES[at]).collect();
                    let changed = NewEntry {
                        body: Some(text(&format!("Another text {names:?} tells of the tunnel."))),
                        ..with(n, &names)
                    };
                    home.fetched(feed, vec![changed]);
                }
                Deed::Undo => { home.undo(); }
                Deed::Redo => { home.redo(); }
                Deed::Leave(leave) if leave == subscribed => {
                    if leave {
                        write(What::Unsubscribe(feed));
                    } else {
                        home.subscribe("https://a.example/rss", "");
                    }
                    subscribed = !leave;
                }
                Deed::Leave(_) => {}
            }
            home.check();
        }
        while home.undo().op.is_some() {
            home.check();
        }
    }
}
