//! The user's words as an FTS5 MATCH expression. Raw text fails in most hostile cases; words quoted one by one do not.

use crate::model::query::{Expr, Term};
use crate::text::fold::{is_unspaced, query_terms};

/// More words than this are not asked for: FTS5 nests each AND, and no reader types as many.
const MAX_WORDS: usize = 64;

/// Returns words as one phrase for MATCH: folded, CJK as pairs, `"` doubled, NUL dropped, so that no text of the
/// user's is syntax. `None` where there is no letter or digit to look for. With `prefix` longer words match too.
pub(super) fn quoted(text: &str, prefix: bool) -> Option<String> {
    let words = query_terms(text);
    if !words.chars().any(char::is_alphanumeric) {
        return None;
    }
    // A single letter of an unspaced script stands in the index as the beginning of a pair, or alone at a run's end.
    let mut letters = words.trim().chars();
    let single = letters.next().is_some_and(is_unspaced) && letters.next().is_none();
    let words = words.trim().replace('\0', " ").replace('"', "\"\"");
    let star = if prefix || single { " *" } else { "" };
    Some(format!("\"{words}\"{star}"))
}

/// Returns a condition as a MATCH expression where it is made of words only. `Not` is left to SQL: FTS5 knows it only
/// between two sides.
pub(super) fn expression(expr: &Expr) -> Option<String> {
    let mut words = 0;
    build(expr, &mut words).filter(|_| words <= MAX_WORDS)
}

fn build(expr: &Expr, words: &mut usize) -> Option<String> {
    match expr {
        Expr::Term(term) => {
            *words += 1;
            term_expression(term)
        }
        Expr::And(parts) => join(parts, " AND ", words),
        Expr::Or(parts) => join(parts, " OR ", words),
        Expr::All | Expr::Not(_) => None,
    }
}

fn join(parts: &[Expr], word: &str, words: &mut usize) -> Option<String> {
    let parts: Option<Vec<String>> = parts.iter().map(|part| build(part, words)).collect();
    parts
        .filter(|parts| !parts.is_empty())
        .map(|parts| format!("({})", parts.join(word)))
}

fn term_expression(term: &Term) -> Option<String> {
    match term {
        Term::Word { text, prefix } => quoted(text, *prefix),
        Term::Phrase(text) => quoted(text, false),
        Term::Title(text) => {
            let whole = text.strip_suffix('*');
            quoted(whole.unwrap_or(text), whole.is_some()).map(|words| format!("(title : {words})"))
        }
        _ => None,
    }
}

/// Says whether a term asks for words, though perhaps for none that can be found (`"—"`): such a term asks for nothing.
pub(super) fn is_empty_words(term: &Term) -> bool {
    matches!(term, Term::Word { .. } | Term::Phrase(_) | Term::Title(_))
        && term_expression(term).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_after_words_of_a_title_finds_longer_ones() {
        let title = |text: &str| term_expression(&Term::Title(text.into()));
        assert_eq!(
            title("channel tun*").as_deref(),
            Some("(title : \"channel tun\" *)")
        );
        assert_eq!(title("tun").as_deref(), Some("(title : \"tun\")"));
    }

    #[test]
    fn no_text_is_syntax() {
        assert_eq!(
            quoted("a\"b* OR", true).as_deref(),
            Some("\"a\"\"b* or\" *")
        );
        assert_eq!(quoted("*-()", false), None);
        assert_eq!(quoted("道", false).as_deref(), Some("\"道\" *"));
        assert_eq!(
            quoted("海底隧道", false).as_deref(),
            Some("\"海底 底隧 隧道\"")
        );
    }
}
