//! What the screens look like, with style, at four sizes; and that none of them can be made to fail.
//!
//! A snapshot is in `tests/snapshots`; after a meant change write it again with `INSTA_UPDATE=always`.

mod desk;
mod edition;

use desk::{Desk, screen};
use newsdesk::app::event::{Event, FileState, ReloadSummary};
use newsdesk::app::{Settings, event::MouseKind};
use newsdesk::config::theme::Theme;
use proptest::prelude::*;

/// The sizes of DESIGN's table: very wide, wide, medium, the smallest.
const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (40, 12)];

/// Compares a screen with its snapshot, at every size.
fn check(name: &str, keys: &str) {
    for (cols, rows) in SIZES {
        let mut desk = Desk::new(cols, rows);
        desk.press(keys);
        insta::assert_snapshot!(format!("{name}_{cols}x{rows}"), screen(desk.draw()));
    }
}

/// Compares one screen with its snapshot.
fn check_one(name: &str, desk: &mut Desk) {
    insta::assert_snapshot!(name, screen(desk.draw()));
}

/// Returns the screen's letters.
fn text(desk: &mut Desk) -> String {
    let shown = screen(desk.draw());
    shown.split("\n--\n").next().unwrap_or_default().to_owned()
}

#[test]
fn the_first_screen_shows_the_list() {
    check("list", "");
}

#[test]
fn an_opened_article_stands_alone_with_its_names() {
    check("reader", "Enter");
}

#[test]
fn a_selected_name_is_reversed_in_the_text() {
    check("names", "Enter e j");
}

#[test]
fn help_lists_the_keys_as_bound_now() {
    check("help", "?");
}

#[test]
fn the_command_line_completes() {
    check("command", ": m a r k");
}

#[test]
fn health_shows_the_worst_first() {
    check("health", "!");
}

#[test]
fn the_files_of_an_article_say_how_they_stand() {
    for (cols, rows) in SIZES {
        let mut desk = Desk::new(cols, rows);
        desk.press("j Enter D");
        let url = |name: &str| format!("https://files.example/{name}?source=feed");
        desk.event(Event::FilesLookedAt(vec![
            (url("film.mp4"), FileState::Part(300_000_000)),
            (
                url("second.ogg"),
                FileState::Done("/home/ann/files/second.ogg".into()),
            ),
        ]));
        desk.event(Event::DownloadProgress {
            url: url("bread.mp3"),
            done: 2_900_000,
            total: Some(5_000_000),
        });
        desk.event(Event::DownloadEnded {
            url: url("third.ogg"),
            result: Err("404 from the site".to_owned()),
        });
        check_one(&format!("files_{cols}x{rows}"), &mut desk);
    }
}

#[test]
fn removed_blocks_have_their_reasons() {
    for (cols, rows) in SIZES {
        let mut desk = Desk::new(cols, rows);
        desk.press("Enter g x ] b + j - k");
        check_one(&format!("removed_{cols}x{rows}"), &mut desk);
    }
}

#[test]
fn steps_can_be_undone() {
    check_one(
        "undolist",
        Desk::new(100, 30).press(": u n d o l i s t Enter"),
    );
}

#[test]
fn names_over_the_cache_have_their_counts() {
    check_one("all_names", Desk::new(100, 30).press("g e"));
}

#[test]
fn a_name_has_a_page() {
    check("name_page", "g e Enter");
}

#[test]
fn the_articles_of_a_name_stand_with_their_sentences() {
    check("name_list", "Enter e Enter");
}

#[test]
fn a_merge_is_completed() {
    check_one("merge", Desk::new(100, 30).press("Enter e = f"));
}

#[test]
fn a_name_is_edited() {
    check_one("edit_name", Desk::new(100, 30).press("Enter e i"));
}

#[test]
fn a_library_without_feeds_greets() {
    check_one("welcome", &mut Desk::empty(100, 30));
    check_one("welcome_narrow", &mut Desk::empty(50, 14));
}

#[test]
fn keys_that_may_follow_are_shown_when_waited_for() {
    let mut desk = Desk::new(120, 40);
    desk.press("g");
    assert!(!text(&mut desk).contains("Starred articles"));
    desk.event(Event::Tick);
    check_one("which_key", &mut desk);
}

#[test]
fn selected_rows_have_a_sign() {
    let mut desk = Desk::new(120, 40);
    desk.press("v v");
    let shown = text(&mut desk);
    assert_eq!(shown.matches('✓').count(), 2, "{shown}");
    assert!(shown.contains("2 selected"));
}

#[test]
fn link_hints_stand_on_the_links() {
    let mut desk = Desk::new(120, 40);
    desk.press("Enter f");
    let shown = text(&mut desk);
    assert!(shown.contains("a report of the time[1]") || shown.contains(" report of the time[1]"));
    check_one("hints", &mut desk);
}

#[test]
fn what_is_found_in_the_text_is_marked() {
    check_one(
        "find",
        Desk::new(120, 40).press("Enter / t u n n e l Enter"),
    );
}

