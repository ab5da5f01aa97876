//! Marks: rows flip at once, the library answers after its commit, and what could not be stored flips back. And undo.

use std::collections::BTreeSet;

use super::list::{ListView, Marked};
use super::overlay::{Overlay, UndoList};
use super::prompt::PromptKind;
use super::{App, Effect, Pane, Source, Stood, Ticket, name_entry};
use crate::keymap::{Command, Context};
use crate::model::article::ArticleRow;
use crate::model::change::{NameKey, Written};
use crate::model::{ArticleId, Change, JournalId, Query, Scope, Seq, What};

/// Actions whose view is remembered for their undo.
const MOST_STOOD: usize = 500;

/// A change under way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    ticket: Ticket,
    kind: Kind,
    /// The rows that flipped, as they were.
    before: Vec<(ArticleId, State)>,
    stood: Stood,
    /// The list it was made in.
    list: (Query, Option<Seq>),
    quiet: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Change(What),
    Undo,
    Redo,
}

/// What a change can change of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    unread: bool,
    starred: bool,
    later: bool,
    tags: Vec<String>,
}

impl State {
    fn of(row: &ArticleRow) -> Self {
        Self {
            unread: row.unread,
            starred: row.starred,
            later: row.later,
            tags: row.tags.clone(),
        }
    }

    fn put(self, row: &mut ArticleRow) {
        row.unread = self.unread;
        row.starred = self.starred;
        row.later = self.later;
        row.tags = self.tags;
    }
}

/// Changes a row as a change will.
fn flip(row: &mut ArticleRow, what: &What) {
    match what {
        What::Read(read) => row.unread = !read,
        What::Star(star) => row.starred = *star,
        What::Later(later) => row.later = *later,
        What::Tag(tag) if !row.tags.contains(tag) => {
            row.tags.push(tag.clone());
            row.tags.sort();
        }
        What::Untag(tag) => row.tags.retain(|other| other != tag),
        What::Several(parts) => parts.iter().for_each(|part| flip(row, part)),
        _ => {}
    }
}

/// Takes back in `back` what a change touched that failed: another one may have flipped the rest meanwhile. `state`: as it
/// was before.
fn flip_back(back: &mut State, what: &What, state: &State) {
    match what {
        What::Read(_) => back.unread = state.unread,
        What::Star(_) => back.starred = state.starred,
        What::Later(_) => back.later = state.later,
        What::Tag(tag) if !state.tags.contains(tag) => back.tags.retain(|other| other != tag),
        What::Untag(tag) if state.tags.contains(tag) && !back.tags.contains(tag) => {
            back.tags.push(tag.clone());
            back.tags.sort();
        }
        What::Several(parts) => parts.iter().for_each(|part| flip_back(back, part, state)),
        _ => {}
    }
}

impl App {
    /// Runs something for every row that shows one of these articles, in every place.
    fn each_row(&mut self, mut act: impl FnMut(&mut ArticleRow)) {
        let places = std::iter::once(&mut self.place).chain(&mut self.back);
        for place in places {
            let lists = std::iter::once(&mut place.list).chain(&mut place.last);
            lists.flat_map(ListView::known_rows_mut).for_each(&mut act);
            if let Some(reader) = &mut place.reader {
                act(&mut reader.article.row);
            }
        }
    }

    /// Keeps articles in every list that shows them: an item stays in its list until the list is left.
    fn stick_where_shown(&mut self, ids: &[ArticleId]) {
        let ids: BTreeSet<ArticleId> = ids.iter().copied().collect();
        let places = std::iter::once(&mut self.place).chain(&mut self.back);
        for place in places {
            let shown = place.list.rows().map(|row| row.id);
            let shown: Vec<ArticleId> = shown.filter(|id| ids.contains(id)).collect();
            place.list.stick(&shown);
        }
    }

    /// Stores a change of articles: flips their rows and sends it. `scope` may reach further than the rows known here.
    fn change_articles(&mut self, what: What, scope: Scope, known: &[ArticleId], undoable: bool) {
        if let Some(why) = self.tree.data.read_only.clone() {
            if undoable {
                self.say_failed(format!("Read-only: marks are not kept ({why})"));
            }
            return;
        }
        let known: BTreeSet<ArticleId> = known.iter().copied().collect();
        let mut before = Vec::new();
        let mut seen = BTreeSet::new();
        self.each_row(|row| {
            if known.contains(&row.id) {
                if seen.insert(row.id) {
                    before.push((row.id, State::of(row)));
                }
                flip(row, &what);
            }
        });
        let ids: Vec<ArticleId> = known.into_iter().collect();
        self.stick_where_shown(&ids);
        self.write(Kind::Change(what.clone()), before, !undoable, |ticket| {
            Effect::Write {
                ticket,
                change: Change {
                    what,
                    scope,
                    undoable,
                },
            }
        });
    }

