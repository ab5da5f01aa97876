//! Hosts that asked to be left alone (`Retry-After`): nothing is asked of them before their time, whatever it is for.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::context::Context;
use super::error::{Error, Result};
use super::memo;
use super::reload::in_words;
use crate::fetch;

/// Returns until when a host asked us to wait.
pub(super) fn until(context: &Context, now: Timestamp, host: &str) -> Option<Timestamp> {
    context
        .waits
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .until(now, host)
}

/// Errs where the host of an address asked us to wait.
pub(super) fn heed(context: &Context, now: Timestamp, url: &str) -> Result<()> {
    let host = fetch::host_of(url).unwrap_or_default();
    match until(context, now, &host) {
        None => Ok(()),
        Some(until) => {
            let wait = until.duration_since(now).try_into().unwrap_or_default();
            Err(Error::Waits(format!(
                "{host} asked us to wait {}",
                in_words(wait)
            )))
        }
    }
}

/// Notes a host's wish to be left alone, and keeps it.
pub(super) async fn note(context: &Context, now: Timestamp, host: &str, error: &fetch::Error) {
    let changed = {
        let mut waits = context.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.note(now, host, error).then(|| {
            waits.forget_past(now);
            waits.clone()
        })
    };
    if let Some(waits) = changed {
        memo::keep_waits(context, &waits).await;
    }
}
