//! Whole pages of our own making through the cleaner: a newspaper's cluttered layout in two forms, and pages that are
//! built to hurt.

#[path = "extract_pages/hostile.rs"]
mod hostile;
#[path = "extract_pages/kept.rs"]
mod kept;
#[path = "extract_pages/languages.rs"]
mod languages;
#[path = "extract_pages/plain_text.rs"]
mod plain_text;

use newsdesk::extract::{
    Context, Extraction, SiteMemory, SiteRule, SiteRules, batch, clean_json, extract, fragment,
};
use newsdesk::model::article::Reason;
use newsdesk::model::document::Block;
use url::Url;

const BODY: [&str; 6] = [
    "Ministers of the two states on the long river signed an accord on Friday that settles how its water is shared in dry years, after eight years of talks.",
    "The accord lets at least half of the water pass the upper dam whenever the gauge at the border falls below two metres, and both sides will read the same gauges.",
    "\"We have argued about litres for eight years, and today we agreed on a ruler,\" the minister for water, Han Seo-yeon, said after the ceremony in the old hall.",
    "Farmers along the lower river lost a third of their rice in the drought of 2024, according to figures of the ministry, and had asked for a rule ever since.",
    "Engineers of both states will open the new gauge in spring. Until then, the readings of the university at the border are binding for everyone.",
    "Both parliaments still have to agree. A vote is expected before the summer, and the opposition has said that it will not stand in the way.",
];
const CAPTION: &str = "Ministers shake hands in the old hall after the ceremony on Friday";
const KOREAN: &str =
    "오늘의 주요 뉴스 목록을 이메일로 받아보세요 지금 바로 구독 신청을 하시면 됩니다";

fn semantic() -> String {
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><title>Ministers sign accord on river water - The Daily Herald</title>
        <meta property="og:title" content="Ministers sign accord on river water"><meta property="og:site_name" content="The Daily Herald">
        <meta property="article:published_time" content="2026-11-20T09:12:00+09:00"></head><body>
        <header class="site-header"><a href="/">The Daily Herald</a><nav class="main-menu"><ul><li><a href="/world">World</a></li><li><a href="/politics">Politics</a></li>
        <li><a href="/business">Business</a></li><li><a href="/sports">Sports</a></li></ul></nav></header>
        <main><article class="article"><h1 class="headline">Ministers sign accord on river water</h1>
        <div class="article-info"><span class="byline">By <a rel="author" href="/author/7">Jo Min-tae</a></span> <time datetime="2026-11-20T09:12:00+09:00">2026-11-20 09:12</time></div>
        <ul class="share-buttons"><li><a href="https://www.facebook.com/sharer">Share on Facebook</a></li><li><a href="https://twitter.com/intent">Tweet</a></li><li><a href="javascript:print()">Print</a></li></ul>
        <div class="article-body" itemprop="articleBody">
        <figure><img src="/img/spacer.gif" data-src="/img/hall.jpg" alt="{CAPTION}"><figcaption>{CAPTION} (Yonhap)</figcaption></figure>
        <p class="caption">{CAPTION}</p>
        <p>{}</p><p>{}</p><div class="ad-slot">Advertisement</div><h2>What was agreed</h2><p>{}</p>
        <ul><li>Half of the water passes in dry years</li><li>Both sides read the same gauges</li><li>Disputes go to a court of three</li></ul>
        <p>{}</p><div class="related-box"><h3>Related articles</h3><ul><li><a href="/a/1">Drought takes a third of the rice harvest</a></li><li><a href="/a/2">Old dam to be rebuilt by 2030</a></li></ul></div>
        <p>{}</p><p>{}</p><p class="writer">Jo Min-tae (mintae@herald.example)</p></div>
        <div class="newsletter"><p>Get the best of the Herald in your inbox every morning</p><a href="/subscribe">subscribe</a></div>
        <div class="korean-box"><p>{KOREAN}</p><ul><li><a href="/k/1">수도권 집값 다시 오름세</a></li><li><a href="/k/2">내일 전국에 비 소식</a></li></ul></div></article></main>
        <aside class="sidebar"><h3>MOST POPULAR</h3><ol><li><a href="/p/1">A soup for autumn that everybody cooks</a></li><li><a href="/p/2">Ten walks along the old wall</a></li></ol>
        <h3>LATEST NEWS</h3><ul><li><a href="/l/1">Markets close higher for a third day</a></li><li><a href="/l/2">Ferry line to open in June</a></li></ul></aside>
        <footer class="site-footer"><a href="/top">Back To Top</a><p>Copyright The Daily Herald. All rights reserved.</p></footer></body></html>"#,
        BODY[0], BODY[1], BODY[2], BODY[3], BODY[4], BODY[5]
    )
}

