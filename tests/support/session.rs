//! A reading session without a screen: keys go in, effects are answered from a library in memory.

use std::collections::BTreeSet;

use jiff::Timestamp;
use newsdesk::app::event::Tree;
use newsdesk::app::{App, Effect, Event, Settings};
use newsdesk::keymap::key;
use newsdesk::model::article::{
    BlockDecision, Body, BodySource, Has, PicturesKept, Reason, Removed,
};
use newsdesk::model::change::{NameKey, Written};
use newsdesk::model::entity::{ArticleEntity, EntityRow, NamePage, Snippet};
use newsdesk::model::feed::{FeedHealth, FeedSettings};
use newsdesk::model::list::{Anchor, OpenList, Page, Totals};
use newsdesk::model::query::{Expr, Is, Sort, Term};
use newsdesk::model::{
    Article, ArticleEntities, ArticleId, ArticleRow, Block, Change, Document, EntityId, EntityKind,
    Feed, FeedId, JournalId, Mark, MarkKind, Mention, Scope, SearchId, Seq, Text, TextId, What,
};

/// The wall clock of every session: 2026-11-24 08:00 UTC.
const NOW: i64 = 1_795_507_200;

/// A library in memory, as far as the app can tell from its answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Library {
    pub articles: Vec<Article>,
    pub feeds: Vec<Feed>,
    pub folders: Vec<String>,
    pub searches: Vec<(SearchId, String, String)>,
    pub read_only: Option<String>,
    /// Every write fails with these words.
    pub failing: Option<String>,
    /// Followed and muted names.
    pub decided: Vec<EntityRow>,
    /// Ways of writing taken out of names, or put back.
    pub parted: Vec<(What, Scope)>,
    journal: Vec<Step>,
    undone: Vec<Step>,
    steps: i64,
}

#[derive(Clone, Debug)]
struct Step {
    op: JournalId,
    words: String,
    before: Vec<(ArticleId, Article)>,
    after: Vec<(ArticleId, Article)>,
}

/// A session.
pub(crate) struct Session {
    pub app: App,
    pub library: Library,
    /// Effects not for the library, in order.
    pub outside: Vec<Effect>,
    /// While set, effects wait in `waiting`.
    pub paused: bool,
    pub waiting: Vec<Effect>,
}

pub(crate) fn feed(id: i64, title: &str, folder: &str) -> Feed {
    Feed {
        id: FeedId(id),
        url: format!("https://{id}.example/feed"),
        title: title.into(),
        site_url: None,
        folder: folder.into(),
        position: id,
        unread: 0,
        total: 0,
        health: FeedHealth::default(),
        settings: FeedSettings::default(),
        archived: false,
    }
}

fn paragraph(words: &str) -> Block {
    Block::Paragraph {
        text: Text::plain(words),
    }
}

/// Makes an article: twelve paragraphs, two links, a heading, one name with two mentions.
pub(crate) fn article(id: i64, feed: &Feed, title: &str) -> Article {
    let at = Timestamp::from_second(NOW - 3_600 * (1_000 - id)).expect("a time");
    let linked = Text {
        string: "The museum has more on the ascent".into(),
        marks: [
            (4, 10, "https://museum.example/"),
            (27, 33, "https://ascent.example/"),
        ]
        .map(|(start, end, url)| Mark {
            range: start..end,
            kind: MarkKind::Link(url.into()),
        })
        .into(),
    };
    let mut blocks = vec![
        paragraph("Edmund Hillary reached the summit at noon."),
        Block::Paragraph { text: linked },
        Block::Heading {
            level: 2,
            text: Text::plain("The way down"),
        },
    ];
    blocks.extend((0..40).map(|n| paragraph(&format!("Paragraph {n} of the story, with words."))));
    blocks.push(paragraph("Hillary lived until 2008."));
    let last = blocks.len() as u32;
    let mention = |text: u32, range| Mention {
        entity: 0,
        text: TextId(text),
        range,
        kind: EntityKind::Person,
        confidence: 0.9,
    };
    Article {
        row: ArticleRow {
            id: ArticleId(id),
            sort_key: (at.as_second() << 20) | id,
            seq: Seq(id),
            title: title.into(),
            url: Some(format!("https://paper.example/{id}")),
            feed: Some(feed.id),
            feed_title: feed.title.clone(),
            authors: vec!["Staff".into()],
            published: Some(at),
            first_seen: at,
            unread: true,
            starred: false,
            later: false,
            tags: Vec::new(),
            minutes: 3,
            also: 0,
            has: Has {
                full_text: true,
                ..Has::default()
            },
        },
        feeds: vec![(feed.id, feed.title.clone())],
        site_name: None,
        language: Some("en".into()),
        lead_image: None,
        enclosures: Vec::new(),
        pictures: PicturesKept::default(),
        body: Body {
            source: BodySource::Page,
            document: Document {
                lang: Some("en".into()),
                blocks,
            },
            removed: vec![
                Removed {
                    reason: Reason::Share,
                    text: "Share this".into(),
                    before: 1,
                    block: None,
                },
                Removed {
                    reason: Reason::Newsletter,
                    text: "Sign up to our letter".into(),
                    before: 3,
                    block: None,
                },
            ],
            confidence: 0.9,
            remark: None,
            cleaner: 1,
        },
        decisions: Vec::new(),
        elsewhere: Vec::new(),
        parted: Vec::new(),
        entities: ArticleEntities {
            entities: vec![ArticleEntity {
                name: "Edmund Hillary".into(),
                kind: EntityKind::Person,
                role: None,
                count: 2,
                salience: 1.0,
            }],
            mentions: vec![mention(1, 0..14), mention(last, 0..7)],
            language_known: true,
        },
    }
}

