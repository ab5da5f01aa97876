//! How much, how long and how many at once. Plain values, because a bench serves 200 feeds from one host and a demo has
//! no host at all.

use std::time::Duration;

/// The limits of a client. The defaults are those for the open web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests at once in all.
    pub connections: usize,
    /// Requests at once to one host.
    pub connections_per_host: usize,
    /// From the start of one article page of a host to the start of the next; pages of a host then come one at a
    /// time. Zero: no gap, and as many at once as `connections_per_host` says.
    pub page_gap: Duration,
    /// To open a connection.
    pub connect: Duration,
    /// Until the head of the answer, connecting included.
    pub first_byte: Duration,
    /// For the whole answer over all redirects, not counting the wait for one's turn.
    pub total: Duration,
    /// Between two pieces of a body.
    pub stall: Duration,
    /// A body that comes slower than this, on average after `slow_after`, is given up.
    pub slow_bytes_per_second: u64,
    /// When the speed of a body is first looked at.
    pub slow_after: Duration,
    /// Bytes of a feed at most, after decompression.
    pub feed_bytes: usize,
    /// Bytes of an article page at most, after decompression.
    pub page_bytes: usize,
    /// Bytes of a picture at most.
    pub picture_bytes: usize,
    /// Bytes of bodies held at once, of those that wait for room, beside what each connection brings.
    pub held_bytes: usize,
    /// Redirects followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16,
            connections_per_host: 2,
            page_gap: Duration::from_secs(1),
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(15),
            total: Duration::from_secs(60),
            stall: Duration::from_secs(15),
            // A 56k modem brings 5,000 bytes a second; what is ten times slower is a tarpit, not a line.
            slow_bytes_per_second: 500,
            slow_after: Duration::from_secs(20),
            feed_bytes: 10 << 20,
            page_bytes: 5 << 20,
            picture_bytes: 8 << 20,
            // One of the largest and one of half its length, beside 130 usual feeds of 60 kB. Measured: a reload of 600 feeds
            // takes as long as without a bound, and eight hostile feeds of 10 MB at once cost 95 to 175 MB.
            held_bytes: 24 << 20,
            redirects: 8,
        }
    }
}

impl Limits {
    /// Returns limits for material held in the program: no gaps, nothing to spare.
    pub fn embedded() -> Self {
        Self {
            connections: 64,
            connections_per_host: 64,
            page_gap: Duration::ZERO,
            ..Self::default()
        }
    }
}
