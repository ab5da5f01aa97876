//! Deliberate changes of state: what the user did to what. Each is one journalled operation and one step of undo.

use serde::{Deserialize, Serialize};

use super::article::BlockDecision;
use super::feed::FeedSettings;
use super::{ArticleId, EntityKind, FeedId, JournalId, Query, SearchId, Seq};
use crate::text::clean_line;

/// What to change, and on which articles (ignored by changes of feeds, folders, searches and names).
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is done.
    pub what: What,
    /// On which articles.
    pub scope: Scope,
    /// False for read marks made by opening an article: they are stored, but are no step of undo.
    pub undoable: bool,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Marks read or unread.
    Read(bool),
    /// Stars or unstars.
    Star(bool),
    /// Puts into the read-later queue or takes out.
    Later(bool),
    /// Puts a tag on.
    Tag(String),
    /// Takes a tag off.
    Untag(String),
    /// Several marks of the same articles at once: one step of undo.
    Several(Vec<What>),
    /// Changes of different things, made in this order (an import, feeds unsubscribed together): one step of undo, and
    /// where one of them is refused none is made. What holds for the whole holds for each.
    Together(Vec<Change>),
    /// Subscribes to a feed.
    Subscribe(NewFeed),
    /// Unsubscribes: the feed is archived; its starred, tagged or annotated articles stay.
    Unsubscribe(FeedId),
    /// Gives a feed a title of the user's (`None`: the feed's own again).
    RenameFeed(FeedId, Option<String>),
    /// Moves a feed to a folder path (made where missing; empty: top level).
    MoveFeed(FeedId, String),
    /// Sets what holds for one feed alone.
    SetFeed(FeedId, FeedSettings),
    /// Changes a feed's address.
    SetFeedUrl(FeedId, String),
    /// Makes an empty folder.
    AddFolder(String),
    /// Renames or moves a folder, with all that lies in it.
    RenameFolder {
        /// Its path.
        from: String,
        /// The new path.
        to: String,
    },
    /// Deletes a folder; feeds in it move to its parent.
    DeleteFolder(String),
    /// Renames a tag on every article that has it.
    RenameTag {
        /// Its name.
        from: String,
        /// The new name.
        to: String,
    },
    /// Takes a tag off every article.
    DeleteTag(String),
    /// Keeps a query under a name in the feed list.
    SaveSearch {
        /// Its name.
        name: String,
        /// The query as typed.
        query: String,
    },
    /// Changes a saved search.
    EditSearch {
        /// Which.
        id: SearchId,
        /// Its name.
        name: String,
        /// The query as typed.
        query: String,
    },
    /// Deletes a saved search.
    DeleteSearch(SearchId),
    /// Follows a name, or stops.
    Follow(NameKey, bool),
    /// Mutes a name, or stops.
    Mute(NameKey, bool),
    /// Decides on blocks of an article; `None` where the cleaner shall decide again.
    Blocks(Vec<BlockChoice>),
    /// Notes a change of the user's site rules that was made in their file, so that it can be taken back.
    Site(SiteEdit),
    /// Says that a name is another one, in old articles and new: merges two names, or gives one another spelling or type.
    MergeName {
        /// The name that gives way.
        from: NameKey,
        /// The name it is from now on; made where no article mentions it.
        into: NameKey,
    },
    /// Takes a name out of the one it was merged into.
    SplitName(NameKey),
    /// Says that a way of writing is not this name, or is it again: in the articles of the scope, or in all.
    PartName {
        /// The name.
        from: NameKey,
        /// The words as they stand in texts (`Bush`, of George Bush).
        words: String,
        /// Taken out, or put back.
        on: bool,
    },
}

/// What the reader decides on a block of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockChoice {
    /// The block's words.
    pub text: String,
    /// Shown, not shown, or as the cleaner thinks.
    pub keep: Option<bool>,
}

impl From<BlockDecision> for BlockChoice {
    fn from(decision: BlockDecision) -> Self {
        Self {
            text: decision.text,
            keep: Some(decision.keep),
        }
    }
}

/// A change of the user's rule for a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteEdit {
    /// The site's host.
    pub host: String,
    /// What is put into the rule's lists, and what is taken from them.
    pub lines: Vec<SiteLine>,
}

/// A line of a rule's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLine {
    /// Which list.
    pub list: SiteList,
    /// A block's words, or a selector.
    pub text: String,
    /// Put in; else taken out.
    pub on: bool,
}

/// The lists of a site's rule that the reader changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteList {
    /// Elements to remove, by selector.
    Strip,
    /// Blocks to remove, by their words.
    StripText,
    /// Blocks to keep, by their words.
    KeepText,
}

impl SiteEdit {
    /// Returns the change that takes this one back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let lines = self.lines.iter().rev().map(|line| SiteLine {
            on: !line.on,
            ..line.clone()
        });
        Self {
            host: self.host.clone(),
            lines: lines.collect(),
        }
    }
}

/// Returns a tag's name as it is kept: no `#` before it, no commas or white space in it, as the prompt and queries
/// separate by these. `None` where nothing is left.
pub fn tag_name(typed: &str) -> Option<String> {
    let tag = clean_line(typed);
    let parts: Vec<&str> = tag
        .trim_start_matches('#')
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("-"))
}

/// A name as the user's decisions key on it: never a generated id, so that decisions outlive the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameKey {
    /// The canonical name as shown (the store folds it).
    pub name: String,
    /// The type.
    pub kind: EntityKind,
}

/// A feed to subscribe to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewFeed {
    /// The feed's address.
    pub url: String,
    /// The user's title.
    pub title: Option<String>,
    /// The feed's own title, where already known.
    pub own_title: Option<String>,
    /// The site's front page.
    pub site_url: Option<String>,
    /// Folder path; empty for the top level.
    pub folder: String,
}

/// On which articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scope {
    /// None: the change is not about articles.
    #[default]
    None,
    /// These.
    Ids(Vec<ArticleId>),
    /// A list exactly as it was opened: never the ones that came after.
    List {
        /// What it shows.
        query: Query,
        /// The newest arrival it shows.
        opened_seq: Seq,
    },
    /// The rows of a list as opened on one side of a row, that row not included.
    Beside {
        /// The list.
        list: Box<super::list::OpenList>,
        /// The row.
        id: ArticleId,
        /// Above it, or below.
        above: bool,
    },
}

/// The answer to a change, after its commit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// The operation that can be undone; `None` where nothing really changed, or the change is no step of undo.
    pub op: Option<JournalId>,
    /// How many articles (or feeds, folders …) really changed.
    pub changed: u64,
    /// Which articles changed, where not more than a few thousand.
    pub ids: Vec<ArticleId>,
    /// The feed a `Subscribe` made, or the one that was there already.
    pub feed: Option<FeedId>,
    /// Articles whose text must be cleaned again for it to show.
    pub recleans: Vec<ArticleId>,
    /// Changes of site rules that are now to be made in the user's file: an undo's or a redo's.
    pub sites: Vec<SiteEdit>,
    /// The names of articles must be looked at again for lists to have them.
    pub retags: bool,
    /// What was done, in words for the status line (`148 marked read`, `starred`, `undone: 148 marked read`).
    pub words: String,
}
