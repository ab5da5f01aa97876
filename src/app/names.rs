//! The sidebar: the names of the article on the screen, by type: the type of the most telling name first, and within it
//! the most telling names first.

use super::reader::Reader;
use crate::model::EntityKind;
use crate::model::entity::ArticleEntity;

/// A row of the sidebar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NameRow<'a> {
    /// The heading over a type.
    Heading(EntityKind),
    /// A name: its place in the article's list, and the name.
    Name(usize, &'a ArticleEntity),
}

/// Returns the sidebar's rows for an article.
pub fn rows(reader: &Reader) -> Vec<NameRow<'_>> {
    let entities = &reader.article.entities.entities;
    let mut rows = Vec::new();
    // **Invariant** of the list: most telling first.
    let mut kinds: Vec<EntityKind> = Vec::new();
    for name in entities {
        if !kinds.contains(&name.kind) {
            kinds.push(name.kind);
        }
    }
    for kind in kinds {
        let of_kind = entities
            .iter()
            .enumerate()
            .filter(|(_, name)| name.kind == kind);
        let mut of_kind = of_kind.peekable();
        if of_kind.peek().is_some() {
            rows.push(NameRow::Heading(kind));
            rows.extend(of_kind.map(|(at, name)| NameRow::Name(at, name)));
        }
    }
    rows
}

/// Returns the names in the sidebar's order, as places in the article's list.
pub(super) fn order(reader: &Reader) -> Vec<usize> {
    let names = rows(reader).into_iter().filter_map(|row| match row {
        NameRow::Name(at, _) => Some(at),
        NameRow::Heading(_) => None,
    });
    names.collect()
}
