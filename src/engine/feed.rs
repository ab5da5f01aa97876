//! One feed of a reload: ask, read, clean, store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cleaned::Cleaned;
use super::context::Context;
use super::error::{Error, Result};
use super::memo::{self, Memo};
use super::page::PageJob;
use super::sitemap::{self, Parts};
use super::teaser::{Carried, judge};
use super::{access, filter, names, picture, special, waits};
use crate::extract;
use crate::fetch::policy::{self, Hints, Move, Pace};
use crate::fetch::{self, Kind, Request, Response};
use crate::model::feed::Validators;
use crate::model::recipe::Recipe;
use crate::model::{ArticleId, Change, Scope, What};
use crate::store::{FeedOutcome, FeedResult, FeedSource, FeedUpdate, StoredFeed};
use crate::syndication::{ParsedFeed, Remark};
use crate::text::address::with_login_of;

/// A feed to ask, with what is remembered of it.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) source: FeedSource,
    pub(super) memo: Memo,
    /// Waits so long before it is asked, so that many feeds do not start at once.
    pub(super) delay: Duration,
}

/// What came of asking a feed.
#[derive(Debug)]
pub(super) enum End {
    /// It was usable, and what it brought is stored.
    Updated {
        /// New articles.
        new: usize,
        /// Pages to fetch for them.
        pages: Vec<PageJob>,
        /// Pictures to fetch for those whose text is in the feed.
        pictures: Vec<(ArticleId, Vec<String>)>,
    },
    /// Nothing new.
    Unchanged,
    /// Its host asked us to wait so much longer.
    Waits(Duration),
    /// It failed. Stored by [`keep_failure`] once it is known that the machine is not just offline.
    Failed(fetch::Error),
    /// The library could not keep what came.
    NotKept(Error),
}

/// Asks a feed and stores what it brings. Never fails: what went wrong is in the [`End`].
pub(super) async fn reload(context: &Arc<Context>, ask: &Ask) -> End {
    if !ask.delay.is_zero() {
        tokio::time::sleep(ask.delay).await;
    }
    let now = context.now();
    let host = fetch::host_of(&ask.source.url).unwrap_or_default();
    if let Some(until) = waits::until(context, now, &host) {
        return match postpone(context, ask, now, until).await {
            Ok(()) => End::Waits(until.duration_since(now).try_into().unwrap_or_default()),
            Err(error) => End::NotKept(error),
        };
    }
    let access = match access::of(context, &ask.source.settings).await {
        Ok(access) => access,
        Err(error) => return End::Failed(error),
    };
    let recipe = context.recipes.of(&ask.source.url);
    let known = special::known(recipe.as_ref(), ask.source.validators.as_ref());
    let answer = if special::is_command(&ask.source.url) {
        special::run(context, &ask.source.url).await
    } else {
        let request = Request {
            access: access.clone(),
            waits_for_room: true,
            ..Request::feed(&ask.source.url, known.clone())
        };
        context.client.get(&request, now).await
    };
    let now = context.now();
    let kept = match answer {
        Ok(mut response) => {
            if let Some(recipe) = &recipe {
                special::mark_read_by(recipe, &mut response);
            }
            let is_same = is_same(&response, known.as_ref());
            match sitemap::parts(context, ask, &access, &mut response, is_same).await {
                Ok(None) if is_same => unchanged(context, ask, response, None, now).await,
                Ok(Some(parts)) if !parts.is_new => {
                    unchanged(context, ask, response, Some(parts), now).await
                }
                Ok(parts) => updated(context, ask, recipe, response, parts, now).await,
                Err(error) => return End::Failed(error),
            }
        }
        Err(error) => {
            if matches!(error.kind, Kind::Status(401 | 403)) {
                context.passwords.forget(&ask.source.settings);
            }
            waits::note(context, now, &host, &error).await;
            return End::Failed(error);
        }
    };
    kept.unwrap_or_else(End::NotKept)
}

/// Says whether an answer brings nothing new: a 304, or the bytes of last time under a 200.
pub(super) fn is_same(response: &Response, known: Option<&Validators>) -> bool {
    let known = known.and_then(|validators| validators.body_hash.as_ref());
    response.not_modified || known.is_some() && known == response.validators.body_hash.as_ref()
}

async fn postpone(context: &Context, ask: &Ask, now: Timestamp, until: Timestamp) -> Result<()> {
    store(context, ask, now, Some(until), FeedResult::Postponed)
        .await
        .map(|_| ())
}

