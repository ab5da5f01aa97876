//! Lists: opening them, going back to them, searching, narrowing, sorting; and the next feed.

use super::list::{Asked, ListView};
use super::overlay::Overlay;
use super::prompt::PromptKind;
use super::tree::Node;
use super::{App, Effect, Pane, Place, Source, Ticket};
use crate::model::list::{Anchor, Page};
use crate::model::query::{Is, Sort, Term};
use crate::model::{ArticleId, FeedId, Query};
use crate::query;
use crate::text::fold::fold;

/// How long an answer may take before the list's title shows `…`, in milliseconds (DESIGN §2).
const LATE_MS: u64 = 150;

/// Rows asked for at once at most, where a count leads far.
const MOST_ROWS: usize = 2_000;

/// Places kept to go back to. More than anyone remembers; each holds a window of rows.
const MOST_PLACES: usize = 50;

impl App {
    /// Returns how many rows a page holds when asked for: three screens.
    pub(super) fn page_rows(&self) -> usize {
        self.height(Pane::List).max(10) * 3
    }

    /// Returns a list of a source, not yet asked for.
    pub(super) fn list_of(&self, source: Source) -> ListView {
        let (sort, reverse) = self.sort_of(&source);
        let mut list = ListView::new(source, Query::default(), sort, reverse);
        list.show_read = self.tree.show_read;
        self.aim(&mut list, true);
        list
    }

    /// Settles what a list asks for: its source's query, narrowed by its filter and by hiding what is read.
    /// `sort`: takes the order a query names.
    fn aim(&self, list: &mut ListView, sort: bool) {
        let (now, zone) = (self.now, &self.settings.zone);
        let made = list.source.query(&self.tree.data, now, zone);
        let made = made.and_then(|query| match &list.filter {
            Some(filter) => Ok(query.and(query::parse_typing(filter, now, zone)?)),
            None => Ok(query),
        });
        match made {
            Ok(mut query) => {
                if list.source.hides_read() && !list.show_read {
                    query = query.and(Query::term(Term::Is(Is::Unread)));
                }
                if let Some(order) = query.sort.filter(|_| sort) {
                    list.open.sort = order;
                }
                list.open.query = query;
                list.error = None;
            }
            Err(error) => list.error = Some(error.to_string()),
        }
    }

    /// Shows a source in this place, in the list that was there: it stays drawn until the first answer.
    pub(super) fn show(&mut self, source: Source) {
        let list = self.list_of(source);
        let old = std::mem::replace(&mut self.place.list, list);
        if old.loaded {
            self.place.last = Some(old);
        }
        self.load(Anchor::Top);
    }

    /// Goes to a source as a new place.
    pub(super) fn go_to(&mut self, source: Source) {
        self.overlays.clear();
        if !self.place.reading
            && self.place.list.source == source
            && self.place.list.filter.is_none()
        {
            self.place.focus = Pane::List;
            self.take_newcomers();
            return;
        }
        if let Some(node) = Node::of(&source).filter(|node| self.tree.has(node)) {
            self.tree.reveal(node);
        } else {
            self.tree.selected = None;
        }
        let list = self.list_of(source);
        self.push_place(list);
        self.load(Anchor::Top);
    }

    fn push_place(&mut self, list: ListView) {
        let mut place = Place::new(list);
        // Drawn until the new list's rows come: nothing blinks.
        place.last = Some(self.list().clone());
        place.reader.clone_from(&self.place.reader);
        let old = std::mem::replace(&mut self.place, place);
        self.back.push(old);
        if self.back.len() > MOST_PLACES {
            self.back.remove(0);
        }
    }

    /// Goes back to the last place. Says whether there is one.
    pub(super) fn pop_place(&mut self) -> bool {
        let Some(place) = self.back.pop() else {
            return false;
        };
        self.place = place;
        // Answers that came meanwhile went to the place that was shown then.
        self.place.list.counting = None;
        if let Some(opening) = self.place.opening.take()
            && self.place.reading
        {
            self.ask_article(opening.id, None, opening.keep);
        }
        let node = Node::of(&self.place.list.source);
        self.tree.selected = node.filter(|node| self.tree.has(node));
        self.tree.build();
        // Coming back shows what came meanwhile; what was read in between stays.
        self.place.list.open.opened_seq = None;
        let anchor = self.place.list.selected.map_or(Anchor::Top, Anchor::Around);
        self.load(anchor);
        true
    }

