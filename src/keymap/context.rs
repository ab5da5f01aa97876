//! Where a key is pressed: a command works in some contexts, and one key may mean different things in two of them.

/// A part of the screen that can have the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The feed list.
    Feeds,
    /// A list of headlines.
    List,
    /// The article, read alone or beside the list.
    Reader,
    /// The names of an article, and the list of all names.
    Names,
    /// What cleaning removed from the article.
    Removed,
    /// Errors and feed health.
    Health,
    /// Other lists on top of the screen: help, steps to undo, choices.
    Popup,
    /// The first screen of a library without feeds.
    Welcome,
}

impl Context {
    /// Every context, in the order of the help screen.
    pub const ALL: [Self; 8] = [
        Self::Feeds,
        Self::List,
        Self::Reader,
        Self::Names,
        Self::Removed,
        Self::Health,
        Self::Popup,
        Self::Welcome,
    ];

    /// Returns the word used in the config's `[keys.…]` tables and on the help screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Feeds => "feeds",
            Self::List => "list",
            Self::Reader => "reader",
            Self::Names => "names",
            Self::Removed => "removed",
            Self::Health => "health",
            Self::Popup => "popup",
            Self::Welcome => "welcome",
        }
    }

    /// Finds a context by its word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }
}

/// A set of contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Contexts(u16);

impl Contexts {
    /// Nowhere.
    pub const NONE: Self = Self(0);
    /// Feed list.
    pub const FEEDS: Self = Self::of(Context::Feeds);
    /// Headlines.
    pub const LIST: Self = Self::of(Context::List);
    /// Article.
    pub const READER: Self = Self::of(Context::Reader);
    /// Names.
    pub const NAMES: Self = Self::of(Context::Names);
    /// Removed blocks.
    pub const REMOVED: Self = Self::of(Context::Removed);
    /// Feed health.
    pub const HEALTH: Self = Self::of(Context::Health);
    /// Headlines and article: what acts on articles.
    pub const ARTICLES: Self = Self::LIST.or(Self::READER);
    /// Feed list and headlines.
    pub const LISTS: Self = Self::FEEDS.or(Self::LIST);
    /// The panes of the screen.
    pub const PANES: Self = Self::ARTICLES.or(Self::FEEDS).or(Self::NAMES);
    /// The panes and the first screen.
    pub const MAIN: Self = Self::PANES.or(Self::of(Context::Welcome));
    /// Other lists on top of the screen.
    pub const POPUP: Self = Self::of(Context::Popup);
    /// Lists to choose several things from.
    pub const TICKS: Self = Self::POPUP.or(Self::of(Context::Welcome));
    /// Everywhere.
    pub const ALL: Self = Self(0xff);

    const fn of(context: Context) -> Self {
        Self(1 << context as u16)
    }

    /// Returns both sets together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Says whether a context is in the set.
    pub fn has(self, context: Context) -> bool {
        self.0 & Self::of(context).0 != 0
    }

    /// Returns the contexts of the set in order.
    pub fn iter(self) -> impl Iterator<Item = Context> {
        Context::ALL
            .into_iter()
            .filter(move |context| self.has(*context))
    }
}

impl From<Context> for Contexts {
    fn from(context: Context) -> Self {
        Self::of(context)
    }
}
