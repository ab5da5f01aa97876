//! The built program in a pseudo-terminal that has graphics: what it asks, and what it draws.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "support/drawn.rs"]
mod drawn;
#[path = "support/pty.rs"]
#[allow(dead_code, reason = "each test program uses its own part")]
mod pty;
mod support;

use std::io::Cursor;

use drawn::{Raster, iterm, kitty, sixel};
use pty::{Home, Tty, at};
use support::papers::{Item, rss, story};
use support::server::{Reply, Server};

/// The question that the program asks.
const QUESTION: &[u8] = support::QUESTION.as_bytes();

/// The beginning of a row of a sixel picture.
const SIXEL_ROW: &[u8] = b"\x1bP0;1;0q\"1;1;";

/// What a terminal with sixel and cells of 10 by 20 pixels answers.
const SIXEL_ANSWER: &str = "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[6;20;10t\x1b[?62;4;22c";

/// The picture of the article: no two corners alike, so that turned, mirrored or shifted it is another.
fn colour(x: f32, y: f32) -> [u8; 3] {
    [(x * 250.0) as u8, (y * 250.0) as u8, 40]
}

/// A library with one article that has a picture.
fn library(settings: &str) -> (Home, Server) {
    let server = Server::start();
    let item = Item::new(1, server.url("/story"));
    server.set("/feed", Reply::rss(rss("Paper", &[item])));
    let figure = "<figure><img src='/pier.png' width=600 height=400><figcaption>The pier</figcaption></figure>";
    server.set(
        "/story",
        Reply::html(format!(
            "<html lang=en><body><article><h1>Harbour report number 1</h1>{figure}{}</article></body></html>",
            story("the pier", 6)
        )),
    );
    let mut png = Vec::new();
    image::RgbImage::from_fn(300, 200, |x, y| {
        image::Rgb(colour(x as f32 / 300.0, y as f32 / 200.0))
    })
    .write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)
    .unwrap();
    server.set("/pier.png", Reply::new("image/png", png));
    let home = Home::with(settings);
    home.command(&["add", &server.url("/feed")]);
    (home, server)
}

fn start(home: &Home, environment: &[(&str, &str)]) -> Tty {
    home.reader_with(120, 40, environment)
}

/// Opens the article.
fn open(tty: &mut Tty) {
    tty.wait_for("Harbour report number 1");
    tty.keys("\r");
}

/// Quits, and returns all that was written.
fn quit(mut tty: Tty) -> Vec<u8> {
    tty.keys("Q");
    assert!(tty.ended().success());
    tty.written
}

/// Compares what a terminal would show with the picture, each part of colour within so much, and a third of it on average.
#[track_caller]
fn assert_is_the_picture(raster: &Raster, within: u8) {
    let (width, height) = (raster.width, raster.height);
    assert!(width >= 200 && height >= 130, "{width} by {height}");
    let mut off = 0;
    for y in 0..height {
        for x in 0..width {
            let found =
                raster.pixels[y * width + x].unwrap_or_else(|| panic!("a hole at {x}, {y}"));
            let place = |at: usize, of: usize| (at as f32 + 0.5) / of as f32;
            let wanted = colour(place(x, width), place(y, height));
            let apart = found.iter().zip(wanted).map(|(a, b)| a.abs_diff(b));
            off += apart.clone().map(usize::from).sum::<usize>();
            let is_near = apart.max() <= Some(within);
            assert!(
                is_near,
                "at {x}, {y} of {width} by {height}: {found:?}, not {wanted:?}"
            );
        }
    }
    let mean = off / (3 * width * height);
    assert!(mean <= usize::from(within) / 3, "{mean} off on average");
}

/// Takes out every sequence that may be written; what is left must be text.
fn only_allowed(bytes: &[u8], graphics: &[&[u8]]) {
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|byte| *byte == 0x1b) {
        let sequence = &rest[start..];
        let length = match sequence.get(1) {
            Some(b'[') => {
                let end = sequence[2..]
                    .iter()
                    .position(|b| (0x40..=0x7e).contains(b))
                    .unwrap();
                let text = String::from_utf8_lossy(&sequence[2..=end + 2]).into_owned();
                // Never asked: modes (DECRQM), colour scheme reports (2031).
                assert!(!text.contains('$') && !text.contains("2031"), "{text:?}");
                end + 3
            }
            Some(b'7' | b'8' | b'\\') => 2,
            Some(b']' | b'_' | b'P') => {
                let end = sequence.iter().position(|b| *b == 0x07);
                let st = at(sequence, b"\x1b\\");
                let length = match (end, st) {
                    (Some(bell), Some(st)) if bell < st => bell + 1,
                    (_, Some(st)) => st + 2,
                    (Some(bell), None) => bell + 1,
                    (None, None) => panic!("a string without an end"),
                };
                let known = [&b"\x1b]8;"[..], b"\x1b]11;?", b"\x1b_Gi=4211,"];
                let mut allowed = known.iter().chain(graphics);
                assert!(
                    allowed.any(|start| sequence.starts_with(start)),
                    "{:?}",
                    String::from_utf8_lossy(&sequence[..length.min(60)])
                );
                length
            }
            other => panic!("an unknown sequence: {other:?}"),
        };
        rest = &sequence[length..];
    }
}

