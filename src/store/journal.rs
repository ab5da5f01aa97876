//! `journal.jsonl`: what the user did, one JSON object a line, in names that outlive the database.
//!
//! A line is committed with its operation, then appended and synced, then the operation is answered. A line that the
//! file lacks (the program was killed in between) is appended at the next start. Lines may stand in another order than
//! they were made in, when two processes wrote at once, or twice: `n` tells.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::step::{IdStep, Step};

/// How much of the file's end is read at the start to see which lines it has. A line is about 300 bytes.
const TAIL_BYTES: u64 = 4 << 20;

/// An article by what it is known by in the world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ArticleName {
    /// The address of the feed that brought it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) feed: Option<String>,
    /// Its guid there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) guid: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// Its headline.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) title: String,
    /// When it was published or first seen, for its place in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<Timestamp>,
}

/// A step by names.
pub(super) type NamedStep = Step<ArticleName, String>;

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Number of the line in its library, rising.
    pub(super) n: i64,
    /// When.
    pub(super) at: Timestamp,
    /// What, as the status line said.
    pub(super) words: String,
    /// The parts.
    pub(super) steps: Vec<NamedStep>,
}

/// Puts an operation's line into the database, in the operation's own transaction. Returns number and text.
pub(super) fn record(
    conn: &Connection,
    steps: &[IdStep],
    words: &str,
    now: Timestamp,
) -> Result<(i64, String)> {
    conn.execute("INSERT INTO journal_lines (line) VALUES ('')", [])?;
    let n = conn.last_insert_rowid();
    let line = Line {
        n,
        at: now,
        words: words.into(),
        steps: steps
            .iter()
            .map(|step| named(conn, step))
            .collect::<Result<_>>()?,
    };
    let text = serde_json::to_string(&line).map_err(|error| Error::Refused(error.to_string()))?;
    conn.execute(
        "UPDATE journal_lines SET line = ?1 WHERE n = ?2",
        params![text, n],
    )?;
    Ok((n, text))
}

fn named(conn: &Connection, step: &IdStep) -> Result<NamedStep> {
    let names = |articles: &[i64]| -> Result<Vec<ArticleName>> {
        articles.iter().map(|id| article_name(conn, *id)).collect()
    };
    Ok(match step {
        Step::Mark { flag, on, articles } => Step::Mark {
            flag: *flag,
            on: *on,
            articles: names(articles)?,
        },
        Step::Tag { tag, on, articles } => Step::Tag {
            tag: tag.clone(),
            on: *on,
            articles: names(articles)?,
        },
        Step::Keep { on, articles } => Step::Keep {
            on: *on,
            articles: names(articles)?,
        },
        Step::Feed {
            feed,
            before,
            after,
        } => Step::Feed {
            // Before its address changed, the feed was known by the old one.
            feed: match before.get("url").and_then(|url| url.as_str()) {
                Some(url) => url.to_owned(),
                None => feed_url(conn, *feed)?,
            },
            before: before.clone(),
            after: after.clone(),
        },
        Step::Folder {
            path,
            before,
            after,
        } => Step::Folder {
            path: path.clone(),
            before: *before,
            after: *after,
        },
        Step::Search { id, before, after } => Step::Search {
            id: *id,
            before: before.clone(),
            after: after.clone(),
        },
        Step::Name {
            name,
            kind,
            before,
            after,
        } => Step::Name {
            name: name.clone(),
            kind: *kind,
            before: before.clone(),
            after: after.clone(),
        },
        Step::Part {
            name,
            kind,
            words,
            on,
            article,
        } => Step::Part {
            name: name.clone(),
            kind: *kind,
            words: words.clone(),
            on: *on,
            article: article.map(|id| article_name(conn, id)).transpose()?,
        },
        Step::Blocks { article, blocks } => Step::Blocks {
            article: article_name(conn, *article)?,
            blocks: blocks.clone(),
        },
        Step::Site { edit } => Step::Site { edit: edit.clone() },
    })
}

