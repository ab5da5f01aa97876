//! What reads offline: the badge of the article on the screen, and bringing everything of the last days.

use super::event::OfflineSummary;
use super::overlay::{Message, Overlay};
use super::reader::{FullState, Reader};
use super::{App, Effect};
use crate::keymap::{Command, Context};
use crate::model::ArticleId;
use crate::model::article::{Article, BodySource};
use crate::query;

/// What `:offline` alone brings.
const USUAL: &str = "7d";

impl App {
    /// Returns what the status line says of the article on the screen.
    pub(super) fn reader_words(&self) -> String {
        let Some(reader) = self.reader() else {
            return String::new();
        };
        if let Some(find) = &reader.find {
            return match find.hits.len() {
                0 => format!("\"{}\" does not stand in this article · Esc", find.text),
                count => format!("match {}/{count} · Esc ends", find.current + 1),
            };
        }
        if let Some(url) = reader.selected_url() {
            return url.to_owned();
        }
        let again = self.settings.keymap.hint(Context::Reader, Command::Refetch);
        let mut parts = vec![text_badge(reader, &again)];
        parts.push(self.picture_badge(&reader.article));
        let body = &reader.article.body;
        let is_plain = body.removed.is_empty() && body.is_sure();
        if body.source == BodySource::Page && !is_plain {
            parts.push(body.cleaning_words());
        }
        parts.retain(|part| !part.is_empty());
        parts.join("  ")
    }

    /// Says which of an article's pictures are kept; nothing where it has none, or none are wanted.
    fn picture_badge(&self, article: &Article) -> String {
        let pictures = &article.pictures;
        let (kept, wanted) = (pictures.kept, pictures.wanted);
        match &pictures.missing {
            _ if wanted == 0 => String::new(),
            _ if kept == wanted => "pictures ✓".to_owned(),
            _ if !self.settings.fetch_pictures => String::new(),
            Some(why) => format!("pictures {kept} of {wanted}: {why}"),
            None => format!("pictures {kept} of {wanted}: not fetched yet"),
        }
    }

    /// Takes in that pictures of an article came.
    pub(super) fn pictures_kept(&mut self, id: ArticleId) {
        let is_shown = self.place.reader.as_ref().is_some_and(|reader| {
            reader.id() == id && reader.article.pictures.kept < reader.article.pictures.wanted
        });
        if is_shown {
            self.reread();
        }
    }

    /// `:offline 7d`, or `:offline is:starred`.
    pub(super) fn bring_offline(&mut self, words: &str) {
        let words = Some(words.trim()).filter(|words| !words.is_empty());
        let words = words.unwrap_or(USUAL);
        let (now, zone) = (self.now, &self.settings.zone);
        let query = query::parse(&format!("newer:{words}"), now, zone)
            .or_else(|_| query::parse(words, now, zone));
        match query {
            Ok(query) => {
                self.bringing = Some((0, 0));
                self.say(format!("bringing {words} offline · :cancel-reload stops"));
                self.send(Effect::BringOffline(Box::new(query)));
            }
            Err(error) => self.say_failed(error.to_string()),
        }
    }

    /// Takes in what came of it: a line, and what could not be had as a text to read.
    pub(super) fn brought_offline(&mut self, result: Result<OfflineSummary, String>) {
        self.bringing = None;
        let summary = match result {
            Ok(summary) => summary,
            Err(why) => return self.say_failed(why),
        };
        self.offline = summary.offline;
        if summary.offline {
            return self.say("no network: nothing more could be brought");
        }
        let words = in_words(&summary);
        if self.place.reader.is_some() {
            self.reread();
        }
        self.say_done(&words);
        if summary.missing.is_empty() {
            return;
        }
        let mut lines = vec![words, String::new()];
        for missing in &summary.missing {
            lines.push(format!("{}: {}", missing.what, missing.why));
            lines.push(format!("  {}", missing.title));
        }
        self.overlays.push(Overlay::Message(Message {
            title: "What could not be had".to_owned(),
            lines,
            top: 0,
        }));
    }
}

/// Says how an article's text stands.
fn text_badge(reader: &Reader, again: &str) -> String {
    let article = &reader.article;
    let body = &article.body;
    match &reader.full {
        FullState::Coming => "full text …".to_owned(),
        FullState::Ready => "full text ready · x".to_owned(),
        FullState::Failed(why) => format!("feed text only: {why} · {again} tries again"),
        FullState::Quiet => match (body.source, &body.remark) {
            (BodySource::Feed | BodySource::None, Some(remark)) => {
                format!("{remark} · {again} tries again")
            }
            (BodySource::Page, Some(remark)) => remark.clone(),
            (BodySource::Page, None) => "full text ✓".to_owned(),
            (BodySource::Feed, None) if article.row.has.full_text => "full text ✓".to_owned(),
            (BodySource::Feed, None) => "feed text".to_owned(),
            (BodySource::None, None) => String::new(),
        },
    }
}

fn in_words(summary: &OfflineSummary) -> String {
    let plural = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let mut words = format!(
        "{} of {} whole, {} and {} came",
        summary.complete,
        plural(summary.articles, "article"),
        plural(summary.pages, "page"),
        plural(summary.pictures, "picture"),
    );
    if !summary.missing.is_empty() {
        words.push_str(&format!(
            ", {} could not be had",
            plural(summary.missing.len(), "thing")
        ));
    }
    if summary.cancelled {
        words.push_str(" · stopped");
    }
    words
}
