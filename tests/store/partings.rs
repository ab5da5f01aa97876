//! Ways of writing taken out of a name, in one article or in all: whatever tags the texts next, and back again.

use newsdesk::model::article::BodySource;
use newsdesk::model::change::{BlockChoice, NameKey};
use newsdesk::model::entity::ArticleEntity;
use newsdesk::model::feed::FeedSettings;
use newsdesk::model::{
    ArticleEntities, ArticleId, EntityKind, FeedId, Mention, Scope, TextId, What,
};
use newsdesk::store::{NewEntry, Refreshed, wait};
use newsdesk::{entities, extract};

use crate::support::{Home, entry, later, now, text};

fn person(name: &str) -> NameKey {
    NameKey {
        name: name.into(),
        kind: EntityKind::Person,
    }
}

/// An entry whose text is these ways of writing, each said to be one of the names.
fn told(n: usize, mentions: &[(&str, &str)]) -> NewEntry {
    let mut words = String::new();
    let mut found = ArticleEntities::default();
    for (way, name) in mentions {
        let start = words.len() + 4;
        words.push_str(&format!("And {way} spoke. "));
        let names = &mut found.entities;
        let at = names.iter().position(|it| it.name == *name);
        let entity = at.unwrap_or_else(|| {
            names.push(ArticleEntity {
                name: (*name).into(),
                kind: EntityKind::Person,
                role: None,
                count: 0,
                salience: 0.8,
            });
            names.len() - 1
        });
        found.entities[entity].count += 1;
        found.mentions.push(Mention {
            entity,
            text: TextId(1),
            range: start..start + way.len(),
            kind: EntityKind::Person,
            confidence: 1.0,
        });
    }
    NewEntry {
        body: Some(text(words.trim_end())),
        entities: found,
        ..entry(n)
    }
}

fn fed(entries: Vec<NewEntry>) -> (Home, FeedId, Vec<ArticleId>) {
    let home = Home::new();
    let feed = home.subscribe("https://a.example/rss", "");
    let stored = home.fetched(feed, entries);
    let ids = stored.new.iter().map(|entry| entry.article).collect();
    (home, feed, ids)
}

fn part(home: &Home, from: &str, words: &str, on: bool, ids: &[ArticleId]) -> String {
    let scope = match ids {
        [] => Scope::None,
        ids => Scope::Ids(ids.to_vec()),
    };
    let what = What::PartName {
        from: person(from),
        words: words.into(),
        on,
    };
    home.change(what, scope).words
}

/// The names of an article as it is read: name and mentions.
fn shown(home: &Home, id: ArticleId) -> Vec<(String, u32)> {
    let article = home.reader().article(id, None).expect("read").expect("it");
    let found = article.entities;
    for mention in &found.mentions {
        assert!(mention.entity < found.entities.len());
    }
    let count = |at: usize| found.mentions.iter().filter(|it| it.entity == at).count();
    for (at, it) in found.entities.iter().enumerate() {
        assert_eq!(it.count as usize, count(at), "{}", it.name);
    }
    let names = found.entities.into_iter();
    let mut names: Vec<_> = names.map(|it| (it.name, it.count)).collect();
    names.sort();
    names
}

/// In how many articles a name stands, by the lists.
fn articles(home: &Home, name: &str) -> u32 {
    let row = home.reader().name(name, Some(EntityKind::Person));
    row.expect("names").map_or(0, |row| row.articles)
}

/// Tags what is to be tagged again, as found before.
fn tag_again(home: &Home) {
    let reader = home.reader();
    let stale = reader
        .stale(extract::VERSION, entities::VERSION)
        .expect("the stale ones");
    let texts = stale.into_iter().map(|(article, source)| {
        let stored = reader.text(article, source).expect("read").expect("it");
        Refreshed {
            article,
            source,
            seal: stored.seal,
            text: Some((stored.body, stored.entities)),
            words_changed: false,
            facts: None,
            cleaner: extract::VERSION,
            tagger: entities::VERSION,
        }
    });
    let texts = texts.collect();
    wait(|reply| home.library.writer().refreshed(texts, reply)).expect("stored");
    home.check();
}

