//! What the reader does: marks, tags, feeds, folders, searches, names; undo and redo of each.

use newsdesk::model::change::{NameKey, NewFeed};
use newsdesk::model::feed::FeedSettings;
use newsdesk::model::{ArticleId, Change, EntityKind, FeedId, Query, Scope, What};
use newsdesk::store::{Error, NewEntry, wait};

use crate::support::{Home, entries, entry, now, people};

fn fed(n: usize) -> (Home, FeedId, Vec<ArticleId>) {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "World");
    let stored = home.fetched(feed, entries(n));
    let ids = stored.new.iter().map(|entry| entry.article).collect();
    (home, feed, ids)
}

/// What the reader sees, for comparing before and after.
fn seen(home: &Home) -> String {
    let reader = home.reader();
    let tree = reader.tree(now()).expect("a tree");
    let ids = reader.ids(&Query::default(), now()).expect("ids");
    let rows: Vec<String> = reader
        .rows(&ids)
        .expect("rows")
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {} {:?}",
                row.id, row.unread, row.starred, row.later, row.tags
            )
        })
        .collect();
    let feeds: Vec<String> = tree
        .feeds
        .iter()
        .map(|feed| {
            format!(
                "{} {} {} {} {:?} {}/{}",
                feed.id, feed.url, feed.title, feed.folder, feed.settings, feed.unread, feed.total
            )
        })
        .collect();
    let names = reader.decided_names().expect("names");
    let names: Vec<_> = names
        .iter()
        .map(|name| (&name.name, name.followed, name.muted))
        .collect();
    // Their counts are taken in idle time, before or after this: they are another test's.
    let searches = reader.searches().expect("searches");
    let searches: Vec<_> = searches
        .iter()
        .map(|(id, name, query, ..)| (id, name, query))
        .collect();
    format!(
        "{rows:#?} {feeds:#?} {:?} {:?} {searches:?} {} {} {names:?}",
        tree.folders, tree.tags, tree.unread, tree.total
    )
}

/// A part of a change that is about no articles.
fn together(what: What) -> Change {
    Change {
        what,
        scope: Scope::None,
        undoable: true,
    }
}

#[test]
fn changes_made_together_are_said_and_undone_as_one() {
    let home = Home::new();
    let feed = |n: usize| NewFeed {
        url: format!("https://paper.example/{n}"),
        folder: "World/Europe".into(),
        ..NewFeed::default()
    };
    let mut parts: Vec<_> = (0..12)
        .map(|n| together(What::Subscribe(feed(n))))
        .collect();
    // One twice: it is there by then.
    parts.push(together(What::Subscribe(feed(3))));
    parts.push(together(What::SaveSearch {
        name: "Tunnels".into(),
        query: "tunnel".into(),
    }));
    let written = home.change(What::Together(parts), Scope::None);
    assert_eq!(written.words, "12 feeds added, search kept as Tunnels");
    assert_eq!(written.changed, 13);
    let feeds = home.reader().feeds(false, now()).expect("feeds");
    let order: Vec<_> = feeds.iter().map(|feed| feed.url.clone()).collect();
    let expected: Vec<_> = (0..12).map(|n| feed(n).url).collect();
    assert_eq!(order, expected, "in the order of the list");

    let gone: Vec<_> = feeds[..2]
        .iter()
        .map(|feed| together(What::Unsubscribe(feed.id)))
        .collect();
    let written = home.change(What::Together(gone), Scope::None);
    assert_eq!(written.words, "unsubscribed from 2 feeds");
    assert_eq!(home.undo().words, "undone: unsubscribed from 2 feeds");
    assert_eq!(home.reader().feeds(false, now()).expect("feeds").len(), 12);
    home.undo();
    assert_eq!(home.reader().feeds(false, now()).expect("feeds").len(), 0);
    assert!(home.reader().folders().expect("folders").is_empty());
    home.check();
}

#[test]
fn of_changes_made_together_one_refused_refuses_all() {
    let home = Home::new();
    let change = together(What::Together(vec![
        together(What::AddFolder("World".into())),
        together(What::AddFolder(String::new())),
    ]));
    let refused = wait(|reply| home.library.writer().change(change, now(), reply));
    assert!(refused.is_err());
    assert!(home.reader().folders().expect("folders").is_empty());
    assert_eq!(home.undo().words, "nothing to undo");
}

