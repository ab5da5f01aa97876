//! Tokens → query. `OR` binds weaker than standing side by side; `-` binds strongest.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Error;
use super::field::{self, Field, Said};
use super::token::{Kind, Token, tokens};
use crate::model::Query;
use crate::model::query::{Expr, Sort, Term};

/// Parentheses nest at most this deep: no reader needs more, and no query may overflow the stack.
const MAX_DEPTH: usize = 32;

/// Longer queries are not read: no reader types as much.
const MAX_TOKENS: usize = 1_000;

/// Whether the query is whole or still being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Whole,
    Typing,
}

/// Reads a query.
pub(super) fn parse(text: &str, now: Timestamp, tz: &TimeZone, mode: Mode) -> Result<Query, Error> {
    let tokens = tokens(text);
    if let Some(token) = tokens.get(MAX_TOKENS) {
        return Err(Error::new(token.at, "the query is too long"));
    }
    let mut parser = Parser {
        tokens,
        next: 0,
        end: text.chars().count(),
        now,
        tz,
        mode,
        sort: None,
    };
    let expr = parser.either(0)?;
    match parser.peek() {
        None => Ok(Query {
            expr: expr.unwrap_or_default(),
            sort: parser.sort,
        }),
        Some(token) => Err(Error::new(token.at, "no parenthesis is open here")),
    }
}