fn soup() -> String {
    format!(
        r#"<html><head><title>Ministers sign accord on river water - The Daily Herald</title><meta property="og:title" content="Ministers sign accord on river water"></head>
        <body><div id="wrap"><div id="top"><a href="/">The Daily Herald</a> <a href="/world">World</a> <a href="/politics">Politics</a> <a href="/business">Business</a></div>
        <table width="100%"><tr><td width="640"><div class="view_tit">Ministers sign accord on river water</div><div class="view_info">2026-11-20 09:12</div>
        <div class="sns"><a href="https://www.facebook.com/sharer">Facebook</a> <a href="https://twitter.com/intent">Twitter</a></div>
        <div class="view_con"><img src="/img/hall.jpg" alt="{CAPTION}"><br>{CAPTION} (Yonhap)<br><br>
        {}<br><br>{}<br><br><b>What was agreed</b><br><br>{}<br><br>- Half of the water passes in dry years<br>- Both sides read the same gauges<br><br>{}<br><br>{}<br><br>{}<br><br>
        Jo Min-tae (mintae@herald.example)</div>
        <div class="kr">{KOREAN}</div><div class="rel"><a href="/a/1">Drought takes a third of the rice harvest</a><br><a href="/a/2">Old dam to be rebuilt by 2030</a></div></td>
        <td width="300"><b>MOST POPULAR</b><br><a href="/p/1">A soup for autumn that everybody cooks</a><br><a href="/p/2">Ten walks along the old wall</a><br><b>LATEST NEWS</b><br>
        <a href="/l/1">Markets close higher for a third day</a><br><a href="/l/2">Ferry line to open in June</a></td></tr></table>
        <div id="bottom"><a href="/top">Back To Top</a> Copyright The Daily Herald. All rights reserved.</div></div></body></html>"#,
        BODY[0], BODY[1], BODY[2], BODY[3], BODY[4], BODY[5]
    )
}

fn clean(html: &str) -> Extraction {
    let url = Url::parse("https://www.herald.example/news/2026/accord").expect("an address");
    extract(html, Some(&url), &Context::default())
}

