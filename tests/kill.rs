//! The program is killed at any moment and has lost nothing that it acknowledged.
//!
//! The test starts itself again as a child that marks and stores in a loop and prints each operation once it is
//! acknowledged; the child gets SIGKILL, and the library must hold all that was printed, and nothing half.

#[path = "support/store.rs"]
mod support;

use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use newsdesk::model::{ArticleId, Change, FeedId, Query, Scope, What};
use newsdesk::store::{FeedOutcome, FeedResult, FeedUpdate, Library, NewEntry, Paths, wait};
use support::{entry, now, people};

const CHILD: &str = "NEWSDESK_TEST_KILLED_CHILD";
const PER_FEED: usize = 25;

/// The child: endless work on the library of the folder given. Prints `star ID`, `read ID`, `batch N` after each answer.
#[test]
fn child_that_is_killed() {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else {
        return;
    };
    let start: usize = std::env::var("NEWSDESK_TEST_START")
        .expect("a start")
        .parse()
        .expect("a number");
    let library = Library::open(&Paths::under(folder), now()).expect("a library");
    let feed = FeedId(1);
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {line}")
            .and_then(|()| out.flush())
            .expect("told");
    };
    for batch in start.. {
        let entries = (0..PER_FEED).map(|n| NewEntry {
            entities: people(&["Graham Fagg", "Philippe Cozette"]),
            ..entry(batch * PER_FEED + n)
        });
        let outcome = FeedOutcome {
            feed,
            at: now(),
            next_poll: Some(now()),
            result: FeedResult::Updated(Box::new(FeedUpdate {
                entries: entries.collect(),
                ..FeedUpdate::default()
            })),
        };
        let (sender, receiver) = std::sync::mpsc::channel();
        library.writer().store_feed(
            outcome,
            Box::new(move |stored| {
                let _ = sender.send(stored);
            }),
        );
        // Marks go on while the batch is on its way.
        let ids = library
            .reader()
            .expect("a reader")
            .ids(&Query::default(), now())
            .expect("ids");
        for id in ids.iter().rev().skip(batch % 7).step_by(11).take(6) {
            mark(&library, What::Star(true), *id);
            say(format!("star {id}"));
            mark(&library, What::Read(true), *id);
            say(format!("read {id}"));
        }
        receiver.recv().expect("an answer").expect("stored");
        say(format!("batch {batch}"));
    }
}

fn mark(library: &Library, what: What, id: ArticleId) {
    let change = Change {
        what,
        scope: Scope::Ids(vec![id]),
        undoable: true,
    };
    wait(|reply| library.writer().change(change, now(), reply)).expect("a mark");
}

/// What a child said before it was killed.
#[derive(Default)]
struct Acknowledged {
    starred: Vec<ArticleId>,
    read: Vec<ArticleId>,
    batches: Vec<usize>,
}

impl Acknowledged {
    fn hear(&mut self, line: &str) {
        // The test runner's own words may stand before ours on the line.
        let Some((_, said)) = line.split_once("ack ") else {
            return;
        };
        let mut words = said.split_whitespace();
        let (Some(what), Some(number)) = (
            words.next(),
            words.next().and_then(|n| n.parse::<i64>().ok()),
        ) else {
            return;
        };
        match what {
            "star" => self.starred.push(ArticleId(number)),
            "read" => self.read.push(ArticleId(number)),
            _ => self.batches.push(number as usize),
        }
    }
}

#[test]
fn a_killed_program_has_lost_nothing_it_acknowledged() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let home = support::Home::new();
    home.subscribe("https://paper.example/feed", "");
    let support::Home {
        library,
        paths,
        dir,
    } = home;
    drop(library);
    let mut all = Acknowledged::default();
    let mut killed_at_work = 0;
    for round in 0..24_u64 {
        let start = all.batches.iter().max().map_or(0, |last| last + 1);
        let before = all.starred.len() + all.batches.len();
        run_and_kill(dir.path(), start, round, &mut all);
        killed_at_work += usize::from(all.starred.len() + all.batches.len() > before);
        check(&paths, &all, round);
    }
    assert!(
        killed_at_work >= 20,
        "only {killed_at_work} children had done something"
    );
    rebuild(&paths, &all);
}

/// Starts the child, and kills it some milliseconds after its first word.
fn run_and_kill(folder: &std::path::Path, start: usize, round: u64, all: &mut Acknowledged) {
    let program = std::env::current_exe().expect("this test");
    let mut child = Command::new(program)
        .args([
            "--exact",
            "child_that_is_killed",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(CHILD, folder)
        .env("NEWSDESK_TEST_START", start.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let output = child.stdout.take().expect("its output");
    // Moments spread over some batches: 3, 40, 77 … ms, out of step with the child's own rhythm.
    let moment = Duration::from_millis(3 + round * 37 % 290);
    let mut lines = BufReader::new(output).lines();
    if let Some(Ok(first)) =
        lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("ack ")))
    {
        all.hear(&first);
    }
    let end = Instant::now() + moment;
    let killer = std::thread::spawn(move || {
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
    });
    for line in lines.map_while(Result::ok) {
        all.hear(&line);
    }
    killer.join().expect("the killer");
}

fn check(paths: &Paths, all: &Acknowledged, round: u64) {
    let library = Library::open(paths, now()).expect("a library");
    let reader = library.reader().expect("a reader");
    let rows = |ids: &[ArticleId]| reader.rows(ids).expect("rows");
    assert!(
        rows(&all.starred).iter().all(|row| row.starred),
        "a star was lost in round {round}"
    );
    assert!(
        rows(&all.read).iter().all(|row| !row.unread),
        "a read mark was lost in round {round}"
    );
    let total = reader.tree(now()).expect("a tree").total as usize;
    assert_eq!(total % PER_FEED, 0, "half a feed in round {round}");
    assert!(
        total >= all.batches.len() * PER_FEED,
        "a batch was lost in round {round}"
    );
    assert_eq!(
        reader.check().expect("a check"),
        Vec::<String>::new(),
        "round {round}"
    );
    drop(reader);
    library.close().expect("closed");
    let conn = rusqlite::Connection::open(paths.library()).expect("a connection");
    conn.execute("INSERT INTO search (search) VALUES ('integrity-check')", [])
        .expect("the index is whole");
    let waiting: i64 = conn
        .query_row("SELECT count(*) FROM unindexed", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(waiting, 0, "the next start finishes the index");
}

/// At the end the library itself is lost: the journal must hold every star that was acknowledged.
fn rebuild(paths: &Paths, all: &Acknowledged) {
    let titles = |ids: &[ArticleId]| {
        let library = Library::open(paths, now()).expect("a library");
        let rows = library.reader().expect("a reader").rows(ids).expect("rows");
        rows.into_iter()
            .map(|row| row.title)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let starred = titles(&all.starred);
    std::fs::remove_file(paths.library()).expect("lost");
    let library = Library::open(paths, now()).expect("a library");
    let reader = library.reader().expect("a reader");
    let ids = reader.ids(&Query::default(), now()).expect("ids");
    let rows = reader.rows(&ids).expect("rows");
    let kept: std::collections::BTreeSet<_> = rows
        .into_iter()
        .filter(|row| row.starred)
        .map(|row| row.title)
        .collect();
    assert!(
        starred.is_subset(&kept),
        "stars that the journal lacks: {:?}",
        starred.difference(&kept)
    );
}
