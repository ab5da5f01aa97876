//! A word of the text: chosen with a click, or where a find stands; `*` lists the articles that have it.

use super::reader::{Find, Reader};
use super::{App, Pane};
use crate::model::TextId;
use crate::text::{width, words};

impl Reader {
    /// Returns a text of the article, the headline too.
    fn string(&self, text: TextId) -> Option<&str> {
        let (_, string) = *self.texts().get(text.0 as usize)?;
        Some(string)
    }

    /// Selects the word that stands at a column of a line. Says whether there is one.
    fn select_word(&mut self, line: usize, column: usize) -> bool {
        let mut left = 0;
        let mut found = None;
        for piece in self.layout.line(line) {
            let cols = width::width(piece.letters);
            if column < left + cols {
                let (before, _) = width::split_at(piece.letters, column - left);
                found = piece
                    .source
                    .map(|it| (it.text, it.range.start + before.len()));
                break;
            }
            left += cols;
        }
        self.word = found.and_then(|(text, offset)| {
            let range = words::word_at(self.string(text)?, offset);
            (!range.is_empty()).then_some((text, range))
        });
        if self.word.is_some() {
            self.link = None;
            self.name = None;
            self.mention = None;
        }
        self.word.is_some()
    }

    /// Returns the word that is selected, or else the one where a find stands: whole, where only a part was typed.
    pub fn chosen_word(&self) -> Option<&str> {
        let hit = |find: &Find| find.hits.get(find.current).cloned();
        let (text, range) = match (&self.word, &self.find) {
            (Some(word), _) => word.clone(),
            (None, Some(find)) => hit(find)?,
            (None, None) => return None,
        };
        let string = self.string(text)?;
        let start = words::word_at(string, range.start);
        let end = words::word_at(string, range.end.saturating_sub(1));
        let from = if start.is_empty() {
            range.start
        } else {
            start.start
        };
        let to = if end.is_empty() { range.end } else { end.end };
        string.get(from.min(range.start)..to.max(range.end))
    }
}

impl App {
    /// A click in the text that hits no link and no name selects the word there.
    pub(super) fn click_text(&mut self, column: u16, row: u16) {
        self.focus_on(Pane::Article);
        let Some(pane) = self.frame().article else {
            return;
        };
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        // The text column stands in the middle of the pane, as the screen draws it.
        let cols = reader.layout.width.min(pane.inner.width);
        let left = pane.inner.x + (pane.inner.width - cols) / 2;
        let (Some(column), Some(line)) = (column.checked_sub(left), row.checked_sub(pane.inner.y))
        else {
            return;
        };
        reader.select_word(reader.top + usize::from(line), column.into());
    }
}
