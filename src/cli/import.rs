//! `newsdesk import`: subscriptions from OPML or newsboat, newsboat's cache; a saved page or a text file becomes an
//! article.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use url::Url;

use super::args::{Import, ImportAs};
use super::context::Context;
use super::failure::Failure;
use super::{clean, newsboat, source};
use crate::engine::import;
use crate::extract::{self, Extraction};
use crate::model::{Block, Text};

pub(super) fn run(args: &Import, context: &Context) -> Result<ExitCode, Failure> {
    if is_cache(args) {
        return newsboat::run(args, context);
    }
    let bytes = source::read(&args.file)?;
    match kind(args, &bytes)? {
        ImportAs::Article => article(args, &bytes, context),
        kind => subscriptions(kind, &bytes, args, context),
    }
}

/// Says whether the file is newsboat's cache. It may be larger than what is read whole.
fn is_cache(args: &Import) -> bool {
    if args.kind.is_some() || args.file == "-" {
        return args.kind == Some(ImportAs::NewsboatCache);
    }
    import::is_database(Path::new(&args.file))
}

/// Tells by content what a file is; `--as` decides where it is given.
fn kind(args: &Import, bytes: &[u8]) -> Result<ImportAs, Failure> {
    if let Some(kind) = args.kind {
        return Ok(kind);
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Err(Failure::usage(
            "a database is read from its file: give its name",
        ));
    }
    let head = String::from_utf8_lossy(bytes.get(..4096.min(bytes.len())).unwrap_or_default())
        .to_ascii_lowercase();
    if head.contains("<opml") {
        return Ok(ImportAs::Opml);
    }
    if head.contains("<html") || head.contains("<!doctype html") {
        return Ok(ImportAs::Article);
    }
    if Path::new(&args.file)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
    {
        return Ok(ImportAs::Article);
    }
    let is_address = |line: &str| {
        let line = line.trim_start_matches('"');
        ["http://", "https://", "query:", "exec:", "filter:", "file:"]
            .iter()
            .any(|scheme| line.starts_with(scheme))
    };
    let mut lines = head
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    if lines.peek().is_some() && lines.next().is_some_and(is_address) {
        return Ok(ImportAs::Newsboat);
    }
    Err(Failure::usage(format!(
        "{} is neither OPML, newsboat's urls, nor a page",
        args.file
    ))
    .hint("--as opml, --as newsboat or --as article says what it is"))
}

fn subscriptions(
    kind: ImportAs,
    bytes: &[u8],
    args: &Import,
    context: &Context,
) -> Result<ExitCode, Failure> {
    let list = if kind == ImportAs::Opml {
        import::read_opml(bytes)
    } else {
        import::read_newsboat(bytes)
    };
    let list = list.map_err(|error| Failure::new(format!("{}: {error}", args.file)))?;
    let done = import::subscribe(&list, &context.library, context.now)?;
    if args.json {
        context.output.json(&json!({ "added": done.added, "known": done.known, "searches": done.searches, "remarks": list.remarks }))?;
    } else {
        list.remarks
            .iter()
            .for_each(|remark| context.output.say(remark));
        context.output.say(&done.words());
    }
    Ok(ExitCode::SUCCESS)
}

/// A text too short to tell an article from what stands around it is kept as it is: first line, then paragraphs.
fn whole_text(text: &str) -> Extraction {
    let text = crate::text::clean(text);
    let mut parts = text
        .split("\n\n")
        .map(crate::text::clean_line)
        .filter(|part| !part.is_empty());
    let mut extraction = Extraction::default();
    extraction.metadata.title = parts.next();
    extraction.body.document.blocks = parts
        .map(|part| Block::Paragraph {
            text: Text::plain(part),
        })
        .collect();
    extraction
}

fn article(args: &Import, bytes: &[u8], context: &Context) -> Result<ExitCode, Failure> {
    let text = extract::decode(bytes, None);
    let url = args
        .url
        .as_deref()
        .map(Url::parse)
        .transpose()
        .map_err(|error| Failure::usage(format!("--url: {error}")))?;
    let rules = context.engine().site_rules();
    // What was said to be an article and has no markup is plain text, whatever its name.
    let is_said = args.kind.is_some() && !text.trim_start().starts_with('<');
    let extraction = if is_said || clean::is_plain_text(&args.file, &text) {
        let cleaned = clean::plain_text(&text, url.as_ref(), &rules);
        if cleaned.body.document.blocks.is_empty() {
            whole_text(&text)
        } else {
            cleaned
        }
    } else {
        let hints = extract::Context {
            rules: Some(&rules),
            ..extract::Context::default()
        };
        extract::extract(&text, url.as_ref(), &hints)
    };
    if extraction.body.document.blocks.is_empty() {
        return Err(Failure::new(format!("{} holds no article", args.file)));
    }
    // A page from a file keeps the address it names itself; without one its content stands for it.
    let id = import::keep_page(
        extraction,
        url.as_ref(),
        bytes,
        context.library.writer(),
        context.now,
    )?;
    if args.json {
        context.output.json(&json!({ "article": id }))?;
    } else {
        context.output.say(&format!("kept as article {id}"));
    }
    Ok(ExitCode::SUCCESS)
}
