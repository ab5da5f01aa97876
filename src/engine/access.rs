//! What goes with requests on behalf of a feed, secrets read from where the user keeps them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::command::{self, Room};
use super::context::Context;
use crate::fetch::{Access, Error, Kind, Proxy, Request};
use crate::model::feed::FeedSettings;
use crate::model::setting::variable_name;

/// How much a command that prints a password may take. Half a minute: it may ask the user by a window of its own.
const ROOM: Room = Room {
    time: Duration::from_secs(30),
    bytes: 16 << 10,
};

/// Passwords that commands printed, kept in memory while the program runs: asking may mean a window each time.
#[derive(Default)]
pub(super) struct Passwords(Mutex<HashMap<String, String>>);

impl Passwords {
    fn known(&self, command: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(command).cloned()
    }

    fn keep(&self, command: &str, password: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(command.to_owned(), password.to_owned());
    }

    /// Forgets what a site did not accept.
    pub(super) fn forget(&self, settings: &FeedSettings) {
        if let Some(command) = &settings.password_command {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.remove(command);
        }
    }
}

/// Returns what goes with requests of a feed. Errs in words without any secret.
pub(super) async fn of(context: &Context, settings: &FeedSettings) -> Result<Access, Error> {
    let mut access = Access {
        user_agent: settings.user_agent.clone(),
        proxy: settings.proxy.as_deref().map(|words| match words {
            "none" => Proxy::None,
            address => Proxy::Address(address.to_owned()),
        }),
        ..Access::default()
    };
    for (name, value) in &settings.headers {
        let value = match variable_name(value) {
            Some(variable) => from_environment(variable)?,
            None => value.clone(),
        };
        access.headers.push((name.clone(), value));
    }
    if settings.user.is_some() || settings.password.is_some() || settings.password_command.is_some()
    {
        let user = settings.user.clone().unwrap_or_default();
        access.login = Some((user, password(context, settings).await?));
    }
    Ok(access)
}

async fn password(context: &Context, settings: &FeedSettings) -> Result<String, Error> {
    if let Some(command) = &settings.password_command {
        if let Some(known) = context.passwords.known(command) {
            return Ok(known);
        }
        let words =
            command::words(command).map_err(|why| setup(format!("password_command: {why}")))?;
        let printed = command::run(&words, None, ROOM)
            .await
            .map_err(|why| setup(format!("password_command: {why}")))?;
        let printed = String::from_utf8_lossy(&printed);
        // Password stores print the password first, other lines after it.
        let password = printed.lines().next().unwrap_or_default().to_owned();
        context.passwords.keep(command, &password);
        return Ok(password);
    }
    match settings.password.as_deref().and_then(variable_name) {
        Some(variable) => from_environment(variable),
        None => Ok(String::new()),
    }
}

fn from_environment(variable: &str) -> Result<String, Error> {
    std::env::var(variable)
        .map_err(|_| setup(format!("the environment has no variable {variable}")))
}

fn setup(sentence: String) -> Error {
    Error::say(Kind::Setup, sentence, Some("look at this feed's settings"))
}

/// Makes a request one on behalf of a feed: its private network, its proxy, its login where the host is the same.
pub(super) async fn on_behalf(
    context: &Arc<Context>,
    request: Request,
    feed_url: Option<&str>,
) -> Result<Request, Error> {
    let Some(feed_url) = feed_url else {
        return Ok(request);
    };
    // A command has no host whose private network could be meant.
    let chosen = !super::special::is_command(feed_url);
    let look = {
        let (context, feed_url) = (Arc::clone(context), feed_url.to_owned());
        move || {
            let reader = context.library.reader().ok()?;
            reader.feed_by_url(&feed_url, context.now()).ok()?
        }
    };
    let feed = context.compute(look).await.flatten();
    let settings = feed.map(|feed| feed.settings).unwrap_or_default();
    let request = if chosen {
        request.chosen_by(feed_url)
    } else {
        request
    };
    Ok(Request {
        access: of(context, &settings).await?,
        ..request
    })
}
