//! The input thread: waits with `poll` on the terminal and a self-pipe, then drains crossterm without blocking.
//!
//! Signals write to the pipe: SIGWINCH and SIGCONT (size and modes may have changed), SIGTERM, SIGHUP and SIGINT (the
//! end). A park message makes the thread let go of the terminal before an editor runs, and is acknowledged.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crossterm::event as term;
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGWINCH};

/// What the terminal or the system said.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A crossterm event.
    Terminal(term::Event),
    /// The size may have changed, or the process was continued.
    Resized,
    /// The process was continued after a stop: the modes must be set again.
    Continued,
    /// A signal asked for the end, by its number; `None`: the terminal is gone.
    Ended(Option<i32>),
}

/// The input thread's handle.
pub(super) struct InputThread {
    wake: UnixStream,
    control: Sender<Control>,
}

enum Control {
    Park {
        parked: Sender<()>,
        resume: Receiver<()>,
    },
    End,
}

/// Held while the thread keeps its hands off the terminal; dropping it lets the thread go on.
pub(super) struct Parked {
    _resume: Sender<()>,
}

#[derive(Default)]
struct Signals {
    resized: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    /// The last signal that asked for the end; 0: none.
    ended: Arc<AtomicUsize>,
    /// SIGINT came. In raw mode `^C` is a key, so it was sent by someone else, or typed while the terminal was lent:
    /// then it was meant for the program that had it.
    interrupted: Arc<AtomicBool>,
}

impl Signals {
    /// Returns the signal that asked for the end since the last call.
    fn ended(&self) -> Option<i32> {
        let ended = self.ended.swap(0, Ordering::SeqCst);
        let interrupted = self.interrupted.swap(false, Ordering::SeqCst);
        match i32::try_from(ended) {
            Ok(0) | Err(_) => interrupted.then_some(SIGINT),
            Ok(signal) => Some(signal),
        }
    }
}

impl InputThread {
    /// Starts the thread; what comes in goes to `send`, which answers false when nobody listens any more.
    pub(super) fn start(send: impl Fn(Input) -> bool + Send + 'static) -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let signals = Signals::default();
        for (signal, flag) in [
            (SIGWINCH, &signals.resized),
            (SIGCONT, &signals.continued),
            (SIGINT, &signals.interrupted),
        ] {
            signal_hook::flag::register(signal, Arc::clone(flag))?;
            signal_hook::low_level::pipe::register(signal, wake.try_clone()?)?;
        }
        for signal in [SIGTERM, SIGHUP] {
            let number = usize::try_from(signal).unwrap_or_default();
            signal_hook::flag::register_usize(signal, Arc::clone(&signals.ended), number)?;
            signal_hook::low_level::pipe::register(signal, wake.try_clone()?)?;
        }
        let (control, controls) = channel();
        thread::Builder::new()
            .name("input".into())
            .spawn(move || run(woken, &controls, &signals, send))?;
        Ok(Self { wake, control })
    }

    /// Makes the thread let go of the terminal; returns when it has.
    pub(super) fn park(&self) -> Parked {
        let (parked, is_parked) = channel();
        let (resume, resumed) = channel();
        if self
            .control
            .send(Control::Park {
                parked,
                resume: resumed,
            })
            .is_ok()
        {
            self.wake();
            // An error means that the thread has ended: it has let go, too.
            let _ = is_parked.recv();
        }
        Parked { _resume: resume }
    }

    fn wake(&self) {
        let _ = (&self.wake).write(&[0]);
    }
}

impl Drop for InputThread {
    fn drop(&mut self) {
        let _ = self.control.send(Control::End);
        self.wake();
    }
}

fn run(
    mut woken: UnixStream,
    controls: &Receiver<Control>,
    signals: &Signals,
    send: impl Fn(Input) -> bool,
) {
    loop {
        let stdin = io::stdin();
        let mut fds = [
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => {
                send(Input::Ended(None));
                return;
            }
        }
        let terminal = fds[0].revents();
        let mut bytes = [0; 64];
        while woken.read(&mut bytes).is_ok_and(|count| count > 0) {}

        for control in controls.try_iter() {
            match control {
                Control::End => return,
                Control::Park { parked, resume } => {
                    let _ = parked.send(());
                    // Ends when the guard is dropped.
                    let _ = resume.recv();
                    signals.interrupted.store(false, Ordering::SeqCst);
                }
            }
        }
        if let Some(signal) = signals.ended()
            && !send(Input::Ended(Some(signal)))
        {
            return;
        }
        if signals.continued.swap(false, Ordering::SeqCst) && !send(Input::Continued) {
            return;
        }
        if signals.resized.swap(false, Ordering::SeqCst) && !send(Input::Resized) {
            return;
        }
        if terminal.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            // The other side of the terminal is gone: nothing will ever come, and poll would spin.
            send(Input::Ended(None));
            return;
        }
        if terminal.contains(PollFlags::IN) && !drain(&send) {
            return;
        }
    }
}

/// How long crossterm may look for more once something was there. With none at all it does not look.
const LOOK: Duration = Duration::from_millis(1);

/// Reads what is there. Answers false where nobody listens or the terminal is gone.
fn drain(send: &impl Fn(Input) -> bool) -> bool {
    loop {
        match term::poll(LOOK) {
            Ok(true) => {}
            Ok(false) => return true,
            Err(_) => {
                send(Input::Ended(None));
                return false;
            }
        }
        if let Ok(event) = term::read() {
            if !send(Input::Terminal(event)) {
                return false;
            }
        } else {
            send(Input::Ended(None));
            return false;
        }
    }
}
