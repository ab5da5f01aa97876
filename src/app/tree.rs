//! The feed list: a tree of what can be shown, as rows. The selection is a node, never a row number.

use std::collections::BTreeSet;

use super::event::Tree;
use super::source::Source;
use crate::model::change::NameKey;
use crate::model::{Feed, FeedId, SearchId};

/// The folder of followed names among the closed ones: no path has two slashes.
const FOLLOWING: &str = "//following";

/// Something in the feed list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// All unread articles.
    Unread,
    /// Starred articles.
    Starred,
    /// The read-later queue.
    Later,
    /// Articles that mention a followed name, and the folder of these names.
    Following,
    /// A followed name.
    Name(NameKey),
    /// A folder, by path.
    Folder(String),
    /// A feed.
    Feed(FeedId),
    /// The heading over the tags.
    Tags,
    /// A tag.
    Tag(String),
    /// The heading over the saved searches.
    Searches,
    /// A saved search.
    Search(SearchId),
}

/// A row of the feed list as shown.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeRow {
    /// What it is.
    pub node: Node,
    /// Its words.
    pub title: String,
    /// How deep it lies, 0 at the top.
    pub depth: usize,
    /// `Some(true)`: can be closed; `Some(false)`: can be opened.
    pub open: Option<bool>,
    /// The number beside it: unread articles (starred and later: all). 0 shows nothing.
    pub count: u64,
    /// Why its last reload failed.
    pub error: Option<String>,
    /// It holds unread articles.
    pub unread: bool,
}

/// The feed list.
#[derive(Clone, Debug, Default)]
pub struct FeedTree {
    /// What it shows, as the library has it.
    pub data: Tree,
    /// Set once the first answer came.
    pub loaded: bool,
    /// The selected node.
    pub selected: Option<Node>,
    /// Closed folders, by path.
    pub closed: BTreeSet<String>,
    /// Open headings among Tags and Searches.
    pub opened: BTreeSet<Node>,
    /// First row on the screen.
    pub top: usize,
    /// Whether feeds with nothing unread are shown.
    pub show_read: bool,
    pub(super) rows: Vec<TreeRow>,
}

impl Node {
    /// Returns what its list shows; `None` for headings.
    pub fn source(&self) -> Option<Source> {
        Some(match self {
            Self::Unread => Source::Unread,
            Self::Starred => Source::Starred,
            Self::Later => Source::Later,
            Self::Following => Source::Following,
            Self::Name(key) => Source::Name(key.clone()),
            Self::Folder(path) => Source::Folder(path.clone()),
            Self::Feed(id) => Source::Feed(*id),
            Self::Tag(tag) => Source::Tag(tag.clone()),
            Self::Search(id) => Source::Search(*id),
            Self::Tags | Self::Searches => return None,
        })
    }

    /// Says whether it is none of the reader's own making: it cannot be renamed or deleted.
    pub fn is_fixed(&self) -> bool {
        use Node::{Following, Later, Searches, Starred, Tags, Unread};
        matches!(self, Unread | Starred | Later | Following | Tags | Searches)
    }

    /// Returns the node whose list a source is.
    pub fn of(source: &Source) -> Option<Self> {
        Some(match source {
            Source::Unread | Source::All => Self::Unread,
            Source::Starred => Self::Starred,
            Source::Later => Self::Later,
            Source::Following => Self::Following,
            Source::Name(key) => Self::Name(key.clone()),
            Source::Folder(path) => Self::Folder(path.clone()),
            Source::Feed(id) => Self::Feed(*id),
            Source::Tag(tag) => Self::Tag(tag.clone()),
            Source::Search(id) => Self::Search(*id),
            _ => return None,
        })
    }
}

impl FeedTree {
    /// Returns an empty tree; `show_read`: whether feeds with nothing unread will be shown.
    pub fn showing(show_read: bool) -> Self {
        Self {
            show_read,
            ..Self::default()
        }
    }

    /// Returns the rows as shown.
    pub fn rows(&self) -> &[TreeRow] {
        &self.rows
    }

