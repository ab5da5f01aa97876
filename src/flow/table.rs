//! Tables: columns that shrink and wrap in their cells; a list where even that is too wide.

use super::block::Flow;
use super::inline::Inline;
use super::layout::{Role, Style};
use super::wrap::{Part, measure, wrap};
use crate::model::TextId;
use crate::model::document::{Table, Text};

/// A column is not made narrower than this for the others' sake …
const MIN_COLS: usize = 5;

/// … nor than its longest word, up to this.
const MAX_WORD_COLS: usize = 14;

struct Cell {
    inline: Inline,
    id: TextId,
    /// Columns of its widest line and of its widest word.
    widest: (usize, usize),
}

/// Lays out a table.
pub(super) fn table(flow: &mut Flow<'_>, table: &Table) {
    if let Some(caption) = &table.caption {
        flow.text(caption, flow.style(Role::Caption));
    }
    let head = Style {
        strong: true,
        ..flow.style(Role::TableHead)
    };
    let header: Vec<Cell> = table
        .header
        .iter()
        .map(|text| cell(flow, text, head))
        .collect();
    let body = flow.style(Role::Text);
    let rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|text| cell(flow, text, body)).collect())
        .collect();
    let columns = rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .max(header.len());
    if columns == 0 {
        return;
    }
    match widths(&header, &rows, columns, flow.cols()) {
        Some(widths) => Grid::new(flow, widths, &rows).draw(&header, &rows),
        None => list(flow, &header, rows),
    }
}

fn cell(flow: &mut Flow<'_>, text: &Text, style: Style) -> Cell {
    let id = flow.next_id();
    let inline = flow.inline(text, style);
    let widest = measure(&inline.letters, &inline.glued);
    Cell { inline, id, widest }
}

/// Shares the columns of the screen out among those of the table; `None` where they do not suffice.
fn widths(header: &[Cell], rows: &[Vec<Cell>], columns: usize, cols: usize) -> Option<Vec<usize>> {
    // Between two columns stands ` │ `.
    let room = cols.checked_sub(3 * (columns - 1))?;
    let mut wanted = vec![1; columns];
    let mut least = vec![1; columns];
    for row in rows.iter().map(Vec::as_slice).chain([header]) {
        for (n, cell) in row.iter().enumerate() {
            wanted[n] = wanted[n].max(cell.widest.0);
            least[n] = least[n].max(cell.widest.1.min(MAX_WORD_COLS));
        }
    }
    for (least, wanted) in least.iter_mut().zip(&wanted) {
        *least = (*least).max(MIN_COLS).min(*wanted);
    }
    if wanted.iter().sum::<usize>() <= room {
        return Some(wanted);
    }
    if least.iter().sum::<usize>() > room {
        return None;
    }
    Some(share(&wanted, least, room))
}

/// Gives each column its least, then what is left to those that want more, the most modest first.
fn share(wanted: &[usize], least: Vec<usize>, room: usize) -> Vec<usize> {
    let mut given = least;
    let mut left = room - given.iter().sum::<usize>();
    let mut hungry: Vec<usize> = (0..wanted.len()).collect();
    hungry.sort_by_key(|&n| wanted[n] - given[n]);
    for (done, &n) in hungry.iter().enumerate() {
        let fair = left / (hungry.len() - done);
        let more = fair.min(wanted[n] - given[n]);
        given[n] += more;
        left -= more;
    }
    given
}

struct Grid<'f, 'o> {
    flow: &'f mut Flow<'o>,
    widths: Vec<usize>,
    /// Columns of figures are set to the right.
    right: Vec<bool>,
    /// The lines of the grid: vertical, horizontal, crossing.
    lines: [&'static str; 3],
}

impl<'f, 'o> Grid<'f, 'o> {
    fn new(flow: &'f mut Flow<'o>, widths: Vec<usize>, rows: &[Vec<Cell>]) -> Self {
        let right = (0..widths.len())
            .map(|n| {
                let mut cells = rows.iter().filter_map(|row| row.get(n)).peekable();
                cells.peek().is_some() && cells.all(|cell| is_figure(&cell.inline.letters))
            })
            .collect();
        let lines = if flow.options.ascii {
            ["|", "-", "+"]
        } else {
            ["│", "─", "┼"]
        };
        Self {
            flow,
            widths,
            right,
            lines,
        }
    }

