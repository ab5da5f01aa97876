//! A query as meant: what `/`, `F`, saved searches, rules and the command line all ask.
//!
//! The room [`crate::query`] makes one from text, the store turns one into SQL. A list of a feed, a folder, a tag or
//! a name is a query too, so that everything a list can show has one form.

use jiff::Timestamp;

use super::FeedId;
use super::change::NameKey;

/// What to find and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The condition.
    pub expr: Expr,
    /// The order asked for by `sort:`, if any.
    pub sort: Option<Sort>,
}

/// A condition on articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Expr {
    /// Every article.
    #[default]
    All,
    /// All of them hold.
    And(Vec<Expr>),
    /// One of them holds.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// One condition.
    Term(Term),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A word in title or text; with `prefix`, its beginning (the word still being typed).
    Word {
        /// As typed.
        text: String,
        /// Whether longer words match.
        prefix: bool,
    },
    /// Words in this order in title or text.
    Phrase(String),
    /// Words or a phrase in the title; with `*` at the end longer words match, too.
    Title(String),
    /// Part of an author's name.
    Author(String),
    /// A feed by part of its title.
    Feed(String),
    /// A feed by id.
    FeedId(FeedId),
    /// A folder by path, with what lies in it.
    Folder(String),
    /// A tag, exact but for case.
    Tag(String),
    /// A name mentioned in the article; canonical name or alias, exact but for case and marks.
    Entity(String),
    /// A name of one type mentioned in the article: what the list of a name shows.
    Name(NameKey),
    /// Host of the article's address, or a domain it lies in.
    Site(String),
    /// Language subtag.
    Lang(String),
    /// A state.
    Is(Is),
    /// Something kept.
    Has(What),
    /// Published at or after.
    After(Timestamp),
    /// Published before.
    Before(Timestamp),
    /// Published within the last so many seconds.
    Newer(i64),
    /// Published longer ago than so many seconds.
    Older(i64),
    /// Reading time in minutes.
    Minutes(Compare, u32),
}

/// States of `is:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Is {
    /// Not yet read.
    Unread,
    /// Read.
    Read,
    /// Starred.
    Starred,
    /// In the read-later queue.
    Later,
    /// Its full text is kept.
    Full,
    /// Opens with no network.
    Offline,
    /// Mentions a followed name.
    Followed,
    /// Kept out of the lists by a muted name.
    Muted,
}

/// Things of `has:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A picture.
    Image,
    /// An enclosure.
    Enclosure,
    /// A note.
    Note,
}

/// Comparisons of `minutes:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// none or `=`
    Equal,
    /// `>=`
    MoreOrEqual,
    /// `>`
    More,
}

/// Orders of a list. Each runs its natural way first (newest, A to Z, shortest, best); a list may reverse it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Newest first.
    #[default]
    Date,
    /// By feed title, newest first within one.
    Feed,
    /// By title.
    Title,
    /// Shortest reading time first.
    Length,
    /// Best match first; by date where the query has no words.
    Relevance,
    /// Most recently read first.
    Read,
}

impl Query {
    /// Returns the query for one condition.
    pub fn term(term: Term) -> Self {
        Self {
            expr: Expr::Term(term),
            sort: None,
        }
    }

    /// Returns a query for articles that match both; the other's order wins where it has one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let expr = match (self.expr, other.expr) {
            (Expr::All, expr) | (expr, Expr::All) => expr,
            (a, b) => Expr::And(vec![a, b]),
        };
        Self {
            expr,
            sort: other.sort.or(self.sort),
        }
    }
}
