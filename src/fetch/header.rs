//! Reading and writing header values: bytes kept as they are, dates, waits and lifetimes.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{
    AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};

/// The longest wait a site may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Returns a header's bytes as a string of one character each (U+0000 to U+00FF), so that any value survives unchanged
/// where only text can be kept. Validators are opaque: what a site sends is what it gets back (RFC 9110 §8.8).
pub(super) fn opaque(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    (!value.is_empty()).then(|| {
        value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect()
    })
}

/// Turns such a string into the header it came from.
pub(super) fn from_opaque(value: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = value
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// Returns a header as text, where it is text.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Returns a header as text, whatever its bytes: UTF-8 where it is, else one character a byte.
pub(super) fn lossy(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    })
}

/// Reads a date of RFC 9110 §5.6.7. The weekday is not held against the day.
pub(super) fn date(value: &str) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(value.trim()).ok()
}

/// Returns how long a site asks us to wait (RFC 9110 §10.2.3: seconds or a date), at most seven days.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?.trim();
    let wait = if value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        // A site's clock that runs behind ours would ask for a wait that is over; then there is none.
        let until = date(value)?;
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Returns how long an answer is fresh (RFC 9111 §4.2): `max-age` less `Age`, else `Expires` less `Date`. `None` where
/// nothing is said, and where caching is forbidden.
pub(super) fn lifetime(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let control: Vec<String> = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    if control.iter().any(|d| d == "no-cache" || d == "no-store") {
        return None;
    }
    let max_age = control
        .iter()
        .find_map(|directive| directive.strip_prefix("max-age="))
        .and_then(|seconds| seconds.trim_matches('"').parse::<u64>().ok());
    if let Some(seconds) = max_age {
        let age = text(headers, AGE).and_then(|age| age.trim().parse::<u64>().ok());
        return Some(Duration::from_secs(
            seconds.saturating_sub(age.unwrap_or(0)),
        ));
    }
    let expires = date(text(headers, EXPIRES)?)?;
    let served = text(headers, DATE).and_then(date).unwrap_or(now);
    Duration::try_from(expires.duration_since(served)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn any_bytes_of_a_validator_survive() {
        for bytes in [
            &b"W/\"abc\""[..],
            b"unquoted",
            b"\"\xe9\xff\"",
            b"Tue, 31 Foo 2099",
        ] {
            let mut map = HeaderMap::new();
            map.insert("etag", HeaderValue::from_bytes(bytes).unwrap());
            let kept = opaque(&map, HeaderName::from_static("etag")).unwrap();
            assert_eq!(from_opaque(&kept).unwrap().as_bytes(), bytes);
        }
        assert!(from_opaque("한").is_none());
        assert!(from_opaque("a\nb").is_none());
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_date() {
        let check = |value: &str, expect: Option<u64>| {
            let wait = retry_after(&headers(&[("retry-after", value)]), now());
            assert_eq!(wait, expect.map(Duration::from_secs), "{value}");
        };
        check("120", Some(120));
        check(" 7 ", Some(7));
        check("Mon, 23 Nov 2026 12:10:00 GMT", Some(600));
        check("Sun, 23 Nov 2026 12:10:00 GMT", Some(600));
        check("Mon, 23 Nov 2026 11:00:00 GMT", Some(0));
        check("99999999999999999999999", Some(7 * 86_400));
        check("Mon, 23 Nov 2099 12:10:00 GMT", Some(7 * 86_400));
        check("soon", None);
        check("-5", None);
    }

    #[test]
    fn freshness_is_max_age_then_expires() {
        let check = |pairs: &[(&'static str, &str)], expect: Option<u64>| {
            assert_eq!(
                lifetime(&headers(pairs), now()),
                expect.map(Duration::from_secs),
                "{pairs:?}"
            );
        };
        check(&[("cache-control", "public, max-age=7200")], Some(7200));
        check(
            &[("cache-control", "max-age=7200"), ("age", "200")],
            Some(7000),
        );
        check(
            &[
                ("cache-control", "Max-Age=60"),
                ("expires", "Mon, 23 Nov 2026 20:00:00 GMT"),
            ],
            Some(60),
        );
        check(&[("expires", "Mon, 23 Nov 2026 13:00:00 GMT")], Some(3600));
        check(
            &[
                ("date", "Mon, 23 Nov 2026 12:30:00 GMT"),
                ("expires", "Mon, 23 Nov 2026 13:00:00 GMT"),
            ],
            Some(1800),
        );
        check(&[("expires", "0")], None);
        check(&[("cache-control", "no-cache, max-age=60")], None);
        check(&[], None);
    }
}
