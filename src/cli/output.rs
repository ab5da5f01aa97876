//! Printing that survives a closed pipe and never sends a control code of someone else's to the terminal.

use std::io::{self, IsTerminal, Write};

use super::args::{ColorWhen, Global};
use crate::text::clean;

/// Where results and words go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Results are read by a person.
    pub terminal: bool,
    /// Words on standard error are read by a person (progress bars make sense).
    pub progress: bool,
    /// Results are coloured.
    pub color: bool,
    /// The terminal's character set has more than ASCII.
    pub unicode: bool,
    /// Say more.
    pub verbose: bool,
    /// Say nothing but errors.
    pub quiet: bool,
}

impl Output {
    /// Looks at the terminal, the options and `NO_COLOR`.
    pub fn new(global: &Global) -> Self {
        let terminal = io::stdout().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = match global.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => {
                let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                terminal && !no_color && !dumb
            }
        };
        Self {
            terminal,
            progress: io::stderr().is_terminal() && !global.quiet && !dumb,
            color,
            unicode: is_unicode(),
            verbose: global.verbose > 0,
            quiet: global.quiet,
        }
    }

    /// Prints a line of results, cleaned.
    pub fn line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(clean(text).as_bytes())?;
        out.write_all(b"\n")
    }

    /// Prints a line that holds colour codes of our own around text already cleaned.
    pub fn styled_line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")
    }

    /// Prints a value as JSON: indented on a terminal, on one line off it.
    pub fn json(self, value: &serde_json::Value) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.terminal {
            serde_json::to_writer_pretty(&mut out, value)?;
        } else {
            serde_json::to_writer(&mut out, value)?;
        }
        out.write_all(b"\n")
    }

    /// Prints a document as it is, but cleaned.
    pub fn block(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(clean(text).as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Says something on standard error, unless told to be quiet.
    pub fn say(self, text: &str) {
        if !self.quiet {
            warn(text);
        }
    }

    /// Wraps text in an SGR code where results are coloured.
    pub fn paint(self, sgr: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\x1b[{sgr}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Says whether the locale's character set is Unicode's (POSIX: `LC_ALL`, then `LC_CTYPE`, then `LANG`). Where none is
/// set, as on many servers, the terminal at the other end still is.
fn is_unicode() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].map(std::env::var_os);
    let locale = set.into_iter().flatten().find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Says something on standard error whatever the options; a closed standard error is nobody's loss.
pub fn warn(text: &str) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{}", clean(text));
}

/// Returns the terminal's columns, or 80.
pub fn columns() -> u16 {
    rustix::termios::tcgetwinsize(io::stdout())
        .ok()
        .map(|size| size.ws_col)
        .filter(|&columns| columns > 0)
        .unwrap_or(80)
}
