//! The faces of the app: [`draw`] reads the state and fills a frame, and says what stands where. It changes nothing,
//! and names only roles of the theme; colour is never the only sign.
//!
//! The app has decided where the panes stand ([`crate::app::frame`]); what stands in them is drawn here, a file each.

mod article;
mod bars;
mod border;
mod canvas;
mod choices;
mod enclosures;
mod feeds;
mod graphics;
mod headline;
mod health;
mod help;
mod hyperlink;
mod list;
mod look;
mod name_page;
mod names;
mod picture;
mod popup;
mod prompt;
mod removed;
mod snippet;
mod welcome;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::areas::{Areas, Target};
use crate::app::frame::{Boxed, Shape};
use crate::app::place::Pane;
use crate::app::{App, Overlay};
use crate::config::theme::{Role, Theme};
use crate::text::width;
use border::Borders;
use canvas::{Canvas, rect, target};
use look::Look;

pub use graphics::{Drawn, Graphics};

/// Draws the app; returns what stands where, for [`crate::app::Event::Drawn`].
pub fn draw(frame: &mut Frame<'_>, app: &App, theme: &Theme) -> Areas {
    draw_with(frame, app, theme, &Graphics::default())
}

/// Draws the app with pictures in the terminal's own graphics, where they are encoded.
pub fn draw_with(frame: &mut Frame<'_>, app: &App, theme: &Theme, graphics: &Graphics) -> Areas {
    let mut areas = Areas::default();
    let mut canvas = Canvas {
        buffer: frame.buffer_mut(),
        look: Look::new(theme, app.settings.ascii),
        graphics,
        pictured: Vec::new(),
    };
    let ground = canvas.look.style(Role::Text);
    let all = canvas.area();
    canvas.tint(all, ground);
    if app.shape() == Shape::Tiny {
        too_small(&mut canvas);
        return areas;
    }
    let cursor = screen(&mut canvas, app, &mut areas);
    picture::finish(&mut canvas);
    if let Some((x, y)) = cursor {
        frame.set_cursor_position((x, y));
    }
    areas
}

/// Draws everything; returns where the cursor stands, if it is shown.
fn screen(canvas: &mut Canvas<'_>, app: &App, areas: &mut Areas) -> Option<(u16, u16)> {
    let panes = app.frame();
    if let Some(header) = panes.header {
        bars::header(canvas, rect(header), app);
    }
    if app.welcome().is_some() {
        welcome::draw(canvas, rect(panes.body), app, areas);
    } else {
        draw_panes(canvas, app, areas);
    }
    bars::status(canvas, rect(panes.status), app);
    if let Some(keys) = app.which_key() {
        help::which_key(canvas, rect(panes.body), app, &keys);
    }
    let mut cursor = None;
    for (at, overlay) in app.overlays().iter().enumerate() {
        // One name at a time: the page of a name stands in place of the list or page it was opened from.
        let above = app.overlays().get(at + 1);
        let hidden = matches!(overlay, Overlay::Names(_) | Overlay::Name(_))
            && matches!(above, Some(Overlay::Name(_)));
        if !hidden {
            cursor = draw_overlay(canvas, app, overlay, areas);
        }
    }
    cursor
}

fn draw_panes(canvas: &mut Canvas<'_>, app: &App, areas: &mut Areas) {
    let panes = app.frame();
    let shown = [
        (Pane::Feeds, panes.feeds),
        (Pane::List, panes.list),
        (Pane::Article, panes.article),
        (Pane::Names, panes.names.filter(|_| !panes.names_over)),
    ];
    let boxed = app.shape() != Shape::Narrow && !app.is_zen();
    if boxed {
        let mut borders = Borders::default();
        // The focused box comes last: its style wins on the edges it shares.
        let mut in_order = shown;
        in_order.sort_by_key(|(pane, _)| *pane == app.focus());
        for (pane, place) in in_order {
            if let Some(place) = place {
                let style = canvas.look.style(border_role(app, pane));
                borders.add(rect(place.outer), style);
            }
        }
        borders.draw(canvas);
    }
    for (pane, place) in shown {
        if let Some(place) = place {
            draw_pane(canvas, app, pane, place, areas);
        }
    }
    if let Some(place) = panes.names.filter(|_| panes.names_over) {
        let ground = canvas.look.style(Role::Text);
        canvas.fill(rect(place.outer), ground);
        if boxed {
            let mut borders = Borders::default();
            let style = canvas.look.style(border_role(app, Pane::Names));
            borders.add(rect(place.outer), style);
            borders.draw(canvas);
        }
        draw_pane(canvas, app, Pane::Names, place, areas);
    }
    push_borders(app, areas);
}

