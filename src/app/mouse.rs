//! The mouse: click focuses and selects, click again opens, the wheel scrolls what is under it, borders are dragged.

use super::areas::Target;
use super::event::{Mouse, MouseKind};
use super::motion::Motion;
use super::overlay::Overlay;
use super::prompt::PromptKind;
use super::{App, Pane};

/// Lines or rows a turn of the wheel moves.
const WHEEL: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let target = self.areas.at(mouse.column, mouse.row).cloned();
        match mouse.kind {
            MouseKind::Down => {
                self.status = super::status::Status::default();
                self.forget_keys();
                if let Some(target) = target {
                    self.click(target, (mouse.column, mouse.row));
                }
            }
            MouseKind::Drag => self.drag(mouse),
            MouseKind::Up => {
                if self.drag.take().is_some() {
                    self.remember_sizes();
                }
            }
            MouseKind::WheelUp => self.wheel(target.as_ref(), -WHEEL),
            MouseKind::WheelDown => self.wheel(target.as_ref(), WHEEL),
        }
    }

    fn click(&mut self, target: Target, (column, row): (u16, u16)) {
        if !self.overlays.is_empty() {
            self.click_overlay(&target);
            return;
        }
        if let (Some(welcome), Target::Popup(row)) = (&mut self.welcome, &target) {
            let again = welcome.selected == *row;
            welcome.selected = (*row).min(welcome.rows().len().saturating_sub(1));
            if again {
                self.open_in_welcome();
            }
            return;
        }
        match target {
            Target::Pane(Pane::Article) => self.click_text(column, row),
            Target::Pane(pane) => self.focus_on(pane),
            Target::Node(node) => {
                let again =
                    self.place.focus == Pane::Feeds && self.tree.selected.as_ref() == Some(&node);
                self.place.focus = Pane::Feeds;
                if again {
                    self.enter_list();
                } else {
                    self.tree.selected = Some(node);
                    self.show_selected_node();
                }
            }
            Target::Fold(node) => {
                let open = self.tree.rows().iter().find(|row| row.node == node);
                let open = open.and_then(|row| row.open).unwrap_or(false);
                self.tree.set_open(&node, !open);
                self.remember_folds();
            }
            Target::Row(id) => {
                let again = self.place.focus == Pane::List && self.place.list.selected == Some(id);
                self.place.focus = Pane::List;
                if again {
                    self.read(id);
                } else {
                    self.place.list.select(id);
                }
            }
            Target::Link(number) => {
                let url = self
                    .place
                    .reader
                    .as_ref()
                    .and_then(|reader| reader.layout.url(number));
                if let Some(url) = url.map(str::to_owned) {
                    self.open_urls(vec![url]);
                }
            }
            Target::Name(entity) => self.click_name(entity),
            Target::FeedsBorder | Target::ListBorder | Target::NamesBorder => {
                self.drag = Some(target);
            }
            Target::Popup(_) | Target::Overlay => {}
        }
    }

    fn click_name(&mut self, entity: usize) {
        let height = self.height(Pane::Article);
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        if entity >= reader.article.entities.entities.len() {
            return;
        }
        if reader.name == Some(entity) {
            let name = reader.article.entities.entities.get(entity);
            let name = name.map(|it| crate::model::change::NameKey {
                name: it.name.clone(),
                kind: it.kind,
            });
            if let Some(name) = name {
                self.go_to_name(name);
            }
        } else {
            reader.select_name(entity, height);
        }
    }

    /// A click beside a popup closes it; on a row it selects, and again takes it.
    fn click_overlay(&mut self, target: &Target) {
        let row = match target {
            Target::Popup(row) => *row,
            Target::Overlay => return,
            _ => {
                self.leave_overlay(target);
                return;
            }
        };
        let feed = self.health_rows().get(row).map(|feed| feed.id);
        let again = match self.overlays.last_mut() {
            Some(Overlay::Help(help)) => put(&mut help.selected, row),
            Some(Overlay::UndoList(list)) => put(&mut list.selected, row),
            Some(Overlay::Enclosures(list)) => put(&mut list.selected, row),
            Some(Overlay::Names(names)) => put(&mut names.selected, row),
            Some(Overlay::Name(view)) => put(&mut view.selected, row),
            Some(Overlay::Add(add)) => put(&mut add.selected, row),
            Some(Overlay::Health(health)) => std::mem::replace(&mut health.selected, feed) == feed,
            Some(Overlay::Menu(menu)) => {
                menu.selected = row;
                let chosen = menu.shown().nth(row).cloned();
                if let Some(chosen) = chosen {
                    self.overlays.pop();
                    self.choose(chosen.does);
                }
                return;
            }
            Some(Overlay::Prompt(prompt)) => {
                prompt.choose(row);
                return;
            }
            Some(Overlay::Confirm(_)) => {
                self.confirm(row == 0);
                return;
            }
            _ => return,
        };
        if again {
            self.open_in_overlay();
        }
    }

    /// A click beside what lies over the panes. A row of what is searched or narrowed is taken, as Enter does.
    fn leave_overlay(&mut self, target: &Target) {
        let typing = match self.overlays.last() {
            Some(Overlay::Prompt(prompt)) => Some(prompt.kind.clone()),
            _ => None,
        };
        match (typing, target) {
            (Some(PromptKind::Search | PromptKind::Filter(_)), Target::Row(id)) => {
                self.submit();
                self.place.list.select(*id);
            }
            (Some(_), _) => self.cancel_prompt(),
            (None, _) => {
                self.overlays.pop();
            }
        }
    }

    fn drag(&mut self, mouse: Mouse) {
        let (width, body) = (self.cols, self.frame().body);
        match self.drag {
            Some(Target::FeedsBorder) => self.sizes.feeds = (mouse.column + 1).clamp(16, 80),
            Some(Target::NamesBorder) => {
                self.sizes.names = width.saturating_sub(mouse.column).clamp(20, 80);
            }
            Some(Target::ListBorder) if body.height > 0 => {
                let rows = u32::from(mouse.row.saturating_sub(body.y) + 1);
                // Rounded up, so that the border comes to stand in the row it was dragged to.
                let percent = (rows * 100).div_ceil(u32::from(body.height));
                self.sizes.list_percent = percent.clamp(10, 90) as u16;
            }
            _ => {}
        }
    }

    fn wheel(&mut self, target: Option<&Target>, by: isize) {
        if let Some(Overlay::Prompt(prompt)) = self.overlays.last() {
            if matches!(prompt.kind, PromptKind::Search | PromptKind::Filter(_)) {
                self.place.list.step(by);
            }
            return;
        }
        if let Some(Overlay::Menu(menu)) = self.overlays.last_mut() {
            let last = menu.shown().count().saturating_sub(1);
            menu.selected = menu.selected.saturating_add_signed(by.signum()).min(last);
            return;
        }
        if !self.overlays.is_empty() || self.welcome.is_some() {
            self.motion(Motion::Lines(by));
            return;
        }
        match target {
            Some(Target::Pane(Pane::Feeds) | Target::Node(_) | Target::Fold(_)) => {
                self.tree.step(by);
                self.show_selected_node();
            }
            Some(Target::Pane(Pane::List) | Target::Row(_)) => self.place.list.step(by),
            Some(Target::Pane(Pane::Names)) => {
                let focus = std::mem::replace(&mut self.place.focus, Pane::Names);
                self.motion(Motion::Lines(by.signum()));
                self.place.focus = focus;
            }
            Some(Target::Pane(Pane::Article) | Target::Link(_) | Target::Name(_)) => {
                self.scroll_article(by);
            }
            _ => {}
        }
    }
}

/// Selects a row. Says whether it was selected already.
fn put(selected: &mut usize, row: usize) -> bool {
    std::mem::replace(selected, row) == row
}
