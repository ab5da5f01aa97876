//! What can go wrong in the store, in plain sentences that name the file.

use std::path::PathBuf;

use crate::text::reason;

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or file could not be made, read or written.
    #[error("cannot {doing} {}: {}", path.display(), reason(.source))]
    Io {
        /// What was being done (`write`, `make the folder`).
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file was made by a newer newsdesk that this one must not read. The file is untouched.
    #[error(
        "{} was written by a newer newsdesk (its schema is {found}, this one knows up to {known}); use that version, or another --data-dir",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file is a database, but not one of ours. It is untouched.
    #[error("{} is not a newsdesk library: it belongs to another program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged and could not be set aside, because another process has it open.
    #[error(
        "{} is damaged and another newsdesk has it open; close that one and start again",
        path.display()
    )]
    DamagedInUse {
        /// The file.
        path: PathBuf,
    },
    /// The file must be migrated, and an older newsdesk has it open. It is untouched.
    #[error(
        "{} must be brought up to date, and another newsdesk has it open; close that one and start again",
        path.display()
    )]
    OlderInUse {
        /// The file.
        path: PathBuf,
    },
    /// Damage was found while running; the next start sets the file aside and rebuilds it from the journal.
    #[error(
        "the library is damaged; the next start sets it aside and rebuilds it from the journal"
    )]
    Damaged,
    /// The disk is full. Nothing was lost; the change was not made.
    #[error("the disk is full: nothing was changed; make room and try again")]
    Full,
    /// There is not enough room for the copy that is made before a migration. The file is untouched.
    #[error(
        "the library must be brought up to date, and the copy made before that needs {needed_bytes} bytes; only {free_bytes} are free in {}",
        folder.display()
    )]
    NoRoom {
        /// Where the copy goes.
        folder: PathBuf,
        /// Bytes the copy needs.
        needed_bytes: u64,
        /// Bytes there are.
        free_bytes: u64,
    },
    /// The store was opened read-only.
    #[error("read-only: {0}")]
    ReadOnly(String),
    /// Another process held the database for longer than the time-out.
    #[error("another newsdesk keeps the library busy; try again")]
    Busy,
    /// The writer has ended.
    #[error("the library is closed")]
    Closed,
    /// What was asked for is not there.
    #[error("there is no {0}")]
    Missing(String),
    /// The change makes no sense on what is there (`a folder cannot move into itself`).
    #[error("{0}")]
    Refused(String),
    /// A stored document could not be read.
    #[error("the text of article {id} cannot be read: {why}")]
    Document {
        /// The article.
        id: i64,
        /// Why.
        why: String,
    },
    /// SQLite says no.
    #[error("the library answered: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl Error {
    /// Names an I/O error with what was being done to which path.
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| {
            if source.kind() == std::io::ErrorKind::StorageFull {
                Self::Full
            } else {
                Self::Io {
                    doing,
                    path,
                    source,
                }
            }
        }
    }

    /// Returns the same news for another asker: what holds for a whole transaction is told to each who waits for it.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Damaged => Self::Damaged,
            Self::Busy => Self::Busy,
            Self::Closed => Self::Closed,
            other => Self::Refused(other.to_string()),
        }
    }

    /// Says whether it holds for every work alike, so that nothing of a transaction can stand.
    pub(super) fn is_general(&self) -> bool {
        matches!(self, Self::Full | Self::Damaged | Self::Busy)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged,
            Some(Code::DiskFull) => Self::Full,
            // There is no room for the memory that processes share beside the log.
            _ if extended_code(&error) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(Code::ReadOnly) => Self::ReadOnly("the library's file cannot be written".into()),
            _ => Self::Sqlite(error),
        }
    }
}

fn extended_code(error: &rusqlite::Error) -> Option<std::ffi::c_int> {
    error.sqlite_error().map(|error| error.extended_code)
}
