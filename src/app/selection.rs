//! Selecting rows for the next action: `v`, `V`, `%`.
//!
//! The app holds a window of a list's rows; a selection may reach beyond it. Selected rows that leave the window are kept
//! beside it, and those that were never in it are asked for.

use std::collections::BTreeSet;

use super::list::Marked;
use super::{App, Effect, Ticket};
use crate::model::ArticleId;
use crate::model::article::ArticleRow;
use crate::model::list::{Anchor, Page};

/// Rows gathered at most. A selection of more is known to the library alone: it can be marked, not opened or copied.
const MOST: usize = 5_000;

/// Rows asked for to be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gathering {
    ticket: Ticket,
    what: Gathered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gathered {
    /// All of the list.
    All,
    /// From one row to another.
    Range {
        from: ArticleId,
        to: ArticleId,
        /// Below the first; else above it.
        below: bool,
    },
}

impl App {
    /// Returns the articles an action takes: those selected, else the current one.
    pub(super) fn targets(&self) -> Vec<ArticleId> {
        if !self.place.reading {
            let list = &self.place.list;
            match &list.marked {
                Marked::Ids(ids) => {
                    let here = list.rows().map(|row| row.id).filter(|id| ids.contains(id));
                    let here: Vec<ArticleId> = here.collect();
                    let away = ids.iter().filter(|id| !here.contains(id)).copied();
                    let away: Vec<ArticleId> = away.collect();
                    return here.into_iter().chain(away).collect();
                }
                Marked::All => return list.rows().map(|row| row.id).collect(),
                Marked::None => {}
            }
        }
        self.current().into_iter().collect()
    }

    /// Says whether more is selected than is known here, and tells the reader.
    pub(super) fn selects_too_many(&mut self) -> bool {
        let list = &self.place.list;
        let too_many = !self.place.reading && list.marked == Marked::All && !list.is_whole();
        if too_many {
            let count = super::words::thousands(list.marked_count());
            self.say_failed(format!("{count} are selected: too many for this"));
        }
        too_many
    }

    /// Says whether a mark is on all of what is selected: then a toggle takes it off, else it sets it.
    pub(super) fn all_have(&self, has: impl Fn(&ArticleRow) -> bool) -> bool {
        let ids = self.targets();
        let mut rows = ids.iter().filter_map(|id| self.row(*id)).peekable();
        rows.peek().is_some() && rows.all(has)
    }

    /// `v`.
    pub(super) fn select_row(&mut self) {
        let list = &mut self.place.list;
        let Some(id) = list.selected else { return };
        // The rows beyond the screen's window are known to the library alone: taking one off would lose them.
        if list.marked == Marked::All && !list.is_whole() {
            self.say("All are selected, below the screen too · Esc ends that");
            return;
        }
        let mut ids = match std::mem::take(&mut list.marked) {
            Marked::None => BTreeSet::new(),
            Marked::Ids(ids) => ids,
            Marked::All => list.rows().map(|row| row.id).collect(),
        };
        if !ids.remove(&id) {
            ids.insert(id);
        }
        list.anchor = Some(id);
        list.marked = if ids.is_empty() {
            Marked::None
        } else {
            Marked::Ids(ids)
        };
        list.step(1);
    }

    /// `V`: from the last `v` to here.
    pub(super) fn select_range(&mut self) {
        let list = &mut self.place.list;
        let Some(cursor) = list.selected_at() else {
            return;
        };
        let from = list
            .anchor
            .unwrap_or(list.rows().nth(cursor).map_or(ArticleId(0), |row| row.id));
        let Some(first) = list.rows().position(|row| row.id == from) else {
            self.gather_range(from, true);
            return;
        };
        let (first, end) = (first.min(cursor), first.max(cursor) + 1);
        let range: Vec<ArticleId> = list
            .rows()
            .skip(first)
            .take(end - first)
            .map(|row| row.id)
            .collect();
        self.add_marked(range);
    }

    fn add_marked(&mut self, range: impl IntoIterator<Item = ArticleId>) {
        let list = &mut self.place.list;
        let marked = std::mem::take(&mut list.marked);
        list.marked = match marked {
            Marked::None => Marked::Ids(range.into_iter().collect()),
            Marked::Ids(ids) => Marked::Ids(ids.into_iter().chain(range).collect()),
            Marked::All => Marked::All,
        };
        list.anchor = list.selected;
    }

    /// Asks for the rows from one that has left the window to the selected one.
    fn gather_range(&mut self, from: ArticleId, below: bool) {
        let Some(to) = self.place.list.selected else {
            return;
        };
        let anchor = if below {
            Anchor::After(from)
        } else {
            Anchor::Before(from)
        };
        self.gather(Gathered::Range { from, to, below }, anchor);
    }

    fn gather(&mut self, what: Gathered, anchor: Anchor) {
        let ticket = self.ticket();
        self.gathering = Some(Gathering { ticket, what });
        self.send(Effect::Load {
            ticket,
            list: self.place.list.open.clone(),
            anchor,
            limit: MOST,
        });
    }

    /// Takes in rows that were asked for to be selected. Gives the page back where it answers another question.
    pub(super) fn gathered(&mut self, ticket: Ticket, page: Page) -> Option<Page> {
        let Some(gathering) = self.gathering.take_if(|asked| asked.ticket == ticket) else {
            return Some(page);
        };
        let list = &mut self.place.list;
        match gathering.what {
            Gathered::All if list.marked == Marked::All && page.at_bottom => {
                list.marked = Marked::Ids(page.rows.iter().map(|row| row.id).collect());
                list.keep_away(page.rows);
            }
            Gathered::All => {}
            Gathered::Range { from, to, below } => {
                let at = page.rows.iter().position(|row| row.id == to);
                match (at, below) {
                    (Some(at), _) => {
                        let mut rows = page.rows;
                        if below {
                            rows.truncate(at + 1);
                        } else {
                            rows.drain(..at);
                        }
                        let ids: Vec<ArticleId> = rows.iter().map(|row| row.id).collect();
                        self.add_marked(ids.into_iter().chain([from]));
                        self.place.list.keep_away(rows);
                    }
                    (None, true) => self.gather_range(from, false),
                    (None, false) => self.say("The last selected row is too far away"),
                }
            }
        }
        None
    }

    /// `%`.
    pub(super) fn select_all(&mut self) {
        let list = &mut self.place.list;
        if list.is_empty() {
            return;
        }
        list.marked = Marked::All;
        let few = list.totals.is_none_or(|totals| totals.rows <= MOST as u64);
        if few && !list.is_whole() {
            self.gather(Gathered::All, Anchor::Top);
        }
    }

    pub(super) fn clear_marked(&mut self) -> bool {
        let any = self.place.list.marked != Marked::None && !self.place.reading;
        if any {
            self.place.list.marked = Marked::None;
        }
        any
    }
}
