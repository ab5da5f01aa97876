//! What the engine's answers and the world's events change. An answer whose ticket is not asked for any more is dropped.

use super::event::{Event, ReloadSummary};
use super::overlay::Overlay;
use super::reader::Reader;
use super::status::Reloading;
use super::{App, Effect, Node, Pane, Ticket};
use crate::model::article::Article;
use crate::model::list::{Page, Totals};

impl App {
    pub(super) fn answer(&mut self, event: Event) {
        match event {
            // Keys, pastes and the mouse never come here; a failed feed shows once the reload has ended.
            Event::Key(_) | Event::Paste(_) | Event::Mouse(_) | Event::FeedFailed { .. } => {}
            Event::Resized(cols, rows) => {
                self.cols = cols;
                self.rows = rows;
            }
            Event::Cell(cell) => self.set_cell(cell),
            Event::Tick => self.tick_timer(),
            Event::Clock(now) => self.now = now,
            Event::Drawn(areas) => self.areas = areas,
            Event::Configured(settings, remarks) => {
                self.tree.show_read = settings.show_read;
                self.sidebar = settings.sidebar;
                if self.settings.ascii != settings.ascii
                    && let Some(reader) = &mut self.place.reader
                {
                    // Its bullets and bars are of the other kind: laid out again at the next look.
                    reader.layout.width = 0;
                }
                self.settings = *settings;
                self.forget_keys();
                self.tree.build();
                if let Some(first) = remarks.first() {
                    let more = match remarks.len() {
                        1 => String::new(),
                        count => format!(" (and {} more; newsdesk config check)", count - 1),
                    };
                    self.say_failed(format!("{first}{more}"));
                }
            }
            Event::Remembered(pairs) => self.remember_again(pairs),
            Event::Tree(tree) => {
                self.know_decided(&tree.decided);
                self.tree.set(*tree);
                self.tree_asked = false;
                if std::mem::take(&mut self.tree_again) {
                    self.ask_tree();
                }
                self.greet();
                self.show_added();
            }
            Event::Loaded { ticket, page } => self.loaded(ticket, page),
            Event::PicturesLoaded { ticket, pictures } => self.pictures_came(ticket, pictures),
            Event::Counted { ticket, totals } => self.counted(ticket, totals),
            Event::FoundUnread { ticket, found } => {
                if self.finding_unread != Some(ticket) {
                    return;
                }
                self.finding_unread = None;
                match found {
                    Some((id, feed)) => self.found_unread(id, feed),
                    None => self.say("No unread article is left"),
                }
            }
            Event::Opened { ticket, article } => self.opened(ticket, article),
            Event::LaidOut { ticket, layout } => {
                let height = self.height(Pane::Article);
                if let Some(reader) = &mut self.place.reader
                    && reader.laying == Some(ticket)
                {
                    reader.laying = None;
                    reader.set_layout(*layout, height);
                    reader.settle_cleaning(height);
                }
            }
            Event::Names { ticket, rows } => self.names_came(ticket, &rows),
            Event::Name { ticket, page } => self.name_page_came(ticket, page),
            Event::Snippets { ticket, found } => self.snippets_came(ticket, &found),
            Event::Written { ticket, written } => self.written(ticket, &written),
            Event::WriteFailed { ticket, error } => self.write_failed(ticket, &error),
            Event::UndoList { ticket, steps } => {
                for overlay in &mut self.overlays {
                    if let Overlay::UndoList(list) = overlay
                        && list.asked == Some(ticket)
                    {
                        list.steps.clone_from(&steps);
                        list.asked = None;
                    }
                }
            }
            Event::Progress {
                done,
                total,
                pages_left,
            } => {
                self.reloading = Some(Reloading {
                    done,
                    total,
                    pages_left,
                });
            }
            Event::FeedDone { new, .. } => {
                self.offline = false;
                if new > 0 {
                    self.news_came();
                }
            }
            Event::ReloadEnded(summary) => self.reload_ended(&summary),
            Event::PicturesKept(id) => self.pictures_kept(id),
            Event::FilesLookedAt(states) => self.files_looked_at(states),
            Event::DownloadProgress { url, done, total } => {
                self.download_goes_on(url, done, total);
            }
            Event::DownloadEnded { url, result } => self.download_ended(url, result),
            Event::OfflineProgress { done, total } => self.bringing = Some((done, total)),
            Event::OfflineEnded(result) => self.brought_offline(result),
            Event::FullText { id, result } => self.full_text_came(id, result),
            Event::Discovered { ticket, found, .. } => self.discovered(ticket, found),
            Event::ArticleSaved { ticket, result } => self.article_saved(ticket, &result),
            Event::Imported { ticket, result } => {
                if self.importing.take_if(|asked| *asked == ticket).is_some() {
                    match result {
                        Ok(words) => {
                            self.say_done(words);
                            self.ask_tree();
                            self.reload_these(None);
                        }
                        Err(why) => self.say_failed(why),
                    }
                }
            }
            Event::Refreshed(ids) => self.refreshed(&ids),
            Event::SearchesCounted => self.ask_tree(),
            Event::LibraryChanged => {
                self.news_came();
                if self.place.list.asked.is_none() && self.place.list.loaded {
                    self.refresh();
                }
            }
            Event::Notice(words) => self.say_done(words),
            Event::Failed(words) => self.say_failed(words),
            Event::Unanswered { ticket, error } => {
                self.give_up(ticket);
                self.say_failed(error);
            }
        }
    }

