//! Every setting, with its default. `config.example.toml` is this file in the user's words; a test holds them equal.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::feed::FeedBlock;
use super::unit::Span;
use crate::model::feed::FullText;

/// The settings as meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Name of a bundled theme, or of a file in `themes/` without `.toml`.
    pub theme: String,
    /// Keys to start from.
    pub preset: Preset,
    /// What marks an article read.
    pub mark_read: MarkRead,
    /// Whether feed and folder lists show read articles at start.
    pub show_read: bool,
    /// The order of lists at start.
    pub sort: SortName,
    /// Against the order's natural way.
    pub reverse: bool,
    /// Columns of the text column at most, 20 to 200.
    pub text_width: u16,
    /// Whether the names sidebar is shown where there is room.
    pub sidebar: bool,
    /// Whether pictures are fetched with articles, and how they are drawn.
    pub pictures: Pictures,
    /// Whether the mouse is taken; `false` gives selection back to the terminal.
    pub mouse: bool,
    /// Lines and signs: Unicode, or plain ASCII.
    pub borders: Borders,
    /// The browser's command line, `%s` for the address; empty: `$BROWSER`, then the system's opener.
    pub browser: String,
    /// The browser runs in this terminal: the screen is given up meanwhile.
    pub browser_terminal: bool,
    /// Reloading.
    pub fetch: Fetch,
    /// Feeds of special kinds.
    pub feed: Vec<FeedBlock>,
    /// Files attached to articles.
    pub enclosures: Enclosures,
    /// The user's keys: per context (`all`, `feeds`, `list`, `reader` …) a table from keys to a command.
    pub keys: BTreeMap<String, BTreeMap<String, String>>,
}

/// Keys to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// newsdesk's own.
    #[default]
    Default,
    /// Those of newsboat: a bare digit opens a link, counts are off.
    Newsboat,
}

/// Whether pictures are fetched, and how they are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pictures {
    /// As well as the terminal can.
    #[default]
    Auto,
    /// kitty graphics.
    Kitty,
    /// iTerm2's inline pictures.
    Iterm2,
    /// Sixel.
    Sixel,
    /// Two pixels a cell.
    Halfblocks,
    /// They are not fetched, and stand as their words.
    Off,
}

impl Pictures {
    const NAMES: &[(&str, Self)] = &[
        ("auto", Self::Auto),
        ("kitty", Self::Kitty),
        ("iterm2", Self::Iterm2),
        ("sixel", Self::Sixel),
        ("halfblocks", Self::Halfblocks),
        ("off", Self::Off),
    ];
}

/// A word, or `true` and `false` for `auto` and `off`.
impl<'de> Deserialize<'de> for Pictures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Switch(bool),
            Word(String),
        }
        match Written::deserialize(deserializer) {
            Ok(Written::Switch(on)) => Ok(if on { Self::Auto } else { Self::Off }),
            Ok(Written::Word(word)) => {
                let known = Self::NAMES.iter().find(|(name, _)| *name == word);
                known.map(|(_, way)| *way).ok_or_else(|| {
                    serde::de::Error::unknown_variant(
                        &word,
                        &["auto", "kitty", "iterm2", "sixel", "halfblocks", "off"],
                    )
                })
            }
            Err(_) => Err(serde::de::Error::custom(
                "expected \"auto\", \"kitty\", \"iterm2\", \"sixel\", \"halfblocks\" or \"off\"",
            )),
        }
    }
}

/// What marks an article read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkRead {
    /// Opening it.
    #[default]
    Open,
    /// Showing it in the preview, too.
    Preview,
    /// Only a key.
    Never,
}

/// The orders of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortName {
    /// Newest first.
    #[default]
    Date,
    /// By feed.
    Feed,
    /// By title.
    Title,
    /// Shortest first.
    Length,
}

/// Lines and signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Borders {
    /// Unicode where the locale can show it.
    #[default]
    Auto,
    /// Always Unicode.
    Unicode,
    /// Always ASCII.
    Ascii,
}