async fn unchanged(
    context: &Context,
    ask: &Ask,
    response: Response,
    parts: Option<Parts>,
    now: Timestamp,
) -> Result<End> {
    let mut memo = ask.memo.clone();
    memo.sitemaps = parts.map(|parts| parts.known).unwrap_or_default();
    let new_url = note_good(&mut memo, &response, ask);
    let next = next_poll(context, ask, &memo.hints, response.fresh_for, now);
    if let Some(url) = &new_url {
        let change = Change {
            what: What::SetFeedUrl(ask.source.id, url.clone()),
            scope: Scope::None,
            undoable: false,
        };
        let written = context.write(move |writer, reply| writer.change(change, now, reply));
        if let Err(error) = written.await {
            // Another subscription has that address.
            tracing::debug!(feed = ask.source.id.0, "a move is not taken over: {error}");
        }
    }
    // After the move, which makes a feed due and drops its validators, as a move by hand should.
    let is_known =
        |new: &Validators| new_url.is_none() && ask.source.validators.as_ref() == Some(new);
    let validators = Some(response.validators).filter(|new| !is_known(new));
    store(
        context,
        ask,
        now,
        Some(next),
        FeedResult::Unchanged { validators },
    )
    .await?;
    if memo != ask.memo {
        memo.keep(context, ask.source.id).await;
    }
    Ok(End::Unchanged)
}

async fn updated(
    context: &Arc<Context>,
    ask: &Ask,
    recipe: Option<Recipe>,
    mut response: Response,
    parts: Option<Parts>,
    now: Timestamp,
) -> Result<End> {
    let mut memo = ask.memo.clone();
    let feeds = parts.map(|parts| {
        memo.sitemaps = parts.known;
        parts.feeds
    });
    if feeds.is_none() {
        memo.sitemaps.clear();
    }
    let new_url = note_good(&mut memo, &response, ask);
    let fresh_for = response.fresh_for;
    if let Some(recipe) = &recipe
        && let Err(error) = special::through_pipe(recipe, &mut response).await
    {
        return Ok(End::Failed(error));
    }
    let bytes = response.body.len();
    let work = {
        let (context, ask) = (Arc::clone(context), ask.clone());
        move || {
            let read = match feeds {
                Some(feeds) => {
                    sitemap::together(feeds).map_err(|refusal| special::refused(&refusal))
                }
                None => special::read(recipe.as_ref(), &response),
            };
            // What was read is not held beside what is made of it.
            response.let_go();
            Ok(prepare(&context, &ask, read?, &response))
        }
    };
    let (prepared, alone) = context.compute_alone(bytes, work).await;
    let prepared = match prepared {
        Some(Ok(prepared)) => prepared,
        Some(Err(refusal)) => return Ok(End::Failed(refusal)),
        None => {
            return Ok(End::Failed(fetch::Error::say(
                Kind::NotAFeed,
                "this feed cannot be read",
                None,
            )));
        }
    };
    memo.hints = prepared.hints;
    memo.entries = prepared.fingerprints;
    let next = next_poll(context, ask, &memo.hints, fresh_for, now);
    let update = FeedUpdate {
        suggested_url: memo
            .moved
            .as_ref()
            .map(|m| m.url.clone())
            .or(prepared.update.suggested_url),
        new_url,
        ..prepared.update
    };
    let stored = store(
        context,
        ask,
        now,
        Some(next),
        FeedResult::Updated(Box::new(update)),
    )
    .await?;
    // What a large feed became is held until it is stored.
    drop(alone);
    if memo != ask.memo {
        memo.keep(context, ask.source.id).await;
    }
    let mut jobs = prepared.jobs;
    let mut pages = Vec::new();
    let mut pictures = Vec::new();
    for entry in stored.new.iter().chain(&stored.updated) {
        if let Some(mut job) = jobs.get_mut(entry.index).and_then(Option::take) {
            job.article = entry.article;
            pages.push(job);
        } else if let Some(addresses) = prepared
            .pictures
            .get(entry.index)
            .filter(|it| !it.is_empty())
        {
            pictures.push((entry.article, addresses.clone()));
        }
    }
    Ok(End::Updated {
        new: stored.new.len(),
        pages,
        pictures,
    })
}

