//! An element's attributes as the walk reads them, once: what class and id speak for, whether it is shown, and the real
//! address of a picture that is loaded late.

use scraper::ElementRef;

use crate::text::clean;

/// The attributes that matter, found in one pass.
#[derive(Default)]
pub(super) struct Attrs<'a> {
    pub(super) class: &'a str,
    pub(super) id: &'a str,
    pub(super) test_id: &'a str,
    pub(super) role: &'a str,
    pub(super) itemprop: &'a str,
    pub(super) rel: &'a str,
    pub(super) href: &'a str,
    pub(super) src: &'a str,
    pub(super) srcset: &'a str,
    pub(super) data_src: &'a str,
    pub(super) data_lazy_src: &'a str,
    pub(super) data_original: &'a str,
    pub(super) data_srcset: &'a str,
    pub(super) alt: &'a str,
    pub(super) title: &'a str,
    pub(super) content: &'a str,
    pub(super) property: &'a str,
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) lang: &'a str,
    pub(super) datetime: &'a str,
    pub(super) style: &'a str,
    pub(super) aria_hidden: &'a str,
    pub(super) start: &'a str,
    pub(super) width: &'a str,
    pub(super) height: &'a str,
    pub(super) has_hidden: bool,
}

impl<'a> Attrs<'a> {
    pub(super) fn of(element: ElementRef<'a>) -> Self {
        let mut found = Self::default();
        for (name, value) in element.value().attrs() {
            match name {
                // The most frequent ones first.
                "class" => found.class = value,
                "href" => found.href = value.trim(),
                "id" => found.id = value,
                "src" => found.src = value.trim(),
                "alt" => found.alt = value,
                "data-testid" | "data-component" | "data-type" | "data-module" => {
                    found.test_id = value;
                }
                "role" => found.role = value,
                "itemprop" => found.itemprop = value,
                "rel" => found.rel = value,
                "srcset" => found.srcset = value,
                "data-src" | "data-url" | "data-image" | "data-hi-res-src" => {
                    found.data_src = value.trim();
                }
                "data-lazy-src" | "data-lazy" | "data-lazyload" | "data-original-src" => {
                    found.data_lazy_src = value.trim();
                }
                "data-original" | "data-orig-file" | "data-full-src" => {
                    found.data_original = value.trim();
                }
                "data-srcset" | "data-lazy-srcset" => found.data_srcset = value,
                "title" => found.title = value,
                "content" => found.content = value,
                "property" => found.property = value,
                "name" => found.name = value,
                "type" => found.kind = value,
                "lang" | "xml:lang" => found.lang = value,
                "datetime" => found.datetime = value,
                "style" => found.style = value,
                "aria-hidden" => found.aria_hidden = value,
                "start" => found.start = value,
                "width" => found.width = value,
                "height" => found.height = value,
                "hidden" => found.has_hidden = true,
                _ => {}
            }
        }
        found
    }

    pub(super) fn is_hidden(&self) -> bool {
        let style = || {
            let flat: String = self.style.chars().filter(|c| !c.is_whitespace()).collect();
            let flat = flat.to_ascii_lowercase();
            flat.contains("display:none") || flat.contains("visibility:hidden")
        };
        self.has_hidden || self.aria_hidden == "true" || (!self.style.is_empty() && style())
    }

    /// Tracking pixels and icons.
    pub(super) fn is_tiny(&self) -> bool {
        let small = |size: &str| {
            size.trim_end_matches("px")
                .trim()
                .parse::<u32>()
                .is_ok_and(|pixels| pixels <= 32)
        };
        small(self.width) || small(self.height)
    }
}

/// Returns a picture's real address and alternative text.
pub(super) fn image_of(attrs: &Attrs<'_>) -> Option<(String, String)> {
    let is_real =
        |src: &&str| !src.is_empty() && !src.starts_with("data:") && !src.contains("blank.gif");
    let from_set = |set: &str| largest_of(set);
    let lazy = [attrs.data_original, attrs.data_lazy_src, attrs.data_src]
        .into_iter()
        .find(is_real)
        .map(str::to_owned);
    let src = lazy
        .or_else(|| from_set(attrs.data_srcset))
        .or_else(|| is_real(&attrs.src).then(|| attrs.src.to_owned()))
        .or_else(|| from_set(attrs.srcset))?;
    Some((src, clean::clean_line(attrs.alt)))
}

/// Returns the address with the largest width or density in a `srcset` (WHATWG HTML §4.8.4.2.1).
pub(super) fn largest_of(srcset: &str) -> Option<String> {
    let candidates = srcset.split(", ").flat_map(|part| {
        part.split(",http").enumerate().map(|(n, piece)| {
            if n == 0 {
                piece.to_owned()
            } else {
                format!("http{piece}")
            }
        })
    });
    let mut best: Option<(f64, String)> = None;
    for candidate in candidates {
        let mut words = candidate.split_whitespace();
        let Some(address) = words.next() else {
            continue;
        };
        let size = words
            .next()
            .and_then(|size| size.trim_end_matches(['w', 'x', ',']).parse().ok())
            .unwrap_or(1.0);
        if !address.starts_with("data:") && best.as_ref().is_none_or(|(largest, _)| size > *largest)
        {
            best = Some((size, address.trim_end_matches(',').to_owned()));
        }
    }
    best.map(|(_, address)| address)
}

pub(super) fn clean_text(element: ElementRef<'_>) -> String {
    clean::clean_line(&element.text().collect::<String>())
}
