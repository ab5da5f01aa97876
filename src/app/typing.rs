//! Typing: what prompts, menus and questions do with a key, what completes a line, and what Enter makes of it.

use super::edit::folder_path;
use super::marks::tags_in;
use super::overlay::{Confirmed, MenuAction, Overlay};
use super::prompt::{Candidate, Prompt, PromptKind, Typed};
use super::{App, Effect, Pane, Source};
use crate::keymap::{Argument, Code, Command, Key, help};
use crate::model::What;
use crate::model::setting::Setting;
use crate::text::address::with_login_of;
use crate::text::fold::fold;

/// Candidates shown at most.
const MOST: usize = 50;

impl App {
    /// Opens a prompt.
    pub(super) fn ask(&mut self, kind: PromptKind, text: &str) {
        self.overlays
            .push(Overlay::Prompt(Box::new(Prompt::new(kind, text))));
        self.complete();
    }

    fn prompt(&mut self) -> Option<&mut Prompt> {
        match self.overlays.last_mut() {
            Some(Overlay::Prompt(prompt)) => Some(prompt),
            _ => None,
        }
    }

    pub(super) fn prompt_key(&mut self, key: Key) {
        let Some(prompt) = self.prompt() else { return };
        match prompt.key(key) {
            Typed::Changed => self.prompt_changed(),
            Typed::Nothing => {}
            Typed::Enter => self.submit(),
            Typed::Cancel => self.cancel_prompt(),
            Typed::Past(older) => self.past(older),
        }
    }

    /// Follows what is typed: searches and filters are answered at once.
    pub(super) fn prompt_changed(&mut self) {
        let Some(prompt) = self.prompt() else { return };
        let text = prompt.text().to_owned();
        match prompt.kind.clone() {
            PromptKind::Search => {
                self.search_typed(&text);
                let error = self.place.list.error.clone();
                self.remark(error);
            }
            PromptKind::Filter(_) => self.set_filter(Some(text)),
            PromptKind::Find => {
                let height = self.height(Pane::Article);
                if let Some(reader) = &mut self.place.reader {
                    reader.find_text(&text, height);
                }
            }
            PromptKind::Jump { article, node } => self.jump_typed(&text, article, node.as_ref()),
            PromptKind::MergeName(_) => self.look_for_names(&text),
            _ => {}
        }
        self.complete();
    }

