//! Names in an article: people, organisations, places, and other names.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::document::TextId;

/// The type of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EntityKind {
    /// A person.
    #[serde(rename = "PER")]
    Person,
    /// An organisation: company, ministry, party, club, armed force.
    #[serde(rename = "ORG")]
    Organisation,
    /// A place: country, city, river, building. Countries are places even when they act.
    #[serde(rename = "LOC")]
    Place,
    /// Another name: nationality, event, work, product.
    #[serde(rename = "MISC")]
    Other,
}

impl EntityKind {
    /// Every kind, in the order that lists of kinds show them.
    pub const ALL: [Self; 4] = [Self::Person, Self::Organisation, Self::Place, Self::Other];

    /// Returns the tag used in JSON: `PER`, `ORG`, `LOC`, `MISC`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Person => "PER",
            Self::Organisation => "ORG",
            Self::Place => "LOC",
            Self::Other => "MISC",
        }
    }

    /// Returns the letter the sidebar shows: colour is never the only sign.
    pub fn letter(self) -> char {
        match self {
            Self::Person => 'P',
            Self::Organisation => 'O',
            Self::Place => 'L',
            Self::Other => 'M',
        }
    }

    /// Returns the same letter as text.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Person => "P",
            Self::Organisation => "O",
            Self::Place => "L",
            Self::Other => "M",
        }
    }

    /// Reads a tag of [`Self::tag`].
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.tag() == tag)
    }
}

/// One place in the text where a name stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Index into [`ArticleEntities::entities`].
    pub entity: usize,
    /// Which text of the article.
    pub text: TextId,
    /// Byte range in that text's string, on `char` boundaries.
    pub range: Range<usize>,
    /// The type of the name.
    pub kind: EntityKind,
    /// How sure the recognizer is, 0 to 1.
    pub confidence: f32,
}

/// One entity of an article: all mentions of one person, organisation or place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleEntity {
    /// The canonical name: the fullest form found in the article.
    pub name: String,
    /// The type.
    pub kind: EntityKind,
    /// The title or office a person is given in the article (`tunneller`, `Foreign Minister`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// How many mentions.
    pub count: u32,
    /// How much the article is about it, 0 to 1.
    pub salience: f32,
}

/// The names of one article.
///
/// **Invariant:** `entities` is in order of falling salience; `mentions` are sorted by (text, start) and do not overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleEntities {
    /// One entry per entity.
    pub entities: Vec<ArticleEntity>,
    /// Where they stand.
    pub mentions: Vec<Mention>,
    /// False where the language is one the recognizer makes no guesses in.
    #[serde(default = "yes")]
    pub language_known: bool,
}

impl Default for ArticleEntities {
    fn default() -> Self {
        Self {
            entities: Vec::new(),
            mentions: Vec::new(),
            language_known: true,
        }
    }
}

impl ArticleEntities {
    /// Returns the names, as the user's decisions key on them.
    pub fn keys(&self) -> impl Iterator<Item = super::change::NameKey> {
        self.entities.iter().map(|entity| super::change::NameKey {
            name: entity.name.clone(),
            kind: entity.kind,
        })
    }
}

fn yes() -> bool {
    true
}

/// A name over the whole cache, as lists of names show it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityRow {
    /// Its id in this library.
    pub id: super::EntityId,
    /// The canonical name.
    pub name: String,
    /// The type.
    pub kind: EntityKind,
    /// In how many cached articles.
    pub articles: u32,
    /// How many mentions in all.
    pub mentions: u32,
    /// Publication time of the first article that mentions it.
    pub first: Option<jiff::Timestamp>,
    /// Publication time of the last one.
    pub last: Option<jiff::Timestamp>,
    /// Followed by the user.
    pub followed: bool,
    /// Muted by the user.
    pub muted: bool,
    /// How many unread articles mention it; counted for followed names only.
    pub unread: u32,
}

impl EntityRow {
    /// Returns what the user's decisions key on.
    pub fn key(&self) -> super::change::NameKey {
        super::change::NameKey {
            name: self.name.clone(),
            kind: self.kind,
        }
    }
}

/// Says whether a name tells no one person over articles: a surname or given name alone, in a script that sets words
/// apart (a Chinese or Korean name is whole without a space).
pub fn is_lone(name: &str, kind: EntityKind) -> bool {
    let folded = crate::text::fold::fold(name.trim());
    kind == EntityKind::Person
        && !folded.contains(' ')
        && folded
            .chars()
            .next()
            .is_some_and(|first| (first as u32) < 11_904)
}

/// Where a name stands in an article: the sentence, and the bytes of the name in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The sentence, on one line.
    pub text: String,
    /// Where in it the name stands.
    pub range: Range<usize>,
}

/// A way of writing that the user took out of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// As it stands in texts.
    pub words: String,
    /// The name it is not.
    pub from: super::change::NameKey,
    /// In every article, not in one alone.
    pub everywhere: bool,
}

/// What is known of a name over the cache: its page.
#[derive(Clone, Debug, PartialEq)]
pub struct NamePage {
    /// The name with its numbers.
    pub row: EntityRow,
    /// The title or office given to a person in the newest article that gives one.
    pub role: Option<String>,
    /// Mentions over time, in equal spans from the first article to the last.
    pub over_time: Vec<u32>,
    /// Names in the same articles, those seen together most often first, with the number of articles.
    pub together: Vec<(super::change::NameKey, u32)>,
    /// Names merged into it.
    pub aliases: Vec<super::change::NameKey>,
    /// How else its newest articles write it, with the number of mentions there, the most first.
    pub written: Vec<(String, u32)>,
    /// Ways of writing that were taken out of it in every article.
    pub parted: Vec<String>,
    /// Its newest articles, with the sentence that mentions it.
    pub articles: Vec<(super::ArticleRow, Option<Snippet>)>,
    /// Its first article.
    pub first: Option<super::ArticleRow>,
}
