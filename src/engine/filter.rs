//! A feed's filter: which of its new entries are kept, or kept unread. It goes by what the feed itself carries, before
//! any page is fetched.

use jiff::tz::TimeZone;

use super::cleaned::Cleaned;
use super::context::Context;
use super::feed::Ask;
use super::teaser::Verdict;
use crate::model::setting::Filtered;
use crate::query::{self, Subject};
use crate::text::words;

/// Leaves out, or marks read, the new entries that do not match the feed's filter. The three lists stay in step. Known
/// entries stay as they are, and a filter that cannot be read lets all pass: nothing is lost by a slip.
pub(super) fn apply(
    context: &Context,
    ask: &Ask,
    title: Option<&str>,
    entries: &mut Vec<Cleaned>,
    known: &mut Vec<bool>,
    verdicts: &mut Vec<Verdict>,
) {
    let settings = &ask.source.settings;
    let Some(text) = &settings.filter else {
        return;
    };
    let now = context.now();
    let query = match query::parse(text, now, &TimeZone::system()) {
        Ok(query) => query,
        Err(error) => {
            tracing::warn!(feed = ask.source.id.0, "the filter cannot be read: {error}");
            return;
        }
    };
    let followed = context.followed();
    let folder = context
        .library
        .reader()
        .and_then(|reader| reader.feed_by_url(&ask.source.url, now))
        .ok()
        .flatten()
        .map(|feed| feed.folder)
        .unwrap_or_default();
    let mut passes = Vec::with_capacity(entries.len());
    for (entry, (known, verdict)) in entries.iter_mut().zip(known.iter().zip(verdicts.iter())) {
        let new = &entry.new;
        let names = context.names_of(&new.entities);
        let subject = Subject {
            title: &new.title,
            text: &entry.text,
            authors: &new.authors,
            feed: ask.source.id,
            feed_title: title.unwrap_or(&ask.source.title),
            folder: &folder,
            names: &names,
            followed: &followed,
            url: new.url.as_deref(),
            language: new.language.as_deref(),
            published: new.published.unwrap_or(now).min(now),
            minutes: words::minutes(entry.carried.words),
            has_image: new.lead_image.is_some()
                || new
                    .body
                    .as_ref()
                    .is_some_and(|body| !body.document.pictures().is_empty()),
            wants_pictures: context.pictures,
            has_enclosure: !new.enclosures.is_empty(),
            is_full: verdict.is_whole,
        };
        let fits = *known || query::matches(&query, &subject, now);
        let read = settings.filtered == Some(Filtered::Read);
        entry.new.is_read = !fits && read;
        passes.push(fits || read);
    }
    retain(entries, &passes);
    retain(known, &passes);
    retain(verdicts, &passes);
}

/// Keeps what passes.
fn retain<T>(list: &mut Vec<T>, passes: &[bool]) {
    let mut passes = passes.iter();
    list.retain(|_| passes.next().copied().unwrap_or(true));
}
