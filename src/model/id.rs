//! Identifiers. A newtype each, so that no bare integer crosses a function boundary.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// One article: one story text, however many feeds carry it. Never reused, never changed.
    ArticleId;
    /// One subscription.
    FeedId;
    /// One name (person, organisation, place) over the whole cache.
    EntityId;
    /// One saved search.
    SearchId;
    /// One journalled operation, the unit of undo.
    JournalId;
    /// Order of arrival of an article in this library; rises by at least one with each new article.
    /// A list that was opened at `Seq` n shows no article that came later.
    Seq;
}
