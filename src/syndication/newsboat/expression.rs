//! newsboat's filter expressions, said in this program's query language where that is simple.
//!
//! `comparison := attribute operator value`, joined by `and` and `or`, which bind alike and to the right:
//! `a and b or c` is `a and (b or c)`. Source: newsboat's `filter/FilterParser`.

/// Deeper expressions are refused.
const MAX_DEPTH: usize = 50;

/// Translates an expression. `folders` are the folders feeds were put in by their first tag.
///
/// Errs in words where something has no counterpart; half a condition would be another search.
pub(super) fn translate(expression: &str, folders: &[String]) -> Result<String, String> {
    let tokens = tokenize(expression)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        folders,
    };
    let query = parser.expression(0)?;
    if parser.at < tokens.len() {
        return Err("it cannot be read to its end".to_owned());
    }
    Ok(query)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Operator(String),
    Quoted(String),
}

fn tokenize(text: &str) -> Result<Vec<Token>, String> {
    const OPERATOR: &str = "=!~<>#";
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            _ if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '"' => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        None => return Err("a quote is not closed".to_owned()),
                        Some('"') => break,
                        Some('\\') if chars.peek() == Some(&'"') => value.extend(chars.next()),
                        Some(c) => value.push(c),
                    }
                }
                tokens.push(Token::Quoted(value));
            }
            _ if OPERATOR.contains(c) => {
                let mut operator = String::from(c);
                while let Some(c) = chars.next_if(|c| OPERATOR.contains(*c)) {
                    operator.push(c);
                }
                tokens.push(Token::Operator(operator));
            }
            _ => {
                let mut word = String::from(c);
                while let Some(c) =
                    chars.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':'))
                {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    folders: &'a [String],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn expression(&mut self, depth: usize) -> Result<String, String> {
        if depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let left = if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.expression(depth + 1)?;
            if self.next() != Some(&Token::Close) {
                return Err("a parenthesis is not closed".to_owned());
            }
            grouped(inner)
        } else {
            self.comparison()?
        };
        let joint = match self.tokens.get(self.at) {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("and") => " ",
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("or") => " OR ",
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.expression(depth + 1)?;
        // Here `and` binds closer than `or`.
        let right = if joint == " " && right.contains(" OR ") {
            grouped(right)
        } else {
            right
        };
        Ok(format!("{left}{joint}{right}"))
    }

    fn comparison(&mut self) -> Result<String, String> {
        let Some(Token::Word(attribute)) = self.next().cloned() else {
            return Err("a condition is expected".to_owned());
        };
        let nothing = || format!("\"{attribute}\" is compared with nothing");
        let Some(Token::Operator(operator) | Token::Word(operator)) = self.next().cloned() else {
            return Err(nothing());
        };
        let Some(Token::Quoted(value) | Token::Word(value)) = self.next().cloned() else {
            return Err(nothing());
        };
        let (operator, negated) = match operator.as_str() {
            "!=" => ("=", true),
            "!~" => ("=~", true),
            "!#" => ("#", true),
            "==" => ("=", false),
            other => (other, false),
        };
        let term = self.term(&attribute, operator, &value)?;
        if !negated {
            return Ok(term);
        }
        let is_group = term.contains(" OR ") || term.contains(' ') && !term.contains('"');
        Ok(if is_group {
            format!("-{}", grouped(term))
        } else {
            format!("-{term}")
        })
    }

    fn term(&self, attribute: &str, operator: &str, value: &str) -> Result<String, String> {
        let refuse = || {
            Err(format!(
                "\"{attribute} {operator}\" has no counterpart here"
            ))
        };
        match (attribute, operator) {
            ("unread", "=") if value == "yes" => Ok("is:unread".to_owned()),
            ("unread", "=") if value == "no" => Ok("is:read".to_owned()),
            ("title" | "author" | "feedtitle", "=" | "=~") => {
                let field = if attribute == "feedtitle" {
                    "feed"
                } else {
                    attribute
                };
                any_of(field, value, operator)
            }
            ("content", "=~") => any_of("", value, operator),
            ("flags", "#" | "=~" | "=")
                if value.len() == 1 && value.chars().all(char::is_alphabetic) =>
            {
                Ok(format!("tag:\"nb:{value}\""))
            }
            ("tags", "#" | "=") if self.folders.iter().any(|folder| folder == value) => {
                Ok(format!("folder:\"{value}\""))
            }
            ("tags", _) => Err(format!("no feed lies in a folder \"{value}\"")),
            ("age", _) => age(operator, value).map_or_else(refuse, Ok),
            _ => refuse(),
        }
    }
}