/// Notes in the memo what every usable answer of an address says. Returns an address to take over.
fn note_good(memo: &mut Memo, response: &Response, ask: &Ask) -> Option<String> {
    memo.missing_since = None;
    memo.asked_until = None;
    let (moved, new_url) = policy::moved(memo.moved.take(), response.permanent_url.as_deref());
    memo.moved = moved;
    if ask.source.settings.in_config {
        // Where it is asked stands in the config, and only the user writes there: the move stays a suggestion.
        memo.moved = response
            .permanent_url
            .clone()
            .map(|url| Move { url, polls: 1 });
        return None;
    }
    new_url.map(|new| with_login_of(&new, &ask.source.url))
}

/// Keeps a failure: words, hint, and when to ask again.
pub(super) async fn keep_failure(
    context: &Context,
    ask: &Ask,
    error: &mut fetch::Error,
) -> Result<()> {
    let now = context.now();
    let mut memo = ask.memo.clone();
    if error.kind == Kind::Status(404) {
        // A time ahead comes from a clock that was set back since: it tells nothing.
        let since = memo
            .missing_since
            .filter(|since| *since <= now)
            .unwrap_or(now);
        memo.missing_since = Some(since);
        let days = now.duration_since(since).as_hours() / 24;
        if Duration::try_from(now.duration_since(since))
            .is_ok_and(|gone| gone >= policy::MISSING_TOLD_AFTER)
        {
            error.sentence = format!("the site says \"not found\" (404) since {days} days");
            error.hint = Some(
                "the feed seems to be gone: look for a new address, or unsubscribe".to_owned(),
            );
        }
    } else {
        memo.missing_since = None;
    }
    memo.asked_until = error.retry_after.map(|wait| policy::later(now, wait));
    if memo != ask.memo {
        memo.keep(context, ask.source.id).await;
    }
    let failures = ask.source.health.failures.saturating_add(1);
    let next = policy::after_error(now, error, failures, seed(ask, now));
    let result = FeedResult::Failed {
        error: error.sentence.clone(),
        hint: error.hint.clone(),
        suggested_url: error.permanent_url.clone(),
    };
    store(context, ask, now, next, result).await.map(|_| ())
}

async fn store(
    context: &Context,
    ask: &Ask,
    at: Timestamp,
    next_poll: Option<Timestamp>,
    result: FeedResult,
) -> Result<StoredFeed> {
    let outcome = FeedOutcome {
        feed: ask.source.id,
        at,
        next_poll,
        result,
    };
    context
        .write(move |writer, reply| writer.store_feed(outcome, reply))
        .await
}

fn next_poll(
    context: &Context,
    ask: &Ask,
    hints: &Hints,
    fresh_for: Option<Duration>,
    now: Timestamp,
) -> Timestamp {
    let own = ask.source.settings.interval_minutes;
    let pace = Pace {
        interval: own.map_or(context.settings.interval.0, |minutes| {
            Duration::from_secs(u64::from(minutes) * 60)
        }),
        fresh_for,
        hints: hints.clone(),
    };
    policy::next_poll(now, &pace, seed(ask, now))
}

/// Differs by feed and by poll, and is the same for the same feed at the same time.
fn seed(ask: &Ask, now: Timestamp) -> u64 {
    (ask.source.id.0 as u64).wrapping_mul(0x9e37_79b9) ^ now.as_second() as u64
}

/// A feed read and cleaned, ready to be stored.
struct Prepared {
    update: FeedUpdate,
    hints: Hints,
    fingerprints: Vec<u64>,
    /// For each entry whose page is wanted, all that is needed to fetch it but the article's id.
    jobs: Vec<Option<PageJob>>,
    /// For each entry, the addresses of the pictures in its text.
    pictures: Vec<Vec<String>>,
}

