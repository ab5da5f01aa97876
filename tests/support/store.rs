//! A library in a temporary folder, and what tests put into it.
#![allow(dead_code, reason = "each test file uses its part")]

use jiff::{Span, Timestamp};
use newsdesk::model::article::{Body, BodySource, Metadata};
use newsdesk::model::change::{NewFeed, Written};
use newsdesk::model::entity::ArticleEntity;
use newsdesk::model::{
    ArticleEntities, ArticleId, Block, Change, Document, EntityKind, FeedId, Scope, Text, What,
};
use newsdesk::store::{
    FeedOutcome, FeedResult, FeedUpdate, Library, NewEntry, Paths, Reader, SavedPage, StoredFeed,
    wait,
};

/// A library of its own, gone at the end.
pub(crate) struct Home {
    pub(crate) library: Library,
    pub(crate) paths: Paths,
    pub(crate) dir: tempfile::TempDir,
}

/// The time all tests start from.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

/// So many minutes after [`now`].
pub(crate) fn later(minutes: i64) -> Timestamp {
    now() + Span::new().minutes(minutes)
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths::under(dir.path());
        let library = Library::open(&paths, now()).expect("a library");
        Self {
            library,
            paths,
            dir,
        }
    }

    /// Closes the library and opens it again.
    pub(crate) fn reopened(self) -> Self {
        let Self {
            library,
            paths,
            dir,
        } = self;
        drop(library);
        let library = Library::open(&paths, now()).expect("a library");
        Self {
            library,
            paths,
            dir,
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        self.library.reader().expect("a reader")
    }

    pub(crate) fn change(&self, what: What, scope: Scope) -> Written {
        let change = Change {
            what,
            scope,
            undoable: true,
        };
        wait(|reply| self.library.writer().change(change, now(), reply)).expect("a change")
    }

    pub(crate) fn mark(&self, what: What, ids: &[ArticleId]) -> Written {
        self.change(what, Scope::Ids(ids.to_vec()))
    }

    pub(crate) fn undo(&self) -> Written {
        wait(|reply| self.library.writer().undo(None, now(), reply)).expect("an undo")
    }

    pub(crate) fn redo(&self) -> Written {
        wait(|reply| self.library.writer().redo(now(), reply)).expect("a redo")
    }

    pub(crate) fn subscribe(&self, url: &str, folder: &str) -> FeedId {
        let feed = NewFeed {
            url: url.into(),
            folder: folder.into(),
            ..NewFeed::default()
        };
        self.change(What::Subscribe(feed), Scope::None)
            .feed
            .expect("a feed")
    }

    pub(crate) fn fetched(&self, feed: FeedId, entries: Vec<NewEntry>) -> StoredFeed {
        self.fetched_at(feed, entries, now())
    }

    pub(crate) fn fetched_at(
        &self,
        feed: FeedId,
        entries: Vec<NewEntry>,
        at: Timestamp,
    ) -> StoredFeed {
        let outcome = FeedOutcome {
            feed,
            at,
            next_poll: Some(at + Span::new().hours(1)),
            result: FeedResult::Updated(Box::new(FeedUpdate {
                title: Some(format!("Feed {feed}")),
                entries,
                ..FeedUpdate::default()
            })),
        };
        wait(|reply| self.library.writer().store_feed(outcome, reply)).expect("a stored feed")
    }

    /// Keeps a page as an article of its own.
    pub(crate) fn saved(&self, url: &str, words: &str) -> ArticleId {
        let page = SavedPage {
            url: url.into(),
            at: now(),
            metadata: Metadata {
                title: Some(words.into()),
                ..Metadata::default()
            },
            body: Body {
                source: BodySource::Page,
                ..text(words)
            },
            entities: ArticleEntities::default(),
            raw: None,
            parts: Vec::new(),
        };
        wait(|reply| self.library.writer().store_article(page, reply)).expect("a kept page")
    }

    /// Waits until everything is indexed.
    pub(crate) fn settle(&self) {
        wait(|reply| self.library.writer().finish(reply)).expect("a settled library");
    }

    /// Fails where the library's own check finds something.
    pub(crate) fn check(&self) {
        assert_eq!(
            self.reader().check().expect("a check"),
            Vec::<String>::new()
        );
    }
}

/// An entry with an address and a text of its own.
pub(crate) fn entry(n: usize) -> NewEntry {
    NewEntry {
        guid: Some(format!("guid-{n}")),
        title: format!("Headline number {n}"),
        url: Some(format!("https://paper.example/story/{n}")),
        published: Some(later(-(n as i64) - 1)),
        body: Some(text(&format!("The text of story {n} tells of the tunnel."))),
        ..NewEntry::default()
    }
}

/// Entries 0 to n, newest first, as feeds list them.
pub(crate) fn entries(n: usize) -> Vec<NewEntry> {
    (0..n).map(entry).collect()
}

/// A text of one paragraph.
pub(crate) fn text(words: &str) -> Body {
    Body {
        source: BodySource::Feed,
        document: Document {
            lang: Some("en".into()),
            blocks: vec![Block::Paragraph {
                text: Text::plain(words),
            }],
        },
        confidence: 1.0,
        ..Body::default()
    }
}

/// Names of people, each mentioned once.
pub(crate) fn people(names: &[&str]) -> ArticleEntities {
    ArticleEntities {
        entities: names
            .iter()
            .map(|name| ArticleEntity {
                name: (*name).into(),
                kind: EntityKind::Person,
                role: None,
                count: 1,
                salience: 0.5,
            })
            .collect(),
        ..ArticleEntities::default()
    }
}
