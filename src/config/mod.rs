//! The config: the files as typed → the settings as meant; themes; where things live.
//!
//! A broken config never loses data: what cannot be read is said in plain words with file, line and key, and the
//! program goes on with the defaults. Nothing here writes but [`sites::apply`].

pub mod feed;
pub mod load;
pub mod paths;
pub mod settings;
pub mod sites;
pub mod theme;
pub mod unit;

pub use load::{Loaded, Remark, check, load};
pub use paths::Paths;
pub use settings::Settings;
pub use theme::Theme;

/// The example: every setting with its default, each explained.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Returns the example with every setting commented out: a config to start from, in which the defaults stay the
/// program's.
pub fn commented_example() -> String {
    let line = |line: &str| {
        if line.contains(" = ") && !line.starts_with('#') {
            format!("# {line}\n")
        } else {
            format!("{line}\n")
        }
    };
    EXAMPLE.lines().map(line).collect()
}
