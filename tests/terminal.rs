//! The built program in a pseudo-terminal: from `add` to reading an article with the server gone; every size, every
//! signal, pastes, and what it may write to a terminal at all.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "support/pty.rs"]
#[allow(dead_code, reason = "each test program uses its own part")]
mod pty;
mod support;

use std::sync::Arc;

use pty::{Home, Tty};
use rustix::process::Signal;
use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

/// The signals that ask for the end, and the exit status each leads to.
const ENDING: [(Signal, u32); 3] = [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)];

/// Returns a home with a paper in it, whose server is gone.
fn home_with(title: &str, titles: &[&str]) -> Home {
    let mut server = Server::start();
    let mut items = Vec::new();
    for (n, headline) in titles.iter().enumerate() {
        let mut item = Item::new(n + 1, server.url(&format!("/story-{n}")));
        (*headline).clone_into(&mut item.title);
        server.set(&format!("/story-{n}"), Reply::html(page(headline)));
        items.push(item);
    }
    server.set("/feed", Reply::rss(rss(title, &items)));
    let home = Home::new();
    home.command(&["add", &server.url("/feed")]);
    server.stop();
    home
}

/// Returns the reader on a library with one article, its list on the screen.
fn reader(home: &Home, cols: u16, rows: u16) -> Tty {
    let mut tty = home.reader(cols, rows);
    tty.wait_for("Harbour report number 1");
    tty
}

fn small_home() -> Home {
    home_with("The Port Ellen Paper", &["Harbour report number 1"])
}

#[test]
fn an_article_added_on_the_command_line_is_read_offline_in_the_reader() {
    let home = small_home();
    let mut tty = reader(&home, 120, 40);
    tty.keys("\r");
    tty.wait_for("full text");
    tty.wait_for("Margaret Holloway");
    tty.keys("Q");
    assert!(tty.ended().success());
}

