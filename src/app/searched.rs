//! The words of a search, marked in the articles it finds.

use std::ops::Range;

use super::reader::Reader;
use super::{App, Source};
use crate::model::TextId;
use crate::model::query::{Expr, Term};
use crate::text::fold::{fold, fold_with_map, is_unspaced};

/// What was searched for, and where it stands in the article on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    words: Vec<Wanted>,
    /// Where the words stand, in reading order, without overlaps.
    pub hits: Vec<(TextId, Range<usize>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// Folded.
    text: String,
    /// Longer words match, too.
    prefix: bool,
    /// Only the headline was searched.
    headline: bool,
}

impl App {
    /// Has the article on the screen show what its list was searched for, or narrowed by. Saved searches are lists like any
    /// other: their words are not marked.
    pub(super) fn mark_searched(&mut self) {
        let list = &self.place.list;
        let is_typed = matches!(list.source, Source::Query(_)) || list.filter.is_some();
        let mut words = Vec::new();
        if is_typed {
            collect(&list.open.query.expr, &mut words);
        }
        if let Some(reader) = &mut self.place.reader
            && reader.searched.words != words
        {
            reader.searched.hits = hits(reader, &words);
            reader.searched.words = words;
        }
    }
}

fn collect(expr: &Expr, words: &mut Vec<Wanted>) {
    let mut push = |text: &str, prefix, headline| {
        let text = fold(text.trim());
        if text.chars().any(char::is_alphanumeric) {
            words.push(Wanted {
                text,
                prefix,
                headline,
            });
        }
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| collect(part, words)),
        Expr::Term(Term::Word { text, prefix }) => push(text, *prefix, false),
        Expr::Term(Term::Phrase(text)) => push(text, false, false),
        Expr::Term(Term::Title(text)) => {
            let whole = text.strip_suffix('*');
            push(whole.unwrap_or(text), whole.is_some(), true);
        }
        Expr::Term(_) | Expr::All | Expr::Not(_) => {}
    }
}

fn hits(reader: &Reader, words: &[Wanted]) -> Vec<(TextId, Range<usize>)> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(TextId, Range<usize>)> = Vec::new();
    for (id, text) in reader.texts() {
        let folded = fold_with_map(text);
        let here = words.iter();
        for wanted in here.filter(|wanted| !wanted.headline || id == TextId::HEADLINE) {
            let at = folded.text.match_indices(&wanted.text);
            let whole =
                at.filter(|(at, hit)| is_whole(&folded.text, *at, hit.len(), wanted.prefix));
            found.extend(whole.map(|(at, hit)| (id, folded.original(at..at + hit.len()))));
        }
    }
    found.sort_by_key(|(id, range)| (*id, range.start, usize::MAX - range.end));
    let mut end = (TextId::HEADLINE, 0);
    found.retain(|(id, range)| {
        let free = *id != end.0 || range.start >= end.1;
        if free {
            end = (*id, range.end);
        }
        free
    });
    found
}

/// Says whether words stand for themselves there. Scripts without spaces have no words to begin or end.
fn is_whole(text: &str, at: usize, len: usize, prefix: bool) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    let before = text[..at].chars().next_back();
    let after = text[at + len..].chars().next();
    !joins(before) && (prefix || !joins(after))
}
