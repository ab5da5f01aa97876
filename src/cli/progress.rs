//! A progress bar on standard error, where that is a terminal.

use std::io::{self, Write};

use super::output::{Output, columns};

/// A bar that draws over itself and wipes itself off at the end.
pub(super) struct Progress {
    shown: bool,
    drawn: bool,
    /// What is done and what is left.
    signs: (&'static str, &'static str),
}

impl Progress {
    /// Returns a bar; it stays silent where nobody would see it.
    pub(super) fn new(output: Output) -> Self {
        Self {
            shown: output.progress,
            drawn: false,
            signs: if output.unicode {
                ("━", "╌")
            } else {
                ("=", "-")
            },
        }
    }

    /// Shows how far the work is.
    pub(super) fn show(&mut self, done: usize, total: usize, words: &str) {
        if !self.shown || total == 0 {
            return;
        }
        let width = usize::from(columns())
            .saturating_sub(words.len() + 16)
            .clamp(5, 40);
        let full = (done * width / total).min(width);
        let (whole, rest) = self.signs;
        let bar = format!("{}{}", whole.repeat(full), rest.repeat(width - full));
        write(&format!("\r{bar} {done}/{total} {words}\x1b[K"));
        self.drawn = true;
    }

    /// Wipes the bar off.
    pub(super) fn end(&mut self) {
        if self.drawn {
            write("\r\x1b[K");
            self.drawn = false;
        }
    }
}

fn write(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
