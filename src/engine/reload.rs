//! A reload: which feeds are asked, all of it at once within the client's limits, and what came of it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::context::Context;
use super::error::{Error, Result};
use super::feed::{self, Ask, End};
use super::memo::Memo;
use super::page::{self, PageJob};
use super::{Cancel, article, furniture, picture, special};
use crate::app::event::ReloadSummary;
use crate::fetch::policy::{self, Manual, Standing};
use crate::fetch::{Kind, are_offline, host_of};
use crate::model::{ArticleId, FeedId};
use crate::store::{FeedSource, FetchLock, FetchTry};
use crate::text::address::redacted;

/// At most so many pages left over from earlier reloads are fetched in one.
const LEFT_OVER_PAGES: usize = 500;

/// What to reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reload {
    /// Which feeds.
    pub which: Which,
    /// Also feeds asked less than a minute ago.
    pub force: bool,
    /// Without pages.
    pub feeds_only: bool,
    /// Over which the start is spread.
    pub spread: Duration,
}

/// Which feeds to reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Those that are due.
    #[default]
    Due,
    /// All, due or not.
    All,
    /// These, due or not.
    These(Vec<FeedId>),
}

/// How a reload goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So much is done.
    Step {
        /// Feeds done.
        done: usize,
        /// Feeds asked in all.
        total: usize,
        /// Pages still to fetch.
        pages_left: usize,
    },
    /// A feed was reloaded and what it brought is stored.
    FeedDone {
        /// Which.
        feed: FeedId,
        /// New articles.
        new: usize,
    },
    /// A feed could not be reloaded.
    FeedFailed {
        /// Which.
        feed: FeedId,
        /// Why, in plain words.
        error: String,
    },
    /// An article's page was fetched.
    Page {
        /// Which article.
        article: ArticleId,
        /// Whether it is kept; `Err`: why not, in plain words.
        result: std::result::Result<(), String>,
    },
    /// Pictures of an article were fetched and kept.
    Pictures {
        /// Which article.
        article: ArticleId,
    },
}

/// What came of a reload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Each feed that was looked at, in the order of the feed list.
    pub feeds: Vec<FeedReport>,
    /// Pages fetched and kept.
    pub pages: usize,
    /// Pages that could not be had.
    pub pages_failed: usize,
    /// Pictures fetched and kept.
    pub pictures: usize,
    /// The numbers for the status line.
    pub summary: ReloadSummary,
}

/// What came of one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedReport {
    /// Which.
    pub id: FeedId,
    /// Its address, without credentials.
    pub url: String,
    /// Its title.
    pub title: String,
    /// How it went.
    pub status: Status,
    /// New articles.
    pub new: usize,
    /// Why it failed or was left out, in plain words.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How a feed's reload went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It brought something.
    Updated,
    /// It is as it was.
    Unchanged,
    /// It was not asked.
    Skipped,
    /// It failed.
    Failed,
}

