//! `newsdesk add`: subscribes to feeds and to sites whose feed is discovered; keeps pages as articles.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::args::Add;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app::event::{Found, FoundFeed};
use crate::engine::{self, Cancel, Reload, Which};
use crate::model::change::NewFeed;
use crate::model::{FeedId, Scope, What};
use crate::text::address::redacted;

/// So many addresses are asked at the same time: the client holds itself to so many requests as well.
const AT_ONCE: usize = 16;

pub(super) fn run(args: &Add, context: &Context) -> Result<ExitCode, Failure> {
    if args.article {
        return articles(args, context);
    }
    let looked = at_once(&args.urls, context, |url| {
        engine::discover(context.engine(), url)
    });
    let mut added = Vec::new();
    let mut results = Vec::new();
    let mut code = ExitCode::SUCCESS;
    for (url, found) in args.urls.iter().zip(looked) {
        match settle(url, found, args, context) {
            Ok(Some(feed)) => {
                results.push(json!({ "url": url, "feed": feed.id, "known": feed.known, "title": feed.title }));
                if !feed.known {
                    added.push(feed.id);
                }
            }
            Ok(None) => results.push(json!({ "url": url, "feed": null })),
            Err(failure) => {
                super::output::warn(&failure.words());
                results.push(json!({ "url": url, "error": failure.reason() }));
                code = failure.code();
            }
        }
    }
    if !added.is_empty() {
        first_load(added, context)?;
    }
    if args.json {
        context.output.json(&Value::Array(results))?;
    }
    Ok(code)
}

/// What became of an address.
struct Settled {
    id: FeedId,
    title: String,
    known: bool,
}

/// Subscribes to what an address leads to. `None` where the user chose none of several feeds.
fn settle(
    url: &str,
    found: engine::Result<Found>,
    args: &Add,
    context: &Context,
) -> Result<Option<Settled>, Failure> {
    let found = found.map_err(|error| Failure::of_address(url, &error))?;
    let feeds = match found {
        Found::Feeds(feeds) => feeds,
        Found::Page { title } => {
            let title = title
                .map(|title| format!(" (\"{title}\")"))
                .unwrap_or_default();
            return Err(Failure::new(format!("{url}{title} has no feed"))
                .hint(format!("newsdesk add --article {url} keeps the page")));
        }
    };
    let Some(feed) = choose(url, feeds, context)? else {
        return Ok(None);
    };
    let new = NewFeed {
        url: feed.url.clone(),
        title: args.title.as_deref().map(crate::text::clean_line),
        own_title: Some(feed.title.clone()).filter(|title| !title.is_empty()),
        site_url: feed.site_url.clone(),
        folder: args
            .folder
            .as_deref()
            .unwrap_or_default()
            .trim_matches('/')
            .to_owned(),
    };
    let written = context.change(What::Subscribe(new), Scope::None)?;
    let id = written
        .feed
        .ok_or_else(|| Failure::new(format!("{url} could not be subscribed to")))?;
    let known = written.op.is_none();
    match &feed.known {
        Some(place) if known => context.output.say(&format!(
            "{} is there already: {place}",
            redacted(&feed.url)
        )),
        _ => context.output.say(&written.words),
    }
    Ok(Some(Settled {
        id,
        title: feed.title,
        known,
    }))
}

/// One feed needs no choice; of several the user chooses, and without a terminal they are listed (exit status 2).
fn choose(
    url: &str,
    mut feeds: Vec<FoundFeed>,
    context: &Context,
) -> Result<Option<FoundFeed>, Failure> {
    if feeds.len() < 2 {
        return Ok(feeds.pop());
    }
    let list: Vec<String> = feeds
        .iter()
        .enumerate()
        .map(|(n, feed)| {
            format!(
                "  {}  {}  {}  ({})",
                n + 1,
                redacted(&feed.url),
                feed.title,
                feed.kind
            )
        })
        .collect();
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) || !context.output.terminal {
        return Err(
            Failure::usage(format!("{url} has several feeds; add one of them:"))
                .hint(list.join("\n")),
        );
    }
    context
        .output
        .line(&format!("{url} has several feeds:\n{}", list.join("\n")))?;
    loop {
        print_now("Which one (number, Enter for the first, q for none)? ")?;
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line)? == 0 || line.trim() == "q" {
            return Ok(None);
        }
        let number = if line.trim().is_empty() {
            Some(1)
        } else {
            line.trim().parse::<usize>().ok()
        };
        if let Some(number) = number.filter(|number| (1..=feeds.len()).contains(number)) {
            return Ok(Some(feeds.swap_remove(number - 1)));
        }
    }
}

fn print_now(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Loads what was just subscribed to, so that it is there to read. A feed that fails now stays subscribed and says why.
fn first_load(feeds: Vec<FeedId>, context: &Context) -> Result<(), Failure> {
    let request = Reload {
        which: Which::These(feeds),
        ..Reload::default()
    };
    super::fetch::reload(context, &request, &Cancel::new())
        .map(|report| super::fetch::say(context, &report))
        .or_else(|failure| {
            // Another process fetches: it, or the next reload, brings the articles.
            context.output.say(&failure.words());
            Ok(())
        })
}

fn articles(args: &Add, context: &Context) -> Result<ExitCode, Failure> {
    let saved = at_once(&args.urls, context, |url| {
        engine::save_article(context.engine(), url)
    });
    let mut results = Vec::new();
    let mut code = ExitCode::SUCCESS;
    for (url, saved) in args.urls.iter().zip(saved) {
        match saved {
            Ok(id) => {
                context.output.say(&format!("{url}: kept as article {id}"));
                results.push(json!({ "url": url, "article": id }));
            }
            Err(error) => {
                super::output::warn(&Failure::of_address(url, &error).words());
                results.push(json!({ "url": url, "error": error.to_string() }));
                code = ExitCode::FAILURE;
            }
        }
    }
    if args.json {
        context.output.json(&Value::Array(results))?;
    }
    Ok(code)
}

/// Does something for every address, many at the same time, with a progress bar; the answers come in the addresses'
/// order.
fn at_once<T: Send>(urls: &[String], context: &Context, ask: impl Fn(&str) -> T + Sync) -> Vec<T> {
    let bar = Mutex::new((Progress::new(context.output), 0));
    let step = |more: usize| {
        let mut bar = bar.lock().unwrap_or_else(PoisonError::into_inner);
        bar.1 += more;
        let done = bar.1;
        bar.0.show(done, urls.len(), "addresses asked");
    };
    step(0);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        while let Some((at, url)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            urls.get(at).map(|url| (at, url))
        } {
            answers.push((at, ask(url)));
            step(1);
        }
        answers
    };
    let mut answers: Vec<(usize, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..urls.len().min(AT_ONCE))
            .map(|_| scope.spawn(work))
            .collect();
        let joined = threads.into_iter().flat_map(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
