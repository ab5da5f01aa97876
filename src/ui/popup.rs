//! What lies over the panes: a box in the middle, on narrow screens a sheet from the bottom; rows that scroll with the
//! selected one.

use ratatui::layout::Rect;

use super::border::{self, Borders};
use super::canvas::{Canvas, padded, rect, row, target, window};
use super::prompt;
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::frame::Shape;
use crate::config::theme::Role;

/// What a popup says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Popup<'a> {
    pub(super) title: &'a str,
    /// Keys that help, on its lower edge.
    pub(super) keys: &'a str,
    /// Columns and rows its contents would take.
    pub(super) cols: usize,
    pub(super) rows: usize,
}

impl Popup<'_> {
    /// Draws the empty popup; returns where its contents stand.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, app: &App, areas: &mut Areas) -> Rect {
        let body = rect(app.frame().body);
        let narrow = app.shape() == Shape::Narrow;
        let outer = if narrow {
            self.sheet(body)
        } else {
            self.centred(body)
        };
        let ground = canvas.look.style(Role::Popup);
        canvas.fill(outer, ground);
        areas.push(target(outer), Target::Overlay);
        let line = canvas.look.style(Role::PopupBorder);
        if narrow {
            let dash = if canvas.look.ascii { "-" } else { "─" };
            canvas.text(
                outer.x,
                outer.y,
                outer.width,
                &dash.repeat(outer.width.into()),
                line,
            );
        } else {
            let mut borders = Borders::default();
            borders.add(outer, line);
            borders.draw(canvas);
        }
        let style = ground.patch(canvas.look.style(Role::PaneTitleFocus));
        let from = border::title(canvas, outer, self.title, style);
        let dim = ground.patch(canvas.look.style(Role::Dim));
        if narrow {
            border::corner(canvas, outer, outer.y, from, self.keys, dim);
            return Rect {
                y: outer.y + 1,
                height: outer.height.saturating_sub(1),
                ..padded(outer, 1)
            };
        }
        border::corner(
            canvas,
            outer,
            outer.bottom().saturating_sub(1),
            outer.x,
            self.keys,
            dim,
        );
        Rect {
            y: outer.y + 1,
            height: outer.height.saturating_sub(2),
            ..padded(outer, 2)
        }
    }

    fn sheet(&self, body: Rect) -> Rect {
        let most = body.height.saturating_sub(1);
        let height = (self.rows as u16)
            .saturating_add(1)
            .clamp(2.min(most), most.max(1));
        Rect {
            y: body.bottom().saturating_sub(height),
            height,
            ..body
        }
    }

    fn centred(&self, body: Rect) -> Rect {
        let cols = (self.cols.min(400) as u16).saturating_add(4).max(24);
        let width = cols.min(body.width.saturating_sub(4));
        let rows = (self.rows.min(400) as u16).saturating_add(2).max(3);
        let height = rows
            .min(body.height.saturating_sub(2))
            .max(3.min(body.height));
        Rect {
            x: body.x + (body.width - width) / 2,
            y: body.y + (body.height - height) / 3,
            width,
            height,
        }
    }
}

/// Draws the rows of a popup that fit, the selected one in view; `draw` gets each row's number and place.
pub(super) fn rows(
    canvas: &mut Canvas<'_>,
    inner: Rect,
    (selected, len): (Option<usize>, usize),
    areas: &mut Areas,
    mut draw: impl FnMut(&mut Canvas<'_>, Rect, usize),
) {
    let top = window(selected.unwrap_or(0), len, inner.height.into());
    for (n, at) in (top..len).take(inner.height.into()).enumerate() {
        let area = row(inner, n as u16);
        draw(canvas, area, at);
        if selected == Some(at) {
            let whole = Rect {
                x: area.x.saturating_sub(1),
                width: area.width + 2,
                ..area
            };
            canvas.select(whole, Role::Selected);
        }
        areas.push(target(area), Target::Popup(at));
    }
}

/// Draws a line to narrow a popup's rows; returns where the cursor stands while it takes the keys.
pub(super) fn filter(
    canvas: &mut Canvas<'_>,
    area: Rect,
    text: &str,
    typing: bool,
) -> Option<(u16, u16)> {
    if area.height == 0 || (text.is_empty() && !typing) {
        return None;
    }
    let label = canvas.say(area.x, area.y, area.width, "/ ", Role::Key);
    let room = area.width.saturating_sub(label);
    let input = canvas.look.style(Role::Input);
    let cursor = prompt::line(
        canvas,
        (area.x + label, area.y, room),
        text,
        text.len(),
        input,
    );
    typing.then_some((cursor, area.y))
}
