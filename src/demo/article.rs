//! An article of the demo as its author wrote it: a head of `key: value` lines, a blank line, and blocks.
//!
//! ```text
//! title: Workers meet under the Channel
//! date: 1990-12-01T12:12:00Z
//! by: Eleanor Marsh
//! picture: tunnel.png | what it shows, for those who cannot see it | caption | credit
//!
//! A paragraph is one or more lines up to a blank one, with *emphasis*, **weight**, `code` and [links](https://…).
//!
//! ## A heading
//!
//! > A quotation.
//!
//! - a list
//!
//! 1. a numbered list
//!
//! | a | table |
//!
//! @ 20:17 UTC | a post of a live blog
//! ```
//!
//! Lines between three backticks are code, kept as they are. Parsing never fails; a test reads every file for what it lacks.

use jiff::Timestamp;

use super::catalogue::Paper;

/// A picture with the words that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file under `assets/demo/pictures`.
    pub file: &'static str,
    /// What it shows.
    pub alt: &'static str,
    /// What stands under it.
    pub caption: &'static str,
    /// Who made it.
    pub credit: &'static str,
}

impl Picture {
    fn parse(line: &'static str) -> Self {
        let mut parts = line.split('|').map(str::trim);
        let mut next = || parts.next().unwrap_or_default();
        Self {
            file: next(),
            alt: next(),
            caption: next(),
            credit: next(),
        }
    }
}

/// One block of an article's body; strings may hold inline marks (see the module's docs).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(String),
    /// A sub-heading.
    Heading(String),
    /// A quotation set apart.
    Quote(String),
    /// A list.
    List {
        /// Numbered.
        ordered: bool,
        /// Its items.
        items: Vec<String>,
    },
    /// Rows of cells, the first being the head.
    Table(Vec<Vec<String>>),
    /// Text kept as it is.
    Code(String),
    /// The head of a post in a live blog.
    Post {
        /// The time as printed.
        time: String,
        /// Its headline.
        title: String,
    },
}

/// An article of one of the papers.
#[derive(Clone, Debug)]
pub struct Article {
    /// The paper it stands in.
    pub paper: &'static Paper,
    /// Its name in addresses.
    pub slug: &'static str,
    /// The headline.
    pub title: &'static str,
    /// When the event was news.
    pub published: Timestamp,
    /// The date as printed on the page, where the usual English form would not do.
    pub printed_date: Option<&'static str>,
    /// The reporter; invented.
    pub author: Option<&'static str>,
    /// One or two sentences for the feed.
    pub teaser: &'static str,
    /// The paper's section.
    pub section: &'static str,
    /// Keywords.
    pub tags: Vec<&'static str>,
    /// BCP 47.
    pub lang: &'static str,
    /// Words of the page's furniture in the article's language.
    pub labels: Vec<&'static str>,
    /// The picture on top.
    pub picture: Option<Picture>,
    /// The body.
    pub blocks: Vec<Block>,
}

impl Article {
    pub(super) fn parse(paper: &'static Paper, slug: &'static str, source: &'static str) -> Self {
        let (head, body) = source.split_once("\n\n").unwrap_or((source, ""));
        let field = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.trim())
        };
        let list = |name: &str, separator: char| -> Vec<&'static str> {
            field(name)
                .map(|v| v.split(separator).map(str::trim).collect())
                .unwrap_or_default()
        };
        Self {
            paper,
            slug,
            title: field("title").unwrap_or_default(),
            published: field("date")
                .and_then(|d| d.parse().ok())
                .unwrap_or(Timestamp::UNIX_EPOCH),
            printed_date: field("printed"),
            author: field("by"),
            teaser: field("teaser").unwrap_or_default(),
            section: field("section").unwrap_or("News"),
            tags: list("tags", ','),
            lang: field("lang").unwrap_or("en"),
            labels: list("labels", '|'),
            picture: field("picture").map(Picture::parse),
            blocks: blocks(body),
        }
    }

    /// Returns the address the feed gives.
    pub fn url(&self) -> String {
        self.paper.article_url(self)
    }

    /// Returns the address the page calls its own; another than [`Article::url`] where the feed links to a light copy.
    pub fn canonical_url(&self) -> String {
        self.url().replacen("/amp/", "/story/", 1)
    }

    /// Returns the reporter's address for letters, as papers print it.
    pub fn email(&self) -> Option<String> {
        let name = self.author?.to_lowercase().replace(' ', ".");
        name.is_ascii()
            .then(|| format!("{name}@{}", self.paper.host()))
    }

    /// Returns the body's paragraphs without their marks: what a reader must find, in this order.
    pub fn paragraphs(&self) -> Vec<String> {
        let text = |block: &Block| match block {
            Block::Paragraph(text) => Some(plain(text)),
            _ => None,
        };
        self.blocks.iter().filter_map(text).collect()
    }
}

/// Removes inline marks.
pub(super) fn plain(marked: &str) -> String {
    spans(marked).into_iter().map(|(_, text)| text).collect()
}

/// How a stretch of inline text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style<'a> {
    Plain,
    Emphasis,
    Strong,
    Code,
    Link(&'a str),
}