#[test]
fn every_signal_that_ends_it_gives_the_terminal_back() {
    let home = small_home();
    for (signal, status) in ENDING {
        let mut tty = reader(&home, 100, 30);
        assert!(tty.screen.screen().alternate_screen());
        tty.signal(signal);
        assert_eq!(tty.ended().exit_code(), status, "{signal:?}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_terminal_back_before_its_words() {
    let home = small_home();
    let mut tty = home.reader_with(100, 30, &[("NEWSDESK_PANIC", "1")]);
    assert_eq!(tty.ended().exit_code(), 101);
    assert!(tty.text().contains("asked to panic"), "{}", tty.text());
}

#[test]
fn no_size_is_too_small_or_too_large_and_keys_still_quit() {
    let home = small_home();
    let mut tty = reader(&home, 80, 24);
    for (cols, rows) in [
        (1, 1),
        (2, 2),
        (10, 3),
        (250, 80),
        (20, 5),
        (40, 10),
        (39, 8),
    ] {
        tty.resize(cols, rows);
        match (cols, rows) {
            (..20, _) => {}
            (..40, _) | (_, ..8) => tty.wait_for("needs 40x8"),
            _ => tty.wait_for("Harbour"),
        }
    }
    tty.resize(1, 1);
    tty.keys("Q");
    assert!(tty.ended().success());
}

#[test]
fn after_a_storm_of_sizes_the_screen_is_as_at_a_fresh_start() {
    let home = small_home();
    let mut tty = reader(&home, 120, 40);
    tty.wait_for("People");
    // The last thing of a frame is the line at the bottom.
    tty.keys(":nonsense\r");
    tty.wait_for("nonsense");
    let expected = tty.text();
    for n in 0..200_u16 {
        tty.resize(1 + n * 37 % 300, 1 + n * 11 % 100);
    }
    tty.resize(120, 40);
    tty.wait("the fresh screen", |text| text == expected);
    tty.keys("Q");
    assert!(tty.ended().success());
}

#[test]
fn stopped_and_continued_at_another_size_it_draws_all_anew() {
    let home = small_home();
    let mut tty = reader(&home, 120, 40);
    tty.wait_for("People");
    tty.signal(Signal::STOP);
    tty.resize(80, 24);
    tty.screen.process(b"\x1b[2J");
    tty.signal(Signal::CONT);
    tty.wait("the narrower screen", |text| {
        text.contains("Feeds") && text.contains("Harbour") && !text.contains("People")
    });
    tty.keys("Q");
    assert!(tty.ended().success());
}

#[test]
fn a_terminal_that_takes_nothing_does_not_hold_up_the_end() {
    let home = small_home();
    let mut tty = reader(&home, 300, 100);
    let hold = Arc::clone(&tty.hold);
    let held = hold.lock().unwrap();
    // A whole frame of this size is more than the system keeps for a terminal.
    tty.keys(&"\u{c}".repeat(20));
    tty.keys("jQ");
    assert!(tty.gone().success());
    drop(held);
}

#[test]
fn a_paste_is_text_and_never_commands() {
    let home = small_home();
    let mut tty = reader(&home, 100, 30);
    let paste = "Qd\r:quit\rAmsy".repeat(5_000);
    tty.keys(&format!("\x1b[200~{paste}\x1b[201~"));
    // It is still there, nothing is marked, and a paste into a line keeps to the line.
    tty.keys("/");
    tty.keys("\x1b[200~harbour\nreport\r\nnumber\x1b[201~");
    tty.wait_for("/harbour report number");
    tty.keys("\x1b");
    tty.wait("no prompt", |text| !text.contains("/harbour"));
    tty.wait_for("1 unread");
    tty.keys("Q");
    assert!(tty.ended().success());
    assert_eq!(home.command(&["list", "is:unread", "--count"]).trim(), "1");
}

/// Titles that would say something to a terminal, or take more or fewer cells than they seem to.
const HOSTILE: [&str; 9] = [
    "Red &#27;[31m title &#27;]0;owned&#7; end",
    "C1 \u{9b}31m and \u{9d}0;owned\u{9c} end",
    "Bidi \u{202e}desrever\u{202c} \u{2066}isolate\u{2069} end",
    "Zero\u{200b}width\u{feff}joined end",
    "서울과 도쿄가 다시 만나 오래 이야기했고 또 만나기로 했다는 아주 긴 제목",
    "東京で会議が開かれ、長い見出しが画面の端で切れるかどうかを見る",
    "👨‍👩‍👧‍👦 family 🏳️‍🌈 flag 🇰🇷 heart ❤️ end",
    "Z\u{334}\u{31b}a\u{338}\u{322}l\u{337}\u{321}g\u{335}o end",
    "مرحبا بالعالم عنوان عربي طويل",
];

/// Returns what of a stream no terminal should get from us: control characters and sequences beyond those we use.
fn forbidden(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).replacen(support::QUESTION, "", 1);
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            let plain = !c.is_control() || matches!(c, '\r' | '\n');
            if !plain {
                found.push(format!("{c:?}"));
            }
            continue;
        }
        match rest.next() {
            Some('[') => {
                let mut parameters = String::new();
                let last = loop {
                    match rest.next() {
                        Some(c @ ('0'..='9' | ';' | ':' | '?' | '>' | '<')) => parameters.push(c),
                        last => break last,
                    }
                };
                let private = parameters.starts_with(['?', '>', '<']);
                let fine = match last {
                    Some('m' | 'H' | 'J' | 'K') => !private,
                    Some('h' | 'l') => {
                        ["?1049", "?25", "?2004", "?1000", "?1002", "?1006", "?2026"]
                            .contains(&parameters.as_str())
                    }
                    Some('u') => [">1", "<1"].contains(&parameters.as_str()),
                    // A frame under way when the program ends is given up wherever it stands, and what was cut is ended.
                    Some('\u{1b}') => rest.next() == Some('\\'),
                    _ => false,
                };
                if !fine {
                    found.push(format!("CSI {parameters} {last:?}"));
                }
            }
            Some(']') => {
                let mut words = String::new();
                while let Some(c) = rest.next_if(|c| !matches!(c, '\u{7}' | '\u{1b}')) {
                    words.push(c);
                }
                if rest.next() == Some('\u{1b}') {
                    rest.next();
                }
                let address = words.strip_prefix("8;").and_then(|it| it.split_once(';'));
                let fine = address.is_some_and(|(_, url)| {
                    url.is_empty() || url.starts_with("http://") || url.starts_with("https://")
                });
                if !fine {
                    found.push(format!("OSC {words:?}"));
                }
            }
            // Ends whatever went before.
            Some('\\') => {}
            other => found.push(format!("ESC {other:?}")),
        }
    }
    found
}

