//! The article: its lines, and over them the names, the search hits, the selected link, the link hints.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::canvas::{Canvas, row, target};
use super::{Heading, border, hyperlink, list, picture, removed};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::reader::Reader;
use crate::config::theme::Role;
use crate::flow::overlay::{Overlay, cut};
use crate::flow::{Piece, Role as Part};
use crate::text::width;

/// A name in the text: its place in the article's names, and its style.
type Name = (usize, Style);

/// What lies over the lines, each sorted and without overlaps of its own.
struct Layers {
    names: Vec<Overlay<Name>>,
    hits: Vec<Overlay<Style>>,
}

/// Draws the article into its pane.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    heading: Heading,
    inner: Rect,
    app: &App,
    areas: &mut Areas,
) {
    let Some(reader) = app.reader() else {
        if !app.is_zen() {
            heading.draw(canvas, "Article", "");
        }
        return;
    };
    let height = usize::from(inner.height);
    let percent = format!("{} %", reader.percent(height));
    if !app.is_zen() {
        heading.draw(
            canvas,
            &app.cleaning_title().unwrap_or_else(|| title(reader)),
            if heading.narrow { &percent } else { "" },
        );
        if !heading.narrow && reader.layout.len() > height {
            let style = canvas.look.style(Role::PaneTitle);
            let bottom = heading.outer.bottom().saturating_sub(1);
            border::corner(
                canvas,
                heading.outer,
                bottom,
                heading.outer.x,
                &percent,
                style,
            );
        }
    }
    if reader.layout.is_empty() {
        list::empty(canvas, inner, canvas.look.signs.more);
        return;
    }
    let column = column(inner, reader.layout.width);
    let layers = layers(canvas, reader);
    let lines = reader.top..reader.layout.len().min(reader.top + height);
    for (n, line) in lines.clone().enumerate() {
        draw_line(canvas, row(column, n as u16), reader, line, &layers, areas);
    }
    if let Some(words) = app.no_text_words() {
        let below = row(column, lines.len() as u16 + 1);
        if below.height > 0 {
            canvas.say(below.x, below.y, below.width, &words, Role::Dim);
        }
    }
    picture::draw(canvas, column, app, reader, lines);
    removed::draw(canvas, column, reader);
    hints(canvas, column, reader);
}

/// Returns the pane's title: the headline, once that has gone out of view, else the paper.
fn title(reader: &Reader) -> String {
    let row = &reader.article.row;
    let headline_in_view = reader
        .layout
        .line(reader.top)
        .any(|piece| piece.style.role == Part::Headline);
    if headline_in_view && !row.feed_title.is_empty() {
        row.feed_title.clone()
    } else {
        row.title.clone()
    }
}

/// Centres the text column.
fn column(inner: Rect, cols: u16) -> Rect {
    let cols = cols.min(inner.width);
    Rect {
        x: inner.x + (inner.width - cols) / 2,
        width: cols,
        ..inner
    }
}

fn layers(canvas: &Canvas<'_>, reader: &Reader) -> Layers {
    let look = canvas.look;
    let entities = &reader.article.entities;
    let names = entities.mentions.iter().enumerate().map(|(at, mention)| {
        let kind = entities
            .entities
            .get(mention.entity)
            .map_or(mention.kind, |entity| entity.kind);
        let mut style = look.name(kind);
        if reader.name == Some(mention.entity) {
            style = style.patch(look.style(Role::MentionSelected));
        }
        if reader.mention == Some(at) {
            style = style.add_modifier(Modifier::BOLD);
        }
        Overlay {
            text: mention.text,
            range: mention.range.clone(),
            what: (mention.entity, style),
        }
    });
    let found = reader.find.iter().flat_map(|find| {
        find.hits
            .iter()
            .enumerate()
            .map(|(at, (text, range))| Overlay {
                text: *text,
                range: range.clone(),
                what: look.style(if at == find.current {
                    Role::SearchCurrent
                } else {
                    Role::SearchHit
                }),
            })
    });
    let mut hits: Vec<_> = found.collect();
    if reader.find.is_none() {
        let searched = reader.searched.hits.iter();
        hits.extend(searched.map(|(text, range)| Overlay {
            text: *text,
            range: range.clone(),
            what: look.style(Role::SearchHit),
        }));
    }
    let link = reader.link.and_then(|at| reader.layout.links.get(at));
    let link = link
        .and_then(|link| link.source.as_ref())
        .map(|source| (source.text, source.range.clone()));
    // What is selected: a link, or a word.
    if let Some((text, range)) = link.or_else(|| reader.word.clone()) {
        hits.retain(|hit| {
            hit.text != text || hit.range.end <= range.start || hit.range.start >= range.end
        });
        hits.push(Overlay {
            text,
            range,
            what: look.style(Role::MentionSelected),
        });
        hits.sort_by_key(|hit| (hit.text, hit.range.start));
    }
    Layers {
        names: names.collect(),
        hits,
    }
}

