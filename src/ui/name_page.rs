//! The page of a name: its numbers, mentions over time, names seen together with it, and its newest articles with the
//! sentence that mentions it.

use jiff::ZonedDateTime;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::canvas::{Canvas, row, target};
use super::headline::date;
use super::popup::Popup;
use super::snippet;
use crate::app::areas::{Areas, Target};
use crate::app::overlay::{NameView, PageRow};
use crate::app::words::{kind_word, thousands};
use crate::app::{App, in_articles};
use crate::config::theme::Role;
use crate::model::ArticleRow;
use crate::model::change::NameKey;
use crate::model::entity::{NamePage, Snippet};
use crate::text::width;

/// Columns the page would take.
const COLS: usize = 96;

/// A line of the page.
enum Line<'a> {
    Blank,
    Words(String, Role),
    Heading(&'static str),
    OverTime(&'a [u32]),
    Fact(&'static str, &'a ArticleRow),
    Alias(usize, &'a NameKey),
    Way(usize, &'a str, String),
    Together(usize, &'a NameKey, u32),
    All(usize, u32),
    Article(usize, &'a ArticleRow),
    Sentence(usize, &'a Snippet),
}

impl Line<'_> {
    /// Returns the number of the row that can be selected here.
    fn row(&self) -> Option<usize> {
        match self {
            Self::Alias(at, _)
            | Self::Way(at, ..)
            | Self::Together(at, ..)
            | Self::All(at, _)
            | Self::Article(at, _)
            | Self::Sentence(at, _) => Some(*at),
            _ => None,
        }
    }
}

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, app: &App, view: &NameView, areas: &mut Areas) {
    let lines = view
        .page
        .as_ref()
        .map(|page| lines(view, page))
        .unwrap_or_default();
    let popup = Popup {
        title: &view.key.name,
        keys: "+ follow · - mute · = merge · i edit · Enter · Esc",
        cols: COLS,
        rows: lines.len().max(1),
    };
    let inner = popup.draw(canvas, app, areas);
    if lines.is_empty() {
        let words = if view.is_loading() {
            canvas.look.signs.more
        } else {
            "No article mentions this name"
        };
        canvas.say(inner.x, inner.y, inner.width, words, Role::Dim);
        return;
    }
    let now = app.now().to_zoned_datetime(app.settings.zone.clone());
    let top = top(&lines, view.selected, inner.height.into());
    for (n, line) in lines.iter().skip(top).take(inner.height.into()).enumerate() {
        let area = row(inner, n as u16);
        draw_line(canvas, area, line, &now, view);
        let Some(at) = line.row() else { continue };
        areas.push(target(area), Target::Popup(at));
        if at == view.selected {
            let whole = Rect {
                x: area.x.saturating_sub(1),
                width: area.width + 2,
                ..area
            };
            canvas.select(whole, Role::Selected);
        }
    }
}

/// Returns the first line to show: as few of the lines above as must give way to have the selected row whole.
fn top(lines: &[Line<'_>], selected: usize, height: usize) -> usize {
    let of_selected = |line: &Line<'_>| line.row() == Some(selected);
    let last = lines.iter().rposition(of_selected).unwrap_or(0);
    let most = lines.len().saturating_sub(height);
    (last + 2).saturating_sub(height).min(most)
}

fn lines<'a>(view: &'a NameView, page: &'a NamePage) -> Vec<Line<'a>> {
    let row = &page.row;
    let mut facts = vec![kind_word(row.kind).to_owned()];
    facts.extend(page.role.clone());
    facts.extend(row.followed.then(|| "followed".to_owned()));
    facts.extend(
        row.muted
            .then(|| "muted: its articles are kept out of the lists".to_owned()),
    );
    let mut lines = vec![
        Line::Words(facts.join(" · "), Role::Text),
        Line::Words(
            format!(
                "{} in {}",
                mentions(row.mentions),
                in_articles(row.articles)
            ),
            Role::Dim,
        ),
        Line::Blank,
    ];
    if page.over_time.len() > 1 {
        lines.push(Line::OverTime(&page.over_time));
    }
    lines.extend(page.first.as_ref().map(|first| Line::Fact("first", first)));
    if row.articles > 1 {
        let last = page.articles.first();
        lines.extend(last.map(|(last, _)| Line::Fact("last", last)));
    }
    let numbered = view.rows();
    let mut under = None;
    for (at, it) in numbered.iter().enumerate() {
        let heading = match it {
            PageRow::All => None,
            PageRow::Alias(_) => Some("Also under these names · Enter takes one out"),
            PageRow::Written(_) => Some("Also written · Enter takes one out"),
            PageRow::Parted(_) => Some("Not these · Enter puts one back"),
            PageRow::Together(_) => Some("Seen together with"),
            PageRow::Article(_) => Some("Articles"),
        };
        if heading != under {
            under = heading;
            lines.push(Line::Blank);
            lines.extend(heading.map(Line::Heading));
        }
        match *it {
            PageRow::Alias(n) => lines.extend(page.aliases.get(n).map(|it| Line::Alias(at, it))),
            PageRow::Written(n) => {
                let it = page.written.get(n);
                lines.extend(it.map(|(words, count)| Line::Way(at, words, mentions(*count))));
            }
            PageRow::Parted(n) => {
                let it = page.parted.get(n);
                lines.extend(it.map(|words| Line::Way(at, words, String::new())));
            }
            PageRow::Together(n) => {
                let it = page.together.get(n);
                lines.extend(it.map(|(key, count)| Line::Together(at, key, *count)));
            }
            PageRow::All => lines.push(Line::All(at, row.articles)),
            PageRow::Article(n) => {
                if let Some((article, snippet)) = page.articles.get(n) {
                    lines.push(Line::Article(at, article));
                    lines.extend(snippet.as_ref().map(|it| Line::Sentence(at, it)));
                }
            }
        }
    }
    lines
}

fn mentions(count: u32) -> String {
    match count {
        1 => "1 mention".to_owned(),
        count => format!("{} mentions", thousands(count.into())),
    }
}

fn draw_line(
    canvas: &mut Canvas<'_>,
    area: Rect,
    line: &Line<'_>,
    now: &ZonedDateTime,
    view: &NameView,
) {
    let look = canvas.look;
    let popup = look.style(Role::Popup);
    let dim = popup.patch(look.style(Role::Dim));
    match line {
        Line::Blank => {}
        Line::Words(words, role) => {
            let style = popup.patch(look.style(*role));
            canvas.text(area.x, area.y, area.width, words, style);
        }
        Line::Heading(words) => {
            canvas.text(
                area.x,
                area.y,
                area.width,
                words,
                popup.patch(look.heading()),
            );
        }
        Line::OverTime(counts) => over_time(canvas, area, counts, view),
        Line::Fact(word, article) => {
            let word = width::fit(word, 6);
            let x = area.x + canvas.text(area.x, area.y, area.width, &word, dim);
            let day = day(article, now);
            let used = canvas.text(x, area.y, area.right().saturating_sub(x), &day, popup);
            let x = x + used + 2;
            canvas.text(
                x,
                area.y,
                area.right().saturating_sub(x),
                &article.title,
                dim,
            );
        }
        Line::Alias(_, key) => name(canvas, area, key, ""),
        Line::Way(_, words, count) => {
            let used = canvas.text(area.x, area.y, area.width, words, popup);
            let x = area.x + used + 2;
            canvas.text(x, area.y, area.right().saturating_sub(x), count, dim);
        }
        Line::Together(_, key, count) => name(canvas, area, key, &in_articles(*count)),
        Line::All(_, count) => {
            let words = match count {
                1 => "The article, as a list".to_owned(),
                count => format!("All {}, as a list", in_articles(*count)),
            };
            canvas.text(area.x, area.y, area.width, &words, popup);
        }
        Line::Article(_, article) => {
            let mark = if article.unread {
                look.signs.unread
            } else {
                " "
            };
            canvas.say(area.x, area.y, 1, mark, Role::UnreadMark);
            let when = date(article.published.unwrap_or(article.first_seen), now, 8);
            let x = area.x + 2;
            canvas.text(x, area.y, 8, &width::fit_right(&when, 8), dim);
            let feed = width::fit(&article.feed_title, 14);
            let x = x + 10;
            let used = canvas.text(x, area.y, area.right().saturating_sub(x), &feed, dim);
            let x = x + used + 2;
            let role = if article.unread {
                Role::Unread
            } else {
                Role::Dim
            };
            let style = popup.patch(look.style(role));
            canvas.text(
                x,
                area.y,
                area.right().saturating_sub(x),
                &article.title,
                style,
            );
        }
        Line::Sentence(_, it) => {
            let x = area.x + 12;
            let room = area.right().saturating_sub(x);
            let style = look.name(view.key.kind);
            snippet::draw(canvas, (x, area.y, room), it, dim, style);
        }
    }
}

fn name(canvas: &mut Canvas<'_>, area: Rect, key: &NameKey, right: &str) {
    let look = canvas.look;
    let popup = look.style(Role::Popup);
    let dim = popup.patch(look.style(Role::Dim));
    let letter = key.kind.letter().to_string();
    let style = popup
        .patch(look.name(key.kind))
        .remove_modifier(Modifier::UNDERLINED);
    canvas.text(area.x, area.y, 1, &letter, style);
    // Beside the name and not at the far edge: the eye need not travel.
    let used = canvas.text(
        area.x + 2,
        area.y,
        area.width.saturating_sub(2),
        &key.name,
        popup,
    );
    let x = area.x + 2 + used + 2;
    canvas.text(x, area.y, area.right().saturating_sub(x), right, dim);
}

fn day(article: &ArticleRow, now: &ZonedDateTime) -> String {
    let time = article.published.unwrap_or(article.first_seen);
    let time = time.to_zoned_datetime(now.time_zone().clone());
    time.strftime("%-d %b %Y").to_string()
}

/// Draws mentions over time as bars of eight heights; a span without one is a dot. Where there is no room for all, spans are
/// joined, and the words are fewer or none.
fn over_time(canvas: &mut Canvas<'_>, area: Rect, counts: &[u32], view: &NameView) {
    let look = canvas.look;
    let bars: &[&str] = if look.ascii {
        &["_", "-", "=", "#"]
    } else {
        &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    };
    let joined = counts.len().div_ceil(usize::from(area.width).max(1)).max(1);
    let counts: Vec<u32> = counts
        .chunks(joined)
        .map(|spans| {
            spans
                .iter()
                .fold(0, |sum: u32, count| sum.saturating_add(*count))
        })
        .collect();
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let popup = look.style(Role::Popup);
    let bar = popup
        .patch(look.name(view.key.kind))
        .remove_modifier(Modifier::UNDERLINED);
    let none: Style = popup.patch(look.style(Role::Dim));
    let mut x = area.x;
    for count in counts {
        let (sign, style) = match count {
            0 => (if look.ascii { "." } else { "·" }, none),
            count => {
                let height = (count as usize * bars.len()).div_ceil(most as usize);
                (
                    bars.get(height.saturating_sub(1)).copied().unwrap_or("#"),
                    bar,
                )
            }
        };
        x += canvas.text(x, area.y, area.right().saturating_sub(x), sign, style);
    }
    let room = area.right().saturating_sub(x + 2);
    let most = format!("at most {}", thousands(most.into()));
    let words = format!("mentions over time, {most}");
    let words = [words, most]
        .into_iter()
        .find(|words| width::width(words) <= usize::from(room));
    canvas.text(x + 2, area.y, room, &words.unwrap_or_default(), none);
}
