//! `blobs.db`: raw pages and pictures, content-addressed. Only what can be fetched again: a damaged file is dropped.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::intake::Raw;
use super::schema::{self, Mode};
use crate::model::ArticleId;

/// No page or picture may expand beyond this.
const MAX_BYTES: usize = 64 << 20;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS blobs (
        hash BLOB PRIMARY KEY,
        packed INTEGER NOT NULL,
        blob BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS resources (
        url TEXT PRIMARY KEY,
        final_url TEXT NOT NULL,
        content_type TEXT,
        hash BLOB NOT NULL REFERENCES blobs
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS misses (
        url TEXT PRIMARY KEY,
        why TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;
";

/// Bytes ready to be written, under the address they are asked for by.
#[derive(Debug)]
pub(super) struct Blob {
    url: String,
    final_url: String,
    content_type: Option<String>,
    hash: Vec<u8>,
    packed: bool,
    bytes: Vec<u8>,
}

/// Returns the address an article's page is kept under: redirects and feeds' tracking links make others useless.
pub(super) fn page_key(article: ArticleId) -> String {
    format!("article:{article}")
}

/// Returns the address an article's further page is kept under, the second first.
pub(super) fn part_key(first: &str, number: u32) -> String {
    format!("{first} page {number}")
}

/// Makes an article's page and its further pages ready.
pub(super) fn prepare_pages(key: &str, first: Option<Raw>, parts: &mut Vec<Raw>) -> Vec<Blob> {
    let parts = std::mem::take(parts);
    let first = first.map(|raw| prepare(key.to_owned(), raw));
    let parts = parts
        .into_iter()
        .zip(2..)
        .map(|(raw, number)| prepare(part_key(key, number), raw));
    first.into_iter().chain(parts).collect()
}

/// Makes bytes ready: hashed, and compressed where that helps.
pub(super) fn prepare(url: String, raw: Raw) -> Blob {
    let hash = Sha256::digest(&raw.bytes).to_vec();
    let packed = zstd::bulk::compress(&raw.bytes, 3)
        .ok()
        .filter(|packed| packed.len() < raw.bytes.len());
    Blob {
        url,
        final_url: raw.url,
        content_type: raw.content_type,
        hash,
        packed: packed.is_some(),
        bytes: packed.unwrap_or(raw.bytes),
    }
}

/// Opens the file, making it where it is missing; a damaged one is dropped and made anew.
pub(super) fn open(path: &Path) -> Result<Connection> {
    if let Some(folder) = path.parent() {
        super::paths::make_folder(folder)?;
    }
    match open_and_make(path) {
        Err(Error::Damaged) => {
            for suffix in ["", "-wal", "-shm"] {
                let mut name = path.as_os_str().to_owned();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
            open_and_make(path)
        }
        other => other,
    }
}

fn open_and_make(path: &Path) -> Result<Connection> {
    let conn = schema::connect(path, Mode::Write)?;
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < 2 {
        schema::use_wal(&conn)?;
        conn.execute_batch(SCHEMA)?;
    }
    // Losing the last pages with the power loses nothing that cannot be fetched again.
    conn.execute_batch("PRAGMA synchronous = NORMAL")?;
    Ok(conn)
}

/// Writes bytes, each content once.
pub(super) fn put(conn: &Connection, blob: &Blob) -> Result<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO blobs (hash, packed, blob) VALUES (?1, ?2, ?3)")?
        .execute(params![blob.hash, blob.packed, blob.bytes])?;
    conn.prepare_cached(
        "INSERT OR REPLACE INTO resources (url, final_url, content_type, hash) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![blob.url, blob.final_url, blob.content_type, blob.hash])?;
    conn.prepare_cached("DELETE FROM misses WHERE url = ?1")?
        .execute([&blob.url])?;
    Ok(())
}

/// Notes why what lies at an address could not be had.
pub(super) fn miss(conn: &Connection, url: &str, why: &str) -> Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO misses (url, why) VALUES (?1, ?2)")?
        .execute(params![url, why])?;
    Ok(())
}

/// How something that is to be kept stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is kept.
    Kept,
    /// It could not be had, for this reason.
    Missing(String),
    /// It was not asked for yet.
    Unknown,
}

/// Says how what lies at an address stands.
pub(super) fn standing(conn: &Connection, url: &str) -> Result<Standing> {
    let is_kept = conn
        .prepare_cached("SELECT 1 FROM resources WHERE url = ?1")?
        .exists([url])?;
    if is_kept {
        return Ok(Standing::Kept);
    }
    let why = conn
        .prepare_cached("SELECT why FROM misses WHERE url = ?1")?
        .query_row([url], |row| row.get(0))
        .optional()?;
    Ok(why.map_or(Standing::Unknown, Standing::Missing))
}

/// Drops the page kept for an article, and its bytes where nothing else has the same.
pub(super) fn drop_page(conn: &Connection, article: ArticleId) -> Result<()> {
    let hash: Option<Vec<u8>> = conn
        .prepare_cached("DELETE FROM resources WHERE url = ?1 RETURNING hash")?
        .query_row([page_key(article)], |row| row.get(0))
        .optional()?;
    if let Some(hash) = hash {
        conn.prepare_cached(
            "DELETE FROM blobs WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM resources WHERE hash = ?1)",
        )?
        .execute([hash])?;
    }
    Ok(())
}

/// Reads what is kept under an address.
pub(super) fn get(conn: &Connection, url: &str) -> Result<Option<Raw>> {
    let found: Option<(String, Option<String>, bool, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT r.final_url, r.content_type, b.packed, b.blob FROM resources r JOIN blobs b ON b.hash = r.hash WHERE r.url = ?1",
        )?
        .query_row([url], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((final_url, content_type, packed, bytes)) = found else {
        return Ok(None);
    };
    let bytes = if packed {
        let size = zstd::bulk::Decompressor::upper_bound(&bytes).unwrap_or(MAX_BYTES);
        match zstd::bulk::decompress(&bytes, size.min(MAX_BYTES)) {
            Ok(bytes) => bytes,
            // As good as not kept: it can be fetched again.
            Err(_) => return Ok(None),
        }
    } else {
        bytes
    };
    Ok(Some(Raw {
        url: final_url,
        content_type,
        bytes,
    }))
}
