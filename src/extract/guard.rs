//! A page made ready for the parser: what is built to hurt is made harmless, and what nobody reads is left out.
//!
//! The HTML parsing algorithm is quadratic in the depth of open elements, in unclosed formatting elements (which each
//! new paragraph opens again) and in the attributes of one tag; its tree takes 55 times the memory of a page of tiny
//! cells. Real pages stay far below the limits here; a page past them loses the tags in excess, never its text.
//!
//! More than half of a page's bytes are scripts, style sheets, comments, drawings and attributes that the cleaner never
//! looks at. Without them parsing takes half the time.

use std::borrow::Cow;
use std::ops::Range;

use super::tags::{Attribute, Piece, Tags, is_escaped_script, is_one_of, is_raw};
use super::unread::{DRAWN, TECHNICAL_LINKS, is_placeholder, is_read};

/// Elements nest at most this deep. The deepest of 1,250 real pages nests 94 deep.
const MAX_DEPTH: usize = 300;

/// Work allowed for opening formatting elements again, in elements.
const MAX_REOPENED: usize = 500_000;

/// A page may have this many elements. The richest of 1,250 real pages has 10,000.
const MAX_ELEMENTS: usize = 120_000;

/// A tag may have this many attributes.
const MAX_ATTRIBUTES: usize = 2_000;

/// What is left out beside the tags in excess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thin {
    /// Scripts, style sheets and comments: what no selector of a site's rule can ask for.
    Unseen,
    /// Drawings, attributes that the walk does not read and space beside blocks, too.
    Unread,
}

