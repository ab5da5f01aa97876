//! `newsdesk entities`: the names of an article or of the whole cache, and a filter that finds names in any text.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Entities;
use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use crate::entities::recognize_plain;
use crate::model::entity::EntityRow;
use crate::model::{Article, ArticleId, TextId};

/// Lists names: of one article, or over the cache.
pub(super) fn run(args: &Entities, context: &Context) -> Result<ExitCode, Failure> {
    if let Some(command) = &args.command {
        return super::decide::run(command, context);
    }
    match args.id {
        Some(id) => of_article(ArticleId(id), args, context),
        None => of_cache(args, context),
    }
}

fn of_article(id: ArticleId, args: &Entities, context: &Context) -> Result<ExitCode, Failure> {
    let reader = context.library.reader()?;
    let article = reader
        .article(id, None)?
        .ok_or_else(|| Failure::new(format!("there is no article {id}")))?;
    let mut rows = Vec::new();
    for entity in &article.entities.entities {
        rows.push(reader.name(&entity.name, Some(entity.kind))?);
    }
    let value = article_json(&article, &rows, args.limit.unwrap_or(usize::MAX));
    if args.json {
        context.output.json(&value)?;
        return Ok(ExitCode::SUCCESS);
    }
    for entity in article
        .entities
        .entities
        .iter()
        .take(args.limit.unwrap_or(usize::MAX))
    {
        let role = entity
            .role
            .as_ref()
            .map(|role| format!("\t{role}"))
            .unwrap_or_default();
        context.output.line(&format!(
            "{}\t{}\t{}{role}",
            entity.kind.tag(),
            entity.count,
            entity.name
        ))?;
    }
    if article.entities.entities.is_empty() {
        context.output.say("No names found");
    }
    Ok(ExitCode::SUCCESS)
}

/// The form other programs rely on. `text` is the headline, a blank line and the plain text; offsets count Unicode
/// scalar values in it. Mentions that stand in captions are counted but have no place in it.
fn article_json(article: &Article, rows: &[Option<EntityRow>], limit: usize) -> Value {
    let (body, starts) = article.body.document.plain_text_with_starts();
    let text = format!("{}\n\n{body}", article.row.title);
    let shift = text.len() - body.len();
    let start_of = |id: TextId| {
        if id == TextId::HEADLINE {
            return Some(0);
        }
        starts
            .binary_search_by_key(&id, |(known, _)| *known)
            .ok()
            .map(|index| starts[index].1 + shift)
    };
    // One pass over the text turns bytes into scalar values: mentions are sorted by place.
    let mut at = (0, 0);
    let mut chars_at = |byte: usize| {
        if byte < at.0 {
            at = (0, 0);
        }
        at = (
            byte,
            at.1 + text.get(at.0..byte).map_or(0, |part| part.chars().count()),
        );
        at.1
    };
    let mut mentions: Vec<Vec<Value>> = vec![Vec::new(); article.entities.entities.len()];
    for mention in &article.entities.mentions {
        let Some(start) = start_of(mention.text) else {
            continue;
        };
        let (from, to) = (start + mention.range.start, start + mention.range.end);
        if let (Some(words), Some(list)) = (text.get(from..to), mentions.get_mut(mention.entity)) {
            list.push(json!({ "start": chars_at(from), "end": chars_at(to), "text": words }));
        }
    }
    let entities = article
        .entities
        .entities
        .iter()
        .zip(mentions)
        .enumerate()
        .take(limit)
        .map(|(index, (entity, mentions))| {
            let row = rows.get(index).and_then(Option::as_ref);
            json!({
                "name": entity.name,
                "type": entity.kind.tag(),
                "role": entity.role,
                "count": entity.count,
                "salience": (f64::from(entity.salience) * 1000.0).round() / 1000.0,
                "followed": row.is_some_and(|row| row.followed),
                "muted": row.is_some_and(|row| row.muted),
                "articles": article.elsewhere.get(index).map_or(1, |others| others + 1),
                "mentions": mentions,
            })
        });
    let entities: Vec<Value> = entities.collect();
    json!({ "id": article.row.id, "text": text, "entities": entities })
}

fn of_cache(args: &Entities, context: &Context) -> Result<ExitCode, Failure> {
    let all = if context.output.terminal && !args.json {
        50
    } else {
        usize::MAX >> 1
    };
    let rows = context
        .library
        .reader()?
        .names(None, "", args.limit.unwrap_or(all))?;
    if args.json {
        let row = |row: &EntityRow| {
            json!({
                "name": row.name, "type": row.kind.tag(), "articles": row.articles, "mentions": row.mentions,
                "first": row.first, "last": row.last, "followed": row.followed, "muted": row.muted,
            })
        };
        context
            .output
            .json(&Value::Array(rows.iter().map(row).collect()))?;
        return Ok(ExitCode::SUCCESS);
    }
    for row in rows {
        context.output.line(&format!(
            "{}\t{}\t{}\t{}",
            row.kind.tag(),
            row.articles,
            row.mentions,
            row.name
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads lines `{"id","text"}` and prints lines `{"id","entities"}`, in order, offsets in Unicode scalar values. A line
/// that is no such object costs exit status 1 after the others are done.
pub(super) fn filter(output: Output) -> Result<ExitCode, Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Option<Value> = serde_json::from_str(&line).ok();
        let text = value.as_ref().and_then(|value| value.get("text")?.as_str());
        let (Some(value), Some(text)) = (&value, text) else {
            output.say(&format!(
                "line {}: no JSON object with \"id\" and \"text\"",
                number + 1
            ));
            failed = true;
            continue;
        };
        let entities: Vec<Value> = recognize_plain(text)
            .into_iter()
            .map(|found| {
                json!({ "start": found.start, "end": found.end, "type": found.kind.tag(), "text": found.text, "name": found.name })
            })
            .collect();
        serde_json::to_writer(
            &mut out,
            &json!({ "id": value.get("id"), "entities": entities }),
        )?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
