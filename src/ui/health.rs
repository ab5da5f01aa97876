//! Errors and feed health, worst first.

use jiff::ZonedDateTime;
use ratatui::layout::Rect;

use super::canvas::{Canvas, row};
use super::choices::broken;
use super::headline;
use super::popup::{Popup, rows};
use crate::app::App;
use crate::app::areas::Areas;
use crate::app::overlay::Health;
use crate::config::theme::Role;
use crate::model::Feed;
use crate::text::width;

/// Rows under the table for the selected feed's words.
const DETAIL_ROWS: u16 = 6;

/// Draws the health screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, app: &App, health: &Health, areas: &mut Areas) {
    let feeds = app.health_rows();
    let failing = feeds
        .iter()
        .filter(|feed| feed.health.last_error.is_some())
        .count();
    let title = match failing {
        0 => "Feed health: all well".to_owned(),
        1 => "Feed health: 1 fails".to_owned(),
        count => format!("Feed health: {count} fail"),
    };
    let popup = Popup {
        title: &title,
        keys: "r tries · i edits · + takes the address · d unsubscribes",
        cols: 100,
        rows: feeds.len() + 1 + usize::from(DETAIL_ROWS),
    };
    let inner = popup.draw(canvas, app, areas);
    if feeds.is_empty() {
        canvas.say(inner.x, inner.y, inner.width, "No feeds yet", Role::Dim);
        return;
    }
    let now = app.now().to_zoned_datetime(app.settings.zone.clone());
    let selected = feeds
        .iter()
        .position(|feed| Some(feed.id) == health.selected)
        .unwrap_or(0);
    let columns = Columns::new(inner.width.into());
    columns.heading(canvas, row(inner, 0));
    // The words get what the table leaves, and something in any case.
    let least = if inner.height > 12 { 4 } else { 1 };
    let left = usize::from(inner.height).saturating_sub(feeds.len() + 1) as u16;
    let detail_rows = left.clamp(least, DETAIL_ROWS);
    let table = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1 + detail_rows),
        ..inner
    };
    rows(
        canvas,
        table,
        (Some(selected), feeds.len()),
        areas,
        |canvas, area, at| {
            if let Some(feed) = feeds.get(at) {
                columns.row(canvas, area, feed, &now);
            }
        },
    );
    if let Some(feed) = feeds.get(selected) {
        let below = Rect {
            y: table.bottom(),
            height: inner.bottom().saturating_sub(table.bottom()),
            ..inner
        };
        details(canvas, below, feed, &now);
    }
}

/// The columns of the table; 0: not shown.
struct Columns {
    title: usize,
    last: usize,
    rate: usize,
}

impl Columns {
    fn new(cols: usize) -> Self {
        let rate = if cols >= 80 { 8 } else { 0 };
        let last = if cols >= 60 { 9 } else { 0 };
        let title = (cols / 3).clamp(10, 32);
        Self { title, last, rate }
    }

    fn heading(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let mut words = format!("  {}", width::fit("feed", self.title));
        if self.last > 0 {
            words += &width::fit_right("last", self.last);
        }
        if self.rate > 0 {
            words += &width::fit_right("a month", self.rate + 2);
        }
        words += "  state";
        canvas.say(area.x, area.y, area.width, &words, Role::Dim);
    }

    fn row(&self, canvas: &mut Canvas<'_>, area: Rect, feed: &Feed, now: &ZonedDateTime) {
        let look = canvas.look;
        let popup = look.style(Role::Popup);
        let health = &feed.health;
        if health.last_error.is_some() {
            canvas.say(area.x, area.y, 1, look.signs.failed, Role::Error);
        }
        let mut x = area.x + 2;
        let right = area.right();
        x += canvas.text(
            x,
            area.y,
            right.saturating_sub(x),
            &width::fit(&feed.title, self.title),
            popup,
        );
        if self.last > 0 {
            let last = health.last_success.map(|time| headline::date(time, now, 8));
            let last = width::fit_right(&last.unwrap_or_else(|| "never".to_owned()), self.last);
            x += canvas.say(x, area.y, right.saturating_sub(x), &last, Role::Dim);
        }
        if self.rate > 0 {
            let rate = width::fit_right(&format!("{:.0}", health.per_month), self.rate + 2);
            x += canvas.say(x, area.y, right.saturating_sub(x), &rate, Role::Dim);
        }
        x += 2;
        let (words, role) = state(feed);
        let style = popup.patch(look.style(role));
        canvas.text(x, area.y, right.saturating_sub(x), &words, style);
    }
}

fn state(feed: &Feed) -> (String, Role) {
    let health = &feed.health;
    match (&health.last_error, health.silent_days) {
        (Some(error), _) if health.failures > 1 => {
            (format!("{error} ({} times)", health.failures), Role::Error)
        }
        (Some(error), _) => (error.clone(), Role::Error),
        (None, _) if health.suggested_url.is_some() => ("has moved".to_owned(), Role::Warning),
        (None, Some(days)) if days > 730 => {
            (format!("silent for {} years", days / 365), Role::Warning)
        }
        (None, Some(days)) if days > 90 => (format!("silent for {days} days"), Role::Warning),
        (None, _) if feed.total == 0 && health.last_success.is_some() => {
            ("has no articles".to_owned(), Role::Warning)
        }
        (None, _) if health.last_attempt.is_none() && health.last_success.is_none() => {
            ("not yet asked".to_owned(), Role::Dim)
        }
        _ => ("well".to_owned(), Role::Dim),
    }
}

/// When it was asked, and when it is asked again.
fn polls(feed: &Feed, now: &ZonedDateTime) -> String {
    let time = |at: jiff::Timestamp| {
        let at = at.to_zoned_datetime(now.time_zone().clone());
        let form = if at.date() == now.date() {
            "%H:%M"
        } else {
            "%-d %b %H:%M"
        };
        at.strftime(form).to_string()
    };
    let asked = match feed.health.last_attempt {
        Some(at) => format!("asked {}", time(at)),
        None => "not yet asked".to_owned(),
    };
    match feed.health.next_poll {
        Some(at) if at <= now.timestamp() => format!("{asked} · due now"),
        Some(at) => format!("{asked} · next {}", time(at)),
        None => format!("{asked} · not asked again by itself"),
    }
}

/// Writes the selected feed's error, hint and addresses whole.
fn details(canvas: &mut Canvas<'_>, area: Rect, feed: &Feed, now: &ZonedDateTime) {
    let health = &feed.health;
    let mut lines = Vec::new();
    if let Some(error) = &health.last_error {
        let hint = health.hint.as_deref().unwrap_or_default();
        let dot = if hint.is_empty() { "" } else { " · " };
        lines.push((format!("{error}{dot}{hint}"), Role::Popup));
    }
    if let Some(url) = &health.suggested_url {
        lines.push((format!("suggested: {url} (+ takes it)"), Role::Warning));
    }
    lines.push((polls(feed, now), Role::Dim));
    lines.push((feed.shown_url(), Role::Dim));
    let skip = u16::from(area.height > 2);
    let broken = lines.iter().flat_map(|(words, role)| {
        let lines = broken(words, usize::from(area.width).max(10));
        lines.into_iter().map(|line| (line, *role))
    });
    for (n, (line, role)) in broken.enumerate() {
        let area = row(area, n as u16 + skip);
        if area.height == 0 {
            return;
        }
        canvas.say(area.x, area.y, area.width, &line, role);
    }
}