    fn draw(&mut self, header: &[Cell], rows: &[Vec<Cell>]) {
        if !header.is_empty() {
            self.row(header);
            self.rule();
        }
        let fits = |(n, cell): (usize, &Cell)| {
            self.widths
                .get(n)
                .is_some_and(|cols| cell.widest.0 <= *cols)
        };
        let one_line_each = rows.iter().all(|row| row.iter().enumerate().all(fits));
        for (n, row) in rows.iter().enumerate() {
            if n > 0 && !one_line_each {
                self.rule();
            }
            self.row(row);
        }
    }

    fn rule(&mut self) {
        let [_, across, crossing] = self.lines;
        let line: Vec<String> = self
            .widths
            .iter()
            .map(|cols| across.repeat(*cols))
            .collect();
        let line = line.join(&format!("{across}{crossing}{across}"));
        self.flow.start_line();
        let style = self.flow.style(Role::TableLine);
        self.flow.out.push(&line, style, None);
        self.flow.out.end_line();
    }

    fn row(&mut self, row: &[Cell]) {
        let parts: Vec<Vec<Part>> = row
            .iter()
            .zip(&self.widths)
            .map(|(cell, cols)| wrap(&cell.inline.letters, &cell.inline.glued, *cols))
            .collect();
        let height = parts.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let first = self.flow.out.len();
        for line in 0..height {
            self.flow.start_line();
            for n in 0..self.widths.len() {
                self.cell(
                    n,
                    row.get(n),
                    parts.get(n).and_then(|parts| parts.get(line)),
                );
            }
            self.flow.out.end_line();
        }
        for cell in row {
            for (number, range) in &cell.inline.links {
                let line = first.max(self.flow.out.len() - height);
                self.flow.push_link(*number, range.clone(), cell.id, line);
            }
        }
    }

    fn cell(&mut self, n: usize, cell: Option<&Cell>, part: Option<&Part>) {
        let line_style = self.flow.style(Role::TableLine);
        if n > 0 {
            self.flow.space(1);
            self.flow.out.push(self.lines[0], line_style, None);
            self.flow.space(1);
        }
        let used = part.map_or(0, |part| part.width);
        let pad = self.widths[n].saturating_sub(used);
        if self.right[n] {
            self.flow.space(pad);
        }
        if let (Some(cell), Some(part)) = (cell, part) {
            self.flow.part(&cell.inline, part, cell.id);
        }
        if !self.right[n] && n + 1 < self.widths.len() {
            self.flow.space(pad);
        }
    }
}

fn is_figure(letters: &str) -> bool {
    let letters = letters.trim();
    let figures = letters.chars().filter(char::is_ascii_digit).count();
    let rest = letters.chars().all(|c| {
        c.is_ascii_digit()
            || matches!(
                c,
                '.' | ',' | ' ' | '\u{A0}' | '-' | '−' | '–' | '+' | '%' | '$' | '€' | '£'
            )
    });
    rest && (figures > 0 || letters.is_empty() || matches!(letters, "-" | "–"))
}

/// Shows each row as a list item: `header: cell`, a line each.
fn list(flow: &mut Flow<'_>, header: &[Cell], rows: Vec<Vec<Cell>>) {
    let bullet = if flow.options.ascii { "- " } else { "• " };
    for row in rows {
        flow.inside(Some(bullet.to_owned()), "  ", Role::Bullet, |flow| {
            for (n, cell) in row.into_iter().enumerate() {
                if cell.inline.letters.trim().is_empty() {
                    continue;
                }
                let name = header.get(n).map_or("", |head| head.inline.letters.trim());
                let labelled = if name.is_empty() {
                    cell.inline
                } else {
                    let style = Style {
                        strong: true,
                        ..flow.style(Role::TableHead)
                    };
                    cell.inline.prefixed(&format!("{name}: "), style)
                };
                flow.wrapped(&labelled, cell.id);
            }
        });
    }
}
