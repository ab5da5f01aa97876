//! Rules for sites, decisions on blocks, and cached articles cleaned again, over a loopback site.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::Timestamp;
use newsdesk::app::effect::Ticket;
use newsdesk::app::{Effect, Event};
use newsdesk::config::Settings;
use newsdesk::engine::reload::reload;
use newsdesk::engine::{self, Cancel, Clock, Context, Engine, Options, Reload, Which};
use newsdesk::model::article::{Body, BodySource, Metadata, Reason};
use newsdesk::model::change::{
    BlockChoice, NameKey, NewFeed, SiteEdit, SiteLine, SiteList, Written,
};
use newsdesk::model::{
    Article, ArticleEntities, ArticleId, Block, Change, Document, EntityKind, Query, Scope, Text,
    What,
};
use newsdesk::store::{self, Library, NewPage, wait};
use newsdesk::{entities, extract};
use support::papers::{Item, rss, story};
use support::server::{Reply, Server};

/// Stands in every page of the site, in the middle of the text.
const PITCH: &str = "Our correspondents write about harbours every week, and their letters are read in forty countries \
                     by people who love boats, ropes and the smell of tar.";

/// A desk: a library and the user's rules in a folder, and a site.
struct Desk {
    folder: tempfile::TempDir,
    library: Arc<Library>,
    server: Server,
    now: Timestamp,
}

/// An open reader's engine.
struct Open {
    engine: Option<Engine>,
    events: Receiver<Event>,
}

impl Desk {
    /// A desk with so many articles fetched, each with the pitch in it.
    fn with(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let library = Library::open(&store::Paths::under(folder.path()), now).unwrap();
        let desk = Self {
            folder,
            library: Arc::new(library),
            server: Server::start(),
            now,
        };
        std::fs::create_dir(desk.sites().parent().unwrap()).unwrap();
        let feed = NewFeed {
            url: desk.server.url("/feed"),
            ..NewFeed::default()
        };
        desk.change(What::Subscribe(feed), Scope::None);
        let items: Vec<Item> = (1..=count).map(|n| desk.item(n)).collect();
        let feed = rss("The Port Ellen Paper", &items);
        desk.server.set("/feed", Reply::rss(feed));
        desk
    }

