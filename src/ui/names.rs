//! Names: the sidebar of an article's, and the list of all names over the cache.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::Heading;
use super::border;
use super::canvas::{Canvas, row, target, window};
use super::list;
use super::popup::{Popup, filter, rows};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::names::NameRow;
use crate::app::overlay::NamesIndex;
use crate::app::words::thousands;
use crate::config::theme::Role;
use crate::model::EntityKind;
use crate::model::change::NameKey;
use crate::model::entity::{ArticleEntity, EntityRow};
use crate::text::width;

/// A line of the sidebar.
enum Line<'a> {
    Blank,
    Heading(EntityKind),
    Name(usize, &'a ArticleEntity),
    Role(usize, &'a str),
}

/// Draws the sidebar into its pane.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    heading: Heading,
    inner: Rect,
    app: &App,
    areas: &mut Areas,
) {
    heading.draw(canvas, "In this article", "");
    let lines = lines(app);
    if lines.is_empty() {
        list::empty(canvas, inner, &app.names_words());
        return;
    }
    let selected = app.reader().and_then(|reader| reader.name);
    also_in(canvas, heading, app, selected);
    let is_selected = |line: &Line<'_>| matches!(line, Line::Name(at, _) if selected == Some(*at));
    let at = lines.iter().position(is_selected).unwrap_or(0);
    let top = window(at, lines.len(), inner.height.into());
    for (n, line) in lines.iter().skip(top).take(inner.height.into()).enumerate() {
        let area = row(inner, n as u16);
        draw_line(canvas, area, line, app);
        if let Line::Name(at, _) | Line::Role(at, _) = line {
            areas.push(target(area), Target::Name(*at));
        }
        if is_selected(line) {
            let role = if heading.focused {
                Role::Selected
            } else {
                Role::SelectedIdle
            };
            canvas.select(area, role);
        }
    }
}

/// Says on the pane's lower border how many other articles mention the selected name.
fn also_in(canvas: &mut Canvas<'_>, heading: Heading, app: &App, selected: Option<usize>) {
    let count = selected.and_then(|at| app.reader()?.article.elsewhere.get(at).copied());
    let Some(count) = count.filter(|count| *count > 0 && !heading.narrow) else {
        return;
    };
    let noun = if count == 1 { "article" } else { "articles" };
    let words = format!("also in {} {noun}", thousands(count));
    let style = canvas.look.style(Role::PaneTitle);
    let bottom = heading.outer.bottom().saturating_sub(1);
    border::corner(
        canvas,
        heading.outer,
        bottom,
        heading.outer.x,
        &words,
        style,
    );
}

fn lines(app: &App) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for row in app.name_rows() {
        match row {
            NameRow::Heading(kind) => {
                if !lines.is_empty() {
                    lines.push(Line::Blank);
                }
                lines.push(Line::Heading(kind));
            }
            NameRow::Name(at, name) => {
                lines.push(Line::Name(at, name));
                lines.extend(name.role.as_deref().map(|role| Line::Role(at, role)));
            }
        }
    }
    lines
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, line: &Line<'_>, app: &App) {
    match line {
        Line::Blank => {}
        Line::Heading(kind) => {
            let style = canvas.look.heading();
            let room = area.width.saturating_sub(2);
            canvas.text(area.x + 1, area.y, room, plural(*kind), style);
        }
        Line::Name(_, name) => draw_name(canvas, area, name, app),
        Line::Role(_, role) => {
            canvas.say(
                area.x + 3,
                area.y,
                area.width.saturating_sub(4),
                role,
                Role::Dim,
            );
        }
    }
}

fn draw_name(canvas: &mut Canvas<'_>, area: Rect, name: &ArticleEntity, app: &App) {
    let look = canvas.look;
    let key = NameKey {
        name: name.name.clone(),
        kind: name.kind,
    };
    let (followed, muted) = app.name_decisions(&key);
    let count = name.count.to_string();
    let mut right = area.right().saturating_sub(1);
    right = canvas.right(area.x, right, area.y, &count, look.style(Role::Count));
    if followed {
        right = right.saturating_sub(1);
        right = canvas.right(
            area.x,
            right,
            area.y,
            look.signs.following,
            look.style(Role::UnreadMark),
        );
    }
    let letter = name.kind.letter().to_string();
    let style = look.name(name.kind).remove_modifier(Modifier::UNDERLINED);
    canvas.text(area.x + 1, area.y, 1, &letter, style);
    let mut style = look.style(Role::Text);
    if muted {
        style = look.style(Role::Dim).add_modifier(Modifier::CROSSED_OUT);
    }
    let x = area.x + 3;
    canvas.text(x, area.y, right.saturating_sub(x + 1), &name.name, style);
}

fn plural(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "People",
        EntityKind::Organisation => "Organisations",
        EntityKind::Place => "Places",
        EntityKind::Other => "Other names",
    }
}

/// Draws the names over the cache; returns where the cursor stands while its filter is typed.
pub(super) fn index(
    canvas: &mut Canvas<'_>,
    app: &App,
    index: &NamesIndex,
    areas: &mut Areas,
) -> Option<(u16, u16)> {
    let shown: Vec<&EntityRow> = index.shown().collect();
    let title = match index.kind {
        Some(kind) => format!("Names: {}", plural(kind).to_lowercase()),
        None => "Names".to_owned(),
    };
    let popup = Popup {
        title: &title,
        keys: "/ narrows · Tab type · Enter page · + follow · - mute · = merge · Esc",
        cols: 72,
        rows: shown.len().max(1) + 1,
    };
    let inner = popup.draw(canvas, app, areas);
    let cursor = filter(canvas, row(inner, 0), &index.filter, index.typing);
    let taken = u16::from(index.typing || !index.filter.is_empty());
    let inner = Rect {
        y: inner.y + taken,
        height: inner.height.saturating_sub(taken),
        ..inner
    };
    if shown.is_empty() {
        let words = if index.is_loading() {
            canvas.look.signs.more
        } else {
            "No names"
        };
        canvas.say(inner.x, inner.y, inner.width, words, Role::Dim);
        return cursor;
    }
    rows(
        canvas,
        inner,
        (Some(index.selected), shown.len()),
        areas,
        |canvas, area, at| {
            if let Some(it) = shown.get(at) {
                index_row(canvas, area, it);
            }
        },
    );
    cursor
}

fn index_row(canvas: &mut Canvas<'_>, area: Rect, it: &EntityRow) {
    let look = canvas.look;
    let articles = match it.articles {
        1 => "1 article".to_owned(),
        count => format!("{} articles", thousands(count.into())),
    };
    let mut right = canvas.right(
        area.x,
        area.right(),
        area.y,
        &articles,
        look.style(Role::Dim),
    );
    if it.followed {
        right = right.saturating_sub(1);
        right = canvas.right(
            area.x,
            right,
            area.y,
            look.signs.following,
            look.style(Role::UnreadMark),
        );
    }
    let letter = it.kind.letter().to_string();
    let style = look.name(it.kind).remove_modifier(Modifier::UNDERLINED);
    canvas.text(area.x, area.y, 1, &letter, style);
    let x = area.x + 2;
    let mut style = look.style(Role::Popup);
    if it.muted {
        style = style
            .patch(look.style(Role::Dim))
            .add_modifier(Modifier::CROSSED_OUT);
    }
    let room = usize::from(right.saturating_sub(x + 1));
    canvas.text(
        x,
        area.y,
        room as u16,
        &width::truncate(&it.name, room),
        style,
    );
}
