//! The nouns every room shares: feeds, articles, documents, names, queries and changes. Plain data, no I/O.

pub mod article;
pub mod change;
pub mod document;
pub mod entity;
pub mod feed;
pub mod id;
pub mod json;
pub mod list;
pub mod picture;
pub mod query;
pub mod recipe;
pub mod setting;
pub mod tree;

pub use article::{Article, ArticleRow};
pub use change::{Change, Scope, What};
pub use document::{Block, Document, Mark, MarkKind, Text, TextId};
pub use entity::{ArticleEntities, EntityKind, Mention};
pub use feed::Feed;
pub use id::{ArticleId, EntityId, FeedId, JournalId, SearchId, Seq};
pub use query::Query;
pub use tree::Tree;
