//! Opening the library: made, migrated, rebuilt, or read-only, under a lock between processes.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::error::{Error, Result};
use super::journal;
use super::lock;
use super::paths::{self, Paths, with_suffix};
use super::rebuild;
use super::schema::{self, Found, Migration, Mode};
use crate::text::reason;

/// An opened library.
#[derive(Debug)]
pub(super) struct Opened {
    /// The connection that may write; only read in a read-only library.
    pub(super) conn: Connection,
    /// How readers are to open the file.
    pub(super) mode: Mode,
    /// Why marks cannot be kept.
    pub(super) read_only: Option<String>,
    /// What had to be done, in plain words.
    pub(super) remarks: Vec<String>,
    /// Held shared as long as the library is open.
    pub(super) lock: Option<File>,
}

/// Opens the library for writing, or read-only where its folder cannot be written.
pub(super) fn open(paths: &Paths, migrations: &[Migration], now: Timestamp) -> Result<Opened> {
    let why = match prepare_folders(paths) {
        Ok(()) => match open_for_writing(paths, migrations, now) {
            Err(Error::Full) if paths.library().is_file() => FULL.to_owned(),
            opened => return opened,
        },
        Err(error) if paths.library().is_file() => cannot_write(&paths.data_dir, &error),
        Err(error) => return Err(error),
    };
    open_read_only(paths, migrations, why)
}

/// Why marks cannot be kept on a full disk.
pub(super) const FULL: &str = "the disk is full";

fn cannot_write(folder: &Path, error: &Error) -> String {
    match error {
        Error::Io { source, .. } => {
            format!(
                "{} cannot be written ({})",
                folder.display(),
                reason(source)
            )
        }
        Error::Full => FULL.to_owned(),
        other => other.to_string(),
    }
}

/// Makes the folders and tries whether files can be made in them.
fn prepare_folders(paths: &Paths) -> Result<()> {
    for folder in [&paths.data_dir, &paths.state_dir] {
        paths::make_folder(folder)?;
    }
    // One name for all processes, so that a killed one leaves no more than one; another may take it away first.
    let probe = paths.data_dir.join(".probe");
    std::fs::write(&probe, "").map_err(Error::io("write", &probe))?;
    let _ = std::fs::remove_file(&probe);
    let library = paths.library();
    if library.exists() {
        std::fs::OpenOptions::new()
            .write(true)
            .open(&library)
            .map_err(Error::io("write", &library))?;
    }
    Ok(())
}

/// Opens the file to be read only. No lock file, no log, nothing is written.
pub(super) fn open_read_only(
    paths: &Paths,
    migrations: &[Migration],
    why: String,
) -> Result<Opened> {
    let path = paths.library();
    // A log that another process left can be read only beside its shared-memory file; without both the file stands alone.
    let (conn, mode) = match try_read(&path, Mode::Read) {
        Ok(conn) => (conn, Mode::Read),
        Err(_) => (try_read(&path, Mode::Immutable)?, Mode::Immutable),
    };
    match schema::look(&conn, &path, migrations)? {
        Found::Current | Found::NewerReadable => Ok(Opened {
            conn,
            mode,
            read_only: Some(why),
            remarks: Vec::new(),
            lock: None,
        }),
        Found::New => Err(Error::Missing(
            "library in a folder that cannot be written".into(),
        )),
        Found::Older => Err(Error::ReadOnly(
            "the library must be brought up to date first, and its folder cannot be written".into(),
        )),
    }
}

fn try_read(path: &Path, mode: Mode) -> Result<Connection> {
    let conn = schema::connect(path, mode)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(conn)
}

fn open_for_writing(paths: &Paths, migrations: &[Migration], now: Timestamp) -> Result<Opened> {
    let lock_path = paths.library_lock();
    let lock = lock::open(&lock_path)?;
    let mut remarks = Vec::new();
    share(&lock, &lock_path)?;
    let mut opened = try_write(paths, migrations);
    if !matches!(opened, Ok((_, Found::Current | Found::NewerReadable))) {
        // Something must be made, migrated or set aside: alone, if need be after another process has done it.
        drop(opened);
        let _ = lock.unlock();
        opened = alone(paths, migrations, &lock, now, &mut remarks);
        let _ = lock.unlock();
        share(&lock, &lock_path)?;
    }
    let (conn, found) = opened?;
    if found == Found::NewerReadable {
        drop(conn);
        let why = "this library belongs to a newer newsdesk".to_owned();
        return open_read_only(paths, migrations, why);
    }
    Ok(Opened {
        conn,
        mode: Mode::Read,
        read_only: None,
        remarks,
        lock: Some(lock),
    })
}

/// Takes the lock with others. A file system without locks has none to give; SQLite's own care is left then.
fn share(lock: &File, path: &Path) -> Result<()> {
    match lock.lock_shared() {
        Err(error) if error.kind() != std::io::ErrorKind::Unsupported => {
            Err(Error::io("lock", path)(error))
        }
        _ => Ok(()),
    }
}

