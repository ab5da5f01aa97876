//! The log: what went wrong beside the reader's way, a file a day in the state folder, the last seven kept.
//!
//! In go the events of [`tracing`], this program's only. Nothing is made before there is something to write, and where
//! the folder cannot be written the log is left out: it is nobody's data.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::output;
use crate::config::Paths;
use crate::engine::Clock;

/// So many days are kept.
const DAYS: usize = 7;

/// Where else the events go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nowhere: the screen is the reader's.
    Nothing,
    /// On standard error too, since `-v` asks for it.
    StandardError,
}

/// Starts the log of this process. `verbose`: warnings only, then what happens (1), then every detail (2). The first
/// call counts.
pub(super) fn start(paths: &Paths, clock: Clock, verbose: u8, beside: Beside) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let log = Log {
        folder: paths.state.clone(),
        file: Arc::new(Mutex::new(None)),
        is_shown: verbose > 0 && beside == Beside::StandardError,
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_timer(Wall(clock))
        .with_writer(move || log.clone())
        .with_filter(Targets::new().with_target("newsdesk", level));
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// The clock the whole process goes by.
struct Wall(Clock);

impl FormatTime for Wall {
    fn format_time(&self, out: &mut Writer<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// A file that is made when the first line comes.
#[derive(Clone)]
struct Log {
    folder: PathBuf,
    file: Arc<Mutex<Option<RollingFileAppender>>>,
    is_shown: bool,
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.is_shown {
            output::warn(String::from_utf8_lossy(line).trim_end());
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = RollingFileAppender::builder()
                .rotation(Rotation::DAILY)
                .filename_prefix("newsdesk")
                .filename_suffix("log")
                .max_log_files(DAYS)
                .build(&self.folder)
                .ok();
        }
        if let Some(file) = file.as_mut() {
            file.write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
