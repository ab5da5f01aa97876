//! The papers' pages: an article's blocks as the HTML of its paper's layout, set into the paper's template.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::json;

use super::Response;
use super::article::{Article, Block, Picture, Style, spans};
use super::catalogue::{Layout, Paper, articles_of};

/// Escapes text for HTML and XML, attributes included.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Returns the address of a picture on its paper's host.
pub(super) fn picture_url(paper: &Paper, picture: &Picture) -> String {
    format!("https://{}/pictures/{}", paper.host(), picture.file)
}

/// Returns a paper's front page: its headlines and the link to its feed, by which a reader finds it.
pub(super) fn home(paper: &Paper) -> Response {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <link rel=\"alternate\" type=\"{}\" title=\"{title}\" href=\"{}\">\n</head><body>\n<h1>{title}</h1>\n<p>{}</p>\n<ul>\n",
        feed_type(paper),
        paper.feed_url,
        escape(paper.motto),
        title = escape(paper.title),
    );
    html.push_str(&links(articles_of(paper)));
    html.push_str("</ul>\n</body></html>\n");
    Response::ok("text/html; charset=utf-8", html.into_bytes())
}

fn feed_type(paper: &Paper) -> &'static str {
    match super::feed::render(paper).content_type.split(';').next() {
        Some("text/xml") | None => "application/rss+xml",
        Some(other) => other,
    }
}

/// Returns an article's page.
pub(super) fn article(article: &'static Article) -> Response {
    let html = fill(article);
    match article.paper.layout {
        // As old sites do: no charset in the header, the page's own `meta` is right, letters outside it are references.
        Layout::Soup => {
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&html);
            Response::ok("text/html", bytes.into_owned())
        }
        _ => Response::ok("text/html; charset=utf-8", html.into_bytes()),
    }
}

