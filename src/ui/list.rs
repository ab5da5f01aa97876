//! The list of headlines.

use ratatui::layout::Rect;

use super::Heading;
use super::canvas::{Canvas, row, target};
use super::headline::{self, Columns, Standing};
use super::snippet;
use crate::app::areas::{Areas, Target};
use crate::app::{App, ListView, Source};
use crate::config::theme::Role;
use crate::model::{ArticleRow, EntityKind};
use crate::text::width;

/// Columns before a sentence under a headline: it begins under the date's end.
const INDENT: u16 = 13;

/// Draws the list into its pane.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    heading: Heading,
    inner: Rect,
    app: &App,
    areas: &mut Areas,
) {
    let list = app.list();
    let right = match list.marked_count() {
        0 => app.muted_notice().unwrap_or_default(),
        count => format!("{count} selected"),
    };
    heading.draw(canvas, &app.list_title(), &right);
    let mut inner = inner;
    if let Some(notice) = app.feed_notice().filter(|_| !list.is_empty()) {
        let first = row(inner, 0);
        let words = format!("{} {notice}", canvas.look.signs.failed);
        canvas.say(
            first.x + 1,
            first.y,
            first.width.saturating_sub(2),
            &words,
            Role::Warning,
        );
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    if list.is_empty() {
        empty(canvas, inner, &app.empty_words());
        return;
    }
    let lines = list.row_lines();
    let height = (usize::from(inner.height) / lines).max(1);
    let columns = Columns::new(inner.width.into(), !list.source.is_one_feed());
    let now = app.now().to_zoned_datetime(app.settings.zone.clone());
    // The app counts with the whole pane: where a notice takes a row of it, the selected one must still be in view.
    let rows: Vec<_> = list.visible(height + 1).collect();
    let is_last = rows
        .get(height)
        .is_some_and(|row| list.selected == Some(row.id));
    let skip = usize::from(is_last);
    for (n, article) in rows.into_iter().skip(skip).take(height).enumerate() {
        let area = row(inner, (n * lines) as u16);
        let standing = Standing {
            selected: list.selected == Some(article.id),
            focused: heading.focused,
            marked: list.marked.has(article.id),
        };
        headline::draw(canvas, area, article, columns, standing, &now);
        areas.push(target(area), Target::Row(article.id));
        if let Source::Name(key) = &list.source {
            let below = row(inner, (n * lines + 1) as u16);
            sentence(canvas, below, list, article, key.kind, standing);
            areas.push(target(below), Target::Row(article.id));
        }
    }
}

/// Draws the sentence that mentions the name whose list this is, under the headline.
fn sentence(
    canvas: &mut Canvas<'_>,
    area: Rect,
    list: &ListView,
    article: &ArticleRow,
    kind: EntityKind,
    standing: Standing,
) {
    if area.height == 0 {
        return;
    }
    let look = canvas.look;
    if let Some(Some(it)) = list.snippets.get(&article.id) {
        // Under the date and what follows: the marks' column stays free.
        let x = area.x + INDENT.min(area.width / 6);
        let room = area.right().saturating_sub(x + 1);
        snippet::draw(
            canvas,
            (x, area.y, room),
            it,
            look.style(Role::Dim),
            look.name(kind),
        );
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

/// Writes the words of a pane without rows, a third down, broken into lines.
pub(super) fn empty(canvas: &mut Canvas<'_>, inner: Rect, words: &str) {
    let cols = usize::from(inner.width.saturating_sub(4)).max(1);
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let last = lines.last_mut();
        match last {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width::width(line) + 1 + width::width(word) <= cols => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let top = inner.height.saturating_sub(lines.len() as u16) / 3;
    for (n, line) in lines.iter().enumerate() {
        let area = row(inner, top + n as u16);
        if area.height == 0 {
            return;
        }
        let used = width::width(line).min(cols) as u16;
        let x = inner.x + inner.width.saturating_sub(used) / 2;
        canvas.say(x, area.y, used, line, Role::Dim);
    }
}
