//! What cleaning removed, shown in its place in the article: the layout has its words; here the selected block gets its bar,
//! and what is chosen for a block its sign.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::canvas::{Canvas, row};
use crate::app::cleaning::{Item, items};
use crate::app::reader::Reader;
use crate::config::theme::Role;

/// Draws over the article's lines.
pub(super) fn draw(canvas: &mut Canvas<'_>, column: Rect, reader: &Reader) {
    let Some(cleaning) = &reader.cleaning else {
        return;
    };
    for item in items(&reader.article) {
        let is_selected = cleaning.selected == Some(item);
        let is_chosen = cleaning.chosen.contains(&item);
        if is_selected || is_chosen {
            mark(canvas, column, reader, item, (is_selected, is_chosen));
        }
    }
}

fn mark(
    canvas: &mut Canvas<'_>,
    column: Rect,
    reader: &Reader,
    item: Item,
    (is_selected, is_chosen): (bool, bool),
) {
    let key = canvas.look.style(Role::Key);
    // Beside the text, where there is a column of air.
    let x = column.x.saturating_sub(1);
    let lines = reader.lines_of(item);
    for line in lines.clone() {
        let n = line
            .checked_sub(reader.top)
            .and_then(|n| u16::try_from(n).ok());
        let Some(area) = n.map(|n| row(column, n)).filter(|area| area.height > 0) else {
            continue;
        };
        let (sign, style) = match item {
            Item::Removed(_) => (
                "+",
                canvas.look.style(Role::Text).remove_modifier(Modifier::DIM),
            ),
            Item::Kept(_) => {
                let style = canvas.look.style(Role::Removed);
                ("-", style.add_modifier(Modifier::CROSSED_OUT))
            }
        };
        if is_chosen {
            canvas.tint(area, style);
        }
        if is_selected {
            canvas.text(x, area.y, 1, canvas.look.signs.bar, key);
        }
        if is_chosen && line == lines.start {
            let key = if is_selected {
                key.add_modifier(Modifier::REVERSED)
            } else {
                key
            };
            canvas.text(x, area.y, 1, sign, key);
        }
    }
}
