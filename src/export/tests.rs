//! Documents in, files out.

use super::*;
use crate::model::document::{Block, Embed, Figure, Mark, MarkKind, Table, Text};

fn marked(string: &str, marks: &[(&str, MarkKind)]) -> Text {
    let mut marks: Vec<Mark> = marks
        .iter()
        .map(|(words, kind)| {
            let start = string.find(words).unwrap();
            Mark {
                range: start..start + words.len(),
                kind: kind.clone(),
            }
        })
        .collect();
    marks.sort_by_key(|mark| mark.range.start);
    Text {
        string: string.to_owned(),
        marks,
    }
}

fn paragraph(text: Text) -> Block {
    Block::Paragraph { text }
}

fn story(document: &Document) -> Story<'_> {
    Story {
        title: None,
        authors: &[],
        site_name: None,
        published: None,
        url: None,
        language: None,
        tags: &[],
        document,
    }
}

fn check_markdown(blocks: Vec<Block>, expect: &str) {
    let document = Document { lang: None, blocks };
    assert_eq!(markdown(&story(&document), false), format!("{expect}\n"));
}

fn check_html(text: Text, expect: &str) {
    let document = Document {
        lang: None,
        blocks: vec![paragraph(text)],
    };
    let page = html(&story(&document));
    let body = page.split("<article>\n").nth(1).unwrap();
    assert_eq!(body.split("\n</article>").next().unwrap(), expect);
}

fn link(url: &str) -> MarkKind {
    MarkKind::Link(url.to_owned())
}

#[test]
fn marks_nest_in_markdown_and_spaces_stay_outside() {
    check_markdown(
        vec![paragraph(marked(
            "See the whole report now.",
            &[
                ("the whole ", MarkKind::Strong),
                ("whole report", link("https://a.example/x (1)")),
            ],
        ))],
        "See **the** [**whole** report](https://a.example/x%20%281%29) now.",
    );
    check_markdown(
        vec![paragraph(marked(
            "Call `x` and snake_case",
            &[("snake_case", MarkKind::Code)],
        ))],
        "Call \\`x\\` and `snake_case`",
    );
}

#[test]
fn text_that_looks_like_markup_is_escaped() {
    let plain = |text: &str| vec![paragraph(Text::plain(text))];
    check_markdown(plain("# no heading"), "\\# no heading");
    check_markdown(plain("1. no list"), "1\\. no list");
    check_markdown(
        plain("a <b> & c *d* [e](f) snake_case"),
        "a \\<b> & c \\*d\\* \\[e\\](f) snake_case",
    );
    check_markdown(plain("one\ntwo"), "one\\\ntwo");
}

#[test]
fn every_kind_of_block_has_its_markdown() {
    let plain = Text::plain;
    let inner = Block::List {
        ordered: true,
        start: 3,
        items: vec![vec![paragraph(plain("three"))]],
    };
    check_markdown(
        vec![
            Block::Heading {
                level: 2,
                text: plain("Head"),
            },
            Block::Quote {
                blocks: vec![paragraph(plain("a")), paragraph(plain("b"))],
            },
            Block::List {
                ordered: false,
                start: 1,
                items: vec![
                    vec![paragraph(plain("one")), inner],
                    vec![paragraph(plain("two"))],
                ],
            },
            Block::Code {
                lang: Some("rust".to_owned()),
                text: "```\n".to_owned(),
            },
            Block::Figure(Figure {
                image: Some("https://a.example/p.jpg".to_owned()),
                alt: "A drill".to_owned(),
                caption: Some(plain("Miners")),
                credit: None,
            }),
            Block::Table(Table {
                caption: None,
                header: vec![plain("a|b"), plain("c")],
                rows: vec![vec![plain("1")]],
            }),
            Block::Embed(Embed {
                title: "Video".to_owned(),
                url: "https://v.example/".to_owned(),
            }),
            Block::Rule,
        ],
        "## Head\n\n> a\n>\n> b\n\n- one\n  3. three\n- two\n\n````rust\n```\n````\n\n\
         ![A drill](https://a.example/p.jpg)\\\n*Miners*\n\n| a\\|b | c |\n| --- | --- |\n| 1 |  |\n\n\
         [Video](https://v.example/)\n\n---",
    );
}

#[test]
fn front_matter_quotes_what_yaml_would_read() {
    let document = Document::default();
    let authors = ["Ann: B".to_owned()];
    let story = Story {
        title: Some("Yes: \"no\""),
        authors: &authors,
        published: Some("1990-12-01T12:00:00Z".parse().unwrap()),
        ..story(&document)
    };
    assert_eq!(
        markdown(&story, true),
        "---\ntitle: \"Yes: \\\"no\\\"\"\nauthors: [\"Ann: B\"]\npublished: 1990-12-01T12:00:00Z\n---\n\n# Yes: \"no\"\n"
    );
}

#[test]
fn html_escapes_and_refuses_scripts() {
    check_html(
        marked(
            "<b> & bad good",
            &[
                ("bad", link("javascript:alert(1)")),
                ("good", link("https://a.example/?a=1&b=\"2\"")),
            ],
        ),
        "<p dir=\"auto\">&lt;b&gt; &amp; <a>bad</a> <a href=\"https://a.example/?a=1&amp;b=&quot;2&quot;\">good</a></p>",
    );
    check_html(
        marked(
            "overlap here",
            &[
                ("overlap", MarkKind::Emphasis),
                ("lap here", MarkKind::Strong),
            ],
        ),
        "<p dir=\"auto\"><em>over</em><strong><em>lap</em> here</strong></p>",
    );
}

#[test]
fn text_has_its_links_at_the_end_and_no_controls() {
    let document = Document {
        lang: None,
        blocks: vec![paragraph(marked(
            "See the\u{1b}[31m report.",
            &[("report", link("https://a.example/"))],
        ))],
    };
    let authors = ["Ann".to_owned(), "Bob".to_owned()];
    let story = Story {
        title: Some("Head"),
        authors: &authors,
        published: Some("1990-12-01T12:00:00Z".parse().unwrap()),
        url: Some("https://b.example/\u{7}"),
        ..story(&document)
    };
    assert_eq!(
        text(&story, 60),
        "Head\nBy Ann and Bob · 1 December 1990\n\nSee the[31m report[1].\n\n[1] https://a.example/\n\nhttps://b.example/\n"
    );
}
