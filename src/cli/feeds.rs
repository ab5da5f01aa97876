//! `newsdesk feeds`: subscriptions and their health; rename, move, remove, set.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{Feeds, FeedsCommand};
use super::context::Context;
use super::failure::Failure;
use crate::model::change::Written;
use crate::model::setting::Setting;
use crate::model::{Feed, Scope, What};
use crate::text::address::with_login_of;
use crate::text::nearest;

pub(super) fn run(feeds: Feeds, context: &Context) -> Result<ExitCode, Failure> {
    context.keep_in_step()?;
    match feeds.command {
        None => list(feeds.json, context),
        Some(FeedsCommand::Rename { feed, name }) => {
            Ok(say(context, &rename(context, &feed, &name)?))
        }
        Some(FeedsCommand::Move { feed, folder }) => {
            Ok(say(context, &move_to(context, &feed, &folder)?))
        }
        Some(FeedsCommand::Remove { feeds }) => {
            // All are looked up before the first is removed, so that a slip changes nothing.
            let found = feeds
                .iter()
                .map(|feed| context.feed(feed))
                .collect::<Result<Vec<_>, _>>()?;
            let parts = found.iter().map(|feed| What::Unsubscribe(feed.id));
            Ok(say(context, &context.together(parts, &Scope::None)?))
        }
        Some(FeedsCommand::Set { feed, settings }) => set(context, &feed, &settings),
    }
}

