//! What most commands start from: settings, the clock, the open library.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::Global;
use super::failure::Failure;
use super::log;
use super::output::{self, Output};
use crate::config::{self, Loaded, Paths};
use crate::engine::{self, Clock};
use crate::extract::SiteRules;
use crate::model::change::Written;
use crate::model::query::{Expr, Term};
use crate::model::{Change, Feed, FeedId, Query, Scope, What};
use crate::store::{self, Library};

/// Settings, clock and library of one command.
pub(super) struct Context {
    /// The config as read.
    pub(super) config: Loaded,
    /// Where results and words go.
    pub(super) output: Output,
    /// The library.
    pub(super) library: Arc<Library>,
    /// The time this command goes by.
    pub(super) now: Timestamp,
    engine: OnceLock<Arc<engine::Context>>,
    clock: Clock,
    sites_file: PathBuf,
}

impl Context {
    /// Reads the config and opens the library, saying on standard error what is wrong with either.
    pub(super) fn open(global: &Global, output: Output) -> Result<Self, Failure> {
        let paths = Paths::find(global.config.as_deref(), global.data_dir.as_deref())?;
        let config = load_config(&paths);
        if global.config.is_some() && !paths.config_file.exists() {
            output::warn(&format!(
                "{}: not there; all settings are the defaults",
                paths.config_file.display()
            ));
        }
        let clock = clock()?;
        let now = clock.now();
        log::start(&paths, clock, global.verbose, log::Beside::StandardError);
        let library = Arc::new(Library::open(&store_paths(&paths), now)?);
        library.heed_pictures(config.settings.pictures != config::settings::Pictures::Off)?;
        library
            .remarks()
            .iter()
            .for_each(|remark| output.say(remark));
        Ok(Self {
            config,
            output,
            library,
            now,
            engine: OnceLock::new(),
            clock,
            sites_file: paths.sites(),
        })
    }

    /// The engine's part of this command, made when first asked for.
    pub(super) fn engine(&self) -> &Arc<engine::Context> {
        self.engine.get_or_init(|| {
            let options = engine::Options::new(&self.config.settings, self.clock)
                .with_sites(self.sites_file.clone())
                .with_feeds(&self.config.feeds);
            engine::Context::new(Arc::clone(&self.library), options)
        })
    }

    /// Brings the library in step with the feeds the config names, saying what was done and what is wrong.
    pub(super) fn keep_in_step(&self) -> Result<(), Failure> {
        for problem in engine::problems(&self.config.feeds, self.now) {
            output::warn(&format!("newsdesk: config: {problem}"));
        }
        let done = engine::keep_in_step(&self.library, &self.config, self.now);
        for words in done.map_err(Failure::of_engine)? {
            self.output.say(&words);
        }
        Ok(())
    }

    /// Makes a change and waits until it is kept.
    pub(super) fn change(&self, what: What, scope: Scope) -> Result<Written, Failure> {
        let change = Change {
            what,
            scope,
            undoable: true,
        };
        Ok(store::wait(|reply| {
            self.library.writer().change(change, self.now, reply);
        })?)
    }

    /// Makes changes of the same scope as one step of undo, all or none, and waits until they are kept.
    pub(super) fn together(
        &self,
        parts: impl Iterator<Item = What>,
        scope: &Scope,
    ) -> Result<Written, Failure> {
        let part = |what| Change {
            what,
            scope: scope.clone(),
            undoable: true,
        };
        self.change(What::Together(parts.map(part).collect()), Scope::None)
    }

    /// Reads a query in the words of the command line. Errs with exit status 2, place and nearest name.
    pub(super) fn query(&self, words: &[String]) -> Result<Query, Failure> {
        self.parse(&words.join(" "))
    }

    /// Reads a query. Errs with exit status 2, place and nearest name.
    pub(super) fn parse(&self, text: &str) -> Result<Query, Failure> {
        let query = crate::query::parse(text, self.now, &TimeZone::system()).map_err(|error| {
            let mark = format!("  {text}\n  {}^", " ".repeat(error.at));
            Failure::usage(error.message).hint(mark)
        })?;
        if asks_for_words(&query.expr) {
            self.finish_index();
        }
        Ok(query)
    }

