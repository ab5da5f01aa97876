//! What the engine brings: the result of a feed's reload, a cleaned page, a saved page.

use jiff::Timestamp;

use crate::model::article::{Body, Enclosure, Metadata};
use crate::model::feed::Validators;
use crate::model::{ArticleEntities, ArticleId, FeedId};

/// What the reload of one feed came to. Stored in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedOutcome {
    /// Which feed.
    pub feed: FeedId,
    /// When it was asked.
    pub at: Timestamp,
    /// When it is due again by itself; `None`: never (410 Gone).
    pub next_poll: Option<Timestamp>,
    /// What came.
    pub result: FeedResult,
}

/// What came of asking a feed.
#[derive(Clone, Debug, PartialEq)]
pub enum FeedResult {
    /// A 304, or the same bytes as last time.
    Unchanged {
        /// New validators, where the 304 brought some (RFC 9110 §15.4.5).
        validators: Option<Validators>,
    },
    /// It could not be used. Validators and articles stay as they are.
    Failed {
        /// Why, in plain words.
        error: String,
        /// What to do about it, in plain words.
        hint: Option<String>,
        /// An address to suggest instead.
        suggested_url: Option<String>,
    },
    /// It was not the feed's fault or not asked at all (offline, the host asked us to wait): only `next_poll` is kept.
    Postponed,
    /// A usable feed.
    Updated(Box<FeedUpdate>),
    /// Articles from another reader's store: the feed's health, validators and schedule stay as they are.
    Imported {
        /// The articles; of the rest only a title where there is none yet.
        update: Box<FeedUpdate>,
        /// Ids of entries that shall never come: the user hid them there.
        hidden: Vec<String>,
    },
}

/// A usable feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedUpdate {
    /// The feed's own title.
    pub title: Option<String>,
    /// The site's front page.
    pub site_url: Option<String>,
    /// What to send next time. Replaces what was there.
    pub validators: Validators,
    /// A permanent move to take over as the feed's address now.
    pub new_url: Option<String>,
    /// A permanent redirect's target that is not yet sure; shown as a suggestion.
    pub suggested_url: Option<String>,
    /// The entries in document order.
    pub entries: Vec<NewEntry>,
}

/// One entry of a feed, parsed and cleaned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewEntry {
    /// The feed's id for it; without one the address, then title and date stand in.
    pub guid: Option<String>,
    /// The headline; where empty, the first words of the text are taken.
    pub title: String,
    /// The page's address, absolute.
    pub url: Option<String>,
    /// Names only.
    pub authors: Vec<String>,
    /// When it was published, as the feed says.
    pub published: Option<Timestamp>,
    /// BCP 47 primary language subtag.
    pub language: Option<String>,
    /// The site's name.
    pub site_name: Option<String>,
    /// Absolute address of the lead picture.
    pub lead_image: Option<String>,
    /// Files attached.
    pub enclosures: Vec<Enclosure>,
    /// The feed's own text, source [`crate::model::article::BodySource::Feed`]. `None` keeps a text that is there.
    pub body: Option<Body>,
    /// The names in that text.
    pub entities: ArticleEntities,
    /// Whether the names were not looked for: the text counts as one that an older tagger looked at.
    pub names_later: bool,
    /// Whether the feed's text is the whole text.
    pub full_text: bool,
    /// Whether it is read from the start: the feed's filter says so.
    pub is_read: bool,
    /// Whether the full page shall be fetched: the wish is kept until [`super::Writer::store_page`] or
    /// [`super::Writer::page_failed`] answers it, also over a restart.
    pub wants_page: bool,
}

/// What storing a feed's entries did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredFeed {
    /// The entries that became new articles of this library, in document order.
    pub new: Vec<StoredEntry>,
    /// The entries whose text, headline or facts changed; they stay read where they were read.
    pub updated: Vec<StoredEntry>,
    /// The articles that were dropped, being older than the feed keeps them.
    pub pruned: Vec<ArticleId>,
}

/// An entry that was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Index into [`FeedUpdate::entries`].
    pub index: usize,
    /// The article it became or belongs to.
    pub article: ArticleId,
}

/// An entry the library already knows, so that the engine need not clean and tag it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    /// The feed's id for it, as given in [`NewEntry::guid`].
    pub guid: String,
    /// Its article; `None` for one that was pruned.
    pub article: Option<ArticleId>,
}

/// A page that was fetched and cleaned for an article.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPage {
    /// Which article.
    pub article: ArticleId,
    /// When.
    pub at: Timestamp,
    /// The page's facts; they fill what the feed left out, and never overwrite a headline.
    pub metadata: Metadata,
    /// The page's text, source [`crate::model::article::BodySource::Page`].
    pub body: Body,
    /// The names in that text.
    pub entities: ArticleEntities,
    /// The page as it came, kept in the cache for a better cleaner.
    pub raw: Option<Raw>,
    /// The article's further pages, likewise.
    pub parts: Vec<Raw>,
}

/// A page kept as an article of its own (`add --article`), with no feed.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedPage {
    /// Its address.
    pub url: String,
    /// When.
    pub at: Timestamp,
    /// The page's facts.
    pub metadata: Metadata,
    /// The page's text.
    pub body: Body,
    /// The names in that text.
    pub entities: ArticleEntities,
    /// The page as it came.
    pub raw: Option<Raw>,
    /// The article's further pages, likewise.
    pub parts: Vec<Raw>,
}

/// Bytes as they came from the net, with what is needed to read them again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// The address they came from in the end.
    pub url: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What came of asking for an article's pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPictures {
    /// Those that came, under the addresses they were asked for by.
    pub kept: Vec<(String, Raw)>,
    /// Those that could not be had: address and why, in plain words.
    pub missing: Vec<(String, String)>,
    /// All pictures of the article's text are kept now.
    pub is_whole: bool,
}

/// An article whose page is still to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageWanted {
    /// The article.
    pub article: ArticleId,
    /// A feed it stands in.
    pub feed: Option<FeedId>,
    /// The page's address.
    pub url: String,
    /// The feed's title for it.
    pub title: String,
}

/// All that is needed to ask a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedSource {
    /// Which.
    pub id: FeedId,
    /// Its address.
    pub url: String,
    /// Its title as shown.
    pub title: String,
    /// What to send; `None` before the first usable answer.
    pub validators: Option<Validators>,
    /// What the user set for it.
    pub settings: crate::model::feed::FeedSettings,
    /// How its last reloads went.
    pub health: crate::model::feed::FeedHealth,
}
