//! Ranges of text put over a layout when it is drawn: names, search hits, the selected name's mentions.

use std::ops::Range;

use super::layout::{Piece, Source};
use crate::model::TextId;

/// A range of a text and what holds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay<T> {
    /// Which text.
    pub text: TextId,
    /// Byte range in its string.
    pub range: Range<usize>,
    /// What holds there.
    pub what: T,
}

/// Cuts a piece along the overlays that touch it: each part comes with what holds there, if anything. `overlays` must
/// be sorted by (text, start) and not overlap. A piece that shows its text in another form is not cut: the first
/// overlay that touches it holds for the whole of it.
pub fn cut<'p, 'o, T>(
    piece: &Piece<'p>,
    overlays: &'o [Overlay<T>],
) -> Vec<(Piece<'p>, Option<&'o T>)> {
    let Some(source) = &piece.source else {
        return vec![(piece.clone(), None)];
    };
    let from = overlays.partition_point(|overlay| {
        (overlay.text, overlay.range.end) <= (source.text, source.range.start)
    });
    let touching = overlays
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|overlay| {
            overlay.text == source.text && overlay.range.start < source.range.end
        });
    if source.range.len() != piece.letters.len() {
        let mut touching = touching;
        return vec![(piece.clone(), touching.next().map(|overlay| &overlay.what))];
    }
    let mut parts = Vec::new();
    let mut at = source.range.start;
    for overlay in touching {
        let start = overlay.range.start.max(at);
        let end = overlay.range.end.min(source.range.end);
        parts.extend(part(piece, source, at..start).map(|part| (part, None)));
        parts.extend(part(piece, source, start..end).map(|part| (part, Some(&overlay.what))));
        at = end.max(at);
    }
    parts.extend(part(piece, source, at..source.range.end).map(|part| (part, None)));
    parts
}

fn part<'p>(piece: &Piece<'p>, source: &Source, range: Range<usize>) -> Option<Piece<'p>> {
    let edge = |at: usize| {
        piece
            .letters
            .floor_char_boundary(at.saturating_sub(source.range.start))
    };
    let shown = edge(range.start)..edge(range.end);
    let letters = piece
        .letters
        .get(shown.clone())
        .filter(|letters| !letters.is_empty())?;
    Some(Piece {
        letters,
        style: piece.style,
        source: Some(Source {
            text: source.text,
            range: source.range.start + shown.start..source.range.start + shown.end,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Style;

    fn check(
        letters: &str,
        start: usize,
        overlays: &[(Range<usize>, char)],
        expect: &[(&str, Option<char>)],
    ) {
        let piece = Piece {
            letters,
            style: Style::default(),
            source: Some(Source {
                text: TextId(1),
                range: start..start + letters.len(),
            }),
        };
        let overlays: Vec<_> = overlays
            .iter()
            .map(|(range, what)| Overlay {
                text: TextId(1),
                range: range.clone(),
                what: *what,
            })
            .collect();
        let parts = cut(&piece, &overlays);
        let parts: Vec<_> = parts
            .iter()
            .map(|(piece, what)| (piece.letters, what.copied()))
            .collect();
        assert_eq!(parts, expect);
    }

    #[test]
    fn a_piece_is_cut_at_the_edges() {
        check(
            "Fagg and Cozette",
            10,
            &[(10..14, 'f'), (19..26, 'c')],
            &[("Fagg", Some('f')), (" and ", None), ("Cozette", Some('c'))],
        );
        check(
            "rock",
            10,
            &[(0..12, 'a'), (13..40, 'b')],
            &[("ro", Some('a')), ("c", None), ("k", Some('b'))],
        );
        check(
            "rock",
            10,
            &[(0..10, 'a'), (14..40, 'b')],
            &[("rock", None)],
        );
    }

    #[test]
    fn a_range_inside_a_letter_breaks_nothing() {
        check("é", 0, &[(1..2, 'a')], &[("é", Some('a'))]);
    }
}
