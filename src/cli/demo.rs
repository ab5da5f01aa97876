//! `newsdesk demo`: the demo edition, through the real pipeline, in a temporary home, with no network.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use super::context;
use super::failure::Failure;
use super::output::{Output, columns};
use crate::config::{Paths, Settings};
use crate::engine::{self, Cancel, Context, Reload, Which};
use crate::export::{self, Story};
use crate::fetch::EmbeddedResponse;
use crate::model::change::NewFeed;
use crate::model::{Change, Query, Scope, What};
use crate::store::{self, Library};
use crate::{demo, text};

/// A temporary home. Dropping it removes it with all that is in it.
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Makes a fresh folder for this process under the system's temporary one, for this user alone.
    pub fn new() -> std::io::Result<Self> {
        for n in 0..1_000 {
            let folder =
                std::env::temp_dir().join(format!("newsdesk-demo-{}-{n}", std::process::id()));
            let mut builder = std::fs::DirBuilder::new();
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&folder) {
                Ok(()) => return Ok(Self { folder }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other(
            "the temporary folder is full of demo editions",
        ))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What cannot be removed now is in the system's temporary folder, where it may stay.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Opens the library of a demo home and subscribes to the demo's papers. `settings`: the user's, for look and keys.
pub(super) fn open(home: &Home, settings: &Settings) -> Result<Arc<Context>, Failure> {
    let now = context::clock()?.now();
    let paths = Paths::find(Some(&home.path().join("config.toml")), Some(home.path()))?;
    let library = Library::open(&context::store_paths(&paths), now)?;
    for (title, url, folder) in demo::subscriptions() {
        let feed = NewFeed {
            url: url.into(),
            own_title: Some(title.into()),
            folder: folder.into(),
            ..NewFeed::default()
        };
        let change = Change {
            what: What::Subscribe(feed),
            scope: Scope::None,
            undoable: false,
        };
        store::wait(|reply| library.writer().change(change, now, reply))?;
    }
    let options = engine::Options::new(settings, context::clock()?)
        .with_sites(paths.sites())
        .embedded(respond);
    Ok(Context::new(Arc::new(library), options))
}

/// Reloads the papers: feeds, pages, names.
pub(super) fn fill(context: &Arc<Context>) -> Result<(), Failure> {
    let request = Reload {
        which: Which::All,
        force: true,
        ..Reload::default()
    };
    engine::reload::reload(context, &request, &mut |_| {}, &Cancel::new())
        .map_err(Failure::of_engine)?;
    Ok(())
}

fn respond(url: &str) -> Option<EmbeddedResponse> {
    let response = demo::respond(url)?;
    Some(EmbeddedResponse {
        status: response.status,
        content_type: response.content_type,
        body: response.body,
    })
}

/// Prints the edition's headlines and one article with its names.
pub(super) fn print(output: Output) -> Result<ExitCode, Failure> {
    let home = Home::new()?;
    let context = open(&home, &Settings::default())?;
    fill(&context)?;
    let now = context.now();
    let reader = context.library().reader()?;
    let mut rows = Vec::new();
    reader.for_each(&Query::default(), now, &mut |row| {
        rows.push(row);
        true
    })?;
    output.line(&format!(
        "The demo edition: {} articles of {} papers\n",
        rows.len(),
        demo::subscriptions().len()
    ))?;
    for row in &rows {
        let date = day(row.published.unwrap_or(row.first_seen));
        let feed = text::width::fit(&row.feed_title, 18);
        output.line(&format!("{date}  {feed}  {}", row.title))?;
    }
    // The article that mentions most names shows best what the program does.
    let mut best = None;
    for row in &rows {
        let count = reader.entities(row.id)?.mentions.len();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, row.id));
        }
    }
    let article = best
        .map(|(_, id)| reader.article(id, None))
        .transpose()?
        .flatten();
    let Some(article) = article else {
        return Ok(ExitCode::FAILURE);
    };
    output.line(&format!("\n{}\n", "-".repeat(72)))?;
    output.block(&export::text(&Story::from(&article), columns().min(80)))?;
    output.line("\nNames in this article")?;
    for entity in &article.entities.entities {
        let role = entity
            .role
            .as_ref()
            .map(|role| format!("  ({role})"))
            .unwrap_or_default();
        output.line(&format!(
            "  {}  {:<32} {:>2}{role}",
            entity.kind.letter(),
            entity.name,
            entity.count
        ))?;
    }
    drop(context);
    Ok(ExitCode::SUCCESS)
}

fn day(at: Timestamp) -> String {
    jiff::tz::TimeZone::UTC
        .to_datetime(at)
        .strftime("%Y-%m-%d")
        .to_string()
}
