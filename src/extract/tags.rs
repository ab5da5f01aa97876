//! A page's tags one after the other, without building a tree: what must be known before parsing.
//!
//! Follows the tokenizer of the standard (WHATWG HTML §13.2.5) as far as borders of tags, attributes, comments and raw
//! text go. It does not know where the tree builder would read differently (a `<title>` in a drawing), so whoever uses it
//! may only leave out what is harmless either way.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

/// A piece of a page. Ranges are bytes of the page, brackets included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A start tag; its attributes are [`Tags::attributes`].
    Start {
        name: &'a str,
        range: Range<usize>,
        /// Written `<name/>`.
        is_closed: bool,
    },
    End {
        name: &'a str,
        range: Range<usize>,
    },
    /// A comment that ends with `-->`.
    Comment(Range<usize>),
    /// What an element like `<script>` holds, without its tags.
    Raw {
        name: &'a str,
        range: Range<usize>,
    },
}

/// An attribute of a start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// The value as written, without its quotes.
    pub(super) value: &'a str,
    /// All of it.
    pub(super) range: Range<usize>,
}

/// Gives the pieces of a page in order; text between them is passed over.
pub(super) struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Name of the raw text element whose content comes next.
    raw: Option<&'a str>,
    /// Attributes of the last start tag, twins included.
    pub(super) attributes: Vec<Attribute<'a>>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            html,
            at: 0,
            raw: None,
            attributes: Vec::new(),
        }
    }

    /// Returns the next piece; `None` at the page's end.
    pub(super) fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(name) = self.raw.take() {
            let start = self.at;
            self.at = raw_end(self.html, start, name);
            return Some(Piece::Raw {
                name,
                range: start..self.at,
            });
        }
        let bytes = self.html.as_bytes();
        loop {
            let start = self.at + memchr(b'<', bytes.get(self.at..)?)?;
            let rest = bytes.get(start + 1..)?;
            match rest {
                [b'!', b'-', b'-', ..] => {
                    // `<!-->` is a whole comment.
                    let found = memmem::find(rest.get(1..)?, b"-->");
                    self.at = found.map_or(bytes.len(), |at| start + 2 + at + 3);
                    let inner = bytes.get(start..self.at).unwrap_or_default();
                    // This ends a comment too, and what follows it is shown.
                    if found.is_some() && memmem::find(inner, b"--!>").is_none() {
                        return Some(Piece::Comment(start..self.at));
                    }
                }
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                    let name = self.name(start + 2);
                    let end = self.tag_end(start + 2 + name.len());
                    self.at = end;
                    return Some(Piece::End {
                        name,
                        range: start..end,
                    });
                }
                [letter, ..] if letter.is_ascii_alphabetic() => {
                    let name = self.name(start + 1);
                    let end = self.tag_end(start + 1 + name.len());
                    self.at = end;
                    if name.eq_ignore_ascii_case("plaintext") {
                        self.at = bytes.len();
                    } else if is_raw(name) {
                        self.raw = Some(name);
                    }
                    return Some(Piece::Start {
                        name,
                        range: start..end,
                        is_closed: end >= 2 && bytes.get(end - 2) == Some(&b'/'),
                    });
                }
                // A comment by mistake.
                [b'!' | b'?' | b'/', ..] => self.at = after(bytes, start, b'>'),
                _ => self.at = start + 1,
            }
        }
    }

    fn name(&self, start: usize) -> &'a str {
        let rest = self.html.get(start..).unwrap_or_default();
        let len = rest.bytes().position(ends_name).unwrap_or(rest.len());
        rest.get(..len).unwrap_or_default()
    }

    /// Reads the attributes from `at` on; returns the end of the tag.
    fn tag_end(&mut self, mut at: usize) -> usize {
        let bytes = self.html.as_bytes();
        let byte = |at: usize| bytes.get(at).copied();
        let skip_space = |mut at: usize| {
            while byte(at).is_some_and(|b| b.is_ascii_whitespace()) {
                at += 1;
            }
            at
        };
        self.attributes.clear();
        loop {
            while byte(at).is_some_and(|b| b.is_ascii_whitespace() || b == b'/') {
                at += 1;
            }
            match byte(at) {
                None => return bytes.len(),
                Some(b'>') => return at + 1,
                Some(_) => {}
            }
            let start = at;
            // A name may begin with an equals sign.
            at += 1;
            while byte(at).is_some_and(|b| !ends_name(b) && b != b'=') {
                at += 1;
            }
            let name = start..at;
            let mut value = at..at;
            let equals = skip_space(at);
            if byte(equals) == Some(b'=') {
                at = skip_space(equals + 1);
                if let Some(quote @ (b'"' | b'\'')) = byte(at) {
                    let end = after(bytes, at + 1, quote);
                    value = at + 1..end.saturating_sub(1).max(at + 1);
                    at = end;
                } else {
                    let start = at;
                    while byte(at).is_some_and(|b| !b.is_ascii_whitespace() && b != b'>') {
                        at += 1;
                    }
                    value = start..at;
                }
            }
            self.attributes.push(Attribute {
                name: self.html.get(name).unwrap_or_default(),
                value: self.html.get(value).unwrap_or_default(),
                range: start..at,
            });
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

/// Returns the place after the next such byte, or the end.
fn after(bytes: &[u8], at: usize, byte: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr(byte, rest).map_or(bytes.len(), |found| at + found + 1)
}

/// Returns the start of the end tag of a raw text element whose start tag ends at `at`, or the page's end.
fn raw_end(html: &str, mut at: usize, name: &str) -> usize {
    let bytes = html.as_bytes();
    while let Some(found) = memmem::find(bytes.get(at..).unwrap_or_default(), b"</") {
        at += found;
        let end = at + 2 + name.len();
        let is_own = bytes
            .get(at + 2..end)
            .is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
        if is_own && bytes.get(end).is_none_or(|byte| ends_name(*byte)) {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Says whether a list holds an element's name, whose case is that of the page.
pub(super) fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Elements whose content is text to the tokenizer, scripting being on.
pub(super) fn is_raw(name: &str) -> bool {
    is_one_of(
        name,
        &[
            "script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed",
            "noframes",
        ],
    )
}

/// Says whether a script holds comment and script openings, in which its end tag may not end it (WHATWG HTML
/// §13.2.5.17 on).
pub(super) fn is_escaped_script(content: &str) -> bool {
    memmem::find(content.as_bytes(), b"<!--").is_some()
        && memchr2(b's', b'S', content.as_bytes()).is_some()
        && content.to_ascii_lowercase().contains("<script")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(html: &str) -> Vec<String> {
        let mut tags = Tags::new(html);
        let mut all = Vec::new();
        while let Some(piece) = tags.next() {
            all.push(match piece {
                Piece::Start {
                    name, is_closed, ..
                } => {
                    let attributes = tags
                        .attributes
                        .iter()
                        .map(|a| format!(" {}={}", a.name, a.value))
                        .collect::<String>();
                    format!("{name}{attributes}{}", if is_closed { "/" } else { "" })
                }
                Piece::End { name, .. } => format!("/{name}"),
                Piece::Comment(range) => format!("comment {:?}", &html[range]),
                Piece::Raw { name, range } => format!("raw {name} {:?}", &html[range]),
            });
        }
        all
    }

    #[test]
    fn tags_comments_and_raw_text_are_told_apart() {
        let page = "<!DOCTYPE html><!--a <b> --><!--><p class='x>y' id = z a/b data-q=\"1\">1 < 2<br/></p \
                    ><script>if (a</b) '</scripted>'</SCRIPT><Title>a<b></title><? php ?></ x><i";
        assert_eq!(
            pieces(page),
            [
                "comment \"<!--a <b> -->\"",
                "comment \"<!-->\"",
                "p class=x>y id=z a= b= data-q=1",
                "br/",
                "/p",
                "script",
                "raw script \"if (a</b) '</scripted>'\"",
                "/SCRIPT",
                "Title",
                "raw Title \"a<b>\"",
                "/title",
                "i",
            ]
        );
        // What follows such an end is shown.
        assert_eq!(pieces("<!-- a --!> b --><hr>"), ["hr"]);
    }

    #[test]
    fn a_script_in_a_comment_in_a_script_is_escaped() {
        assert!(is_escaped_script("<!-- <script> </script> -->"));
        assert!(!is_escaped_script("a <!-- b -->"));
    }
}