impl Status {
    /// Returns the word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// Reloads feeds and the pages of what they bring. Blocks until it is done or cancelled; what came until then is kept.
///
/// # Errors
/// Where another process fetches ([`Error::Fetching`]), or the library cannot be used. A feed that fails is no error: it
/// stands in the report.
pub fn reload(
    context: &Arc<Context>,
    request: &Reload,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &Cancel,
) -> Result<Report> {
    context
        .runtime()?
        .block_on(run(context, request, progress, cancel))
}

/// The same on an async thread.
pub(super) async fn run(
    context: &Arc<Context>,
    request: &Reload,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &Cancel,
) -> Result<Report> {
    let _lock = match FetchLock::try_take(context.library.paths())? {
        FetchTry::Taken(lock) => lock,
        FetchTry::HeldBy(holder) => return Err(Error::Fetching(holder)),
    };
    let chosen = {
        let (context, request) = (Arc::clone(context), request.clone());
        let work = {
            let context = Arc::clone(&context);
            move || choose(&context, &request)
        };
        context.compute(work).await.ok_or(Error::Broken)??
    };
    let mut round = Round::new(context, request, progress, chosen);
    round.start();
    let cancelled = round.collect(cancel).await;
    let report = round.end(cancelled).await?;
    furniture::keep(context).await;
    context.keep_tries().await;
    Ok(report)
}

/// What a reload starts with.
struct Chosen {
    asks: Vec<Ask>,
    reports: Vec<FeedReport>,
    summary: ReloadSummary,
    left_over: Vec<PageJob>,
}

/// Decides which feeds are asked. For the pool.
fn choose(context: &Context, request: &Reload) -> Result<Chosen> {
    let now = context.now();
    let reader = context.library.reader()?;
    let ids = match &request.which {
        Which::These(ids) => Some(ids.as_slice()),
        Which::Due | Which::All => None,
    };
    let sources = reader.feed_sources(ids, now)?;
    let mut chosen = Chosen {
        asks: Vec::new(),
        reports: Vec::with_capacity(sources.len()),
        summary: ReloadSummary::default(),
        left_over: Vec::new(),
    };
    for source in sources {
        let mut report = FeedReport {
            id: source.id,
            url: redacted(&source.url),
            title: source.title.clone(),
            status: Status::Skipped,
            new: 0,
            error: None,
            hint: None,
        };
        // Only who failed may have asked to be left alone; a memo is long and read for few.
        let by_hand = request.which != Which::Due && source.health.failures > 0;
        let asked_until = by_hand
            .then(|| Memo::read(&reader, source.id).asked_until)
            .flatten();
        match decide(context, request, &source, asked_until, now) {
            Decision::Ask => chosen.asks.push(Ask {
                delay: policy::spread(source.id.0 as u64, request.spread),
                memo: Memo::read(&reader, source.id),
                source,
            }),
            Decision::NotDue => {}
            Decision::LeftOut(why, wait) => {
                report.error = Some(why);
                chosen.summary.skipped += 1;
                let wait = wait.map(|wait| wait.as_secs());
                chosen.summary.longest_wait_s = chosen.summary.longest_wait_s.max(wait);
            }
        }
        chosen.reports.push(report);
    }
    chosen.summary.asked = chosen.asks.len();
    if !request.feeds_only && !matches!(request.which, Which::These(_)) {
        let wanted = reader.pages_wanted(LEFT_OVER_PAGES)?;
        chosen.left_over = wanted
            .iter()
            .filter_map(|wanted| article::job_of_wanted(context, &reader, wanted))
            .collect();
    }
    Ok(chosen)
}

enum Decision {
    Ask,
    NotDue,
    LeftOut(String, Option<Duration>),
}

fn decide(
    context: &Context,
    request: &Reload,
    source: &FeedSource,
    asked_until: Option<Timestamp>,
    now: Timestamp,
) -> Decision {
    let health = &source.health;
    let host = host_of(&source.url).unwrap_or_default();
    let waits_until = context
        .waits
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .until(now, &host);
    let standing = Standing {
        next_poll: health.next_poll,
        last_attempt: health.last_attempt,
        failures: health.failures,
        waits_until: waits_until.max(asked_until),
    };
    let named = match request.which {
        Which::Due => {
            let due = policy::is_due(now, health.next_poll, health.last_attempt);
            return if due { Decision::Ask } else { Decision::NotDue };
        }
        Which::All => false,
        Which::These(_) => true,
    };
    match policy::manual(now, &standing, named, request.force) {
        Manual::Ask => Decision::Ask,
        Manual::Gone => {
            Decision::LeftOut("the site said it is gone for good (410)".to_owned(), None)
        }
        Manual::JustAsked => Decision::LeftOut("asked less than a minute ago".to_owned(), None),
        Manual::Wait(wait) if standing.waits_until.is_some_and(|until| until > now) => {
            Decision::LeftOut(
                format!("{host} asked us to wait {}", in_words(wait)),
                Some(wait),
            )
        }
        Manual::Wait(wait) => {
            let error = health
                .last_error
                .as_deref()
                .unwrap_or("it failed last time");
            Decision::LeftOut(
                format!("{error}; tried again in {}", in_words(wait)),
                Some(wait),
            )
        }
    }
}

/// Returns a wait as people say it: `a minute`, `55 minutes`, `3 hours`.
pub(super) fn in_words(wait: Duration) -> String {
    let minutes = wait.as_secs().div_ceil(60);
    match minutes {
        0 | 1 => "a minute".to_owned(),
        2..=119 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes.div_ceil(60)),
    }
}