    /// Waits until every article stands in the full-text index: what an earlier command brought may still wait for it, and
    /// a search would pass it over.
    pub(super) fn finish_index(&self) {
        if self.library.read_only().is_none()
            && let Err(error) = store::wait(|reply| self.library.writer().finish(reply))
        {
            tracing::warn!("the full-text index is not complete: {error}");
        }
    }

    /// Finds a subscription by id, address or title (exact but for case, else the only one that holds the words).
    pub(super) fn feed(&self, wanted: &str) -> Result<Feed, Failure> {
        let feeds = self.library.reader()?.feeds(false, self.now)?;
        find_feed(&feeds, wanted).cloned()
    }
}

/// Says whether a condition looks for words.
fn asks_for_words(expr: &Expr) -> bool {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(asks_for_words),
        Expr::Not(inner) => asks_for_words(inner),
        Expr::Term(term) => matches!(term, Term::Word { .. } | Term::Phrase(_) | Term::Title(_)),
        Expr::All => false,
    }
}

/// Finds a subscription among these by id, address or title.
pub(super) fn find_feed<'a>(feeds: &'a [Feed], wanted: &str) -> Result<&'a Feed, Failure> {
    let id = wanted.parse().ok().map(FeedId);
    let address = |url: &str| {
        let url = url.trim_end_matches('/');
        url.split_once("://")
            .map_or(url, |(_, rest)| rest)
            .to_owned()
    };
    let folded = wanted.to_lowercase();
    let exact = feeds.iter().find(|feed| Some(feed.id) == id).or_else(|| {
        feeds.iter().find(|feed| {
            address(&feed.url) == address(wanted) || feed.title.to_lowercase() == folded
        })
    });
    if let Some(feed) = exact {
        return Ok(feed);
    }
    let holding: Vec<&Feed> = feeds
        .iter()
        .filter(|feed| feed.title.to_lowercase().contains(&folded))
        .collect();
    match holding[..] {
        [feed] => Ok(feed),
        [] => Err(Failure::new(format!("there is no feed \"{wanted}\""))
            .hint("newsdesk feeds lists them")),
        _ => {
            let titles: Vec<String> = holding
                .iter()
                .map(|feed| format!("  {}  {}", feed.id, feed.title))
                .collect();
            Err(Failure::new(format!("\"{wanted}\" fits several feeds:")).hint(titles.join("\n")))
        }
    }
}

/// Reads the config, saying on standard error what is wrong with it.
pub(super) fn load_config(paths: &Paths) -> Loaded {
    let loaded = config::load(&paths.config_file, &paths.themes());
    for remark in &loaded.remarks {
        let line = remark
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        output::warn(&format!(
            "{}{line}: {}",
            paths.config_file.display(),
            remark.text
        ));
    }
    loaded
}

/// Reads the rules for sites, saying on standard error what is wrong with the user's. Without a home the bundled ones hold.
pub(super) fn load_sites(global: &Global) -> SiteRules {
    let Ok(paths) = Paths::find(global.config.as_deref(), global.data_dir.as_deref()) else {
        return SiteRules::new(Vec::new(), config::sites::bundled().to_vec());
    };
    let file = paths.sites();
    let (rules, remarks) = config::sites::load(&file);
    for remark in remarks {
        let line = remark
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        output::warn(&format!("{}{line}: {}", file.display(), remark.text));
    }
    rules
}

/// Returns the store's folders.
pub(crate) fn store_paths(paths: &Paths) -> store::Paths {
    store::Paths {
        data_dir: paths.data.clone(),
        cache_dir: paths.cache.clone(),
        state_dir: paths.state.clone(),
    }
}

/// Returns the clock: `NEWSDESK_NOW` where it is set, so that schedules can be tested, else the system's.
pub(crate) fn clock() -> Result<Clock, Failure> {
    match std::env::var("NEWSDESK_NOW") {
        Ok(text) => {
            let wrong = || {
                Failure::usage(format!(
                    "NEWSDESK_NOW is \"{text}\", which is no RFC 3339 time"
                ))
            };
            text.parse().map(Clock::Fixed).map_err(|_| wrong())
        }
        Err(_) => Ok(Clock::System),
    }
}
