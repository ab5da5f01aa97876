//! A page as the cleaner sees it: the elements that have a shape, and the runs of text between their borders.
//!
//! One walk over the parsed tree, without recursion, gives all that later steps need; the tree itself is dropped after
//! it. Whether a block belongs to the article is decided elsewhere.

use std::ops::Range;

use scraper::Html;

use super::guard;
use super::measure::Measured;
use super::site::SiteRule;
use super::walk::Walk;
use super::words::Groups;
use crate::model::document::MarkKind;

/// Text of an element whose class says author or date is kept up to this length.
pub(super) const MAX_HINT_BYTES: usize = 400;

/// Kinds of elements that matter for shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Tag {
    Root,
    Div,
    Section,
    Article,
    Main,
    Header,
    Footer,
    Nav,
    Aside,
    Form,
    Address,
    Details,
    P,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Ul,
    Ol,
    Li,
    Dl,
    Dt,
    Dd,
    Quote,
    Pre,
    Table,
    Tr,
    Td,
    Th,
    TableCaption,
    Figure,
    Figcaption,
    Button,
}

impl Tag {
    /// Returns the kind of a block-level element; `None` for inline ones and those that are not shown.
    #[allow(
        clippy::match_same_arms,
        reason = "the frequent kinds are asked for first: arms are tried in order"
    )]
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            // Most inline elements are of these kinds.
            "a" | "span" | "b" | "i" | "em" | "strong" => return None,
            "div" | "center" | "fieldset" | "hgroup" | "dialog" | "summary" | "amp-sidebar"
            | "frameset" | "tbody" | "thead" | "tfoot" | "menu-bar" | "search" => Self::Div,
            "p" => Self::P,
            "section" => Self::Section,
            "article" => Self::Article,
            "main" => Self::Main,
            "header" => Self::Header,
            "footer" => Self::Footer,
            "nav" => Self::Nav,
            "aside" => Self::Aside,
            "form" => Self::Form,
            "address" => Self::Address,
            "details" => Self::Details,
            "h1" => Self::H1,
            "h2" => Self::H2,
            "h3" => Self::H3,
            "h4" => Self::H4,
            "h5" => Self::H5,
            "h6" => Self::H6,
            "ul" | "menu" | "dir" => Self::Ul,
            "ol" => Self::Ol,
            "li" => Self::Li,
            "dl" => Self::Dl,
            "dt" => Self::Dt,
            "dd" => Self::Dd,
            "blockquote" => Self::Quote,
            "pre" | "xmp" | "listing" => Self::Pre,
            "table" => Self::Table,
            "tr" => Self::Tr,
            "td" => Self::Td,
            "th" => Self::Th,
            "caption" => Self::TableCaption,
            "figure" => Self::Figure,
            "figcaption" => Self::Figcaption,
            "button" => Self::Button,
            "body" | "html" => Self::Root,
            _ => return None,
        })
    }

    /// Returns 1 to 6 for a heading.
    pub(super) fn heading_level(self) -> Option<u8> {
        Some(match self {
            Self::H1 => 1,
            Self::H2 => 2,
            Self::H3 => 3,
            Self::H4 => 4,
            Self::H5 => 5,
            Self::H6 => 6,
            _ => return None,
        })
    }
}

/// A block-level element.
#[derive(Clone, Debug)]
pub(super) struct Elem {
    pub(super) tag: Tag,
    /// Index of the parent; the root is its own.
    pub(super) parent: usize,
    pub(super) depth: usize,
    /// What its class, id, role and itemprop speak for.
    pub(super) groups: Groups,
    /// Tokens of its class and id in [`Page::tokens`].
    pub(super) tokens: Range<usize>,
    /// Not shown, itself or an ancestor.
    pub(super) is_hidden: bool,
    /// Marked as the article's body by microdata.
    pub(super) is_article_body: bool,
    /// First number of an ordered list.
    pub(super) start: i32,
    /// What the site's rule says of it, itself or an ancestor.
    pub(super) ruled: Ruled,
    /// Its blocks.
    pub(super) blocks: Range<usize>,
}

