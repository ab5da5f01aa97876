//! Bodies as they lie in the file: versioned JSON of text and names, compressed with zstd, with a dictionary trained
//! from the library's own texts once there are enough.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::entities;
use crate::model::ArticleEntities;
use crate::model::article::{Body, BodySource};

/// Version of the JSON below. Fields may be added with a default under the same version.
const VERSION: i64 = 1;

/// zstd's own default; 1 to 19 measured within 10 % of each other on article-sized texts, at up to 20 times the time.
const LEVEL: i32 = 3;

/// No text may expand beyond this: a broken or hostile file must not take the memory.
const MAX_BYTES: usize = 64 << 20;

/// How many articles there must be before a dictionary is trained, and how many of them are its samples.
pub(super) const DICTIONARY_ARTICLES: i64 = 1_000;

/// zstd's guidance is 100 kB; 32 kB gave the same ratio on article-sized texts.
const DICTIONARY_BYTES: usize = 32 << 10;

/// A text and its names, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The text.
    pub(super) body: Body,
    /// The names in it.
    pub(super) entities: ArticleEntities,
}

/// A dictionary by its id.
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    pub(super) id: i64,
    pub(super) bytes: std::sync::Arc<[u8]>,
}

/// A text ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub(super) source: i64,
    pub(super) words: i64,
    pub(super) dict_id: i64,
    pub(super) blob: Vec<u8>,
    /// The cleaner that made it.
    pub(super) cleaner: u32,
    /// The tagger that looked at it; 0 for none.
    pub(super) tagger: u32,
}

/// The number a source has in the file.
pub(super) fn source_number(source: BodySource) -> i64 {
    match source {
        BodySource::None => 0,
        BodySource::Feed => 1,
        BodySource::Page => 2,
    }
}

/// Packs a text. Runs on the caller's thread, never on the writer's.
pub(super) fn pack(stored: &Stored, dictionary: Option<&Dictionary>) -> Result<Packed> {
    let broken = |why: String| Error::Document { id: 0, why };
    let json = serde_json::to_vec(stored).map_err(|error| broken(error.to_string()))?;
    let blob = match dictionary {
        Some(dictionary) => zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary.bytes)
            .and_then(|mut compressor| compressor.compress(&json)),
        None => zstd::bulk::compress(&json, LEVEL),
    }
    .map_err(|error| broken(error.to_string()))?;
    Ok(Packed {
        source: source_number(stored.body.source),
        words: stored.body.document.word_count() as i64,
        dict_id: dictionary.map_or(0, |dictionary| dictionary.id),
        blob,
        cleaner: stored.body.cleaner,
        tagger: entities::VERSION,
    })
}

/// Writes a text of an article, in place of the one of the same source.
pub(super) fn write(conn: &Connection, article: i64, packed: &Packed) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO documents (article_id, source, version, dict_id, words, blob, cleaner, tagger)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (article_id, source) DO UPDATE SET version = excluded.version, dict_id = excluded.dict_id,
             words = excluded.words, blob = excluded.blob, cleaner = excluded.cleaner, tagger = excluded.tagger",
    )?
    .execute(params![
        article,
        packed.source,
        VERSION,
        packed.dict_id,
        packed.words,
        packed.blob,
        packed.cleaner,
        packed.tagger
    ])?;
    Ok(())
}

/// The dictionaries of a library, read as they are needed.
#[derive(Debug, Default)]
pub(super) struct Dictionaries {
    known: HashMap<i64, Vec<u8>>,
}

impl Dictionaries {
    /// Reads an article's text from one source, if it is kept.
    pub(super) fn read(
        &mut self,
        conn: &Connection,
        article: i64,
        source: i64,
    ) -> Result<Option<Stored>> {
        let found: Option<(i64, Vec<u8>)> = conn
            .prepare_cached(
                "SELECT dict_id, blob FROM documents WHERE article_id = ?1 AND source = ?2",
            )?
            .query_row(params![article, source], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((dict_id, blob)) = found else {
            return Ok(None);
        };
        let broken = |why: String| Error::Document { id: article, why };
        let json = self
            .unpack(conn, dict_id, &blob)?
            .map_err(|error| broken(error.to_string()))?;
        serde_json::from_slice(&json)
            .map(Some)
            .map_err(|error| broken(error.to_string()))
    }

    fn unpack(
        &mut self,
        conn: &Connection,
        dict_id: i64,
        blob: &[u8],
    ) -> Result<std::io::Result<Vec<u8>>> {
        let dictionary: &[u8] = if dict_id == 0 {
            &[]
        } else {
            if let Entry::Vacant(place) = self.known.entry(dict_id) {
                let bytes: Vec<u8> = conn
                    .query_row(
                        "SELECT blob FROM dictionaries WHERE id = ?1",
                        [dict_id],
                        |row| row.get(0),
                    )
                    .optional()?
                    .unwrap_or_default();
                place.insert(bytes);
            }
            self.known.get(&dict_id).map_or(&[], Vec::as_slice)
        };
        Ok(unpack(blob, dictionary))
    }
}

fn unpack(blob: &[u8], dictionary: &[u8]) -> std::io::Result<Vec<u8>> {
    let size = zstd::bulk::Decompressor::upper_bound(blob).unwrap_or(MAX_BYTES);
    let capacity = size.min(MAX_BYTES);
    zstd::bulk::Decompressor::with_dictionary(dictionary)?.decompress(blob, capacity)
}

/// Returns the newest dictionary of a library.
pub(super) fn newest_dictionary(conn: &Connection) -> Result<Option<Dictionary>> {
    let found = conn
        .query_row(
            "SELECT id, blob FROM dictionaries ORDER BY id DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)),
        )
        .optional()?;
    Ok(found.map(|(id, bytes)| Dictionary {
        id,
        bytes: bytes.into(),
    }))
}

/// Trains a dictionary from the newest texts and keeps it. `None` where the samples do not serve.
pub(super) fn train(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
) -> Result<Option<Dictionary>> {
    let rows: Vec<(i64, Vec<u8>)> = conn
        .prepare("SELECT dict_id, blob FROM documents ORDER BY rowid DESC LIMIT ?1")?
        .query_map([DICTIONARY_ARTICLES], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut samples = Vec::with_capacity(rows.len());
    for (dict_id, blob) in rows {
        if let Ok(json) = dictionaries.unpack(conn, dict_id, &blob)? {
            samples.push(json);
        }
    }
    let Ok(bytes) = zstd::dict::from_samples(&samples, DICTIONARY_BYTES) else {
        return Ok(None);
    };
    conn.execute(
        "INSERT INTO dictionaries (blob) VALUES (?1)",
        params![bytes],
    )?;
    Ok(Some(Dictionary {
        id: conn.last_insert_rowid(),
        bytes: bytes.into(),
    }))
}