    fn item(&self, number: usize) -> Item {
        let path = format!("/article/{number}");
        let item = Item::new(number, self.server.url(&path));
        let (first, rest) = (story(&item.title, 3), story(&item.title, 6));
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><title>{0}</title><link rel=\"canonical\" href=\"{1}\"></head><body>\
             <nav><a href=\"/\">Home</a> <a href=\"/sport\">Sport</a></nav><article><h1>{0}</h1>{first}\
             <p class=\"pitch\">{PITCH}</p>{rest}<p class=\"end\">Edited by <span class=\"who\">Ann Archer</span></p></article>\
             </body></html>",
            item.title, item.link
        );
        self.server.set(&path, Reply::html(html));
        item
    }

    fn sites(&self) -> PathBuf {
        self.folder.path().join("config/sites.toml")
    }

    fn context(&self) -> Arc<Context> {
        let mut settings = Settings::default();
        settings.fetch.auto = false;
        settings.fetch.page_gap.0 = Duration::ZERO;
        let options = Options {
            first_look: Duration::ZERO,
            ..Options::new(&settings, Clock::Fixed(self.now)).with_sites(self.sites())
        };
        Context::new(Arc::clone(&self.library), options)
    }

    fn reload(&self) {
        let request = Reload {
            which: Which::All,
            force: true,
            ..Reload::default()
        };
        reload(&self.context(), &request, &mut |_| {}, &Cancel::new()).unwrap();
    }

    /// Opens the reader.
    fn open(&self) -> Open {
        let (send, events) = channel();
        let engine = Engine::start(self.context(), move |event| {
            let _ = send.send(event);
        });
        Open {
            engine: Some(engine.unwrap()),
            events,
        }
    }

    fn change(&self, what: What, scope: Scope) -> Written {
        let change = Change {
            what,
            scope,
            undoable: true,
        };
        wait(|reply| self.library.writer().change(change, self.now, reply)).unwrap()
    }

    fn ids(&self) -> Vec<ArticleId> {
        let reader = self.library.reader().unwrap();
        reader.ids(&Query::default(), self.now).unwrap()
    }

    fn article(&self, id: ArticleId) -> Article {
        let reader = self.library.reader().unwrap();
        reader.article(id, None).unwrap().unwrap()
    }

    fn text(&self, id: ArticleId) -> String {
        self.article(id).body.document.plain_text()
    }

    fn reason_of(&self, id: ArticleId, words: &str) -> Option<Reason> {
        let removed = self.article(id).body.removed;
        removed
            .into_iter()
            .find(|block| block.text.contains(words))
            .map(|block| block.reason)
    }

    fn stale(&self) -> usize {
        let reader = self.library.reader().unwrap();
        let stale = reader.stale(extract::VERSION, entities::VERSION).unwrap();
        stale.len()
    }

    /// Puts a text in place of an article's page as an older cleaner would have left it. The page as it came stays.
    fn clean_badly(&self, id: ArticleId) {
        let page = NewPage {
            article: id,
            at: self.now,
            metadata: Metadata::default(),
            body: Body {
                source: BodySource::Page,
                document: Document {
                    lang: None,
                    blocks: vec![Block::Paragraph {
                        text: Text::plain(
                            "Menu and nothing else, badly cleaned, again and again, for many words, that the feed's text does not win",
                        ),
                    }],
                },
                cleaner: extract::VERSION - 1,
                ..Body::default()
            },
            entities: ArticleEntities::default(),
            raw: None,
            parts: Vec::new(),
        };
        wait(|reply| self.library.writer().store_page(page, reply)).unwrap();
    }
}

impl Open {
    fn run(&self, effect: Effect) {
        self.engine.as_ref().unwrap().run(effect);
    }

    fn write(&self, what: What, ids: &[ArticleId]) {
        let change = Change {
            what,
            scope: Scope::Ids(ids.to_vec()),
            undoable: true,
        };
        self.run(Effect::Write {
            ticket: Ticket(1),
            change,
        });
    }

    /// Waits for the first event that fits.
    #[track_caller]
    fn wait<T>(&self, fits: impl Fn(&Event) -> Option<T>) -> T {
        support::wait_for(&self.events, fits)
    }

    fn written(&self) -> Written {
        self.wait(|event| match event {
            Event::Written { written, .. } => Some(written.clone()),
            Event::WriteFailed { error, .. } => panic!("{error}"),
            _ => None,
        })
    }

    /// Waits until these articles show another text.
    fn refreshed(&self, ids: &[ArticleId]) {
        let mut left = ids.to_vec();
        while !left.is_empty() {
            let came = self.wait(|event| match event {
                Event::Refreshed(ids) => Some(ids.clone()),
                _ => None,
            });
            left.retain(|id| !came.contains(id));
        }
    }

    /// Waits until nothing is left to clean again.
    fn done(&self) {
        self.wait(|event| matches!(event, Event::LibraryChanged).then_some(()));
    }
}

const RULE: &str = "[[site]]\nhost = \"127.0.0.1\"\nstrip = [\".pitch\"]\nauthor = \".who\"\n";

#[test]
fn a_rule_of_the_users_is_applied_when_pages_come() {
    let desk = Desk::with(2);
    std::fs::write(desk.sites(), RULE).unwrap();
    desk.reload();
    for id in desk.ids() {
        let article = desk.article(id);
        assert!(!desk.text(id).contains(PITCH), "{}", desk.text(id));
        assert_eq!(desk.reason_of(id, PITCH), Some(Reason::Site));
        assert_eq!(article.row.authors, ["Ann Archer"]);
    }
    let url = desk.server.url("/article/1");
    let saved = engine::save_article(&desk.context(), &url).unwrap();
    assert!(!desk.text(saved).contains(PITCH));
}

