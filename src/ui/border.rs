//! Borders that join: boxes share their edges, and the corners become tees and crossings.

use std::collections::BTreeMap;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use crate::text::width;

/// Arms of a border cell.
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const UP: u8 = 4;
const DOWN: u8 = 8;

/// Border characters by their arms, 0 to 15.
const UNICODE: [&str; 16] = [
    " ", "─", "─", "─", "│", "╯", "╰", "┴", "│", "╮", "╭", "┬", "│", "┤", "├", "┼",
];

/// Boxes to draw, joined.
#[derive(Debug, Default)]
pub(super) struct Borders {
    cells: BTreeMap<(u16, u16), (u8, Style)>,
}

impl Borders {
    /// Adds a box; where it shares cells with earlier ones its style wins, so the focused box comes last.
    pub(super) fn add(&mut self, area: Rect, style: Style) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let (left, right) = (area.left(), area.right() - 1);
        let (top, bottom) = (area.top(), area.bottom() - 1);
        for x in left..=right {
            let arms = if x > left { LEFT } else { 0 } | if x < right { RIGHT } else { 0 };
            self.join(x, top, arms, style);
            self.join(x, bottom, arms, style);
        }
        for y in top..=bottom {
            let arms = if y > top { UP } else { 0 } | if y < bottom { DOWN } else { 0 };
            self.join(left, y, arms, style);
            self.join(right, y, arms, style);
        }
    }

    fn join(&mut self, x: u16, y: u16, arms: u8, style: Style) {
        let cell = self.cells.entry((y, x)).or_insert((0, style));
        cell.0 |= arms;
        cell.1 = style;
    }

    /// Draws all boxes.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        for (&(y, x), &(arms, style)) in &self.cells {
            let line = if canvas.look.ascii {
                ascii(arms)
            } else {
                UNICODE[usize::from(arms & 15)]
            };
            canvas.text(x, y, 1, line, style);
        }
    }
}

fn ascii(arms: u8) -> &'static str {
    match arms {
        0 => " ",
        _ if arms & (UP | DOWN) == 0 => "-",
        _ if arms & (LEFT | RIGHT) == 0 => "|",
        _ => "+",
    }
}

/// Writes a title into the top edge of a box, ` title `; returns the column after it.
pub(super) fn title(canvas: &mut Canvas<'_>, area: Rect, text: &str, style: Style) -> u16 {
    let room = area.width.saturating_sub(4);
    if room < 3 || text.is_empty() {
        return area.x + 1;
    }
    let cut = width::truncate(text, usize::from(room - 2));
    let used = canvas.text(area.x + 1, area.y, room, &format!(" {cut} "), style);
    area.x + 1 + used
}

/// Writes text into the right end of the top or bottom edge of a box, not before column `from`.
pub(super) fn corner(
    canvas: &mut Canvas<'_>,
    area: Rect,
    y: u16,
    from: u16,
    text: &str,
    style: Style,
) {
    let right = area.right().saturating_sub(2);
    let wanted = width::width(text) as u16 + 2;
    if text.is_empty() || right.saturating_sub(from) < wanted {
        return;
    }
    canvas.right(from, right, y, &format!(" {text} "), style);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::theme::Theme;
    use crate::ui::Graphics;
    use crate::ui::look::Look;
    use ratatui::buffer::Buffer;

    fn check(boxes: &[Rect], ascii: bool, expect: &[&str]) {
        let theme = Theme::default();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 5));
        let mut borders = Borders::default();
        for area in boxes {
            borders.add(*area, Style::new());
        }
        let look = Look::new(&theme, ascii);
        let graphics = Graphics::default();
        borders.draw(&mut Canvas {
            graphics: &graphics,
            pictured: Vec::new(),
            buffer: &mut buffer,
            look,
        });
        assert_eq!(buffer, Buffer::with_lines(expect.to_vec()));
    }

    #[test]
    fn boxes_that_share_edges_join() {
        let boxes = [
            Rect::new(0, 0, 9, 3),
            Rect::new(0, 2, 5, 3),
            Rect::new(4, 2, 5, 3),
        ];
        check(
            &boxes,
            false,
            &[
                "╭───────╮",
                "│       │",
                "├───┬───┤",
                "│   │   │",
                "╰───┴───╯",
            ],
        );
        check(
            &boxes,
            true,
            &[
                "+-------+",
                "|       |",
                "+---+---+",
                "|   |   |",
                "+---+---+",
            ],
        );
    }

    #[test]
    fn boxes_too_small_are_not_drawn() {
        check(
            &[Rect::new(0, 0, 1, 5), Rect::new(3, 3, 0, 0)],
            false,
            &["         "; 5],
        );
    }
}
