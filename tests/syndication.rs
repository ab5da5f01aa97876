//! Feeds of every format, whole and broken, through the public door.

use newsdesk::syndication::{self, Format, NotAFeed, ParsedFeed, Remark};
use proptest::prelude::*;

fn read(text: &str) -> ParsedFeed {
    let base = Some("https://example.com/feeds/all.xml");
    syndication::parse(text.as_bytes(), None, base)
        .expect("a feed")
        .0
}

/// Checks the format and the one entry that every format's sample below holds.
fn check(format: Format, text: &str) {
    let feed = read(text);
    let entry = &feed.entries[0];
    assert_eq!(feed.format, format);
    assert_eq!(feed.title.as_deref(), Some("Harbour News"));
    assert_eq!(entry.id, "n1");
    assert_eq!(entry.title.as_deref(), Some("Ferry & bridge reopen"));
    assert_eq!(entry.link.as_deref(), Some("https://example.com/ferry"));
    let published = entry.published.map(|at| at.to_string());
    assert_eq!(published.as_deref(), Some("2026-11-23T09:00:00Z"));
    assert_eq!(entry.authors, ["Ines Rocha"]);
}

#[test]
fn every_format_gives_the_same_entry() {
    check(
        Format::Rss,
        r#"<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour News</title>
        <item><guid isPermaLink="false">n1</guid><title>Ferry &amp;amp; bridge reopen</title><link>/ferry</link>
        <pubDate>Mon, 23 Nov 2026 18:00:00 KST</pubDate><dc:creator>Ines Rocha</dc:creator></item></channel></rss>"#,
    );
    check(
        Format::Rdf,
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:d="http://purl.org/dc/elements/1.1/"><channel><title>Harbour News</title><items><rdf:Seq><rdf:li/></rdf:Seq>
        </items></channel><item rdf:about="n1"><title>Ferry &amp; bridge reopen</title><link>https://example.com/ferry</link>
        <d:date>2026-11-23T09:00Z</d:date><d:creator>Ines Rocha</d:creator></item></rdf:RDF>"#,
    );
    check(
        Format::Atom,
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.com/"><title>Harbour News</title>
        <author><name>Ines Rocha</name></author><entry><id>n1</id>
        <title type="html">Ferry &amp;amp; bridge &lt;i&gt;reopen&lt;/i&gt;</title><link rel="edit" href="e"/>
        <link href="ferry"/><published>2026-11-23T10:00:00+01:00</published></entry></feed>"#,
    );
    check(
        Format::Atom,
        r#"<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Harbour News</title><entry><id>n1</id>
        <title mode="escaped">Ferry &amp; bridge reopen</title><link rel="alternate" href="https://example.com/ferry"/>
        <issued>2026-11-23T09:00:00Z</issued><author><name>Ines Rocha</name></author></entry></feed>"#,
    );
    check(
        Format::Json,
        r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour News", "items": [{"id": "n1",
        "title": "Ferry & bridge reopen", "url": "/ferry", "date_published": "2026-11-23T09:00:00Z",
        "authors": [{"name": "Ines Rocha"}], "content_text": "x"}]}"#,
    );
}

#[test]
fn what_a_feed_asks_of_its_reader_is_kept() {
    let feed = read(
        r#"<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"
        xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><ttl>90</ttl><language>pt_BR</language>
        <skipHours><hour>7</hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>
        <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
        <itunes:new-feed-url>https://example.com/new</itunes:new-feed-url><link>https://example.com/</link>
        <atom:link rel="self" href="https://example.com/self"/><atom:link rel="hub" href="https://hub.example.com/"/>
        </channel></rss>"#,
    );
    assert_eq!(feed.ttl_minutes, Some(90));
    assert_eq!(feed.update_minutes, Some(360));
    assert_eq!(feed.skip_hours, [7, 0]);
    assert_eq!(feed.skip_days, [jiff::civil::Weekday::Sunday]);
    assert_eq!(feed.language.as_deref(), Some("pt-br"));
    assert_eq!(feed.new_url.as_deref(), Some("https://example.com/new"));
    assert_eq!(feed.self_url.as_deref(), Some("https://example.com/self"));
    assert_eq!(feed.site_url.as_deref(), Some("https://example.com/"));
    assert_eq!(feed.hubs, ["https://hub.example.com/"]);
}

