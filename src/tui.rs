//! The terminal and the loop: events in, frames out.
//!
//! One synchronous loop owns the app and the screen: it drains all events, updates, sends effects to the engine, and
//! draws once if something changed. It never touches disk or network; what belongs to the terminal itself (clipboard,
//! browser, editor, suspend) is done here, everything else by the engine. Without events it sleeps: there is no tick.

mod ask;
mod external;
mod graphics;
mod input;
mod late;
mod line;
mod look;
mod protocol;
mod run;
mod screen;
mod translate;
mod watch;

pub use look::Environment;
pub use run::{Options, run};
