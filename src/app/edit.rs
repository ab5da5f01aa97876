//! Subscriptions, folders, tags and searches: renaming, moving, deleting; reloading and feed health.

use super::overlay::{Confirm, Confirmed, Health, Menu, MenuAction, MenuRow, Message, Overlay};
use super::prompt::PromptKind;
use super::tree::Node;
use super::{App, Effect, Pane, Source};
use crate::keymap::{Action, Command};
use crate::model::feed::FullText;
use crate::model::setting::Setting;
use crate::model::{Change, Feed, FeedId, Scope, What};
use crate::text::address::with_login_of;

impl App {
    /// Returns what `i`, `d`, `r` and the like act on: the selected node, else the one whose list is shown, else the
    /// feed of the selected article.
    fn node(&self) -> Option<Node> {
        if let Some(Overlay::Health(health)) = self.overlays.last() {
            return health.selected.map(Node::Feed);
        }
        if self.place.focus == Pane::Feeds {
            return self.tree.selected.clone();
        }
        let row = self.current().and_then(|id| self.row(id));
        let feed = row.and_then(|row| row.feed).map(Node::Feed);
        Node::of(&self.place.list.source)
            .filter(|node| !node.is_fixed())
            .or(feed)
    }

    /// `r`.
    pub(super) fn reload(&mut self) {
        match self.node_to_reload() {
            Some(feeds) if !feeds.is_empty() => {
                self.reload_these(Some(feeds));
            }
            _ => self.reload_all(),
        }
    }

