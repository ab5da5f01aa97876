//! What `ui` reads: the state as it is to be shown, in words and rows.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::frame::{self, Frame, Shape, Sizes, Wanted};
use super::list::ListView;
use super::names::{self, NameRow};
use super::overlay::Overlay;
use super::place::{Pane, Place};
use super::reader::Reader;
use super::status::{Reloading, Status};
use super::tree::FeedTree;
use super::welcome::Welcome;
use super::{App, Source};
use crate::keymap::{Command, Context};
use crate::model::Feed;
use crate::model::article::BodySource;
use crate::model::query::Sort;

impl App {
    /// Returns where the panes stand.
    pub fn frame(&self) -> Frame {
        frame::frame(&Wanted {
            cols: self.cols,
            rows: self.rows,
            focus: self.place.focus,
            reading: self.place.reading,
            zen: self.zen,
            names: self.sidebar,
            folded: self.folded,
            sizes: self.sizes,
        })
    }

    /// Returns what fits at this size.
    pub fn shape(&self) -> Shape {
        frame::shape(self.cols, self.rows)
    }

    /// Returns the terminal's columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.cols, self.rows)
    }

    /// Returns the panes' sizes as the reader set them.
    pub fn pane_sizes(&self) -> Sizes {
        self.sizes
    }

    /// Returns the wall clock as last heard.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Says whether feeds and the first list are known: before that, keys would act on nothing.
    pub fn is_ready(&self) -> bool {
        self.tree.loaded && self.place.list.loaded
    }

    /// Returns the feed list.
    pub fn tree(&self) -> &FeedTree {
        &self.tree
    }

    /// Returns where the reader is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the list to draw: while a list's first answer is still to come, the last one stays.
    pub fn list(&self) -> &ListView {
        match &self.place.last {
            Some(last) if !self.place.list.loaded => last,
            _ => &self.place.list,
        }
    }

    /// Returns the article to draw.
    pub fn reader(&self) -> Option<&Reader> {
        self.place.reader.as_ref()
    }

    /// Returns the pane that has the keys.
    pub fn focus(&self) -> Pane {
        self.place.focus
    }

    /// Says whether the article stands alone.
    pub fn is_reading(&self) -> bool {
        self.place.reading
    }

    /// Says whether nothing but the article is shown.
    pub fn is_zen(&self) -> bool {
        self.zen && self.place.reading
    }

    /// Returns what lies over the panes, bottom first; the last has the keys.
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// Returns the first screen, where the library has no feeds and nothing lies over it.
    pub fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref()
    }

    /// Returns the sidebar's rows.
    pub fn name_rows(&self) -> Vec<NameRow<'_>> {
        self.reader().map(names::rows).unwrap_or_default()
    }

    /// Returns what stands for a sidebar without names.
    pub fn names_words(&self) -> String {
        let Some(reader) = self.reader() else {
            return String::new();
        };
        if reader.article.entities.language_known {
            return "No names found".into();
        }
        let language = reader.article.language.as_deref().unwrap_or_default();
        format!(
            "Names: only followed ones and countries in {}",
            super::words::language(language)
        )
    }

    /// Returns the reload that runs.
    pub fn reloading(&self) -> Option<Reloading> {
        self.reloading
    }

    /// Returns how far bringing articles offline is: articles done, and all.
    pub fn bringing(&self) -> Option<(usize, usize)> {
        self.bringing
    }

    /// Says whether no host answered at all.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Returns whose keys hold now; `None` where every key is text.
    pub fn context(&self) -> Option<Context> {
        if let Some(overlay) = self.overlays.last() {
            return overlay.context();
        }
        if self.welcome.is_some() {
            return Some(Context::Welcome);
        }
        Some(match self.place.focus {
            Pane::Feeds => Context::Feeds,
            Pane::List => Context::List,
            Pane::Article if self.is_cleaning() => Context::Removed,
            Pane::Article => Context::Reader,
            Pane::Names => Context::Names,
        })
    }

    /// Returns what may follow the keys pressed so far, once they have stood for 400 ms.
    pub fn which_key(&self) -> Option<Vec<(String, String)>> {
        let context = self.context()?;
        let shown = self.which_key && !self.keys.is_empty();
        shown.then(|| self.settings.keymap.following(context, &self.keys))
    }

    /// Returns the count and keys pressed so far, for the end of the status line.
    pub fn pending_keys(&self) -> String {
        let count = self.count.map(|count| count.to_string());
        let keys = if self.keys.is_empty() {
            String::new()
        } else {
            crate::keymap::key::write(&self.keys)
        };
        count.unwrap_or_default() + &keys
    }

    /// Returns the words of the status line: what was just said, else what is selected or selected row's whole title.
    pub fn status_line(&self) -> Status {
        if !self.status.text.is_empty() {
            return self.status.clone();
        }
        Status {
            text: self.standing_words(),
            ..Status::default()
        }
    }

    fn standing_words(&self) -> String {
        let list = &self.place.list;
        if list.marked_count() > 0 {
            return format!("{} selected", list.marked_count());
        }
        if self.is_cleaning() {
            return self.cleaning_words().unwrap_or_default();
        }
        if self.place.focus == Pane::Article
            && self
                .reader()
                .is_some_and(|reader| reader.name.is_some() && reader.find.is_none())
        {
            return self.selected_name_words();
        }
        if self.place.focus != Pane::Names
            && (self.place.reading || self.place.focus == Pane::Article)
        {
            return self.reader_words();
        }
        if self.place.focus == Pane::List {
            let row = list.selected_row();
            return row.map(|row| row.title.clone()).unwrap_or_default();
        }
        if self.place.focus == Pane::Names {
            return self.selected_name_words();
        }
        if self.place.focus == Pane::Feeds {
            let row = self.tree.selected_row();
            let row = row.and_then(|row| self.tree.rows().get(row));
            return row
                .map(|row| row.error.clone().unwrap_or_else(|| row.title.clone()))
                .unwrap_or_default();
        }
        String::new()
    }

    /// Returns what the status line says of the selected name: where else it stands, and what may be done with it.
    fn selected_name_words(&self) -> String {
        let Some(reader) = self.reader() else {
            return String::new();
        };
        let Some((at, name)) = reader
            .name
            .and_then(|at| Some((at, reader.article.entities.entities.get(at)?)))
        else {
            return String::new();
        };
        let keymap = &self.settings.keymap;
        let hint = |command| keymap.hint(Context::Names, command);
        let others = reader.article.elsewhere.get(at).copied().unwrap_or(0);
        let elsewhere = match others {
            0 => "in no other article".to_owned(),
            1 => "also in 1 article".to_owned(),
            others => format!("also in {} articles", super::words::thousands(others)),
        };
        let key = crate::model::change::NameKey {
            name: name.name.clone(),
            kind: name.kind,
        };
        let (followed, muted) = self.name_decisions(&key);
        let decided = match (followed, muted) {
            (true, _) => " · followed",
            (_, true) => " · muted",
            _ => "",
        };
        format!(
            "{} · {}{decided} · {elsewhere} · {} follow {} mute {} merge {} edit",
            name.name,
            super::words::kind_word(name.kind),
            hint(Command::Follow),
            hint(Command::Mute),
            hint(Command::Merge),
            hint(Command::Edit),
        )
    }

    /// Returns what is said of a list that muted names keep articles out of.
    pub fn muted_notice(&self) -> Option<String> {
        let count = self.list().muted();
        let hint = self.settings.keymap.hint(Context::List, Command::GoMuted);
        (count > 0).then(|| {
            format!(
                "{} hidden by muted names · {hint}",
                super::words::thousands(count)
            )
        })
    }

    /// Returns the header's words for what is shown: `All unread`, a feed's title, `/words`.
    pub fn place_title(&self) -> String {
        let list = &self.place.list;
        let title = list.source.title(&self.tree.data);
        match &list.filter {
            Some(filter) => format!("{title} · {filter}"),
            None => title,
        }
    }

    /// Returns the list's title: `Articles · newest first · ↑ 12 new`, with `…` while the answer is late.
    pub fn list_title(&self) -> String {
        let list = &self.place.list;
        let mut title = format!(
            "Articles · {}",
            order_words(list.open.sort, list.open.reverse)
        );
        if list.source.hides_read() && !list.show_read {
            title.push_str(" · unread only");
        }
        if list.waiting() > 0 {
            let sign = if self.settings.ascii { "^" } else { "↑" };
            let _ = write!(title, " · {sign} {} new", list.waiting());
        }
        if list.late {
            title.push_str(" …");
        }
        title
    }

    /// Returns the line on top of a failing feed's list.
    pub fn feed_notice(&self) -> Option<String> {
        let Source::Feed(id) = self.place.list.source else {
            return None;
        };
        let feed = self.tree.feed(id)?;
        let error = feed.health.last_error.as_ref()?;
        let keymap = &self.settings.keymap;
        let reload = keymap.hint(Context::List, Command::Reload);
        let health = keymap.hint(Context::List, Command::Health);
        let since = self.since_success(feed);
        Some(format!(
            "{since}: {error} · {reload} again · {health} details"
        ))
    }

    fn since_success(&self, feed: &Feed) -> String {
        let Some(success) = feed.health.last_success else {
            return "Never reloaded".into();
        };
        let minutes = self
            .now
            .as_second()
            .saturating_sub(success.as_second())
            .max(0)
            / 60;
        let (count, unit) = match minutes {
            0..120 => (minutes.max(1), "minute"),
            120..2880 => (minutes / 60, "hour"),
            _ => (minutes / 1440, "day"),
        };
        let plural = if count == 1 { "" } else { "s" };
        format!("Not reloaded for {count} {unit}{plural}")
    }

    /// Returns what stands in a list without rows.
    pub fn empty_words(&self) -> String {
        let words = self.words_of_no_rows();
        match self.muted_notice() {
            Some(notice) if self.place.list.loaded => format!("{words} · {notice} shows them"),
            _ => words,
        }
    }

    fn words_of_no_rows(&self) -> String {
        let list = &self.place.list;
        if let Some(error) = &list.error {
            return error.clone();
        }
        let keymap = &self.settings.keymap;
        let hint = |command| keymap.hint(Context::List, command);
        if !list.loaded {
            return match (&list.source, self.reloading.is_some()) {
                (Source::Feed(_), true) => format!("Fetching {} …", self.place_title()),
                _ => String::new(),
            };
        }
        let searched = match (&list.source, &list.filter) {
            (_, Some(filter)) => Some(filter),
            (Source::Query(text), None) if !text.trim().is_empty() => Some(text),
            _ => None,
        };
        if let Some(text) = searched {
            let total = super::words::thousands(self.tree.data.total);
            return format!("Nothing for \"{text}\" in {total} articles · Esc");
        }
        match &list.source {
            Source::Query(_) => "Type words to search for".into(),
            Source::Starred => format!("Nothing starred. {} stars an article", hint(Command::Star)),
            Source::Later => format!(
                "The read-later queue is empty. {} puts an article there",
                hint(Command::Later)
            ),
            Source::Following if self.tree.data.decided.iter().any(|row| row.followed) => {
                "No article mentions a followed name yet".into()
            }
            Source::Following => format!(
                "No followed names. {} in the names beside an article follows one",
                keymap.hint(Context::Names, Command::Follow)
            ),
            Source::Muted => "No article is hidden by a muted name".into(),
            Source::Recent => "Nothing read yet".into(),
            Source::Feed(id) if self.tree.feed(*id).is_some_and(|feed| feed.total == 0) => {
                match (self.reloading.is_some(), self.feed_notice()) {
                    (true, _) => format!("Fetching {} …", self.place_title()),
                    (false, Some(notice)) => notice,
                    (false, None) => format!("Nothing here yet. {} reloads", hint(Command::Reload)),
                }
            }
            _ if self.tree.data.feeds.is_empty() => {
                format!("No feeds yet. {} adds one", hint(Command::Add))
            }
            Source::Folder(path) if self.tree.total_in(path) == 0 => {
                format!("Nothing here yet. {} reloads", hint(Command::Reload))
            }
            Source::All | Source::Today | Source::Tag(_) | Source::Name(_) | Source::Search(_) => {
                "No articles here".into()
            }
            _ => format!(
                "All read. {} shows read articles, {} reloads",
                hint(Command::ShowRead),
                hint(Command::Reload)
            ),
        }
    }

    /// Says whether nothing can be stored.
    pub fn is_read_only(&self) -> bool {
        self.tree.data.read_only.is_some()
    }

    /// Returns the line that says there is no network.
    pub fn offline_words(&self) -> Option<String> {
        if !self.offline {
            return None;
        }
        let feeds = self.tree.data.feeds.iter();
        let last = feeds.filter_map(|feed| feed.health.last_success).max();
        Some(match last {
            Some(last) => {
                let time = last.to_zoned_datetime(self.settings.zone.clone());
                let today = self
                    .now
                    .to_zoned_datetime(self.settings.zone.clone())
                    .date();
                let form = if time.date() == today {
                    "%H:%M"
                } else {
                    "%-d %b %H:%M"
                };
                format!("no network · last reload {}", time.strftime(form))
            }
            None => "no network".into(),
        })
    }

    /// Returns the line under an article without text.
    pub fn no_text_words(&self) -> Option<String> {
        let reader = self.reader()?;
        let keymap = &self.settings.keymap;
        let empty = reader.article.body.document.blocks.is_empty();
        (empty || reader.article.body.source == BodySource::None).then(|| {
            format!(
                "Only the headline is here: {} fetches, {} opens",
                keymap.hint(Context::Reader, Command::Refetch),
                keymap.hint(Context::Reader, Command::Browse)
            )
        })
    }

    /// Returns feeds for the health screen: worst first.
    pub fn health_rows(&self) -> Vec<&Feed> {
        let mut feeds: Vec<&Feed> = self.tree.data.feeds.iter().collect();
        feeds.sort_by_key(|feed| {
            let health = &feed.health;
            let gone = health.last_error.is_some() && health.next_poll.is_none();
            (
                !gone,
                health.last_error.is_none(),
                std::cmp::Reverse(health.failures),
                health.suggested_url.is_none(),
                std::cmp::Reverse(health.silent_days.unwrap_or(0)),
                feed.title.to_lowercase(),
            )
        });
        feeds
    }

    /// Returns whether a name is followed, and whether it is muted, as far as is known.
    pub fn name_decisions(&self, key: &crate::model::change::NameKey) -> (bool, bool) {
        (
            Self::decided(&self.followed, key),
            Self::decided(&self.muted, key),
        )
    }
}

fn order_words(sort: Sort, reverse: bool) -> &'static str {
    match (sort, reverse) {
        (Sort::Date, false) => "newest first",
        (Sort::Date, true) => "oldest first",
        (Sort::Feed, false) => "by feed",
        (Sort::Feed, true) => "by feed, Z to A",
        (Sort::Title, false) => "by title",
        (Sort::Title, true) => "by title, Z to A",
        (Sort::Length, false) => "shortest first",
        (Sort::Length, true) => "longest first",
        (Sort::Relevance, false) => "best first",
        (Sort::Relevance, true) => "best last",
        (Sort::Read, false) => "last read first",
        (Sort::Read, true) => "last read last",
    }
}