    fn write(
        &mut self,
        kind: Kind,
        before: Vec<(ArticleId, State)>,
        quiet: bool,
        effect: impl FnOnce(Ticket) -> Effect,
    ) {
        let ticket = self.ticket();
        self.sent.push(Sent {
            ticket,
            kind,
            before,
            stood: Stood {
                selected: self.place.list.selected,
                marked: self.place.list.marked.clone(),
            },
            list: (
                self.place.list.open.query.clone(),
                self.place.list.open.opened_seq,
            ),
            quiet,
        });
        self.send(effect(ticket));
    }

    /// Stores a change that is not about articles. Returns its ticket; `None` where nothing can be stored.
    pub(super) fn change(&mut self, what: What) -> Option<Ticket> {
        self.change_in(what, Scope::None)
    }

    /// The same for a change that is about articles, but not about their rows.
    pub(super) fn change_in(&mut self, what: What, scope: Scope) -> Option<Ticket> {
        if let Some(why) = self.tree.data.read_only.clone() {
            self.say_failed(format!("Read-only: nothing can be changed ({why})"));
            return None;
        }
        self.write(Kind::Change(what.clone()), Vec::new(), false, |ticket| {
            Effect::Write {
                ticket,
                change: Change {
                    what,
                    scope,
                    undoable: true,
                },
            }
        });
        Some(Ticket(self.last_ticket))
    }

    /// Marks an article read because it was opened: stored, but no step of undo.
    pub(super) fn mark_opened(&mut self, id: ArticleId) {
        if self.row(id).is_none_or(|row| row.unread) {
            self.change_articles(What::Read(true), Scope::Ids(vec![id]), &[id], false);
        }
    }

    pub(super) fn mark_ids(&mut self, what: What, ids: &[ArticleId]) {
        if ids.is_empty() {
            self.say("No article is selected");
            return;
        }
        self.change_articles(what, Scope::Ids(ids.to_vec()), ids, true);
    }

    /// Marks what is selected, or the current article.
    pub(super) fn mark(&mut self, what: What) {
        let ids = self.targets();
        self.mark_targets(what, &ids);
        self.place.list.marked = Marked::None;
    }

    /// Marks these articles; where all of the list is selected, also those of it that are not known here.
    fn mark_targets(&mut self, what: What, ids: &[ArticleId]) {
        let all = self.place.list.marked == Marked::All && !self.place.reading;
        let list = &self.place.list.open;
        match list.opened_seq.filter(|_| all) {
            Some(opened_seq) => {
                let query = list.query.clone();
                self.change_articles(what, Scope::List { query, opened_seq }, ids, true);
            }
            None => self.mark_ids(what, ids),
        }
    }

    pub(super) fn toggle_read(&mut self) {
        if self.place.focus == Pane::Feeds {
            self.mark_all_read();
            return;
        }
        let read = !self.all_have(|row| !row.unread);
        self.mark(What::Read(read));
    }

    pub(super) fn toggle_star(&mut self) {
        let star = !self.all_have(|row| row.starred);
        self.mark(What::Star(star));
    }

    pub(super) fn toggle_later(&mut self) {
        let later = !self.all_have(|row| row.later);
        self.mark(What::Later(later));
    }

    /// `A`: exactly the articles of the list as it stands, below the screen too, never the waiting ones.
    pub(super) fn mark_all_read(&mut self) {
        let list = &self.place.list;
        let Some(opened_seq) = list.open.opened_seq.filter(|_| list.loaded) else {
            self.say("The list is still loading");
            return;
        };
        let query = list.open.query.clone();
        let known: Vec<ArticleId> = list.rows().map(|row| row.id).collect();
        if known.is_empty() {
            self.say("The list is empty");
            return;
        }
        self.change_articles(
            What::Read(true),
            Scope::List { query, opened_seq },
            &known,
            true,
        );
    }

    /// `gA` and `gB`.
    pub(super) fn mark_beside_read(&mut self, above: bool) {
        let list = &self.place.list;
        let Some((id, at)) = list.selected.zip(list.selected_at()) else {
            self.say("No article is selected");
            return;
        };
        let rows = list.rows().enumerate();
        let beside = rows.filter(|(row, _)| if above { *row < at } else { *row > at });
        let known: Vec<ArticleId> = beside.map(|(_, row)| row.id).collect();
        let scope = Scope::Beside {
            list: Box::new(list.open.clone()),
            id,
            above,
        };
        self.change_articles(What::Read(true), scope, &known, true);
    }