/// The article stands there whole, and nothing else does.
fn check(found: &Extraction) {
    let text = found.body.document.plain_text();
    for part in BODY {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
    for part in [
        "What was agreed",
        "Half of the water passes",
        "Both sides read the same gauges",
    ] {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
    for clutter in [
        "MOST POPULAR",
        "LATEST NEWS",
        "Back To Top",
        "subscribe",
        "inbox",
        "구독",
        "수도권",
        "mintae@",
        "Share on",
        "rice harvest",
        "Copyright",
        "Advertisement",
        "autumn",
    ] {
        assert!(!text.contains(clutter), "left in: {clutter}\n{text}");
    }
    let captions = found.body.document.blocks.iter().filter(|block| {
        matches!(block, Block::Figure(figure) if figure.caption.as_ref().is_some_and(|c| c.string.starts_with(CAPTION)))
    });
    assert_eq!(
        captions.count() + text.matches(CAPTION).count(),
        1,
        "{:#?}",
        found.body.document.blocks
    );
    assert_eq!(
        found.metadata.title.as_deref(),
        Some("Ministers sign accord on river water")
    );
    assert_eq!(found.metadata.authors, ["Jo Min-tae"]);
    assert_eq!(
        found.day.map(|day| day.to_string()).as_deref(),
        Some("2026-11-20")
    );
}

#[test]
fn a_cluttered_newspaper_page_comes_out_clean() {
    let found = clean(&semantic());
    check(&found);
    let picture = found
        .body
        .document
        .blocks
        .iter()
        .find_map(|block| match block {
            Block::Figure(figure) => figure.image.clone(),
            _ => None,
        });
    assert_eq!(
        picture.as_deref(),
        Some("https://www.herald.example/img/hall.jpg")
    );
    let reasons: Vec<Reason> = found
        .body
        .removed
        .iter()
        .map(|block| block.reason)
        .collect();
    for reason in [
        Reason::Navigation,
        Reason::Share,
        Reason::Related,
        Reason::Popular,
        Reason::Newsletter,
        Reason::Repeat,
    ] {
        assert!(reasons.contains(&reason), "no block removed as {reason:?}");
    }
}

#[test]
fn a_cluttered_page_of_tag_soup_comes_out_clean() {
    check(&clean(&soup()));
}

#[test]
fn the_json_counts_scalar_values() {
    let html = "<article><h1>On words</h1>".to_owned()
        + "<p>Über <a href='/a?utm_source=x'>Wörter</a> lässt sich lange reden, und viele haben es getan, seit es sie gibt.</p>"
        + &BODY.map(|part| format!("<p>{part}</p>")).concat()
        + "</article>";
    let found = clean(&html);
    let json = clean_json(&found, None);
    let blocks = json["blocks"].as_array().expect("blocks");
    let block = blocks
        .iter()
        .find(|block| {
            block["text"]
                .as_str()
                .is_some_and(|text| text.starts_with("Über"))
        })
        .expect("the paragraph");
    assert_eq!(block["marks"][0]["start"], 5);
    assert_eq!(block["marks"][0]["end"], 11);
    assert_eq!(block["marks"][0]["href"], "https://www.herald.example/a");
}

#[test]
fn a_sites_rule_and_the_readers_choice_come_before_the_judgement() {
    let url = Url::parse("https://www.herald.example/x").expect("an address");
    let rule = SiteRule {
        host: "herald.example".into(),
        strip: vec![".article-body > h2".into()],
        keep_text: vec!["Get the best of the Herald in your inbox every morning".into()],
        ..SiteRule::default()
    };
    assert!(rule.covers("www.herald.example") && !rule.covers("notherald.example"));
    let rules = SiteRules::new(vec![rule], Vec::new());
    let context = Context {
        rules: Some(&rules),
        ..Context::default()
    };
    let text = extract(&semantic(), Some(&url), &context)
        .body
        .document
        .plain_text();
    assert!(
        !text.contains("What was agreed") && text.contains("in your inbox"),
        "{text}"
    );
}

#[test]
fn learning_a_page_twice_does_not_make_it_furniture() {
    let mut memory = SiteMemory::default();
    let url = Url::parse("https://www.herald.example/x").expect("an address");
    memory.learn(Some(&url), &semantic());
    memory.learn(Some(&url), &semantic());
    let context = Context {
        memory: Some(&memory),
        ..Context::default()
    };
    check(&extract(&semantic(), Some(&url), &context));
}

#[test]
fn a_feeds_content_loses_trackers_share_bars_and_its_tail() {
    let html = r#"<p>The first paragraph says <a href="/x?utm_medium=rss&amp;id=2">what happened</a>.</p><img src="https://feeds.feedburner.com/~r/x" width="1" height="1">
        <p></p><script>alert(1)</script><figure><img src="/p.jpg" alt="A river"><figcaption>A river</figcaption></figure>
        <p>The post <a href="/y">The headline</a> appeared first on <a href="/">The site</a>.</p>"#;
    let base = Url::parse("https://example.org/").expect("an address");
    let document = fragment(html, Some(&base));
    assert_eq!(document.blocks.len(), 2, "{document:#?}");
    let Some(Block::Paragraph { text }) = document.blocks.first() else {
        panic!("{document:#?}")
    };
    assert!(format!("{:?}", text.marks).contains("https://example.org/x?id=2"));
    assert!(
        matches!(document.blocks.get(1), Some(Block::Figure(figure)) if figure.alt.is_empty() && figure.caption.is_some())
    );
}

#[test]
fn a_batch_does_not_depend_on_its_order() {
    use std::sync::Mutex;
    let pages: Vec<newsdesk::extract::BatchPage> = (0..6)
        .map(|n| newsdesk::extract::BatchPage {
            id: format!("p{n}"),
            url: Url::parse(&format!("https://site{}.example/{n}", n % 2)).ok(),
            charset: String::new(),
        })
        .collect();
    let run = |pages: &[newsdesk::extract::BatchPage]| {
        let found = Mutex::new(Vec::new());
        batch(
            pages,
            &SiteRules::default(),
            |page| {
                format!("<title>{0}</title><div class=box>Said on every page of the site</div><h1>{0}</h1><p>{1} {0}</p>", page.id, BODY[1]).into_bytes()
            },
            |page, value| {
                found
                    .lock()
                    .expect("no panic")
                    .push((page.id.clone(), value.to_string()));
            },
        );
        let mut found = found.into_inner().expect("no panic");
        found.sort();
        found
    };
    let mut turned = pages.clone();
    turned.reverse();
    assert_eq!(run(&pages), run(&turned));
}
