//! A list as it stands open: a window of rows around the selection, which is an article, never a row number.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::effect::Ticket;
use super::source::Source;
use super::tree::settle;
use crate::model::entity::Snippet;
use crate::model::list::{Anchor, OpenList, Page, Totals};
use crate::model::query::Sort;
use crate::model::{ArticleId, ArticleRow, Query};

/// A list as it stands open.
///
/// **Invariant:** `selected` is a row of the window, or `None` where the window is empty.
#[derive(Clone, Debug)]
pub struct ListView {
    /// What it shows.
    pub source: Source,
    /// What narrows it, as typed.
    pub filter: Option<String>,
    /// Whether read articles are shown (feeds and folders only).
    pub show_read: bool,
    /// What is asked of the library.
    pub open: OpenList,
    /// The numbers, once counted.
    pub totals: Option<Totals>,
    /// The selected article.
    pub selected: Option<ArticleId>,
    /// The articles selected with `v`, `V`, `%`.
    pub marked: Marked,
    /// Why the query cannot be asked.
    pub error: Option<String>,
    /// The answer is late: the title shows `…`.
    pub late: bool,
    /// The first answer came.
    pub loaded: bool,
    /// In the list of a name: the sentence that mentions it, for the articles that were looked at.
    pub snippets: BTreeMap<ArticleId, Option<Snippet>>,
    pub(super) asking_snippets: Option<(Ticket, Vec<ArticleId>)>,
    pub(super) asked: Option<Asked>,
    pub(super) counting: Option<Ticket>,
    pub(super) recount: bool,
    /// Selected as soon as its rows come.
    pub(super) wanted: Option<ArticleId>,
    pub(super) anchor: Option<ArticleId>,
    /// Steps still to go once rows come: a move went past the window's end.
    pub(super) owed: isize,
    /// Steps to go down from the top once its rows come.
    pub(super) from_top: isize,
    rows: VecDeque<ArticleRow>,
    /// Selected rows that stand outside the window.
    away: BTreeMap<ArticleId, ArticleRow>,
    top: Option<ArticleId>,
    at_top: bool,
    at_bottom: bool,
}

/// A page that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) ticket: Ticket,
    pub(super) anchor: Anchor,
}

/// The articles selected for the next action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Marked {
    /// None: an action takes the row under the cursor.
    #[default]
    None,
    /// These.
    Ids(BTreeSet<ArticleId>),
    /// Every row of the list as opened.
    All,
}

impl Marked {
    /// Says whether a row is selected.
    pub fn has(&self, id: ArticleId) -> bool {
        match self {
            Self::None => false,
            Self::Ids(ids) => ids.contains(&id),
            Self::All => true,
        }
    }
}

impl ListView {
    /// Returns a list not yet asked for.
    pub fn new(source: Source, query: Query, sort: Sort, reverse: bool) -> Self {
        Self {
            source,
            filter: None,
            show_read: true,
            open: OpenList {
                sort: query.sort.unwrap_or(sort),
                query,
                reverse,
                ..OpenList::default()
            },
            totals: None,
            selected: None,
            marked: Marked::None,
            error: None,
            late: false,
            loaded: false,
            snippets: BTreeMap::new(),
            asking_snippets: None,
            asked: None,
            counting: None,
            recount: false,
            wanted: None,
            anchor: None,
            owed: 0,
            from_top: 0,
            rows: VecDeque::new(),
            away: BTreeMap::new(),
            top: None,
            at_top: true,
            at_bottom: true,
        }
    }

