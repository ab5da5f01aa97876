//! Ways of writing that the user took out of names: `Bush` is not George Bush, in this article or in any.
//!
//! Where a recognizer gathers the mentions of one name it may take in one too many. A parting keys on the name and the
//! words, never on ids of names or places in a text, so that it holds whatever finds the names next. It is put over what
//! was found when an article is read, and when its names are written; the articles it touches are marked to be tagged
//! again, so that lists and counts follow.

use rusqlite::{Connection, OptionalExtension, params};

use super::change::Planned;
use super::decision::{self, Key};
use super::document::Dictionaries;
use super::error::{Error, Result};
use super::prepare::Name;
use super::rows;
use super::step::{Step, kind_number, kind_of_number};
use crate::model::change::NameKey;
use crate::model::entity::{ArticleEntity, Parting};
use crate::model::{ArticleEntities, ArticleId, Document, EntityKind, Scope};
use crate::text::clean_line;
use crate::text::fold::fold;

/// The number that stands for every article.
const EVERYWHERE: i64 = 0;

/// A parting as it is stored.
struct Stored {
    from: Key,
    words: String,
    written: String,
    article: i64,
}

/// Says whether a way of writing was taken out of a name; `None`: in every article.
pub(super) fn stands(
    conn: &Connection,
    name: &str,
    kind: EntityKind,
    words: &str,
    article: Option<i64>,
) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM partings WHERE article_id = ?1 AND fold = ?2 AND kind = ?3 AND words = ?4",
        )?
        .exists(params![
            article.unwrap_or(EVERYWHERE),
            fold(name),
            kind_number(kind),
            fold(words)
        ])?)
}

/// Takes a way of writing out of a name, or puts it back. Says whether it was otherwise.
pub(super) fn apply(
    conn: &Connection,
    name: &str,
    kind: EntityKind,
    words: &str,
    article: Option<i64>,
    on: bool,
) -> Result<bool> {
    if stands(conn, name, kind, words, article)? == on {
        return Ok(false);
    }
    let place = article.unwrap_or(EVERYWHERE);
    let key = Key::new(name, kind);
    if on {
        conn.prepare_cached(
            "INSERT INTO partings (article_id, fold, kind, words, name, written) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![place, key.fold, key.kind, fold(words), key.name, clean_line(words)])?;
    } else {
        conn.prepare_cached(
            "DELETE FROM partings WHERE article_id = ?1 AND fold = ?2 AND kind = ?3 AND words = ?4",
        )?
        .execute(params![place, key.fold, key.kind, fold(words)])?;
    }
    match article {
        Some(article) => tag_again(conn, article)?,
        None => tag_again_all(conn, &key, words)?,
    }
    Ok(true)
}

/// Has the names of an article looked at again.
fn tag_again(conn: &Connection, article: i64) -> Result<()> {
    conn.prepare_cached("UPDATE documents SET tagger = 0 WHERE article_id = ?1")?
        .execute([article])?;
    Ok(())
}

/// The same of all articles with the name, and of those where the words stand for themselves.
fn tag_again_all(conn: &Connection, key: &Key, words: &str) -> Result<()> {
    let now = decision::canonical(conn, key)?;
    conn.execute(
        "UPDATE documents SET tagger = 0 WHERE article_id IN
             (SELECT x.article_id FROM entities e JOIN article_entities x ON x.entity_id = e.id
              WHERE (e.fold = ?1 AND e.kind = ?2) OR e.fold = ?3)",
        params![now.fold, now.kind, fold(words)],
    )?;
    Ok(())
}

/// Has the articles looked at again in which these words were taken out of a name: a merge of the words is not theirs.
pub(super) fn keep_apart(conn: &Connection, words: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE documents SET tagger = 0 WHERE article_id IN
             (SELECT article_id FROM partings WHERE words = ?1 AND article_id <> 0)",
    )?
    .execute([words])?;
    Ok(())
}

