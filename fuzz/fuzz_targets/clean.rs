//! Any bytes are a page: they give a document, its facts and a report, and what is promised of these holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsdesk::extract::{self, Context, Extraction, SitePage, SiteRule, SiteRules};
use newsdesk::model::Document;
use newsdesk::model::article::BlockDecision;
use newsdesk::model::document::{Block, MAX_DEPTH, Text};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let page = extract::decode(bytes, None);
    let url = Url::parse("https://paper.example/2024/03/01/story").expect("an address");
    let found = extract::extract(&page, Some(&url), &Context::default());
    check(&found);
    check_document(&extract::fragment(&page, Some(&url)));
    check(&extract::plain_text_page(&page));

    // The same with a rule for the site, and with a block put back and one taken out.
    let rule = SiteRule {
        host: "paper.example".to_owned(),
        title: Some("h1".to_owned()),
        body: Some("article, .body".to_owned()),
        strip: vec!["aside".to_owned()],
        author: Some(".author".to_owned()),
        date: Some("time".to_owned()),
        ..SiteRule::default()
    };
    let rules = SiteRules::new(vec![rule], Vec::new());
    let words = |block: Option<&Block>| block.map(Block::words);
    let kept =
        words(found.body.document.blocks.first()).map(|text| BlockDecision { text, keep: false });
    let removed = found.body.removed.first();
    let removed = removed.map(|block| BlockDecision {
        text: block.text.clone(),
        keep: true,
    });
    let decisions: Vec<BlockDecision> = kept.into_iter().chain(removed).collect();
    let context = Context {
        rules: Some(&rules),
        decisions: &decisions,
        ..Context::default()
    };
    check(&extract::extract(&page, Some(&url), &context));

    // A selector for a block, where it has one, takes nothing but that block.
    let Some(block) = found.body.document.blocks.last() else {
        return;
    };
    let site = SitePage {
        html: &page,
        url: &url,
    };
    if let Some(selector) =
        extract::strip_selector(&block.words(), site, &[], &SiteRules::default())
    {
        assert_eq!(extract::selector_error(&selector), None, "{selector}");
    }
});

fn check(found: &Extraction) {
    let body = &found.body;
    check_document(&body.document);
    assert!(
        (0.0..=1.0).contains(&body.confidence),
        "{}",
        body.confidence
    );
    let mut last = 0;
    for removed in &body.removed {
        assert!(
            removed.before <= body.document.blocks.len(),
            "a place in the document"
        );
        assert!(last <= removed.before, "in the page's order");
        last = removed.before;
        check_words(&removed.text);
    }
    let metadata = &found.metadata;
    for author in &metadata.authors {
        check_line(author);
        assert!(!author.trim().is_empty(), "an author has a name");
    }
    for line in [&metadata.title, &metadata.site_name].into_iter().flatten() {
        check_line(line);
    }
    let addresses = [
        &metadata.lead_image,
        &metadata.canonical_url,
        &found.next_page,
        &found.amp,
    ];
    for address in addresses.into_iter().flatten() {
        Url::parse(address).expect("an absolute address");
    }
}

fn check_document(document: &Document) {
    document
        .blocks
        .iter()
        .for_each(|block| check_block(block, 1));
    for (_, text) in document.texts() {
        check_text(text);
    }
}

fn check_block(block: &Block, depth: usize) {
    assert!(depth <= MAX_DEPTH, "nested {depth} deep");
    match block {
        Block::Heading { level, .. } => assert!((2..=6).contains(level), "level {level}"),
        Block::Quote { blocks } => blocks
            .iter()
            .for_each(|block| check_block(block, depth + 1)),
        Block::List { items, .. } => {
            let inner = items.iter().flatten();
            inner.for_each(|block| check_block(block, depth + 1));
        }
        Block::Figure(figure) => {
            let image = figure.image.iter();
            image.for_each(|address| check_web_address(address));
        }
        Block::Embed(embed) => check_web_address(&embed.url),
        Block::Code { text, .. } => check_words(text),
        Block::Standfirst { .. } | Block::Paragraph { .. } | Block::Table(_) | Block::Rule => {}
    }
}

fn check_web_address(address: &str) {
    let url = Url::parse(address).expect("an absolute address");
    assert!(matches!(url.scheme(), "http" | "https"), "{address}");
}

fn check_text(text: &Text) {
    check_words(&text.string);
    let mut last = 0;
    for mark in &text.marks {
        assert!(!mark.range.is_empty(), "a mark of nothing");
        assert!(
            text.string.get(mark.range.clone()).is_some(),
            "inside, on boundaries"
        );
        assert!(last <= mark.range.start, "sorted");
        last = mark.range.start;
    }
}

fn check_words(text: &str) {
    let is_sound = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    assert!(text.chars().all(is_sound), "a control character");
}

fn check_line(text: &str) {
    assert!(!text.chars().any(char::is_control), "a control character");
}
