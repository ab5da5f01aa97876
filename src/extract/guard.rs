//! Pages that are built to hurt, made harmless before they are parsed.
//!
//! The HTML parsing algorithm is quadratic in the depth of open elements, in unclosed formatting elements (which each
//! new paragraph opens again) and in the attributes of one tag. Real pages stay far below the limits here; a page past
//! them loses the tags in excess, never its text.

use std::borrow::Cow;
use std::ops::Range;

/// Elements nest at most this deep. The deepest of 1,250 real pages nests 94 deep.
const MAX_DEPTH: usize = 300;

/// Work allowed for opening formatting elements again, in elements.
const MAX_REOPENED: usize = 500_000;

/// A tag longer than this is looked at for its number of attributes.
const LONG_TAG_BYTES: usize = 16 * 1024;

/// A tag may have this many attributes.
const MAX_ATTRIBUTES: usize = 2_000;

/// Returns the page without the tags in excess; borrowed where there are none.
pub(super) fn tame(html: &str) -> Cow<'_, str> {
    let mut scan = Scan::default();
    scan.run(html);
    let mut excess = scan.excess;
    if scan.reopened > MAX_REOPENED {
        excess.extend(scan.formatting);
        excess.sort_by_key(|range| range.start);
    }
    if excess.is_empty() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    for range in excess {
        if range.start >= at {
            out.push_str(html.get(at..range.start).unwrap_or_default());
            out.push(' ');
            at = range.end;
        }
    }
    out.push_str(html.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

#[derive(Default)]
struct Scan<'a> {
    /// Names of the open elements.
    open: Vec<&'a str>,
    /// Names of elements dropped for depth and not yet closed.
    dropped: Vec<&'a str>,
    /// Formatting elements opened and not closed.
    unclosed: usize,
    reopened: usize,
    /// Ranges of tags to leave out.
    excess: Vec<Range<usize>>,
    /// Ranges of all tags of formatting elements.
    formatting: Vec<Range<usize>>,
}

impl<'a> Scan<'a> {
    fn run(&mut self, html: &'a str) {
        let bytes = html.as_bytes();
        let mut at = 0;
        while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
            let start = at + found;
            at = start + 1;
            let is_end = bytes.get(at) == Some(&b'/');
            let name_start = at + usize::from(is_end);
            let name_len = bytes
                .get(name_start..)
                .unwrap_or_default()
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
                .count();
            let name = html
                .get(name_start..name_start + name_len)
                .unwrap_or_default();
            if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                if html.get(at..).is_some_and(|rest| rest.starts_with("!--")) {
                    at = find_from(html, at, "-->");
                }
                continue;
            }
            let end = self.tag_end(html, start);
            if is_end {
                self.close(name, start..end);
            } else {
                self.open(
                    name,
                    start..end,
                    bytes.get(end.saturating_sub(2)) == Some(&b'/'),
                );
                if is_raw(name) {
                    at = skip_raw(html, end, name);
                    continue;
                }
            }
            at = end.max(at);
        }
    }

    /// Returns the end of the tag at `start`; a tag with too many attributes is marked as excess.
    fn tag_end(&mut self, html: &str, start: usize) -> usize {
        let rest = html.as_bytes().get(start..).unwrap_or_default();
        let mut quote = None;
        let mut attributes = 0;
        for (n, byte) in rest.iter().enumerate() {
            match (quote, byte) {
                (None, b'>') => {
                    if n > LONG_TAG_BYTES && attributes > MAX_ATTRIBUTES {
                        self.excess.push(start..start + n + 1);
                    }
                    return start + n + 1;
                }
                (None, b'"' | b'\'') if n > 0 && rest.get(n - 1) == Some(&b'=') => {
                    quote = Some(*byte);
                }
                (None, b' ' | b'\n' | b'\t' | b'/') => attributes += 1,
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
        }
        if rest.len() > LONG_TAG_BYTES && attributes > MAX_ATTRIBUTES {
            self.excess.push(start..start + rest.len());
        }
        start + rest.len()
    }

    fn open(&mut self, name: &'a str, tag: Range<usize>, is_closed: bool) {
        if is_formatting(name) {
            self.unclosed += 1;
            self.formatting.push(tag.clone());
        } else {
            self.reopened = self.reopened.saturating_add(self.unclosed);
        }
        if is_void(name) || (is_closed && !is_formatting(name) && !name.eq_ignore_ascii_case("div"))
        {
            return;
        }
        if closes_itself(name) {
            // Formatting elements between do not keep it open: they are opened again inside the new one.
            let same = self.open.iter().rposition(|open| !is_formatting(open));
            let same = same.filter(|at| {
                self.open
                    .get(*at)
                    .is_some_and(|open| open.eq_ignore_ascii_case(name))
            });
            if let Some(at) = same {
                self.open.truncate(at + 1);
                return;
            }
        }
        if self.open.len() >= MAX_DEPTH {
            self.dropped.push(name);
            self.excess.push(tag);
        } else {
            self.open.push(name);
        }
    }

    fn close(&mut self, name: &'a str, tag: Range<usize>) {
        if is_formatting(name) {
            self.unclosed = self.unclosed.saturating_sub(1);
            self.formatting.push(tag.clone());
        }
        if self
            .dropped
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case(name))
        {
            self.dropped.pop();
            self.excess.push(tag);
        } else if let Some(at) = self
            .open
            .iter()
            .rposition(|open| open.eq_ignore_ascii_case(name))
        {
            self.open.truncate(at);
        } else if self.open.len() >= MAX_DEPTH {
            self.excess.push(tag);
        }
    }
}

