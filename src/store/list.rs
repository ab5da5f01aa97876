//! Pages, totals and places of lists, by key and never by offset.
//!
//! A list is two ranges merged: the query's rows up to `opened_seq`, and the sticky rows whatever the query says now.

use std::cmp::Ordering;

use jiff::Timestamp;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::error::Result;
use super::sql::{Binds, Plan, RANK, compile, compile_muted};
use crate::model::list::{Anchor, OpenList};
use crate::model::query::{Expr, Is, Sort, Term};
use crate::model::{ArticleId, FeedId, Query};

/// A row's place in a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) id: i64,
    /// What the list is ordered by before time; null where by time alone.
    order: Value,
    sort_key: i64,
}

/// Which rows of a list, seen from a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Above,
}

/// Which of a list's articles are meant, beside its query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Those the open list shows.
    Shown,
    /// Those that came after it was opened.
    Waiting,
}

/// A list ready to be read.
#[derive(Debug)]
pub(super) struct Reading<'c> {
    conn: &'c Connection,
    plan: Plan,
    reverse: bool,
    opened_seq: Option<i64>,
    sticky: Vec<i64>,
    query: Query,
    sort: Sort,
    now: Timestamp,
}

impl<'c> Reading<'c> {
    /// Compiles a list. Its own `sort:` goes before the list's order.
    pub(super) fn new(conn: &'c Connection, list: &OpenList, now: Timestamp) -> Result<Self> {
        let sort = list.query.sort.unwrap_or(list.sort);
        Ok(Self {
            conn,
            plan: compile(conn, &list.query, sort, now)?,
            reverse: list.reverse,
            opened_seq: list.opened_seq.map(|seq| seq.0),
            sticky: list.sticky.iter().map(|id| id.0).collect(),
            query: list.query.clone(),
            sort,
            now,
        })
    }

    /// The one feed whose list this is.
    pub(super) fn feed(&self) -> Option<FeedId> {
        self.plan.feed
    }

    /// Reads up to `limit` places below or above a place (from the end that lies that way where `None`), nearest first.
    pub(super) fn places(
        &self,
        from: Option<&Place>,
        side: Side,
        limit: usize,
    ) -> Result<Vec<Place>> {
        let mut places = self.query_places(from, side, limit)?;
        if !self.sticky.is_empty() {
            let sticky = self.sticky_places(&self.sticky, from, side, limit)?;
            places = self.merge(places, sticky, side, limit);
        }
        Ok(places)
    }

    /// Finds an article's place, whether or not the list shows it.
    pub(super) fn place_of(&self, id: ArticleId) -> Result<Option<Place>> {
        Ok(self.sticky_places(&[id.0], None, Side::Below, 1)?.pop())
    }

