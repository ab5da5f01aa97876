//! A text with its marks → the letters to show, in pieces of one style, with `[n]` after links.

use std::collections::HashMap;
use std::ops::Range;

use super::layout::{Layout, Role, Style};
use crate::model::{MarkKind, Text, TextId};

/// A text made ready for breaking into lines.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// What is shown: the text's letters, soft hyphens still in them, and link numbers.
    pub(super) letters: String,
    /// **Invariant:** they cover `letters` without gaps.
    pieces: Vec<Span>,
    /// Byte offsets in `letters` where no line may end.
    pub(super) glued: Vec<usize>,
    /// Links that begin in it: number, source range.
    pub(super) links: Vec<(u32, Range<usize>)>,
}

#[derive(Debug)]
struct Span {
    end: usize,
    style: Style,
    source: Option<Range<usize>>,
}

/// Numbers by address.
pub(super) type Numbers = HashMap<String, u32>;

/// Returns the number of an address, a new one where it has none yet.
pub(super) fn number_of(url: &str, numbers: &mut Numbers, out: &mut Layout) -> u32 {
    if let Some(number) = numbers.get(url) {
        return *number;
    }
    let number = out.push_url(url);
    numbers.insert(url.to_owned(), number);
    number
}

/// Makes a text ready.
pub(super) fn inline(
    text: &Text,
    base: Style,
    numbers: Option<&mut Numbers>,
    out: &mut Layout,
) -> Inline {
    Sweep::new(text, base, numbers, out).run()
}

impl Inline {
    /// Makes letters of one style ready, from a text or added by the layout.
    pub(super) fn plain(letters: &str, style: Style, from_text: bool) -> Self {
        let mut inline = Self::default();
        inline.push(letters, style, from_text.then_some(0..letters.len()));
        inline
    }

    pub(super) fn push(&mut self, letters: &str, style: Style, source: Option<Range<usize>>) {
        if letters.is_empty() {
            return;
        }
        // A tab is one byte, as the space that stands for it: offsets stay.
        self.letters
            .extend(letters.chars().map(|c| if c == '\t' { ' ' } else { c }));
        self.pieces.push(Span {
            end: self.letters.len(),
            style,
            source,
        });
    }

    /// Adds letters that stay on the line of what is before them.
    pub(super) fn push_glued(&mut self, letters: &str, style: Style) {
        self.glued.push(self.letters.len());
        self.push(letters, style, None);
    }

    /// Puts letters of the layout's own before everything.
    pub(super) fn prefixed(mut self, letters: &str, style: Style) -> Self {
        let by = letters.len();
        self.letters.insert_str(0, letters);
        self.pieces.iter_mut().for_each(|piece| piece.end += by);
        self.glued.iter_mut().for_each(|at| *at += by);
        let first = Span {
            end: by,
            style,
            source: None,
        };
        self.pieces.insert(0, first);
        self
    }

    /// Sends the pieces of a byte range of `letters` to the layout, without soft hyphens.
    pub(super) fn emit(&self, range: Range<usize>, text: TextId, out: &mut Layout) {
        let first = self
            .pieces
            .partition_point(|piece| piece.end <= range.start);
        let mut start = match first {
            0 => 0,
            _ => self.pieces[first - 1].end,
        };
        for piece in &self.pieces[first..] {
            if start >= range.end {
                break;
            }
            let shown = start.max(range.start)..piece.end.min(range.end);
            let letters = self.letters.get(shown.clone()).unwrap_or_default();
            match &piece.source {
                Some(source) if source.len() == piece.end - start => {
                    let offset = source.start + (shown.start - start);
                    emit_without_hyphens(letters, piece.style, text, offset, out);
                }
                Some(source) => out.push(letters, piece.style, Some((text, source.clone()))),
                None => out.push(letters, piece.style, None),
            }
            start = piece.end;
        }
    }

    /// Says whether the first strong letter is of a script written from right to left.
    pub(super) fn is_rtl(&self) -> bool {
        let strong = self.letters.chars().find(|c| c.is_alphabetic());
        strong.is_some_and(|c| {
            matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
                | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
        })
    }
}

const SOFT_HYPHEN: char = '\u{AD}';

fn emit_without_hyphens(
    letters: &str,
    style: Style,
    text: TextId,
    offset: usize,
    out: &mut Layout,
) {
    let mut at = 0;
    for part in letters.split(SOFT_HYPHEN) {
        let source = offset + at..offset + at + part.len();
        out.push(part, style, Some((text, source)));
        at += part.len() + SOFT_HYPHEN.len_utf8();
    }
}

