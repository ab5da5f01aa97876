//! A query as SQL: where to start reading, and the conditions, every value a parameter.
//!
//! The start ([`Plan::from`]) is the smallest thing that already lies in order of time: a feed's entries, the full-text
//! index, a tag, a name, the unread articles, else all articles. So a page of a list is one range of one index.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::decision::{self, Key};
use super::error::Result;
use super::{matching, muted};
use crate::model::query::{Compare, Expr, Is, Sort, Term, What};
use crate::model::{EntityKind, FeedId, Query};
use crate::text::fold::fold;

/// A query ready to be asked. Columns: `a` is the article.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The tables, in the order they are read.
    pub(super) from: String,
    /// The column that holds the sort key where reading starts.
    pub(super) time: &'static str,
    /// The conditions, joined by AND.
    pub(super) conditions: String,
    /// Values of the parameters `?1`, `?2` …
    pub(super) binds: Binds,
    /// What rows are ordered by before time, and whether it falls.
    pub(super) order: Option<Order>,
    /// The one feed whose list this is.
    pub(super) feed: Option<FeedId>,
    /// The MATCH expression that ranks, where the order is by relevance.
    pub(super) ranked: Option<String>,
    /// Articles that a muted name keeps out of the lists are shown too.
    pub(super) shows_muted: bool,
}

/// An order before that by time.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The SQL expression.
    pub(super) by: String,
    /// Highest first.
    pub(super) falling: bool,
}

/// Values of numbered parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Binds(pub(super) Vec<Value>);

impl Binds {
    /// Adds a value and returns its placeholder.
    pub(super) fn add(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }
}

/// Returns the first sort key of a second.
pub(super) fn key_of_second(seconds: i64) -> i64 {
    seconds.saturating_mul(1 << 20)
}

/// A folder with less than one in so many articles of the library is read from its own entries.
const SPARSE: i64 = 16;

/// Ranks a match in the headline five times as high as one in the text.
pub(super) const RANK: &str = "bm25(search, 5.0, 1.0)";

/// Compiles a query in an order. Names of feeds, folders, tags and entities are looked up now.
pub(super) fn compile(
    conn: &Connection,
    query: &Query,
    sort: Sort,
    now: Timestamp,
) -> Result<Plan> {
    let mut compiler = Compiler {
        conn,
        now,
        binds: Binds::default(),
        shows_muted: muted::shown_by(conn, &query.expr)?,
    };
    let mut parts = Vec::new();
    flatten(&query.expr, &mut parts);
    let (start, mut conditions) = compiler.start(&mut parts, sort)?;
    for part in parts {
        let condition = compiler.condition(part)?;
        conditions.push(condition);
    }
    conditions.push("a.hidden = 0".into());
    if !compiler.shows_muted {
        conditions.push("a.hushed = 0".into());
    }
    let order = order(sort, start.ranked.is_some());
    if sort == Sort::Read {
        conditions.push("a.read_at IS NOT NULL".into());
    }
    Ok(Plan {
        from: start.from,
        time: start.time,
        conditions: conditions.join(" AND "),
        binds: compiler.binds,
        order,
        feed: start.feed,
        ranked: start.ranked,
        shows_muted: compiler.shows_muted,
    })
}

/// Compiles the count of what muted names keep out of a query's list: tables, conditions and values.
pub(super) fn compile_muted(
    conn: &Connection,
    query: &Query,
    sort: Sort,
    now: Timestamp,
) -> Result<(&'static str, String, Binds)> {
    let mut compiler = Compiler {
        conn,
        now,
        binds: Binds::default(),
        shows_muted: true,
    };
    let mut parts = Vec::new();
    flatten(&query.expr, &mut parts);
    let mut conditions = vec!["a.hushed = 1".to_owned(), "a.hidden = 0".to_owned()];
    for part in parts {
        conditions.push(compiler.condition(part)?);
    }
    if sort == Sort::Read {
        conditions.push("a.read_at IS NOT NULL".into());
    }
    let from = "articles a INDEXED BY articles_muted";
    Ok((from, conditions.join(" AND "), compiler.binds))
}

