//! Names, the reader's word on them: following, muting, merging, other names and types; the list of all names, a name's
//! page, and the sentences beside its articles.

use super::list::ListView;
use super::overlay::{Menu, MenuAction, MenuRow, NameView, NamesIndex, Overlay, PageRow};
use super::prompt::{Candidate, PromptKind};
use super::tree::Node;
use super::words::{kind_word, thousands};
use super::{App, Effect, Pane, Source, Ticket};
use crate::keymap::{Command, Context};
use crate::model::change::NameKey;
use crate::model::entity::{EntityRow, NamePage, Snippet, is_lone};
use crate::model::{ArticleId, Change, EntityKind, Scope, What};
use crate::text::fold::fold;

/// Names read over the cache at once at most; typing finds the others.
const MOST_NAMES: usize = 2_000;

/// Names that may complete a merge.
const MOST_TARGETS: usize = 50;

/// Sentences asked for at once at most.
const MOST_SNIPPETS: usize = 60;

impl App {
    // -- acting on a name -------------------------------------------------------------------------------------------

    /// Returns the name that `+` `-` `=` `*` `i` act on: of the list of names, of the page of a name, of the feed list,
    /// of the article's text or its sidebar, or that whose list is shown.
    pub(super) fn selected_name(&self) -> Option<NameKey> {
        match self.overlays.last() {
            Some(Overlay::Names(names)) => return names.selected_key(),
            Some(Overlay::Name(view)) => return Some(view.key.clone()),
            _ => {}
        }
        if self.place.focus == Pane::Feeds {
            return match &self.tree.selected {
                Some(Node::Name(key)) => Some(key.clone()),
                _ => None,
            };
        }
        if self.place.focus == Pane::List {
            return match &self.place.list.source {
                Source::Name(key) => Some(key.clone()),
                _ => self.name_in_reader(),
            };
        }
        self.name_in_reader()
    }

    fn name_in_reader(&self) -> Option<NameKey> {
        let reader = self.place.reader.as_ref()?;
        let entity = reader.article.entities.entities.get(reader.name?)?;
        Some(NameKey {
            name: entity.name.clone(),
            kind: entity.kind,
        })
    }

    fn ask_for_a_name(&mut self) {
        let keymap = &self.settings.keymap;
        let names = keymap.hint(Context::Reader, Command::Names);
        let next = keymap.hint(Context::Reader, Command::NextMention);
        self.say(format!(
            "Select a name first: {names}, or {next} in the text"
        ));
    }

    /// `+` and `-`.
    pub(super) fn decide_name(&mut self, follow: bool) {
        let Some(key) = self.selected_name() else {
            self.ask_for_a_name();
            return;
        };
        let (followed, muted) = self.name_decisions(&key);
        let what = if follow {
            What::Follow(key, !followed)
        } else {
            What::Mute(key, !muted)
        };
        self.change(what);
    }

    /// `=`.
    pub(super) fn merge_name(&mut self, words: &str) {
        let Some(key) = self.selected_name() else {
            self.ask_for_a_name();
            return;
        };
        if words.is_empty() {
            self.ask(PromptKind::MergeName(key), "");
            self.look_for_names("");
        } else {
            self.merge_into(&key, words, None);
        }
    }

    /// Merges a name into the one typed, or into the completion chosen for it.
    pub(super) fn merge_into(&mut self, from: &NameKey, typed: &str, chosen: Option<usize>) {
        let targets = self.merge_targets(from, typed);
        let exact = |(key, _): &&(NameKey, u32)| fold(&key.name) == fold(typed.trim());
        let target = match chosen {
            Some(at) => targets.get(at),
            None => targets.iter().find(exact),
        };
        let into = target.map_or_else(
            || NameKey {
                name: typed.trim().to_owned(),
                kind: from.kind,
            },
            |(key, _)| key.clone(),
        );
        self.change(What::MergeName {
            from: from.clone(),
            into,
        });
    }

    /// Returns the names that a name may be merged into, with their articles: those of the article first, as the two
    /// ways of writing one name mostly stand side by side.
    fn merge_targets(&self, from: &NameKey, typed: &str) -> Vec<(NameKey, u32)> {
        let reader = self.place.reader.as_ref();
        let here = reader.into_iter().flat_map(|reader| {
            let article = &reader.article;
            let others = article.elsewhere.iter().map(|count| *count as u32 + 1);
            let names = article.entities.entities.iter().map(|entity| NameKey {
                name: entity.name.clone(),
                kind: entity.kind,
            });
            names.zip(others.chain(std::iter::repeat(1)))
        });
        let known = self.known_names.iter().map(|row| (row.key(), row.articles));
        let typed = fold(typed.trim());
        let mut found: Vec<(NameKey, u32)> = Vec::new();
        for (key, articles) in here.chain(known) {
            let fits = fold(&key.name).contains(&typed) && key != *from;
            if fits && found.iter().all(|(other, _)| *other != key) {
                found.push((key, articles));
            }
        }
        // The same type first: a person is merged into a person.
        let begins = |key: &NameKey| {
            let name = fold(&key.name);
            name.split(' ').any(|word| word.starts_with(&typed)) || name.starts_with(&typed)
        };
        found.sort_by_key(|(key, _)| (!begins(key), key.kind != from.kind));
        found.truncate(MOST_TARGETS);
        found
    }