    /// Waits no longer for the answer to a question, so that it can be asked again.
    fn give_up(&mut self, ticket: Option<Ticket>) {
        let Some(ticket) = ticket else {
            self.tree_asked = false;
            return;
        };
        let place = &mut self.place;
        place.opening.take_if(|opening| opening.ticket == ticket);
        place.list.asked.take_if(|asked| asked.ticket == ticket);
        place.list.counting.take_if(|asked| *asked == ticket);
        if let Some(reader) = &mut place.reader {
            reader.laying.take_if(|asked| *asked == ticket);
        }
        place
            .list
            .asking_snippets
            .take_if(|(asked, _)| *asked == ticket);
        self.asked_names.take_if(|asked| *asked == ticket);
        self.finding_unread.take_if(|asked| *asked == ticket);
        self.importing.take_if(|asked| *asked == ticket);
        for overlay in &mut self.overlays {
            let asked = match overlay {
                Overlay::Names(names) => &mut names.asked,
                Overlay::Name(view) => &mut view.asked,
                Overlay::UndoList(list) => &mut list.asked,
                _ => continue,
            };
            asked.take_if(|asked| *asked == ticket);
        }
    }

    /// Shows the feed that was just subscribed to, where it was the only one.
    fn show_added(&mut self) {
        let feed = self
            .opened_feed
            .filter(|feed| self.tree.feed(*feed).is_some());
        if let Some(feed) = feed {
            self.opened_feed = None;
            if !self.place.reading {
                self.show_feed(feed);
            }
        }
    }

    fn tick_timer(&mut self) {
        self.which_key = !self.keys.is_empty();
        self.place.list.late = self.place.list.asked.is_some();
    }

    fn remember_again(&mut self, pairs: Vec<(String, String)>) {
        for (key, value) in pairs {
            let lines = || {
                value
                    .lines()
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
            };
            match key.as_str() {
                "history" => self.history = lines().collect(),
                "tags" => self.last_tags = lines().collect(),
                "closed" => self.tree.closed = lines().collect(),
                "opened" => {
                    let node = |word: String| match word.as_str() {
                        "tags" => Some(Node::Tags),
                        "searches" => Some(Node::Searches),
                        _ => None,
                    };
                    self.tree.opened = lines().filter_map(node).collect();
                }
                "sizes" => {
                    let numbers: Vec<u16> = value
                        .split(' ')
                        .filter_map(|word| word.parse().ok())
                        .collect();
                    if let [feeds, names, list_percent] = numbers[..] {
                        self.sizes = super::frame::Sizes {
                            feeds: feeds.clamp(16, 80),
                            names: names.clamp(20, 80),
                            list_percent: list_percent.clamp(10, 90),
                        };
                    }
                }
                _ => {}
            }
        }
        self.tree.build();
    }

    fn loaded(&mut self, ticket: Ticket, page: Page) {
        let page = self.gathered(ticket, page);
        let Some(page) = page.and_then(|page| self.jumped(ticket, page)) else {
            return;
        };
        let height = self.height(Pane::List);
        let list = &mut self.place.list;
        let Some(asked) = list.asked.take_if(|asked| asked.ticket == ticket) else {
            return;
        };
        let first = list.totals.is_none();
        let empty = page.rows.is_empty();
        list.take(asked.anchor, page, height);
        self.place.last = None;
        if first || empty {
            self.recount();
        }
    }

    fn counted(&mut self, ticket: Ticket, totals: Totals) {
        let list = &mut self.place.list;
        if list.counting.take_if(|asked| *asked == ticket).is_none() {
            return;
        }
        list.totals = Some(totals);
        if std::mem::take(&mut list.recount) {
            self.recount();
        }
        // An empty list takes what is new at once.
        let list = &self.place.list;
        if list.is_empty() && list.loaded && totals.waiting > 0 {
            self.take_newcomers();
        }
    }

    /// Takes in that articles came: they are counted, not shown.
    fn news_came(&mut self) {
        self.ask_tree();
        if self.place.list.is_empty() && self.place.list.loaded && self.place.list.asked.is_none() {
            self.reopen();
        } else {
            self.recount();
        }
    }

