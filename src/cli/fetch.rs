//! `newsdesk fetch`: reloads feeds, with the full articles.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::Fetch;
use super::context::{Context, find_feed};
use super::failure::Failure;
use super::progress::Progress;
use crate::app::event::OfflineSummary;
use crate::engine::{self, Cancel, FeedReport, Reload, Report, Status, Which};
use crate::model::Query;

/// Names of older articles are looked for so long in one fetch, so that one started every hour ends in time.
const NAMES_TIME: Duration = Duration::from_secs(30);

pub(super) fn run(args: &Fetch, context: &Context) -> Result<ExitCode, Failure> {
    context.keep_in_step()?;
    let request = Reload {
        which: which(args, context)?,
        force: args.force,
        feeds_only: args.feeds_only,
        ..Reload::default()
    };
    let offline = match &args.offline {
        Some(words) => Some(
            context
                .parse(&format!("newer:{words}"))
                .or_else(|_| context.parse(words))?,
        ),
        None => None,
    };
    let cancel = Cancel::new();
    stop_on_interrupt(&cancel)?;
    let report = match reload(context, &request, &cancel) {
        Ok(report) => report,
        // Another process is at it: what was asked for is being done.
        Err(failure) if failure.is_fetching() => {
            context.output.say(&failure.words());
            if args.json {
                context
                    .output
                    .json(&json!({ "feeds": [], "pages": 0, "pictures": 0 }))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Err(failure) => return Err(failure),
    };
    if !cancel.is_cancelled() {
        find_names(context, NAMES_TIME, &cancel)?;
        context.finish_index();
    }
    let brought = match &offline {
        Some(query) if !report.summary.offline && !cancel.is_cancelled() => {
            Some(bring_offline(context, query, &cancel)?)
        }
        _ => None,
    };
    if args.json {
        let feeds: Vec<Value> = report.feeds.iter().map(to_json).collect();
        let mut all = json!({ "feeds": feeds, "pages": report.pages, "pictures": report.pictures });
        if let Some(summary) = &brought {
            all["offline"] = offline_json(summary);
        }
        context.output.json(&all)?;
    } else {
        say(context, &report);
        if !args.feeds.is_empty() {
            say_left_out(context, &report);
        }
        if let Some(summary) = &brought {
            say_offline(context, summary);
        }
    }
    let asked = report
        .feeds
        .iter()
        .filter(|feed| feed.status != Status::Skipped);
    let (failed, rest): (Vec<_>, Vec<_>) = asked.partition(|feed| feed.status == Status::Failed);
    let all_failed = !failed.is_empty() && rest.is_empty() || report.summary.offline;
    let code = if all_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    Ok(unless_stopped(&cancel, code))
}

fn which(args: &Fetch, context: &Context) -> Result<Which, Failure> {
    if args.feeds.is_empty() {
        return Ok(if args.force { Which::All } else { Which::Due });
    }
    let feeds = context.library.reader()?.feeds(false, context.now)?;
    let found = args
        .feeds
        .iter()
        .map(|wanted| find_feed(&feeds, wanted).map(|feed| feed.id));
    Ok(Which::These(found.collect::<Result<_, _>>()?))
}

/// Reloads with a progress bar. Blocks.
pub(super) fn reload(
    context: &Context,
    request: &Reload,
    cancel: &Cancel,
) -> Result<Report, Failure> {
    let mut bar = Progress::new(context.output);
    let mut show = |progress| {
        if let engine::Progress::Step {
            done,
            total,
            pages_left,
        } = progress
        {
            let words = if pages_left > 0 {
                format!("feeds, {} to come", counted(pages_left, "page"))
            } else {
                "feeds".to_owned()
            };
            bar.show(done, total, &words);
        }
    };
    let report = engine::reload::reload(context.engine(), request, &mut show, cancel);
    bar.end();
    report.map_err(Failure::of_engine)
}

/// Finds the names in what waits for it: parts of large feeds, imports, what an older version tagged. What takes longer is
/// left for the next time, as said. Blocks.
pub(super) fn find_names(
    context: &Context,
    limit: Duration,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let mut bar = Progress::new(context.output);
    let mut show = |done, total| bar.show(done, total, "texts looked through for names");
    let left = engine::catch_up(context.engine(), limit, &mut show, cancel);
    bar.end();
    let left = left.map_err(Failure::of_engine)?;
    if left > 0 {
        context.output.say(&format!(
            "names of {} are still to be found: the next fetch goes on, and the reader while it is open",
            counted(left, "text")
        ));
    }
    Ok(())
}

/// The feeds that failed by themselves. Where there is no network, none is to blame.
fn to_blame(report: &Report) -> impl Iterator<Item = &FeedReport> {
    let is_offline = report.summary.offline;
    let failed = move |feed: &&FeedReport| feed.status == Status::Failed && !is_offline;
    report.feeds.iter().filter(failed)
}

/// Says what a reload brought, failures listed.
pub(super) fn say(context: &Context, report: &Report) {
    for feed in to_blame(report) {
        let hint = feed
            .hint
            .as_ref()
            .map(|hint| format!(" · {hint}"))
            .unwrap_or_default();
        super::output::warn(&format!(
            "! {}: {}{hint}",
            feed.title,
            feed.error.as_deref().unwrap_or("failed")
        ));
    }
    if context.output.verbose {
        for feed in &report.feeds {
            context.output.say(&format!(
                "{:<9}  {:>3} new  {}",
                feed.status.word(),
                feed.new,
                feed.title
            ));
        }
    }
    context.output.say(&words(report));
}

/// Says why feeds that were named were not asked.
fn say_left_out(context: &Context, report: &Report) {
    let skipped = |feed: &&FeedReport| feed.status == Status::Skipped;
    for feed in report.feeds.iter().filter(skipped) {
        let why = feed.error.as_deref().unwrap_or("not due");
        context.output.say(&format!("  {}: {why}", feed.title));
    }
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

fn words(report: &Report) -> String {
    let summary = &report.summary;
    if summary.offline {
        return "no network".to_owned();
    }
    let brought = report.pages + report.pages_failed + report.pictures;
    if summary.asked == 0 && summary.skipped == 0 && brought == 0 && !summary.cancelled {
        return if report.feeds.is_empty() {
            "no feeds yet: `newsdesk add URL` subscribes to one".to_owned()
        } else {
            "nothing is due: `newsdesk fetch --force` asks all feeds now".to_owned()
        };
    }
    let mut parts = vec![
        format!("{} asked", counted(summary.asked, "feed")),
        counted(summary.new, "new article"),
    ];
    if report.pages > 0 {
        parts.push(counted(report.pages, "page"));
    }
    if report.pictures > 0 {
        parts.push(counted(report.pictures, "picture"));
    }
    if report.pages_failed > 0 {
        parts.push(format!(
            "{} not to be had",
            counted(report.pages_failed, "page")
        ));
    }
    if summary.failed > 0 {
        parts.push(format!("{} failed", summary.failed));
    }
    if summary.skipped > 0 {
        let wait = summary
            .longest_wait_s
            .map(|seconds| format!(", the longest wait {}", duration(seconds)))
            .unwrap_or_default();
        parts.push(format!("{} left out{wait}", summary.skipped));
    }
    if summary.cancelled {
        parts.push("cancelled, what came is kept".to_owned());
    }
    parts.join(", ")
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds.div_ceil(60)),
        6_000..=172_799 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

/// Brings all of some articles offline, with a progress bar. Blocks.
fn bring_offline(
    context: &Context,
    query: &Query,
    cancel: &Cancel,
) -> Result<OfflineSummary, Failure> {
    let mut bar = Progress::new(context.output);
    let mut show = |done, total| bar.show(done, total, "articles offline");
    let summary = engine::bring_offline(context.engine(), query, &mut show, cancel);
    bar.end();
    summary.map_err(Failure::of_engine)
}

/// Says what came, and what could not be had: a line each.
fn say_offline(context: &Context, summary: &OfflineSummary) {
    for missing in &summary.missing {
        super::output::warn(&format!(
            "! {} {}: {}: {}",
            missing.id, missing.title, missing.what, missing.why
        ));
    }
    let mut words = format!(
        "{} of {} articles read offline; {} pages and {} pictures came",
        summary.complete, summary.articles, summary.pages, summary.pictures
    );
    if summary.offline {
        words.push_str(", then there was no network");
    }
    if summary.cancelled {
        words.push_str(", cancelled, what came is kept");
    }
    context.output.say(&words);
}

fn offline_json(summary: &OfflineSummary) -> Value {
    let missing = summary
        .missing
        .iter()
        .map(|it| json!({ "id": it.id, "title": it.title, "what": it.what, "why": it.why }));
    json!({
        "articles": summary.articles,
        "complete": summary.complete,
        "pages": summary.pages,
        "pictures": summary.pictures,
        "missing": missing.collect::<Vec<_>>(),
        "offline": summary.offline,
        "cancelled": summary.cancelled,
    })
}

fn to_json(feed: &FeedReport) -> Value {
    json!({ "id": feed.id, "url": feed.url, "status": feed.status.word(), "new": feed.new, "error": feed.error })
}

/// Returns an exit status; of what was stopped by `^C` that of shells: 128 and the signal's number.
pub(super) fn unless_stopped(cancel: &Cancel, code: ExitCode) -> ExitCode {
    const INTERRUPTED: u8 = 130;
    if cancel.is_cancelled() {
        ExitCode::from(INTERRUPTED)
    } else {
        code
    }
}

/// `^C` stops the reload; what came is kept. A second one ends the program at once.
pub(super) fn stop_on_interrupt(cancel: &Cancel) -> Result<(), Failure> {
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
    ])?;
    let cancel = cancel.clone();
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let mut count = 0;
            for signal in signals.forever() {
                count += 1;
                if count > 1 {
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                cancel.cancel();
            }
        })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeedId;

    #[test]
    fn without_a_network_no_feed_is_blamed() {
        let failed = FeedReport {
            id: FeedId(1),
            url: String::new(),
            title: "Paper".into(),
            status: Status::Failed,
            new: 0,
            error: Some("there is no network route".into()),
            hint: None,
        };
        let mut report = Report {
            feeds: vec![failed],
            ..Report::default()
        };
        assert_eq!(to_blame(&report).count(), 1);
        report.summary.offline = true;
        assert_eq!(to_blame(&report).count(), 0);
        assert_eq!(words(&report), "no network");
    }
}
