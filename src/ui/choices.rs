//! Popups of rows: menus, questions, steps to undo, addresses being added, texts to read.

use ratatui::layout::Rect;

use super::canvas::{Canvas, row, target};
use super::popup::{Popup, filter, rows};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::event::Found;
use crate::app::overlay::{AddItem, AddRow, AddState, AddView, Menu, MenuRow, Message, UndoList};
use crate::config::theme::Role;
use crate::text::address::redacted;
use crate::text::width;
use crate::ui::headline;

/// Draws a menu; returns where the cursor stands.
pub(super) fn menu(
    canvas: &mut Canvas<'_>,
    app: &App,
    menu: &Menu,
    areas: &mut Areas,
) -> Option<(u16, u16)> {
    let shown: Vec<&MenuRow> = menu.shown().collect();
    // All rows count, not only those shown: the popup stays where it is while they are narrowed.
    let widest = |column: fn(&MenuRow) -> &String| {
        let cols = menu.rows.iter().map(|it| width::width(column(it)));
        cols.max().unwrap_or(0)
    };
    let labels = widest(|it| &it.label).min(60);
    let details = widest(|it| &it.detail);
    let has_keys = menu.rows.iter().any(|it| it.key.is_some());
    let popup = Popup {
        title: &menu.title,
        keys: if has_keys {
            "Enter · Esc"
        } else {
            "type to narrow · Enter · Esc"
        },
        cols: (labels + details + 8).max(36),
        rows: menu.rows.len() + usize::from(!has_keys),
    };
    let inner = popup.draw(canvas, app, areas);
    let room = usize::from(inner.width).saturating_sub(if has_keys { 5 } else { 2 });
    let labels = labels.min(room.saturating_sub(details.min(room * 2 / 5)));
    let cursor = filter(canvas, row(inner, 0), &menu.filter, !menu.filter.is_empty());
    let taken = u16::from(!menu.filter.is_empty());
    let inner = Rect {
        y: inner.y + taken,
        height: inner.height.saturating_sub(taken),
        ..inner
    };
    rows(
        canvas,
        inner,
        (Some(menu.selected), shown.len()),
        areas,
        |canvas, area, at| {
            let Some(it) = shown.get(at) else { return };
            let mut x = area.x;
            if has_keys {
                let key = it.key.map(String::from).unwrap_or_default();
                x += canvas.say(x, area.y, 2, &width::fit(&key, 2), Role::Key) + 1;
            }
            let style = canvas.look.style(Role::Popup);
            x += canvas.text(
                x,
                area.y,
                area.right().saturating_sub(x),
                &width::fit(&it.label, labels),
                style,
            ) + 2;
            canvas.say(
                x,
                area.y,
                area.right().saturating_sub(x),
                &it.detail,
                Role::Dim,
            );
        },
    );
    cursor
}

/// Draws a question answered by `y` or `n`.
pub(super) fn confirm(canvas: &mut Canvas<'_>, app: &App, question: &str, areas: &mut Areas) {
    let lines = broken(question, 56);
    let popup = Popup {
        title: "Sure?",
        keys: "",
        cols: lines
            .iter()
            .map(|line| width::width(line))
            .max()
            .unwrap_or(0)
            .max(24),
        rows: lines.len() + 2,
    };
    let inner = popup.draw(canvas, app, areas);
    let style = canvas.look.style(Role::Popup);
    for (n, line) in lines.iter().enumerate() {
        let area = row(inner, n as u16);
        if area.height > 0 {
            canvas.text(area.x, area.y, area.width, line, style);
        }
    }
    let last = row(inner, inner.height.saturating_sub(1));
    let mut x = last.x;
    for (at, (key, words)) in [("y", " yes"), ("n", " no")].into_iter().enumerate() {
        let from = x;
        x += canvas.say(x, last.y, last.right().saturating_sub(x), key, Role::Key);
        x += canvas.text(x, last.y, last.right().saturating_sub(x), words, style);
        let button = Rect {
            x: from,
            width: x - from,
            ..last
        };
        areas.push(target(button), Target::Popup(at));
        x += 5;
    }
}

/// Draws the steps that can be undone.
pub(super) fn undo_list(canvas: &mut Canvas<'_>, app: &App, list: &UndoList, areas: &mut Areas) {
    let widest = list.steps.iter().map(|step| width::width(&step.1)).max();
    let popup = Popup {
        title: "What can be undone",
        keys: "Enter takes it back · Esc",
        cols: (widest.unwrap_or(0) + 12).max(40),
        rows: list.steps.len().max(1),
    };
    let inner = popup.draw(canvas, app, areas);
    if list.steps.is_empty() {
        canvas.say(inner.x, inner.y, inner.width, "Nothing to undo", Role::Dim);
    }
    let now = app.now().to_zoned_datetime(app.settings.zone.clone());
    rows(
        canvas,
        inner,
        (Some(list.selected), list.steps.len()),
        areas,
        |canvas, area, at| {
            let Some((_, words, time)) = list.steps.get(at) else {
                return;
            };
            let when = width::fit_right(&headline::date(*time, &now, 8), 8);
            let used = canvas.say(area.x, area.y, area.width, &when, Role::Dim);
            let style = canvas.look.style(Role::Popup);
            let x = area.x + used + 2;
            canvas.text(x, area.y, area.right().saturating_sub(x), words, style);
        },
    );
}

