//! What readers need and cleaners lose: lists, tables, quotes, captions, embeds, times of a live blog, questions and
//! answers, footnotes, corrections. And what stands there twice stands there once.

use newsdesk::extract::{Context, Extraction, extract};
use newsdesk::model::article::Reason;
use newsdesk::model::document::{Block, MarkKind};
use url::Url;

const TEXT: [&str; 4] = [
    "The council of the river town voted on Friday to build a new gauge in spring, after the old one had failed twice in one year.",
    "Town and state share the costs of two million, the mayor said after the meeting in the old hall, and the work takes three months.",
    "Farmers on the lower river lost a third of their rice in the drought of last year and had asked for a rule ever since.",
    "Until the new gauge stands, the readings of the university count, which are made public every morning at six.",
];

fn clean(body: &str) -> Extraction {
    let html = format!(
        r#"<html lang="en"><head><title>Town builds new gauge | Herald</title></head><body><nav><a href="/">Home</a> <a href="/w">World</a></nav>
        <main><article><h1>Town builds new gauge</h1><p class="standfirst">The river town will build a new gauge in spring.</p><p>{}</p><p>{}</p>{body}<p>{}</p><p>{}</p></article></main>
        <aside><h3>Most popular</h3><ul><li><a href="/1">Ten walks along the old wall</a></li></ul></aside></body></html>"#,
        TEXT[0], TEXT[1], TEXT[2], TEXT[3]
    );
    let url = Url::parse("https://www.herald.example/news/gauge").expect("an address");
    let found = extract(&html, Some(&url), &Context::default());
    let text = found.body.document.plain_text();
    for part in TEXT {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
    assert!(!text.contains("Ten walks"), "{text}");
    found
}

fn text(found: &Extraction) -> String {
    found.body.document.plain_text()
}

fn find<'a, T>(found: &'a Extraction, pick: impl Fn(&'a Block) -> Option<T>) -> T {
    let blocks = &found.body.document.blocks;
    blocks
        .iter()
        .find_map(pick)
        .unwrap_or_else(|| panic!("not there: {blocks:#?}"))
}

#[test]
fn the_headline_on_the_page_goes_as_a_repeat() {
    let found = clean("");
    let mut removed = found.body.removed.iter();
    let headline = removed.find(|block| block.text == "Town builds new gauge");
    assert_eq!(headline.map(|block| block.reason), Some(Reason::Repeat));
}

#[test]
fn lists_keep_their_kind_and_their_start() {
    let found = clean(
        "<p>Three things were agreed:</p><ol start=3><li>Half of the water passes</li><li>Both sides read the gauge</li><li>A court of three</li></ol>",
    );
    let (ordered, start, count) = find(&found, |block| match block {
        Block::List {
            ordered,
            start,
            items,
        } => Some((*ordered, *start, items.len())),
        _ => None,
    });
    assert_eq!((ordered, start, count), (true, 3, 3));
}

#[test]
fn a_table_of_data_is_kept_whole() {
    let found = clean(
        "<table><caption>Readings at the border</caption><tr><th>Month</th><th>Metres</th></tr><tr><td>May</td><td>2.1</td></tr><tr><td>June</td><td>1.9</td></tr><tr><td>July</td><td>1.2</td></tr></table>",
    );
    let table = find(&found, |block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    assert_eq!((table.header.len(), table.rows.len()), (2, 3));
    assert_eq!(
        table.caption.as_ref().map(|c| c.string.as_str()),
        Some("Readings at the border")
    );
    assert!(text(&found).contains("June\t1.9"), "{}", text(&found));
}

#[test]
fn a_pull_quote_is_said_once() {
    let quote = "Farmers on the lower river lost a third of their rice in the drought";
    let found = clean(&format!(
        "<aside class='pullquote'><blockquote>{quote}</blockquote></aside>"
    ));
    assert_eq!(text(&found).matches(quote).count(), 1, "{}", text(&found));
}

#[test]
fn a_post_is_kept_with_its_author() {
    let found = clean(
        r#"<p>The mayor wrote on the evening of the vote:</p><blockquote class="twitter-tweet"><p>A ruler for the river at last. Thank you to all who argued so well.</p>&mdash; The Mayor (@mayor) <a href="https://twitter.com/mayor/status/1">November 20, 2026</a></blockquote>"#,
    );
    let text = text(&found);
    assert!(
        text.contains("A ruler for the river at last") && text.contains("The Mayor (@mayor)"),
        "{text}"
    );
}

#[test]
fn a_caption_and_its_credit_stay_with_the_picture() {
    let caption = "The old gauge at the bridge, which failed twice";
    let found = clean(&format!(
        r#"<figure><img src="data:image/gif;base64,R0lG" data-src="/small.jpg" data-srcset="/small.jpg 400w, /large.jpg 1600w" alt="{caption}"><noscript><img src="/large.jpg"></noscript><figcaption>{caption}</figcaption><span class="credit">Photo: Jane Roe</span></figure>"#
    ));
    let figure = find(&found, |block| match block {
        Block::Figure(figure) => Some(figure),
        _ => None,
    });
    assert!(figure.image.as_deref().is_some_and(|image| {
        image.starts_with("https://www.herald.example/") && image.contains(".jpg")
    }));
    assert!(figure.alt.is_empty(), "the caption says it: {figure:?}");
    assert_eq!(
        figure.caption.as_ref().map(|c| c.string.as_str()),
        Some(caption)
    );
    assert!(
        !text(&found).contains(caption) && !text(&found).contains("Jane Roe"),
        "{}",
        text(&found)
    );
}

#[test]
fn a_lazy_picture_has_its_real_address() {
    for picture in [
        r#"<img src="/blank.gif" data-original="/real.jpg">"#,
        r#"<img srcset="/a.jpg 300w, /real.jpg 900w">"#,
        r#"<picture><source srcset="/real.jpg 2x"><img alt=""></picture>"#,
        r#"<noscript><img src="/real.jpg"></noscript>"#,
        r#"<img src="data:image/png;base64,iVBO" data-lazy-src="/real.jpg">"#,
    ] {
        let found = clean(&format!(
            "<p>This is how the new gauge will look when it is done.</p>{picture}"
        ));
        let image = find(&found, |block| match block {
            Block::Figure(figure) => figure.image.clone(),
            _ => None,
        });
        assert_eq!(image, "https://www.herald.example/real.jpg", "{picture}");
    }
}

#[test]
fn an_embed_is_a_titled_link() {
    let found = clean(
        r#"<iframe src="https://www.youtube.com/embed/abc123?rel=0" title="How a gauge works"></iframe>"#,
    );
    let embed = find(&found, |block| match block {
        Block::Embed(embed) => Some(embed),
        _ => None,
    });
    assert_eq!(embed.title, "Video on YouTube: How a gauge works");
    assert_eq!(embed.url, "https://www.youtube.com/watch?v=abc123");
    assert!(!text(&found).contains("YouTube"));
}

#[test]
fn a_live_blog_keeps_the_times_of_its_entries() {
    let entries: String = [("18:42", TEXT[1]), ("17:05", TEXT[2]), ("16:30", TEXT[3])]
        .iter()
        .map(|(time, text)| format!("<div class='entry'><time datetime='2026-11-20T{time}'>{time}</time><h2>The vote at {time}</h2><p>{text}</p></div>"))
        .collect();
    let html = format!(
        "<html lang=en><body><h1>The vote on the gauge, as it happened</h1><div class='live-blog'><p>{}</p>{entries}</div></body></html>",
        TEXT[0]
    );
    let found = extract(&html, None, &Context::default());
    let text = text(&found);
    for part in TEXT.iter().chain(&["18:42", "17:05", "16:30"]) {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
}

#[test]
fn questions_and_answers_stay_together() {
    let found = clean(
        "<p><b>Herald: Why did it take eight years?</b></p><p>Because each side had its own gauge, and each gauge had its own truth about the river.</p><p><b>And now?</b></p><p>Now there is one, and nobody has to believe it, because everybody can read it.</p>",
    );
    let text = text(&found);
    for part in [
        "Why did it take eight years?",
        "each gauge had its own truth",
        "And now?",
        "everybody can read it",
    ] {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
}

#[test]
fn footnotes_and_corrections_are_kept() {
    let found = clean(
        "<p>The first gauge was built in 1889.<sup><a href='#fn1'>1</a></sup> It stood for a hundred years and more.</p><h2>Notes</h2><ol><li id=fn1>Records of the town, volume 12, page 4, kept in the old hall.</li></ol><p><em>Correction: an earlier version of this article gave the wrong year for the first gauge. It was 1889, not 1898.</em></p>",
    );
    let text = text(&found);
    assert!(text.contains("Records of the town, volume 12"), "{text}");
    assert!(text.contains("Correction: an earlier version"), "{text}");
}

#[test]
fn a_lead_to_another_article_goes() {
    let found = clean(
        "<p>Read more: <a href='/a/1'>Drought takes a third of the rice harvest</a></p><p><a href='/a/2'><b>OLD DAM TO BE REBUILT BY THE END OF THE DECADE</b></a></p>",
    );
    let text = text(&found);
    assert!(
        !text.contains("rice harvest") && !text.contains("OLD DAM"),
        "{text}"
    );
}

#[test]
fn links_lose_their_trackers_and_words_their_look_alikes_only_in_search() {
    let found = clean(
        "<p>The \u{421}ouncil has <a href='/plan?utm_source=x&amp;id=3&amp;fbclid=y'>put its plan</a> on show in the hall for all to read until spring.</p>",
    );
    let hrefs: Vec<String> = find(&found, |block| match block {
        Block::Paragraph { text } if text.string.contains("ouncil has") => Some(
            text.marks
                .iter()
                .filter_map(|mark| match &mark.kind {
                    MarkKind::Link(href) => Some(href.clone()),
                    _ => None,
                })
                .collect(),
        ),
        _ => None,
    });
    assert_eq!(hrefs, ["https://www.herald.example/plan?id=3"]);
    assert!(text(&found).contains("\u{421}ouncil"), "kept as written");
    assert_eq!(newsdesk::text::fold::fold("\u{421}ouncil"), "council");
}

#[test]
fn a_teaser_is_said_in_words() {
    let html = format!(
        r#"<html lang=en><head><script type="application/ld+json">{{"@type":"NewsArticle","headline":"Town builds new gauge","isAccessibleForFree":false}}</script></head>
        <body><article><h1>Town builds new gauge</h1><p>{}</p><div class="paywall"><p>Subscribe to continue reading this article. Already a subscriber? Log in.</p></div></article></body></html>"#,
        TEXT[0]
    );
    let found = extract(&html, None, &Context::default());
    assert!(found.is_teaser);
    assert_eq!(
        found.body.remark.as_deref(),
        Some("the site shows only the beginning")
    );
    assert!(
        !text(&found).contains("Already a subscriber"),
        "{}",
        text(&found)
    );
    assert!(!clean("").is_teaser);
}

/// A page with these facts in its data, these blocks, and something behind them.
fn paid(facts: &str, text: &str, behind: &str) -> Extraction {
    let html = format!(
        r#"<html lang=en><head><script type="application/ld+json">{{"@type":"NewsArticle","headline":"Town builds new gauge"{facts}}}</script></head>
        <body><article class="article subscriber"><h1>Town builds new gauge</h1>{text}{behind}</article></body></html>"#
    );
    extract(&html, None, &Context::default())
}

#[test]
fn a_notice_behind_the_text_says_that_it_is_a_teaser_whatever_the_data_says() {
    let paragraphs: String = TEXT.iter().map(|text| format!("<p>{text}</p>")).collect();
    for notice in [
        "<div><p>This post is for paid subscribers</p><a href=/s>Subscribe</a></div>",
        "<p>Create a free account to keep reading.</p>",
        "<div class='offer'>Dieser Artikel ist nur für Abonnenten zugänglich.</div>",
    ] {
        let found = paid("", &paragraphs, notice);
        let words = text(&found);
        assert!(found.is_teaser, "{notice}\n{words}");
        for said in ["paid subscribers", "free account", "Abonnenten"] {
            assert!(!words.contains(said), "{notice}\n{words}");
        }
        assert!(words.contains(TEXT[3]), "{words}");
        let reasons: Vec<Reason> = found.body.removed.iter().map(|it| it.reason).collect();
        assert!(reasons.contains(&Reason::Paywall), "{reasons:?}");
    }
}

#[test]
fn a_whole_article_is_no_teaser_because_of_what_stands_around_it() {
    let short = format!("<p>{}</p><p>{}</p>", TEXT[0], TEXT[1]);
    let behind = "<div class='premium'><a href=/b>Locals donate over two million to the gauge</a></div>\
                  <p>Advertisement. Scroll to continue reading.</p>";
    assert!(!paid("", &short, behind).is_teaser);
    let unfree = r#","isAccessibleForFree":false"#;
    assert!(paid(unfree, &short, "").is_teaser, "short and not free");
    let agency = format!("{short}<p>Reporting by Jane Doe; Editing by Jo Min-tae</p>");
    assert!(!paid(unfree, &agency, "").is_teaser);
    let part = r#","isAccessibleForFree":false,"hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":".paid-text"}"#;
    let there = format!("<div class='paid-text'>{short}</div>");
    assert!(
        !paid(part, &there, "").is_teaser,
        "what is paid stands there"
    );
    assert!(paid(part, &short, "").is_teaser);
    assert_eq!(paid("", &short, behind).body.remark, None);
}

#[test]
fn a_caption_is_known_by_its_place_under_the_picture() {
    let caption = "The gauge of 1889 in its last winter";
    for picture in [
        format!(
            "<table width=330 align=right><tr><td><img src=/gauge.jpg alt='A gauge in snow'></td></tr><tr><td><font size=1>{caption} (Drawing: Herald)</font></td></tr></table>"
        ),
        format!(
            "<figure><img src=/gauge.jpg alt='A gauge in snow'><div>{caption} (Drawing: Herald)</div></figure>"
        ),
    ] {
        let found = clean(&picture);
        let figure = find(&found, |block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        });
        let own = figure.caption.as_ref().map(|text| text.string.as_str());
        assert!(
            own.is_some_and(|own| own.starts_with(caption)),
            "{figure:#?}"
        );
        let paragraphs = found.body.document.blocks.iter();
        let said = paragraphs
            .filter(|block| !matches!(block, Block::Figure(_)))
            .filter(|block| block.words().contains(caption));
        assert_eq!(said.count(), 0, "{}", text(&found));
    }
}

#[test]
fn the_next_page_and_the_short_form_are_named() {
    let html = format!(
        r#"<html lang=en><head><link rel="amphtml" href="/amp/gauge"></head><body><article><h1>Town builds new gauge</h1><p>{}</p><p>{}</p><div class="pager">1 <a href="/news/gauge?page=2">2</a> <a href="/news/gauge?page=2">Next</a></div></article><a rel="next" href="/news/other">Next article</a></body></html>"#,
        TEXT[0], TEXT[1]
    );
    let url = Url::parse("https://www.herald.example/news/gauge").expect("an address");
    let found = extract(&html, Some(&url), &Context::default());
    assert_eq!(
        found.next_page.as_deref(),
        Some("https://www.herald.example/news/gauge?page=2")
    );
    assert_eq!(
        found.amp.as_deref(),
        Some("https://www.herald.example/amp/gauge")
    );
}
