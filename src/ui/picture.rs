//! Pictures in the article: in the terminal's own graphics where it has them, else two pixels a cell, the upper half block
//! in one colour over a ground of another.
//!
//! Half blocks are drawn in any case. Once everything is drawn, [`finish`] puts the terminal's graphics in their place:
//! only where nothing lies over them, so that popups need no care, and nothing is left behind when they go.

use std::num::NonZeroU16;
use std::ops::Range;

use ratatui::buffer::CellDiffOption;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::canvas::Canvas;
use super::graphics::{Drawn, placeholder};
use crate::app::App;
use crate::app::reader::Reader;
use crate::app::settings::PictureColours;

const HALF: &str = "▀";

/// A row of a picture that was drawn in half blocks and may become one of the terminal's graphics.
#[derive(Debug)]
pub(super) struct Pictured<'a> {
    x: u16,
    y: u16,
    cols: u16,
    /// Which row of the picture.
    row: u16,
    drawn: &'a Drawn,
}

/// Draws the parts of the pictures that are on the screen. `lines`: the article's lines in view.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    column: Rect,
    app: &App,
    reader: &Reader,
    lines: Range<usize>,
) {
    let colour = match app.settings.pictures {
        PictureColours::Off => return,
        PictureColours::True => |[red, green, blue]: [u8; 3]| Color::Rgb(red, green, blue),
        PictureColours::Indexed => |rgb: [u8; 3]| Color::Indexed(cube(rgb)),
    };
    for figure in &reader.layout.figures {
        let Some(picture) = reader.pictures.ready.get(&figure.image) else {
            continue;
        };
        let room = column.width.saturating_sub(figure.indent);
        let drawn = canvas
            .graphics
            .get(&figure.image, picture.cols, picture.rows);
        // A row of graphics cannot be cut at its side.
        let drawn = drawn.filter(|_| picture.cols <= room);
        for row in 0..picture.rows.min(figure.rows) {
            let line = figure.line + usize::from(row);
            if !lines.contains(&line) {
                continue;
            }
            let y = column.y + (line - lines.start) as u16;
            let x = column.x + figure.indent;
            for col in 0..picture.cols.min(room) {
                let Some((upper, lower)) = picture.cell(col, row) else {
                    continue;
                };
                let style = Style::new().fg(colour(upper)).bg(colour(lower));
                canvas.text(x + col, y, 1, HALF, style);
                if drawn.is_some()
                    && let Some(cell) = canvas.buffer.cell_mut((x + col, y))
                {
                    // A mark for `finish`: what is drawn over the cell takes it away.
                    cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                }
            }
            if let Some(drawn) = drawn {
                let cols = picture.cols;
                canvas.pictured.push(Pictured {
                    x,
                    y,
                    cols,
                    row,
                    drawn,
                });
            }
        }
    }
}

/// Puts the terminal's graphics over the half blocks that nothing lies over.
pub(super) fn finish(canvas: &mut Canvas<'_>) {
    for it in std::mem::take(&mut canvas.pictured) {
        let free: Vec<bool> = (it.x..it.x + it.cols)
            .map(|x| canvas.buffer.cell((x, it.y)).is_some_and(is_free))
            .collect();
        match it.drawn {
            Drawn::Placed(id) => place(canvas, &it, *id, &free),
            Drawn::Rows(rows) => {
                let codes = rows
                    .get(usize::from(it.row))
                    .filter(|codes| !codes.is_empty());
                match codes.filter(|_| free.iter().all(|free| *free)) {
                    Some(codes) => put_row(canvas, &it, codes),
                    None => leave(canvas, &it),
                }
            }
        }
    }
}

fn is_free(cell: &ratatui::buffer::Cell) -> bool {
    cell.diff_option == CellDiffOption::AlwaysUpdate && cell.symbol() == HALF
}

fn place(canvas: &mut Canvas<'_>, it: &Pictured<'_>, id: u32, free: &[bool]) {
    let [_, red, green, blue] = id.to_be_bytes();
    let style = Style::reset().fg(Color::Rgb(red, green, blue));
    for (col, free) in (0..it.cols).zip(free) {
        let Some(cell) = canvas.buffer.cell_mut((it.x + col, it.y)) else {
            continue;
        };
        match placeholder(it.row, col).filter(|_| *free) {
            Some(letter) => {
                cell.set_symbol(&letter);
                cell.set_style(style);
                cell.set_diff_option(CellDiffOption::ForcedWidth(NonZeroU16::MIN));
            }
            None if *free => {
                cell.set_diff_option(CellDiffOption::None);
            }
            None => {}
        }
    }
}

fn put_row(canvas: &mut Canvas<'_>, it: &Pictured<'_>, codes: &str) {
    let Some(cols) = NonZeroU16::new(it.cols) else {
        return;
    };
    // Behind the first cell nothing is written; what is kept of these cells only has to differ from what may come next, so
    // that it is written then.
    let hidden = Style::reset().add_modifier(Modifier::HIDDEN);
    for x in it.x..it.x + it.cols {
        if let Some(cell) = canvas.buffer.cell_mut((x, it.y)) {
            cell.reset();
            cell.set_style(hidden);
        }
    }
    if let Some(first) = canvas.buffer.cell_mut((it.x, it.y)) {
        first.reset();
        first.set_symbol(codes);
        first.set_diff_option(CellDiffOption::ForcedWidth(cols));
    }
}