/// One piece of work that ended.
enum Ended {
    Feed(Box<Ask>, End),
    Page(Box<PageJob>, Result<Vec<String>>),
    Pictures(ArticleId, usize),
}

/// A reload under way.
struct Round<'a> {
    context: &'a Arc<Context>,
    request: &'a Reload,
    progress: &'a mut (dyn FnMut(Progress) + Send),
    reports: Vec<FeedReport>,
    report: Report,
    asks: Vec<Ask>,
    left_over: Vec<PageJob>,
    work: JoinSet<Ended>,
    /// Half of the connections at most are for pages, so that headlines come first.
    page_slots: Arc<Semaphore>,
    done: usize,
    pages_left: usize,
    /// Any host answered, be it with an error.
    answered: bool,
    /// Feeds that failed for want of a network: held back until it is known whether the machine is offline.
    held: Vec<(Ask, crate::fetch::Error)>,
}

impl<'a> Round<'a> {
    fn new(
        context: &'a Arc<Context>,
        request: &'a Reload,
        progress: &'a mut (dyn FnMut(Progress) + Send),
        chosen: Chosen,
    ) -> Self {
        Self {
            context,
            request,
            progress,
            reports: chosen.reports,
            report: Report {
                summary: chosen.summary,
                ..Report::default()
            },
            asks: chosen.asks,
            left_over: chosen.left_over,
            work: JoinSet::new(),
            page_slots: Arc::new(Semaphore::new((context.settings.connections / 2).max(1))),
            done: 0,
            pages_left: 0,
            answered: false,
            held: Vec::new(),
        }
    }

    fn start(&mut self) {
        for ask in std::mem::take(&mut self.asks) {
            let context = Arc::clone(self.context);
            self.work.spawn(async move {
                let end = feed::reload(&context, &ask).await;
                Ended::Feed(Box::new(ask), end)
            });
        }
        let left_over = std::mem::take(&mut self.left_over);
        self.fetch_pages(left_over);
        self.step();
    }

    fn fetch_pages(&mut self, jobs: Vec<PageJob>) {
        self.pages_left += jobs.len();
        for job in jobs {
            let context = Arc::clone(self.context);
            let slots = Arc::clone(&self.page_slots);
            self.work.spawn(async move {
                let _slot = slots.acquire_owned().await;
                let result = page::reload(&context, &job, false).await;
                Ended::Page(Box::new(job), result)
            });
        }
    }

    /// Fetches an article's pictures, on the same connections as pages.
    fn fetch_pictures(&mut self, article: ArticleId, addresses: Vec<String>, feed: Option<String>) {
        if addresses.is_empty() || !self.context.pictures || self.request.feeds_only {
            return;
        }
        let context = Arc::clone(self.context);
        let slots = Arc::clone(&self.page_slots);
        self.work.spawn(async move {
            let _slot = slots.acquire_owned().await;
            let fetched = picture::fetch(&context, article, &addresses, feed.as_deref()).await;
            Ended::Pictures(article, fetched.kept)
        });
    }

