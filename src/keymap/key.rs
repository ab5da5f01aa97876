//! A key press, and how it is written: `j`, `^D`, `gg`, `Enter`, `S-Tab`, `Space`, `PgDn`, `]e`, `,d`.

use std::fmt;

/// A key press as the app sees it.
///
/// **Invariant:** keys that terminals cannot tell apart are one key: `^I` is Tab, `^M` Enter, `^[` Esc, `^H` Backspace;
/// a letter carries its shift in itself. Alt is never part of a key: nothing is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With the control key.
    pub ctrl: bool,
    /// With the shift key; only for keys that are no characters.
    pub shift: bool,
}

/// The keys of a keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character, as typed (`A` is the shifted `a`); the space bar is `Char(' ')`.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PgUp,
    /// Page down.
    PgDn,
    /// A function key, from 1.
    F(u8),
}

/// The written names of keys that are no single character.
const NAMES: &[(&str, Code)] = &[
    ("Space", Code::Char(' ')),
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PgUp),
    ("PgDn", Code::PgDn),
];

impl Key {
    /// Returns the key of a code without control or shift.
    pub fn plain(code: Code) -> Self {
        Self::new(code, false, false)
    }

    /// Returns the key of a character.
    pub fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// Returns the key of a letter with control.
    pub fn ctrl(c: char) -> Self {
        Self::new(Code::Char(c), true, false)
    }

    /// Returns a key; what terminals cannot tell apart becomes one.
    pub fn new(code: Code, ctrl: bool, shift: bool) -> Self {
        let (code, ctrl, shift) = match code {
            Code::Char(c) if ctrl => match c.to_ascii_lowercase() {
                'i' => (Code::Tab, false, shift),
                'm' => (Code::Enter, false, false),
                'h' => (Code::Backspace, false, false),
                '[' => (Code::Esc, false, false),
                c => (Code::Char(c), true, false),
            },
            // Shift alone does not change what the space bar means, and letters carry it in themselves.
            Code::Char(c) => (Code::Char(c), false, false),
            code => (code, ctrl, shift),
        };
        Self { code, ctrl, shift }
    }

    /// Returns the digit of a digit key.
    pub fn digit(self) -> Option<u32> {
        match self.code {
            Code::Char(c) if !self.ctrl => c.to_digit(10),
            _ => None,
        }
    }

    /// Returns the character of a key that types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shift {
            f.write_str("S-")?;
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            let control = if self.ctrl { "C-" } else { "" };
            return write!(f, "{control}{name}");
        }
        match self.code {
            Code::Char(c) if self.ctrl => write!(f, "^{}", c.to_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) if self.ctrl => write!(f, "C-F{n}"),
            Code::F(n) => write!(f, "F{n}"),
            _ => Ok(()),
        }
    }
}

/// Writes a sequence of keys; [`parse`] reads it back.
pub fn write(keys: &[Key]) -> String {
    let words: Vec<String> = keys.iter().map(Key::to_string).collect();
    // `^` before another key, and names, would run together with their neighbours.
    let clear = |word: &String| word.chars().count() == 1 && word != "^" || word.starts_with('^');
    let joined = words.iter().all(clear) && words.concat() != "^";
    let text = if joined {
        words.concat()
    } else {
        words.join(" ")
    };
    match parse(&text) {
        Ok(back) if back == keys => text,
        _ => words.join(" "),
    }
}

/// Reads a sequence of keys: names (`Enter`, `S-Tab`, `F5`), `^D` or `C-d`, and characters one after the other; white
/// space separates where names would run together. Errs in plain words.
pub fn parse(text: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for word in text.split_whitespace() {
        match named(word) {
            Some(key) => keys.push(key),
            None => characters(word, &mut keys)?,
        }
    }
    if keys.is_empty() {
        return Err("no key is named".into());
    }
    Ok(keys)
}

fn named(word: &str) -> Option<Key> {
    let (shift, rest) = strip(word, "S-");
    let (ctrl, rest) = strip(rest, "C-");
    let named = NAMES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(rest) && rest.len() > 1);
    if let Some((_, code)) = named {
        return Some(Key::new(*code, ctrl, shift));
    }
    if let Some(n) = rest.strip_prefix('F').and_then(|n| n.parse::<u8>().ok()) {
        return (1..=24)
            .contains(&n)
            .then(|| Key::new(Code::F(n), ctrl, shift));
    }
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if ctrl => Some(Key::ctrl(c)),
        _ => None,
    }
}

fn strip<'a>(word: &'a str, prefix: &str) -> (bool, &'a str) {
    match word.strip_prefix(prefix) {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    }
}

fn characters(word: &str, keys: &mut Vec<Key>) -> Result<(), String> {
    if word.starts_with("A-") || word.starts_with("M-") {
        return Err(format!("\"{word}\": nothing can be bound to Alt"));
    }
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '^' && next.is_ascii() => {
                chars.next();
                keys.push(Key::ctrl(next));
            }
            _ => keys.push(Key::char(c)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[Key]) {
        assert_eq!(parse(text).as_deref(), Ok(expect), "reading {text:?}");
        assert_eq!(write(expect), text, "writing {expect:?}");
    }

    #[test]
    fn keys_are_written_as_the_table_writes_them() {
        check("j", &[Key::char('j')]);
        check("^D", &[Key::ctrl('d')]);
        check("gg", &[Key::char('g'), Key::char('g')]);
        check("]e", &[Key::char(']'), Key::char('e')]);
        check(",d", &[Key::char(','), Key::char('d')]);
        check("Enter", &[Key::plain(Code::Enter)]);
        check("Space", &[Key::char(' ')]);
        check("PgDn", &[Key::plain(Code::PgDn)]);
        check("S-Tab", &[Key::new(Code::Tab, false, true)]);
        check("F5", &[Key::plain(Code::F(5))]);
        check("F", &[Key::char('F')]);
        check("^", &[Key::char('^')]);
        check("g Enter", &[Key::char('g'), Key::plain(Code::Enter)]);
    }

    #[test]
    fn keys_no_terminal_tells_apart_are_one() {
        assert_eq!(Key::ctrl('i'), Key::plain(Code::Tab));
        assert_eq!(Key::ctrl('M'), Key::plain(Code::Enter));
        assert_eq!(Key::ctrl('['), Key::plain(Code::Esc));
        assert_eq!(
            Key::new(Code::Char('A'), false, true),
            Key::char('A'),
            "a letter carries its shift"
        );
    }

    #[test]
    fn nothing_is_bound_to_alt_or_to_nothing() {
        assert!(parse("M-x").is_err());
        assert!(parse("A-x").is_err());
        assert!(parse("  ").is_err());
    }
}