fn list(as_json: bool, context: &Context) -> Result<ExitCode, Failure> {
    let feeds = context.library.reader()?.feeds(false, context.now)?;
    if as_json {
        context
            .output
            .json(&Value::Array(feeds.iter().map(to_json).collect()))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !context.output.terminal {
        for feed in &feeds {
            context.output.line(&format!(
                "{}\t{}\t{}\t{}\t{}",
                feed.id,
                feed.unread,
                feed.folder,
                feed.title,
                feed.shown_url()
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if feeds.is_empty() {
        context
            .output
            .say("No feeds yet. `newsdesk add URL` subscribes to one.");
    }
    let mut folder = "";
    for feed in &feeds {
        if feed.folder != folder {
            folder = &feed.folder;
            context
                .output
                .styled_line(&context.output.paint("1", folder))?;
        }
        let indent = if folder.is_empty() { "" } else { "  " };
        let counts = format!("{}/{}", feed.unread, feed.total);
        let line = format!(
            "{indent}{:>4}  {counts:>9}  {}  {}",
            feed.id,
            feed.title,
            context.output.paint("2", &feed.shown_url())
        );
        context.output.styled_line(&line)?;
        if let Some(error) = &feed.health.last_error {
            let hint = feed
                .health
                .hint
                .as_ref()
                .map(|hint| format!(" · {hint}"))
                .unwrap_or_default();
            context.output.styled_line(
                &context
                    .output
                    .paint("31", &format!("{indent}                 ! {error}{hint}")),
            )?;
        }
        if let Some(remark) = remark(feed) {
            let line = format!("{indent}                 {remark}");
            context
                .output
                .styled_line(&context.output.paint("33", &line))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What else there is to say of a feed's health.
fn remark(feed: &Feed) -> Option<String> {
    let health = &feed.health;
    if let Some(url) = &health.suggested_url {
        return Some(format!(
            "has moved: newsdesk feeds set {} url={url}",
            feed.id
        ));
    }
    match health.silent_days {
        Some(days) if days > 90 => Some(format!("silent for {days} days")),
        None if feed.total == 0 && health.last_success.is_some() && health.last_error.is_none() => {
            Some("has no articles".to_owned())
        }
        _ => None,
    }
}

/// The form other programs rely on.
fn to_json(feed: &Feed) -> Value {
    json!({
        "id": feed.id,
        "url": feed.shown_url(),
        "title": feed.title,
        "site_url": feed.site_url,
        "folder": feed.folder,
        "unread": feed.unread,
        "total": feed.total,
        "last_success": feed.health.last_success,
        "last_error": feed.health.last_error,
        "hint": feed.health.hint,
        "next_poll": feed.health.next_poll,
        "per_month": (feed.health.per_month * 10.0).round() / 10.0,
        "silent_days": feed.health.silent_days,
        "suggested_url": feed.health.suggested_url,
        "settings": feed.settings.shown(),
    })
}

fn say(context: &Context, written: &Written) -> ExitCode {
    context.output.say(&written.words);
    ExitCode::SUCCESS
}

fn is_folder(context: &Context, path: &str) -> Result<bool, Failure> {
    Ok(context
        .library
        .reader()?
        .folders()?
        .iter()
        .any(|folder| folder == path))
}

fn rename(context: &Context, wanted: &str, name: &str) -> Result<Written, Failure> {
    let name = crate::text::clean_line(name);
    if is_folder(context, wanted)? {
        if name.is_empty() {
            return Err(Failure::usage("a folder needs a name"));
        }
        let parent = wanted
            .rsplit_once('/')
            .map(|(parent, _)| format!("{parent}/"))
            .unwrap_or_default();
        let what = What::RenameFolder {
            from: wanted.to_owned(),
            to: format!("{parent}{name}"),
        };
        return context.change(what, Scope::None);
    }
    let feed = context.feed(wanted)?;
    context.change(
        What::RenameFeed(feed.id, (!name.is_empty()).then_some(name)),
        Scope::None,
    )
}

fn move_to(context: &Context, wanted: &str, folder: &str) -> Result<Written, Failure> {
    let folder = folder.trim_matches('/');
    if is_folder(context, wanted)? {
        let name = wanted.rsplit('/').next().unwrap_or(wanted);
        let to = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        if to == wanted || to.starts_with(&format!("{wanted}/")) {
            return Err(Failure::usage(format!(
                "\"{wanted}\" cannot go into itself"
            )));
        }
        return context.change(
            What::RenameFolder {
                from: wanted.to_owned(),
                to,
            },
            Scope::None,
        );
    }
    let feed = context.feed(wanted)?;
    context.change(What::MoveFeed(feed.id, folder.to_owned()), Scope::None)
}

fn set(context: &Context, wanted: &str, pairs: &[String]) -> Result<ExitCode, Failure> {
    let feed = context.feed(wanted)?;
    if feed.settings.in_config {
        let failure = Failure::usage(format!(
            "the settings of {} stand in its [[feed]] in your config",
            feed.title
        ));
        return Err(failure.hint("newsdesk config path says where that is"));
    }
    let mut settings = feed.settings.clone();
    let mut url = None;
    for pair in pairs {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("\"{pair}\" is not KEY=VALUE")))?;
        if key == "url" {
            url = Some(value.to_owned()).filter(|url| !url.is_empty());
            continue;
        }
        let Some(setting) = Setting::from_name(key) else {
            let names = Setting::ALL.map(Setting::name);
            let near = nearest(key, names.into_iter().chain(["url"]));
            let near = match near {
                Some(name) => format!("; did you mean \"{name}\"?"),
                None => format!("; there are {}, url", names.join(", ")),
            };
            return Err(Failure::usage(format!(
                "there is no feed setting \"{key}\"{near}"
            )));
        };
        if setting == Setting::Filter {
            context.parse(value)?;
        }
        settings.set(setting, value).map_err(Failure::usage)?;
    }
    if settings != feed.settings {
        let written = context.change(What::SetFeed(feed.id, settings), Scope::None)?;
        say(context, &written);
    }
    if let Some(url) = url {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::usage(format!(
                "\"{url}\" is no http or https address"
            )));
        }
        let written = context.change(
            What::SetFeedUrl(feed.id, with_login_of(&url, &feed.url)),
            Scope::None,
        )?;
        say(context, &written);
    }
    Ok(ExitCode::SUCCESS)
}
