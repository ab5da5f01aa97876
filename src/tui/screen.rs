//! The terminal as newsdesk holds it: modes on, modes off, frames out. Given back on every way out.

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::{Buffer, Cell, CellDiffOption};

use super::line::{self, Frame, Line};
use crate::text::width;

/// Whether the terminal is ours now; the panic hook and the signal path ask.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Alternate screen, blank also where a terminal keeps what stood there, cursor hidden, bracketed paste, and of the kitty
/// keyboard protocol only "disambiguate" (flag 1): terminals that do not know it ignore it.
const ENTER: &str = "\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?2004h\x1b[>1u";
/// Buttons, drag and wheel with SGR coordinates; not every motion (1003), which would wake us for nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";
/// Everything off again, in reverse; all of it is harmless where it was not on.
const LEAVE: &str =
    "\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[<1u\x1b[?2004l\x1b[?25h\x1b[0m\x1b[?1049l";

/// Ends whatever sequence may have been cut off.
const CUT: &str = "\x1b\\";

/// The terminal, taken. Dropping it gives the terminal back.
pub(super) struct Screen {
    /// Never dropped: ratatui would say that it cannot show the cursor of a terminal that is gone, on a standard error
    /// that is gone too, and panic.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Frame>>>,
    frame: Frame,
    line: Line,
    mouse: bool,
    /// What stands on the screen is not what was last drawn there.
    stale: bool,
    /// Where wide letters stand on the screen.
    wide: Vec<(u16, u16)>,
    /// When something was last put on the clipboard.
    copied: Option<Instant>,
}

/// How long a terminal may take to read what goes to its clipboard.
const COPYING: Duration = Duration::from_secs(10);

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, paste and mouse. Asks it nothing. `idle` hears of each time that the
    /// terminal has taken all there was.
    pub(super) fn take(
        mouse: bool,
        idle: impl Fn(io::Result<()>) + Send + 'static,
    ) -> io::Result<Self> {
        install_panic_hook();
        enter(mouse)?;
        let frame = Frame::default();
        let parts = Line::start(idle).and_then(|line| {
            let terminal = Terminal::new(CrosstermBackend::new(frame.clone()))?;
            Ok((terminal, line))
        });
        match parts {
            Ok((terminal, line)) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
                frame,
                line,
                mouse,
                stale: false,
                wide: Vec::new(),
                copied: None,
            }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Says whether the terminal is still taking the last frame: then nothing is drawn.
    pub(super) fn is_busy(&self) -> bool {
        self.line.is_busy()
    }

    /// Draws a frame, wrapped in a synchronized update (mode 2026, set blindly: DEC private modes that are unknown are
    /// ignored), so that no half frame is seen.
    pub(super) fn draw<T>(
        &mut self,
        mut render: impl FnMut(&mut ratatui::Frame) -> T,
    ) -> io::Result<T>
    where
        T: Default,
    {
        self.terminal.backend_mut().write_all(b"\x1b[?2026h")?;
        if std::mem::take(&mut self.stale) {
            // Not `Terminal::clear`: that asks the terminal where its cursor is, and the input thread would take the answer.
            let size = self.terminal.size()?;
            let area = ratatui::layout::Rect::new(0, 0, size.width, size.height);
            self.terminal.resize(area)?;
        }
        let mut areas = T::default();
        let wide = &mut self.wide;
        self.terminal.draw(|frame| {
            areas = render(frame);
            refresh_halves(frame.buffer_mut(), wide);
        })?;
        self.terminal.backend_mut().write_all(b"\x1b[?2026l")?;
        self.line.send_frame(&self.frame);
        Ok(areas)
    }

    /// Forgets what stands on the screen: the next frame is drawn from nothing, at the size the terminal has then.
    pub(super) fn redraw(&mut self) {
        self.stale = true;
    }

    /// Gives up what the terminal has not taken yet: on a slow line it would hold up the end by seconds.
    pub(super) fn abandon(&mut self) {
        if self.copied.is_some_and(|at| at.elapsed() < COPYING) {
            self.line.settle();
        } else if self.line.give_up() {
            let _ = write_now(CUT);
        }
    }

    /// Writes codes that draw nothing: what a picture needs before it is shown, and what takes it back.
    pub(super) fn send(&self, codes: String) {
        if !codes.is_empty() {
            self.line.send(codes.into());
        }
    }

    /// Writes the last codes before the terminal is given back.
    pub(super) fn end(&self, codes: String) {
        if !codes.is_empty() {
            self.send(codes);
            self.line.settle();
        }
    }

    /// Sets the mouse mode.
    pub(super) fn set_mouse(&mut self, mouse: bool) {
        if self.mouse != mouse {
            self.mouse = mouse;
            let codes = if mouse { MOUSE_ON } else { MOUSE_OFF };
            self.line.send(codes.into());
        }
    }

    /// Puts text on the clipboard of the terminal's side (OSC 52), also over SSH.
    pub(super) fn copy(&mut self, text: &str) {
        self.copied = Some(Instant::now());
        let coded = base64::engine::general_purpose::STANDARD.encode(text);
        self.line.send(format!("\x1b]52;c;{coded}\x07").into());
    }

    /// Gives the terminal up while something else uses it, then takes it again and forgets what stood there.
    pub(super) fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.line.settle();
        give_back();
        let result = work();
        enter(self.mouse)?;
        self.redraw();
        Ok(result)
    }

    /// Sets the modes again after the process was stopped and continued from outside.
    pub(super) fn take_again(&mut self) -> io::Result<()> {
        self.line.settle();
        enter(self.mouse)?;
        self.redraw();
        Ok(())
    }
}