#[test]
fn a_rule_that_changes_cleans_the_sites_cached_articles_again_and_keeps_marks() {
    let desk = Desk::with(3);
    desk.reload();
    let ids = desk.ids();
    desk.change(What::Star(true), Scope::Ids(ids.clone()));
    assert!(desk.text(ids[0]).contains(PITCH));
    let open = desk.open();
    // The engine has compared the rules once it has answered this.
    open.write(What::Site(edit("other.example", "x y z")), &[]);
    open.written();
    std::fs::write(desk.sites(), RULE).unwrap();
    open.refreshed(&ids);
    for id in &ids {
        assert!(!desk.text(*id).contains(PITCH));
        assert!(desk.article(*id).row.starred);
    }
    // Also where the file is changed while no reader is open.
    drop(open);
    std::fs::write(desk.sites(), "# none\n").unwrap();
    let open = desk.open();
    open.refreshed(&ids);
    assert!(desk.text(ids[0]).contains(PITCH));
    open.done();
    assert_eq!(desk.stale(), 0);
}

#[test]
fn what_a_rule_says_of_headline_author_and_date_comes_before_the_feed() {
    let desk = Desk::with(1);
    let feed = |title: &str| {
        let link = desk.server.url("/article/1");
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Port Ellen Paper</title><item>\
             <guid isPermaLink=\"false\">item-1</guid><title>{title}</title><link>{link}</link><author>The Desk</author>\
             <pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate><description>Of the pier.</description></item></channel></rss>"
        );
        desk.server.set("/feed", Reply::rss(feed));
    };
    feed("PORT: a report");
    desk.reload();
    let id = desk.ids()[0];
    let facts = || {
        let row = desk.article(id).row;
        let day = row.published.unwrap().to_string();
        (row.title, row.authors.join(", "), day[..10].to_owned())
    };
    let of_feed = (
        "PORT: a report".into(),
        "The Desk".into(),
        "2026-11-22".into(),
    );
    assert_eq!(facts(), of_feed);
    let html = format!(
        "<html lang=\"en\"><body><article><h1>The pier of Port Ellen</h1><div class=\"when\">20 November 2026</div>{}\
         <p class=\"end\">Edited by <span class=\"who\">Ann Archer</span></p></article></body></html>",
        story("The pier", 6)
    );
    desk.server.set("/article/1", Reply::html(html));
    engine::fetch_full(&desk.context(), id).unwrap();
    assert_eq!(facts(), of_feed, "the feed comes before the page");
    let open = desk.open();
    open.write(What::Site(edit("other.example", "x y z")), &[]);
    open.written();
    let rule =
        "[[site]]\nhost = \"127.0.0.1\"\ntitle = \"h1\"\nauthor = \".who\"\ndate = \".when\"\n";
    std::fs::write(desk.sites(), rule).unwrap();
    open.refreshed(&[id]);
    let of_rule = (
        "The pier of Port Ellen".into(),
        "Ann Archer".into(),
        "2026-11-20".into(),
    );
    assert_eq!(facts(), of_rule, "what is cached is put right");
    let found = |words: &str| {
        let query = newsdesk::query::parse(words, desk.now, &jiff::tz::TimeZone::UTC).unwrap();
        desk.library
            .reader()
            .unwrap()
            .ids(&query, desk.now)
            .unwrap()
    };
    wait(|reply| desk.library.writer().finish(reply)).unwrap();
    assert_eq!(found("title:pier"), [id], "it is found by its new headline");
    drop(open);
    // The feed speaks again; the rule has the last word.
    feed("PORT: a report, corrected");
    desk.reload();
    engine::refresh_now(&desk.context(), &[id]).unwrap();
    assert_eq!(facts(), of_rule);
}

