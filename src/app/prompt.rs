//! The line at the bottom that takes words: commands, searches, tags, addresses; with completion and history.

use tui_input::{Input, InputRequest};

use super::tree::Node;
use crate::keymap::{Code, Key};
use crate::model::change::NameKey;
use crate::model::setting::Setting;
use crate::model::{ArticleId, FeedId};

/// A line being typed.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is for.
    pub kind: PromptKind,
    /// What is typed, and the cursor.
    pub input: Input,
    /// What may complete it.
    pub candidates: Vec<Candidate>,
    /// The candidate taken with Tab.
    pub chosen: Option<usize>,
    /// What is wrong with it, or what it will do.
    pub remark: Option<String>,
    /// Before Tab was pressed.
    pub(super) typed: Option<String>,
    /// The place in the history, counted from its end.
    pub(super) past: usize,
}

/// What may complete a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The whole line with it.
    pub line: String,
    /// What is shown.
    pub label: String,
    /// What it is, dim beside it.
    pub detail: String,
}

/// What a line is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// A command.
    Command,
    /// A search over everything, answered while typing.
    Search,
    /// A query that narrows the list; holds the filter there was.
    Filter(Option<String>),
    /// Words to find in the article.
    Find,
    /// Letters of a row to jump to.
    Jump {
        /// Where the reader was in the list.
        article: Option<ArticleId>,
        /// Where in the feed list.
        node: Option<Node>,
    },
    /// Tags of these articles; holds those all of them have.
    Tags {
        /// Which articles.
        ids: Vec<ArticleId>,
        /// The tags there were.
        before: Vec<String>,
    },
    /// A name or word whose articles are wanted.
    Mentions,
    /// Addresses to add.
    Add,
    /// The name of a search to keep; holds the query.
    SaveSearch(String),
    /// The name that a name is to be merged into.
    MergeName(NameKey),
    /// Another name for a name.
    RenameName(NameKey),
    /// A new name.
    Rename(Node),
    /// A saved search's new query.
    EditQuery(crate::model::SearchId),
    /// A folder to move a feed to.
    MoveFeed(FeedId),
    /// A new folder.
    AddFolder,
    /// A feed's new address.
    FeedUrl(FeedId),
    /// A setting of a feed.
    FeedSetting(FeedId, Setting),
    /// A file to import.
    Import,
    /// A file to save articles to, in a format.
    Save {
        /// Which articles.
        ids: Vec<ArticleId>,
        /// `markdown`, `html`, `text`, `json`.
        format: &'static str,
    },
    /// A program to give the article to.
    Pipe(ArticleId),
}

impl PromptKind {
    /// Returns what stands before the words.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Command => ":",
            Self::Search => "/",
            Self::Filter(_) => "narrow by: ",
            Self::Find => "find: ",
            Self::Jump { .. } => "jump to: ",
            Self::Tags { .. } => "tags: ",
            Self::Mentions => "articles that mention: ",
            Self::Add => "add address: ",
            Self::SaveSearch(_) => "keep the search as: ",
            Self::MergeName(_) => "merge into: ",
            Self::Rename(_) | Self::RenameName(_) => "new name: ",
            Self::EditQuery(_) => "query: ",
            Self::MoveFeed(_) => "to folder: ",
            Self::AddFolder => "new folder: ",
            Self::FeedUrl(_) => "address: ",
            Self::FeedSetting(_, setting) => match setting {
                Setting::Interval => "time between reloads (90m, 6h): ",
                Setting::FullText => "full text (auto, always, never): ",
                Setting::UserAgent => "name to sites: ",
                Setting::Proxy => "proxy (address, or none): ",
                Setting::User => "user name: ",
                Setting::Password => "password, as $NAME of a variable: ",
                Setting::PasswordCommand => "command that prints the password: ",
                Setting::Header => "header (Name: value): ",
                Setting::Filter => "query that new articles must match: ",
                Setting::Filtered => "others (drop, read): ",
                Setting::KeepDays => "days to keep articles: ",
            },
            Self::Import => "import file: ",
            Self::Save { .. } => "save to: ",
            Self::Pipe(_) => "pipe to: ",
        }
    }
}

