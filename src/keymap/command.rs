//! THE command table: every action once, with its name, help line, contexts, default keys and argument.

use super::context::Contexts;

/// What kind of words may follow a command on the `:` line, and what completes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// None.
    None,
    /// A number; a count typed before the key means the same.
    Number,
    /// A query of the search language.
    Query,
    /// Tags, separated by spaces or commas; completed from those in use.
    Tags,
    /// A folder path; completed from those there are.
    Folder,
    /// An order of lists: `date`, `feed`, `title`, `length`.
    Sort,
    /// Addresses.
    Addresses,
    /// A file.
    Path,
    /// A shell command line.
    Shell,
    /// A feed, by part of its title.
    Feed,
    /// Free words.
    Words,
}

/// The headings of the help screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Moving about.
    Move,
    /// Reading an article.
    Read,
    /// Marks, selection, undo.
    Mark,
    /// Search, filter, order.
    Find,
    /// Places to go to.
    Go,
    /// Names in the text.
    Names,
    /// Subscriptions.
    Feeds,
    /// Links, copies, files.
    Share,
    /// The screen and the program.
    Program,
}

impl Group {
    /// Every group, in the order of the help screen.
    pub const ALL: [Self; 9] = [
        Self::Move,
        Self::Read,
        Self::Mark,
        Self::Find,
        Self::Go,
        Self::Names,
        Self::Feeds,
        Self::Share,
        Self::Program,
    ];

    /// Returns the heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Moving",
            Self::Read => "Reading",
            Self::Mark => "Marking",
            Self::Find => "Finding",
            Self::Go => "Going to",
            Self::Names => "Names",
            Self::Feeds => "Feeds",
            Self::Share => "Links and files",
            Self::Program => "Screen and program",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name on the `:` line and in the config.
    pub name: &'static str,
    /// What it does, for help, palette and README.
    pub help: &'static str,
    /// Where it stands on the help screen.
    pub group: Group,
    /// Where it works.
    pub contexts: Contexts,
    /// The keys of the preset `default`, as [`super::key::parse`] reads them.
    pub keys: &'static [&'static str],
    /// The keys of the preset `newsboat`, where they differ.
    pub newsboat: Option<&'static [&'static str]>,
    /// What may follow its name.
    pub argument: Argument,
}

macro_rules! commands {
    ($($command:ident $name:literal $group:ident [$($context:ident)|+] [$($key:literal)*]
        $(newsboat [$($other:literal)*])? $(takes $argument:ident)? => $help:literal;)*) => {
        /// Every action there is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $(#[doc = $help] $command,)*
        }

        /// The table.
        pub const TABLE: &[Spec] = &[$(Spec {
            command: Command::$command,
            name: $name,
            help: $help,
            group: Group::$group,
            contexts: Contexts::NONE$(.or(Contexts::$context))+,
            keys: &[$($key),*],
            newsboat: commands!(@keys $([$($other)*])?),
            argument: commands!(@argument $($argument)?),
        },)*];
    };
    (@keys) => { None };
    (@keys [$($key:literal)*]) => { Some(&[$($key),*]) };
    (@argument) => { Argument::None };
    (@argument $argument:ident) => { Argument::$argument };
}

