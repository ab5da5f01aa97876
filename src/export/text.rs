//! Plain text: the lines of [`crate::flow`], with the links' addresses at the end.

use std::fmt::Write as _;

use super::Story;
use crate::flow::{self, Head};
use crate::text::{clean, clean_line};

/// Returns a story as text of at most `width` columns. Addresses at the end are not broken: they may be longer.
pub fn text(story: &Story<'_>, width: u16) -> String {
    let head = story.title.map(|title| Head {
        headline: clean_line(title),
        byline: Some(story.byline())
            .filter(|line| !line.is_empty())
            .into_iter()
            .collect(),
    });
    let options = flow::Options {
        head,
        ..flow::Options::default()
    };
    let layout = flow::layout(story.document, width, &options);
    let mut out = String::new();
    for line in 0..layout.len() {
        out.push_str(layout.line_text(line).trim_end());
        out.push('\n');
    }
    if !layout.urls().is_empty() {
        out.push('\n');
    }
    for (url, number) in layout.urls().iter().zip(1..) {
        let _ = writeln!(out, "[{number}] {}", clean_line(url));
    }
    if let Some(url) = story.url {
        let _ = write!(out, "\n{}\n", clean_line(url));
    }
    clean(&out).into_owned()
}