/// Returns the page without the tags in excess and without what is never read; borrowed where there is nothing of both.
pub(super) fn tame(html: &str, thin: Thin) -> Cow<'_, str> {
    let mut scan = Scan::new(html, thin);
    scan.run();
    let mut cuts = scan.cuts;
    if scan.reopened > MAX_REOPENED {
        cuts.extend(scan.formatting.into_iter().map(Cut::tag));
        cuts.sort_by_key(|cut| cut.range.start);
    }
    if cuts.is_empty() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    for cut in cuts {
        if cut.range.start >= at {
            out.push_str(html.get(at..cut.range.start).unwrap_or_default());
            if cut.parts {
                out.push(' ');
            }
            at = cut.range.end;
        }
    }
    out.push_str(html.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Something to leave out.
struct Cut {
    range: Range<usize>,
    /// A space is put in its place, for the words around it.
    parts: bool,
}

impl Cut {
    fn tag(range: Range<usize>) -> Self {
        Self { range, parts: true }
    }

    fn unread(range: Range<usize>) -> Self {
        Self {
            range,
            parts: false,
        }
    }
}

struct Scan<'a> {
    html: &'a str,
    thin: Thin,
    /// Names and kinds of the open elements.
    open: Vec<(&'a str, Shape)>,
    /// Elements opened.
    count: usize,
    /// Names of elements dropped for depth or number and not yet closed.
    dropped: Vec<&'a str>,
    /// Formatting elements opened and not closed.
    unclosed: usize,
    reopened: usize,
    /// What to leave out, in the order of the page.
    cuts: Vec<Cut>,
    /// Ranges of all tags of formatting elements.
    formatting: Vec<Range<usize>>,
    /// End of the start tag of the drawing that is open, and the number of cuts before it.
    drawing: Option<(usize, usize)>,
    /// The next raw text is data that is read.
    keeps_script: bool,
    /// Where the last tag ends, and whether it breaks the line.
    last: (usize, bool),
    /// Open elements whose space is kept as it stands.
    preformatted: usize,
}

impl<'a> Scan<'a> {
    fn new(html: &'a str, thin: Thin) -> Self {
        Self {
            html,
            thin,
            open: Vec::new(),
            count: 0,
            dropped: Vec::new(),
            unclosed: 0,
            reopened: 0,
            cuts: Vec::new(),
            formatting: Vec::new(),
            drawing: None,
            keeps_script: false,
            last: (0, false),
            preformatted: 0,
        }
    }

    fn run(&mut self) {
        let mut tags = Tags::new(self.html);
        while let Some(piece) = tags.next() {
            match piece {
                Piece::Comment(range) => self.comment(range),
                Piece::Raw { name, range } => {
                    self.last = (range.end, false);
                    self.raw(name, range);
                }
                Piece::End { name, range } => {
                    let shape = Shape::of(name);
                    self.space(range.clone(), shape.breaks_line());
                    if shape == Shape::Preformatted {
                        self.preformatted = self.preformatted.saturating_sub(1);
                    }
                    self.drawing_ends(name, &range);
                    self.close(name, shape, range);
                }
                Piece::Start {
                    name,
                    range,
                    is_closed,
                } => {
                    let shape = Shape::of(name);
                    self.space(range.clone(), shape.breaks_line());
                    if shape == Shape::Preformatted {
                        self.preformatted += 1;
                    }
                    if tags.attributes.len() > MAX_ATTRIBUTES {
                        self.cuts.push(Cut::tag(range));
                        continue;
                    }
                    if self.is_technical(name, &tags.attributes) {
                        self.cuts.push(Cut::unread(range));
                        continue;
                    }
                    self.attributes(name, &tags.attributes);
                    self.drawing_starts(name, &range, is_closed);
                    self.open(name, shape, range, is_closed);
                }
            }
        }
    }

    /// Leaves out space beside a tag that breaks the line: nobody would see it, and each is a node of the tree.
    fn space(&mut self, tag: Range<usize>, breaks_line: bool) {
        let (end, broke_line) = std::mem::replace(&mut self.last, (tag.end, breaks_line));
        let gap = end..tag.start;
        if (breaks_line || broke_line)
            && self.preformatted == 0
            && self.thin == Thin::Unread
            && !gap.is_empty()
            && self.is_space(gap.clone())
        {
            self.cuts.push(Cut::unread(gap));
        }
    }

    fn comment(&mut self, range: Range<usize>) {
        // It is as if it were not there: what stood before it stands before what follows it.
        let stays = self.last.1 && self.is_space(self.last.0..range.start);
        self.space(range.clone(), stays);
        self.cuts.push(Cut::unread(range));
    }

    fn is_space(&self, gap: Range<usize>) -> bool {
        let gap = self.html.as_bytes().get(gap);
        gap.is_some_and(|gap| gap.iter().all(u8::is_ascii_whitespace))
    }

    /// Leaves out scripts and style sheets, but for data about the article.
    fn raw(&mut self, name: &str, range: Range<usize>) {
        let content = self.html.get(range.clone()).unwrap_or_default();
        let is_unseen = is_one_of(name, &["script", "style"])
            && !std::mem::take(&mut self.keeps_script)
            && !is_escaped_script(content);
        if is_unseen && !range.is_empty() {
            self.cuts.push(Cut::unread(range));
        }
    }

    fn is_technical(&self, name: &str, attributes: &[Attribute<'_>]) -> bool {
        self.thin == Thin::Unread
            && name.eq_ignore_ascii_case("link")
            && attributes
                .iter()
                .any(|a| a.name == "rel" && TECHNICAL_LINKS.contains(&a.value))
    }

    fn attributes(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.keeps_script = name.eq_ignore_ascii_case("script")
            && attributes
                .iter()
                .any(|a| a.name.eq_ignore_ascii_case("type") && a.value.contains('+'));
        if self.thin == Thin::Unseen {
            return;
        }
        // A picture with an address is not asked for its other sizes.
        let has_address = is_one_of(name, &["img"])
            && attributes
                .iter()
                .any(|a| a.name == "src" && !a.value.is_empty() && !is_placeholder(a.value));
        let unread = attributes
            .iter()
            .filter(|a| !is_read(name, a) || (has_address && a.name == "srcset"));
        self.cuts
            .extend(unread.map(|a| Cut::unread(a.range.clone())));
    }

    /// A drawing's inside is left out where all of it is of a drawing: other elements would end the drawing.
    fn drawing_starts(&mut self, name: &str, range: &Range<usize>, is_closed: bool) {
        if name.eq_ignore_ascii_case("svg") {
            let is_first = self.drawing.is_none() && self.thin == Thin::Unread && !is_closed;
            self.drawing = is_first.then_some((range.end, self.cuts.len()));
        } else if self.drawing.is_some() && !is_one_of(name, DRAWN) {
            self.drawing = None;
        }
    }

    fn drawing_ends(&mut self, name: &str, range: &Range<usize>) {
        if name.eq_ignore_ascii_case("svg") {
            if let Some((start, cuts)) = self.drawing.take() {
                self.cuts.truncate(cuts);
                self.cuts.push(Cut::unread(start..range.start));
            }
        } else if self.drawing.is_some() && !is_one_of(name, DRAWN) {
            self.drawing = None;
        }
    }

    fn open(&mut self, name: &'a str, shape: Shape, tag: Range<usize>, is_closed: bool) {
        if shape == Shape::Formatting {
            self.unclosed += 1;
            self.formatting.push(tag.clone());
        } else {
            self.reopened = self.reopened.saturating_add(self.unclosed);
        }
        self.count += 1;
        // What a raw element holds would be text without its tag.
        let is_too_many = self.count > MAX_ELEMENTS && !is_raw(name);
        let closes = is_closed && shape != Shape::Formatting && !name.eq_ignore_ascii_case("div");
        if shape == Shape::Void || closes {
            if is_too_many {
                self.cuts.push(Cut::tag(tag));
            }
            return;
        }
        if shape == Shape::ClosesItself && !is_too_many {
            // Formatting elements between do not keep it open: they are opened again inside the new one.
            let mut open = self.open.iter();
            let same = open.rposition(|(_, shape)| *shape != Shape::Formatting);
            let same = same.filter(|at| {
                let open = self.open.get(*at);
                open.is_some_and(|(open, _)| open.eq_ignore_ascii_case(name))
            });
            if let Some(at) = same {
                self.open.truncate(at + 1);
                return;
            }
        }
        if is_too_many || (self.open.len() >= MAX_DEPTH && !is_raw(name)) {
            self.dropped.push(name);
            self.cuts.push(Cut::tag(tag));
        } else {
            self.open.push((name, shape));
        }
    }

    fn close(&mut self, name: &'a str, shape: Shape, tag: Range<usize>) {
        if shape == Shape::Formatting {
            self.unclosed = self.unclosed.saturating_sub(1);
            self.formatting.push(tag.clone());
        }
        if self
            .dropped
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case(name))
        {
            self.dropped.pop();
            self.cuts.push(Cut::tag(tag));
        } else if let Some(at) = self
            .open
            .iter()
            .rposition(|(open, _)| open.eq_ignore_ascii_case(name))
        {
            self.open.truncate(at);
        } else if self.open.len() >= MAX_DEPTH {
            self.cuts.push(Cut::tag(tag));
        }
    }
}

/// What matters of an element's kind before parsing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Other,
    /// A line ends before and after it.
    Block,
    /// A block whose space is kept as it stands.
    Preformatted,
    /// It holds nothing.
    Void,
    /// Its end tag may be left out before another of the kind (WHATWG HTML §13.1.2.4).
    ClosesItself,
    /// It is opened again in each new paragraph until it is closed (WHATWG HTML §13.2.4.3).
    Formatting,
}