fn grouped(query: String) -> String {
    if query.contains(' ') {
        format!("({query})")
    } else {
        query
    }
}

fn age(operator: &str, value: &str) -> Option<String> {
    if operator == "between" {
        let (from, to) = value.split_once(':')?;
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        return Some(format!("older:{from}d newer:{}d", to.checked_add(1)?));
    }
    let days: u32 = value.parse().ok()?;
    match operator {
        "<" => Some(format!("newer:{days}d")),
        "<=" => Some(format!("newer:{}d", days.checked_add(1)?)),
        ">" => Some(format!("older:{}d", days.checked_add(1)?)),
        ">=" => Some(format!("older:{days}d")),
        _ => None,
    }
}

/// Words, or with `=~` one of several words; other regular expressions have no counterpart.
fn any_of(field: &str, value: &str, operator: &str) -> Result<String, String> {
    let choices: Vec<&str> = if operator == "=~" {
        value.trim_matches(['(', ')']).split('|').collect()
    } else {
        vec![value]
    };
    let is_plain = |text: &&str| {
        let special = if operator == "=~" {
            "\\^$.[]*+?{}()\""
        } else {
            "\""
        };
        !text.trim().is_empty() && !text.contains(|c| special.contains(c))
    };
    if !choices.iter().all(is_plain) {
        return Err("its regular expression has no counterpart here".to_owned());
    }
    let colon = if field.is_empty() { "" } else { ":" };
    let terms: Vec<String> = choices
        .iter()
        .map(|words| format!("{field}{colon}\"{}\"", words.trim()))
        .collect();
    Ok(if terms.len() > 1 {
        format!("({})", terms.join(" OR "))
    } else {
        terms.concat()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expect: &str) {
        let got = translate(expression, &["News".to_owned()]);
        let got = got.unwrap_or_else(|why| format!("refused: {why}"));
        assert_eq!(got, expect, "of {expression:?}");
    }

    #[test]
    fn conditions_are_said_anew() {
        check("unread = \"yes\"", "is:unread");
        check(
            "unread != \"no\" and title =~ \"ferry\"",
            "-is:read title:\"ferry\"",
        );
        check(
            "title =~ \"ferry|harbour\"",
            "(title:\"ferry\" OR title:\"harbour\")",
        );
        check("author !~ \"Ines Rocha\"", "-author:\"Ines Rocha\"");
        check("tags # \"News\"", "folder:\"News\"");
        check("flags # \"s\"", "tag:\"nb:s\"");
        check("age between 2:5", "older:2d newer:6d");
        check("age <= 1", "newer:2d");
    }

    #[test]
    fn and_and_or_bind_alike_and_to_the_right() {
        check(
            "unread = \"yes\" and age < 3 or title = \"x\"",
            "is:unread (newer:3d OR title:\"x\")",
        );
        check(
            "(unread = \"yes\" or age < 3) and title = \"x y\"",
            "(is:unread OR newer:3d) title:\"x y\"",
        );
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        for odd in [
            "content =~ \"a.*b\"",
            "tags # \"gone\"",
            "unread",
            "unread =",
            "enclosure_url =~ \"x\"",
            "(unread = \"yes\"",
            "unread = \"yes\" title",
            "\"",
            "",
        ] {
            let got = translate(odd, &[]);
            assert!(got.is_err(), "{odd:?} gave {got:?}");
        }
        assert!(translate(&"(".repeat(10_000), &[]).is_err());
    }
}