#[test]
fn every_change_can_be_undone_and_done_again() {
    let (home, feed, ids) = fed(6);
    home.mark(What::Tag("old".into()), &ids[..3]);
    home.change(
        What::SaveSearch {
            name: "Kept".into(),
            query: "tunnel".into(),
        },
        Scope::None,
    );
    home.change(What::AddFolder("Science/Space".into()), Scope::None);
    let search = home.reader().searches().expect("searches")[0].0;
    let some = || Scope::Ids(ids[1..5].to_vec());
    let person = |name: &str| NameKey {
        name: name.into(),
        kind: EntityKind::Person,
    };
    let changes = vec![
        (What::Read(true), some()),
        (What::Star(true), some()),
        (What::Later(true), some()),
        (What::Tag("#News paper".into()), some()),
        (
            What::Several(vec![
                What::Tag("sea".into()),
                What::Untag("old".into()),
                What::Star(true),
            ]),
            some(),
        ),
        (What::Untag("OLD".into()), some()),
        (
            What::RenameTag {
                from: "old".into(),
                to: "history".into(),
            },
            Scope::None,
        ),
        (What::DeleteTag("old".into()), Scope::None),
        (
            What::Subscribe(NewFeed {
                url: "https://new.example/rss".into(),
                folder: "A/B/C".into(),
                ..NewFeed::default()
            }),
            Scope::None,
        ),
        (
            What::Together(vec![
                together(What::Subscribe(NewFeed {
                    url: "https://one.example/rss".into(),
                    folder: "A/B/C".into(),
                    ..NewFeed::default()
                })),
                together(What::Subscribe(NewFeed {
                    url: "https://two.example/rss".into(),
                    folder: "A/B/D".into(),
                    ..NewFeed::default()
                })),
                Change {
                    what: What::Later(true),
                    scope: some(),
                    undoable: true,
                },
            ]),
            Scope::None,
        ),
        (What::Unsubscribe(feed), Scope::None),
        (What::RenameFeed(feed, Some("My paper".into())), Scope::None),
        (What::MoveFeed(feed, "Elsewhere/Deep".into()), Scope::None),
        (
            What::SetFeed(
                feed,
                FeedSettings {
                    interval_minutes: Some(30),
                    ..FeedSettings::default()
                },
            ),
            Scope::None,
        ),
        (
            What::SetFeedUrl(feed, "https://other.example/feed".into()),
            Scope::None,
        ),
        (What::AddFolder("Empty".into()), Scope::None),
        (
            What::RenameFolder {
                from: "World".into(),
                to: "Old/World".into(),
            },
            Scope::None,
        ),
        (What::DeleteFolder("World".into()), Scope::None),
        (What::DeleteFolder("Science".into()), Scope::None),
        (
            What::SaveSearch {
                name: "New".into(),
                query: "is:read".into(),
            },
            Scope::None,
        ),
        (
            What::SaveSearch {
                name: "Kept".into(),
                query: "is:read".into(),
            },
            Scope::None,
        ),
        (
            What::EditSearch {
                id: search,
                name: "Changed".into(),
                query: "sea".into(),
            },
            Scope::None,
        ),
        (What::DeleteSearch(search), Scope::None),
        (What::Follow(person("Graham Fagg"), true), Scope::None),
        (What::Mute(person("Graham Fagg"), true), Scope::None),
    ];
    for (what, scope) in changes {
        let before = seen(&home);
        let written = home.change(what.clone(), scope);
        let after = seen(&home);
        assert!(
            written.op.is_some() && written.changed > 0,
            "{what:?}: {written:?}"
        );
        assert_ne!(before, after, "{what:?}");
        home.check();
        let undone = home.undo();
        assert_eq!(seen(&home), before, "undo of {what:?}");
        assert_eq!(undone.words, format!("undone: {}", written.words));
        assert_eq!(undone.op, written.op);
        let redone = home.redo();
        assert_eq!(seen(&home), after, "redo of {what:?}");
        assert_eq!(redone.words, format!("done again: {}", written.words));
        home.undo();
        assert_eq!(seen(&home), before, "undo of {what:?} again");
        home.check();
    }
}

#[test]
fn words_say_how_many() {
    let (home, feed, ids) = fed(4);
    let words = |what, ids: &[ArticleId]| home.mark(what, ids).words;
    assert_eq!(words(What::Star(true), &ids[..1]), "starred");
    assert_eq!(words(What::Star(true), &ids), "3 starred");
    assert_eq!(words(What::Star(true), &ids), "nothing changed");
    assert_eq!(words(What::Read(true), &ids), "4 marked read");
    assert_eq!(words(What::Tag("sea".into()), &ids[..2]), "2 tagged #sea");
    let two = vec![What::Tag("bay".into()), What::Star(false)];
    assert_eq!(
        words(What::Several(two), &ids[..1]),
        "tagged #bay, unstarred"
    );
    assert_eq!(
        home.change(
            What::RenameTag {
                from: "sea".into(),
                to: "ocean".into()
            },
            Scope::None
        )
        .changed,
        2
    );
    let known = home.change(
        What::Subscribe(NewFeed {
            url: "http://paper.example/feed/".into(),
            ..NewFeed::default()
        }),
        Scope::None,
    );
    assert_eq!((known.feed, known.op), (Some(feed), None));
    assert_eq!(
        known.words,
        "nothing changed: Feed 1 is subscribed in World"
    );
}