/// Plans to take a way of writing out of a name, or to put it back.
pub(super) fn plan(
    conn: &Connection,
    from: &NameKey,
    words: &str,
    on: bool,
    scope: &Scope,
) -> Result<Planned> {
    let words = clean_line(words);
    let own = Key::new(&from.name, from.kind);
    let key = decision::canonical(conn, &own)?;
    if key.fold.is_empty() || fold(&words).is_empty() {
        return Err(Error::Refused("a name needs letters".into()));
    }
    let articles: Vec<Option<i64>> = match scope {
        Scope::None => vec![None],
        Scope::Ids(ids) => ids.iter().map(|id| Some(id.0)).collect(),
        _ => {
            return Err(Error::Refused(
                "a way of writing is taken out in one article or in all".into(),
            ));
        }
    };
    if on && matches!(scope, Scope::None) {
        if fold(&words) == key.fold {
            return Err(Error::Refused(format!("{words} is the name itself")));
        }
        // What the user merged by this name is no finding of the recognizer's: the merge is taken back.
        for kind in EntityKind::ALL {
            let merged = Key::new(&words, kind);
            if merged != key && decision::canonical(conn, &merged)? == key {
                return decision::plan_split(conn, &merged.public());
            }
        }
    }
    let mut steps = Vec::new();
    for article in articles {
        // It may have been taken out of the name as it was before a merge.
        let stored = of(conn, article.unwrap_or(EVERYWHERE))?
            .into_iter()
            .filter(|it| it.article == article.unwrap_or(EVERYWHERE) && it.words == fold(&words));
        let mut names = Vec::new();
        for it in stored {
            if decision::canonical(conn, &it.from)? == key {
                names.push(it.from);
            }
        }
        if on && names.is_empty() {
            if let Some(id) = article {
                must_mention(conn, id, &key, &words)?;
            }
            names.push(key.clone());
        } else if on {
            names.clear();
        }
        steps.extend(names.into_iter().map(|name| Step::Part {
            name: name.name,
            kind: kind_of_number(name.kind),
            words: words.clone(),
            on,
            article,
        }));
    }
    let shown = decision::read(conn, &key.name, kind_of_number(key.kind))?
        .spelled
        .unwrap_or(key.name);
    let place = match scope {
        Scope::None => "in every article",
        _ => "in this article",
    };
    let words = if on {
        format!("{words} is not {shown} {place}")
    } else {
        format!("{words} may be {shown} again {place}")
    };
    Ok(Planned::fixed(steps, words))
}

/// Errs where an article does not write a name so.
fn must_mention(conn: &Connection, article: i64, name: &Key, words: &str) -> Result<()> {
    let id = ArticleId(article);
    let Some(article) = rows::article(conn, &mut Dictionaries::default(), id, None)? else {
        return Err(Error::Missing(format!("article {id}")));
    };
    let kind = kind_of_number(name.kind);
    let mut names = article.entities.entities.iter();
    let shown = names.find(|it| {
        let key = decision::canonical(conn, &Key::new(&it.name, it.kind));
        it.kind == kind && key.is_ok_and(|key| key.same(name))
    });
    let ways = shown.map(|it| {
        article.ways_of_writing(&NameKey {
            name: it.name.clone(),
            kind,
        })
    });
    let words_fold = fold(words);
    if ways.is_some_and(|ways| ways.iter().any(|way| fold(way) == words_fold)) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "this article has no {words} for {}",
        name.name
    )))
}

