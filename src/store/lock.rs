//! Locks between processes. The kernel frees them when a process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::error::{Error, Result};
use super::paths::{self, Paths};

/// The right to fetch, held by one process at a time. Given back on drop.
#[derive(Debug)]
pub struct FetchLock {
    _file: File,
}

/// What came of asking for the right to fetch.
#[derive(Debug)]
pub enum FetchTry {
    /// It is ours.
    Taken(FetchLock),
    /// Another process has it; in words (`process 4711`).
    HeldBy(String),
}

impl FetchLock {
    /// Takes the right to fetch, or tells who has it. Never waits.
    pub fn try_take(paths: &Paths) -> Result<FetchTry> {
        let path = paths.fetch_lock();
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {
                // The file names its holder for others; a failure to write the name is no reason not to fetch.
                let _ = file
                    .set_len(0)
                    .and_then(|()| write!(file, "{}", std::process::id()));
                Ok(FetchTry::Taken(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file
                    .rewind()
                    .and_then(|()| file.read_to_string(&mut holder));
                let holder = holder.trim();
                Ok(FetchTry::HeldBy(if holder.is_empty() {
                    "another process".into()
                } else {
                    format!("process {holder}")
                }))
            }
            Err(TryLockError::Error(source)) => Err(Error::io("lock", path)(source)),
        }
    }
}

/// Opens a lock file, making it where it is missing.
pub(super) fn open(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        paths::make_folder(folder)?;
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(Error::io("open", path))
}
