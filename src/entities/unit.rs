//! The texts of an article as the recognizer sees them, and what each is.

use crate::model::TextId;
use crate::model::document::{Block, Document};

/// One text of an article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    /// Which.
    pub(crate) id: TextId,
    /// Its words.
    pub(crate) text: &'a str,
    /// What it is.
    pub(crate) kind: UnitKind,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// The headline.
    Headline,
    /// A sub-heading or a table's header cell.
    Heading,
    /// Running text.
    Body,
    /// A picture's credit: photographers and agencies are no names of the story.
    Credit,
}

/// Returns what each text of [`Document::texts`] is, in the same order.
pub(crate) fn kinds(document: &Document) -> Vec<UnitKind> {
    let mut out = Vec::new();
    collect(&document.blocks, &mut out);
    out
}

fn collect(blocks: &[Block], out: &mut Vec<UnitKind>) {
    for block in blocks {
        match block {
            Block::Heading { .. } => out.push(UnitKind::Heading),
            Block::Standfirst { .. } | Block::Paragraph { .. } => out.push(UnitKind::Body),
            Block::Quote { blocks } => collect(blocks, out),
            Block::List { items, .. } => items.iter().for_each(|item| collect(item, out)),
            Block::Figure(figure) => {
                out.extend(figure.caption.iter().map(|_| UnitKind::Body));
                out.extend(figure.credit.iter().map(|_| UnitKind::Credit));
            }
            Block::Table(table) => {
                out.extend(table.caption.iter().map(|_| UnitKind::Body));
                out.extend(table.header.iter().map(|_| UnitKind::Heading));
                out.extend(table.rows.iter().flatten().map(|_| UnitKind::Body));
            }
            Block::Code { .. } | Block::Embed(_) | Block::Rule => {}
        }
    }
}

/// Cuts a plain text into headline (a first line with a blank line after it) and lines, with the byte offset of each.
pub(crate) fn of_plain(text: &str) -> (Vec<Unit<'_>>, Vec<usize>) {
    let mut units = Vec::new();
    let mut offsets = Vec::new();
    let has_headline = text.split_once('\n').is_some_and(|(first, rest)| {
        !first.trim().is_empty() && rest.lines().next().is_some_and(|l| l.trim().is_empty())
    });
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        units.push(Unit {
            id: TextId(units.len() as u32),
            text: line,
            kind: if at == 0 && has_headline {
                UnitKind::Headline
            } else {
                UnitKind::Body
            },
        });
        offsets.push(at);
        at += line.len();
    }
    (units, offsets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::{Figure, Table, Text};

    #[test]
    fn kinds_go_along_with_the_documents_texts() {
        let text = |s: &str| Text::plain(s);
        let document = Document {
            lang: None,
            blocks: vec![
                Block::Heading {
                    level: 2,
                    text: text("a"),
                },
                Block::List {
                    ordered: false,
                    start: 1,
                    items: vec![vec![Block::Paragraph { text: text("b") }]],
                },
                Block::Figure(Figure {
                    caption: Some(text("c")),
                    credit: Some(text("d")),
                    ..Figure::default()
                }),
                Block::Table(Table {
                    caption: None,
                    header: vec![text("e")],
                    rows: vec![vec![text("f"), text("g")]],
                }),
            ],
        };
        use UnitKind::{Body, Credit, Heading};
        assert_eq!(
            kinds(&document),
            [Heading, Body, Body, Credit, Heading, Body, Body]
        );
        assert_eq!(kinds(&document).len(), document.texts().len());
    }

    #[test]
    fn a_first_line_before_a_blank_one_is_the_headline() {
        let (units, offsets) = of_plain("Title\n\nBody text\nmore");
        assert_eq!(units[0].kind, UnitKind::Headline);
        assert_eq!(offsets, [0, 6, 7, 17]);
        assert_eq!(of_plain("One\nTwo").0[0].kind, UnitKind::Body);
    }
}
