//! Letters and words: cleaning, folding, widths, counting, dates, charsets, addresses. Pure functions on strings.

pub mod address;
pub mod charset;
pub mod clean;
pub mod date;
pub mod fold;
pub mod nearest;
pub mod reason;
pub mod sentence;
pub mod width;
pub mod words;

pub use clean::{clean, clean_line};
pub use nearest::nearest;
pub use reason::reason;
