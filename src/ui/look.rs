//! How things look: the theme's styles in ratatui's terms, and the signs, in Unicode or ASCII.

use ratatui::style::{Color, Modifier, Style};

use crate::config::theme::{self, Role, Theme};
use crate::flow;
use crate::model::EntityKind;

/// A theme and a set of signs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) theme: &'a Theme,
    pub(super) ascii: bool,
    pub(super) signs: &'static Signs,
}

/// Signs of one column each.
#[derive(Debug)]
pub(super) struct Signs {
    pub(super) unread: &'static str,
    pub(super) star: &'static str,
    pub(super) later: &'static str,
    pub(super) following: &'static str,
    pub(super) open: &'static str,
    pub(super) closed: &'static str,
    pub(super) marked: &'static str,
    pub(super) failed: &'static str,
    pub(super) reloading: &'static str,
    pub(super) more: &'static str,
    pub(super) done: &'static str,
    pub(super) prompt: &'static str,
    /// Beside the selected block.
    pub(super) bar: &'static str,
}

const UNICODE: Signs = Signs {
    unread: "●",
    star: "★",
    later: "◷",
    following: "◎",
    open: "▾",
    closed: "▸",
    marked: "✓",
    failed: "!",
    reloading: "⇣",
    more: "…",
    done: "✓",
    prompt: "›",
    bar: "▌",
};

const ASCII: Signs = Signs {
    unread: "*",
    star: "S",
    later: "L",
    following: "@",
    open: "v",
    closed: ">",
    marked: "+",
    failed: "!",
    reloading: "v",
    more: "~",
    done: "+",
    prompt: ">",
    bar: "|",
};

impl<'a> Look<'a> {
    pub(super) fn new(theme: &'a Theme, ascii: bool) -> Self {
        let signs = if ascii { &ASCII } else { &UNICODE };
        Self {
            theme,
            ascii,
            signs,
        }
    }

    /// Returns a role's style.
    pub(super) fn style(&self, role: Role) -> Style {
        convert(self.theme.style(role))
    }

    /// Returns the style of a heading over rows.
    pub(super) fn heading(&self) -> Style {
        self.style(Role::Dim).add_modifier(Modifier::BOLD)
    }

    /// Returns the style of a piece of an article.
    pub(super) fn piece(&self, piece: flow::Style) -> Style {
        let mut style = Style::new();
        if piece.quoted {
            style = style.patch(self.style(Role::Quote));
        }
        if let Some(role) = part(piece.role) {
            style = style.patch(self.style(role));
        }
        let marks = [
            (piece.emphasis, Role::Emphasis),
            (piece.strong, Role::Strong),
            (piece.code, Role::Code),
            (
                piece.link.is_some() && piece.role != flow::Role::LinkNumber,
                Role::Link,
            ),
        ];
        for (_, role) in marks.iter().filter(|(holds, _)| *holds) {
            style = style.patch(self.style(*role));
        }
        if piece.deleted {
            style = style.add_modifier(Modifier::CROSSED_OUT);
        }
        style
    }

    /// Returns the style of a name of this type.
    pub(super) fn name(&self, kind: EntityKind) -> Style {
        self.style(match kind {
            EntityKind::Person => Role::Person,
            EntityKind::Organisation => Role::Organisation,
            EntityKind::Place => Role::Place,
            EntityKind::Other => Role::OtherName,
        })
    }
}

fn part(role: flow::Role) -> Option<Role> {
    Some(match role {
        flow::Role::Text | flow::Role::Space => return None,
        flow::Role::Headline => Role::Headline,
        flow::Role::Byline => Role::Byline,
        flow::Role::Standfirst => Role::Emphasis,
        flow::Role::Heading(_) => Role::Heading,
        flow::Role::Bullet | flow::Role::TableLine | flow::Role::Rule | flow::Role::CodeWrap => {
            Role::Rule
        }
        flow::Role::QuoteBar => Role::QuoteBar,
        flow::Role::Code => Role::Code,
        flow::Role::Placeholder | flow::Role::Caption => Role::Caption,
        flow::Role::Credit => Role::Dim,
        flow::Role::TableHead => Role::Strong,
        flow::Role::Embed => Role::Link,
        flow::Role::LinkNumber => Role::LinkHint,
        flow::Role::Removed => Role::Removed,
        flow::Role::Reason => Role::Key,
    })
}

/// Returns a theme's style in ratatui's terms.
fn convert(style: theme::Style) -> Style {
    let attributes = [
        (style.bold, Modifier::BOLD),
        (style.dim, Modifier::DIM),
        (style.italic, Modifier::ITALIC),
        (style.underline, Modifier::UNDERLINED),
        (style.reversed, Modifier::REVERSED),
        (style.crossed, Modifier::CROSSED_OUT),
    ];
    let modifier = attributes
        .into_iter()
        .filter(|(holds, _)| *holds)
        .fold(Modifier::empty(), |all, (_, one)| all | one);
    Style {
        fg: style.fg.map(color),
        bg: style.bg.map(color),
        ..Style::new().add_modifier(modifier)
    }
}

fn color(color: theme::Color) -> Color {
    match color {
        theme::Color::Default => Color::Reset,
        theme::Color::Indexed(index) => Color::Indexed(index),
        theme::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}
