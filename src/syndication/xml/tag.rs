//! A start tag, whatever is wrong with it.

use super::MAX_ATTRIBUTES;
use super::reference::decode_references;

/// A start tag as written.
#[derive(Default)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) closed: bool,
    pub(super) is_cut: bool,
    pub(super) fault: Option<&'static str>,
}

/// Reads a start tag and returns it with its length.
pub(super) fn tag(rest: &str) -> (Tag, usize) {
    let bytes = rest.as_bytes();
    let mut tag = Tag::default();
    let stop = |from: usize, signs: &[u8]| {
        (from..bytes.len())
            .find(|i| signs.contains(&bytes[*i]) || bytes[*i].is_ascii_whitespace())
            .unwrap_or(bytes.len())
    };
    let mut at = stop(1, b"/><");
    tag.name = rest.get(1..at).unwrap_or_default().to_lowercase();
    loop {
        match bytes.get(at) {
            None => {
                tag.is_cut = true;
                return (tag, at);
            }
            Some(b'>') => return (tag, at + 1),
            Some(b'<') => {
                tag.fault = Some("a tag that does not end");
                return (tag, at);
            }
            Some(b'/') => {
                tag.closed = bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            Some(b) if b.is_ascii_whitespace() || matches!(b, b'=' | b'"' | b'\'') => at += 1,
            Some(_) => {
                let end = stop(at, b"=/><");
                let key = rest.get(at..end).unwrap_or_default().to_lowercase();
                at = skip_space(bytes, end);
                let mut value = String::new();
                if bytes.get(at) == Some(&b'=') {
                    at = skip_space(bytes, at + 1);
                    let (raw, next, quoted) = attribute_value(rest, at);
                    value = decode_references(raw);
                    at = next;
                    if !quoted {
                        tag.fault = Some("an attribute without quotes");
                    }
                }
                if tag.attributes.iter().any(|(k, _)| *k == key) {
                    tag.fault = Some("an attribute given twice");
                } else if tag.attributes.len() < MAX_ATTRIBUTES {
                    tag.attributes.push((key, value));
                }
            }
        }
    }
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len())
        .find(|i| !bytes[*i].is_ascii_whitespace())
        .unwrap_or(bytes.len())
}

/// Returns an attribute's raw value, where it ends, and whether it had quotes.
fn attribute_value(rest: &str, at: usize) -> (&str, usize, bool) {
    let tail = rest.get(at..).unwrap_or_default();
    if let Some(quote) = tail.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let body = &tail[1..];
        let end = body.find(quote);
        let value = &body[..end.unwrap_or(body.len())];
        // A `>` and then a `<` inside: the closing quote was forgotten.
        let forgotten = value
            .find('>')
            .filter(|close| value[*close..].contains('<'));
        if let (Some(close), true) = (forgotten, end.is_none() || value.contains('\n')) {
            return (&value[..close], at + 1 + close, false);
        }
        let length = end.map_or(body.len(), |end| end + 1);
        return (value, at + 1 + length, true);
    }
    let end = tail
        .find(|c: char| c == '>' || c.is_ascii_whitespace())
        .unwrap_or(tail.len());
    let value = &tail[..end];
    let is_closed = value.ends_with('/') && tail[end..].starts_with('>');
    let end = end - usize::from(is_closed);
    (&tail[..end], at + end, false)
}
