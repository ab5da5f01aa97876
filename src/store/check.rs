//! The library's own doctor: integrity, index, kept numbers, readable texts.

use rusqlite::Connection;

use super::document::Dictionaries;
use super::error::Result;

/// Numbers that are kept and must agree with what they count: what to say, and SQL that finds disagreement.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "the kept counts of feeds are wrong",
        "SELECT count(*) FROM counts c WHERE c.feed_id > 0 AND (c.total, c.unread) IS NOT
         (SELECT count(*), coalesce(sum(unread), 0) FROM entries e WHERE e.feed_id = c.feed_id)",
    ),
    (
        "the kept count of the library is wrong",
        "SELECT count(*) FROM counts c WHERE c.feed_id = 0 AND (c.total, c.unread) IS NOT
         (SELECT count(*), coalesce(sum(read = 0), 0) FROM articles WHERE hidden = 0 AND NOT hushed)",
    ),
    (
        "feeds disagree with articles about what is read",
        "SELECT count(*) FROM entries e JOIN articles a ON a.id = e.article_id
         WHERE e.unread <> (1 - a.read) * (1 - a.hushed) OR e.sort_key <> a.sort_key",
    ),
    (
        "the kept counts of tags are wrong",
        "SELECT count(*) FROM tags t WHERE (t.total, t.unread) IS NOT
         (SELECT count(*), coalesce(sum(a.read = 0), 0) FROM article_tags x JOIN articles a ON a.id = x.article_id
          WHERE x.tag_id = t.id)",
    ),
    (
        "articles disagree about their tags",
        "SELECT count(*) FROM articles a WHERE a.tagged <>
         (SELECT count(*) FROM article_tags x WHERE x.article_id = a.id)",
    ),
    (
        "the kept counts of names are wrong",
        "SELECT count(*) FROM entities n WHERE (n.articles, n.mentions) IS NOT
         (SELECT count(*), coalesce(sum(count), 0) FROM article_entities x WHERE x.entity_id = n.id)",
    ),
    (
        "names disagree with the decisions on them",
        "SELECT count(*) FROM entities n LEFT JOIN decisions d ON d.fold = n.fold AND d.kind = n.kind
         WHERE n.followed <> coalesce(d.followed AND d.merged IS NULL, 0)
            OR n.muted <> coalesce(d.muted AND d.merged IS NULL, 0)",
    ),
    (
        "the kept numbers of followed names are wrong",
        "SELECT count(*) FROM entities n WHERE n.unread <> CASE WHEN n.followed THEN
         (SELECT count(*) FROM article_entities x JOIN articles a ON a.id = x.article_id
          WHERE x.entity_id = n.id AND a.fresh) ELSE 0 END",
    ),
    (
        "articles disagree about followed and muted names",
        "SELECT count(*) FROM articles a WHERE (a.follows, a.mutes) IS NOT
         (SELECT coalesce(sum(n.followed), 0), coalesce(sum(n.muted), 0) FROM article_entities x
          JOIN entities n ON n.id = x.entity_id WHERE x.article_id = a.id)",
    ),
    (
        "merged names do not stand under the name they are",
        "SELECT count(*) FROM article_aliases l JOIN entities n ON n.id = l.alias_id
         WHERE NOT EXISTS (SELECT 1 FROM article_entities x WHERE x.article_id = l.article_id AND x.entity_id <> n.id)
            OR NOT EXISTS (SELECT 1 FROM decisions d WHERE d.fold = n.fold AND d.kind = n.kind AND d.merged IS NOT NULL)",
    ),
    (
        "articles are neither in the index nor waiting for it",
        "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM unindexed u WHERE u.sort_key = a.sort_key)
         AND NOT EXISTS (SELECT 1 FROM search_docsize d WHERE d.id = a.sort_key)",
    ),
    (
        "texts are shown that are not there",
        "SELECT count(*) FROM articles a WHERE a.shown > 0 AND NOT EXISTS
         (SELECT 1 FROM documents d WHERE d.article_id = a.id AND d.source = a.shown)",
    ),
    (
        "articles of subscribed feeds are hidden",
        "SELECT count(*) FROM articles a WHERE a.hidden = 1 AND EXISTS
         (SELECT 1 FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.article_id = a.id AND f.archived = 0)",
    ),
];

/// Checks everything and returns what is wrong, in plain words.
pub(super) fn whole(conn: &Connection, dictionaries: &mut Dictionaries) -> Result<Vec<String>> {
    let mut wrong: Vec<String> = conn
        .prepare("PRAGMA integrity_check(20)")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    wrong.retain(|line| line != "ok");
    let foreign: i64 =
        conn.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })?;
    if foreign > 0 {
        wrong.push(format!("{foreign} rows point at others that are gone"));
    }
    for (words, sql) in INVARIANTS {
        let count: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            wrong.push(format!("{words} ({count})"));
        }
    }
    let texts: Vec<(i64, i64)> = conn
        .prepare("SELECT article_id, source FROM documents")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (article, source) in texts {
        if let Err(error) = dictionaries.read(conn, article, source) {
            wrong.push(error.to_string());
        }
    }
    Ok(wrong)
}