    /// Returns the rows of the window: about three pages around the selection.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &ArticleRow> + ExactSizeIterator {
        self.rows.iter()
    }

    /// Returns the rows on a screen of so many rows.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = &ArticleRow> {
        self.rows.iter().skip(self.top_row()).take(height)
    }

    /// Returns how many lines of the screen a row takes: in the list of a name there is a sentence under each headline.
    pub fn row_lines(&self) -> usize {
        if matches!(self.source, Source::Name(_)) {
            2
        } else {
            1
        }
    }

    /// Returns how many articles muted names keep out of the list.
    pub fn muted(&self) -> u64 {
        self.totals.map_or(0, |totals| totals.muted)
    }

    /// Returns the rows on a screen of so many rows, and a screen before and after.
    pub(super) fn around(&self, height: usize) -> impl Iterator<Item = &ArticleRow> {
        let first = self.top_row().saturating_sub(height);
        self.rows.iter().skip(first).take(3 * height)
    }

    /// Says whether the list has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns a row of the window.
    pub fn row(&self, id: ArticleId) -> Option<&ArticleRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Returns a row of the window, or a selected one outside it.
    pub(super) fn known(&self, id: ArticleId) -> Option<&ArticleRow> {
        self.row(id).or_else(|| self.away.get(&id))
    }

    /// Says whether the window holds every row of the list.
    pub(super) fn is_whole(&self) -> bool {
        self.at_top && self.at_bottom
    }

    /// Keeps the selected ones of rows that stand outside the window.
    pub(super) fn keep_away(&mut self, rows: impl IntoIterator<Item = ArticleRow>) {
        let Marked::Ids(ids) = &self.marked else {
            self.away.clear();
            return;
        };
        self.away.retain(|id, _| ids.contains(id));
        let selected = rows.into_iter().filter(|row| ids.contains(&row.id));
        self.away.extend(selected.map(|row| (row.id, row)));
    }

    /// Returns the selected row.
    pub fn selected_row(&self) -> Option<&ArticleRow> {
        self.row(self.selected?)
    }

    /// Returns the selected row's place in the window.
    pub fn selected_at(&self) -> Option<usize> {
        let selected = self.selected?;
        self.rows.iter().position(|row| row.id == selected)
    }

    /// Returns how many new articles wait to be shown.
    pub fn waiting(&self) -> u64 {
        self.totals.map_or(0, |totals| totals.waiting)
    }

    /// Returns how many rows are selected with `v`, `V`, `%`.
    pub fn marked_count(&self) -> u64 {
        match &self.marked {
            Marked::None => 0,
            Marked::Ids(ids) => ids.len() as u64,
            Marked::All => self
                .totals
                .map_or(self.rows.len() as u64, |totals| totals.rows),
        }
    }

    /// Says whether the last row of the window is the list's last.
    pub fn at_bottom(&self) -> bool {
        self.at_bottom
    }

    /// Says whether the first row of the window is the list's first.
    pub fn at_top(&self) -> bool {
        self.at_top
    }

    fn top_row(&self) -> usize {
        let top = self.top.and_then(|top| {
            let mut rows = self.rows.iter();
            rows.position(|row| row.id == top)
        });
        top.unwrap_or(0)
    }

    /// Selects a row of the window. Says whether it is there.
    pub fn select(&mut self, id: ArticleId) -> bool {
        let there = self.row(id).is_some();
        if there {
            self.selected = Some(id);
            self.owed = 0;
        }
        there
    }

    /// Moves the selection so many rows. What lies past the window's end is owed: it is gone once rows come.
    pub fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1) as isize;
        let at = self.selected_at().unwrap_or(0) as isize;
        let wanted = at.saturating_add(by);
        let to = wanted.clamp(0, last);
        let more = (wanted > last && !self.at_bottom) || (wanted < 0 && !self.at_top);
        self.owed = if more { wanted - to } else { 0 };
        self.selected = self.rows.get(to as usize).map(|row| row.id);
    }

    /// Selects the first or last row of the window.
    pub fn select_end(&mut self, bottom: bool) {
        let row = if bottom {
            self.rows.back()
        } else {
            self.rows.front()
        };
        self.selected = row.map(|row| row.id);
        self.owed = 0;
    }

    /// Returns the row so many steps from the selected one.
    pub fn beside(&self, by: isize) -> Option<&ArticleRow> {
        let at = self.selected_at()?.checked_add_signed(by)?;
        self.rows.get(at)
    }

    /// Scrolls so that the selected row is in view.
    pub fn settle(&mut self, height: usize) {
        let Some(row) = self.selected_at() else {
            self.top = self.rows.front().map(|row| row.id);
            return;
        };
        let top = settle(self.top_row(), row, self.rows.len(), height);
        self.top = self.rows.get(top).map(|row| row.id);
    }

    /// Returns where more rows are needed for a screen of so many rows, if anywhere: within a page of the window's end.
    pub(super) fn lacks(&self, height: usize) -> Option<Anchor> {
        let at = self.selected_at()?;
        let page = height.max(10);
        if !self.at_bottom && at + page >= self.rows.len() {
            return self.rows.back().map(|row| Anchor::After(row.id));
        }
        if !self.at_top && at < page {
            return self.rows.front().map(|row| Anchor::Before(row.id));
        }
        None
    }

    /// Takes in a page. `height`: rows on the screen.
    pub(super) fn take(&mut self, anchor: Anchor, page: Page, height: usize) {
        if self.open.opened_seq.is_none() {
            self.open.opened_seq = page.seq;
        }
        self.loaded = true;
        self.late = false;
        let keep = height.max(10) * 3;
        match anchor {
            Anchor::After(id) if self.rows.back().is_some_and(|row| row.id == id) => {
                let new = page.rows.into_iter();
                let known: BTreeSet<ArticleId> = self.rows.iter().map(|row| row.id).collect();
                self.rows.extend(new.filter(|row| !known.contains(&row.id)));
                self.at_bottom = page.at_bottom;
                let spare = self.selected_at().unwrap_or(0).saturating_sub(keep);
                if spare > 0 {
                    let gone: Vec<ArticleRow> = self.rows.drain(..spare).collect();
                    self.keep_away(gone);
                    self.at_top = false;
                }
            }
            Anchor::Before(id) if self.rows.front().is_some_and(|row| row.id == id) => {
                let known: BTreeSet<ArticleId> = self.rows.iter().map(|row| row.id).collect();
                for row in page.rows.into_iter().rev() {
                    if !known.contains(&row.id) {
                        self.rows.push_front(row);
                    }
                }
                self.at_top = page.at_top;
                let most = self.selected_at().unwrap_or(0) + keep;
                if self.rows.len() > most {
                    let gone = self.rows.split_off(most);
                    self.keep_away(gone);
                    self.at_bottom = false;
                }
            }
            // The window moved on since: the next step asks again.
            Anchor::After(_) | Anchor::Before(_) => {}
            Anchor::Top | Anchor::Bottom | Anchor::Around(_) => self.replace(anchor, page),
        }
        let from_top = std::mem::take(&mut self.from_top);
        if anchor == Anchor::Top && from_top > 0 {
            self.step(from_top);
        }
        if let Some(wanted) = self.wanted.take() {
            self.select(wanted);
        } else if self.owed != 0 && matches!(anchor, Anchor::After(_) | Anchor::Before(_)) {
            self.step(self.owed);
        }
        self.settle(height);
    }

    fn replace(&mut self, anchor: Anchor, page: Page) {
        let before = self.selected_at();
        let selected = self.selected;
        self.owed = 0;
        let gone = std::mem::replace(&mut self.rows, page.rows.into());
        self.keep_away(gone);
        self.at_top = page.at_top;
        self.at_bottom = page.at_bottom;
        let still = selected.filter(|id| self.row(*id).is_some());
        self.selected = match anchor {
            Anchor::Bottom => self.rows.back().map(|row| row.id),
            Anchor::Around(id) if self.row(id).is_some() => Some(id),
            Anchor::Around(_) => still.or_else(|| {
                let at = before.unwrap_or(0).min(self.rows.len().saturating_sub(1));
                self.rows.get(at).map(|row| row.id)
            }),
            _ => self.rows.front().map(|row| row.id),
        };
        if let Marked::Ids(ids) = &mut self.marked
            && self.at_top
            && self.at_bottom
        {
            ids.retain(|id| self.rows.iter().any(|row| row.id == *id));
        }
    }

    /// Changes rows of the window, and selected ones outside it, in place.
    pub(super) fn known_rows_mut(&mut self) -> impl Iterator<Item = &mut ArticleRow> {
        self.rows.iter_mut().chain(self.away.values_mut())
    }

    /// Keeps articles in the list whatever its query says of them now.
    pub(super) fn stick(&mut self, ids: &[ArticleId]) {
        let mut known: BTreeSet<ArticleId> = self.open.sticky.iter().copied().collect();
        let new = ids.iter().filter(|id| known.insert(**id));
        self.open.sticky.extend(new);
    }

    /// Returns the first unread row after the selected one (before it with `back`) in the window.
    pub(super) fn unread_beside(&self, back: bool, inclusive: bool) -> Option<ArticleId> {
        let at = self.selected_at()?;
        let found = if back {
            let above = self.rows.iter().take(at + usize::from(inclusive));
            above.rev().find(|row| row.unread)
        } else {
            let below = self.rows.iter().skip(at + usize::from(!inclusive));
            below.into_iter().find(|row| row.unread)
        };
        found.map(|row| row.id)
    }
}
