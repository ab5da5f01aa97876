//! What the reader needs before its screen opens: config, library, engine, a terminal.

use std::io::IsTerminal;
use std::sync::Arc;

use super::args::{ColorWhen, Global};
use super::context::{clock, store_paths};
use super::demo::{self, Home};
use super::failure::Failure;
use super::log;
use crate::config::{self, Loaded, Paths};
use crate::engine::{Context, Options};
use crate::store::Library;

/// All that the reader starts with.
pub struct Prepared {
    /// Where things live.
    pub paths: Paths,
    /// The config as read, remarks included: the reader shows them.
    pub config: Loaded,
    /// The engine's part, with the open library.
    pub context: Arc<Context>,
    /// What `--color` says, where it says something.
    pub color: Option<bool>,
    /// What opening the library had to say.
    pub remarks: Vec<String>,
    /// The demo's temporary home; goes when this is dropped.
    pub home: Option<Home>,
}

/// Prepares the reader on the user's library.
pub fn prepare(global: &Global) -> Result<Prepared, Failure> {
    needs_terminal("newsdesk list", "prints the headlines")?;
    let (paths, config) = config_of(global)?;
    let clock = clock()?;
    log::start(&paths, clock, global.verbose, log::Beside::Nothing);
    let library = Library::open(&store_paths(&paths), clock.now())?;
    let mut remarks = library.remarks().to_vec();
    remarks.extend(
        library
            .read_only()
            .map(|reason| format!("Read-only: marks are not kept ({reason})")),
    );
    let options = Options::new(&config.settings, clock)
        .with_sites(paths.sites())
        .with_feeds(&config.feeds);
    let context = Context::new(Arc::new(library), options);
    Ok(Prepared {
        paths,
        config,
        context,
        color: color(global),
        remarks,
        home: None,
    })
}

/// Prepares the reader on the demo edition: the user's look and keys, a home of its own, no network.
pub fn prepare_demo(global: &Global) -> Result<Prepared, Failure> {
    needs_terminal("newsdesk demo --print", "prints the edition")?;
    let (paths, config) = config_of(global)?;
    let home = Home::new()?;
    let context = demo::open(&home, &config.settings)?;
    // Before the first frame, else the first paper to arrive is all that the list opens with.
    demo::fill(&context)?;
    Ok(Prepared {
        paths,
        config,
        context,
        color: color(global),
        remarks: Vec::new(),
        home: Some(home),
    })
}

fn config_of(global: &Global) -> Result<(Paths, Loaded), Failure> {
    let paths = Paths::find(global.config.as_deref(), global.data_dir.as_deref())?;
    let config = config::load(&paths.config_file, &paths.themes());
    Ok((paths, config))
}

fn color(global: &Global) -> Option<bool> {
    match global.color {
        ColorWhen::Auto => None,
        ColorWhen::Always => Some(true),
        ColorWhen::Never => Some(false),
    }
}

fn needs_terminal(instead: &str, does: &str) -> Result<(), Failure> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the reader needs a terminal; `{instead}` {does} without one"
    )))
}