commands! {
    Down "down" Move [ALL] ["j" "Down"] newsboat ["Down"] takes Number => "Go down a row or line";
    Up "up" Move [ALL] ["k" "Up"] newsboat ["Up"] takes Number => "Go up a row or line";
    Top "top" Move [ALL] ["gg" "Home"] newsboat ["Home"] => "Go to the top; takes in waiting new articles";
    Bottom "bottom" Move [ALL] ["G" "End"] newsboat ["End"] => "Go to the bottom";
    HalfDown "half-page-down" Move [ALL] ["^D"] => "Go down half a page";
    HalfUp "half-page-up" Move [ALL] ["^U"] => "Go up half a page";
    PageDown "page-down" Move [ALL] ["^F" "PgDn"] newsboat ["PgDn"] => "Go down a page";
    PageUp "page-up" Move [ALL] ["^B" "PgUp"] newsboat ["PgUp" "b"] => "Go up a page";
    Left "left" Move [PANES] ["h" "Left"] newsboat ["h" "Left"] => "Go to the pane at the left; in the tree close the folder or go to its parent";
    Right "right" Move [PANES] ["l" "Right"] newsboat ["Right"] => "Go to the pane at the right; in the tree open the folder or go into its list";
    NextPane "next-pane" Move [PANES] ["Tab"] => "Go to the next pane";
    PreviousPane "previous-pane" Move [PANES] ["S-Tab"] => "Go to the previous pane";
    Open "open" Move [ALL] ["Enter"] => "Open; on a selected link or name, open that";
    Tick "tick" Move [TICKS] ["Space"] => "Tick or untick";
    Back "back" Move [ALL] ["q"] => "Go back; at the first place, quit";
    Cancel "cancel" Move [ALL] ["Esc"] => "Cancel the innermost thing, else go back";

    ReadOn "read-on" Read [LISTS | READER] ["Space"] => "Page on; at the end the next unread article";
    ReadBack "read-back" Read [LISTS | READER] ["Backspace"] => "Page back";
    ScrollDown "scroll-down" Read [LISTS | NAMES] ["J"] newsboat [] takes Number => "Scroll the article down";
    ScrollUp "scroll-up" Read [LISTS | NAMES] ["K"] newsboat [] takes Number => "Scroll the article up";
    NextArticle "next-article" Read [READER] ["J"] newsboat ["J"] takes Number => "Open the next article of the list";
    PreviousArticle "previous-article" Read [READER] ["K"] newsboat ["K"] takes Number => "Open the previous article of the list";
    NextUnread "next-unread" Read [PANES] ["n"] => "Open the next unread article, over feeds; while finding, the next match";
    PreviousUnread "previous-unread" Read [PANES] ["N"] newsboat ["p"] => "Open the previous unread article; while finding, the previous match";
    NextHeading "next-heading" Read [READER] ["]h"] => "Go to the next heading";
    PreviousHeading "previous-heading" Read [READER] ["[h"] => "Go to the previous heading";
    NextLink "next-link" Read [READER] ["]l"] => "Select the next link";
    PreviousLink "previous-link" Read [READER] ["[l"] => "Select the previous link";
    FullText "full-text" Read [ARTICLES] ["x"] => "Show the feed's text or the full text";
    Refetch "fetch-full-text" Read [ARTICLES | REMOVED] ["X"] => "Fetch the page again and clean it";
    Removed "removed" Read [READER | REMOVED] ["gx"] => "Show what cleaning removed and why, or hide it";
    NextRemoved "next-removed" Read [READER | REMOVED] ["]b"] => "Go to the next removed block";
    PreviousRemoved "previous-removed" Read [READER | REMOVED] ["[b"] => "Go to the previous removed block";
    PutBack "put-back" Read [REMOVED] ["+"] => "Put the selected block back into the article";
    TakeOut "take-out" Read [REMOVED] ["-"] => "Remove the selected block from the article";
    RuleForSite "rule-for-site" Read [REMOVED] ["s"] => "Do what was chosen in every article of this site (Enter: in this one)";
    Enclosures "enclosures" Read [ARTICLES] ["D"] => "The files of the article: download and open them";
    Zen "zen" Read [PANES] ["z"] => "Show nothing but the article";
    Pictures "pictures" Read [PANES] ["I"] => "Show pictures, or hide them";
    Narrower "narrower" Read [PANES] ["<"] takes Number => "Make the pane, or the text column, narrower";
    Wider "wider" Read [PANES] [">"] takes Number => "Make the pane, or the text column, wider";

    ToggleRead "toggle-read" Mark [LISTS | READER] ["m"] newsboat ["N"] => "Mark read or unread";
    ReadAndNext "read-and-next" Mark [ARTICLES] ["M"] => "Mark read and go on to the next unread";
    Star "star" Mark [ARTICLES] ["s"] newsboat ["^E"] => "Star or unstar";
    Later "later" Mark [ARTICLES] ["L"] => "Put into the read-later queue, or take out";
    Tag "tag" Mark [ARTICLES] ["t"] takes Tags => "Edit the tags";
    TagAgain "tag-again" Mark [ARTICLES] ["T"] => "Put the last tags on again";
    MarkAllRead "mark-all-read" Mark [LISTS] ["A"] => "Mark the list read, exactly as it stands";
    MarkAboveRead "mark-above-read" Mark [LIST] ["gA"] newsboat [] => "Mark all above read";
    MarkBelowRead "mark-below-read" Mark [LIST] ["gB"] newsboat [] => "Mark all below read";
    Select "select" Mark [LIST] ["v"] => "Select the row and step down";
    SelectRange "select-range" Mark [LIST] ["V"] => "Select from the last selected row to here";
    SelectAll "select-all" Mark [LIST] ["%"] => "Select all rows";
    Undo "undo" Mark [MAIN | REMOVED] ["u"] => "Take the last action back";
    Redo "redo" Mark [MAIN | REMOVED] ["^R"] => "Do it again";
    UndoList "undolist" Mark [MAIN] [] => "Show the actions that can be taken back";

    Search "search" Find [LISTS | NAMES | POPUP] ["/"] takes Query => "Search everything as you type";
    Find "find" Find [READER] ["/"] takes Words => "Find in the text";
    Filter "filter" Find [LISTS] ["F"] takes Query => "Narrow this list by a query";
    ClearFilter "clear-filter" Find [LISTS] ["^G"] newsboat ["^F"] => "Clear the filter";
    SaveSearch "save-search" Find [LISTS] ["W"] takes Words => "Keep the search or filter in the feed list under a name";
    Jump "jump" Find [LISTS] ["f"] => "Jump to a row by typing";
    ShowRead "show-read" Find [LISTS] ["."] newsboat ["l"] => "Hide or show read articles";
    SortDate "sort-date" Find [LISTS] [",d"] newsboat ["gd"] => "Sort by date";
    SortFeed "sort-feed" Find [LISTS] [",f"] newsboat ["gf"] => "Sort by feed";
    SortTitle "sort-title" Find [LISTS] [",t"] newsboat ["gt"] => "Sort by title";
    SortLength "sort-length" Find [LISTS] [",l"] newsboat ["gl"] => "Sort by reading time";
    SortReverse "sort-reverse" Find [LISTS] [",r"] newsboat ["G"] => "Turn the order round";
    Sort "sort" Find [LISTS] [] takes Sort => "Sort by date, feed, title or length";

    GoAll "go-all" Go [PANES] ["ga"] newsboat [] => "All articles";
    GoUnread "go-unread" Go [PANES] ["gu"] newsboat [] => "Unread articles";
    GoStarred "go-starred" Go [PANES] ["gs"] newsboat [] => "Starred articles";
    GoLater "go-later" Go [PANES] ["gl"] newsboat [] => "The read-later queue";
    GoToday "go-today" Go [PANES] ["gt"] newsboat [] => "Articles of today";
    GoNames "go-names" Go [PANES] ["ge"] newsboat [] => "Names in all articles";
    GoFollowing "go-following" Go [PANES] ["gf"] newsboat [] => "Articles that mention a followed name";
    GoMuted "go-muted" Go [PANES] ["gm"] newsboat [] => "Articles that muted names keep out of the lists";
    GoRecent "go-recent" Go [PANES] ["gr"] newsboat [] => "Recently read articles";
    GoFeed "go-feed" Go [PANES] [] takes Feed => "The feed of this title";
    GoTag "go-tag" Go [PANES] [] takes Tags => "Articles with this tag";
    NextFeed "next-feed" Go [PANES] ["]f"] newsboat ["j"] => "The next feed";
    PreviousFeed "previous-feed" Go [PANES] ["[f"] newsboat ["k"] => "The previous feed";
    NextUnreadFeed "next-unread-feed" Go [PANES] ["]u"] newsboat ["^N"] => "The next feed with unread articles";
    PreviousUnreadFeed "previous-unread-feed" Go [PANES] ["[u"] newsboat ["^P"] => "The previous feed with unread articles";

    Names "names" Names [PANES] ["e"] => "The names of the article: show and go there, then hide";
    NextMention "next-mention" Names [READER | NAMES] ["]e"] => "Go to the next name, or the selected name's next mention";
    PreviousMention "previous-mention" Names [READER | NAMES] ["[e"] => "Go to the previous name or mention";
    MentionsOf "mentions" Names [ARTICLES | NAMES] ["*"] takes Words => "All articles that mention the selected name or word";
    NamePage "name-page" Names [PANES] ["gp"] newsboat [] => "The selected name's page: over time, seen with, merged";
    Follow "follow" Names [PANES] ["+"] => "Follow the selected name, or stop";
    Mute "mute" Names [PANES] ["-"] => "Mute the selected name, or stop: its articles leave the lists";
    Merge "merge" Names [PANES] ["="] takes Words => "Merge the selected name into another";

    Add "add" Feeds [MAIN] ["a"] takes Addresses => "Add feeds, sites or articles";
    Edit "edit" Feeds [PANES | HEALTH] ["i"] => "Edit the selected feed, folder, search, tag or name";
    Delete "delete" Feeds [FEEDS | HEALTH] ["d"] newsboat ["D"] => "Unsubscribe or delete (asks; can be taken back)";
    Move "move" Feeds [LISTS] [] takes Folder => "Move the feed to a folder";
    Rename "rename" Feeds [LISTS] [] takes Words => "Rename the feed, folder, search or tag";
    AddFolder "add-folder" Feeds [PANES] [] takes Folder => "Make a folder";
    Reload "reload" Feeds [PANES | HEALTH] ["r"] => "Reload this feed or folder";
    ReloadAll "reload-all" Feeds [PANES | HEALTH] ["R"] => "Reload all feeds";
    Offline "offline" Feeds [PANES | HEALTH] [] takes Query => "Bring all text and pictures of the last days, such as 7d, or of a query";
    CancelReload "cancel-reload" Feeds [PANES | HEALTH] [] => "Stop the reload; what came is kept";
    Health "health" Feeds [PANES] ["!"] => "Errors and feed health, worst first";
    TakeAddress "take-address" Feeds [HEALTH] ["+"] => "Take the suggested address";
    Import "import" Feeds [MAIN] [] takes Path => "Take subscriptions from OPML or newsboat";

    Browse "browse" Share [ARTICLES | NAMES] ["o"] takes Number => "Open in the browser; with a number that link (list: so many)";
    BrowseRead "browse-and-mark" Share [ARTICLES] ["O"] takes Number => "Open in the browser and mark read";
    Links "link-hints" Share [READER] ["f"] newsboat ["#"] => "Open a link by its letters (a capital copies it)";
    Copy "copy" Share [ARTICLES] ["y"] takes Number => "Copy the address; with a number that link's";
    CopyMarkdown "copy-markdown" Share [ARTICLES] ["Y"] => "Copy title and address as Markdown";
    Save "save" Share [ARTICLES] ["S"] newsboat ["s"] takes Path => "Save as Markdown, HTML, text or JSON";
    Pipe "pipe" Share [ARTICLES] ["|"] takes Shell => "Give the article to a program";

    FoldFeeds "fold-feeds" Program [PANES] ["gb"] newsboat [] => "Fold the feed list away, or show it";
    EditConfig "edit-config" Program [MAIN] ["E"] => "Edit the config";
    CommandLine "command-line" Program [ALL] [":"] => "Type a command";
    Palette "palette" Program [MAIN] ["^P"] newsboat [] => "Choose a command";
    Help "help" Program [ALL] ["?"] => "The keys as they are bound now";
    Redraw "redraw" Program [ALL] ["^L"] => "Draw the screen again";
    Suspend "suspend" Program [ALL] ["^Z"] => "Suspend the program";
    Interrupt "interrupt" Program [ALL] ["^C"] => "Cancel a prompt or popup, else quit";
    Quit "quit" Program [ALL] ["Q"] => "Quit";
}

