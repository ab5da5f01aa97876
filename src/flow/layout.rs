//! A document laid out: lines of styled pieces, and the ways between lines and text.

use std::ops::Range;

use crate::model::TextId;

/// A document laid out at a width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The columns it was made for.
    pub width: u16,
    /// Every link in reading order.
    pub links: Vec<Link>,
    /// Every sub-heading in reading order.
    pub headings: Vec<Heading>,
    /// Every picture in reading order.
    pub figures: Vec<Figure>,
    /// The lines of every block of the document.
    pub blocks: Vec<Range<usize>>,
    /// The lines of every aside, in the order they were given in.
    pub asides: Vec<Range<usize>>,
    /// Addresses by link number: number n is at n - 1.
    urls: Vec<String>,
    /// All letters of all lines in one string: a document of 5 MB has some 500,000 pieces.
    letters: String,
    /// **Invariant:** their letters lie one after another in `letters`.
    spans: Vec<Span>,
    lines: Vec<Line>,
    /// For every line and every text on it, where the text begins there. **Invariant:** sorted by (text, offset).
    anchors: Vec<Anchor>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What is shown.
    pub letters: &'a str,
    /// What it is.
    pub style: Style,
    /// Which text it shows; `None` for what the layout added.
    pub source: Option<Source>,
}

/// Bytes of a text of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Which text.
    pub text: TextId,
    /// Byte range in its string. As long as the piece's letters unless the piece shows them in another form
    /// (superscript digits).
    pub range: Range<usize>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the kinds of marks may overlap in any way"
)]
pub struct Style {
    /// Its part in the document.
    pub role: Role,
    /// Emphasized.
    pub emphasis: bool,
    /// Strong.
    pub strong: bool,
    /// Code in running text.
    pub code: bool,
    /// Deleted.
    pub deleted: bool,
    /// Inside a quotation.
    pub quoted: bool,
    /// The number of the link it belongs to (see [`Layout::url`]).
    pub link: Option<u32>,
}

/// A piece's part in the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Running text.
    #[default]
    Text,
    /// The headline.
    Headline,
    /// The lines under it.
    Byline,
    /// The sentence or two that sum the article up.
    Standfirst,
    /// A sub-heading of this level, 2 to 6.
    Heading(u8),
    /// A list's bullet or number.
    Bullet,
    /// The bar beside a quotation.
    QuoteBar,
    /// Preformatted text.
    Code,
    /// The mark of a cut line of code.
    CodeWrap,
    /// The words around a picture's caption, and its alternative text.
    Placeholder,
    /// A caption of a picture or table.
    Caption,
    /// A picture's credit.
    Credit,
    /// A header cell of a table.
    TableHead,
    /// The lines of a table.
    TableLine,
    /// The title of something embedded.
    Embed,
    /// A link's `[n]`.
    LinkNumber,
    /// A thematic break.
    Rule,
    /// Indents and padding.
    Space,
    /// The words of an aside.
    Removed,
    /// What an aside is.
    Reason,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number; links to the same address share one.
    pub number: u32,
    /// The line it begins on.
    pub line: usize,
    /// The bytes it covers; `None` for an embed's link.
    pub source: Option<Source>,
}

/// A sub-heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6.
    pub level: u8,
    /// Its text.
    pub text: TextId,
    /// Its first line.
    pub line: usize,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its address.
    pub image: String,
    /// Its first line.
    pub line: usize,
    /// Rows kept free for it from that line on.
    pub rows: u16,
    /// Columns before it.
    pub indent: u16,
}

