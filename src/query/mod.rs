//! What the user typed → [`Query`]: the one language of `/`, `F`, saved searches, rules and the command line.
//!
//! Words match title and text; `"a phrase"`, `-not`, `OR`, parentheses, and fields such as `title:` or `is:unread`.
//! A wrong query is an error that says where and what was expected. Pure: the clock comes in as an argument.

mod field;
mod matching;
mod parse;
mod token;
mod write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::Query;

pub use field::FIELDS;
pub use matching::{Subject, matches};
pub use write::write;

/// Why a query cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", at + 1)]
pub struct Error {
    /// Where: how many characters stand before the place.
    pub at: usize,
    /// What is wrong and what was expected there, with the nearest valid name.
    pub message: String,
}

impl Error {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

/// Reads a query. `now` and `tz` settle days: `after:2026-11-01` is that midnight in `tz`, `after:today` the last one.
pub fn parse(text: &str, now: Timestamp, tz: &TimeZone) -> Result<Query, Error> {
    parse::parse(text, now, tz, parse::Mode::Whole)
}

/// Reads a query that is still being typed: its last word matches longer words too, and an open quote, an open
/// parenthesis, a lone `-` or `OR`, or a field without a whole value at the end is forgiven.
pub fn parse_typing(text: &str, now: Timestamp, tz: &TimeZone) -> Result<Query, Error> {
    parse::parse(text, now, tz, parse::Mode::Typing)
}
