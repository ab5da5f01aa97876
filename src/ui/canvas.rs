//! The cells of a frame, written without fear: what lies outside is clipped, what is too long ends in `…`.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::graphics::Graphics;
use super::look::Look;
use super::picture::Pictured;
use crate::config::theme::Role;
use crate::text::width;

/// A styled piece of a line.
pub(super) type Span<'a> = (Cow<'a, str>, Style);

/// The cells and how things look.
pub(super) struct Canvas<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) look: Look<'a>,
    /// Pictures in the terminal's own graphics.
    pub(super) graphics: &'a Graphics,
    /// Rows of pictures that may become such graphics once everything is drawn.
    pub(super) pictured: Vec<Pictured<'a>>,
}

impl Canvas<'_> {
    pub(super) fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes text into at most `cols` columns of a row; returns the columns used.
    pub(super) fn text(&mut self, x: u16, y: u16, cols: u16, text: &str, style: Style) -> u16 {
        let area = self.area();
        let inside =
            (area.left()..area.right()).contains(&x) && (area.top()..area.bottom()).contains(&y);
        if !inside {
            return 0;
        }
        let cut = width::truncate(text, usize::from(cols));
        let cut = if self.look.ascii { plain(cut) } else { cut };
        let (end, _) = self
            .buffer
            .set_stringn(x, y, cut.as_ref(), usize::from(cols), style);
        end.saturating_sub(x)
    }

    /// Writes text of a role.
    pub(super) fn say(&mut self, x: u16, y: u16, cols: u16, text: &str, role: Role) -> u16 {
        let style = self.look.style(role);
        self.text(x, y, cols, text, style)
    }

    /// Writes pieces one after the other into at most `cols` columns, the last one cut with `…` where they are longer;
    /// returns the columns used.
    pub(super) fn spans(&mut self, x: u16, y: u16, cols: u16, spans: &[Span<'_>]) -> u16 {
        let all: usize = spans.iter().map(|(text, _)| width::width(text)).sum();
        let cut = all > usize::from(cols);
        let room = if cut { cols.saturating_sub(1) } else { cols };
        let mut used = 0;
        for (text, style) in spans {
            let left = room.saturating_sub(used);
            let (fits, rest) = width::split_at(text, usize::from(left));
            used += self.text(x.saturating_add(used), y, left, fits, *style);
            if !rest.is_empty() {
                used += self.text(x.saturating_add(used), y, 1, "…", *style);
                return used;
            }
        }
        used
    }

    /// Writes text so that it ends before column `right`, not beginning before `left`; returns where it begins.
    pub(super) fn right(&mut self, left: u16, right: u16, y: u16, text: &str, style: Style) -> u16 {
        let room = right.saturating_sub(left);
        let cols = (width::width(text) as u16).min(room);
        let x = right - cols.min(right);
        self.text(x, y, cols, text, style);
        x
    }

    /// Makes an area blank in a style. A wide letter that reaches into it from the left gives way whole.
    pub(super) fn fill(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.area());
        if let Some(before) = area.x.checked_sub(1) {
            for y in area.top()..area.bottom() {
                if let Some(cell) = self.buffer.cell_mut((before, y))
                    && !matches!(cell.diff_option, CellDiffOption::ForcedWidth(cols) if cols.get() == 1)
                    && width::width(cell.symbol()) > 1
                {
                    cell.set_diff_option(CellDiffOption::None);
                    cell.set_symbol(" ");
                }
            }
        }
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Shows an area as selected. Where a theme does that by exchanging letters and ground, colours and dimness of the
    /// letters would become blocks of colour: they give way.
    pub(super) fn select(&mut self, area: Rect, role: Role) {
        let style = self.look.style(role);
        let area = area.intersection(self.area());
        if style.add_modifier.contains(Modifier::REVERSED) {
            let plain = self
                .look
                .style(Role::Text)
                .remove_modifier(Modifier::DIM | Modifier::UNDERLINED);
            self.buffer.set_style(area, plain);
        }
        self.buffer.set_style(area, style);
    }

    /// Puts a style over what an area shows.
    pub(super) fn tint(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area.intersection(self.area()), style);
    }
}

/// Returns text with the signs and marks we and writers put between words as ASCII of the same width; letters stay what
/// they are.
fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() {
        return text;
    }
    let sign = |c| match c {
        '·' | '–' | '—' | '‐' | '‑' => '-',
        '…' => '~',
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' | '‚' => '\'',
        '\u{a0}' => ' ',
        '✓' => '+',
        '•' => '*',
        '×' => 'x',
        c => c,
    };
    Cow::Owned(text.chars().map(sign).collect())
}

/// Returns one row of an area.
pub(super) fn row(area: Rect, n: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(n),
        height: u16::from(n < area.height),
        ..area
    }
}

/// Returns the app's rectangle in ratatui's terms.
pub(super) fn rect(area: crate::app::Rect) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

/// Returns ratatui's rectangle in the app's terms.
pub(super) fn target(area: Rect) -> crate::app::Rect {
    crate::app::Rect::new(area.x, area.y, area.width, area.height)
}

/// Returns an area with columns left free at both sides.
pub(super) fn padded(area: Rect, cols: u16) -> Rect {
    let cols = if area.width > 2 * cols + 8 { cols } else { 0 };
    Rect {
        x: area.x + cols,
        width: area.width - 2 * cols,
        ..area
    }
}

/// Returns the first row to show of `len`, so that the selected one is in the middle, or at the ends of the list.
pub(super) fn window(selected: usize, len: usize, height: usize) -> usize {
    let last = len.saturating_sub(height);
    selected.saturating_sub(height / 2).min(last)
}
