//! The line at the bottom that takes words, with what may complete it above.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::border::Borders;
use super::canvas::{Canvas, rect, row, target, window};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::prompt::{Candidate, Prompt};
use crate::config::theme::Role;
use crate::text::width;

/// Completions shown at once.
const MOST_ROWS: usize = 10;

/// Draws the prompt over the status line; returns where the cursor stands.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    prompt: &Prompt,
    areas: &mut Areas,
) -> (u16, u16) {
    let area = rect(app.frame().status);
    let ground = canvas.look.style(Role::Status);
    canvas.fill(area, ground);
    areas.push(target(area), Target::Overlay);
    let label = ground.patch(canvas.look.style(Role::Key));
    let x = area.x
        + 1
        + canvas.text(
            area.x + 1,
            area.y,
            area.width / 2,
            prompt.kind.label(),
            label,
        );
    let remark = prompt.remark.as_deref().unwrap_or_default();
    let remark_cols = (width::width(remark) as u16).min(area.width / 2);
    let room = area
        .right()
        .saturating_sub(x + 1 + if remark_cols > 0 { remark_cols + 2 } else { 0 });
    let input = ground.patch(canvas.look.style(Role::Input));
    let at = prompt
        .text()
        .char_indices()
        .nth(prompt.input.cursor())
        .map_or(prompt.text().len(), |(at, _)| at);
    let cursor = line(canvas, (x, area.y, room), prompt.text(), at, input);
    if prompt.text().is_empty() && remark_cols == 0 {
        let dim = ground.patch(canvas.look.style(Role::Dim));
        canvas.text(
            x + 1,
            area.y,
            room.saturating_sub(1),
            prompt.kind.example(),
            dim,
        );
    }
    if remark_cols > 0 {
        let warning = ground.patch(canvas.look.style(Role::Warning));
        canvas.right(
            x,
            area.right().saturating_sub(1),
            area.y,
            &width::truncate(remark, remark_cols.into()),
            warning,
        );
    }
    completions(
        canvas,
        rect(app.frame().body),
        x.saturating_sub(2),
        prompt,
        areas,
    );
    (cursor, area.y)
}

/// Draws a line being typed so that byte `at`, where the cursor stands, is in view; returns its column.
pub(super) fn line(
    canvas: &mut Canvas<'_>,
    (x, y, cols): (u16, u16, u16),
    text: &str,
    at: usize,
    style: Style,
) -> u16 {
    let (before, after) = text.split_at(text.floor_char_boundary(at));
    let room = usize::from(cols.saturating_sub(1));
    let mut shown = before;
    while width::width(shown) > room {
        let Some(first) = width::clusters(shown).next() else {
            break;
        };
        shown = &shown[first.text.len()..];
    }
    let used = canvas.text(x, y, cols, shown, style);
    canvas.text(x + used, y, cols.saturating_sub(used), after, style);
    x + used
}

fn completions(canvas: &mut Canvas<'_>, body: Rect, x: u16, prompt: &Prompt, areas: &mut Areas) {
    let candidates = &prompt.candidates;
    if candidates.is_empty() || body.height < 4 {
        return;
    }
    let height = candidates
        .len()
        .min(MOST_ROWS)
        .min(usize::from(body.height / 2).max(1));
    let widest = |column: fn(&Candidate) -> &String| {
        let cols = candidates.iter().map(|it| width::width(column(it)));
        cols.max().unwrap_or(0)
    };
    let labels = widest(|it| &it.label).min(40);
    let cols = (labels + widest(|it| &it.detail) + 6).min(body.width.into()) as u16;
    let rows = height as u16 + 2;
    let outer = Rect {
        x: x.min(body.right().saturating_sub(cols)),
        y: body.bottom() - rows,
        width: cols,
        height: rows,
    };
    let ground = canvas.look.style(Role::Popup);
    canvas.fill(outer, ground);
    let mut borders = Borders::default();
    borders.add(outer, canvas.look.style(Role::PopupBorder));
    borders.draw(canvas);
    let inner = Rect {
        x: outer.x + 1,
        y: outer.y + 1,
        width: outer.width.saturating_sub(2),
        height: height as u16,
    };
    let dim = ground.patch(canvas.look.style(Role::Dim));
    let top = window(prompt.chosen.unwrap_or(0), candidates.len(), height);
    let shown = candidates.iter().enumerate().skip(top).take(height);
    for (n, (at, it)) in shown.enumerate() {
        let area = row(inner, n as u16);
        let room = area.width.saturating_sub(2);
        canvas.text(
            area.x + 1,
            area.y,
            room,
            &width::fit(&it.label, labels),
            ground,
        );
        let x = area.x + labels as u16 + 3;
        canvas.text(x, area.y, area.right().saturating_sub(x), &it.detail, dim);
        if prompt.chosen == Some(at) {
            canvas.select(area, Role::Selected);
        }
        areas.push(target(area), Target::Popup(at));
    }
}
