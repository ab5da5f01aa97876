//! Markdown: `CommonMark` with GitHub's tables and strike-through.

use std::fmt::Write as _;

use super::Story;
use super::nest::{common, runs};
use crate::model::document::{Block, Figure, MarkKind, Table, Text};
use crate::text::{clean, clean_line};

/// Returns a story as Markdown, with a YAML front matter where asked for.
pub fn markdown(story: &Story<'_>, front_matter: bool) -> String {
    let mut out = String::new();
    if front_matter {
        out.push_str(&front(story));
    }
    if let Some(title) = story.title {
        let _ = writeln!(out, "# {}\n", line(&Text::plain(title)));
    }
    let byline = story.byline();
    if !front_matter && !byline.is_empty() {
        let _ = writeln!(out, "{}\n", escape(&byline, true));
    }
    out.push_str(&blocks(&story.document.blocks));
    if !front_matter && let Some(url) = story.url {
        let _ = write!(out, "\n\n<{}>", address(url));
    }
    let mut out = clean(&out).trim_end().to_owned();
    out.push('\n');
    out
}

/// YAML's double-quoted strings take every JSON string (YAML 1.2 §1.2).
fn front(story: &Story<'_>) -> String {
    let quoted = |text: &str| serde_json::Value::from(clean_line(text)).to_string();
    let list = |texts: &[String]| {
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        (!texts.is_empty()).then(|| format!("[{}]", texts.join(", ")))
    };
    let fields = [
        ("title", story.title.map(quoted)),
        ("authors", list(story.authors)),
        ("published", story.published.map(|time| time.to_string())),
        ("site", story.site_name.map(quoted)),
        ("url", story.url.map(quoted)),
        ("language", story.language.map(quoted)),
        ("tags", list(story.tags)),
    ];
    let mut out = String::from("---\n");
    for (name, value) in fields {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    out.push_str("---\n\n");
    out
}

fn blocks(blocks: &[Block]) -> String {
    let shown: Vec<String> = blocks
        .iter()
        .map(block)
        .filter(|text| !text.is_empty())
        .collect();
    shown.join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } if text.is_blank() => String::new(),
        Block::Heading { level, text } => {
            format!(
                "{} {}",
                "#".repeat(usize::from(*level).clamp(1, 6)),
                line(text)
            )
        }
        Block::Standfirst { text } | Block::Paragraph { text } => inline(text, "\\\n"),
        Block::Quote { blocks: inner } => prefixed(&blocks(inner), "> ", "> "),
        Block::List {
            ordered,
            start,
            items,
        } => list(*ordered, *start, items),
        Block::Code { lang, text } => code(lang.as_deref(), text),
        Block::Figure(figure) => picture(figure),
        Block::Table(wanted) => table(wanted),
        Block::Embed(embed) => {
            let title = if embed.title.is_empty() {
                &embed.url
            } else {
                &embed.title
            };
            format!(
                "[{}]({})",
                escape(&clean_line(title), true),
                address(&embed.url)
            )
        }
        Block::Rule => "---".to_owned(),
    }
}

fn list(ordered: bool, start: i32, items: &[Vec<Block>]) -> String {
    let loose = items
        .iter()
        .any(|item| item.len() > 1 && !matches!(item.as_slice(), [_, Block::List { .. }]));
    let items = items.iter().enumerate().map(|(n, item)| {
        let bullet = if ordered {
            // CommonMark §5.2: at most nine digits, none negative.
            let number = (i64::from(start) + n as i64).clamp(0, 999_999_999);
            format!("{number}. ")
        } else {
            "- ".to_owned()
        };
        let inner: Vec<String> = item
            .iter()
            .map(block)
            .filter(|text| !text.is_empty())
            .collect();
        let inner = inner.join(if loose { "\n\n" } else { "\n" });
        prefixed(&inner, &bullet, &" ".repeat(bullet.len()))
    });
    items
        .collect::<Vec<_>>()
        .join(if loose { "\n\n" } else { "\n" })
}

fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let lines = text.split('\n').enumerate().map(|(n, line)| {
        let prefix = if n == 0 { first } else { rest };
        format!("{prefix}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn code(lang: Option<&str>, text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let lang: String = lang
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | '#' | '_'))
        .collect();
    format!("{fence}{lang}\n{}\n{fence}", text.trim_end())
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or(0)
}

