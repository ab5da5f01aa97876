//! The sentence that mentions a name, on one line: as much of it as fits, with the name always in view.

use ratatui::style::Style;

use super::canvas::{Canvas, Span};
use crate::model::entity::Snippet;
use crate::text::width;

/// Draws a sentence into a line of so many columns, the name in its own style.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    (x, y, cols): (u16, u16, u16),
    snippet: &Snippet,
    plain: Style,
    name: Style,
) {
    let (before, named, after) = cut(snippet, cols.into());
    let spans: [Span<'_>; 3] = [
        (before.into(), plain),
        (named.into(), plain.patch(name)),
        (after.into(), plain),
    ];
    canvas.spans(x, y, cols, &spans);
}

/// Cuts a sentence in three: what stands before the name, the name, the rest. Where the name would not be in view, whole
/// words give way at the beginning for `…`.
fn cut(snippet: &Snippet, cols: usize) -> (String, &str, &str) {
    let (from, to) = (snippet.range.start, snippet.range.end);
    let text = snippet.text.as_str();
    let before = text.get(..from).unwrap_or_default();
    let named = text.get(from..to).unwrap_or_default();
    let after = text.get(to..).unwrap_or_default();
    if width::width(text) <= cols {
        return (before.to_owned(), named, after);
    }
    // A third of the line is left to what follows the name.
    let most = (cols * 2 / 3)
        .saturating_sub(width::width(named))
        .max(cols / 4);
    if width::width(before) <= most {
        return (before.to_owned(), named, after);
    }
    let mut kept = before;
    while width::width(kept) + 2 > most {
        let Some((_, rest)) = kept.split_once(' ') else {
            break;
        };
        kept = rest;
    }
    if width::width(kept) + 2 > most {
        kept = "";
    }
    (format!("… {kept}"), named, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, cols: usize, expect: &str) {
        let from = text.find(name).expect("the name is there");
        let snippet = Snippet {
            text: text.to_owned(),
            range: from..from + name.len(),
        };
        let (before, named, after) = cut(&snippet, cols);
        assert_eq!(format!("{before}[{named}]{after}"), expect);
    }

    #[test]
    fn the_name_stays_in_view() {
        let text = "On the day after the long strike had ended, the tall man from Dover, Graham Fagg, rose.";
        check(
            text,
            "Graham Fagg",
            100,
            &text.replace("Graham Fagg", "[Graham Fagg]"),
        );
        check(
            text,
            "Graham Fagg",
            40,
            "… from Dover, [Graham Fagg], rose.",
        );
        check(text, "On", 20, &text.replacen("On", "[On]", 1));
        check(
            "漢字だけの文には空白がなくて東京がある。",
            "東京",
            16,
            "… [東京]がある。",
        );
    }
}
