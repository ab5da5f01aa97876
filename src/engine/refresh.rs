//! Cached articles cleaned and tagged again, in the background: where the cleaner or the tagger got better, where a site's
//! rule changed, where more is known of a site than when its first pages were cleaned, where the reader decided on a block.
//!
//! What is to be done stands in the library (`documents.cleaner`, `documents.tagger`), so that it goes on after a kill where
//! it was; the newest articles come first, the one on the screen before all. One thread does it, after the reader's own
//! threads and in small batches on the writer's bulk lane; with nothing to do it sleeps without a timer. Ids, marks, tags
//! and notes are not touched. A page that was not kept, and a feed's text, cannot be cleaned again: only decisions and the
//! rule's words are applied to them, and names found anew.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::cancel::Cancel;
use super::context::Context;
use super::error::Result;
use super::run::Tell;
use super::{article, page, selector, whole};
use crate::app::{Event, Ticket};
use crate::model::article::{Body, BodySource, Metadata};
use crate::model::change::{SiteEdit, Written};
use crate::model::{Article, ArticleEntities, ArticleId, Change, What};
use crate::store::{Reader, Refreshed, StoredText, wait};
use crate::{entities, extract};

/// After the start, so that the first screen has the disk for itself.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(2);

/// A batch is stored after so many texts or so long, whichever comes first: the reader's marks go between batches.
const BATCH: usize = 8;
const BATCH_TIME: Duration = Duration::from_millis(200);

/// Catching up ends after so long where texts take longer than so each, ten times what articles take: feeds made to cost
/// hold up no command, and those who come after them get their turn in the reader.
const PATIENCE: Duration = Duration::from_secs(10);
const SLOW: Duration = Duration::from_millis(50);

/// Where it is remembered which rules the cached articles were cleaned with.
const RULES: &str = "sites.rules";

/// What the refresher is told.
#[derive(Debug)]
pub(super) enum Word {
    /// Something may be stale: look again.
    Look,
    /// The user's rules changed in their file.
    Rules,
    /// Clean these now: the reader decided on blocks of them.
    These(Vec<ArticleId>),
    /// Make this change of the user's rules, note it, and answer.
    Edit(Ticket, Box<Change>),
    /// An undo or a redo was noted: make its changes of the user's rules, and answer.
    Settle(Ticket, Written),
    /// The engine ends.
    Stop,
}

