//! Reloads one after the other, asked for or due. Sleeps to the next deadline; there is no tick.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::context::Context;
use super::reload::{self, Progress, Reload, Which};
use super::run::Tell;
use super::{Cancel, Error, offline};
use crate::app::Event;
use crate::app::event::{OfflineSummary, ReloadSummary};
use crate::model::Query;

/// Between two reloads by itself, whatever the feeds say.
const BREATH: Duration = Duration::from_secs(30);
/// After which an offline machine is tried again, and a fetch lock held by another process.
const AGAIN: Duration = Duration::from_secs(60);
/// The longest sleep: a machine that was suspended, or whose clock was set, is noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// What the schedule is asked for.
#[derive(Debug)]
pub(super) enum Wish {
    /// Reload these now.
    Reload(Which),
    /// Bring all text and pictures of the articles of a query.
    Offline(Box<Query>),
    /// The feeds changed: look again when the next one is due.
    Look,
    /// What runs was stopped, and what waits before this with it.
    Stop,
}

/// The one place that reloads while the reader is open.
pub(super) struct Schedule {
    wishes: UnboundedSender<Wish>,
    running: Arc<Mutex<Cancel>>,
    stop: Cancel,
}

impl Schedule {
    pub(super) fn start(context: &Arc<Context>, send: &Tell) -> super::Result<Self> {
        let (wishes, asked) = unbounded_channel();
        let running = Arc::new(Mutex::new(Cancel::new()));
        let stop = Cancel::new();
        let keeper = Keeper {
            context: Arc::clone(context),
            send: Arc::clone(send),
            running: Arc::clone(&running),
            stop: stop.clone(),
            first: true,
            unsaid: None,
        };
        context.runtime()?.spawn(keeper.keep(asked));
        Ok(Self {
            wishes,
            running,
            stop,
        })
    }

    pub(super) fn wish(&self, wish: Wish) {
        // The keeper ends only with the engine.
        let _ = self.wishes.send(wish);
    }

    /// Returns what makes the schedule look again when the next feed is due.
    pub(super) fn nudge(&self) -> impl Fn() + Send + use<> {
        let wishes = self.wishes.clone();
        move || {
            let _ = wishes.send(Wish::Look);
        }
    }

    /// Stops what runs and what waits.
    pub(super) fn cancel(&self) {
        // Before the token: who sees that it was stopped finds this in the queue.
        self.wish(Wish::Stop);
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .cancel();
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
        self.cancel();
    }
}

struct Keeper {
    context: Arc<Context>,
    send: Tell,
    running: Arc<Mutex<Cancel>>,
    stop: Cancel,
    /// Nothing was reloaded yet: the first reload by itself is spread.
    first: bool,
    /// What came of reloads that were asked for one upon the other: said once, when the last has ended.
    unsaid: Option<ReloadSummary>,
}

