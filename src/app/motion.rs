//! Moving about: rows and lines, panes, pages.

use super::overlay::Overlay;
use super::tree::Node;
use super::{App, Effect, Pane};
use crate::model::list::Anchor;

/// A move up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    /// So many rows or lines.
    Lines(isize),
    /// So many half pages.
    Half(isize),
    /// So many pages.
    Page(isize),
    /// To the first.
    Top,
    /// To the last.
    Bottom,
}

impl Motion {
    /// Returns how many rows it is on a page of so many.
    fn rows(self, page: usize) -> isize {
        let page = page.max(1) as isize;
        match self {
            Self::Lines(by) => by,
            Self::Half(by) => by.saturating_mul((page / 2).max(1)),
            Self::Page(by) => by.saturating_mul((page - 1).max(1)),
            Self::Top => isize::MIN / 2,
            Self::Bottom => isize::MAX / 2,
        }
    }

    /// Returns where it leads from a row among so many.
    fn from(self, at: usize, count: usize, page: usize) -> usize {
        at.saturating_add_signed(self.rows(page))
            .min(count.saturating_sub(1))
    }
}

impl App {
    /// Returns how many rows a pane shows; 1 where it is not on the screen.
    pub(super) fn height(&self, pane: Pane) -> usize {
        let frame = self.frame();
        let shown = match pane {
            Pane::Feeds => frame.feeds,
            Pane::List => frame.list,
            Pane::Article => frame.article,
            Pane::Names => frame.names,
        };
        let lines = shown.map_or(1, |pane| usize::from(pane.inner.height));
        let of_a_row = match pane {
            Pane::List => self.place.list.row_lines(),
            _ => 1,
        };
        (lines / of_a_row).max(1)
    }

    pub(super) fn motion(&mut self, motion: Motion) {
        if !self.overlays.is_empty() {
            self.overlay_motion(motion);
            return;
        }
        if let Some(welcome) = &mut self.welcome {
            let count = welcome.rows().len();
            welcome.selected = motion.from(welcome.selected, count, 20);
            return;
        }
        match self.place.focus {
            Pane::Feeds => {
                let page = self.height(Pane::Feeds);
                if self.tree.step(motion.rows(page)) {
                    self.show_selected_node();
                }
            }
            Pane::List => self.list_motion(motion),
            Pane::Article => {
                let height = self.height(Pane::Article);
                if let Some(reader) = &mut self.place.reader {
                    match motion {
                        _ if reader.cleaning.is_none() => {
                            reader.scroll(motion.rows(height), height);
                        }
                        Motion::Lines(by) => {
                            reader.walk_items(by, false, height);
                        }
                        Motion::Top | Motion::Bottom => {
                            reader.scroll(motion.rows(height), height);
                            reader.walk_items(motion.rows(height), false, height);
                        }
                        Motion::Half(_) | Motion::Page(_) => {
                            reader.scroll(motion.rows(height), height);
                            reader.select_in_view(height);
                        }
                    }
                }
            }
            Pane::Names => self.names_motion(motion),
        }
    }

    fn list_motion(&mut self, motion: Motion) {
        let page = self.height(Pane::List);
        match motion {
            Motion::Top if self.place.list.waiting() > 0 => self.take_newcomers(),
            Motion::Top if !self.place.list.at_top() => self.load(Anchor::Top),
            Motion::Bottom if !self.place.list.at_bottom() => self.load(Anchor::Bottom),
            Motion::Top => self.place.list.select_end(false),
            Motion::Bottom => self.place.list.select_end(true),
            motion => self.place.list.step(motion.rows(page)),
        }
    }

    /// Goes to a row by number, 1 being the first. A row of the list may stand outside its window.
    pub(super) fn go_to_row(&mut self, row: u32) {
        let down = isize::try_from(row.saturating_sub(1)).unwrap_or(isize::MAX);
        if self.overlays.is_empty() && self.place.focus == Pane::List && !self.place.list.at_top() {
            self.place.list.from_top = down;
            self.load(Anchor::Top);
            return;
        }
        self.motion(Motion::Top);
        if down > 0 {
            self.motion(Motion::Lines(down));
        }
    }

    fn names_motion(&mut self, motion: Motion) {
        let page = self.height(Pane::Names);
        let height = self.height(Pane::Article);
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        let order = super::names::order(reader);
        let at = reader
            .name
            .and_then(|name| order.iter().position(|entity| *entity == name));
        let to = match at {
            Some(at) => motion.from(at, order.len(), page),
            None => 0,
        };
        if let Some(entity) = order.get(to) {
            reader.select_name(*entity, height);
        }
    }

    fn overlay_motion(&mut self, motion: Motion) {
        let page = usize::from(self.frame().body.height.saturating_sub(4)).max(1);
        let feeds: Vec<_> = self.health_rows().iter().map(|feed| feed.id).collect();
        match self.overlays.last_mut() {
            Some(Overlay::Help(help)) => {
                let count = help.shown().count();
                help.selected = motion.from(help.selected, count, page);
            }
            Some(Overlay::Enclosures(list)) => {
                list.selected = motion.from(list.selected, list.files.len(), page);
            }
            Some(Overlay::UndoList(list)) => {
                list.selected = motion.from(list.selected, list.steps.len(), page);
            }
            Some(Overlay::Names(names)) => {
                let count = names.shown().count();
                names.selected = motion.from(names.selected, count, page);
            }
            Some(Overlay::Name(view)) => {
                let count = view.rows().len();
                view.selected = motion.from(view.selected, count, page);
            }
            Some(Overlay::Add(add)) => {
                let count = add.rows().len();
                add.selected = motion.from(add.selected, count, page);
            }
            Some(Overlay::Message(message)) => {
                message.top = motion.from(message.top, message.lines.len(), page);
            }
            Some(Overlay::Health(health)) => {
                let at = health
                    .selected
                    .and_then(|id| feeds.iter().position(|feed| *feed == id));
                let to = at.map_or(0, |at| motion.from(at, feeds.len(), page));
                health.selected = feeds.get(to).copied();
            }
            Some(Overlay::Prompt(_) | Overlay::Menu(_) | Overlay::Confirm(_)) | None => {}
        }
    }

