//! Any text has names or none: each stands where it is said to stand, in order, without overlap.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsdesk::entities::{self, Hints};
use newsdesk::extract;
use newsdesk::model::EntityKind;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let letters: Vec<char> = text.chars().collect();
    let mut last = 0;
    for name in entities::recognize_plain(&text) {
        assert!(
            last <= name.start && name.start < name.end,
            "in order, and not empty"
        );
        last = name.end;
        let own: String = letters
            .get(name.start..name.end)
            .expect("inside")
            .iter()
            .collect();
        assert_eq!(own, name.text, "the words that stand there");
    }

    let document = extract::plain_text_page(&text).body.document;
    let title = text.lines().next().unwrap_or_default();
    let followed = [("Río Tinto".to_owned(), EntityKind::Place)];
    let hints = Hints {
        followed: &followed,
        ..Hints::default()
    };
    let found = entities::recognize(title, &document, &hints);
    let texts = document.texts();
    let mut last = None;
    for mention in &found.mentions {
        assert!(mention.entity < found.entities.len());
        let string = if mention.text == newsdesk::model::TextId::HEADLINE {
            title
        } else {
            let own = texts.iter().find(|(id, _)| *id == mention.text);
            own.map(|(_, text)| text.string.as_str())
                .expect("a text of the article")
        };
        assert!(
            string
                .get(mention.range.clone())
                .is_some_and(|name| !name.is_empty())
        );
        let at = (mention.text, mention.range.start);
        assert!(
            last.is_none_or(|(text, end)| (text, end) <= at),
            "in order, without overlap"
        );
        last = Some((mention.text, mention.range.end));
    }
    for pair in found.entities.windows(2) {
        assert!(
            pair[0].salience >= pair[1].salience,
            "the most salient first"
        );
    }
});
