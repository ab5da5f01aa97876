//! The app driven by keys, without a screen: browsing, reading, marking, undoing, searching.

#[path = "support/session.rs"]
mod session;

use newsdesk::app::cleaning::Item;
use newsdesk::app::event::{
    Found, FoundFeed, Missing, Mouse, MouseKind, OfflineSummary, ReloadSummary,
};
use newsdesk::app::list::Marked;
use newsdesk::app::{Areas, Effect, Event, Node, Overlay, Pane, Rect, Settings, Source, Target};
use newsdesk::config::settings::MarkRead;
use newsdesk::keymap::{Key, Keymap, Preset, key};
use newsdesk::model::article::{BodySource, PicturesKept};
use newsdesk::model::change::{NameKey, SiteList};
use newsdesk::model::query::Term;
use newsdesk::model::{ArticleId, EntityKind, FeedId, Query, Scope, TextId, What};
use proptest::prelude::*;
use session::{Library, Session};

fn narrow(count: i64) -> Session {
    Session::sized(Library::with(count), 60, 24, Settings::default())
}

// -- moving ---------------------------------------------------------------------------------------------------------

#[test]
fn a_session_opens_on_all_unread_newest_first() {
    let session = Session::with(5);
    assert_eq!(session.app.place_title(), "All unread");
    assert_eq!(session.selected(), Some(5));
    assert_eq!(
        session.titles(),
        ["Story 5", "Story 4", "Story 3", "Story 2", "Story 1"]
    );
}

#[test]
fn counts_and_ends_move_the_selection() {
    let mut session = Session::with(100);
    assert_eq!(session.keys("5j").selected(), Some(95));
    assert_eq!(session.keys("2k").selected(), Some(97));
    assert_eq!(session.keys("G").selected(), Some(1));
    assert_eq!(session.keys("gg").selected(), Some(100));
    assert_eq!(
        session.keys("99999j").selected(),
        Some(session.app.list().rows().last().unwrap().id.0)
    );
}

#[test]
fn every_row_of_a_long_list_can_be_reached_though_only_a_window_is_held() {
    let mut session = Session::with(2_000);
    for _ in 0..1_999 {
        session.keys("j");
        assert!(session.app.list().rows().len() < 400);
    }
    assert_eq!(session.selected(), Some(1));
    for _ in 0..1_999 {
        session.keys("k");
    }
    assert_eq!(session.selected(), Some(2_000));
}

#[test]
fn an_unknown_key_after_a_prefix_does_nothing_and_says_so() {
    let mut session = Session::with(5);
    session.keys("gy");
    assert!(
        session.status().starts_with("gy does nothing here"),
        "{}",
        session.status()
    );
    assert_eq!(session.selected(), Some(5));
}

#[test]
fn a_prefix_shows_what_may_follow_after_a_while() {
    let mut session = Session::with(5);
    session.keys("g");
    assert!(session.outside.contains(&Effect::WakeIn(400)));
    assert_eq!(session.app.which_key(), None);
    session.send(Event::Tick);
    let shown = session.app.which_key().unwrap();
    assert!(
        shown.contains(&("u".into(), "Unread articles".into())),
        "{shown:?}"
    );
    session.keys("Esc");
    assert_eq!(session.app.which_key(), None);
    assert!(!session.quits());
}

#[test]
fn panes_are_reached_by_h_l_and_tab() {
    let mut session = Session::with(5);
    session.keys("h");
    assert_eq!(session.app.focus(), Pane::Feeds);
    session.keys("h h h");
    assert_eq!(
        session.app.focus(),
        Pane::Feeds,
        "h never leaves the screen"
    );
    session.keys("Tab");
    assert_eq!(session.app.focus(), Pane::List);
    session.keys("l l l l l");
    assert_eq!(session.app.focus(), Pane::Names);
    session.keys("S-Tab");
    assert_eq!(session.app.focus(), Pane::Article);
}

#[test]
fn where_one_pane_shows_h_and_l_are_back_and_in() {
    let mut session = narrow(5);
    session.keys("l");
    assert_eq!(session.reading(), Some(5));
    session.keys("h");
    assert_eq!((session.reading(), session.app.focus()), (None, Pane::List));
    session.keys("h");
    assert_eq!(session.app.focus(), Pane::Feeds);
    session.keys("l");
    let shown = (session.app.focus(), session.app.place_title());
    assert_eq!(shown, (Pane::List, "All unread".to_owned()));
}

// -- the feed list --------------------------------------------------------------------------------------------------

#[test]
fn moving_in_the_tree_shows_that_list_at_once() {
    let mut session = Session::with(9);
    session.keys("h G");
    assert_eq!(session.app.tree().selected, Some(Node::Feed(FeedId(3))));
    assert_eq!(session.app.place_title(), "Nature notes");
    assert_eq!(session.titles().len(), 3);
    session.keys("k k k");
    assert_eq!(session.app.place_title(), "World");
    assert_eq!(session.titles().len(), 6, "a folder is one list");
}

#[test]
fn folders_close_and_open_and_h_goes_to_the_parent() {
    let mut session = Session::with(9);
    session.keys("h G k");
    assert_eq!(session.app.place_title(), "Herald");
    session.keys("h");
    assert_eq!(
        session.app.tree().selected,
        Some(Node::Folder("World".into()))
    );
    let rows = session.app.tree().rows().len();
    session.keys("h");
    assert_eq!(session.app.tree().rows().len(), rows - 2);
    session.keys("l");
    assert_eq!(session.app.tree().rows().len(), rows);
    session.keys("l");
    assert_eq!(session.app.focus(), Pane::List);
}

#[test]
fn q_goes_from_a_list_back_to_the_tree_it_was_entered_from() {
    let mut session = Session::with(9);
    session.keys("h G Enter Enter q");
    assert_eq!((session.app.focus(), session.reading()), (Pane::List, None));
    session.keys("q");
    assert_eq!(session.app.focus(), Pane::Feeds);
    assert!(!session.quits());
    session.keys("q");
    assert!(session.quits());
}

#[test]
fn the_next_feed_is_reached_from_anywhere() {
    let mut session = Session::with(9);
    session.keys("]f");
    assert_eq!(session.app.place_title(), "The Daily Planet");
    session.keys("]f ]f");
    assert_eq!(session.app.place_title(), "Nature notes");
    session.keys("]f");
    assert_eq!(session.status(), "This is the last feed");
}

// -- reading and read marks -----------------------------------------------------------------------------------------

#[test]
fn a_preview_marks_nothing_read_and_opening_does() {
    let mut session = Session::with(5);
    session.keys("j j");
    assert_eq!(session.library.unread(), 5);
    assert_eq!(session.app.reader().unwrap().id(), ArticleId(3));
    session.keys("Enter");
    assert_eq!(session.reading(), Some(3));
    assert!(!session.library.get(3).unread);
    assert_eq!(session.library.unread(), 4);
}

#[test]
fn the_config_says_what_marks_read() {
    let with = |mark_read| {
        let settings = Settings {
            mark_read,
            ..Settings::default()
        };
        let mut session = Session::sized(Library::with(5), 140, 40, settings);
        session.keys("j Enter");
        session.library.unread()
    };
    assert_eq!(with(MarkRead::Open), 4);
    assert_eq!(with(MarkRead::Preview), 3);
    assert_eq!(with(MarkRead::Never), 5);
}

#[test]
fn an_article_marked_read_stays_until_the_list_is_left() {
    let mut session = Session::with(5);
    session.keys("m j");
    assert_eq!(session.titles().len(), 5);
    session.keys("Enter q");
    assert_eq!(session.titles().len(), 5);
    session.send(Event::LibraryChanged);
    assert_eq!(
        session.titles().len(),
        5,
        "also after the rows were read again"
    );
    session.keys("gs gu");
    assert_eq!(session.titles().len(), 3);
}

#[test]
fn opening_is_no_step_of_undo() {
    let mut session = Session::with(5);
    session.keys("Enter q s");
    assert!(session.library.get(5).starred);
    session.keys("u");
    assert!(!session.library.get(5).starred);
    session.keys("u");
    assert_eq!(session.status(), "there is nothing to undo");
    assert!(!session.library.get(5).unread, "what was read stays read");
}

#[test]
fn j_and_k_in_the_reader_go_to_the_next_and_last_article() {
    let mut session = Session::with(5);
    session.keys("Enter J");
    assert_eq!((session.reading(), session.selected()), (Some(4), Some(4)));
    session.keys("K");
    assert_eq!(session.reading(), Some(5));
    session.keys("K");
    assert_eq!(session.status(), "This is the first article of the list");
    assert_eq!(session.library.unread(), 3);
}

