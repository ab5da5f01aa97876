//! Widths in terminal columns, counted by grapheme cluster, and cutting and padding that never splits a cluster.
//!
//! A string's width here is the sum of its clusters' widths: that is what a screen of cells shows. It may differ from
//! the width of the string taken at once (Arabic lam-alef is one column in a font that joins it, two cells here).

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands for what was cut off.
pub const ELLIPSIS: char = '…';

/// Returns the columns a grapheme cluster takes; 0 for control characters and for marks with nothing to stand on,
/// which a screen of cells drops.
pub fn of_cluster(cluster: &str) -> usize {
    let mut bytes = cluster.bytes();
    if let (Some(byte), None) = (bytes.next(), bytes.next()) {
        return usize::from(!byte.is_ascii_control());
    }
    if cluster.contains(char::is_control) {
        return 0;
    }
    // ratatui 0.30.2 gives each half-width sound mark of Katakana a cell more than `unicode-width` 0.2.3 does (which
    // already gives it one). Its count decides where the next cell is drawn, so it is followed: a gap, but no overlap.
    let sound_marks = cluster.matches(['\u{FF9E}', '\u{FF9F}']).count();
    cluster.width() + sound_marks
}

/// Returns the columns `text` takes. Control characters, newlines too, take none.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    clusters(text).map(|cluster| cluster.width).sum()
}

/// A grapheme cluster of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster<'a> {
    /// Byte offset in the string.
    pub start: usize,
    /// Its characters.
    pub text: &'a str,
    /// Columns.
    pub width: usize,
}

/// Returns the grapheme clusters of `text` in order (UAX #29, extended clusters).
pub fn clusters(text: &str) -> impl DoubleEndedIterator<Item = Cluster<'_>> {
    text.grapheme_indices(true).map(|(start, text)| Cluster {
        start,
        text,
        width: of_cluster(text),
    })
}

/// Splits `text` so that the first part is the longest that fits into `cols` columns. Takes time by `cols`, however
/// long `text` is.
pub fn split_at(text: &str, cols: usize) -> (&str, &str) {
    // One byte more is looked at: a mark there would belong to the cluster before the cut.
    let beginning = text.as_bytes().get(..=cols).unwrap_or(text.as_bytes());
    if beginning.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.split_at(text.len().min(cols));
    }
    let mut used = 0;
    let end = clusters(text)
        .find(|cluster| {
            used += cluster.width;
            used > cols
        })
        .map_or(text.len(), |cluster| cluster.start);
    text.split_at(end)
}

/// Returns `text` cut to at most `cols` columns, with `…` where something was cut.
pub fn truncate(text: &str, cols: usize) -> Cow<'_, str> {
    let (head, tail) = split_at(text, cols);
    if clusters(tail).all(|cluster| cluster.width == 0) {
        return Cow::Borrowed(text);
    }
    if cols == 0 {
        return Cow::Borrowed("");
    }
    let (head, _) = if width(head) < cols {
        (head, "")
    } else {
        split_at(text, cols - 1)
    };
    Cow::Owned(format!("{}{ELLIPSIS}", head.trim_end()))
}

/// Returns `text` cut to at most `cols` columns at its beginning, with `…` before it. For paths and addresses whose end
/// says more.
pub fn truncate_start(text: &str, cols: usize) -> Cow<'_, str> {
    if width(text) <= cols {
        return Cow::Borrowed(text);
    }
    if cols == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 1;
    let start = clusters(text)
        .rev()
        .take_while(|cluster| {
            used += cluster.width;
            used <= cols
        })
        .last()
        .map_or(text.len(), |cluster| cluster.start);
    Cow::Owned(format!("{ELLIPSIS}{}", &text[start..]))
}

/// Returns `text` cut or padded with spaces at the right to exactly `cols` columns.
pub fn fit(text: &str, cols: usize) -> String {
    let cut = truncate(text, cols);
    let pad = cols.saturating_sub(width(&cut));
    let mut out = cut.into_owned();
    out.extend(std::iter::repeat_n(' ', pad));
    out
}

/// Returns `text` cut or padded with spaces at the left to exactly `cols` columns. For numbers.
pub fn fit_right(text: &str, cols: usize) -> String {
    let cut = truncate(text, cols);
    let pad = cols.saturating_sub(width(&cut));
    format!("{}{cut}", " ".repeat(pad))
}

/// Says whether bytes are columns.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_width(text: &str, expect: usize) {
        assert_eq!(width(text), expect, "width of {text:?}");
    }

    fn check_cut(text: &str, cols: usize, expect: &str) {
        assert_eq!(truncate(text, cols), expect, "{text:?} at {cols}");
    }

    #[test]
    fn widths_are_those_of_cells() {
        check_width("abc", 3);
        check_width("세계", 4);
        check_width("e\u{301}", 1);
        check_width("👩\u{200d}🚀", 2);
        check_width("ｶﾞ", 3);
        check_width("a\nb\u{1b}", 2);
        check_width("\u{301}", 0);
    }

    #[test]
    fn a_cut_says_so_and_splits_no_cell() {
        check_cut("headline", 8, "headline");
        check_cut("headline", 5, "head…");
        check_cut("세계 터널", 4, "세…");
        check_cut("세계 터널", 3, "세…");
        check_cut("세계", 1, "…");
        check_cut("세계", 0, "");
        check_cut("the end of", 8, "the end…");
    }

    #[test]
    fn the_end_of_an_address_can_be_kept() {
        assert_eq!(truncate_start("https://host/feed.xml", 9), "…feed.xml");
        assert_eq!(truncate_start("터널", 2), "…");
        assert_eq!(truncate_start("short", 9), "short");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z ]{0,6}",
            "[가-힣]{1,3}",
            "[一-龥]{1,3}",
            Just("👩\u{200d}👩\u{200d}👧".to_owned()),
            Just("🇰🇷".to_owned()),
            Just("a\u{301}\u{302}".to_owned()),
            Just("\u{301}".to_owned()),
            Just("\u{200d}".to_owned()),
            Just("ﾞ".to_owned()),
            Just("क्षि".to_owned()),
            Just("\u{1100}\u{1161}\u{11a8}".to_owned()),
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn cutting_and_padding_hold_at_any_width(text in hostile(), cols in 0usize..200) {
            prop_assert!(width(&truncate(&text, cols)) <= cols);
            prop_assert!(width(&truncate_start(&text, cols)) <= cols);
            prop_assert_eq!(width(&fit(&text, cols)), cols);
            prop_assert_eq!(width(&fit_right(&text, cols)), cols);
            let (head, tail) = split_at(&text, cols);
            prop_assert!(width(head) <= cols);
            prop_assert_eq!(format!("{head}{tail}"), text);
        }
    }
}