    /// `t`.
    pub(super) fn tag(&mut self, words: &str) {
        let ids = self.targets();
        if ids.is_empty() {
            self.say("No article is selected");
            return;
        }
        let rows: Vec<&ArticleRow> = ids.iter().filter_map(|id| self.row(*id)).collect();
        let first = rows.first().map(|row| row.tags.clone()).unwrap_or_default();
        let on_all = |tag: &String| rows.iter().all(|row| row.tags.contains(tag));
        let before: Vec<String> = first.into_iter().filter(on_all).collect();
        if words.is_empty() {
            let mut text = before.join(", ");
            if !text.is_empty() {
                text.push_str(", ");
            }
            self.ask(PromptKind::Tags { ids, before }, &text);
        } else {
            let wanted: Vec<String> = before.iter().cloned().chain(tags_in(words)).collect();
            self.set_tags(&ids, &before, &wanted);
        }
    }

    /// Puts tags on and takes tags off, as the line that was edited says.
    pub(super) fn set_tags(&mut self, ids: &[ArticleId], before: &[String], wanted: &[String]) {
        let added: Vec<&String> = wanted.iter().filter(|tag| !before.contains(tag)).collect();
        let gone = before.iter().filter(|tag| !wanted.contains(tag));
        if !wanted.is_empty() {
            self.last_tags = wanted.to_vec();
            self.send(Effect::Remember {
                key: "tags".into(),
                value: wanted.join("\n"),
            });
        }
        let gone = gone.map(|tag| What::Untag(tag.clone()));
        let added = added.into_iter().map(|tag| What::Tag(tag.clone()));
        self.mark_at_once(gone.chain(added).collect(), ids);
        self.place.list.marked = Marked::None;
    }

    /// Makes several marks of the same articles one step of undo.
    fn mark_at_once(&mut self, mut parts: Vec<What>, ids: &[ArticleId]) {
        match parts.len() {
            0 => {}
            1 => self.mark_targets(parts.remove(0), ids),
            _ => self.mark_targets(What::Several(parts), ids),
        }
    }

    /// `T`.
    pub(super) fn tag_again(&mut self) {
        let ids = self.targets();
        if self.last_tags.is_empty() {
            self.tag("");
            return;
        }
        let tags = self.last_tags.iter().cloned().map(What::Tag).collect();
        self.mark_at_once(tags, &ids);
        self.place.list.marked = Marked::None;
    }

    pub(super) fn undo(&mut self, step: Option<JournalId>) {
        self.write(Kind::Undo, Vec::new(), false, |ticket| {
            Effect::Undo(ticket, step)
        });
    }

    pub(super) fn redo(&mut self) {
        self.write(Kind::Redo, Vec::new(), false, Effect::Redo);
    }

    pub(super) fn show_undo_list(&mut self) {
        let ticket = self.ticket();
        self.overlays.push(Overlay::UndoList(UndoList {
            asked: Some(ticket),
            ..UndoList::default()
        }));
        self.send(Effect::LoadUndoList(ticket));
    }

    /// Takes in that a change was committed.
    pub(super) fn written(&mut self, ticket: Ticket, written: &Written) {
        let Some(at) = self.sent.iter().position(|sent| sent.ticket == ticket) else {
            return;
        };
        let sent = self.sent.remove(at);
        self.stick_where_shown(&written.ids);
        let open = &self.place.list.open;
        let same_list = sent.list.0 == open.query && sent.list.1 == open.opened_seq;
        if matches!(sent.kind, Kind::Change(_)) && same_list {
            // Rows below the screen changed too: a mark on the whole list.
            self.place.list.stick(&written.ids);
        }
        if let (Kind::Change(_), Some(op)) = (&sent.kind, written.op) {
            self.stood.insert(op, sent.stood.clone());
            while self.stood.len() > MOST_STOOD {
                self.stood.pop_first();
            }
        }
        self.acknowledge(&sent, written);
        self.added(ticket, Ok(written));
        match &sent.kind {
            Kind::Change(What::Follow(key, on)) => self.decide(true, key, *on),
            Kind::Change(What::Mute(key, on)) => self.decide(false, key, *on),
            Kind::Change(What::Blocks(_) | What::Site(_)) => self.choices_stored(),
            Kind::Change(
                what @ (What::MergeName { .. } | What::SplitName(_) | What::PartName { .. }),
            ) => {
                self.names_changed(Some(what));
            }
            Kind::Change(What::Unsubscribe(feed)) => {
                if self.place.list.source == Source::Feed(*feed) {
                    self.show(Source::Unread);
                }
            }
            Kind::Change(_) => {}
            Kind::Undo | Kind::Redo => {
                self.cleaning_awaited |= !written.recleans.is_empty() || !written.sites.is_empty();
                self.stand_again(written);
                // It may have been a decision on names.
                if written.ids.is_empty() {
                    self.names_changed(None);
                }
            }
        }
        self.ask_tree();
        self.recount();
    }

