//! Articles: the preview that follows the selection, opening and leaving, the next one, links and full text.

use super::list::Marked;
use super::motion::Motion;
use super::overlay::{Confirm, Confirmed, Menu, MenuAction, MenuRow, Overlay};
use super::place::Opening;
use super::prompt::PromptKind;
use super::reader::FullState;
use super::{App, Effect, Pane, Source};
use crate::config::settings::MarkRead;
use crate::flow;
use crate::model::article::{ArticleRow, BodySource};
use crate::model::list::Anchor;
use crate::model::{ArticleId, What};

/// More addresses than this are opened only after asking (DESIGN §3).
const MANY: usize = 5;

impl App {
    /// Returns the article that `n`, `s`, `o` and the like act on: the one being read, else the selected row.
    pub(super) fn current(&self) -> Option<ArticleId> {
        if self.place.reading {
            let opening = self.place.opening.map(|opening| opening.id);
            return opening.or_else(|| self.place.reader.as_ref().map(super::Reader::id));
        }
        self.place.list.selected
    }

    /// Returns what is known of an article on the screen, or selected in its list.
    pub(super) fn row(&self, id: ArticleId) -> Option<&ArticleRow> {
        let in_reader = self
            .place
            .reader
            .as_ref()
            .filter(|reader| reader.id() == id);
        let in_reader = in_reader.map(|reader| &reader.article.row);
        self.place.list.known(id).or(in_reader)
    }

    /// Has the preview follow the selection, with one question at a time: while an answer is under way no other is
    /// asked, so that a held key costs the library nothing.
    pub(super) fn follow_selection(&mut self, shown: bool) {
        if self.place.reading || self.place.opening.is_some() || !self.place.list.loaded {
            return;
        }
        let Some(id) = self.place.list.selected else {
            if self.place.list.is_empty() {
                self.place.reader = None;
            }
            return;
        };
        let there = self.place.reader.as_ref().map(super::Reader::id);
        if there != Some(id) && (shown || self.place.focus == Pane::Names) {
            self.ask_article(id, None, false);
        }
    }

    /// Asks for an article; `keep`: another text or state of the one on the screen, which stays where it is.
    pub(super) fn ask_article(&mut self, id: ArticleId, source: Option<BodySource>, keep: bool) {
        let ticket = self.ticket();
        self.place.opening = Some(Opening {
            ticket,
            id,
            keep,
            swap: false,
        });
        self.send(Effect::Open { ticket, id, source });
    }

    /// Returns the columns of the text column.
    pub(super) fn text_cols(&self) -> u16 {
        let frame = self.frame();
        let inner = frame.article.map_or(0, |pane| pane.inner.width);
        // A column of air at either side, as the screen draws it.
        inner.saturating_sub(2).clamp(1, self.settings.text_width)
    }

    /// Lays the article out again where the width has changed.
    pub(super) fn fit_article(&mut self) {
        if self.frame().article.is_none() {
            return;
        }
        let width = self.text_cols();
        let height = self.height(Pane::Article);
        let ascii = self.settings.ascii;
        let zone = self.settings.zone.clone();
        self.ask_pictures(width, height);
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        if reader.layout.width == width || reader.laying.is_some() {
            return;
        }
        let options = reader.options(ascii, &zone);
        if !reader.is_long() {
            let layout = flow::layout(&reader.article.body.document, width, &options);
            reader.set_layout(layout, height);
            return;
        }
        let document = Box::new(reader.article.body.document.clone());
        self.last_ticket += 1;
        let ticket = super::Ticket(self.last_ticket);
        reader.laying = Some(ticket);
        self.send(Effect::Layout {
            ticket,
            document,
            width,
            options,
        });
    }

