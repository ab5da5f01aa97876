//! What can be typed: the commands and options, in clap's words. Help, man pages and completions come from here.
#![expect(
    clippy::doc_markdown,
    reason = "the words are shown as they are, without markup"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

/// A terminal newsreader with an offline cache: whole articles, cleaned, with the names in them.
#[derive(Debug, Parser)]
#[command(
    name = "newsdesk",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Without a command the reader opens. Exit status: 0 done, 1 failed, 2 wrong usage."
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the reader where none is given.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// The config file to read instead of the usual one
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Keep library, cache and state under this folder
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub color: ColorWhen,
    /// Say more on standard error and in the log; twice: every detail
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing but errors on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the reader on the demo edition: a temporary home, no network
    Demo(Demo),
    /// Subscribe to feeds, or to sites whose feed is discovered
    Add(Add),
    /// Reload what is due, with the full articles
    Fetch(Fetch),
    /// List headlines
    List(List),
    /// Show an article
    Show(Show),
    /// Mark articles: read, star, later, tags
    Mark(Mark),
    /// Take back the last deliberate change
    Undo(Json),
    /// List subscriptions and their health; rename, move, remove, set
    Feeds(Feeds),
    /// List the files attached to an article, or fetch them
    Enclosures(Enclosures),
    /// List the names of an article, or of the whole cache
    Entities(Entities),
    /// Clean a page down to its article
    Clean(Clean),
    /// Read a feed's bytes and print what is in it as JSON
    ParseFeed(ParseFeed),
    /// Take subscriptions from OPML or newsboat, articles from newsboat's cache, or keep a saved page as an article
    Import(Import),
    /// Write subscriptions or articles to a file
    Export(Export),
    /// Say where things live and whether they are well
    Doctor(Json),
    /// Where the config is, whether it is right, and an example of it
    Config(Config),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

impl Command {
    /// Says whether the command changes the library.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::Mark(mark) => !mark.dry_run,
            Self::Add(_) | Self::Fetch(_) | Self::Undo(_) | Self::Import(_) => true,
            Self::Feeds(feeds) => feeds.command.is_some(),
            _ => false,
        }
    }
}