fn feed_url(conn: &Connection, feed: i64) -> Result<String> {
    Ok(conn
        .prepare_cached("SELECT url FROM feeds WHERE id = ?1")?
        .query_row([feed], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

fn article_name(conn: &Connection, id: i64) -> Result<ArticleName> {
    Ok(conn
        .prepare_cached(
            "SELECT f.url, e.guid, a.url, a.title, a.sort_key >> 20 FROM articles a
             LEFT JOIN feeds f ON f.id = a.feed_id
             LEFT JOIN entries e ON e.article_id = a.id AND e.feed_id = a.feed_id
             WHERE a.id = ?1 LIMIT 1",
        )?
        .query_row([id], |row| {
            Ok(ArticleName {
                feed: row.get(0)?,
                guid: row.get(1)?,
                url: row.get(2)?,
                title: row.get(3)?,
                time: Timestamp::from_second(row.get(4)?).ok(),
            })
        })
        .optional()?
        .unwrap_or_default())
}

/// The file, opened for appending.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens the file, making it where it is missing.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(Error::io("open", path))?;
        Ok(Self {
            path: path.into(),
            file,
        })
    }

    /// Appends lines and waits until the disk has them.
    pub(super) fn append<'l>(&mut self, lines: impl IntoIterator<Item = &'l str>) -> Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        if bytes.is_empty() {
            return Ok(());
        }
        // A program that was killed while writing leaves a line without an end: it must not swallow ours.
        if self.ends_torn().map_err(Error::io("read", &self.path))? {
            bytes.insert(0, b'\n');
        }
        self.file
            .write_all(&bytes)
            .and_then(|()| self.file.sync_data())
            .map_err(Error::io("write", &self.path))
    }

    fn ends_torn(&mut self) -> std::io::Result<bool> {
        if self.file.metadata()?.len() == 0 {
            return Ok(false);
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    /// Appends the lines that the database has and the file lacks, and forgets those it has.
    pub(super) fn catch_up(&mut self, conn: &Connection) -> Result<()> {
        let waiting: Vec<(i64, String)> = conn
            .prepare("SELECT n, line FROM journal_lines ORDER BY n")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        if waiting.is_empty() {
            return Ok(());
        }
        let there = self.tail_numbers().map_err(Error::io("read", &self.path))?;
        self.append(
            waiting
                .iter()
                .filter(|(n, line)| !there.contains(n) && !line.is_empty())
                .map(|(_, line)| line.as_str()),
        )?;
        for (n, _) in waiting {
            forget(conn, n)?;
        }
        Ok(())
    }

    /// The numbers of the lines at the file's end.
    fn tail_numbers(&mut self) -> std::io::Result<std::collections::HashSet<i64>> {
        let length = self.file.metadata()?.len();
        self.file
            .seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut numbers = std::collections::HashSet::new();
        let mut reader = BufReader::new(&self.file);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            if let Ok(line) = serde_json::from_slice::<Numbered>(&bytes) {
                numbers.insert(line.n);
            }
            bytes.clear();
        }
        Ok(numbers)
    }
}

#[derive(Deserialize)]
struct Numbered {
    n: i64,
}

/// Drops a line that the file has from the database.
pub(super) fn forget(conn: &Connection, n: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM journal_lines WHERE n = ?1")?
        .execute([n])?;
    Ok(())
}

/// Reads the lines of a file in the order they were made, each once. Lines that cannot be read are left out and counted.
pub(super) fn read(path: &Path) -> Result<(Vec<Line>, usize)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    let mut reader = BufReader::new(file);
    let mut lines: Vec<Line> = Vec::new();
    let mut unreadable = 0;
    let mut bytes = Vec::new();
    while reader
        .read_until(b'\n', &mut bytes)
        .map_err(Error::io("read", path))?
        > 0
    {
        match serde_json::from_slice::<Line>(&bytes) {
            Ok(line) => lines.push(line),
            Err(_) if bytes.trim_ascii().is_empty() => {}
            Err(_) => unreadable += 1,
        }
        bytes.clear();
    }
    lines.sort_by_key(|line| line.n);
    lines.dedup_by_key(|line| line.n);
    Ok((lines, unreadable))
}
