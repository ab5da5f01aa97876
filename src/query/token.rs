//! Text → tokens with their places.

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Characters before it.
    pub(super) at: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// Nothing stands after it, not even white space: it may still be being typed.
    pub(super) is_last: bool,
}

/// The kinds of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` before something.
    Minus,
    /// `OR`
    Or,
    /// `AND`, which joins like a space.
    And,
    /// `NOT`, which is a `-`.
    Not,
    /// A bare word.
    Word(String),
    /// Words in quotes; `closed` where the second quote is there.
    Phrase { text: String, closed: bool },
    /// `name:value`; the value may have been quoted.
    Field {
        name: String,
        value: String,
        /// Characters before the value.
        value_at: usize,
        closed: bool,
    },
}

/// Takes a query apart. Never fails: what is wrong is found by the parser, which knows what was expected.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let (kind, end) = token(&letters, at);
        tokens.push(Token {
            at,
            kind,
            is_last: end == letters.len(),
        });
        at = end;
    }
    tokens
}

fn token(letters: &[char], at: usize) -> (Kind, usize) {
    match letters[at] {
        '(' => (Kind::Open, at + 1),
        ')' => (Kind::Close, at + 1),
        '-' => (Kind::Minus, at + 1),
        '"' => {
            let (text, end, closed) = quoted(letters, at);
            (Kind::Phrase { text, closed }, end)
        }
        _ => word_or_field(letters, at),
    }
}

/// Reads from a quote to the next one, or to the end.
fn quoted(letters: &[char], at: usize) -> (String, usize, bool) {
    let start = at + 1;
    match letters[start..].iter().position(|&c| c == '"') {
        Some(length) => {
            let end = start + length;
            (letters[start..end].iter().collect(), end + 1, true)
        }
        None => (letters[start..].iter().collect(), letters.len(), false),
    }
}

fn word_or_field(letters: &[char], at: usize) -> (Kind, usize) {
    let mut end = at;
    while let Some(&c) = letters.get(end) {
        if c.is_whitespace() || matches!(c, '(' | ')' | '"') {
            break;
        }
        if c == ':' && is_name(&letters[at..end]) {
            return field(letters, at, end);
        }
        end += 1;
    }
    let word: String = letters[at..end].iter().collect();
    let kind = match word.as_str() {
        "OR" | "|" | "||" => Kind::Or,
        "AND" | "&&" => Kind::And,
        "NOT" => Kind::Not,
        _ => Kind::Word(word),
    };
    (kind, end)
}

/// Only letters make a field's name, so that `12:30` and `http://…` are words. Addresses are not fields.
fn is_name(letters: &[char]) -> bool {
    let name: String = letters.iter().collect();
    !letters.is_empty()
        && letters.iter().all(|c| c.is_alphabetic())
        && !matches!(name.as_str(), "http" | "https")
}

fn field(letters: &[char], at: usize, colon: usize) -> (Kind, usize) {
    let name: String = letters[at..colon].iter().collect();
    let value_at = colon + 1;
    let (value, end, closed) = if letters.get(value_at) == Some(&'"') {
        quoted(letters, value_at)
    } else {
        let mut end = value_at;
        while letters
            .get(end)
            .is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | ')'))
        {
            end += 1;
        }
        (letters[value_at..end].iter().collect(), end, true)
    };
    let kind = Kind::Field {
        name,
        value,
        value_at,
        closed,
    };
    (kind, end)
}
