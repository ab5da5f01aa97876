//! `newsdesk import cache.db`: what newsboat keeps.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::args::Import;
use super::context::Context;
use super::failure::Failure;
use super::fetch::{find_names, stop_on_interrupt, unless_stopped};
use super::progress::Progress;
use crate::engine::Cancel;
use crate::engine::newsboat::{CacheImported, Flagged, import_cache};
use crate::model::change::tag_name;
use crate::store::NewsboatCache;

/// An import may take its time: 25,000 articles are looked through in about a minute on two cores.
const NAMES_TIME: Duration = Duration::from_mins(10);

/// Takes over articles, read marks and flags.
pub(super) fn run(args: &Import, context: &Context) -> Result<ExitCode, Failure> {
    let cache = NewsboatCache::open(Path::new(&args.file))?;
    let flags = flags(args, &cache)?;
    let cancel = Cancel::new();
    stop_on_interrupt(&cancel)?;
    let mut bar = Progress::new(context.output);
    let done = import_cache(
        &context.library,
        &cache,
        &flags,
        context.now,
        &mut |done, total| bar.show(done, total, "feeds"),
        &cancel,
    );
    bar.end();
    let done = done.map_err(Failure::of_engine)?;
    if !cancel.is_cancelled() {
        find_names(context, NAMES_TIME, &cancel)?;
    }
    if args.json {
        context.output.json(&json!({
            "articles": done.added, "known": done.known, "marked": done.marked, "kept_feeds": done.kept_feeds,
        }))?;
    } else {
        say(&done, context);
    }
    Ok(unless_stopped(&cancel, ExitCode::SUCCESS))
}

fn say(done: &CacheImported, context: &Context) {
    if !done.kept_feeds.is_empty() {
        let (feeds, it) = match done.kept_feeds.len() {
            1 => ("1 feed".to_owned(), "it"),
            count => (format!("{count} feeds"), "them"),
        };
        context.output.say(&format!(
            "kept from newsboat, but not subscribed here: {feeds} ({}). Importing newsboat's `urls` file subscribes to {it}",
            some(&done.kept_feeds)
        ));
    }
    context.output.say(&done.words());
}

/// Names the first few, and says how many more there are.
fn some(names: &[String]) -> String {
    const MOST: usize = 5;
    let named = names[..names.len().min(MOST)].join(", ");
    match names.len().saturating_sub(MOST) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Returns what each flag becomes: as `--flag` says, else as the user answers, else nothing said (a tag `nb:L`).
fn flags(args: &Import, cache: &NewsboatCache) -> Result<BTreeMap<char, Flagged>, Failure> {
    let mut flags = BTreeMap::new();
    for given in &args.flags {
        let (flag, what) = given
            .split_once('=')
            .and_then(|(flag, what)| {
                let mut letters = flag.chars().filter(char::is_ascii_alphabetic);
                let letter = letters.next().filter(|_| flag.len() == 1)?;
                Some((letter, flagged(what)?))
            })
            .ok_or_else(|| {
                Failure::usage(format!(
                    "--flag {given}: write for example s=star or w=work"
                ))
            })?;
        flags.insert(flag, what);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(flags);
    }
    for (flag, count) in cache.flags()? {
        if flags.contains_key(&flag) {
            continue;
        }
        let articles = if count == 1 { "article" } else { "articles" };
        let offer = if flag == 's' { "star" } else { "" };
        let usual = if offer.is_empty() {
            format!("Enter for the tag nb:{flag}")
        } else {
            format!("Enter for {offer}")
        };
        let mut err = std::io::stderr().lock();
        write!(
            err,
            "flag {flag} is on {count} {articles}: star, later, or a tag's name ({usual})? "
        )?;
        err.flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        let answer = if answer.trim().is_empty() {
            offer
        } else {
            answer.trim()
        };
        if let Some(what) = flagged(answer) {
            flags.insert(flag, what);
        }
    }
    Ok(flags)
}

fn flagged(what: &str) -> Option<Flagged> {
    match what.trim() {
        "star" => Some(Flagged::Star),
        "later" => Some(Flagged::Later),
        tag => tag_name(tag).map(Flagged::Tag),
    }
}
