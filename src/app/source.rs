//! What a list shows, as the reader thinks of it: a feed, a folder, a tag, a name, a search.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::event::Tree;
use crate::model::change::NameKey;
use crate::model::query::{Expr, Is, Sort, Term};
use crate::model::{FeedId, Query, SearchId};
use crate::query;

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Every article.
    All,
    /// Unread ones.
    Unread,
    /// Starred ones.
    Starred,
    /// The read-later queue.
    Later,
    /// Those of today.
    Today,
    /// Those that mention a followed name.
    Following,
    /// Those that muted names keep out of the lists.
    Muted,
    /// Those read, the last one first.
    Recent,
    /// A feed's.
    Feed(FeedId),
    /// A folder's, with what lies in it.
    Folder(String),
    /// A tag's.
    Tag(String),
    /// A saved search's.
    Search(SearchId),
    /// Those that mention a name.
    Name(NameKey),
    /// Those a query finds, as typed.
    Query(String),
}

impl Source {
    /// Returns its title.
    pub fn title(&self, tree: &Tree) -> String {
        match self {
            Self::All => "All".into(),
            Self::Unread => "All unread".into(),
            Self::Starred => "Starred".into(),
            Self::Later => "Later".into(),
            Self::Today => "Today".into(),
            Self::Following => "Following".into(),
            Self::Muted => "Hidden by muted names".into(),
            Self::Recent => "Recently read".into(),
            Self::Feed(id) => {
                let feed = tree.feeds.iter().find(|feed| feed.id == *id);
                feed.map_or_else(|| "Feed".into(), |feed| feed.title.clone())
            }
            Self::Folder(path) => path.rsplit('/').next().unwrap_or(path).to_owned(),
            Self::Tag(tag) => format!("#{tag}"),
            Self::Search(id) => {
                let search = tree.searches.iter().find(|search| search.0 == *id);
                search.map_or_else(|| "Search".into(), |search| search.1.clone())
            }
            Self::Name(key) => key.name.clone(),
            Self::Query(text) => format!("/{text}"),
        }
    }

    /// Returns its query. Errs where the words typed are no query.
    pub fn query(
        &self,
        tree: &Tree,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Query, query::Error> {
        let is = |is| Query::term(Term::Is(is));
        Ok(match self {
            Self::All => Query::default(),
            Self::Unread => is(Is::Unread),
            Self::Starred => is(Is::Starred),
            Self::Later => is(Is::Later),
            Self::Today => Query::term(Term::After(midnight(now, zone))),
            Self::Following => is(Is::Followed),
            Self::Muted => is(Is::Muted),
            Self::Recent => Query {
                expr: Expr::Term(Term::Is(Is::Read)),
                sort: Some(Sort::Read),
            },
            Self::Feed(id) => Query::term(Term::FeedId(*id)),
            Self::Folder(path) => Query::term(Term::Folder(path.clone())),
            Self::Tag(tag) => Query::term(Term::Tag(tag.clone())),
            Self::Search(id) => match tree.searches.iter().find(|search| search.0 == *id) {
                Some(search) => query::parse(&search.2, now, zone)?,
                // A search just deleted: an empty list, not all articles.
                None => Query::term(Term::Is(Is::Unread)).and(Query::term(Term::Is(Is::Read))),
            },
            Self::Name(key) => Query::term(Term::Name(key.clone())),
            Self::Query(text) => query::parse_typing(text, now, zone)?,
        })
    }

    /// Says whether hiding what is read concerns it: feeds and folders only.
    pub fn hides_read(&self) -> bool {
        matches!(self, Self::Feed(_) | Self::Folder(_))
    }

    /// Says whether it shows articles of one feed only, so that rows need no feed's name.
    pub fn is_one_feed(&self) -> bool {
        matches!(self, Self::Feed(_))
    }

    /// Returns the query as the reader would type it, where there is one.
    pub fn typed(&self, tree: &Tree) -> Option<String> {
        let quoted = |field: &str, words: &str| format!("{field}:\"{}\"", words.replace('"', ""));
        match self {
            Self::All | Self::Recent => None,
            Self::Unread => Some("is:unread".into()),
            Self::Starred => Some("is:starred".into()),
            Self::Later => Some("is:later".into()),
            Self::Today => Some("newer:1d".into()),
            Self::Following => Some("is:followed".into()),
            Self::Muted => Some("is:muted".into()),
            Self::Feed(_) => Some(quoted("feed", &self.title(tree))),
            Self::Folder(path) => Some(quoted("folder", path)),
            Self::Tag(tag) => Some(quoted("tag", tag)),
            Self::Search(id) => {
                let search = tree.searches.iter().find(|search| search.0 == *id);
                search.map(|search| search.2.clone())
            }
            Self::Name(key) => Some(quoted("entity", &key.name)),
            Self::Query(text) => Some(text.clone()),
        }
    }
}

/// Returns the last midnight in a zone.
fn midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let start = now.to_zoned_datetime(zone.clone()).start_of_day();
    start.map_or(now, |start| start.timestamp())
}
