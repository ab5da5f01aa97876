//! What cleaning removed from the article, and why.

use super::canvas::{Canvas, row};
use super::choices::broken;
use super::popup::{Popup, rows};
use crate::app::App;
use crate::app::areas::Areas;
use crate::config::theme::Role;
use crate::text::{clean_line, width};

/// Rows for the selected block's words.
const WORDS_ROWS: u16 = 6;

/// Draws the removed blocks.
pub(super) fn draw(canvas: &mut Canvas<'_>, app: &App, selected: usize, areas: &mut Areas) {
    let removed = app
        .reader()
        .map(|reader| reader.article.body.removed.as_slice())
        .unwrap_or_default();
    let title = match removed.len() {
        1 => "1 block removed".to_owned(),
        count => format!("{count} blocks removed"),
    };
    let popup = Popup {
        title: &title,
        keys: "Esc",
        cols: 84,
        rows: removed.len().max(1) + usize::from(WORDS_ROWS) + 1,
    };
    let inner = popup.draw(canvas, app, areas);
    if removed.is_empty() {
        canvas.say(
            inner.x,
            inner.y,
            inner.width,
            "Cleaning removed nothing from this article",
            Role::Dim,
        );
        return;
    }
    let words_rows = WORDS_ROWS.min(inner.height / 2);
    let mut table = inner;
    table.height = inner
        .height
        .saturating_sub(words_rows + 1)
        .min(removed.len() as u16);
    rows(
        canvas,
        table,
        (Some(selected), removed.len()),
        areas,
        |canvas, area, at| {
            let Some(block) = removed.get(at) else { return };
            let reason = width::fit(block.reason.word(), 11);
            let used = canvas.say(area.x, area.y, area.width, &reason, Role::Key);
            let x = area.x + used + 1;
            let popup = canvas.look.style(Role::Popup);
            canvas.text(
                x,
                area.y,
                area.right().saturating_sub(x),
                &clean_line(&block.text),
                popup,
            );
        },
    );
    let Some(block) = removed.get(selected) else {
        return;
    };
    let mut below = inner;
    below.y = table.bottom() + 1;
    below.height = inner.bottom().saturating_sub(below.y);
    let lines = block
        .text
        .lines()
        .flat_map(|line| broken(&clean_line(line), usize::from(inner.width).max(10)));
    for (n, line) in lines.take(below.height.into()).enumerate() {
        let area = row(below, n as u16);
        canvas.say(area.x, area.y, area.width, &line, Role::Dim);
    }
}