    /// `Esc` in a prompt: everything is as it was before.
    pub(super) fn cancel_prompt(&mut self) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.pop() else {
            return;
        };
        match prompt.kind {
            PromptKind::Search => {
                self.pop_place();
            }
            PromptKind::Filter(before) => self.set_filter(before),
            PromptKind::Find => {
                self.end_find();
            }
            PromptKind::Jump { article, node } => {
                self.jump_typed("", article, node.as_ref());
            }
            _ => {}
        }
    }

    /// Up and down: the history of commands, or rows of what a search or filter shows.
    fn past(&mut self, older: bool) {
        let history = self.history.clone();
        let Some(prompt) = self.prompt() else { return };
        match prompt.kind {
            PromptKind::Command => {
                prompt.past = if older {
                    (prompt.past + 1).min(history.len())
                } else {
                    prompt.past.saturating_sub(1)
                };
                let line = history.len().checked_sub(prompt.past);
                let line = line.and_then(|at| history.get(at)).cloned();
                prompt.set(&line.unwrap_or_default());
                self.complete();
            }
            PromptKind::Search | PromptKind::Filter(_) => {
                self.place.list.step(if older { -1 } else { 1 });
            }
            _ => {}
        }
    }

    /// `Enter` in a prompt.
    pub(super) fn submit(&mut self) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.pop() else {
            return;
        };
        let text = prompt.text().trim().to_owned();
        match prompt.kind.clone() {
            PromptKind::Command => self.run_line(&text),
            PromptKind::Search if text.is_empty() => {
                self.pop_place();
            }
            PromptKind::Search if self.place.list.error.is_some() => {
                self.overlays.push(Overlay::Prompt(prompt));
            }
            PromptKind::Search => self.place.focus = Pane::List,
            PromptKind::Filter(_) if prompt.remark.is_some() => {
                self.overlays.push(Overlay::Prompt(prompt));
            }
            PromptKind::Filter(_) | PromptKind::Jump { .. } => {}
            PromptKind::Find => self.place.focus = Pane::Article,
            PromptKind::Tags { ids, before } => {
                self.set_tags(&ids, &before, &tags_in(&text));
            }
            PromptKind::Add => self.add(&text),
            PromptKind::MoveFeed(id) => {
                self.change(What::MoveFeed(id, folder_path(&text)));
            }
            PromptKind::Rename(node) => self.rename_to(&node, &text),
            PromptKind::FeedSetting(id, setting) => self.set_feed(id, setting, &text),
            _ if text.is_empty() => {}
            PromptKind::MergeName(from) => {
                let typed = prompt.typed.clone().unwrap_or(text);
                self.merge_into(&from, &typed, prompt.chosen);
            }
            PromptKind::RenameName(from) => self.rename_name(&from, &text),
            PromptKind::Mentions => self.mentions_of(&text),
            PromptKind::SaveSearch(query) => self.keep_search(&text, &query),
            PromptKind::EditQuery(id) => self.edit_query(id, text),
            PromptKind::AddFolder => self.add_folder(&text),
            PromptKind::FeedUrl(_)
                if !text.starts_with("http://") && !text.starts_with("https://") =>
            {
                self.say_failed(format!("\"{text}\" is no http or https address"));
            }
            PromptKind::FeedUrl(id) => {
                let known = self.tree.feed(id).map(|feed| feed.url.clone());
                let url = with_login_of(&text, &known.unwrap_or_default());
                self.change(What::SetFeedUrl(id, url));
            }
            PromptKind::Import => self.import(&text),
            PromptKind::Save { ids, format } => self.send(Effect::Export {
                ids,
                format: format.into(),
                path: text.into(),
            }),
            PromptKind::Pipe(id) => self.send(Effect::Pipe { id, command: text }),
        }
    }

    /// Sets one setting of a feed; what is none is said, and asked for again.
    fn set_feed(&mut self, id: crate::model::FeedId, setting: Setting, text: &str) {
        let Some(feed) = self.tree.feed(id) else {
            return;
        };
        let mut settings = feed.settings.clone();
        let set = match setting {
            Setting::Filter => crate::query::parse(text, self.now, &self.settings.zone)
                .map(|_| ())
                .map_err(|error| error.to_string()),
            // Enter on an untouched line changes nothing; a header is taken away by its name and a colon.
            Setting::Header if text.is_empty() => return,
            _ => Ok(()),
        };
        match set.and_then(|()| settings.set(setting, text)) {
            Ok(()) => {
                self.change(What::SetFeed(id, settings));
            }
            Err(why) => {
                self.say_failed(why);
                self.ask(PromptKind::FeedSetting(id, setting), text);
            }
        }
    }

    fn edit_query(&mut self, id: crate::model::SearchId, query: String) {
        if let Err(error) = crate::query::parse(&query, self.now, &self.settings.zone) {
            self.say_failed(error.to_string());
            self.ask(PromptKind::EditQuery(id), &query);
            return;
        }
        let found = self.tree.data.searches.iter().find(|search| search.0 == id);
        let Some(name) = found.map(|search| search.1.clone()) else {
            return;
        };
        self.change(What::EditSearch { id, name, query });
        if self.place.list.source == Source::Search(id) {
            self.show(Source::Search(id));
        }
    }

    pub(super) fn find(&mut self, words: &str) {
        if self.place.reader.is_none() {
            return;
        }
        if words.is_empty() {
            self.ask(PromptKind::Find, "");
        } else {
            let height = self.height(Pane::Article);
            if let Some(reader) = &mut self.place.reader {
                reader.find_text(words, height);
            }
        }
    }

    pub(super) fn menu_key(&mut self, key: Key) {
        let Some(Overlay::Menu(menu)) = self.overlays.last_mut() else {
            return;
        };
        let count = menu.shown().count();
        let direct = key.typed().and_then(|typed| {
            let mut rows = menu.rows.iter();
            rows.find(|row| row.key == Some(typed)).cloned()
        });
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c'), true) => {
                self.overlays.pop();
            }
            (Code::Enter, _) => {
                let chosen = menu.shown().nth(menu.selected).cloned();
                self.overlays.pop();
                if let Some(row) = chosen {
                    self.choose(row.does);
                }
            }
            (Code::Down | Code::Tab, false) | (Code::Char('n' | 'j'), true) => {
                menu.selected = (menu.selected + 1).min(count.saturating_sub(1));
            }
            (Code::Up, _) | (Code::Char('p' | 'k'), true) => {
                menu.selected = menu.selected.saturating_sub(1);
            }
            (Code::Backspace, _) if menu.filter.pop().is_some() => menu.selected = 0,
            (Code::Char('u'), true) => menu.filter.clear(),
            (Code::Char(_), false) => {
                if let Some(row) = direct {
                    self.overlays.pop();
                    self.choose(row.does);
                } else if menu.rows.iter().all(|row| row.key.is_none()) {
                    menu.filter.extend(key.typed());
                    menu.selected = 0;
                } else if key.typed() == Some('j') {
                    menu.selected = (menu.selected + 1).min(count.saturating_sub(1));
                } else if key.typed() == Some('k') {
                    menu.selected = menu.selected.saturating_sub(1);
                } else if key.typed() == Some('q') {
                    self.overlays.pop();
                }
            }
            _ => {}
        }
    }

    /// Does what a menu's row says.
    pub(super) fn choose(&mut self, action: MenuAction) {
        match action {
            MenuAction::Run(action) => self.run(&action, None),
            MenuAction::Write(change) => {
                self.change_in(change.what, change.scope);
            }
            MenuAction::Rename(node) => self.ask_rename(node),
            MenuAction::MoveFeed(id) => self.ask_move(id),
            MenuAction::FeedUrl(id) => {
                let url = self.tree.feed(id).map(crate::model::Feed::shown_url);
                self.ask(PromptKind::FeedUrl(id), &url.unwrap_or_default());
            }
            MenuAction::FeedSetting(id, setting) => {
                let feed = self.tree.feed(id);
                // A header is added, not edited: its value is not shown.
                let now = feed.filter(|_| setting != Setting::Header);
                let now = now.map(|feed| feed.settings.words(setting));
                self.ask(
                    PromptKind::FeedSetting(id, setting),
                    &now.unwrap_or_default(),
                );
            }
            MenuAction::EditQuery(id) => {
                let found = self.tree.data.searches.iter().find(|search| search.0 == id);
                let query = found.map(|search| search.2.clone());
                self.ask(PromptKind::EditQuery(id), &query.unwrap_or_default());
            }
            MenuAction::Save(ids, format) => self.ask_save_path(ids, format),
            MenuAction::Delete(node) => self.ask_delete(&node),
            MenuAction::MergeName(key) => {
                self.ask(PromptKind::MergeName(key), "");
                self.look_for_names("");
            }
            MenuAction::RenameName(key) => {
                let name = key.name.clone();
                self.ask(PromptKind::RenameName(key), &name);
            }
            MenuAction::NamePage(key) => self.open_name_page(key),
            MenuAction::PartName(key) => self.ask_way(&key),
        }
    }

    pub(super) fn confirm_key(&mut self, key: Key) {
        self.confirm(matches!(key.code, Code::Char('y' | 'Y') | Code::Enter) && !key.ctrl);
    }

    /// Answers the question.
    pub(super) fn confirm(&mut self, yes: bool) {
        let Some(Overlay::Confirm(confirm)) = self.overlays.pop() else {
            return;
        };
        if !yes {
            self.say("Nothing was done");
            return;
        }
        match *confirm.yes {
            Confirmed::Write(change) => {
                self.change(change.what);
            }
            Confirmed::Do(effect) => self.send(effect),
        }
    }

    /// Finds what may complete the line.
    pub(super) fn complete(&mut self) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.last() else {
            return;
        };
        let text = prompt.text();
        let mut found = match &prompt.kind {
            PromptKind::Command => self.complete_command(text),
            PromptKind::Tags { .. } => {
                let (head, word) = match text.rfind(',') {
                    Some(at) => (
                        format!("{}, ", text[..at].trim_end()),
                        text[at + 1..].trim(),
                    ),
                    None => (String::new(), text.trim()),
                };
                self.tags_like(&head, word)
            }
            PromptKind::MoveFeed(_) | PromptKind::AddFolder => self.folders_like("", text),
            PromptKind::MergeName(from) => {
                let typed = prompt.typed.as_deref().unwrap_or(text);
                self.complete_merge(from, typed)
            }
            _ => Vec::new(),
        };
        found.truncate(MOST);
        if let Some(prompt) = self.prompt() {
            prompt.candidates = found;
        }
    }

    fn complete_command(&self, text: &str) -> Vec<Candidate> {
        let Some((name, words)) = text.split_once(' ') else {
            let names = help::complete(text).into_iter();
            return names
                .map(|(name, help)| Candidate {
                    line: name.to_owned(),
                    label: name.to_owned(),
                    detail: help.to_owned(),
                })
                .collect();
        };
        let Some(command) = Command::from_name(name) else {
            return Vec::new();
        };
        let head = format!("{name} ");
        match command.spec().argument {
            Argument::Tags => self.tags_like(&head, words.trim()),
            Argument::Folder => self.folders_like(&head, words.trim()),
            Argument::Feed => {
                let titles = self.tree.data.feeds.iter().map(|feed| feed.title.as_str());
                like(&head, words, titles.map(|title| (title, String::new())))
            }
            Argument::Sort => {
                let orders = ["date", "feed", "title", "length"];
                like(&head, words, orders.map(|order| (order, String::new())))
            }
            _ => Vec::new(),
        }
    }

    fn tags_like(&self, head: &str, word: &str) -> Vec<Candidate> {
        let tags = self.tree.data.tags.iter();
        let word = word.trim_start_matches('#');
        like(
            head,
            word,
            tags.map(|(tag, _, total)| (tag.as_str(), format!("{total}"))),
        )
    }

    fn folders_like(&self, head: &str, word: &str) -> Vec<Candidate> {
        let folders = self.tree.data.folders.iter();
        like(
            head,
            word,
            folders.map(|path| (path.as_str(), String::new())),
        )
    }
}

/// Returns the words that have what is typed: those that begin with it first.
fn like<'a>(
    head: &str,
    typed: &str,
    words: impl IntoIterator<Item = (&'a str, String)>,
) -> Vec<Candidate> {
    let typed = fold(typed);
    let fitting = words.into_iter().filter_map(|(word, detail)| {
        let at = fold(word).find(&typed)?;
        let candidate = Candidate {
            line: format!("{head}{word}"),
            label: word.to_owned(),
            detail,
        };
        Some((at > 0, candidate))
    });
    let mut found: Vec<(bool, Candidate)> = fitting.collect();
    found.sort_by_key(|(inside, _)| *inside);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}
