//! Reads the config file: settings as far as they can be read, and a remark for each thing that can't.

use std::path::Path;

use serde_path_to_error::Segment;
use toml::de::{DeArray, DeTable, DeValue};

use super::feed::{ConfigFeed, FeedBlock};
use super::settings::{Preset, Settings};
use super::theme::{self, Theme};
use crate::keymap::{self, Keymap};
use crate::text::nearest;

/// A remark on the config, in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line in the file, from 1, where known.
    pub line: Option<usize>,
    /// What is wrong and what was meant.
    pub text: String,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings; defaults for what could not be read.
    pub settings: Settings,
    /// The theme, all its colours.
    pub theme: Theme,
    /// What is wrong; empty where nothing is.
    pub remarks: Vec<Remark>,
    /// The feeds it names.
    pub feeds: Vec<ConfigFeed>,
    /// The file is there and all of it could be read: what it does not name is named no longer.
    pub whole: bool,
}

/// Reads a config file and the theme it names. A missing file gives the defaults without a remark; a broken one the
/// defaults with one.
pub fn load(path: &Path, themes: &Path) -> Loaded {
    let mut remarks = Vec::new();
    let mut feeds = Vec::new();
    let mut whole = false;
    let settings = match std::fs::read_to_string(path) {
        Ok(text) => match parse(&text) {
            Ok((settings, said)) => {
                // A block that could not be read in full is not taken out.
                whole =
                    read_feeds(&settings.feed, &text, &mut feeds, &mut remarks) && said.is_empty();
                remarks.extend(said);
                settings
            }
            Err(remark) => {
                remarks.push(remark);
                Settings::default()
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Settings::default(),
        Err(error) => {
            remarks.push(Remark {
                line: None,
                text: format!("cannot be read: {error}"),
            });
            Settings::default()
        }
    };
    let theme = load_theme(&settings.theme, themes).unwrap_or_else(|error| {
        remarks.push(Remark {
            line: None,
            text: format!("theme: {error}"),
        });
        Theme::default()
    });
    Loaded {
        settings,
        theme,
        remarks,
        feeds,
        whole,
    }
}

/// Reads a config file as [`load`] does, and its keys as the reader would bind them: all that is wrong, by line.
pub fn check(path: &Path, themes: &Path) -> Vec<Remark> {
    let Loaded {
        settings,
        mut remarks,
        ..
    } = load(path, themes);
    let preset = match settings.preset {
        Preset::Default => keymap::Preset::Default,
        Preset::Newsboat => keymap::Preset::Newsboat,
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    for said in Keymap::with(preset, &settings.keys).1 {
        remarks.push(Remark {
            line: line_of_key(&text, &said),
            text: said,
        });
    }
    remarks.sort_by_key(|remark| remark.line);
    remarks
}

/// Finds the line of what a remark on keys (`keys.list: zz: …`) speaks of.
fn line_of_key(text: &str, said: &str) -> Option<usize> {
    let mut parts = said.split(": ");
    let place = parts.next()?.strip_prefix("keys.")?;
    let table = DeTable::parse(text).ok()?.into_inner();
    let (_, keys) = table.get_key_value("keys")?;
    let (name, binds) = keys.get_ref().as_table()?.get_key_value(place)?;
    let bound = parts.next().and_then(|bound| {
        let (bound, _) = binds.get_ref().as_table()?.get_key_value(bound)?;
        Some(bound.span())
    });
    let at = bound.unwrap_or(name.span()).start;
    Some(text.get(..at)?.matches('\n').count() + 1)
}

/// Reads the `[[feed]]` blocks; one that is wrong is said and left out. False where one is.
fn read_feeds(
    blocks: &[FeedBlock],
    text: &str,
    feeds: &mut Vec<ConfigFeed>,
    remarks: &mut Vec<Remark>,
) -> bool {
    let lines = text.lines().enumerate();
    let mut heads = lines.filter(|(_, line)| line.trim_start().starts_with("[[feed]]"));
    let mut whole = true;
    for block in blocks {
        let line = heads.next().map(|(index, _)| index + 1);
        let meant = match block.meant() {
            Ok(feed) if feeds.iter().any(|known: &ConfigFeed| known.url == feed.url) => {
                Err("it stands there twice".to_owned())
            }
            meant => meant,
        };
        match meant {
            Ok(feed) => feeds.push(feed),
            Err(why) => {
                whole = false;
                remarks.push(Remark {
                    line,
                    text: format!("[[feed]]: {why}"),
                });
            }
        }
    }
    whole
}

/// Reads a theme by name: the user's file first, else the bundled one.
pub fn load_theme(name: &str, themes: &Path) -> Result<Theme, theme::Error> {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let own = plain
        .then(|| std::fs::read_to_string(themes.join(format!("{name}.toml"))).ok())
        .flatten();
    match own {
        Some(text) => Theme::parse(name, &text),
        None => Theme::bundled(name),
    }
}

/// Reads the text of a config: the settings, with a remark on each that could not be read (line, key and nearest valid
/// name) or was put into its range. Errs only where the text is no TOML.
pub fn parse(text: &str) -> Result<(Settings, Vec<Remark>), Remark> {
    let mut table = DeTable::parse(text).map_err(|error| remark_of(text, "", &error))?;
    let mut remarks = Vec::new();
    // What cannot be read is taken out and said, until the rest can: one slip does not cost the other settings.
    let mut settings = loop {
        let deserializer = toml::Deserializer::from(table.clone());
        match serde_path_to_error::deserialize::<_, Settings>(deserializer) {
            Ok(settings) => break settings,
            Err(error) => {
                let path = error.path().clone();
                remarks.push(remark_of(text, &path.to_string(), error.inner()));
                let path: Vec<&Segment> = path.iter().collect();
                if remarks.len() >= MOST_REMARKS || !take_out(table.get_mut(), &path) {
                    break Settings::default();
                }
            }
        }
    };
    remarks.sort_by_key(|remark| remark.line);
    let clamped = settings.clamp().into_iter().map(|(key, what)| {
        let last = key.rsplit('.').next().unwrap_or(key);
        let line = text
            .lines()
            .position(|line| line.trim_start().starts_with(last))
            .map(|index| index + 1);
        Remark {
            line,
            text: format!("{key}: {what}"),
        }
    });
    remarks.extend(clamped);
    Ok((settings, remarks))
}

/// A config with more that is wrong in it is not read on.
const MOST_REMARKS: usize = 50;

/// Takes out of a table what a path leads to, or what is nearest above it. Returns false where nothing of it is there.
fn take_out(table: &mut DeTable<'_>, path: &[&Segment]) -> bool {
    let Some((Segment::Map { key }, rest)) = path.split_first() else {
        return false;
    };
    let Some(value) = table.get_mut(key.as_str()) else {
        return false;
    };
    take_out_of(value.get_mut(), rest) || table.remove(key.as_str()).is_some()
}

fn take_out_of(value: &mut DeValue<'_>, path: &[&Segment]) -> bool {
    match (value, path.split_first()) {
        (DeValue::Table(table), Some(_)) => take_out(table, path),
        (DeValue::Array(array), Some((Segment::Seq { index }, rest))) => {
            let inner = array.get_mut(*index);
            if inner.is_some_and(|value| take_out_of(value.get_mut(), rest)) {
                return true;
            }
            let items = std::mem::replace(array, DeArray::new());
            for (at, item) in items.into_iter().enumerate() {
                if at != *index {
                    array.push(item);
                }
            }
            true
        }
        _ => false,
    }
}

fn remark_of(text: &str, key: &str, error: &toml::de::Error) -> Remark {
    let line = error
        .span()
        .map(|span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
    let message = error.message().trim();
    let message = with_nearest(message).unwrap_or_else(|| message.to_owned());
    let key = if key.is_empty() || key == "." {
        String::new()
    } else {
        format!("{key}: ")
    };
    Remark {
        line,
        text: format!("{key}{message}"),
    }
}

/// Turns serde's "unknown field `x`, expected one of `a`, `b`" into a sentence with the nearest name.
fn with_nearest(message: &str) -> Option<String> {
    let (kind, rest) = ["unknown field ", "unknown variant "]
        .iter()
        .find_map(|kind| Some((*kind, message.strip_prefix(kind)?)))?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    let names: Vec<&str> = quoted.collect();
    let what = if kind.contains("field") {
        "there is no setting"
    } else {
        "there is no value"
    };
    let hint = match nearest(wrong, names.iter().copied()) {
        Some(name) => format!("; did you mean \"{name}\"?"),
        None => format!("; there are {}", names.join(", ")),
    };
    Some(format!("{what} \"{wrong}\"{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, line: Option<usize>, expect: &str) {
        let (_, remarks) = parse(text).unwrap();
        let said: Vec<_> = remarks
            .iter()
            .map(|remark| (remark.line, remark.text.as_str()))
            .collect();
        assert_eq!(said, [(line, expect)]);
    }

    #[test]
    fn a_mistyped_key_names_line_and_nearest() {
        check(
            "theme = \"nord\"\ntext_widht = 60\n",
            Some(2),
            "text_widht: there is no setting \"text_widht\"; did you mean \"text_width\"?",
        );
        check(
            "[fetch]\nconections = 3\n",
            Some(2),
            "fetch.conections: there is no setting \"conections\"; did you mean \"connections\"?",
        );
    }

    #[test]
    fn a_wrong_value_names_line_and_key() {
        check(
            "mark_read = \"opne\"",
            Some(1),
            "mark_read: there is no value \"opne\"; did you mean \"open\"?",
        );
        check(
            "\n\n[fetch]\ninterval = \"often\"",
            Some(4),
            "fetch.interval: \"often\" is no duration: write a number and ms, s, m, h or d, such as \"60m\"",
        );
    }

    #[test]
    fn one_slip_costs_no_other_setting() {
        let text = "themme = \"nord\"\ntext_width = 60\nmouse = \"no\"\n[fetch]\ninterval = \"often\"\n\
                    connections = 3\nnonsense = { a = 1 }\n[nothing]\nx = 1\n";
        let (settings, remarks) = parse(text).unwrap();
        assert_eq!((settings.text_width, settings.fetch.connections), (60, 3));
        let defaults = Settings::default();
        assert_eq!(settings.mouse, defaults.mouse);
        assert_eq!(settings.fetch.interval, defaults.fetch.interval);
        let lines: Vec<_> = remarks.iter().filter_map(|remark| remark.line).collect();
        assert_eq!(lines, [1, 3, 5, 7, 8], "{remarks:#?}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "(theme|text_width|fetch|keys|list|=|\"x\"|3|true|\\[|\\]|[{}.\n ,a-c]){0,30}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn broken_toml_says_where() {
        let remark = parse("theme = \"nord\"\nsort = = 3").unwrap_err();
        assert_eq!(remark.line, Some(2));
    }

    #[test]
    fn a_value_out_of_range_is_clamped_and_said() {
        let (settings, remarks) = parse("text_width = 5").unwrap();
        assert_eq!(settings.text_width, 20);
        assert_eq!(
            remarks,
            [Remark {
                line: Some(1),
                text: "text_width: 5 is out of range (20 to 200)".into()
            }]
        );
    }

    #[test]
    fn the_example_is_the_defaults() {
        let example = include_str!("../../config.example.toml");
        let (settings, remarks) = parse(example).unwrap();
        assert_eq!(remarks, []);
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn the_example_names_every_setting() {
        let example = include_str!("../../config.example.toml");
        let defaults = toml::Value::try_from(Settings::default()).unwrap();
        let fetch = defaults
            .get("fetch")
            .and_then(toml::Value::as_table)
            .unwrap();
        for key in defaults.as_table().unwrap().keys().chain(fetch.keys()) {
            assert!(
                example.contains(key),
                "config.example.toml says nothing of {key}"
            );
        }
    }

    #[test]
    fn keys_are_checked_as_the_reader_binds_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = "mouse = 3\n[keys.list]\nd = \"page-dwn\"\n\"g\" = \"down\"\n[keys.lst]\nx = \"up\"\n[keys.all]\n\"^D\" = \"half-page-down\"\n";
        std::fs::write(&file, text).unwrap();
        let lines: Vec<_> = super::check(&file, folder.path())
            .into_iter()
            .map(|remark| remark.line)
            .collect();
        assert_eq!(lines, [Some(1), Some(3), Some(4), Some(5)]);
    }

    #[test]
    fn a_missing_file_gives_the_defaults_silently_and_a_missing_theme_a_remark() {
        let folder = tempfile::tempdir().unwrap();
        let loaded = load(&folder.path().join("none.toml"), folder.path());
        assert_eq!(
            (loaded.settings, loaded.remarks),
            (Settings::default(), vec![])
        );
        let file = folder.path().join("config.toml");
        std::fs::write(&file, "theme = \"gruvbox\"").unwrap();
        let loaded = load(&file, folder.path());
        assert!(
            loaded.remarks[0]
                .text
                .contains("there is no theme \"gruvbox\"")
        );
        assert_eq!(loaded.theme, Theme::default());
    }
}
