//! The words at the bottom: what was done, what failed, what may be pressed.

/// The words in the status line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The words; empty: nothing to say.
    pub text: String,
    /// What they are.
    pub tone: Tone,
}

/// What a status is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something to know.
    #[default]
    Plain,
    /// Something was done.
    Done,
    /// Something failed.
    Failed,
}

/// A reload as the header shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reloading {
    /// Feeds done.
    pub done: usize,
    /// Feeds in all.
    pub total: usize,
    /// Pages still to fetch.
    pub pages_left: usize,
}