impl PromptKind {
    /// Returns an example of what may be typed, shown while nothing is.
    pub fn example(&self) -> &'static str {
        match self {
            Self::Search | Self::Filter(_) => {
                "words  \"a phrase\"  -not  feed:  tag:  is:unread  newer:7d"
            }
            Self::Add => "https://example.org, as many as you like",
            Self::Tags { .. } => "tags, separated by commas",
            Self::Import => "subscriptions.opml, or newsboat's urls",
            Self::MoveFeed(_) | Self::AddFolder => "World/Europe",
            Self::Rename(Node::Feed(_)) => "empty: its own title",
            _ => "",
        }
    }
}

/// What a key did to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// The words changed.
    Changed,
    /// Only the cursor moved, or nothing.
    Nothing,
    /// Enter.
    Enter,
    /// Esc, or Backspace on an empty line.
    Cancel,
    /// An older (true) or newer line of the history, or another row of what the line acts on.
    Past(bool),
}

impl Prompt {
    /// Returns a line with words already in it.
    pub fn new(kind: PromptKind, text: &str) -> Self {
        Self {
            kind,
            input: Input::from(text),
            candidates: Vec::new(),
            chosen: None,
            remark: None,
            typed: None,
            past: 0,
        }
    }

    /// Returns what is typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Puts other words in, the cursor after them.
    pub(super) fn set(&mut self, text: &str) {
        self.input = Input::from(text);
    }

    /// Puts pasted text in at the cursor: on one line, and never run.
    pub(super) fn paste(&mut self, text: &str) {
        let (pasted, at) = (crate::text::clean_line(text), self.input.cursor());
        let (before, after) = (self.text().chars().take(at), self.text().chars().skip(at));
        let line: String = before.chain(pasted.chars()).chain(after).collect();
        self.input = Input::new(line).with_cursor(at + pasted.chars().count());
        self.forget_choice();
    }

    fn forget_choice(&mut self) {
        self.chosen = None;
        self.typed = None;
        self.remark = None;
    }

    /// Acts on a key as line editors do.
    pub(super) fn key(&mut self, key: Key) -> Typed {
        let request = match (key.code, key.ctrl) {
            (Code::Enter, _) => return Typed::Enter,
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return Typed::Cancel,
            (Code::Backspace, false) if self.text().is_empty() => return Typed::Cancel,
            (Code::Up, _) | (Code::Char('p'), true) => return Typed::Past(true),
            (Code::Down, _) | (Code::Char('n'), true) => return Typed::Past(false),
            (Code::Tab, _) => return self.complete(key.shift),
            (Code::Backspace, false) => InputRequest::DeletePrevChar,
            (Code::Backspace | Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Delete, _) | (Code::Char('d'), true) => InputRequest::DeleteNextChar,
            (Code::Left, true) => InputRequest::GoToPrevWord,
            (Code::Right, true) => InputRequest::GoToNextWord,
            (Code::Left, false) | (Code::Char('b'), true) => InputRequest::GoToPrevChar,
            (Code::Right, false) | (Code::Char('f'), true) => InputRequest::GoToNextChar,
            (Code::Home, _) | (Code::Char('a'), true) => InputRequest::GoToStart,
            (Code::End, _) | (Code::Char('e'), true) => InputRequest::GoToEnd,
            (Code::Char('u'), true) => InputRequest::DeleteLine,
            (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
            (Code::Char(c), false) => InputRequest::InsertChar(c),
            _ => return Typed::Nothing,
        };
        let changed = self
            .input
            .handle(request)
            .is_some_and(|change| change.value);
        if changed {
            self.forget_choice();
            Typed::Changed
        } else {
            Typed::Nothing
        }
    }

    /// Takes a completion, as Tab does.
    pub(super) fn choose(&mut self, at: usize) {
        if let Some(candidate) = self.candidates.get(at) {
            let line = candidate.line.clone();
            self.typed
                .get_or_insert_with(|| self.input.value().to_owned());
            self.chosen = Some(at);
            self.set(&line);
        }
    }

    fn complete(&mut self, back: bool) -> Typed {
        let count = self.candidates.len();
        if count == 0 {
            return Typed::Nothing;
        }
        if self.typed.is_none() {
            self.typed = Some(self.text().to_owned());
        }
        let next = match (self.chosen, back) {
            (None, false) => Some(0),
            (None, true) => Some(count - 1),
            (Some(at), false) => Some(at + 1).filter(|at| *at < count),
            (Some(at), true) => at.checked_sub(1),
        };
        self.chosen = next;
        let line = match next.and_then(|at| self.candidates.get(at)) {
            Some(candidate) => candidate.line.clone(),
            None => self.typed.clone().unwrap_or_default(),
        };
        self.set(&line);
        Typed::Nothing
    }
}
