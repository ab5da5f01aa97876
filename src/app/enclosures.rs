//! The files attached to an article: listed, downloaded on request, opened.

use std::path::PathBuf;

use super::event::FileState;
use super::overlay::{Enclosures, Overlay};
use super::{App, Effect};
use crate::model::ArticleId;
use crate::model::article::Enclosure;

/// How a file stands, as far as is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileView {
    /// As it lies on the disk.
    Kept(FileState),
    /// It comes: bytes so far, and in all where the site says.
    Coming(u64, Option<u64>),
    /// It could not be had, in plain words.
    Failed(String),
}

impl App {
    /// `D`, `:enclosures`.
    pub(super) fn show_enclosures(&mut self) {
        let Some(id) = self.current() else { return };
        let reader = self
            .place
            .reader
            .as_ref()
            .filter(|reader| reader.id() == id);
        let Some(article) = reader.map(|reader| &reader.article) else {
            self.say("Open the article first");
            return;
        };
        if article.enclosures.is_empty() {
            self.say("No files are attached to this article");
            return;
        }
        let files = article.enclosures.clone();
        let urls = files.iter().map(|file| file.url.clone()).collect();
        self.overlays.push(Overlay::Enclosures(Enclosures {
            article: id,
            files,
            selected: 0,
        }));
        self.send(Effect::LookAtFiles(urls));
    }

    /// Enter on a file: opens it, stops it, or brings it.
    pub(super) fn use_enclosure(&mut self, article: ArticleId, file: &Enclosure) {
        let url = file.url.clone();
        match self.files.get(&url) {
            Some(FileView::Kept(FileState::Done(path))) => self.send(Effect::OpenFile {
                path: path.clone(),
                media_type: file.media_type.clone().unwrap_or_default(),
            }),
            Some(FileView::Coming(..)) => {
                self.say("stopped · Enter goes on where it broke off");
                self.send(Effect::StopDownload(url));
            }
            Some(FileView::Kept(_) | FileView::Failed(_)) | None => {
                self.files
                    .insert(url.clone(), FileView::Coming(0, file.size_bytes));
                self.send(Effect::Download { article, url });
            }
        }
    }

    /// Takes in how files lie on the disk; one that is coming is known better here.
    pub(super) fn files_looked_at(&mut self, states: Vec<(String, FileState)>) {
        for (url, state) in states {
            if !matches!(self.files.get(&url), Some(FileView::Coming(..))) {
                self.files.insert(url, FileView::Kept(state));
            }
        }
    }

    /// Takes in how far a file is.
    pub(super) fn download_goes_on(&mut self, url: String, done: u64, total: Option<u64>) {
        self.files.insert(url, FileView::Coming(done, total));
    }

    /// Takes in that a file came, was stopped (no path, no reason), or could not be had.
    pub(super) fn download_ended(&mut self, url: String, result: Result<Option<PathBuf>, String>) {
        let view = match result {
            Ok(Some(path)) => {
                self.say_done(format!("saved: {} · Enter in D opens it", path.display()));
                FileView::Kept(FileState::Done(path))
            }
            Ok(None) => {
                let so_far = match self.files.get(&url) {
                    Some(FileView::Coming(done, _)) => *done,
                    _ => 0,
                };
                FileView::Kept(FileState::Part(so_far))
            }
            Err(why) => {
                self.say_failed(why.clone());
                FileView::Failed(why)
            }
        };
        self.files.insert(url, view);
    }

    /// Returns how a file stands.
    pub fn file(&self, url: &str) -> Option<&FileView> {
        self.files.get(url)
    }

    /// Returns how many files come, and how far they are in hundredths, where that is known.
    pub fn downloading(&self) -> Option<(usize, Option<u64>)> {
        let coming = self.files.values().filter_map(|file| match file {
            FileView::Coming(done, total) => Some((*done, *total)),
            FileView::Kept(_) | FileView::Failed(_) => None,
        });
        let (mut count, mut done, mut all) = (0, 0, Some(0));
        for (bytes, total) in coming {
            count += 1;
            done += bytes;
            all = all.zip(total).map(|(all, total)| all + total);
        }
        let percent = all
            .filter(|all| *all > 0)
            .map(|all| (done * 100 / all).min(100));
        (count > 0).then_some((count, percent))
    }
}