/// Returns what an order sorts by before time.
fn order(sort: Sort, is_ranked: bool) -> Option<Order> {
    let (by, falling) = match sort {
        Sort::Feed => (
            "coalesce((SELECT lower(coalesce(f.title, f.own_title, f.url_key)) FROM feeds f WHERE f.id = a.feed_id), '')"
                .to_owned(),
            false,
        ),
        Sort::Title => ("a.title_fold".to_owned(), false),
        Sort::Length => ("a.minutes".to_owned(), false),
        Sort::Relevance if is_ranked => (RANK.to_owned(), false),
        Sort::Read => ("a.read_at".to_owned(), true),
        Sort::Date | Sort::Relevance => return None,
    };
    Some(Order { by, falling })
}

/// Takes nested ANDs apart into one list.
fn flatten<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::All => {}
        Expr::And(parts) => parts.iter().for_each(|part| flatten(part, out)),
        Expr::Term(term) if matching::is_empty_words(term) => {}
        other => out.push(other),
    }
}

/// Where reading starts.
struct Start {
    from: String,
    time: &'static str,
    feed: Option<FeedId>,
    ranked: Option<String>,
}

struct Compiler<'c> {
    conn: &'c Connection,
    now: Timestamp,
    binds: Binds,
    shows_muted: bool,
}

