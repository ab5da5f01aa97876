//! Reads the config file: settings as far as they can be read, and a remark for each thing that can't.

use std::path::Path;

use super::settings::Settings;
use super::theme::{self, Theme};
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
}

/// Reads a config file and the theme it names. A missing file gives the defaults without a remark; a broken one the
/// defaults with one.
pub fn load(path: &Path, themes: &Path) -> Loaded {
    let mut remarks = Vec::new();
    let settings = match std::fs::read_to_string(path) {
        Ok(text) => match parse(&text) {
            Ok((settings, clamped)) => {
                remarks.extend(clamped);
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
    }
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

/// Reads the text of a config: the settings, with remarks on values put into their range. Errs with the line, the
/// key and the nearest valid name.
pub fn parse(text: &str) -> Result<(Settings, Vec<Remark>), Remark> {
    let deserializer =
        toml::Deserializer::parse(text).map_err(|error| remark_of(text, "", &error))?;
    let mut settings: Settings =
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let key = error.path().to_string();
            remark_of(text, &key, error.inner())
        })?;
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
    Ok((settings, clamped.collect()))
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
        let remark = parse(text).unwrap_err();
        assert_eq!((remark.line, remark.text.as_str()), (line, expect));
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
