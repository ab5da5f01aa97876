//! Lists of articles: what is shown, and how a page of it is asked for.

use super::query::Sort;
use super::{ArticleId, ArticleRow, Query, Seq};

/// A list as it stands open.
///
/// Its rows are (query and seq ≤ `opened_seq`) or (id in `sticky`): what changes while it is open joins `sticky`, so
/// that nothing vanishes under the reader's eyes, and newcomers are only counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenList {
    /// What it shows.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
    /// Against the order's natural way.
    pub reverse: bool,
    /// The newest arrival it shows; `None` until the first page came (the answer says what it is).
    pub opened_seq: Option<Seq>,
    /// Shown whatever the query says now.
    pub sticky: Vec<ArticleId>,
}

/// Where a page starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The list's top.
    #[default]
    Top,
    /// The list's bottom; the page holds its last rows, in the list's order.
    Bottom,
    /// The rows after this one.
    After(ArticleId),
    /// The rows before this one, in the list's order.
    Before(ArticleId),
    /// Rows around this one, itself included; the top where it is not in the list.
    Around(ArticleId),
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows in the list's order.
    pub rows: Vec<ArticleRow>,
    /// No row stands above the first.
    pub at_top: bool,
    /// No row stands below the last.
    pub at_bottom: bool,
    /// The newest arrival in the library when the page was read.
    pub seq: Option<Seq>,
}

/// How much a list holds, counted in the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows of the list as opened.
    pub rows: u64,
    /// Of these unread.
    pub unread: u64,
    /// Matching articles that came after it was opened (`↑ 12 new`).
    pub waiting: u64,
    /// Of the rows, those above the anchor given with the question.
    pub above: u64,
    /// Articles that muted names keep out of it.
    pub muted: u64,
}