#[test]
fn space_pages_on_and_then_opens_the_next_unread() {
    let mut session = Session::with(5);
    session.keys("Space");
    assert_eq!(session.reading(), Some(5));
    let mut pages = 0;
    while session.reading() == Some(5) {
        session.keys("Space");
        pages += 1;
        assert!(pages < 50);
    }
    assert!(pages > 1, "the article is longer than a page");
    assert_eq!(session.reading(), Some(4));
    assert_eq!(session.app.reader().unwrap().top, 0);
}

#[test]
fn n_goes_over_feeds_until_nothing_unread_is_left() {
    let mut session = Session::with(6);
    session.keys("h G l");
    assert_eq!(session.app.place_title(), "Nature notes");
    let mut read = Vec::new();
    for _ in 0..6 {
        session.keys("n");
        read.push(session.reading().unwrap());
    }
    read.sort_unstable();
    assert_eq!(read, [1, 2, 3, 4, 5, 6]);
    session.keys("n");
    assert_eq!(session.status(), "No unread article is left");
}

#[test]
fn a_held_key_costs_one_question_at_a_time() {
    let mut session = Session::with(50);
    session.paused = true;
    for _ in 0..20 {
        session.keys("j");
    }
    let opens = session
        .waiting
        .iter()
        .filter(|effect| matches!(effect, Effect::Open { .. }));
    assert_eq!(opens.count(), 1);
    session.go_on();
    assert_eq!(session.app.reader().unwrap().id(), ArticleId(30));
}

#[test]
fn an_answer_to_a_question_no_longer_asked_is_dropped() {
    let mut session = Session::with(9);
    session.paused = true;
    session.keys("gs ga");
    let loads: Vec<Effect> = std::mem::take(&mut session.waiting);
    session.paused = false;
    for effect in loads.iter().rev() {
        if let Some(event) = session.library.answer(effect) {
            session.send(event);
        }
    }
    assert_eq!(session.app.place_title(), "All");
    assert_eq!(session.titles().len(), 9);
}

#[test]
fn a_find_in_the_text_walks_its_hits_and_esc_ends_it() {
    let mut session = Session::with(3);
    session.keys("Enter /").type_in("hillary").keys("Enter");
    assert_eq!(session.status(), "match 1/2 · Esc ends");
    session.keys("n");
    assert_eq!(session.status(), "match 2/2 · Esc ends");
    assert!(
        session.app.reader().unwrap().top > 0,
        "the match is brought into view"
    );
    session.keys("n");
    assert_eq!(session.status(), "match 1/2 · Esc ends");
    session.keys("Esc");
    assert_eq!(session.reading(), Some(3), "Esc only ended the find");
    session.keys("n");
    assert_eq!(session.reading(), Some(2));
}

#[test]
fn scrolling_stays_at_its_text_when_the_width_changes() {
    let mut session = Session::with(3);
    session.keys("Enter 30j");
    let place = |session: &Session| {
        let reader = session.app.reader().unwrap();
        reader.layout.place_of(reader.top).text
    };
    let before = place(&session);
    session.send(Event::Resized(50, 30));
    assert_eq!(place(&session), before);
}

#[test]
fn links_open_by_number_by_letter_and_by_walking() {
    let mut session = Session::with(3);
    let museum = Effect::OpenUrls(vec!["https://museum.example/".into()]);
    let ascent = Effect::OpenUrls(vec!["https://ascent.example/".into()]);
    session.keys("Enter 2o");
    assert_eq!(session.outside.last(), Some(&ascent));
    session.keys("]l Enter");
    assert_eq!(session.outside.last(), Some(&museum));
    session.keys("Esc f s");
    assert_eq!(session.outside.last(), Some(&ascent));
    session.keys("f A");
    assert_eq!(
        session.outside.last(),
        Some(&Effect::Copy("https://museum.example/".into()))
    );
    session.keys("Esc o");
    let own = Effect::OpenUrls(vec!["https://paper.example/3".into()]);
    assert_eq!(session.outside.last(), Some(&own));
    session.keys("9y");
    assert_eq!(session.status(), "This article has no link 9");
}

#[test]
fn more_than_five_addresses_at_once_ask_first() {
    let mut session = Session::with(9);
    session.keys("6o");
    assert!(matches!(session.app.overlays(), [Overlay::Confirm(_)]));
    session.keys("n");
    assert!(
        !session
            .outside
            .iter()
            .any(|effect| matches!(effect, Effect::OpenUrls(_)))
    );
    session.keys("6o y");
    assert!(matches!(session.outside.last(), Some(Effect::OpenUrls(urls)) if urls.len() == 6));
}

#[test]
fn the_feed_s_text_and_the_full_text_change_places() {
    let mut session = Session::with(3);
    session.keys("Enter x");
    let blocks = |session: &Session| {
        session
            .app
            .reader()
            .unwrap()
            .article
            .body
            .document
            .blocks
            .len()
    };
    assert_eq!(blocks(&session), 1);
    session.keys("x");
    assert!(blocks(&session) > 1);
}

#[test]
fn full_text_that_comes_late_moves_nothing_under_the_reader_s_eyes() {
    let mut session = Session::with(3);
    session.keys("Enter 5j X");
    assert!(session.outside.contains(&Effect::FetchFull(ArticleId(3))));
    let top = session.app.reader().unwrap().top;
    session.send(Event::FullText {
        id: ArticleId(3),
        result: Ok(()),
    });
    assert_eq!(session.app.reader().unwrap().top, top);
    assert!(
        session.status().contains("full text ready · x"),
        "{}",
        session.status()
    );
    session.send(Event::FullText {
        id: ArticleId(3),
        result: Err("403 from the site".into()),
    });
    assert!(
        session
            .status()
            .contains("feed text only: 403 from the site · X tries again")
    );
}

/// The status line of an article with these pictures, with this remark.
fn badge(kept: usize, wanted: usize, missing: Option<&str>, remark: Option<&str>) -> String {
    let mut library = Library::with(1);
    let article = &mut library.articles[0];
    article.body.removed.clear();
    article.body.remark = remark.map(str::to_owned);
    if remark.is_some() {
        article.body.source = BodySource::Feed;
    }
    article.pictures = PicturesKept {
        kept,
        wanted,
        missing: missing.map(str::to_owned),
    };
    let mut session = Session::sized(library, 140, 40, Settings::default());
    session.keys("Enter").status()
}

#[test]
fn the_status_line_says_what_reads_offline_and_what_does_not() {
    let missing = Some("404 from the site");
    assert_eq!(badge(0, 0, None, None), "full text ✓");
    assert_eq!(badge(3, 3, None, None), "full text ✓  pictures ✓");
    assert_eq!(
        badge(2, 3, missing, None),
        "full text ✓  pictures 2 of 3: 404 from the site"
    );
    assert_eq!(
        badge(0, 2, None, None),
        "full text ✓  pictures 0 of 2: not fetched yet"
    );
    assert_eq!(
        badge(0, 0, None, Some("feed text only: 403 from the site")),
        "feed text only: 403 from the site · X tries again"
    );
}

#[test]
fn all_of_the_last_days_is_brought_and_what_is_missing_can_be_read() {
    let mut session = Session::with(2);
    session.keys(":").type_in("offline bananas:7").keys("Enter");
    assert!(session.status().contains("bananas"), "{}", session.status());
    let asks = |effect: &Effect| matches!(effect, Effect::BringOffline(_));
    assert!(!session.outside.iter().any(asks));
    session.keys(":").type_in("offline 7d").keys("Enter");
    let asked = session.outside.iter().any(|effect| {
        matches!(effect, Effect::BringOffline(query)
            if **query == Query::term(Term::Newer(7 * 86_400)))
    });
    assert!(asked, "{:?}", session.outside);
    session.send(Event::OfflineProgress { done: 1, total: 2 });
    assert_eq!(session.app.bringing(), Some((1, 2)));
    session.keys(":").type_in("cancel-reload").keys("Enter");
    assert!(session.outside.contains(&Effect::CancelReload));
    session.send(Event::OfflineEnded(Ok(OfflineSummary {
        articles: 2,
        complete: 1,
        pages: 1,
        missing: vec![Missing {
            id: ArticleId(2),
            title: "Story 2".into(),
            what: "text",
            why: "403 from the site".into(),
        }],
        ..OfflineSummary::default()
    })));
    assert_eq!(session.app.bringing(), None);
    let Some(Overlay::Message(message)) = session.app.overlays().last() else {
        panic!("no list of what is missing")
    };
    let lines = message.lines.join("\n");
    assert!(
        lines.contains("text: 403 from the site\n  Story 2"),
        "{lines}"
    );
}

// -- marks, selection, undo -----------------------------------------------------------------------------------------

