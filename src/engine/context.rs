//! What all work of the engine needs: the library, the client, the clock, threads.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use super::access::Passwords;
use super::error::{Error, Result};
use super::furniture::Furniture;
use super::memo::Tries;
use super::pool::Pool;
use super::sites::Sites;
use super::special::Recipes;
use super::{Clock, memo};
use crate::config::feed::ConfigFeed;
use crate::config::{Settings, settings};
use crate::extract::SiteRules;
use crate::fetch::policy::Waits;
use crate::fetch::{self, Client, Limits, Transport};
use crate::model::change::NameKey;
use crate::model::{ArticleEntities, ArticleId, EntityKind};
use crate::store::{Library, Reply, Writer};

/// Threads that drive sockets. They hardly compute: the pool does.
const NET_THREADS: usize = 2;

/// Larger feeds are read one at a time. Measured: one of 10 MB, made to cost, takes up to 140 MB.
const LARGE_BYTES: usize = 1 << 20;

/// What a context is made of, beside the library.
#[derive(Clone)]
pub struct Options {
    /// The settings on reloading.
    pub settings: settings::Fetch,
    /// Whether pictures are fetched with articles.
    pub pictures: bool,
    /// The feeds the config names.
    pub feeds: Vec<ConfigFeed>,
    /// Files attached to articles.
    pub enclosures: settings::Enclosures,
    /// What the client is made of.
    pub client: fetch::Options,
    /// The wall clock.
    pub clock: Clock,
    /// The user's rules for sites; `None`: only the bundled ones hold, and none can be made.
    pub sites: Option<PathBuf>,
    /// So long after the start the reader begins to look for articles to clean again.
    pub first_look: Duration,
}

impl Options {
    /// Returns options as the config says.
    pub fn new(settings: &Settings, clock: Clock) -> Self {
        let fetch = &settings.fetch;
        let limits = Limits {
            connections: fetch.connections,
            connections_per_host: fetch.connections_per_host,
            page_gap: fetch.page_gap.0,
            connect: fetch.connect_timeout.0,
            first_byte: fetch.first_byte_timeout.0,
            total: fetch.total_timeout.0,
            ..Limits::default()
        };
        let mut client = fetch::Options {
            limits,
            ..fetch::Options::default()
        };
        if !fetch.user_agent.is_empty() {
            client.user_agent.clone_from(&fetch.user_agent);
        }
        Self {
            settings: fetch.clone(),
            pictures: settings.pictures != settings::Pictures::Off,
            feeds: Vec::new(),
            enclosures: settings.enclosures.clone(),
            client,
            clock,
            sites: None,
            first_look: super::refresh::FIRST_LOOK,
        }
    }

    /// Names the file of the user's rules for sites.
    #[must_use]
    pub fn with_sites(mut self, path: PathBuf) -> Self {
        self.sites = Some(path);
        self
    }

    /// Takes over the feeds a config names.
    #[must_use]
    pub fn with_feeds(mut self, feeds: &[ConfigFeed]) -> Self {
        self.feeds = feeds.to_vec();
        self
    }

    /// Takes every answer from the program itself: the demo edition. No gaps, no spread, no net.
    #[must_use]
    pub fn embedded(mut self, respond: fn(&str) -> Option<fetch::EmbeddedResponse>) -> Self {
        self.client.transport = Transport::Embedded(respond);
        self.client.limits = Limits::embedded();
        self.settings.start_spread.0 = Duration::ZERO;
        self
    }
}

/// What all work of the engine needs. One a process.
pub struct Context {
    pub(super) library: Arc<Library>,
    pub(super) client: Client,
    pub(super) settings: settings::Fetch,
    pub(super) pictures: bool,
    pub(super) enclosures: settings::Enclosures,
    pub(super) clock: Clock,
    /// Hosts that asked us to wait; read from the library when first needed.
    pub(super) waits: Mutex<Waits>,
    pub(super) furniture: Furniture,
    pub(super) passwords: Passwords,
    pub(super) sites: Sites,
    pub(super) first_look: Duration,
    pub(super) recipes: Recipes,
    /// Held while a large feed is read: what takes much memory does so one at a time.
    large: Semaphore,
    /// How often pages were tried in vain; read from the library with the waits.
    tries: Mutex<Tries>,
    embedded: bool,
    work: OnceLock<Work>,
    starting: Mutex<()>,
}

/// The threads, started when first needed.
struct Work {
    runtime: Option<Runtime>,
    pool: Pool,
    /// For what is large: its memory is taken and given back by one thread.
    large: OnceLock<Option<Pool>>,
}

