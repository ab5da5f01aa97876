//! Keys to commands: counts, prefixes, and who gets a key first.

use super::overlay::Overlay;
use super::{App, Effect, Pane};
use crate::keymap::{Action, Code, Command, Context, Group, Key, Lookup, key};
use crate::model::EntityKind;

/// How long a prefix stands before its popup comes, in milliseconds (DESIGN §2).
const WHICH_KEY_MS: u64 = 400;

/// Counts end here: no list is longer to a finger.
const MOST: u32 = 99_999;

impl App {
    pub(super) fn key(&mut self, key: Key) {
        // Raw text goes first: in a prompt every key is a letter.
        let Some(context) = self.context() else {
            self.status = super::status::Status::default();
            self.text_key(key);
            return;
        };
        if self.overlays.is_empty() && self.has_hints() {
            self.hint_key(key);
            return;
        }
        if let Some(digit) = key.digit().filter(|_| self.keys.is_empty())
            && self.digit(context, digit)
        {
            return;
        }
        if key.code == Code::Esc && (!self.keys.is_empty() || self.count.is_some()) {
            self.forget_keys();
            return;
        }
        self.status = super::status::Status::default();
        self.keys.push(key);
        let actions = match self.settings.keymap.lookup(context, &self.keys) {
            Lookup::Run(actions) => actions.to_vec(),
            Lookup::Prefix => {
                self.which_key = false;
                self.send(Effect::WakeIn(WHICH_KEY_MS));
                return;
            }
            Lookup::Unknown => {
                let written = key::write(&self.keys);
                let help = self.settings.keymap.hint(context, Command::Help);
                self.forget_keys();
                self.say(format!("{written} does nothing here · {help} help"));
                return;
            }
        };
        let count = self.count;
        self.forget_keys();
        for action in actions {
            self.run_in(context, &action, count);
        }
    }

    /// Runs a command that a key stands for. Over the list of all names only what is about names works: the panes
    /// below share its keys and must not move unseen.
    fn run_in(&mut self, context: Context, action: &Action, count: Option<u32>) {
        let over = matches!(
            self.overlays.last(),
            Some(Overlay::Names(_) | Overlay::Name(_))
        );
        let group = action.command.spec().group;
        let about_names = matches!(
            action.command,
            Command::Follow
                | Command::Mute
                | Command::Merge
                | Command::NamePage
                | Command::MentionsOf
                | Command::Edit
                | Command::Undo
                | Command::Redo
                | Command::Search
        );
        let moves = group == Group::Move || group == Group::Program;
        if over && action.command == Command::NextPane {
            self.cycle_kind();
        } else if over && context == Context::Names && !about_names && !moves {
            let name = action.command.spec().name;
            self.say(format!("{name} does nothing here · q goes back"));
        } else {
            self.run(action, count);
        }
    }

    /// `Tab` in the list of all names: people, organisations, places, others, all.
    fn cycle_kind(&mut self) {
        if let Some(Overlay::Names(names)) = self.overlays.last_mut() {
            let kinds = EntityKind::ALL;
            names.kind = match names.kind {
                None => kinds.first().copied(),
                Some(kind) => {
                    let at = kinds.iter().position(|other| *other == kind);
                    at.and_then(|at| kinds.get(at + 1)).copied()
                }
            };
            names.selected = 0;
            self.ask_names();
        }
    }

    pub(super) fn forget_keys(&mut self) {
        self.keys.clear();
        self.count = None;
        self.which_key = false;
    }

    /// Adds a digit to the count; in the preset `newsboat` it opens that link instead. Says whether it was either.
    fn digit(&mut self, context: Context, digit: u32) -> bool {
        if self.settings.keymap.counts() {
            let counts = digit > 0 || self.count.is_some();
            if counts {
                self.count = Some((self.count.unwrap_or(0) * 10 + digit).min(MOST));
            }
            return counts;
        }
        let opens = digit > 0 && context == Context::Reader;
        if opens {
            self.status = super::status::Status::default();
            self.browse(Some(digit), false);
        }
        opens
    }