#[test]
fn a_mark_shows_at_once_and_is_named_after_its_commit() {
    let mut session = Session::with(5);
    session.paused = true;
    session.keys("s");
    assert!(session.app.list().selected_row().unwrap().starred);
    assert_eq!(session.status(), "Story 5", "nothing is acknowledged yet");
    session.go_on();
    assert_eq!(session.status(), "starred · u undoes");
}

#[test]
fn a_mark_that_cannot_be_stored_flips_back_and_says_why() {
    let mut session = Session::with(5);
    session.library.failing = Some("the disk is full".into());
    session.keys("s");
    assert!(!session.app.list().selected_row().unwrap().starred);
    assert_eq!(session.status(), "the disk is full");
    session.library.failing = None;
    session.keys("s");
    assert!(session.library.get(5).starred);
}

#[test]
fn a_failed_mark_takes_nothing_else_back() {
    let mut session = Session::with(5);
    session.paused = true;
    session.keys("s L");
    let writes: Vec<Effect> = std::mem::take(&mut session.waiting);
    session.paused = false;
    for effect in writes {
        session.library.failing =
            matches!(&effect, Effect::Write { change, .. } if change.what == What::Star(true))
                .then(|| "no".into());
        if let Some(event) = session.library.answer(&effect) {
            session.send(event);
        }
    }
    let row = session.app.list().selected_row().unwrap();
    assert_eq!((row.starred, row.later), (false, true));
}

#[test]
fn mark_all_read_takes_the_list_as_it_stands_and_never_what_waits() {
    let mut session = Session::with(300);
    let new = session.library.bring("Late news");
    session.send(Event::FeedDone {
        feed: FeedId(1),
        new: 1,
    });
    assert!(
        session.app.list_title().contains("↑ 1 new"),
        "{}",
        session.app.list_title()
    );
    session.keys("A");
    assert_eq!(session.status(), "300 marked read · u undoes");
    assert!(session.library.get(new.0).unread);
    assert_eq!(session.library.unread(), 1);
    session.keys("u");
    assert_eq!(session.status(), "undone: 300 marked read · ^R again");
    assert_eq!(session.library.unread(), 301);
    assert!(
        session.app.list().rows().all(|row| row.unread),
        "the rows show it at once"
    );
    session.keys("^R");
    assert_eq!(session.library.unread(), 1);
}

#[test]
fn a_filter_narrows_what_mark_all_read_takes() {
    let mut session = Session::with(20);
    session
        .keys("F")
        .type_in("title:story")
        .keys("Space")
        .type_in("title:1")
        .keys("Enter");
    let shown = session.titles().len() as i64;
    assert_eq!(shown, 11, "{:?}", session.titles());
    session.keys("A");
    assert_eq!(session.library.unread(), 9);
    session.keys("^G");
    assert_eq!(session.titles().len(), 20);
}

#[test]
fn all_above_and_all_below_can_be_marked() {
    let mut session = Session::with(10);
    session.keys("3j gA");
    assert_eq!(session.library.unread(), 7);
    session.keys("u 3j gB");
    assert_eq!(session.library.unread(), 7);
    assert!(session.library.get(10).unread);
}

#[test]
fn any_action_takes_what_is_selected() {
    let mut session = Session::with(9);
    session.keys("v v j j v");
    assert_eq!(session.status(), "3 selected");
    session.keys("s");
    let starred: Vec<i64> = (1..=9)
        .filter(|id| session.library.get(*id).starred)
        .collect();
    assert_eq!(starred, [5, 8, 9]);
    assert_eq!(session.app.list().marked, Marked::None);
    session.keys("% L");
    assert!((1..=9).all(|id| session.library.get(id).later));
}

#[test]
fn a_range_is_selected_from_the_last_mark_to_here() {
    let mut session = Session::with(9);
    session.keys("v 3j V");
    assert_eq!(session.status(), "5 selected");
}

#[test]
fn a_range_reaches_back_to_a_mark_that_left_the_window() {
    let mut session = Session::with(900);
    session.keys("v 600j V");
    assert_eq!(session.status(), "602 selected");
    session.keys("m");
    assert_eq!(session.library.unread(), 298);
    session.keys("u Esc G v gg V");
    assert_eq!(session.status(), "900 selected");
    assert!(session.app.list().rows().len() < 400);
}

#[test]
fn an_action_takes_selected_rows_wherever_they_stand() {
    let mut session = Session::with(900);
    session.keys("s v 500j v");
    assert_eq!(session.status(), "2 selected");
    // One of them is starred, far above: the toggle sets.
    session.keys("s");
    assert!(session.library.get(900).starred && session.library.get(399).starred);
    session.keys("gg v 500j v y");
    assert_eq!(session.status(), "copied: 2 addresses");
    session.keys("% t").type_in("all").keys("Enter");
    assert!((1..=900).all(|id| session.library.get(id).tags == ["all"]));
}

#[test]
fn jumping_reaches_rows_far_below_and_escape_comes_back() {
    let mut session = Session::with(900);
    session.keys("3j f").type_in("story").type_in(" 123");
    assert_eq!(session.selected(), Some(123));
    session.keys("Esc");
    assert_eq!(session.selected(), Some(897));
}

#[test]
fn a_row_is_reached_by_its_number_from_anywhere() {
    let mut session = Session::with(900);
    session.keys("G :").type_in("5").keys("Enter");
    assert_eq!(session.selected(), Some(896));
    session.keys(":").type_in("700").keys("Enter");
    assert_eq!(session.selected(), Some(201));
}

#[test]
fn on_a_mixed_selection_a_toggle_sets_and_only_when_all_are_set_it_clears() {
    let mut session = Session::with(5);
    session.keys("s % s");
    assert!((1..=5).all(|id| session.library.get(id).starred));
    session.keys("% s");
    assert!((1..=5).all(|id| !session.library.get(id).starred));
}

#[test]
fn undo_brings_selection_and_row_back_into_view() {
    let mut session = Session::with(9);
    session.keys("v v v m j j");
    assert_eq!(session.library.unread(), 6);
    session.keys("u");
    assert_eq!(session.library.unread(), 9);
    assert_eq!(session.status(), "undone: 3 marked read · ^R again");
    assert_eq!(session.app.list().marked_count(), 3);
    assert_eq!(session.selected(), Some(6));
}

#[test]
fn tags_are_edited_as_a_line_and_put_on_again() {
    let mut session = Session::with(5);
    session.keys("t").type_in("history, tunnels").keys("Enter");
    assert_eq!(session.library.get(5).tags, ["history", "tunnels"]);
    session.keys("j T");
    assert_eq!(session.library.get(4).tags, ["history", "tunnels"]);
    session.keys("t ^U").type_in("tunnels").keys("Enter");
    assert_eq!(session.library.get(4).tags, ["tunnels"]);
    let tags = |node: &Node| matches!(node, Node::Tags);
    assert!(session.app.tree().rows().iter().any(|row| tags(&row.node)));
    // An edit of several tags is one step.
    session.keys("u u");
    assert!(session.library.get(4).tags.is_empty());
    assert_eq!(session.library.get(5).tags, ["history", "tunnels"]);
}

#[test]
fn a_read_only_library_keeps_no_marks_and_says_so() {
    let mut library = Library::with(5);
    library.read_only = Some("the folder cannot be written".into());
    let mut session = Session::sized(library, 140, 40, Settings::default());
    session.keys("s");
    assert!(
        session
            .status()
            .starts_with("Read-only: marks are not kept")
    );
    session.keys("Enter");
    assert_eq!(session.library.unread(), 5);
    // The header says so all the time; the line at the bottom has other things to say.
    assert!(session.app.is_read_only());
    session.keys("/").type_in("story").keys("Enter");
    assert!(
        session.status().starts_with("match 1/"),
        "{}",
        session.status()
    );
    assert!(
        !session
            .waiting
            .iter()
            .any(|effect| matches!(effect, Effect::Write { .. }))
    );
}

#[test]
fn the_undo_list_takes_one_step_back() {
    let mut session = Session::with(5);
    session.keys("s j s : ").type_in("undolist").keys("Enter");
    let Some(Overlay::UndoList(list)) = session.app.overlays().last() else {
        panic!("the list of steps is shown");
    };
    assert_eq!(list.steps.len(), 2);
}

#[test]
fn an_undo_puts_nothing_into_a_list_it_does_not_belong_to() {
    let mut session = Session::with(9);
    session.keys("A gs u");
    assert_eq!(session.library.unread(), 9);
    assert_eq!(session.app.place_title(), "Starred");
    assert_eq!(session.titles().len(), 0);
}

#[test]
fn what_was_read_elsewhere_still_stands_in_the_list_one_comes_back_to() {
    let mut session = Session::with(9);
    session.keys("ga Enter q j Enter q q");
    assert_eq!(session.app.place_title(), "All unread");
    assert_eq!(session.library.unread(), 7);
    assert_eq!(session.titles().len(), 9);
}