/// `--json` alone.
#[derive(Args, Clone, Copy, Debug)]
pub struct Json {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `newsdesk demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Print the edition's headlines and one article with its names instead of opening the reader
    #[arg(long)]
    pub print: bool,
}

/// `newsdesk add`.
#[derive(Args, Debug)]
pub struct Add {
    /// Addresses of feeds or sites
    #[arg(required = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub urls: Vec<String>,
    /// Put them into this folder, a path such as World/Europe
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<String>,
    /// Call it this
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Keep the pages themselves as articles
    #[arg(long, conflicts_with_all = ["folder", "title"])]
    pub article: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `newsdesk fetch`.
#[derive(Args, Debug)]
pub struct Fetch {
    /// Only these feeds: id, address or title; asked now, due or not
    #[arg(value_name = "FEED")]
    pub feeds: Vec<String>,
    /// All feeds, due or not, also those asked less than a minute ago
    #[arg(long)]
    pub force: bool,
    /// Without full articles and pictures
    #[arg(long)]
    pub feeds_only: bool,
    /// Then bring all text and pictures of the last days, such as 7d, or of a query, and say what could not be had
    #[arg(
        long,
        value_name = "7d|QUERY",
        num_args = 0..=1,
        default_missing_value = "7d",
        require_equals = false,
        conflicts_with = "feeds_only"
    )]
    pub offline: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `newsdesk list`.
#[derive(Args, Debug)]
pub struct List {
    /// What to list, for example: is:unread feed:herald newer:7d
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// At most so many (50 on a terminal, all off it)
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Print only how many there are
    #[arg(long)]
    pub count: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Forms an article can be printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// Markdown
    Markdown,
    /// A page of its own
    Html,
    /// JSON
    Json,
}

/// `newsdesk show`.
#[derive(Args, Debug)]
pub struct Show {
    /// The article's id, as `list` prints it
    pub id: i64,
    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Columns of the text form
    #[arg(long, value_name = "N")]
    pub width: Option<u16>,
    /// Print JSON
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// `newsdesk mark`.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true)
    .args(["read", "unread", "star", "unstar", "later", "unlater", "tag", "untag"]))]
pub struct Mark {
    /// Article ids; - reads them from standard input
    #[arg(
        value_name = "ID",
        required_unless_present = "query",
        conflicts_with = "query"
    )]
    pub ids: Vec<String>,
    /// All articles that match
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Mark read
    #[arg(long, conflicts_with = "unread")]
    pub read: bool,
    /// Mark unread
    #[arg(long)]
    pub unread: bool,
    /// Star
    #[arg(long, conflicts_with = "unstar")]
    pub star: bool,
    /// Unstar
    #[arg(long)]
    pub unstar: bool,
    /// Put into the read-later queue
    #[arg(long, conflicts_with = "unlater")]
    pub later: bool,
    /// Take out of it
    #[arg(long)]
    pub unlater: bool,
    /// Put a tag on
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Take a tag off
    #[arg(long, value_name = "TAG")]
    pub untag: Vec<String>,
    /// Only say how many would change
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `newsdesk feeds`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Feeds {
    /// What to do with one; all are listed where nothing is given
    #[command(subcommand)]
    pub command: Option<FeedsCommand>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with a subscription.
#[derive(Debug, Subcommand)]
pub enum FeedsCommand {
    /// Give a feed or a folder another name
    Rename {
        /// The feed (id, address or title), or a folder's path
        feed: String,
        /// The new name; empty: the feed's own again
        name: String,
    },
    /// Move a feed, or a folder with all that is in it
    Move {
        /// The feed (id, address or title), or a folder's path
        feed: String,
        /// The folder it goes into; empty: the top
        folder: String,
    },
    /// Unsubscribe; starred and tagged articles stay
    Remove {
        /// Feeds (id, address or title)
        #[arg(required = true)]
        feeds: Vec<String>,
    },
    /// Set what holds for one feed; an empty value: as the config says
    ///
    /// interval=90m, full_text=auto|always|never, user_agent=NAME, proxy=ADDRESS|none, user=NAME, password=$VARIABLE,
    /// password_command=COMMAND, header="Name: value" (or $VARIABLE), filter=QUERY, filtered=drop|read, keep_days=N,
    /// url=ADDRESS. Secrets are named, never written down: by a variable of the environment, or by the command that
    /// prints them.
    Set {
        /// The feed (id, address or title)
        feed: String,
        /// KEY=VALUE
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<String>,
    },
}

/// `newsdesk enclosures`.
#[derive(Args, Debug)]
pub struct Enclosures {
    /// The article's id, as `list` prints it
    pub id: i64,
    /// Only the file of this number
    #[arg(value_name = "N")]
    pub number: Option<usize>,
    /// Fetch them; what broke off goes on
    #[arg(long)]
    pub download: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `newsdesk entities`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Entities {
    /// What to do with a name; names are listed where nothing is given
    #[command(subcommand)]
    pub command: Option<NamesCommand>,
    /// The article's id; the whole cache where none is given
    pub id: Option<i64>,
    /// Read lines {"id","text"}, print lines {"id","entities"}
    #[arg(long, conflicts_with = "id")]
    pub jsonl: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with a name.
#[derive(Debug, Subcommand)]
pub enum NamesCommand {
    /// Follow a name: its articles stand in the feed list
    Follow {
        /// The name
        name: String,
        /// Stop following it
        #[arg(long)]
        stop: bool,
        /// Its type, where several names are written alike
        #[arg(long = "type", value_enum)]
        kind: Option<NameType>,
    },
    /// Mute a name: its articles are kept out of the lists
    Mute {
        /// The name
        name: String,
        /// Stop muting it
        #[arg(long)]
        stop: bool,
        /// Its type, where several names are written alike
        #[arg(long = "type", value_enum)]
        kind: Option<NameType>,
    },
    /// Say that a name is another one, in old articles and new: merges two names, or gives one another name or type
    Merge {
        /// The name that gives way
        name: String,
        /// The name it is from now on
        into: String,
        /// The first one's type
        #[arg(long = "type", value_enum)]
        kind: Option<NameType>,
        /// The second one's type
        #[arg(long, value_enum)]
        into_type: Option<NameType>,
    },
    /// Take a name out of the one it was merged into, or a way of writing out of the name it is taken for
    Split {
        /// The name, or with --from a way of writing (`Bush`)
        name: String,
        /// The name that texts take it for (`George Bush`)
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// In this article alone; in all where none is given
        #[arg(long, value_name = "ID", requires = "from")]
        article: Option<i64>,
        /// Let it be that name again
        #[arg(long, requires = "from")]
        stop: bool,
        /// Its type, where several names are written alike
        #[arg(long = "type", value_enum)]
        kind: Option<NameType>,
    },
}

/// Types of names, as JSON has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NameType {
    /// A person
    #[value(alias = "PER")]
    Per,
    /// An organisation
    #[value(alias = "ORG")]
    Org,
    /// A place
    #[value(alias = "LOC")]
    Loc,
    /// Another name
    #[value(alias = "MISC")]
    Misc,
}

/// `newsdesk clean`.
#[derive(Args, Debug)]
pub struct Clean {
    /// A file, an address, or - for standard input
    #[arg(value_name = "FILE|URL|-", conflicts_with = "batch")]
    pub source: Option<String>,
    /// The page's address, for its relative links
    #[arg(long, value_name = "BASE", value_hint = ValueHint::Url)]
    pub url: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Say what was removed and why
    #[arg(long)]
    pub report: bool,
    /// Columns of the text form
    #[arg(long, value_name = "N")]
    pub width: Option<u16>,
    /// Clean every page of a folder: NAME.html to NAME.json; addresses and charsets from its pages.tsv
    #[arg(long, value_name = "DIR", requires = "out", value_hint = ValueHint::DirPath)]
    pub batch: Option<PathBuf>,
    /// Where --batch writes
    #[arg(long, value_name = "DIR", requires = "batch", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// `newsdesk parse-feed`.
#[derive(Args, Debug)]
pub struct ParseFeed {
    /// A file, or - for standard input
    #[arg(value_name = "FILE|-", default_value = "-")]
    pub source: String,
    /// The Content-Type header it came with
    #[arg(long, value_name = "CT")]
    pub content_type: Option<String>,
    /// The address it came from
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
}

/// What a file to import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportAs {
    /// Subscriptions in OPML
    Opml,
    /// newsboat's urls file
    Newsboat,
    /// newsboat's cache.db: articles, read marks, flags
    NewsboatCache,
    /// A saved page, or a page's text
    Article,
}

/// `newsdesk import`.
#[derive(Args, Debug)]
pub struct Import {
    /// The file, or - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: String,
    /// What it is, where its content does not tell
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub kind: Option<ImportAs>,
    /// The saved page's address
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// What newsboat's flag L becomes: star, later, or a tag (nb:L where nothing is said)
    #[arg(long = "flag", value_name = "L=WHAT")]
    pub flags: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Subscriptions, with folders
    Opml,
    /// A file an article
    Markdown,
    /// A file an article
    Html,
    /// One book for e-readers, an article a chapter
    Epub,
    /// One array of articles
    Json,
}

/// `newsdesk export`.
#[derive(Args, Debug)]
pub struct Export {
    /// Which articles; all where none is given
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// In which form
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// A file (opml, epub, json), or a folder (markdown, html); - is standard output
    #[arg(long, value_name = "PATH", default_value = "-")]
    pub out: String,
}

/// `newsdesk config`.
#[derive(Args, Debug)]
pub struct Config {
    /// What about it
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What can be asked of the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print its path
    Path,
    /// Read it and say what is wrong
    Check,
    /// Print an example: every setting with its default
    Example,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn mark_wants_something_to_do_and_something_to_do_it_to() {
        for wrong in [
            &["newsdesk", "mark", "1"][..],
            &["newsdesk", "mark", "--read"],
            &["newsdesk", "mark", "1", "--query", "x", "--read"],
        ] {
            assert!(Cli::try_parse_from(wrong).is_err(), "{wrong:?}");
        }
        assert!(
            Cli::try_parse_from(["newsdesk", "mark", "-", "--read", "--star", "--tag", "a"])
                .is_ok()
        );
    }
}
