//! What all formats share in reading an entry: addresses, dates, names, texts and the entry's identity, each cleaned
//! and bounded.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use super::feed::{ParsedEntry, Remark};
use super::{plain, xml};
use crate::text::{clean, clean_line, date};

/// At most this many authors, categories, enclosures or hubs are kept.
pub(super) const MAX_LISTED: usize = 50;

/// One text of an entry is cut after so many bytes: thrice the longest book chapter seen in a feed.
const MAX_TEXT_BYTES: usize = 2_000_000;

/// A name is cut after so many bytes.
const MAX_NAME_BYTES: usize = 200;

/// Longer ids are hashed.
const MAX_ID_BYTES: usize = 1_000;

/// Longer addresses are none (browsers stop at about this length, too).
const MAX_URL_BYTES: usize = 8_000;

/// At most this many remarks are made about dates: one fault mostly repeats in every entry.
const MAX_REMARKS: usize = 5;

/// Makes an address absolute. `None` for what no reader may open: scripts, inline data, local files.
pub(super) fn address(text: &str, base: Option<&str>) -> Option<String> {
    // White space and controls inside an address are line breaks of the file (WHATWG URL §4.4 drops tab and newline).
    let text: String = clean(text)
        .chars()
        .filter(|c| !matches!(c, '\n' | '\t'))
        .collect();
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_URL_BYTES {
        return None;
    }
    let absolute = match text.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("http") => rest.to_owned(),
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        _ => text.to_owned(),
    };
    let joined = xml::join(base, &absolute).or_else(|| {
        // An address with no scheme and no base: `www.example.com/a`.
        let host = absolute.split('/').next()?;
        (host.starts_with("www.") && host.len() > 6).then(|| format!("http://{absolute}"))
    });
    let Some(joined) = joined else {
        // A path whose base nobody knows is kept for a later one, unless it is no address at all.
        let is_path = !absolute.contains([' ', '<', '>', '"'])
            && Url::parse(&absolute) == Err(url::ParseError::RelativeUrlWithoutBase);
        return is_path.then_some(absolute);
    };
    let scheme = joined
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_refused = matches!(
        scheme.as_str(),
        "javascript" | "vbscript" | "data" | "file" | "blob" | "about"
    );
    (!is_refused).then_some(joined)
}

/// Reads a date; what cannot be read is remarked.
pub(super) fn date(text: &str, remarks: &mut Vec<Remark>) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let at = date::parse_lenient(text);
    let remarked = remarks
        .iter()
        .filter(|r| matches!(r, Remark::Date(_)))
        .count();
    if at.is_none() && remarked < MAX_REMARKS {
        remarks.push(Remark::Date(plain::cut(&clean_line(text), 80).to_owned()));
    }
    at
}

/// Returns a language tag in lower case where the text is one.
pub(super) fn language(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-").to_ascii_lowercase();
    let is_tag = (2..=35).contains(&tag.len())
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    is_tag.then_some(tag)
}

/// Returns HTML cleaned of controls and bounded; `None` where it is empty.
pub(super) fn html(markup: &str) -> Option<String> {
    let markup = clean(plain::cut(markup, MAX_TEXT_BYTES));
    let markup = markup.trim();
    (!markup.is_empty()).then(|| markup.to_owned())
}

/// Returns plain text as HTML: escaped, empty lines part paragraphs.
pub(super) fn html_of_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let text = clean(plain::cut(text, MAX_TEXT_BYTES));
    for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        out.push_str("<p>");
        for (i, line) in paragraph.lines().enumerate() {
            if i > 0 {
                out.push_str("<br>");
            }
            xml::escape_into(line, &mut out);
        }
        out.push_str("</p>");
    }
    out
}

/// Returns the name in an author field: `mail@example.com (Name)`, `Name <mail@example.com>`, `Name, mail@…`. A field
/// that holds only an address is kept whole.
pub(super) fn author(field: &str) -> Option<String> {
    let line = plain::some_line(field)?;
    let line = plain::cut(&line, MAX_NAME_BYTES);
    if let Some((mail, name)) = line.split_once('(')
        && mail.contains('@')
    {
        let name = name.trim_end_matches(')').trim();
        if !name.is_empty() {
            return Some(name.to_owned());
        }
        return Some(mail.trim().to_owned());
    }
    if let Some((name, mail)) = line.split_once('<')
        && mail.contains('@')
        && !name.trim().is_empty()
    {
        return Some(name.trim().trim_matches('"').to_owned());
    }
    Some(line.to_owned())
}