#[test]
fn a_broken_file_is_said_and_the_rest_goes_on() {
    let desk = Desk::with(1);
    std::fs::write(
        desk.sites(),
        "[[site]]\nhost = \"127.0.0.1\"\nstirp = [\".pitch\"]\nstrip = [\".end\"]\n",
    )
    .unwrap();
    desk.reload();
    let id = desk.ids()[0];
    assert_eq!(desk.reason_of(id, "Edited by"), Some(Reason::Site));
    let open = desk.open();
    let said = open.wait(|event| match event {
        Event::Failed(words) => Some(words.clone()),
        _ => None,
    });
    assert_eq!(
        said,
        "sites.toml: line 3: stirp: there is no key \"stirp\"; did you mean \"strip\"?"
    );
}

#[test]
fn what_an_older_cleaner_left_is_cleaned_again_from_the_page_that_is_kept() {
    let desk = Desk::with(3);
    desk.reload();
    let ids = desk.ids();
    let good = desk.text(ids[1]);
    desk.change(What::Tag("kept".into()), Scope::Ids(ids.clone()));
    for id in &ids {
        desk.clean_badly(*id);
        assert!(desk.text(*id).starts_with("Menu and nothing else"));
    }
    let asked = desk.server.all_requests().len();
    // Stopped at once, it goes on at the next start.
    drop(desk.open());
    let open = desk.open();
    let left: Vec<ArticleId> = ids
        .iter()
        .copied()
        .filter(|id| desk.text(*id).starts_with("Menu"))
        .collect();
    open.refreshed(&left);
    if !left.is_empty() {
        open.done();
    }
    assert_eq!(desk.text(ids[1]), good);
    for id in &ids {
        let article = desk.article(*id);
        assert_eq!(article.row.tags, ["kept"]);
        assert_eq!(article.body.cleaner, extract::VERSION);
        let names = &article.entities.entities;
        assert!(names.iter().any(|name| name.name == "Margaret Holloway"));
    }
    assert_eq!(desk.stale(), 0);
    assert_eq!(desk.server.all_requests().len(), asked, "without the net");
}

#[test]
fn a_page_that_was_not_kept_keeps_its_text_and_is_asked_for_no_more() {
    let desk = Desk::with(1);
    desk.reload();
    let id = desk.ids()[0];
    desk.clean_badly(id);
    for name in ["blobs.db", "blobs.db-wal", "blobs.db-shm"] {
        let _ = std::fs::remove_file(desk.library.paths().cache_dir.join(name));
    }
    engine::refresh_now(&desk.context(), &[id]).unwrap();
    assert!(desk.text(id).starts_with("Menu and nothing else"));
    assert_eq!(desk.stale(), 0);
}

#[test]
fn blocks_are_put_back_and_removed_in_one_article_and_that_outlives_cleaning_again() {
    let desk = Desk::with(2);
    std::fs::write(desk.sites(), RULE).unwrap();
    desk.reload();
    let ids = desk.ids();
    let second = desk.article(ids[0]).body.document.blocks[1].words();
    let open = desk.open();
    let choices = vec![
        BlockChoice {
            text: PITCH.into(),
            keep: Some(true),
        },
        BlockChoice {
            text: second.clone(),
            keep: Some(false),
        },
    ];
    open.write(What::Blocks(choices), &ids[..1]);
    assert_eq!(open.written().words, "1 block put back, 1 removed");
    open.refreshed(&ids[..1]);
    let check = |decided: bool| {
        let text = desk.text(ids[0]);
        assert_eq!(
            (text.contains(PITCH), !text.contains(&second)),
            (decided, decided),
            "{text}"
        );
        assert!(!desk.text(ids[1]).contains(PITCH), "only in that article");
    };
    check(true);
    engine::refresh_now(&desk.context(), &ids).unwrap();
    check(true);
    engine::fetch_full(&desk.context(), ids[0]).unwrap();
    check(true);
    open.run(Effect::Undo(Ticket(2), None));
    assert!(open.written().words.starts_with("undone: 1 block put back"));
    open.refreshed(&ids[..1]);
    check(false);
}

fn edit(host: &str, words: &str) -> SiteEdit {
    SiteEdit {
        host: host.into(),
        lines: vec![SiteLine {
            list: SiteList::StripText,
            text: words.into(),
            on: true,
        }],
    }
}