#[test]
fn an_article_left_before_it_came_is_asked_for_again_on_coming_back() {
    let mut session = Session::with(9);
    session.paused = true;
    session.keys("Enter gs");
    session.go_on();
    session.keys("q");
    assert_eq!(session.reading(), Some(9));
    session.keys("J");
    assert_eq!(session.reading(), Some(8), "and the reader goes on working");
}

// -- new articles ---------------------------------------------------------------------------------------------------

#[test]
fn new_articles_wait_until_gg() {
    let mut session = Session::with(5);
    session.keys("2j");
    session.library.bring("Late news");
    session.send(Event::FeedDone {
        feed: FeedId(1),
        new: 1,
    });
    assert_eq!((session.titles().len(), session.selected()), (5, Some(3)));
    session.keys("gg");
    assert_eq!(
        session.titles().first().map(String::as_str),
        Some("Late news")
    );
    assert_eq!(session.selected(), Some(6));
    assert_eq!(session.app.list().waiting(), 0);
}

#[test]
fn an_empty_list_takes_what_is_new_at_once() {
    let mut session = Session::with(0);
    assert_eq!(session.app.list().rows().len(), 0);
    session.library.bring("First news");
    session.send(Event::FeedDone {
        feed: FeedId(1),
        new: 1,
    });
    assert_eq!(session.titles(), ["First news"]);
}

#[test]
fn a_reload_is_named_with_its_failures_and_waits() {
    let mut session = Session::with(5);
    session.keys("R");
    assert!(session.outside.contains(&Effect::Reload(None)));
    session.send(Event::Progress {
        done: 1,
        total: 3,
        pages_left: 4,
    });
    assert!(session.app.reloading().is_some());
    session.send(Event::ReloadEnded(ReloadSummary {
        asked: 3,
        skipped: 2,
        longest_wait_s: Some(600),
        failed: 1,
        new: 12,
        ..ReloadSummary::default()
    }));
    assert!(session.app.reloading().is_none());
    assert_eq!(
        session.status(),
        "12 new articles · 1 feed failed: ! shows why · 2 not asked yet, the longest wait is 10 min"
    );
}

#[test]
fn without_a_network_no_feed_is_blamed() {
    let mut session = Session::with(5);
    session.keys("R");
    session.send(Event::ReloadEnded(ReloadSummary {
        offline: true,
        failed: 3,
        ..ReloadSummary::default()
    }));
    assert_eq!(session.app.offline_words().as_deref(), Some("no network"));
    assert!(!session.status().contains("failed"));
}

// -- going places, searching ----------------------------------------------------------------------------------------

#[test]
fn q_goes_back_along_the_places_and_quits_at_the_first() {
    let mut session = Session::with(9);
    session.keys("3j gs");
    assert_eq!(session.app.place_title(), "Starred");
    session.keys("ga 2j Enter *");
    session.keys("Esc Esc q");
    assert_eq!(session.app.place_title(), "Starred");
    session.keys("q");
    assert_eq!(
        (session.app.place_title().as_str(), session.selected()),
        ("All unread", Some(6))
    );
    assert!(!session.quits());
    session.keys("q");
    assert!(session.quits());
}

#[test]
fn esc_never_quits() {
    let mut session = Session::with(5);
    session.keys("Esc Esc Esc Esc");
    assert!(!session.quits());
}

#[test]
fn ctrl_c_closes_a_popup_and_else_quits() {
    let mut session = Session::with(5);
    session.keys("? ^C");
    assert!(session.app.overlays().is_empty() && !session.quits());
    session.keys(": ^C");
    assert!(session.app.overlays().is_empty() && !session.quits());
    session.keys("^C");
    assert!(session.quits());
}

#[test]
fn search_answers_while_typing_and_esc_returns_to_where_you_were() {
    let mut session = Session::with(30);
    session.keys("4j /").type_in("story 2");
    assert_eq!(session.app.place_title(), "/story 2");
    assert!(
        session.titles().iter().all(|title| title.contains('2')),
        "{:?}",
        session.titles()
    );
    session.keys("Esc");
    assert_eq!(
        (session.app.place_title().as_str(), session.selected()),
        ("All unread", Some(26))
    );
    session.keys("/").type_in("story 17").keys("Enter");
    assert_eq!(
        (session.app.focus(), session.titles()),
        (Pane::List, vec!["Story 17".to_owned()])
    );
    session.keys("q");
    assert_eq!(session.selected(), Some(26));
}

#[test]
fn a_search_without_results_says_so() {
    let mut session = Session::with(3);
    session.keys("/").type_in("zeppelin");
    assert_eq!(
        session.app.empty_words(),
        "Nothing for \"zeppelin\" in 3 articles · Esc"
    );
}

#[test]
fn a_search_can_be_kept_in_the_feed_list() {
    let mut session = Session::with(9);
    session
        .keys("/")
        .type_in("story")
        .keys("Enter W")
        .type_in("Stories")
        .keys("Enter");
    assert_eq!(session.library.searches[0].2, "story");
    let kept = session
        .app
        .tree()
        .rows()
        .iter()
        .any(|row| row.title == "Stories");
    assert!(kept, "it stands in the feed list");
}

#[test]
fn jumping_goes_to_the_row_that_is_typed() {
    let mut session = Session::with(30);
    session.keys("f").type_in("story 7").keys("Enter");
    assert_eq!(session.selected(), Some(7));
    session.keys("f").type_in("story 9").keys("Esc");
    assert_eq!(session.selected(), Some(7));
}

#[test]
fn lists_are_sorted_and_turned_round_without_losing_the_row() {
    let mut session = Session::with(9);
    session.keys("2j ,t");
    assert_eq!(
        session.titles().first().map(String::as_str),
        Some("Story 1")
    );
    assert_eq!(session.selected(), Some(7));
    session.keys(",r");
    assert_eq!(
        session.titles().first().map(String::as_str),
        Some("Story 9")
    );
}

#[test]
fn read_articles_of_a_feed_are_hidden_and_shown_by_the_dot() {
    let mut session = Session::with(9);
    session.keys("]f Enter q j");
    assert_eq!(session.titles().len(), 3);
    session.keys(".");
    assert_eq!(session.titles().len(), 2);
    session.keys(".");
    assert_eq!(session.titles().len(), 3);
}

// -- names ----------------------------------------------------------------------------------------------------------

#[test]
fn moving_in_the_names_shows_mentions_and_enter_lists_their_articles() {
    let mut session = Session::with(6);
    session.keys("Enter e");
    assert_eq!(session.app.focus(), Pane::Names);
    assert_eq!(session.app.reader().unwrap().name, Some(0));
    session.keys("]e");
    let reader = session.app.reader().unwrap();
    assert_eq!(reader.mention, Some(1));
    assert!(reader.top > 0, "the mention is brought into view");
    session.keys("Enter");
    assert_eq!(session.app.place_title(), "Edmund Hillary");
    assert_eq!(session.titles().len(), 6, "read ones too");
    session.keys("q");
    assert_eq!(session.reading(), Some(6));
}

#[test]
fn e_shows_and_focuses_the_names_and_then_hides_them() {
    let mut session = Session::with(3);
    session.keys("Enter");
    assert!(session.app.frame().names.is_some());
    session.keys("e");
    assert_eq!(session.app.focus(), Pane::Names);
    session.keys("e");
    assert!(session.app.frame().names.is_none());
    assert_eq!(session.app.focus(), Pane::Article);
}

fn hillary() -> NameKey {
    NameKey {
        name: "Edmund Hillary".into(),
        kind: EntityKind::Person,
    }
}

#[test]
fn names_are_followed_from_the_text_and_from_the_list_of_names() {
    let mut session = Session::with(3);
    session.keys("Enter ]e +");
    assert!(session.status().contains("Follow"), "{}", session.status());
    assert_eq!(session.app.name_decisions(&hillary()), (true, false));
    session.keys("q ge -");
    assert!(session.status().contains("Mute"), "{}", session.status());
    assert_eq!(session.app.name_decisions(&hillary()), (false, true));
    session.keys("- Esc");
    assert_eq!(session.app.name_decisions(&hillary()), (false, false));
}