    /// Completes the name to merge into.
    pub(super) fn complete_merge(&self, from: &NameKey, typed: &str) -> Vec<Candidate> {
        let targets = self.merge_targets(from, typed).into_iter();
        targets
            .map(|(key, articles)| Candidate {
                line: key.name.clone(),
                label: key.name,
                detail: format!("{} · {}", kind_word(key.kind), in_articles(articles)),
            })
            .collect()
    }

    /// Asks the library for names with these words, for the prompt that merges.
    pub(super) fn look_for_names(&mut self, words: &str) {
        let ticket = self.ticket();
        self.asked_names = Some(ticket);
        self.send(Effect::LoadNames {
            ticket,
            kind: None,
            words: words.trim().to_owned(),
            limit: MOST_TARGETS,
        });
    }

    /// `i` on a name.
    pub(super) fn edit_name(&mut self, key: &NameKey) {
        let row = |letter, label: &str, detail: String, does| MenuRow {
            key: Some(letter),
            label: label.into(),
            detail,
            does,
        };
        let (followed, muted) = self.name_decisions(key);
        let mark = |on: bool| String::from(if on { "now" } else { "" });
        let decide = |what| {
            MenuAction::Write(Box::new(Change {
                what,
                scope: Scope::None,
                undoable: true,
            }))
        };
        let as_kind = |kind| {
            decide(What::MergeName {
                from: key.clone(),
                into: NameKey {
                    name: key.name.clone(),
                    kind,
                },
            })
        };
        let of_kind =
            |letter, label, kind| row(letter, label, mark(key.kind == kind), as_kind(kind));
        let mut rows = vec![
            row(
                'g',
                "Its page: over time, seen with",
                String::new(),
                MenuAction::NamePage(key.clone()),
            ),
            row(
                'n',
                "Another name for it",
                key.name.clone(),
                MenuAction::RenameName(key.clone()),
            ),
            row(
                '=',
                "Merge into another name",
                String::new(),
                MenuAction::MergeName(key.clone()),
            ),
            of_kind('p', "A person", EntityKind::Person),
            of_kind('o', "An organisation", EntityKind::Organisation),
            of_kind('l', "A place", EntityKind::Place),
            of_kind('m', "None of these", EntityKind::Other),
            row(
                '+',
                "Follow",
                mark(followed),
                decide(What::Follow(key.clone(), !followed)),
            ),
            row(
                '-',
                "Mute",
                mark(muted),
                decide(What::Mute(key.clone(), !muted)),
            ),
        ];
        rows.extend(self.rows_of_ways(key));
        self.overlays.push(Overlay::Menu(Menu {
            title: key.name.clone(),
            rows,
            filter: String::new(),
            selected: 0,
        }));
    }

    /// Gives a name another name.
    pub(super) fn rename_name(&mut self, from: &NameKey, name: &str) {
        let into = NameKey {
            name: name.to_owned(),
            kind: from.kind,
        };
        self.change(What::MergeName {
            from: from.clone(),
            into,
        });
    }

    /// Shows the articles of a name. A surname alone tells no one person: its word is searched for.
    pub(super) fn go_to_name(&mut self, key: NameKey) {
        let decided = self.name_decisions(&key);
        if is_lone(&key.name, key.kind) && decided == (false, false) && !self.is_listed(&key) {
            let words = format!("\"{}\"", key.name.replace('"', ""));
            self.go_to(Source::Query(words));
            self.say(format!(
                "{} alone is no one person: all articles with the word",
                key.name
            ));
        } else {
            self.go_to(Source::Name(key));
        }
    }

    /// Says whether the library lists a name, as far as is known: then it stands for one over articles.
    fn is_listed(&self, key: &NameKey) -> bool {
        let reader = self.place.reader.as_ref();
        let elsewhere = reader.and_then(|reader| {
            let mut names = reader.article.entities.entities.iter();
            let at = names.position(|it| it.name == key.name && it.kind == key.kind)?;
            reader.article.elsewhere.get(at)
        });
        elsewhere.is_some_and(|others| *others > 0)
            || self.overlays.iter().any(|overlay| match overlay {
                Overlay::Names(names) => names.rows.iter().any(|row| row.key() == *key),
                Overlay::Name(view) => view.key == *key,
                _ => false,
            })
    }

