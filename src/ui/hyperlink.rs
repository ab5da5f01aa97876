//! Links the terminal knows (OSC 8), in cells of ratatui.
//!
//! Each linked cell opens and closes the link itself, so that any part of a frame can be drawn alone; a shared id lets
//! the terminal show them as one. (Spec: gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda.)

use std::fmt::Write as _;
use std::num::NonZeroU16;

use ratatui::buffer::CellDiffOption;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::text::width;

/// Terminals take addresses up to 2083 bytes (the spec's advice, after Internet Explorer).
const MAX_BYTES: usize = 2083;

/// Makes the cells of an area a link; only http and https, and nothing that could end the sequence early.
pub(super) fn link(canvas: &mut Canvas<'_>, area: Rect, number: u32, url: &str) {
    let Some(address) = address(url) else {
        return;
    };
    let area = area.intersection(canvas.area());
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            let Some(cell) = canvas.buffer.cell_mut((x, y)) else {
                break;
            };
            let glyph = cell.symbol().to_owned();
            let cols = width::width(&glyph).max(1) as u16;
            if let Some(cols) = NonZeroU16::new(cols) {
                let linked =
                    format!("\u{1b}]8;id=n{number};{address}\u{1b}\\{glyph}\u{1b}]8;;\u{1b}\\");
                cell.set_symbol(&linked);
                cell.set_diff_option(CellDiffOption::ForcedWidth(cols));
            }
            x += cols;
        }
    }
}

/// Returns an address as the sequence may hold it: bytes 32 to 126, the others percent-encoded.
fn address(url: &str) -> Option<String> {
    let scheme = url.split_once("://")?.0;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if !is_web || url.len() > MAX_BYTES {
        return None;
    }
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    (out.len() <= MAX_BYTES).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            address("https://a.example/é"),
            Some("https://a.example/%C3%A9".to_owned())
        );
        assert_eq!(address("file:///etc/passwd"), None);
        assert_eq!(address("javascript:alert(1)"), None);
    }

    #[test]
    fn an_address_cannot_end_the_sequence() {
        let found = address("https://a.example/\u{1b}\\\u{7}\u{9c}").unwrap();
        assert!(found.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
