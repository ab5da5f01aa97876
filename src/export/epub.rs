//! Articles as a book: EPUB 3.3, without pictures, since it must not load any (EPUB 3.3 §3.6).

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Story;
use super::html::{body, escape};
use super::zip::Zip;
use crate::text::clean;

const CONTAINER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\
<rootfiles><rootfile full-path=\"book/content.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>\n";

const STYLE: &str = "h1{line-height:1.2}p.byline,small{color:#666}blockquote{border-left:3px solid #bbb;margin-left:0;\
padding-left:1em}figure{margin:1em 0;font-style:italic}pre{white-space:pre-wrap}table{border-collapse:collapse}\
td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left}";

/// Returns articles as one book, a chapter each. `made`: when, which also tells this book from another.
pub fn epub(title: &str, stories: &[Story<'_>], made: Timestamp) -> Vec<u8> {
    let made = made.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut zip = Zip::default();
    // First and uncompressed, so that the file tells what it is (OCF 3.3 §4.3).
    zip.add("mimetype", b"application/epub+zip");
    zip.add("META-INF/container.xml", CONTAINER.as_bytes());
    zip.add("book/style.css", STYLE.as_bytes());
    zip.add(
        "book/content.opf",
        package(title, stories, &made).as_bytes(),
    );
    zip.add("book/contents.xhtml", contents(title, stories).as_bytes());
    for (at, story) in stories.iter().enumerate() {
        zip.add(&format!("book/{}", file(at)), chapter(story).as_bytes());
    }
    zip.finish()
}

fn file(at: usize) -> String {
    format!("article-{}.xhtml", at + 1)
}

fn package(title: &str, stories: &[Story<'_>], made: &str) -> String {
    // The language of most; a book must have one.
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for language in stories.iter().filter_map(|story| story.language) {
        match counts.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => counts.push((language, 1)),
        }
    }
    let language = counts
        .iter()
        .max_by_key(|(_, count)| *count)
        .map_or("en", |(language, _)| language);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\">\n\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <dc:identifier id=\"id\">urn:newsdesk:{made}</dc:identifier>\n<dc:title>{}</dc:title>\n\
         <dc:language>{}</dc:language>\n<meta property=\"dcterms:modified\">{made}</meta>\n</metadata>\n<manifest>\n\
         <item id=\"contents\" href=\"contents.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\n\
         <item id=\"style\" href=\"style.css\" media-type=\"text/css\"/>\n",
        xml(title),
        xml(language)
    );
    for at in 0..stories.len() {
        let file = file(at);
        let _ = writeln!(
            out,
            "<item id=\"a{at}\" href=\"{file}\" media-type=\"application/xhtml+xml\"/>"
        );
    }
    out.push_str("</manifest>\n<spine>\n<itemref idref=\"contents\"/>\n");
    for at in 0..stories.len() {
        let _ = writeln!(out, "<itemref idref=\"a{at}\"/>");
    }
    out.push_str("</spine>\n</package>\n");
    out
}

fn contents(title: &str, stories: &[Story<'_>]) -> String {
    let mut list = String::new();
    for (at, story) in stories.iter().enumerate() {
        let _ = writeln!(
            list,
            "<li><a href=\"{}\">{}</a></li>",
            file(at),
            xml(story.title.unwrap_or("Article"))
        );
    }
    let title = xml(title);
    // An empty list is not allowed.
    let list = if list.is_empty() {
        String::new()
    } else {
        format!("<ol>\n{list}</ol>")
    };
    document(
        None,
        &title,
        &format!("<nav epub:type=\"toc\">\n<h1>{title}</h1>\n{list}\n</nav>"),
    )
}

fn chapter(story: &Story<'_>) -> String {
    let title = xml(story.title.unwrap_or("Article"));
    document(story.language, &title, &xhtml(&body(story)))
}

fn document(language: Option<&str>, title: &str, body: &str) -> String {
    let language = language
        .map(xml)
        .map(|language| format!(" lang=\"{language}\" xml:lang=\"{language}\""))
        .unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"{language}>\n\
         <head><title>{title}</title><link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/></head>\n\
         <body>\n{body}\n</body>\n</html>\n"
    )
}

fn xml(text: &str) -> String {
    allowed(&escape(&clean(text)))
}

/// Closes what HTML leaves open, and leaves pictures out: what was text is escaped, so these are tags.
fn xhtml(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<img ") {
        out.push_str(&rest[..at]);
        let after = &rest[at..];
        rest = after.find('>').map_or("", |end| &after[end + 1..]);
    }
    out.push_str(rest);
    let closed = out.replace("<br>", "<br/>").replace("<hr>", "<hr/>");
    allowed(&clean(&closed))
}

/// Leaves out what XML cannot hold (XML 1.0 §2.2).
fn allowed(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::{Figure, Mark, MarkKind, Text};
    use crate::model::{Block, Document};

    /// Every element is closed in its turn, and every `&` begins one of the entities that XML knows.
    fn check_xml(text: &str) {
        let mut open = Vec::new();
        for part in text.split('<').skip(1) {
            let (tag, words) = part.split_once('>').expect("a tag has an end");
            assert!(!words.contains('>'), "{part}");
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            if let Some(closed) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed), "{text}");
            } else if !tag.starts_with(['?', '!']) && !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}: {text}");
        for after in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
            assert!(known.iter().any(|name| after.starts_with(name)), "&{after}");
        }
    }

    #[test]
    fn every_part_of_a_book_is_xml() {
        let mut words = Text::plain("A line\nand <another> & a link");
        words.marks.push(Mark {
            range: 0..6,
            kind: MarkKind::Link("javascript:x".into()),
        });
        let document = Document {
            lang: Some("de".into()),
            blocks: vec![
                Block::Paragraph {
                    text: words.clone(),
                },
                Block::Rule,
                Block::Figure(Figure {
                    image: Some("https://e.example/a.png?a=1&b=2".into()),
                    alt: "<br> is \"no\" tag".into(),
                    caption: Some(Text::plain("The <img src=x> itself")),
                    credit: None,
                }),
                Block::List {
                    ordered: true,
                    start: 3,
                    items: vec![vec![Block::Paragraph { text: words }]],
                },
                Block::Code {
                    lang: None,
                    text: "a < b\u{ffff}".into(),
                },
            ],
        };
        let story = Story {
            title: Some("Bread & <salt>"),
            authors: &[],
            site_name: None,
            published: None,
            url: Some("https://e.example/?a=1&b=2"),
            language: Some("de"),
            tags: &[],
            document: &document,
        };
        let page = chapter(&story);
        check_xml(&page);
        assert!(!page.contains("<img"), "{page}");
        assert!(page.contains("The &lt;img src=x&gt; itself"), "{page}");
        check_xml(&package("A & B", &[story], "2026-11-23T12:00:00Z"));
        check_xml(&contents("A & B", &[story]));
        check_xml(&contents("Nothing", &[]));
        check_xml(CONTAINER);
    }
}