    /// Waits for all work; answers whether it was cancelled.
    async fn collect(&mut self, cancel: &Cancel) -> bool {
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    self.work.shutdown().await;
                    return true;
                }
                ended = self.work.join_next() => match ended {
                    None => return false,
                    Some(Ok(Ended::Feed(ask, end))) => self.feed_ended(*ask, end).await,
                    Some(Ok(Ended::Page(job, result))) => self.page_ended(&job, result),
                    Some(Ok(Ended::Pictures(article, count))) => self.pictures_ended(article, count),
                    // A task that panicked lost its own feed or page; the rest goes on.
                    Some(Err(error)) => tracing::error!("a task of the reload broke: {error}"),
                },
            }
            self.step();
        }
    }

    fn step(&mut self) {
        (self.progress)(Progress::Step {
            done: self.done,
            total: self.report.summary.asked,
            pages_left: self.pages_left,
        });
    }

    async fn feed_ended(&mut self, ask: Ask, end: End) {
        self.done += 1;
        let feed = ask.source.id;
        // That a command works says nothing of the net.
        let of_net = !special::is_command(&ask.source.url);
        match end {
            End::Updated {
                new,
                pages,
                pictures,
            } => {
                self.answered |= of_net;
                self.note(feed, Status::Updated, new, None);
                self.report.summary.new += new;
                (self.progress)(Progress::FeedDone { feed, new });
                for (article, addresses) in pictures {
                    self.fetch_pictures(article, addresses, Some(ask.source.url.clone()));
                }
                if !self.request.feeds_only {
                    self.fetch_pages(pages);
                }
            }
            End::Unchanged => {
                self.answered |= of_net;
                self.note(feed, Status::Unchanged, 0, None);
                (self.progress)(Progress::FeedDone { feed, new: 0 });
            }
            End::Waits(wait) => {
                let words = format!("its host asked us to wait {}", in_words(wait));
                self.note(feed, Status::Skipped, 0, Some((words, None)));
                let summary = &mut self.report.summary;
                summary.skipped += 1;
                summary.asked = summary.asked.saturating_sub(1);
                summary.longest_wait_s = summary.longest_wait_s.max(Some(wait.as_secs()));
                self.done -= 1;
            }
            End::Failed(error) if are_offline([Some(&error)]) => self.held.push((ask, error)),
            End::Failed(error) => {
                self.answered |= of_net && !matches!(error.kind, Kind::Setup | Kind::Proxy);
                self.failed(&ask, error).await;
            }
            End::NotKept(error) => self.say_failed(feed, error.to_string(), None),
        }
    }

    async fn failed(&mut self, ask: &Ask, mut error: crate::fetch::Error) {
        match feed::keep_failure(self.context, ask, &mut error).await {
            Ok(()) => self.say_failed(ask.source.id, error.sentence, error.hint),
            Err(error) => self.say_failed(ask.source.id, error.to_string(), None),
        }
    }

    fn say_failed(&mut self, feed: FeedId, error: String, hint: Option<String>) {
        self.report.summary.failed += 1;
        (self.progress)(Progress::FeedFailed {
            feed,
            error: error.clone(),
        });
        self.note(feed, Status::Failed, 0, Some((error, hint)));
    }

    fn page_ended(&mut self, job: &PageJob, result: Result<Vec<String>>) {
        self.pages_left = self.pages_left.saturating_sub(1);
        match &result {
            Ok(pictures) => {
                self.report.pages += 1;
                self.fetch_pictures(job.article, pictures.clone(), job.feed_url.clone());
            }
            Err(_) => self.report.pages_failed += 1,
        }
        let result = result.map(|_| ()).map_err(|error| error.to_string());
        (self.progress)(Progress::Page {
            article: job.article,
            result,
        });
    }

    fn pictures_ended(&mut self, article: ArticleId, count: usize) {
        self.report.pictures += count;
        if count > 0 {
            (self.progress)(Progress::Pictures { article });
        }
    }

    fn note(
        &mut self,
        feed: FeedId,
        status: Status,
        new: usize,
        words: Option<(String, Option<String>)>,
    ) {
        if let Some(report) = self.reports.iter_mut().find(|report| report.id == feed) {
            report.status = status;
            report.new = new;
            (report.error, report.hint) =
                words.map_or((None, None), |(error, hint)| (Some(error), hint));
        }
    }

    async fn end(mut self, cancelled: bool) -> Result<Report> {
        let held = std::mem::take(&mut self.held);
        // Every failure was for want of a network and nobody answered: it is the machine, and no feed is blamed.
        let offline = !self.answered && !held.is_empty() && !cancelled;
        for (ask, error) in held {
            if offline {
                let words = (error.sentence, error.hint);
                self.note(ask.source.id, Status::Failed, 0, Some(words));
            } else if !cancelled {
                self.failed(&ask, error).await;
            }
        }
        self.report.summary.offline = offline;
        self.report.summary.cancelled = cancelled;
        self.report.feeds = self.reports;
        Ok(self.report)
    }
}