    /// Returns the panes on the screen, left to right.
    fn panes(&self) -> Vec<Pane> {
        let frame = self.frame();
        let shown = [
            (Pane::Feeds, frame.feeds),
            (Pane::List, frame.list),
            (Pane::Article, frame.article),
            (Pane::Names, frame.names),
        ];
        let shown = shown.into_iter().filter(|(_, pane)| pane.is_some());
        shown.map(|(pane, _)| pane).collect()
    }

    /// `h` and `l`: in the tree along its branches, else to the pane beside; where one pane shows, back and in.
    pub(super) fn sideways(&mut self, left: bool) {
        if !self.overlays.is_empty() {
            return;
        }
        if self.place.focus == Pane::Feeds && self.fold(left) {
            return;
        }
        let panes = self.panes();
        if panes.len() < 2 {
            self.one_pane(left);
            return;
        }
        let at = panes.iter().position(|pane| *pane == self.place.focus);
        let at = at.unwrap_or(0);
        let to = if left {
            at.checked_sub(1)
        } else {
            Some(at + 1)
        };
        if let Some(pane) = to.and_then(|to| panes.get(to)) {
            self.focus_on(*pane);
        }
    }

    fn one_pane(&mut self, left: bool) {
        match (self.place.focus, left) {
            (Pane::Feeds, false) => self.enter_list(),
            (Pane::List, true) => self.focus_on(Pane::Feeds),
            (Pane::List, false) => self.open_selected_article(),
            (Pane::Article, true) => self.leave_article(),
            (Pane::Article, false) => self.cycle_sidebar(),
            (Pane::Names, true) => self.leave_names(),
            (Pane::Feeds, true) | (Pane::Names, false) => {}
        }
    }

    pub(super) fn focus_on(&mut self, pane: Pane) {
        self.place.focus = pane;
        match pane {
            Pane::Feeds if self.tree.selected.is_none() => {
                let node = Node::of(&self.place.list.source);
                match node {
                    Some(node) => self.tree.reveal(node),
                    None => {
                        self.tree.select_row(0);
                    }
                }
            }
            Pane::Names => self.focus_name(),
            _ => {}
        }
    }

    /// Has the sidebar a selected name once it has the keys.
    pub(super) fn focus_name(&mut self) {
        if self
            .place
            .reader
            .as_ref()
            .is_some_and(|reader| reader.name.is_none())
        {
            self.names_motion(Motion::Top);
        } else if let Some(reader) = &mut self.place.reader {
            reader.pinned = true;
        }
    }

    /// Opens or closes a folder. Says whether that was all the key meant.
    fn fold(&mut self, close: bool) -> bool {
        let Some(node) = self.tree.selected.clone() else {
            return false;
        };
        if self.tree.set_open(&node, !close) {
            self.remember_folds();
            return true;
        }
        if !close {
            return node.source().is_none();
        }
        if let Some(parent) = self.tree.parent(&node) {
            self.tree.selected = Some(parent);
            self.show_selected_node();
        }
        true
    }

    pub(super) fn remember_folds(&mut self) {
        let closed: Vec<&str> = self.tree.closed.iter().map(String::as_str).collect();
        let value = closed.join("\n");
        self.send(Effect::Remember {
            key: "closed".into(),
            value,
        });
        let opened = [(Node::Tags, "tags"), (Node::Searches, "searches")];
        let opened = opened
            .into_iter()
            .filter(|(node, _)| self.tree.opened.contains(node));
        let opened: Vec<&str> = opened.map(|(_, word)| word).collect();
        self.send(Effect::Remember {
            key: "opened".into(),
            value: opened.join("\n"),
        });
    }

    pub(super) fn cycle_panes(&mut self, back: bool) {
        if !self.overlays.is_empty() {
            return;
        }
        let panes = self.panes();
        if panes.len() < 2 {
            self.one_pane(back);
            return;
        }
        let at = panes.iter().position(|pane| *pane == self.place.focus);
        let at = at.unwrap_or(0);
        let to = (at + if back { panes.len() - 1 } else { 1 }) % panes.len();
        if let Some(pane) = panes.get(to) {
            self.focus_on(*pane);
        }
    }

    /// `e`: hidden → shown and focused → hidden.
    pub(super) fn cycle_sidebar(&mut self) {
        if self.place.focus == Pane::Names {
            self.sidebar = false;
            self.leave_names();
            return;
        }
        if self.place.reader.is_none() && self.place.list.selected.is_none() {
            self.say("No article is selected");
            return;
        }
        self.sidebar = true;
        self.zen = false;
        self.place.focus = Pane::Names;
        self.focus_name();
    }

    pub(super) fn leave_names(&mut self) {
        self.place.focus = if self.place.reading {
            Pane::Article
        } else {
            Pane::List
        };
        if let Some(reader) = &mut self.place.reader {
            reader.pinned = false;
        }
    }
}
