//! Texts and names as elements hold them: plain, escaped, as markup, or coded.

use super::super::xml::{Element, ElementId, Tree};
use super::super::{entry, plain};

/// Names of the people who wrote a feed or an entry: the format's own field before the extensions'.
pub(super) fn authors(tree: &Tree, id: ElementId) -> Vec<String> {
    for names in [
        ["author", "atom:author", "atom:author"].as_slice(),
        &["dc:creator", "dc:author", "creator"],
        &["itunes:author"],
        &[
            "managingeditor",
            "dc:contributor",
            "dc:publisher",
            "media:credit",
            "atom:contributor",
            "itunes:owner",
            "webmaster",
        ],
    ] {
        let found: Vec<String> = tree
            .children(id)
            .filter(|(_, child)| names.contains(&child.name.as_str()))
            .filter_map(|(child, _)| person(tree, child))
            .take(entry::MAX_LISTED)
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A person: a name inside, or the text itself.
fn person(tree: &Tree, id: ElementId) -> Option<String> {
    if tree.has_markup(id) {
        let name = text_of(tree, id, &["atom:name", "name", "itunes:name"])
            .and_then(|name| plain::some_line(&name));
        return name.or_else(|| {
            text_of(tree, id, &["atom:email", "email", "itunes:email"])
                .and_then(|mail| plain::some_line(&mail))
        });
    }
    entry::author(&tree.text(id))
}

/// Returns the text of the first named child that has one; earlier names go before later ones.
pub(super) fn text_of(tree: &Tree, id: ElementId, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        tree.children(id)
            .filter(|(_, child)| child.name == *name)
            .map(|(child, _)| tree.text(child))
            .find(|text| !text.trim().is_empty())
    })
}

/// Returns the plain line of the first named child that has words.
pub(super) fn line_of(tree: &Tree, id: ElementId, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        tree.children(id)
            .filter(|(_, child)| child.name == *name)
            .find_map(|(child, element)| {
                let text = if tree.has_markup(child) {
                    tree.inner_html(child)
                } else {
                    tree.text(child)
                };
                let is_text = is_plain(element);
                plain::some_line(&if is_text {
                    text.replace('<', "&lt;")
                } else {
                    decoded(element, text)
                })
            })
    })
}

/// Atom's `type="text"`, which is also its default (RFC 4287 §3.1.1): what looks like a tag is none.
fn is_plain(element: &Element) -> bool {
    element.name.starts_with("atom:")
        && element
            .attribute("type")
            .is_some_and(|t| matches!(t, "text" | "text/plain"))
}

/// Returns the text of an element as HTML.
pub(super) fn html_of(tree: &Tree, id: ElementId) -> Option<String> {
    let element = tree.get(id);
    if tree.has_markup(id) {
        return entry::html(&tree.inner_html(id));
    }
    let text = tree.text(id);
    if is_plain(element) {
        return Some(entry::html_of_text(&text)).filter(|html| !html.is_empty());
    }
    entry::html(&decoded(element, text))
}

/// Decodes Atom 0.3's `mode="base64"` and Atom 1.0's binary text.
fn decoded(element: &Element, text: String) -> String {
    let media_type = element.attribute("type").unwrap_or_default();
    let is_base64 = element.attribute("mode") == Some("base64");
    let is_binary = element.name.starts_with("atom:")
        && media_type.contains('/')
        && !media_type.starts_with("text/")
        && !media_type.ends_with("xml");
    if is_base64 || is_binary {
        return base64(&text).unwrap_or(text);
    }
    text
}

/// RFC 4648 §4, white space ignored; `None` where the result is no text.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for c in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .take_while(|b| *b != b'=')
    {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