#[test]
fn a_reload_and_no_network_show_on_top() {
    let mut desk = Desk::new(120, 40);
    desk.event(Event::Progress {
        done: 37,
        total: 52,
        pages_left: 0,
    });
    assert!(
        text(&mut desk)
            .lines()
            .next()
            .unwrap_or_default()
            .ends_with("148 unread  ⇣ 37/52 reloading")
    );
    desk.event(Event::ReloadEnded(ReloadSummary {
        asked: 52,
        offline: true,
        ..ReloadSummary::default()
    }));
    let shown = text(&mut desk);
    assert!(
        shown
            .lines()
            .next()
            .unwrap_or_default()
            .contains("no network · last reload 07:40"),
        "{shown}"
    );
}

#[test]
fn a_failing_feed_says_so_over_its_list() {
    let mut desk = Desk::new(120, 40);
    desk.press(": u n r e a d Enter").press("h G");
    for _ in 0..12 {
        desk.press("k");
        if text(&mut desk).contains("Not reloaded for 2 days") {
            check_one("failing_feed", &mut desk);
            return;
        }
    }
    panic!("the failing feed was not reached");
}

#[test]
fn ascii_is_ascii_but_for_the_words() {
    let mut desk = Desk::new(120, 40);
    let settings = Settings {
        ascii: true,
        ..Settings::default()
    };
    desk.event(Event::Configured(Box::new(settings), Vec::new()));
    let shown = text(&mut desk);
    for sign in ['─', '│', '╭', '●', '★', '▾', '◷'] {
        assert!(!shown.contains(sign), "{sign} stands in\n{shown}");
    }
}

#[test]
fn no_colour_is_shown_in_mono() {
    let mut desk = Desk::new(120, 40);
    desk.theme = Theme::bundled("mono").expect("a bundled theme");
    desk.press("Enter e j");
    let shown = screen(desk.draw());
    let legend = shown.rsplit("--\n").next().unwrap_or_default();
    assert!(!legend.contains("fg") && !legend.contains("bg"), "{legend}");
}

#[test]
fn links_reach_the_terminal_and_only_on_their_own_cells() {
    let mut desk = Desk::new(120, 40);
    desk.press("Enter");
    let buffer = desk.draw();
    let linked: String = buffer
        .content()
        .iter()
        .filter(|cell| {
            cell.symbol()
                .starts_with("\u{1b}]8;id=n1;https://report.example/1990\u{1b}\\")
        })
        .map(|cell| desk::glyph(cell.symbol()))
        .collect();
    assert_eq!(linked.replace(' ', ""), "areportofthetime[1]");
}

#[test]
fn a_tiny_screen_says_what_is_needed() {
    for (cols, rows, words) in [
        (
            80,
            7,
            "newsdesk needs 40 columns and 8 rows; here are 80 and 7",
        ),
        (39, 20, "newsdesk needs 40x8, has 39x20"),
        (22, 5, "needs 40x8, has 22x5"),
        (5, 2, "40x8?"),
    ] {
        let mut desk = Desk::new(cols, rows);
        assert!(text(&mut desk).contains(words), "{cols}x{rows}");
    }
}

#[test]
fn a_wide_letter_under_a_popup_s_edge_gives_way_whole() {
    for cols in 60..110 {
        let mut desk = Desk::new(cols, 24);
        desk.press("?");
        let buffer = desk.draw();
        for y in 0..buffer.area.height {
            let mut x = 0;
            while x < buffer.area.width {
                let glyph = desk::glyph(buffer[(x, y)].symbol());
                let wide = newsdesk::text::width::width(&glyph).max(1) as u16;
                for hidden in x + 1..(x + wide).min(buffer.area.width) {
                    assert_eq!(
                        buffer[(hidden, y)].symbol(),
                        " ",
                        "{cols} columns: {hidden},{y} hides under {glyph}"
                    );
                }
                x += wide;
            }
        }
    }
}

/// Keys that reach every part of the screen.
const KEYS: &[&str] = &[
    "j",
    "k",
    "G",
    "g g",
    "Enter",
    "q",
    "Esc",
    "h",
    "l",
    "Tab",
    "Space",
    "J",
    "K",
    "n",
    "v",
    "V",
    "%",
    "e",
    "?",
    "/",
    "a",
    ":",
    "!",
    "g x",
    "g e",
    "g p",
    "g m",
    "=",
    "+",
    "-",
    "f",
    "] l",
    "] e",
    "z",
    "g b",
    "<",
    ">",
    "t",
    "i",
    "S",
    "d",
    "^D",
    "^U",
    "x",
    "Backspace",
    "s",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_keys_at_any_size_make_a_screen_fail(
        sizes in proptest::collection::vec((1u16..140, 1u16..50), 1..5),
        keys in proptest::collection::vec(0..KEYS.len(), 0..24),
        clicks in proptest::collection::vec((0u16..140, 0u16..50), 0..4),
    ) {
        let mut desk = Desk::new(100, 30);
        for (n, key) in keys.iter().enumerate() {
            desk.press(KEYS[*key]);
            desk.event(Event::Tick);
            if let Some((cols, rows)) = sizes.get(n % 7) {
                desk.resize(*cols, *rows);
            }
            if let Some((column, row)) = clicks.get(n) {
                let kind = MouseKind::Down;
                desk.event(Event::Mouse(newsdesk::app::event::Mouse { column: *column, row: *row, kind }));
                desk.draw();
            }
        }
        for (cols, rows) in sizes {
            desk.resize(cols, rows);
        }
    }
}
