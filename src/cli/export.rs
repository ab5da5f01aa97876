//! `newsdesk export`: subscriptions as OPML; articles as Markdown, HTML, EPUB or JSON.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use super::args::{Export, ExportFormat};
use super::context::Context;
use super::failure::Failure;
use crate::export::{self, Story};
use crate::model::{Article, ArticleId};
use crate::syndication::opml;
use crate::text::reason;

pub(super) fn run(args: &Export, context: &Context) -> Result<ExitCode, Failure> {
    if args.format == ExportFormat::Opml {
        if !args.query.is_empty() {
            return Err(Failure::usage(
                "a query chooses articles; OPML holds subscriptions",
            ));
        }
        let feeds = context.library.reader()?.feeds(false, context.now)?;
        return write(&args.out, &opml::write(&feeds), context);
    }
    let ids = context
        .library
        .reader()?
        .ids(&context.query(&args.query)?, context.now)?;
    match args.format {
        ExportFormat::Json => json(&ids, &args.out, context),
        ExportFormat::Epub => book(&ids, args, context),
        ExportFormat::Markdown => each(&ids, &args.out, "md", context, |article| {
            export::markdown(&Story::from(article), true)
        }),
        _ => each(&ids, &args.out, "html", context, |article| {
            export::html(&Story::from(article))
        }),
    }
}

fn json(ids: &[ArticleId], out: &str, context: &Context) -> Result<ExitCode, Failure> {
    let reader = context.library.reader()?;
    let mut values = Vec::new();
    for &id in ids {
        values.extend(
            reader
                .article(id, None)?
                .map(|article| export::json::article(&article)),
        );
    }
    write(out, &Value::Array(values).to_string(), context)
}

/// Writes all articles as one book.
fn book(ids: &[ArticleId], args: &Export, context: &Context) -> Result<ExitCode, Failure> {
    let reader = context.library.reader()?;
    let mut articles = Vec::with_capacity(ids.len());
    for &id in ids {
        articles.extend(reader.article(id, None)?);
    }
    let stories: Vec<Story<'_>> = articles.iter().map(Story::from).collect();
    let day = jiff::tz::TimeZone::system().to_datetime(context.now).date();
    let title = match args.query.join(" ") {
        query if query.is_empty() => format!("newsdesk, {day}"),
        query => format!("{query}, {day}"),
    };
    if args.out == "-" && context.output.terminal {
        return Err(Failure::usage(
            "a book is no text for a terminal: give --out FILE",
        ));
    }
    let book = export::epub(&title, &stories, context.now);
    if args.out == "-" {
        std::io::stdout().lock().write_all(&book)?;
        return Ok(ExitCode::SUCCESS);
    }
    write_file(&args.out, &book, context)
}

/// Writes a file an article into a folder, none over another; on standard output one after the other.
fn each(
    ids: &[ArticleId],
    out: &str,
    extension: &str,
    context: &Context,
    form: impl Fn(&Article) -> String,
) -> Result<ExitCode, Failure> {
    let reader = context.library.reader()?;
    let folder = (out != "-").then(|| PathBuf::from(out));
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::new(format!("{out} cannot be made: {}", reason(&error))))?;
    }
    let mut count = 0;
    for &id in ids {
        let Some(article) = reader.article(id, None)? else {
            continue;
        };
        let text = form(&article);
        match &folder {
            Some(folder) => write_new(folder, &article, extension, &text)?,
            None => context.output.block(&text)?,
        }
        count += 1;
    }
    if folder.is_some() {
        let noun = if count == 1 { "article" } else { "articles" };
        context
            .output
            .say(&format!("{count} {noun} written to {out}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a new file named for the article; a number is added where the name is taken.
fn write_new(folder: &Path, article: &Article, extension: &str, text: &str) -> Result<(), Failure> {
    let stem = export::file_stem(&article.row.title, article.row.id);
    for n in 1..10_000 {
        let name = if n == 1 {
            format!("{stem}.{extension}")
        } else {
            format!("{stem}-{n}.{extension}")
        };
        let path = folder.join(name);
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|error| {
                    Failure::new(format!("{}: {}", path.display(), reason(&error)))
                })?;
                return Ok(());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(Failure::new(format!(
                    "{}: {}",
                    path.display(),
                    reason(&error)
                )));
            }
        }
    }
    Err(Failure::new(format!(
        "{} holds too many files of that name",
        folder.display()
    )))
}

/// Writes one file, whole or not at all, or standard output for `-`.
fn write(out: &str, text: &str, context: &Context) -> Result<ExitCode, Failure> {
    if out == "-" {
        context.output.block(text)?;
        return Ok(ExitCode::SUCCESS);
    }
    write_file(out, text.as_bytes(), context)
}

fn write_file(out: &str, content: &[u8], context: &Context) -> Result<ExitCode, Failure> {
    let part = format!("{out}.part");
    let result = std::fs::write(&part, content).and_then(|()| std::fs::rename(&part, out));
    if result.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    result.map_err(|error| Failure::new(format!("{out} cannot be written: {}", reason(&error))))?;
    context.output.say(&format!("written to {out}"));
    Ok(ExitCode::SUCCESS)
}
