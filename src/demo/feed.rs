//! The papers' feeds, each in the format its paper chose.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;

use super::Response;
use super::article::Article;
use super::catalogue::{FeedFormat, Paper, articles_of};
use super::page::{body_html, escape, picture_url};

/// Returns the feed of a paper as its server would send it.
pub(super) fn render(paper: &Paper) -> Response {
    match paper.format {
        FeedFormat::Rss => Response::ok(
            "application/rss+xml; charset=utf-8",
            rss(paper, summary).into_bytes(),
        ),
        FeedFormat::RssTeaser => Response::ok("text/xml", rss(paper, first_words).into_bytes()),
        FeedFormat::RssFull => Response::ok(
            "application/rss+xml; charset=utf-8",
            rss(paper, full).into_bytes(),
        ),
        FeedFormat::Atom => Response::ok("application/atom+xml", atom(paper).into_bytes()),
        FeedFormat::Json => Response::ok("application/feed+json", json_feed(paper).into_bytes()),
        FeedFormat::Rdf => Response::ok(
            "application/rdf+xml; charset=utf-8",
            rdf(paper).into_bytes(),
        ),
    }
}

/// Returns the time as RSS 2.0 wants it (RFC 822 with a four-digit year; RFC 9110 §5.6.7 is a form of it).
fn rfc822(time: Timestamp) -> String {
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}

fn rss(paper: &Paper, text: fn(&Article) -> String) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n\
         <title>{}</title>\n<link>https://{}/</link>\n<description>{}</description>\n<language>en-gb</language>\n\
         <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>\n<ttl>60</ttl>\n",
        escape(paper.title),
        paper.host(),
        escape(paper.motto),
        paper.feed_url,
    );
    for article in articles_of(paper) {
        let _ = write!(
            out,
            "<item>\n<title>{}</title>\n<link>{}?utm_source=rss&amp;utm_medium=feed</link>\n\
             <guid isPermaLink=\"false\">{}:{}</guid>\n<pubDate>{}</pubDate>\n",
            escape(article.title),
            article.url(),
            paper.host(),
            article.slug,
            rfc822(article.published),
        );
        if let Some(author) = article.author {
            let _ = writeln!(out, "<dc:creator><![CDATA[{author}]]></dc:creator>");
        }
        for tag in &article.tags {
            let _ = writeln!(out, "<category>{}</category>", escape(tag));
        }
        if let Some(picture) = &article.picture {
            let _ = writeln!(
                out,
                "<media:content url=\"{}\" type=\"image/png\" medium=\"image\"/>",
                picture_url(paper, picture)
            );
        }
        out.push_str(&text(article));
        out.push_str("</item>\n");
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn summary(article: &Article) -> String {
    format!(
        "<description><![CDATA[<p>{}</p>]]></description>\n",
        escape(article.teaser)
    )
}

/// Returns a teaser as agencies send it: cut in the middle of a sentence, so that the page must be asked.
fn first_words(article: &Article) -> String {
    let cut: Vec<&str> = article.teaser.split_whitespace().take(12).collect();
    format!(
        "<description>{} … [more]</description>\n",
        escape(&cut.join(" "))
    )
}

fn full(article: &Article) -> String {
    format!(
        "<description>{}</description>\n<content:encoded><![CDATA[{}]]></content:encoded>\n",
        escape(article.teaser),
        body_html(article),
    )
}

fn atom(paper: &Paper) -> String {
    let updated = articles_of(paper)
        .map(|a| a.published)
        .max()
        .unwrap_or_default();
    let host = paper.host();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <title>{}</title>\n<subtitle>{}</subtitle>\n<id>tag:{host},2024:feed</id>\n<updated>{updated}</updated>\n\
         <link rel=\"self\" href=\"{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"https://{host}/\"/>\n",
        escape(paper.title),
        escape(paper.motto),
        paper.feed_url,
    );
    for article in articles_of(paper) {
        let _ = write!(
            out,
            "<entry>\n<title>{}</title>\n<id>tag:{host},2024:{}</id>\n<link rel=\"alternate\" href=\"{}\"/>\n\
             <published>{time}</published>\n<updated>{time}</updated>\n",
            escape(article.title),
            article.slug,
            article.url(),
            time = article.published,
        );
        if let Some(author) = article.author {
            let _ = writeln!(out, "<author><name>{}</name></author>", escape(author));
        }
        for tag in &article.tags {
            let _ = writeln!(out, "<category term=\"{}\"/>", escape(tag));
        }
        let html = format!("<p>{}</p>", escape(article.teaser));
        let _ = write!(
            out,
            "<summary type=\"html\">{}</summary>\n</entry>\n",
            escape(&html)
        );
    }
    out.push_str("</feed>\n");
    out
}

fn json_feed(paper: &Paper) -> String {
    let item = |article: &Article| {
        json!({
            "id": article.url(),
            "url": article.url(),
            "title": article.title,
            "content_text": article.teaser,
            "date_published": article.published.to_string(),
            "authors": article.author.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "tags": article.tags,
            "language": article.lang,
            "image": article.picture.as_ref().map(|p| picture_url(paper, p)),
        })
    };
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.title,
        "home_page_url": format!("https://{}/", paper.host()),
        "feed_url": paper.feed_url,
        "description": paper.motto,
        "items": articles_of(paper).map(item).collect::<Vec<_>>(),
    })
    .to_string()
}

fn rdf(paper: &Paper) -> String {
    let host = paper.host();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel rdf:about=\"{}\">\n<title>{}</title>\n<link>https://{host}/</link>\n<description>{}</description>\n\
         <items><rdf:Seq>\n",
        paper.feed_url,
        escape(paper.title),
        escape(paper.motto),
    );
    for article in articles_of(paper) {
        let _ = writeln!(out, "<rdf:li rdf:resource=\"{}\"/>", article.url());
    }
    out.push_str("</rdf:Seq></items>\n</channel>\n");
    for article in articles_of(paper) {
        let _ = write!(
            out,
            "<item rdf:about=\"{url}\">\n<title>{}</title>\n<link>{url}</link>\n<dc:date>{}</dc:date>\n\
             <dc:language>{}</dc:language>\n<dc:creator>{}</dc:creator>\n<description>{}</description>\n</item>\n",
            escape(article.title),
            article.published,
            article.lang,
            escape(article.author.unwrap_or_default()),
            escape(article.teaser),
            url = article.url(),
        );
    }
    out.push_str("</rdf:RDF>\n");
    out
}