/// Opens the file and looks at it, damage included.
fn try_write(paths: &Paths, migrations: &[Migration]) -> Result<(Connection, Found)> {
    let path = paths.library();
    if is_cut_short(&path) || paths.damage_mark().exists() {
        return Err(Error::Damaged);
    }
    let conn = schema::connect(&path, Mode::Write)?;
    let found = schema::look(&conn, &path, migrations)?;
    if found == Found::Current {
        schema::use_wal(&conn)?;
        // The pages every start reads: damage in them shows here and not in the reader's face.
        conn.query_row("SELECT count(*) FROM feeds", [], |_| Ok(()))?;
        conn.query_row("SELECT max(id) FROM articles", [], |_| Ok(()))?;
    }
    Ok((conn, found))
}

/// Says whether a file has fewer pages than its header tells (SQLite file format §1.3). Where a log lies beside it the
/// header may be ahead of the file.
fn is_cut_short(path: &Path) -> bool {
    let Ok(bytes) = read_start(path) else {
        return false;
    };
    let Some(header) = bytes.get(..100) else {
        return !bytes.is_empty();
    };
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u64::from(u32::from_be_bytes([
        header[28], header[29], header[30], header[31],
    ]));
    let has_log = with_suffix(path, "-wal")
        .metadata()
        .is_ok_and(|log| log.len() > 0);
    let length = path.metadata().map_or(0, |file| file.len());
    !has_log && length < pages * page_size
}

fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes, migrates or rebuilds the library with every other process kept out.
fn alone(
    paths: &Paths,
    migrations: &[Migration],
    lock: &File,
    now: Timestamp,
    remarks: &mut Vec<String>,
) -> Result<(Connection, Found)> {
    let path = paths.library();
    let is_alone = take_alone(lock, &paths.library_lock())?;
    if is_alone {
        remove_partials(paths);
    }
    let mut opened = try_write(paths, migrations);
    if paths.damage_mark().exists() && !is_cut_short(&path) {
        opened = check_whole(paths, migrations);
    }
    match opened {
        Err(Error::Damaged) if !is_alone => Err(Error::DamagedInUse { path }),
        Err(Error::Damaged) => {
            let aside = set_aside(&path, now)?;
            let _ = std::fs::remove_file(paths.damage_mark());
            remarks.push(format!(
                "the library was damaged; it was set aside as {}",
                aside.display()
            ));
            make(paths, migrations, now, remarks)
        }
        Ok((conn, Found::New)) => {
            drop(conn);
            make(paths, migrations, now, remarks)
        }
        Ok((_, Found::Older)) if !is_alone => Err(Error::OlderInUse { path }),
        Ok((mut conn, Found::Older)) => {
            let copy = schema::migrate(&mut conn, &path, migrations, &paths.backups(), now)?;
            if let Some(copy) = copy {
                remarks.push(format!(
                    "the library was brought up to date; a copy from before is {}",
                    copy.display()
                ));
            }
            schema::use_wal(&conn)?;
            Ok((conn, Found::Current))
        }
        other => other,
    }
}

/// Waits until no other process opens the library, for at most a few seconds. Those that have it open for long make
/// migrating impossible to wait for; SQLite's own locks then keep both right.
fn take_alone(lock: &File, path: &Path) -> Result<bool> {
    for _ in 0..3_000 {
        match lock.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(TryLockError::Error(source))
                if source.kind() == std::io::ErrorKind::Unsupported =>
            {
                return Ok(true);
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", path)(source)),
        }
    }
    Ok(false)
}

/// Removes what a process left half written when it was killed. Only alone: another may be in the middle of it.
fn remove_partials(paths: &Paths) {
    for folder in [paths.data_dir.clone(), paths.backups()] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_ours = name.starts_with("library") || name.starts_with("subscriptions.opml");
            if is_ours && name.contains(".partial") {
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

/// Checks a file that a process met damage in. One that proves whole loses its mark.
fn check_whole(paths: &Paths, migrations: &[Migration]) -> Result<(Connection, Found)> {
    let path = paths.library();
    let conn = schema::connect(&path, Mode::Write)?;
    let found = schema::look(&conn, &path, migrations)?;
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Error::Damaged);
    }
    let _ = std::fs::remove_file(paths.damage_mark());
    Ok((conn, found))
}

