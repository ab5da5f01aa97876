//! The pictures of the article on the screen: asked for once a width, drawn when they have come.

use super::reader::Pictures;
use super::settings::PictureColours;
use super::{App, Effect, Pane, Ticket};
use crate::model::picture::Picture;

/// A picture takes at most this share of the pane's rows, in hundredths, so that text stays beside it.
const SHARE: usize = 60;

/// Fewer rows show nothing.
const FEWEST_ROWS: usize = 4;

impl App {
    /// `I`.
    pub(super) fn toggle_pictures(&mut self) {
        if self.settings.pictures == PictureColours::Off {
            self.say(
                "Pictures are off: see pictures in the config, or this terminal shows no colours",
            );
            return;
        }
        self.pictures_hidden = !self.pictures_hidden;
        self.say(if self.pictures_hidden {
            "Pictures are hidden · I shows them"
        } else {
            "Pictures are shown"
        });
        if let Some(reader) = &mut self.place.reader {
            reader.pictures = Pictures::default();
            reader.layout.width = 0;
        }
    }

    /// Takes in how the terminal draws pictures: those that are shown are scaled anew.
    pub(super) fn set_cell(&mut self, cell: Option<(u16, u16)>) {
        if self.cell == cell {
            return;
        }
        self.cell = cell;
        if let Some(reader) = &mut self.place.reader {
            reader.pictures.cols = 0;
        }
    }

    /// Asks for the pictures of the article on the screen, where they are to be shown and not yet asked for.
    pub(super) fn ask_pictures(&mut self, cols: u16, height: usize) {
        if self.settings.pictures == PictureColours::Off || self.pictures_hidden {
            return;
        }
        let rows = height * SHARE / 100;
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        if rows < FEWEST_ROWS || reader.pictures.cols == cols {
            return;
        }
        reader.pictures.cols = cols;
        let document = &reader.article.body.document;
        let addresses: Vec<String> = document.pictures().into_iter().map(str::to_owned).collect();
        if addresses.is_empty() {
            return;
        }
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        reader.pictures.asked = Some(ticket);
        self.send(Effect::LoadPictures {
            ticket,
            addresses,
            cols,
            rows: u16::try_from(rows).unwrap_or(u16::MAX),
            cell: self.cell,
        });
    }

    pub(super) fn pictures_came(&mut self, ticket: Ticket, pictures: Vec<(String, Picture)>) {
        let height = self.height(Pane::Article);
        let Some(reader) = &mut self.place.reader else {
            return;
        };
        if reader
            .pictures
            .asked
            .take_if(|asked| *asked == ticket)
            .is_none()
        {
            return;
        }
        let ready = pictures.into_iter().collect();
        if reader.pictures.ready == ready {
            return;
        }
        reader.pictures.ready = ready;
        // Laid out again with room for them; the place in the text is kept.
        reader.layout.width = 0;
        reader.scroll(0, height);
    }
}