/// The thread's handle. Dropping it stops the work after the article in hand; the rest is done next time.
pub(super) struct Refresher {
    words: Option<Sender<Word>>,
    stopped: Arc<AtomicBool>,
    on_screen: Arc<AtomicI64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Refresher {
    pub(super) fn start(context: &Arc<Context>, send: &Tell) -> Result<Self> {
        let (words, told) = channel();
        let stopped = Arc::new(AtomicBool::new(false));
        let on_screen = Arc::new(AtomicI64::new(0));
        let work = Work {
            context: Arc::clone(context),
            send: Arc::clone(send),
            stopped: Arc::clone(&stopped),
            on_screen: Arc::clone(&on_screen),
            urgent: VecDeque::new(),
            pending: Vec::new(),
            batch: Vec::new(),
            begun: Instant::now(),
            changed: false,
        };
        let thread = std::thread::Builder::new()
            .name("refresh".to_owned())
            .stack_size(super::pool::STACK_BYTES)
            .spawn(move || work.run(&told))?;
        Ok(Self {
            words: Some(words),
            stopped,
            on_screen,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn tell(&self, word: Word) {
        if let Some(words) = &self.words {
            // The thread ends only with the engine.
            let _ = words.send(word);
        }
    }

    /// Returns what tells the refresher something, for other threads.
    pub(super) fn teller(&self) -> impl Fn(Word) + Send + use<> {
        let words = self.words.clone();
        move |word| {
            if let Some(words) = &words {
                let _ = words.send(word);
            }
        }
    }

    /// Notes which article is on the screen.
    pub(super) fn opened(&self, article: ArticleId) {
        self.on_screen.store(article.0, Ordering::Relaxed);
    }

    /// Stops the work and waits for the article in hand.
    pub(super) fn stop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Others hold senders, too: the channel does not close by itself.
        self.tell(Word::Stop);
        self.words = None;
        super::pool::join(&self.thread);
    }
}

struct Work {
    context: Arc<Context>,
    send: Tell,
    stopped: Arc<AtomicBool>,
    on_screen: Arc<AtomicI64>,
    /// Decided on by the reader.
    urgent: VecDeque<ArticleId>,
    /// Stale texts, the last the next.
    pending: Vec<(ArticleId, BodySource)>,
    batch: Vec<Refreshed>,
    /// When the batch was begun.
    begun: Instant,
    /// Something shows another text than before.
    changed: bool,
}

impl Work {
    fn run(mut self, told: &Receiver<Word>) {
        super::pool::step_back();
        match self.context.library.heed_pictures(self.context.pictures) {
            Ok(true) => (self.send)(Event::LibraryChanged),
            Ok(false) => {}
            Err(error) => tracing::warn!("the library does not know of pictures: {error}"),
        }
        let first = match told.recv_timeout(self.context.first_look) {
            Ok(word) => Some(word),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if !self.stopped.load(Ordering::Relaxed) {
            // Before a word that changes the rules: else it is not known which they were.
            self.read_rules();
            self.look();
        }
        if let Some(word) = first {
            self.take(word);
        }
        loop {
            while let Ok(word) = told.try_recv() {
                self.take(word);
            }
            if self.stopped.load(Ordering::Relaxed) {
                break;
            }
            if self.step() {
                continue;
            }
            self.store();
            if std::mem::take(&mut self.changed) {
                (self.send)(Event::LibraryChanged);
            }
            match told.recv() {
                Ok(word) => self.take(word),
                Err(_) => return,
            }
        }
        self.store();
    }

    fn take(&mut self, word: Word) {
        // What was cleaned by other rules must not be stored over the mark that it is to be cleaned again.
        if matches!(word, Word::Rules | Word::Edit(..) | Word::Settle(..)) {
            self.store();
        }
        match word {
            Word::Look => self.look(),
            Word::Rules => {
                self.read_rules();
                self.look();
            }
            Word::Stop => {}
            Word::These(ids) => self.urgent.extend(ids),
            Word::Edit(ticket, change) => self.edit(ticket, &change),
            Word::Settle(ticket, written) => {
                let settled = self.context.sites.settle(&written);
                (self.send)(Event::Written { ticket, written });
                if let Err(why) = settled {
                    (self.send)(Event::Failed(why));
                }
                self.look();
            }
        }
    }

    /// Reads the user's rules again, and says what is wrong in them.
    fn read_rules(&self) {
        let remarks = self.context.sites.read();
        if let Some(first) = remarks.first() {
            let more = match remarks.len() {
                1 => String::new(),
                count => format!(" (and {} more; newsdesk config check)", count - 1),
            };
            (self.send)(Event::Failed(format!("{first}{more}")));
        }
    }

    /// Changes the user's rules, and notes it so that it can be taken back.
    fn edit(&mut self, ticket: Ticket, change: &Change) {
        let What::Site(edit) = &change.what else {
            return;
        };
        let event = match self.make_edit(edit, change) {
            Ok(written) => Event::Written { ticket, written },
            Err(error) => Event::WriteFailed { ticket, error },
        };
        (self.send)(event);
        self.look();
    }

    fn make_edit(&self, edit: &SiteEdit, change: &Change) -> std::result::Result<Written, String> {
        let by_selectors = selector::by_selectors(&self.context, edit, &change.scope);
        let mut done = self.context.sites.apply(&by_selectors)?;
        if done.lines.is_empty() {
            // The selector is one of a rule that came with the program.
            done = self.context.sites.apply(edit)?;
        }
        let noted = Change {
            what: What::Site(done.clone()),
            ..change.clone()
        };
        let now = self.context.now();
        let written = wait(|reply| self.context.library.writer().change(noted, now, reply));
        written.map_err(|error| {
            // What cannot be taken back later is not done at all.
            if let Err(why) = self.context.sites.apply(&done.reversed()) {
                tracing::error!("a rule stands that was not noted: {why}");
            }
            error.to_string()
        })
    }

    /// Looks what is stale: first marks the articles of sites whose rules changed.
    fn look(&mut self) {
        if let Err(error) = mark_changed_rules(&self.context) {
            tracing::warn!("rules were not compared: {error}");
        }
        let stale = self
            .context
            .library
            .reader()
            .and_then(|reader| reader.stale(extract::VERSION, entities::VERSION));
        match stale {
            Ok(mut stale) => {
                stale.reverse();
                self.pending = stale;
            }
            Err(error) => tracing::warn!("it is not known what is stale: {error}"),
        }
    }

    /// Does one article, or one text of one. Says whether there was something to do.
    fn step(&mut self) -> bool {
        if let Some(id) = self.urgent.pop_front() {
            for source in [BodySource::Page, BodySource::Feed] {
                self.text(id, source, true);
            }
            self.store();
            return true;
        }
        let on_screen = ArticleId(self.on_screen.load(Ordering::Relaxed));
        let first = self.pending.iter().rposition(|(id, _)| *id == on_screen);
        let next = match first {
            Some(at) => Some(self.pending.remove(at)),
            None => self.pending.pop(),
        };
        let Some((id, source)) = next else {
            return false;
        };
        self.text(id, source, false);
        let is_due = self.batch.len() >= BATCH || self.begun.elapsed() >= BATCH_TIME;
        if is_due || first.is_some() {
            self.store();
        }
        true
    }

    fn text(&mut self, id: ArticleId, source: BodySource, insist: bool) {
        if self.batch.is_empty() {
            self.begun = Instant::now();
        }
        let looked_at = self
            .context
            .library
            .reader()
            .map_err(Into::into)
            .and_then(|reader| look_at(&self.context, &reader, id, source, insist));
        match looked_at {
            Ok(done) => self.batch.extend(done),
            Err(error) => tracing::warn!("article {id} was not looked at again: {error}"),
        }
    }

    fn store(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return;
        }
        match wait(|reply| self.context.library.writer().refreshed(batch, reply)) {
            Ok(ids) if ids.is_empty() => {}
            Ok(ids) => {
                self.changed = true;
                (self.send)(Event::Refreshed(ids));
            }
            Err(error) => {
                tracing::warn!("texts looked at again are not kept: {error}");
                // Else the same texts would be looked at for ever.
                self.pending.clear();
            }
        }
    }
}

/// Cleans the texts of these articles again, now: for the command line. Blocks.
pub fn refresh_now(context: &Context, ids: &[ArticleId]) -> Result<()> {
    let mut batch = Vec::new();
    let reader = context.library.reader()?;
    for id in ids {
        for source in [BodySource::Page, BodySource::Feed] {
            batch.extend(look_at(context, &reader, *id, source, true)?);
        }
    }
    wait(|reply| context.library.writer().refreshed(batch, reply))?;
    Ok(())
}

/// Cleans and tags again what is stale, the newest articles first, on the pool: for the command line, so that who never
/// opens the reader has names too. `progress`: texts done, and all. Blocks until all is done, the time is up or it is
/// cancelled; what is left is done next time. Returns how many texts are left.
pub fn catch_up(
    context: &Arc<Context>,
    limit: Duration,
    progress: &mut dyn FnMut(usize, usize),
    cancel: &Cancel,
) -> Result<usize> {
    let stale = context
        .library
        .reader()?
        .stale(extract::VERSION, entities::VERSION)?;
    let all = stale.len();
    if all == 0 {
        return Ok(0);
    }
    let (send, looked_at) = sync_channel(BATCH);
    let round = Arc::new(Round {
        stale,
        next: AtomicUsize::new(0),
        begun: Instant::now(),
        limit,
        cancel: cancel.clone(),
    });
    for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
        let (context, round, send) = (Arc::clone(context), Arc::clone(&round), send.clone());
        let runtime = context.runtime()?.handle().clone();
        runtime.spawn(async move {
            let work = {
                let context = Arc::clone(&context);
                move || round.run(&context, &send)
            };
            context.compute(work).await
        });
    }
    drop(send);
    let mut batch = Vec::with_capacity(BATCH);
    let mut done = 0;
    for looked_at in looked_at {
        done += 1;
        batch.extend(looked_at);
        if batch.len() >= BATCH {
            let batch = std::mem::take(&mut batch);
            wait(|reply| context.library.writer().refreshed(batch, reply))?;
        }
        progress(done, all);
    }
    wait(|reply| context.library.writer().refreshed(batch, reply))?;
    Ok(all.saturating_sub(done))
}

/// Stale texts that several threads look at.
struct Round {
    stale: Vec<(ArticleId, BodySource)>,
    next: AtomicUsize,
    begun: Instant,
    limit: Duration,
    cancel: Cancel,
}

impl Round {
    fn goes_on(&self) -> bool {
        let elapsed = self.begun.elapsed();
        let begun = u32::try_from(self.next.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let is_slow = elapsed > PATIENCE && elapsed > SLOW.saturating_mul(begun);
        elapsed < self.limit && !is_slow && !self.cancel.is_cancelled()
    }

    /// Looks at one after the other and sends what came of it.
    fn run(&self, context: &Context, send: &SyncSender<Option<Refreshed>>) {
        let Ok(reader) = context.library.reader() else {
            return;
        };
        while self.goes_on() {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some((id, source)) = self.stale.get(at) else {
                return;
            };
            let done = look_at(context, &reader, *id, *source, false).unwrap_or_else(|error| {
                tracing::warn!("article {id} was not looked at again: {error}");
                None
            });
            if send.send(done).is_err() {
                return;
            }
        }
    }
}

/// Makes the changes of the user's rules that an undo asks for, and cleans again what it touched: for the command line.
/// Blocks. Errs in words.
pub fn settle(context: &Context, written: &Written) -> std::result::Result<(), String> {
    context.sites.settle(written)?;
    refresh_now(context, &written.recleans).map_err(|error| error.to_string())
}

/// Marks the articles of sites whose rules are others than those their pages were cleaned with.
fn mark_changed_rules(context: &Context) -> Result<()> {
    let rules = context.sites.rules().fingerprints();
    let reader = context.library.reader()?;
    let known = reader.remembered(RULES)?;
    let before: Option<BTreeMap<String, u64>> =
        known.and_then(|json| serde_json::from_str(&json).ok());
    if before.as_ref() == Some(&rules) {
        return Ok(());
    }
    // Without a memory the library is new, or all of it is stale anyway.
    if let Some(before) = before {
        let hosts = before.keys().chain(rules.keys());
        let mut changed: Vec<&String> = hosts
            .filter(|host| before.get(*host) != rules.get(*host))
            .collect();
        changed.sort_unstable();
        changed.dedup();
        let mut ids = Vec::new();
        for host in changed {
            ids.extend(reader.of_site(host)?);
        }
        if !ids.is_empty() {
            wait(|reply| context.library.writer().mark_stale(ids, reply))?;
        }
    }
    let json = serde_json::to_string(&rules).unwrap_or_default();
    wait(|reply| {
        context
            .library
            .writer()
            .remember(RULES.to_owned(), json, reply);
    })?;
    Ok(())
}

/// Looks at one text of an article again. `None` where there is none, or it is fresh and nobody insists.
fn look_at(
    context: &Context,
    reader: &Reader,
    id: ArticleId,
    source: BodySource,
    insist: bool,
) -> Result<Option<Refreshed>> {
    let Some(stored) = reader.text(id, source)? else {
        return Ok(None);
    };
    let is_fresh = stored.cleaner >= extract::VERSION && stored.tagger >= entities::VERSION;
    let article = reader.article(id, Some(BodySource::Feed))?;
    let Some(article) = article.filter(|_| insist || !is_fresh) else {
        return Ok(None);
    };
    let is_lone = article.row.feed.is_none();
    // One that breaks the cleaner keeps its text, and is left alone until the next version.
    let again = catch_unwind(AssertUnwindSafe(|| {
        again(context, reader, article, source, &stored)
    }));
    let (body, names, facts) = if let Ok(again) = again {
        again?
    } else {
        tracing::error!(article = id.0, "an article broke the cleaner");
        (stored.body.clone(), stored.entities.clone(), None)
    };
    let words_changed = body.document.plain_text() != stored.body.document.plain_text();
    let same = Body {
        cleaner: stored.body.cleaner,
        ..body.clone()
    } == stored.body
        && names == stored.entities;
    Ok(Some(Refreshed {
        article: id,
        source,
        seal: stored.seal,
        // Where the names are asked for again, they are written again too: the reader may have taken some apart.
        text: (!same || stored.tagger == 0).then_some((body, names)),
        words_changed,
        facts: if is_lone {
            facts
        } else {
            facts.and_then(|facts| facts.by_rule())
        },
        cleaner: extract::VERSION,
        tagger: entities::VERSION,
    }))
}

/// Cleans a text again from its page, where that is kept; else changes it as it is.
fn again(
    context: &Context,
    reader: &Reader,
    article: Article,
    source: BodySource,
    stored: &StoredText,
) -> Result<(Body, ArticleEntities, Option<Metadata>)> {
    let id = article.row.id;
    let url = article.row.url.clone();
    let job = article::job_again(article);
    if source == BodySource::Page
        && let Some(raw) = reader.raw_page(id)?
    {
        let mut extraction = page::read_again(context, &job, &raw);
        let part = |number| reader.raw_part(id, number).ok().flatten();
        let is_whole = whole::join_kept(context, &job, &mut extraction, part);
        let words = |body: &Body| body.document.word_count();
        // A page in which nothing is found any more replaces nothing, nor does the first of several whose others are gone.
        let is_less = !is_whole && words(&extraction.body) < words(&stored.body);
        if !extraction.body.document.blocks.is_empty() && !is_less {
            let names = page::finish(context, &job, &mut extraction, &raw.url);
            return Ok((extraction.body, names, Some(extraction.metadata)));
        }
    }
    let mut body = stored.body.clone();
    page::decide(context, &job, &mut body, url.as_deref().unwrap_or_default());
    let facts = Metadata::default();
    let document = &body.document;
    let names = page::names(context, &job, &job.title, document, &job.authors, &facts);
    Ok((body, names, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catching_up_ends_where_texts_are_made_to_cost() {
        let check = |seconds: u64, texts: usize, expect: bool| {
            let round = Round {
                stale: Vec::new(),
                next: AtomicUsize::new(texts),
                begun: Instant::now()
                    .checked_sub(Duration::from_secs(seconds))
                    .unwrap(),
                limit: Duration::from_mins(1),
                cancel: Cancel::new(),
            };
            assert_eq!(round.goes_on(), expect, "{texts} texts in {seconds} s");
        };
        check(5, 2, true);
        check(12, 100, false);
        check(12, 2_000, true);
        check(59, 10_000, true);
        check(61, 10_000, false);
    }
}
