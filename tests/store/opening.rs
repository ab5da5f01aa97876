//! Unlucky days: damaged, cut, newer, foreign and read-only files, lost logs, lost libraries.

use std::fs;
use std::path::Path;

use newsdesk::model::change::NameKey;
use newsdesk::model::{ArticleId, EntityKind, Query, Scope, What};
use newsdesk::store::{Error, FetchLock, FetchTry, Library, NewEntry, Paths, wait};
use rusqlite::Connection;

use crate::support::{Home, entries, entry, now};

/// A library with marks of every kind, closed.
fn kept() -> (tempfile::TempDir, Paths, Vec<ArticleId>) {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "World/Europe");
    let ids: Vec<_> = home
        .fetched(feed, entries(8))
        .new
        .iter()
        .map(|entry| entry.article)
        .collect();
    home.mark(What::Star(true), &ids[..2]);
    home.mark(What::Read(true), &ids[1..5]);
    home.mark(What::Read(false), &ids[4..5]);
    home.mark(What::Tag("Sea".into()), &ids[5..6]);
    home.mark(What::Later(true), &ids[6..7]);
    home.change(What::RenameFeed(feed, Some("My paper".into())), Scope::None);
    home.change(
        What::SaveSearch {
            name: "Tunnels".into(),
            query: "tunnel".into(),
        },
        Scope::None,
    );
    home.change(
        What::Follow(
            NameKey {
                name: "Graham Fagg".into(),
                kind: EntityKind::Person,
            },
            true,
        ),
        Scope::None,
    );
    home.change(What::AddFolder("Empty".into()), Scope::None);
    home.settle();
    let Home {
        library,
        paths,
        dir,
    } = home;
    drop(library);
    (dir, paths, ids)
}

/// Checks that a library made again from the journal holds all marks once its feed was reloaded.
fn check_rebuilt(paths: &Paths) {
    let library = Library::open(paths, now()).expect("a library");
    assert!(
        library
            .remarks()
            .iter()
            .any(|remark| remark.contains("from the journal")),
        "{:?}",
        library.remarks()
    );
    let reader = library.reader().expect("a reader");
    let feed = reader
        .feed_by_url("https://paper.example/feed", now())
        .expect("feeds")
        .expect("the feed");
    assert_eq!(
        (feed.title.as_str(), feed.folder.as_str()),
        ("My paper", "World/Europe")
    );
    assert_eq!(
        reader.folders().expect("folders"),
        ["Empty", "World", "World/Europe"]
    );
    assert_eq!(reader.searches().expect("searches")[0].1, "Tunnels");
    assert!(reader.decided_names().expect("names")[0].followed);
    assert_eq!(
        reader.tree(now()).expect("a tree").starred,
        2,
        "stars show before any reload"
    );
    let due: Vec<_> = reader
        .due_feeds(now())
        .expect("due")
        .iter()
        .map(|feed| feed.id)
        .collect();
    assert_eq!(due, [feed.id], "the feed is due at once");
    let outcome = newsdesk::store::FeedOutcome {
        feed: feed.id,
        at: now(),
        next_poll: Some(now()),
        result: newsdesk::store::FeedResult::Updated(Box::new(newsdesk::store::FeedUpdate {
            entries: entries(8),
            ..Default::default()
        })),
    };
    wait(|reply| library.writer().store_feed(outcome, reply)).expect("stored");
    let mut rows: Vec<_> = reader
        .rows(&reader.ids(&Query::default(), now()).expect("ids"))
        .expect("rows");
    rows.sort_by(|a, b| a.title.cmp(&b.title));
    let state: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.title.clone(),
                row.starred,
                !row.unread,
                row.later,
                row.tags.join(","),
            )
        })
        .collect();
    let expect: Vec<_> = (0..8)
        .map(|n| {
            let tag = if n == 5 { "Sea" } else { "" };
            (
                format!("Headline number {n}"),
                n < 2,
                (1..4).contains(&n),
                n == 6,
                tag.to_owned(),
            )
        })
        .collect();
    assert_eq!(state, expect);
    assert!(
        reader
            .article(rows[0].id, None)
            .expect("it")
            .expect("it")
            .row
            .minutes
            > 0,
        "the text came"
    );
    assert_eq!(reader.check().expect("a check"), Vec::<String>::new());
}

fn set_aside(paths: &Paths) -> usize {
    fs::read_dir(&paths.data_dir)
        .expect("a folder")
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            let name = name.to_string_lossy().into_owned();
            name.starts_with("library.db.damaged-20261123T120000Z")
                && !name.ends_with("-wal")
                && !name.ends_with("-shm")
        })
        .count()
}

