//! What nobody reads of a page: the elements and attributes that the walk and the tree builder never ask for.

use std::borrow::Cow;

use super::tags::{Attribute, is_one_of};

/// Elements of drawings (SVG 2) that hold no HTML.
pub(super) const DRAWN: &[&str] = &[
    "path",
    "g",
    "use",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "defs",
    "title",
    "desc",
    "symbol",
    "clippath",
    "mask",
    "lineargradient",
    "radialgradient",
    "stop",
    "style",
    "filter",
    "pattern",
    "text",
    "tspan",
    "fegaussianblur",
    "feoffset",
    "feblend",
    "feflood",
    "fecolormatrix",
    "fecomposite",
    "femerge",
    "femergenode",
    "animate",
    "animatetransform",
    "image",
    "metadata",
];

/// Says whether a picture's address is none: data in the address itself, or an empty picture.
pub(super) fn is_placeholder(src: &str) -> bool {
    src.trim_start().starts_with("data:") || src.contains("blank.gif")
}

/// Kinds of `<link>` that say nothing of the article.
pub(super) const TECHNICAL_LINKS: &[&str] = &[
    "stylesheet",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "icon",
    "shortcut icon",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "mask-icon",
    "manifest",
];

/// Elements whose title names what they embed.
const EMBEDDING: &[&str] = &[
    "iframe",
    "embed",
    "amp-iframe",
    "amp-youtube",
    "video",
    "audio",
];

/// Says whether the walk or the tree builder asks for an attribute; `super::attrs` reads it.
pub(super) fn is_read(element: &str, attribute: &Attribute<'_>) -> bool {
    let value = attribute.value;
    let has = |part: &str| value.to_ascii_lowercase().contains(part);
    let name = if attribute.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(attribute.name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(attribute.name)
    };
    match &*name {
        // The most frequent ones first.
        "class" | "href" | "id" | "alt" | "role" | "itemprop" | "rel" | "srcset" | "content"
        | "datetime" | "start" | "hidden" | "data-testid" | "data-component" | "data-type"
        | "data-module" | "data-src" | "data-url" | "data-image" | "data-hi-res-src"
        | "data-lazy-src" | "data-lazy" | "data-lazyload" | "data-original-src"
        | "data-original" | "data-orig-file" | "data-full-src" | "data-srcset"
        | "data-lazy-srcset" => true,
        "name" | "property" | "charset" | "http-equiv" => is_one_of(element, &["meta"]),
        "width" | "height" => is_one_of(element, &["img", "amp-img"]),
        "lang" | "xml:lang" => is_one_of(element, &["html", "body"]),
        // A hidden field may stand in a table.
        "type" => is_one_of(element, &["script", "input"]),
        "title" => is_one_of(element, EMBEDDING),
        // A picture in the address itself is a placeholder.
        "src" => !is_placeholder(value),
        "style" => has("none") || has("hidden"),
        "aria-hidden" => has("true"),
        // The tree builder asks for these.
        name => matches!(name, "color" | "face" | "size" | "encoding"),
    }
}
