//! How things may look here: colours and signs, from environment and config. Nothing is asked of the terminal.

use crate::config::settings::Borders;
use crate::config::theme::ColorDepth;

/// What the environment says of the terminal.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `NO_COLOR` (no-color.org: any value that is not empty).
    pub no_color: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// The first set of `LC_ALL`, `LC_CTYPE`, `LANG`.
    pub locale: Option<String>,
}

impl Environment {
    /// Reads this process's environment.
    pub fn read() -> Self {
        let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            no_color: get("NO_COLOR"),
            term: get("TERM"),
            colorterm: get("COLORTERM"),
            locale: get("LC_ALL")
                .or_else(|| get("LC_CTYPE"))
                .or_else(|| get("LANG")),
        }
    }

    /// Says whether the terminal cannot place a cursor, so that no screen can be drawn.
    pub fn is_dumb(&self) -> bool {
        self.term.as_deref() == Some("dumb")
    }

    /// Returns how many colours to use. `forced`: what `--color` says.
    pub fn depth(&self, forced: Option<bool>) -> ColorDepth {
        let wanted = forced.unwrap_or(self.no_color.is_none() && !self.is_dumb());
        if !wanted {
            return ColorDepth::None;
        }
        match self.colorterm.as_deref() {
            Some("truecolor" | "24bit") => ColorDepth::True,
            _ if self
                .term
                .as_deref()
                .is_some_and(|term| term.ends_with("-direct")) =>
            {
                ColorDepth::True
            }
            _ => ColorDepth::Indexed,
        }
    }

    /// Says whether lines and signs must be ASCII: as the config says, else where the locale is C or names another
    /// charset than UTF-8. A locale that is not set says nothing: nearly every terminal of today shows UTF-8.
    pub fn ascii(&self, borders: Borders) -> bool {
        match borders {
            Borders::Ascii => true,
            Borders::Unicode => false,
            Borders::Auto => self.locale.as_deref().is_some_and(|locale| {
                let locale = locale.to_ascii_lowercase();
                !locale.contains("utf-8") && !locale.contains("utf8")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(no_color: &str, term: &str, colorterm: &str, locale: &str) -> Environment {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Environment {
            no_color: some(no_color),
            term: some(term),
            colorterm: some(colorterm),
            locale: some(locale),
        }
    }

    #[test]
    fn colours_follow_the_environment_and_the_option_wins() {
        assert_eq!(
            environment("", "xterm-256color", "truecolor", "").depth(None),
            ColorDepth::True
        );
        assert_eq!(
            environment("", "xterm-256color", "", "").depth(None),
            ColorDepth::Indexed
        );
        assert_eq!(
            environment("1", "xterm", "truecolor", "").depth(None),
            ColorDepth::None
        );
        assert_eq!(
            environment("1", "xterm", "truecolor", "").depth(Some(true)),
            ColorDepth::True
        );
        assert_eq!(
            environment("", "xterm", "truecolor", "").depth(Some(false)),
            ColorDepth::None
        );
    }

    #[test]
    fn signs_are_ascii_only_where_the_locale_says_so() {
        assert!(environment("", "", "", "C").ascii(Borders::Auto));
        assert!(environment("", "", "", "de_DE.ISO-8859-1").ascii(Borders::Auto));
        assert!(!environment("", "", "", "en_US.UTF-8").ascii(Borders::Auto));
        assert!(!environment("", "", "", "").ascii(Borders::Auto));
        assert!(environment("", "", "", "").ascii(Borders::Ascii));
    }
}
