//! Addresses: absolute, http(s) only, without tracking parameters.

use url::Url;

/// Query parameters that only say where a reader came from. Sources: the `ClearURLs` catalogue's global rules and the
/// parameters' own makers (Google Analytics `utm_*`, Meta `fbclid`, Google Ads `gclid`, Microsoft `msclkid` …).
const TRACKERS: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "vero_id",
    "vero_conv",
    "oly_enc_id",
    "oly_anon_id",
    "wickedid",
    "soc_src",
    "soc_trk",
    "ncid",
    "cmpid",
    "ocid",
    "smid",
    "sref",
    "spm",
    "xtor",
    "at_medium",
    "at_campaign",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "__twitter_impression",
    "ref_src",
    "ref_url",
    "feature_ref",
    "mkt_tok",
    "trk",
    "rb_clickid",
    "s_cid",
    "ito",
    "ns_mchannel",
    "ns_campaign",
    "ns_source",
    "ftag",
    "partner_ref",
    "echobox",
];

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

/// Takes tracking parameters off an address.
pub(super) fn strip_trackers(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let is_tracker = |pair: &str| {
        let name = pair
            .split('=')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        name.starts_with("utm_") || name.starts_with("pk_") || TRACKERS.contains(&name.as_str())
    };
    if !query.split('&').any(is_tracker) {
        return;
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracker(pair)).collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
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
