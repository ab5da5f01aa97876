//! Files attached to articles: fetched on request, gone on with after a break, under safe names.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use newsdesk::app::event::FileState;
use newsdesk::engine::{self, Cancel, Clock, Context, Options, Which, download_enclosure};
use newsdesk::model::{Article, Query};
use support::desk::Desk;
use support::server::{Reply, Request, Server};

/// A podcast with one episode of this title whose file lies at `/show.mp3`.
fn podcast(server: &Server, title: &str) {
    let feed = format!(
        "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>Harbour talk</title>\
         <item><guid>1</guid><title>{title}</title><description>An hour at the pier.</description>\
         <enclosure url=\"{}\" type=\"audio/mpeg\" length=\"5000\"/><itunes:duration>1:02:03</itunes:duration></item>\
         <item><guid>2</guid><title>A picture only</title><description>No sound.</description>\
         <enclosure url=\"{}\" type=\"image/png\" length=\"5\"/></item></channel></rss>",
        server.url("/show.mp3"),
        server.url("/p.png")
    );
    server.set("/feed", Reply::rss(feed));
}

fn sound() -> Vec<u8> {
    (0..5000_u32).map(|n| (n % 251) as u8).collect()
}

/// Answers as a server that knows ranges: the whole, or the rest where the file is still of this version.
fn ranges(request: &Request, etag: &str, body: &[u8]) -> Reply {
    let from = request.header("range").and_then(|range| {
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse::<usize>()
            .ok()
    });
    match from.filter(|_| request.header("if-range") == Some(etag)) {
        Some(from) => {
            let rest = &body[from..];
            let mut raw = format!(
                "HTTP/1.1 206 Partial\r\nETag: {etag}\r\nContent-Range: bytes {from}-{}/{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len() - 1,
                body.len(),
                rest.len()
            )
            .into_bytes();
            raw.extend_from_slice(rest);
            Reply::raw(raw)
        }
        None => Reply::new("audio/mpeg", body).header("ETag", etag),
    }
}

struct Show {
    desk: Desk,
    context: Arc<Context>,
    article: Article,
}

fn show(server: &Server, title: &str) -> Show {
    let mut desk = Desk::new();
    desk.settings.fetch.full_text = newsdesk::model::feed::FullText::Never;
    podcast(server, title);
    desk.subscribe(server.url("/feed"));
    desk.due();
    let options = Options::new(&desk.settings, Clock::Fixed(desk.now));
    let context = Context::new(Arc::clone(&desk.library), options);
    let reader = desk.library.reader().unwrap();
    let query =
        newsdesk::query::parse("has:enclosure", desk.now, &jiff::tz::TimeZone::UTC).unwrap();
    let found = reader.ids(&query, desk.now).unwrap();
    assert_eq!(found.len(), 1, "a picture is no attached file");
    assert_eq!(reader.ids(&Query::default(), desk.now).unwrap().len(), 2);
    let article = reader.article(found[0], None).unwrap().unwrap();
    Show {
        desk,
        context,
        article,
    }
}

impl Show {
    fn fetch(&self) -> engine::Result<PathBuf> {
        let url = &self.article.enclosures[0].url;
        download_enclosure(
            &self.context,
            self.article.row.id,
            url,
            &mut |_, _| {},
            &Cancel::new(),
        )
    }

    fn state(&self) -> FileState {
        let reader = self.desk.library.reader().unwrap();
        engine::enclosure_state(&reader, &self.article.enclosures[0].url)
    }

    fn folder(&self) -> PathBuf {
        self.desk.library.paths().data_dir.join("enclosures")
    }
}

#[test]
fn a_file_is_fetched_on_request_and_never_twice() {
    let server = Server::start();
    server.set("/show.mp3", Reply::new("audio/mpeg", sound()));
    let show = show(&server, "The pier");
    let file = &show.article.enclosures[0];
    assert_eq!(
        (file.size_bytes, file.duration_seconds),
        (Some(5000), Some(3723))
    );
    assert_eq!(server.count("/show.mp3"), 0, "nothing is fetched unasked");
    assert_eq!(show.state(), FileState::None);
    let mut steps = Vec::new();
    let mut progress = |done, total| steps.push((done, total));
    let path = download_enclosure(
        &show.context,
        show.article.row.id,
        &file.url,
        &mut progress,
        &Cancel::new(),
    )
    .unwrap();
    assert_eq!(steps.last(), Some(&(5000, Some(5000))));
    assert_eq!(std::fs::read(&path).unwrap(), sound());
    assert_eq!(path.parent().unwrap(), show.folder());
    assert!(
        path.to_str().unwrap().ends_with("-the-pier.mp3"),
        "{path:?}"
    );
    assert_eq!(show.state(), FileState::Done(path.clone()));
    assert_eq!(show.fetch().unwrap(), path);
    assert_eq!(server.count("/show.mp3"), 1);
    let request = &server.requests("/show.mp3")[0];
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    // Taken away: it is fetched again.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(show.state(), FileState::None);
    show.fetch().unwrap();
    assert_eq!(server.count("/show.mp3"), 2);
}

