//! Feeds that the config names (`[[feed]]`): kept in step with the library, and made as their recipe says.
//!
//! The recipe of a feed (a command, selectors) never lies in the library: it is looked up in the config as read now. So
//! nothing that an import, a site or a damaged file puts into the library can run a program.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;

use super::command::{self, Room};
use super::context::Context;
use super::error::Result;
use crate::config::Loaded;
use crate::config::feed::ConfigFeed;
use crate::fetch::{Error, Kind, Response, body_hash};
use crate::model::change::NewFeed;
use crate::model::feed::{FeedSettings, Validators};
use crate::model::recipe::{EXEC, Recipe};
use crate::model::{Change, Scope, What};
use crate::store::{self, Library};
use crate::syndication::{self, ParsedFeed, Remark};
use crate::{extract, query};

/// How much a command that makes a feed may take: as long as a site may for a whole answer.
const ROOM: Room = Room {
    time: Duration::from_secs(60),
    bytes: 10 << 20,
};

/// The recipes of the config as read now, by the feed's address.
#[derive(Default)]
pub(super) struct Recipes(RwLock<HashMap<String, Recipe>>);

impl Recipes {
    /// Takes over what a config names.
    pub(super) fn set(&self, feeds: &[ConfigFeed]) {
        let recipes = feeds
            .iter()
            .map(|feed| (feed.url.clone(), feed.recipe.clone()));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = recipes.collect();
    }

    pub(super) fn of(&self, url: &str) -> Option<Recipe> {
        let recipes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        recipes
            .get(url)
            .cloned()
            .filter(|recipe| *recipe != Recipe::default())
    }
}

/// Says what is wrong with the feeds a config names, beside what the config room sees: selectors and queries.
pub fn problems(feeds: &[ConfigFeed], now: Timestamp) -> Vec<String> {
    let zone = jiff::tz::TimeZone::system();
    let mut found = Vec::new();
    for feed in feeds {
        let name = feed.title.as_deref().unwrap_or(&feed.url);
        let mut say = |what: String| found.push(format!("[[feed]] {name}: {what}"));
        if let Some(Err(what)) = feed.recipe.page.as_ref().map(syndication::check_selectors) {
            say(what);
        }
        if let Some(Err(what)) = feed
            .settings
            .filter
            .as_ref()
            .map(|text| query::parse(text, now, &zone))
        {
            say(format!("filter: {what}"));
        }
        for (key, line) in [("exec", &feed.recipe.exec), ("pipe", &feed.recipe.pipe)] {
            if let Some(Err(what)) = line.as_ref().map(|line| command::words(line)) {
                say(format!("{key}: {what}"));
            }
        }
    }
    found
}

/// Brings the library in step with the feeds a config names: subscribes to new ones, gives each its settings, and
/// archives those no longer named; their articles stay. Nothing is archived where the config could not be read in full.
/// A feed that the user unsubscribed by hand stays so while its block does. Blocks; answers what was done, in words.
pub fn keep_in_step(library: &Library, loaded: &Loaded, now: Timestamp) -> Result<Vec<String>> {
    if library.read_only().is_some() {
        return Ok(Vec::new());
    }
    let feeds = library.reader()?.feeds(true, now)?;
    let mut done = Vec::new();
    let mut change = |what: What| -> Result<()> {
        let change = Change {
            what,
            scope: Scope::None,
            undoable: false,
        };
        let written = store::wait(|reply| library.writer().change(change, now, reply))?;
        if written.changed > 0 {
            done.push(written.words);
        }
        Ok(())
    };
    for wanted in &loaded.feeds {
        let known = library.reader()?.feed_by_url(&wanted.url, now)?;
        match known {
            Some(feed) if feed.archived && feed.settings.in_config => {}
            Some(feed) if !feed.archived => {
                if feed.settings != wanted.settings {
                    change(What::SetFeed(feed.id, wanted.settings.clone()))?;
                }
            }
            _ => {
                change(What::Subscribe(NewFeed {
                    url: wanted.url.clone(),
                    title: wanted.title.clone(),
                    folder: wanted.folder.clone(),
                    ..NewFeed::default()
                }))?;
                if let Some(feed) = library.reader()?.feed_by_url(&wanted.url, now)? {
                    change(What::SetFeed(feed.id, wanted.settings.clone()))?;
                }
            }
        }
    }
    if !loaded.whole {
        return Ok(done);
    }
    let reader = library.reader()?;
    let mut named = Vec::new();
    for wanted in &loaded.feeds {
        named.extend(reader.feed_by_url(&wanted.url, now)?.map(|feed| feed.id));
    }
    for feed in feeds.iter().filter(|feed| feed.settings.in_config) {
        if !named.contains(&feed.id) {
            let settings = FeedSettings {
                in_config: false,
                ..feed.settings.clone()
            };
            change(What::SetFeed(feed.id, settings))?;
            if !feed.archived {
                change(What::Unsubscribe(feed.id))?;
            }
        }
    }
    Ok(done)
}

