//! The settings the app acts on, and how they come from the config as typed.

use jiff::tz::TimeZone;

use crate::config::settings::{MarkRead, Pictures, Preset as ConfigPreset, SortName};
use crate::keymap::{Keymap, Preset};
use crate::model::query::Sort;

/// In which colours pictures are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PictureColours {
    /// They stand as their words.
    #[default]
    Off,
    /// In the 216 colours of the xterm palette's cube.
    Indexed,
    /// In 24 bits.
    True,
}

/// What the app acts on.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What marks an article read.
    pub mark_read: MarkRead,
    /// Whether feed and folder lists and the tree show what is read, at start.
    pub show_read: bool,
    /// The order of lists at start.
    pub sort: Sort,
    /// Against the order's natural way.
    pub reverse: bool,
    /// Columns of the text column at most.
    pub text_width: u16,
    /// Whether the names stand beside the article where there is room.
    pub sidebar: bool,
    /// Whether pictures are fetched with articles.
    pub fetch_pictures: bool,
    /// In which colours pictures are drawn, if at all.
    pub pictures: PictureColours,
    /// Only ASCII for lines and signs.
    pub ascii: bool,
    /// The keys.
    pub keymap: Keymap,
    /// The user's time zone: it settles `today` and `after:2026-11-01`.
    pub zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mark_read: MarkRead::Open,
            show_read: true,
            sort: Sort::Date,
            reverse: false,
            text_width: 76,
            sidebar: true,
            fetch_pictures: true,
            pictures: PictureColours::Off,
            ascii: false,
            keymap: Keymap::default(),
            zone: TimeZone::UTC,
        }
    }
}

impl Settings {
    /// Takes what the app needs from the config, with remarks on its keys in plain words. `ascii` is what the config's
    /// `borders` and the locale come to, `pictures` what the terminal shows.
    pub fn from_config(
        config: &crate::config::Settings,
        zone: TimeZone,
        ascii: bool,
        pictures: PictureColours,
    ) -> (Self, Vec<String>) {
        let preset = match config.preset {
            ConfigPreset::Default => Preset::Default,
            ConfigPreset::Newsboat => Preset::Newsboat,
        };
        let (keymap, remarks) = Keymap::with(preset, &config.keys);
        let remarks = remarks.into_iter().map(|it| format!("config: {it}"));
        let sort = match config.sort {
            SortName::Date => Sort::Date,
            SortName::Feed => Sort::Feed,
            SortName::Title => Sort::Title,
            SortName::Length => Sort::Length,
        };
        let settings = Self {
            mark_read: config.mark_read,
            show_read: config.show_read,
            sort,
            reverse: config.reverse,
            text_width: config.text_width,
            sidebar: config.sidebar,
            fetch_pictures: config.pictures != Pictures::Off,
            pictures: if config.pictures == Pictures::Off {
                PictureColours::Off
            } else {
                pictures
            },
            ascii,
            keymap,
            zone,
        };
        (settings, remarks.collect())
    }
}
