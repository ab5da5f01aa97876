//! The files attached to an article, with how far each is.

use ratatui::layout::Rect;

use super::canvas::{Canvas, row};
use super::popup::{Popup, rows};
use crate::app::App;
use crate::app::areas::Areas;
use crate::app::enclosures::FileView;
use crate::app::event::FileState;
use crate::app::overlay::Enclosures;
use crate::app::words::{file_words, megabytes};
use crate::config::theme::Role;
use crate::model::article::Enclosure;
use crate::text::width;

/// Columns of the bar of a file that comes.
const BAR: usize = 20;

/// Draws the list: a row a file, what it is and how it stands.
pub(super) fn draw(canvas: &mut Canvas<'_>, app: &App, list: &Enclosures, areas: &mut Areas) {
    let selected = list.files.get(list.selected);
    let keys = match selected.and_then(|file| app.file(&file.url)) {
        Some(FileView::Kept(FileState::Done(_))) => "Enter opens · Esc",
        Some(FileView::Coming(..)) => "Enter stops · Esc",
        Some(FileView::Kept(FileState::Part(_))) => "Enter goes on · Esc",
        Some(FileView::Failed(_)) => "Enter tries again · Esc",
        _ => "Enter downloads · Esc",
    };
    let popup = Popup {
        title: "Files of this article",
        keys,
        cols: 76,
        rows: list.files.len(),
    };
    let inner = popup.draw(canvas, app, areas);
    rows(
        canvas,
        inner,
        (Some(list.selected), list.files.len()),
        areas,
        |canvas, area, at| {
            if let Some(file) = list.files.get(at) {
                file_row(canvas, row(area, 0), app, file);
            }
        },
    );
}

fn file_row(canvas: &mut Canvas<'_>, area: Rect, app: &App, file: &Enclosure) {
    let style = canvas.look.style(Role::Popup);
    let right = state_words(canvas, app, file);
    let role = match app.file(&file.url) {
        Some(FileView::Failed(_)) => Role::Error,
        _ => Role::Dim,
    };
    let state = style.patch(canvas.look.style(role));
    // What file it is stays to be read, whatever is said of it.
    let most = usize::from(area.width) * 3 / 5;
    let right = width::truncate(&right, most);
    let from = canvas.right(area.x, area.right(), area.y, &right, state);
    let name = file.url.split(['?', '#']).next().unwrap_or_default();
    let name = name
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let room = from.saturating_sub(area.x + 2);
    let what = file_words(file);
    let words = format!("{what}  {name}");
    // Where there is no room for both, the name tells files apart.
    let words =
        if width::width(&words) > usize::from(room) && width::width(name) <= usize::from(room) {
            name.to_owned()
        } else {
            words
        };
    canvas.text(area.x, area.y, room, &words, style);
}

fn state_words(canvas: &Canvas<'_>, app: &App, file: &Enclosure) -> String {
    match app.file(&file.url) {
        Some(FileView::Kept(FileState::Done(_))) => "saved ✓".to_owned(),
        Some(FileView::Kept(FileState::Part(bytes))) => {
            format!("{} are here", megabytes(*bytes))
        }
        Some(FileView::Coming(done, Some(total))) if *total > 0 => {
            let full = (*done * BAR as u64 / total).min(BAR as u64) as usize;
            let (on, off) = if canvas.look.ascii {
                ("=", ".")
            } else {
                ("━", "╌")
            };
            format!(
                "{}{} {} %",
                on.repeat(full),
                off.repeat(BAR - full),
                done * 100 / total
            )
        }
        Some(FileView::Coming(done, _)) => format!("{} …", megabytes(*done)),
        Some(FileView::Failed(why)) => format!("! {why}"),
        Some(FileView::Kept(FileState::None)) | None => String::new(),
    }
}
