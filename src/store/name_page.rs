//! The page of a name: how often it stood in the articles over time, with which others, and the sentences it stands in.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::decision::{self, Key};
use super::document::Dictionaries;
use super::error::Result;
use super::step::kind_of_number;
use super::{names, parting, rows};
use crate::model::change::NameKey;
use crate::model::entity::{NamePage, Snippet};
use crate::model::{Article, ArticleId, TextId};
use crate::text::fold::fold;
use crate::text::sentence;

/// Spans that the time from the first article to the last is cut into, at most: one for a column.
const SPANS: i64 = 48;

/// Names are counted together over so many of the newest articles: the whole of a small country's news, and no more than
/// a moment's work for a big one's.
const MOST_TOGETHER: i64 = 2_000;

/// Names seen together that are shown.
const TOGETHER: usize = 8;

/// Ways of writing it that are shown.
const WRITTEN: usize = 6;

/// Articles that are shown below.
const ARTICLES: i64 = 30;

/// Reads the page of a name; `None` where no article mentions it.
pub(super) fn read(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
    name: &NameKey,
) -> Result<Option<NamePage>> {
    let Some(row) = names::find(conn, &name.name, Some(name.kind))? else {
        return Ok(None);
    };
    let id = row.id.0;
    let newest: Vec<i64> = conn
        .prepare_cached(
            "SELECT x.article_id FROM article_entities x CROSS JOIN articles a ON a.id = x.article_id
             WHERE x.entity_id = ?1 AND a.hidden = 0 ORDER BY x.sort_key DESC LIMIT ?2",
        )?
        .query_map([id, ARTICLES], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let first: Option<i64> = conn
        .prepare_cached(
            "SELECT x.article_id FROM article_entities x CROSS JOIN articles a ON a.id = x.article_id
             WHERE x.entity_id = ?1 AND a.hidden = 0 ORDER BY x.sort_key LIMIT 1",
        )?
        .query_map([id], |row| row.get(0))?
        .next()
        .transpose()?;
    let key = row.key();
    let mut articles = Vec::with_capacity(newest.len());
    let mut written = Ways::default();
    let mut role = None;
    for article in newest {
        let Some(article) = rows::article(conn, dictionaries, ArticleId(article), None)? else {
            continue;
        };
        let entity = entity_of(&article, &key).and_then(|at| article.entities.entities.get(at));
        role = role.or_else(|| entity?.role.clone());
        written.add(&article, &key);
        let snippet = snippet(&article, &key);
        articles.push((article.row, snippet));
    }
    let first = match first {
        Some(first) => rows::headline(conn, ArticleId(first), None)?,
        None => None,
    };
    let own = decision::canonical(conn, &Key::new(&name.name, name.kind))?;
    let aliases = decision::aliases(conn, &own)?;
    let known = |words: &str| {
        let words = fold(words);
        words == own.fold || aliases.iter().any(|alias| alias.fold == words)
    };
    Ok(Some(NamePage {
        written: written.but(known),
        parted: parting::of_name(conn, &own)?,
        role,
        over_time: over_time(conn, id)?,
        together: together(conn, id)?,
        aliases: aliases.iter().map(Key::public).collect(),
        articles,
        first,
        row,
    }))
}

/// How a name is written in articles, with the number of mentions.
#[derive(Default)]
struct Ways(HashMap<String, (String, u32)>);

impl Ways {
    fn add(&mut self, article: &Article, name: &NameKey) {
        for words in article.ways_of_writing(name) {
            let way = self.0.entry(fold(words)).or_insert((words.to_owned(), 0));
            way.1 += 1;
        }
    }

    /// Returns those that are not known otherwise, the most frequent first.
    fn but(self, is_known: impl Fn(&str) -> bool) -> Vec<(String, u32)> {
        let ways = self.0.into_values();
        let mut ways: Vec<_> = ways.filter(|(words, _)| !is_known(words)).collect();
        ways.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        ways.truncate(WRITTEN);
        ways
    }
}

/// Counts mentions in equal spans of time.
fn over_time(conn: &Connection, id: i64) -> Result<Vec<u32>> {
    let (first, last): (Option<i64>, Option<i64>) = conn
        .prepare_cached(
            "SELECT (SELECT min(sort_key) >> 20 FROM article_entities WHERE entity_id = ?1),
                    (SELECT max(sort_key) >> 20 FROM article_entities WHERE entity_id = ?1)",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Vec::new());
    };
    // Under a day has a span for each half hour at most, so that one busy hour is no row of noise.
    let spans = SPANS.min((last - first) / 1_800 + 1);
    let mut counts = vec![0; spans as usize];
    let mut statement = conn.prepare_cached(
        "SELECT ((sort_key >> 20) - ?2) * ?3 / (?4 - ?2 + 1), sum(count) FROM article_entities
         WHERE entity_id = ?1 GROUP BY 1",
    )?;
    let mut rows = statement.query(params![id, first, spans, last])?;
    while let Some(row) = rows.next()? {
        let span: i64 = row.get(0)?;
        if let Some(count) = counts.get_mut(span.max(0) as usize) {
            *count = row.get(1)?;
        }
    }
    Ok(counts)
}

/// Finds the names that say most about the articles a name stands in: often there, and rarely elsewhere.
fn together(conn: &Connection, id: i64) -> Result<Vec<(NameKey, u32)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT coalesce(d.spelled, e.name), e.kind, t.n, e.articles,
             (SELECT total FROM counts WHERE feed_id = 0) FROM
             (SELECT y.entity_id AS id, count(*) AS n FROM
                 (SELECT article_id FROM article_entities WHERE entity_id = ?1 ORDER BY sort_key DESC LIMIT ?2) x
                 CROSS JOIN article_entities y INDEXED BY article_entities_by_article ON y.article_id = x.article_id
              WHERE y.entity_id <> ?1 GROUP BY 1 ORDER BY 2 DESC LIMIT 200) t
         CROSS JOIN entities e ON e.id = t.id LEFT JOIN decisions d ON d.fold = e.fold AND d.kind = e.kind
         WHERE {} AND NOT e.muted",
        names::IS_NAME
    ))?;
    let found = statement.query_map([id, MOST_TOGETHER], |row| {
        let key = NameKey {
            name: row.get(0)?,
            kind: kind_of_number(row.get(1)?),
        };
        let (n, articles, total): (u32, u32, u32) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let rarity = (f64::from(total.max(articles)) + 1.0) / f64::from(articles.max(1));
        Ok((f64::from(n) * rarity.ln().max(0.05), key, n))
    })?;
    let mut found: Vec<(f64, NameKey, u32)> = found.collect::<rusqlite::Result<_>>()?;
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(TOGETHER);
    // As shown: by the number beside it.
    found.sort_by_key(|(_, _, n)| std::cmp::Reverse(*n));
    Ok(found.into_iter().map(|(_, key, n)| (key, n)).collect())
}

