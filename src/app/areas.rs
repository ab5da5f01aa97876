//! What a frame put where: handed back by `ui` after drawing, for the mouse.

use super::frame::Rect;
use super::place::Pane;
use super::tree::Node;
use crate::model::ArticleId;

/// What stood where in the last frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Areas {
    /// Rectangles and what they are, bottom ones first: what lies on top comes later and wins.
    pub targets: Vec<(Rect, Target)>,
}

/// Something a click can hit.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Somewhere in a pane.
    Pane(Pane),
    /// A row of the feed list.
    Node(Node),
    /// The `▸` or `▾` of a folder.
    Fold(Node),
    /// A headline.
    Row(ArticleId),
    /// A link in the article, by number.
    Link(u32),
    /// A name, by its place in the article's list: in the text or in the sidebar.
    Name(usize),
    /// A row of the topmost popup, from 0 at its first row (hidden ones counted).
    Popup(usize),
    /// A popup or prompt, beside its rows.
    Overlay,
    /// The line between feeds and the rest.
    FeedsBorder,
    /// The line between list and article.
    ListBorder,
    /// The line between article and names.
    NamesBorder,
}

impl Areas {
    /// Adds a rectangle on top of what is there.
    pub fn push(&mut self, rect: Rect, target: Target) {
        self.targets.push((rect, target));
    }

    /// Returns what lies on top at a cell.
    pub fn at(&self, column: u16, row: u16) -> Option<&Target> {
        let hit = self.targets.iter().rev();
        hit.into_iter()
            .find(|(rect, _)| rect.contains(column, row))
            .map(|(_, target)| target)
    }
}
