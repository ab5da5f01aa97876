//! A page of its own: no script, nothing loaded but the pictures, everything escaped.

use std::fmt::Write as _;

use super::Story;
use super::nest::{common, runs};
use crate::model::document::{Block, Figure, MarkKind, Table, Text};
use crate::text::clean;

const STYLE: &str = "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.1rem/1.6 Georgia,serif;color:#222;\
background:#fdfdfb}h1{line-height:1.2}p.byline,figcaption,small{color:#666}blockquote{border-left:3px solid #bbb;\
margin-left:0;padding-left:1rem}img{max-width:100%}figure{margin:1.5rem 0}pre{overflow:auto;background:#f2f2ee;\
padding:.8rem}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1d}pre{background:#28282b}a{color:#8ab4f8}}";

/// Returns a story as a standalone page.
pub fn html(story: &Story<'_>) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html");
    if let Some(language) = story.language {
        let _ = write!(out, " lang=\"{}\"", escape(language));
    }
    out.push_str(">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src http: https:; style-src \
         'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n",
    );
    let title = escape(story.title.unwrap_or("Article"));
    let _ = writeln!(
        out,
        "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    );
    out.push_str(&body(story));
    out.push_str("</body>\n</html>\n");
    clean(&out).into_owned()
}

/// Returns what stands in a page's body: the story and its address.
pub(super) fn body(story: &Story<'_>) -> String {
    let mut out = String::from("<article>\n");
    if let Some(title) = story.title.map(escape) {
        let _ = writeln!(out, "<h1 dir=\"auto\">{title}</h1>");
    }
    let byline = story.byline();
    if !byline.is_empty() {
        let _ = writeln!(out, "<p class=\"byline\">{}</p>", escape(&byline));
    }
    story
        .document
        .blocks
        .iter()
        .for_each(|it| block(&mut out, it));
    if let Some(url) = story.url.filter(|url| is_safe(url)) {
        let url = escape(url);
        let _ = writeln!(out, "<p><small><a href=\"{url}\">{url}</a></small></p>");
    }
    out.push_str("</article>\n");
    out
}

fn block(out: &mut String, it: &Block) {
    match it {
        Block::Heading { level, text } => {
            let level = (*level).clamp(2, 6);
            let _ = writeln!(out, "<h{level} dir=\"auto\">{}</h{level}>", inline(text));
        }
        Block::Standfirst { text } => {
            let _ = writeln!(out, "<p dir=\"auto\"><em>{}</em></p>", inline(text));
        }
        Block::Paragraph { text } => {
            let _ = writeln!(out, "<p dir=\"auto\">{}</p>", inline(text));
        }
        Block::Quote { blocks } => {
            out.push_str("<blockquote>\n");
            for inner in blocks {
                block(out, inner);
            }
            out.push_str("</blockquote>\n");
        }
        Block::List {
            ordered,
            start,
            items,
        } => {
            let name = if *ordered { "ol" } else { "ul" };
            let start = if *ordered && *start != 1 {
                format!(" start=\"{start}\"")
            } else {
                String::new()
            };
            let _ = writeln!(out, "<{name}{start}>");
            for item in items {
                out.push_str("<li>");
                for inner in item {
                    block(out, inner);
                }
                out.push_str("</li>\n");
            }
            let _ = writeln!(out, "</{name}>");
        }
        Block::Code { text, .. } => {
            let _ = writeln!(out, "<pre><code>{}</code></pre>", escape(text));
        }
        Block::Figure(it) => figure(out, it),
        Block::Table(it) => table(out, it),
        Block::Embed(embed) => {
            let title = escape(if embed.title.is_empty() {
                &embed.url
            } else {
                &embed.title
            });
            if is_safe(&embed.url) {
                let _ = writeln!(out, "<p><a href=\"{}\">{title}</a></p>", escape(&embed.url));
            } else {
                let _ = writeln!(out, "<p>{title}</p>");
            }
        }
        Block::Rule => out.push_str("<hr>\n"),
    }
}

fn figure(out: &mut String, figure: &Figure) {
    out.push_str("<figure>");
    if let Some(image) = figure.image.as_deref().filter(|url| is_safe(url)) {
        let _ = write!(
            out,
            "<img src=\"{}\" alt=\"{}\">",
            escape(image),
            escape(&figure.alt)
        );
    }
    let words: Vec<String> = [
        figure.caption.as_ref().map(inline),
        figure
            .credit
            .as_ref()
            .map(|credit| format!("<small>{}</small>", inline(credit))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !words.is_empty() {
        let _ = write!(out, "<figcaption>{}</figcaption>", words.join(" "));
    }
    out.push_str("</figure>\n");
}

fn table(out: &mut String, table: &Table) {
    out.push_str("<table>\n");
    if let Some(caption) = &table.caption {
        let _ = writeln!(out, "<caption>{}</caption>", inline(caption));
    }
    let mut row = |cells: &[Text], name: &str| {
        out.push_str("<tr>");
        for cell in cells {
            let _ = write!(out, "<{name}>{}</{name}>", inline(cell));
        }
        out.push_str("</tr>\n");
    };
    if !table.header.is_empty() {
        row(&table.header, "th");
    }
    table.rows.iter().for_each(|cells| row(cells, "td"));
    out.push_str("</table>\n");
}

fn inline(text: &Text) -> String {
    let mut out = String::new();
    let mut open: Vec<&MarkKind> = Vec::new();
    for run in runs(text) {
        let keep = common(&open, &run.marks);
        open.drain(keep..)
            .rev()
            .for_each(|mark| out.push_str(closing(mark)));
        for mark in &run.marks[keep..] {
            out.push_str(&opening(mark));
            open.push(mark);
        }
        out.push_str(&escape(run.letters).replace('\n', "<br>\n"));
    }
    open.iter()
        .rev()
        .for_each(|mark| out.push_str(closing(mark)));
    out
}

fn opening(mark: &MarkKind) -> String {
    let name = match mark {
        MarkKind::Link(url) if is_safe(url) => return format!("<a href=\"{}\">", escape(url)),
        // An unsafe address is no link; the element keeps opening and closing in step.
        MarkKind::Link(_) => "<a>",
        MarkKind::Strong => "<strong>",
        MarkKind::Emphasis => "<em>",
        MarkKind::Deleted => "<del>",
        MarkKind::Superscript => "<sup>",
        MarkKind::Subscript => "<sub>",
        MarkKind::Code => "<code>",
    };
    name.to_owned()
}

fn closing(mark: &MarkKind) -> &'static str {
    match mark {
        MarkKind::Link(_) => "</a>",
        MarkKind::Strong => "</strong>",
        MarkKind::Emphasis => "</em>",
        MarkKind::Deleted => "</del>",
        MarkKind::Superscript => "</sup>",
        MarkKind::Subscript => "</sub>",
        MarkKind::Code => "</code>",
    }
}

/// Says whether a browser may be given this address.
fn is_safe(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    ["http", "https", "mailto"]
        .iter()
        .any(|safe| scheme.eq_ignore_ascii_case(safe))
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
