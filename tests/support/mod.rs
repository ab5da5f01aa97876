//! What several test programs share. Each uses its own part of it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test program uses its own part"
)]

pub mod desk;
pub mod papers;
pub mod server;
