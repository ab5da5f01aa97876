//! Texts of any size: what one text, and one feed at a time, may cost is bounded here, its names above all.

use std::borrow::Cow;

use crate::entities::{self, Hints};
use crate::model::{ArticleEntities, Block, Document, Text};

/// Names are found in so many bytes of a text: 50,000 words, a novel. The tagger takes some 100 bytes for each sign, so
/// that a text of two million signs would take 240 MB.
const MOST_BYTES: usize = 300_000;

/// Names are found at once in so many bytes of a feed's new texts, in the others by and by in the background. Measured in
/// a release build: 10 MB of nothing but names take 7 s and 240 MB.
const MOST_BYTES_OF_FEED: usize = 2_000_000;

/// Finds the names in an article; in one that is longer than any, those of its beginning.
pub(super) fn find(title: &str, document: &Document, hints: &Hints<'_>) -> ArticleEntities {
    entities::recognize(title, &beginning(document), hints)
}

/// Returns a document's first blocks, as many as are read for names. Their texts have the same numbers.
fn beginning(document: &Document) -> Cow<'_, Document> {
    let mut left = MOST_BYTES;
    let fits = |block: &&Block| match left.checked_sub(bytes_of(block)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let kept = document.blocks.iter().take_while(fits).count();
    if kept == document.blocks.len() {
        return Cow::Borrowed(document);
    }
    Cow::Owned(Document {
        lang: document.lang.clone(),
        blocks: document.blocks[..kept].to_vec(),
    })
}

fn bytes_of(block: &Block) -> usize {
    match block {
        Block::Heading { text, .. } | Block::Standfirst { text } | Block::Paragraph { text } => {
            text.string.len()
        }
        Block::Quote { blocks } => blocks.iter().map(bytes_of).sum(),
        Block::List { items, .. } => items.iter().flatten().map(bytes_of).sum(),
        Block::Figure(figure) => {
            let texts = [&figure.caption, &figure.credit];
            texts.into_iter().flatten().map(|it| it.string.len()).sum()
        }
        Block::Table(table) => {
            let cells = table.rows.iter().flatten().chain(&table.header);
            cells.map(|cell| cell.string.len() + 1).sum()
        }
        Block::Code { .. } | Block::Embed(_) | Block::Rule => 0,
    }
}

/// Counts what a text is made of.
fn parts_of(document: &Document) -> usize {
    let texts = document.texts();
    let marks: usize = texts.iter().map(|(_, text)| text.marks.len()).sum();
    document.blocks.len() + texts.len() + marks
}

/// A feed's new texts have so many parts in all: paragraphs, cells, links. Each takes some 100 bytes; a feed of a thousand long
/// articles has 100,000.
const MOST_PARTS_OF_FEED: usize = 200_000;

/// What may still be looked through of a feed.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    parts: usize,
}

impl Budget {
    /// Returns the budget of one feed.
    pub(super) fn of_feed() -> Self {
        Self {
            left: MOST_BYTES_OF_FEED,
            parts: MOST_PARTS_OF_FEED,
        }
    }

    /// Returns a text as it is while the feed's parts last; then, and says so by `false`, as its words alone.
    pub(super) fn within(&mut self, document: Document, words: &str) -> (Document, bool) {
        if let Some(left) = self.parts.checked_sub(parts_of(&document)) {
            self.parts = left;
            return (document, true);
        }
        let words = Some(words.trim()).filter(|words| !words.is_empty());
        let words = words.map(|words| Block::Paragraph {
            text: Text::plain(words),
        });
        let document = Document {
            lang: document.lang,
            blocks: words.into_iter().collect(),
        };
        (document, false)
    }

    /// Finds the names in an entry; `None` where that is left for later.
    pub(super) fn find(
        &mut self,
        title: &str,
        document: &Document,
        hints: &Hints<'_>,
    ) -> Option<ArticleEntities> {
        let bytes: usize = document.blocks.iter().map(bytes_of).sum();
        self.left = self.left.checked_sub(bytes.min(MOST_BYTES))?;
        Some(find(title, document, hints))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(paragraphs: usize) -> Document {
        let sentence = "Philippe Cozette shook hands with Graham Fagg under the sea. ".repeat(10);
        let paragraph = || Block::Paragraph {
            text: Text::plain(&*sentence),
        };
        Document {
            lang: Some("en".into()),
            blocks: std::iter::repeat_with(paragraph).take(paragraphs).collect(),
        }
    }

    #[test]
    fn the_names_of_a_text_without_end_are_those_of_its_beginning() {
        let hints = Hints::default();
        let short = document(10);
        assert_eq!(
            find("t", &short, &hints),
            entities::recognize("t", &short, &hints)
        );
        let long = find("t", &document(2_000), &hints);
        let last = long.mentions.last().unwrap().text.0;
        assert!((450..500).contains(&last), "{last}");
    }

    #[test]
    fn of_texts_that_are_all_small_parts_the_words_are_kept() {
        let mut budget = Budget::of_feed();
        let text = document(40_000);
        let kept: Vec<usize> = (0..4)
            .map(|_| budget.within(text.clone(), "words").0.blocks.len())
            .collect();
        assert_eq!(kept, [40_000, 40_000, 1, 1]);
        let small = document(2);
        assert_eq!(budget.within(small.clone(), "words"), (small, true));
    }

    #[test]
    fn of_a_feed_without_end_the_rest_is_left_for_later() {
        let mut budget = Budget::of_feed();
        let text = document(400);
        let found: Vec<bool> = (0..20)
            .map(|_| budget.find("t", &text, &Hints::default()).is_some())
            .collect();
        let at_once = found.iter().filter(|found| **found).count();
        assert!((6..20).contains(&at_once), "{at_once}");
        assert!(found.is_sorted_by(|a, b| a >= b));
    }
}
