//! What can go wrong in the engine's work, in words for the reader.

use crate::{fetch, store};

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process fetches; in words (`process 4711`).
    #[error("another newsdesk is fetching already ({0})")]
    Fetching(String),
    /// The library said no.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The net said no.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// The host asked us to wait, in words (`paper.example asked us to wait 2 hours`); nothing was asked.
    #[error("{0}")]
    Waits(String),
    /// The article is not in the library.
    #[error("there is no such article")]
    NoArticle,
    /// The article has no page.
    #[error("this article has no address to fetch")]
    NoAddress,
    /// The address leads to something that is no page of text, in words (`a picture`).
    #[error("the address leads to {0}, not to a page")]
    NotAPage(&'static str),
    /// The page came, but no text was found in it.
    #[error("no article was found on the page")]
    NoText,
    /// What came is no picture of a form we read (PNG, JPEG, WebP, GIF), or larger than any should be.
    #[error("no picture that can be read")]
    NotAPicture,
    /// The page broke the cleaner.
    #[error("the page could not be read")]
    Broken,
    /// Threads could not be started.
    #[error("the system gives no more threads: {0}")]
    Threads(#[from] std::io::Error),
    /// A file could not be made or written.
    #[error("{0} cannot be written: {1}")]
    File(std::path::PathBuf, std::io::Error),
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl From<fetch::DownloadError> for Error {
    fn from(error: fetch::DownloadError) -> Self {
        match error {
            fetch::DownloadError::Fetch(error) => Self::Fetch(error),
            fetch::DownloadError::File(error) => Self::File("the file".into(), error),
        }
    }
}

impl Error {
    pub(super) fn file(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::File(path.to_owned(), error)
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Fetch(error) => error.hint.as_deref(),
            Self::Fetching(_) => Some("wait until it is done"),
            _ => None,
        }
    }
}
