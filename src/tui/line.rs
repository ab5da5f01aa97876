//! The line to the terminal: a thread writes frames, so that a slow terminal holds up no key.
//!
//! At most one frame is under way. While it is, the loop takes in what comes and draws nothing; then it draws what holds by
//! then, so that a slow terminal sees fewer frames, not late ones.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::termios::Action;

/// Bytes written at once: between two such pieces a frame can be given up.
const PIECE: usize = 1024;

/// How long a writer may take to see that it is not wanted.
const NUDGE: Duration = Duration::from_millis(20);

/// A terminal that reads nothing for so long is left as it is.
const STUCK: Duration = Duration::from_secs(2);

/// Nothing more is written: the program ends in a panic, whose words come next.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// Ends all writing, of every line.
pub(super) fn hush() {
    HUSHED.store(true, Ordering::SeqCst);
}

/// What is drawn is collected here until the frame is whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame(Rc<RefCell<Vec<u8>>>);

impl Frame {
    /// Returns what was collected, and begins anew.
    fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the loop and the thread both look at.
#[derive(Debug, Default)]
struct Shared {
    /// Pieces of writing not yet done.
    left: Mutex<usize>,
    done: Condvar,
    /// The rest of what is under way is not wanted any more.
    given_up: AtomicBool,
}

/// The line, with the thread at its other end.
#[derive(Debug)]
pub(super) struct Line {
    writing: Sender<Vec<u8>>,
    shared: Arc<Shared>,
}

impl Line {
    /// Starts the thread. `idle` hears of each time that nothing is left to write, with the error where the terminal took
    /// nothing more.
    pub(super) fn start(idle: impl Fn(io::Result<()>) + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (writing, written) = channel::<Vec<u8>>();
        let line = Self {
            writing,
            shared: Arc::clone(&shared),
        };
        thread::Builder::new()
            .name("terminal".into())
            .spawn(move || {
                for bytes in written {
                    let result = write(&bytes, &shared.given_up);
                    let mut left = shared.left.lock().unwrap_or_else(PoisonError::into_inner);
                    *left = left.saturating_sub(1);
                    shared.done.notify_all();
                    let is_idle = *left == 0;
                    drop(left);
                    if is_idle || result.is_err() {
                        idle(result);
                    }
                }
            })?;
        Ok(line)
    }

    /// Sends a frame off, or anything else that is to stand behind what was sent before.
    pub(super) fn send(&self, bytes: Vec<u8>) {
        *self.left() += 1;
        // The thread lives as long as this does.
        drop(self.writing.send(bytes));
    }

    /// Sends what was collected.
    pub(super) fn send_frame(&self, frame: &Frame) {
        self.send(frame.take());
    }

    /// Says whether something is still to be written.
    pub(super) fn is_busy(&self) -> bool {
        *self.left() > 0
    }

    /// Waits until all is written.
    pub(super) fn settle(&self) {
        let mut left = self.left();
        while *left > 0 {
            left = self
                .shared
                .done
                .wait(left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until all is written, for so long at most; says whether it is.
    fn settles_within(&self, time: Duration) -> bool {
        let (left, _) = self
            .shared
            .done
            .wait_timeout_while(self.left(), time, |left| *left > 0)
            .unwrap_or_else(PoisonError::into_inner);
        *left == 0
    }

    /// Gives up what is not yet written. Says whether a sequence may have been cut.
    pub(super) fn give_up(&self) -> bool {
        let cut = self.is_busy();
        self.shared.given_up.store(true, Ordering::SeqCst);
        // What the system holds for the terminal goes, too; that also makes room for the piece under way.
        let flush =
            || rustix::termios::tcflush(io::stdout(), rustix::termios::QueueSelector::OFlush);
        let mut flushed = flush().is_ok();
        let begun = Instant::now();
        while !self.settles_within(NUDGE) && begun.elapsed() < STUCK {
            // Linux does not wake a writer when what it waits behind is flushed away; it does when held output goes on. (Writing
            // something ourselves would wait for the same lock as that writer.)
            flushed |= flush().is_ok();
            for action in [Action::OOff, Action::OOn] {
                let _ = rustix::termios::tcflow(io::stdout(), action);
            }
        }
        let _ = flush();
        self.shared.given_up.store(false, Ordering::SeqCst);
        cut || flushed
    }

    fn left(&self) -> std::sync::MutexGuard<'_, usize> {
        self.shared
            .left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(bytes: &[u8], given_up: &AtomicBool) -> io::Result<()> {
    let mut rest = bytes;
    let is_wanted = || !given_up.load(Ordering::SeqCst) && !HUSHED.load(Ordering::SeqCst);
    while !rest.is_empty() && is_wanted() {
        let piece = &rest[..rest.len().min(PIECE)];
        match rustix::io::write(rustix::stdio::stdout(), piece) {
            Ok(count) => rest = &rest[count..],
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