    /// `Enter`.
    pub(super) fn open_selected(&mut self) {
        if !self.overlays.is_empty() {
            self.open_in_overlay();
            return;
        }
        if self.welcome.is_some() {
            self.open_in_welcome();
            return;
        }
        match self.place.focus {
            Pane::Feeds => self.enter_list(),
            Pane::List => self.open_selected_article(),
            Pane::Article if self.is_cleaning() => self.decide_here(),
            Pane::Article => {
                let reader = self.place.reader.as_ref();
                let url = reader
                    .and_then(|reader| reader.selected_url())
                    .map(str::to_owned);
                let name = self.selected_name();
                match (url, name) {
                    (Some(url), _) => self.open_urls(vec![url]),
                    (None, Some(name)) => self.go_to_name(name),
                    (None, None) if !self.place.reading => self.open_selected_article(),
                    (None, None) => {}
                }
            }
            Pane::Names => {
                if let Some(name) = self.selected_name() {
                    self.go_to_name(name);
                }
            }
        }
    }

    pub(super) fn open_selected_article(&mut self) {
        if let Some(id) = self.place.list.selected {
            self.read(id);
        }
    }

    /// Opens an article to read: it stands alone, and is marked read.
    pub(super) fn read(&mut self, id: ArticleId) {
        self.place.list.select(id);
        self.place.reading = true;
        self.place.focus = Pane::Article;
        let there = self.place.reader.as_ref().map(super::Reader::id);
        let coming = self.place.opening.map(|opening| opening.id);
        if coming.is_some_and(|coming| coming != id) {
            self.place.opening = None;
        }
        if there != Some(id) && coming != Some(id) {
            self.ask_article(id, None, false);
        }
        if self.settings.mark_read != MarkRead::Never {
            self.mark_opened(id);
        }
    }

    /// Goes from the article back to its list.
    pub(super) fn leave_article(&mut self) {
        self.place.reading = false;
        self.zen = false;
        self.place.focus = Pane::List;
        if let Some(reader) = &mut self.place.reader {
            reader.find = None;
            reader.hints = None;
        }
        // The list's row may have scrolled out of its window while reading on.
        let shown = self.place.reader.as_ref().map(super::Reader::id);
        if let Some(id) = shown
            && !self.place.list.select(id)
            && !self.place.list.is_empty()
        {
            self.place.list.wanted = Some(id);
            self.load(Anchor::Around(id));
        }
    }

    /// `J` and `K` while reading.
    pub(super) fn next_article(&mut self, by: isize) {
        match self.place.list.beside(by).map(|row| row.id) {
            Some(id) if self.place.reading => self.read(id),
            Some(id) => {
                self.place.list.select(id);
            }
            None if by > 0 => self.say("This is the last article of the list"),
            None => self.say("This is the first article of the list"),
        }
    }

    /// `n` and `N`.
    pub(super) fn next_unread(&mut self, back: bool) {
        let height = self.height(Pane::Article);
        if self.place.focus == Pane::Article
            && let Some(reader) = &mut self.place.reader
            && reader.find.is_some()
        {
            reader.walk_hits(back, height);
            return;
        }
        // What is only previewed is not yet read: the selected row itself may be the next one.
        let inclusive = !self.place.reading;
        if let Some(id) = self.place.list.unread_beside(back, inclusive) {
            self.read(id);
            return;
        }
        let ticket = self.ticket();
        self.finding_unread = Some(ticket);
        let list = self.place.list.open.clone();
        self.send(Effect::NextUnread {
            ticket,
            list,
            from: self.place.list.selected,
            back,
        });
    }

    /// Goes to the next unread article that the library found.
    pub(super) fn found_unread(&mut self, id: ArticleId, feed: Option<crate::model::FeedId>) {
        if let Some(feed) = feed {
            self.place.reading = false;
            if super::Node::of(&self.place.list.source).is_some() {
                self.tree.reveal(super::Node::Feed(feed));
                self.show(Source::Feed(feed));
            } else {
                self.go_to(Source::Feed(feed));
            }
        }
        let there = self.place.list.select(id);
        if !there {
            self.place.list.wanted = Some(id);
            self.load(Anchor::Around(id));
        }
        self.read(id);
    }

