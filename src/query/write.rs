//! A query as text again, for saved searches and titles.

use crate::model::Query;
use crate::model::query::{Compare, Expr, Term};
use crate::query::field::{sort_word, state_word, thing_word};

/// Writes a query so that it reads back the same. A feed by id, which text cannot name, is written `feed-id:7`; the
/// word still being typed ends in `*`.
pub fn write(query: &Query) -> String {
    let mut out = expr(&query.expr, true);
    if let Some(sort) = query.sort {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str("sort:");
        out.push_str(sort_word(sort));
    }
    out
}

fn expr(expr_: &Expr, is_top: bool) -> String {
    match expr_ {
        Expr::All => String::new(),
        Expr::Term(one) => term(one),
        Expr::Not(inner) => format!("-{}", expr(inner, false)),
        Expr::And(parts) => group(parts, " ", is_top),
        Expr::Or(parts) => group(parts, " OR ", is_top),
    }
}

fn group(parts: &[Expr], between: &str, is_top: bool) -> String {
    let parts: Vec<String> = parts.iter().map(|part| expr(part, false)).collect();
    let joined = parts.join(between);
    if is_top {
        joined
    } else {
        format!("({joined})")
    }
}

fn term(term: &Term) -> String {
    match term {
        Term::Word { text, prefix: true } if text.contains(char::is_whitespace) => {
            format!("\"{text}\"*")
        }
        Term::Word { text, prefix } => format!("{text}{}", if *prefix { "*" } else { "" }),
        Term::Phrase(text) => format!("\"{text}\""),
        Term::Title(text) => field("title", text),
        Term::Author(text) => field("author", text),
        Term::Feed(text) => field("feed", text),
        Term::FeedId(id) => format!("feed-id:{id}"),
        Term::Folder(text) => field("folder", text),
        Term::Tag(text) => field("tag", text),
        Term::Entity(text) => field("entity", text),
        Term::Name(key) => field("entity", &key.name),
        Term::Site(text) => field("site", text),
        Term::Lang(text) => field("lang", text),
        Term::Is(is) => field("is", state_word(*is)),
        Term::Has(what) => field("has", thing_word(*what)),
        Term::After(time) => field("after", &time.to_string()),
        Term::Before(time) => field("before", &time.to_string()),
        Term::Newer(seconds) => field("newer", &span(*seconds)),
        Term::Older(seconds) => field("older", &span(*seconds)),
        Term::Minutes(compare, minutes) => {
            let sign = match compare {
                Compare::Less => "<",
                Compare::LessOrEqual => "<=",
                Compare::Equal => "",
                Compare::MoreOrEqual => ">=",
                Compare::More => ">",
            };
            format!("minutes:{sign}{minutes}")
        }
    }
}

fn field(name: &str, value: &str) -> String {
    let is_plain = !value.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
    if is_plain {
        format!("{name}:{value}")
    } else {
        format!("{name}:\"{value}\"")
    }
}

fn span(seconds: i64) -> String {
    if seconds % 86_400 == 0 {
        format!("{}d", seconds / 86_400)
    } else if seconds % 3_600 == 0 {
        format!("{}h", seconds / 3_600)
    } else {
        format!("{}min", seconds / 60)
    }
}
