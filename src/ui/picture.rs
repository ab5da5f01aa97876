//! Pictures in the article, two pixels a cell: the upper half block in one colour over a ground of another.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::canvas::Canvas;
use crate::app::App;
use crate::app::reader::Reader;
use crate::app::settings::PictureColours;

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
        for row in 0..picture.rows.min(figure.rows) {
            let line = figure.line + usize::from(row);
            if !lines.contains(&line) {
                continue;
            }
            let y = column.y + (line - lines.start) as u16;
            let room = column.width.saturating_sub(figure.indent);
            for col in 0..picture.cols.min(room) {
                let Some((upper, lower)) = picture.cell(col, row) else {
                    continue;
                };
                let style = Style::new().fg(colour(upper)).bg(colour(lower));
                canvas.text(column.x + figure.indent + col, y, 1, "▀", style);
            }
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
    use super::*;

    #[test]
    fn the_cubes_corners_and_steps_are_found() {
        assert_eq!(cube([0, 0, 0]), 16);
        assert_eq!(cube([255, 255, 255]), 231);
        assert_eq!(cube([95, 135, 175]), 67);
        assert_eq!(cube([255, 0, 0]), 196);
    }
}
