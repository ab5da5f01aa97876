//! Watches the config: a change is read on the watcher's thread and sent to the loop.

use std::path::Path;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::config::{self, Loaded, Paths};

/// Watches the config file and the themes beside it. `None` where the system cannot watch, or the folder is not there:
/// then a change is seen at the next start. Dropping the watcher ends it.
pub(super) fn config(
    paths: &Paths,
    send: impl Fn(Loaded) + Send + 'static,
) -> Option<RecommendedWatcher> {
    let (file, themes) = (paths.config_file.clone(), paths.themes());
    // The folder is watched, not the file: editors replace files.
    let folder = file
        .parent()
        .filter(|folder| folder.is_dir())
        .map(Path::to_owned)?;
    let own = file.clone();
    let handler = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let touches = event
            .paths
            .iter()
            .any(|path| path.file_name() == own.file_name() || path.starts_with(&themes));
        if touches && !event.kind.is_access() {
            send(config::load(&own, &themes));
        }
    };
    let mut watcher = notify::recommended_watcher(handler).ok()?;
    watcher.watch(&folder, RecursiveMode::NonRecursive).ok()?;
    if paths.themes().is_dir() {
        // Without it only changes of the theme in use wait for the next start.
        let _ = watcher.watch(&paths.themes(), RecursiveMode::NonRecursive);
    }
    Some(watcher)
}
