//! The help screen and the which-key popup: the keys as bound now.

use ratatui::layout::Rect;

use super::border::{self, Borders};
use super::canvas::{Canvas, padded, row, target};
use super::popup::{Popup, filter};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::frame::Shape;
use crate::app::overlay::Help;
use crate::config::theme::Role;
use crate::keymap::Group;
use crate::keymap::help::Row;
use crate::text::width;

/// A line of the help screen.
enum Line<'a> {
    Blank,
    Heading(Group),
    Row(usize, &'a Row),
}

/// Draws the help screen; returns where the cursor stands while its filter is typed.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    help: &Help,
    areas: &mut Areas,
) -> Option<(u16, u16)> {
    let lines = lines(help);
    let cols = help.rows.iter().map(|row| 20 + width::width(&row.help));
    let popup = Popup {
        title: &format!("Keys: {}", help.context.name()),
        keys: "/ narrows · Enter runs · Esc",
        cols: cols.max().unwrap_or(0).max(60),
        // As high as all of them need, so that it stays where it is while they are narrowed.
        rows: help.rows.len() + 2 * Group::ALL.len(),
    };
    let inner = popup.draw(canvas, app, areas);
    let cursor = filter(canvas, row(inner, 0), &help.filter, help.typing);
    let filtered = u16::from(help.typing || !help.filter.is_empty());
    let inner = Rect {
        y: inner.y + filtered,
        height: inner.height.saturating_sub(filtered),
        ..inner
    };
    let keys = help.rows.iter().map(|row| width::width(&row.keys));
    let keys_cols = keys.max().unwrap_or(0).clamp(8, 18);
    let selected = lines
        .iter()
        .position(|line| matches!(line, Line::Row(at, _) if *at == help.selected));
    let top = super::canvas::window(selected.unwrap_or(0), lines.len(), inner.height.into());
    for (n, line) in lines.iter().skip(top).take(inner.height.into()).enumerate() {
        let area = row(inner, n as u16);
        match line {
            Line::Blank => {}
            Line::Heading(group) => {
                let style = canvas.look.heading();
                canvas.text(area.x, area.y, area.width, group.title(), style);
            }
            Line::Row(at, it) => {
                help_row(canvas, area, it, keys_cols, help.selected == *at);
                areas.push(target(area), Target::Popup(*at));
            }
        }
    }
    cursor
}

fn lines(help: &Help) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut group = None;
    for (at, row) in help.shown().enumerate() {
        if group != Some(row.group) {
            if group.is_some() {
                lines.push(Line::Blank);
            }
            lines.push(Line::Heading(row.group));
            group = Some(row.group);
        }
        lines.push(Line::Row(at, row));
    }
    lines
}

fn help_row(canvas: &mut Canvas<'_>, area: Rect, it: &Row, keys_cols: usize, selected: bool) {
    let keys = width::fit(&it.keys, keys_cols);
    let used = canvas.say(area.x, area.y, area.width, &keys, Role::Key);
    let x = area.x + used + 2;
    let popup = canvas.look.style(Role::Popup);
    canvas.text(x, area.y, area.right().saturating_sub(x), &it.help, popup);
    if selected {
        let whole = Rect {
            x: area.x.saturating_sub(1),
            width: area.width + 2,
            ..area
        };
        canvas.select(whole, Role::Selected);
    }
}

/// Draws what may follow the keys pressed, over the lower right of the screen.
pub(super) fn which_key(canvas: &mut Canvas<'_>, body: Rect, app: &App, keys: &[(String, String)]) {
    if keys.is_empty() {
        return;
    }
    let narrow = app.shape() == Shape::Narrow;
    let widest = |column: fn(&(String, String)) -> &String, most: usize| {
        let cols = keys
            .iter()
            .map(|it| width::width(column(it)))
            .max()
            .unwrap_or(0);
        cols.min(most)
    };
    let keys_cols = widest(|it| &it.0, 8);
    let words_cols = widest(|it| &it.1, 44);
    let cell = keys_cols + 2 + words_cols + 3;
    let room = usize::from(body.width.saturating_sub(4)).max(1);
    let columns = (room / cell).clamp(1, 3).min(keys.len().div_ceil(4).max(1));
    // Where they do not all fit in height, more columns of fewer letters show each of them at least.
    let high = usize::from(body.height.saturating_sub(2)).max(1);
    let columns = columns.max(keys.len().div_ceil(high)).min(4);
    let cell = cell.min((room / columns).max(1));
    let words_cols = words_cols.min(cell.saturating_sub(keys_cols + 3)).max(1);
    let rows = keys.len().div_ceil(columns);
    let height = (rows as u16 + 2).min(body.height);
    let width_cols = if narrow {
        body.width
    } else {
        ((columns * cell) as u16 + 3).min(body.width)
    };
    let outer = Rect {
        x: body.right() - width_cols,
        y: body.bottom() - height,
        width: width_cols,
        height,
    };
    let ground = canvas.look.style(Role::Popup);
    canvas.fill(outer, ground);
    let mut borders = Borders::default();
    borders.add(outer, canvas.look.style(Role::PopupBorder));
    borders.draw(canvas);
    let style = ground.patch(canvas.look.style(Role::PaneTitleFocus));
    border::title(canvas, outer, &app.pending_keys(), style);
    let inner = padded(outer, 2);
    for (at, (key, words)) in keys.iter().enumerate() {
        let (column, line) = (at / rows, at % rows);
        let y = outer.y + 1 + line as u16;
        if y + 1 >= outer.bottom() {
            continue;
        }
        let x = inner.x + (column * cell) as u16;
        let right = inner.right();
        let shown = width::fit_right(key, keys_cols);
        let used = canvas.say(x, y, right.saturating_sub(x), &shown, Role::Key);
        let x = x + used + 2;
        let room = (words_cols as u16).min(right.saturating_sub(x));
        canvas.text(x, y, room, words, ground);
    }
}
