//! The app's hands while the reader is open: runs effects, sends events.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::context::Context;
use super::enclosure::{Downloads, enclosure_state};
use super::refresh::{Refresher, Word};
use super::schedule::{Schedule, Wish};
use super::{Cancel, Which, article, discover, export, import, others, picture, special};
use crate::app::{Effect, Event, Ticket};
use crate::config::Loaded;
use crate::flow;
use crate::model::{ArticleId, FeedId, What};
use crate::store::{self, Reader, Reply};

/// Sends an event to the app. Must not block.
pub(super) type Tell = Arc<dyn Fn(Event) + Send + Sync>;

/// The engine of an open reader. Dropping it stops its work; what came until then is kept.
pub struct Engine {
    context: Arc<Context>,
    send: Tell,
    schedule: Schedule,
    downloads: Arc<Downloads>,
    /// Questions a key waits for.
    quick: Questions,
    /// Questions that may take a while: counting, files, long layouts.
    slow: Questions,
    /// Cleans cached articles again; `None` where the library is read-only.
    refresher: Option<Refresher>,
    /// Pulled when the engine ends: stops single requests.
    ended: Cancel,
    /// Tells what other processes change; `None` where the system cannot watch files.
    _others: Option<notify::RecommendedWatcher>,
    /// Tells when the user's rules for sites change.
    _sites: Option<notify::RecommendedWatcher>,
}

impl Engine {
    /// Starts the engine. `send` is called from several threads and must not block. Where `fetch.auto` is set, due feeds
    /// are reloaded by themselves from now on.
    pub fn start(
        context: Arc<Context>,
        send: impl Fn(Event) + Send + Sync + 'static,
    ) -> super::Result<Self> {
        let send: Tell = Arc::new(send);
        let refresher = match context.library.read_only() {
            None => Some(Refresher::start(&context, &send)?),
            Some(_) => None,
        };
        let teller = refresher.as_ref().map(Refresher::teller);
        let reloaded = looking_after_reloads(&send, refresher.as_ref().map(Refresher::teller));
        let tell = Arc::clone(&send);
        context
            .library
            .writer()
            .on_counted(move || tell(Event::SearchesCounted));
        Ok(Self {
            _sites: teller.and_then(|tell| context.sites.watch(move || tell(Word::Rules))),
            refresher,
            schedule: Schedule::start(&context, &reloaded)?,
            downloads: Arc::default(),
            quick: Questions::start("questions", &context, &send)?,
            slow: Questions::start("long questions", &context, &send)?,
            ended: Cancel::new(),
            _others: others::watch(&context.library.paths().changed(), &send),
            context,
            send,
        })
    }

