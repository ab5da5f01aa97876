//! What several test programs share. Each uses its own part of it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test program uses its own part"
)]

use std::sync::mpsc::Receiver;
use std::time::Duration;

use newsdesk::app::Event;

pub mod desk;
pub mod papers;
pub mod server;

/// What the program asks a terminal that it does not know yet, once, after its first frame: the ground's colour, kitty
/// graphics, a cell's pixels, what every terminal answers.
pub const QUESTION: &str =
    "\x1b]11;?\x1b\\\x1b_Gi=4211,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";

/// Longer than anything takes here, shorter than a person waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the first event that fits.
#[track_caller]
pub fn wait_for<T>(events: &Receiver<Event>, fits: impl Fn(&Event) -> Option<T>) -> T {
    let mut seen = Vec::new();
    loop {
        let Ok(event) = events.recv_timeout(PATIENCE) else {
            panic!("it never came: {seen:#?}")
        };
        if let Some(found) = fits(&event) {
            return found;
        }
        seen.push(event);
    }
}