    /// `Space`: pages on; at the end the next unread.
    pub(super) fn read_on(&mut self) {
        match self.place.focus {
            Pane::Feeds => self.next_unread(false),
            Pane::List => self.open_selected_article(),
            _ => {
                let height = self.height(Pane::Article);
                let at_end = self
                    .place
                    .reader
                    .as_ref()
                    .is_none_or(|reader| reader.at_end(height));
                if !self.place.reading {
                    self.open_selected_article();
                } else if at_end {
                    if let Some(reader) = &mut self.place.reader {
                        reader.find = None;
                    }
                    self.next_unread(false);
                } else {
                    self.motion(Motion::Page(1));
                }
            }
        }
    }

    pub(super) fn read_back(&mut self) {
        if self.place.focus == Pane::Article {
            self.motion(Motion::Page(-1));
        } else {
            let height = self.height(Pane::Article);
            self.scroll_article(-(height as isize - 1).max(1));
        }
    }

    /// `J` and `K` beside the article.
    pub(super) fn scroll_article(&mut self, by: isize) {
        let height = self.height(Pane::Article);
        if let Some(reader) = &mut self.place.reader {
            reader.scroll(by, height);
        }
    }

    pub(super) fn walk_headings(&mut self, back: bool) {
        let height = self.height(Pane::Article);
        let moved = self
            .place
            .reader
            .as_mut()
            .map(|reader| reader.heading(back, height));
        if moved == Some(false) {
            self.say("No more headings");
        }
    }

    pub(super) fn walk_links(&mut self, back: bool) {
        let height = self.height(Pane::Article);
        let moved = self
            .place
            .reader
            .as_mut()
            .map(|reader| reader.walk_links(back, height));
        if moved == Some(false) {
            self.say("No more links");
        }
    }

    pub(super) fn walk_mentions(&mut self, back: bool) {
        let height = self.height(Pane::Article);
        let moved = self
            .place
            .reader
            .as_mut()
            .map(|reader| reader.walk_mentions(back, height));
        if moved == Some(false) {
            self.say("No more names");
        }
    }

    pub(super) fn start_hints(&mut self) {
        let height = self.height(Pane::Article);
        let any = self
            .place
            .reader
            .as_mut()
            .map(|reader| reader.start_hints(height));
        if any == Some(false) {
            self.say("No links on this screen");
        }
    }

    /// Ends the find in the text. Says whether one was on.
    pub(super) fn end_find(&mut self) -> bool {
        let reader = self.place.reader.as_mut();
        self.place.focus == Pane::Article
            && reader.is_some_and(|reader| reader.find.take().is_some())
    }

    /// Takes the selection off a link or name in the text. Says whether one was selected.
    pub(super) fn end_name(&mut self) -> bool {
        let Some(reader) = self.place.reader.as_mut() else {
            return false;
        };
        let selected = reader.link.is_some() || reader.name.is_some() || reader.word.is_some();
        if self.place.focus != Pane::Article || !selected {
            return false;
        }
        reader.link = None;
        reader.name = None;
        reader.mention = None;
        reader.word = None;
        reader.pinned = false;
        true
    }

    /// `*`.
    pub(super) fn mentions_of(&mut self, words: &str) {
        if !words.is_empty() {
            self.go_to(Source::Query(format!("\"{}\"", words.replace('"', ""))));
            return;
        }
        if let Some(name) = self.selected_name() {
            self.go_to_name(name);
            return;
        }
        let reader = self.place.reader.as_ref();
        let word = reader.and_then(|reader| reader.chosen_word());
        match word.map(str::to_owned) {
            Some(text) => self.go_to(Source::Query(format!("\"{}\"", text.replace('"', "")))),
            None => self.ask(PromptKind::Mentions, ""),
        }
    }

    /// `x`.
    pub(super) fn toggle_full_text(&mut self) {
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        let id = reader.id();
        let source = reader.other_source();
        let kept =
            reader.article.row.has.full_text || reader.article.body.source == BodySource::Page;
        let ready = reader.full == FullState::Ready;
        if source == BodySource::Page && !kept && !ready {
            self.fetch_full_text();
            return;
        }
        reader.full = FullState::Quiet;
        self.ask_article(id, Some(source), true);
        if let Some(opening) = &mut self.place.opening {
            opening.swap = true;
        }
    }