/// Reloading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fetch {
    /// Whether due feeds are reloaded by themselves while the reader is open.
    pub auto: bool,
    /// Between reloads of a feed that says nothing itself; never under 15 minutes by itself.
    pub interval: Span,
    /// When the page behind an entry is fetched.
    pub full_text: FullText,
    /// Requests at once in all, 1 to 256.
    pub connections: usize,
    /// Requests at once to one host, 1 to 256.
    pub connections_per_host: usize,
    /// Between two article pages of one host.
    pub page_gap: Span,
    /// Over which the first reload after the start is spread.
    pub start_spread: Span,
    /// To open a connection.
    pub connect_timeout: Span,
    /// Until the first byte of an answer.
    pub first_byte_timeout: Span,
    /// For a whole answer.
    pub total_timeout: Span,
    /// The User-Agent header; empty: name, version and address of newsdesk.
    pub user_agent: String,
}

/// Files attached to articles: podcasts, films, documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Enclosures {
    /// Where they are kept, `~/` for the home; empty: `enclosures` beside the library.
    pub folder: String,
    /// A larger file is not fetched.
    pub max_megabytes: u64,
    /// What opens them: media types (`audio/mpeg`, `audio/*`) and command lines, `%s` for the file.
    pub open: BTreeMap<String, String>,
}

impl Default for Enclosures {
    fn default() -> Self {
        Self {
            folder: String::new(),
            max_megabytes: 4_000,
            open: BTreeMap::new(),
        }
    }
}

impl Enclosures {
    /// Returns the command line for a media type: its own, else its kind's (`audio/*`), else that for all (`*`).
    pub fn opener(&self, media_type: &str) -> Option<&str> {
        let media = media_type.split(';').next().unwrap_or_default();
        let media = media.trim().to_ascii_lowercase();
        let kind = media.split('/').next().unwrap_or_default();
        [media.clone(), format!("{kind}/*"), "*".to_owned()]
            .iter()
            .find_map(|name| self.open.get(name))
            .map(String::as_str)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "terminal".into(),
            preset: Preset::Default,
            mark_read: MarkRead::Open,
            show_read: true,
            sort: SortName::Date,
            reverse: false,
            text_width: 76,
            sidebar: true,
            pictures: Pictures::Auto,
            mouse: true,
            borders: Borders::Auto,
            browser: String::new(),
            browser_terminal: false,
            fetch: Fetch::default(),
            feed: Vec::new(),
            enclosures: Enclosures::default(),
            keys: BTreeMap::new(),
        }
    }
}

impl Default for Fetch {
    fn default() -> Self {
        let seconds = |n| Span(Duration::from_secs(n));
        Self {
            auto: true,
            interval: seconds(3600),
            full_text: FullText::Auto,
            connections: 16,
            connections_per_host: 2,
            page_gap: seconds(1),
            start_spread: seconds(10),
            connect_timeout: seconds(10),
            first_byte_timeout: seconds(15),
            total_timeout: seconds(60),
            user_agent: String::new(),
        }
    }
}

impl Settings {
    /// Puts values that are out of their range to the nearest end, and says so: key and remark each.
    pub fn clamp(&mut self) -> Vec<(&'static str, String)> {
        let mut remarks = Vec::new();
        let mut limit = |key, value: &mut usize, low: usize, high: usize| {
            if !(low..=high).contains(value) {
                remarks.push((key, format!("{value} is out of range ({low} to {high})")));
                *value = (*value).clamp(low, high);
            }
        };
        let mut width = usize::from(self.text_width);
        limit("text_width", &mut width, 20, 200);
        limit("fetch.connections", &mut self.fetch.connections, 1, 256);
        limit(
            "fetch.connections_per_host",
            &mut self.fetch.connections_per_host,
            1,
            256,
        );
        self.text_width = width as u16;
        remarks
    }
}
