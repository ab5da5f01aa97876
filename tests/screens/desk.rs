//! An app at its desk: a small library in memory answers what it asks, keys are pressed, the screen is read.

use jiff::Timestamp;
use newsdesk::app::effect::Effect;
use newsdesk::app::event::{Event, Tree};
use newsdesk::app::{App, Settings, Starter};
use newsdesk::config::theme::Theme;
use newsdesk::keymap::key;
use newsdesk::model::article::{Article, ArticleRow};
use newsdesk::model::change::Written;
use newsdesk::model::list::{Page, Totals};
use newsdesk::model::query::{Expr, Is, Term};
use newsdesk::model::{JournalId, Seq, What};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::edition;

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) theme: Theme,
    articles: Vec<Article>,
    tree: Tree,
    terminal: Terminal<TestBackend>,
    journal: i64,
}

impl Desk {
    /// The test edition on a screen of this size.
    pub(crate) fn new(cols: u16, rows: u16) -> Self {
        Self::with(
            cols,
            rows,
            edition::tree(),
            edition::articles(),
            edition::starters(),
        )
    }

    /// A library without feeds.
    pub(crate) fn empty(cols: u16, rows: u16) -> Self {
        Self::with(cols, rows, Tree::default(), Vec::new(), edition::starters())
    }

    fn with(
        cols: u16,
        rows: u16,
        tree: Tree,
        articles: Vec<Article>,
        starters: Vec<Starter>,
    ) -> Self {
        let app = App::new(Settings::default(), now(), starters);
        let terminal = Terminal::new(TestBackend::new(cols, rows)).expect("a screen in memory");
        let mut desk = Self {
            app,
            theme: Theme::default(),
            articles,
            tree,
            terminal,
            journal: 0,
        };
        desk.event(Event::Resized(cols, rows));
        let effects = desk.app.start();
        desk.answer(effects);
        desk.draw();
        desk
    }

    /// Presses keys, written as in the config.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        let keys = match keys {
            "" => Vec::new(),
            keys => key::parse(keys).expect("keys as the config writes them"),
        };
        for key in keys {
            self.event(Event::Key(key));
            self.draw();
        }
        self
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        let effects = self.app.update(event);
        self.answer(effects);
        self
    }

    pub(crate) fn resize(&mut self, cols: u16, rows: u16) -> &mut Self {
        self.terminal.backend_mut().resize(cols, rows);
        self.terminal.autoresize().expect("a screen in memory");
        self.event(Event::Resized(cols, rows));
        self.draw();
        self
    }

    /// Draws, and hands the areas back as the program does.
    pub(crate) fn draw(&mut self) -> &Buffer {
        let mut areas = None;
        let (app, theme) = (&self.app, &self.theme);
        self.terminal
            .draw(|frame| areas = Some(newsdesk::ui::draw(frame, app, theme)))
            .expect("a screen in memory");
        if let Some(areas) = areas {
            self.event(Event::Drawn(areas));
        }
        self.terminal.backend().buffer()
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Some(event) = self.reply(effect) {
                self.event(event);
            }
        }
    }

    fn reply(&mut self, effect: Effect) -> Option<Event> {
        Some(match effect {
            Effect::LoadTree => Event::Tree(Box::new(self.tree.clone())),
            Effect::Load { ticket, list, .. } => {
                let rows = self.found(&list.query.expr);
                let page = Page {
                    rows,
                    at_top: true,
                    at_bottom: true,
                    seq: Some(Seq(100)),
                };
                Event::Loaded { ticket, page }
            }
            Effect::Count { ticket, list, .. } => {
                let rows = self.found(&list.query.expr);
                let totals = Totals {
                    rows: rows.len() as u64,
                    unread: rows.iter().filter(|row| row.unread).count() as u64,
                    waiting: if rows.is_empty() { 0 } else { 2 },
                    above: 0,
                    muted: if rows.len() > 3 { 12 } else { 0 },
                };
                Event::Counted { ticket, totals }
            }
            Effect::Open { ticket, id, .. } => {
                let found = self.articles.iter().find(|article| article.row.id == id);
                Event::Opened {
                    ticket,
                    article: found.cloned().map(Box::new),
                }
            }
            Effect::Write { ticket, change } => {
                self.journal += 1;
                let words = match change.what {
                    What::Star(true) => "starred",
                    What::Read(true) => "marked read",
                    _ => "done",
                };
                let written = Written {
                    op: Some(JournalId(self.journal)),
                    changed: 1,
                    ids: Vec::new(),
                    feed: None,
                    words: words.to_owned(),
                    ..Written::default()
                };
                Event::Written { ticket, written }
            }
            Effect::LoadUndoList(ticket) => Event::UndoList {
                ticket,
                steps: vec![
                    (JournalId(2), "148 marked read".to_owned(), now()),
                    (
                        JournalId(1),
                        "starred".to_owned(),
                        edition::time("2026-11-20T08:00:00Z"),
                    ),
                ],
            },
            Effect::LoadNames { ticket, .. } => Event::Names {
                ticket,
                rows: edition::names(),
            },
            Effect::LoadName { ticket, name } => Event::Name {
                ticket,
                page: Some(Box::new(edition::name_page(&name, &self.articles))),
            },
            Effect::LoadSnippets { ticket, name, ids } => Event::Snippets {
                ticket,
                found: ids
                    .into_iter()
                    .map(|id| (id, edition::snippet(&name)))
                    .collect(),
            },
            _ => return None,
        })
    }

    fn found(&self, expr: &Expr) -> Vec<ArticleRow> {
        let rows = self.articles.iter().map(|article| article.row.clone());
        rows.filter(|row| holds(expr, row)).collect()
    }
}

