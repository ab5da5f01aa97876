//! iTerm2's inline pictures (OSC 1337), which `WezTerm` and others know, too: each row of cells as a PNG of its own, so that a
//! picture can be cut at any row.
//!
//! <https://iterm2.com/documentation-images.html>

use std::io::Cursor;

use base64::Engine as _;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

use crate::model::picture::{Fine, Picture};

/// Returns a picture's rows of cells, each as its own inline picture.
pub(super) fn rows(picture: &Picture, fine: &Fine) -> Vec<String> {
    let rows = usize::from(picture.rows);
    let cell = fine.height as usize / rows.max(1);
    let strip_bytes = cell * fine.width as usize * 3;
    fine.pixels
        .chunks_exact(strip_bytes.max(1))
        .take(rows)
        .map(|strip| strip_of(strip, fine.width, cell as u32, picture.cols))
        .collect()
}

fn strip_of(strip: &[u8], width: u32, height: u32, cols: u16) -> String {
    let mut png = Cursor::new(Vec::new());
    let written =
        PngEncoder::new(&mut png).write_image(strip, width, height, ExtendedColorType::Rgb8);
    if written.is_err() {
        return String::new();
    }
    let png = png.into_inner();
    let coded = base64::engine::general_purpose::STANDARD.encode(&png);
    format!(
        "\x1b]1337;File=inline=1;size={};width={cols};height=1;preserveAspectRatio=0;doNotMoveCursor=1:{coded}\x07",
        png.len()
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn every_row_of_cells_is_a_png_as_wide_as_the_picture() {
        let fine = Fine {
            width: 20,
            height: 32,
            pixels: Arc::from(vec![9; 20 * 32 * 3]),
        };
        let picture = Picture {
            cols: 2,
            rows: 2,
            ..Picture::default()
        };
        let rows = rows(&picture, &fine);
        assert_eq!(rows.len(), 2);
        for row in rows {
            let (head, coded) = row.split_once(':').unwrap();
            assert!(head.starts_with("\x1b]1337;File=inline=1;size="), "{head}");
            assert!(head.contains("width=2;height=1;"), "{head}");
            let coded = coded.strip_suffix('\x07').unwrap();
            let png = base64::engine::general_purpose::STANDARD
                .decode(coded)
                .unwrap();
            let back = image::load_from_memory(&png).unwrap();
            assert_eq!((back.width(), back.height()), (20, 16));
        }
    }
}