impl Command {
    /// Returns the command's row.
    pub fn spec(self) -> &'static Spec {
        // The enum and the table come from one macro, in the same order.
        &TABLE[self as usize]
    }

    /// Finds a command by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = TABLE.iter().find(|spec| spec.name == name);
        named.map(|spec| spec.command)
    }
}

/// Short names people type on the `:` line from habit.
pub const SHORT: &[(&str, Command)] = &[
    ("q", Command::Quit),
    ("q!", Command::Quit),
    ("qa", Command::Quit),
    ("h", Command::Help),
    ("e", Command::Edit),
    ("u", Command::Undo),
    ("red", Command::Redo),
    ("undo-list", Command::UndoList),
    ("w", Command::Save),
    ("feed", Command::GoFeed),
    ("mkdir", Command::AddFolder),
    ("errors", Command::Health),
    ("unsubscribe", Command::Delete),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_finds_its_own_row() {
        for spec in TABLE {
            assert_eq!(spec.command.spec().name, spec.name);
            assert_eq!(Command::from_name(spec.name), Some(spec.command));
        }
    }

    #[test]
    fn help_lines_fit_and_names_are_words() {
        for spec in TABLE {
            assert!(!spec.help.is_empty() && spec.help.chars().count() <= 100);
            assert!(!spec.help.ends_with('.'), "{}", spec.help);
            let plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(spec.name.chars().all(plain), "{}", spec.name);
        }
    }
}
