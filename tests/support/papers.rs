//! Feeds and pages for the server: small papers in our own words.

use std::fmt::Write;

/// An item of a feed.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// The guid.
    pub guid: String,
    /// The headline.
    pub title: String,
    /// The page's address.
    pub link: String,
    /// The summary.
    pub summary: String,
    /// The whole text as HTML, where the feed carries it.
    pub content: Option<String>,
}

impl Item {
    /// An item with a page and a summary of one sentence.
    pub fn new(number: usize, link: impl Into<String>) -> Self {
        Self {
            guid: format!("item-{number}"),
            title: format!("Harbour report number {number}"),
            link: link.into(),
            summary: format!("The harbour master gave report number {number} on Tuesday."),
            content: None,
        }
    }

    /// The same with the whole text in the feed.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.content = Some(story(&self.title, 5));
        self
    }
}

/// Returns an RSS 2.0 feed.
pub fn rss(title: &str, items: &[Item]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
         <channel><title>{title}</title><link>http://paper.example/</link>"
    );
    for item in items {
        write!(
            out,
            "<item><guid isPermaLink=\"false\">{}</guid><title>{}</title><link>{}</link><description>{}</description>",
            item.guid, item.title, item.link, item.summary
        )
        .unwrap();
        if let Some(content) = &item.content {
            write!(
                out,
                "<content:encoded><![CDATA[{content}]]></content:encoded>"
            )
            .unwrap();
        }
        out.push_str("</item>");
    }
    out.push_str("</channel></rss>");
    out
}

/// Returns paragraphs of news, different for each title.
pub fn story(title: &str, paragraphs: usize) -> String {
    const SENTENCES: [&str; 5] = [
        "Margaret Holloway, who has kept the harbour of Port Ellen for nineteen years, told the council on Tuesday that \
         the north pier cannot carry another winter of storms without new piles of oak or steel.",
        "The council, which had set money aside for a new road to the school, listened for two hours and then asked the \
         engineers from Glasgow to measure every beam below the water line before the ferry season opens in April.",
        "Fishermen in the hall said that they had seen the planks move under the weight of a single lorry, and that \
         nobody would land a catch there in a north-westerly wind if there were any other place to go.",
        "An engineer of the Maritime Institute explained that worms from warmer seas have eaten the wood faster than \
         anyone expected, and that the same has been found in harbours on both sides of the Irish Sea.",
        "A decision is to be made at the end of the month, when the report is printed and the bids of three builders \
         from Belfast, Oban and Liverpool have been opened in public as the law asks.",
    ];
    (0..paragraphs)
        .map(|n| {
            format!(
                "<p>{} This is part {} of the account titled {title}.</p>\n",
                SENTENCES[n % SENTENCES.len()],
                n + 1
            )
        })
        .collect()
}

/// Returns an article's page with the usual furniture around it.
pub fn page(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - The Port Ellen Paper</title>\
         <meta property=\"og:site_name\" content=\"The Port Ellen Paper\">\
         <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed\"></head>\
         <body><nav><a href=\"/\">Home</a> <a href=\"/sport\">Sport</a> <a href=\"/tides\">Tides</a></nav>\
         <article><h1>{title}</h1>{}</article><footer><a href=\"#top\">Back to top</a> <p>All rights reserved.</p></footer>\
         </body></html>",
        story(title, 6)
    )
}
