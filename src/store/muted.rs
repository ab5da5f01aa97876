//! Muted names: which queries keep their articles out. Lists do; what asks for a muted name by itself, or for what is
//! hidden (`is:muted`), shows them.

use rusqlite::Connection;

use super::decision::{self, Key};
use super::error::Result;
use crate::model::query::{Expr, Is, Term};
use crate::text::fold::fold;

/// Says whether a query shows articles that a muted name keeps out of the lists.
pub(super) fn shown_by(conn: &Connection, expr: &Expr) -> Result<bool> {
    let mut asked = Vec::new();
    if asks_for_hidden(expr, &mut asked) {
        return Ok(true);
    }
    if asked.is_empty() {
        return Ok(false);
    }
    let muted = muted(conn)?;
    let says = |words: &str| {
        let words = fold(words.trim());
        let mut parts = words.split_whitespace().peekable();
        parts.peek().is_some()
            && muted.iter().any(|key| {
                let mut names = key.fold.split_whitespace();
                parts
                    .clone()
                    .all(|part| names.clone().any(|name| name == part))
                    || names.all(|name| parts.clone().any(|part| part == name))
            })
    };
    for term in asked {
        let found = match term {
            Term::Entity(name) => {
                says(name) || {
                    let kinds = crate::model::EntityKind::ALL.into_iter();
                    let mut keys =
                        kinds.map(|kind| decision::canonical(conn, &Key::new(name, kind)));
                    keys.any(|key| key.is_ok_and(|key| muted.iter().any(|it| it.fold == key.fold)))
                }
            }
            Term::Name(key) => {
                let key = decision::canonical(conn, &Key::new(&key.name, key.kind))?;
                muted
                    .iter()
                    .any(|it| it.fold == key.fold && it.kind == key.kind)
            }
            Term::Word { text, .. } | Term::Phrase(text) | Term::Title(text) => says(text),
            _ => false,
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gathers what may name a muted name; says whether hidden articles are asked for outright.
fn asks_for_hidden<'a>(expr: &'a Expr, asked: &mut Vec<&'a Term>) -> bool {
    match expr {
        Expr::All | Expr::Not(_) => false,
        Expr::And(parts) | Expr::Or(parts) => {
            let mut found = false;
            for part in parts {
                found |= asks_for_hidden(part, asked);
            }
            found
        }
        Expr::Term(Term::Is(Is::Muted)) => true,
        Expr::Term(term) => {
            let names = matches!(
                term,
                Term::Entity(_)
                    | Term::Name(_)
                    | Term::Word { .. }
                    | Term::Phrase(_)
                    | Term::Title(_)
            );
            if names {
                asked.push(term);
            }
            false
        }
    }
}

/// The muted names, and what is merged into them.
fn muted(conn: &Connection) -> Result<Vec<Key>> {
    let muted: Vec<Key> = conn
        .prepare_cached(
            "SELECT coalesce(spelled, name), fold, kind FROM decisions WHERE muted = 1 AND merged IS NULL",
        )?
        .query_map([], |row| {
            Ok(Key {
                name: row.get(0)?,
                fold: row.get(1)?,
                kind: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut all = muted.clone();
    for key in &muted {
        all.extend(decision::aliases(conn, key)?);
    }
    Ok(all)
}