impl Library {
    /// Two feeds in a folder and one beside it, `count` unread articles over them, newest last.
    pub(crate) fn with(count: i64) -> Self {
        let feeds = vec![
            feed(1, "The Daily Planet", "World"),
            feed(2, "Herald", "World"),
            feed(3, "Nature notes", ""),
        ];
        let articles = (1..=count)
            .map(|id| article(id, &feeds[(id % 3) as usize], &format!("Story {id}")))
            .collect();
        Self {
            articles,
            feeds,
            folders: vec!["World".into()],
            ..Self::default()
        }
    }

    pub(crate) fn get(&self, id: i64) -> &ArticleRow {
        let found = self.articles.iter().find(|article| article.row.id.0 == id);
        &found.expect("the article is there").row
    }

    pub(crate) fn unread(&self) -> usize {
        self.articles
            .iter()
            .filter(|article| article.row.unread)
            .count()
    }

    /// A new article comes.
    pub(crate) fn bring(&mut self, title: &str) -> ArticleId {
        let id = self.articles.len() as i64 + 1;
        let feed = self.feeds[(id % 3) as usize].clone();
        self.articles.push(article(id, &feed, title));
        ArticleId(id)
    }

    fn fits(&self, expr: &Expr, article: &Article) -> bool {
        let row = &article.row;
        match expr {
            Expr::All => true,
            Expr::And(all) => all.iter().all(|expr| self.fits(expr, article)),
            Expr::Or(any) => any.iter().any(|expr| self.fits(expr, article)),
            Expr::Not(expr) => !self.fits(expr, article),
            Expr::Term(term) => match term {
                Term::Word { text, .. } | Term::Phrase(text) | Term::Title(text) => {
                    let words = text.trim_end_matches('*').to_lowercase();
                    row.title.to_lowercase().contains(&words)
                }
                Term::FeedId(id) => row.feed == Some(*id),
                Term::Folder(path) => self
                    .feeds
                    .iter()
                    .any(|feed| Some(feed.id) == row.feed && feed.folder == *path),
                Term::Tag(tag) => row.tags.contains(tag),
                Term::Entity(name) => mentions(article, name),
                Term::Name(key) => mentions(article, &key.name),
                Term::After(at) => row.published.is_some_and(|published| published >= *at),
                Term::Is(is) => match is {
                    Is::Unread => row.unread,
                    Is::Read => !row.unread,
                    Is::Starred => row.starred,
                    Is::Later => row.later,
                    Is::Full | Is::Offline => true,
                    Is::Followed => self
                        .decided
                        .iter()
                        .any(|row| row.followed && mentions(article, &row.name)),
                    Is::Muted => self.is_muted(article),
                },
                _ => false,
            },
        }
    }

    fn is_muted(&self, article: &Article) -> bool {
        let mut decided = self.decided.iter();
        decided.any(|row| row.muted && mentions(article, &row.name))
    }

