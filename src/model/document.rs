//! A cleaned article: blocks of text with marks. What `extract` makes, `store` keeps and `flow` lays out.

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Blocks nest at most this deep (quotes in lists in quotes …); deeper ones are flattened while building, so that no
/// walk over a document can overflow the stack.
pub const MAX_DEPTH: usize = 16;

/// The article's body. Headline, byline, date and site are metadata, not blocks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// BCP 47 primary language subtag in lower case (`en`, `ko`), where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The blocks in reading order.
    pub blocks: Vec<Block>,
}

/// One block of an article.
///
/// **Invariant:** nested at most [`MAX_DEPTH`] deep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A sub-heading; `level` 2 to 6 (1 is the headline, which is metadata).
    Heading {
        /// 2 to 6.
        level: u8,
        /// The heading's words.
        text: Text,
    },
    /// The sentence or two under the headline that sum the article up; at most one, before the text.
    Standfirst {
        /// Its words.
        text: Text,
    },
    /// A paragraph; a `\n` in it is a forced line break.
    Paragraph {
        /// The paragraph's words.
        text: Text,
    },
    /// A quotation set off from the text, or a pull quote.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
    },
    /// A list; each item is blocks, mostly one paragraph.
    List {
        /// Numbered or bulleted.
        ordered: bool,
        /// The first number of an ordered list.
        #[serde(default = "one")]
        start: i32,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// Preformatted text, kept as it is.
    Code {
        /// The programming language where the page names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lang: Option<String>,
        /// The code with its line breaks and spaces.
        text: String,
    },
    /// A picture with its words.
    Figure(Figure),
    /// A table.
    Table(Table),
    /// Something of another site shown in the page: a video, a post. Shown as a titled link.
    Embed(Embed),
    /// A thematic break.
    Rule,
}

fn one() -> i32 {
    1
}

/// A picture with its words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Absolute http(s) address of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The alternative text, empty where it only repeats the caption.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alt: String,
    /// The caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Text>,
    /// Photographer and agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Text>,
}

/// A table of data. Rows may differ in length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Text>,
    /// Header cells; empty where the table has none.
    #[serde(default)]
    pub header: Vec<Text>,
    /// The body's rows of cells.
    pub rows: Vec<Vec<Text>>,
}

/// Something of another site: a titled link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embed {
    /// What it is, in words (`Video: …`, `Post by …`).
    pub title: String,
    /// Absolute http(s) address.
    pub url: String,
}

/// A run of text with marks.
///
/// **Invariant:** every mark's range lies on `char` boundaries inside `string` and is not empty; marks are sorted by
/// start, and may overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The words, cleaned ([`crate::text::clean()`]), white space collapsed; `\n` is a forced line break.
    pub string: String,
    /// Emphasis, links and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

impl Text {
    /// Returns text without marks.
    pub fn plain(string: impl Into<String>) -> Self {
        Self {
            string: string.into(),
            marks: Vec::new(),
        }
    }

    /// Says whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.string.trim().is_empty()
    }

    /// Adds a text to this one, with a space between.
    pub fn append(&mut self, more: &Self) {
        if !self.string.is_empty() {
            self.string.push(' ');
        }
        let shift = self.string.len();
        self.string.push_str(&more.string);
        self.marks.extend(more.marks.iter().map(|mark| Mark {
            range: mark.range.start + shift..mark.range.end + shift,
            kind: mark.kind.clone(),
        }));
    }

    /// Returns a byte range of the text with its marks, white space around it left out; nothing where the range is not
    /// inside the text or cuts a letter.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let Some(part) = self.string.get(range.clone()) else {
            return Self::default();
        };
        let start = range.start + part.len() - part.trim_start().len();
        let string = part.trim().to_owned();
        let end = start + string.len();
        let marks = self.marks.iter().filter_map(|mark| {
            let from = mark.range.start.clamp(start, end) - start;
            let to = mark.range.end.clamp(start, end) - start;
            (from < to).then(|| Mark {
                range: from..to,
                kind: mark.kind.clone(),
            })
        });
        Self {
            marks: marks.collect(),
            string,
        }
    }
}

/// What holds for a byte range of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Byte range in the text's `string`.
    pub range: Range<usize>,
    /// What holds there.
    pub kind: MarkKind,
}