#[test]
fn a_rule_made_in_the_reader_stands_in_the_file_cleans_the_site_and_can_be_undone() {
    let desk = Desk::with(3);
    let mine = "# my rules\n[[site]]\nhost = \"b.example\" # another\nbody = \"main\"\n";
    std::fs::write(desk.sites(), mine).unwrap();
    desk.reload();
    let ids = desk.ids();
    let open = desk.open();
    open.write(What::Site(edit("127.0.0.1", PITCH)), &ids[..1]);
    let written = open.written();
    assert_eq!(written.words, "on 127.0.0.1: 1 block removed");
    open.refreshed(&ids);
    let file = std::fs::read_to_string(desk.sites()).unwrap();
    assert!(
        file.starts_with("# my rules") && file.contains("# another"),
        "{file}"
    );
    assert!(file.contains("\"p.pitch\""), "by its class: {file}");
    assert!(!file.contains("harbours"), "not by its words: {file}");
    for id in &ids {
        assert!(!desk.text(*id).contains(PITCH));
        assert_eq!(desk.reason_of(*id, PITCH), Some(Reason::Site));
    }
    open.run(Effect::Undo(Ticket(2), written.op));
    assert_eq!(
        open.written().words,
        "undone: on 127.0.0.1: 1 block removed"
    );
    open.refreshed(&ids);
    let file = std::fs::read_to_string(desk.sites()).unwrap();
    assert!(
        !file.contains("127.0.0.1") && file.contains("# another"),
        "{file}"
    );
    assert!(desk.text(ids[2]).contains(PITCH));
    open.run(Effect::Redo(Ticket(3)));
    open.refreshed(&ids);
    assert!(!desk.text(ids[2]).contains(PITCH));
    // Put back for the site: the selector goes, so that it holds for whatever stands there.
    let mut back = edit("127.0.0.1", PITCH);
    back.lines[0].list = SiteList::KeepText;
    open.write(What::Site(back), &ids[1..2]);
    open.refreshed(&ids);
    let file = std::fs::read_to_string(desk.sites()).unwrap();
    assert!(
        !file.contains("pitch") && !file.contains("harbours"),
        "{file}"
    );
    assert!(desk.text(ids[0]).contains(PITCH));
}

#[test]
fn a_rule_that_cannot_be_written_is_refused_in_words() {
    let desk = Desk::with(1);
    std::fs::write(desk.sites(), "[[site]\n").unwrap();
    desk.reload();
    let open = desk.open();
    open.write(What::Site(edit("127.0.0.1", PITCH)), &desk.ids());
    let why = open.wait(|event| match event {
        Event::WriteFailed { error, .. } => Some(error.clone()),
        _ => None,
    });
    assert!(
        why.contains("sites.toml cannot be changed: line 1"),
        "{why}"
    );
    assert_eq!(std::fs::read_to_string(desk.sites()).unwrap(), "[[site]\n");
}

#[test]
fn the_first_pages_of_a_site_are_cleaned_again_once_it_is_known() {
    let desk = Desk::with(6);
    desk.reload();
    assert_eq!(desk.stale(), 3 * 2, "both texts of the first three");
    engine::refresh_now(&desk.context(), &desk.ids()).unwrap();
    assert_eq!(desk.stale(), 0);
    let ids = desk.ids();
    let with_it = ids.iter().filter(|id| desk.text(**id).contains(PITCH));
    assert!(
        [0, ids.len()].contains(&with_it.count()),
        "what is furniture in the last is furniture in the first"
    );
    desk.reload();
    assert_eq!(desk.stale(), 0, "each only once");
}

