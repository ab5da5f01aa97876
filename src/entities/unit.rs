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
    /// A picture's credit, or a note behind the text on who made it: those people are no names of the story.
    Credit,
}

/// Texts at the end of an article among which notes on who made it are looked for.
const LAST: usize = 4;

/// Bytes of such a note at most.
const NOTE_BYTES: usize = 400;

/// Returns what each text of [`Document::texts`] is, in the same order.
pub(crate) fn kinds(document: &Document) -> Vec<UnitKind> {
    let mut out = Vec::new();
    collect(&document.blocks, &mut out);
    for ((_, text), kind) in document.texts().iter().zip(&mut out).rev().take(LAST) {
        if *kind == UnitKind::Body && is_note_of_makers(&text.string) {
            *kind = UnitKind::Credit;
        }
    }
    out
}

/// Says whether a text says who made the article: `Reporting by Ann Lee; Editing by John Brown`, or `Ann Lee contributed to
/// this report.`
fn is_note_of_makers(text: &str) -> bool {
    /// How such a note begins.
    const BEGINNINGS: [&str; 12] = [
        "Reporting by ",
        "Additional reporting by ",
        "Reported by ",
        "Writing by ",
        "Written by ",
        "Editing by ",
        "Edited by ",
        "Compiled by ",
        "Photos by ",
        "With reporting by ",
        "With files from ",
        "With assistance from ",
    ];
    /// How it ends.
    const ENDINGS: [&str; 4] = [
        " contributed to this report",
        " contributed to this story",
        " contributed to this article",
        " contributed reporting",
    ];
    /// What stands among the names, in small letters.
    const AMONG_NAMES: [&str; 14] = [
        "by",
        "and",
        "in",
        "with",
        "for",
        "from",
        "of",
        "the",
        "at",
        "additional",
        "reporting",
        "writing",
        "editing",
        "de",
    ];
    if text.len() > NOTE_BYTES {
        return false;
    }
    let note = text.trim_start_matches(['(', '—', '–', '-', '*', ' ']);
    let note = note.trim_end_matches([')', '.', ' ']);
    let words_of_its_own = || {
        let words = note.split([' ', '\n', ',', ';', '(', ')']).skip(1);
        let is_small =
            |word: &&str| word.starts_with(char::is_lowercase) && !AMONG_NAMES.contains(word);
        words.filter(is_small).count()
    };
    ENDINGS.iter().any(|ending| note.ends_with(ending))
        || BEGINNINGS.iter().any(|it| note.starts_with(it)) && words_of_its_own() <= 1
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
    fn who_made_an_article_is_told_from_whom_it_is_about() {
        for note in [
            "Reporting by Ann Lee in Bengaluru; Editing by John Brown and Mary Smith",
            "(Reporting by Ann Lee, with additional reporting by John Brown, editing by Mary Smith.)",
            "Written by Ann Lee",
            "Associated Press writers Ann Lee and John Brown in Paris contributed to this report.",
        ] {
            assert!(is_note_of_makers(note), "{note}");
        }
        for text in [
            "Written by Ann Lee in 1977, the novel tells of a family that keeps a hotel through a long winter.",
            "Ann Lee said that she had contributed to the report of the ministry.",
            "Reporting by the press was what brought the company down, Brown said.",
        ] {
            assert!(!is_note_of_makers(text), "{text}");
        }
        let paragraph = |words: &str| Block::Paragraph {
            text: Text::plain(words),
        };
        let note = "Reporting by Ann Lee; Editing by John Brown";
        let mut document = Document {
            lang: None,
            blocks: vec![paragraph("The harbour is closed."), paragraph(note)],
        };
        assert_eq!(kinds(&document), [UnitKind::Body, UnitKind::Credit]);
        let rest = ["a", "b", "c", "d"].map(paragraph);
        document.blocks.extend(rest);
        assert_eq!(kinds(&document)[1], UnitKind::Body);
    }

    #[test]
    fn a_first_line_before_a_blank_one_is_the_headline() {
        let (units, offsets) = of_plain("Title\n\nBody text\nmore");
        assert_eq!(units[0].kind, UnitKind::Headline);
        assert_eq!(offsets, [0, 6, 7, 17]);
        assert_eq!(of_plain("One\nTwo").0[0].kind, UnitKind::Body);
    }
}
