//! Document × width → styled lines, shared by the reading pane and `newsdesk show`.
//!
//! [`layout`] breaks the texts of a document into lines of a width, draws lists, quotes, tables and code, numbers the
//! links and says of every piece what it *is* ([`Style`]), never how it looks. Every piece of the article's text knows
//! which bytes of which [`TextId`] it shows, so that scroll position, selection, names and search hits hang on the text
//! and survive another width: [`Layout::place_of`] and [`Layout::line_at`] go from lines to text and back,
//! [`overlay::cut`] cuts a line's pieces along such ranges at draw time.
//!
//! Time is linear in the document; no input makes it fail or panic.

mod block;
mod inline;
mod layout;
pub mod overlay;
mod table;
mod wrap;

pub use layout::{Figure, Heading, Layout, Link, Piece, Place, Role, Source, Style};

use std::collections::BTreeMap;

use crate::model::Document;
#[cfg(doc)]
use crate::model::TextId;

/// What a layout needs besides the document and the width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What stands over the body; `None`: the body alone.
    pub head: Option<Head>,
    /// Whether `[n]` stands after each link.
    pub link_numbers: bool,
    /// Only ASCII for bars, bullets and rules.
    pub ascii: bool,
    /// Rows kept free for pictures, by address; one that is not here is shown by its words.
    pub picture_rows: BTreeMap<String, u16>,
    /// Blocks that are not in the document, shown in their places.
    pub asides: Vec<Aside>,
}

/// A block that is not in the document, shown in its place: what cleaning removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// It stands before the block of this index (the number of blocks: after the last).
    pub before: usize,
    /// What it is, in a word.
    pub label: String,
    /// Its words.
    pub text: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            head: None,
            link_numbers: true,
            ascii: false,
            picture_rows: BTreeMap::new(),
            asides: Vec::new(),
        }
    }
}

/// What stands over an article's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The headline: the text [`TextId::HEADLINE`].
    pub headline: String,
    /// Lines under it: byline, paper, date, reading time.
    pub byline: Vec<String>,
}

/// Lays a document out for `width` columns (at least one is used).
pub fn layout(document: &Document, width: u16, options: &Options) -> Layout {
    block::Flow::new(width, options).run(document)
}

#[cfg(test)]
mod tests;
