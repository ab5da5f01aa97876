//! What the user set for one feed alone: read from `KEY=VALUE`, from the edit dialogue and from the config, in the same
//! words and under the same rules.
//!
//! **Invariant:** no secret stands in here. A password is named by the variable of the environment it is in (`$NAME`) or
//! by the command that prints it, and so is the value of a header that usually is one. Values that may be secrets all
//! the same are never shown ([`FeedSettings::shown`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::feed::FullText;
use crate::text::clean_line;

/// What the user set for one feed. `None` means: as the config says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedSettings {
    /// Minutes between reloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_minutes: Option<u32>,
    /// Whether the full page is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_text: Option<FullText>,
    /// User-Agent header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The proxy's address, or `none` to go past the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// User name for HTTP basic authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Its password, as `$NAME` of the variable that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Its password, as the command line that prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_command: Option<String>,
    /// Headers to send, values or `$NAME` of the variable that holds one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A query: what a new entry must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What becomes of entries that do not match the filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered: Option<Filtered>,
    /// Older articles are dropped after so many days, unless they were starred, tagged, noted or put on the later list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// It stands as `[[feed]]` in the config, which then settles all of this.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_config: bool,
}

/// What becomes of entries that do not match a feed's filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filtered {
    /// They are not kept.
    #[default]
    Drop,
    /// They are kept, marked read.
    Read,
}

/// A setting of a feed, by the name it goes by everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Time between reloads.
    Interval,
    /// Whether the full page is fetched.
    FullText,
    /// User-Agent header.
    UserAgent,
    /// Proxy.
    Proxy,
    /// User name.
    User,
    /// Password, from the environment.
    Password,
    /// Password, from a command.
    PasswordCommand,
    /// A header.
    Header,
    /// What new entries must match.
    Filter,
    /// What becomes of those that do not.
    Filtered,
    /// Days articles are kept.
    KeepDays,
}

/// Headers that newsdesk sets itself, or that belong to the connection.
const OWN_HEADERS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "if-none-match",
    "if-modified-since",
    "user-agent",
    "te",
];

/// Parts of a header's name that say its value is a secret.
const SECRET_NAMES: [&str; 7] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "api-key",
    "apikey",
];

/// What stands in place of a value that is not shown.
const HIDDEN: &str = "…";

impl Setting {
    /// Every setting, in the order they are shown.
    pub const ALL: [Self; 11] = [
        Self::Interval,
        Self::FullText,
        Self::UserAgent,
        Self::Proxy,
        Self::User,
        Self::Password,
        Self::PasswordCommand,
        Self::Header,
        Self::Filter,
        Self::Filtered,
        Self::KeepDays,
    ];

    /// Returns its name, as the command line and the config spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::FullText => "full_text",
            Self::UserAgent => "user_agent",
            Self::Proxy => "proxy",
            Self::User => "user",
            Self::Password => "password",
            Self::PasswordCommand => "password_command",
            Self::Header => "header",
            Self::Filter => "filter",
            Self::Filtered => "filtered",
            Self::KeepDays => "keep_days",
        }
    }

    /// Returns the setting of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }
}

impl FeedSettings {
    /// Sets one setting from words; empty words take it away. A header is `Name: value`; without a value it is taken
    /// away.
    ///
    /// # Errors
    /// In one plain sentence, where the words are none for this setting.
    pub fn set(&mut self, setting: Setting, words: &str) -> Result<(), String> {
        let words = clean_line(words);
        let given = Some(words.clone()).filter(|words| !words.is_empty());
        match setting {
            Setting::Interval => {
                self.interval_minutes = given.map(|words| interval(&words)).transpose()?;
            }
            Setting::FullText => {
                self.full_text = given
                    .map(|words| match words.as_str() {
                        "auto" => Ok(FullText::Auto),
                        "always" => Ok(FullText::Always),
                        "never" => Ok(FullText::Never),
                        _ => Err(format!(
                            "full_text is auto, always or never, not \"{words}\""
                        )),
                    })
                    .transpose()?;
            }
            Setting::UserAgent => self.user_agent = given,
            Setting::Proxy => self.proxy = given.map(proxy).transpose()?,
            Setting::User => self.user = given,
            Setting::Password => self.password = given.map(variable).transpose()?,
            Setting::PasswordCommand => self.password_command = given,
            Setting::Header => self.set_header(&words)?,
            Setting::Filter => self.filter = given,
            Setting::Filtered => {
                self.filtered = given
                    .map(|words| match words.as_str() {
                        "drop" => Ok(Filtered::Drop),
                        "read" => Ok(Filtered::Read),
                        _ => Err(format!("filtered is drop or read, not \"{words}\"")),
                    })
                    .transpose()?;
            }
            Setting::KeepDays => {
                self.keep_days = given
                    .map(|words| match words.trim_end_matches(['d', ' ']).parse() {
                        Ok(days @ 1..=36_500) => Ok(days),
                        _ => Err(format!("\"{words}\" is no number of days, 1 to 36500")),
                    })
                    .transpose()?;
            }
        }
        Ok(())
    }