#[test]
fn undo_restores_only_what_still_is_as_it_left_it() {
    let (home, _, ids) = fed(10);
    let op = home.mark(What::Read(true), &ids).op;
    home.mark(What::Read(false), &ids[..4]);
    home.mark(What::Star(true), &ids[..1]);
    let undone = wait(|reply| home.library.writer().undo(op, now(), reply)).expect("an undo");
    assert_eq!(undone.changed, 6);
    assert_eq!(
        undone.words,
        "undone: 10 marked read (6 of 10, the rest had changed since)"
    );
    assert_eq!(home.reader().tree(now()).expect("a tree").unread, 10);
    let list = home.reader().undo_list(10).expect("a list");
    let words: Vec<_> = list.iter().map(|(_, words, _)| words.as_str()).collect();
    assert_eq!(words[..2], ["starred", "4 marked unread"]);
}

#[test]
fn undo_walks_back_and_a_new_change_ends_redo() {
    let (home, _, ids) = fed(3);
    home.mark(What::Star(true), &ids[..1]);
    home.mark(What::Later(true), &ids[..1]);
    assert_eq!(home.undo().words, "undone: kept for later");
    assert_eq!(home.undo().words, "undone: starred");
    assert_eq!(home.redo().words, "done again: starred");
    home.mark(What::Star(true), &ids[1..2]);
    assert_eq!(home.redo().words, "nothing to redo");
    assert_eq!(home.undo().words, "undone: starred");
    assert_eq!(home.undo().words, "undone: starred");
    assert_eq!(
        home.undo().words,
        "undone: subscribed to https://paper.example/feed"
    );
    assert_eq!(home.undo().words, "nothing to undo");
}

#[test]
fn opening_an_article_is_no_step_of_undo() {
    let (home, _, ids) = fed(2);
    home.mark(What::Star(true), &ids[..1]);
    let opened = Change {
        what: What::Read(true),
        scope: Scope::Ids(vec![ids[0]]),
        undoable: false,
    };
    let written =
        wait(|reply| home.library.writer().change(opened, now(), reply)).expect("written");
    assert_eq!((written.op, written.changed), (None, 1));
    assert_eq!(home.undo().words, "undone: starred");
    assert_eq!(home.reader().tree(now()).expect("a tree").unread, 1);
    let journal = std::fs::read_to_string(home.paths.journal()).expect("a journal");
    assert!(
        journal
            .lines()
            .any(|line| line.contains("\"flag\":\"read\"") && line.contains("guid-0"))
    );
}

#[test]
fn undo_works_after_a_restart() {
    let (home, _, ids) = fed(5);
    home.mark(What::Read(true), &ids);
    let home = home.reopened();
    assert_eq!(home.undo().words, "undone: 5 marked read");
    assert_eq!(home.reader().tree(now()).expect("a tree").unread, 5);
}

#[test]
fn unsubscribing_keeps_what_the_reader_kept() {
    let (home, feed, ids) = fed(5);
    let other = home.subscribe("https://other.example/feed", "");
    home.fetched(
        other,
        vec![NewEntry {
            guid: Some("shared".into()),
            ..entry(0)
        }],
    );
    home.mark(What::Star(true), &ids[1..2]);
    home.mark(What::Tag("sea".into()), &ids[2..3]);
    home.change(What::Unsubscribe(feed), Scope::None);
    let mut kept = home.reader().ids(&Query::default(), now()).expect("ids");
    kept.sort_unstable();
    let mut expect = vec![ids[0], ids[1], ids[2]];
    expect.sort_unstable();
    assert_eq!(kept, expect, "shared, starred and tagged");
    home.settle();
    let tunnel =
        newsdesk::query::parse("tunnel", now(), &jiff::tz::TimeZone::UTC).expect("a query");
    assert_eq!(home.reader().count(&tunnel, now()).expect("a count"), 3);
    home.check();
    let again = home.subscribe("https://paper.example/feed", "Back");
    assert_eq!(again, feed, "the old subscription comes back");
    assert_eq!(home.fetched(feed, entries(5)).new, []);
    assert_eq!(home.reader().tree(now()).expect("a tree").total, 5);
    home.check();
}

