//! What other processes change in the library: a `fetch` by cron, a `mark` in another terminal.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::run::Tell;
use crate::app::Event;

/// A reload elsewhere commits many times a second; the app is told at most this often.
const GATHER: Duration = Duration::from_millis(500);

/// Watches the file every writer puts its process id into after a commit. `None` where the system cannot watch: then
/// what others change is seen with the next own reload. Dropping the watcher ends it.
pub(super) fn watch(changed: &Path, send: &Tell) -> Option<RecommendedWatcher> {
    let folder = changed.parent().filter(|folder| folder.is_dir())?;
    let (touched, commits) = channel();
    let name = changed.file_name()?.to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let ours = event
            .paths
            .iter()
            .any(|path| path.file_name() == Some(&name));
        if ours && !event.kind.is_access() {
            // The teller has ended with the engine: nobody is there to be told.
            let _ = touched.send(());
        }
    })
    .ok()?;
    // The folder is watched, not the file: it may not be there yet.
    watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
    let (changed, send) = (changed.to_owned(), Tell::clone(send));
    std::thread::Builder::new()
        .name("other processes".to_owned())
        .spawn(move || tell(&changed, &commits, &send))
        .ok()?;
    Some(watcher)
}

fn tell(changed: &PathBuf, commits: &Receiver<()>, send: &Tell) {
    let own = std::process::id().to_string();
    let is_others = || {
        std::fs::read_to_string(changed).is_ok_and(|id| !id.trim().is_empty() && id.trim() != own)
    };
    while commits.recv().is_ok() {
        if is_others() {
            send(Event::LibraryChanged);
        }
        let until = Instant::now() + GATHER;
        let mut more = false;
        loop {
            match commits.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(()) => more = true,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if more && is_others() {
            send(Event::LibraryChanged);
        }
    }
}
