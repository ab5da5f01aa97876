//! The first screen of a library without feeds.

use ratatui::layout::Rect;

use super::canvas::{Canvas, row, target, window};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::welcome::{Welcome, WelcomeRow};
use crate::config::theme::Role;
use crate::text::width;

/// Draws the first screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, body: Rect, app: &App, areas: &mut Areas) {
    let Some(welcome) = app.welcome() else {
        return;
    };
    let cols = body.width.saturating_sub(4).min(72);
    let area = Rect {
        x: body.x + (body.width - cols) / 2,
        width: cols,
        ..body
    };
    let roomy = body.height >= 16;
    let head: &[(&str, Role)] = if roomy {
        &[
            ("", Role::Text),
            ("newsdesk", Role::Headline),
            ("The whole story, kept for reading offline.", Role::Dim),
            ("", Role::Text),
        ]
    } else {
        &[]
    };
    for (n, (words, role)) in head.iter().enumerate() {
        canvas.say(area.x, area.y + n as u16, area.width, words, *role);
    }
    let top = head.len() as u16;
    let rows_area = Rect {
        y: area.y + top,
        height: area.height.saturating_sub(top),
        ..area
    };
    draw_rows(canvas, rows_area, welcome, areas);
}

/// Returns what Enter does on the selected row, for the line at the bottom.
pub(super) fn hint(welcome: &Welcome) -> String {
    let ticked = welcome.ticked.iter().filter(|ticked| **ticked).count();
    let feeds = |count: usize| match count {
        1 => "1 feed".to_owned(),
        count => format!("{count} feeds"),
    };
    match welcome.rows().get(welcome.selected) {
        Some(WelcomeRow::Starter(_)) if ticked == 0 => {
            "Space ticks · Enter subscribes to this feed".to_owned()
        }
        Some(WelcomeRow::Topic(_)) if ticked == 0 => {
            "Space ticks all of these · Enter subscribes to them".to_owned()
        }
        Some(WelcomeRow::Starter(_) | WelcomeRow::Topic(_)) => {
            format!("Space ticks · Enter subscribes to {}", feeds(ticked))
        }
        _ if ticked > 0 => format!("{} ticked · Enter opens this", feeds(ticked)),
        _ => "Enter opens this · j k move · Q quits".to_owned(),
    }
}

fn draw_rows(canvas: &mut Canvas<'_>, area: Rect, welcome: &Welcome, areas: &mut Areas) {
    let rows = welcome.rows();
    // A line of air before what can be subscribed to.
    let mut lines: Vec<Option<usize>> = (0..rows.len()).map(Some).collect();
    let first = rows
        .iter()
        .position(|row| matches!(row, WelcomeRow::Topic(_)));
    if let Some(first) = first.filter(|_| area.height >= 16) {
        lines.insert(first, None);
    }
    let selected = lines.iter().position(|at| *at == Some(welcome.selected));
    let top = window(selected.unwrap_or(0), lines.len(), area.height.into());
    for (n, at) in lines.iter().skip(top).take(area.height.into()).enumerate() {
        let area = row(area, n as u16);
        let Some((at, it)) = at.and_then(|at| Some((at, rows.get(at)?))) else {
            continue;
        };
        draw_row(canvas, area, it, welcome);
        if at == welcome.selected {
            canvas.select(area, Role::Selected);
        }
        areas.push(target(area), Target::Popup(at));
    }
}

fn draw_row(canvas: &mut Canvas<'_>, area: Rect, it: &WelcomeRow, welcome: &Welcome) {
    let look = canvas.look;
    let prompt = look.signs.prompt;
    let say = |canvas: &mut Canvas<'_>, words: &str, detail: &str| {
        let mut x = area.x + 1;
        x += canvas.say(x, area.y, 2, prompt, Role::Key) + 1;
        x += canvas.say(x, area.y, area.right().saturating_sub(x), words, Role::Text) + 2;
        canvas.say(x, area.y, area.right().saturating_sub(x), detail, Role::Dim);
    };
    match it {
        WelcomeRow::Address => say(canvas, "Add a feed or a site by its address", "a"),
        WelcomeRow::Newsboat(path) => {
            let path = path.display().to_string();
            say(
                canvas,
                "Take over newsboat's feeds",
                &width::truncate_start(&path, 30),
            );
        }
        WelcomeRow::Import => say(canvas, "Import a file", "OPML, or newsboat's urls"),
        WelcomeRow::Demo => say(
            canvas,
            "Look around first",
            "the demo edition: bundled articles, no network",
        ),
        WelcomeRow::Topic(topic) => {
            let style = canvas.look.heading();
            let room = area.width.saturating_sub(2);
            let used = canvas.text(area.x + 1, area.y, room, topic, style) + 2;
            let of_topic = welcome.starters.iter().zip(&welcome.ticked);
            let of_topic = of_topic.filter(|(starter, _)| starter.topic == *topic);
            let ticked = of_topic.clone().filter(|(_, ticked)| **ticked).count();
            if ticked > 0 {
                let words = format!("{ticked} of {}", of_topic.count());
                let room = room.saturating_sub(used);
                canvas.say(area.x + 1 + used, area.y, room, &words, Role::Notice);
            }
        }
        WelcomeRow::Starter(at) => {
            let Some(starter) = welcome.starters.get(*at) else {
                return;
            };
            let tick = if welcome.ticked.get(*at).copied().unwrap_or(false) {
                "[x]"
            } else {
                "[ ]"
            };
            let mut x = area.x + 1;
            x += canvas.say(x, area.y, 4, tick, Role::Key) + 1;
            x += canvas.say(
                x,
                area.y,
                area.right().saturating_sub(x),
                &starter.title,
                Role::Text,
            ) + 2;
            let site = starter.site_url.as_deref().unwrap_or(&starter.url);
            let site = site
                .split("://")
                .last()
                .unwrap_or(site)
                .trim_end_matches('/');
            canvas.say(x, area.y, area.right().saturating_sub(x), site, Role::Dim);
        }
        WelcomeRow::Subscribe(count) => {
            let feeds = if *count == 1 { "feed" } else { "feeds" };
            say(canvas, &format!("Subscribe to {count} {feeds}"), "Enter");
        }
    }
}