fn fill(article: &'static Article) -> String {
    let paper = article.paper;
    let others = || articles_of(paper).filter(|a| a.slug != article.slug);
    let label = |n: usize| escape(article.labels.get(n).copied().unwrap_or_default());
    let slots: [(&str, Cow<'_, str>); 25] = [
        ("title", escape(article.title).into()),
        ("teaser", escape(article.teaser).into()),
        ("author", escape(article.author.unwrap_or("Staff")).into()),
        (
            "email",
            article
                .email()
                .unwrap_or_else(|| format!("desk@{}", paper.host()))
                .into(),
        ),
        ("date", printed_date(article).into()),
        ("iso", article.published.to_string().into()),
        ("section", escape(article.section).into()),
        ("lang", article.lang.into()),
        (
            "dir",
            if article.lang == "ar" { "rtl" } else { "ltr" }.into(),
        ),
        ("url", article.canonical_url().into()),
        ("host", paper.host().into()),
        ("feed", paper.feed_url.into()),
        ("paper", escape(paper.title).into()),
        ("motto", escape(paper.motto).into()),
        (
            "lead_image",
            article
                .picture
                .map(|p| picture_url(paper, &p))
                .unwrap_or_default()
                .into(),
        ),
        (
            "picture",
            article
                .picture
                .map(|p| figure(paper, &p))
                .unwrap_or_default()
                .into(),
        ),
        ("keywords", escape(&article.tags.join(", ")).into()),
        ("tags", tags(article).into()),
        ("related", links(others().take(3)).into()),
        ("latest", links(others().skip(3).take(4)).into()),
        ("json_ld", json_ld(article).into()),
        ("label0", label(0).into()),
        ("label1", label(1).into()),
        ("label2", label(2).into()),
        ("body", body_html(article).into()),
    ];
    let mut out = String::with_capacity(paper.template.len() + 8_000);
    let mut rest = paper.template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        match slots.iter().find(|(slot, _)| *slot == name) {
            Some((_, value)) => out.push_str(value),
            // Left standing for the test below to see.
            None => out.extend(["{{", name, "}}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn printed_date(article: &Article) -> String {
    article.printed_date.map_or_else(
        || article.published.strftime("%-d %B %Y").to_string(),
        str::to_owned,
    )
}

fn links(articles: impl Iterator<Item = &'static Article>) -> String {
    let mut out = String::new();
    for article in articles {
        let _ = writeln!(
            out,
            "<li><a href=\"{}\">{}</a></li>",
            article.url(),
            escape(article.title)
        );
    }
    out
}

fn tags(article: &Article) -> String {
    let link = |tag: &&str| {
        let slug = tag.to_lowercase().replace(' ', "-");
        format!(
            "<a href=\"/tag/{}\" rel=\"tag\">{}</a>",
            escape(&slug),
            escape(tag)
        )
    };
    article.tags.iter().map(link).collect::<Vec<_>>().join(" ")
}

fn json_ld(article: &Article) -> String {
    json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published.to_string(),
        "author": article.author.map(|name| json!([{ "@type": "Person", "name": name }])),
        "publisher": { "@type": "Organization", "name": article.paper.title },
        "image": article.picture.map(|p| picture_url(article.paper, &p)),
        "mainEntityOfPage": article.canonical_url(),
        "inLanguage": article.lang,
    })
    .to_string()
    .replace("</", "<\\/")
}

fn inline(marked: &str) -> String {
    let mut out = String::new();
    for (style, text) in spans(marked) {
        let text = escape(text);
        let _ = match style {
            Style::Plain => write!(out, "{text}"),
            Style::Emphasis => write!(out, "<em>{text}</em>"),
            Style::Strong => write!(out, "<strong>{text}</strong>"),
            Style::Code => write!(out, "<code>{text}</code>"),
            Style::Link(address) => write!(out, "<a href=\"{}\">{text}</a>", escape(address)),
        };
    }
    out
}

/// Returns the lead picture as the paper sets it: nearly all print the caption twice, which is the point.
fn figure(paper: &Paper, picture: &Picture) -> String {
    let (src, alt) = (picture_url(paper, picture), escape(picture.alt));
    let (caption, credit) = (escape(picture.caption), escape(picture.credit));
    match paper.layout {
        Layout::Semantic => format!(
            "<figure class=\"article__lead\"><img src=\"{src}\" alt=\"{caption}\" width=\"480\" height=\"270\">\
             <figcaption>{caption} <span class=\"credit\">{credit}</span></figcaption></figure>\n\
             <p class=\"caption\">{caption}</p>"
        ),
        Layout::Soup => format!(
            "<table width=\"330\" align=\"right\" border=\"0\" cellpadding=\"4\"><tr><td><img src=\"{src}\" width=\"320\" \
             alt=\"{alt}\"></td></tr><tr><td><font size=\"1\" face=\"Verdana\" color=\"#666666\">{caption} ({credit})</font></td></tr></table>"
        ),
        Layout::Divs => format!(
            "<div class=\"c-media\"><div class=\"c-media__img\"><img data-src=\"{src}\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" \
             alt=\"{alt}\"><noscript><img src=\"{src}\" alt=\"{alt}\"></noscript></div>\
             <div class=\"c-media__caption\">{caption}</div><div class=\"c-media__credit\">{credit}</div></div>"
        ),
        Layout::Amp => format!(
            "<figure><amp-img src=\"{src}\" width=\"480\" height=\"270\" layout=\"responsive\" alt=\"{alt}\">\
             <noscript><img src=\"{src}\" alt=\"{alt}\"></noscript></amp-img><figcaption>{caption} {credit}</figcaption></figure>"
        ),
        Layout::Weblog => format!(
            "<div class=\"wp-caption aligncenter\"><img class=\"size-full\" src=\"{src}\" alt=\"{alt}\">\
             <p class=\"wp-caption-text\">{caption} {credit}</p></div>"
        ),
        Layout::Polyglot => {
            format!(
                "<figure><img src=\"{src}\" alt=\"{alt}\"><figcaption>{caption}</figcaption></figure>"
            )
        }
    }
}

/// Returns the body as the paper sets it, with what stands between paragraphs there: adverts, boxes, share buttons.
pub(super) fn body_html(article: &Article) -> String {
    let layout = article.paper.layout;
    let mut out = String::new();
    if layout == Layout::Weblog {
        out.extend(article.picture.map(|p| figure(article.paper, &p)));
    }
    let mut paragraphs = 0;
    for block in &article.blocks {
        out.push_str(&block_html(layout, block));
        out.push('\n');
        if matches!(block, Block::Paragraph(_)) {
            paragraphs += 1;
            out.push_str(interruption(layout, paragraphs));
        }
    }
    out
}

/// Returns what the paper puts after the n-th paragraph.
fn interruption(layout: Layout, paragraph: usize) -> &'static str {
    match (layout, paragraph) {
        (Layout::Semantic, 2) => {
            "<aside class=\"newsletter-box\"><h3>The Ledger at Breakfast</h3><p>Get the day's news in your inbox before the \
             kettle boils. Unsubscribe at any time.</p><form><input type=\"email\" placeholder=\"Your e-mail address\">\
             <button>Sign up</button></form></aside>\n"
        }
        (Layout::Semantic, 4) => {
            "<div class=\"ad ad--mpu\" aria-label=\"Advertisement\"><span>Advertisement</span><a href=\"https://ads.example/c?1\">\
             Ledger paper, ruled by hand since 1871 – order today</a></div>\n"
        }
        (Layout::Soup, 3) => {
            "<center><table width=\"468\" border=\"1\" bgcolor=\"#FFFFCC\"><tr><td align=\"center\"><font size=\"1\">ADVERTISEMENT</font><br>\
             <a href=\"https://ads.example/c?2\"><b>ROPE, TAR &amp; LANTERNS at honest prices! CLICK HERE</b></a></td></tr></table></center><br>\n"
        }
        (Layout::Divs, 2) => {
            "</div><div class=\"c-ad js-ad\" data-slot=\"mid1\"><div class=\"c-ad__label\">ADVERTISEMENT</div></div><div class=\"c-text\">\n"
        }
        (Layout::Divs, 4) => {
            "</div><div class=\"c-promo\"><div class=\"c-promo__title\">Sign up for the Courier's Sunday letter</div><div>One experiment, \
             explained properly, every week. By subscribing you agree to our terms of use and privacy policy.</div>\
             <div class=\"c-btn\">Subscribe</div></div><div class=\"c-text\">\n"
        }
        (Layout::Amp, 3) => {
            "<amp-ad width=\"300\" height=\"250\" type=\"example\"><div placeholder>Advertisement</div></amp-ad>\n"
        }
        _ => "",
    }
}

fn block_html(layout: Layout, block: &Block) -> String {
    match block {
        Block::Paragraph(text) => paragraph(layout, &inline(text)),
        Block::Heading(text) => match layout {
            Layout::Soup => format!(
                "<font face=\"Verdana\" size=\"2\"><b>{}</b></font><br><br>",
                inline(text)
            ),
            Layout::Weblog => format!("<h3>{}</h3>", inline(text)),
            _ => format!("<h2>{}</h2>", inline(text)),
        },
        Block::Quote(text) => match layout {
            Layout::Soup => format!("<blockquote><i>{}</i></blockquote>", inline(text)),
            _ => format!("<blockquote><p>{}</p></blockquote>", inline(text)),
        },
        Block::List { ordered, items } => {
            let tag = if *ordered { "ol" } else { "ul" };
            let items: Vec<String> = items.iter().map(|i| inline(i)).collect();
            format!(
                "<{tag}>
<li>{}</li>
</{tag}>",
                items.join(
                    "</li>
<li>"
                )
            )
        }
        Block::Table(rows) => table(layout, rows),
        Block::Code(code) => format!("<pre><code>{}</code></pre>", escape(code)),
        Block::Post { time, title } => format!(
            "<h3 class=\"live-post__title\"><time class=\"live-post__time\">{}</time> {}</h3>",
            escape(time),
            inline(title)
        ),
    }
}

fn paragraph(layout: Layout, html: &str) -> String {
    match layout {
        Layout::Soup => format!("{html}<br><br>"),
        Layout::Divs => format!("<div class=\"c-par\"><p>{html}</p></div>"),
        _ => format!("<p>{html}</p>"),
    }
}

fn table(layout: Layout, rows: &[Vec<String>]) -> String {
    let row = |tag: &str, cells: &Vec<String>| -> String {
        let cells: Vec<String> = cells.iter().map(|c| inline(c)).collect();
        let between = format!("</{tag}><{tag}>");
        format!(
            "<tr><{tag}>{}</{tag}></tr>
",
            cells.join(&between)
        )
    };
    let head: String = rows.iter().take(1).map(|r| row("th", r)).collect();
    let body: String = rows.iter().skip(1).map(|r| row("td", r)).collect();
    match layout {
        Layout::Soup => {
            format!("<table border=\"1\" cellpadding=\"3\" width=\"90%\">{head}{body}</table><br>")
        }
        _ => format!("<table class=\"data\"><thead>{head}</thead><tbody>{body}</tbody></table>"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::articles;
    use super::*;

    #[test]
    fn every_slot_of_a_template_is_known_and_filled() {
        for article in articles() {
            let html = fill(article);
            assert!(!html.contains("{{"), "{}", article.url());
            let template = article.paper.template;
            assert!(
                template.contains("{{body}}") && template.contains("{{title}}"),
                "{}",
                article.paper.title
            );
        }
    }

    #[test]
    fn the_old_page_is_not_utf_8() {
        let old = articles().iter().find(|a| a.paper.layout == Layout::Soup);
        let page = super::article(old.expect("the edition has an old paper"));
        assert!(std::str::from_utf8(&page.body).is_err());
        assert_eq!(page.content_type, "text/html");
    }
}
