//! The wall clock as a value, so that schedules can be tested. Time-outs do not go by it.

use jiff::Timestamp;

/// Where the wall time comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The system.
    #[default]
    System,
    /// It stands still (`NEWSDESK_NOW`).
    Fixed(Timestamp),
}

impl Clock {
    /// Returns the time.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}