/// Gives the entry its identity and takes out what stands twice.
pub(super) fn finish(entry: &mut ParsedEntry) {
    let id = clean_line(&entry.id);
    entry.id = if id.is_empty() {
        fallback_id(entry)
    } else {
        id
    };
    if entry.id.len() > MAX_ID_BYTES {
        entry.id = hash(&[&entry.id]);
    }
    entry.summary_html = entry.summary_html.take().filter(|html| !html.is_empty());
    entry.content_html = entry.content_html.take().filter(|html| !html.is_empty());
    if entry.content_html == entry.summary_html {
        entry.summary_html = None;
    }
    let mut seen = Vec::new();
    entry.enclosures.retain(|enclosure| {
        let is_new = !seen.contains(&enclosure.url);
        seen.push(enclosure.url.clone());
        is_new
    });
    dedup(&mut entry.authors);
    dedup(&mut entry.categories);
}

fn dedup(names: &mut Vec<String>) {
    names.truncate(MAX_LISTED);
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
}

/// Without a guid the link names the entry, else its words do.
fn fallback_id(entry: &ParsedEntry) -> String {
    match &entry.link {
        Some(link) => link.clone(),
        None => hash(&[
            entry.title.as_deref().unwrap_or_default(),
            entry.text_html().unwrap_or_default(),
            entry
                .enclosures
                .first()
                .map_or("", |enclosure| &enclosure.url),
        ]),
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(16)
        .fold("sha256:".to_owned(), |out, byte| format!("{out}{byte:02x}"))
}

/// Reads how long something plays: `3723`, `62:03`, `1:02:03`.
pub(super) fn duration(text: &str) -> Option<u32> {
    let mut seconds: u32 = 0;
    for part in text.trim().split(':') {
        let whole = part.trim().split('.').next().unwrap_or_default();
        seconds = seconds.checked_mul(60)?.checked_add(whole.parse().ok()?)?;
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_absolute_and_dangerous_ones_go() {
        let check = |text: &str, base: Option<&str>, expect: Option<&str>| {
            assert_eq!(address(text, base).as_deref(), expect, "of {text:?}");
        };
        let base = Some("https://example.com/news/feed.xml");
        check(" a/b\n?c ", base, Some("https://example.com/news/a/b?c"));
        check(
            "//cdn.example.com/x",
            base,
            Some("https://cdn.example.com/x"),
        );
        check("feed://example.com/x", None, Some("http://example.com/x"));
        check("www.example.com/x", None, Some("http://www.example.com/x"));
        check("javascript:alert(1)", base, None);
        check("java\nscript:alert(1)", base, None);
        check("file:///etc/passwd", base, None);
        check("data:text/html,x", None, None);
        check(" ", base, None);
    }

    #[test]
    fn authors_are_names() {
        let check = |field: &str, expect: &str| assert_eq!(author(field).as_deref(), Some(expect));
        check("me@example.com (Jane Doe)", "Jane Doe");
        check("Jane Doe <me@example.com>", "Jane Doe");
        check("me@example.com", "me@example.com");
        check("Jane &amp; Joe", "Jane & Joe");
    }

    #[test]
    fn an_entry_without_a_guid_keeps_its_id() {
        let mut a = ParsedEntry {
            title: Some("T".into()),
            ..ParsedEntry::default()
        };
        let mut b = a.clone();
        finish(&mut a);
        b.published = Some(Timestamp::UNIX_EPOCH);
        finish(&mut b);
        assert_eq!(a.id, b.id);
        assert!(a.id.starts_with("sha256:"));
    }

    #[test]
    fn text_becomes_html() {
        assert_eq!(
            html_of_text("a < b\nc\n\nd"),
            "<p>a &lt; b<br>c</p><p>d</p>"
        );
    }
}
