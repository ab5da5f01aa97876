//! The walk over the blocks: what stands before each line, and what between blocks.

use std::ops::Range;

use super::inline::{Inline, Numbers, inline, number_of};
use super::layout::{Figure, Heading, Layout, Link, Role, Source, Style};
use super::wrap::{Part, wrap};
use super::{Options, table};
use crate::model::document::{Block, Document, Embed, Figure as FigureBlock, Text, TextId};
use crate::text::width;

/// Bars and indents are left out where they would leave fewer columns than this for the text.
const MIN_TEXT_COLS: usize = 10;

/// Columns between the stops of a tab in code.
const TAB_COLS: usize = 4;

/// An aside takes about so many rows at most.
const ASIDE_ROWS: usize = 3;

/// Lays out one document.
pub(super) struct Flow<'o> {
    pub(super) out: Layout,
    pub(super) options: &'o Options,
    numbers: Numbers,
    prefixes: Vec<Prefix>,
    /// A blank line is due, with so many of the prefixes.
    gap: Option<usize>,
    next_text: u32,
    quotes: usize,
}

/// What stands before each line of a quotation or list item.
#[derive(Debug, Default)]
struct Prefix {
    /// Before the first line, until used.
    first: Option<String>,
    /// Before the others.
    rest: String,
    role: Role,
    cols: usize,
}

impl<'o> Flow<'o> {
    pub(super) fn new(width: u16, options: &'o Options) -> Self {
        Self {
            out: Layout::new(width.max(1)),
            options,
            numbers: Numbers::new(),
            prefixes: Vec::new(),
            gap: None,
            next_text: 1,
            quotes: 0,
        }
    }

    pub(super) fn run(mut self, document: &Document) -> Layout {
        self.head();
        self.out.asides = vec![0..0; self.options.asides.len()];
        for (n, block) in document.blocks.iter().enumerate() {
            self.asides(n);
            let from = self.next_line();
            self.blocks(std::slice::from_ref(block));
            let until = self.out.len();
            self.out.blocks.push(from.min(until)..until);
        }
        self.asides(document.blocks.len());
        self.out.finish()
    }

    /// Returns the line that comes next, after the blank one that is due.
    fn next_line(&self) -> usize {
        self.out.len() + usize::from(self.gap.is_some() && !self.out.is_empty())
    }

    /// Shows the asides that stand before a block, close together, each behind a bar and cut to a few lines.
    fn asides(&mut self, before: usize) {
        let options = self.options;
        let here = options.asides.iter().enumerate();
        let mut any = false;
        for (n, aside) in here.filter(|(_, aside)| aside.before == before) {
            let from = self.next_line();
            let bar = if options.ascii { ": " } else { "┆ " };
            self.inside(None, bar, Role::QuoteBar, |flow| {
                let label = format!("[{}] ", aside.label);
                let words = aside.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let cols = flow.cols() * ASIDE_ROWS;
                let room = cols.saturating_sub(width::width(&label) + flow.cols() / 4);
                let words = width::truncate(&words, room.max(flow.cols()));
                let shown = Inline::plain(&words, flow.style(Role::Removed), false)
                    .prefixed(&label, flow.style(Role::Reason));
                flow.wrapped(&shown, TextId::HEADLINE);
            });
            let until = self.out.len();
            if let Some(lines) = self.out.asides.get_mut(n) {
                *lines = from.min(until)..until;
            }
            any = true;
        }
        if any {
            self.gap();
        }
    }