/// Has the second half of every wide letter that went written anew. Most terminals blank it with the first half, and
/// ratatui counts on that; those that do not keep a hole there, and the rest of the row moves. `wide`: where wide letters
/// stood, and then stand.
fn refresh_halves(buffer: &mut Buffer, wide: &mut Vec<(u16, u16)>) {
    let is_wide = |cell: &Cell| !cell.symbol().is_ascii() && width::width(cell.symbol()) > 1;
    for (x, y) in wide.drain(..) {
        let is_gone = buffer.cell((x, y)).is_some_and(|cell| !is_wide(cell));
        if let Some(half) = buffer.cell_mut((x.saturating_add(1), y))
            && is_gone
            && half.diff_option == CellDiffOption::None
        {
            half.set_diff_option(CellDiffOption::AlwaysUpdate);
        }
    }
    let cells = buffer.content.iter().enumerate();
    let places = cells
        .filter(|(_, cell)| is_wide(cell))
        .map(|(at, _)| buffer.pos_of(at));
    wide.extend(places);
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    write_now(ENTER)?;
    if mouse { write_now(MOUSE_ON) } else { Ok(()) }
}

/// Gives the terminal back, once. A terminal that is gone cannot be given back; that is no error of ours.
pub(super) fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = write_now(LEAVE);
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

fn write_now(codes: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(codes.as_bytes())?;
    out.flush()
}

/// A panic's words belong on a screen that shows them: the terminal is given back first. Only for panics that end the
/// program; workers that catch theirs have named threads and log them.
fn install_panic_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() == Some("main") {
                line::hush();
                give_back();
                usual(info);
            } else {
                tracing::error!("a worker failed: {info}");
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn both_cells_of_a_wide_letter_that_went_are_written() {
        let frame = |line: &str, wide: &mut Vec<(u16, u16)>| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
            buffer.set_string(0, 0, line, ratatui::style::Style::new());
            refresh_halves(&mut buffer, wide);
            buffer
        };
        let mut wide = Vec::new();
        let before = frame("a서울b", &mut wide);
        assert_eq!(wide, [(1, 0), (3, 0)]);
        let after = frame("a  울b", &mut wide);
        let written: Vec<u16> = before.diff(&after).iter().map(|(x, ..)| *x).collect();
        assert_eq!(written, [1, 2]);
        assert_eq!(wide, [(3, 0)]);
    }
}