    /// Acts on a key where every key is text: prompts, menus, questions, filters of help and names.
    fn text_key(&mut self, key: Key) {
        match self.overlays.last_mut() {
            Some(Overlay::Prompt(_)) => self.prompt_key(key),
            Some(Overlay::Menu(_)) => self.menu_key(key),
            Some(Overlay::Confirm(_)) => self.confirm_key(key),
            Some(Overlay::Help(help)) => {
                let (filter, typing, selected) =
                    (&mut help.filter, &mut help.typing, &mut help.selected);
                filter_key(key, filter, typing, selected);
            }
            Some(Overlay::Names(names)) => {
                let (filter, typing, selected) =
                    (&mut names.filter, &mut names.typing, &mut names.selected);
                let before = filter.clone();
                filter_key(key, filter, typing, selected);
                // What is in memory shows at once; the library may know more.
                if names.filter != before {
                    self.ask_names();
                }
            }
            _ => {}
        }
    }

    /// Puts pasted text into what is being typed; elsewhere it means nothing, and never commands.
    pub(super) fn paste(&mut self, text: &str) {
        let (filter, selected) = match self.overlays.last_mut() {
            Some(Overlay::Prompt(prompt)) => {
                prompt.paste(text);
                self.prompt_changed();
                return;
            }
            Some(Overlay::Menu(menu)) if menu.rows.iter().all(|row| row.key.is_none()) => {
                (&mut menu.filter, &mut menu.selected)
            }
            Some(Overlay::Help(help)) if help.typing => (&mut help.filter, &mut help.selected),
            Some(Overlay::Names(names)) if names.typing => (&mut names.filter, &mut names.selected),
            _ => return,
        };
        filter.push_str(&crate::text::clean_line(text));
        *selected = 0;
    }

    fn has_hints(&self) -> bool {
        let reader = self.place.reader.as_ref();
        self.place.focus == Pane::Article && reader.is_some_and(|reader| reader.hints.is_some())
    }

    /// Acts on a key while links have letters: a letter narrows, the last one opens, a capital copies.
    fn hint_key(&mut self, key: Key) {
        let Some(reader) = self.place.reader.as_mut() else {
            return;
        };
        let Some(hints) = reader.hints.as_mut() else {
            return;
        };
        let Some(letter) = key.typed().filter(|c| c.is_alphabetic()) else {
            reader.hints = None;
            return;
        };
        hints.typed.extend(letter.to_lowercase());
        let typed = hints.typed.clone();
        let hit = hints.labels.iter().find(|(label, _)| *label == typed);
        let chosen = hit.map(|(_, link)| *link);
        let open = hints
            .labels
            .iter()
            .any(|(label, _)| label.starts_with(&typed));
        if chosen.is_some() || !open {
            reader.hints = None;
        }
        let Some(link) = chosen else { return };
        reader.link = Some(link);
        let url = reader.selected_url().map(str::to_owned);
        match url {
            Some(url) if letter.is_uppercase() => self.copy(url),
            Some(url) => self.open_urls(vec![url]),
            None => {}
        }
    }

    /// Runs what was typed on the `:` line.
    pub(super) fn run_line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        // `:5` goes to a row, as in vi.
        if let Ok(row) = line.parse::<u32>() {
            self.go_to_row(row);
            return;
        }
        self.history.retain(|past| past != line);
        self.history.push(line.to_owned());
        let past = self.history.iter().rev().take(200).rev();
        let value = past.cloned().collect::<Vec<_>>().join("\n");
        self.send(Effect::Remember {
            key: "history".into(),
            value,
        });
        match Action::parse_list(line) {
            Ok(actions) => {
                for action in actions {
                    let count = action.argument.parse().ok();
                    self.run(&action, count);
                }
            }
            Err(why) => self.say_failed(why),
        }
    }
}

/// Types into the filter of a popup.
fn filter_key(key: Key, filter: &mut String, typing: &mut bool, selected: &mut usize) {
    match key.code {
        Code::Enter | Code::Down | Code::Up | Code::Tab => *typing = false,
        Code::Esc => {
            filter.clear();
            *typing = false;
        }
        Code::Backspace if filter.is_empty() => *typing = false,
        Code::Backspace => {
            filter.pop();
        }
        Code::Char('u') if key.ctrl => filter.clear(),
        Code::Char('c') if key.ctrl => {
            filter.clear();
            *typing = false;
        }
        _ => filter.extend(key.typed()),
    }
    *selected = 0;
}