    /// Names what was done in the status line: only now, after the commit, is it acknowledged.
    fn acknowledge(&mut self, sent: &Sent, written: &Written) {
        if sent.quiet || written.words.is_empty() {
            return;
        }
        let keymap = &self.settings.keymap;
        let words = match sent.kind {
            Kind::Change(_) if written.op.is_some() => {
                format!(
                    "{} · {} undoes",
                    written.words,
                    keymap.hint(Context::List, Command::Undo)
                )
            }
            Kind::Undo if written.op.is_some() => {
                format!(
                    "{} · {} again",
                    written.words,
                    keymap.hint(Context::List, Command::Redo)
                )
            }
            _ => written.words.clone(),
        };
        self.say_done(words);
    }

    fn decide(&mut self, follow: bool, key: &NameKey, on: bool) {
        let entry = name_entry(key);
        let (set, other) = if follow {
            (&mut self.followed, &mut self.muted)
        } else {
            (&mut self.muted, &mut self.followed)
        };
        if on {
            other.remove(&entry);
        }
        set.insert(entry, on);
        for overlay in &mut self.overlays {
            let rows = match overlay {
                Overlay::Names(names) => names.rows.iter_mut().collect(),
                Overlay::Name(view) => view.page.iter_mut().map(|page| &mut page.row).collect(),
                _ => Vec::new(),
            };
            for row in rows.into_iter().filter(|row| row.key() == *key) {
                row.followed = if follow { on } else { row.followed && !on };
                row.muted = if follow { row.muted && !on } else { on };
            }
        }
        if !follow {
            self.hide_muted();
        }
    }

    /// After an undo: rows are read again, and selection and cursor stand where they stood before the action.
    fn stand_again(&mut self, written: &Written) {
        if let Some(stood) = written.op.and_then(|op| self.stood.get(&op)).cloned() {
            if let Some(id) = stood.selected {
                self.place.list.select(id);
            }
            let there = |id: &ArticleId| self.place.list.row(*id).is_some();
            self.place.list.marked = match stood.marked {
                Marked::Ids(ids) => {
                    let ids: BTreeSet<ArticleId> = ids.into_iter().filter(there).collect();
                    if ids.is_empty() {
                        Marked::None
                    } else {
                        Marked::Ids(ids)
                    }
                }
                other => other,
            };
        }
        self.refresh();
        if let Some(reader) = &self.place.reader
            && written.ids.contains(&reader.id())
        {
            self.reread();
        }
        if matches!(self.overlays.last(), Some(Overlay::UndoList(_))) {
            self.overlays.pop();
            self.show_undo_list();
        }
    }

    /// Takes in that a change could not be stored: its rows flip back.
    pub(super) fn write_failed(&mut self, ticket: Ticket, error: &str) {
        let Some(at) = self.sent.iter().position(|sent| sent.ticket == ticket) else {
            return;
        };
        let sent = self.sent.remove(at);
        self.added(ticket, Err(error));
        let what = match &sent.kind {
            Kind::Change(what) => Some(what.clone()),
            Kind::Undo | Kind::Redo => None,
        };
        self.each_row(|row| {
            let Some((_, state)) = sent.before.iter().find(|(id, _)| *id == row.id) else {
                return;
            };
            let mut back = State::of(row);
            if let Some(what) = &what {
                flip_back(&mut back, what, state);
            }
            back.put(row);
        });
        self.say_failed(error.to_owned());
    }
}

/// Returns the tags in a line: by commas where there are any, else by spaces; without `#`.
pub(super) fn tags_in(line: &str) -> Vec<String> {
    let by_comma = line.contains(',');
    let parts = line.split(move |c: char| {
        if by_comma {
            c == ','
        } else {
            c.is_whitespace()
        }
    });
    let mut tags: Vec<String> = Vec::new();
    for part in parts {
        let tag = part.trim().trim_start_matches('#').trim();
        if !tag.is_empty() && !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}