#[test]
fn a_star_survives_a_failed_reload() {
    let (home, feed, ids) = fed(2);
    home.mark(What::Star(true), &ids);
    let outcome = newsdesk::store::FeedOutcome {
        feed: FeedId(99),
        at: now(),
        next_poll: None,
        result: newsdesk::store::FeedResult::Updated(Box::default()),
    };
    let refused = wait(|reply| home.library.writer().store_feed(outcome, reply));
    assert!(matches!(refused, Err(Error::Missing(_))), "{refused:?}");
    home.fetched(feed, Vec::new());
    assert_eq!(home.reader().tree(now()).expect("a tree").starred, 2);
    home.check();
}

#[test]
fn following_and_muting_exclude_each_other_and_outlive_articles() {
    let (home, feed, _) = fed(1);
    home.fetched(
        feed,
        vec![NewEntry {
            entities: people(&["Graham Fagg"]),
            ..entry(7)
        }],
    );
    let key = || NameKey {
        name: "graham  fagg".into(),
        kind: EntityKind::Person,
    };
    home.change(What::Follow(key(), true), Scope::None);
    assert_eq!(home.reader().tree(now()).expect("a tree").following, 1);
    home.change(What::Mute(key(), true), Scope::None);
    let name = home
        .reader()
        .name("Graham Fagg", None)
        .expect("names")
        .expect("a name");
    assert_eq!((name.followed, name.muted), (false, true));
    home.change(
        What::Follow(
            NameKey {
                name: "Nobody Yet".into(),
                kind: EntityKind::Person,
            },
            true,
        ),
        Scope::None,
    );
    assert_eq!(home.reader().decided_names().expect("names").len(), 2);
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let (home, feed, _) = fed(1);
    let refuse = |what: What| {
        let change = Change {
            what,
            scope: Scope::None,
            undoable: true,
        };
        let result = wait(|reply| home.library.writer().change(change, now(), reply));
        result.expect_err("refused").to_string()
    };
    assert_eq!(refuse(What::Tag(" # ".into())), "a tag needs a name");
    assert_eq!(
        refuse(What::RenameFolder {
            from: "World".into(),
            to: "World/In".into()
        }),
        "a folder cannot move into itself"
    );
    assert_eq!(
        refuse(What::Unsubscribe(FeedId(77))),
        "there is no such feed"
    );
    home.subscribe("https://two.example/feed", "");
    assert_eq!(
        refuse(What::SetFeedUrl(feed, "https://two.example/feed".into())),
        "another subscription has this address"
    );
    home.check();
}

#[test]
fn the_subscriptions_file_follows_every_change() {
    let (home, feed, _) = fed(1);
    home.subscribe("https://a.example/?x=1&y=\"2\"", "World/Europe");
    home.change(
        What::RenameFeed(feed, Some("Paper <1>".into())),
        Scope::None,
    );
    home.settle();
    let opml = std::fs::read_to_string(home.paths.opml()).expect("opml");
    assert!(opml.contains("text=\"Paper &lt;1&gt;\""), "{opml}");
    assert!(
        opml.contains("xmlUrl=\"https://a.example/?x=1&amp;y=&quot;2&quot;\""),
        "{opml}"
    );
    assert!(
        opml.find("text=\"World\"") < opml.find("text=\"Europe\""),
        "{opml}"
    );
    home.change(What::Unsubscribe(feed), Scope::None);
    home.settle();
    let opml = std::fs::read_to_string(home.paths.opml()).expect("opml");
    assert!(!opml.contains("paper.example"), "{opml}");
}

#[test]
fn the_readers_marks_go_before_what_the_fetcher_brought() {
    let (home, feed, ids) = fed(1);
    let (sender, receiver) = std::sync::mpsc::channel();
    for batch in 0..40 {
        let outcome = newsdesk::store::FeedOutcome {
            feed,
            at: now(),
            next_poll: Some(now()),
            result: newsdesk::store::FeedResult::Updated(Box::new(newsdesk::store::FeedUpdate {
                entries: (0..100).map(|n| entry(1_000 + batch * 100 + n)).collect(),
                ..Default::default()
            })),
        };
        let sender = sender.clone();
        home.library.writer().store_feed(
            outcome,
            Box::new(move |result| {
                let _ = sender.send(result.map(|_| ()));
            }),
        );
    }
    drop(sender);
    home.mark(What::Star(true), &ids);
    let done_before = receiver.try_iter().count();
    assert!(done_before < 40, "the mark waited for all {done_before}");
    assert_eq!(receiver.iter().flatten().count() + done_before, 40);
    assert_eq!(home.reader().tree(now()).expect("a tree").total, 4_001);
}