    /// Runs an effect. Returns at once. Effects that belong to the terminal (`Copy`, `Pipe`, `OpenUrls`, `EditConfig`, `ShowDemo`,
    /// `WakeIn`, `Redraw`, `Suspend`, `Quit`) are none of its business and do nothing here.
    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Open { id, .. } => {
                if let Some(refresher) = &self.refresher {
                    refresher.opened(id);
                }
                self.quick.ask(effect);
            }
            Effect::LoadTree
            | Effect::Recall(_)
            | Effect::Load { .. }
            | Effect::NextUnread { .. } => self.quick.ask(effect),
            Effect::Count { .. }
            | Effect::Layout { .. }
            | Effect::LoadNames { .. }
            | Effect::LoadName { .. }
            | Effect::LoadSnippets { .. }
            | Effect::LoadPictures { .. }
            | Effect::LookAtFiles(_)
            | Effect::LoadUndoList(_)
            | Effect::Import { .. }
            | Effect::Export { .. } => self.slow.ask(effect),
            Effect::Write { ticket, change } if matches!(change.what, What::Site(_)) => {
                match &self.refresher {
                    Some(refresher) => refresher.tell(Word::Edit(ticket, Box::new(change))),
                    None => (self.send)(Event::WriteFailed {
                        ticket,
                        error: "the library is read-only".to_owned(),
                    }),
                }
            }
            Effect::Write { ticket, change } => {
                let reply = self.written(ticket);
                self.context
                    .library
                    .writer()
                    .change(change, self.context.now(), reply);
            }
            Effect::Undo(ticket, op) => {
                let reply = self.written(ticket);
                self.context
                    .library
                    .writer()
                    .undo(op, self.context.now(), reply);
            }
            Effect::Redo(ticket) => {
                let reply = self.written(ticket);
                self.context
                    .library
                    .writer()
                    .redo(self.context.now(), reply);
            }
            Effect::Reload(feeds) => self.schedule.wish(Wish::Reload(which(feeds))),
            Effect::BringOffline(query) => self.schedule.wish(Wish::Offline(query)),
            Effect::Download { article, url } => self.download(article, url),
            Effect::StopDownload(url) => self.downloads.stop(&url),
            Effect::CancelReload => self.schedule.cancel(),
            Effect::FetchFull(id) => self.fetch_full(id),
            Effect::Discover { ticket, address } => {
                self.spawn(move |context| async move {
                    let found = discover::look(&context, &address)
                        .await
                        .map_err(|error| in_words(&error));
                    Event::Discovered {
                        ticket,
                        address,
                        found,
                    }
                });
            }
            Effect::SaveArticle { ticket, url } => {
                self.spawn(move |context| async move {
                    let result = article::save(&context, &url)
                        .await
                        .map_err(|error| in_words(&error));
                    Event::ArticleSaved { ticket, result }
                });
            }
            Effect::Remember { key, value } => {
                // What is lost here is a pane's size.
                let key = kept_as(&key);
                self.context
                    .library
                    .writer()
                    .remember(key, value, Box::new(|_| {}));
            }
            Effect::OpenUrls(_)
            | Effect::OpenFile { .. }
            | Effect::Copy(_)
            | Effect::Pipe { .. }
            | Effect::EditConfig
            | Effect::ShowDemo
            | Effect::WakeIn(_)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit => {}
        }
    }

    /// Takes over the feeds a config names: recipes at once, the library after, off the caller's thread.
    pub fn take_feeds(&self, loaded: Loaded) {
        self.context.recipes.set(&loaded.feeds);
        if self.context.is_embedded() {
            return;
        }
        let (context, send, nudge) = (
            Arc::clone(&self.context),
            Arc::clone(&self.send),
            self.schedule.nudge(),
        );
        let started = std::thread::Builder::new()
            .name("config feeds".to_owned())
            .spawn(move || {
                for problem in special::problems(&loaded.feeds, context.now()) {
                    send(Event::Failed(format!("config: {problem}")));
                }
                match special::keep_in_step(&context.library, &loaded, context.now()) {
                    Ok(done) if done.is_empty() => {}
                    Ok(done) => {
                        send(Event::Notice(done.join(" · ")));
                        send(Event::LibraryChanged);
                        nudge();
                    }
                    Err(error) => send(Event::Failed(error.to_string())),
                }
            });
        if let Err(error) = started {
            (self.send)(Event::Failed(error.to_string()));
        }
    }

    /// Ends the engine: a running reload stops, what came is kept. Returns when its threads have ended; a request on the
    /// wire is not waited for.
    pub fn end(self) {
        drop(self);
    }

    fn written(&self, ticket: crate::app::effect::Ticket) -> Reply<crate::model::change::Written> {
        let send = Arc::clone(&self.send);
        let nudge = self.schedule.nudge();
        let tell = self.refresher.as_ref().map(Refresher::teller);
        Box::new(move |result| {
            if let (Ok(written), Some(tell)) = (&result, &tell) {
                if written.retags {
                    tell(Word::Look);
                }
                if !written.recleans.is_empty() {
                    tell(Word::These(written.recleans.clone()));
                }
                if !written.sites.is_empty() {
                    return tell(Word::Settle(ticket, written.clone()));
                }
            }
            let subscribed = result.as_ref().is_ok_and(|written| written.feed.is_some());
            send(match result {
                Ok(written) => Event::Written { ticket, written },
                Err(error) => Event::WriteFailed {
                    ticket,
                    error: error.to_string(),
                },
            });
            if subscribed {
                nudge();
            }
        })
    }

    fn fetch_full(&self, id: ArticleId) {
        self.spawn(move |context| async move {
            let result = article::full(&context, id)
                .await
                .map_err(|error| in_words(&error));
            Event::FullText { id, result }
        });
    }

    /// Fetches a file attached to an article, where it is not being fetched.
    fn download(&self, article: ArticleId, url: String) {
        let Some(cancel) = self.downloads.begin(&url) else {
            return;
        };
        let (downloads, send) = (Arc::clone(&self.downloads), Arc::clone(&self.send));
        self.spawn(move |context| async move {
            let mut progress = {
                let url = url.clone();
                move |done, total| {
                    let url = url.clone();
                    send(Event::DownloadProgress { url, done, total });
                }
            };
            let result = downloads
                .run(&context, article, &url, &mut progress, &cancel)
                .await;
            let result = match result {
                Ok(path) => Ok(Some(path)),
                Err(super::Error::Cancelled) => Ok(None),
                // The hints of the net speak of feeds.
                Err(super::Error::Fetch(error)) => Err(error.short()),
                Err(error) => Err(error.to_string()),
            };
            Event::DownloadEnded { url, result }
        });
    }

    /// Runs work on the net and sends its answer.
    fn spawn<F, W>(&self, work: W)
    where
        F: Future<Output = Event> + Send + 'static,
        W: FnOnce(Arc<Context>) -> F,
    {
        let runtime = match self.context.runtime() {
            Ok(runtime) => runtime,
            Err(error) => return (self.send)(Event::Failed(error.to_string())),
        };
        let send = Arc::clone(&self.send);
        let ended = self.ended.clone();
        let work = work(Arc::clone(&self.context));
        runtime.spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                event = work => send(event),
            }
        });
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.ended.cancel();
        if let Some(refresher) = &mut self.refresher {
            refresher.stop();
        }
        self.schedule.stop();
        self.quick.stop();
        self.slow.stop();
    }
}