    /// Returns the row number of the selected node.
    pub fn selected_row(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.node == *selected)
    }

    /// Returns a feed.
    pub fn feed(&self, id: FeedId) -> Option<&Feed> {
        self.data.feeds.iter().find(|feed| feed.id == id)
    }

    /// Returns how many articles the feeds of a folder have, read ones included.
    pub fn total_in(&self, path: &str) -> u64 {
        let inside = |feed: &&Feed| {
            let rest = feed.folder.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.data
            .feeds
            .iter()
            .filter(inside)
            .map(|feed| feed.total)
            .sum()
    }

    /// Takes in the library's answer.
    pub fn set(&mut self, data: Tree) {
        self.data = data;
        self.loaded = true;
        self.build();
    }

    /// Makes the rows again, after what is shown or open has changed. A selected node that is gone gives way to the
    /// row that stands in its place.
    pub fn build(&mut self) {
        let before = self.selected_row();
        let mut rows = Vec::new();
        let data = &self.data;
        let mark = |node, title: &str, count, unread| TreeRow {
            node,
            title: title.into(),
            depth: 0,
            open: None,
            count,
            error: None,
            unread,
        };
        let unread = data.unread;
        rows.push(mark(Node::Unread, "All unread", unread, unread > 0));
        rows.push(mark(Node::Starred, "Starred", data.starred, false));
        rows.push(mark(Node::Later, "Later", data.later, false));
        let following = data.following;
        rows.push(mark(Node::Following, "Following", following, following > 0));
        self.name_rows(&mut rows);
        self.folder_rows("", 0, &mut rows);
        self.heading_rows(&mut rows);
        self.rows = rows;
        if self.selected.is_some() && self.selected_row().is_none() {
            let at = before.unwrap_or(0).min(self.rows.len().saturating_sub(1));
            self.selected = self.rows.get(at).map(|row| row.node.clone());
        }
    }

    /// Pushes the rows of the followed names, where their folder is open.
    fn name_rows(&self, rows: &mut Vec<TreeRow>) {
        let followed = || self.data.decided.iter().filter(|row| row.followed);
        if followed().next().is_none() {
            return;
        }
        let open = !self.closed.contains(FOLLOWING);
        if let Some(folder) = rows.last_mut() {
            folder.open = Some(open);
        }
        if open {
            rows.extend(followed().map(|row| TreeRow {
                node: Node::Name(row.key()),
                title: row.name.clone(),
                depth: 1,
                open: None,
                count: row.unread.into(),
                error: None,
                unread: row.unread > 0,
            }));
        }
    }

    /// Says whether a node can be shown: every one but names that are not followed.
    pub fn has(&self, node: &Node) -> bool {
        match node {
            Node::Name(key) => {
                let mut decided = self.data.decided.iter();
                decided.any(|row| row.followed && row.key() == *key)
            }
            _ => true,
        }
    }

    /// Pushes the rows of a folder's sub-folders and feeds. Folder paths nest as deep as they are long; each level is
    /// named by its own path, so that a missing parent is shown too.
    fn folder_rows(&self, folder: &str, depth: usize, rows: &mut Vec<TreeRow>) {
        // Paths come from the user; no one reads deeper, and a path of 10,000 slashes must not overflow the stack.
        if depth > 32 {
            return;
        }
        let inside = |path: &str| -> Option<String> {
            let rest = if folder.is_empty() {
                path
            } else {
                path.strip_prefix(folder)?.strip_prefix('/')?
            };
            let name = rest.split('/').next().filter(|name| !name.is_empty())?;
            Some(if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            })
        };
        let mut children = Vec::new();
        let paths = self.data.folders.iter().map(String::as_str);
        let of_feeds = self.data.feeds.iter().map(|feed| feed.folder.as_str());
        for path in paths.chain(of_feeds).filter_map(inside) {
            if !children.contains(&path) {
                children.push(path);
            }
        }
        for path in children {
            let within = |feed: &&Feed| {
                feed.folder == path
                    || feed
                        .folder
                        .strip_prefix(path.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
            };
            let feeds = self.data.feeds.iter().filter(within);
            let unread: u64 = feeds.clone().map(|feed| feed.unread).sum();
            let node = Node::Folder(path.clone());
            let has_feeds = feeds.clone().next().is_some();
            let keep = self.show_read || unread > 0 || !has_feeds || self.is_selected(&node);
            let keep = keep || feeds.clone().any(|feed| self.shows(feed));
            if !keep {
                continue;
            }
            let open = !self.closed.contains(&path);
            let failing = feeds
                .clone()
                .find_map(|feed| feed.health.last_error.clone());
            rows.push(TreeRow {
                node,
                title: path.rsplit('/').next().unwrap_or(&path).to_owned(),
                depth,
                open: Some(open),
                count: unread,
                error: if open { None } else { failing },
                unread: unread > 0,
            });
            if open {
                self.folder_rows(&path, depth + 1, rows);
            }
        }
        let feeds = self.data.feeds.iter().filter(|feed| feed.folder == folder);
        rows.extend(feeds.filter(|feed| self.shows(feed)).map(|feed| TreeRow {
            node: Node::Feed(feed.id),
            title: feed.title.clone(),
            depth,
            open: None,
            count: feed.unread,
            error: feed.health.last_error.clone(),
            unread: feed.unread > 0,
        }));
    }

    fn heading_rows(&self, rows: &mut Vec<TreeRow>) {
        let data = &self.data;
        let child = |node, title: &str, unread: u64| TreeRow {
            node,
            title: title.into(),
            depth: 1,
            open: None,
            count: unread,
            error: None,
            unread: unread > 0,
        };
        let heading = |node: Node, title: &str, count: usize| TreeRow {
            open: Some(self.opened.contains(&node)),
            node,
            title: title.into(),
            depth: 0,
            count: count as u64,
            error: None,
            unread: false,
        };
        if !data.tags.is_empty() {
            rows.push(heading(Node::Tags, "Tags", data.tags.len()));
            if self.opened.contains(&Node::Tags) {
                let tags = data.tags.iter();
                rows.extend(tags.map(|(tag, unread, _)| {
                    child(Node::Tag(tag.clone()), &format!("#{tag}"), *unread)
                }));
            }
        }
        if !data.searches.is_empty() {
            rows.push(heading(Node::Searches, "Searches", data.searches.len()));
            if self.opened.contains(&Node::Searches) {
                let searches = data.searches.iter();
                rows.extend(
                    searches
                        .map(|(id, name, _, unread, _)| child(Node::Search(*id), name, *unread)),
                );
            }
        }
    }

    fn is_selected(&self, node: &Node) -> bool {
        self.selected.as_ref() == Some(node)
    }

    fn shows(&self, feed: &Feed) -> bool {
        self.show_read
            || feed.unread > 0
            || feed.health.last_error.is_some()
            || self.is_selected(&Node::Feed(feed.id))
    }

    /// Selects the row so many steps away, as far as there are rows. Says whether the selection moved.
    pub fn step(&mut self, by: isize) -> bool {
        let last = self.rows.len().saturating_sub(1);
        let to = match self.selected_row() {
            Some(at) => at.saturating_add_signed(by).min(last),
            None if by < 0 => last,
            None => 0,
        };
        self.select_row(to)
    }

    /// Selects a row by number. Says whether the selection moved.
    pub fn select_row(&mut self, row: usize) -> bool {
        let node = self.rows.get(row).map(|row| row.node.clone());
        let moved = node.is_some() && node != self.selected;
        if moved {
            self.selected = node;
        }
        moved
    }

    /// Selects a node, opening what hides it.
    pub fn reveal(&mut self, node: Node) {
        match &node {
            Node::Feed(id) => {
                let folder = self.feed(*id).map(|feed| feed.folder.clone());
                self.open_path(&folder.unwrap_or_default());
            }
            Node::Folder(path) => {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                let parent = parent.to_owned();
                self.open_path(&parent);
            }
            Node::Name(_) => {
                self.closed.remove(FOLLOWING);
            }
            Node::Tag(_) => {
                self.opened.insert(Node::Tags);
            }
            Node::Search(_) => {
                self.opened.insert(Node::Searches);
            }
            _ => {}
        }
        self.selected = Some(node);
        self.build();
    }

    fn open_path(&mut self, path: &str) {
        let closed = std::mem::take(&mut self.closed);
        let hides = |folder: &String| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.closed = closed.into_iter().filter(|folder| !hides(folder)).collect();
    }

    /// Opens or closes a folder or heading. Says whether it did.
    pub fn set_open(&mut self, node: &Node, open: bool) -> bool {
        let changed = match node {
            Node::Following if !self.has_followed() => false,
            Node::Following if open => self.closed.remove(FOLLOWING),
            Node::Following => self.closed.insert(FOLLOWING.to_owned()),
            Node::Folder(path) if open => self.closed.remove(path),
            Node::Folder(path) => self.closed.insert(path.clone()),
            Node::Tags | Node::Searches if open => self.opened.insert(node.clone()),
            Node::Tags | Node::Searches => self.opened.remove(node),
            _ => false,
        };
        if changed {
            self.build();
        }
        changed
    }

    fn has_followed(&self) -> bool {
        self.data.decided.iter().any(|row| row.followed)
    }

    /// Returns the row above that holds a node: its folder or heading.
    pub fn parent(&self, node: &Node) -> Option<Node> {
        let at = self.rows.iter().position(|row| row.node == *node)?;
        let depth = self.rows.get(at)?.depth;
        let above = self.rows.get(..at)?.iter().rev();
        let parent = above.into_iter().find(|row| row.depth < depth)?;
        Some(parent.node.clone())
    }

    /// Returns the next feed in the tree's order, also inside closed folders; `unread`: with unread articles.
    pub fn next_feed(&self, from: Option<&Node>, back: bool, unread: bool) -> Option<FeedId> {
        let mut open = self.clone();
        open.closed.clear();
        open.show_read = true;
        open.build();
        let rows = open.rows();
        let at = from.and_then(|node| rows.iter().position(|row| row.node == *node));
        let fits = |row: &&TreeRow| matches!(row.node, Node::Feed(_)) && (!unread || row.unread);
        let found = match (at, back) {
            (Some(at), false) => rows.get(at + 1..)?.iter().find(fits),
            (Some(at), true) => rows.get(..at)?.iter().rev().find(fits),
            (None, false) => rows.iter().find(fits),
            (None, true) => rows.iter().rev().find(fits),
        };
        match found?.node {
            Node::Feed(id) => Some(id),
            _ => None,
        }
    }

    /// Scrolls so that the selected row is in view.
    pub fn settle(&mut self, height: usize) {
        if let Some(row) = self.selected_row() {
            self.top = settle(self.top, row, self.rows.len(), height);
        }
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }
}

/// Returns the first row on the screen such that `row` is in view with a line around it where there is room.
pub(super) fn settle(top: usize, row: usize, rows: usize, height: usize) -> usize {
    if height == 0 {
        return row;
    }
    let margin = usize::from(height > 4);
    let highest = row.saturating_sub(margin);
    let lowest = (row + margin + 1).saturating_sub(height);
    top.clamp(lowest.min(highest), highest)
        .min(rows.saturating_sub(height))
}