#[test]
fn enclosures_pictures_and_texts_are_told_apart() {
    let feed = read(
        r#"<rss xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
        <channel><item><description>Short</description>
        <content:encoded><![CDATA[<p>Long <a href="x">text</a></p>]]></content:encoded>
        <enclosure url="talk.mp3" type="audio/mpeg" length="1234"/><media:thumbnail url="small.jpg"/>
        <media:group><media:content url="big.jpg" medium="image"/></media:group>
        <comments>/talk</comments><category>Sea</category></item></channel></rss>"#,
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.summary_html.as_deref(), Some("Short"));
    assert_eq!(
        entry.content_html.as_deref(),
        Some("<p>Long <a href=\"x\">text</a></p>")
    );
    let first = &entry.enclosures[0];
    assert_eq!(first.url, "https://example.com/feeds/talk.mp3");
    assert_eq!(first.size_bytes, Some(1234));
    let image = entry.lead_image.as_deref();
    assert_eq!(image, Some("https://example.com/feeds/big.jpg"));
    let comments = entry.comments_url.as_deref();
    assert_eq!(comments, Some("https://example.com/talk"));
    assert_eq!(entry.categories, ["Sea"]);
}

#[test]
fn xhtml_content_is_html_without_prefixes() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml"><entry>
        <content type="xhtml"><h:div><h:p>One<h:br/>two &lt;3</h:p></h:div></content></entry></feed>"#,
    );
    assert_eq!(
        feed.entries[0].content_html.as_deref(),
        Some("<div><p>One<br>two &lt;3</p></div>")
    );
}

#[test]
fn a_cut_feed_keeps_the_entries_before_the_cut() {
    let cut = "<rss><channel><item><title>One</title></item><item><title>Two</title></item><item><link>https://exam";
    let (feed, remarks) = syndication::parse(cut.as_bytes(), None, None).unwrap();
    assert_eq!(feed.entries[1].title.as_deref(), Some("Two"));
    assert!(remarks.contains(&Remark::Cut));
}

#[test]
fn junk_before_the_feed_is_borne() {
    let feed = read(
        "\n\u{feff}<br />\n<b>Warning</b>: include() failed<br />\n<?xml version='1.0'?><rss><channel>
        <item><title>One &nbsp;&mdash; R & D</title></item></channel></rss>",
    );
    assert_eq!(feed.entries[0].title.as_deref(), Some("One — R & D"));
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    let refusal = |text: &str| syndication::parse(text.as_bytes(), None, None).unwrap_err();
    assert_eq!(refusal(""), NotAFeed::Empty);
    assert_eq!(
        refusal("<!doctype html><html><body>Sign in to the hotel's network</body></html>"),
        NotAFeed::Page
    );
    assert_eq!(refusal("<opml><body/></opml>"), NotAFeed::Opml);
    assert_eq!(refusal("{\"error\": 1}"), NotAFeed::Json);
    assert_eq!(refusal("hello"), NotAFeed::Unknown);
}

#[test]
fn entities_of_a_document_type_are_never_expanded() {
    let feed = read(
        r#"<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>x&b;y&f;</title></item></channel></rss>"#,
    );
    assert_eq!(feed.entries[0].title.as_deref(), Some("x&b;y&f;"));
}

#[test]
fn no_field_passes_controls_or_bidi_overrides() {
    let evil = "a\u{1b}]0;x\u{7}b\u{202e}c&#27;&#x9b;&#x202e;d";
    let feed = read(&format!(
        "<rss><channel><title>{evil}</title><description>{evil}</description><item><guid>{evil}</guid><title>{evil}</title>
        <link>https://e.com/{evil}</link><author>{evil}</author><category>{evil}</category><description>{evil}</description>
        <enclosure url='https://e.com/{evil}' type='{evil}'/></item></channel></rss>"
    ));
    let entry = &feed.entries[0];
    let enclosure = &entry.enclosures[0];
    let fields = [
        feed.title.as_deref(),
        feed.description.as_deref(),
        Some(entry.id.as_str()),
        entry.title.as_deref(),
        entry.link.as_deref(),
        entry.authors.first().map(String::as_str),
        entry.categories.first().map(String::as_str),
        entry.summary_html.as_deref(),
        Some(enclosure.url.as_str()),
        enclosure.media_type.as_deref(),
    ];
    for field in fields {
        let field = field.expect("every field is there");
        assert!(
            !field.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{field:?}"
        );
    }
}