/// Passes events on, and has the refresher look once a reload has ended: more may be known of a site then.
fn looking_after_reloads(send: &Tell, tell: Option<impl Fn(Word) + Send + 'static>) -> Tell {
    let send = Arc::clone(send);
    let tell = Mutex::new(tell);
    Arc::new(move |event| {
        let ended = matches!(event, Event::ReloadEnded(_));
        send(event);
        if ended && let Some(tell) = &*tell.lock().unwrap_or_else(PoisonError::into_inner) {
            tell(Word::Look);
        }
    })
}

fn which(feeds: Option<Vec<FeedId>>) -> Which {
    feeds.map_or(Which::All, Which::These)
}

/// Returns an error with its hint on one line.
fn in_words(error: &super::Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error} · {hint}"),
        None => error.to_string(),
    }
}

/// A thread that asks the library one question after the other, on a connection of its own.
struct Questions {
    queue: Option<Sender<Effect>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Questions {
    fn start(name: &str, context: &Arc<Context>, send: &Tell) -> super::Result<Self> {
        let (queue, questions) = channel();
        let (context, send) = (Arc::clone(context), Arc::clone(send));
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || answer_all(&context, &questions, &*send))?;
        Ok(Self {
            queue: Some(queue),
            thread: Mutex::new(Some(thread)),
        })
    }

    fn ask(&self, question: Effect) {
        if let Some(queue) = &self.queue {
            // The thread ends only with the engine.
            let _ = queue.send(question);
        }
    }

    fn stop(&mut self) {
        self.queue = None;
        super::pool::join(&self.thread);
    }
}

fn answer_all(context: &Context, questions: &Receiver<Effect>, send: &dyn Fn(Event)) {
    let mut reader = None;
    while let Ok(first) = questions.recv() {
        let mut waiting: Vec<Effect> = std::iter::once(first).chain(questions.try_iter()).collect();
        leave_out_overtaken(&mut waiting);
        for question in waiting {
            let ticket = ticket_of(&question);
            let opened = match reader.take() {
                Some(open) => Ok(open),
                None => context.library.reader(),
            };
            let answered = opened.and_then(|open| Ok((answer(context, &open, question)?, open)));
            match answered {
                Ok((event, open)) => {
                    send(event);
                    reader = Some(open);
                }
                // A connection that failed once is not trusted again: the next question opens another.
                Err(error) => send(Event::Unanswered {
                    ticket,
                    error: error.to_string(),
                }),
            }
        }
    }
}

/// Returns the number of a question to the library.
fn ticket_of(question: &Effect) -> Option<Ticket> {
    match question {
        Effect::Load { ticket, .. }
        | Effect::Count { ticket, .. }
        | Effect::NextUnread { ticket, .. }
        | Effect::Open { ticket, .. }
        | Effect::Layout { ticket, .. }
        | Effect::LoadNames { ticket, .. }
        | Effect::LoadName { ticket, .. }
        | Effect::LoadSnippets { ticket, .. }
        | Effect::LoadPictures { ticket, .. }
        | Effect::LoadUndoList(ticket)
        | Effect::Import { ticket, .. } => Some(*ticket),
        _ => None,
    }
}

/// Leaves out counts, layouts, lists of names and pictures that were asked for again before they were begun: a key held down asks faster than a
/// large library counts.
fn leave_out_overtaken(waiting: &mut Vec<Effect>) {
    let mut counted = false;
    let mut laid_out = false;
    let mut pictured = false;
    let mut named = false;
    let mut keep: Vec<bool> = waiting
        .iter()
        .rev()
        .map(|effect| match effect {
            Effect::Count { .. } => !std::mem::replace(&mut counted, true),
            Effect::Layout { .. } => !std::mem::replace(&mut laid_out, true),
            Effect::LoadNames { .. } => !std::mem::replace(&mut named, true),
            Effect::LoadPictures { .. } => !std::mem::replace(&mut pictured, true),
            _ => true,
        })
        .collect();
    waiting.retain(|_| keep.pop().unwrap_or(true));
}