impl Context {
    /// Makes a context. Nothing is started, read or opened yet.
    pub fn new(library: Arc<Library>, options: Options) -> Arc<Self> {
        let recipes = Recipes::default();
        recipes.set(&options.feeds);
        Arc::new(Self {
            recipes,
            large: Semaphore::new(1),
            library,
            embedded: matches!(options.client.transport, Transport::Embedded(_)),
            client: Client::new(options.client),
            settings: options.settings,
            pictures: options.pictures,
            enclosures: options.enclosures,
            clock: options.clock,
            waits: Mutex::default(),
            furniture: Furniture::default(),
            passwords: Passwords::default(),
            sites: Sites::new(options.sites),
            first_look: options.first_look,
            tries: Mutex::default(),
            work: OnceLock::new(),
            starting: Mutex::default(),
        })
    }

    /// The library all work goes to.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// The wall time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The rules for sites as they stand.
    pub fn site_rules(&self) -> Arc<SiteRules> {
        self.sites.rules()
    }

    /// Says whether answers come from the program itself: the demo edition.
    pub(super) fn is_embedded(&self) -> bool {
        self.embedded
    }

    fn work(&self) -> Result<&Work> {
        let _one = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(work) = self.work.get() {
            return Ok(work);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(NET_THREADS)
            .thread_name("net")
            .enable_all()
            .build()?;
        if let Ok(reader) = self.library.reader() {
            *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = memo::waits(&reader);
            *self.tries.lock().unwrap_or_else(PoisonError::into_inner) = Tries::read(&reader);
        }
        let pool = Pool::start()?;
        Ok(self.work.get_or_init(|| Work {
            runtime: Some(runtime),
            pool,
            large: OnceLock::new(),
        }))
    }

    /// The runtime; its threads start when this is first asked for.
    pub(super) fn runtime(&self) -> Result<&Runtime> {
        let runtime = self.work()?.runtime.as_ref();
        Ok(runtime.expect("the runtime is taken only on drop"))
    }

    /// Runs work on the pool; `None` where it panicked.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        match self.work() {
            Ok(threads) => threads.pool.run(work).await,
            Err(_) => None,
        }
    }

    async fn alone(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes > LARGE_BYTES {
            self.large.acquire().await.ok()
        } else {
            None
        }
    }

    /// Runs work on so many bytes: what is large one at a time, on a thread of its own. Holds the place until the guard is
    /// dropped.
    pub(super) async fn compute_alone<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> (Option<T>, Option<SemaphorePermit<'_>>) {
        let alone = self.alone(bytes).await;
        let large = self.work().ok().filter(|_| alone.is_some());
        let large = large.and_then(|work| {
            let start = || Pool::start_alone().ok();
            work.large.get_or_init(start).as_ref()
        });
        let done = match large {
            Some(pool) => pool.run(work).await,
            None => self.compute(work).await,
        };
        (done, alone)
    }

    /// The same before all that waits for the pool: the last step of something begun.
    async fn finish<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        match self.work() {
            Ok(threads) => threads.pool.finish(work).await,
            Err(_) => None,
        }
    }

    /// Returns the names the reader follows: they are found in texts of any language. None where the library cannot say.
    pub(super) fn followed(&self) -> Vec<(String, EntityKind)> {
        let followed = self
            .library
            .reader()
            .and_then(|reader| reader.followed_names());
        followed.unwrap_or_default()
    }

    /// Returns the names of an article under all that the user's merges say they are. As found where the library cannot say.
    pub(super) fn names_of(&self, found: &ArticleEntities) -> Vec<NameKey> {
        let names = self
            .library
            .reader()
            .and_then(|reader| reader.names_of(found));
        names.unwrap_or_else(|_| found.keys().collect())
    }

    /// Counts a page that could not be had this time; answers whether it shall be tried again.
    pub(super) fn tries_again(&self, article: ArticleId) -> bool {
        self.tries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .again(article)
    }

    /// Keeps the counts of pages tried in vain.
    pub(super) async fn keep_tries(&self) {
        let changed = self
            .tries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_changed();
        if let Some(tries) = changed {
            tries.keep(self).await;
        }
    }

    /// Asks the writer for something and waits for its answer, which comes after the commit. The asking itself packs
    /// texts, so it runs on the pool.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Writer, Reply<T>) + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let writer = self.library.writer().clone();
        let reply: Reply<T> = Box::new(move |result| {
            // Who asked may have been cancelled; what was asked is stored all the same.
            let _ = answer.send(result);
        });
        self.finish(move || ask(&writer, reply))
            .await
            .ok_or(Error::Broken)?;
        match answered.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::Store(crate::store::Error::Closed)),
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // A name lookup cannot be interrupted and may take many seconds; nobody waits for it.
        if let Some(runtime) = self.work.get_mut().and_then(|work| work.runtime.take()) {
            runtime.shutdown_background();
        }
    }
}
