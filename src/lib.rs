//! newsdesk: a terminal newsreader that holds the whole story.
//!
//! A fetcher downloads feeds and the articles behind them, cleans each page down to the article, finds the names in
//! it and keeps all of it in SQLite; a terminal front end shows feeds, headlines, the article and its names.
//!
//! # The map of the house
//!
//! Each module is a room with one job. Imports point down this table only; `tests/layers.rs` checks it, and which
//! crate may be named in which room.
//!
//! | floor | room | job |
//! |---|---|---|
//! | ground: plain data | [`text`] | width, truncation, cleaning, folding, charsets, dates |
//! | | [`model`] | feed, article, document, entity, query, change: the nouns everyone shares |
//! | transforms: pure functions | [`syndication`] | bytes → parsed feed; discovery; OPML and newsboat lists |
//! | | [`extract`] | HTML → document, metadata and a report of what was removed |
//! | | [`entities`] | text → mentions of people, organisations, places |
//! | | [`query`] | what the user typed → [`model::query::Query`] |
//! | | [`flow`] | document × width → styled lines |
//! | | [`export`] | document → Markdown, text, HTML, JSON |
//! | | [`keymap`] | keys, bindings, and the one table of commands |
//! | doors to the world | [`config`] | files as typed → settings as meant; themes; paths |
//! | | [`fetch`] | HTTP: client, conditional GET, politeness, limits |
//! | | [`store`] | SQLite: writer thread, readers, schema, journal |
//! | the app | [`app`] | state and rules: `update(Event) -> Vec<Effect>`, no I/O |
//! | hands | [`demo`] | the demo edition: papers held in the program, answering as a server would |
//! | | [`engine`] | runs effects, sends events: reload, full text, schedule |
//! | faces | [`ui`], [`tui`] | draws the app; owns the terminal and the loop |
//! | | [`cli`] | arguments and the commands that need no screen |
//!
//! # Invariants
//!
//! - The ground, the transforms and [`app`] do no I/O and read no clock, environment or random numbers.
//! - The UI thread never touches disk or network: it sends [`app::Effect`]s and receives [`app::Event`]s.
//! - A mark is acknowledged only after its commit. Nothing the user kept is deleted by a reload or a config edit.
//! - Text is cleaned of control characters once, at ingest ([`text::clean()`]), and again at every print that is not a cell.
//! - Hostile bytes cost at most one feed or one article: transforms return results and remarks, never errors.

pub mod text;

pub mod model;

pub mod entities;
pub mod export;
pub mod extract;
pub mod flow;
pub mod keymap;
pub mod query;
pub mod syndication;

pub mod config;
pub mod fetch;
pub mod store;

pub mod app;

pub mod demo;
pub mod engine;

pub mod cli;
pub mod tui;
pub mod ui;
