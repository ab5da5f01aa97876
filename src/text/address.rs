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

/// Returns an address fit for screens, logs and files: without user name and password.
pub fn redacted(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if has_login(&parsed) => {
            // Both fail only for addresses that cannot have a login.
            let _ = parsed.set_username("");
            let _ = parsed.set_password(None);
            parsed.into()
        }
        _ => url.to_owned(),
    }
}

/// Returns an address with the login of another, where it has none and both lie on the same host: what came back from
/// a screen or a site, where logins are never shown.
pub fn with_login_of(url: &str, other: &str) -> String {
    let (Ok(mut new), Ok(old)) = (Url::parse(url), Url::parse(other)) else {
        return url.to_owned();
    };
    if has_login(&new) || !has_login(&old) || new.origin() != old.origin() {
        return url.to_owned();
    }
    // Both fail only for addresses that cannot have a login.
    let _ = new.set_username(old.username());
    let _ = new.set_password(old.password());
    new.into()
}

fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
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

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(
            redacted("https://me:secret@example.com/f?x=1"),
            "https://example.com/f?x=1"
        );
        assert_eq!(redacted("https://example.com/f"), "https://example.com/f");
        assert_eq!(redacted("no address"), "no address");
    }

    #[test]
    fn a_login_goes_with_its_own_host_only() {
        let old = "https://me:secret@example.com/f";
        for (url, expect) in [
            ("https://example.com/g", "https://me:secret@example.com/g"),
            ("https://you@example.com/g", "https://you@example.com/g"),
            ("https://example.org/g", "https://example.org/g"),
            ("http://example.com/g", "http://example.com/g"),
        ] {
            assert_eq!(with_login_of(url, old), expect);
        }
    }
}
