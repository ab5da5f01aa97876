//! Markup to plain text on one line, for titles and names: feeds write them as text, as HTML, and escaped twice.

use scraper::{Html, Node};

use crate::text::clean_line;

/// A title is cut after so many bytes, on a letter: no headline is longer, and some feeds put the article there.
const MAX_BYTES: usize = 1_000;

/// Longer markup is cut before it is parsed.
const MAX_MARKUP_BYTES: usize = 16_000;

/// Returns the words of text that may be HTML as plain text on one line, cleaned and bounded. A `<` that begins no
/// HTML tag stays: `a < b`, `Vec<T>`.
pub(super) fn line(markup: &str) -> String {
    let markup = cut(markup, MAX_MARKUP_BYTES);
    if !markup.contains(['<', '&']) {
        return cut(&clean_line(markup), MAX_BYTES).to_owned();
    }
    let once = text_of(markup);
    // `&amp;#8217;` and `&amp;amp;`: escaped once more than the format asks.
    let twice = if once.contains('&') && once.contains(';') {
        text_of(&once.replace('<', "&lt;"))
    } else {
        once
    };
    cut(&clean_line(&twice), MAX_BYTES).trim_end().to_owned()
}

/// Returns `line` of the text, `None` where nothing is left.
pub(super) fn some_line(markup: &str) -> Option<String> {
    let line = line(markup);
    (!line.is_empty()).then_some(line)
}

/// Returns the longest beginning of `text` that has at most `max_bytes`.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn text_of(markup: &str) -> String {
    let html = Html::parse_fragment(&protect(markup));
    let mut out = String::with_capacity(markup.len());
    for node in html.tree.nodes() {
        match node.value() {
            Node::Text(text) => {
                let parent = node.parent();
                let parent = parent.as_ref().and_then(|p| p.value().as_element());
                if !parent.is_some_and(|p| matches!(p.name(), "script" | "style")) {
                    out.push_str(text);
                }
            }
            Node::Element(element) if !is_inline(element.name()) => out.push(' '),
            _ => {}
        }
    }
    out
}

/// Escapes each `<` that begins no tag of HTML.
fn protect(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    for (at, c) in markup.char_indices() {
        if c == '<' && !begins_tag(&markup[at + 1..]) {
            out.push_str("&lt;");
        } else {
            out.push(c);
        }
    }
    out
}

fn begins_tag(after: &str) -> bool {
    if after.starts_with("!--") || after.starts_with("![CDATA[") {
        return true;
    }
    let name = after.strip_prefix('/').unwrap_or(after);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let name = name[..end].to_ascii_lowercase();
    let is_block = matches!(
        name.as_str(),
        "p" | "div"
            | "br"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "tbody"
            | "thead"
            | "blockquote"
            | "pre"
            | "center"
            | "section"
            | "article"
            | "figure"
            | "figcaption"
            | "script"
            | "style"
            | "iframe"
            | "body"
            | "html"
            | "head"
            | "form"
            | "input"
            | "button"
            | "object"
            | "embed"
            | "video"
            | "audio"
            | "dl"
            | "dt"
            | "dd"
    );
    is_block || is_inline(&name)
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "mark"
            | "nobr"
            | "q"
            | "ruby"
            | "rt"
            | "rp"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markup: &str, expect: &str) {
        assert_eq!(line(markup), expect, "of {markup:?}");
    }

    #[test]
    fn markup_goes_and_signs_stay() {
        check("  The <em>price</em> of\n bread ", "The price of bread");
        check("a < b & c > d", "a < b & c > d");
        check("Vec<T> explained", "Vec<T> explained");
        check("R&amp;amp;D &amp;#8217;s", "R&D ’s");
        check("one<br>two", "one two");
        check("&lt;b&gt; is a tag", "<b> is a tag");
        check("x<script>alert(1)</script>y", "x y");
    }

    #[test]
    fn a_title_is_bounded_on_a_letter() {
        assert!(line(&"터널".repeat(5_000)).len() <= MAX_BYTES);
        assert!(line(&"<b>터널".repeat(50_000)).len() <= MAX_BYTES);
    }

    #[test]
    fn controls_do_not_pass() {
        check("a\u{1b}[31m\u{202e}b&#27;&#x202e;c", "a[31mbc");
    }
}