    /// Asks for a page of the list as it stands. An older question is dropped.
    pub(super) fn load(&mut self, anchor: Anchor) {
        let ticket = self.ticket();
        // A long way to go is asked for in few pages.
        let owed = self.place.list.owed.unsigned_abs().min(MOST_ROWS);
        let limit = self.page_rows().max(owed);
        let list = &mut self.place.list;
        if list.error.is_some() {
            list.loaded = true;
            list.asked = None;
            return;
        }
        list.asked = Some(Asked { ticket, anchor });
        list.late = false;
        let open = list.open.clone();
        self.send(Effect::Load {
            ticket,
            list: open,
            anchor,
            limit,
        });
        if self.keys.is_empty() {
            self.send(Effect::WakeIn(LATE_MS));
        }
    }

    /// Asks for the rows that the selection comes near to.
    pub(super) fn ask_missing_rows(&mut self) {
        let height = self.height(Pane::List);
        if self.place.list.asked.is_none()
            && let Some(anchor) = self.place.list.lacks(height)
        {
            self.load(anchor);
        }
    }

    /// Opens the list anew from its top: what waits is shown.
    pub(super) fn reopen(&mut self) {
        self.place.list.open.opened_seq = None;
        self.load(Anchor::Top);
    }

    pub(super) fn take_newcomers(&mut self) {
        if let Some(totals) = &mut self.place.list.totals {
            totals.waiting = 0;
        }
        self.reopen();
    }

    /// Reads the rows again where they stand: their states may have changed.
    pub(super) fn refresh(&mut self) {
        let selected = self.place.list.selected;
        let around = selected.or_else(|| self.place.list.rows().next().map(|row| row.id));
        self.load(around.map_or(Anchor::Top, Anchor::Around));
    }

    pub(super) fn recount(&mut self) {
        if self.place.list.counting.is_some() {
            self.place.list.recount = true;
            return;
        }
        if self.place.list.open.opened_seq.is_none() || self.place.list.error.is_some() {
            return;
        }
        let ticket = self.ticket();
        let list = &mut self.place.list;
        list.counting = Some(ticket);
        let (open, above) = (list.open.clone(), list.selected);
        self.send(Effect::Count {
            ticket,
            list: open,
            above,
        });
    }

    /// Shows the list of the node selected in the feed list, at once.
    pub(super) fn show_selected_node(&mut self) {
        let source = self.tree.selected.as_ref().and_then(Node::source);
        if let Some(source) = source
            && source != self.place.list.source
        {
            self.place.from_tree = false;
            self.show(source);
        }
    }

    /// Goes from the feed list into its list.
    pub(super) fn enter_list(&mut self) {
        let Some(node) = self.tree.selected.clone() else {
            self.place.focus = Pane::List;
            return;
        };
        if node.source().is_none() {
            let open = self.tree.opened.contains(&node);
            self.tree.set_open(&node, !open);
            self.remember_folds();
            return;
        }
        self.show_selected_node();
        self.place.focus = Pane::List;
        self.place.from_tree = true;
    }

    /// `]f [f` `]u [u`.
    pub(super) fn next_feed(&mut self, back: bool, unread: bool) {
        let from = self.tree.selected.clone();
        match self.tree.next_feed(from.as_ref(), back, unread) {
            Some(feed) => self.show_feed(feed),
            None => self.say(match (back, unread) {
                (false, false) => "This is the last feed",
                (true, false) => "This is the first feed",
                (false, true) => "No feed below has unread articles",
                (true, true) => "No feed above has unread articles",
            }),
        }
    }

    /// Shows a feed's list in this place.
    pub(super) fn show_feed(&mut self, feed: FeedId) {
        self.tree.reveal(Node::Feed(feed));
        if self.place.reading {
            self.place.reading = false;
            self.place.focus = Pane::List;
        }
        self.show(Source::Feed(feed));
    }