#[test]
fn a_terminal_with_sixel_is_asked_once_after_the_first_frame_and_draws_rows() {
    let (home, _server) = library("");
    let mut tty = start(&home, &[]);
    let asked = tty.wait_written(0, QUESTION);
    let first_frame = at(&tty.written, b"\x1b[?2026l").unwrap();
    assert!(
        first_frame < asked,
        "the first frame is drawn with no question asked"
    );
    // A key pressed meanwhile is none of the answers, and not lost: it opens the article.
    tty.keys(&SIXEL_ANSWER.replacen("\x1b\\", "\x1b\\\r", 1));
    // To the end of the frame: one that is under way when the program ends is given up.
    let drawn = tty.wait_written(0, SIXEL_ROW);
    tty.wait_written(drawn, b"\x1b[?2026l");
    let seen = quit(tty);
    // 256 colours for all of them.
    assert_is_the_picture(&sixel(&seen), 24);
    only_allowed(&seen, &[b"\x1bP0;1;0q"]);

    // The second time it is known.
    let mut tty = start(&home, &[]);
    tty.wait_for("All read");
    tty.keys(".");
    open(&mut tty);
    tty.wait_written(0, SIXEL_ROW);
    assert_eq!(at(&quit(tty), QUESTION), None);
}

#[test]
fn a_terminal_without_graphics_gets_half_blocks() {
    let (home, _server) = library("");
    let mut tty = start(&home, &[]);
    tty.wait_written(0, QUESTION);
    tty.keys("\x1b[?1;2c");
    open(&mut tty);
    tty.wait_written(0, "▀".as_bytes());
    only_allowed(&quit(tty), &[]);
}

#[test]
fn a_terminal_that_says_nothing_is_not_waited_for() {
    let (home, _server) = library("");
    let mut tty = start(&home, &[]);
    tty.wait_written(0, QUESTION);
    tty.wait_for("Harbour report number 1");
    // A late answer presses no keys: `Q` would end the program, `]11` say that it does nothing.
    tty.keys("\x1b]11;rgb:QQQQ/0000/0000\x1b\\");
    tty.keys("\r");
    tty.wait_written(0, "▀".as_bytes());
    quit(tty);
}

/// The feed list was once gone after the first frame: `gb` folds it, and stands in `rgb:`.
#[test]
fn answers_in_another_order_press_no_keys() {
    let (home, _server) = library("");
    let mut tty = start(&home, &[]);
    tty.wait_written(0, QUESTION);
    // What every terminal answers comes first, though it was asked last.
    tty.keys("\x1b[?62;22c");
    tty.wait_for("Harbour report number 1");
    tty.keys("\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\");
    tty.keys("/pier");
    tty.wait_for("/pier");
    assert!(tty.text().contains("Feeds"), "{}", tty.text());
    tty.keys("\r");
    quit(tty);
}

#[test]
fn kitty_is_not_asked_and_shows_placeholders() {
    let (home, _server) = library("");
    let mut tty = start(&home, &[("TERM", "xterm-kitty")]);
    open(&mut tty);
    let sent = tty.wait_written(0, b"\x1b_Gq=2,a=T,U=1,f=24,");
    let shown = tty.wait_written(0, "\u{10EEEE}\u{305}\u{30D}".as_bytes());
    assert!(sent < shown);
    let seen = quit(tty);
    assert_eq!(at(&seen, QUESTION), None);
    assert_is_the_picture(&kitty(&seen), 3);
    assert!(
        at(&seen, b"\x1b_Gq=2,a=d,d=I,").is_some(),
        "the picture is taken back"
    );
    only_allowed(&seen, &[b"\x1b_Gq=2,"]);
}

#[test]
fn the_config_settles_the_way_without_a_question() {
    let (home, _server) = library("pictures = \"iterm2\"");
    let mut tty = start(&home, &[]);
    open(&mut tty);
    let drawn = tty.wait_written(0, b"\x1b]1337;File=inline=1;");
    tty.wait_written(drawn, b"\x1b[?2026l");
    let seen = quit(tty);
    assert_eq!(at(&seen, QUESTION), None);
    assert_is_the_picture(&iterm(&seen), 3);
    only_allowed(&seen, &[b"\x1b]1337;File=inline=1;"]);

    let (home, _server) = library("pictures = \"halfblocks\"");
    let mut tty = start(&home, &[("TERM", "xterm-kitty")]);
    open(&mut tty);
    tty.wait_written(0, "▀".as_bytes());
    only_allowed(&quit(tty), &[]);
}

#[test]
fn inside_tmux_the_outer_terminal_is_not_drawn_on() {
    let (home, _server) = library("");
    let outer = [
        ("TERM", "xterm-kitty"),
        ("TERM_PROGRAM", "kitty"),
        ("TMUX", "/tmp/tmux-0/default,1,0"),
    ];
    let mut tty = start(&home, &outer);
    tty.wait_written(0, QUESTION);
    tty.keys("\x1b[?1;2c");
    open(&mut tty);
    tty.wait_written(0, "▀".as_bytes());
    only_allowed(&quit(tty), &[]);
}