#[test]
fn what_is_stale_is_caught_up_with_without_a_reader_until_it_is_stopped() {
    let desk = Desk::with(12);
    desk.reload();
    let ids = desk.ids();
    let catch_up = |limit, cancel: &Cancel| {
        let mut seen = Vec::new();
        let mut progress = |done, all| seen.push((done, all));
        let left = engine::catch_up(&desk.context(), limit, &mut progress, cancel).unwrap();
        (left, seen)
    };
    let long = Duration::from_secs(60);
    assert_eq!(catch_up(long, &Cancel::new()).0, 0);
    assert_eq!(
        catch_up(long, &Cancel::new()),
        (0, Vec::new()),
        "all is done"
    );
    for id in &ids {
        desk.clean_badly(*id);
    }
    let stopped = Cancel::new();
    stopped.cancel();
    assert_eq!(catch_up(long, &stopped), (12, Vec::new()));
    assert_eq!(catch_up(Duration::ZERO, &Cancel::new()), (12, Vec::new()));
    let (left, seen) = catch_up(long, &Cancel::new());
    assert_eq!((left, seen.last()), (0, Some(&(12, 12))));
    assert_eq!(desk.stale(), 0);
    for id in &ids {
        assert!(desk.text(*id).contains("Port Ellen"), "{}", desk.text(*id));
    }
}

#[test]
fn a_name_taken_apart_is_so_in_lists_too_while_the_reader_is_open() {
    let desk = Desk::with(1);
    let html = format!(
        "<html lang=\"en\"><body><article><h1>The pier</h1>{}<p>President George Bush came to the island on Monday. \
         Mr. Bush said that he was glad to be there, and Bush told reporters that he would stay.</p></article></body></html>",
        story("The pier", 3)
    );
    desk.server.set("/article/1", Reply::html(html));
    desk.reload();
    let id = desk.ids()[0];
    let bush = NameKey {
        name: "George Bush".into(),
        kind: EntityKind::Person,
    };
    let mentions = || {
        let reader = desk.library.reader().unwrap();
        reader.name("George Bush", None).unwrap().unwrap().mentions
    };
    let ways = desk
        .article(id)
        .ways_of_writing(&bush)
        .iter()
        .filter(|it| **it == "Bush")
        .count() as u32;
    let before = mentions();
    assert!(ways > 0 && before > ways, "{ways} of {before}");
    let open = desk.open();
    open.write(
        What::PartName {
            from: bush,
            words: "Bush".into(),
            on: true,
        },
        &[id],
    );
    open.refreshed(&[id]);
    assert_eq!(mentions(), before - ways);
    open.run(Effect::Undo(Ticket(2), None));
    open.refreshed(&[id]);
    assert_eq!(mentions(), before);
}

#[test]
fn an_article_of_several_pages_is_cleaned_again_from_all_of_them() {
    let desk = Desk::with(1);
    let rule = format!("{RULE}next_page = \"a.more\"\n");
    std::fs::write(desk.sites(), rule).unwrap();
    let page = |part: &str, more: &str| {
        let text = story(part, 4);
        format!(
            "<!doctype html><html lang=\"en\"><head><title>The long way round</title></head><body><article><h1>The long way round</h1>{text}</article>{more}</body></html>"
        )
    };
    desk.server.set(
        "/long",
        Reply::html(page(
            "the first half",
            "<a class=\"more\" href=\"/long/2\">On</a>",
        )),
    );
    desk.server
        .set("/long/2", Reply::html(page("the second half", "")));
    let url = desk.server.url("/long");
    let id = engine::save_article(&desk.context(), &url).unwrap();
    let whole = desk.text(id);
    assert!(
        whole.contains("the first half") && whole.contains("the second half"),
        "{whole}"
    );
    engine::refresh_now(&desk.context(), &[id]).unwrap();
    assert_eq!(desk.text(id), whole);
    // Without its second page the first alone does not take its place.
    let blobs = rusqlite::Connection::open(desk.library.paths().blobs()).unwrap();
    let gone = blobs.execute("DELETE FROM resources WHERE url LIKE '% page 2'", []);
    assert_eq!(gone.unwrap(), 1);
    engine::refresh_now(&desk.context(), &[id]).unwrap();
    assert_eq!(desk.text(id), whole);
}
