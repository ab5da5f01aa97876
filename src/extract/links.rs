//! Addresses: absolute, http(s) only, without tracking parameters.

use url::Url;

use crate::text::address::strip_trackers;

/// Returns the absolute http(s) address of a link, cleaned; `None` for scripts, mail and places in the same page.
pub(super) fn resolve(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let mut url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    strip_trackers(&mut url);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(href: &str, expect: Option<&str>) {
        let base = Url::parse("https://example.org/news/a.html").expect("an address");
        assert_eq!(resolve(href, Some(&base)).as_deref(), expect, "{href}");
    }

    #[test]
    fn links_become_absolute_and_lose_trackers() {
        check(
            "/b?utm_source=x&id=3&fbclid=abc#top",
            Some("https://example.org/b?id=3#top"),
        );
        check(
            "c.html?utm_source=x",
            Some("https://example.org/news/c.html"),
        );
        check(
            "//cdn.example.org/p.jpg",
            Some("https://cdn.example.org/p.jpg"),
        );
    }

    #[test]
    fn what_is_no_web_address_is_no_link() {
        check("javascript:alert(1)", None);
        check("mailto:a@example.org", None);
        check("#note1", None);
        check("data:text/html,x", None);
    }
}
