//! `[[feed]]`: feeds of special kinds, which only the user's own config may name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::feed::FeedSettings;
use crate::model::recipe::{EXEC, PageSelectors, Recipe};
use crate::model::setting::Setting;
use crate::text::clean_line;

/// One `[[feed]]`, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeedBlock {
    /// The feed's title; needed with `exec`, which has no other name.
    pub title: String,
    /// The folder it is put into when it is first seen.
    pub folder: String,
    /// The address of a feed, a news sitemap, or a page that `page` reads.
    pub url: String,
    /// A command that prints a feed, in place of an address.
    pub exec: String,
    /// A command that gets what came on its standard input and prints the feed.
    pub pipe: String,
    /// CSS selectors that make a feed of a page.
    pub page: Option<PageSelectors>,
    /// Time between reloads.
    pub interval: String,
    /// `auto`, `always`, `never`.
    pub full_text: String,
    /// User-Agent header.
    pub user_agent: String,
    /// Proxy, or `none`.
    pub proxy: String,
    /// User name.
    pub user: String,
    /// `$NAME` of the variable that holds the password.
    pub password: String,
    /// The command that prints the password.
    pub password_command: String,
    /// Headers.
    pub headers: BTreeMap<String, String>,
    /// A query that new entries must match.
    pub filter: String,
    /// `drop` or `read`.
    pub filtered: String,
    /// Days articles are kept.
    pub keep_days: Option<u32>,
}

/// A `[[feed]]` as meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigFeed {
    /// The address it is subscribed under: `exec:Title` for a command.
    pub url: String,
    /// The user's title.
    pub title: Option<String>,
    /// Folder path.
    pub folder: String,
    /// How it is made.
    pub recipe: Recipe,
    /// What holds for it.
    pub settings: FeedSettings,
}

impl FeedBlock {
    /// Returns the feed as meant.
    ///
    /// # Errors
    /// In one plain sentence, where something is missing or wrong.
    pub fn meant(&self) -> Result<ConfigFeed, String> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let title = Some(clean_line(&self.title)).filter(|title| !title.is_empty());
        let url = match (given(&self.url), given(&self.exec)) {
            (Some(_), Some(_)) => {
                return Err("it has both url and exec: a feed has one source".into());
            }
            (None, None) => return Err("it has neither url nor exec".into()),
            (Some(url), None) if url.starts_with("http://") || url.starts_with("https://") => url,
            (Some(url), None) => return Err(format!("\"{url}\" is no http or https address")),
            (None, Some(_)) => {
                let title = title
                    .as_deref()
                    .ok_or("a feed from a command needs a title")?;
                format!("{EXEC}{title}")
            }
        };
        let mut settings = FeedSettings {
            in_config: true,
            ..FeedSettings::default()
        };
        let days = self
            .keep_days
            .map(|days| days.to_string())
            .unwrap_or_default();
        for (setting, words) in [
            (Setting::Interval, self.interval.as_str()),
            (Setting::FullText, &self.full_text),
            (Setting::UserAgent, &self.user_agent),
            (Setting::Proxy, &self.proxy),
            (Setting::User, &self.user),
            (Setting::Password, &self.password),
            (Setting::PasswordCommand, &self.password_command),
            (Setting::Filter, &self.filter),
            (Setting::Filtered, &self.filtered),
            (Setting::KeepDays, &days),
        ] {
            settings.set(setting, words)?;
        }
        for (name, value) in &self.headers {
            settings.set(Setting::Header, &format!("{name}: {value}"))?;
        }
        Ok(ConfigFeed {
            url,
            title,
            folder: self.folder.clone(),
            recipe: Recipe {
                exec: given(&self.exec),
                pipe: given(&self.pipe),
                page: self.page.clone(),
            },
            settings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(block: &FeedBlock, expect: Result<&str, &str>) {
        let meant = block.meant().map(|feed| feed.url);
        assert_eq!(meant.as_deref().map_err(String::as_str), expect);
    }

    #[test]
    fn a_feed_has_one_source() {
        let url = || "https://e.com/feed".to_owned();
        let exec = || "weather --rss".to_owned();
        check(
            &FeedBlock {
                url: url(),
                ..FeedBlock::default()
            },
            Ok("https://e.com/feed"),
        );
        let named = FeedBlock {
            exec: exec(),
            title: "Weather".into(),
            ..FeedBlock::default()
        };
        check(&named, Ok("exec:Weather"));
        check(
            &FeedBlock {
                exec: exec(),
                ..FeedBlock::default()
            },
            Err("a feed from a command needs a title"),
        );
        check(&FeedBlock::default(), Err("it has neither url nor exec"));
        let both = FeedBlock {
            exec: exec(),
            url: url(),
            ..FeedBlock::default()
        };
        check(
            &both,
            Err("it has both url and exec: a feed has one source"),
        );
        let file = FeedBlock {
            url: "file:///etc/passwd".into(),
            ..FeedBlock::default()
        };
        check(
            &file,
            Err("\"file:///etc/passwd\" is no http or https address"),
        );
        let open = FeedBlock {
            url: url(),
            password: "hunter2".into(),
            ..FeedBlock::default()
        };
        assert!(open.meant().unwrap_err().contains("$NAME"));
    }
}
