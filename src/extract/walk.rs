//! The walk over the parsed tree: one pass without recursion that gives elements, blocks, hints and head of a page.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ego_tree::NodeId;
use scraper::{ElementRef, Html, Node, Selector};

use super::attrs::{Attrs, clean_text, image_of};
use super::measure::Measured;
use super::page::{Block, Elem, Hint, HintKind, Kind, MAX_HINT_BYTES, Page, RawMark, Ruled, Tag};
use super::site::SiteRule;
use super::words::{self, Groups};
use crate::model::document::MarkKind;
use crate::text::clean;

/// In a longer text, letters of two elements that touch are one word.
const MAX_PARTED_CHARS: u32 = 120;

/// An element that is open in the walk.
struct Open {
    elem: Option<usize>,
    mark: bool,
    link: bool,
    bold: bool,
    pre: bool,
    inline: bool,
    hint: Option<(HintKind, String, usize, usize)>,
}

/// The walk, and the page as far as it has come.
pub(super) struct Walk {
    pub(super) page: Page,
    open: Vec<Open>,
    /// Innermost block element.
    elem: usize,
    /// Text of the block being read.
    text: String,
    marks: Vec<RawMark>,
    /// Marks that are open: kind and start in `text`.
    open_marks: Vec<(MarkKind, usize)>,
    chars: u32,
    link_chars: u32,
    bold_chars: u32,
    links: u32,
    inline: Groups,
    open_inline: Vec<Groups>,
    in_link: u32,
    in_bold: u32,
    in_pre: u32,
    breaks: u32,
    /// An inline element was closed, and (second) another was opened, since the last word.
    seam: (bool, bool),
    /// What class, id and test id speak for, by their hashes.
    names: HashMap<[u64; 3], (Groups, Range<usize>)>,
    ruled: HashMap<NodeId, Ruled>,
    ruled_hints: HashMap<NodeId, HintKind>,
    next: HashSet<NodeId>,
}

impl Walk {
    pub(super) fn new(html: &Html, rule: Option<&SiteRule>) -> Self {
        let root = Elem {
            tag: Tag::Root,
            parent: 0,
            depth: 0,
            groups: 0,
            tokens: 0..0,
            is_hidden: false,
            is_article_body: false,
            start: 1,
            ruled: Ruled::Nothing,
            blocks: 0..0,
        };
        let mut walk = Self {
            page: Page {
                elems: vec![root],
                ..Page::default()
            },
            open: Vec::new(),
            elem: 0,
            text: String::new(),
            marks: Vec::new(),
            open_marks: Vec::new(),
            chars: 0,
            link_chars: 0,
            bold_chars: 0,
            links: 0,
            inline: 0,
            open_inline: Vec::new(),
            in_link: 0,
            in_bold: 0,
            in_pre: 0,
            breaks: 0,
            seam: (false, false),
            names: HashMap::new(),
            ruled: HashMap::new(),
            ruled_hints: HashMap::new(),
            next: HashSet::new(),
        };
        if let Some(rule) = rule {
            walk.apply(html, rule);
        }
        walk
    }

    fn apply(&mut self, html: &Html, rule: &SiteRule) {
        let select = |selector: &str| -> Vec<NodeId> {
            let Ok(selector) = Selector::parse(selector) else {
                return Vec::new();
            };
            html.select(&selector).map(|found| found.id()).collect()
        };
        for id in rule.body.iter().flat_map(|s| select(s)) {
            self.ruled.insert(id, Ruled::Body);
        }
        for id in rule.keep.iter().flat_map(|s| select(s)) {
            self.ruled.insert(id, Ruled::Keep);
        }
        for id in rule.strip.iter().flat_map(|s| select(s)) {
            self.ruled.insert(id, Ruled::Strip);
        }
        let hints = [
            (&rule.title, HintKind::RuledTitle),
            (&rule.author, HintKind::RuledAuthor),
            (&rule.date, HintKind::RuledDate),
        ];
        for (selector, kind) in hints {
            for id in selector.iter().flat_map(|s| select(s)) {
                self.ruled_hints.insert(id, kind);
            }
        }
        self.next = rule.next_page.iter().flat_map(|s| select(s)).collect();
    }