/// Says whether a feed is made by a command.
pub(super) fn is_command(url: &str) -> bool {
    url.starts_with(EXEC)
}

/// Makes the answer of a feed that a command prints.
pub(super) async fn run(context: &Context, url: &str) -> std::result::Result<Response, Error> {
    let Some(line) = context.recipes.of(url).and_then(|recipe| recipe.exec) else {
        return Err(Error::say(
            Kind::Setup,
            "the config has no [[feed]] with a command of this name",
            Some("put it back into the config, or unsubscribe"),
        ));
    };
    let words = command::words(&line).map_err(setup)?;
    let body = command::run(&words, None, ROOM).await.map_err(setup)?;
    Ok(Response {
        url: url.to_owned(),
        validators: Validators {
            url: url.to_owned(),
            body_hash: Some(body_hash(&body)),
            ..Validators::default()
        },
        body,
        ..Response::default()
    })
}

/// Returns what to send of what is known: nothing where the recipe is another than the one that read it, so that the
/// feed comes whole and is read anew.
pub(super) fn known(
    recipe: Option<&Recipe>,
    validators: Option<&Validators>,
) -> Option<Validators> {
    let validators = validators?.clone();
    let hash = validators.body_hash.as_deref().unwrap_or_default();
    let same = match recipe {
        Some(recipe) => hash.ends_with(&mark(recipe)),
        None => !hash.contains(':'),
    };
    same.then_some(validators)
}

/// Marks an answer as read by this recipe.
pub(super) fn mark_read_by(recipe: &Recipe, response: &mut Response) {
    if response.not_modified {
        return;
    }
    if let Some(hash) = &mut response.validators.body_hash {
        hash.push_str(&mark(recipe));
    }
}

fn mark(recipe: &Recipe) -> String {
    let hash = body_hash(format!("{recipe:?}").as_bytes());
    format!(":{}", hash.get(..16).unwrap_or_default())
}

/// Gives what came to the recipe's command, where it has one.
pub(super) async fn through_pipe(
    recipe: &Recipe,
    response: &mut Response,
) -> std::result::Result<(), Error> {
    let Some(line) = &recipe.pipe else {
        return Ok(());
    };
    let words = command::words(line).map_err(setup)?;
    let body = std::mem::take(&mut response.body);
    response.body = command::run(&words, Some(body), ROOM)
        .await
        .map_err(setup)?;
    // What the command prints is a feed of its own making, in UTF-8 unless it says otherwise.
    response.content_type = None;
    Ok(())
}

/// Reads a feed as its recipe says. For the pool.
pub(super) fn read(
    recipe: Option<&Recipe>,
    response: &Response,
) -> std::result::Result<(ParsedFeed, Vec<Remark>), Error> {
    let page = recipe.and_then(|recipe| recipe.page.as_ref());
    if let Some(selectors) = page {
        let html = extract::decode(&response.body, response.content_type.as_deref());
        let read = syndication::read_page(&html, &response.url, selectors);
        return read.map(|feed| (feed, Vec::new())).map_err(|why| {
            let hint = "look at the page and at page.item in its [[feed]]";
            Error::say(Kind::Setup, why, Some(hint))
        });
    }
    let base = Some(response.url.as_str()).filter(|url| !is_command(url));
    syndication::parse(&response.body, response.content_type.as_deref(), base)
        .map_err(|refusal| refused(&refusal))
}

/// Returns in words why something is no feed.
pub(super) fn refused(refusal: &syndication::NotAFeed) -> Error {
    Error::say(
        Kind::NotAFeed,
        refusal.to_string(),
        Some(not_a_feed_hint(refusal)),
    )
}

fn not_a_feed_hint(refusal: &syndication::NotAFeed) -> &'static str {
    match refusal {
        syndication::NotAFeed::Page => {
            "the feed may have moved, or a login page of the network stands before it: open the address in a browser"
        }
        syndication::NotAFeed::Opml => "import it: newsdesk import",
        syndication::NotAFeed::SitemapIndex => "newsdesk add finds the one with news in it",
        _ => "open the address in a browser to see what it is",
    }
}

fn setup(sentence: String) -> Error {
    Error::say(
        Kind::Setup,
        sentence,
        Some("look at its [[feed]] in the config"),
    )
}