fn picture(figure: &Figure) -> String {
    let mut lines = Vec::new();
    if let Some(image) = &figure.image {
        lines.push(format!(
            "![{}]({})",
            escape(&clean_line(&figure.alt), true),
            address(image)
        ));
    }
    for text in figure.caption.iter().chain(&figure.credit) {
        let words = line(text);
        if !words.is_empty() {
            lines.push(format!("*{}*", words.replace('*', "")));
        }
    }
    lines.join("\\\n")
}

fn table(table: &Table) -> String {
    let columns = table
        .rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .max(table.header.len());
    let row = |cells: &[Text]| {
        let cells: Vec<String> = (0..columns)
            .map(|n| {
                cells
                    .get(n)
                    .map(|cell| inline(cell, "<br>").replace('|', "\\|"))
                    .unwrap_or_default()
            })
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines = Vec::new();
    if let Some(caption) = &table.caption {
        lines.push(format!("{}\n", line(caption)));
    }
    if columns > 0 {
        lines.push(row(&table.header));
        lines.push(format!("|{}", " --- |".repeat(columns)));
    }
    lines.extend(table.rows.iter().map(|cells| row(cells)));
    lines.join("\n")
}

fn line(text: &Text) -> String {
    inline(text, " ")
}

/// Writes a text with its marks; white space at the edge of a mark goes outside it, where Markdown wants it.
fn inline(text: &Text, line_break: &str) -> String {
    let mut out = String::new();
    let mut open: Vec<&MarkKind> = Vec::new();
    for run in runs(text) {
        let keep = common(&open, &run.marks);
        close(&mut out, &open[keep..]);
        open.truncate(keep);
        let inner = run.letters.trim_start();
        push_plain(
            &mut out,
            &run.letters[..run.letters.len() - inner.len()],
            line_break,
        );
        if inner.is_empty() {
            continue;
        }
        for mark in &run.marks[keep..] {
            out.push_str(opening(mark));
            open.push(mark);
        }
        if matches!(run.marks.last(), Some(MarkKind::Code)) {
            push_code(&mut out, inner);
        } else {
            push_plain(&mut out, inner, line_break);
        }
    }
    close(&mut out, &open);
    out.trim().to_owned()
}

fn push_plain(out: &mut String, letters: &str, line_break: &str) {
    let at_start = out.is_empty() || out.ends_with('\n');
    for (n, part) in letters.split('\n').enumerate() {
        if n > 0 {
            out.push_str(line_break);
        }
        out.push_str(&escape(part, at_start || n > 0));
    }
}

fn push_code(out: &mut String, letters: &str) {
    let fence = "`".repeat(longest_run(letters, '`') + 1);
    let space = if letters.starts_with('`') || letters.ends_with('`') {
        " "
    } else {
        ""
    };
    let _ = write!(
        out,
        "{fence}{space}{}{space}{fence}",
        letters.replace('\n', " ")
    );
}

fn opening(mark: &MarkKind) -> &'static str {
    match mark {
        MarkKind::Link(_) => "[",
        MarkKind::Strong => "**",
        MarkKind::Emphasis => "*",
        MarkKind::Deleted => "~~",
        MarkKind::Superscript => "<sup>",
        MarkKind::Subscript => "<sub>",
        MarkKind::Code => "",
    }
}

fn close(out: &mut String, marks: &[&MarkKind]) {
    if marks.is_empty() {
        return;
    }
    let inside = out.trim_end().len();
    let space = out.split_off(inside);
    for mark in marks.iter().rev() {
        match mark {
            MarkKind::Link(url) => {
                let _ = write!(out, "]({})", address(url));
            }
            MarkKind::Superscript => out.push_str("</sup>"),
            MarkKind::Subscript => out.push_str("</sub>"),
            other => out.push_str(opening(other)),
        }
    }
    out.push_str(&space);
}

/// Escapes what Markdown would take for markup (`CommonMark` §2.4), and no more than that.
fn escape(text: &str, at_line_start: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let markup = match c {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '~' => next == '~' || before == '~',
            '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
            '&' => next.is_ascii_alphanumeric() || next == '#',
            '#' | '+' | '-' | '=' | '>' => at_line_start && out.is_empty(),
            '.' | ')' => {
                at_line_start
                    && matches!(next, ' ')
                    && !out.is_empty()
                    && out.chars().all(|c| c.is_ascii_digit())
            }
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Returns an address that cannot end the link it stands in.
fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars().filter(|c| !c.is_control()) {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            _ => out.push(c),
        }
    }
    out
}