/// What a site's rule says of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ruled {
    #[default]
    Nothing,
    Body,
    Strip,
    Keep,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    /// Preformatted text.
    Code,
    Image {
        src: String,
        alt: String,
    },
    Embed {
        src: String,
        title: String,
    },
    Rule,
}

/// A run of text between borders of block elements, or something that is no text.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// Index of the innermost block element.
    pub(super) elem: usize,
    pub(super) text: String,
    pub(super) marks: Vec<RawMark>,
    /// Letters and other visible characters, white space not counted.
    pub(super) chars: u32,
    pub(super) link_chars: u32,
    pub(super) bold_chars: u32,
    pub(super) links: u32,
    /// What the classes of inline elements around its first word speak for.
    pub(super) inline: Groups,
    /// What its text is made of.
    pub(super) measured: Measured,
}

/// A mark with its link's address as the page wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawMark {
    pub(super) range: Range<usize>,
    pub(super) kind: MarkKind,
}

/// Something the page says visibly of author or date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) kind: HintKind,
    /// Its words.
    pub(super) text: String,
    /// Machine-readable value (`datetime`, `content`), may be empty.
    pub(super) value: String,
    /// Index of the block it begins in.
    pub(super) block: usize,
}

/// Kinds of [`Hint`], most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HintKind {
    RuledTitle,
    RuledAuthor,
    RuledDate,
    /// `itemprop=author`, `rel=author`.
    Author,
    /// A link to an author's page, or a class that says author.
    Byline,
    /// `itemprop=datePublished`.
    Published,
    /// `<time>`.
    Time,
    /// A class that says date.
    Dateline,
    /// `itemprop=headline`.
    Headline,
}

/// What the page's head says, as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) title: String,
    /// (name, property or itemprop in lower case, content).
    pub(super) metas: Vec<(String, String)>,
    /// (rel in lower case, href), also of `<a rel=next>`.
    pub(super) links: Vec<(String, String)>,
    pub(super) json_ld: Vec<String>,
    pub(super) lang: String,
    pub(super) base: String,
}

/// A page after the walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) head: Head,
    pub(super) elems: Vec<Elem>,
    pub(super) blocks: Vec<Block>,
    /// Hashes of class and id tokens.
    pub(super) tokens: Vec<u32>,
    pub(super) hints: Vec<Hint>,
    /// Address of the next page, by the site's rule.
    pub(super) following: Option<String>,
}

impl Page {
    /// Parses a page and walks it.
    pub(super) fn parse(html: &str, rule: Option<&SiteRule>) -> Self {
        let thin = if rule.is_some() {
            guard::Thin::Unseen
        } else {
            guard::Thin::Unread
        };
        let html = Html::parse_document(&guard::tame(html, thin));
        let mut walk = Walk::new(&html, rule);
        walk.run(&html);
        walk.page
    }

    /// Returns the address of the head's first `<link>` of this kind.
    pub(super) fn link(&self, rel: &str) -> Option<&str> {
        let mut links = self.head.links.iter();
        links
            .find(|(own, _)| own == rel)
            .map(|(_, href)| href.as_str())
    }

    /// Gives an element and its ancestors, innermost first, without the root.
    pub(super) fn chain(&self, elem: usize) -> impl Iterator<Item = &Elem> {
        let mut at = elem;
        std::iter::from_fn(move || {
            let elem = self.elems.get(at).filter(|_| at != 0)?;
            at = elem.parent;
            Some(elem)
        })
    }

    /// Gives the indexes of an element and its ancestors, innermost first, without the root.
    pub(super) fn chain_indexes(&self, elem: usize) -> impl Iterator<Item = usize> {
        let mut at = elem;
        std::iter::from_fn(move || {
            let here = at;
            at = self.elems.get(at).filter(|_| at != 0)?.parent;
            Some(here)
        })
    }
}
