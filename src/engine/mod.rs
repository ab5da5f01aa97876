//! The hands: runs what the app wants done, and the same work for the command line without a screen.
//!
//! [`reload`](reload::reload), [`discover`], [`save_article`], [`fetch_full`] and [`fetch_page`] are plain functions on
//! a [`Context`]; they block, and must not be called on an async thread. [`Engine`] runs the app's effects on threads
//! of its own and answers with events: library questions on two query threads, the net on a small tokio runtime,
//! parsing, cleaning and tagging on a pool of as many threads as there are cores.
//!
//! The way of the data: due feeds → conditional request → 304 or the same bytes: touch and stop → parse → the feed's
//! own text and headlines are stored at once → pages, where the feed does not carry the whole text → clean → names →
//! store. Each article is worked on under `catch_unwind`: one that breaks the cleaner costs itself, not the reload.

mod access;
mod article;
mod cancel;
mod cleaned;
mod clock;
mod command;
mod context;
mod discover;
mod enclosure;
mod error;
mod export;
mod feed;
mod filter;
mod furniture;
pub mod import;
mod memo;
mod names;
pub mod newsboat;
mod offline;
mod others;
mod page;
mod picture;
mod pool;
mod refresh;
pub mod reload;
mod run;
mod schedule;
mod selector;
mod sitemap;
mod sites;
mod special;
mod teaser;
mod waits;
mod whole;

pub use article::{FetchedPage, fetch_full, fetch_page, save_article};
pub use cancel::Cancel;
pub use clock::Clock;
pub use context::{Context, Options};
pub use discover::discover;
pub use enclosure::{download_enclosure, enclosure_state};
pub use error::{Error, Result};
pub use offline::bring_offline;
pub use refresh::{catch_up, refresh_now, settle};
pub use reload::{FeedReport, Progress, Reload, Report, Status, Which};
pub use run::Engine;
pub use special::{keep_in_step, problems};
