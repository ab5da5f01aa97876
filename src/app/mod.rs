//! The application: state and rules. `App::update(Event) -> Vec<Effect>`; no terminal, no I/O, no clock.
//!
//! What happens comes in as [`Event`]s, what is to be done goes out as [`Effect`]s; a question carries a [`Ticket`] and
//! an answer to a question no longer asked is dropped. `ui` reads the state through the accessors in [`view`] and draws
//! it into the rectangles of [`frame`].
//!
//! | file | what |
//! |---|---|
//! | [`frame`], [`areas`] | where the panes stand; what a click hits |
//! | [`tree`], [`source`], [`list`], [`place`] | the feed list, what a list shows, a list as it stands open, the way back |
//! | [`reader`], [`searched`], [`names`], [`cleaning`] | the article on the screen, what was searched for in it, its names, what was removed |
//! | [`prompt`], [`overlay`], [`welcome`], [`status`] | what lies over the panes or beside them |
//! | `input`, `run`, `motion`, `mouse` | keys to commands, and what they do |
//! | `lists`, `articles`, `marks`, `selection`, `naming`, `parting`, `edit`, `typing`, `add`, `offline`, [`enclosures`], `word` | the rules, by subject |
//! | `answer` | what the engine's answers change |

pub mod areas;
pub mod cleaning;
pub mod effect;
pub mod enclosures;
pub mod event;
pub mod frame;
pub mod list;
pub mod names;
pub mod overlay;
mod pictures;
pub mod place;
pub mod prompt;
pub mod reader;
pub mod searched;
pub mod settings;
pub mod source;
pub mod status;
pub mod tree;
pub mod view;
pub mod welcome;
pub mod words;

mod add;
mod answer;
mod articles;
mod edit;
mod input;
mod lists;
mod marks;
mod motion;
mod mouse;
mod naming;
mod offline;
mod parting;
mod run;
mod selection;
mod typing;
mod word;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use areas::{Areas, Target};
pub use effect::{Effect, Ticket};
pub use event::Event;
pub use frame::{Frame, Rect, Shape};
pub use list::ListView;
pub use naming::in_articles;
pub use overlay::Overlay;
pub use place::{Pane, Place};
pub use reader::Reader;
pub use settings::Settings;
pub use source::Source;
pub use tree::{FeedTree, Node};
pub use welcome::Starter;

use crate::keymap::Key;
use crate::model::change::NameKey;
use crate::model::query::Sort;
use crate::model::{ArticleId, JournalId, Query};
use frame::Sizes;
use list::Marked;
use status::{Reloading, Status};
use welcome::Welcome;

/// The application.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the screen that hold in any mixture"
)]
pub struct App {
    /// What the config says.
    pub settings: Settings,
    now: Timestamp,
    cols: u16,
    rows: u16,
    sizes: Sizes,
    zen: bool,
    folded: bool,
    sidebar: bool,
    tree: FeedTree,
    /// Where the reader is.
    place: Place,
    /// Where `q` goes back to, the last one first to return to.
    back: Vec<Place>,
    overlays: Vec<Overlay>,
    starters: Vec<Starter>,
    welcome: Option<Welcome>,
    status: Status,
    reloading: Option<Reloading>,
    /// How attached files stand, by address, as far as this session knows.
    files: BTreeMap<String, enclosures::FileView>,
    /// Articles are being brought offline: done, and all.
    bringing: Option<(usize, usize)>,
    /// The reader asked for the reload that runs.
    reload_asked: bool,
    offline: bool,
    areas: Areas,
    drag: Option<Target>,
    keys: Vec<Key>,
    count: Option<u32>,
    which_key: bool,
    last_ticket: u64,
    out: Vec<Effect>,
    sent: Vec<marks::Sent>,
    /// Where the reader stood when an action was taken, for its undo.
    stood: BTreeMap<JournalId, Stood>,
    last_tags: Vec<String>,
    followed: BTreeMap<String, bool>,
    muted: BTreeMap<String, bool>,
    /// Names that may complete a merge, and the question for them.
    known_names: Vec<crate::model::entity::EntityRow>,
    asked_names: Option<Ticket>,
    history: Vec<String>,
    /// Pixels of a cell, across and down, where the terminal draws pictures in real ones.
    cell: Option<(u16, u16)>,
    /// `I`: pictures stand as their words.
    pictures_hidden: bool,
    tree_asked: bool,
    tree_again: bool,
    finding_unread: Option<Ticket>,
    gathering: Option<selection::Gathering>,
    jumping: Option<Ticket>,
    importing: Option<Ticket>,
    opened_feed: Option<crate::model::FeedId>,
    /// The article on the screen is being cleaned again because the reader decided something.
    cleaning_awaited: bool,
}