    /// Says whether a list shows an article in spite of a muted name.
    fn shows(&self, list: &OpenList, article: &Article) -> bool {
        let asked = matches!(
            list.query.expr,
            Expr::Term(Term::Is(Is::Muted) | Term::Name(_))
        );
        asked || article.row.starred || !self.is_muted(article)
    }

    fn muted(&self, list: &OpenList) -> u64 {
        let hidden =
            |article: &&Article| self.fits(&list.query.expr, article) && !self.shows(list, article);
        self.articles.iter().filter(hidden).count() as u64
    }

    fn rows(&self, list: &OpenList) -> Vec<ArticleRow> {
        let inside = |article: &&Article| {
            let arrived = list.opened_seq.is_none_or(|seq| article.row.seq <= seq);
            list.sticky.contains(&article.row.id)
                || arrived && self.fits(&list.query.expr, article) && self.shows(list, article)
        };
        let mut rows: Vec<ArticleRow> = self
            .articles
            .iter()
            .filter(inside)
            .map(|article| article.row.clone())
            .collect();
        match list.sort {
            Sort::Title => rows.sort_by_key(|row| row.title.clone()),
            _ => rows.sort_by_key(|row| std::cmp::Reverse(row.sort_key)),
        }
        if list.reverse {
            rows.reverse();
        }
        rows
    }

    fn page(&self, list: &OpenList, anchor: Anchor, limit: usize) -> Page {
        let rows = self.rows(list);
        let at = |id: ArticleId| rows.iter().position(|row| row.id == id);
        let (from, to) = match anchor {
            Anchor::Top => (0, limit),
            Anchor::Bottom => (rows.len().saturating_sub(limit), rows.len()),
            Anchor::After(id) => at(id).map_or((0, 0), |at| (at + 1, at + 1 + limit)),
            Anchor::Before(id) => at(id).map_or((0, 0), |at| (at.saturating_sub(limit), at)),
            Anchor::Around(id) => {
                let from = at(id).unwrap_or(0).saturating_sub(limit / 2);
                (from, from + limit)
            }
        };
        let to = to.min(rows.len());
        Page {
            rows: rows[from.min(to)..to].to_vec(),
            at_top: from == 0,
            at_bottom: to == rows.len(),
            seq: self.articles.last().map(|article| article.row.seq),
        }
    }

    fn scope(&self, scope: &Scope) -> Vec<ArticleId> {
        match scope {
            Scope::None => Vec::new(),
            Scope::Ids(ids) => ids.clone(),
            Scope::List { query, opened_seq } => {
                let list = OpenList {
                    query: query.clone(),
                    opened_seq: Some(*opened_seq),
                    ..OpenList::default()
                };
                self.rows(&list).iter().map(|row| row.id).collect()
            }
            Scope::Beside { list, id, above } => {
                let rows = self.rows(list);
                let at = rows.iter().position(|row| row.id == *id).unwrap_or(0);
                let beside = if *above { &rows[..at] } else { &rows[at + 1..] };
                beside.iter().map(|row| row.id).collect()
            }
        }
    }

    fn write(&mut self, change: &Change) -> Written {
        let ids: BTreeSet<ArticleId> = self.scope(&change.scope).into_iter().collect();
        let mut before = Vec::new();
        let mut after = Vec::new();
        for article in &mut self.articles {
            if !ids.contains(&article.row.id) {
                continue;
            }
            let old = article.clone();
            mark_row(&mut article.row, &change.what);
            decide(article, &change.what);
            if *article != old {
                before.push((article.row.id, old));
                after.push((article.row.id, article.clone()));
            }
        }
        let mut feed = None;
        self.decide(&change.what);
        let words = match &change.what {
            What::Read(true) => format!("{} marked read", before.len()),
            What::Read(false) => format!("{} marked unread", before.len()),
            What::Star(true) => "starred".into(),
            What::Subscribe(new) => {
                let id = FeedId(self.feeds.len() as i64 + 1);
                let mut made = self::feed(
                    id.0,
                    new.own_title.as_deref().unwrap_or(&new.url),
                    &new.folder,
                );
                made.url.clone_from(&new.url);
                self.feeds.push(made);
                feed = Some(id);
                format!("subscribed to {}", new.url)
            }
            What::Unsubscribe(id) => {
                self.feeds.retain(|feed| feed.id != *id);
                "unsubscribed".into()
            }
            What::SetFeed(id, settings) => {
                let feed = self.feeds.iter_mut().find(|feed| feed.id == *id);
                if let Some(feed) = feed {
                    feed.settings.clone_from(settings);
                }
                "settings changed".into()
            }
            What::SaveSearch { name, query } => {
                let id = SearchId(self.searches.len() as i64 + 1);
                self.searches.push((id, name.clone(), query.clone()));
                "search kept".into()
            }
            part @ What::PartName { .. } => {
                self.parted.push((part.clone(), change.scope.clone()));
                format!("{part:?}")
            }
            other => format!("{other:?}"),
        };
        let changed = before.len() as u64;
        let ids = before.iter().map(|(id, _)| *id).collect();
        let is_rule = matches!(change.what, What::Site(_));
        let deliberate = change.undoable && (changed > 0 || change.scope == Scope::None || is_rule);
        self.steps += 1;
        let op = deliberate.then_some(JournalId(self.steps));
        if let Some(op) = op {
            self.journal.push(Step {
                op,
                words: words.clone(),
                before,
                after,
            });
            self.undone.clear();
        }
        Written {
            op,
            changed,
            ids,
            feed,
            words,
            ..Written::default()
        }
    }