#[test]
fn a_lost_library_is_made_again_from_the_journal() {
    let (_dir, paths, _) = kept();
    fs::remove_file(paths.library()).expect("removed");
    check_rebuilt(&paths);
}

#[test]
fn a_kept_page_is_undone_and_outlives_a_lost_library() {
    let home = Home::new();
    let first = home.saved("https://paper.example/kept", "A page worth keeping");
    assert_eq!(home.undo().words, "undone: kept A page worth keeping");
    assert_eq!(home.reader().tree(now()).expect("a tree").total, 0);
    home.check();
    let again = home.saved("https://paper.example/kept", "A page worth keeping");
    assert_eq!(again, first, "it is the same article");
    home.saved("urn:sha256:0123", "A text from a file");
    home.saved("https://paper.example/other", "Not for long");
    home.undo();
    let starred = home.saved("https://paper.example/starred", "A star");
    home.mark(What::Star(true), &[starred]);
    home.undo();
    home.mark(What::Later(true), &[starred]);
    home.settle();
    let Home {
        library,
        paths,
        dir: _dir,
    } = home;
    drop(library);
    fs::remove_file(paths.library()).expect("removed");

    let library = Library::open(&paths, now()).expect("a library");
    let reader = library.reader().expect("a reader");
    let ids = reader.ids(&Query::default(), now()).expect("ids");
    let mut titles: Vec<_> = reader
        .rows(&ids)
        .expect("rows")
        .into_iter()
        .map(|row| row.title)
        .collect();
    titles.sort();
    assert_eq!(
        titles,
        ["A page worth keeping", "A star", "A text from a file"]
    );
    let mut wanted: Vec<_> = reader
        .pages_wanted(10)
        .expect("pages")
        .into_iter()
        .map(|page| page.url)
        .collect();
    wanted.sort();
    assert_eq!(
        wanted,
        [
            "https://paper.example/kept",
            "https://paper.example/starred"
        ],
        "the next reload fetches what can be fetched"
    );
    assert_eq!(reader.check().expect("a check"), Vec::<String>::new());
}

#[test]
fn a_file_full_of_rubbish_is_set_aside() {
    let (_dir, paths, _) = kept();
    fs::write(
        paths.library(),
        b"this is no database at all, only words".repeat(1_000),
    )
    .expect("written");
    check_rebuilt(&paths);
    assert_eq!(set_aside(&paths), 1);
}

#[test]
fn a_file_cut_in_half_is_set_aside() {
    let (_dir, paths, _) = kept();
    let bytes = fs::read(paths.library()).expect("bytes");
    for length in [bytes.len() / 2, 5_000, 90] {
        fs::write(paths.library(), &bytes[..length]).expect("written");
        check_rebuilt(&paths);
    }
    assert_eq!(set_aside(&paths), 3, "each under a name of its own");
}

#[test]
fn an_empty_file_is_made_again_from_the_journal() {
    let (_dir, paths, _) = kept();
    fs::write(paths.library(), b"").expect("written");
    check_rebuilt(&paths);
}

#[test]
fn a_flipped_page_never_panics_and_the_next_start_rebuilds() {
    let (_dir, paths, _) = kept();
    let bytes = fs::read(paths.library()).expect("bytes");
    let pages = bytes.len() / 4096;
    for page in 0..pages {
        let mut broken = bytes.clone();
        for byte in &mut broken[page * 4096..(page + 1) * 4096] {
            *byte ^= 0x5a;
        }
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(paths.data_dir.join(format!("library.db{suffix}")));
        }
        fs::write(paths.library(), &broken).expect("written");
        let _ = fs::remove_file(paths.damage_mark());
        // Whatever is hit: reading and writing answer or err, never panic.
        if let Ok(library) = Library::open(&paths, now()) {
            if let Ok(reader) = library.reader() {
                let _ = reader.tree(now());
                let _ = reader.check();
                for id in reader.ids(&Query::default(), now()).unwrap_or_default() {
                    let _ = reader.article(id, None);
                }
            }
            let change = newsdesk::model::Change {
                what: What::AddFolder("Probe".into()),
                scope: Scope::None,
                undoable: true,
            };
            let _ = wait(|reply| library.writer().change(change, now(), reply));
        }
    }
    fs::write(paths.damage_mark(), b"").expect("marked");
    let mut broken = bytes;
    let middle = broken.len() / 2;
    broken[middle..middle + 4096].fill(0x5a);
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(paths.data_dir.join(format!("library.db{suffix}")));
    }
    fs::write(paths.library(), &broken).expect("written");
    let library = Library::open(&paths, now()).expect("rebuilt");
    assert_eq!(
        library
            .reader()
            .expect("a reader")
            .tree(now())
            .expect("a tree")
            .starred,
        2
    );
    assert!(!paths.damage_mark().exists());
}

