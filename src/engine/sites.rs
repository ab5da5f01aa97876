//! The rules for sites while the program runs: read when first needed, read again when the user's file changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::config::sites;
use crate::extract::SiteRules;
use crate::model::change::{SiteEdit, Written};

/// The rules for sites.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// The user's file; `None`: only the bundled rules hold.
    path: Option<PathBuf>,
    known: Mutex<Option<Arc<SiteRules>>>,
}

impl Sites {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            known: Mutex::default(),
        }
    }

    /// Returns the rules as last read; reads them where they were not yet.
    pub(super) fn rules(&self) -> Arc<SiteRules> {
        let known = || {
            self.known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        known().unwrap_or_else(|| {
            self.read();
            known().unwrap_or_default()
        })
    }

    /// Reads the user's file again. Returns what is wrong in it, in words.
    pub(super) fn read(&self) -> Vec<String> {
        let (rules, remarks) = match &self.path {
            Some(path) => sites::load(path),
            None => (
                SiteRules::new(Vec::new(), sites::bundled().to_vec()),
                Vec::new(),
            ),
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rules));
        let in_words = remarks.into_iter().map(|remark| {
            let line = remark
                .line
                .map_or_else(String::new, |line| format!(" line {line}:"));
            format!("sites.toml:{line} {}", remark.text)
        });
        in_words.collect()
    }

    /// Makes a change in the user's file and takes it over. Returns what really changed.
    pub(super) fn apply(&self, edit: &SiteEdit) -> Result<SiteEdit, String> {
        let path = self
            .path
            .as_deref()
            .ok_or("there is no folder for sites.toml")?;
        let done = sites::apply(path, edit).map_err(|error| error.to_string())?;
        self.read();
        Ok(done)
    }

    /// Makes the changes in the user's file that an undo or redo asks for.
    pub(super) fn settle(&self, written: &Written) -> Result<(), String> {
        for edit in &written.sites {
            self.apply(edit)?;
        }
        Ok(())
    }

    /// Calls `touched` when the user's file changes. `None` where that cannot be watched: then a change is seen at the next
    /// start. Dropping the watcher ends it.
    pub(super) fn watch(&self, touched: impl Fn() + Send + 'static) -> Option<RecommendedWatcher> {
        let path = self.path.as_deref()?;
        let folder = path.parent().filter(|folder| folder.is_dir())?;
        let name = path.file_name()?.to_owned();
        let handler = move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            let is_ours = |path: &PathBuf| Path::file_name(path) == Some(&name);
            if event.paths.iter().any(is_ours) && !event.kind.is_access() {
                touched();
            }
        };
        let mut watcher = notify::recommended_watcher(handler).ok()?;
        // The folder is watched, not the file: editors replace files.
        watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
        Some(watcher)
    }
}
