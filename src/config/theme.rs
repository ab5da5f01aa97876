//! Themes: a palette and styles by role. What is drawn asks for a role, never for a colour.
//!
//! A theme file (`assets/themes/*.toml`, the user's `themes/*.toml`) names colours in `[palette]` and may override
//! styles in `[styles]`; roles it leaves out take the shared mapping of `assets/themes/base.toml`. Colours are
//! `#rrggbb`, one of the terminal's sixteen by name (`red`, `bright-black`), an index 0 to 255, or `default`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::text::nearest;

/// A colour of a terminal cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Color {
    /// The terminal's own foreground or background.
    Default,
    /// An entry of the terminal's table: 0 to 15 are its sixteen colours.
    Indexed(u8),
    /// A true colour: red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a role looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Letters; `None`: as what is below.
    pub fg: Option<Color>,
    /// Ground; `None`: as what is below.
    pub bg: Option<Color>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Letters and ground exchanged.
    pub reversed: bool,
    /// Struck through.
    pub crossed: bool,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal,)*) => {
        /// What a piece of the screen is, for the theme.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$role,)*];

            /// Returns the name used in theme files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }
        }
    };
}

roles! {
    /// Running text and the ground of the screen.
    Text = "text",
    /// What matters less: read headlines, dates, feed names.
    Dim = "dim",
    /// The line on top.
    Header = "header",
    /// The line at the bottom.
    Status = "status",
    /// A notice in it.
    Notice = "notice",
    /// An error in it.
    Error = "error",
    /// A warning in it.
    Warning = "warning",
    /// A reload's progress.
    Progress = "progress",
    /// A pane's border.
    Border = "border",
    /// The border of the pane that has the keys.
    BorderFocus = "border-focus",
    /// A pane's title.
    PaneTitle = "pane-title",
    /// The title of the pane that has the keys.
    PaneTitleFocus = "pane-title-focus",
    /// The selected row where its pane has the keys.
    Selected = "selected",
    /// The selected row elsewhere.
    SelectedIdle = "selected-idle",
    /// A row marked with `v`.
    Marked = "marked",
    /// An unread headline or a feed with unread articles.
    Unread = "unread",
    /// The dot of an unread headline.
    UnreadMark = "unread-mark",
    /// A count.
    Count = "count",
    /// The star.
    Star = "star",
    /// The sign of the read-later queue.
    Later = "later",
    /// A tag.
    Tag = "tag",
    /// A folder in the feed tree.
    Folder = "folder",
    /// The headline over an article.
    Headline = "headline",
    /// The byline under it.
    Byline = "byline",
    /// A sub-heading.
    Heading = "heading",
    /// Emphasized text.
    Emphasis = "emphasis",
    /// Strong text.
    Strong = "strong",
    /// A link.
    Link = "link",
    /// A link's number or hint.
    LinkHint = "link-hint",
    /// A quotation.
    Quote = "quote",
    /// The bar beside it.
    QuoteBar = "quote-bar",
    /// Code.
    Code = "code",
    /// A caption.
    Caption = "caption",
    /// The lines of a table, a thematic break, a list's bullet.
    Rule = "rule",
    /// A person's name.
    Person = "person",
    /// An organisation's name.
    Organisation = "organisation",
    /// A place's name.
    Place = "place",
    /// Another name.
    OtherName = "other-name",
    /// Mentions of the selected name.
    MentionSelected = "mention-selected",
    /// A search hit.
    SearchHit = "search-hit",
    /// The search hit the reader is on.
    SearchCurrent = "search-current",
    /// A block that cleaning removed.
    Removed = "removed",
    /// A popup's ground and text.
    Popup = "popup",
    /// A popup's border.
    PopupBorder = "popup-border",
    /// A key in help and which-key.
    Key = "key",
    /// What is typed.
    Input = "input",
}

/// Styles for every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: Vec<Style>,
}

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorDepth {
    /// None: `NO_COLOR`, `TERM=dumb`.
    None,
    /// The table of 256.
    Indexed,
    /// Every `#rrggbb`.
    True,
}