/// The kinds of marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// `<em>`, `<i>`, `<cite>`.
    Emphasis,
    /// `<strong>`, `<b>`.
    Strong,
    /// `<code>`, `<kbd>`, `<samp>`.
    Code,
    /// `<del>`, `<s>`.
    Deleted,
    /// `<sup>`.
    Superscript,
    /// `<sub>`.
    Subscript,
    /// A link; absolute address with any scheme (only http(s) ones are opened without asking).
    Link(String),
}

/// The n-th text of an article in reading order: 0 is the headline, the document's texts count from 1 in the order of
/// [`Document::texts`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TextId(pub u32);

impl TextId {
    /// The headline.
    pub const HEADLINE: Self = Self(0);
}

impl Document {
    /// Returns every text in reading order: headings, paragraphs, list items, figure captions then credits, table
    /// captions, header and cells. Code and embeds hold none.
    pub fn texts(&self) -> Vec<(TextId, &Text)> {
        let mut texts = Vec::new();
        collect_texts(&self.blocks, &mut texts);
        texts
            .into_iter()
            .zip(1..)
            .map(|(text, n)| (TextId(n), text))
            .collect()
    }

    /// Returns headline and texts in reading order: the text `TextId(n)` is the n-th, counted from 0.
    pub fn texts_under<'a>(&'a self, headline: &'a str) -> Vec<(TextId, &'a str)> {
        let texts = self.texts().into_iter();
        let texts = texts.map(|(id, text)| (id, text.string.as_str()));
        std::iter::once((TextId::HEADLINE, headline))
            .chain(texts)
            .collect()
    }

    /// Returns the addresses of the pictures in reading order, each once.
    pub fn pictures(&self) -> Vec<&str> {
        let mut found = Vec::new();
        collect_pictures(&self.blocks, &mut found);
        let mut known = HashSet::new();
        found.retain(|address| known.insert(*address));
        found
    }

    /// Returns the article's words as plain text: standfirst, paragraphs, sub-headings, quotes, list items (a line each, no
    /// bullet), table rows (cells by tab) and code, separated by blank lines; no captions, credits or embeds.
    pub fn plain_text(&self) -> String {
        self.plain_text_with_starts().0
    }

    /// Returns [`Self::plain_text`] without the standfirst.
    pub fn running_text(&self) -> String {
        let mut plain = Plain::default();
        let is_standfirst = |block: &Block| matches!(block, Block::Standfirst { .. });
        for blocks in self.blocks.split(is_standfirst) {
            plain.blocks(blocks, "\n\n");
        }
        plain.string
    }

    /// Returns [`Self::plain_text`], and for each text in it where in bytes it starts, in rising order.
    pub fn plain_text_with_starts(&self) -> (String, Vec<(TextId, usize)>) {
        let mut plain = Plain::default();
        plain.blocks(&self.blocks, "\n\n");
        (plain.string, plain.starts)
    }

    /// Counts the words; runs of Chinese and Japanese letters count one word for every two letters.
    pub fn word_count(&self) -> usize {
        crate::text::words::count(&self.plain_text())
    }
}

impl Block {
    /// Returns what a block is known by: its words as in [`Document::plain_text`]; a picture's or embed's address.
    pub fn words(&self) -> String {
        match self {
            Self::Heading { text, .. } | Self::Standfirst { text } | Self::Paragraph { text } => {
                text.string.clone()
            }
            Self::Figure(figure) => match (&figure.image, &figure.caption) {
                (Some(image), _) => image.clone(),
                (None, Some(caption)) => caption.string.clone(),
                (None, None) => figure.alt.clone(),
            },
            Self::Embed(embed) => embed.url.clone(),
            Self::Code { text, .. } => text.clone(),
            Self::Quote { .. } | Self::List { .. } | Self::Table(_) => {
                let mut plain = Plain::default();
                plain.blocks(std::slice::from_ref(self), "\n\n");
                plain.string
            }
            Self::Rule => String::new(),
        }
    }
}

fn collect_pictures<'a>(blocks: &'a [Block], out: &mut Vec<&'a str>) {
    for block in blocks {
        match block {
            Block::Figure(figure) => out.extend(figure.image.as_deref()),
            Block::Quote { blocks } => collect_pictures(blocks, out),
            Block::List { items, .. } => items.iter().for_each(|item| collect_pictures(item, out)),
            _ => {}
        }
    }
}

