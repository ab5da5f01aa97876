//! Marks that may overlap → elements that nest.

use crate::model::{MarkKind, Text};

/// A part of a text in one set of marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run<'a> {
    pub(super) letters: &'a str,
    /// The marks that hold, outermost first: links, then the order of [`rank`].
    pub(super) marks: Vec<&'a MarkKind>,
}

/// Cuts a text at the edges of its marks.
pub(super) fn runs(text: &Text) -> Vec<Run<'_>> {
    let mut edges: Vec<usize> = text
        .marks
        .iter()
        .flat_map(|mark| [mark.range.start, mark.range.end])
        .filter(|edge| text.string.is_char_boundary(*edge))
        .collect();
    edges.push(text.string.len());
    edges.sort_unstable();
    edges.dedup();
    let mut runs = Vec::new();
    let mut open: Vec<(usize, &MarkKind)> = Vec::new();
    let mut marks = text.marks.iter().peekable();
    let mut start = 0;
    for end in edges {
        while let Some(mark) = marks.next_if(|mark| mark.range.start <= start) {
            open.push((mark.range.end, &mark.kind));
        }
        open.retain(|(until, _)| *until > start);
        if let Some(letters) = text
            .string
            .get(start..end)
            .filter(|letters| !letters.is_empty())
        {
            runs.push(Run {
                letters,
                marks: nested(&open),
            });
        }
        start = end;
    }
    runs
}

/// Orders marks from the outermost in, each kind once; of links the innermost counts.
fn nested<'a>(open: &[(usize, &'a MarkKind)]) -> Vec<&'a MarkKind> {
    let mut marks: Vec<&MarkKind> = open.iter().rev().map(|(_, kind)| *kind).collect();
    marks.sort_by_key(|kind| rank(kind));
    marks.dedup_by_key(|kind| rank(kind));
    marks
}

fn rank(kind: &MarkKind) -> u8 {
    match kind {
        MarkKind::Link(_) => 0,
        MarkKind::Strong => 1,
        MarkKind::Emphasis => 2,
        MarkKind::Deleted => 3,
        MarkKind::Superscript => 4,
        MarkKind::Subscript => 5,
        MarkKind::Code => 6,
    }
}

/// Returns how many of the outer marks two sets share.
pub(super) fn common(a: &[&MarkKind], b: &[&MarkKind]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