/// Why a theme could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not TOML, or not of this form.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A style for a role that is none.
    #[error("there is no role \"{role}\"{}", nearest.as_ref().map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default())]
    Role {
        /// As typed.
        role: String,
        /// The nearest role.
        nearest: Option<String>,
    },
    /// A colour that is none.
    #[error(
        "\"{color}\" in style \"{role}\" is no colour: write #rrggbb, a name of the palette, a terminal colour such as \"bright-black\", 0 to 255, or \"default\""
    )]
    Color {
        /// As typed.
        color: String,
        /// Where.
        role: String,
    },
    /// No theme of that name.
    #[error("there is no theme \"{name}\"{}", nearest.as_ref().map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default())]
    Unknown {
        /// As typed.
        name: String,
        /// The nearest theme.
        nearest: Option<String>,
    },
}

const BASE: &str = include_str!("../../assets/themes/base.toml");

/// The bundled themes by name; the first is the default.
pub const BUNDLED: &[(&str, &str)] = &[
    (
        "terminal",
        include_str!("../../assets/themes/terminal.toml"),
    ),
    (
        "catppuccin-mocha",
        include_str!("../../assets/themes/catppuccin-mocha.toml"),
    ),
    (
        "catppuccin-latte",
        include_str!("../../assets/themes/catppuccin-latte.toml"),
    ),
    (
        "gruvbox-dark",
        include_str!("../../assets/themes/gruvbox-dark.toml"),
    ),
    (
        "gruvbox-light",
        include_str!("../../assets/themes/gruvbox-light.toml"),
    ),
    ("nord", include_str!("../../assets/themes/nord.toml")),
    (
        "solarized-dark",
        include_str!("../../assets/themes/solarized-dark.toml"),
    ),
    (
        "solarized-light",
        include_str!("../../assets/themes/solarized-light.toml"),
    ),
    (
        "high-contrast",
        include_str!("../../assets/themes/high-contrast.toml"),
    ),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    palette: BTreeMap<String, ColorText>,
    #[serde(default)]
    styles: BTreeMap<String, StyleText>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum ColorText {
    Index(u8),
    Name(String),
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct StyleText {
    fg: Option<ColorText>,
    bg: Option<ColorText>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reversed: bool,
    crossed: bool,
}

impl Theme {
    /// Reads a theme from the text of its file. Errs on bad TOML, unknown roles and unknown colours.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let base: File = toml::from_str(BASE)?;
        let file: File = toml::from_str(text)?;
        if let Some(role) = file
            .styles
            .keys()
            .find(|role| Role::ALL.iter().all(|known| known.name() != **role))
        {
            let nearest =
                nearest(role, Role::ALL.iter().map(|role| role.name())).map(str::to_owned);
            return Err(Error::Role {
                role: role.clone(),
                nearest,
            });
        }
        let style = |role: &Role| {
            let text = file
                .styles
                .get(role.name())
                .or_else(|| base.styles.get(role.name()));
            text.map_or(Ok(Style::default()), |text| {
                resolve(text, role.name(), &file.palette, &base.palette)
            })
        };
        let styles = Role::ALL.iter().map(style).collect::<Result<_, _>>()?;
        Ok(Self {
            name: name.to_owned(),
            styles,
        })
    }

    /// Returns a bundled theme by name. Errs with the nearest name where there is none.
    pub fn bundled(name: &str) -> Result<Self, Error> {
        if let Some((name, text)) = BUNDLED.iter().find(|(known, _)| *known == name) {
            return Self::parse(name, text);
        }
        let nearest = nearest(name, BUNDLED.iter().map(|(name, _)| *name)).map(str::to_owned);
        Err(Error::Unknown {
            name: name.to_owned(),
            nearest,
        })
    }

    /// Returns how a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// Returns the theme with only the colours a terminal of this depth shows. Without colours it is `mono`.
    #[must_use]
    pub fn reduced(self, depth: ColorDepth) -> Self {
        match depth {
            ColorDepth::True => self,
            ColorDepth::None => Self::bundled("mono").unwrap_or(self),
            ColorDepth::Indexed => {
                let index = |style: Style| Style {
                    fg: style.fg.map(to_indexed),
                    bg: style.bg.map(to_indexed),
                    ..style
                };
                Self {
                    styles: self.styles.into_iter().map(index).collect(),
                    ..self
                }
            }
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::bundled(BUNDLED[0].0).expect("the bundled default theme is read by a test")
    }
}

fn resolve(
    text: &StyleText,
    role: &str,
    palette: &BTreeMap<String, ColorText>,
    base: &BTreeMap<String, ColorText>,
) -> Result<Style, Error> {
    let color = |wanted: &Option<ColorText>| {
        let Some(wanted) = wanted else {
            return Ok(None);
        };
        let named = match wanted {
            ColorText::Name(name) => palette
                .get(name)
                .or_else(|| base.get(name))
                .unwrap_or(wanted),
            ColorText::Index(_) => wanted,
        };
        let found = match named {
            ColorText::Index(index) => Some(Color::Indexed(*index)),
            ColorText::Name(name) => parse_color(name),
        };
        match (found, named) {
            (None, ColorText::Name(name)) => Err(Error::Color {
                color: name.clone(),
                role: role.to_owned(),
            }),
            (found, _) => Ok(found),
        }
    };
    Ok(Style {
        fg: color(&text.fg)?,
        bg: color(&text.bg)?,
        bold: text.bold,
        dim: text.dim,
        italic: text.italic,
        underline: text.underline,
        reversed: text.reversed,
        crossed: text.crossed,
    })
}

/// The terminal's sixteen colours by name, in the order of their indexes.
const SIXTEEN: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

fn parse_color(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Default);
    }
    if let Some(index) = SIXTEEN.iter().position(|name| *name == text) {
        return Some(Color::Indexed(index as u8));
    }
    if let Ok(index) = text.parse::<u8>() {
        return Some(Color::Indexed(index));
    }
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6)?;
    let value = u32::from_str_radix(hex, 16).ok()?;
    Some(Color::Rgb(
        (value >> 16) as u8,
        (value >> 8) as u8,
        value as u8,
    ))
}

