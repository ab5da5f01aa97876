//! The built program in a pseudo-terminal: keys go in, what it writes is kept and played into a screen.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// How long the program may take to show what is awaited; a limit, not a wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// A home for the program: a config that reloads nothing by itself, and a library.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// A home with these settings on top.
    pub(crate) fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "{settings}\n[fetch]\nauto = false\npage_gap = \"0s\"\nstart_spread = \"0s\"\n"
        );
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn options(&self) -> [PathBuf; 4] {
        [
            "--config".into(),
            self.path().join("config.toml"),
            "--data-dir".into(),
            self.path().join("data"),
        ]
    }

    /// Runs a command of the program and returns what it printed.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_newsdesk"))
            .args(self.options())
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the reader in a terminal of this size.
    pub(crate) fn reader(&self, cols: u16, rows: u16) -> Tty {
        self.reader_with(cols, rows, &[])
    }

    /// Starts the reader with these variables on top.
    pub(crate) fn reader_with(&self, cols: u16, rows: u16, env: &[(&str, &str)]) -> Tty {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let modes = format!("{:?}", pair.master.get_termios());
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_newsdesk"));
        for option in self.options() {
            command.arg(option);
        }
        for name in [
            "NO_COLOR",
            "COLORTERM",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "TERM_PROGRAM",
            "KITTY_WINDOW_ID",
            "SSH_TTY",
            "SSH_CONNECTION",
            "TMUX",
            "STY",
            "ZELLIJ",
        ] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("HOME", self.path());
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        let hold = Arc::new(Mutex::new(()));
        let held = Arc::clone(&hold);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                drop(held.lock());
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Tty {
            child,
            master: pair.master,
            keys,
            output,
            hold,
            modes,
            screen: vt100::Parser::new(rows, cols, 0),
            written: Vec::new(),
        }
    }
}

/// Returns where a part begins.
pub(crate) fn at(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// The program in its terminal.
pub(crate) struct Tty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// While it is locked the terminal takes nothing.
    pub(crate) hold: Arc<Mutex<()>>,
    /// The terminal's modes before the program ran.
    modes: String,
    pub(crate) screen: vt100::Parser,
    /// Every byte the program wrote.
    pub(crate) written: Vec<u8>,
}

impl Tty {
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen is as asked.
    pub(crate) fn wait(&mut self, what: &str, is_there: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_there(&self.text()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("no {what:?} on the screen ({error}):\n{}", self.text()),
            }
        }
    }

    /// Waits until the screen shows these words.
    pub(crate) fn wait_for(&mut self, words: &str) {
        self.wait(words, |text| text.contains(words));
    }

    /// Waits until these bytes were written after so many others; returns where.
    pub(crate) fn wait_written(&mut self, from: usize, part: &[u8]) -> usize {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = at(&self.written[from..], part) {
                return from + found;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!(
                    "no {:?} ({error}): {}",
                    String::from_utf8_lossy(part),
                    String::from_utf8_lossy(&self.written)
                ),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
        self.screen.process(bytes);
    }

    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.screen.screen_mut().set_size(rows, cols);
        self.master.resize(size(cols, rows)).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Waits for the end without taking in anything.
    pub(crate) fn gone(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::yield_now();
        }
    }

    /// Takes in the rest, waits for the end, and checks that the terminal is as it was found.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(error) => panic!("it does not end ({error}):\n{}", self.text()),
            }
        }
        let status = self.child.wait().unwrap();
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "pastes are plain again");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "the mouse is the terminal's again"
        );
        let modes = format!("{:?}", self.master.get_termios());
        assert_eq!(modes, self.modes, "the line is as it was");
        status
    }
}