fn find_from(html: &str, at: usize, needle: &str) -> usize {
    html.get(at..)
        .and_then(|rest| rest.find(needle))
        .map_or(html.len(), |found| at + found + needle.len())
}

/// Returns the start of the end tag of a raw text element whose start tag ends at `at`, or the page's end.
fn skip_raw(html: &str, mut at: usize, name: &str) -> usize {
    while let Some(found) = html.get(at..).and_then(|rest| rest.find("</")) {
        at += found;
        let candidate = html.as_bytes().get(at + 2..at + 2 + name.len());
        if candidate.is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        at += 2;
    }
    html.len()
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_raw(name: &str) -> bool {
    is_one_of(
        name,
        &[
            "script", "style", "textarea", "title", "noscript", "iframe", "xmp",
        ],
    )
}

fn is_void(name: &str) -> bool {
    is_one_of(
        name,
        &[
            "img", "br", "meta", "link", "input", "hr", "source", "wbr", "area", "base", "col",
            "embed", "param", "track", "path",
        ],
    )
}

/// Elements whose end tag may be left out before another of the kind (WHATWG HTML §13.1.2.4).
fn closes_itself(name: &str) -> bool {
    is_one_of(
        name,
        &["p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody"],
    )
}

fn is_formatting(name: &str) -> bool {
    is_one_of(
        name,
        &[
            "a", "b", "i", "em", "strong", "font", "u", "s", "small", "big", "code", "tt",
            "strike", "nobr",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_left_as_it_is() {
        let page = "<html><body><p>One <b>two</b><p>three<script>if (a<b) '<div>'</script></body>";
        assert!(matches!(tame(page), Cow::Borrowed(_)));
        let paragraphs = "<p><b>sloppy<br>".repeat(500);
        assert!(matches!(tame(&paragraphs), Cow::Borrowed(_)));
    }

    #[test]
    fn depth_is_bounded_and_text_stays() {
        let page = format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let tamed = tame(&page);
        assert_eq!(tamed.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(tamed.matches("</div>").count(), MAX_DEPTH);
        assert!(tamed.contains('x'));
    }

    #[test]
    fn unclosed_formatting_is_bounded() {
        let parts: Vec<String> = (0..5_000)
            .map(|n| format!("<p><font size={n}>w{n}"))
            .collect();
        let page = parts.concat();
        let tamed = tame(&page);
        assert!(!tamed.contains("<font"));
        assert!(tamed.contains("w4999"));
    }

    #[test]
    fn a_tag_of_a_million_attributes_goes() {
        let page = format!("<p {}>text", "a=b ".repeat(100_000));
        assert_eq!(tame(&page).trim(), "text");
    }
}