#[test]
fn a_followed_name_is_a_folder_s_row_and_its_list_has_sentences() {
    let mut session = Session::with(6);
    let node = || Node::Name(hillary());
    let there = |session: &Session| {
        let rows = session.app.tree().rows();
        rows.iter().find(|row| row.node == node()).cloned()
    };
    assert!(there(&session).is_none());
    session.keys("Enter ]e + q");
    let row = there(&session).expect("a row in the feed list");
    assert_eq!((row.depth, row.count), (1, 5));
    session.keys("h gg");
    while session.app.tree().selected != Some(node()) {
        session.keys("j");
    }
    assert_eq!(session.app.place_title(), "Edmund Hillary");
    let list = session.app.list();
    let sentence = |id| list.snippets.get(&ArticleId(id)).cloned();
    assert_eq!(sentence(6).flatten().map(|it| it.range), Some(0..14));
    assert_eq!(
        sentence(5),
        Some(None),
        "looked at, and not asked for again"
    );
    assert_eq!(list.row_lines(), 2);
    session.keys("k h");
    assert!(there(&session).is_none(), "the folder closes");
    session.keys("l d");
    assert!(
        session.app.overlays().is_empty(),
        "the folder itself cannot be deleted"
    );
    session.keys("j d y");
    assert_eq!(session.app.name_decisions(&hillary()), (false, false));
}

#[test]
fn a_muted_name_s_articles_leave_the_lists_and_gm_shows_them() {
    let mut session = Session::with(4);
    session.keys("s Enter ]e - q");
    assert!(
        session.titles().contains(&"Story 4".to_owned()),
        "the starred one and the row under the eyes"
    );
    assert_eq!(session.titles().len(), 1);
    assert_eq!(
        session.app.muted_notice().as_deref(),
        Some("3 hidden by muted names · gm")
    );
    session.keys("gm");
    assert_eq!(session.app.place_title(), "Hidden by muted names");
    assert_eq!(session.app.muted_notice(), None);
    session.keys("q . A");
    assert_eq!(session.library.unread(), 3, "what is hidden is not marked");
}

#[test]
fn a_name_is_merged_with_completion_and_goes_on_under_the_other() {
    let mut session = Session::with(3);
    session.keys("Enter ]e =").type_in("norg");
    let Some(Overlay::Prompt(prompt)) = session.app.overlays().last() else {
        panic!("a prompt");
    };
    assert_eq!(prompt.candidates[0].label, "Tenzing Norgay");
    assert_eq!(prompt.candidates[0].detail, "person · 1 article");
    session.keys("Tab Enter");
    assert!(
        session.status().contains("MergeName"),
        "{}",
        session.status()
    );
    let reader = session.app.reader().expect("the article");
    let name = &reader.article.entities.entities[0].name;
    assert_eq!(
        (name.as_str(), reader.name),
        ("Tenzing Norgay", Some(0)),
        "read again, still selected"
    );
    session.keys("Enter");
    assert_eq!(session.app.place_title(), "Tenzing Norgay");
}

#[test]
fn a_name_gets_another_name_or_type_from_its_menu() {
    let mut session = Session::with(3);
    session.keys("Enter e i l");
    let kind =
        |session: &Session| session.app.reader().expect("it").article.entities.entities[0].kind;
    assert_eq!(kind(&session), EntityKind::Place);
    session.keys("i n ^U").type_in("Mount Everest");
    session.keys("Enter");
    let reader = session.app.reader().expect("it");
    assert_eq!(reader.article.entities.entities[0].name, "Mount Everest");
    assert_eq!(session.app.focus(), Pane::Names);
}

#[test]
fn a_way_of_writing_is_taken_out_of_a_name_here_or_everywhere() {
    let mut session = Session::with(3);
    session.keys("Enter ]e i t");
    let Some(Overlay::Menu(menu)) = session.app.overlays().last() else {
        panic!("a menu");
    };
    let labels: Vec<&str> = menu.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(
        labels,
        ["Hillary, in this article", "Hillary, in every article"]
    );
    session.keys("Enter");
    let (what, scope) = session.library.parted.last().cloned().expect("a change");
    let part = What::PartName {
        from: hillary(),
        words: "Hillary".into(),
        on: true,
    };
    let here = session.reading().map(ArticleId).expect("the article");
    assert_eq!((&what, scope), (&part, Scope::Ids(vec![here])));
    session.keys("i t ^J Enter");
    let (what, scope) = session.library.parted.last().cloned().expect("a change");
    assert_eq!((what, scope), (part, Scope::None));
}

#[test]
fn a_name_s_page_leads_to_names_and_articles_and_takes_merges_apart() {
    let mut session = Session::with(5);
    session.keys("ge Enter");
    let view = |session: &Session| match session.app.overlays().last() {
        Some(Overlay::Name(view)) => (view.key.name.clone(), view.selected),
        other => panic!("a page of a name, not {other:?}"),
    };
    assert_eq!(
        view(&session),
        ("Edmund Hillary".into(), 0),
        "on all of its articles"
    );
    session.keys("j j j Enter");
    assert_eq!(view(&session).0, "Tenzing Norgay");
    session.keys("q gg j Enter");
    assert!(matches!(
        session.app.overlays().last(),
        Some(Overlay::Confirm(_))
    ));
    session.keys("y");
    assert!(
        session.status().contains("SplitName"),
        "{}",
        session.status()
    );
    session.keys("j Enter y");
    assert!(
        session.status().contains("words: \"Sir Ed\", on: true"),
        "{}",
        session.status()
    );
    session.keys("+");
    assert_eq!(session.app.name_decisions(&hillary()), (true, false));
    session.keys("G Enter");
    assert_eq!(session.reading(), Some(1));
    assert_eq!(session.app.place_title(), "Edmund Hillary");
    session.keys("q q");
    assert_eq!(session.app.place_title(), "All unread");
}

#[test]
fn any_word_can_be_asked_for() {
    let mut session = Session::with(3);
    session.keys("Enter /").type_in("asce");
    session.keys("Enter *");
    assert_eq!(
        session.app.place_title(),
        "/\"ascent\"",
        "whole, though a part was typed"
    );
    session.keys("q");
    let pane = session.app.frame().article.expect("the article").inner;
    let reader = session.app.reader().expect("the article");
    let line = (0..reader.layout.len())
        .find(|line| reader.layout.line_text(*line).contains("summit"))
        .expect("the word is there");
    let at = reader
        .layout
        .line_text(line)
        .find("summit")
        .expect("it is there");
    let left = pane.x + (pane.width - reader.layout.width) / 2;
    let mut areas = Areas::default();
    areas.push(pane, Target::Pane(Pane::Article));
    session.send(Event::Drawn(areas));
    session.send(Event::Mouse(Mouse {
        column: left + at as u16 + 2,
        row: pane.y + (line - reader_top(&session)) as u16,
        kind: MouseKind::Down,
    }));
    let reader = session.app.reader().expect("the article");
    assert_eq!(reader.chosen_word(), Some("summit"));
    session.keys("*");
    assert_eq!(session.app.place_title(), "/\"summit\"");
    session.keys("q Esc Esc");
    assert!(session.app.reader().expect("the article").word.is_none());
}

fn reader_top(session: &Session) -> usize {
    session.app.reader().map_or(0, |reader| reader.top)
}

#[test]
fn a_surname_alone_is_searched_for_as_a_word() {
    let mut library = Library::with(3);
    for article in &mut library.articles {
        article.entities.entities[0].name = "Hillary".into();
    }
    let mut session = Session::sized(library, 140, 40, Settings::default());
    session.keys("Enter ]e Enter");
    assert_eq!(session.app.place_title(), "/\"Hillary\"");
    session.keys("q + Enter");
    assert_eq!(
        session.app.place_title(),
        "Hillary",
        "followed, it is the name the reader says"
    );
}

#[test]
fn typing_in_the_list_of_names_asks_the_library() {
    let mut session = Session::with(3);
    session.keys("ge /").type_in("norg");
    session.keys("Enter");
    let Some(Overlay::Names(names)) = session.app.overlays().last() else {
        panic!("the list of names");
    };
    let shown: Vec<_> = names.shown().map(|row| row.name.clone()).collect();
    assert_eq!(shown, ["Tenzing Norgay"]);
}

#[test]
fn over_the_list_of_all_names_no_key_moves_the_panes_below() {
    let mut session = Session::with(5);
    session.keys("ge n J l Tab s");
    assert!(matches!(session.app.overlays(), [Overlay::Names(_)]));
    assert_eq!((session.reading(), session.selected()), (None, Some(5)));
    assert_eq!(session.library.unread(), 5);
}

// -- what cleaning removed -------------------------------------------------------------------------------------------

/// The lines of the article as they are laid out.
fn lines(session: &Session) -> Vec<String> {
    let layout = &session.app.reader().expect("an article").layout;
    (0..layout.len())
        .map(|line| layout.line_text(line))
        .collect()
}

fn selected_block(session: &Session) -> Option<Item> {
    session.app.reader()?.cleaning.as_ref()?.selected
}

fn text_of(session: &Session) -> String {
    let reader = session.app.reader().expect("an article");
    reader.article.body.document.plain_text()
}

