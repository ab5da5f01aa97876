//! `newsdesk enclosures`: the files attached to an article, listed or fetched.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Enclosures;
use super::context::Context;
use super::failure::Failure;
use super::fetch::{stop_on_interrupt, unless_stopped};
use super::progress::Progress;
use crate::app::event::FileState;
use crate::app::words::{file_words, megabytes};
use crate::engine::{self, Cancel};
use crate::model::ArticleId;
use crate::model::article::Enclosure;

pub(super) fn run(args: &Enclosures, context: &Context) -> Result<ExitCode, Failure> {
    let id = ArticleId(args.id);
    let article = context.library.reader()?.article(id, None)?;
    let Some(article) = article else {
        return Err(Failure::new(format!("there is no article {}", args.id)));
    };
    let wanted: Vec<(usize, &Enclosure)> = article
        .enclosures
        .iter()
        .enumerate()
        .filter(|(at, _)| args.number.is_none_or(|number| number == at + 1))
        .collect();
    if let (Some(number), true) = (args.number, wanted.is_empty()) {
        return Err(Failure::usage(format!("article {id} has no file {number}")));
    }
    let mut failed = false;
    let cancel = Cancel::new();
    if args.download {
        stop_on_interrupt(&cancel)?;
        for (_, file) in &wanted {
            failed |= !download(context, id, file, &cancel);
        }
    }
    let reader = context.library.reader()?;
    let states = wanted
        .iter()
        .map(|(at, file)| (*at, *file, engine::enclosure_state(&reader, &file.url)));
    if args.json {
        let all: Vec<Value> = states
            .map(|(_, file, state)| to_json(file, &state))
            .collect();
        context.output.json(&Value::Array(all))?;
    } else {
        for (at, file, state) in states {
            let place = match state {
                FileState::Done(path) => path.display().to_string(),
                FileState::Part(bytes) => format!("{} are here", megabytes(bytes)),
                FileState::None => String::new(),
            };
            let line = format!("{}\t{}\t{}\t{place}", at + 1, file_words(file), file.url);
            context.output.line(line.trim_end())?;
        }
    }
    let code = if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    Ok(unless_stopped(&cancel, code))
}

/// Fetches a file with a progress bar; says whether it came.
fn download(context: &Context, id: ArticleId, file: &Enclosure, cancel: &Cancel) -> bool {
    let mut bar = Progress::new(context.output);
    let mut show = |done: u64, total: Option<u64>| {
        let total = total.unwrap_or(done).max(1);
        let words = format!("MB of {}", file.url);
        // A bar of whole megabytes, and at least one.
        bar.show((done >> 20) as usize, (total >> 20).max(1) as usize, &words);
    };
    let result = engine::download_enclosure(context.engine(), id, &file.url, &mut show, cancel);
    bar.end();
    match result {
        Ok(_) => true,
        Err(error) => {
            super::output::warn(&format!("! {}: {error}", file.url));
            false
        }
    }
}

fn to_json(file: &Enclosure, state: &FileState) -> Value {
    let (path, bytes) = match state {
        FileState::Done(path) => (Some(path.display().to_string()), None),
        FileState::Part(bytes) => (None, Some(bytes)),
        FileState::None => (None, None),
    };
    json!({
        "url": file.url,
        "type": file.media_type,
        "size": file.size_bytes,
        "duration": file.duration_seconds,
        "path": path,
        "part": bytes,
    })
}
