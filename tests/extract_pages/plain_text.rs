//! A page's text as copied from a browser: title, authors, paragraphs and captions come out as from the page.

use newsdesk::extract::plain_text_page;
use newsdesk::model::document::Block;

/// The text of a newspaper's page as the clipboard has it, furniture before and behind.
const COPIED: &str = "Back To Top
The Daily Herald
Search
National
Politics
Ministers sign accord on the waters of the long river
Posted : 2026-11-20 09:12
Updated : 2026-11-20 11:40
Ministers of both states shake hands in the old hall after the ceremony on Friday (Yonhap)
Ministers of both states shake hands in the old hall after the ceremony on Friday. (Yonhap)

The ministers of the two states on the long river signed an accord on Friday that settles how its water is shared in dry years.

\"We have argued about litres for eight years, and today we agreed on a ruler,\" the minister for water said after the ceremony.

What was agreed

In dry years the upper dam lets at least half of the water pass, and both sides read the same gauges every morning at six.

Both parliaments still have to agree. A vote is expected before the summer.
By Jo Min-tae (mintae@herald.example)

Like
Share
MOST POPULAR
1
A soup for autumn that everybody in the office has cooked at least twice this week
2
Ten walks along the old wall for the last warm days of the year
LATEST NEWS
Markets close higher for a third day
subscribe
오늘의 주요 뉴스를 이메일로 받아보세요
지금 바로 구독 신청을 하시면 됩니다
Copyright The Daily Herald. All rights reserved.
";

#[test]
fn a_copied_page_gives_what_the_page_gives() {
    let found = plain_text_page(COPIED);
    assert_eq!(
        found.metadata.title.as_deref(),
        Some("Ministers sign accord on the waters of the long river")
    );
    assert_eq!(found.metadata.authors, ["Jo Min-tae"]);
    assert_eq!(
        found.day.map(|day| day.to_string()).as_deref(),
        Some("2026-11-20")
    );
    let blocks = &found.body.document.blocks;
    let kinds: Vec<&str> = blocks
        .iter()
        .map(|block| match block {
            Block::Figure(_) => "figure",
            Block::Paragraph { .. } => "paragraph",
            Block::Heading { .. } => "heading",
            _ => "other",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "figure",
            "paragraph",
            "paragraph",
            "heading",
            "paragraph",
            "paragraph"
        ],
        "{blocks:#?}"
    );
    let Some(Block::Figure(figure)) = blocks.first() else {
        panic!("{blocks:#?}")
    };
    let caption = figure.caption.as_ref().map(|text| text.string.as_str());
    assert!(
        caption.is_some_and(|caption| caption.starts_with("Ministers of both states shake hands")),
        "{figure:?}"
    );
    assert_eq!(
        figure.credit.as_ref().map(|text| text.string.as_str()),
        Some("Yonhap")
    );
    let text = found.body.document.plain_text();
    for clutter in [
        "Back To Top",
        "@",
        "POPULAR",
        "soup",
        "LATEST",
        "Markets",
        "subscribe",
        "뉴스",
        "구독",
        "Copyright",
        "Updated",
        "Share",
    ] {
        assert!(!text.contains(clutter), "left in: {clutter}\n{text}");
    }
}

#[test]
fn an_article_alone_is_kept_whole() {
    let text = "A town and its gauge\n\nThe council of the river town voted on Friday to build a new gauge in spring, after the old one had failed.\n\nNobody was against it.\n\nThe work takes three months and costs two million, of which the state pays half, the mayor said after the meeting.";
    let found = plain_text_page(text);
    assert_eq!(
        found.metadata.title.as_deref(),
        Some("A town and its gauge")
    );
    let text = found.body.document.plain_text();
    assert!(
        text.contains("Nobody was against it.")
            && text.contains("the mayor said after the meeting"),
        "{text}"
    );
}

#[test]
fn the_lines_of_a_wrapped_text_are_joined() {
    let text = "A town and its gauge\n\nThe council of the river town voted on Friday to build a\nnew gauge in spring, after the old one had failed twice in\none year and nobody had known how high the water stood.\n\nThe work takes three months and costs two million, of which\nthe state pays half, the mayor said after the meeting in the\nold hall.\n";
    let found = plain_text_page(text);
    let text = found.body.document.plain_text();
    assert!(
        text.contains("voted on Friday to build a new gauge in spring"),
        "{text}"
    );
    assert!(
        text.contains("costs two million, of which the state pays half"),
        "{text}"
    );
    assert_eq!(found.body.document.blocks.len(), 2, "{text}");
}