/// Reads what was taken out in an article and in every one.
fn of(conn: &Connection, article: i64) -> Result<Vec<Stored>> {
    let mut statement = conn.prepare_cached(
        "SELECT article_id, fold, kind, words, name, written FROM partings WHERE article_id IN (0, ?1)
         ORDER BY article_id DESC, fold, words",
    )?;
    let rows = statement.query_map([article], |row| {
        Ok(Stored {
            article: row.get(0)?,
            from: Key {
                fold: row.get(1)?,
                kind: row.get(2)?,
                name: row.get(4)?,
            },
            words: row.get(3)?,
            written: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same, as the reader sees it.
pub(super) fn of_article(conn: &Connection, article: ArticleId) -> Result<Vec<Parting>> {
    let mut partings = Vec::new();
    for stored in of(conn, article.0)? {
        partings.push(Parting {
            from: decision::canonical(conn, &stored.from)?.public(),
            words: stored.written,
            everywhere: stored.article == EVERYWHERE,
        });
    }
    Ok(partings)
}

/// Returns the ways of writing that were taken out of a name in every article.
pub(super) fn of_name(conn: &Connection, name: &Key) -> Result<Vec<String>> {
    let mut parted = Vec::new();
    for stored in of(conn, EVERYWHERE)? {
        if decision::canonical(conn, &stored.from)? == *name {
            parted.push(stored.written);
        }
    }
    Ok(parted)
}

/// The partings that are about names of an article: for each name, which words are not it.
fn about(
    conn: &Connection,
    article: i64,
    names: impl Iterator<Item = Key>,
) -> Result<Option<Vec<Vec<String>>>> {
    let stored = of(conn, article)?;
    if stored.is_empty() {
        return Ok(None);
    }
    let mut partings = Vec::with_capacity(stored.len());
    for it in stored {
        partings.push((decision::canonical(conn, &it.from)?, it.words));
    }
    let mut any = false;
    let mut words = Vec::new();
    for name in names {
        let name = decision::canonical(conn, &name)?;
        let of_name = partings.iter().filter(|(from, _)| from.same(&name));
        let of_name: Vec<String> = of_name.map(|(_, words)| words.clone()).collect();
        any |= !of_name.is_empty();
        words.push(of_name);
    }
    Ok(any.then_some(words))
}

/// Names of an article, and which of them stand for themselves, whatever they are merged into.
pub(super) struct Apart {
    pub(super) found: ArticleEntities,
    pub(super) is_own: Vec<bool>,
}

/// Takes out of the names that were found in an article what the user took out of them.
pub(super) fn apart(
    conn: &Connection,
    article: i64,
    title: &str,
    document: &Document,
    found: ArticleEntities,
) -> Result<Apart> {
    let keys = found.entities.iter().map(|it| Key::new(&it.name, it.kind));
    let Some(parted) = about(conn, article, keys)? else {
        return Ok(Apart {
            is_own: vec![false; found.entities.len()],
            found,
        });
    };
    let texts = document.texts_under(title);
    let mut pieces = Pieces::new(&found.entities);
    let mut mentions = found.mentions;
    for mention in &mut mentions {
        let not_it = parted.get(mention.entity).map_or(&[][..], Vec::as_slice);
        let text = texts.get(mention.text.0 as usize);
        let Some(words) = text.and_then(|(_, text)| text.get(mention.range.clone())) else {
            continue;
        };
        if !not_it.is_empty() && not_it.contains(&fold(words)) {
            mention.entity = pieces.take(mention.entity, words, mention.kind);
        }
    }
    let (entities, is_own, places) = pieces.settle(conn)?;
    mentions.retain_mut(|mention| {
        mention.entity = places.get(mention.entity).copied().unwrap_or(usize::MAX);
        mention.entity < entities.len()
    });
    Ok(Apart {
        found: ArticleEntities {
            entities,
            mentions,
            language_known: found.language_known,
        },
        is_own,
    })
}

/// Names being taken apart.
struct Pieces {
    entities: Vec<ArticleEntity>,
    /// For each of those taken out, the name it was part of.
    from: Vec<Option<Key>>,
    whole: Vec<u32>,
}

impl Pieces {
    fn new(entities: &[ArticleEntity]) -> Self {
        Self {
            from: vec![None; entities.len()],
            whole: entities.iter().map(|it| it.count).collect(),
            entities: entities.to_vec(),
        }
    }

    /// Takes a mention out of a name. Returns the place of the name it is now.
    fn take(&mut self, of: usize, words: &str, kind: EntityKind) -> usize {
        let Some(old) = self.entities.get_mut(of) else {
            return of;
        };
        old.count = old.count.saturating_sub(1);
        let share = old.salience
            / self
                .whole
                .get(of)
                .map_or(1.0, |whole| (*whole).max(1) as f32);
        let from = Key::new(&old.name, old.kind);
        let words = clean_line(words);
        let key = fold(&words);
        let same = |(it, part): &(&ArticleEntity, &Option<Key>)| {
            part.as_ref() == Some(&from) && it.kind == kind && fold(&it.name) == key
        };
        let known = self
            .entities
            .iter()
            .zip(&self.from)
            .position(|it| same(&it));
        let at = known.unwrap_or_else(|| {
            self.entities.push(ArticleEntity {
                name: words,
                kind,
                role: None,
                count: 0,
                salience: 0.0,
            });
            self.from.push(Some(from));
            self.entities.len() - 1
        });
        if let Some(piece) = self.entities.get_mut(at) {
            piece.count += 1;
            piece.salience += share;
        }
        at
    }

    /// Returns the names in order, which of them stand for themselves, and where each went.
    fn settle(self, conn: &Connection) -> Result<(Vec<ArticleEntity>, Vec<bool>, Vec<usize>)> {
        let mut is_own = Vec::with_capacity(self.entities.len());
        for (it, from) in self.entities.iter().zip(&self.from) {
            // By the user's merges it would be what it was just taken out of.
            is_own.push(match from {
                None => false,
                Some(from) => {
                    let now = decision::canonical(conn, &Key::new(&it.name, it.kind))?;
                    now.same(&decision::canonical(conn, from)?)
                }
            });
        }
        let mut order: Vec<usize> = (0..self.entities.len()).collect();
        let salience = |at: usize| self.entities.get(at).map_or(0.0, |it| it.salience);
        order.sort_by(|a, b| salience(*b).total_cmp(&salience(*a)));
        order.retain(|at| self.entities.get(*at).is_some_and(|it| it.count > 0));
        let mut places = vec![usize::MAX; self.entities.len()];
        for (place, at) in order.iter().enumerate() {
            places[*at] = place;
        }
        let entities = order.iter().map(|at| self.entities[*at].clone()).collect();
        let is_own = order.iter().map(|at| is_own[*at]).collect();
        Ok((entities, is_own, places))
    }
}

/// A name to be written, and whether it stands for itself.
pub(super) type Piece = (Name, bool);

/// Takes the names of the text that an article shows apart before they are written; `None` where there is nothing to take
/// apart, which is nearly always.
pub(super) fn pieces(
    conn: &Connection,
    article: i64,
    names: &[Name],
) -> Result<Option<Vec<Piece>>> {
    let keys = names.iter().map(|name| Key {
        name: name.name.clone(),
        fold: name.fold.clone(),
        kind: name.kind,
    });
    if about(conn, article, keys)?.is_none() {
        return Ok(None);
    }
    let row: Option<(i64, String)> = conn
        .prepare_cached("SELECT shown, title FROM articles WHERE id = ?1")?
        .query_row([article], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((shown, title)) = row else {
        return Ok(None);
    };
    let Some(stored) = Dictionaries::default().read(conn, article, shown)? else {
        return Ok(None);
    };
    let Apart { found, is_own } = apart(
        conn,
        article,
        &title,
        &stored.body.document,
        stored.entities,
    )?;
    let names = found.entities.iter().map(Name::of);
    Ok(Some(names.zip(is_own).collect()))
}