/// Cleans the entries of a feed. For the pool.
fn prepare(
    context: &Context,
    ask: &Ask,
    (feed, remarks): (ParsedFeed, Vec<Remark>),
    response: &Response,
) -> Prepared {
    for remark in &remarks {
        tracing::debug!(feed = ask.source.id.0, "{remark}");
    }
    let mut feed = feed;
    leave_out_old(context, ask, &mut feed);
    tell_apart(&mut feed);
    let fingerprints: Vec<u64> = feed
        .entries
        .iter()
        .map(|entry| memo::fingerprint(entry, extract::VERSION))
        .collect();
    let mut known = known(context, ask, &feed);
    let only = feed.entries.len() == 1;
    if remarks.contains(&Remark::Cut) && (!only || known.last() == Some(&true)) {
        // The entry at the cut has lost its end, perhaps half its id: it comes whole another time.
        feed.entries.pop();
        known.pop();
    }
    let followed = context.followed();
    let mut names = names::Budget::of_feed();
    let entries = std::mem::take(&mut feed.entries);
    let mut cleaned: Vec<Cleaned> = entries
        .into_iter()
        .zip(&fingerprints)
        .zip(&known)
        .map(|((entry, print), known)| {
            let same = *known && ask.memo.entries.contains(print);
            if same {
                Cleaned::unchanged(&feed, &entry)
            } else {
                Cleaned::guarded(&feed, &entry, &response.url, &followed, &mut names)
            }
        })
        .collect();
    // What is left out is measured all the same: the judgement on the feed's texts goes by all of them.
    let carried: Vec<Carried> = cleaned.iter().map(|entry| entry.carried.clone()).collect();
    let asked = ask
        .source
        .settings
        .full_text
        .unwrap_or(context.settings.full_text);
    let mut verdicts = judge(&carried, asked);
    filter::apply(
        context,
        ask,
        feed.title.as_deref(),
        &mut cleaned,
        &mut known,
        &mut verdicts,
    );
    let mut jobs = Vec::with_capacity(cleaned.len());
    for ((entry, verdict), known) in cleaned.iter_mut().zip(verdicts).zip(known) {
        // Only a new entry's page is fetched: some feeds change a word in every entry at every poll.
        entry.new.wants_page = verdict.wants_page && !known;
        entry.new.full_text = verdict.is_whole;
        jobs.push(
            entry
                .new
                .wants_page
                .then(|| entry.job(&ask.source.url, feed.title.as_deref())),
        );
    }
    let pictures = cleaned.iter().map(|entry| {
        let body = entry.new.body.as_ref();
        body.map_or_else(Vec::new, |body| picture::addresses(&body.document))
    });
    Prepared {
        pictures: pictures.collect(),
        hints: Hints {
            ttl_minutes: feed.ttl_minutes,
            update_minutes: feed.update_minutes,
            skip_hours: feed.skip_hours.clone(),
            skip_days: feed
                .skip_days
                .iter()
                .map(|day| policy::day_number(*day))
                .collect(),
        },
        fingerprints,
        jobs,
        update: FeedUpdate {
            title: feed.title,
            site_url: feed.site_url,
            validators: response.validators.clone(),
            new_url: None,
            suggested_url: feed.new_url.filter(|url| *url != ask.source.url),
            entries: cleaned.into_iter().map(|entry| entry.new).collect(),
        },
    }
}

/// Gives entries that share an id, but not their page, their page as id: some feeds write one guid into all of them.
fn tell_apart(feed: &mut ParsedFeed) {
    let mut links: HashMap<&str, HashSet<&str>> = HashMap::new();
    for entry in &feed.entries {
        let link = entry.link.as_deref().unwrap_or_default();
        links.entry(&entry.id).or_default().insert(link);
    }
    let shared: Vec<bool> = feed
        .entries
        .iter()
        .map(|entry| {
            links
                .get(entry.id.as_str())
                .is_some_and(|links| links.len() > 1)
        })
        .collect();
    for (entry, shared) in feed.entries.iter_mut().zip(shared) {
        if let Some(link) = entry.link.as_ref().filter(|_| shared) {
            entry.id.clone_from(link);
        }
    }
}

/// Leaves out what is older than the feed keeps its articles: it would be dropped as soon as it is stored.
fn leave_out_old(context: &Context, ask: &Ask, feed: &mut ParsedFeed) {
    if let Some(days) = ask.source.settings.keep_days {
        let age = Duration::from_secs(u64::from(days) * 86_400);
        let limit = context.now().checked_sub(age).unwrap_or(Timestamp::MIN);
        let is_old = |at: Option<Timestamp>| at.is_some_and(|at| at < limit);
        feed.entries
            .retain(|entry| !is_old(entry.published.or(entry.updated)));
    }
}

/// Says of each entry whether the library knows it.
fn known(context: &Context, ask: &Ask, feed: &ParsedFeed) -> Vec<bool> {
    let guids: Vec<String> = feed.entries.iter().map(|entry| entry.id.clone()).collect();
    let known = context
        .library
        .reader()
        .and_then(|reader| reader.known(ask.source.id, &guids));
    match known {
        Ok(known) => {
            let known: HashSet<String> = known.into_iter().map(|entry| entry.guid).collect();
            guids.iter().map(|guid| known.contains(guid)).collect()
        }
        // Then all is cleaned again, and the store itself tells what is new.
        Err(_) => vec![false; guids.len()],
    }
}
