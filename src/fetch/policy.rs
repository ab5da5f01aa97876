//! When to ask again. Pure functions on a clock and a seed that are passed in.
//!
//! Sources: RFC 9110 (Retry-After, 410), RFC 9111 (freshness), RSS 2.0 (ttl, skipHours, skipDays), the RSS syndication
//! module, and "feed reader best practices" (rachelbythebay.com): at most hourly by default, never in bursts.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Error, Kind};

/// A feed is never asked more often than this by itself.
pub const SHORTEST: Duration = Duration::from_secs(15 * 60);
/// What a site or feed says can stretch the gap to this, not further.
pub const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// A reader's own key asks again only after this.
pub const JUST_ASKED: Duration = Duration::from_secs(60);
/// A permanent move is believed when it was seen on so many polls: captive portals send 301 too.
pub const MOVED_POLLS: u32 = 3;
/// A feed not found for so long is told of as such.
pub const MISSING_TOLD_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);
/// The first wait after an error; doubled with each further one.
const FIRST_BACK_OFF: Duration = Duration::from_secs(3600);

/// What settles how often a feed is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// As the config or the feed's own settings say.
    pub interval: Duration,
    /// How long the last answer is fresh (`Cache-Control`, `Expires`).
    pub fresh_for: Option<Duration>,
    /// What the feed itself says.
    pub hints: Hints,
}

/// What a feed says about how often to ask it. Kept between reloads, as a 304 says none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// RSS `ttl`, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` over `sy:updateFrequency`, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_minutes: Option<u32>,
    /// Hours (UTC, 0 to 23) in which not to ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_hours: Vec<i8>,
    /// Days (UTC; 1 is Monday) on which not to ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_days: Vec<i8>,
}

impl Hints {
    /// Says whether the feed asks not to be asked at this time.
    fn skips(&self, at: Timestamp) -> bool {
        let civil = TimeZone::UTC.to_datetime(at);
        self.skip_hours.contains(&civil.hour())
            || self.skip_days.contains(&day_number(civil.weekday()))
    }
}

/// Returns the number [`Hints::skip_days`] uses for a day.
pub fn day_number(day: Weekday) -> i8 {
    day.to_monday_one_offset()
}

/// Returns when a feed is due again after a usable answer: the interval, raised by what site and feed say (up to 24
/// hours), never under 15 minutes, up to a tenth later by the seed so that feeds drift apart, and out of the hours and
/// days the feed wants to be left alone.
pub fn next_poll(now: Timestamp, pace: &Pace, seed: u64) -> Timestamp {
    let minutes = |n: Option<u32>| n.map(|n| Duration::from_secs(u64::from(n) * 60));
    let said = [
        pace.fresh_for,
        minutes(pace.hints.ttl_minutes),
        minutes(pace.hints.update_minutes),
    ];
    let said = said
        .into_iter()
        .flatten()
        .max()
        .unwrap_or_default()
        .min(LONGEST);
    let gap = pace.interval.max(said).max(SHORTEST);
    let mut at = later(now, gap + gap.mul_f64(0.1 * fraction(seed)));
    // Whole hours at a time over a week at most: a feed that forbids every hour is asked all the same.
    for _ in 0..7 * 24 {
        if !pace.hints.skips(at) {
            return at;
        }
        at = later(at, Duration::from_secs(3600));
    }
    later(now, gap)
}

/// Returns when to ask again after an error, the `failures`-th in a row (1 is the first): 1 hour × 2ⁿ, ±20 % by the
/// seed, up to 24 hours; never before the site's own `Retry-After`.
pub fn after_failure(
    now: Timestamp,
    failures: u32,
    retry_after: Option<Duration>,
    seed: u64,
) -> Timestamp {
    let doublings = failures.saturating_sub(1).min(5);
    let wait = FIRST_BACK_OFF * (1 << doublings);
    let wait = wait.mul_f64(0.8 + 0.4 * fraction(seed)).min(LONGEST);
    match retry_after {
        // The site said when: that is what is done, but not more often than any feed is asked.
        Some(asked) => later(now, asked.max(SHORTEST)),
        None => later(now, wait),
    }
}

/// Returns when a feed is due after an error: `None` (never again) for 410 Gone.
pub fn after_error(now: Timestamp, error: &Error, failures: u32, seed: u64) -> Option<Timestamp> {
    match error.kind {
        Kind::Status(410) => None,
        _ => Some(after_failure(now, failures, error.retry_after, seed)),
    }
}

