//! Documents as the JSON other programs read. The format is published: fields may be added, never renamed; offsets
//! count Unicode scalar values, end exclusive.

use serde_json::{Value, json};

use super::document::{Block, Mark, MarkKind, Text};

/// Returns blocks as `{kind: heading|standfirst|paragraph|quote|list|code|figure|table|embed|rule, …}`, text in them as `{text,
/// marks: [{start, end, kind, href}]}`.
pub fn blocks_json(blocks: &[Block]) -> Value {
    blocks.iter().map(block_json).collect()
}

/// Returns one block; blocks nest at most [`crate::model::document::MAX_DEPTH`] deep.
fn block_json(block: &Block) -> Value {
    match block {
        Block::Heading { level, text } => {
            with_text(json!({"kind": "heading", "level": level}), text)
        }
        Block::Standfirst { text } => with_text(json!({"kind": "standfirst"}), text),
        Block::Paragraph { text } => with_text(json!({"kind": "paragraph"}), text),
        Block::Quote { blocks } => json!({"kind": "quote", "blocks": blocks_json(blocks)}),
        Block::List {
            ordered,
            start,
            items,
        } => {
            let items: Vec<Value> = items.iter().map(|item| blocks_json(item)).collect();
            json!({"kind": "list", "ordered": ordered, "start": start, "items": items})
        }
        Block::Code { lang, text } => json!({"kind": "code", "lang": lang, "text": text}),
        Block::Figure(figure) => json!({
            "kind": "figure",
            "image": figure.image,
            "alt": figure.alt,
            "caption": figure.caption.as_ref().map(text_json),
            "credit": figure.credit.as_ref().map(text_json),
        }),
        Block::Table(table) => json!({
            "kind": "table",
            "caption": table.caption.as_ref().map(text_json),
            "header": table.header.iter().map(text_json).collect::<Vec<_>>(),
            "rows": table.rows.iter()
                .map(|row| row.iter().map(text_json).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
        }),
        Block::Embed(embed) => json!({"kind": "embed", "title": embed.title, "url": embed.url}),
        Block::Rule => json!({"kind": "rule"}),
    }
}

fn with_text(mut value: Value, text: &Text) -> Value {
    if let (Value::Object(object), Value::Object(fields)) = (&mut value, text_json(text)) {
        object.extend(fields);
    }
    value
}

fn text_json(text: &Text) -> Value {
    let mut counter = Offsets::new(&text.string);
    let marks: Vec<Value> = text
        .marks
        .iter()
        .map(|mark| mark_json(mark, &mut counter))
        .collect();
    json!({"text": text.string, "marks": marks})
}

fn mark_json(mark: &Mark, offsets: &mut Offsets<'_>) -> Value {
    let start = offsets.scalar(mark.range.start);
    let end = offsets.scalar(mark.range.end);
    let (kind, href) = match &mark.kind {
        MarkKind::Emphasis => ("emphasis", None),
        MarkKind::Strong => ("strong", None),
        MarkKind::Code => ("code", None),
        MarkKind::Deleted => ("deleted", None),
        MarkKind::Superscript => ("superscript", None),
        MarkKind::Subscript => ("subscript", None),
        MarkKind::Link(href) => ("link", Some(href)),
    };
    match href {
        Some(href) => json!({"start": start, "end": end, "kind": kind, "href": href}),
        None => json!({"start": start, "end": end, "kind": kind}),
    }
}

/// Byte offsets → offsets in scalar values, with a table made once for text that is not ASCII.
struct Offsets<'a> {
    text: &'a str,
    starts: Option<Vec<usize>>,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, starts: None }
    }

    fn scalar(&mut self, byte: usize) -> usize {
        if self.starts.is_none() {
            let starts = if self.text.is_ascii() {
                Vec::new()
            } else {
                self.text.char_indices().map(|(at, _)| at).collect()
            };
            self.starts = Some(starts);
        }
        match self.starts.as_deref() {
            Some([]) | None => byte,
            Some(starts) => starts.partition_point(|at| *at < byte),
        }
    }
}