/// Makes the library, from the journal where there is one.
fn make(
    paths: &Paths,
    migrations: &[Migration],
    now: Timestamp,
    remarks: &mut Vec<String>,
) -> Result<(Connection, Found)> {
    let path = paths.library();
    // Made under another name and renamed when whole: a program killed in between leaves no half library.
    let partial = paths::partial(&path);
    let mut conn = schema::connect(&partial, Mode::Write)?;
    schema::prepare_new(&conn)?;
    schema::migrate(&mut conn, &partial, migrations, &paths.backups(), now)?;
    let (lines, unreadable) = journal::read(&paths.journal())?;
    if !lines.is_empty() {
        let count = rebuild::replay(&mut conn, &lines, now)?;
        remarks.push(format!(
            "the library was made again from the journal: {count} changes; articles come with the next reload"
        ));
    }
    if unreadable > 0 {
        remarks.push(format!(
            "{unreadable} lines of the journal could not be read"
        ));
    }
    drop(conn);
    File::open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(Error::io("write", &partial))?;
    std::fs::rename(&partial, &path).map_err(Error::io("write", &path))?;
    let conn = schema::connect(&path, Mode::Write)?;
    schema::use_wal(&conn)?;
    Ok((conn, Found::Current))
}

/// Renames a damaged file and its log, with the date.
fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut aside = with_suffix(path, &format!(".damaged-{stamp}"));
    let mut n = 1;
    while aside.exists() {
        n += 1;
        aside = with_suffix(path, &format!(".damaged-{stamp}-{n}"));
    }
    std::fs::rename(path, &aside).map_err(Error::io("set aside", path))?;
    for suffix in ["-wal", "-shm"] {
        let log = with_suffix(path, suffix);
        if log.exists() {
            std::fs::rename(&log, with_suffix(&aside, suffix))
                .map_err(Error::io("set aside", &log))?;
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::MIGRATIONS;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    /// The shipped steps and then some more, each adding a folder of its number.
    fn steps(more: i64, sql: &'static str) -> Vec<Migration> {
        let last = MIGRATIONS.len() as i64;
        let added = (1..=more).map(|n| Migration {
            version: last + n,
            sql,
            min_reader: last + n,
        });
        MIGRATIONS.iter().copied().chain(added).collect()
    }

    const ADD: &str = "INSERT INTO folders (path) SELECT 'Step ' || count(*) FROM folders;";

    fn folders(conn: &Connection) -> i64 {
        conn.query_row("SELECT count(*) FROM folders", [], |row| row.get(0))
            .expect("a count")
    }

    fn copies(paths: &Paths) -> usize {
        std::fs::read_dir(paths.backups()).map_or(0, Iterator::count)
    }

    #[test]
    fn an_older_file_is_copied_and_brought_up_to_date() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths::under(dir.path());
        drop(open(&paths, MIGRATIONS, now()).expect("made"));
        assert_eq!(copies(&paths), 0, "a new file has nothing to copy");
        for more in 1..=4 {
            let later = now() + jiff::Span::new().hours(more);
            let opened = open(&paths, &steps(more, ADD), later).expect("migrated");
            assert_eq!(folders(&opened.conn), more);
            assert!(
                opened.remarks[0].contains("a copy from before is"),
                "{:?}",
                opened.remarks
            );
        }
        assert_eq!(copies(&paths), 2, "the last two are kept");
        let newest = std::fs::read_dir(paths.backups())
            .expect("copies")
            .flatten()
            .map(|entry| entry.path())
            .max()
            .expect("a copy");
        let copy = schema::connect(&newest, Mode::Read).expect("a copy");
        assert_eq!(folders(&copy), 3, "the copy is from before the last step");
        let opened = open(&paths, &steps(4, ADD), now()).expect("opened");
        assert!(opened.remarks.is_empty(), "nothing to do any more");
    }

    #[test]
    fn what_a_killed_migration_left_goes_with_the_next() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths::under(dir.path());
        drop(open(&paths, MIGRATIONS, now()).expect("made"));
        std::fs::create_dir_all(paths.backups()).expect("a folder");
        let left = [
            paths.backups().join("library-20260101T000000Z-v1.partial"),
            dir.path().join("library.db.partial-4711-0"),
        ];
        for path in &left {
            std::fs::write(path, "half").expect("a file");
        }
        drop(open(&paths, &steps(1, ADD), now()).expect("migrated"));
        assert!(left.iter().all(|path| !path.exists()));
        assert_eq!(copies(&paths), 1);
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths::under(dir.path());
        drop(open(&paths, &steps(1, ADD), now()).expect("made"));
        let broken = steps(
            2,
            "INSERT INTO folders (path) VALUES ('Half'); SELECT nonsense;",
        );
        assert!(open(&paths, &broken, now()).is_err());
        let opened = open(&paths, &steps(1, ADD), now()).expect("opened as before");
        assert_eq!(folders(&opened.conn), 1);
    }

    #[test]
    fn an_older_file_in_use_is_not_migrated_under_its_user() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths::under(dir.path());
        let used = open(&paths, MIGRATIONS, now()).expect("made");
        let refused = open(&paths, &steps(1, ADD), now());
        assert!(
            matches!(refused, Err(Error::OlderInUse { .. })),
            "{refused:?}"
        );
        drop(used);
        open(&paths, &steps(1, ADD), now()).expect("migrated");
    }
}