#[test]
fn what_cleaning_removed_is_shown_in_its_place_and_walked() {
    let mut session = Session::with(3);
    session.keys("Enter");
    assert!(
        session.status().contains("full text ✓"),
        "{}",
        session.status()
    );
    assert!(session.status().ends_with("2 blocks removed, sure"));
    let before = lines(&session);
    session.keys("gx");
    let shown = lines(&session);
    let at = |words: &str| shown.iter().position(|line| line.contains(words)).unwrap();
    assert!(at("reached the summit") < at("[share] Share this"));
    assert!(at("[share] Share this") < at("The museum"));
    assert!(at("The way down") < at("[newsletter] Sign up"));
    assert_eq!(selected_block(&session), Some(Item::Removed(0)));
    assert_eq!(
        session.status(),
        "removed: a share bar · + puts it back · Esc ends"
    );
    session.keys("]b");
    assert_eq!(selected_block(&session), Some(Item::Removed(1)));
    session.keys("]b");
    assert_eq!(session.status(), "No more removed blocks");
    session.keys("[b j");
    assert_eq!(selected_block(&session), Some(Item::Kept(1)));
    assert_eq!(session.status(), "in the article · - removes it · Esc ends");
    session.keys("k k k k gg");
    assert_eq!(selected_block(&session), Some(Item::Kept(0)));
    session.keys("G");
    assert_eq!(selected_block(&session), Some(Item::Kept(43)));
    session.keys("Esc");
    assert_eq!(lines(&session), before);
    assert_eq!(session.reading(), Some(3));
    session.keys("]b gx");
    assert_eq!(
        session.app.reader().unwrap().cleaning,
        None,
        "gx hides it again"
    );
}

#[test]
fn removed_blocks_leave_the_reader_where_he_is() {
    let mut session = Session::with(1);
    session.keys("Enter ^D ^D");
    let top = |session: &Session| {
        let reader = session.app.reader().unwrap();
        reader.layout.line_text(reader.top)
    };
    let before = top(&session);
    assert!(
        before.contains("Paragraph") || before.is_empty(),
        "{before}"
    );
    session.keys("gx");
    assert_eq!(
        selected_block(&session),
        Some(Item::Removed(1)),
        "the last above"
    );
    session.keys("gx ^D ^D gx Esc");
    session.keys("gg ^D ^D");
    assert_eq!(top(&session), before);
}

#[test]
fn blocks_are_chosen_first_and_decided_for_the_article_by_enter() {
    let mut session = Session::with(3);
    session.keys("Enter gx Enter");
    assert_eq!(
        session.status(),
        "Nothing is chosen: + puts a block back, - removes one"
    );
    session.keys("- ");
    assert_eq!(session.status(), "This block is not in the article");
    session.keys("+ j + -");
    assert_eq!(
        session.status(),
        "+1 -1 · Enter this article · s its site · Esc drops"
    );
    session.keys("+");
    assert!(
        session.status().starts_with("+1 · "),
        "{}",
        session.status()
    );
    session.keys("Enter");
    assert_eq!(session.library.articles[2].decisions.len(), 1);
    assert!(
        session.status().ends_with("u undoes"),
        "{}",
        session.status()
    );
    session.send(Event::Refreshed(vec![ArticleId(3)]));
    assert!(text_of(&session).contains("Share this"));
    let cleaning = session.app.reader().unwrap().cleaning.clone().unwrap();
    assert_eq!(cleaning.chosen, []);
    session.keys("u");
    session.send(Event::Refreshed(vec![ArticleId(3)]));
    assert!(!text_of(&session).contains("Share this"));
    assert!(
        session.status().starts_with("undone: "),
        "{}",
        session.status()
    );
}

#[test]
fn choices_that_were_not_stored_are_dropped_in_words_or_kept_to_try_again() {
    let mut session = Session::with(3);
    session.keys("Enter gx + Esc");
    assert_eq!(
        session.status(),
        "The choice is dropped; nothing was changed"
    );
    assert!(selected_block(&session).is_some(), "still there");
    session.library.failing = Some("the disk is full".into());
    session.keys("+ Enter");
    assert_eq!(session.status(), "the disk is full");
    let cleaning = session.app.reader().unwrap().cleaning.clone().unwrap();
    assert_eq!(cleaning.chosen, [Item::Removed(0)]);
    session.keys("q q");
    assert_eq!((session.reading(), session.quits()), (Some(3), false));
    session.library.failing = None;
    session.library.read_only = Some("the folder".into());
    session.send(Event::LibraryChanged);
    session.keys("gx + Enter");
    assert!(
        session.status().starts_with("Read-only"),
        "{}",
        session.status()
    );
}

#[test]
fn a_choice_for_the_site_is_a_rule_for_its_host() {
    let mut session = Session::with(3);
    session.paused = false;
    session.keys("Enter gx + ]b j - ");
    session.paused = true;
    session.keys("s");
    let rule = session.waiting.iter().find_map(|effect| match effect {
        Effect::Write { change, .. } => match &change.what {
            What::Site(edit) => Some((edit.clone(), change.scope.clone())),
            _ => None,
        },
        _ => None,
    });
    let (edit, scope) = rule.unwrap();
    assert_eq!(edit.host, "paper.example");
    assert_eq!(scope, Scope::Ids(vec![ArticleId(3)]));
    let on: Vec<(SiteList, &str)> = edit
        .lines
        .iter()
        .filter(|line| line.on)
        .map(|line| (line.list, line.text.as_str()))
        .collect();
    assert_eq!(
        on,
        [
            (SiteList::KeepText, "Share this"),
            (SiteList::StripText, "Paragraph 0 of the story, with words.")
        ]
    );
    session.go_on();
    assert!(
        session.status().ends_with("u undoes"),
        "{}",
        session.status()
    );
}

#[test]
fn what_was_cleaned_again_in_the_background_moves_nothing_under_the_readers_eyes() {
    let mut session = Session::with(2);
    session.keys("Enter");
    let better = |session: &mut Session, words: &str| {
        session.library.articles[1].body.document.blocks.insert(
            0,
            newsdesk::model::Block::Paragraph {
                text: newsdesk::model::Text::plain(words),
            },
        );
    };
    better(&mut session, "A better beginning.");
    session.send(Event::Refreshed(vec![ArticleId(2), ArticleId(1)]));
    assert!(text_of(&session).starts_with("A better beginning."));
    session.keys("^D");
    better(&mut session, "Another one.");
    session.send(Event::Refreshed(vec![ArticleId(2)]));
    assert!(!text_of(&session).starts_with("Another one."));
    // A reader who asked for it sees it, and stays at the words he was at.
    let top = |session: &Session| {
        let reader = session.app.reader().unwrap();
        reader.layout.line_text(reader.top)
    };
    session.keys("j j");
    while top(&session).trim().is_empty() {
        session.keys("j");
    }
    let before = top(&session);
    session.keys("gx + Enter");
    session.send(Event::Refreshed(vec![ArticleId(2)]));
    session.keys("gx");
    assert!(text_of(&session).starts_with("Another one."));
    assert!(lines(&session).contains(&before));
}

