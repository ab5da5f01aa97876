//! The built program, killed while it fetches and while it makes its library: what came is there, nothing twice, nothing
//! half.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::papers::{Item, page, rss};
use support::server::{Reply, Server};

/// A data folder and a config without waits.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let config = "[fetch]\npage_gap = \"0s\"\nstart_spread = \"0s\"\n";
        std::fs::write(home.0.path().join("config.toml"), config).unwrap();
        home
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newsdesk"));
        for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        command
            .env("HOME", self.0.path())
            .env("TZ", "UTC")
            .arg("--config")
            .arg(self.0.path().join("config.toml"))
            .arg("--data-dir")
            .arg(self.data())
            .args(args)
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end, which must be a good one.
    fn run(&self, args: &[&str]) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(args).output().unwrap();
        let err = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{args:?}: {err}");
        String::from_utf8(stdout).unwrap()
    }

    /// Starts, and kills after a while. Says whether it was still at work.
    fn kill(&self, args: &[&str], after: Duration) -> bool {
        let mut child = self
            .command(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + after;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
        let _ = child.kill();
        !child.wait().unwrap().success()
    }

    /// The headlines, each once or it is an error.
    fn titles(&self, query: &str) -> BTreeSet<String> {
        let list = self.run(&["list", query]);
        let titles: Vec<String> = list
            .lines()
            .map(|line| line.rsplit('\t').next().unwrap().to_owned())
            .collect();
        let set: BTreeSet<String> = titles.iter().cloned().collect();
        assert_eq!(set.len(), titles.len(), "nothing comes twice: {titles:?}");
        set
    }
}

#[test]
fn a_killed_fetch_loses_nothing_and_the_next_one_goes_on() {
    const ROUNDS: usize = 14;
    let home = Home::new();
    let server = Server::start();
    for feed in 0..3 {
        server.set(&format!("/{feed}"), Reply::rss(rss("Empty", &[])));
        home.run(&["import", "--as", "newsboat", &urls(&home, &server)]);
    }
    for number in 0..ROUNDS * 3 {
        let title = format!("Harbour report number {number}");
        server.set(&format!("/page/{number}"), Reply::html(page(&title)));
    }
    let mut killed = 0;
    let mut seen = BTreeSet::new();
    for round in 0..ROUNDS {
        for feed in 0..3 {
            let items: Vec<Item> = (0..=round)
                .map(|n| {
                    let number = n * 3 + feed;
                    Item::new(number, server.url(&format!("/page/{number}")))
                })
                .collect();
            let title = format!("Paper {feed}");
            server.set(&format!("/{feed}"), Reply::rss(rss(&title, &items)));
        }
        let after = Duration::from_millis(20 + round as u64 * 53 % 400);
        killed += usize::from(home.kill(&["fetch", "--force"], after));
        let now = home.titles("");
        assert!(seen.is_subset(&now), "what was there stays");
        seen = now;
    }
    assert!(killed >= 3, "only {killed} were still at work");
    home.run(&["fetch", "--force"]);
    assert_eq!(home.titles("").len(), ROUNDS * 3);
    assert_eq!(home.titles("is:full").len(), ROUNDS * 3, "all pages came");
    home.run(&["doctor"]);
}

fn urls(home: &Home, server: &Server) -> String {
    let file = home.0.path().join("urls");
    let urls: String = (0..3)
        .map(|feed| server.url(&format!("/{feed}")) + "\n")
        .collect();
    std::fs::write(&file, urls).unwrap();
    file.display().to_string()
}

#[test]
fn a_library_whose_making_was_cut_off_is_made_by_the_next() {
    for round in 0..25_u64 {
        let home = Home::new();
        home.kill(&["list"], Duration::from_micros(500 + round * 1_700));
        assert_eq!(home.titles("").len(), 0);
        let known = [
            "library.db",
            "journal.jsonl",
            "subscriptions.opml",
            "cache",
            "state",
        ];
        for name in names(&home.data()) {
            let is_known = known.iter().any(|known| name.starts_with(known));
            assert!(is_known && !name.contains("partial"), "{name} was left");
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