    fn set_header(&mut self, words: &str) -> Result<(), String> {
        let wrong = || format!("\"{words}\" is no header: write Name: value");
        let (name, value) = words.split_once(':').ok_or_else(wrong)?;
        let (name, value) = (name.trim(), value.trim());
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(wrong());
        }
        let low = name.to_ascii_lowercase();
        if OWN_HEADERS.contains(&low.as_str()) {
            return Err(format!("newsdesk sets the header {name} itself"));
        }
        self.headers
            .retain(|known, _| !known.eq_ignore_ascii_case(name));
        if value.is_empty() {
            return Ok(());
        }
        let is_secret = SECRET_NAMES.iter().any(|part| low.contains(part));
        if is_secret && variable_name(value).is_none() {
            return Err(format!(
                "{name} holds a secret: put it into a variable of the environment and write {name}: $NAME"
            ));
        }
        self.headers.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Returns what a setting is now, in the words [`Self::set`] takes, without values that may be secrets; empty where
    /// it is as the config says.
    pub fn words(&self, setting: Setting) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match setting {
            Setting::Interval => self
                .interval_minutes
                .map(|minutes| match minutes {
                    _ if minutes % 1_440 == 0 => format!("{}d", minutes / 1_440),
                    _ if minutes % 60 == 0 => format!("{}h", minutes / 60),
                    _ => format!("{minutes}m"),
                })
                .unwrap_or_default(),
            Setting::FullText => match self.full_text {
                None => String::new(),
                Some(FullText::Auto) => "auto".into(),
                Some(FullText::Always) => "always".into(),
                Some(FullText::Never) => "never".into(),
            },
            Setting::UserAgent => text(&self.user_agent),
            Setting::Proxy => text(&self.proxy),
            Setting::User => text(&self.user),
            Setting::Password => text(&self.password),
            Setting::PasswordCommand => text(&self.password_command),
            Setting::Header => {
                let shown = self.shown().headers.into_iter();
                let shown: Vec<_> = shown
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                shown.join(", ")
            }
            Setting::Filter => text(&self.filter),
            Setting::Filtered => match self.filtered {
                None => String::new(),
                Some(Filtered::Drop) => "drop".into(),
                Some(Filtered::Read) => "read".into(),
            },
            Setting::KeepDays => self
                .keep_days
                .map(|days| days.to_string())
                .unwrap_or_default(),
        }
    }

    /// Returns a copy fit for screens and exports: values of headers hidden, but for names of variables.
    #[must_use]
    pub fn shown(&self) -> Self {
        let mut shown = self.clone();
        for value in shown.headers.values_mut() {
            if variable_name(value).is_none() {
                HIDDEN.clone_into(value);
            }
        }
        shown
    }
}

/// Returns the name of the variable that `$NAME` stands for.
pub fn variable_name(words: &str) -> Option<&str> {
    let name = words.strip_prefix('$')?;
    let is_name = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some(name)
}

fn variable(words: String) -> Result<String, String> {
    if variable_name(&words).is_some() {
        return Ok(words);
    }
    // What was typed is not repeated: it is most likely the password itself.
    Err("a password is not kept in the open: write $NAME for a variable of the environment, or set password_command".into())
}

