//! The built program in a pseudo-terminal that has graphics: what it asks, and what it draws.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::io::{Cursor, Read, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::papers::{Item, rss, story};
use support::server::{Reply, Server};

/// How long the program may take to show what is awaited; a limit, not a wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// The question that the program asks.
const QUESTION: &[u8] = support::QUESTION.as_bytes();

/// The beginning of a row of a sixel picture.
const SIXEL_ROW: &[u8] = b"\x1bP0;1;0q\"1;1;";

/// The program at a terminal.
struct Session {
    home: tempfile::TempDir,
    _server: Server,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    _master: Box<dyn MasterPty + Send>,
    seen: Vec<u8>,
}

fn at(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// A library with one article that has a picture.
fn library(config: &str) -> (tempfile::TempDir, Server) {
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
    image::RgbaImage::from_fn(300, 200, |x, _| image::Rgba([(x % 256) as u8, 90, 30, 255]))
        .write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    server.set("/pier.png", Reply::new("image/png", png));
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("config.toml"),
        format!("{config}\n[fetch]\nauto = false\npage_gap = \"0s\"\nstart_spread = \"0s\"\n"),
    )
    .unwrap();
    let added = Command::new(env!("CARGO_BIN_EXE_newsdesk"))
        .args(options(&home))
        .arg("add")
        .arg(server.url("/feed"))
        .output()
        .unwrap();
    assert!(
        added.status.success(),
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    (home, server)
}

fn options(home: &tempfile::TempDir) -> [String; 4] {
    [
        "--config".to_owned(),
        home.path().join("config.toml").display().to_string(),
        "--data-dir".to_owned(),
        home.path().join("data").display().to_string(),
    ]
}

impl Session {
    fn start((home, server): (tempfile::TempDir, Server), environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_newsdesk"));
        command.args(options(&home));
        for name in [
            "TERM_PROGRAM",
            "KITTY_WINDOW_ID",
            "SSH_TTY",
            "SSH_CONNECTION",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            home,
            _server: server,
            child,
            keys,
            output,
            _master: pair.master,
            seen: Vec::new(),
        }
    }

    /// Takes in what the program writes until this is in it; returns where.
    fn wait(&mut self, part: &[u8]) -> usize {
        self.wait_after(0, part)
    }

    /// The same for what comes after so many bytes.
    fn wait_after(&mut self, from: usize, part: &[u8]) -> usize {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = at(&self.seen[from..], part) {
                return from + found;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(error) => panic!(
                    "no {:?} ({error}): {}",
                    String::from_utf8_lossy(part),
                    String::from_utf8_lossy(&self.seen)
                ),
            }
        }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).unwrap();
    }

    /// Quits, and returns all that was written.
    fn quit(mut self) -> (Vec<u8>, tempfile::TempDir) {
        self.press(b"Q");
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.seen.extend(bytes);
        }
        assert!(self.child.wait().unwrap().success());
        (self.seen, self.home)
    }
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
    let mut session = Session::start(library(""), &[]);
    let asked = session.wait(QUESTION);
    let first_frame = at(&session.seen, b"\x1b[?2026l").unwrap();
    assert!(
        first_frame < asked,
        "the first frame is drawn with no question asked"
    );
    // A key pressed meanwhile is none of the answers, and not lost.
    session.press(b"\x1b]11;rgb:0000/0000/0000\x1b\\\r\x1b[6;20;10t\x1b[?62;4;22c");
    // To the end of the frame: one that is under way when the program ends is given up.
    let drawn = session.wait(SIXEL_ROW);
    session.wait_after(drawn, b"\x1b[?2026l");
    let (seen, home) = session.quit();
    let rows = seen
        .windows(SIXEL_ROW.len())
        .filter(|window| *window == SIXEL_ROW)
        .count();
    assert!(rows >= 8, "{rows} rows of a picture of 200 pixels");
    only_allowed(&seen, &[b"\x1bP0;1;0q"]);

    // The second time it is known.
    let server = Server::start();
    let mut session = Session::start((home, server), &[]);
    session.wait(b"Harbour report number 1");
    session.press(b"\r");
    session.wait(SIXEL_ROW);
    let (seen, _) = session.quit();
    assert_eq!(at(&seen, QUESTION), None);
}

#[test]
fn a_terminal_without_graphics_gets_half_blocks() {
    let mut session = Session::start(library(""), &[]);
    session.wait(QUESTION);
    session.press(b"\x1b[?1;2c");
    session.wait(b"Harbour report number 1");
    session.press(b"\r");
    session.wait("▀".as_bytes());
    let (seen, _) = session.quit();
    only_allowed(&seen, &[]);
}

#[test]
fn a_terminal_that_says_nothing_is_not_waited_for() {
    let mut session = Session::start(library(""), &[]);
    session.wait(QUESTION);
    session.wait(b"Harbour report number 1");
    // A late answer presses no keys: `Q` would end the program, `]11` say that it does nothing.
    session.press(b"\x1b]11;rgb:QQQQ/0000/0000\x1b\\");
    session.press(b"\r");
    session.wait("▀".as_bytes());
    session.quit();
}

#[test]
fn kitty_is_not_asked_and_shows_placeholders() {
    let mut session = Session::start(library(""), &[("TERM", "xterm-kitty")]);
    session.wait(b"Harbour report number 1");
    session.press(b"\r");
    let sent = session.wait(b"\x1b_Gq=2,a=T,U=1,f=24,");
    let shown = session.wait("\u{10EEEE}\u{305}\u{30D}".as_bytes());
    assert!(sent < shown);
    let (seen, _) = session.quit();
    assert_eq!(at(&seen, QUESTION), None);
    assert!(
        at(&seen, b"\x1b_Gq=2,a=d,d=I,").is_some(),
        "the picture is taken back"
    );
    only_allowed(&seen, &[b"\x1b_Gq=2,"]);
}

#[test]
fn the_config_settles_the_way_without_a_question() {
    let mut session = Session::start(library("pictures = \"iterm2\""), &[]);
    session.wait(b"Harbour report number 1");
    session.press(b"\r");
    session.wait(b"\x1b]1337;File=inline=1;");
    let (seen, _) = session.quit();
    assert_eq!(at(&seen, QUESTION), None);
    only_allowed(&seen, &[b"\x1b]1337;File=inline=1;"]);

    let mut session = Session::start(
        library("pictures = \"halfblocks\""),
        &[("TERM", "xterm-kitty")],
    );
    session.wait(b"Harbour report number 1");
    session.press(b"\r");
    session.wait("▀".as_bytes());
    let (seen, _) = session.quit();
    only_allowed(&seen, &[]);
}