/// Reads the sentences in which a name stands in these articles; an article without one is left out.
pub(super) fn snippets(
    conn: &Connection,
    dictionaries: &mut Dictionaries,
    name: &NameKey,
    ids: &[ArticleId],
) -> Result<Vec<(ArticleId, Snippet)>> {
    let Some(row) = names::find(conn, &name.name, Some(name.kind))? else {
        return Ok(Vec::new());
    };
    let key = row.key();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let article = rows::article(conn, dictionaries, *id, None)?;
        let snippet = article.and_then(|article| snippet(&article, &key));
        found.extend(snippet.map(|snippet| (*id, snippet)));
    }
    Ok(found)
}

fn entity_of(article: &Article, name: &NameKey) -> Option<usize> {
    let wanted = fold(&name.name);
    let mut entities = article.entities.entities.iter();
    entities.position(|it| it.kind == name.kind && fold(&it.name) == wanted)
}

/// Returns the first sentence of an article's text that has a name.
fn snippet(article: &Article, name: &NameKey) -> Option<Snippet> {
    let entity = entity_of(article, name)?;
    let mut mentions = article.entities.mentions.iter();
    let mention = mentions.find(|it| it.entity == entity && it.text != TextId::HEADLINE)?;
    let texts = article.body.document.texts();
    let (_, text) = texts.iter().find(|(id, _)| *id == mention.text)?;
    let string = &text.string;
    let (from, to) = (mention.range.start, mention.range.end);
    string.get(from..to)?;
    let around = sentence::around(string, from);
    let (start, end) = (around.start.min(from), around.end.max(to));
    // Byte for byte, so that the name's place holds.
    let sentence = string.get(start..end)?.replace(['\n', '\t'], " ");
    Some(Snippet {
        text: sentence,
        range: from - start..to - start,
    })
}