/// Cuts text with inline marks into stretches; an opening mark without its end is a plain character.
pub(super) fn spans(marked: &str) -> Vec<(Style<'_>, &str)> {
    let mut out = Vec::new();
    let (mut rest, mut from) = (marked, 0);
    while let Some(at) = rest[from..].find(['*', '`', '[']).map(|at| at + from) {
        let Some((style, text, length)) = span_at(&rest[at..]) else {
            from = at + 1;
            continue;
        };
        out.push((Style::Plain, &rest[..at]));
        out.push((style, text));
        rest = &rest[at + length..];
        from = 0;
    }
    out.push((Style::Plain, rest));
    out.retain(|(_, text)| !text.is_empty());
    out
}

/// Reads the marked stretch that begins here: its style, its text and its length with the marks.
fn span_at(text: &str) -> Option<(Style<'_>, &str, usize)> {
    let between = |mark: &str| {
        let inner = text.strip_prefix(mark)?.split_once(mark)?.0;
        (!inner.is_empty()).then_some((inner, inner.len() + 2 * mark.len()))
    };
    if let Some((inner, length)) = between("**") {
        return Some((Style::Strong, inner, length));
    }
    if let Some((inner, length)) = between("*") {
        return Some((Style::Emphasis, inner, length));
    }
    if let Some((inner, length)) = between("`") {
        return Some((Style::Code, inner, length));
    }
    let (label, after) = text.strip_prefix('[')?.split_once("](")?;
    let (address, _) = after.split_once(')')?;
    let length = label.len() + address.len() + "[]()".len();
    Some((Style::Link(address), label, length))
}

fn blocks(body: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code: Vec<&str> = lines
                .by_ref()
                .take_while(|l| !l.starts_with("```"))
                .collect();
            out.push(Block::Code(code.join("\n")));
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let mut group = vec![line];
        while let Some(next) = lines.next_if(|l| !l.trim().is_empty()) {
            group.push(next);
        }
        out.push(block(&group));
    }
    out
}

fn block(lines: &[&str]) -> Block {
    let joined = |prefix: &str| -> String {
        let stripped: Vec<&str> = lines
            .iter()
            .map(|l| l.strip_prefix(prefix).unwrap_or(l).trim())
            .collect();
        stripped.join(" ")
    };
    let first = lines.first().copied().unwrap_or_default();
    if first.starts_with("## ") {
        return Block::Heading(joined("## "));
    }
    if let Some(head) = first.strip_prefix("@ ") {
        let (time, title) = head.split_once('|').unwrap_or((head, ""));
        return Block::Post {
            time: time.trim().to_owned(),
            title: title.trim().to_owned(),
        };
    }
    if first.starts_with("> ") {
        return Block::Quote(joined("> "));
    }
    if first.starts_with("| ") {
        let cells = |line: &&str| -> Vec<String> {
            line.trim_matches(['|', ' '])
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        };
        return Block::Table(lines.iter().map(cells).collect());
    }
    if first.starts_with("- ") || first.starts_with("1. ") {
        let item = |line: &&str| line.split_once(' ').map(|(_, item)| item.trim().to_owned());
        return Block::List {
            ordered: first.starts_with("1. "),
            items: lines.iter().filter_map(item).collect(),
        };
    }
    Block::Paragraph(joined(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marked: &str, expect: &[(Style<'_>, &str)]) {
        assert_eq!(spans(marked), expect, "{marked}");
    }

    #[test]
    fn inline_marks_are_read_and_lone_ones_are_text() {
        check("", &[]);
        check("a * b", &[(Style::Plain, "a * b")]);
        check(
            "the *Titanic* sank",
            &[
                (Style::Plain, "the "),
                (Style::Emphasis, "Titanic"),
                (Style::Plain, " sank"),
            ],
        );
        check(
            "**Q** [the page](https://a.example/x) `10 PRINT`",
            &[
                (Style::Strong, "Q"),
                (Style::Plain, " "),
                (Style::Link("https://a.example/x"), "the page"),
                (Style::Plain, " "),
                (Style::Code, "10 PRINT"),
            ],
        );
    }

    #[test]
    fn blocks_are_told_by_their_first_characters() {
        let body = "one\ntwo\n\n## Head\n\n> said\n\n- a\n- b\n\n1. c\n2. d\n\n| x | y |\n| 1 | 2 |\n\n```\n10 END\n\n```\n\n@ 20:17 | Landed\n";
        let list = |ordered, items: [&str; 2]| Block::List {
            ordered,
            items: items.map(str::to_owned).to_vec(),
        };
        assert_eq!(
            blocks(body),
            [
                Block::Paragraph("one two".into()),
                Block::Heading("Head".into()),
                Block::Quote("said".into()),
                list(false, ["a", "b"]),
                list(true, ["c", "d"]),
                Block::Table(vec![
                    vec!["x".into(), "y".into()],
                    vec!["1".into(), "2".into()]
                ]),
                Block::Code("10 END\n".into()),
                Block::Post {
                    time: "20:17".into(),
                    title: "Landed".into()
                },
            ]
        );
    }
}
