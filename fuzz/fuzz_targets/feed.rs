//! Any bytes are a feed or refused: what is read is clean, its addresses absolute, its entries named.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsdesk::extract;
use newsdesk::syndication::{self, MAX_ENTRIES};
use url::Url;

const BASE: &str = "https://paper.example/feed.xml";

fuzz_target!(|bytes: &[u8]| {
    // The header is part of what a server sends: the first byte chooses one.
    let (content_type, bytes) = match bytes.split_first() {
        Some((b'0', rest)) => (Some("application/rss+xml; charset=windows-1251"), rest),
        Some((b'1', rest)) => (Some("application/json"), rest),
        _ => (None, bytes),
    };
    let text = String::from_utf8_lossy(bytes);
    for found in syndication::discover(&text, BASE) {
        Url::parse(&found.url).expect("an absolute address");
    }
    let _ = syndication::opml::read(bytes);
    let _ = syndication::newsboat::read(&text);
    let Ok((feed, _)) = syndication::parse(bytes, content_type, Some(BASE)) else {
        return;
    };
    assert!(feed.entries.len() <= MAX_ENTRIES);
    for line in [&feed.title, &feed.description].into_iter().flatten() {
        check_words(line);
    }
    for entry in &feed.entries {
        assert!(!entry.id.is_empty(), "an entry has a name");
        for line in entry
            .title
            .iter()
            .chain(&entry.authors)
            .chain(&entry.categories)
        {
            check_words(line);
        }
        if let Some(link) = &entry.link {
            Url::parse(link).expect("an absolute address");
        }
        if let Some(html) = entry.text_html() {
            extract::fragment(html, Url::parse(BASE).ok().as_ref());
        }
    }
});

fn check_words(text: &str) {
    let is_sound = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    assert!(
        text.chars().all(is_sound),
        "a control character in {text:?}"
    );
}
