//! The demo edition as the pipeline sees it: its feeds parse, every entry's page answers, and the cleaner gives back
//! what the author wrote, without the clutter the page puts around it.

use std::collections::BTreeSet;

use newsdesk::demo::{self, Article, Block};
use newsdesk::entities::{self, Hints};
use newsdesk::extract::{self, Context, Extraction};
use newsdesk::model::document::Block as Cleaned;
use newsdesk::syndication;
use url::Url;

/// What stands on the pages around the articles, and in none of them.
const CLUTTER: &[&str] = &[
    "Back to top",
    "MOST POPULAR",
    "LATEST NEWS",
    "Related stories",
    "SEE ALSO",
    "You may also like",
    "Advertisement",
    "ADVERTISEMENT",
    "ROPE, TAR",
    "cookies",
    "Sign up",
    "Subscribe",
    "in your inbox",
    "READERS WRITE",
    "should the lighthouse be painted",
    "You are here",
    "biscuit tin",
    "laboratory door",
    "Copy link",
    "Print this page",
    "Lea las noticias",
    "Hafenboten",
    "Retrouvez chaque soir",
    "사이언스 쿠리어",
    "lives in a script",
    "All rights reserved",
    "Leave a reply",
    "Meistgelesen",
    "많이 본 기사",
    "よく読まれている記事",
    "الأكثر قراءة",
];

/// Fetches and cleans an article's page as the engine does, with nothing known from the feed.
fn cleaned(article: &Article) -> Extraction {
    let address = article.url();
    let response = demo::respond(&address).unwrap_or_else(|| panic!("{address} answers"));
    let html = extract::decode(&response.body, Some(response.content_type));
    extract::extract(
        &html,
        Url::parse(&address).ok().as_ref(),
        &Context::default(),
    )
}

/// One form for what differs only in white space and typography.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Says for each article what is wrong with it by `complaint`, and fails once for all of them.
fn check(complaint: impl Fn(&Article, &Extraction) -> Vec<String>) {
    let mut all = Vec::new();
    for article in demo::articles() {
        let found = complaint(article, &cleaned(article));
        all.extend(found.into_iter().map(|c| format!("{}: {c}", article.url())));
    }
    assert!(
        all.is_empty(),
        "{} complaints\n{}",
        all.len(),
        all.join("\n")
    );
}

/// Returns the captions, each on a line.
fn captions(extraction: &Extraction) -> String {
    let caption = |block: &Cleaned| match block {
        Cleaned::Figure(figure) => figure.caption.as_ref().map(|c| c.string.clone()),
        _ => None,
    };
    let captions: Vec<String> = extraction
        .body
        .document
        .blocks
        .iter()
        .filter_map(caption)
        .collect();
    captions.join("\n")
}

#[test]
fn every_feed_parses_and_every_entry_has_its_page() {
    let mut formats = BTreeSet::new();
    let mut entries = 0;
    for (title, address, folder) in demo::subscriptions() {
        assert!(!folder.is_empty());
        let response = demo::respond(address).expect("the feed answers");
        formats.insert(response.content_type);
        let (feed, remarks) =
            syndication::parse(&response.body, Some(response.content_type), Some(address))
                .expect("a feed");
        assert!(remarks.is_empty(), "{title}: {remarks:?}");
        assert_eq!(feed.title.as_deref(), Some(title));
        for entry in &feed.entries {
            let link = entry.link.as_deref().expect("a link");
            let page = demo::respond(link).unwrap_or_else(|| panic!("{link} answers"));
            assert_eq!(page.status, 200);
            let article = demo::articles()
                .iter()
                .find(|a| link.starts_with(&a.url()))
                .expect("an article");
            assert_eq!(
                entry.title.as_deref().map(folded),
                Some(folded(article.title))
            );
            assert_eq!(entry.published, Some(article.published), "{link}");
            assert_eq!(
                entry.authors,
                [article.author.expect("an author")],
                "{link}"
            );
        }
        entries += feed.entries.len();
    }
    assert_eq!(entries, demo::articles().len());
    assert!(entries >= 36, "{entries}");
    assert!(formats.len() >= 4, "{formats:?}");
}

#[test]
fn front_pages_lead_to_their_feeds_and_pictures_answer() {
    for (_, address, _) in demo::subscriptions() {
        let home = Url::parse(address)
            .and_then(|u| u.join("/"))
            .expect("an address");
        let page = demo::respond(home.as_str()).expect("a front page");
        assert!(String::from_utf8_lossy(&page.body).contains(address));
    }
    let picture = demo::respond("https://ledger.example/pictures/tunnel.png").expect("a picture");
    assert_eq!(picture.content_type, "image/png");
    assert_eq!(demo::respond("https://ledger.example/no-such-page"), None);
    assert_eq!(demo::respond("https://elsewhere.example/"), None);
}

