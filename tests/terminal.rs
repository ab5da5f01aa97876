//! The built program in a pseudo-terminal: from `add` to reading an article with the server gone.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

/// How long the program may take to show what is awaited; a limit, not a wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// Takes in what the program writes until its screen holds `words`.
fn await_words(screen: &mut vt100::Parser, output: &Receiver<Vec<u8>>, words: &str) {
    let end = Instant::now() + PATIENCE;
    while !screen.screen().contents().contains(words) {
        let left = end.saturating_duration_since(Instant::now());
        match output.recv_timeout(left) {
            Ok(bytes) => screen.process(&bytes),
            Err(error) => panic!(
                "no {words:?} on the screen ({error}):\n{}",
                screen.screen().contents()
            ),
        }
    }
}

#[test]
fn an_article_added_on_the_command_line_is_read_offline_in_the_reader() {
    let mut server = Server::start();
    let item = Item::new(1, server.url("/story"));
    server.set(
        "/feed",
        Reply::rss(rss("The Port Ellen Paper", std::slice::from_ref(&item))),
    );
    server.set("/story", Reply::html(page(&item.title)));
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(
        &config,
        "[fetch]\nauto = false\npage_gap = \"0s\"\nstart_spread = \"0s\"\n",
    )
    .unwrap();
    let program = env!("CARGO_BIN_EXE_newsdesk");
    let options = [
        "--config".to_owned(),
        config.display().to_string(),
        "--data-dir".to_owned(),
        home.path().join("data").display().to_string(),
    ];
    let added = Command::new(program)
        .args(&options)
        .arg("add")
        .arg(server.url("/feed"))
        .output()
        .unwrap();
    assert!(
        added.status.success(),
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    server.stop();

    let size = PtySize {
        rows: 40,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(program);
    command.args(&options);
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            if sender.send(bytes[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let mut screen = vt100::Parser::new(40, 120, 0);

    await_words(&mut screen, &output, "Harbour report number 1");
    keys.write_all(b"\r").unwrap();
    await_words(&mut screen, &output, "full text");
    await_words(&mut screen, &output, "Margaret Holloway");
    keys.write_all(b"Q").unwrap();
    assert!(child.wait().unwrap().success());
    // The terminal is given back: the alternate screen is left, the cursor shown.
    while let Ok(bytes) = output.recv_timeout(PATIENCE) {
        screen.process(&bytes);
    }
    assert!(!screen.screen().alternate_screen());
    assert!(!screen.screen().hide_cursor());
}