/// Says whether a feed is due. A clock that was set back far leaves times in the future that would never come: then it
/// is due now, once.
pub fn is_due(
    now: Timestamp,
    next_poll: Option<Timestamp>,
    last_attempt: Option<Timestamp>,
) -> bool {
    let Some(next) = next_poll else {
        // Never asked: now. Asked, and never again: it said 410.
        return last_attempt.is_none();
    };
    let asked_in_the_future = last_attempt.is_some_and(|at| at > later(now, JUST_ASKED));
    next <= now || asked_in_the_future
}

/// What a reader's own reload does with a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manual {
    /// Ask it.
    Ask,
    /// It said 410: not asked again.
    Gone,
    /// It waits so much longer, for its host or its back-off.
    Wait(Duration),
    /// It was asked less than a minute ago.
    JustAsked,
}

/// What is known of a feed when the reader asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// When it is due by itself; `None`: never.
    pub next_poll: Option<Timestamp>,
    /// When it was last asked.
    pub last_attempt: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Its host, or itself, asked us to wait until then.
    pub waits_until: Option<Timestamp>,
}

/// Returns what a reader's own reload does with a feed. `named`: this feed was asked for by name, so that its back-off
/// does not hold; `force` lifts the minute. Neither lifts what a site asked for.
pub fn manual(now: Timestamp, standing: &Standing, named: bool, force: bool) -> Manual {
    if let Some(wait) = standing.waits_until.and_then(|until| wait_left(now, until)) {
        return Manual::Wait(wait);
    }
    if standing.last_attempt.is_some() && standing.next_poll.is_none() {
        return Manual::Gone;
    }
    let since = standing.last_attempt.map(|at| now.duration_since(at));
    let just =
        since.is_some_and(|since| Duration::try_from(since).is_ok_and(|since| since < JUST_ASKED));
    if just && !force {
        return Manual::JustAsked;
    }
    if standing.failures > 0
        && !named
        && let Some(wait) = standing.next_poll.and_then(|next| wait_left(now, next))
    {
        return Manual::Wait(wait);
    }
    Manual::Ask
}

/// Hosts that asked us to wait (429), and until when. Kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Waits(BTreeMap<String, Timestamp>);

impl Waits {
    /// Notes what an error says about its host: a 429 holds for all of it, for as long as it asks, else 15 minutes.
    /// Answers whether there was something to note.
    pub fn note(&mut self, now: Timestamp, host: &str, error: &Error) -> bool {
        if error.kind != Kind::Status(429) {
            return false;
        }
        let until = later(now, error.retry_after.unwrap_or(SHORTEST));
        let at = self.0.entry(host.to_owned()).or_insert(until);
        *at = (*at).max(until);
        true
    }

    /// Returns until when a host asked us to wait, where that is still to come. A time more than a week away comes from
    /// another clock and does not hold.
    pub fn until(&self, now: Timestamp, host: &str) -> Option<Timestamp> {
        let until = *self.0.get(host)?;
        wait_left(now, until).map(|_| until)
    }

    /// Forgets what is over.
    pub fn forget_past(&mut self, now: Timestamp) {
        self.0.retain(|_, until| wait_left(now, *until).is_some());
    }
}

/// Returns how long until a time, where it lies ahead and not further than any wait can (7 days and a bit).
fn wait_left(now: Timestamp, until: Timestamp) -> Option<Duration> {
    let left = Duration::try_from(until.duration_since(now)).ok()?;
    (!left.is_zero() && left <= Duration::from_secs(8 * 24 * 3600)).then_some(left)
}

/// A permanent move as seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Move {
    /// Where to.
    pub url: String,
    /// On how many polls in a row.
    pub polls: u32,
}

/// Counts a usable answer's permanent move. Returns what to remember, and the address to take over now, if any.
pub fn moved(seen: Option<Move>, permanent_url: Option<&str>) -> (Option<Move>, Option<String>) {
    let Some(url) = permanent_url else {
        return (None, None);
    };
    let before = seen.filter(|m| m.url == url).map_or(0, |m| m.polls);
    let polls = before.saturating_add(1);
    if polls >= MOVED_POLLS {
        return (None, Some(url.to_owned()));
    }
    let url = url.to_owned();
    (Some(Move { url, polls }), None)
}