#[test]
fn a_lost_log_loses_no_acknowledged_mark_of_the_journal() {
    let (_dir, paths, _) = kept();
    // The file as it is while another process runs, its log lost: what was in the log is gone, the file is whole.
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(paths.data_dir.join(format!("library.db{suffix}")));
    }
    let library = Library::open(&paths, now()).expect("a library");
    let reader = library.reader().expect("a reader");
    assert_eq!(reader.check().expect("a check"), Vec::<String>::new());
    assert_eq!(reader.tree(now()).expect("a tree").starred, 2);
}

#[test]
fn a_newer_library_is_left_untouched() {
    let (_dir, paths, _) = kept();
    let conn = Connection::open(paths.library()).expect("a connection");
    conn.execute_batch("PRAGMA user_version = 99; UPDATE meta SET value = '98' WHERE key = 'min_reader'; PRAGMA journal_mode = DELETE")
        .expect("made newer");
    drop(conn);
    let before = fs::read(paths.library()).expect("bytes");
    let error = Library::open(&paths, now()).expect_err("refused");
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    assert_eq!(fs::read(paths.library()).expect("bytes"), before);
    assert!(error.to_string().contains("newer newsdesk"));
}

#[test]
fn a_newer_library_that_allows_it_is_read() {
    let (_dir, paths, _) = kept();
    let conn = Connection::open(paths.library()).expect("a connection");
    conn.execute_batch("PRAGMA user_version = 99")
        .expect("made newer");
    drop(conn);
    let library = Library::open(&paths, now()).expect("read-only");
    assert!(library.read_only().is_some());
    assert_eq!(
        library
            .reader()
            .expect("a reader")
            .tree(now())
            .expect("a tree")
            .starred,
        2
    );
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let paths = Paths::under(dir.path());
    Connection::open(paths.library())
        .expect("a connection")
        .execute_batch("CREATE TABLE theirs (x)")
        .expect("made");
    let error = Library::open(&paths, now()).expect_err("refused");
    assert!(matches!(error, Error::Foreign { .. }), "{error}");
}

#[test]
fn a_read_only_library_shows_all_and_refuses_marks() {
    let (_dir, paths, ids) = kept();
    let before = listing(&paths.data_dir);
    let library =
        Library::open_read_only(&paths, "the folder cannot be written", now()).expect("read-only");
    let reader = library.reader().expect("a reader");
    let tree = reader.tree(now()).expect("a tree");
    assert_eq!(
        tree.read_only.as_deref(),
        Some("the folder cannot be written")
    );
    assert_eq!(reader.ids(&Query::default(), now()).expect("ids").len(), 8);
    let change = newsdesk::model::Change {
        what: What::Star(true),
        scope: Scope::Ids(ids),
        undoable: true,
    };
    let error = wait(|reply| library.writer().change(change, now(), reply)).expect_err("refused");
    assert_eq!(error.to_string(), "read-only: the folder cannot be written");
    drop(reader);
    drop(library);
    assert_eq!(listing(&paths.data_dir), before, "nothing was written");
}

fn listing(folder: &Path) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().ends_with("-shm"))
        .map(|entry| {
            let length = entry.metadata().map_or(0, |file| file.len());
            (entry.file_name().to_string_lossy().into_owned(), length)
        })
        .filter(|(name, length)| !(name.ends_with("-wal") && *length == 0))
        .collect();
    files.sort();
    files
}

#[test]
fn a_data_folder_that_is_a_file_is_one_sentence() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("file");
    fs::write(&file, "x").expect("written");
    let error = Library::open(&Paths::under(&file), now()).expect_err("refused");
    assert!(
        error.to_string().starts_with("cannot make the folder"),
        "{error}"
    );
}

#[test]
fn a_line_torn_by_a_kill_swallows_no_other() {
    let (_dir, paths, ids) = kept();
    let mut journal = fs::read(paths.journal()).expect("a journal");
    journal.truncate(journal.len() - 20);
    fs::write(paths.journal(), &journal).expect("torn");
    {
        let library = Library::open(&paths, now()).expect("a library");
        let change = newsdesk::model::Change {
            what: What::Star(true),
            scope: Scope::Ids(vec![ids[7]]),
            undoable: true,
        };
        wait(|reply| library.writer().change(change, now(), reply)).expect("starred");
    }
    fs::remove_file(paths.library()).expect("removed");
    let library = Library::open(&paths, now()).expect("a library");
    assert!(
        library
            .remarks()
            .iter()
            .any(|remark| remark.contains("1 lines of the journal")),
        "{:?}",
        library.remarks()
    );
    assert_eq!(
        library
            .reader()
            .expect("a reader")
            .tree(now())
            .expect("a tree")
            .starred,
        3
    );
}