impl Compiler<'_> {
    /// Chooses where to start and takes the parts it covers out of the list.
    fn start(&mut self, parts: &mut Vec<&Expr>, sort: Sort) -> Result<(Start, Vec<String>)> {
        let feed = self.only_feed(parts)?;
        let words = take_words(parts);
        if let Some(words) = words {
            let placeholder = self.binds.add(words.clone());
            let start = Start {
                from: "search CROSS JOIN articles a ON a.sort_key = search.rowid".into(),
                time: "search.rowid",
                feed,
                ranked: Some(words),
            };
            return Ok((start, vec![format!("search MATCH {placeholder}")]));
        }
        if let Some(feed) = feed {
            parts.retain(|part| !matches!(part, Expr::Term(Term::FeedId(_) | Term::Feed(_))));
            let mut conditions = vec![format!("e.feed_id = {}", self.binds.add(feed.0))];
            // The feed's own mark leaves out what a muted name hides.
            if !self.shows_muted && take_state(parts, Is::Unread) {
                conditions.push("e.unread = 1".into());
            }
            let start = Start {
                from: "entries e CROSS JOIN articles a ON a.id = e.article_id".into(),
                time: "e.sort_key",
                feed: Some(feed),
                ranked: None,
            };
            return Ok((start, conditions));
        }
        if let Some(start) = self.start_at_tag_or_name(parts)? {
            return Ok(start);
        }
        if let Some(start) = self.start_at_folder(parts)? {
            return Ok(start);
        }
        let (index, condition) = plain_start(parts, sort);
        let start = Start {
            from: format!("articles a{index}"),
            time: "a.sort_key",
            feed: None,
            ranked: None,
        };
        Ok((start, condition.into_iter().map(str::to_owned).collect()))
    }

    /// The one feed the list is of, by id or by a name that fits one feed only.
    fn only_feed(&self, parts: &[&Expr]) -> Result<Option<FeedId>> {
        let mut found = None;
        for part in parts {
            let feed = match part {
                Expr::Term(Term::FeedId(feed)) => *feed,
                Expr::Term(Term::Feed(name)) => match self.feeds_named(name)?[..] {
                    [only] => FeedId(only),
                    _ => continue,
                },
                _ => continue,
            };
            // Two feeds at once: an article in both; left to the conditions.
            if found.is_some() {
                return Ok(None);
            }
            found = Some(feed);
        }
        Ok(found)
    }

    fn start_at_tag_or_name(
        &mut self,
        parts: &mut Vec<&Expr>,
    ) -> Result<Option<(Start, Vec<String>)>> {
        for at in 0..parts.len() {
            let (from, time, condition, ids) = match parts[at] {
                Expr::Term(Term::Tag(tag)) => (
                    "article_tags t CROSS JOIN articles a ON a.id = t.article_id",
                    "t.sort_key",
                    "t.tag_id",
                    self.tag(tag)?.into_iter().collect(),
                ),
                Expr::Term(term @ (Term::Entity(_) | Term::Name(_))) => (
                    "article_entities n CROSS JOIN articles a ON a.id = n.article_id",
                    "n.sort_key",
                    "n.entity_id",
                    self.entities(term)?,
                ),
                _ => continue,
            };
            let [only] = ids[..] else {
                if let Some(start) = self.start_at_names(&ids)? {
                    parts.remove(at);
                    return Ok(Some((start, Vec::new())));
                }
                continue;
            };
            parts.remove(at);
            let start = Start {
                from: from.into(),
                time,
                feed: None,
                ranked: None,
            };
            let condition = format!("{condition} = {}", self.binds.add(only));
            return Ok(Some((start, vec![condition])));
        }
        Ok(None)
    }

    /// Several names of one word that stand in a small part of the library are read from their own rows; those in a big
    /// part are met soon enough by walking all articles.
    fn start_at_names(&self, ids: &[i64]) -> Result<Option<Start>> {
        let ids = list(ids);
        let (held, all): (i64, i64) = self.conn.query_row(
            &format!(
                "SELECT (SELECT coalesce(sum(articles), 0) FROM entities WHERE id IN ({ids})),
                        (SELECT total FROM counts WHERE feed_id = 0)"
            ),
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok((held.saturating_mul(SPARSE) <= all).then(|| Start {
            from: format!(
                "(SELECT DISTINCT sort_key, article_id FROM article_entities WHERE entity_id IN ({ids})) n
                 CROSS JOIN articles a ON a.id = n.article_id"
            ),
            time: "n.sort_key",
            feed: None,
            ranked: None,
        }))
    }

    /// A folder whose feeds hold a small part of the library is read from their entries; a big one is met soon enough
    /// by walking all articles.
    fn start_at_folder(&mut self, parts: &mut Vec<&Expr>) -> Result<Option<(Start, Vec<String>)>> {
        for at in 0..parts.len() {
            let Expr::Term(Term::Folder(path)) = parts[at] else {
                continue;
            };
            let feeds = list(&self.feeds_in(path)?);
            let (held, all): (i64, i64) = self.conn.query_row(
                &format!(
                    "SELECT coalesce(sum(total) FILTER (WHERE feed_id IN ({feeds})), 0),
                            coalesce(sum(total) FILTER (WHERE feed_id = 0), 0) FROM counts"
                ),
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            if held.saturating_mul(SPARSE) > all {
                continue;
            }
            parts.remove(at);
            let unread = if !self.shows_muted && take_state(parts, Is::Unread) {
                " AND unread = 1"
            } else {
                ""
            };
            let start = Start {
                from: format!(
                    "(SELECT DISTINCT sort_key, article_id FROM entries WHERE feed_id IN ({feeds}){unread}) e
                     CROSS JOIN articles a ON a.id = e.article_id"
                ),
                time: "e.sort_key",
                feed: None,
                ranked: None,
            };
            return Ok(Some((start, Vec::new())));
        }
        Ok(None)
    }

    /// A condition as SQL.
    fn condition(&mut self, expr: &Expr) -> Result<String> {
        if let Some(words) = matching::expression(expr) {
            let placeholder = self.binds.add(words);
            return Ok(format!(
                "a.sort_key IN (SELECT rowid FROM search WHERE search MATCH {placeholder})"
            ));
        }
        Ok(match expr {
            Expr::All => "1".into(),
            Expr::And(parts) => self.join(parts, " AND ", "1")?,
            Expr::Or(parts) => self.join(parts, " OR ", "0")?,
            Expr::Not(inner) => format!("NOT {}", self.condition(inner)?),
            Expr::Term(term) => self.term(term)?,
        })
    }

    fn join(&mut self, parts: &[Expr], word: &str, none: &str) -> Result<String> {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| self.condition(part))
            .collect::<Result<_>>()?;
        Ok(if parts.is_empty() {
            none.into()
        } else {
            format!("({})", parts.join(word))
        })
    }

    fn term(&mut self, term: &Term) -> Result<String> {
        Ok(match term {
            // Words that hold no letter or digit ask for nothing.
            Term::Word { .. } | Term::Phrase(_) | Term::Title(_) => "1".into(),
            Term::Author(name) => {
                let name = self.binds.add(fold(name));
                format!("instr(folded(a.authors), {name}) > 0")
            }
            Term::Feed(name) => in_feeds(&self.feeds_named(name)?),
            Term::FeedId(feed) => in_feeds(&[feed.0]),
            Term::Folder(path) => in_feeds(&self.feeds_in(path)?),
            Term::Tag(tag) => match self.tag(tag)? {
                Some(id) => format!(
                    "EXISTS (SELECT 1 FROM article_tags x WHERE x.tag_id = {id} AND x.sort_key = a.sort_key)"
                ),
                None => "0".into(),
            },
            Term::Entity(_) | Term::Name(_) => mentions(&self.entities(term)?),
            Term::Site(site) => {
                let site = site.trim().to_lowercase();
                let site = site.strip_prefix("www.").unwrap_or(&site).to_owned();
                let suffix = self.binds.add(format!(".{site}"));
                let site = self.binds.add(site);
                format!("(a.site = {site} OR substr(a.site, -length({suffix})) = {suffix})")
            }
            Term::Lang(lang) => {
                let lang = self.binds.add(lang.to_lowercase());
                format!("a.language = {lang}")
            }
            Term::Is(is) => state(*is).into(),
            Term::Has(What::Image) => "a.has_image = 1".into(),
            Term::Has(What::Enclosure) => "a.has_enclosure = 1".into(),
            Term::Has(What::Note) => "a.note IS NOT NULL".into(),
            Term::After(time) => self.since(time.as_second(), ">="),
            Term::Before(time) => self.since(time.as_second(), "<"),
            Term::Newer(seconds) => self.since(self.now.as_second().saturating_sub(*seconds), ">="),
            Term::Older(seconds) => self.since(self.now.as_second().saturating_sub(*seconds), "<"),
            Term::Minutes(compare, minutes) => {
                let sign = match compare {
                    Compare::Less => "<",
                    Compare::LessOrEqual => "<=",
                    Compare::Equal => "=",
                    Compare::MoreOrEqual => ">=",
                    Compare::More => ">",
                };
                format!("a.minutes {sign} {minutes}")
            }
        })
    }

    fn since(&mut self, second: i64, sign: &str) -> String {
        format!(
            "a.sort_key {sign} {}",
            self.binds.add(key_of_second(second))
        )
    }

    fn feeds_named(&self, name: &str) -> Result<Vec<i64>> {
        let name = fold(name);
        self.feeds_where(|title, _| fold(title).contains(&name))
    }

    fn feeds_in(&self, path: &str) -> Result<Vec<i64>> {
        let path = fold(path.trim_matches('/'));
        let below = format!("{path}/");
        self.feeds_where(|_, folder| {
            let folder = fold(folder);
            folder == path || folder.starts_with(&below)
        })
    }

    fn feeds_where(&self, fits: impl Fn(&str, &str) -> bool) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, coalesce(title, own_title, url_key), folder FROM feeds WHERE archived = 0",
        )?;
        let mut rows = statement.query([])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            if fits(
                row.get_ref(1)?.as_str().unwrap_or_default(),
                row.get_ref(2)?.as_str().unwrap_or_default(),
            ) {
                ids.push(row.get(0)?);
            }
        }
        Ok(ids)
    }

    fn tag(&self, tag: &str) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM tags WHERE fold = ?1")?
            .query_row([fold(tag.trim())], |row| row.get(0))
            .optional()?)
    }

    /// The names in the cache that a term means, by way of the user's merges.
    fn entities(&self, term: &Term) -> Result<Vec<i64>> {
        let keys: Vec<Key> = match term {
            Term::Name(key) => vec![Key::new(&key.name, key.kind)],
            Term::Entity(name) => EntityKind::ALL
                .into_iter()
                .map(|kind| Key::new(name, kind))
                .collect(),
            _ => Vec::new(),
        };
        let mut ids = Vec::new();
        for key in keys {
            let key = decision::canonical(self.conn, &key)?;
            let id: Option<i64> = self
                .conn
                .prepare_cached(
                    "SELECT id FROM entities WHERE fold = ?1 AND kind = ?2 AND articles > 0",
                )?
                .query_row(params![key.fold, key.kind], |row| row.get(0))
                .optional()?;
            ids.extend(id);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

/// Takes the parts that are words out of the list and returns them as one MATCH expression.
fn take_words(parts: &mut Vec<&Expr>) -> Option<String> {
    let mut words = Vec::new();
    parts.retain(|part| match matching::expression(part) {
        Some(expression) if words.len() < 64 => {
            words.push(expression);
            false
        }
        _ => true,
    });
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// Takes a state out of the list where it stands there.
fn take_state(parts: &mut Vec<&Expr>, state: Is) -> bool {
    let before = parts.len();
    parts.retain(|part| !matches!(part, Expr::Term(Term::Is(is)) if *is == state));
    parts.len() < before
}

/// Names the partial index that holds just the articles asked for, so that the planner needs no statistics.
fn plain_start(parts: &mut Vec<&Expr>, sort: Sort) -> (&'static str, Option<&'static str>) {
    if sort == Sort::Read {
        (" INDEXED BY articles_read", None)
    } else if take_state(parts, Is::Starred) {
        (" INDEXED BY articles_starred", Some("a.starred = 1"))
    } else if take_state(parts, Is::Later) {
        (" INDEXED BY articles_later", Some("a.later = 1"))
    } else if take_state(parts, Is::Muted) {
        (" INDEXED BY articles_muted", Some("a.hushed = 1"))
    } else if take_state(parts, Is::Followed) {
        (" INDEXED BY articles_following", Some("a.follows > 0"))
    } else if take_state(parts, Is::Unread) {
        (" INDEXED BY articles_unread", Some("a.read = 0"))
    } else {
        ("", None)
    }
}

fn state(is: Is) -> &'static str {
    match is {
        Is::Unread => "a.read = 0",
        Is::Read => "a.read = 1",
        Is::Starred => "a.starred = 1",
        Is::Later => "a.later = 1",
        Is::Full => "a.has_full = 1",
        // What the status line says of an article: full text, and the pictures it has, where any are wanted.
        Is::Offline => {
            "(a.has_full = 1 AND (a.has_image = 0 OR a.has_pictures = 1
              OR EXISTS (SELECT 1 FROM memory WHERE key = 'pictures' AND value = 'off')))"
        }
        Is::Followed => "a.follows > 0",
        Is::Muted => "a.hushed = 1",
    }
}

fn in_feeds(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "0".into();
    }
    format!(
        "EXISTS (SELECT 1 FROM entries x WHERE x.article_id = a.id AND x.feed_id IN ({}))",
        list(ids)
    )
}

fn mentions(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "0".into();
    }
    format!(
        "EXISTS (SELECT 1 FROM article_entities x WHERE x.entity_id IN ({}) AND x.sort_key = a.sort_key)",
        list(ids)
    )
}

/// Writes ids of our own as a list; they are integers, so no parameter is needed.
fn list(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
