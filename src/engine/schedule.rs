//! Reloads one after the other, asked for or due. Sleeps to the next deadline; there is no tick.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::context::Context;
use super::reload::{self, Progress, Reload, Which};
use super::run::Tell;
use super::{Cancel, Error, offline};
use crate::app::Event;
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

    pub(super) fn cancel(&self) {
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
}

impl Keeper {
    async fn keep(mut self, mut asked: UnboundedReceiver<Wish>) {
        let mut least = Duration::ZERO;
        loop {
            let sleep = self.sleep(least).await;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                wish = asked.recv() => match wish {
                    None => return,
                    Some(Wish::Look) => least = Duration::ZERO,
                    Some(Wish::Reload(which)) => {
                        self.reload(Reload { which, ..Reload::default() }, false).await;
                        least = BREATH;
                    }
                    Some(Wish::Offline(query)) => {
                        self.reload(Reload::default(), true).await;
                        self.bring_offline(&query).await;
                        least = BREATH;
                    }
                },
                () = sleep_for(sleep) => {
                    let spread = if self.first { self.context.settings.start_spread.0 } else { Duration::ZERO };
                    least = self.reload(Reload { spread, ..Reload::default() }, true).await;
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
                    (self.send)(Event::ReloadEnded(report.summary));
                }
                if offline { AGAIN } else { BREATH }
            }
            Err(Error::Fetching(_)) if by_itself => AGAIN,
            Err(error) => {
                (self.send)(Event::ReloadEnded(
                    crate::app::event::ReloadSummary::default(),
                ));
                (self.send)(Event::Failed(error.to_string()));
                AGAIN
            }
        }
    }
}

impl Keeper {
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