/// Where the reader stood when an action was taken.
#[derive(Clone, Debug)]
struct Stood {
    selected: Option<ArticleId>,
    marked: Marked,
}

impl App {
    /// Returns an app that shows all unread articles, once the library answers. `now`: the wall clock; `starters`: the
    /// feeds the first screen offers.
    pub fn new(settings: Settings, now: Timestamp, starters: Vec<Starter>) -> Self {
        let query = Query::term(crate::model::query::Term::Is(
            crate::model::query::Is::Unread,
        ));
        let list = ListView::new(Source::Unread, query, settings.sort, settings.reverse);
        let tree = FeedTree::showing(settings.show_read);
        Self {
            sidebar: settings.sidebar,
            settings,
            now,
            cols: 80,
            rows: 24,
            sizes: Sizes::default(),
            zen: false,
            folded: false,
            tree,
            place: Place::new(list),
            back: Vec::new(),
            overlays: Vec::new(),
            starters,
            welcome: None,
            status: Status::default(),
            reloading: None,
            files: BTreeMap::new(),
            bringing: None,
            reload_asked: false,
            offline: false,
            areas: Areas::default(),
            drag: None,
            keys: Vec::new(),
            count: None,
            which_key: false,
            last_ticket: 0,
            out: Vec::new(),
            sent: Vec::new(),
            stood: BTreeMap::new(),
            last_tags: Vec::new(),
            followed: BTreeMap::new(),
            muted: BTreeMap::new(),
            known_names: Vec::new(),
            asked_names: None,
            history: Vec::new(),
            cell: None,
            pictures_hidden: false,
            tree_asked: false,
            tree_again: false,
            finding_unread: None,
            gathering: None,
            jumping: None,
            importing: None,
            opened_feed: None,
            cleaning_awaited: false,
        }
    }

    /// Returns what to ask for at start: the feed tree and the first list.
    pub fn start(&mut self) -> Vec<Effect> {
        self.send(Effect::Recall(&[
            "history", "tags", "closed", "opened", "sizes",
        ]));
        self.ask_tree();
        self.reopen();
        self.settle();
        std::mem::take(&mut self.out)
    }

    /// Takes in an event; returns what is to be done outside. Never waits.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Key(key) => self.key(key),
            Event::Paste(text) => self.paste(&text),
            Event::Mouse(mouse) => self.mouse(mouse),
            event => self.answer(event),
        }
        self.settle();
        std::mem::take(&mut self.out)
    }

    /// Puts everything in view that must be, and asks for what is missing.
    fn settle(&mut self) {
        let frame = self.frame();
        let height = |pane: Option<frame::Boxed>| pane.map_or(0, |pane| pane.inner.height.into());
        if frame.feeds.is_some() {
            self.tree.settle(height(frame.feeds));
        }
        if frame.list.is_some() {
            self.place.list.settle(self.height(Pane::List));
        }
        self.ask_missing_rows();
        self.ask_snippets();
        self.follow_selection(frame.article.is_some());
        self.fit_article();
        self.mark_searched();
    }

    fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    fn send(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    fn ask_tree(&mut self) {
        if self.tree_asked {
            self.tree_again = true;
        } else {
            self.tree_asked = true;
            self.send(Effect::LoadTree);
        }
    }

    fn say(&mut self, text: impl Into<String>) {
        self.status = Status {
            text: text.into(),
            tone: status::Tone::Plain,
        };
    }

    fn say_done(&mut self, text: impl Into<String>) {
        self.status = Status {
            text: text.into(),
            tone: status::Tone::Done,
        };
    }

    fn say_failed(&mut self, text: impl Into<String>) {
        self.status = Status {
            text: text.into(),
            tone: status::Tone::Failed,
        };
    }

    fn sort_of(&self, source: &Source) -> (Sort, bool) {
        match source {
            Source::Recent => (Sort::Read, false),
            _ => (self.settings.sort, self.settings.reverse),
        }
    }

    /// Returns whether a name is followed, as far as is known.
    fn decided(set: &BTreeMap<String, bool>, key: &NameKey) -> bool {
        set.get(&name_entry(key)).copied().unwrap_or(false)
    }
}

/// A name as the app remembers decisions on it.
fn name_entry(key: &NameKey) -> String {
    format!("{}:{}", key.kind.tag(), crate::text::fold::fold(&key.name))
}