fn holds(expr: &Expr, row: &ArticleRow) -> bool {
    match expr {
        Expr::And(all) => all.iter().all(|expr| holds(expr, row)),
        Expr::Or(any) => any.iter().any(|expr| holds(expr, row)),
        Expr::Not(expr) => !holds(expr, row),
        Expr::Term(Term::Is(Is::Unread)) => row.unread,
        Expr::Term(Term::Is(Is::Starred)) => row.starred,
        Expr::Term(Term::FeedId(id)) => row.feed == Some(*id),
        Expr::Term(Term::Word { text, .. }) => row.title.to_lowercase().contains(text.as_str()),
        Expr::All | Expr::Term(_) => true,
    }
}

/// The wall clock of all tests.
pub(crate) fn now() -> Timestamp {
    edition::time("2026-11-23T12:00:00Z")
}

/// Returns a screen as text: its rows, below them a letter for the style of each cell, and what the letters mean.
/// ratatui's own text of a buffer drops styles, so that a lost highlight would pass.
pub(crate) fn screen(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut styles: Vec<String> = vec![style(&Cell::EMPTY)];
    let (mut text, mut letters) = (String::new(), String::new());
    for y in 0..area.height {
        let (mut row, mut marks) = (String::new(), String::new());
        let mut hidden = 0;
        for x in 0..area.width {
            let cell = &buffer[(x, y)];
            let look = style(cell);
            let at = styles
                .iter()
                .position(|known| *known == look)
                .unwrap_or_else(|| {
                    styles.push(look);
                    styles.len() - 1
                });
            marks.push(letter(at));
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            let glyph = glyph(cell.symbol());
            hidden = newsdesk::text::width::width(&glyph).saturating_sub(1);
            row.push_str(&glyph);
        }
        text.push_str(row.trim_end());
        text.push('\n');
        letters.push_str(marks.trim_end_matches('.'));
        letters.push('\n');
    }
    let legend: Vec<String> = styles
        .iter()
        .enumerate()
        .skip(1)
        .map(|(at, look)| format!("{} {look}", letter(at)))
        .collect();
    format!("{text}--\n{letters}--\n{}\n", legend.join("\n"))
}

fn letter(at: usize) -> char {
    let letters = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    letters.chars().nth(at).unwrap_or('?')
}

/// Returns a cell's letters without the link around them.
pub(crate) fn glyph(symbol: &str) -> String {
    match symbol.strip_prefix("\u{1b}]8;") {
        Some(link) => {
            let inner = link.split_once("\u{1b}\\").map_or("", |(_, rest)| rest);
            inner.split('\u{1b}').next().unwrap_or_default().to_owned()
        }
        None => symbol.to_owned(),
    }
}

fn style(cell: &Cell) -> String {
    let mut words = Vec::new();
    for (color, name) in [(cell.fg, "fg"), (cell.bg, "bg")] {
        match color {
            Color::Reset => {}
            Color::Indexed(index) => words.push(format!("{name} {index}")),
            other => words.push(format!("{name} {other}")),
        }
    }
    if cell.modifier != Modifier::empty() {
        words.push(format!("{:?}", cell.modifier).to_lowercase());
    }
    if cell.symbol().starts_with("\u{1b}]8;") {
        words.push("linked".to_owned());
    }
    words.join(", ")
}
