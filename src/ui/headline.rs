//! One row of a list of headlines, and what it gives up when it is narrow.

use jiff::{Timestamp, ZonedDateTime};
use ratatui::layout::Rect;

use super::canvas::{Canvas, Span};
use crate::config::theme::Role;
use crate::model::ArticleRow;
use crate::text::width;

/// The columns of a list, decided for the whole of it so that its rows stand in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Of the date.
    date: usize,
    /// Of the feed's name; 0: not shown.
    feed: usize,
    /// Between the columns.
    gap: usize,
    tags: bool,
    minutes: bool,
}

/// How a row stands in its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) selected: bool,
    pub(super) focused: bool,
    pub(super) marked: bool,
}

/// The title is given at least so many columns before anything else is.
const TITLE_COLS: usize = 40;

/// The columns before the date: the mark, the dot, a space.
const SIGNS_COLS: usize = 3;

impl Columns {
    /// Decides for lists `cols` wide; what gives way goes in the order minutes, tags, feed name (to 6), date.
    pub(super) fn new(cols: usize, with_feed: bool) -> Self {
        let feed = if with_feed { 14 } else { 0 };
        let mut columns = Self {
            date: 8,
            feed,
            gap: if cols < 60 { 1 } else { 2 },
            tags: true,
            minutes: true,
        };
        let room = |columns: &Self| cols.saturating_sub(columns.fixed());
        if room(&columns) < TITLE_COLS {
            columns.minutes = false;
        }
        if room(&columns) < TITLE_COLS {
            columns.tags = false;
        }
        if room(&columns) < TITLE_COLS {
            columns.feed = feed.min(6);
        }
        if room(&columns) < TITLE_COLS {
            columns.date = 6;
        }
        columns
    }

    /// Returns the columns taken by all but title and tags.
    fn fixed(&self) -> usize {
        let feed = if self.feed > 0 {
            self.feed + self.gap
        } else {
            0
        };
        let minutes = if self.minutes { 5 } else { 0 };
        SIGNS_COLS + self.date + self.gap + feed + minutes + 3
    }
}

/// Draws a headline into a row of the screen.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    article: &ArticleRow,
    columns: Columns,
    standing: Standing,
    now: &ZonedDateTime,
) {
    let look = canvas.look;
    let signs = look.signs;
    let dim = look.style(Role::Dim);
    if standing.marked {
        canvas.say(area.x, area.y, 1, signs.marked, Role::Marked);
    }
    if article.unread {
        canvas.say(area.x + 1, area.y, 1, signs.unread, Role::UnreadMark);
    }
    let right = trailing(canvas, area, article, columns);
    let mut x = area.x + SIGNS_COLS as u16;
    let gap = columns.gap as u16;
    let when = date(
        article.published.unwrap_or(article.first_seen),
        now,
        columns.date,
    );
    let shown = width::fit_right(&when, columns.date);
    x += canvas.text(x, area.y, right.saturating_sub(x), &shown, dim) + gap;
    if columns.feed > 0 {
        let feed = width::fit(&article.feed_title, columns.feed);
        x += canvas.text(x, area.y, right.saturating_sub(x), &feed, dim) + gap;
    }
    let role = match (article.unread, standing.selected) {
        (true, _) => Role::Unread,
        (false, true) => Role::Text,
        (false, false) => Role::Dim,
    };
    let title: Span<'_> = (article.title.as_str().into(), look.style(role));
    let mut tags = if columns.tags {
        tags(article)
    } else {
        String::new()
    };
    // In so many more papers.
    if article.also > 0 {
        let also = format!("+{}", article.also);
        tags = if tags.is_empty() {
            also
        } else {
            format!("{also} {tags}")
        };
    }
    let room = right.saturating_sub(x);
    let tag_cols = width::width(&tags) as u16;
    if tags.is_empty() || room < tag_cols + TITLE_COLS as u16 / 2 {
        canvas.spans(x, area.y, room, &[title]);
    } else {
        let used = canvas.spans(x, area.y, room - tag_cols - 2, &[title]);
        canvas.say(x + used + 2, area.y, tag_cols, &tags, Role::Tag);
    }
    if standing.marked {
        canvas.tint(area, look.style(Role::Marked));
    }
    if standing.selected {
        let role = if standing.focused {
            Role::Selected
        } else {
            Role::SelectedIdle
        };
        canvas.select(area, role);
    }
}

/// Draws minutes, star and the sign of the read-later queue at the right; returns where they begin.
fn trailing(canvas: &mut Canvas<'_>, area: Rect, article: &ArticleRow, columns: Columns) -> u16 {
    let signs = canvas.look.signs;
    let mut right = area.right().saturating_sub(3);
    if article.starred {
        canvas.say(right, area.y, 1, signs.star, Role::Star);
    }
    if article.later {
        canvas.say(right + 1, area.y, 1, signs.later, Role::Later);
    }
    right = right.saturating_sub(1);
    if columns.minutes {
        let minutes = match article.minutes {
            0 => String::new(),
            minutes => format!("{}m", minutes.min(999)),
        };
        let style = canvas.look.style(Role::Dim);
        canvas.right(right.saturating_sub(4), right, area.y, &minutes, style);
        right = right.saturating_sub(5);
    }
    right
}

/// Returns at most two tags, then `#…`.
fn tags(article: &ArticleRow) -> String {
    let mut shown: Vec<String> = article
        .tags
        .iter()
        .take(2)
        .map(|tag| format!("#{}", width::truncate(tag, 16)))
        .collect();
    if article.tags.len() > 2 {
        shown.push("#…".to_owned());
    }
    shown.join(" ")
}

/// Returns a time today as `09:12`, a day of this year as `31 Dec`, an older one as `Dec 1990`; in under eight columns
/// an older one is its year.
pub(super) fn date(time: Timestamp, now: &ZonedDateTime, cols: usize) -> String {
    let then = time.to_zoned_datetime(now.time_zone().clone());
    let days_ahead = then.date() > now.date();
    let format = if then.date() == now.date() {
        "%H:%M"
    } else if then.year() == now.year() || days_ahead {
        "%-d %b"
    } else if cols >= 8 {
        "%b %Y"
    } else {
        "%Y"
    };
    then.strftime(format).to_string()
}