#[test]
fn what_the_file_lacks_is_appended_at_the_next_start() {
    let (_dir, paths, _) = kept();
    let lines = |paths: &Paths| {
        fs::read_to_string(paths.journal())
            .expect("a journal")
            .lines()
            .count()
    };
    let before = lines(&paths);
    let conn = Connection::open(paths.library()).expect("a connection");
    let line = "{\"n\":900,\"at\":\"2026-11-23T12:00:00Z\",\"words\":\"folder Owed made\",\"steps\":[{\"step\":\"folder\",\"path\":\"Owed\",\"before\":false,\"after\":true}]}";
    conn.execute(
        "INSERT INTO journal_lines (n, line) VALUES (900, ?1)",
        [line],
    )
    .expect("owed");
    drop(conn);
    drop(Library::open(&paths, now()).expect("a library"));
    assert_eq!(lines(&paths), before + 1);
    drop(Library::open(&paths, now()).expect("a library"));
    assert_eq!(lines(&paths), before + 1, "once");
}

/// The number of a journal line.
fn number(line: &str) -> i64 {
    let line: serde_json::Value = serde_json::from_str(line).expect("a line");
    line["n"].as_i64().expect("a number")
}

#[test]
fn ids_and_lines_go_on_after_a_rebuild() {
    let (_dir, paths, _) = kept();
    for _ in 0..2 {
        fs::remove_file(paths.library()).expect("removed");
        let library = Library::open(&paths, now()).expect("a library");
        let folder = |name: &str| newsdesk::model::Change {
            what: What::AddFolder(name.into()),
            scope: Scope::None,
            undoable: true,
        };
        for name in ["One", "Two"] {
            wait(|reply| library.writer().change(folder(name), now(), reply)).expect("a folder");
        }
    }
    let text = fs::read_to_string(paths.journal()).expect("a journal");
    let mut numbers: Vec<i64> = text.lines().map(number).collect();
    let count = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
    assert!(numbers.is_sorted());
}

#[test]
fn only_one_process_fetches() {
    let dir = tempfile::tempdir().expect("a folder");
    let paths = Paths::under(dir.path());
    let first = FetchLock::try_take(&paths).expect("asked");
    assert!(matches!(first, FetchTry::Taken(_)));
    let second = FetchLock::try_take(&paths).expect("asked");
    let FetchTry::HeldBy(holder) = second else {
        panic!("two may fetch");
    };
    assert_eq!(holder, format!("process {}", std::process::id()));
    drop(first);
    assert!(matches!(
        FetchLock::try_take(&paths).expect("asked"),
        FetchTry::Taken(_)
    ));
}

#[test]
fn many_open_the_same_new_library_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let paths = Paths::under(dir.path());
    std::thread::scope(|scope| {
        for n in 0..8 {
            let paths = paths.clone();
            scope.spawn(move || {
                let library = Library::open(&paths, now()).expect("a library");
                for m in 0..10 {
                    let change = newsdesk::model::Change {
                        what: What::AddFolder(format!("{n}-{m}")),
                        scope: Scope::None,
                        undoable: true,
                    };
                    wait(|reply| library.writer().change(change, now(), reply)).expect("a folder");
                }
            });
        }
    });
    let library = Library::open(&paths, now()).expect("a library");
    assert_eq!(
        library
            .reader()
            .expect("a reader")
            .folders()
            .expect("folders")
            .len(),
        80
    );
    let journal = fs::read_to_string(paths.journal()).expect("a journal");
    // A line may stand there twice, where one opener caught up with what another was about to append.
    let numbers: std::collections::BTreeSet<i64> = journal.lines().map(number).collect();
    assert_eq!(numbers.len(), 80);
}

#[test]
fn a_dictionary_is_trained_and_all_texts_stay_readable() {
    let home = Home::new();
    let feed = home.subscribe("https://paper.example/feed", "");
    home.fetched(feed, (0..700).map(entry).collect());
    home.fetched(feed, (700..1_400).map(entry).collect());
    home.settle();
    home.fetched(
        feed,
        vec![NewEntry {
            title: "Packed with it".into(),
            ..entry(5_000)
        }],
    );
    home.settle();
    let conn = Connection::open(home.paths.library()).expect("a connection");
    let packed: i64 = conn
        .query_row(
            "SELECT count(*) FROM documents WHERE dict_id > 0",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(packed, 1);
    home.check();
}