fn draw_line(
    canvas: &mut Canvas<'_>,
    area: Rect,
    reader: &Reader,
    line: usize,
    layers: &Layers,
    areas: &mut Areas,
) {
    let mut x = area.x;
    for piece in reader.layout.line(line) {
        for (named, name) in cut(&piece, &layers.names) {
            for (part, hit) in cut(&named, &layers.hits) {
                let room = area.right().saturating_sub(x);
                let used = draw_piece(canvas, (x, area.y, room), &part, name, hit);
                let place = Rect::new(x, area.y, used, 1);
                if let Some((entity, _)) = name {
                    areas.push(target(place), Target::Name(*entity));
                } else if let Some(number) = part.style.link {
                    areas.push(target(place), Target::Link(number));
                }
                let url = part
                    .style
                    .link
                    .and_then(|number| Some((number, reader.layout.url(number)?)));
                if let Some((number, url)) = url.filter(|_| !canvas.look.ascii) {
                    hyperlink::link(canvas, place, number, url);
                }
                x = x.saturating_add(used);
            }
        }
    }
    let selected = reader.link.and_then(|at| reader.layout.links.get(at));
    if selected.is_some_and(|link| link.source.is_none() && link.line == line) {
        let style = canvas.look.style(Role::MentionSelected);
        canvas.tint(
            Rect {
                width: x - area.x,
                ..area
            },
            style,
        );
    }
}

fn draw_piece(
    canvas: &mut Canvas<'_>,
    (x, y, room): (u16, u16, u16),
    piece: &Piece<'_>,
    name: Option<&Name>,
    hit: Option<&Style>,
) -> u16 {
    let mut style = canvas.look.piece(piece.style);
    if let Some((_, over)) = name {
        style = style.patch(*over);
    }
    if let Some(over) = hit {
        style = style.patch(*over);
    }
    canvas.text(x, y, room, piece.letters, style)
}

/// Draws the letters on the links in view; those that no longer fit what was typed are gone.
fn hints(canvas: &mut Canvas<'_>, column: Rect, reader: &Reader) {
    let Some(hints) = &reader.hints else {
        return;
    };
    let style = canvas
        .look
        .style(Role::Key)
        .add_modifier(Modifier::REVERSED);
    let labels = hints.labels.iter();
    for (label, at) in labels.filter(|(label, _)| label.starts_with(&hints.typed)) {
        let Some(link) = reader.layout.links.get(*at) else {
            continue;
        };
        let Some(n) = link.line.checked_sub(reader.top) else {
            continue;
        };
        let area = row(column, n as u16);
        if area.height > 0 {
            let x = area.x + link_column(reader, *at) as u16;
            canvas.text(x, area.y, area.right().saturating_sub(x), label, style);
        }
    }
}

/// Returns the column a link begins at on its line.
fn link_column(reader: &Reader, at: usize) -> usize {
    let Some(link) = reader.layout.links.get(at) else {
        return 0;
    };
    let mut column = 0;
    for piece in reader.layout.line(link.line) {
        let here = match (&piece.source, &link.source) {
            (Some(piece), Some(link)) => {
                piece.text == link.text && piece.range.end > link.range.start
            }
            (_, None) => piece.style.link == Some(link.number),
            (None, Some(_)) => false,
        };
        if here && piece.style.link.is_some() {
            break;
        }
        column += width::width(piece.letters);
    }
    column
}