    pub(super) fn go_to_feed(&mut self, words: &str) {
        let wanted = fold(words);
        let feeds = self.tree.data.feeds.iter();
        let mut fitting = feeds.filter(|feed| fold(&feed.title).contains(&wanted));
        let Some(feed) = fitting.next().map(|feed| feed.id) else {
            self.say_failed(format!("No feed has \"{words}\" in its title"));
            return;
        };
        self.go_to(Source::Feed(feed));
    }

    pub(super) fn go_to_tag(&mut self, words: &str) {
        let wanted = words.trim().trim_start_matches('#');
        let tags = &self.tree.data.tags;
        match tags.iter().find(|tag| fold(&tag.0) == fold(wanted)) {
            Some(tag) => {
                let tag = tag.0.clone();
                self.go_to(Source::Tag(tag));
            }
            None => self.say_failed(format!("No article has the tag #{wanted}")),
        }
    }

    /// `.`: hides or shows what is read, in feed and folder lists and the tree.
    pub(super) fn toggle_show_read(&mut self) {
        let to = match self.place.list.source {
            Source::Unread => Some(Source::All),
            Source::All => Some(Source::Unread),
            _ => None,
        };
        if let Some(source) = to {
            self.show(source);
            return;
        }
        let show = !self.tree.show_read;
        self.tree.show_read = show;
        self.tree.build();
        let list = &self.place.list;
        if list.source.hides_read() {
            let mut list = list.clone();
            list.show_read = show;
            // Left and opened again: what was read is hidden now, but the selected row stays under the eyes.
            list.open.sticky = list.selected.into_iter().collect();
            self.aim(&mut list, false);
            self.place.list = list;
            self.refresh();
            self.recount();
        }
        self.say(if show {
            "Read articles are shown"
        } else {
            "Read articles are hidden"
        });
    }

    pub(super) fn sort(&mut self, sort: Sort) {
        self.place.list.open.sort = sort;
        self.place.list.open.reverse = false;
        self.refresh();
    }

    pub(super) fn reverse(&mut self) {
        self.place.list.open.reverse = !self.place.list.open.reverse;
        self.refresh();
    }

    pub(super) fn sort_by_name(&mut self, words: &str) {
        match words.trim() {
            "date" => self.sort(Sort::Date),
            "feed" => self.sort(Sort::Feed),
            "title" => self.sort(Sort::Title),
            "length" => self.sort(Sort::Length),
            other => {
                self.say_failed(format!(
                    "\"{other}\" is no order: date, feed, title or length"
                ));
            }
        }
    }

    /// `/`: everything, as you type. Words given run at once.
    pub(super) fn search(&mut self, words: &str) {
        match self.overlays.last_mut() {
            Some(Overlay::Names(names)) => {
                names.typing = true;
                return;
            }
            Some(Overlay::Help(help)) => {
                help.typing = true;
                return;
            }
            Some(_) if words.is_empty() => {
                self.say("There is nothing to search here");
                return;
            }
            _ => {}
        }
        if !words.is_empty() {
            self.go_to(Source::Query(words.to_owned()));
            return;
        }
        // The last frame stays while nothing is typed: the old list is drawn until the first answer.
        let mut list = self.list_of(Source::Query(String::new()));
        list.loaded = false;
        self.push_place(list);
        self.ask(PromptKind::Search, "");
    }

    /// Asks for what is typed so far.
    pub(super) fn search_typed(&mut self, text: &str) {
        let list = self.list_of(Source::Query(text.to_owned()));
        if text.trim().is_empty() {
            self.place.list = list;
            return;
        }
        let old = std::mem::replace(&mut self.place.list, list);
        if old.loaded {
            self.place.last = Some(old);
        }
        self.load(Anchor::Top);
    }

    pub(super) fn filter(&mut self, words: &str) {
        if words.is_empty() {
            let before = self.place.list.filter.clone();
            let text = before.clone().unwrap_or_default();
            self.ask(PromptKind::Filter(before), &text);
        } else {
            self.set_filter(Some(words.to_owned()));
        }
    }

    pub(super) fn clear_filter(&mut self) {
        if self.place.list.filter.is_some() {
            self.set_filter(None);
        } else {
            self.say("No filter is on");
        }
    }