impl Keeper {
    async fn keep(mut self, mut asked: UnboundedReceiver<Wish>) {
        let mut least = Duration::ZERO;
        loop {
            if asked.is_empty() {
                self.say();
            }
            let sleep = self.sleep(least).await;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                wish = asked.recv() => match wish {
                    None => return,
                    Some(Wish::Look) => least = Duration::ZERO,
                    // Nothing runs that could be stopped.
                    Some(Wish::Stop) => {}
                    Some(Wish::Reload(which)) => {
                        self.reload(Reload { which, ..Reload::default() }, false).await;
                        self.forget_stopped(&mut asked);
                        least = BREATH;
                    }
                    Some(Wish::Offline(query)) => {
                        self.reload(Reload::default(), true).await;
                        self.say();
                        self.bring_offline(&query).await;
                        self.forget_stopped(&mut asked);
                        least = BREATH;
                    }
                },
                () = sleep_for(sleep) => {
                    let spread = if self.first { self.context.settings.start_spread.0 } else { Duration::ZERO };
                    least = self.reload(Reload { spread, ..Reload::default() }, true).await;
                    self.forget_stopped(&mut asked);
                }
            }
        }
    }

    /// Returns how long nothing is due; `None`: for ever.
    async fn sleep(&self, least: Duration) -> Option<Duration> {
        if !self.context.settings.auto {
            return None;
        }
        let context = Arc::clone(&self.context);
        let next = self
            .context
            .compute(move || {
                context
                    .library
                    .reader()
                    .and_then(|reader| reader.next_due())
            })
            .await;
        let next = next.and_then(Result::ok).flatten()?;
        let left = next.duration_since(self.context.now());
        let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
        Some(left.clamp(least, LONGEST_SLEEP.max(least)))
    }

    /// Reloads and tells the app; returns how long to leave it at that at least. `by_itself`: nobody asked, so that
    /// nothing is said where there is nothing to do.
    async fn reload(&mut self, request: Reload, by_itself: bool) -> Duration {
        self.first = false;
        let cancel = self.running();
        if self.stop.is_cancelled() {
            return BREATH;
        }
        let send = Arc::clone(&self.send);
        let mut progress = move |step: Progress| {
            // A look that finds nothing due says nothing.
            if !matches!(
                step,
                Progress::Step {
                    total: 0,
                    pages_left: 0,
                    ..
                }
            ) {
                send(event(step));
            }
        };
        match reload::run(&self.context, &request, &mut progress, &cancel).await {
            Ok(report) => {
                let offline = report.summary.offline;
                let nothing = report.summary.asked == 0 && report.pages == 0;
                if !(by_itself && nothing) {
                    self.note(&report.summary);
                }
                if offline { AGAIN } else { BREATH }
            }
            Err(Error::Fetching(_)) if by_itself => AGAIN,
            Err(error) => {
                self.note(&ReloadSummary::default());
                self.say();
                (self.send)(Event::Failed(error.to_string()));
                AGAIN
            }
        }
    }
}

impl Keeper {
    /// Adds what came of a reload to what is still to be said.
    fn note(&mut self, summary: &ReloadSummary) {
        let all = self.unsaid.take().unwrap_or_default();
        self.unsaid = Some(ReloadSummary {
            asked: all.asked + summary.asked,
            skipped: all.skipped + summary.skipped,
            longest_wait_s: all.longest_wait_s.max(summary.longest_wait_s),
            failed: all.failed + summary.failed,
            new: all.new + summary.new,
            // As it is now.
            offline: summary.offline,
            cancelled: all.cancelled || summary.cancelled,
        });
    }

    /// Says what came of all reloads since it was said last.
    fn say(&mut self) {
        if let Some(summary) = self.unsaid.take() {
            (self.send)(Event::ReloadEnded(summary));
        }
    }

    /// Where what ran was stopped: forgets what was asked for before, and waited.
    fn forget_stopped(&mut self, asked: &mut UnboundedReceiver<Wish>) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.is_cancelled() {
            return;
        }
        while let Ok(wish) = asked.try_recv() {
            match wish {
                Wish::Stop => return,
                Wish::Offline(_) => (self.send)(Event::OfflineEnded(Ok(OfflineSummary {
                    cancelled: true,
                    ..OfflineSummary::default()
                }))),
                Wish::Reload(_) | Wish::Look => {}
            }
        }
    }

    /// Brings all of some articles and tells the app.
    async fn bring_offline(&mut self, query: &Query) {
        let cancel = self.running();
        if self.stop.is_cancelled() {
            return;
        }
        let send = Arc::clone(&self.send);
        let mut progress = move |done, total| send(Event::OfflineProgress { done, total });
        let ended = offline::run(&self.context, query, &mut progress, &cancel).await;
        (self.send)(Event::OfflineEnded(
            ended.map_err(|error| error.to_string()),
        ));
    }

    /// Returns the token that stops what is begun now.
    fn running(&self) -> Cancel {
        let cancel = Cancel::new();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = cancel.clone();
        cancel
    }
}

async fn sleep_for(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

fn event(progress: Progress) -> Event {
    match progress {
        Progress::Step {
            done,
            total,
            pages_left,
        } => Event::Progress {
            done,
            total,
            pages_left,
        },
        Progress::FeedDone { feed, new } => Event::FeedDone { feed, new },
        Progress::FeedFailed { feed, error } => Event::FeedFailed { feed, error },
        Progress::Page { article, result } => Event::FullText {
            id: article,
            result,
        },
        Progress::Pictures { article } => Event::PicturesKept(article),
    }
}