    // -- the list of all names --------------------------------------------------------------------------------------

    /// `ge`.
    pub(super) fn show_names_index(&mut self) {
        self.overlays.push(Overlay::Names(NamesIndex::default()));
        self.ask_names();
    }

    /// Asks for the names that the list of names is to show.
    pub(super) fn ask_names(&mut self) {
        let ticket = self.ticket();
        let Some(Overlay::Names(names)) = self.overlays.last_mut() else {
            return;
        };
        names.asked = Some(ticket);
        let (kind, words) = (names.kind, names.filter.trim().to_owned());
        self.send(Effect::LoadNames {
            ticket,
            kind,
            words,
            limit: MOST_NAMES,
        });
    }

    /// Notes whether a name is followed or muted, for the sidebar of any article.
    fn know_name(&mut self, row: &EntityRow) {
        let entry = super::name_entry(&row.key());
        self.followed.insert(entry.clone(), row.followed);
        self.muted.insert(entry, row.muted);
    }

    /// Takes in what the library has decided: nothing else is followed or muted any more.
    pub(super) fn know_decided(&mut self, rows: &[EntityRow]) {
        self.followed.clear();
        self.muted.clear();
        for row in rows {
            self.know_name(row);
        }
        for overlay in &mut self.overlays {
            let shown = match overlay {
                Overlay::Names(names) => names.rows.iter_mut().collect(),
                Overlay::Name(view) => view.page.iter_mut().map(|page| &mut page.row).collect(),
                _ => Vec::new(),
            };
            for row in shown {
                let decided = rows.iter().find(|it| it.key() == row.key());
                row.followed = decided.is_some_and(|it| it.followed);
                row.muted = decided.is_some_and(|it| it.muted);
            }
        }
    }

    pub(super) fn names_came(&mut self, ticket: Ticket, rows: &[EntityRow]) {
        if self.asked_names.take_if(|asked| *asked == ticket).is_some() {
            self.known_names = rows.to_vec();
            self.complete();
            return;
        }
        for row in rows {
            self.know_name(row);
        }
        let decided = self.tree.data.decided.clone();
        for overlay in &mut self.overlays {
            if let Overlay::Names(names) = overlay
                && names.asked == Some(ticket)
            {
                names.take(rows, &decided);
            }
        }
    }

    // -- the page of a name -----------------------------------------------------------------------------------------

    /// Shows the page of the selected name.
    pub(super) fn show_name_page(&mut self) {
        match self.selected_name() {
            Some(key) => self.open_name_page(key),
            None => self.ask_for_a_name(),
        }
    }

    pub(super) fn open_name_page(&mut self, key: NameKey) {
        let ticket = self.ticket();
        self.overlays.push(Overlay::Name(Box::new(NameView {
            key: key.clone(),
            page: None,
            selected: 0,
            asked: Some(ticket),
        })));
        self.send(Effect::LoadName { ticket, name: key });
    }

    pub(super) fn name_page_came(&mut self, ticket: Ticket, page: Option<Box<NamePage>>) {
        for overlay in &mut self.overlays {
            if let Overlay::Name(view) = overlay
                && view.asked == Some(ticket)
            {
                view.asked = None;
                if let Some(page) = page {
                    view.key = page.row.key();
                    view.page = Some(page);
                }
                view.selected = view.selected.min(view.rows().len().saturating_sub(1));
                return;
            }
        }
    }

    /// `Enter` on the page of a name.
    pub(super) fn open_in_name_page(&mut self) {
        let Some(Overlay::Name(view)) = self.overlays.last() else {
            return;
        };
        let Some(page) = &view.page else { return };
        match view.rows().get(view.selected) {
            Some(PageRow::Together(at)) => {
                if let Some((key, _)) = page.together.get(*at) {
                    let key = key.clone();
                    self.open_name_page(key);
                }
            }
            Some(PageRow::Alias(at)) => {
                if let Some(alias) = page.aliases.get(*at) {
                    let question = format!("Take {} out of {}?", alias.name, page.row.name);
                    let what = What::SplitName(alias.clone());
                    self.ask_before(question, what);
                }
            }
            Some(PageRow::Written(at)) => {
                if let Some((words, _)) = page.written.get(*at) {
                    let (key, articles) = (view.key.clone(), page.row.articles);
                    self.ask_part(&key, &words.clone(), articles, true);
                }
            }
            Some(PageRow::Parted(at)) => {
                if let Some(words) = page.parted.get(*at) {
                    let key = view.key.clone();
                    self.ask_part(&key, &words.clone(), 0, false);
                }
            }
            Some(PageRow::All) => {
                let key = view.key.clone();
                self.go_to_name(key);
            }
            Some(PageRow::Article(at)) => {
                if let Some((row, _)) = page.articles.get(*at) {
                    let (id, key) = (row.id, view.key.clone());
                    self.go_to(Source::Name(key));
                    self.place.list.wanted = Some(id);
                    self.read(id);
                }
            }
            None => {}
        }
    }