struct Parser<'q> {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    now: Timestamp,
    tz: &'q TimeZone,
    mode: Mode,
    sort: Option<Sort>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += usize::from(token.is_some());
        token
    }

    /// Conditions with `OR` between them. `None`: there is no condition (an order only, or nothing).
    fn either(&mut self, depth: usize) -> Result<Option<Expr>, Error> {
        let mut sides = Vec::new();
        let mut or_at = None;
        loop {
            let before = self.next;
            let side = self.both(depth)?;
            if self.next == before {
                // Nothing stood here: an `OR` without its other side, or an empty query.
                let Some(at) = self.missing_side(or_at) else {
                    break;
                };
                return Err(Error::new(at, "OR expects a condition on both sides"));
            }
            sides.extend(side);
            match self.peek() {
                Some(Token {
                    kind: Kind::Or, at, ..
                }) => {
                    or_at = Some(*at);
                    self.next += 1;
                }
                _ => break,
            }
        }
        Ok(join(sides, Expr::Or))
    }

    /// Says where an `OR` lacks a side; while typing one is allowed to be last.
    fn missing_side(&self, or_at: Option<usize>) -> Option<usize> {
        if let Some(Token {
            kind: Kind::Or, at, ..
        }) = self.peek()
        {
            return Some(*at);
        }
        or_at.filter(|_| self.mode == Mode::Whole || self.peek().is_some())
    }

    /// Conditions side by side, up to `OR`, `)` or the end.
    fn both(&mut self, depth: usize) -> Result<Option<Expr>, Error> {
        let mut parts = Vec::new();
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Or | Kind::Close => break,
                Kind::And => self.next += 1,
                _ => parts.extend(self.one(depth)?),
            }
        }
        Ok(join(parts, Expr::And))
    }

    /// One condition, perhaps with `-` before it.
    fn one(&mut self, depth: usize) -> Result<Option<Expr>, Error> {
        let Some(token) = self.take() else {
            return Ok(None);
        };
        let at = token.at;
        Ok(match token.kind {
            Kind::Minus | Kind::Not => self.negated(at, depth)?,
            Kind::Open => self.group(at, depth)?,
            Kind::Word(text) => {
                let prefix = self.mode == Mode::Typing && token.is_last;
                Some(Expr::Term(Term::Word { text, prefix }))
            }
            Kind::Phrase { text, closed } => self.phrase(at, text, closed)?,
            Kind::Field {
                name,
                value,
                value_at,
                closed,
            } => {
                if !closed && self.mode == Mode::Whole {
                    return Err(Error::new(value_at, "this quote is not closed"));
                }
                let field = Field {
                    name: &name,
                    at,
                    value: &value,
                    value_at,
                };
                self.field(field, token.is_last)?
            }
            Kind::Close | Kind::Or | Kind::And => None,
        })
    }

    fn negated(&mut self, at: usize, depth: usize) -> Result<Option<Expr>, Error> {
        if depth >= MAX_DEPTH {
            return Err(Error::new(at, "this nests too deep"));
        }
        match self.peek().map(|token| &token.kind) {
            None if self.mode == Mode::Typing => return Ok(None),
            None | Some(Kind::Or | Kind::And | Kind::Close) => {
                return Err(Error::new(at, "- expects a condition after it"));
            }
            Some(_) => {}
        }
        Ok(self.one(depth + 1)?.map(|inner| Expr::Not(Box::new(inner))))
    }

    fn group(&mut self, at: usize, depth: usize) -> Result<Option<Expr>, Error> {
        if depth >= MAX_DEPTH {
            return Err(Error::new(at, "parentheses nest too deep"));
        }
        let inner = self.either(depth + 1)?;
        match self.take() {
            Some(_) => Ok(inner),
            None if self.mode == Mode::Typing => Ok(inner),
            None => Err(Error::new(
                self.end,
                format!("a ) is missing for the ( at character {}", at + 1),
            )),
        }
    }

    fn phrase(&mut self, at: usize, text: String, closed: bool) -> Result<Option<Expr>, Error> {
        if !closed && self.mode == Mode::Whole {
            return Err(Error::new(at, "this quote is not closed"));
        }
        if text.trim().is_empty() {
            return Ok(None);
        }
        // While the quote is open its last word is still being typed.
        Ok(Some(Expr::Term(if closed {
            Term::Phrase(text)
        } else {
            Term::Word { text, prefix: true }
        })))
    }

    fn field(&mut self, field: Field<'_>, is_last: bool) -> Result<Option<Expr>, Error> {
        let typing = self.mode == Mode::Typing && is_last;
        match field::read(field, self.now, self.tz) {
            // Its last word is still being typed.
            Ok(Said::Term(Term::Title(text))) if typing && !text.ends_with('*') => {
                Ok(Some(Expr::Term(Term::Title(text + "*"))))
            }
            Ok(Said::Term(term)) => Ok(Some(Expr::Term(term))),
            Ok(Said::Sort(sort)) => {
                self.sort = Some(sort);
                Ok(None)
            }
            // The value (or the name) is still being typed.
            Err(_) if typing => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Joins conditions; one alone stands for itself.
fn join(mut parts: Vec<Expr>, how: impl FnOnce(Vec<Expr>) -> Expr) -> Option<Expr> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(how(parts)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use crate::query::{Error, parse, parse_typing, write};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("a time")
    }

    /// Reads a query and writes it back in its plainest form.
    fn check(text: &str, expect: &str) {
        let query = parse(text, now(), &TimeZone::UTC).expect(text);
        assert_eq!(write(&query), expect, "of {text:?}");
        let again = parse(&write(&query), now(), &TimeZone::UTC).expect(text);
        assert_eq!(again, query, "written and read again: {text:?}");
    }

    fn typing(text: &str, expect: &str) {
        let query = parse_typing(text, now(), &TimeZone::UTC).expect(text);
        assert_eq!(write(&query), expect, "of {text:?} while typing");
    }

    fn wrong(text: &str, at: usize, words: &str) {
        let Error { at: found, message } =
            parse(text, now(), &TimeZone::UTC).expect_err("a wrong query");
        assert_eq!(found, at, "place in {text:?}: {message}");
        assert!(message.contains(words), "{message:?} lacks {words:?}");
    }

    #[test]
    fn words_stand_side_by_side() {
        check("", "");
        check("tunnel  sea", "tunnel sea");
        check("a AND b", "a b");
        check("\"under the sea\" tunnel", "\"under the sea\" tunnel");
        check("12:30 http://a.example/b", "12:30 http://a.example/b");
    }

    #[test]
    fn the_title_being_typed_matches_longer_words() {
        typing("is:unread title:tun", "is:unread title:tun*");
        typing("title:tun sea", "title:tun sea*");
        check("title:tun*", "title:tun*");
    }

    #[test]
    fn or_binds_weaker_and_minus_strongest() {
        check("a b OR c", "(a b) OR c");
        check("(a OR b) c", "(a OR b) c");
        check("-(a b) -\"c d\" NOT e", "-(a b) -\"c d\" -e");
        check("-is:read", "-is:read");
        check("twenty-one", "twenty-one");
    }

    #[test]
    fn fields_say_what_they_mean() {
        check(
            "is:unread has:image tag:#food",
            "is:unread has:image tag:food",
        );
        check(
            "TITLE:tunnel entity:\"Graham Fagg\"",
            "title:tunnel entity:\"Graham Fagg\"",
        );
        check(
            "minutes:<5 minutes:>=2 minutes:3",
            "minutes:<5 minutes:>=2 minutes:3",
        );
        check(
            "newer:7d older:2w newer:12h newer:30min",
            "newer:7d older:14d newer:12h newer:30min",
        );
        check("sort:title a", "a sort:title");
        check(
            "after:2026-11-01 before:2026-11",
            "after:2026-11-01T00:00:00Z before:2026-11-01T00:00:00Z",
        );
        check("after:yesterday", "after:2026-11-22T00:00:00Z");
        check(
            "folder:World/Europe feed:herald author:\"A. B.\"",
            "folder:World/Europe feed:herald author:\"A. B.\"",
        );
    }

    #[test]
    fn a_day_begins_where_the_reader_is() {
        let seoul = TimeZone::get("Asia/Seoul").expect("a zone");
        let query = parse("after:2026-11-01", now(), &seoul).expect("a query");
        assert_eq!(write(&query), "after:2026-10-31T15:00:00Z");
    }

    #[test]
    fn a_wrong_query_says_where_and_what() {
        wrong("a auhtor:x", 2, "did you mean author:");
        wrong("is:unraed", 3, "did you mean unread");
        wrong("(a b", 4, "a ) is missing");
        wrong("a )", 2, "no parenthesis is open");
        wrong("a \"b", 2, "not closed");
        wrong("a OR", 2, "both sides");
        wrong("OR a", 0, "both sides");
        wrong("a -", 2, "expects a condition");
        wrong("newer:soon", 6, "such as 12h");
        wrong("after:2026-13-01", 6, "a day");
        wrong("tag:", 4, "a tag");
        wrong("é minutes:x", 10, "minutes");
        wrong(&"(".repeat(50_000), 1_000, "too long");
        wrong(&"(".repeat(50), 32, "too deep");
    }

    #[test]
    fn what_is_still_being_typed_is_forgiven() {
        typing("tunnel se", "tunnel se*");
        typing("se ", "se");
        typing("\"under the", "\"under the\"*");
        typing("(a OR", "a");
        typing("a -", "a");
        typing("a is:unr", "a");
        typing("a auth:", "a");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_inside_it(text in "\\PC{0,60}") {
            for result in [parse(&text, now(), &TimeZone::UTC), parse_typing(&text, now(), &TimeZone::UTC)] {
                if let Err(error) = result {
                    prop_assert!(error.at <= text.chars().count());
                }
            }
        }

        #[test]
        fn pieces_of_the_language_never_panic(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "(", ")", "-", "OR", "AND", "\"", "is:unread", "tag:", "sort:date", "a", "x:y", " ", "newer:9999999999999d",
            ]), 0..30)
        ) {
            let text = pieces.join(" ");
            let _ = parse_typing(&text, now(), &TimeZone::UTC);
            if let Ok(query) = parse(&text, now(), &TimeZone::UTC) {
                let again = parse(&write(&query), now(), &TimeZone::UTC);
                prop_assert_eq!(again.as_ref(), Ok(&query));
            }
        }
    }
}