fn proxy(words: String) -> Result<String, String> {
    if words == "none" {
        return Ok(words);
    }
    let wrong = "a proxy is an http://, https://, socks5:// or socks5h:// address, or none";
    let url = Url::parse(&words).map_err(|_| wrong.to_owned())?;
    let is_proxy = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h")
        && url.host_str().is_some_and(|host| !host.is_empty());
    if !is_proxy {
        return Err(wrong.into());
    }
    if url.password().is_some() {
        return Err("a proxy's password is not kept in the open: name the proxy in the environment (HTTPS_PROXY) instead".into());
    }
    Ok(words)
}

/// Reads a time between reloads: `90m`, `6h`, `1d`, or a number of minutes.
fn interval(words: &str) -> Result<u32, String> {
    let wrong = || format!("\"{words}\" is no interval: write for example 90m or 6h");
    let digits = words
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(words.len());
    let number: u32 = words[..digits].parse().map_err(|_| wrong())?;
    let unit = match words[digits..].trim() {
        "" | "m" | "min" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return Err(wrong()),
    };
    match number.saturating_mul(unit) {
        15.. => Ok(number.saturating_mul(unit).min(366 * 24 * 60)),
        _ => Err("by itself no feed is asked more often than every 15 minutes".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(setting: Setting, words: &str) -> Result<FeedSettings, String> {
        let mut settings = FeedSettings::default();
        settings.set(setting, words).map(|()| settings)
    }

    fn refused(setting: Setting, words: &str) -> String {
        set(setting, words).expect_err("it is refused")
    }

    #[test]
    fn what_is_set_is_said_in_the_same_words() {
        for (setting, words) in [
            (Setting::Interval, "90m"),
            (Setting::Interval, "6h"),
            (Setting::Interval, "2d"),
            (Setting::FullText, "never"),
            (Setting::UserAgent, "Reader 1"),
            (Setting::Proxy, "socks5h://127.0.0.1:9050"),
            (Setting::Proxy, "none"),
            (Setting::User, "me"),
            (Setting::Password, "$HERALD_PASSWORD"),
            (Setting::PasswordCommand, "pass show herald"),
            (Setting::Header, "X-Token: $TOKEN"),
            (Setting::Filter, "tunnel -football"),
            (Setting::Filtered, "read"),
            (Setting::KeepDays, "30"),
        ] {
            let settings = set(setting, words).unwrap();
            assert_eq!(settings.words(setting), words);
            let mut cleared = settings;
            let nothing = if setting == Setting::Header {
                "X-Token:"
            } else {
                ""
            };
            cleared.set(setting, nothing).unwrap();
            assert_eq!(cleared, FeedSettings::default());
        }
        assert_eq!(
            set(Setting::Interval, "45").unwrap().interval_minutes,
            Some(45)
        );
    }

    #[test]
    fn secrets_are_named_not_written_down() {
        let words = refused(Setting::Password, "hunter2");
        assert!(
            words.contains("$NAME") && !words.contains("hunter2"),
            "{words}"
        );
        for name in ["Authorization", "Cookie", "X-Api-Key", "PRIVATE-TOKEN"] {
            let words = refused(Setting::Header, &format!("{name}: hunter2"));
            assert!(
                words.contains("secret") && !words.contains("hunter2"),
                "{words}"
            );
        }
        let words = refused(Setting::Proxy, "http://me:hunter2@proxy.example");
        assert!(!words.contains("hunter2"), "{words}");
        let settings = set(Setting::Header, "X-Edition: hunter2").unwrap();
        assert_eq!(settings.words(Setting::Header), "X-Edition: …");
        assert!(!format!("{:?}", settings.shown()).contains("hunter2"));
    }

    #[test]
    fn what_is_none_is_refused() {
        assert!(refused(Setting::Interval, "5m").contains("15 minutes"));
        assert!(refused(Setting::Interval, "soon").contains("90m"));
        assert!(refused(Setting::Proxy, "ftp://proxy.example").contains("socks5"));
        assert!(refused(Setting::Header, "Host: x").contains("itself"));
        assert!(refused(Setting::Header, "a b: c").contains("Name: value"));
        assert!(refused(Setting::KeepDays, "0").contains("days"));
    }

    #[test]
    fn a_header_is_known_in_any_case() {
        let mut settings = set(Setting::Header, "X-Edition: uk").unwrap();
        settings.set(Setting::Header, "x-edition: us").unwrap();
        assert_eq!(settings.headers.len(), 1);
    }
}
