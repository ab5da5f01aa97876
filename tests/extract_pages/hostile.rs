//! Pages that are built to hurt, and bytes that are no page: each gives a document, soon.

use std::time::{Duration, Instant};

use newsdesk::extract::{Context, decode, extract, fragment, plain_text_page};
use proptest::prelude::*;

/// What a page may take: two seconds as users run it; tests are built without optimisation and share the machine.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 2 });

/// Size of the other large pages: five megabytes as users run it, less where nothing is optimised.
const BYTES: usize = if cfg!(debug_assertions) {
    500_000
} else {
    5_000_000
};

fn check(name: &str, page: &str) {
    let start = Instant::now();
    extract(page, None, &Context::default());
    let took = start.elapsed();
    assert!(took < LIMIT, "{name}: {} bytes took {took:?}", page.len());
}

fn nested(tag: &str) -> String {
    let end = tag.split(['>', ' ']).next().unwrap_or_default();
    format!(
        "{}text{}",
        format!("<{tag}>").repeat(100_000),
        format!("</{end}>").repeat(100_000)
    )
}

#[test]
fn a_hundred_thousand_nested_tags_are_soon_done() {
    for tag in ["div", "b", "blockquote", "ul><li", "table><tr><td"] {
        check(tag, &nested(tag));
    }
    check("unclosed tables", &"<table>".repeat(20_000));
    check("unclosed bold", &"<p><b>".repeat(20_000));
}

#[test]
fn a_hundred_thousand_links_are_soon_done() {
    let in_text: String = (0..100_000)
        .map(|n| format!("<a href=/{n}>link {n}</a> "))
        .collect();
    check("links in one block", &in_text);
    let in_list: String = (0..100_000)
        .map(|n| format!("<li><a href=/{n}>link {n}</a>"))
        .collect();
    check("links in a list", &format!("<ul>{in_list}</ul>"));
    let next: String = (0..50_000)
        .map(|n| format!("<p><a href=/story?page={n}>{n}</a>"))
        .collect();
    check("links to pages", &next);
}

#[test]
fn a_page_of_five_megabytes_is_soon_done() {
    let sentence = "The council of the river town, which has met every month since spring, heard what the gauge had shown. ";
    let paragraphs = format!(
        "<article>{}</article>",
        format!("<p>{sentence}</p>\n").repeat(5_000_000 / 110)
    );
    check("paragraphs", &paragraphs);
    check("one text", &sentence.repeat(BYTES / sentence.len()));
    check("breaks", &format!("{sentence}<br><br>").repeat(BYTES / 110));
    check("one word", &"x".repeat(BYTES));
    let cells = format!("<tr>{}</tr>", "<td>12</td>".repeat(10)).repeat(BYTES / 120);
    check(
        "one table",
        &format!("<p>{sentence}</p><table>{cells}</table><p>{sentence}</p>"),
    );
    check(
        "pictures",
        &"<figure><img src=/a.jpg><figcaption>A caption of words</figcaption></figure>"
            .repeat(BYTES / 80),
    );
    check(
        "hints",
        &"<span class=author>Jane Doe</span><time>2025-12-05</time> ".repeat(BYTES / 60),
    );
    check(
        "a script",
        &format!(
            "<script type=application/ld+json>{}</script>",
            "[".repeat(BYTES)
        ),
    );
}

#[test]
fn torn_markup_gives_a_document() {
    for page in [
        "<".repeat(100_000),
        "<a href=\"".repeat(10_000),
        "<!--".repeat(50_000),
        "&#0;\u{0}\u{feff}<!--".to_owned(),
        "<![CDATA[".repeat(10_000),
        "<svg><math><desc><p>".repeat(5_000),
        String::new(),
    ] {
        check("torn", &page);
        fragment(&page, None);
        plain_text_page(&page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 1_024 }))]

    #[test]
    fn any_bytes_give_a_document(bytes in prop::collection::vec(any::<u8>(), 0..2_000), charset in "[a-z0-9-]{0,12}") {
        let text = decode(&bytes, Some(&charset));
        extract(&text, None, &Context::default());
        fragment(&text, None);
        plain_text_page(&text);
    }

    #[test]
    fn any_markup_gives_a_document(parts in prop::collection::vec(prop::sample::select(PARTS), 0..200)) {
        let page = parts.concat();
        let found = extract(&page, None, &Context::default());
        // Where blocks were removed is a place in the document.
        for removed in &found.body.removed {
            prop_assert!(removed.before <= found.body.document.blocks.len());
        }
        fragment(&page, None);
    }
}

const PARTS: &[&str] = &[
    "<p>",
    "</p>",
    "<div class='article-body share'>",
    "</div>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<ul><li>",
    "</ul>",
    "<blockquote class=twitter-tweet>",
    "</blockquote>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<img src=a.jpg alt='a river'>",
    "<h1>",
    "</h1>",
    "<h2>",
    "<a href='?page=2'>2</a>",
    "<a href=/b>",
    "</a>",
    "<b>",
    "</b>",
    "<pre>",
    "</pre>",
    "<br>",
    "<hr>",
    "<time datetime=2025-12-05>",
    "</time>",
    "<span class=author>",
    "</span>",
    "<noscript><img src=b.jpg></noscript>",
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":\"one two\"}</script>",
    "<!--",
    "-->",
    "The council of the river town met on Friday, and went home late. ",
    "Read more: ",
    "Jane Doe ",
    "5. Dezember 2025 ",
    "Ã©",
    "王小明 记者 ",
];