    /// Reads again what shows names, after a decision on them.
    pub(super) fn names_changed(&mut self, what: Option<&What>) {
        let ticket = self.ticket();
        if let Some(What::MergeName { from, into }) = what {
            self.name_is_now(from, into);
        }
        match self.overlays.last_mut() {
            Some(Overlay::Names(_)) => self.ask_names(),
            Some(Overlay::Name(view)) => {
                view.asked = Some(ticket);
                let name = view.key.clone();
                self.send(Effect::LoadName { ticket, name });
            }
            _ => {}
        }
        self.place.list.snippets.clear();
        if self.place.reader.is_some() && self.place.opening.is_none() {
            self.reread();
        }
        if matches!(
            self.place.list.source,
            Source::Name(_) | Source::Following | Source::Muted
        ) {
            self.refresh();
        }
    }

    /// Goes on with a merged name under the name it is now.
    fn name_is_now(&mut self, from: &NameKey, into: &NameKey) {
        for overlay in &mut self.overlays {
            if let Overlay::Name(view) = overlay
                && view.key == *from
            {
                view.key = into.clone();
            }
        }
        if let Some(entity) = self.name_in_reader().filter(|key| key == from)
            && let Some(reader) = &mut self.place.reader
            && let Some(at) = reader.name
            && let Some(it) = reader.article.entities.entities.get_mut(at)
            && it.name == entity.name
        {
            // Known by its new name when the article is read again.
            it.name.clone_from(&into.name);
            it.kind = into.kind;
        }
        if self.tree.selected == Some(Node::Name(from.clone())) {
            self.tree.selected = Some(Node::Name(into.clone()));
        }
        if self.place.list.source == Source::Name(from.clone()) {
            self.place.list.source = Source::Name(into.clone());
        }
    }

    /// After a mute: the list shows what it would if opened now, but the selected row stays under the eyes.
    pub(super) fn hide_muted(&mut self) {
        let kept: Vec<ArticleId> = self.place.list.selected.into_iter().collect();
        self.place.list.stick(&kept);
        self.refresh();
    }

    // -- sentences --------------------------------------------------------------------------------------------------

    /// Asks for the sentences beside the rows in view and a page around.
    pub(super) fn ask_snippets(&mut self) {
        let height = self.height(Pane::List);
        let list = &self.place.list;
        let Source::Name(key) = &list.source else {
            return;
        };
        if !list.loaded || list.asking_snippets.is_some() {
            return;
        }
        let name = key.clone();
        let mut ids: Vec<ArticleId> = list
            .around(height)
            .map(|row| row.id)
            .filter(|id| !list.snippets.contains_key(id))
            .collect();
        ids.truncate(MOST_SNIPPETS);
        if ids.is_empty() {
            return;
        }
        let ticket = self.ticket();
        self.place.list.asking_snippets = Some((ticket, ids.clone()));
        self.send(Effect::LoadSnippets { ticket, name, ids });
    }

    pub(super) fn snippets_came(&mut self, ticket: Ticket, found: &[(ArticleId, Snippet)]) {
        let places = std::iter::once(&mut self.place).chain(&mut self.back);
        for list in places.map(|place| &mut place.list) {
            take_snippets(list, ticket, found);
        }
    }
}

fn take_snippets(list: &mut ListView, ticket: Ticket, found: &[(ArticleId, Snippet)]) {
    let Some((_, ids)) = list.asking_snippets.take_if(|(asked, _)| *asked == ticket) else {
        return;
    };
    // Articles that say the name in their headline only have none, and are not asked for again.
    list.snippets.extend(ids.into_iter().map(|id| (id, None)));
    let found = found.iter().cloned();
    list.snippets
        .extend(found.map(|(id, snippet)| (id, Some(snippet))));
}

/// Returns `1 article`, `2,345 articles`.
pub fn in_articles(count: u32) -> String {
    match count {
        1 => "1 article".into(),
        count => format!("{} articles", thousands(count.into())),
    }
}
