//! newsboat's `cache.db`, read and never written.
//!
//! Its form: newsboat's `src/cache.cpp`. Columns are found by asking the file, as its version number does not tell them
//! (Debian's 2.21 has no `content_mime_type`).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, params};

use super::error::{Error, Result};

/// A feed of newsboat's cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewsboatFeed {
    /// What stands in its `urls` file, also `exec:` and `filter:`.
    pub url: String,
    /// The feed's title; may be empty.
    pub title: String,
    /// The site's front page; may be empty.
    pub site_url: String,
}

/// An article of newsboat's cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewsboatItem {
    /// The feed's id for it.
    pub guid: String,
    /// The headline; may hold markup.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// The page's address.
    pub url: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// The feed's text for it.
    pub content: String,
    /// What kind of text that is; empty: HTML.
    pub content_type: String,
    /// What relative links in it are relative to.
    pub base: String,
    /// Not read yet.
    pub is_unread: bool,
    /// The user's flags, letters.
    pub flags: String,
    /// The user hid it.
    pub is_deleted: bool,
    /// Address and type of the file attached.
    pub enclosure: (String, String),
}

/// An open `cache.db`.
#[derive(Debug)]
pub struct NewsboatCache {
    conn: Connection,
    columns: HashSet<String>,
    path: PathBuf,
}

impl NewsboatCache {
    /// Opens the file to be read only. Errs where newsboat has it open, which keeps marks in memory until it ends, and
    /// where the file is another one.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(holder) = holder(path) {
            return Err(Error::Refused(format!(
                "newsboat is running ({holder}) and writes to {}: close it first",
                path.display()
            )));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.execute_batch("PRAGMA trusted_schema = OFF")?;
        let named = |error: rusqlite::Error| match Error::from(error) {
            Error::Damaged => Error::Refused(format!("{} is damaged", path.display())),
            Error::ReadOnly(_) | Error::Busy => Error::Refused(format!(
                "newsboat was cut off in the middle of writing {}: start it once and close it",
                path.display()
            )),
            other => other,
        };
        let columns: HashSet<String> = conn
            .prepare("SELECT lower(name) FROM pragma_table_info('rss_item')")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .map_err(named)?;
        if !["guid", "feedurl", "title", "unread"]
            .iter()
            .all(|needed| columns.contains(*needed))
        {
            return Err(Error::Refused(format!(
                "{} is a database, but not newsboat's cache",
                path.display()
            )));
        }
        Ok(Self {
            conn,
            columns,
            path: path.to_owned(),
        })
    }

    /// Returns its feeds, and after them those that only articles speak of.
    pub fn feeds(&self) -> Result<Vec<NewsboatFeed>> {
        let mut statement = self.conn.prepare(
            "SELECT rssurl, coalesce(title, ''), coalesce(url, '') FROM rss_feed
             UNION ALL SELECT DISTINCT feedurl, '', '' FROM rss_item WHERE feedurl NOT IN (SELECT rssurl FROM rss_feed)",
        )?;
        let feeds = statement.query_map([], |row| {
            Ok(NewsboatFeed {
                url: row.get(0)?,
                title: row.get(1)?,
                site_url: row.get(2)?,
            })
        })?;
        self.all(feeds)
    }

    /// Returns the letters that articles are flagged with, and how many each.
    pub fn flags(&self) -> Result<Vec<(char, usize)>> {
        if !self.columns.contains("flags") {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare(&format!(
            "SELECT flags FROM rss_item WHERE flags <> ''{}",
            if self.columns.contains("deleted") {
                " AND coalesce(deleted, 0) = 0"
            } else {
                ""
            }
        ))?;
        let flags = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut counts = std::collections::BTreeMap::new();
        for flags in self.all(flags)? {
            for flag in flags.chars().filter(char::is_ascii_alphabetic) {
                *counts.entry(flag).or_insert(0) += 1;
            }
        }
        Ok(counts.into_iter().collect())
    }

    /// Returns the articles of a feed, newest first as a feed lists them.
    pub fn items(&self, feed: &str) -> Result<Vec<NewsboatItem>> {
        let text = |name: &str| {
            if self.columns.contains(name) {
                format!("coalesce({name}, '')")
            } else {
                "''".to_owned()
            }
        };
        let number = |name: &str| {
            if self.columns.contains(name) {
                format!("coalesce({name}, 0)")
            } else {
                "0".to_owned()
            }
        };
        let sql = format!(
            "SELECT guid, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} FROM rss_item WHERE feedurl = ?1
             ORDER BY {} DESC, rowid DESC",
            text("title"),
            text("author"),
            text("url"),
            number("pubdate"),
            text("content"),
            text("content_mime_type"),
            text("base"),
            number("unread"),
            text("flags"),
            number("deleted"),
            text("enclosure_url"),
            text("enclosure_type"),
            number("pubdate"),
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let items = statement.query_map(params![feed], |row| {
            let seconds: i64 = row.get(4)?;
            Ok(NewsboatItem {
                guid: row.get(0)?,
                title: row.get(1)?,
                author: row.get(2)?,
                url: row.get(3)?,
                published: Timestamp::from_second(seconds).ok().filter(|_| seconds > 0),
                content: row.get(5)?,
                content_type: row.get(6)?,
                base: row.get(7)?,
                is_unread: row.get::<_, i64>(8)? != 0,
                flags: row.get(9)?,
                is_deleted: row.get::<_, i64>(10)? != 0,
                enclosure: (row.get(11)?, row.get(12)?),
            })
        })?;
        self.all(items)
    }

    fn all<T>(&self, rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>> {
        rows.collect::<rusqlite::Result<_>>()
            .map_err(|error| match Error::from(error) {
                Error::Damaged => Error::Refused(format!("{} is damaged", self.path.display())),
                other => other,
            })
    }
}

/// Says who has the file open: newsboat locks `cache.db.lock` beside it as long as it runs (`lockf`), and writes its
/// process's number into it.
fn holder(path: &Path) -> Option<String> {
    let lock = super::paths::with_suffix(path, ".lock");
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&lock)
        .ok()?;
    let exclusive = rustix::fs::FlockOperation::NonBlockingLockExclusive;
    match rustix::fs::fcntl_lock(&file, exclusive) {
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => {
            let holder = std::fs::read_to_string(&lock).unwrap_or_default();
            let digits: String = holder.chars().filter(char::is_ascii_digit).collect();
            Some(if digits.is_empty() {
                "another process".into()
            } else {
                format!("process {digits}")
            })
        }
        _ => None,
    }
}
