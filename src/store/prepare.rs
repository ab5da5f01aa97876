//! What the fetcher brought, made ready off the writer's thread: packed, folded and hashed.

use jiff::Timestamp;

use super::document::{self, Dictionary, Packed, Stored};
use super::error::Result;
use super::identity;
use super::intake::{FeedOutcome, FeedResult, NewEntry};
use super::step::kind_number;
use crate::model::article::{Body, BodySource};
use crate::model::entity::ArticleEntity;
use crate::model::{ArticleEntities, Block, Document};
use crate::text::clean_line;
use crate::text::fold::fold;

/// A headline made from a text's first words is cut after this many characters.
pub(super) const MADE_TITLE_CHARS: usize = 80;

/// An entry ready to be written.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) index: usize,
    pub(super) guid: String,
    pub(super) facts: Facts,
    pub(super) published: Option<i64>,
    pub(super) full_text: bool,
    pub(super) wants_page: bool,
    pub(super) is_read: bool,
    pub(super) enclosures: Option<String>,
    pub(super) body: Option<PreparedBody>,
    pub(super) content_hash: Option<Vec<u8>>,
    pub(super) facts_hash: Vec<u8>,
    pub(super) text_hash: Option<Vec<u8>>,
}

impl Prepared {
    /// Returns the hash of what the feed says, beside what it said before: an entry that comes without a text says
    /// nothing new about it.
    pub(super) fn hash(&self, before: Option<&[u8]>) -> Vec<u8> {
        let known_text = || before.and_then(|hash| hash.get(self.facts_hash.len()..));
        let text = self.text_hash.as_deref().or_else(known_text);
        [&self.facts_hash, text.unwrap_or_default()].concat()
    }
}

/// What is shown of an article beside its text.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) title: String,
    pub(super) title_fold: String,
    pub(super) url: Option<String>,
    pub(super) canonical_url: Option<String>,
    pub(super) site: Option<String>,
    pub(super) authors: String,
    pub(super) site_name: Option<String>,
    pub(super) language: Option<String>,
    pub(super) lead_image: Option<String>,
}

/// A text ready to be written.
#[derive(Debug)]
pub(super) struct PreparedBody {
    pub(super) packed: Packed,
    pub(super) entities: Vec<Name>,
    pub(super) has_image: bool,
    pub(super) is_empty: bool,
}

/// A name of an article ready to be written.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "as the columns are called")]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) fold: String,
    pub(super) kind: i64,
    pub(super) count: u32,
    pub(super) salience: f32,
}

impl Name {
    pub(super) fn of(entity: &ArticleEntity) -> Self {
        Self {
            fold: fold(&entity.name),
            name: clean_line(&entity.name),
            kind: kind_number(entity.kind),
            count: entity.count,
            salience: entity.salience,
        }
    }
}

/// A feed's outcome ready to be written.
#[derive(Debug)]
pub(super) struct PreparedFeed {
    pub(super) outcome: FeedOutcome,
    pub(super) entries: Vec<Prepared>,
}

/// Makes a feed's outcome ready.
pub(super) fn prepare(
    mut outcome: FeedOutcome,
    dictionary: Option<&Dictionary>,
) -> Result<PreparedFeed> {
    let entries = match &mut outcome.result {
        FeedResult::Updated(update) | FeedResult::Imported { update, .. } => {
            std::mem::take(&mut update.entries)
                .into_iter()
                .enumerate()
                .map(|(index, entry)| prepare_entry(index, entry, dictionary))
                .collect::<Result<_>>()?
        }
        _ => Vec::new(),
    };
    Ok(PreparedFeed { outcome, entries })
}

pub(super) fn prepare_entry(
    index: usize,
    entry: NewEntry,
    dictionary: Option<&Dictionary>,
) -> Result<Prepared> {
    let published = entry.published.map(Timestamp::as_millisecond);
    let text = entry
        .body
        .as_ref()
        .map_or(String::new(), |body| body.document.plain_text());
    let title = title_of(&entry.title, &text, entry.url.as_deref());
    let authors = json_list(&entry.authors);
    let enclosures = (!entry.enclosures.is_empty())
        .then(|| serde_json::to_string(&entry.enclosures).ok())
        .flatten();
    let facts_hash = identity::hash_parts([
        title.as_bytes(),
        entry.url.as_deref().unwrap_or_default().as_bytes(),
        authors.as_bytes(),
        &published.unwrap_or_default().to_le_bytes(),
        enclosures.as_deref().unwrap_or_default().as_bytes(),
        entry.lead_image.as_deref().unwrap_or_default().as_bytes(),
    ]);
    let text_hash = entry
        .body
        .as_ref()
        .map(|body| identity::hash_parts([text.as_bytes(), &body.cleaner.to_le_bytes()]));
    let mut body = entry
        .body
        .map(|body| prepare_body(body, entry.entities, BodySource::Feed, dictionary))
        .transpose()?;
    if let Some(body) = body.as_mut().filter(|_| entry.names_later) {
        body.packed.tagger = 0;
    }
    Ok(Prepared {
        index,
        guid: identity::guid(
            entry.guid.as_deref(),
            entry.url.as_deref(),
            &title,
            published,
        ),
        content_hash: identity::content_hash(&text),
        facts: Facts {
            title_fold: fold(&title),
            title,
            canonical_url: entry.url.as_deref().and_then(identity::canonical),
            site: entry.url.as_deref().and_then(identity::site),
            url: entry.url,
            authors,
            site_name: entry.site_name,
            language: entry.language,
            lead_image: entry.lead_image,
        },
        published,
        full_text: entry.full_text,
        wants_page: entry.wants_page,
        is_read: entry.is_read,
        enclosures,
        body,
        facts_hash,
        text_hash,
    })
}

/// Makes a text ready. The source is ours to say, whatever the body says.
pub(super) fn prepare_body(
    mut body: Body,
    entities: ArticleEntities,
    source: BodySource,
    dictionary: Option<&Dictionary>,
) -> Result<PreparedBody> {
    body.source = source;
    let names = entities.entities.iter().map(Name::of).collect();
    let has_image = has_figure(&body.document.blocks);
    let stored = Stored { body, entities };
    let packed = document::pack(&stored, dictionary)?;
    Ok(PreparedBody {
        is_empty: is_empty(&stored.body.document),
        has_image,
        entities: names,
        packed,
    })
}

pub(super) fn is_empty(document: &Document) -> bool {
    document.blocks.is_empty()
}

pub(super) fn has_figure(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Figure(figure) => figure.image.is_some(),
        Block::Quote { blocks } => has_figure(blocks),
        Block::List { items, .. } => items.iter().any(|item| has_figure(item)),
        _ => false,
    })
}

/// Returns a headline that is never empty: the entry's, else the text's first words, else its address.
pub(super) fn title_of(title: &str, text: &str, url: Option<&str>) -> String {
    let title = clean_line(title);
    if !title.is_empty() {
        return title;
    }
    let start: String = text.chars().take(MADE_TITLE_CHARS * 4).collect();
    let start = clean_line(&start);
    if start.is_empty() {
        return url.map_or_else(|| "(no headline)".into(), clean_line);
    }
    if start.chars().count() <= MADE_TITLE_CHARS {
        return start;
    }
    let cut: String = start.chars().take(MADE_TITLE_CHARS).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |pair| pair.0);
    format!("{whole_words} …")
}

pub(super) fn json_list(names: &[String]) -> String {
    serde_json::to_string(names).unwrap_or_else(|_| "[]".into())
}