fn names(list: &[(&str, u32)]) -> Vec<(String, u32)> {
    let names = list.iter();
    names
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[test]
fn a_way_of_writing_is_taken_out_of_a_name_in_one_article() {
    let story = [
        ("George Bush", "George Bush"),
        ("Bush", "George Bush"),
        ("Bush", "George Bush"),
    ];
    let (home, _, ids) = fed(vec![told(1, &story), told(2, &story)]);
    let words = part(&home, "George Bush", "Bush", true, &ids[..1]);
    assert_eq!(words, "Bush is not George Bush in this article");
    let apart = names(&[("Bush", 2), ("George Bush", 1)]);
    assert_eq!(shown(&home, ids[0]), apart);
    assert_eq!(shown(&home, ids[1]), names(&[("George Bush", 3)]));
    tag_again(&home);
    assert_eq!(
        (articles(&home, "George Bush"), articles(&home, "Bush")),
        (2, 1)
    );
    let row = home.reader().name("George Bush", None).expect("names");
    assert_eq!(row.expect("it").mentions, 4);

    // Cleaned and tagged anew, the feed's text changed: it holds.
    let other = told(
        1,
        &[("Mr. George Bush", "George Bush"), ("BUSH", "George Bush")],
    );
    home.fetched_at(FeedId(1), vec![other], later(1));
    assert_eq!(
        shown(&home, ids[0]),
        names(&[("BUSH", 1), ("George Bush", 1)])
    );
    assert_eq!(
        (articles(&home, "George Bush"), articles(&home, "Bush")),
        (2, 1)
    );

    assert_eq!(home.undo().words, format!("undone: {words}"));
    tag_again(&home);
    assert_eq!(shown(&home, ids[0]), names(&[("George Bush", 2)]));
    assert_eq!(
        (articles(&home, "George Bush"), articles(&home, "Bush")),
        (2, 0)
    );
    home.redo();
    tag_again(&home);
    assert_eq!(
        (articles(&home, "George Bush"), articles(&home, "Bush")),
        (2, 1)
    );
    let words = part(&home, "George Bush", "Bush", false, &ids[..1]);
    assert_eq!(words, "Bush may be George Bush again in this article");
    tag_again(&home);
    assert_eq!(shown(&home, ids[0]), names(&[("George Bush", 2)]));
}

#[test]
fn a_way_of_writing_is_taken_out_of_a_name_in_old_articles_and_new() {
    let story = [("Post Malone", "Post Malone"), ("PM", "Post Malone")];
    let (home, feed, ids) = fed(vec![told(1, &story), told(2, &story)]);
    let page = |home: &Home| {
        let page = home.reader().name_page(&person("Post Malone"));
        page.expect("a page").expect("it")
    };
    assert_eq!(page(&home).written, [("PM".to_owned(), 2)]);
    let written = home.change(
        What::PartName {
            from: person("Post Malone"),
            words: "pm".into(),
            on: true,
        },
        Scope::None,
    );
    assert!(written.retags);
    tag_again(&home);
    let apart = names(&[("PM", 1), ("Post Malone", 1)]);
    assert_eq!(shown(&home, ids[1]), apart);
    let new = home.fetched_at(feed, vec![told(3, &story)], later(1)).new;
    assert_eq!(shown(&home, new[0].article), apart);
    assert_eq!(
        (articles(&home, "Post Malone"), articles(&home, "PM")),
        (3, 3)
    );
    assert_eq!(page(&home).parted, ["pm"]);
    assert_eq!(page(&home).written, []);

    // By another name it is still not it.
    home.change(
        What::MergeName {
            from: person("Post Malone"),
            into: person("Austin Post"),
        },
        Scope::None,
    );
    assert_eq!(
        shown(&home, ids[0]),
        names(&[("Austin Post", 1), ("PM", 1)])
    );
    let words = part(&home, "Austin Post", "PM", false, &[]);
    assert_eq!(words, "PM may be Austin Post again in every article");
    tag_again(&home);
    assert_eq!(shown(&home, ids[0]), names(&[("Austin Post", 2)]));
    assert_eq!(
        (articles(&home, "Austin Post"), articles(&home, "PM")),
        (3, 0)
    );
    while home.undo().op.is_some() {
        home.check();
    }
}

#[test]
fn what_the_user_merged_comes_apart_everywhere_or_here() {
    let story = [("Kim Jong Un", "Kim Jong Un"), ("Kim", "Kim")];
    let (home, _, ids) = fed(vec![told(1, &story), told(2, &story)]);
    home.change(
        What::MergeName {
            from: person("Kim"),
            into: person("Kim Jong Un"),
        },
        Scope::None,
    );
    assert_eq!(shown(&home, ids[0]), names(&[("Kim Jong Un", 2)]));
    part(&home, "Kim Jong Un", "Kim", true, &ids[..1]);
    tag_again(&home);
    assert_eq!(
        shown(&home, ids[0]),
        names(&[("Kim", 1), ("Kim Jong Un", 1)])
    );
    assert_eq!(shown(&home, ids[1]), names(&[("Kim Jong Un", 2)]));
    let row = home.reader().name("Kim Jong Un", None).expect("names");
    assert_eq!(row.expect("it").mentions, 3);
    let words = part(&home, "Kim Jong Un", "Kim", true, &[]);
    assert_eq!(words, "Kim is no longer Kim Jong Un");
    home.check();
    tag_again(&home);
    assert_eq!(articles(&home, "Kim"), 2);
    home.undo();
    home.check();
    tag_again(&home);
    assert_eq!(
        shown(&home, ids[0]),
        names(&[("Kim", 1), ("Kim Jong Un", 1)])
    );
    let row = home.reader().name("Kim Jong Un", None).expect("names");
    assert_eq!(
        row.expect("it").mentions,
        3,
        "the merge is not this article's"
    );
    while home.undo().op.is_some() {
        home.check();
    }
    tag_again(&home);
    assert_eq!(articles(&home, "Kim"), 2);
}

#[test]
fn partings_come_back_with_a_lost_library() {
    let story = [("George Bush", "George Bush"), ("Bush", "George Bush")];
    let (home, _, ids) = fed(vec![told(1, &story), told(2, &story)]);
    part(&home, "George Bush", "Bush", true, &ids[..1]);
    part(&home, "George Bush", "Dubya", true, &[]);
    let Home {
        library,
        paths,
        dir,
    } = home;
    drop(library);
    std::fs::write(paths.library(), "no database").expect("written");
    let library = newsdesk::store::Library::open(&paths, now()).expect("a library");
    let home = Home {
        library,
        paths,
        dir,
    };
    let feed = home.reader().feeds(false, now()).expect("feeds")[0].id;
    home.fetched(feed, vec![told(1, &story), told(2, &story)]);
    let ids = home
        .reader()
        .ids(&newsdesk::model::Query::default(), now())
        .expect("ids");
    let apart = names(&[("Bush", 1), ("George Bush", 1)]);
    assert_eq!(shown(&home, ids[0]), apart);
    assert_eq!(shown(&home, ids[1]), names(&[("George Bush", 2)]));
    let page = home.reader().name_page(&person("George Bush"));
    assert_eq!(page.expect("a page").expect("it").parted, ["Dubya"]);
}

#[test]
fn what_cannot_be_taken_out_is_said() {
    let (home, _, ids) = fed(vec![told(1, &[("George Bush", "George Bush")])]);
    let refused = |words: &str| {
        let change = newsdesk::model::Change {
            what: What::PartName {
                from: person("George Bush"),
                words: words.into(),
                on: true,
            },
            scope: Scope::None,
            undoable: true,
        };
        let result = wait(|reply| home.library.writer().change(change, now(), reply));
        result.expect_err("it is no way of writing").to_string()
    };
    assert_eq!(refused("george  bush"), "george bush is the name itself");
    assert_eq!(refused(" "), "a name needs letters");
    let nowhere = newsdesk::model::Change {
        what: What::PartName {
            from: person("George Bush"),
            words: "Dubya".into(),
            on: true,
        },
        scope: Scope::Ids(ids.clone()),
        undoable: true,
    };
    let result = wait(|reply| home.library.writer().change(nowhere, now(), reply));
    assert_eq!(
        result.expect_err("it is not there").to_string(),
        "this article has no Dubya for George Bush"
    );
    let again = part(&home, "George Bush", "Bush", false, &ids);
    assert_eq!(again, "nothing changed");
}

#[test]
fn old_articles_are_dropped_with_what_was_decided_in_them() {
    let story = [("George Bush", "George Bush"), ("Bush", "George Bush")];
    let (home, feed, ids) = fed(vec![told(1, &story)]);
    part(&home, "George Bush", "Bush", true, &ids);
    let choice = BlockChoice {
        text: "And Bush spoke.".into(),
        keep: Some(false),
    };
    home.mark(What::Blocks(vec![choice]), &ids);
    let settings = FeedSettings {
        keep_days: Some(2),
        ..FeedSettings::default()
    };
    home.change(What::SetFeed(feed, settings), Scope::None);
    let new = NewEntry {
        published: Some(later(5 * 24 * 60)),
        ..told(2, &story)
    };
    let stored = home.fetched_at(feed, vec![new], later(5 * 24 * 60));
    assert_eq!(stored.pruned, ids);
    home.check();
    let text = home.reader().text(ids[0], BodySource::Feed);
    assert!(text.expect("read").is_none());
}