    /// Narrows the list, or widens it again; the selected article stays selected where it still is in the list.
    pub(super) fn set_filter(&mut self, filter: Option<String>) {
        let mut list = self.place.list.clone();
        list.filter = filter.filter(|text| !text.trim().is_empty());
        self.aim(&mut list, false);
        let broken = list.error.take();
        if broken.is_some() {
            // The rows stay as they are while the words make no sense.
            self.remark(broken);
            return;
        }
        self.remark(None);
        list.totals = None;
        self.place.list = list;
        self.refresh();
        self.recount();
    }

    /// Says what is wrong with the words in the prompt.
    pub(super) fn remark(&mut self, remark: Option<String>) {
        match self.overlays.last_mut() {
            Some(Overlay::Prompt(prompt)) => prompt.remark = remark,
            _ => {
                if let Some(remark) = remark {
                    self.say_failed(remark);
                }
            }
        }
    }

    pub(super) fn save_search(&mut self, words: &str) {
        let list = &self.place.list;
        let typed = list.source.typed(&self.tree.data);
        let query = match (typed, &list.filter) {
            (Some(source), Some(filter)) => format!("({source}) ({filter})"),
            (Some(source), None) => source,
            (None, Some(filter)) => filter.clone(),
            (None, None) => String::new(),
        };
        if query.trim().is_empty() {
            self.say("Search or filter first, then keep it under a name");
        } else if words.is_empty() {
            self.ask(PromptKind::SaveSearch(query), "");
        } else {
            self.keep_search(words, &query);
        }
    }

    pub(super) fn jump(&mut self) {
        let kind = PromptKind::Jump {
            article: self.place.list.selected,
            node: self.tree.selected.clone(),
        };
        self.ask(kind, "");
    }

    /// Selects the first row at or below the one where jumping began whose title has what is typed.
    pub(super) fn jump_typed(&mut self, text: &str, from: Option<ArticleId>, node: Option<&Node>) {
        let wanted = fold(text.trim());
        if self.place.focus == Pane::Feeds {
            let rows = self.tree.rows();
            let found = rows
                .iter()
                .position(|row| fold(&row.title).contains(&wanted));
            let back = node.and_then(|node| rows.iter().position(|row| row.node == *node));
            let to = if wanted.is_empty() { back } else { found };
            if to.is_some_and(|row| self.tree.select_row(row)) {
                self.show_selected_node();
            }
            return;
        }
        let list = &self.place.list;
        let start = list
            .rows()
            .position(|row| Some(row.id) == from)
            .unwrap_or(0);
        let rows: Vec<_> = list.rows().collect();
        let below = rows.iter().skip(start).chain(rows.iter().take(start));
        let mut fitting = below.filter(|row| fold(&row.title).contains(&wanted));
        let to = if wanted.is_empty() {
            from
        } else {
            fitting.next().map(|row| row.id)
        };
        self.jumping = None;
        match to {
            Some(id) => self.go_to_article(id),
            None if !wanted.is_empty() && !list.is_whole() => self.ask_jump(&wanted),
            None => {}
        }
    }

    /// Selects an article of the list, which may stand outside the window.
    fn go_to_article(&mut self, id: ArticleId) {
        if !self.place.list.select(id) {
            self.place.list.wanted = Some(id);
            self.load(Anchor::Around(id));
        }
    }

    /// Asks for the first row of the list, beyond the window, whose title has these words.
    fn ask_jump(&mut self, wanted: &str) {
        let words = wanted.split(|c: char| !c.is_alphanumeric());
        let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let Some(last) = words.pop() else { return };
        let terms = words.into_iter().map(str::to_owned);
        let mut list = self.place.list.open.clone();
        for term in terms.chain([format!("{last}*")]) {
            list.query = list.query.and(Query::term(Term::Title(term)));
        }
        // What was read while the list is open would be shown whatever the words are.
        list.sticky.clear();
        let ticket = self.ticket();
        self.jumping = Some(ticket);
        self.send(Effect::Load {
            ticket,
            list,
            anchor: Anchor::Top,
            limit: 1,
        });
    }

    /// Takes in where to jump to. Gives the page back where it answers another question.
    pub(super) fn jumped(&mut self, ticket: Ticket, page: Page) -> Option<Page> {
        if self.jumping.take_if(|asked| *asked == ticket).is_none() {
            return Some(page);
        }
        if let Some(row) = page.rows.first() {
            self.go_to_article(row.id);
        }
        None
    }
}