/// Walks over a text from one mark's edge to the next.
struct Sweep<'a> {
    text: &'a Text,
    base: Style,
    numbers: Option<&'a mut Numbers>,
    out: &'a mut Layout,
    inline: Inline,
    /// How many marks of each kind hold now.
    open: [u32; 6],
    /// Links that hold now, the innermost last: end, number.
    links: Vec<(usize, u32)>,
}

impl<'a> Sweep<'a> {
    fn new(
        text: &'a Text,
        base: Style,
        numbers: Option<&'a mut Numbers>,
        out: &'a mut Layout,
    ) -> Self {
        Self {
            text,
            base,
            numbers,
            out,
            inline: Inline::default(),
            open: [0; 6],
            links: Vec::new(),
        }
    }

    fn run(mut self) -> Inline {
        let string = &self.text.string;
        let valid =
            |range: &Range<usize>| range.start < range.end && string.get(range.clone()).is_some();
        let marks: Vec<_> = self
            .text
            .marks
            .iter()
            .filter(|mark| valid(&mark.range))
            .collect();
        let mut edges: Vec<(usize, bool, usize)> = Vec::with_capacity(2 * marks.len());
        for (i, mark) in marks.iter().enumerate() {
            edges.push((mark.range.start, true, i));
            edges.push((mark.range.end, false, i));
        }
        // Ends come before beginnings at the same byte: `false < true`.
        edges.sort_unstable();
        let mut at = 0;
        for (edge, opens, i) in edges {
            self.show(at..edge);
            at = edge;
            match (&marks[i].kind, opens) {
                (MarkKind::Link(url), true) => self.open_link(url, marks[i].range.clone()),
                (MarkKind::Link(_), false) => self.close_links(edge),
                (kind, true) => self.open[index(kind)] += 1,
                (kind, false) => self.open[index(kind)] -= 1,
            }
        }
        self.show(at..string.len());
        self.inline
    }

    fn open_link(&mut self, url: &str, range: Range<usize>) {
        let Some(numbers) = self.numbers.as_deref_mut() else {
            return;
        };
        let number = number_of(url, numbers, self.out);
        self.links.push((range.end, number));
        self.inline.links.push((number, range));
    }

    fn close_links(&mut self, at: usize) {
        while let Some((end, number)) = self.links.last().copied() {
            if end > at {
                break;
            }
            self.links.pop();
            let style = Style {
                role: Role::LinkNumber,
                link: Some(number),
                quoted: self.base.quoted,
                ..Style::default()
            };
            self.inline.push_glued(&format!("[{number}]"), style);
        }
    }

    fn show(&mut self, range: Range<usize>) {
        let letters = self.text.string.get(range.clone()).unwrap_or_default();
        let style = Style {
            emphasis: self.base.emphasis || self.holds(&MarkKind::Emphasis),
            strong: self.base.strong || self.holds(&MarkKind::Strong),
            code: self.holds(&MarkKind::Code),
            deleted: self.holds(&MarkKind::Deleted),
            link: self.links.last().map(|(_, number)| *number),
            ..self.base
        };
        let raised = self
            .holds(&MarkKind::Superscript)
            .then(|| map_all(letters, superscript));
        let lowered = self
            .holds(&MarkKind::Subscript)
            .then(|| map_all(letters, subscript));
        match raised.flatten().or(lowered.flatten()) {
            Some(other) => self.inline.push(&other, style, Some(range)),
            None => self.inline.push(letters, style, Some(range)),
        }
    }

    fn holds(&self, kind: &MarkKind) -> bool {
        self.open[index(kind)] > 0
    }
}

fn index(kind: &MarkKind) -> usize {
    match kind {
        MarkKind::Emphasis | MarkKind::Link(_) => 0,
        MarkKind::Strong => 1,
        MarkKind::Code => 2,
        MarkKind::Deleted => 3,
        MarkKind::Superscript => 4,
        MarkKind::Subscript => 5,
    }
}

/// Maps every letter, or nothing: half a raised word reads worse than none.
fn map_all(letters: &str, map: fn(char) -> Option<char>) -> Option<String> {
    letters.chars().map(map).collect()
}

fn superscript(c: char) -> Option<char> {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    match c {
        '0'..='9' => c
            .to_digit(10)
            .and_then(|digit| DIGITS.get(digit as usize))
            .copied(),
        '+' => Some('⁺'),
        '-' | '−' => Some('⁻'),
        'n' => Some('ⁿ'),
        _ => None,
    }
}

fn subscript(c: char) -> Option<char> {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    match c {
        '0'..='9' => c
            .to_digit(10)
            .and_then(|digit| DIGITS.get(digit as usize))
            .copied(),
        '+' => Some('₊'),
        '-' | '−' => Some('₋'),
        _ => None,
    }
}
