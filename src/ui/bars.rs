//! The line on top and the line at the bottom.

use ratatui::layout::Rect;

use super::canvas::{Canvas, Span};
use crate::app::App;
use crate::app::frame::Shape;
use crate::app::status::Tone;
use crate::app::words::thousands;
use crate::config::theme::Role;
use crate::keymap::{Command, Context};
use crate::text::width;

/// Draws the line on top: program, list, numbers, reload.
pub(super) fn header(canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    let look = canvas.look;
    let base = look.style(Role::Header);
    canvas.fill(area, base);
    if app.welcome().is_some() {
        canvas.text(area.x + 1, area.y, area.width, "newsdesk", base);
        return;
    }
    let right = header_right(canvas, area, app);
    let mut x = area.x + 1;
    let dim = base.patch(look.style(Role::Dim));
    if app.shape() != Shape::Narrow {
        x += canvas.text(x, area.y, right.saturating_sub(x), "newsdesk", dim) + 3;
    }
    let title = app.place_title();
    canvas.text(x, area.y, right.saturating_sub(x + 1), &title, base);
}

/// Draws the numbers at the right; returns where they begin.
fn header_right(canvas: &mut Canvas<'_>, area: Rect, app: &App) -> u16 {
    let look = canvas.look;
    let base = look.style(Role::Header);
    let mut right = area.right().saturating_sub(1);
    let left = area.x + area.width / 3;
    if app.is_read_only() {
        let words = if area.width < 80 {
            "read-only"
        } else {
            "Read-only: marks are not kept"
        };
        let style = base.patch(look.style(Role::Warning));
        right = canvas.right(left, right, area.y, words, style);
        right = right.saturating_sub(2);
    }
    if let Some(words) = app.offline_words() {
        let style = base.patch(look.style(Role::Warning));
        right = canvas.right(left, right, area.y, &words, style);
        right = right.saturating_sub(2);
    } else if let Some((done, total)) = app.bringing() {
        let words = format!("{} {done}/{total} offline", look.signs.reloading);
        let style = base.patch(look.style(Role::Progress));
        right = canvas.right(left, right, area.y, &words, style);
        right = right.saturating_sub(2);
    } else if let Some(reload) = app.reloading() {
        let words = match (reload.done < reload.total, reload.pages_left) {
            (false, 0) => format!("{} storing", look.signs.reloading),
            (false, 1) => format!("{} 1 page", look.signs.reloading),
            (false, pages) => format!("{} {} pages", look.signs.reloading, thousands(pages as u64)),
            (true, _) => format!(
                "{} {}/{} reloading",
                look.signs.reloading, reload.done, reload.total
            ),
        };
        let style = base.patch(look.style(Role::Progress));
        right = canvas.right(left, right, area.y, &words, style);
        right = right.saturating_sub(2);
    }
    if let Some((count, percent)) = app.downloading() {
        let far = percent.map_or_else(String::new, |percent| format!(" {percent} %"));
        let files = if count == 1 { "file" } else { "files" };
        let words = format!("{} {count} {files}{far}", look.signs.reloading);
        let style = base.patch(look.style(Role::Progress));
        right = canvas.right(left, right, area.y, &words, style);
        right = right.saturating_sub(2);
    }
    let unread = app.tree().data.unread;
    let words = match unread {
        _ if !app.tree().loaded => String::new(),
        0 => "all read".to_owned(),
        unread => format!("{} unread", thousands(unread)),
    };
    let style = base.patch(look.style(Role::Count));
    canvas.right(left, right, area.y, &words, style)
}

/// Draws the line at the bottom: what was said, and what may be pressed.
pub(super) fn status(canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    let look = canvas.look;
    let base = look.style(Role::Status);
    canvas.fill(area, base);
    let mut status = app.status_line();
    if let Some(welcome) = app.welcome().filter(|_| status.text.is_empty()) {
        status.text = super::welcome::hint(welcome);
    }
    // Keys that help give way to words that would not fit beside them.
    let right = status_right(canvas, area, app, width::width(&status.text) as u16 + 6);
    let role = match status.tone {
        Tone::Plain => Role::Status,
        Tone::Done => Role::Notice,
        Tone::Failed => Role::Error,
    };
    let sign = match status.tone {
        Tone::Failed => format!("{} ", look.signs.failed),
        Tone::Plain | Tone::Done => String::new(),
    };
    let words = format!("{sign}{}", status.text);
    let style = base.patch(look.style(role));
    canvas.text(
        area.x + 1,
        area.y,
        right.saturating_sub(area.x + 2),
        &words,
        style,
    );
}

/// Draws the keys pressed so far, or the keys that help where `taken` columns leave room; returns where they begin.
fn status_right(canvas: &mut Canvas<'_>, area: Rect, app: &App, taken: u16) -> u16 {
    let look = canvas.look;
    let base = look.style(Role::Status);
    let right = area.right().saturating_sub(1);
    let pending = app.pending_keys();
    if !pending.is_empty() {
        let style = base.patch(look.style(Role::Key));
        return canvas.right(area.x, right, area.y, &pending, style);
    }
    let Some(context) = app.context() else {
        return right;
    };
    if area.width < 60 {
        return right;
    }
    let wanted = [
        (Command::Help, "help"),
        (Command::CommandLine, "command"),
        (Command::Search, "search"),
    ];
    let key = base.patch(look.style(Role::Key));
    let mut spans: Vec<Span<'_>> = Vec::new();
    for (command, words) in wanted
        .into_iter()
        .filter(|(command, _)| command.spec().contexts.has(context))
        .filter(|(command, _)| *command != Command::Search || context != Context::Popup)
    {
        let hint = app.settings.keymap.hint(context, command);
        if hint.starts_with(':') && hint.len() > 1 {
            continue;
        }
        if !spans.is_empty() {
            spans.push(("   ".into(), base));
        }
        spans.push((hint.into(), key));
        spans.push((format!(" {words}").into(), base));
    }
    let cols: usize = spans.iter().map(|(text, _)| width::width(text)).sum();
    if usize::from(area.width.saturating_sub(taken)) < cols {
        return right;
    }
    let x = right.saturating_sub(cols as u16);
    canvas.spans(x, area.y, right.saturating_sub(x), &spans);
    x
}