/// Returns a time later by so much; the end of time where that is beyond it.
pub fn later(now: Timestamp, by: Duration) -> Timestamp {
    let seconds = i64::try_from(by.as_secs())
        .unwrap_or(i64::MAX)
        .min(400 * 24 * 3600);
    now.checked_add(seconds.seconds()).unwrap_or(Timestamp::MAX)
}

/// Returns how long after a common start the owner of a seed starts, so that many do not start at once.
pub fn spread(seed: u64, over: Duration) -> Duration {
    over.mul_f64(fraction(seed))
}

/// Turns a seed into an even fraction of 0 to 1. `SplitMix64` (Steele, Lea, Flood 2014), so that neighbouring seeds fall
/// far apart.
fn fraction(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;
    const HOUR: u64 = 3600;
    const DAY: u64 = 86_400;

    fn now() -> Timestamp {
        // A Monday.
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn at(seconds: u64) -> Timestamp {
        later(now(), Duration::from_secs(seconds))
    }

    fn seconds_to(time: Timestamp) -> u64 {
        u64::try_from(time.duration_since(now()).as_secs()).unwrap()
    }

    fn check_gap(pace: &Pace, low: u64, high: u64) {
        for seed in 0..50 {
            let gap = seconds_to(next_poll(now(), pace, seed));
            assert!(
                (low..=high).contains(&gap),
                "{pace:?} gives {gap}, not {low} to {high}"
            );
        }
    }

    fn every(seconds: u64) -> Pace {
        Pace {
            interval: Duration::from_secs(seconds),
            ..Pace::default()
        }
    }

    #[test]
    fn the_interval_is_raised_by_what_site_and_feed_say() {
        check_gap(&every(HOUR), HOUR, HOUR + 6 * MINUTE);
        check_gap(&every(MINUTE), 15 * MINUTE, 17 * MINUTE);
        let mut pace = every(HOUR);
        pace.fresh_for = Some(Duration::from_secs(2 * HOUR));
        check_gap(&pace, 2 * HOUR, 2 * HOUR + 12 * MINUTE);
        pace.hints.ttl_minutes = Some(180);
        check_gap(&pace, 3 * HOUR, 3 * HOUR + 18 * MINUTE);
        pace.hints.update_minutes = Some(60 * 24 * 365);
        check_gap(&pace, DAY, DAY + DAY / 10);
        pace.fresh_for = Some(Duration::MAX);
        check_gap(&pace, DAY, DAY + DAY / 10);
        // The reader's own interval may be longer than a day.
        check_gap(&every(3 * DAY), 3 * DAY, 4 * DAY);
        // A short max-age never makes it more often.
        pace = every(HOUR);
        pace.fresh_for = Some(Duration::from_secs(5));
        check_gap(&pace, HOUR, HOUR + 6 * MINUTE);
    }

    #[test]
    fn polls_of_many_feeds_spread() {
        let times: std::collections::BTreeSet<_> = (0..100)
            .map(|seed| next_poll(now(), &every(HOUR), seed))
            .collect();
        assert!(times.len() > 60, "{} different times of 100", times.len());
    }

    #[test]
    fn skipped_hours_and_days_are_left_alone() {
        let mut pace = every(HOUR);
        pace.hints.skip_hours = vec![13, 14, 15];
        check_gap(&pace, 4 * HOUR, 5 * HOUR);
        pace.hints.skip_hours.clear();
        pace.hints.skip_days = vec![day_number(Weekday::Monday), day_number(Weekday::Tuesday)];
        check_gap(&pace, 36 * HOUR, 37 * HOUR + 6 * MINUTE);
        // Every hour forbidden: the feed is asked all the same.
        pace.hints.skip_hours = (0..24).collect();
        check_gap(&pace, HOUR, HOUR + 6 * MINUTE);
    }

    #[test]
    fn errors_back_off_to_a_day() {
        for (failures, hours) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16)] {
            for seed in 0..50 {
                let wait = seconds_to(after_failure(now(), failures, None, seed));
                let (low, high) = (hours * HOUR * 8 / 10, (hours * HOUR * 12 / 10).min(DAY));
                assert!(
                    (low..=high).contains(&wait),
                    "failure {failures} waits {wait}"
                );
            }
        }
        for failures in [6, 7, 100, u32::MAX] {
            assert!(seconds_to(after_failure(now(), failures, None, 7)) <= DAY);
            assert!(seconds_to(after_failure(now(), failures, None, 7)) >= 20 * HOUR);
        }
    }

    #[test]
    fn the_sites_own_wait_wins() {
        let wait = |s| seconds_to(after_failure(now(), 3, Some(Duration::from_secs(s)), 0));
        assert_eq!(wait(2 * DAY), 2 * DAY);
        assert_eq!(wait(30 * MINUTE), 30 * MINUTE);
        assert_eq!(wait(0), 15 * MINUTE);
    }

    #[test]
    fn gone_is_for_good() {
        let check = |status, due: bool| {
            let error = Error::new(Kind::Status(status), "h");
            assert_eq!(after_error(now(), &error, 1, 0).is_some(), due, "{status}");
        };
        check(410, false);
        check(404, true);
        check(500, true);
    }

    #[test]
    fn a_clock_that_jumps_neither_storms_nor_sleeps() {
        assert!(is_due(now(), Some(now()), None));
        assert!(!is_due(now(), Some(at(HOUR)), Some(now())));
        assert!(!is_due(now(), None, Some(now())), "410 stays gone");
        assert!(is_due(now(), None, None), "a new feed is due");
        // Set back by a year: last asked in the future.
        assert!(is_due(now(), Some(at(366 * DAY)), Some(at(365 * DAY))));
        // Set forward: due once, then the next poll is an interval away.
        let ahead = at(365 * DAY);
        assert!(is_due(ahead, Some(at(HOUR)), Some(now())));
        assert!(!is_due(
            ahead,
            Some(next_poll(ahead, &every(HOUR), 1)),
            Some(ahead)
        ));
        assert_eq!(
            later(Timestamp::MAX, Duration::from_secs(9)),
            Timestamp::MAX
        );
    }

    #[test]
    fn a_reload_by_hand_leaves_alone_who_asked_for_it() {
        let ok = Standing {
            next_poll: Some(at(HOUR)),
            last_attempt: Some(now() - 10.minutes()),
            ..Standing::default()
        };
        let check = |standing: &Standing, named, force, expect| {
            assert_eq!(
                manual(now(), standing, named, force),
                expect,
                "{standing:?} {named} {force}"
            );
        };
        check(&Standing::default(), false, false, Manual::Ask);
        check(&ok, false, false, Manual::Ask);
        let fresh = Standing {
            last_attempt: Some(now() - 59.seconds()),
            ..ok
        };
        check(&fresh, true, false, Manual::JustAsked);
        check(&fresh, true, true, Manual::Ask);
        let gone = Standing {
            next_poll: None,
            ..ok
        };
        check(&gone, true, true, Manual::Gone);
        let asked = Standing {
            waits_until: Some(at(HOUR)),
            ..ok
        };
        check(&asked, true, true, Manual::Wait(Duration::from_secs(HOUR)));
        let failing = Standing { failures: 2, ..ok };
        check(
            &failing,
            false,
            true,
            Manual::Wait(Duration::from_secs(HOUR)),
        );
        check(&failing, true, false, Manual::Ask);
    }

    #[test]
    fn a_429_holds_for_the_host() {
        let mut waits = Waits::default();
        let mut error = Error::new(Kind::Status(429), "h");
        error.retry_after = Some(Duration::from_secs(HOUR));
        assert!(waits.note(now(), "h", &error));
        assert!(!waits.note(now(), "other", &Error::new(Kind::Status(503), "other")));
        assert_eq!(waits.until(now(), "h"), Some(at(HOUR)));
        assert_eq!(waits.until(at(HOUR), "h"), None);
        assert_eq!(waits.until(now(), "other"), None);
        let kept: Waits = serde_json::from_str(&serde_json::to_string(&waits).unwrap()).unwrap();
        assert_eq!(kept, waits);
        // Set back by a year: the wait is of another clock.
        assert_eq!(waits.until(now() - 8760.hours(), "h"), None);
        waits.forget_past(at(HOUR));
        assert_eq!(waits, Waits::default());
    }

    #[test]
    fn a_move_is_believed_on_the_third_poll() {
        let mut seen = None;
        for taken in [None, None, Some("http://new/".to_owned())] {
            let (next, new) = moved(seen, Some("http://new/"));
            assert_eq!(new, taken);
            seen = next;
        }
        let (once, _) = moved(None, Some("http://a/"));
        let (other, new) = moved(once.clone(), Some("http://b/"));
        assert_eq!((other.unwrap().polls, new), (1, None));
        assert_eq!(moved(once, None), (None, None));
    }
}