#[test]
fn in_what_was_removed_other_keys_do_nothing_and_say_so() {
    let mut session = Session::with(3);
    session.keys("Enter gx m");
    assert!(
        session.status().starts_with("m does nothing here"),
        "{}",
        session.status()
    );
    session.keys("?");
    let Some(Overlay::Help(help)) = session.app.overlays().last() else {
        panic!("no help")
    };
    let names: Vec<&str> = help.rows.iter().map(|row| row.name.as_str()).collect();
    for name in ["put-back", "take-out", "rule-for-site", "next-removed"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    session.keys("Esc ^C");
    assert!(!session.quits(), "^C ends it first");
}

// -- subscriptions --------------------------------------------------------------------------------------------------

fn ticket_of(effect: &Effect) -> newsdesk::app::Ticket {
    match effect {
        Effect::Discover { ticket, .. } | Effect::SaveArticle { ticket, .. } => *ticket,
        other => panic!("{other:?} asks for no address"),
    }
}

fn found(urls: &[&str]) -> Found {
    let feeds = urls.iter().map(|url| FoundFeed {
        url: (*url).into(),
        title: (*url).into(),
        kind: "RSS".into(),
        ..FoundFeed::default()
    });
    Found::Feeds(feeds.collect())
}

#[test]
fn several_addresses_are_looked_at_at_once_and_one_feed_is_taken_unasked() {
    let mut session = Session::with(3);
    session
        .keys("a")
        .type_in("one.example two.example")
        .keys("Enter");
    let asked: Vec<Effect> = session
        .outside
        .iter()
        .filter(|effect| matches!(effect, Effect::Discover { .. }))
        .cloned()
        .collect();
    assert_eq!(asked.len(), 2);
    for (effect, url) in asked
        .iter()
        .zip(["https://one.example/rss", "https://two.example/rss"])
    {
        session.send(Event::Discovered {
            ticket: ticket_of(effect),
            address: String::new(),
            found: Ok(found(&[url])),
        });
    }
    assert_eq!(session.library.feeds.len(), 5);
    assert!(session.app.overlays().is_empty());
    assert_eq!(session.status(), "2 addresses added");
    assert!(
        session
            .outside
            .contains(&Effect::Reload(Some(vec![FeedId(4)]))),
        "fetched at once"
    );
}

#[test]
fn where_a_site_has_several_feeds_one_chooses() {
    let mut session = Session::with(3);
    session.keys("a").type_in("site.example").keys("Enter");
    let ticket = ticket_of(session.outside.last().unwrap());
    session.send(Event::Discovered {
        ticket,
        address: String::new(),
        found: Ok(found(&["https://site.example/a", "https://site.example/b"])),
    });
    assert_eq!(session.library.feeds.len(), 3);
    session.keys("j j Space Enter");
    assert_eq!(
        session.library.feeds.last().unwrap().url,
        "https://site.example/b"
    );
}

#[test]
fn an_address_already_known_says_where_it_is() {
    let mut session = Session::with(3);
    session.keys("a").type_in("herald.example").keys("Enter");
    let ticket = ticket_of(session.outside.last().unwrap());
    let known = Found::Feeds(vec![FoundFeed {
        url: "https://2.example/feed".into(),
        known: Some("World / Herald".into()),
        ..FoundFeed::default()
    }]);
    session.send(Event::Discovered {
        ticket,
        address: String::new(),
        found: Ok(known),
    });
    assert_eq!(session.status(), "already there: World / Herald");
}

#[test]
fn unsubscribing_asks_first() {
    let mut session = Session::with(3);
    session.keys("h G d");
    assert!(matches!(session.app.overlays(), [Overlay::Confirm(_)]));
    session.keys("Esc");
    assert_eq!(session.library.feeds.len(), 3);
    session.keys("d y");
    assert_eq!(session.library.feeds.len(), 2);
    assert_eq!(session.app.place_title(), "All unread");
}

#[test]
fn health_shows_the_worst_feed_first() {
    let mut library = Library::with(3);
    library.feeds[1].health.last_error = Some("the site says \"not found\"".into());
    library.feeds[1].health.failures = 3;
    let mut session = Session::sized(library, 140, 40, Settings::default());
    session.keys("!");
    assert_eq!(session.app.health_rows()[0].title, "Herald");
    session.keys("Enter");
    let Some(Overlay::Message(message)) = session.app.overlays().last() else {
        panic!("the full error is shown");
    };
    assert!(message.lines.iter().any(|line| line.contains("not found")));
    session.keys("q r");
    assert!(
        session
            .outside
            .contains(&Effect::Reload(Some(vec![FeedId(2)])))
    );
    session.keys("q ]f ]f");
    assert_eq!(
        session.app.feed_notice().as_deref(),
        Some("Never reloaded: the site says \"not found\" · r again · ! details")
    );
}

#[test]
fn a_feeds_own_settings_are_edited_and_what_is_none_is_asked_for_again() {
    let mut session = Session::with(3);
    session.keys("!");
    let id = session.app.health_rows()[0].id;
    let settings = |session: &Session| {
        let feeds = &session.library.feeds;
        let feed = feeds.iter().find(|feed| feed.id == id);
        feed.expect("it is there").settings.clone()
    };
    session.keys("i k").type_in("30").keys("Enter");
    assert_eq!(settings(&session).keep_days, Some(30));
    session.keys("i q").type_in("is:what").keys("Enter");
    assert_eq!(settings(&session).filter, None);
    assert!(matches!(
        session.app.overlays().last(),
        Some(Overlay::Prompt(_))
    ));
    session.keys("C-u").type_in("-football").keys("Enter");
    assert_eq!(settings(&session).filter.as_deref(), Some("-football"));
    // A password typed in the open is neither kept nor repeated.
    session.keys("i v").type_in("hunter2").keys("Enter");
    assert_eq!(settings(&session).password, None);
    assert!(
        !session.status().contains("hunter2"),
        "{}",
        session.status()
    );
    session.keys("C-u").type_in("$PAPER").keys("Enter");
    assert_eq!(settings(&session).password.as_deref(), Some("$PAPER"));
}

#[test]
fn the_settings_of_a_feed_of_the_config_are_left_to_the_config() {
    let mut library = Library::with(3);
    library.feeds[0].settings.in_config = true;
    library.feeds[0].health.suggested_url = Some("https://moved.example/feed".into());
    let mut session = Session::sized(library, 140, 40, Settings::default());
    session.keys("!");
    session.keys("+");
    assert!(
        session.status().contains("https://moved.example/feed"),
        "{}",
        session.status()
    );
    session.keys("i");
    let Some(Overlay::Menu(menu)) = session.app.overlays().last() else {
        panic!("a menu opens");
    };
    let keys: Vec<char> = menu.rows.iter().filter_map(|row| row.key).collect();
    assert_eq!(keys, ['t', 'm', 'd', 'e']);
}

#[test]
fn a_library_without_feeds_opens_on_the_first_screen() {
    let mut session = Session::sized(Library::default(), 140, 40, Settings::default());
    assert!(session.app.welcome().is_some());
    session.keys("Enter").type_in("one.example").keys("Enter");
    let ticket = ticket_of(session.outside.last().unwrap());
    session.send(Event::Discovered {
        ticket,
        address: String::new(),
        found: Ok(found(&["https://one.example/rss"])),
    });
    assert!(session.app.welcome().is_none());
}

// -- the command line, help, paste, mouse ---------------------------------------------------------------------------

#[test]
fn every_command_can_be_typed_and_completed() {
    let mut session = Session::with(5);
    session.keys(":").type_in("mark-a").keys("Tab");
    let Some(Overlay::Prompt(prompt)) = session.app.overlays().last() else {
        panic!("the command line is open");
    };
    assert_eq!(prompt.text(), "mark-all-read");
    session.keys("Enter");
    assert_eq!(session.library.unread(), 0);
    session.keys(":").type_in("satr").keys("Enter");
    assert_eq!(
        session.status(),
        "no command is called \"satr\"; did you mean star?"
    );
    session.keys(": Up");
    let Some(Overlay::Prompt(prompt)) = session.app.overlays().last() else {
        panic!("the command line is open");
    };
    assert_eq!(prompt.text(), "satr");
}

#[test]
fn help_is_searched_and_shows_the_keys_as_bound_now() {
    let own = [(
        "list".to_owned(),
        [("s".to_owned(), "later".to_owned())].into(),
    )]
    .into();
    let (keymap, _) = Keymap::with(Preset::Default, &own);
    let settings = Settings {
        keymap,
        ..Settings::default()
    };
    let mut session = Session::sized(Library::with(3), 140, 40, settings);
    session.keys("? /").type_in("later");
    let Some(Overlay::Help(help)) = session.app.overlays().last() else {
        panic!("help is open");
    };
    assert!(
        help.shown()
            .any(|row| row.name == "later" && row.keys == "L s")
    );
}

#[test]
fn what_earlier_sessions_remembered_holds_again() {
    let mut session = Session::with(9);
    let pairs = [
        ("closed", "World"),
        ("opened", "tags"),
        ("sizes", "40 50 60"),
        ("tags", "history"),
        ("history", "go-later\nstar"),
    ];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    session.send(Event::Remembered(pairs.into()));
    assert_eq!(session.app.pane_sizes().feeds, 40);
    let feeds = session
        .app
        .tree()
        .rows()
        .iter()
        .filter(|row| matches!(row.node, Node::Feed(_)));
    assert_eq!(feeds.count(), 1, "the folder is closed");
    assert!(session.app.tree().opened.contains(&Node::Tags));
    session.keys("T");
    assert_eq!(session.library.get(9).tags, ["history"]);
    session.keys(": Up Up Enter");
    assert_eq!(session.app.place_title(), "Later");
}

#[test]
fn pasted_text_never_runs_as_commands() {
    let mut session = Session::with(5);
    session.send(Event::Paste("A\nQ".into()));
    assert_eq!(session.library.unread(), 5);
    assert!(!session.quits());
    session.keys("a");
    session.send(Event::Paste("one.example\ntwo.example\n".into()));
    let Some(Overlay::Prompt(prompt)) = session.app.overlays().last() else {
        panic!("the prompt is open");
    };
    assert_eq!(prompt.text(), "one.example two.example");
}

#[test]
fn in_the_newsboat_preset_a_digit_opens_a_link() {
    let settings = Settings {
        keymap: Keymap::preset(Preset::Newsboat),
        ..Settings::default()
    };
    let mut session = Session::sized(Library::with(3), 140, 40, settings);
    session.keys("Enter 1");
    let museum = Effect::OpenUrls(vec!["https://museum.example/".into()]);
    assert_eq!(session.outside.last(), Some(&museum));
    session.keys("q 2 Down");
    assert_eq!(session.selected(), Some(2), "digits are no count");
}

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut session = Session::with(5);
    let mut areas = Areas::default();
    areas.push(Rect::new(26, 1, 90, 14), Target::Pane(Pane::List));
    areas.push(Rect::new(27, 3, 88, 1), Target::Row(ArticleId(3)));
    session.send(Event::Drawn(areas));
    let click = Mouse {
        column: 40,
        row: 3,
        kind: MouseKind::Down,
    };
    session.send(Event::Mouse(click));
    assert_eq!((session.selected(), session.reading()), (Some(3), None));
    session.send(Event::Mouse(click));
    assert_eq!(session.reading(), Some(3));
}

