//! Where the library's files lie.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::{Error, Result};

/// The three folders of the store. They may be the same one (`--data-dir`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `library.db`, `journal.jsonl`, `subscriptions.opml`, `backups/`: what cannot be fetched again.
    pub data_dir: PathBuf,
    /// `blobs.db`: raw pages and pictures; only what can be fetched again.
    pub cache_dir: PathBuf,
    /// Locks and the `changed` file.
    pub state_dir: PathBuf,
}

impl Paths {
    /// Returns paths with everything under one folder.
    pub fn under(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            cache_dir: root.clone(),
            state_dir: root.clone(),
            data_dir: root,
        }
    }

    /// The database of everything the reader sees.
    pub fn library(&self) -> PathBuf {
        self.data_dir.join("library.db")
    }

    /// The journal of what the user did, one JSON object a line.
    pub fn journal(&self) -> PathBuf {
        self.data_dir.join("journal.jsonl")
    }

    /// The subscriptions as OPML, rewritten when they change.
    pub fn opml(&self) -> PathBuf {
        self.data_dir.join("subscriptions.opml")
    }

    /// Copies made before migrations.
    pub fn backups(&self) -> PathBuf {
        self.data_dir.join("backups")
    }

    /// Raw pages and pictures.
    pub fn blobs(&self) -> PathBuf {
        self.cache_dir.join("blobs.db")
    }

    /// Touched after each commit, for other processes to watch.
    pub fn changed(&self) -> PathBuf {
        self.state_dir.join("changed")
    }

    /// Held by the one process that fetches.
    pub fn fetch_lock(&self) -> PathBuf {
        self.state_dir.join("fetch.lock")
    }

    /// Held shared by every process that has the library open, alone while it is made, migrated or set aside.
    pub fn library_lock(&self) -> PathBuf {
        self.state_dir.join("library.lock")
    }

    /// Left behind by a process that met damage: the next start checks the whole file.
    pub fn damage_mark(&self) -> PathBuf {
        self.state_dir.join("damaged")
    }
}

/// Makes a folder where it is missing, for its owner alone: what one reads is nobody else's business.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(Error::io("make the folder", folder))
}

/// Returns a name beside a file, for writing it whole before it is renamed. No two writers share one.
pub(super) fn partial(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    with_suffix(path, &format!(".partial-{}-{n}", std::process::id()))
}

/// Appends to a file's name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