/// Returns the nearest entry of the 6×6×6 cube or the grey ramp of the 256-colour table (xterm's values).
fn to_indexed(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else {
        return color;
    };
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| {
        (0..6)
            .min_by_key(|&i| STEPS[i].abs_diff(value))
            .unwrap_or(0)
    };
    let (ri, gi, bi) = (step(r), step(g), step(b));
    let cube = (STEPS[ri], STEPS[gi], STEPS[bi]);
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let grey_index = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * grey_index;
    let distance = |(x, y, z): (u8, u8, u8)| {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(x, r) + square(y, g) + square(z, b)
    };
    if distance((grey, grey, grey)) < distance(cube) {
        Color::Indexed(232 + grey_index)
    } else {
        Color::Indexed((16 + 36 * ri + 6 * gi + bi) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_theme_is_read() {
        for (name, text) in BUNDLED {
            Theme::parse(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn base_gives_a_style_to_every_role() {
        let base: File = toml::from_str(BASE).unwrap();
        for role in Role::ALL {
            assert!(
                base.styles.contains_key(role.name()),
                "{} has no style",
                role.name()
            );
        }
        assert_eq!(
            base.styles.len(),
            Role::ALL.len(),
            "a style of base.toml belongs to no role"
        );
    }

    #[test]
    fn mono_has_no_colour_and_still_tells_selection_and_types_apart() {
        let mono = Theme::bundled("mono").unwrap();
        for role in Role::ALL {
            let style = mono.style(*role);
            let none = |color: Option<Color>| color.is_none_or(|color| color == Color::Default);
            assert!(
                none(style.fg) && none(style.bg),
                "{} has a colour in mono",
                role.name()
            );
        }
        assert!(mono.style(Role::Selected).reversed);
        assert!(mono.style(Role::Unread).bold);
        assert!(mono.style(Role::Person).underline);
    }

    #[test]
    fn a_wrong_role_and_a_wrong_colour_are_named() {
        let error = Theme::parse("x", "[styles]\nheadlin = { bold = true }").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no role \"headlin\"; did you mean \"headline\"?"
        );
        let error = Theme::parse("x", "[styles]\nheadline = { fg = \"blurple\" }").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"blurple\" in style \"headline\" is no colour")
        );
        assert!(
            Theme::bundled("nrod")
                .unwrap_err()
                .to_string()
                .contains("did you mean \"nord\"")
        );
    }

    #[test]
    fn true_colours_fall_to_the_nearest_of_256() {
        assert_eq!(to_indexed(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(to_indexed(Color::Rgb(48, 48, 48)), Color::Indexed(236));
        assert_eq!(to_indexed(Color::Indexed(3)), Color::Indexed(3));
    }
}