#[test]
fn help_is_narrowed_by_typing_and_runs_what_is_chosen() {
    let mut session = Session::with(3);
    session.keys("? /").type_in("star or");
    let Some(Overlay::Help(help)) = session.app.overlays().last() else {
        panic!("no help")
    };
    let shown: Vec<&str> = help.shown().map(|row| row.name.as_str()).collect();
    assert_eq!(shown, ["star"]);
    session.keys("Enter Enter");
    assert!(session.library.get(3).starred);
}

#[test]
fn a_click_takes_a_completion_answers_a_question_and_picks_a_result() {
    let mut session = Session::with(5);
    let click_on = |session: &mut Session, target: Target| {
        let mut areas = Areas::default();
        areas.push(Rect::new(10, 10, 10, 1), target);
        session.send(Event::Drawn(areas));
        session.send(Event::Mouse(Mouse {
            column: 12,
            row: 10,
            kind: MouseKind::Down,
        }));
    };
    session.keys(":").type_in("star");
    click_on(&mut session, Target::Popup(0));
    session.keys("Enter");
    assert!(session.library.get(5).starred);
    session.keys("/").type_in("story");
    click_on(&mut session, Target::Row(ArticleId(3)));
    assert_eq!(session.selected(), Some(3));
    assert!(session.app.overlays().is_empty());
    session.keys("q F").type_in("story 2");
    click_on(&mut session, Target::Pane(Pane::Article));
    assert_eq!(session.titles().len(), 5, "what was typed is given up");
    session.keys("h ]f d");
    click_on(&mut session, Target::Popup(1));
    assert_eq!(session.status(), "Nothing was done");
    assert!(session.app.overlays().is_empty());
}

#[test]
fn a_long_paste_into_a_line_is_quick_and_stays_one_line() {
    let mut session = Session::with(2);
    session.keys("/").type_in("ab").keys("Left");
    session.send(Event::Paste("x\ny".repeat(40_000)));
    let Some(Overlay::Prompt(prompt)) = session.app.overlays().last() else {
        panic!("no prompt")
    };
    assert!(prompt.text().starts_with("ax yx y") && prompt.text().ends_with("yb"));
}

#[test]
fn the_feed_list_is_read_again_once_searches_are_counted() {
    let mut session = Session::with(2);
    session.paused = true;
    session.send(Event::SearchesCounted);
    assert!(session.waiting.contains(&Effect::LoadTree));
}

#[test]
fn what_was_searched_for_is_marked_in_the_article() {
    let mut session = Session::with(3);
    let marked = |session: &Session| -> Vec<String> {
        let reader = session.app.reader().unwrap();
        let text = |id: TextId| match id {
            TextId::HEADLINE => reader.article.row.title.clone(),
            id => {
                let texts = reader.article.body.document.texts();
                let text = texts.iter().find(|(other, _)| *other == id);
                text.map(|(_, text)| text.string.clone()).unwrap()
            }
        };
        let hits = reader.searched.hits.iter();
        hits.map(|(id, range)| text(*id)[range.clone()].to_owned())
            .collect()
    };
    assert_eq!(marked(&session), Vec::<String>::new());
    session.keys("/").type_in("title:STO");
    assert_eq!(marked(&session), ["Sto"]);
    session.type_in("ry").keys("Enter Enter");
    assert_eq!(session.reading(), Some(3));
    assert_eq!(marked(&session), ["Story"]);
    session.keys("q q");
    assert_eq!(marked(&session), Vec::<String>::new());
    session.keys("F").type_in("tory").keys("Enter");
    assert_eq!(marked(&session), Vec::<String>::new(), "no part of a word");
}

#[test]
fn a_dragged_border_stands_where_it_was_let_go_and_is_remembered() {
    let mut session = Session::sized(Library::with(5), 140, 43, Settings::default());
    let mut drag = |target: Target, column: u16, row: u16| {
        let mut areas = Areas::default();
        areas.push(Rect::new(0, 0, 140, 43), target);
        session.send(Event::Drawn(areas));
        for kind in [MouseKind::Down, MouseKind::Drag, MouseKind::Up] {
            session.send(Event::Mouse(Mouse { column, row, kind }));
        }
        session.app.frame()
    };
    for row in 6..30 {
        let frame = drag(Target::ListBorder, 60, row);
        assert_eq!(frame.article.unwrap().outer.y, row);
    }
    let frame = drag(Target::FeedsBorder, 35, 9);
    assert_eq!(frame.feeds.unwrap().outer.width, 36);
    let frame = drag(Target::NamesBorder, 100, 30);
    assert_eq!(frame.names.unwrap().outer.x, 100);
    let kept = session.outside.last();
    assert!(
        matches!(kept, Some(Effect::Remember { key, .. }) if key == "sizes"),
        "{kept:?}"
    );
}

#[test]
fn a_paste_narrows_the_palette_and_does_nothing_over_the_panes() {
    let mut session = Session::with(2);
    session.send(Event::Paste("sQ".into()));
    assert!(!session.library.get(2).starred);
    session.keys("^P");
    session.send(Event::Paste("star or\n".into()));
    session.keys("Enter");
    assert!(session.library.get(2).starred);
}

#[test]
fn counted_numbers_of_a_list_s_source_have_a_query() {
    let session = Session::with(3);
    let sources = [
        Source::All,
        Source::Today,
        Source::Recent,
        Source::Folder("World".into()),
    ];
    for source in sources {
        let tree = &session.app.tree().data;
        assert!(
            source
                .query(tree, session.app.now(), &session.app.settings.zone)
                .is_ok()
        );
    }
}

// -- everything at once ---------------------------------------------------------------------------------------------

/// Keys that a session is made of: every binding, digits, letters for prompts.
fn some_key() -> impl Strategy<Value = Key> {
    let map = Keymap::default();
    let mut keys: Vec<Key> = newsdesk::keymap::Context::ALL
        .into_iter()
        .flat_map(|context| {
            map.bindings(context)
                .flat_map(|(keys, _)| keys.to_vec())
                .collect::<Vec<_>>()
        })
        .collect();
    keys.extend(key::parse("123abcxyz Esc Esc Enter Tab Up").expect("keys"));
    prop::sample::select(keys)
}

fn check_invariants(session: &Session) {
    let list = &session.app.place().list;
    match list.selected {
        Some(id) => assert!(list.row(id).is_some(), "the selected row is in the window"),
        None => assert!(
            list.is_empty() || !list.loaded,
            "a list with rows has a selected one"
        ),
    }
    if session.app.is_reading() {
        let focus = session.app.focus();
        assert!(
            matches!(focus, Pane::Article | Pane::Names),
            "{focus:?} while reading"
        );
    }
    if let Some(reader) = session.app.reader() {
        assert!(reader.top <= reader.layout.len());
    }
    let (cols, rows) = session.app.size();
    for pane in [session.app.frame().feeds, session.app.frame().list]
        .into_iter()
        .flatten()
    {
        assert!(
            pane.outer.x + pane.outer.width <= cols && pane.outer.y + pane.outer.height <= rows
        );
    }
    let unread = session.library.unread() as u64;
    if session.waiting.is_empty() && session.app.welcome().is_none() {
        assert_eq!(
            session.app.tree().data.unread,
            unread,
            "the numbers follow the marks"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_keys_in_any_order_break_a_session(
        keys in prop::collection::vec(some_key(), 1..120),
        size in prop::sample::select(vec![(140, 40), (100, 34), (100, 24), (60, 20), (30, 6), (1, 1)]),
        count in 0..60_i64,
    ) {
        let library = Library::with(count);
        let mut session = Session::sized(library, size.0, size.1, Settings::default());
        for (at, key) in keys.into_iter().enumerate() {
            session.paused = at % 7 == 3;
            session.send(Event::Key(key));
            if at % 11 == 5 {
                session.library.bring("Late news");
                session.send(Event::LibraryChanged);
            }
            session.go_on();
            check_invariants(&session);
        }
    }
}