    fn head(&mut self) {
        let Some(head) = &self.options.head else {
            return;
        };
        let headline = Inline::plain(&head.headline, self.style(Role::Headline), true);
        self.wrapped(&headline, TextId::HEADLINE);
        for line in &head.byline {
            let line = Inline::plain(line, self.style(Role::Byline), false);
            self.wrapped(&line, TextId::HEADLINE);
        }
        self.gap();
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { level, text } => self.heading(*level, text),
                Block::Standfirst { text } => {
                    self.text(text, self.style(Role::Standfirst));
                    self.gap();
                }
                Block::Paragraph { text } => {
                    self.text(text, self.style(Role::Text));
                    self.gap();
                }
                Block::Quote { blocks } => self.quote(blocks),
                Block::List {
                    ordered,
                    start,
                    items,
                } => self.list(ordered.then_some(*start), items),
                Block::Code { text, .. } => self.code(text),
                Block::Figure(figure) => self.figure(figure),
                Block::Table(table) => {
                    table::table(self, table);
                    self.gap();
                }
                Block::Embed(embed) => self.embed(embed),
                Block::Rule => self.rule(),
            }
        }
    }

    fn heading(&mut self, level: u8, text: &Text) {
        let id = TextId(self.next_text);
        let before = self.out.len();
        let gap = usize::from(self.gap.is_some() && before > 0);
        self.text(text, self.style(Role::Heading(level)));
        if self.out.len() > before {
            self.out.headings.push(Heading {
                level,
                text: id,
                line: before + gap,
            });
        }
        self.gap();
    }

    fn quote(&mut self, blocks: &[Block]) {
        self.gap();
        let bar = if self.options.ascii { "| " } else { "│ " };
        self.quotes += 1;
        self.inside(None, bar, Role::QuoteBar, |flow| flow.blocks(blocks));
        self.quotes -= 1;
        self.gap();
    }

    fn list(&mut self, start: Option<i32>, items: &[Vec<Block>]) {
        let bullet = match (self.options.ascii, self.lists() % 3) {
            (true, _) => "- ",
            (_, 0) => "• ",
            (_, 1) => "◦ ",
            _ => "▪ ",
        };
        let number = |n: usize| format!("{}. ", i64::from(start.unwrap_or(1)) + n as i64);
        let cols = match start {
            Some(_) => number(0)
                .len()
                .max(number(items.len().saturating_sub(1)).len()),
            None => width::width(bullet),
        };
        // Items of one paragraph stand close; where one has more, all stand apart.
        let loose = items.iter().any(|item| {
            item.iter()
                .filter(|block| !matches!(block, Block::List { .. }))
                .count()
                > 1
        });
        for (n, item) in items.iter().enumerate() {
            let first = match start {
                Some(_) => width::fit_right(&number(n), cols),
                None => bullet.to_owned(),
            };
            let rest = " ".repeat(cols);
            self.inside(Some(first), &rest, Role::Bullet, |flow| {
                for block in item {
                    flow.blocks(std::slice::from_ref(block));
                    if !loose {
                        flow.gap = None;
                    }
                }
            });
        }
        if items.is_empty() {
            return;
        }
        self.gap();
    }

    fn lists(&self) -> usize {
        let is_list = |prefix: &&Prefix| prefix.role == Role::Bullet;
        self.prefixes.iter().filter(is_list).count()
    }

    fn code(&mut self, code: &str) {
        let style = self.style(Role::Code);
        let mark = if self.options.ascii { "\\ " } else { "↪ " };
        self.inside(None, "  ", Role::Space, |flow| {
            let cols = flow.cols();
            // Where a sign would leave no room for a wide letter, the letters go before it.
            let mark = if cols >= width::width(mark) + 2 {
                mark
            } else {
                ""
            };
            for line in code.trim_end().split('\n') {
                let expanded = expand_tabs(line.trim_end_matches('\r'));
                let mut parts = code_parts(&expanded, cols, width::width(mark)).into_iter();
                let first = parts.next().unwrap_or_default();
                flow.start_line();
                flow.out.push(&expanded[first], style, None);
                flow.out.end_line();
                for part in parts {
                    flow.start_line();
                    flow.out.push(mark, flow.style(Role::CodeWrap), None);
                    flow.out.push(&expanded[part], style, None);
                    flow.out.end_line();
                }
            }
        });
        self.gap();
    }

    fn figure(&mut self, figure: &FigureBlock) {
        let kept = |image: &String| self.options.picture_rows.get(image).copied();
        let rows = figure.image.as_ref().and_then(kept).unwrap_or(0);
        if let Some(image) = &figure.image {
            let gap = usize::from(self.gap.is_some() && !self.out.is_empty());
            self.out.figures.push(Figure {
                image: image.clone(),
                line: self.out.len() + gap,
                rows,
                indent: self.indent() as u16,
            });
        }
        for _ in 0..rows {
            self.start_line();
            self.out.end_line();
        }
        self.caption(figure, rows == 0 && figure.image.is_some());
        if let Some(credit) = &figure.credit {
            self.text(credit, self.style(Role::Credit));
        }
        self.gap();
    }

    /// Shows a picture's words; in the picture's place where that is not shown.
    fn caption(&mut self, figure: &FigureBlock, in_place: bool) {
        let around = self.style(Role::Placeholder);
        let id = figure.caption.as_ref().map(|_| self.next_id());
        let words = match &figure.caption {
            Some(caption) if !caption.is_blank() => {
                let numbers = self.options.link_numbers.then_some(&mut self.numbers);
                let style = style_in(self.quotes, Role::Caption);
                inline(caption, style, numbers, &mut self.out)
            }
            _ => Inline::plain(&figure.alt, around, false),
        };
        let shown = match (in_place, words.letters.trim().is_empty()) {
            (true, true) => Inline::plain("[picture]", around, false),
            (true, false) => {
                let mut shown = words.prefixed("[picture: ", around);
                shown.push_glued("]", around);
                shown
            }
            (false, true) => return,
            (false, false) => words,
        };
        self.wrapped(&shown, id.unwrap_or(TextId::HEADLINE));
    }

    fn embed(&mut self, embed: &Embed) {
        let number = number_of(&embed.url, &mut self.numbers, &mut self.out);
        let style = Style {
            link: Some(number),
            ..self.style(Role::Embed)
        };
        let mark = if self.options.ascii { "> " } else { "▸ " };
        let title = if embed.title.trim().is_empty() {
            &embed.url
        } else {
            &embed.title
        };
        let mut shown = Inline::plain(title, style, false).prefixed(mark, style);
        if self.options.link_numbers {
            let number_style = Style {
                role: Role::LinkNumber,
                ..style
            };
            shown.push_glued(&format!("[{number}]"), number_style);
        }
        let gap = usize::from(self.gap.is_some() && !self.out.is_empty());
        self.out.links.push(Link {
            number,
            line: self.out.len() + gap,
            source: None,
        });
        self.wrapped(&shown, TextId::HEADLINE);
        self.gap();
    }

    fn rule(&mut self) {
        let cols = self.cols();
        let line = if self.options.ascii { "-" } else { "─" };
        let length = (cols / 4).max(cols.min(3));
        self.start_line();
        self.space((cols - length) / 2);
        self.out
            .push(&line.repeat(length), self.style(Role::Rule), None);
        self.out.end_line();
        self.gap();
    }

    /// Lays out a text of the document; a blank one only counts.
    pub(super) fn text(&mut self, text: &Text, style: Style) {
        let id = self.next_id();
        if text.is_blank() {
            return;
        }
        let inline = self.inline(text, style);
        self.wrapped(&inline, id);
    }

    pub(super) fn inline(&mut self, text: &Text, style: Style) -> Inline {
        let numbers = self.options.link_numbers.then_some(&mut self.numbers);
        inline(text, style, numbers, &mut self.out)
    }

    pub(super) fn next_id(&mut self) -> TextId {
        let id = TextId(self.next_text);
        self.next_text = self.next_text.saturating_add(1);
        id
    }

    /// Breaks letters into lines of the columns there are.
    pub(super) fn wrapped(&mut self, inline: &Inline, id: TextId) {
        let cols = self.cols();
        let rtl = inline.is_rtl();
        let mut links = inline.links.iter().peekable();
        for part in wrap(&inline.letters, &inline.glued, cols) {
            self.start_line();
            if rtl {
                self.space(cols.saturating_sub(part.width));
            }
            self.part(inline, &part, id);
            self.out.end_line();
            let line = self.out.len() - 1;
            while let Some((number, range)) =
                links.next_if(|(_, range)| self.shown_until(line) > range.start)
            {
                self.push_link(*number, range.clone(), id, line);
            }
        }
        let line = self.out.len().saturating_sub(1);
        for (number, range) in links {
            self.push_link(*number, range.clone(), id, line);
        }
    }

    pub(super) fn push_link(
        &mut self,
        number: u32,
        range: Range<usize>,
        text: TextId,
        line: usize,
    ) {
        let source = Some(Source { text, range });
        self.out.links.push(Link {
            number,
            line,
            source,
        });
    }

    /// Returns the end of the text shown on a line.
    fn shown_until(&self, line: usize) -> usize {
        let ends = self.out.line(line).filter_map(|piece| piece.source);
        ends.last().map_or(0, |source| source.range.end)
    }

    pub(super) fn part(&mut self, inline: &Inline, part: &Part, id: TextId) {
        inline.emit(part.range.clone(), id, &mut self.out);
        if part.hyphen {
            self.out.push("-", self.style(Role::Text), None);
        }
    }

    /// Asks for a blank line before what comes next.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() {
            self.gap = Some(self.prefixes.len());
        }
    }

    /// Begins a line: the blank line that is due, bars and indents.
    pub(super) fn start_line(&mut self) {
        if let Some(depth) = self.gap.take() {
            for prefix in self.prefixes.get(..depth).unwrap_or_default() {
                let style = style_in(0, prefix.role);
                if prefix.role == Role::QuoteBar {
                    self.out.push(&prefix.rest, style, None);
                } else {
                    self.out.push(&prefix.rest, style_in(0, Role::Space), None);
                }
            }
            self.out.end_line();
        }
        for prefix in &mut self.prefixes {
            match prefix.first.take() {
                Some(first) => self.out.push(&first, style_in(0, prefix.role), None),
                None if prefix.role == Role::QuoteBar => {
                    self.out
                        .push(&prefix.rest, style_in(0, Role::QuoteBar), None);
                }
                None => self.out.push(&prefix.rest, style_in(0, Role::Space), None),
            }
        }
    }

    pub(super) fn space(&mut self, cols: usize) {
        let style = self.style(Role::Space);
        self.out.push(&" ".repeat(cols), style, None);
    }

    /// Runs `body` with something before each line, left out where it would leave too little room.
    pub(super) fn inside(
        &mut self,
        first: Option<String>,
        rest: &str,
        role: Role,
        body: impl FnOnce(&mut Self),
    ) {
        let cols = width::width(rest);
        if self.cols() < cols + MIN_TEXT_COLS {
            body(self);
            return;
        }
        self.prefixes.push(Prefix {
            first,
            rest: rest.to_owned(),
            role,
            cols,
        });
        body(self);
        self.prefixes.pop();
        self.gap = self.gap.map(|depth| depth.min(self.prefixes.len()));
    }

    fn indent(&self) -> usize {
        self.prefixes.iter().map(|prefix| prefix.cols).sum()
    }

    /// Returns the columns there are for text; at least one.
    pub(super) fn cols(&self) -> usize {
        usize::from(self.out.width)
            .saturating_sub(self.indent())
            .max(1)
    }

    pub(super) fn style(&self, role: Role) -> Style {
        style_in(self.quotes, role)
    }
}

fn style_in(quotes: usize, role: Role) -> Style {
    Style {
        role,
        quoted: quotes > 0,
        ..Style::default()
    }
}

fn expand_tabs(line: &str) -> String {
    if !line.contains('\t') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len() + TAB_COLS);
    let mut col = 0;
    for piece in line.split_inclusive('\t') {
        let letters = piece.trim_end_matches('\t');
        out.push_str(letters);
        col += width::width(letters);
        if letters.len() < piece.len() {
            let stop = TAB_COLS - col % TAB_COLS;
            out.extend(std::iter::repeat_n(' ', stop));
            col += stop;
        }
    }
    out
}

/// Cuts a line of code at `cols` columns, its later parts two columns shorter for the mark.
fn code_parts(line: &str, cols: usize, mark_cols: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut used, mut room) = (0, 0, cols);
    for cluster in width::clusters(line) {
        if used + cluster.width > room && used > 0 {
            parts.push(start..cluster.start);
            (start, used, room) = (cluster.start, 0, cols.saturating_sub(mark_cols).max(1));
        }
        used += cluster.width;
    }
    parts.push(start..line.len());
    parts
}
