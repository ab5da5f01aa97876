//! Places: a list, a row, an article and where in it. `q` goes back along them.

use super::effect::Ticket;
use super::list::ListView;
use super::reader::Reader;
use crate::model::ArticleId;

/// The panes that can have the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The feed list.
    Feeds,
    /// The headlines.
    #[default]
    List,
    /// The article.
    Article,
    /// The names.
    Names,
}

/// A place.
#[derive(Clone, Debug)]
pub struct Place {
    /// The list.
    pub list: ListView,
    /// The list before this one, drawn until the first answer comes.
    pub(super) last: Option<ListView>,
    /// The article shown: alone while reading, else beside the list.
    pub reader: Option<Reader>,
    /// The article stands alone.
    pub reading: bool,
    /// The pane that has the keys.
    pub focus: Pane,
    /// It was entered from the feed list: `q` goes back there.
    pub(super) from_tree: bool,
    /// The article asked for.
    pub(super) opening: Option<Opening>,
}

/// An article that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) ticket: Ticket,
    pub(super) id: ArticleId,
    /// Keep the place in the text (another text of the same article came).
    pub(super) keep: bool,
    /// The reader asked for the article's other text.
    pub(super) swap: bool,
}

impl Place {
    /// Returns a place that shows a list.
    pub fn new(list: ListView) -> Self {
        Self {
            list,
            last: None,
            reader: None,
            reading: false,
            focus: Pane::List,
            from_tree: false,
            opening: None,
        }
    }
}