/// Returns the name under which something of the screen is remembered in the library.
fn kept_as(key: &str) -> String {
    format!("ui.{key}")
}

fn answer(context: &Context, reader: &Reader, question: Effect) -> store::Result<Event> {
    let now = context.now();
    Ok(match question {
        Effect::LoadTree => {
            let mut tree = reader.tree(now)?;
            if tree.feeds.is_empty() {
                tree.newsboat = import::newsboat_urls(context);
            }
            Event::Tree(Box::new(tree))
        }
        Effect::Recall(keys) => {
            let mut pairs = Vec::new();
            for key in keys {
                let value = reader.remembered(&kept_as(key))?;
                pairs.extend(value.map(|value| ((*key).to_owned(), value)));
            }
            Event::Remembered(pairs)
        }
        Effect::Load {
            ticket,
            list,
            anchor,
            limit,
        } => Event::Loaded {
            ticket,
            page: reader.page(&list, anchor, limit, now)?,
        },
        Effect::Count {
            ticket,
            list,
            above,
        } => Event::Counted {
            ticket,
            totals: reader.totals(&list, above, now)?,
        },
        Effect::NextUnread {
            ticket,
            list,
            from,
            back,
        } => Event::FoundUnread {
            ticket,
            found: reader.next_unread(&list, from, back, now)?,
        },
        Effect::Open { ticket, id, source } => Event::Opened {
            ticket,
            article: reader.article(id, source)?.map(Box::new),
        },
        Effect::Layout {
            ticket,
            document,
            width,
            options,
        } => Event::LaidOut {
            ticket,
            layout: Box::new(flow::layout(&document, width, &options)),
        },
        Effect::LoadNames {
            ticket,
            kind,
            words,
            limit,
        } => Event::Names {
            ticket,
            rows: reader.names(kind, &words, limit)?,
        },
        Effect::LoadName { ticket, name } => Event::Name {
            ticket,
            page: reader.name_page(&name)?.map(Box::new),
        },
        Effect::LoadSnippets { ticket, name, ids } => Event::Snippets {
            ticket,
            found: reader.snippets(&name, &ids)?,
        },
        Effect::LoadPictures {
            ticket,
            addresses,
            cols,
            rows,
            cell,
        } => Event::PicturesLoaded {
            ticket,
            pictures: picture::load(reader, &addresses, picture::Room { cols, rows, cell }),
        },
        Effect::LookAtFiles(urls) => {
            let states = urls.into_iter().map(|url| {
                let state = enclosure_state(reader, &url);
                (url, state)
            });
            Event::FilesLookedAt(states.collect())
        }
        Effect::LoadUndoList(ticket) => Event::UndoList {
            ticket,
            steps: reader.undo_list(UNDO_STEPS)?,
        },
        Effect::Import { ticket, path } => Event::Imported {
            ticket,
            result: import::subscriptions(context, &at_home(&path)),
        },
        Effect::Export { ids, format, path } => {
            match export::write(reader, &ids, &format, &at_home(Path::new(&path))) {
                Ok(words) => Event::Notice(words),
                Err(words) => Event::Failed(words),
            }
        }
        other => {
            tracing::error!("no question for the library: {other:?}");
            Event::Failed("something was asked that the library cannot answer".to_owned())
        }
    })
}

/// Returns a path as typed in the reader with `~/` as the user's home, as a shell would.
fn at_home(path: &Path) -> PathBuf {
    let home = path.strip_prefix("~").ok().zip(std::env::home_dir());
    home.map_or_else(|| path.to_owned(), |(rest, home)| home.join(rest))
}

/// Steps `:undolist` shows.
const UNDO_STEPS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::list::OpenList;

    #[test]
    fn a_tilde_is_the_home() {
        let home = std::env::home_dir().unwrap_or_default();
        assert_eq!(at_home(Path::new("~/feeds.opml")), home.join("feeds.opml"));
        assert_eq!(at_home(Path::new("/a/~b")), Path::new("/a/~b"));
        assert_eq!(at_home(Path::new("~x/feeds")), Path::new("~x/feeds"));
    }

    #[test]
    fn only_the_last_count_is_counted() {
        let count = |n| Effect::Count {
            ticket: Ticket(n),
            list: OpenList::default(),
            above: None,
        };
        let mut waiting = vec![
            count(1),
            Effect::LoadTree,
            count(2),
            Effect::LoadUndoList(Ticket(3)),
            count(4),
        ];
        leave_out_overtaken(&mut waiting);
        assert_eq!(
            waiting,
            [Effect::LoadTree, Effect::LoadUndoList(Ticket(3)), count(4)]
        );
    }
}