    /// Takes a decision on a name.
    fn decide(&mut self, what: &What) {
        let (key, followed, muted) = match what {
            What::Follow(key, on) => (key, *on, false),
            What::Mute(key, on) => (key, false, *on),
            What::MergeName { from, into } => {
                for article in &mut self.articles {
                    for entity in &mut article.entities.entities {
                        if entity.name == from.name {
                            entity.name.clone_from(&into.name);
                            entity.kind = into.kind;
                        }
                    }
                }
                return;
            }
            _ => return,
        };
        self.decided.retain(|row| row.key() != *key);
        if followed || muted {
            self.decided.push(EntityRow {
                name: key.name.clone(),
                kind: key.kind,
                followed,
                muted,
                unread: self.unread() as u32,
                ..self.name_row()
            });
        }
    }

    fn name_row(&self) -> EntityRow {
        EntityRow {
            id: EntityId(1),
            name: "Edmund Hillary".into(),
            kind: EntityKind::Person,
            articles: self.articles.len() as u32,
            mentions: 2,
            first: None,
            last: None,
            followed: false,
            muted: false,
            unread: 0,
        }
    }

    fn put_back(&mut self, redo: bool) -> Result<Written, String> {
        let step = if redo {
            self.undone.pop()
        } else {
            self.journal.pop()
        };
        let step = step.ok_or("there is nothing to undo")?;
        let states = if redo { &step.after } else { &step.before };
        for article in &mut self.articles {
            if let Some((_, state)) = states.iter().find(|(id, _)| *id == article.row.id) {
                *article = state.clone();
            }
        }
        let way = if redo { "again" } else { "undone" };
        let written = Written {
            op: Some(step.op),
            changed: states.len() as u64,
            ids: states.iter().map(|(id, _)| *id).collect(),
            feed: None,
            words: format!("{way}: {}", step.words),
            recleans: states.iter().map(|(id, _)| *id).collect(),
            ..Written::default()
        };
        if redo {
            self.journal.push(step);
        } else {
            self.undone.push(step);
        }
        Ok(written)
    }

    fn tree(&self) -> Tree {
        let count = |feed: &Feed, unread: bool| {
            let of_feed = self
                .articles
                .iter()
                .filter(|article| article.row.feed == Some(feed.id));
            of_feed
                .filter(|article| !unread || article.row.unread)
                .count() as u64
        };
        let feeds = self.feeds.iter().map(|feed| Feed {
            unread: count(feed, true),
            total: count(feed, false),
            ..feed.clone()
        });
        let tags: BTreeSet<&String> = self
            .articles
            .iter()
            .flat_map(|article| &article.row.tags)
            .collect();
        let searches = self.searches.iter();
        Tree {
            feeds: feeds.collect(),
            folders: self.folders.clone(),
            tags: tags.into_iter().map(|tag| (tag.clone(), 1, 1)).collect(),
            searches: searches
                .map(|(id, name, query)| (*id, name.clone(), query.clone(), 0, 0))
                .collect(),
            unread: self.unread() as u64,
            total: self.articles.len() as u64,
            starred: self
                .articles
                .iter()
                .filter(|article| article.row.starred)
                .count() as u64,
            read_only: self.read_only.clone(),
            decided: self.decided.clone(),
            ..Tree::default()
        }
    }