/// Draws the addresses being added.
pub(super) fn add(canvas: &mut Canvas<'_>, app: &App, view: &AddView, areas: &mut Areas) {
    let shown = view.rows();
    let popup = Popup {
        title: "Add",
        keys: "Space ticks · Enter subscribes · Esc",
        cols: 76,
        rows: shown.len().max(1),
    };
    let inner = popup.draw(canvas, app, areas);
    rows(
        canvas,
        inner,
        (Some(view.selected), shown.len()),
        areas,
        |canvas, area, at| {
            if let Some((it, item)) = shown
                .get(at)
                .and_then(|it| Some((it, view.items.get(it.item)?)))
            {
                add_row(canvas, area, it, item);
            }
        },
    );
}

fn add_row(canvas: &mut Canvas<'_>, area: Rect, it: &AddRow, item: &AddItem) {
    let popup = canvas.look.style(Role::Popup);
    if let (Some(feed), AddState::Found(Found::Feeds(feeds), ticked)) = (it.feed, &item.state) {
        let Some(found) = feeds.get(feed) else { return };
        let tick = if ticked.get(feed).copied().unwrap_or(false) {
            "[x] "
        } else {
            "[ ] "
        };
        let mut x = area.x + 2;
        x += canvas.say(x, area.y, area.right().saturating_sub(x), tick, Role::Key);
        let title = if found.title.is_empty() {
            &redacted(&found.url)
        } else {
            &found.title
        };
        x += canvas.text(x, area.y, area.right().saturating_sub(x), title, popup) + 2;
        let detail = match &found.known {
            Some(known) => format!("{} · already in {known}", found.kind),
            None => found.kind.clone(),
        };
        canvas.say(
            x,
            area.y,
            area.right().saturating_sub(x),
            &detail,
            Role::Dim,
        );
        return;
    }
    let more = canvas.look.signs.more;
    let (words, role) = match &item.state {
        AddState::Looking(_) => (format!("looking {more}"), Role::Progress),
        AddState::Found(Found::Feeds(feeds), _) if feeds.len() == 1 => {
            ("a feed".to_owned(), Role::Dim)
        }
        AddState::Found(Found::Feeds(feeds), _) => (format!("{} feeds", feeds.len()), Role::Dim),
        AddState::Found(Found::Page { title }, _) => {
            let title = title.as_deref().unwrap_or_default();
            (
                format!("no feed there; Enter keeps the page {title}"),
                Role::Dim,
            )
        }
        AddState::Adding(_) => (format!("adding {more}"), Role::Progress),
        AddState::Done(words) => (format!("{} {words}", canvas.look.signs.done), Role::Notice),
        AddState::Failed(why) => (format!("{} {why}", canvas.look.signs.failed), Role::Error),
    };
    let room = usize::from(area.width)
        .saturating_sub(width::width(&words) + 2)
        .max(12);
    let address = width::truncate_start(&item.address, room);
    let used = canvas.text(area.x, area.y, area.width, &address, popup);
    let x = area.x + used + 2;
    let style = popup.patch(canvas.look.style(role));
    canvas.text(x, area.y, area.right().saturating_sub(x), &words, style);
}

/// Draws a text to read.
pub(super) fn message(canvas: &mut Canvas<'_>, app: &App, message: &Message, areas: &mut Areas) {
    let cols = message
        .lines
        .iter()
        .map(|line| width::width(line))
        .max()
        .unwrap_or(0)
        .clamp(30, 96);
    let room = cols
        .min(usize::from(app.size().0).saturating_sub(8))
        .max(10);
    let lines: Vec<String> = message
        .lines
        .iter()
        .flat_map(|line| broken(line, room))
        .collect();
    let popup = Popup {
        title: &message.title,
        keys: "Esc",
        cols,
        rows: lines.len(),
    };
    let inner = popup.draw(canvas, app, areas);
    let style = canvas.look.style(Role::Popup);
    let top = message
        .top
        .min(lines.len().saturating_sub(inner.height.into()));
    for (n, line) in lines.iter().skip(top).take(inner.height.into()).enumerate() {
        let area = row(inner, n as u16);
        canvas.text(area.x, area.y, area.width, line, style);
    }
}

/// Breaks a line at spaces; longer words are cut.
pub(super) fn broken(line: &str, cols: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in line.split(' ') {
        let mut word = word;
        let mut cols_of_word = width::width(word);
        if used > 0 && used + 1 + cols_of_word > cols {
            lines.push(String::new());
            used = 0;
        }
        while cols_of_word > cols {
            let (head, tail) = width::split_at(word, cols.max(2));
            if head.is_empty() {
                break;
            }
            if let Some(last) = lines.last_mut() {
                last.push_str(head);
            }
            lines.push(String::new());
            word = tail;
            cols_of_word = width::width(word);
        }
        if let Some(last) = lines.last_mut() {
            if used > 0 {
                last.push(' ');
                used += 1;
            }
            last.push_str(word);
            used += cols_of_word;
        }
    }
    lines
}
