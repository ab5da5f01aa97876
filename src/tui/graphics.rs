//! Pictures in the terminal's own graphics: encoded on a thread of their own into what `ui` only reads.

mod desk;
mod iterm;
mod kitty;
mod sixel;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use self::desk::Desk;
use super::ask::{self, Answers, Known, is_a_cell};
use super::late::Late;
use super::protocol::{self, Name, Protocol};
use crate::config::settings::Pictures;
use crate::keymap::Key as Pressed;
use crate::model::picture::Picture;
use crate::ui::{Drawn, Graphics};

/// A picture as it is known here: its address, and the cells it takes.
pub(super) type Key = (String, u16, u16);

/// A cell where neither the system nor the terminal says its size: what most fonts come to. kitty and iTerm2 fit a picture into
/// its cells whatever its pixels.
const USUAL_CELL: (u16, u16) = (10, 20);

/// How this terminal draws pictures, and the pictures it draws.
pub(super) struct TerminalGraphics {
    desk: Desk,
    name: Name,
    known: Known,
    answers: Option<Answers>,
    wanted: Pictures,
    /// There are colours, and more than ASCII.
    is_possible: bool,
    has_colours: bool,
    late: Option<Late>,
}

impl TerminalGraphics {
    /// Starts the thread that encodes; what it encoded goes to `send`.
    pub(super) fn start(
        state: &Path,
        has_colours: bool,
        send: impl Fn(Encoded) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let name = Name::read();
        let known = Known::new(state, name.key());
        Ok(Self {
            desk: Desk::start(send)?,
            answers: known.read(),
            known,
            name,
            wanted: Pictures::Off,
            is_possible: false,
            has_colours,
            late: None,
        })
    }

    /// Takes in what the config says.
    pub(super) fn configure(&mut self, wanted: Pictures, ascii: bool) {
        self.wanted = wanted;
        self.is_possible = self.has_colours && !ascii;
    }

    /// Says whether the terminal has to be asked.
    pub(super) fn must_ask(&self) -> bool {
        self.is_possible
            && self.answers.is_none()
            && protocol::must_ask(self.wanted, &self.name, measured_cell().is_some())
    }

    /// Asks the terminal; returns the keys pressed meanwhile. Nobody else may read from it.
    pub(super) fn ask(&mut self, write: impl FnOnce(&str)) -> io::Result<Vec<Pressed>> {
        let asked = ask::ask(write)?;
        if asked.is_whole {
            self.known.keep(&asked.answers);
        }
        self.late = Some(Late::watch(Instant::now(), asked.inside));
        self.answers = Some(asked.answers);
        Ok(ask::keys(&asked.keys))
    }

    /// Says whether an event of the terminal is part of an answer that came late.
    pub(super) fn is_late_answer(&mut self, event: &crossterm::event::Event) -> bool {
        self.late
            .as_mut()
            .is_some_and(|late| late.swallows(event, Instant::now()))
    }

    /// Settles how pictures are drawn. Returns what makes the terminal forget those drawn in another way, and the pixels of
    /// a cell; `None`: half blocks.
    pub(super) fn choose(&mut self) -> (String, Option<(u16, u16)>) {
        let answers = self.answers.clone().unwrap_or_default();
        let protocol = protocol::choose(self.wanted, &self.name, &answers);
        let protocol = protocol.filter(|_| self.is_possible);
        let cell = protocol.and_then(|protocol| {
            let known = measured_cell().or(answers.cell);
            // Sixel has no cells: with pixels of a wrong size rows would gape or overlap.
            known.or((protocol != Protocol::Sixel).then_some(USUAL_CELL))
        });
        let protocol = protocol.filter(|_| cell.is_some());
        (self.desk.set(protocol), cell)
    }

    /// Asks for these pictures, and drops all others; returns what makes the terminal forget those.
    pub(super) fn want<'a>(
        &mut self,
        pictures: impl Iterator<Item = (&'a String, &'a Picture)>,
    ) -> String {
        self.desk.want(pictures)
    }

    /// Takes a picture in; returns what to write to the terminal before it is drawn.
    pub(super) fn take(&mut self, encoded: Encoded) -> String {
        self.desk.take(encoded)
    }

    /// Forgets all pictures; returns what makes the terminal do so, too.
    pub(super) fn clear(&mut self) -> String {
        self.desk.clear()
    }

    /// Returns the pictures that are encoded.
    pub(super) fn ready(&self) -> &Graphics {
        &self.desk.ready
    }
}

/// Returns a cell's size in pixels, where the system knows it.
fn measured_cell() -> Option<(u16, u16)> {
    let size = crossterm::terminal::window_size().ok()?;
    let width = size.width.checked_div(size.columns)?;
    let height = size.height.checked_div(size.rows)?;
    is_a_cell(width, height).then_some((width, height))
}

/// A picture encoded.
pub(super) struct Encoded {
    key: Key,
    protocol: Protocol,
    /// What to write to the terminal before it is shown.
    send: String,
    drawn: Drawn,
}

struct Job {
    key: Key,
    protocol: Protocol,
    picture: Picture,
    id: u32,
}

/// Encodes a picture; `None` where there is nothing to encode.
fn encode(job: Job) -> Option<Encoded> {
    let Job {
        key,
        protocol,
        picture,
        id,
    } = job;
    let fine = picture.fine.as_ref()?;
    let around = |row: String| -> Arc<str> {
        // The cursor goes on behind the first cell, wherever the terminal leaves it: ratatui counts on that.
        Arc::from(format!("\x1b7{row}\x1b8\x1b[C"))
    };
    let (send, drawn) = match protocol {
        Protocol::Kitty => (kitty::transmit(id, &picture, fine), Drawn::Placed(id)),
        Protocol::Iterm => {
            let rows = iterm::rows(&picture, fine).into_iter().map(around);
            (String::new(), Drawn::Rows(rows.collect()))
        }
        Protocol::Sixel => {
            let rows = sixel::rows(&picture, fine).into_iter().map(around);
            (String::new(), Drawn::Rows(rows.collect()))
        }
    };
    Some(Encoded {
        key,
        protocol,
        send,
        drawn,
    })
}