fn border_role(app: &App, pane: Pane) -> Role {
    if app.focus() == pane {
        Role::BorderFocus
    } else {
        Role::Border
    }
}

fn draw_pane(canvas: &mut Canvas<'_>, app: &App, pane: Pane, place: Boxed, areas: &mut Areas) {
    areas.push(place.outer, Target::Pane(pane));
    let inner = rect(place.inner);
    let heading = Heading {
        outer: rect(place.outer),
        narrow: app.shape() == Shape::Narrow,
        focused: app.focus() == pane,
    };
    match pane {
        Pane::Feeds => feeds::draw(canvas, heading, inner, app, areas),
        Pane::List => list::draw(canvas, heading, inner, app, areas),
        Pane::Article => article::draw(canvas, heading, inner, app, areas),
        Pane::Names => names::draw(canvas, heading, inner, app, areas),
    }
}

/// The lines between panes can be dragged.
fn push_borders(app: &App, areas: &mut Areas) {
    if app.shape() == Shape::Narrow || app.is_zen() {
        return;
    }
    let panes = app.frame();
    if let Some(feeds) = panes.feeds {
        let right = feeds.outer.x + feeds.outer.width - 1;
        let line = Rect::new(right, feeds.outer.y, 1, feeds.outer.height);
        areas.push(target(line), Target::FeedsBorder);
    }
    if let (Some(list), Some(article)) = (panes.list, panes.article) {
        let line = Rect::new(list.outer.x, article.outer.y, list.outer.width, 1);
        areas.push(target(line), Target::ListBorder);
    }
    if let (Some(names), false) = (panes.names, panes.names_over) {
        let line = Rect::new(names.outer.x, names.outer.y, 1, names.outer.height);
        areas.push(target(line), Target::NamesBorder);
    }
}

/// Where a pane's title stands.
#[derive(Clone, Copy, Debug)]
struct Heading {
    outer: Rect,
    /// A title row across the screen instead of a border.
    narrow: bool,
    focused: bool,
}

impl Heading {
    /// Writes the title, and beside it, at the right, something short.
    fn draw(self, canvas: &mut Canvas<'_>, title: &str, right: &str) {
        let role = if self.focused {
            Role::PaneTitleFocus
        } else {
            Role::PaneTitle
        };
        let style = canvas.look.style(role);
        if self.narrow {
            let line = canvas.look.style(Role::Border);
            let dash = if canvas.look.ascii { "-" } else { "─" };
            let cols = usize::from(self.outer.width);
            canvas.text(
                self.outer.x,
                self.outer.y,
                self.outer.width,
                &dash.repeat(cols),
                line,
            );
        }
        let from = border::title(canvas, self.outer, title, style);
        let dim = canvas.look.style(Role::PaneTitle);
        border::corner(canvas, self.outer, self.outer.y, from, right, dim);
    }
}

/// Draws what lies over the panes; returns where the cursor stands, if it is shown.
fn draw_overlay(
    canvas: &mut Canvas<'_>,
    app: &App,
    overlay: &Overlay,
    areas: &mut Areas,
) -> Option<(u16, u16)> {
    match overlay {
        Overlay::Prompt(it) => Some(prompt::draw(canvas, app, it, areas)),
        Overlay::Menu(it) => choices::menu(canvas, app, it, areas),
        Overlay::Confirm(it) => {
            choices::confirm(canvas, app, &it.question, areas);
            None
        }
        Overlay::Help(it) => help::draw(canvas, app, it, areas),
        Overlay::UndoList(it) => {
            choices::undo_list(canvas, app, it, areas);
            None
        }
        Overlay::Enclosures(it) => {
            enclosures::draw(canvas, app, it, areas);
            None
        }
        Overlay::Health(it) => {
            health::draw(canvas, app, it, areas);
            None
        }
        Overlay::Names(it) => names::index(canvas, app, it, areas),
        Overlay::Name(it) => {
            name_page::draw(canvas, app, it, areas);
            None
        }
        Overlay::Add(it) => {
            choices::add(canvas, app, it, areas);
            None
        }
        Overlay::Message(it) => {
            choices::message(canvas, app, it, areas);
            None
        }
    }
}

fn too_small(canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let (cols, rows) = (area.width, area.height);
    let forms = [
        format!("newsdesk needs 40 columns and 8 rows; here are {cols} and {rows}"),
        format!("newsdesk needs 40x8, has {cols}x{rows}"),
        format!("needs 40x8, has {cols}x{rows}"),
        "40x8?".to_owned(),
    ];
    let fits = |words: &&String| width::width(words) <= usize::from(cols);
    let words = forms.iter().find(fits).map_or("", String::as_str);
    canvas.say(0, area.height / 2, area.width, words, Role::Text);
}