impl Shape {
    #[allow(
        clippy::match_same_arms,
        reason = "the frequent kinds are asked for first: arms are tried in order"
    )]
    fn of(name: &str) -> Self {
        let mut lower = [0; 10];
        let Some(lower) = lower.get_mut(..name.len()) else {
            return Self::Other;
        };
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            // Most elements are of these kinds.
            b"div" | b"ul" => Self::Block,
            b"span" => Self::Other,
            b"img" | b"br" | b"meta" | b"link" | b"input" | b"hr" | b"source" | b"wbr"
            | b"area" | b"base" | b"col" | b"embed" | b"param" | b"track" | b"path" => Self::Void,
            b"p" | b"li" | b"dt" | b"dd" | b"td" | b"th" | b"tr" | b"option" | b"tbody" => {
                Self::ClosesItself
            }
            b"a" | b"b" | b"i" | b"em" | b"strong" | b"font" | b"u" | b"s" | b"small" | b"big"
            | b"code" | b"tt" | b"strike" | b"nobr" => Self::Formatting,
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"section" | b"article" | b"header"
            | b"footer" | b"nav" | b"aside" | b"main" | b"figure" | b"figcaption" | b"ol"
            | b"dl" | b"table" | b"thead" | b"tfoot" | b"form" | b"blockquote" | b"body" => {
                Self::Block
            }
            b"pre" | b"listing" | b"xmp" => Self::Preformatted,
            _ => Self::Other,
        }
    }

    fn breaks_line(self) -> bool {
        matches!(self, Self::Block | Self::ClosesItself | Self::Preformatted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_left_as_it_is() {
        let page = "<html><body><p>One <b>two</b><p>three<script></script></body>";
        assert!(matches!(tame(page, Thin::Unread), Cow::Borrowed(_)));
        let paragraphs = "<p><b>sloppy<br>".repeat(500);
        assert!(matches!(tame(&paragraphs, Thin::Unread), Cow::Borrowed(_)));
    }

    #[track_caller]
    fn check_thin(page: &str, expect: &str) {
        assert_eq!(tame(page, Thin::Unread), expect, "{page}");
    }

    #[test]
    fn scripts_styles_and_comments_go_but_data_stays() {
        check_thin("a<!-- <p> -->b<!-->c", "abc");
        check_thin(
            "<script type=x>if (a<b) '<div>'</script><style>p { }</STYLE>x",
            "<script type=x></script><style></STYLE>x",
        );
        let data = "<script type=\"application/ld+json\">{\"a\": 1}</script>";
        check_thin(data, data);
        let escaped = "<script><!-- <script> </script> --></script>x";
        check_thin(escaped, escaped);
        let odd = "<!-- a --!> shown <!-- b -->";
        assert!(tame(odd, Thin::Unread).contains("shown"));
    }

    #[test]
    fn attributes_nobody_reads_go() {
        check_thin(
            "<p class=lead data-x='a>b' onclick=\"f('<i>')\" style='color:red'>x",
            "<p class=lead   >x",
        );
        check_thin(
            "<div style=\"display: None\" HIDDEN aria-hidden=false>",
            "<div style=\"display: None\" HIDDEN >",
        );
        check_thin(
            "<img src=a.jpg srcset='b.jpg 2x'><img src='data:,' srcset='c.jpg 2x'>",
            "<img src=a.jpg ><img  srcset='c.jpg 2x'>",
        );
        check_thin(
            "<link rel=stylesheet href=a><link rel=canonical href=b>",
            " <link rel=canonical href=b>".trim_start(),
        );
    }

    #[test]
    fn space_beside_a_block_goes() {
        check_thin(
            "<div>\n  <p> one <b>two</b> <i>three</i>\n</p> <!-- x --> </div>\n",
            "<div><p> one <b>two</b> <i>three</i></p></div>\n",
        );
        check_thin("<p>by<!-- --> <!-- -->me</p>", "<p>by me</p>");
        let kept = "<pre> <div> <b>a</b> </div> </pre>";
        check_thin(kept, kept);
    }

    #[test]
    fn a_drawing_is_emptied_where_it_is_nothing_else() {
        check_thin(
            "<a><svg class=i><title>x</title><path d='M1'/><g></g></svg>y</a>",
            "<a><svg class=i></svg>y</a>",
        );
        let broken = "<svg><g><p>text</svg>";
        check_thin(broken, broken);
        let open = "<svg><g><path><p>text";
        check_thin(open, open);
    }

    #[test]
    fn a_rule_may_ask_for_any_attribute() {
        let page = "<p data-x=1><svg><path d='M1'/></svg><script>x</script>";
        assert_eq!(
            tame(page, Thin::Unseen),
            "<p data-x=1><svg><path d='M1'/></svg><script></script>"
        );
    }

    #[test]
    fn depth_is_bounded_and_text_stays() {
        let page = format!("{}x{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let tamed = tame(&page, Thin::Unread);
        assert_eq!(tamed.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(tamed.matches("</div>").count(), MAX_DEPTH);
        assert!(tamed.contains('x'));
    }

    #[test]
    fn the_number_of_elements_is_bounded_and_text_stays() {
        for (start, end) in [
            ("<td>", ""),
            ("<p>", "</p>"),
            ("<i><b>", "</b></i>"),
            ("<br>", ""),
        ] {
            let parts: Vec<String> = (0..MAX_ELEMENTS + 100)
                .map(|n| format!("{start}w{n}{end}"))
                .collect();
            let page = parts.concat() + "<script type=a+b>{}</script>";
            let tamed = tame(&page, Thin::Unread);
            assert_eq!(
                tamed.matches(start).count() * start.matches('<').count(),
                MAX_ELEMENTS
            );
            assert!(tamed.contains(" w120099"), "{start}");
            assert!(tamed.ends_with("<script type=a+b>{}</script>"));
        }
    }

    #[test]
    fn a_data_script_deep_below_is_no_text() {
        let page = "<div>".repeat(400) + "<script type=a+b>{}</script>x";
        let tamed = tame(&page, Thin::Unread);
        assert!(tamed.ends_with("<script type=a+b>{}</script>x"));
    }

    #[test]
    fn unclosed_formatting_is_bounded() {
        let parts: Vec<String> = (0..5_000)
            .map(|n| format!("<p><font size={n}>w{n}"))
            .collect();
        let page = parts.concat();
        let tamed = tame(&page, Thin::Unread);
        assert!(!tamed.contains("<font"));
        assert!(tamed.contains("w4999"));
    }

    #[test]
    fn a_tag_of_a_million_attributes_goes() {
        let page = format!("<p {}>text", "a=b ".repeat(100_000));
        assert_eq!(tame(&page, Thin::Unread).trim(), "text");
    }
}