    /// Says whether the list shows an article.
    pub(super) fn shows(&self, id: ArticleId) -> Result<bool> {
        if self.sticky.contains(&id.0) {
            return Ok(true);
        }
        let mut binds = self.plan.binds.clone();
        let seq = self.seq_condition(Part::Shown, &mut binds);
        let id = binds.add(id.0);
        let sql = format!(
            "SELECT 1 FROM {} WHERE {}{seq} AND a.id = {id}",
            self.plan.from, self.plan.conditions
        );
        let found = self
            .conn
            .prepare_cached(&sql)?
            .query_row(params_from_iter(binds.0), |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }

    /// Counts rows and unread rows of the list as opened.
    pub(super) fn count(&self) -> Result<(u64, u64)> {
        let (mut rows, mut unread) = match self.kept_count()? {
            Some(kept) => kept,
            None => self.count_part(Part::Shown, "")?,
        };
        if !self.sticky.is_empty() {
            let (more, more_unread) = self.count_sticky_only("")?;
            rows += more;
            unread += more_unread;
        }
        Ok((rows, unread))
    }

    /// Counts matching articles that came after the list was opened.
    pub(super) fn waiting(&self) -> Result<u64> {
        if self.opened_seq.is_none() {
            return Ok(0);
        }
        Ok(self.count_part(Part::Waiting, "")?.0)
    }

    /// Counts what muted names keep out of the list.
    pub(super) fn muted(&self) -> Result<u64> {
        if self.plan.shows_muted {
            return Ok(0);
        }
        let any: bool = self
            .conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM articles INDEXED BY articles_muted WHERE hushed = 1)",
            )?
            .query_row([], |row| row.get(0))?;
        if !any {
            return Ok(0);
        }
        let (from, conditions, mut binds) =
            compile_muted(self.conn, &self.query, self.sort, self.now)?;
        let seq = self.seq_condition(Part::Shown, &mut binds);
        let sql = format!("SELECT count(*) FROM {from} WHERE {conditions}{seq}");
        let count: i64 = self
            .conn
            .prepare_cached(&sql)?
            .query_row(params_from_iter(binds.0), |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Counts rows above a place.
    pub(super) fn above(&self, place: &Place) -> Result<u64> {
        let mut binds = self.plan.binds.clone();
        let keys = self.beyond(
            place,
            Side::Above,
            self.plan.time,
            &self.order_by(),
            &mut binds,
        );
        let (rows, _) = self.count_where(&self.plan.from, &keys, Part::Shown, binds)?;
        let mut more = 0;
        if !self.sticky.is_empty() {
            let mut binds = Binds::default();
            let ids = binds.add(json(&self.sticky));
            let order = self.sticky_order(&mut binds);
            let keys = self.beyond(place, Side::Above, "a.sort_key", &order, &mut binds);
            let sql = format!(
                "SELECT a.id FROM json_each({ids}) j CROSS JOIN articles a ON a.id = j.value WHERE 1{keys}"
            );
            let found: Vec<i64> = self
                .conn
                .prepare(&sql)?
                .query_map(params_from_iter(binds.0), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for id in found {
                more += u64::from(!self.matches(id)?);
            }
        }
        Ok(rows + more)
    }

    /// Says whether the query itself (not stickiness) shows an article.
    fn matches(&self, id: i64) -> Result<bool> {
        let bare = Self {
            conn: self.conn,
            plan: self.plan.clone(),
            reverse: self.reverse,
            opened_seq: self.opened_seq,
            sticky: Vec::new(),
            query: Query::default(),
            sort: self.sort,
            now: self.now,
        };
        bare.shows(ArticleId(id))
    }

    /// The numbers of a whole feed or of the whole library lie ready; only what came since must be taken off.
    fn kept_count(&self) -> Result<Option<(u64, u64)>> {
        let feed = match &self.query.expr {
            Expr::All => 0,
            Expr::Term(Term::FeedId(feed)) => feed.0,
            _ => return Ok(None),
        };
        if self.plan.ranked.is_some() || self.plan.conditions.contains("read_at") {
            return Ok(None);
        }
        let kept: Option<(i64, i64)> = self
            .conn
            .prepare_cached("SELECT total, unread FROM counts WHERE feed_id = ?1")?
            .query_row([feed], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((total, unread)) = kept else {
            return Ok(None);
        };
        // The kept total of a feed knows nothing of muted names.
        let muted = if feed == 0 { 0 } else { self.muted()? as i64 };
        let total = total - muted;
        let (newer, newer_unread) = if self.opened_seq.is_some() {
            self.count_part(Part::Waiting, "")?
        } else {
            (0, 0)
        };
        Ok(Some((
            (total as u64).saturating_sub(newer),
            (unread as u64).saturating_sub(newer_unread),
        )))
    }

    fn count_part(&self, part: Part, more: &str) -> Result<(u64, u64)> {
        self.count_where(&self.plan.from, more, part, self.plan.binds.clone())
    }

    fn count_where(
        &self,
        from: &str,
        more: &str,
        part: Part,
        mut binds: Binds,
    ) -> Result<(u64, u64)> {
        let seq = self.seq_condition(part, &mut binds);
        // What came since is a short range at the end of the articles: read it there, whatever the query starts at.
        let from = if part == Part::Waiting && self.plan.from.starts_with("articles a") {
            "articles a NOT INDEXED"
        } else {
            from
        };
        let sql = format!(
            "SELECT count(*), coalesce(sum(a.read = 0), 0) FROM {from} WHERE {}{seq}{more}",
            self.plan.conditions
        );
        let counts = self
            .conn
            .prepare_cached(&sql)?
            .query_row(params_from_iter(binds.0), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        Ok((counts.0 as u64, counts.1 as u64))
    }

    /// Counts sticky rows that the query does not show by itself.
    fn count_sticky_only(&self, more: &str) -> Result<(u64, u64)> {
        let mut binds = self.plan.binds.clone();
        let seq = self.seq_condition(Part::Shown, &mut binds);
        let ids = binds.add(json(&self.sticky));
        let sql = format!(
            "SELECT count(*), coalesce(sum(s.read = 0), 0) FROM json_each({ids}) j CROSS JOIN articles s ON s.id = j.value
             WHERE s.id NOT IN (SELECT a.id FROM {} WHERE {}{seq} AND a.id IN (SELECT value FROM json_each({ids}))){more}",
            self.plan.from, self.plan.conditions
        );
        let counts = self
            .conn
            .prepare_cached(&sql)?
            .query_row(params_from_iter(binds.0), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        Ok((counts.0 as u64, counts.1 as u64))
    }

    fn query_places(&self, from: Option<&Place>, side: Side, limit: usize) -> Result<Vec<Place>> {
        let mut binds = self.plan.binds.clone();
        let seq = self.seq_condition(Part::Shown, &mut binds);
        let order = self.order_by();
        let keys = from.map_or(String::new(), |place| {
            self.beyond(place, side, self.plan.time, &order, &mut binds)
        });
        let sql = format!(
            "SELECT a.id, {order}, {time} FROM {from} WHERE {conditions}{seq}{keys} {direction} LIMIT {limit}",
            time = self.plan.time,
            from = self.plan.from,
            conditions = self.plan.conditions,
            direction = self.direction(side, self.plan.time),
            limit = binds.add(limit as i64),
        );
        self.read(&sql, binds)
    }

    fn sticky_places(
        &self,
        ids: &[i64],
        from: Option<&Place>,
        side: Side,
        limit: usize,
    ) -> Result<Vec<Place>> {
        let mut binds = Binds::default();
        let ids = binds.add(json(ids));
        let order = self.sticky_order(&mut binds);
        let keys = from.map_or(String::new(), |place| {
            self.beyond(place, side, "a.sort_key", &order, &mut binds)
        });
        let sql = format!(
            "SELECT a.id, {order}, a.sort_key FROM json_each({ids}) j CROSS JOIN articles a ON a.id = j.value
             WHERE 1{keys} {direction} LIMIT {limit}",
            direction = self.direction(side, "a.sort_key"),
            limit = binds.add(limit as i64),
        );
        self.read(&sql, binds)
    }

    fn read(&self, sql: &str, binds: Binds) -> Result<Vec<Place>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let places = statement.query_map(params_from_iter(binds.0), |row| {
            Ok(Place {
                id: row.get(0)?,
                order: owned(row.get_ref(1)?),
                sort_key: row.get(2)?,
            })
        })?;
        Ok(places.collect::<rusqlite::Result<_>>()?)
    }

    /// The expression of the order before time, `NULL` where there is none.
    fn order_by(&self) -> String {
        self.plan
            .order
            .as_ref()
            .map_or_else(|| "NULL".into(), |order| order.by.clone())
    }

    /// The same for rows not read from the index: their rank is asked for one by one.
    fn sticky_order(&self, binds: &mut Binds) -> String {
        match (&self.plan.order, &self.plan.ranked) {
            (Some(order), Some(words)) if order.by == RANK => {
                let words = binds.add(words.clone());
                format!(
                    "coalesce((SELECT {RANK} FROM search WHERE search MATCH {words} AND rowid = a.sort_key), 0.0)"
                )
            }
            _ => self.order_by(),
        }
    }

    fn seq_condition(&self, part: Part, binds: &mut Binds) -> String {
        let Some(seq) = self.opened_seq else {
            return String::new();
        };
        let sign = match part {
            Part::Shown => "<=",
            Part::Waiting => ">",
        };
        format!(" AND a.id {sign} {}", binds.add(seq))
    }

    /// Says whether values fall on the way to a side: of the order, and of time.
    fn falls(&self, side: Side) -> (bool, bool) {
        let turned = (side == Side::Above) != self.reverse;
        let order_falls = self.plan.order.as_ref().is_some_and(|order| order.falling);
        (order_falls != turned, !turned)
    }

    fn direction(&self, side: Side, time: &str) -> String {
        let word = |falls| if falls { "DESC" } else { "ASC" };
        let (order_falls, time_falls) = self.falls(side);
        match &self.plan.order {
            Some(_) => format!(
                "ORDER BY 2 {}, {time} {}",
                word(order_falls),
                word(time_falls)
            ),
            None => format!("ORDER BY {time} {}", word(time_falls)),
        }
    }

    /// The condition for rows on a side of a place.
    fn beyond(
        &self,
        place: &Place,
        side: Side,
        time: &str,
        order: &str,
        binds: &mut Binds,
    ) -> String {
        let sign = |falls| if falls { "<" } else { ">" };
        let (order_falls, time_falls) = self.falls(side);
        let key = binds.add(place.sort_key);
        let by_time = format!("{time} {} {key}", sign(time_falls));
        if self.plan.order.is_none() {
            return format!(" AND {by_time}");
        }
        let value = binds.add(place.order.clone());
        format!(
            " AND ({order} {} {value} OR ({order} IS {value} AND {by_time}))",
            sign(order_falls)
        )
    }

    /// Joins two ranges that run the same way, each article once.
    fn merge(&self, a: Vec<Place>, b: Vec<Place>, side: Side, limit: usize) -> Vec<Place> {
        let mut both = a;
        both.extend(b);
        both.sort_by(|x, y| self.compare(x, y, side));
        both.dedup_by_key(|place| place.id);
        both.truncate(limit);
        both
    }

    fn compare(&self, a: &Place, b: &Place, side: Side) -> Ordering {
        let (order_falls, time_falls) = self.falls(side);
        let turn = |ordering: Ordering, falls| if falls { ordering.reverse() } else { ordering };
        turn(compare_values(&a.order, &b.order), order_falls)
            .then(turn(a.sort_key.cmp(&b.sort_key), time_falls))
    }
}

/// A page's ids and whether it touches the list's ends.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_field_names, reason = "a page's ids are ids")]
pub(super) struct Ids {
    pub(super) ids: Vec<ArticleId>,
    pub(super) at_top: bool,
    pub(super) at_bottom: bool,
}

/// Reads a page's ids.
pub(super) fn page(list: &Reading<'_>, anchor: Anchor, limit: usize) -> Result<Ids> {
    match anchor {
        Anchor::Top => run(list, None, Side::Below, limit),
        Anchor::Bottom => run(list, None, Side::Above, limit),
        Anchor::After(id) => match list.place_of(id)? {
            Some(place) => run(list, Some(&place), Side::Below, limit),
            None => run(list, None, Side::Below, limit),
        },
        Anchor::Before(id) => match list.place_of(id)? {
            Some(place) => run(list, Some(&place), Side::Above, limit),
            None => run(list, None, Side::Below, limit),
        },
        Anchor::Around(id) => around(list, id, limit),
    }
}

/// Reads one way from a place or an end.
fn run(list: &Reading<'_>, from: Option<&Place>, side: Side, limit: usize) -> Result<Ids> {
    let mut places = list.places(from, side, limit + 1)?;
    let is_last = places.len() <= limit;
    places.truncate(limit);
    // The other end: an end itself, or the list's only if nothing stands behind the first row read.
    let is_first = match (from, places.first()) {
        (None, _) => true,
        (Some(_), Some(first)) => list.places(Some(first), opposite(side), 1)?.is_empty(),
        (Some(place), None) => list.places(Some(place), opposite(side), 1)?.is_empty(),
    };
    let (at_top, at_bottom) = match side {
        Side::Below => (is_first, is_last),
        Side::Above => {
            places.reverse();
            (is_last, is_first)
        }
    };
    Ok(Ids {
        ids: places.iter().map(|place| ArticleId(place.id)).collect(),
        at_top,
        at_bottom,
    })
}

fn around(list: &Reading<'_>, id: ArticleId, limit: usize) -> Result<Ids> {
    let place = if list.shows(id)? {
        list.place_of(id)?
    } else {
        None
    };
    let Some(place) = place else {
        return run(list, None, Side::Below, limit);
    };
    let rest = limit.saturating_sub(1);
    let mut above = list.places(Some(&place), Side::Above, rest + 1)?;
    let mut below = list.places(Some(&place), Side::Below, rest + 1)?;
    // Half on each side; what one side lacks the other gives.
    let below_wanted = (rest - rest / 2).max(rest.saturating_sub(above.len()));
    let below_taken = below_wanted.min(below.len());
    let above_taken = (rest - below_taken).min(above.len());
    let at_top = above.len() == above_taken;
    let at_bottom = below.len() == below_taken;
    above.truncate(above_taken);
    below.truncate(below_taken);
    above.reverse();
    let places = above.iter().chain([&place]).chain(&below);
    Ok(Ids {
        ids: places.map(|place| ArticleId(place.id)).collect(),
        at_top,
        at_bottom,
    })
}

fn opposite(side: Side) -> Side {
    match side {
        Side::Below => Side::Above,
        Side::Above => Side::Below,
    }
}

/// Finds the next unread article: in the list from a row on, then in the feeds after it in the tree's order, last in the
/// list from its other end.
pub(super) fn next_unread(
    conn: &Connection,
    list: &OpenList,
    from: Option<ArticleId>,
    back: bool,
    now: Timestamp,
) -> Result<Option<(ArticleId, Option<FeedId>)>> {
    let unread = unread_of(list);
    let reading = Reading::new(conn, &unread, now)?;
    let side = if back { Side::Above } else { Side::Below };
    let place = match from {
        Some(id) => reading.place_of(id)?,
        None => None,
    };
    if let Some(found) = reading.places(place.as_ref(), side, 1)?.first() {
        return Ok(Some((ArticleId(found.id), None)));
    }
    if let Some(feed) = reading.feed() {
        for next in feeds_with_unread_after(conn, feed, back)? {
            let other = OpenList {
                query: Query::term(Term::FeedId(next)).and(Query::term(Term::Is(Is::Unread))),
                ..OpenList::default()
            };
            let reading = Reading::new(conn, &other, now)?;
            if let Some(found) = reading.places(None, side, 1)?.first() {
                return Ok(Some((ArticleId(found.id), Some(next))));
            }
        }
    }
    let found = reading.places(None, side, 1)?;
    Ok(found
        .first()
        .filter(|found| Some(ArticleId(found.id)) != from)
        .map(|found| (ArticleId(found.id), None)))
}

/// The same list, only what is unread now: nothing is sticky.
fn unread_of(list: &OpenList) -> OpenList {
    let sort = list.query.sort;
    let mut query = list.query.clone().and(Query::term(Term::Is(Is::Unread)));
    query.sort = sort;
    OpenList {
        query,
        sticky: Vec::new(),
        ..list.clone()
    }
}

/// The feeds with unread articles after one in the tree's order, round to those before it.
fn feeds_with_unread_after(conn: &Connection, feed: FeedId, back: bool) -> Result<Vec<FeedId>> {
    let mut feeds: Vec<(i64, bool)> = conn
        .prepare_cached(
            "SELECT f.id, c.unread > 0 FROM feeds f JOIN counts c ON c.feed_id = f.id WHERE f.archived = 0
             ORDER BY f.folder = '' DESC, f.folder, f.position, f.id",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if back {
        feeds.reverse();
    }
    let at = feeds.iter().position(|(id, _)| *id == feed.0).unwrap_or(0);
    let next = (at + 1).min(feeds.len());
    feeds.rotate_left(next);
    Ok(feeds
        .into_iter()
        .filter(|(id, unread)| *unread && *id != feed.0)
        .map(|(id, _)| FeedId(id))
        .collect())
}

/// Writes ids as a JSON array for `json_each`.
pub(super) fn json(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

/// Compares as SQLite does (sqlite.org/datatype3.html §4.1), as far as our orders need: one type each, or null.
fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Returns every id of a list in its order, for marks on whole lists. Sticky rows too.
pub(super) fn all_ids(reading: &Reading<'_>) -> Result<Vec<i64>> {
    let places = reading.places(None, Side::Below, i64::MAX as usize)?;
    Ok(places.into_iter().map(|place| place.id).collect())
}

/// Returns the ids of a list's rows on one side of a row, that row not included.
pub(super) fn ids_beside(reading: &Reading<'_>, id: ArticleId, above: bool) -> Result<Vec<i64>> {
    let Some(place) = reading.place_of(id)? else {
        return Ok(Vec::new());
    };
    let side = if above { Side::Above } else { Side::Below };
    let places = reading.places(Some(&place), side, i64::MAX as usize)?;
    Ok(places.into_iter().map(|place| place.id).collect())
}

/// The list of a bare query in its own order, as the command line shows it.
pub(super) fn of_query(query: &Query) -> OpenList {
    OpenList {
        query: query.clone(),
        sort: query.sort.unwrap_or(Sort::Date),
        ..OpenList::default()
    }
}
