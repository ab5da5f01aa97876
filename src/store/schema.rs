//! Connections, schema and migrations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::error::{Error, Result};
use crate::text::fold::fold;

/// Marks the file as ours in its header: "NDSK" (SQLite file format, offset 68).
const APPLICATION_ID: i64 = 0x4E44_534B;

/// How long a connection waits for another process before it gives up. Each wait is 1 ms: SQLite's own back-off
/// starves beside a bulk writer (1 s median wait, against 0.11 s with this).
const BUSY_WAITS: i32 = 10_000;

/// How many copies from before migrations are kept.
const COPIES_KEPT: usize = 2;

/// One step of the schema. A shipped one is never edited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// The `user_version` the file has after it.
    pub(super) version: i64,
    /// What it does, in SQL.
    pub(super) sql: &'static str,
    /// The oldest schema version whose programs may still read the file afterwards.
    pub(super) min_reader: i64,
}

/// Every step, in order.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("migrations/0001_first.sql"),
        min_reader: 1,
    },
    Migration {
        version: 2,
        sql: include_str!("migrations/0002_cleaning.sql"),
        min_reader: 1,
    },
    Migration {
        version: 3,
        sql: include_str!("migrations/0003_names.sql"),
        min_reader: 1,
    },
    Migration {
        version: 4,
        sql: include_str!("migrations/0004_partings.sql"),
        min_reader: 1,
    },
];

/// How a file may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Read and write; made where missing.
    Write,
    /// Read beside a writer.
    Read,
    /// Read a file in a folder that cannot be written: no locks, no log.
    Immutable,
}

/// Opens a connection with all that holds for ours.
pub(super) fn connect(path: &Path, mode: Mode) -> Result<Connection> {
    let flags = match mode {
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Mode::Read | Mode::Immutable => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let mut conn = if mode == Mode::Immutable {
        Connection::open_with_flags(immutable_uri(path), flags)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    conn.busy_handler(Some(|waits| {
        std::thread::sleep(Duration::from_millis(1));
        waits < BUSY_WAITS
    }))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA trusted_schema = OFF;",
    )?;
    Ok(conn)
}

/// Writes a path as the URI SQLite reads (sqlite.org/uri.html: `?`, `#` and `%` escaped).
fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for c in path.to_string_lossy().chars() {
        match c {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            _ => uri.push(c),
        }
    }
    uri + "?immutable=1"
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Empty: to be made.
    New,
    /// Ours, of a schema that `migrations` bring up to date.
    Older,
    /// Ours and up to date.
    Current,
    /// Of a newer program that says this one may read it.
    NewerReadable,
}

/// Says what a file is; errs where it is not for us.
pub(super) fn look(conn: &Connection, path: &Path, migrations: &[Migration]) -> Result<Found> {
    let known = latest(migrations);
    let found = user_version(conn)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == 0 && tables == 0 {
        return Ok(Found::New);
    }
    let id: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if id != APPLICATION_ID {
        return Err(Error::Foreign { path: path.into() });
    }
    match found {
        _ if found < known => Ok(Found::Older),
        _ if found == known => Ok(Found::Current),
        _ if min_reader(conn)? <= known => Ok(Found::NewerReadable),
        _ => Err(Error::Newer {
            path: path.into(),
            found,
            known,
        }),
    }
}

fn latest(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |last| last.version)
}

fn user_version(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn min_reader(conn: &Connection) -> Result<i64> {
    let value: Option<String> = conn
        .query_row(
            "SELECT value FROM meta WHERE key = 'min_reader'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(value
        .and_then(|value| value.parse().ok())
        .unwrap_or(i64::MAX))
}

/// Sets what lies in the file itself and cannot be changed later.
pub(super) fn prepare_new(conn: &Connection) -> Result<()> {
    conn.execute_batch(&format!(
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = {APPLICATION_ID};"
    ))?;
    Ok(())
}

/// Turns the write-ahead log on; a file system that refuses it leaves the rollback journal (slower, as safe).
pub(super) fn use_wal(conn: &Connection) -> Result<()> {
    let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode != "wal" {
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            conn.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        }
    }
    Ok(())
}

/// Runs the migrations a file lacks, each in its own transaction, after a copy of an existing file.
pub(super) fn migrate(
    conn: &mut Connection,
    path: &Path,
    migrations: &[Migration],
    backups: &Path,
    now: Timestamp,
) -> Result<Option<PathBuf>> {
    let start = user_version(conn)?;
    let copy = if start > 0 && start < latest(migrations) {
        Some(copy_before(conn, path, start, backups, now)?)
    } else {
        None
    };
    for migration in migrations {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        // Another process may have been faster.
        if user_version(&tx)? >= migration.version {
            continue;
        }
        tx.execute_batch(migration.sql)?;
        tx.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('min_reader', ?1)",
            params![migration.min_reader.to_string()],
        )?;
        tx.execute_batch(&format!("PRAGMA user_version = {}", migration.version))?;
        tx.commit()?;
    }
    Ok(copy)
}

/// Copies a file before it is migrated, and drops copies older than the last two.
fn copy_before(
    conn: &Connection,
    path: &Path,
    version: i64,
    backups: &Path,
    now: Timestamp,
) -> Result<PathBuf> {
    super::paths::make_folder(backups)?;
    let needed_bytes = std::fs::metadata(path)
        .map_err(Error::io("read", path))?
        .len();
    let free = rustix::fs::statvfs(backups)
        .map_err(|errno| Error::io("ask for free space in", backups)(errno.into()))?;
    let free_bytes = free.f_bavail.saturating_mul(free.f_frsize);
    if free_bytes < needed_bytes {
        return Err(Error::NoRoom {
            folder: backups.into(),
            needed_bytes,
            free_bytes,
        });
    }
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let target = backups.join(format!("library-{stamp}-v{version}.db"));
    let partial = target.with_extension("partial");
    let _ = std::fs::remove_file(&partial);
    conn.execute("VACUUM INTO ?1", params![partial.to_string_lossy()])?;
    std::fs::File::open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(Error::io("write", &partial))?;
    std::fs::rename(&partial, &target).map_err(Error::io("write", &target))?;
    drop_old_copies(backups);
    Ok(target)
}

/// Keeps the last copies. Names sort by date; a copy that cannot be removed only takes room.
fn drop_old_copies(backups: &Path) {
    let Ok(folder) = std::fs::read_dir(backups) else {
        return;
    };
    let mut copies: Vec<PathBuf> = folder
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("library-") && name.ends_with(".db")
        })
        .collect();
    copies.sort();
    let old = copies.len().saturating_sub(COPIES_KEPT);
    for path in copies.into_iter().take(old) {
        let _ = std::fs::remove_file(path);
    }
}

/// Adds the functions our SQL uses: `folded(text)`, text as [`fold`] makes it.
pub(super) fn add_functions(conn: &Connection) -> Result<()> {
    use rusqlite::functions::FunctionFlags;
    conn.create_scalar_function(
        "folded",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| Ok(fold(context.get_raw(0).as_str().unwrap_or_default())),
    )?;
    Ok(())
}