    fn node_to_reload(&self) -> Option<Vec<FeedId>> {
        if let Some(Overlay::Health(health)) = self.overlays.last() {
            return health.selected.map(|feed| vec![feed]);
        }
        let of_list = Node::of(&self.place.list.source);
        let node = match self.place.focus {
            Pane::Feeds => self.tree.selected.clone(),
            _ => of_list,
        };
        match node? {
            Node::Feed(feed) => Some(vec![feed]),
            Node::Folder(path) => {
                let inside = |feed: &&Feed| {
                    let rest = feed.folder.strip_prefix(path.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                let feeds = self.tree.data.feeds.iter().filter(inside);
                Some(feeds.map(|feed| feed.id).collect())
            }
            _ => None,
        }
    }

    pub(super) fn reload_all(&mut self) {
        if self.tree.data.feeds.is_empty() {
            self.say("There are no feeds yet: a adds one");
        } else {
            self.reload_these(None);
        }
    }

    pub(super) fn reload_these(&mut self, feeds: Option<Vec<FeedId>>) {
        self.reload_asked = true;
        self.send(Effect::Reload(feeds));
    }

    pub(super) fn cancel_reload(&mut self) {
        if self.reloading.is_some() || self.bringing.is_some() {
            self.send(Effect::CancelReload);
        } else {
            self.say("No reload is running");
        }
    }

    /// `!`.
    pub(super) fn show_health(&mut self) {
        let selected = self.health_rows().first().map(|feed| feed.id);
        if selected.is_none() {
            self.say("There are no feeds yet: a adds one");
            return;
        }
        self.overlays.push(Overlay::Health(Health { selected }));
    }

    /// Shows a feed's health in full.
    pub(super) fn show_error(&mut self, id: FeedId) {
        let Some(feed) = self.tree.feed(id) else {
            return;
        };
        let health = &feed.health;
        let time = |at: Option<jiff::Timestamp>| match at {
            Some(at) => {
                let at = at.to_zoned_datetime(self.settings.zone.clone());
                at.strftime("%-d %b %Y %H:%M").to_string()
            }
            None => "never".into(),
        };
        let mut lines = vec![feed.shown_url()];
        match &health.last_error {
            Some(error) => lines.push(format!("Last error: {error}")),
            None => lines.push("The last reload went well".into()),
        }
        lines.extend(health.hint.clone());
        if let Some(url) = &health.suggested_url {
            lines.push(format!("Suggested address: {url} (+ takes it)"));
        }
        lines.push(format!("Last good answer: {}", time(health.last_success)));
        lines.push(format!("Last asked: {}", time(health.last_attempt)));
        lines.push(match health.next_poll {
            Some(at) => format!("Due by itself: {}", time(Some(at))),
            None => "Not asked again by itself".into(),
        });
        lines.push(format!("Failures in a row: {}", health.failures));
        lines.push(format!("Articles a month: {:.0}", health.per_month));
        if let Some(days) = health.silent_days {
            lines.push(format!("Newest article: {days} days old"));
        }
        self.overlays.push(Overlay::Message(Message {
            title: feed.title.clone(),
            lines,
            top: 0,
        }));
    }

    /// `+` on the health screen.
    pub(super) fn take_address(&mut self) {
        let Some(Node::Feed(id)) = self.node() else {
            return;
        };
        let url = self
            .tree
            .feed(id)
            .and_then(|feed| feed.health.suggested_url.clone());
        let in_config = self
            .tree
            .feed(id)
            .is_some_and(|feed| feed.settings.in_config);
        match url {
            Some(url) if in_config => {
                self.say(format!("Write it into its [[feed]] in the config: {url}"));
            }
            Some(url) => {
                let known = self.tree.feed(id).map(|feed| feed.url.clone());
                let url = with_login_of(&url, &known.unwrap_or_default());
                self.change(What::SetFeedUrl(id, url));
            }
            None => self.say("No other address is suggested for this feed"),
        }
    }

    /// `i`.
    pub(super) fn edit(&mut self) {
        let name = self.selected_name().filter(|_| {
            let over = matches!(
                self.overlays.last(),
                Some(Overlay::Names(_) | Overlay::Name(_))
            );
            over || self.place.focus != Pane::List
        });
        if let Some(name) = name {
            self.edit_name(&name);
            return;
        }
        let Some(node) = self.node() else {
            self.say("Select a feed, folder, search or tag first");
            return;
        };
        match node {
            Node::Feed(id) => self.edit_feed(id),
            Node::Folder(_) | Node::Tag(_) => self.ask_rename(node),
            Node::Search(id) => self.edit_search(id),
            Node::Name(key) => self.edit_name(&key),
            _ => {
                self.say("There is nothing to edit here");
            }
        }
    }

    fn edit_feed(&mut self, id: FeedId) {
        let Some(feed) = self.tree.feed(id) else {
            return;
        };
        let in_config = feed.settings.in_config;
        let row = |key, label: &str, detail: String, does| MenuRow {
            key: Some(key),
            label: label.into(),
            detail,
            does,
        };
        let set = |key, label: &str, setting| {
            let words = feed.settings.words(setting);
            let unset = match setting {
                Setting::Interval | Setting::UserAgent => "as the config says",
                Setting::Filter | Setting::Proxy | Setting::User | Setting::Header => "none",
                Setting::Filtered => "drop",
                Setting::KeepDays => "for ever",
                _ => "",
            };
            let words = if words.is_empty() {
                unset.into()
            } else {
                words
            };
            row(key, label, words, MenuAction::FeedSetting(id, setting))
        };
        let with = |full_text| {
            let mut settings = feed.settings.clone();
            settings.full_text = full_text;
            write(What::SetFeed(id, settings))
        };
        let now = |wanted| {
            let mark = if feed.settings.full_text == wanted {
                "now"
            } else {
                ""
            };
            mark.to_owned()
        };
        let folder = if feed.folder.is_empty() {
            "top level"
        } else {
            &feed.folder
        };
        let rows = vec![
            row(
                't',
                "Title",
                feed.title.clone(),
                MenuAction::Rename(Node::Feed(id)),
            ),
            row(
                'm',
                "Move to a folder",
                folder.into(),
                MenuAction::MoveFeed(id),
            ),
            row('a', "Address", feed.shown_url(), MenuAction::FeedUrl(id)),
            set('i', "Time between reloads", Setting::Interval),
            row('c', "Full text: as the config says", now(None), with(None)),
            row(
                'f',
                "Full text: always fetch the page",
                now(Some(FullText::Always)),
                with(Some(FullText::Always)),
            ),
            row(
                'n',
                "Full text: never fetch the page",
                now(Some(FullText::Never)),
                with(Some(FullText::Never)),
            ),
            set(
                'q',
                "Filter: a query new articles must match",
                Setting::Filter,
            ),
            set('o', "Filter: what becomes of the others", Setting::Filtered),
            set('k', "Days to keep articles", Setting::KeepDays),
            set('u', "Name to sites (User-Agent)", Setting::UserAgent),
            set('p', "Proxy", Setting::Proxy),
            set('l', "Login: user name", Setting::User),
            set('v', "Login: password from a variable", Setting::Password),
            set(
                'w',
                "Login: password from a command",
                Setting::PasswordCommand,
            ),
            set('h', "Headers", Setting::Header),
            row(
                'd',
                "Unsubscribe",
                String::new(),
                MenuAction::Delete(Node::Feed(id)),
            ),
        ];
        let mut rows = rows;
        if in_config {
            // All but its title and place stands in the config, which is the user's to write.
            let edit = Action {
                command: Command::EditConfig,
                argument: String::new(),
            };
            rows.retain(|row| matches!(row.key, Some('t' | 'm' | 'd')));
            rows.push(row(
                'e',
                "Settings: its [[feed]] in the config",
                String::new(),
                MenuAction::Run(edit),
            ));
        }
        let title = feed.title.clone();
        self.push_menu(title, rows);
    }

    fn edit_search(&mut self, id: crate::model::SearchId) {
        let found = self.tree.data.searches.iter().find(|search| search.0 == id);
        let Some((_, name, query, ..)) = found else {
            return;
        };
        let row = |key, label: &str, detail: &str, does| MenuRow {
            key: Some(key),
            label: label.into(),
            detail: detail.into(),
            does,
        };
        let rows = vec![
            row('n', "Name", name, MenuAction::Rename(Node::Search(id))),
            row('q', "Query", query, MenuAction::EditQuery(id)),
            row('d', "Delete", "", MenuAction::Delete(Node::Search(id))),
        ];
        let title = name.clone();
        self.push_menu(title, rows);
    }

    fn push_menu(&mut self, title: String, rows: Vec<MenuRow>) {
        self.overlays.push(Overlay::Menu(Menu {
            title,
            rows,
            filter: String::new(),
            selected: 0,
        }));
    }

    pub(super) fn ask_rename(&mut self, node: Node) {
        let now = match &node {
            Node::Folder(path) => path.clone(),
            Node::Tag(tag) => tag.clone(),
            other => other
                .source()
                .map(|source| source.title(&self.tree.data))
                .unwrap_or_default(),
        };
        self.ask(PromptKind::Rename(node), &now);
    }

    pub(super) fn rename(&mut self, words: &str) {
        let Some(node) = self.node() else {
            self.say("Select a feed, folder, search or tag first");
            return;
        };
        if words.is_empty() {
            self.ask_rename(node);
        } else {
            self.rename_to(&node, words);
        }
    }

    /// Gives a node another name. An empty one gives a feed its own title back.
    pub(super) fn rename_to(&mut self, node: &Node, name: &str) {
        let name = name.trim();
        let what = match node {
            Node::Feed(id) => {
                What::RenameFeed(*id, Some(name.to_owned()).filter(|name| !name.is_empty()))
            }
            _ if name.is_empty() => {
                self.say_failed("A name is needed");
                return;
            }
            Node::Folder(path) => What::RenameFolder {
                from: path.clone(),
                to: folder_path(name),
            },
            Node::Tag(tag) => What::RenameTag {
                from: tag.clone(),
                to: name.trim_start_matches('#').to_owned(),
            },
            Node::Name(key) => What::MergeName {
                from: key.clone(),
                into: crate::model::change::NameKey {
                    name: name.to_owned(),
                    kind: key.kind,
                },
            },
            Node::Search(id) => {
                let found = self
                    .tree
                    .data
                    .searches
                    .iter()
                    .find(|search| search.0 == *id);
                let Some(query) = found.map(|search| search.2.clone()) else {
                    return;
                };
                What::EditSearch {
                    id: *id,
                    name: name.to_owned(),
                    query,
                }
            }
            _ => {
                self.say("This cannot be renamed");
                return;
            }
        };
        let (from, to) = match &what {
            What::RenameFolder { to, .. } => (Some(node.clone()), Some(Node::Folder(to.clone()))),
            What::RenameTag { to, .. } => (Some(node.clone()), Some(Node::Tag(to.clone()))),
            _ => (None, None),
        };
        if self.change(what).is_some()
            && let (Some(from), Some(to)) = (from, to)
        {
            self.follow_rename(&from, &to);
        }
    }

    /// Keeps the list of a renamed folder or tag open under its new name.
    fn follow_rename(&mut self, from: &Node, to: &Node) {
        if self.tree.selected.as_ref() == Some(from) {
            self.tree.selected = Some(to.clone());
        }
        if self.place.list.source.clone() == from.source().unwrap_or(Source::All)
            && let Some(source) = to.source()
        {
            self.show(source);
        }
    }

    /// `d`.
    pub(super) fn delete(&mut self) {
        match self.node() {
            Some(node) => self.ask_delete(&node),
            None => self.say("Select a feed, folder, search or tag first"),
        }
    }

    pub(super) fn ask_delete(&mut self, node: &Node) {
        let title = node.source().map(|source| source.title(&self.tree.data));
        let title = title.unwrap_or_default();
        let (question, what) = match node {
            Node::Feed(id) => (
                format!("Unsubscribe from {title}? What is starred, tagged or noted stays"),
                What::Unsubscribe(*id),
            ),
            Node::Folder(path) => (
                format!("Delete the folder {title}? Its feeds move up"),
                What::DeleteFolder(path.clone()),
            ),
            Node::Tag(tag) => {
                let found = self.tree.data.tags.iter().find(|(name, ..)| name == tag);
                let total = found.map_or(0, |(_, _, total)| *total);
                (
                    format!("Take the tag {title} off {total} articles?"),
                    What::DeleteTag(tag.clone()),
                )
            }
            Node::Search(id) => (
                format!("Delete the search {title}? No article is deleted"),
                What::DeleteSearch(*id),
            ),
            Node::Name(key) => (
                format!("Stop following {title}?"),
                What::Follow(key.clone(), false),
            ),
            _ => {
                self.say("This cannot be deleted");
                return;
            }
        };
        self.ask_before(question, what);
    }

    /// Asks before a change.
    pub(super) fn ask_before(&mut self, question: String, what: What) {
        self.overlays.push(Overlay::Confirm(Confirm {
            question,
            yes: Box::new(Confirmed::Write(Change {
                what,
                scope: Scope::None,
                undoable: true,
            })),
        }));
    }

    pub(super) fn move_feed(&mut self, words: &str) {
        let Some(Node::Feed(id)) = self.node() else {
            self.say("Select a feed first");
            return;
        };
        if words.is_empty() {
            self.ask_move(id);
        } else {
            self.change(What::MoveFeed(id, folder_path(words)));
        }
    }

    pub(super) fn ask_move(&mut self, id: FeedId) {
        let folder = self.tree.feed(id).map(|feed| feed.folder.clone());
        self.ask(PromptKind::MoveFeed(id), &folder.unwrap_or_default());
    }

    pub(super) fn add_folder(&mut self, words: &str) {
        if words.is_empty() {
            self.ask(PromptKind::AddFolder, "");
        } else {
            self.change(What::AddFolder(folder_path(words)));
        }
    }

    pub(super) fn keep_search(&mut self, name: &str, query: &str) {
        let what = What::SaveSearch {
            name: name.trim().to_owned(),
            query: query.to_owned(),
        };
        if self.change(what).is_some() {
            self.tree.opened.insert(Node::Searches);
            self.tree.build();
            self.remember_folds();
        }
    }

    pub(super) fn import(&mut self, words: &str) {
        if words.is_empty() {
            self.ask(PromptKind::Import, "");
            return;
        }
        let ticket = self.ticket();
        self.importing = Some(ticket);
        self.say("importing …");
        self.send(Effect::Import {
            ticket,
            path: words.into(),
        });
    }
}

fn write(what: What) -> MenuAction {
    MenuAction::Write(Box::new(Change {
        what,
        scope: Scope::None,
        undoable: true,
    }))
}

/// Returns a folder path without empty parts.
pub(super) fn folder_path(typed: &str) -> String {
    let parts = typed.split('/').map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("/")
}