    fn next_unread(
        &self,
        list: &OpenList,
        from: Option<ArticleId>,
        back: bool,
    ) -> Option<(ArticleId, Option<FeedId>)> {
        let mut rows = self.rows(list);
        if back {
            rows.reverse();
        }
        let at = from.and_then(|from| rows.iter().position(|row| row.id == from));
        let inside = rows
            .iter()
            .skip(at.map_or(0, |at| at + 1))
            .find(|row| row.unread);
        if let Some(row) = inside {
            return Some((row.id, None));
        }
        let outside =
            self.articles.iter().rev().find(|article| {
                article.row.unread && rows.iter().all(|row| row.id != article.row.id)
            });
        outside.map(|article| (article.row.id, article.row.feed))
    }

    /// Answers what the app asks; `None` for what is not about the library.
    pub(crate) fn answer(&mut self, effect: &Effect) -> Option<Event> {
        Some(match effect.clone() {
            Effect::LoadTree => Event::Tree(Box::new(self.tree())),
            Effect::Load {
                ticket,
                list,
                anchor,
                limit,
            } => Event::Loaded {
                ticket,
                page: self.page(&list, anchor, limit),
            },
            Effect::Count { ticket, list, .. } => {
                let rows = self.rows(&list);
                let newer = |article: &&Article| {
                    list.opened_seq.is_some_and(|seq| article.row.seq > seq)
                        && self.fits(&list.query.expr, article)
                };
                Event::Counted {
                    ticket,
                    totals: Totals {
                        rows: rows.len() as u64,
                        unread: rows.iter().filter(|row| row.unread).count() as u64,
                        waiting: self.articles.iter().filter(newer).count() as u64,
                        above: 0,
                        muted: self.muted(&list),
                    },
                }
            }
            Effect::NextUnread {
                ticket,
                list,
                from,
                back,
            } => Event::FoundUnread {
                ticket,
                found: self.next_unread(&list, from, back),
            },
            Effect::Open { ticket, id, source } => {
                let found = self.articles.iter().find(|article| article.row.id == id);
                let mut article = found.cloned().map(Box::new);
                if let (Some(article), Some(BodySource::Feed)) = (&mut article, source) {
                    article.body.source = BodySource::Feed;
                    article.body.document.blocks = vec![paragraph("The teaser.")];
                    article.entities = ArticleEntities::default();
                }
                Event::Opened { ticket, article }
            }
            Effect::LoadNames { ticket, words, .. } => {
                let norgay = EntityRow {
                    id: EntityId(2),
                    name: "Tenzing Norgay".into(),
                    articles: 1,
                    ..self.name_row()
                };
                let mut rows = vec![self.name_row(), norgay];
                rows.retain(|row| row.name.to_lowercase().contains(&words.to_lowercase()));
                Event::Names { ticket, rows }
            }
            Effect::LoadName { ticket, name } => Event::Name {
                ticket,
                page: Some(Box::new(NamePage {
                    row: EntityRow {
                        name: name.name.clone(),
                        kind: name.kind,
                        ..self.name_row()
                    },
                    role: None,
                    over_time: vec![1, 0, 3],
                    together: vec![(
                        NameKey {
                            name: "Tenzing Norgay".into(),
                            kind: EntityKind::Person,
                        },
                        1,
                    )],
                    aliases: vec![NameKey {
                        name: "Sir Edmund".into(),
                        kind: EntityKind::Person,
                    }],
                    written: vec![("Sir Ed".into(), 2)],
                    parted: Vec::new(),
                    articles: self
                        .articles
                        .iter()
                        .rev()
                        .map(|article| (article.row.clone(), None))
                        .collect(),
                    first: self.articles.first().map(|article| article.row.clone()),
                })),
            },
            Effect::LoadSnippets { ticket, name, ids } => Event::Snippets {
                ticket,
                found: ids
                    .into_iter()
                    .filter(|id| id.0 % 2 == 0)
                    .map(|id| {
                        let text = format!("{} reached the summit.", name.name);
                        let range = 0..name.name.len();
                        (id, Snippet { text, range })
                    })
                    .collect(),
            },
            Effect::LoadUndoList(ticket) => Event::UndoList {
                ticket,
                steps: self
                    .journal
                    .iter()
                    .rev()
                    .map(|step| (step.op, step.words.clone(), Timestamp::UNIX_EPOCH))
                    .collect(),
            },
            Effect::Write { ticket, change } => match &self.failing {
                Some(error) => Event::WriteFailed {
                    ticket,
                    error: error.clone(),
                },
                None => Event::Written {
                    ticket,
                    written: self.write(&change),
                },
            },
            Effect::Undo(ticket, _) | Effect::Redo(ticket) => {
                match self.put_back(matches!(effect, Effect::Redo(_))) {
                    Ok(written) => Event::Written { ticket, written },
                    Err(error) => Event::WriteFailed { ticket, error },
                }
            }
            _ => return None,
        })
    }
}

