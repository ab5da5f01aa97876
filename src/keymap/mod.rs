//! Keys, bindings, and the one table of commands.
//!
//! [`command::TABLE`] names every action once: its name for the `:` line, its help line, the contexts it works in and
//! its default keys. The keymap ([`Keymap`]), the help screen and the palette ([`help`]), README's table and the check
//! of the user's own keys all read it. Nothing here acts: the app runs what a key resolves to.

pub mod bind;
pub mod command;
pub mod context;
pub mod help;
pub mod key;

pub use bind::{Action, Keymap, Lookup, Preset};
pub use command::{Argument, Command, Group, Spec};
pub use context::{Context, Contexts};
pub use key::{Code, Key};