    fn opened(&mut self, ticket: Ticket, article: Option<Box<Article>>) {
        let opening = self
            .place
            .opening
            .take_if(|opening| opening.ticket == ticket);
        let Some(opening) = opening else { return };
        let Some(mut article) = article else {
            if self.place.reading {
                self.say_failed("This article is no longer in the library");
                self.leave_article();
            }
            return;
        };
        let id = article.row.id;
        // What was flipped here and is not yet stored counts for more than what was read from the library.
        if let Some(row) = self.place.list.row(id) {
            article.row.unread = row.unread;
            article.row.starred = row.starred;
            article.row.later = row.later;
            article.row.tags.clone_from(&row.tags);
        }
        if opening.swap
            && let Some(old) = &self.place.reader
            && old.id() == id
            && old.article.body.source == article.body.source
            && old.article.body.document == article.body.document
        {
            self.say("There is no other text of this article: X fetches the page");
        }
        let (width, height) = (self.text_cols(), self.height(Pane::Article));
        let mut reader = Reader::new(article, width, self.settings.ascii, &self.settings.zone);
        if let Some(old) = self
            .place
            .reader
            .take()
            .filter(|old| opening.keep && old.id() == id)
        {
            reader.keep_name(&old);
            let (before, now) = (&old.article.body, &reader.article.body);
            let place = old.layout.place_of(old.top);
            let place = super::cleaning::same_place(place, &before.document, &now.document);
            reader.hold = place;
            reader.top = if old.top == 0 {
                0
            } else {
                reader.layout.line_at(place).min(reader.last_top(height))
            };
            reader.follow_cleaning(&old);
        }
        self.place.reader = Some(reader);
        if self.place.focus == Pane::Names {
            self.focus_name();
        }
        if !self.place.reading {
            self.previewed(id);
        }
    }

    /// Reads the article on the screen again, and stays where the reader is in it.
    pub(super) fn reread(&mut self) {
        let Some(reader) = &self.place.reader else {
            return;
        };
        let (id, source) = (reader.id(), reader.article.body.source);
        let ticket = self.ticket();
        self.place.opening = Some(super::place::Opening {
            ticket,
            id,
            keep: true,
            swap: false,
        });
        self.send(Effect::Open {
            ticket,
            id,
            source: Some(source),
        });
    }

    fn reload_ended(&mut self, summary: &ReloadSummary) {
        self.reloading = None;
        self.offline = summary.offline;
        self.news_came();
        let asked = std::mem::take(&mut self.reload_asked);
        if !asked && summary.new == 0 {
            return;
        }
        let mut parts = Vec::new();
        if summary.offline {
            parts.push("no network".to_owned());
        } else {
            parts.push(match summary.new {
                0 => "nothing new".to_owned(),
                1 => "1 new article".to_owned(),
                count => format!("{count} new articles"),
            });
        }
        if summary.failed > 0 && !summary.offline {
            let feeds = if summary.failed == 1 { "feed" } else { "feeds" };
            parts.push(format!("{} {feeds} failed: ! shows why", summary.failed));
        }
        if summary.skipped > 0 {
            let wait = summary.longest_wait_s.map_or_else(String::new, |seconds| {
                let wait = match seconds {
                    0..120 => format!("{seconds} s"),
                    120..7_200 => format!("{} min", seconds.div_ceil(60)),
                    7_200..172_800 => format!("{} h", seconds.div_ceil(3_600)),
                    _ => format!("{} days", seconds.div_ceil(86_400)),
                };
                format!(", the longest wait is {wait}")
            });
            parts.push(format!("{} not asked yet{wait}", summary.skipped));
        }
        if summary.cancelled {
            parts.push("stopped".to_owned());
        }
        self.say_done(parts.join(" · "));
    }

    /// `Enter` in something that lies over the panes.
    pub(super) fn open_in_overlay(&mut self) {
        match self.overlays.last() {
            Some(Overlay::Help(help)) => {
                let command = help.shown().nth(help.selected).and_then(|row| row.command);
                self.overlays.pop();
                if let Some(command) = command {
                    self.run(&command.into(), None);
                }
            }
            Some(Overlay::UndoList(list)) => {
                if let Some((op, ..)) = list.steps.get(list.selected) {
                    self.undo(Some(*op));
                }
            }
            Some(Overlay::Health(health)) => {
                if let Some(feed) = health.selected {
                    self.show_error(feed);
                }
            }
            Some(Overlay::Names(names)) => {
                if let Some(key) = names.selected_key() {
                    self.open_name_page(key);
                }
            }
            Some(Overlay::Enclosures(list)) => {
                if let Some(file) = list.files.get(list.selected).cloned() {
                    self.use_enclosure(list.article, &file);
                }
            }
            Some(Overlay::Name(_)) => self.open_in_name_page(),
            Some(Overlay::Add(_)) => self.open_in_add(),
            Some(Overlay::Message(_)) => {
                self.overlays.pop();
            }
            Some(Overlay::Prompt(_) | Overlay::Menu(_) | Overlay::Confirm(_)) | None => {}
        }
    }
}