impl Session {
    /// Starts a session at a size.
    pub(crate) fn sized(library: Library, cols: u16, rows: u16, settings: Settings) -> Self {
        let now = Timestamp::from_second(NOW).expect("a time");
        let mut session = Self {
            app: App::new(settings, now, Vec::new()),
            library,
            outside: Vec::new(),
            paused: false,
            waiting: Vec::new(),
        };
        session.send(Event::Resized(cols, rows));
        let effects = session.app.start();
        session.run(effects);
        session
    }

    /// Starts a session on a wide screen, over so many unread articles.
    pub(crate) fn with(count: i64) -> Self {
        Self::sized(Library::with(count), 140, 40, Settings::default())
    }

    pub(crate) fn send(&mut self, event: Event) {
        let effects = self.app.update(event);
        self.run(effects);
    }

    fn run(&mut self, effects: Vec<Effect>) {
        let mut queue = effects;
        while !queue.is_empty() {
            let mut next = Vec::new();
            for effect in queue {
                if self.paused {
                    self.waiting.push(effect);
                } else if let Some(event) = self.library.answer(&effect) {
                    next.extend(self.app.update(event));
                } else {
                    self.outside.push(effect);
                }
            }
            queue = next;
        }
    }

    /// Answers what has waited.
    pub(crate) fn go_on(&mut self) {
        self.paused = false;
        let waiting = std::mem::take(&mut self.waiting);
        self.run(waiting);
    }

    /// Presses keys, written as in the table of keys; words between quotes are typed.
    pub(crate) fn keys(&mut self, text: &str) -> &mut Self {
        for key in key::parse(text).expect("keys") {
            self.send(Event::Key(key));
        }
        self
    }

    /// Types words as they are, spaces too.
    pub(crate) fn type_in(&mut self, words: &str) -> &mut Self {
        for c in words.chars() {
            self.send(Event::Key(newsdesk::keymap::Key::char(c)));
        }
        self
    }

    pub(crate) fn selected(&self) -> Option<i64> {
        self.app.list().selected.map(|id| id.0)
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        self.app
            .list()
            .rows()
            .map(|row| row.title.clone())
            .collect()
    }

    pub(crate) fn status(&self) -> String {
        self.app.status_line().text
    }

    pub(crate) fn reading(&self) -> Option<i64> {
        let reader = self.app.reader().filter(|_| self.app.is_reading());
        reader.map(|reader| reader.id().0)
    }

    pub(crate) fn quits(&self) -> bool {
        self.outside.contains(&Effect::Quit)
    }
}

/// Decides on blocks at once, where the engine would clean the article again.
fn decide(article: &mut Article, what: &What) {
    let What::Blocks(choices) = what else { return };
    for choice in choices {
        article.decisions.retain(|known| known.text != choice.text);
        article
            .decisions
            .extend(choice.keep.map(|keep| BlockDecision {
                text: choice.text.clone(),
                keep,
            }));
    }
    newsdesk::extract::apply_decisions(&mut article.body, None, &article.decisions);
}

fn mentions(article: &Article, name: &str) -> bool {
    let mut entities = article.entities.entities.iter();
    entities.any(|entity| entity.name == name)
}

fn mark_row(row: &mut ArticleRow, what: &What) {
    match what {
        What::Read(read) => row.unread = !read,
        What::Star(star) => row.starred = *star,
        What::Later(later) => row.later = *later,
        What::Tag(tag) if !row.tags.contains(tag) => row.tags.push(tag.clone()),
        What::Untag(tag) => row.tags.retain(|other| other != tag),
        What::Several(parts) => parts.iter().for_each(|part| mark_row(row, part)),
        _ => {}
    }
}