    pub(super) fn run(&mut self, html: &Html) {
        let mut node = html.tree.root();
        loop {
            let goes_in = self.enter(node);
            if goes_in && let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            if goes_in {
                self.leave(node.value());
            }
            loop {
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                let Some(parent) = node.parent() else {
                    self.flush();
                    let count = self.page.blocks.len();
                    if let Some(root) = self.page.elems.first_mut() {
                        root.blocks = 0..count;
                    }
                    return;
                };
                self.leave(parent.value());
                node = parent;
            }
        }
    }

    /// Takes a node in; says whether its children are to be walked (then [`Self::leave`] follows).
    fn enter(&mut self, node: ego_tree::NodeRef<'_, Node>) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.push(&text.text);
                false
            }
            Node::Element(_) => {
                ElementRef::wrap(node).is_some_and(|element| self.enter_element(element))
            }
            Node::Document => true,
            _ => false,
        }
    }

    #[allow(
        clippy::match_same_arms,
        reason = "the frequent kinds are asked for first: arms are tried in order"
    )]
    fn enter_element(&mut self, element: ElementRef<'_>) -> bool {
        let name = element.value().name();
        match name {
            // Most elements are of these kinds.
            "div" | "a" | "span" | "li" | "p" | "ul" => {}
            "script" => {
                let attrs = Attrs::of(element);
                if attrs.kind.eq_ignore_ascii_case("application/ld+json") {
                    self.page.head.json_ld.push(element.text().collect());
                }
                return false;
            }
            "head" => {
                self.open.push(Open::plain());
                return true;
            }
            "meta" => {
                self.meta(&Attrs::of(element));
                return false;
            }
            "link" => {
                let attrs = Attrs::of(element);
                if !attrs.href.is_empty() {
                    let link = (attrs.rel.to_ascii_lowercase(), attrs.href.to_owned());
                    self.page.head.links.push(link);
                }
                return false;
            }
            "title" => {
                if self.page.head.title.is_empty() {
                    self.page.head.title = clean_text(element);
                }
                return false;
            }
            "base" => {
                if self.page.head.base.is_empty() {
                    Attrs::of(element).href.clone_into(&mut self.page.head.base);
                }
                return false;
            }
            "noscript" => {
                self.noscript(element);
                return false;
            }
            "style" | "template" | "svg" | "canvas" | "select" | "datalist" | "textarea"
            | "input" | "object" | "map" | "param" | "rp" | "noframes" | "option" | "progress"
            | "meter" => return false,
            "br" => {
                self.line_break();
                return false;
            }
            "hr" => {
                self.flush();
                self.item(Kind::Rule);
                return false;
            }
            "img" | "amp-img" | "picture" | "source" => return self.image(name, element),
            "iframe" | "embed" | "amp-iframe" | "amp-youtube" | "video" | "audio" => {
                let attrs = Attrs::of(element);
                self.embed(&attrs);
                return false;
            }
            _ => {}
        }
        let attrs = Attrs::of(element);
        if name == "a" && attrs.rel.eq_ignore_ascii_case("next") && !attrs.href.is_empty() {
            let link = ("next".to_owned(), attrs.href.to_owned());
            self.page.head.links.push(link);
        }
        let ruled = self.ruled.get(&element.id()).copied();
        let (groups, tokens) = self.names_of(&attrs);
        let hint = self.hint(element, &attrs, groups);
        let open = match Tag::of(name) {
            Some(tag) => self.open_block(tag, &attrs, (groups, tokens), ruled),
            // What lies in a line is no block to report: a note's number, an edit link.
            None if ruled == Some(Ruled::Strip) => return false,
            None => self.open_inline(name, &attrs, groups),
        };
        let hint = hint.map(|(kind, value)| (kind, value, self.page.blocks.len(), self.text.len()));
        self.open.push(Open { hint, ..open });
        if self.next.contains(&element.id()) && !attrs.href.is_empty() {
            self.page.following = Some(attrs.href.to_owned());
        }
        true
    }

    fn open_block(
        &mut self,
        tag: Tag,
        attrs: &Attrs<'_>,
        (groups, tokens): (Groups, Range<usize>),
        ruled: Option<Ruled>,
    ) -> Open {
        self.flush();
        if tag == Tag::Root {
            if !attrs.lang.is_empty() && self.page.head.lang.is_empty() {
                attrs.lang.clone_into(&mut self.page.head.lang);
            }
            return Open::plain();
        }
        let parent = self.elem;
        let (depth, hidden, inherited) = self
            .page
            .elems
            .get(parent)
            .map_or((0, false, Ruled::Nothing), |e| {
                (e.depth, e.is_hidden, e.ruled)
            });
        let role = match attrs.role {
            "navigation" | "menu" | "menubar" | "search" => words::NAV,
            "complementary" => words::SIDE,
            "contentinfo" => words::FOOTER,
            "dialog" | "alertdialog" => words::HIDDEN,
            _ => 0,
        };
        let ruled = match (inherited, ruled) {
            (_, Some(own)) => own,
            (inherited, None) => inherited,
        };
        self.page.elems.push(Elem {
            tag,
            parent,
            depth: depth + 1,
            groups: groups | role,
            tokens,
            is_hidden: hidden || attrs.is_hidden(),
            is_article_body: attrs
                .itemprop
                .split_whitespace()
                .any(|word| word == "articleBody"),
            start: attrs.start.parse().unwrap_or(1),
            ruled,
            blocks: self.page.blocks.len()..self.page.blocks.len(),
        });
        self.elem = self.page.elems.len() - 1;
        let pre = tag == Tag::Pre;
        self.in_pre += u32::from(pre);
        Open {
            elem: Some(parent),
            pre,
            ..Open::plain()
        }
    }

    fn open_inline(&mut self, name: &str, attrs: &Attrs<'_>, groups: Groups) -> Open {
        let kind = match name {
            "a" if !attrs.href.is_empty() => Some(MarkKind::Link(attrs.href.to_owned())),
            "em" | "i" | "cite" | "dfn" | "var" => Some(MarkKind::Emphasis),
            "strong" | "b" => Some(MarkKind::Strong),
            "code" | "kbd" | "samp" | "tt" => Some(MarkKind::Code),
            "del" | "s" | "strike" => Some(MarkKind::Deleted),
            "sup" => Some(MarkKind::Superscript),
            "sub" => Some(MarkKind::Subscript),
            _ => None,
        };
        let link = matches!(kind, Some(MarkKind::Link(_)));
        let bold = matches!(kind, Some(MarkKind::Strong));
        let mark = kind.is_some();
        self.seam.1 = self.seam.0 && !matches!(name, "sup" | "sub");
        if let Some(kind) = kind {
            self.open_marks.push((kind, self.text.len()));
        }
        self.in_link += u32::from(link);
        self.in_bold += u32::from(bold);
        self.links += u32::from(link);
        let groups = groups | if attrs.is_hidden() { words::HIDDEN } else { 0 };
        let inline = groups != 0;
        if inline {
            self.open_inline.push(groups);
        }
        Open {
            mark,
            link,
            bold,
            inline,
            ..Open::plain()
        }
    }

    fn names_of(&mut self, attrs: &Attrs<'_>) -> (Groups, Range<usize>) {
        if attrs.class.is_empty() && attrs.id.is_empty() && attrs.test_id.is_empty() {
            return (0, 0..0);
        }
        let key = [attrs.class, attrs.id, attrs.test_id].map(words::quick_hash);
        if let Some(known) = self.names.get(&key) {
            return known.clone();
        }
        let name = [attrs.class, attrs.id, attrs.test_id].join(" ");
        let start = self.page.tokens.len();
        let tokens = &mut self.page.tokens;
        words::tokens(&name, |token| {
            let hash = words::hash_of_token(token);
            if !tokens.get(start..).unwrap_or_default().contains(&hash) && tokens.len() < start + 24
            {
                tokens.push(hash);
            }
        });
        let found = (words::of_name(&name), start..self.page.tokens.len());
        self.names.insert(key, found.clone());
        found
    }

    /// Returns what an element says of author, date or headline.
    fn hint(
        &self,
        element: ElementRef<'_>,
        attrs: &Attrs<'_>,
        groups: Groups,
    ) -> Option<(HintKind, String)> {
        if let Some(kind) = self.ruled_hints.get(&element.id()) {
            return Some((*kind, attrs.datetime.to_owned()));
        }
        let name = element.value().name();
        let has = |word: &str| {
            !attrs.itemprop.is_empty() && attrs.itemprop.split_whitespace().any(|own| own == word)
        };
        let value = if attrs.datetime.is_empty() {
            attrs.content
        } else {
            attrs.datetime
        };
        let kind = if has("author")
            || has("creator")
            || (!attrs.rel.is_empty() && attrs.rel.split_whitespace().any(|rel| rel == "author"))
        {
            HintKind::Author
        } else if has("datePublished") {
            HintKind::Published
        } else if has("headline") {
            HintKind::Headline
        } else if has("dateModified") {
            return None;
        } else if name == "time" {
            HintKind::Time
        } else if groups & words::AUTHOR != 0 || is_author_page(attrs.href) {
            HintKind::Byline
        } else if groups & words::DATE != 0 {
            HintKind::Dateline
        } else {
            return None;
        };
        Some((kind, value.to_owned()))
    }

    fn leave(&mut self, value: &Node) {
        if !matches!(value, Node::Element(_)) {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        self.seam.0 = open.elem.is_none();
        if let Some((kind, value, block, offset)) = open.hint {
            self.take_hint(kind, value, block, offset);
        }
        if let Some(parent) = open.elem {
            self.flush();
            let count = self.page.blocks.len();
            if let Some(elem) = self.page.elems.get_mut(self.elem) {
                elem.blocks.end = count;
            }
            self.elem = parent;
        }
        if open.mark
            && let Some((kind, start)) = self.open_marks.pop()
        {
            self.mark(kind, start);
        }
        self.in_link -= u32::from(open.link);
        self.in_bold -= u32::from(open.bold);
        self.in_pre -= u32::from(open.pre);
        if open.inline {
            self.open_inline.pop();
        }
    }

    fn take_hint(&mut self, kind: HintKind, value: String, block: usize, offset: usize) {
        let mut text = String::new();
        let before = self.page.blocks.get(block..).unwrap_or_default();
        for (n, part) in before.iter().enumerate() {
            let own = if n == 0 {
                part.text.get(offset..).unwrap_or(&part.text)
            } else {
                &part.text
            };
            text.push_str(own);
            text.push('\n');
            if text.len() > MAX_HINT_BYTES {
                return;
            }
        }
        let offset = if before.is_empty() { offset } else { 0 };
        text.push_str(self.text.get(offset..).unwrap_or_default());
        if text.len() <= MAX_HINT_BYTES
            && !(text.trim().is_empty() && value.is_empty())
            && self.page.hints.len() < 400
        {
            self.page.hints.push(Hint {
                kind,
                text: text.trim().to_owned(),
                value,
                block,
            });
        }
    }

    fn meta(&mut self, attrs: &Attrs<'_>) {
        let name = [attrs.property, attrs.name, attrs.itemprop]
            .into_iter()
            .find(|name| !name.is_empty());
        if let Some(name) = name
            && !attrs.content.is_empty()
            && self.page.head.metas.len() < 400
        {
            let meta = (name.to_ascii_lowercase(), attrs.content.to_owned());
            self.page.head.metas.push(meta);
        }
    }

    /// A `<noscript>` holds its content as text here; only the address of a lazy picture is taken from it.
    fn noscript(&mut self, element: ElementRef<'_>) {
        let inner: String = element.text().collect();
        let Some(at) = inner.find("<img") else { return };
        let fragment = Html::parse_fragment(
            inner
                .get(at..inner.len().min(at + 4096))
                .unwrap_or_default(),
        );
        let Some(src) = fragment
            .tree
            .nodes()
            .filter_map(ElementRef::wrap)
            .find(|e| e.value().name() == "img")
            .and_then(|img| image_of(&Attrs::of(img)))
        else {
            return;
        };
        // The picture before it is mostly the placeholder of this one.
        if let Some(Block {
            kind: Kind::Image { src: known, .. },
            elem,
            ..
        }) = self.page.blocks.last_mut()
            && *elem == self.elem
        {
            if known.is_empty() {
                *known = src.0;
            }
            return;
        }
        self.flush_if_wide();
        self.item(Kind::Image {
            src: src.0,
            alt: src.1,
        });
    }

    fn image(&mut self, name: &str, element: ElementRef<'_>) -> bool {
        if name == "picture" {
            self.open.push(Open::plain());
            return true;
        }
        let attrs = Attrs::of(element);
        if name == "source" {
            return false;
        }
        if attrs.is_tiny() {
            return false;
        }
        let (mut src, alt) = image_of(&attrs).unwrap_or_default();
        if src.is_empty() {
            // `<picture>`: the sources stand before the image.
            src = element
                .prev_siblings()
                .filter_map(ElementRef::wrap)
                .filter(|e| e.value().name() == "source")
                .find_map(|e| image_of(&Attrs::of(e)))
                .map(|found| found.0)
                .unwrap_or_default();
        }
        self.flush_if_wide();
        self.item(Kind::Image { src, alt });
        name == "amp-img" && {
            self.open.push(Open::plain());
            true
        }
    }

    fn embed(&mut self, attrs: &Attrs<'_>) {
        let src = [attrs.src, attrs.data_src, attrs.data_lazy_src]
            .into_iter()
            .find(|src| !src.is_empty() && !src.starts_with("about:"));
        if let Some(src) = src {
            let (src, title) = (src.to_owned(), clean::clean_line(attrs.title));
            self.flush_if_wide();
            self.item(Kind::Embed { src, title });
        }
    }

    /// A picture inside a line of text (an icon, a smiley) must not cut the line: it is put before it.
    fn flush_if_wide(&mut self) {
        if self.chars == 0 {
            self.flush();
        }
    }

    fn item(&mut self, kind: Kind) {
        self.page.blocks.push(Block {
            kind,
            elem: self.elem,
            text: String::new(),
            marks: Vec::new(),
            chars: 0,
            link_chars: 0,
            bold_chars: 0,
            links: self.in_link.min(1),
            inline: self.open_inline.last().copied().unwrap_or(0),
            measured: Measured::default(),
        });
    }

    fn line_break(&mut self) {
        self.breaks += 1;
        if self.in_pre > 0 {
            self.text.push('\n');
        } else if self.text.ends_with('\n') {
            self.flush();
        } else if !self.text.is_empty() {
            while self.text.ends_with(' ') {
                self.text.pop();
            }
            self.text.push('\n');
        }
    }

    fn push(&mut self, raw: &str) {
        let cleaned = clean::clean(raw);
        self.part(&cleaned);
        if self.in_pre > 0 {
            self.begin(&cleaned);
            self.count(&cleaned);
            self.text.push_str(&cleaned);
            return;
        }
        // Words with single spaces between them are taken in one piece.
        let mut start = 0;
        let mut last = ' ';
        for (at, c) in cleaned.char_indices() {
            if c.is_whitespace() && !(c == ' ' && last != ' ') {
                self.words(cleaned.get(start..at).unwrap_or_default());
                self.space();
                start = at + c.len_utf8();
                last = ' ';
            } else {
                last = c;
            }
        }
        self.words(cleaned.get(start..).unwrap_or_default());
    }

    /// Takes words with single spaces between them, perhaps with one behind them.
    fn words(&mut self, words: &str) {
        if !words.is_empty() {
            self.begin(words);
            self.count(words);
            self.text.push_str(words);
        }
    }

    /// Puts a space behind the last word, where none stands yet.
    fn space(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b' ' | b'\n')) {
            self.text.push(' ');
        }
    }

    /// Parts two elements of a line that only the style sheet keeps apart: "Jane Doe" and "Editor", "2023" and "5 views".
    fn part(&mut self, next: &str) {
        let (_, is_seam) = std::mem::take(&mut self.seam);
        if !is_seam || self.in_pre > 0 || self.chars > MAX_PARTED_CHARS {
            return;
        }
        if let (Some(last), Some(first)) = (self.text.chars().next_back(), next.chars().next())
            && (last.is_lowercase() || last.is_ascii_digit())
            && (first.is_uppercase() || first.is_ascii_digit())
        {
            self.text.push(' ');
        }
    }

    /// At the first word of a block, takes what the inline elements around it say.
    fn begin(&mut self, word: &str) {
        if self.chars == 0 && !word.trim().is_empty() {
            self.inline = self.open_inline.iter().fold(0, |all, own| all | own);
        }
    }

    fn count(&mut self, text: &str) {
        let chars = if self.in_pre > 0 {
            text.chars().filter(|c| !c.is_whitespace()).count() as u32
        } else {
            // Single spaces are the only white space; what is no continuation byte begins a character.
            let begins = |byte: &u8| *byte != b' ' && byte & 0xC0 != 0x80;
            text.bytes().filter(|byte| begins(byte)).count() as u32
        };
        self.chars += chars;
        self.link_chars += if self.in_link > 0 { chars } else { 0 };
        self.bold_chars += if self.in_bold > 0 { chars } else { 0 };
    }

    fn mark(&mut self, kind: MarkKind, start: usize) {
        let end = self.text.trim_end().len();
        let inner = self.text.get(start..end).unwrap_or_default();
        let start = start + (inner.len() - inner.trim_start().len());
        if start < end {
            self.marks.push(RawMark {
                range: start..end,
                kind,
            });
        }
    }

    /// Ends the block being read.
    fn flush(&mut self) {
        if self.chars > 0 {
            for (kind, start) in self.open_marks.clone() {
                self.mark(kind, start);
            }
            let is_code = self.in_pre > 0;
            let text = self.text.trim_end().to_owned();
            let mut marks = std::mem::take(&mut self.marks);
            marks.retain_mut(|mark| {
                mark.range.end = mark.range.end.min(text.len());
                mark.range.start < mark.range.end
            });
            marks.sort_by_key(|mark| (mark.range.start, std::cmp::Reverse(mark.range.end)));
            self.page.blocks.push(Block {
                kind: if is_code { Kind::Code } else { Kind::Text },
                elem: self.elem,
                measured: Measured::of(&text),
                text,
                marks,
                chars: self.chars,
                link_chars: self.link_chars,
                bold_chars: self.bold_chars,
                links: self.links,
                inline: self.inline,
            });
        }
        self.text.clear();
        self.marks.clear();
        for open in &mut self.open_marks {
            open.1 = 0;
        }
        self.chars = 0;
        self.link_chars = 0;
        self.bold_chars = 0;
        self.links = u32::from(self.in_link > 0);
        self.inline = 0;
    }
}

/// Says whether an address has a folder of authors before its end.
fn is_author_page(href: &str) -> bool {
    let is_folder = |part: &str| {
        matches!(
            part,
            "author" | "authors" | "autor" | "by" | "staff" | "profile" | "people"
        )
    };
    let mut parts = href.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some() && is_folder(part) {
            return true;
        }
    }
    false
}

impl Open {
    fn plain() -> Self {
        Self {
            elem: None,
            mark: false,
            link: false,
            bold: false,
            pre: false,
            inline: false,
            hint: None,
        }
    }
}