#[test]
fn every_special_kind_of_article_is_there() {
    let has = |what: &str, is: fn(&Block) -> bool| {
        assert!(
            demo::articles().iter().any(|a| a.blocks.iter().any(is)),
            "{what}"
        );
    };
    has("a live blog", |b| matches!(b, Block::Post { .. }));
    has("a list", |b| {
        matches!(b, Block::List { ordered: false, .. })
    });
    has("a numbered list", |b| {
        matches!(b, Block::List { ordered: true, .. })
    });
    has("a table", |b| matches!(b, Block::Table(_)));
    has("code", |b| matches!(b, Block::Code(_)));
    has("a quotation", |b| matches!(b, Block::Quote(_)));
    let languages: BTreeSet<&str> = demo::articles().iter().map(|a| a.lang).collect();
    assert_eq!(languages, BTreeSet::from(["ar", "de", "en", "ja", "ko"]));
    let twice = demo::articles()
        .iter()
        .filter(|a| a.slug == "channel-tunnel")
        .count();
    assert_eq!(twice, 2);
    let questions = demo::articles().iter().any(|a| {
        a.tags.contains(&"interview")
            && a.paragraphs().iter().filter(|p| p.ends_with('?')).count() > 5
    });
    assert!(questions, "an interview");
}

#[test]
fn cleaning_gives_back_every_paragraph() {
    check(|article, extraction| {
        let text = folded(&extraction.body.document.plain_text());
        let paragraphs = article.paragraphs();
        let lost = paragraphs
            .iter()
            .map(|p| folded(p))
            .filter(|p| !text.contains(p.as_str()));
        lost.map(|p| format!("lost “{}…”", p.chars().take(60).collect::<String>()))
            .collect()
    });
}

/// Counts headings, lists, tables, code and quotations of the document.
fn kinds(extraction: &Extraction) -> [usize; 5] {
    let blocks = &extraction.body.document.blocks;
    let count = |is: fn(&Cleaned) -> bool| blocks.iter().filter(|b| is(b)).count();
    [
        count(|b| matches!(b, Cleaned::Heading { .. })),
        count(|b| matches!(b, Cleaned::List { .. })),
        count(|b| matches!(b, Cleaned::Table(_))),
        count(|b| matches!(b, Cleaned::Code { .. })),
        count(|b| matches!(b, Cleaned::Quote { .. })),
    ]
}

#[test]
fn cleaning_keeps_what_is_more_than_a_paragraph() {
    check(|article, extraction| {
        let count = |is: fn(&Block) -> bool| article.blocks.iter().filter(|b| is(b)).count();
        let wanted = [
            count(|b| matches!(b, Block::Heading(_) | Block::Post { .. })),
            count(|b| matches!(b, Block::List { .. })),
            count(|b| matches!(b, Block::Table(_))),
            count(|b| matches!(b, Block::Code(_))),
            count(|b| matches!(b, Block::Quote(_))),
        ];
        let got = kinds(extraction);
        let wrong = format!("headings, lists, tables, code, quotations: {got:?} of {wanted:?}");
        (got != wanted).then_some(wrong).into_iter().collect()
    });
}

#[test]
fn cleaning_keeps_nothing_of_the_page_around_the_article() {
    check(|article, extraction| {
        let mut text = extraction.body.document.plain_text();
        text.push_str(&captions(extraction));
        let mut found: Vec<String> = CLUTTER
            .iter()
            .filter(|c| text.contains(*c))
            .map(|c| format!("keeps “{c}”"))
            .collect();
        if article.email().is_some_and(|email| text.contains(&email)) {
            found.push("keeps the reporter's e-mail".into());
        }
        if let Some(picture) = article.picture {
            let times = text.matches(picture.caption).count();
            if times != 1 {
                found.push(format!("has the caption {times} times"));
            }
        }
        found
    });
}

#[test]
fn cleaning_finds_headline_author_and_date() {
    check(|article, extraction| {
        let metadata = &extraction.metadata;
        let mut wrong = Vec::new();
        if metadata.title.as_deref().map(folded) != Some(folded(article.title)) {
            wrong.push(format!("title {:?}", metadata.title));
        }
        if !metadata
            .authors
            .iter()
            .map(String::as_str)
            .eq(article.author)
        {
            wrong.push(format!("authors {:?}", metadata.authors));
        }
        // Only some layouts give the time; those that print the day alone give that.
        let day = |t: jiff::Timestamp| t.strftime("%Y-%m-%d").to_string();
        if metadata.published.map(day) != Some(day(article.published)) {
            wrong.push(format!("date {:?}", metadata.published));
        }
        wrong
    });
}

#[test]
fn every_english_article_has_names() {
    check(|article, extraction| {
        let hints = Hints::default();
        let found = entities::recognize(article.title, &extraction.body.document, &hints);
        let few = article.lang == "en" && found.entities.len() < 3;
        few.then(|| format!("{:?}", found.entities))
            .into_iter()
            .collect()
    });
}