    /// `X`.
    pub(super) fn fetch_full_text(&mut self) {
        let Some(id) = self.current() else { return };
        if let Some(reader) = self
            .place
            .reader
            .as_mut()
            .filter(|reader| reader.id() == id)
        {
            reader.full = FullState::Coming;
        }
        self.say("full text …");
        self.send(Effect::FetchFull(id));
    }

    /// Takes in that an article's full text came, or failed.
    pub(super) fn full_text_came(&mut self, id: ArticleId, result: Result<(), String>) {
        let Some(reader) = self
            .place
            .reader
            .as_mut()
            .filter(|reader| reader.id() == id)
        else {
            return;
        };
        match result {
            Err(why) => {
                reader.full = FullState::Failed(why);
                self.status = super::status::Status::default();
            }
            // Not yet scrolled: the text is replaced in place. Else nothing moves under the reader's eyes.
            Ok(()) if reader.top == 0 => {
                reader.full = FullState::Quiet;
                self.status = super::status::Status::default();
                self.ask_article(id, Some(BodySource::Page), true);
            }
            Ok(()) => {
                reader.full = FullState::Ready;
                self.status = super::status::Status::default();
            }
        }
    }

    /// Returns the addresses that `o` means: link n of the article, else those of the selected rows, else so many rows.
    fn addresses(&mut self, count: Option<u32>) -> Vec<(ArticleId, String)> {
        let in_text = self.place.reading || self.place.focus == Pane::Article;
        let Some(id) = self.current() else {
            return Vec::new();
        };
        if in_text && let Some(reader) = &self.place.reader {
            let link = match count {
                Some(number) => reader.layout.url(number),
                None => reader.selected_url(),
            };
            if let Some(url) = link {
                return vec![(id, url.to_owned())];
            }
            if let Some(number) = count {
                self.say_failed(format!("This article has no link {number}"));
                return Vec::new();
            }
        }
        if !in_text && self.selects_too_many() {
            return Vec::new();
        }
        let list = &self.place.list;
        let rows: Vec<&ArticleRow> = match &list.marked {
            _ if in_text => self.row(id).into_iter().collect(),
            Marked::None => {
                let at = list.selected_at().unwrap_or(0);
                let count = count.unwrap_or(1) as usize;
                list.rows().skip(at).take(count).collect()
            }
            _ => self
                .targets()
                .into_iter()
                .filter_map(|id| self.row(id))
                .collect(),
        };
        let urls = rows
            .into_iter()
            .filter_map(|row| Some((row.id, row.url.clone()?)))
            // A text that was imported has a name in place of an address.
            .filter(|(_, url)| !url.starts_with("urn:"));
        urls.collect()
    }

    /// `o` and `O`.
    pub(super) fn browse(&mut self, count: Option<u32>, mark: bool) {
        let found = self.addresses(count);
        if found.is_empty() {
            if self.status.text.is_empty() {
                self.say("No address is known");
            }
            return;
        }
        if mark {
            let ids: Vec<ArticleId> = found.iter().map(|(id, _)| *id).collect();
            self.mark_ids(What::Read(true), &ids);
        }
        self.open_urls(found.into_iter().map(|(_, url)| url).collect());
    }

    /// Opens addresses in the browser; many only after asking, and only those of the web.
    pub(super) fn open_urls(&mut self, urls: Vec<String>) {
        let web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        let all = urls.len();
        let urls: Vec<String> = urls.into_iter().filter(web).collect();
        if urls.is_empty() && all > 0 {
            self.say_failed("Only addresses of the web are opened; y copies this one");
            return;
        }
        let effect = Effect::OpenUrls(urls.clone());
        if urls.len() > MANY {
            self.overlays.push(Overlay::Confirm(Confirm {
                question: format!("Open {} addresses at once?", urls.len()),
                yes: Box::new(Confirmed::Do(effect)),
            }));
        } else {
            self.send(effect);
        }
    }

    pub(super) fn copy(&mut self, text: String) {
        self.say_done(format!("copied: {text}"));
        self.send(Effect::Copy(text));
    }