/// Takes the marks off a row that stays in half blocks.
fn leave(canvas: &mut Canvas<'_>, it: &Pictured<'_>) {
    for x in it.x..it.x + it.cols {
        if let Some(cell) = canvas
            .buffer
            .cell_mut((x, it.y))
            .filter(|cell| is_free(cell))
        {
            cell.set_diff_option(CellDiffOption::None);
        }
    }
}

/// Returns the nearest colour of the xterm palette's 6 × 6 × 6 cube, whose steps are 0, 95, 135, 175, 215 and 255.
fn cube(rgb: [u8; 3]) -> u8 {
    let [red, green, blue] = rgb.map(|part| match part {
        0..48 => 0,
        48..115 => 1,
        _ => (part - 35) / 40,
    });
    16 + 36 * red + 6 * green + blue
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ratatui::buffer::Buffer;

    use super::super::graphics::Graphics;
    use super::super::look::Look;
    use super::*;
    use crate::config::theme::Theme;

    const SIZE: Rect = Rect::new(0, 0, 12, 4);

    /// Draws a picture of 8 columns and 2 rows at a row, then what `over` draws over it; returns the frame.
    fn frame(drawn: &Drawn, y: u16, over: impl FnOnce(&mut Canvas<'_>)) -> Buffer {
        let theme = Theme::default();
        let graphics = Graphics::default();
        let mut buffer = Buffer::empty(SIZE);
        let mut canvas = Canvas {
            buffer: &mut buffer,
            look: Look::new(&theme, false),
            graphics: &graphics,
            pictured: Vec::new(),
        };
        for row in 0..2 {
            for x in 2..10 {
                let style = Style::new().fg(Color::Red).bg(Color::Blue);
                canvas.text(x, y + row, 1, HALF, style);
                let cell = canvas.buffer.cell_mut((x, y + row)).expect("a cell");
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
        let pictured: Vec<_> = (0..2)
            .map(|row| Pictured {
                x: 2,
                y: y + row,
                cols: 8,
                row,
                drawn,
            })
            .collect();
        over(&mut canvas);
        let mut canvas = Canvas { pictured, ..canvas };
        finish(&mut canvas);
        buffer
    }

    fn rows() -> Drawn {
        Drawn::Rows(vec![Arc::from("<one>"), Arc::from("<two>")])
    }

    /// Returns what is written to get from one frame to the next.
    fn written(before: &Buffer, after: &Buffer) -> Vec<(u16, u16, String)> {
        let cells = before.diff(after).into_iter();
        cells
            .map(|(x, y, cell)| (x, y, cell.symbol().to_owned()))
            .collect()
    }

    #[test]
    fn a_row_of_graphics_is_written_once_at_its_first_cell() {
        let before = Buffer::empty(SIZE);
        let after = frame(&rows(), 1, |_| {});
        let expect = [(2, 1, "<one>".to_owned()), (2, 2, "<two>".to_owned())];
        assert_eq!(written(&before, &after), expect);
        assert_eq!(written(&after, &after), []);
    }

    #[test]
    fn where_a_picture_was_every_cell_is_written_again() {
        let before = frame(&rows(), 1, |_| {});
        let scrolled = frame(&rows(), 0, |_| {});
        let cells = written(&before, &scrolled);
        assert_eq!(
            cells[..2],
            [(2, 0, "<one>".to_owned()), (2, 1, "<two>".to_owned())]
        );
        // The row it left is blanked, cell by cell.
        let left: Vec<u16> = cells[2..].iter().map(|(x, ..)| *x).collect();
        assert_eq!(left, (2..10).collect::<Vec<u16>>());
        assert!(
            cells[2..]
                .iter()
                .all(|(_, y, symbol)| *y == 2 && symbol == " ")
        );
    }

    #[test]
    fn a_row_under_a_popup_falls_back_to_half_blocks_and_comes_back_after_it() {
        let popup = |canvas: &mut Canvas<'_>| canvas.fill(Rect::new(4, 2, 3, 2), Style::new());
        let plain = frame(&rows(), 1, |_| {});
        let under = frame(&rows(), 1, popup);
        let cells = written(&plain, &under);
        // The first row keeps its graphics; in the second all is written: half blocks beside the popup.
        assert!(cells.iter().all(|(_, y, _)| *y == 2), "{cells:?}");
        let line: String = cells.iter().map(|(.., symbol)| symbol.as_str()).collect();
        assert_eq!(line, "▀▀   ▀▀▀");
        assert_eq!(written(&under, &plain), [(2, 2, "<two>".to_owned())]);
    }

    #[test]
    fn placeholders_give_way_cell_by_cell() {
        let popup = |canvas: &mut Canvas<'_>| canvas.fill(Rect::new(4, 1, 3, 1), Style::new());
        let under = frame(&Drawn::Placed(0x01_0203), 1, popup);
        let symbol = |x: u16, y: u16| under.cell((x, y)).expect("a cell").symbol().to_owned();
        assert_eq!(symbol(2, 1), "\u{10EEEE}\u{305}\u{305}");
        assert_eq!(symbol(3, 2), "\u{10EEEE}\u{30D}\u{30D}");
        assert_eq!(symbol(4, 1), " ");
        let cell = under.cell((9, 1)).expect("a cell");
        assert_eq!(cell.fg, Color::Rgb(1, 2, 3));
    }

    #[test]
    fn the_cubes_corners_and_steps_are_found() {
        assert_eq!(cube([0, 0, 0]), 16);
        assert_eq!(cube([255, 255, 255]), 231);
        assert_eq!(cube([95, 135, 175]), 67);
        assert_eq!(cube([255, 0, 0]), 196);
    }
}
