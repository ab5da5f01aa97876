//! How a command fails: a sentence, perhaps a hint, and an exit status.

use std::process::ExitCode;

use crate::engine::Error;
use crate::fetch::Kind;
use crate::text::reason::plain;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    error: anyhow::Error,
    hint: Option<String>,
    usage: bool,
}

impl Failure {
    /// Returns a failure of the user's wording: exit status 2.
    pub fn usage(text: impl Into<String>) -> Self {
        Self {
            error: anyhow::anyhow!(text.into()),
            hint: None,
            usage: true,
        }
    }

    /// Returns a failure: exit status 1.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            error: anyhow::anyhow!(text.into()),
            hint: None,
            usage: false,
        }
    }

    /// Returns a failure of the engine, with its hint.
    pub fn of_engine(error: crate::engine::Error) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self {
            error: error.into(),
            hint,
            usage: false,
        }
    }

    /// Returns a failure on an address that is asked once: nothing tries it again by itself.
    pub fn of_address(url: &str, error: &Error) -> Self {
        let hint = match error {
            Error::Fetch(fetch) => match fetch.kind {
                Kind::Status(404 | 410) => Some("check the address"),
                Kind::Redirects | Kind::Private => None,
                _ if fetch.is_passing() && !has_own_advice(fetch.kind) => Some("try again later"),
                _ => error.hint(),
            },
            _ => error.hint(),
        };
        Self {
            hint: hint.map(str::to_owned),
            ..Self::new(format!("{url}: {error}"))
        }
    }

    /// Says whether another process was fetching.
    pub fn is_fetching(&self) -> bool {
        matches!(
            self.error.downcast_ref(),
            Some(crate::engine::Error::Fetching(_))
        )
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Says whether the reader of our output went away.
    pub fn is_closed_pipe(&self) -> bool {
        let broken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
        self.error.chain().any(|cause| {
            cause.downcast_ref::<std::io::Error>().is_some_and(broken)
                || cause
                    .downcast_ref::<serde_json::Error>()
                    .is_some_and(|error| {
                        error.io_error_kind() == Some(std::io::ErrorKind::BrokenPipe)
                    })
        })
    }

    /// Returns what to print.
    pub fn words(&self) -> String {
        format!("newsdesk: {}", self.reason())
    }

    /// Returns why it failed and what to do, for a program that reads it.
    pub fn reason(&self) -> String {
        let mut words = self.error.to_string();
        for cause in self.error.chain().skip(1) {
            let cause = plain(&cause.to_string());
            if !words.contains(&cause) {
                words.push_str(": ");
                words.push_str(&cause);
            }
        }
        if let Some(hint) = &self.hint {
            words.push('\n');
            words.push_str(hint);
        }
        words
    }

    /// Returns the exit status.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}

/// Says whether what to do about a failure that may pass is more than to wait.
fn has_own_advice(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NoName
            | Kind::NoNameService
            | Kind::NoRoute
            | Kind::Tls
            | Kind::NoCertificates
            | Kind::Garbled
    )
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            hint: None,
            usage: false,
        }
    }
}