#[test]
fn sizes_are_bounded() {
    let items = "<item><title>x</title></item>".repeat(5_000);
    let many = format!("<rss><channel>{items}</channel></rss>");
    let (feed, remarks) = syndication::parse(many.as_bytes(), None, None).unwrap();
    assert_eq!(feed.entries.len(), syndication::MAX_ENTRIES);
    assert!(remarks.contains(&Remark::TooMany));
    let long = "w".repeat(5_000_000);
    let feed = read(&format!(
        "<rss><channel><item><guid>{long}</guid><title>{long}</title><link>https://e.com/{long}</link></item></channel></rss>"
    ));
    let entry = &feed.entries[0];
    assert!(entry.id.len() < 2_000);
    assert!(entry.title.as_ref().unwrap().len() <= 1_000);
    assert_eq!(entry.link, None);
}

#[test]
fn deep_nesting_is_borne() {
    let in_text = format!("<rss><channel><item><description>{}", "<b>".repeat(200_000));
    let deep = [
        "<a>".repeat(200_000),
        in_text,
        "[".repeat(200_000),
        "{\"a\":".repeat(100_000),
        format!(
            "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}]}}",
            "1,".repeat(2_000_000)
        ),
    ];
    for text in deep {
        let _ = syndication::parse(text.as_bytes(), None, None);
    }
}

/// Each of these takes minutes with one search too many: they are a fault's size, run in a debug build.
#[test]
fn no_repetition_takes_quadratic_time() {
    for piece in [
        "<",
        "&",
        "<a b='\n>",
        "<a b=\"",
        "<?a>",
        "<!a>",
        "<!a[",
        "<!--",
        "<![CDATA[",
        "</a",
        "<a/",
        "]]>",
        "<a b ",
        "&#",
        "<rss><item>",
        "<a xmlns:b='c'>",
        "<rss><channel><item><author>x</author>",
        "<outline text='a/b'>",
    ] {
        let text = format!(
            "<rss><channel><item>{}",
            piece.repeat(1_000_000 / piece.len())
        );
        let _ = syndication::parse(text.as_bytes(), None, None);
        let _ = syndication::opml::read(text.as_bytes());
    }
    let attributes: String = (0..100_000).map(|i| format!(" xmlns:a{i}='b'")).collect();
    let _ = syndication::parse(format!("<rss{attributes}>").as_bytes(), None, None);
}

/// Pieces of feeds, to be thrown together.
const PIECES: &[&str] = &[
    "<rss>",
    "</rss>",
    "<channel>",
    "<item>",
    "</item>",
    "<title>",
    "</title>",
    "<link href='",
    "'>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE [",
    "&amp;",
    "&#x",
    "&",
    "<",
    ">",
    "\"",
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "<entry>",
    "</entry>",
    "<content type='xhtml'>",
    "xml:base='../..'",
    "터널",
    "\u{202e}",
    "\0",
    "<pubDate>",
    "2026-11-23T",
    "99:99",
    "<?xml",
    "?>",
    "</",
    "/>",
    "<a:b xmlns:a='",
    "=",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = syndication::parse(&bytes, Some("text/xml; charset=x"), Some("https://e.com/"));
    }

    #[test]
    fn any_soup_of_feed_pieces_is_borne(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        if let Ok((feed, _)) = syndication::parse(pieces.concat().as_bytes(), None, Some("https://e.com/a/b")) {
            prop_assert!(feed.entries.iter().all(|entry| !entry.id.is_empty()));
        }
    }
}