fn collect_texts<'a>(blocks: &'a [Block], out: &mut Vec<&'a Text>) {
    for block in blocks {
        match block {
            Block::Heading { text, .. }
            | Block::Standfirst { text }
            | Block::Paragraph { text } => out.push(text),
            Block::Quote { blocks } => collect_texts(blocks, out),
            Block::List { items, .. } => items.iter().for_each(|item| collect_texts(item, out)),
            Block::Figure(figure) => out.extend(figure.caption.iter().chain(&figure.credit)),
            Block::Table(table) => {
                out.extend(
                    table
                        .caption
                        .iter()
                        .chain(&table.header)
                        .chain(table.rows.iter().flatten()),
                );
            }
            Block::Code { .. } | Block::Embed(_) | Block::Rule => {}
        }
    }
}

/// Writes plain text, and notes where each text starts.
#[derive(Default)]
struct Plain {
    string: String,
    starts: Vec<(TextId, usize)>,
    next: u32,
    /// What stands between the last thing written and the next.
    gap: &'static str,
}

impl Plain {
    fn blocks(&mut self, blocks: &[Block], between: &'static str) {
        for block in blocks {
            match block {
                Block::Heading { text, .. }
                | Block::Standfirst { text }
                | Block::Paragraph { text } => self.text(text, between),
                Block::Quote { blocks } => self.blocks(blocks, between),
                Block::List { items, .. } => {
                    for item in items {
                        self.blocks(item, "\n");
                    }
                    self.close(between);
                }
                Block::Code { text, .. } => {
                    self.open();
                    self.string.push_str(text);
                    self.close(between);
                }
                Block::Table(table) => {
                    self.skip(table.caption.iter().len());
                    let header = (!table.header.is_empty()).then_some(&table.header);
                    for row in header.into_iter().chain(&table.rows) {
                        for cell in row {
                            self.cell(cell);
                        }
                        self.close("\n");
                    }
                    self.close(between);
                }
                Block::Figure(figure) => {
                    self.skip(figure.caption.iter().chain(&figure.credit).count());
                }
                Block::Embed(_) | Block::Rule => {}
            }
        }
    }

    fn open(&mut self) {
        if !self.string.is_empty() {
            self.string.push_str(self.gap);
        }
        self.gap = "";
    }

    fn close(&mut self, gap: &'static str) {
        self.gap = gap;
    }

    fn text(&mut self, text: &Text, between: &'static str) {
        self.open();
        self.note();
        self.string.push_str(&text.string);
        self.close(between);
    }

    /// A cell's tabs and line breaks become spaces, byte for byte, so that offsets hold.
    fn cell(&mut self, cell: &Text) {
        self.open();
        self.note();
        self.string
            .push_str(&cell.string.replace(['\t', '\n'], " "));
        self.close("\t");
    }

    fn note(&mut self) {
        self.next += 1;
        self.starts.push((TextId(self.next), self.string.len()));
    }

    fn skip(&mut self, texts: usize) {
        self.next += texts as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(string: &str) -> Block {
        Block::Paragraph {
            text: Text::plain(string),
        }
    }

    #[test]
    fn plain_text_separates_blocks_and_knows_where_each_text_starts() {
        let cells = |row: &[&str]| {
            row.iter()
                .map(|cell| Text::plain(*cell))
                .collect::<Vec<_>>()
        };
        let document = Document {
            lang: None,
            blocks: vec![
                paragraph("One"),
                Block::Figure(Figure {
                    caption: Some(Text::plain("caption")),
                    ..Figure::default()
                }),
                Block::List {
                    ordered: false,
                    start: 1,
                    items: vec![
                        vec![paragraph("a"), paragraph("b")],
                        vec![],
                        vec![paragraph("c")],
                    ],
                },
                Block::Quote {
                    blocks: vec![paragraph("said"), paragraph("again")],
                },
                Block::Table(Table {
                    caption: None,
                    header: cells(&["h1", "h\t2"]),
                    rows: vec![cells(&["x", "y"])],
                }),
                Block::Code {
                    lang: None,
                    text: "let x;\n  y".into(),
                },
                paragraph("End"),
            ],
        };
        let (string, starts) = document.plain_text_with_starts();
        assert_eq!(
            string,
            "One\n\na\nb\nc\n\nsaid\n\nagain\n\nh1\th 2\nx\ty\n\nlet x;\n  y\n\nEnd"
        );
        let texts = document.texts();
        assert_eq!(texts.len(), starts.len() + 1);
        for (id, start) in starts {
            let text = texts.iter().find(|(known, _)| *known == id).unwrap().1;
            let words = text.string.replace('\t', " ");
            assert!(
                string[start..].starts_with(&words),
                "{id:?} is not at {start}"
            );
        }
    }
}