#[test]
fn what_broke_off_goes_on_where_the_file_is_still_the_same() {
    let server = Server::start();
    let breaks = Arc::new(AtomicBool::new(true));
    server.on("/show.mp3", {
        let breaks = Arc::clone(&breaks);
        move |request| {
            let reply = ranges(request, "\"v1\"", &sound());
            if breaks.swap(false, Ordering::SeqCst) {
                reply.cut_at(2000)
            } else {
                reply
            }
        }
    });
    let show = show(&server, "The pier");
    assert!(show.fetch().is_err());
    let FileState::Part(bytes) = show.state() else {
        panic!("{:?}", show.state())
    };
    assert!(bytes > 0 && bytes <= 2000, "{bytes}");
    let path = show.fetch().unwrap();
    assert_eq!(std::fs::read(path).unwrap(), sound());
    let request = &server.requests("/show.mp3")[1];
    assert_eq!(
        request.header("range"),
        Some(format!("bytes={bytes}-").as_str())
    );
    assert_eq!(request.header("if-range"), Some("\"v1\""));
}

#[test]
fn what_changed_at_the_site_begins_anew() {
    let server = Server::start();
    let breaks = Arc::new(AtomicBool::new(true));
    let new: Vec<u8> = sound().into_iter().rev().collect();
    server.on("/show.mp3", {
        let (breaks, new) = (Arc::clone(&breaks), new.clone());
        move |request| {
            if breaks.swap(false, Ordering::SeqCst) {
                ranges(request, "\"v1\"", &sound()).cut_at(2000)
            } else {
                ranges(request, "\"v2\"", &new)
            }
        }
    });
    let show = show(&server, "The pier");
    assert!(show.fetch().is_err());
    assert_eq!(std::fs::read(show.fetch().unwrap()).unwrap(), new);
}

#[test]
fn a_server_that_knows_no_ranges_or_wrong_ones_begins_anew() {
    let server = Server::start();
    let breaks = Arc::new(AtomicBool::new(true));
    server.on("/show.mp3", {
        let breaks = Arc::clone(&breaks);
        move |request| {
            let whole = Reply::new("audio/mpeg", sound()).header("ETag", "\"v1\"");
            if breaks.swap(false, Ordering::SeqCst) {
                return whole.cut_at(2000);
            }
            if request.header("range").is_some() {
                // Another part than was asked for.
                return Reply::raw("HTTP/1.1 206 Partial\r\nContent-Range: bytes 7-9/5000\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
            }
            whole
        }
    });
    let show = show(&server, "The pier");
    assert!(show.fetch().is_err());
    assert_eq!(std::fs::read(show.fetch().unwrap()).unwrap(), sound());
}

#[test]
fn names_harm_nobody_and_nothing_is_overwritten() {
    let server = Server::start();
    server.set("/show.mp3", Reply::new("audio/mpeg", sound()));
    let show = show(&server, "../../../home/x/.bashrc; rm -rf");
    let id = show.article.row.id;
    let taken = show.folder().join(format!("{id}-home-x-bashrc-rm-rf.mp3"));
    std::fs::create_dir_all(show.folder()).unwrap();
    std::fs::write(&taken, "mine").unwrap();
    let path = show.fetch().unwrap();
    assert_eq!(
        path,
        show.folder()
            .join(format!("{id}-home-x-bashrc-rm-rf-2.mp3"))
    );
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    // Only these two lie there: no part is left.
    assert_eq!(std::fs::read_dir(show.folder()).unwrap().count(), 2);
}

#[test]
fn a_file_that_is_too_large_or_missing_is_said() {
    let server = Server::start();
    let mut show = show(&server, "The pier");
    assert!(show.fetch().unwrap_err().to_string().contains("404"));
    server.set("/show.mp3", Reply::new("audio/mpeg", vec![0; 3 << 20]));
    show.desk.settings.enclosures.max_megabytes = 1;
    let options = Options::new(&show.desk.settings, Clock::Fixed(show.desk.now));
    show.context = Context::new(Arc::clone(&show.desk.library), options);
    assert!(show.fetch().is_err());
    server.set(
        "/show.mp3",
        Reply::new("audio/mpeg", vec![0; 1 << 20]).endless(),
    );
    assert!(show.fetch().is_err());
}

#[test]
fn a_stopped_download_keeps_what_came() {
    let server = Server::start();
    server.set(
        "/show.mp3",
        Reply::new("audio/mpeg", sound())
            .header("ETag", "\"v1\"")
            .stall_at(3000),
    );
    let show = show(&server, "The pier");
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let mut progress = move |_, _| stop.cancel();
    let url = &show.article.enclosures[0].url;
    let result = download_enclosure(
        &show.context,
        show.article.row.id,
        url,
        &mut progress,
        &cancel,
    );
    assert!(matches!(result, Err(engine::Error::Cancelled)));
    server.on("/show.mp3", |request| ranges(request, "\"v1\"", &sound()));
    assert_eq!(std::fs::read(show.fetch().unwrap()).unwrap(), sound());
}

#[test]
fn a_host_that_asked_to_wait_is_not_asked_for_files() {
    let server = Server::start();
    let show = show(&server, "The pier");
    server.set("/show.mp3", Reply::status(429).header("Retry-After", "600"));
    assert!(show.fetch().is_err());
    server.set("/show.mp3", Reply::new("audio/mpeg", sound()));
    let words = show.fetch().unwrap_err().to_string();
    assert!(words.ends_with("asked us to wait 10 minutes"), "{words}");
    assert_eq!(server.count("/show.mp3"), 1);
    // The feed itself hears of it, too.
    let mut show = show;
    show.desk.later(5);
    let summary = show.desk.reload(Which::All).summary;
    assert_eq!((summary.skipped, summary.longest_wait_s), (1, Some(300)));
    assert_eq!(server.count("/feed"), 1);
    show.desk.later(6);
    let options = Options::new(&show.desk.settings, Clock::Fixed(show.desk.now));
    show.context = Context::new(Arc::clone(&show.desk.library), options);
    assert!(show.fetch().is_ok());
}