    /// `y`.
    pub(super) fn copy_address(&mut self, count: Option<u32>) {
        let urls: Vec<String> = self
            .addresses(count)
            .into_iter()
            .map(|(_, url)| url)
            .collect();
        match urls.len() {
            0 if self.status.text.is_empty() => self.say("No address is known"),
            0 => {}
            1 => self.copy(urls.concat()),
            many => {
                self.say_done(format!("copied: {many} addresses"));
                self.send(Effect::Copy(urls.join("\n")));
            }
        }
    }

    /// `Y`: `[title](address)`, with what Markdown would take for its own escaped.
    pub(super) fn copy_markdown(&mut self) {
        let found = self.addresses(None);
        let one = |(id, url): &(ArticleId, String)| {
            let title = self.row(*id).map_or("", |row| row.title.as_str());
            let title = title
                .replace('\\', "\\\\")
                .replace('[', "\\[")
                .replace(']', "\\]");
            format!("[{title}]({})", url.replace('(', "%28").replace(')', "%29"))
        };
        let lines: Vec<String> = found.iter().map(one).collect();
        match lines.len() {
            0 if self.status.text.is_empty() => self.say("No address is known"),
            0 => {}
            1 => self.copy(lines.concat()),
            many => {
                self.say_done(format!("copied: {many} links"));
                self.send(Effect::Copy(lines.join("\n")));
            }
        }
    }

    /// `S`.
    pub(super) fn save(&mut self, words: &str) {
        if self.selects_too_many() {
            return;
        }
        let ids = self.targets();
        if ids.is_empty() {
            self.say("No article is selected");
            return;
        }
        if !words.is_empty() {
            let format = format_of(words);
            self.send(Effect::Export {
                ids,
                format: format.into(),
                path: words.into(),
            });
            return;
        }
        let formats = [
            ('m', "Markdown", "markdown"),
            ('h', "HTML", "html"),
            ('t', "Plain text", "text"),
            ('j', "JSON", "json"),
        ];
        let rows = formats.map(|(key, label, format)| MenuRow {
            key: Some(key),
            label: label.into(),
            detail: String::new(),
            does: MenuAction::Save(ids.clone(), format),
        });
        self.overlays.push(Overlay::Menu(Menu {
            title: "Save as".into(),
            rows: rows.into(),
            filter: String::new(),
            selected: 0,
        }));
    }

    /// Asks where to save to, with a name made of the title.
    pub(super) fn ask_save_path(&mut self, ids: Vec<ArticleId>, format: &'static str) {
        let title = ids
            .first()
            .and_then(|id| self.row(*id))
            .map(|row| row.title.clone());
        let extension = match format {
            "markdown" => "md",
            "text" => "txt",
            other => other,
        };
        let name = slug(&title.unwrap_or_default());
        self.ask(
            PromptKind::Save { ids, format },
            &format!("{name}.{extension}"),
        );
    }

    /// `|`.
    pub(super) fn pipe(&mut self, words: &str) {
        let Some(id) = self.current() else { return };
        if words.is_empty() {
            self.ask(PromptKind::Pipe(id), "");
        } else {
            self.send(Effect::Pipe {
                id,
                command: words.to_owned(),
            });
        }
    }

    /// Marks an article that was previewed, where the config wants that.
    pub(super) fn previewed(&mut self, id: ArticleId) {
        if self.settings.mark_read == MarkRead::Preview {
            self.mark_opened(id);
        }
    }
}

/// Returns the format that a file's name asks for.
fn format_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html" | "htm") => "html",
        Some("txt") => "text",
        Some("json") => "json",
        _ => "markdown",
    }
}

/// Returns a title as the name of a file: letters and digits of any script, joined by dashes.
fn slug(title: &str) -> String {
    let mut name = String::new();
    for word in title.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        if name.chars().count() + word.chars().count() > 60 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.extend(word.chars().flat_map(char::to_lowercase));
    }
    if name.is_empty() {
        "article".into()
    } else {
        name
    }
}
