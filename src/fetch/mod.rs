//! The door to the net: one polite HTTP client, its limits, and the rules of when to ask again.
//!
//! Requests go in, whole answers or one plain sentence come out. Redirects are followed here hop by hop, because the
//! rules of a reader differ from a browser's: headers are chosen per hop, credentials stay with their host, and no
//! public address may send us to a private one. Every wait, cap and gap is a value of [`Limits`].
//!
//! What is asked *when* is settled in [`policy`] by pure functions on a clock that is passed in.
//!
//! This room never parses a feed, never stores, and never sends a cookie or a Referer.

mod access;
mod address;
mod client;
mod download;
mod error;
mod gate;
mod header;
mod limits;
mod net;
pub mod policy;
mod request;
mod room;
mod unpack;

pub use access::{Access, Proxy};
pub use address::{host_of, is_private};
pub use client::{Client, Options, Transport, body_hash};
pub use download::{DownloadError, Head, Piece, Resume, Sink};
pub use error::{Error, Kind, Phase, are_offline};
pub use limits::Limits;
pub use net::Lookup;
pub use request::{EmbeddedResponse, For, Request, Response};
pub use room::Room;

/// What the client calls itself where neither feed nor config says otherwise.
pub const USER_AGENT: &str = concat!(
    "newsdesk/",
    env!("CARGO_PKG_VERSION"),
    " (+https://crates.io/crates/newsdesk)"
);
