//! The kitty graphics protocol: a picture is sent once and then shown by ordinary letters ("Unicode placeholders"), so
//! that scrolling, pane edges and popups are the same as for text.
//!
//! <https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders>

use std::fmt::Write as _;

use base64::Engine as _;

use crate::model::picture::{Fine, Picture};

/// Base64 letters in one piece at most, as the protocol says.
const PIECE: usize = 4096;

/// Returns what makes a terminal know a picture under a number, over so many cells, without showing it yet.
pub(super) fn transmit(id: u32, picture: &Picture, fine: &Fine) -> String {
    let coded = base64::engine::general_purpose::STANDARD.encode(&fine.pixels);
    let mut out = String::with_capacity(coded.len() + coded.len() / 64 + 128);
    let mut pieces = coded.as_bytes().chunks(PIECE).peekable();
    let mut is_first = true;
    while let Some(piece) = pieces.next() {
        let more = u8::from(pieces.peek().is_some());
        let (width, height) = (fine.width, fine.height);
        let (cols, rows) = (picture.cols, picture.rows);
        // Writing to a string cannot fail.
        let _ = if is_first {
            write!(
                out,
                "\x1b_Gq=2,a=T,U=1,f=24,t=d,i={id},s={width},v={height},c={cols},r={rows},m={more};"
            )
        } else {
            write!(out, "\x1b_Gq=2,m={more};")
        };
        out.push_str(std::str::from_utf8(piece).unwrap_or_default());
        out.push_str("\x1b\\");
        is_first = false;
    }
    out
}

/// Returns what makes a terminal forget a picture.
pub(super) fn forget(id: u32) -> String {
    format!("\x1b_Gq=2,a=d,d=I,i={id}\x1b\\")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_picture_is_sent_in_pieces_and_forgotten_by_its_number() {
        let fine = Fine {
            width: 60,
            height: 40,
            pixels: Arc::from(vec![7; 60 * 40 * 3]),
        };
        let picture = Picture {
            cols: 6,
            rows: 2,
            ..Picture::default()
        };
        let sent = transmit(9, &picture, &fine);
        let pieces: Vec<&str> = sent.split_terminator("\x1b\\").collect();
        assert_eq!(pieces.len(), (60 * 40 * 4_usize).div_ceil(PIECE));
        assert!(pieces[0].starts_with("\x1b_Gq=2,a=T,U=1,f=24,t=d,i=9,s=60,v=40,c=6,r=2,m=1;"));
        assert!(pieces.last().unwrap().starts_with("\x1b_Gq=2,m=0;"));
        let coded: String = pieces
            .iter()
            .map(|piece| piece.split_once(';').unwrap().1)
            .collect();
        let back = base64::engine::general_purpose::STANDARD
            .decode(coded)
            .unwrap();
        assert_eq!(back, fine.pixels.to_vec());
        assert_eq!(forget(9), "\x1b_Gq=2,a=d,d=I,i=9\x1b\\");
    }
}