/// Checks that the lines between the panes stand in one column on every row.
fn borders_stand_in_line(tty: &Tty) {
    let screen = tty.screen.screen();
    let (rows, cols) = screen.size();
    let letter = |row: u16, col: u16| {
        let cell = screen.cell(row, col);
        cell.map(|cell| cell.contents().to_owned())
            .unwrap_or_default()
    };
    let line = ["│", "├", "┤", "┼", "┬", "┴", "╮", "╯", "╭", "╰"];
    for col in (0..cols).filter(|col| ["┬", "╭", "╮"].contains(&letter(1, *col).as_str())) {
        for row in 1..rows - 1 {
            let here = letter(row, col);
            assert!(
                line.contains(&here.as_str()),
                "{row},{col} {here:?}\n{}",
                tty.text()
            );
        }
    }
}

#[test]
fn hostile_titles_reach_the_terminal_as_text_only() {
    let home = home_with("Hostile <b>&#27;[1m</b> Herald", &HOSTILE);
    for cols in [40, 79, 80, 97, 120, 131] {
        let mut tty = home.reader(cols, 30);
        tty.wait_for("9 unread");
        tty.keys("jjjjjjjj\r");
        tty.wait_for("8 unread");
        tty.keys("m");
        tty.wait_for("9 unread");
        // Every cell stands where it was meant to stand: the number at the right end of the first row is the last thing.
        tty.keys("qkkkkkkkk");
        tty.keys(":nonsense\r");
        tty.wait_for("nonsense");
        let first = tty.screen.screen().rows(0, cols).next().unwrap();
        assert!(first.trim_end().ends_with("9 unread"), "{first:?}");
        borders_stand_in_line(&tty);
        tty.keys("Q");
        assert!(tty.ended().success());
        assert_eq!(
            forbidden(&tty.written),
            Vec::<String>::new(),
            "{cols} columns"
        );
    }
}

#[test]
fn without_colour_and_without_utf8_there_is_none() {
    let home = small_home();
    let mut tty = home.reader_with(100, 30, &[("NO_COLOR", "1"), ("LANG", "C")]);
    tty.wait_for("Harbour report number 1");
    tty.keys("\r");
    tty.wait_for("Margaret Holloway");
    tty.keys("Q");
    assert!(tty.ended().success());
    let text = String::from_utf8_lossy(&tty.written);
    let beyond = text.chars().find(|c| !c.is_ascii());
    assert_eq!(beyond, None, "all of this paper is ASCII");
    for sequence in text.split('\u{1b}').filter_map(|it| it.strip_prefix('[')) {
        let Some((codes, _)) = sequence.split_once('m') else {
            continue;
        };
        let numbers: Vec<u16> = codes.split(';').map_while(|it| it.parse().ok()).collect();
        let is_sgr = codes.split(';').count() == numbers.len();
        let colours = |n: &&u16| matches!(**n, 30..=38 | 40..=48 | 90..=97 | 100..=107);
        assert!(!is_sgr || !numbers.iter().any(|n| colours(&n)), "{codes}");
    }
}