/// A place that outlives a width: a byte of a text, and lines below it (inside code and pictures, which hold no text).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which text.
    pub text: TextId,
    /// Byte offset in its string.
    pub offset: usize,
    /// So many lines below the line that shows it.
    pub below: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// End in `letters`.
    end: u32,
    style: Style,
    source: Option<(TextId, u32, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    /// End in `spans`.
    end: u32,
    /// Where the text shown first on this line begins.
    first: Option<(TextId, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Anchor {
    text: TextId,
    offset: u32,
    line: u32,
}

impl Layout {
    pub(super) fn new(width: u16) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Returns how many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Says whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns the pieces of a line, left to right; none past the end.
    pub fn line(&self, line: usize) -> impl Iterator<Item = Piece<'_>> {
        let end = |at: usize| self.lines.get(at).map_or(0, |line| line.end as usize);
        let start = if line == 0 { 0 } else { end(line - 1) };
        let spans = start..end(line).max(start);
        spans.filter_map(|at| self.piece(at))
    }

    /// Returns a line's letters.
    pub fn line_text(&self, line: usize) -> String {
        self.line(line).map(|piece| piece.letters).collect()
    }

    fn piece(&self, at: usize) -> Option<Piece<'_>> {
        let span = self.spans.get(at)?;
        let start = match at {
            0 => 0,
            _ => self.spans.get(at - 1)?.end as usize,
        };
        Some(Piece {
            letters: self.letters.get(start..span.end as usize)?,
            style: span.style,
            source: span.source.map(|(text, start, end)| Source {
                text,
                range: start as usize..end as usize,
            }),
        })
    }

    /// Returns the address of a link by its number, 1 first.
    pub fn url(&self, number: u32) -> Option<&str> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.urls.get(at).map(String::as_str)
    }

    /// Returns every linked address, number 1 first.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Returns the line that shows this byte of this text; the nearest before it where none does.
    pub fn line_of(&self, text: TextId, offset: usize) -> usize {
        let after = self
            .anchors
            .partition_point(|anchor| (anchor.text, anchor.offset as usize) <= (text, offset));
        match after.checked_sub(1).and_then(|at| self.anchors.get(at)) {
            Some(anchor) => anchor.line as usize,
            None => 0,
        }
    }

    /// Returns the place of a line, for [`Self::line_at`] in a layout of another width.
    pub fn place_of(&self, line: usize) -> Place {
        let line = line.min(self.lines.len().saturating_sub(1));
        let found = (0..=line).rev().find_map(|at| {
            let (text, offset) = self.lines.get(at)?.first?;
            Some(Place {
                text,
                offset: offset as usize,
                below: line - at,
            })
        });
        found.unwrap_or(Place {
            below: line,
            ..Place::default()
        })
    }

    /// Returns the line of a place; never past the last.
    pub fn line_at(&self, place: Place) -> usize {
        let line = self.line_of(place.text, place.offset) + place.below;
        line.min(self.lines.len().saturating_sub(1))
    }

    /// Takes in a linked address and returns its number.
    pub(super) fn push_url(&mut self, url: &str) -> u32 {
        self.urls.push(url.to_owned());
        self.urls.len() as u32
    }

    pub(super) fn push(
        &mut self,
        letters: &str,
        style: Style,
        source: Option<(TextId, Range<usize>)>,
    ) {
        if letters.is_empty() {
            return;
        }
        self.letters.push_str(letters);
        self.spans.push(Span {
            end: self.letters.len() as u32,
            style,
            source: source.map(|(text, range)| (text, range.start as u32, range.end as u32)),
        });
    }

    pub(super) fn end_line(&mut self) {
        let from = self.lines.last().map_or(0, |line| line.end as usize);
        let line = self.lines.len() as u32;
        let mut first = None;
        let mut last_text = None;
        for span in self.spans.get(from..).unwrap_or_default() {
            let Some((text, offset, _)) = span.source else {
                continue;
            };
            first = first.or(Some((text, offset)));
            if last_text != Some(text) {
                self.anchors.push(Anchor { text, offset, line });
                last_text = Some(text);
            }
        }
        self.lines.push(Line {
            end: self.spans.len() as u32,
            first,
        });
    }

    pub(super) fn finish(mut self) -> Self {
        // The cells of a table lie side by side, so their anchors come out of order; a merge sort takes the sorted
        // runs before and after them in linear time.
        self.anchors.sort();
        self
    }
}
