//! Addresses as people share them: without the parameters that only say where a reader came from.

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

/// Says whether a query parameter only tells where a reader came from.
pub fn is_tracker(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || name.starts_with("pk_") || TRACKERS.contains(&name.as_str())
}

/// Takes tracking parameters off an address; what is left stays byte for byte.
pub fn strip_trackers(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let says_nothing = |pair: &&str| is_tracker(pair.split('=').next().unwrap_or_default());
    if !query.split('&').any(|pair| says_nothing(&pair)) {
        return;
    }
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !says_nothing(pair))
        .collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

/// Returns an address without tracking parameters; as it is where it has none or is no address.
pub fn without_trackers(address: &str) -> String {
    match Url::parse(address) {
        Ok(mut url) if url.query().is_some() => {
            let before = url.query().map(str::len);
            strip_trackers(&mut url);
            if url.query().map(str::len) == before {
                address.to_owned()
            } else {
                url.into()
            }
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trackers_go() {
        let check = |address: &str, expect: &str| assert_eq!(without_trackers(address), expect);
        check(
            "https://a.example/x?utm_source=rss&utm_medium=feed",
            "https://a.example/x",
        );
        check(
            "https://a.example/x?id=3&FBCLID=y#top",
            "https://a.example/x?id=3#top",
        );
        check(
            "https://a.example/x?id=3&b=%zz",
            "https://a.example/x?id=3&b=%zz",
        );
        check("https://a.example", "https://a.example");
        check("urn:sha256:00?utm_source=x", "urn:sha256:00");
        check("no address", "no address");
    }
}
