//! The client against a real server on the loopback: each rule of politeness and each unlucky day a test.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use newsdesk::fetch::{Client, Error, For, Kind, Limits, Options, Phase, Request, Response};
use newsdesk::model::feed::Validators;
use support::server::{Reply, Server};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Limits short enough for tests and long enough for a busy machine.
fn limits() -> Limits {
    Limits {
        first_byte: Duration::from_secs(20),
        total: Duration::from_secs(40),
        page_gap: Duration::ZERO,
        ..Limits::default()
    }
}

fn client_with(limits: Limits) -> Client {
    Client::new(Options {
        limits,
        ..Options::default()
    })
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

fn get(client: &Client, request: &Request) -> Result<Response, Error> {
    block(client.get(request, now()))
}

fn ask(server: &Server, path: &str) -> Result<Response, Error> {
    get(
        &client_with(limits()),
        &Request::feed(server.url(path), None),
    )
}

fn kind(result: Result<Response, Error>) -> Kind {
    result.expect_err("an error").kind
}

#[test]
fn a_feed_is_asked_for_as_a_feed_reader_does() {
    let server = Server::start();
    server.set("/feed", Reply::rss("<rss/>"));
    let response = ask(&server, "/feed").unwrap();
    assert_eq!(response.body, b"<rss/>");
    assert_eq!(response.url, server.url("/feed"));
    assert_eq!(
        response.content_type.as_deref(),
        Some("application/rss+xml")
    );
    let request = &server.requests("/feed")[0];
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .starts_with("newsdesk/")
    );
    assert!(request.header("user-agent").unwrap().contains("(+http"));
    assert!(
        request
            .header("accept")
            .unwrap()
            .contains("application/rss+xml")
    );
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        assert!(
            request
                .header("accept-encoding")
                .unwrap()
                .contains(encoding),
            "{encoding}"
        );
    }
    for never in [
        "if-none-match",
        "if-modified-since",
        "cookie",
        "referer",
        "authorization",
    ] {
        assert_eq!(request.header(never), None, "{never}");
    }
}

#[test]
fn validators_go_back_byte_for_byte() {
    let server = Server::start();
    for (etag, date) in [
        ("\"abc\"", "Mon, 23 Nov 2026 11:00:00 GMT"),
        ("W/\"x y\"", "yesterday, about noon"),
        ("without-quotes", "2026-11-23"),
        ("\"caf\u{e9}\"", "Mon, 23 Nov 26 11:00:00 +0000"),
    ] {
        let (e, d) = (etag.to_owned(), date.to_owned());
        server.on("/feed", move |request| {
            let same = request.header("if-none-match") == Some(&e)
                && request.header("if-modified-since") == Some(&d);
            if same {
                Reply::not_modified()
            } else {
                Reply::rss("<rss/>")
                    .header("ETag", &e)
                    .header("Last-Modified", &d)
            }
        });
        let client = client_with(limits());
        let first = get(&client, &Request::feed(server.url("/feed"), None)).unwrap();
        assert!(!first.not_modified);
        let second = get(
            &client,
            &Request::feed(server.url("/feed"), Some(first.validators.clone())),
        )
        .unwrap();
        assert!(second.not_modified, "{etag} {date}");
        assert_eq!(
            second.validators, first.validators,
            "a 304 that brings none leaves them"
        );
    }
}

#[test]
fn a_304_may_bring_a_new_validator_and_a_200_without_any_drops_them() {
    let server = Server::start();
    server.set("/feed", Reply::not_modified().header("ETag", "\"2\""));
    let known = Validators {
        etag: Some("\"1\"".into()),
        last_modified: Some("then".into()),
        url: server.url("/feed"),
        body_hash: Some("hash".into()),
    };
    let client = client_with(limits());
    let response = get(
        &client,
        &Request::feed(server.url("/feed"), Some(known.clone())),
    )
    .unwrap();
    assert_eq!(response.validators.etag.as_deref(), Some("\"2\""));
    assert_eq!(response.validators.last_modified.as_deref(), Some("then"));
    assert_eq!(response.validators.body_hash.as_deref(), Some("hash"));
    server.set("/feed", Reply::rss("<rss/>"));
    let response = get(&client, &Request::feed(server.url("/feed"), Some(known))).unwrap();
    assert_eq!(
        (response.validators.etag, response.validators.last_modified),
        (None, None)
    );
}

#[test]
fn validators_are_sent_only_to_the_address_they_belong_to() {
    let server = Server::start();
    server.set("/old", Reply::redirect(302, "/new"));
    server.set("/new", Reply::rss("<rss/>").header("ETag", "\"n\""));
    let client = client_with(limits());
    let first = get(&client, &Request::feed(server.url("/old"), None)).unwrap();
    assert_eq!(first.url, server.url("/new"));
    get(
        &client,
        &Request::feed(server.url("/old"), Some(first.validators)),
    )
    .unwrap();
    assert_eq!(server.requests("/old")[1].header("if-none-match"), None);
    assert_eq!(
        server.requests("/new")[1].header("if-none-match"),
        Some("\"n\"")
    );
}

#[test]
fn only_a_chain_of_permanent_redirects_is_a_move() {
    let server = Server::start();
    server.set("/feed", Reply::rss("<rss/>"));
    server.set("/moved", Reply::redirect(301, "/moved2"));
    server.set("/moved2", Reply::redirect(308, "/feed"));
    server.set("/mixed", Reply::redirect(301, "/found"));
    server.set("/found", Reply::redirect(302, "/feed"));
    assert_eq!(
        ask(&server, "/moved").unwrap().permanent_url,
        Some(server.url("/feed"))
    );
    assert_eq!(ask(&server, "/mixed").unwrap().permanent_url, None);
    assert_eq!(ask(&server, "/feed").unwrap().permanent_url, None);
}

#[test]
fn loops_long_chains_and_strange_targets_end() {
    let server = Server::start();
    server.set("/a", Reply::redirect(302, "/b"));
    server.set("/b", Reply::redirect(302, "/a"));
    assert_eq!(kind(ask(&server, "/a")), Kind::Redirects);
    for n in 0..20 {
        server.set(
            &format!("/chain{n}"),
            Reply::redirect(302, format!("/chain{}", n + 1)),
        );
    }
    assert_eq!(kind(ask(&server, "/chain0")), Kind::Redirects);
    assert_eq!(
        server
            .all_requests()
            .iter()
            .filter(|r| r.target.starts_with("/chain"))
            .count(),
        9
    );
    server.set("/chain8", Reply::rss("<rss/>"));
    assert!(
        ask(&server, "/chain0").is_ok(),
        "eight redirects are followed"
    );
    server.set("/nowhere", Reply::status(302));
    assert_eq!(kind(ask(&server, "/nowhere")), Kind::Redirects);
    for target in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        server.set("/out", Reply::redirect(302, target));
        assert_eq!(kind(ask(&server, "/out")), Kind::Address, "{target}");
    }
    assert_eq!(
        kind(get(
            &client_with(limits()),
            &Request::feed("file:///etc/passwd", None)
        )),
        Kind::Address
    );
}

/// A client for which 127.0.0.2 is the public net and the rest of the loopback is private.
fn public_client(names: &'static [(&'static str, [u8; 4])]) -> Client {
    Client::new(Options {
        limits: limits(),
        is_private: |ip| ip != IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
        lookup: Some(Arc::new(move |name: &str| {
            let ip = names
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, ip)| IpAddr::from(*ip));
            ip.map(|ip| vec![ip])
                .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
        })),
        ..Options::default()
    })
}

const PUBLIC: [u8; 4] = [127, 0, 0, 2];
const PRIVATE: [u8; 4] = [127, 0, 0, 1];

#[test]
fn the_open_web_does_not_lead_into_a_private_network() {
    let outside = Server::start_on(Ipv4Addr::from(PUBLIC));
    let inside = Server::start();
    inside.set("/secret", Reply::rss("<rss/>"));
    let names = &[("paper.example", PUBLIC), ("inside.example", PRIVATE)];
    let client = public_client(names);
    let port = inside.address().port();
    let feed = format!("http://paper.example:{}/feed", outside.address().port());
    for target in [
        format!("http://127.0.0.1:{port}/secret"),
        format!("http://inside.example:{port}/secret"),
        format!("http://localhost:{port}/secret"),
        format!("http://[::1]:{port}/secret"),
        format!("http://2130706433:{port}/secret"),
    ] {
        outside.set("/feed", Reply::redirect(302, &target));
        assert_eq!(
            kind(get(&client, &Request::feed(&feed, None))),
            Kind::Private,
            "{target}"
        );
        let page = Request::page(&target).chosen_by(&feed);
        assert_eq!(
            kind(get(&client, &page)),
            Kind::Private,
            "a page at {target}"
        );
    }
    assert_eq!(inside.all_requests().len(), 0);
}

#[test]
fn the_users_own_private_feed_works_and_its_pages_too() {
    let inside = Server::start();
    inside.set("/feed", Reply::redirect(302, "/feed2"));
    inside.set("/feed2", Reply::rss("<rss/>"));
    inside.set("/page", Reply::html("<p>x"));
    let client = public_client(&[("intranet.example", PRIVATE)]);
    let port = inside.address().port();
    let feed = format!("http://intranet.example:{port}/feed");
    assert!(get(&client, &Request::feed(&feed, None)).is_ok());
    let page = Request::page(inside.url("/page")).chosen_by(&feed);
    assert!(
        get(&client, &page).is_ok(),
        "the feed's own host is private"
    );
    assert!(
        get(&client, &Request::page(inside.url("/page"))).is_ok(),
        "typed by the user"
    );
}

#[test]
fn a_password_stays_with_its_host() {
    let own = Server::start();
    let other = Server::start_on(Ipv4Addr::from(PUBLIC));
    own.set("/feed", Reply::redirect(302, "/feed2"));
    own.set("/feed2", Reply::redirect(302, other.url("/feed")));
    other.set("/feed", Reply::redirect(302, own.url("/back")));
    own.set("/back", Reply::rss("<rss/>"));
    let url = own.url("/feed").replace("http://", "http://me:p%40ss@");
    let client = client_with(limits());
    let response = get(&client, &Request::feed(&url, None)).unwrap();
    assert_eq!(
        response.url,
        own.url("/back"),
        "no credentials in what is kept"
    );
    let sent = |server: &Server, path| {
        server.requests(path)[0]
            .header("authorization")
            .map(str::to_owned)
    };
    assert_eq!(sent(&own, "/feed").as_deref(), Some("Basic bWU6cEBzcw=="));
    assert_eq!(sent(&own, "/feed2").as_deref(), Some("Basic bWU6cEBzcw=="));
    assert_eq!(sent(&other, "/feed"), None);
    own.set("/feed", Reply::status(401));
    let error = get(&client, &Request::feed(&url, None)).unwrap_err();
    assert!(!format!("{error:?}").contains("p%40ss"), "{error:?}");
}

#[test]
fn statuses_come_back_in_plain_words() {
    let server = Server::start();
    for (status, words) in [
        (404, "the site says \"not found\" (404)"),
        (410, "the site says \"gone for good\" (410)"),
        (500, "the site says \"internal error\" (500)"),
        (418, "the site answered with status 418"),
    ] {
        server.set("/feed", Reply::status(status));
        let error = ask(&server, "/feed").unwrap_err();
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (Kind::Status(status), words)
        );
    }
}

#[test]
fn retry_after_is_told_on_429_and_503() {
    let server = Server::start();
    for (status, value, seconds) in [
        (429, "120", Some(120)),
        (503, "Mon, 23 Nov 2026 13:00:00 GMT", Some(3600)),
        (429, "soon", None),
        (500, "120", None),
    ] {
        server.set("/feed", Reply::status(status).header("Retry-After", value));
        let error = ask(&server, "/feed").unwrap_err();
        assert_eq!(
            error.retry_after,
            seconds.map(Duration::from_secs),
            "{status} {value}"
        );
    }
}

#[test]
fn bodies_are_unpacked() {
    let server = Server::start();
    server.set("/gzip", Reply::rss("<rss>packed</rss>").gzip());
    server.set("/zstd", Reply::rss("<rss>packed</rss>").zstd());
    server.set("/br", Reply::rss("<rss>packed</rss>").brotli());
    server.set("/deflate", Reply::rss("<rss>packed</rss>").deflate());
    for path in ["/gzip", "/zstd", "/br", "/deflate"] {
        assert_eq!(
            ask(&server, path).unwrap().body,
            b"<rss>packed</rss>",
            "{path}"
        );
    }
    server.set(
        "/broken",
        Reply::rss("this is no gzip").header("Content-Encoding", "gzip"),
    );
    assert!(matches!(
        kind(ask(&server, "/broken")),
        Kind::Garbled | Kind::Cut
    ));
}

#[test]
fn a_cut_body_is_an_error_and_no_short_feed() {
    let server = Server::start();
    server.set(
        "/feed",
        Reply::rss("<rss><channel></channel></rss>").cut_at(10),
    );
    assert_eq!(kind(ask(&server, "/feed")), Kind::Cut);
    server.set(
        "/chunks",
        Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\nzz\r\n"),
    );
    assert_eq!(kind(ask(&server, "/chunks")), Kind::Garbled);
}

#[test]
fn answers_that_are_no_http_are_told_from_silence() {
    let server = Server::start();
    server.set("/garbage", Reply::raw("\x00\x01\x02 hello\r\n\r\n"));
    assert_eq!(kind(ask(&server, "/garbage")), Kind::Garbled);
    server.set("/nothing", Reply::raw(""));
    assert_eq!(kind(ask(&server, "/nothing")), Kind::Dropped);
    server.set(
        "/two",
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>"),
    );
    assert!(matches!(
        kind(ask(&server, "/two")),
        Kind::Garbled | Kind::Dropped
    ));
}

#[test]
fn no_host_keeps_us_waiting() {
    let server = Server::start();
    server.set("/silent", Reply::silent());
    server.set("/stalls", Reply::rss("<rss>".repeat(100)).stall_at(20));
    let short = Limits {
        first_byte: Duration::from_millis(300),
        stall: Duration::from_millis(300),
        ..limits()
    };
    let client = client_with(short);
    let silent = get(&client, &Request::feed(server.url("/silent"), None));
    assert_eq!(kind(silent), Kind::Timeout(Phase::FirstByte));
    let stalls = get(&client, &Request::feed(server.url("/stalls"), None));
    assert_eq!(kind(stalls), Kind::Timeout(Phase::Body));
}

#[test]
fn a_body_that_trickles_is_given_up() {
    let server = Server::start();
    server.set("/feed", Reply::rss("<rss>x").endless());
    let client = client_with(Limits {
        slow_after: Duration::from_millis(50),
        slow_bytes_per_second: 1 << 50,
        feed_bytes: usize::MAX,
        ..limits()
    });
    assert_eq!(
        kind(get(&client, &Request::feed(server.url("/feed"), None))),
        Kind::Timeout(Phase::Body)
    );
}

#[test]
fn bodies_have_an_end() {
    let server = Server::start();
    let client = client_with(Limits {
        feed_bytes: 100_000,
        page_bytes: 50_000,
        ..limits()
    });
    server.set(
        "/endless",
        Reply::rss("<item>and so on</item>".repeat(100)).endless(),
    );
    server.set("/bomb", Reply::rss(vec![b' '; 50 << 20]).zstd());
    server.set("/long", Reply::rss(vec![b' '; 100_001]));
    server.set("/fits", Reply::rss(vec![b' '; 100_000]));
    for path in ["/endless", "/bomb", "/long"] {
        assert_eq!(
            kind(get(&client, &Request::feed(server.url(path), None))),
            Kind::TooLarge,
            "{path}"
        );
    }
    assert!(get(&client, &Request::feed(server.url("/fits"), None)).is_ok());
    assert_eq!(
        kind(get(&client, &Request::page(server.url("/fits")))),
        Kind::TooLarge
    );
}

#[test]
fn a_host_that_is_down_refuses() {
    let mut server = Server::start();
    let url = server.url("/feed");
    server.stop();
    let error = get(&client_with(limits()), &Request::feed(url, None)).unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert_eq!(error.to_string(), "127.0.0.1 refuses connections");
}

#[test]
fn a_missing_name_is_told_from_a_missing_name_service() {
    let client = |kind: std::io::ErrorKind| {
        Client::new(Options {
            limits: limits(),
            lookup: Some(Arc::new(move |_: &str| Err(std::io::Error::from(kind)))),
            ..Options::default()
        })
    };
    let request = Request::feed("http://paper.example/feed", None);
    let missing = get(&client(std::io::ErrorKind::NotFound), &request).unwrap_err();
    assert_eq!(missing.kind, Kind::NoName);
    assert_eq!(missing.to_string(), "there is no host named paper.example");
    let silent = get(&client(std::io::ErrorKind::NetworkDown), &request).unwrap_err();
    assert_eq!(silent.kind, Kind::NoNameService);
    assert!(newsdesk::fetch::are_offline([Some(&silent)]));
}

#[test]
fn a_host_gets_two_requests_at_once_and_no_third() {
    let server = Server::start();
    let company = Arc::new(server.company());
    for n in 0..8 {
        let company = Arc::clone(&company);
        server.on(&format!("/{n}"), move |_| {
            company(3, Duration::from_millis(150));
            Reply::rss("<rss/>")
        });
    }
    let client = client_with(limits());
    let requests: Vec<Request> = (0..8)
        .map(|n| Request::feed(server.url(&format!("/{n}")), None))
        .collect();
    get_all(&client, &requests);
    assert_eq!(server.most_at_once(), 2);
}

#[test]
fn all_hosts_together_get_so_many_requests_at_once() {
    let servers: Vec<Server> = (1..7)
        .map(|n| Server::start_on(Ipv4Addr::new(127, 0, 1, n)))
        .collect();
    let crowd = Arc::new((Mutex::new((0, 0)), Condvar::new()));
    for server in &servers {
        let crowd = Arc::clone(&crowd);
        server.on("/feed", move |_| {
            let (count, changed) = &*crowd;
            let mut now = count.lock().unwrap();
            now.0 += 1;
            now.1 = now.1.max(now.0);
            changed.notify_all();
            // Waits for one too many, in vain where the limit holds.
            let limit = Duration::from_millis(150);
            let (mut now, _) = changed
                .wait_timeout_while(now, limit, |now| now.0 < 4)
                .unwrap();
            now.0 -= 1;
            Reply::rss("<rss/>")
        });
    }
    let client = client_with(Limits {
        connections: 3,
        ..limits()
    });
    let requests: Vec<Request> = servers
        .iter()
        .map(|server| Request::feed(server.url("/feed"), None))
        .collect();
    get_all(&client, &requests);
    assert_eq!(crowd.0.lock().unwrap().1, 3);
}

#[test]
fn a_connection_is_used_again_and_no_cookie_or_referer_goes_back() {
    let server = Server::start();
    server.set(
        "/old",
        Reply::redirect(302, "/feed").header("Set-Cookie", "id=1; Path=/"),
    );
    server.set(
        "/feed",
        Reply::rss("<rss/>").header("Set-Cookie", "id=2; Path=/"),
    );
    let client = client_with(limits());
    block(async {
        for path in ["/feed", "/old", "/feed"] {
            let request = Request::feed(server.url(path), None);
            client.get(&request, now()).await.unwrap();
        }
    });
    assert_eq!((server.all_requests().len(), server.connections()), (4, 1));
    for request in server.all_requests() {
        for never in ["cookie", "referer"] {
            assert_eq!(request.header(never), None, "{never} at {}", request.target);
        }
        assert!(
            !request.target.contains('?'),
            "nothing is added to an address"
        );
    }
}

#[test]
fn an_answer_has_its_time_and_no_more() {
    let server = Server::start();
    let pause = Duration::from_millis(10);
    server.set("/loris", Reply::rss("<rss/>").trickle_all(pause));
    server.set(
        "/body",
        Reply::rss("<rss/>".repeat(1_000)).trickle_body(pause),
    );
    let client = client_with(Limits {
        first_byte: Duration::from_millis(400),
        total: Duration::from_millis(800),
        ..limits()
    });
    let started = std::time::Instant::now();
    for (path, phase) in [("/loris", Phase::FirstByte), ("/body", Phase::Body)] {
        let result = get(&client, &Request::feed(server.url(path), None));
        assert_eq!(kind(result), Kind::Timeout(phase), "{path}");
    }
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn pages_of_a_host_come_one_after_the_other_with_a_gap() {
    let server = Server::start();
    let gap = Duration::from_millis(200);
    let client = client_with(Limits {
        page_gap: gap,
        ..limits()
    });
    let requests: Vec<Request> = (0..3)
        .map(|n| {
            server.set(&format!("/{n}"), Reply::html("<p>x"));
            Request::page(server.url(&format!("/{n}")))
        })
        .collect();
    let started = std::time::Instant::now();
    get_all(&client, &requests);
    assert_eq!(server.most_at_once(), 1);
    // Three pages, two gaps. Measured here: when the server notes a request depends on how busy the machine is.
    assert!(started.elapsed() >= gap * 2, "{:?}", started.elapsed());
}

#[test]
fn what_the_demo_holds_needs_no_net() {
    use newsdesk::fetch::{EmbeddedResponse, Transport};
    let client = Client::new(Options {
        transport: Transport::Embedded(|url| {
            (url == "https://paper.example/feed").then_some(EmbeddedResponse {
                status: 200,
                content_type: "application/rss+xml",
                body: b"<rss/>".as_slice().into(),
            })
        }),
        ..Options::default()
    });
    let request = Request::feed("https://paper.example/feed", None);
    let first = get(&client, &request).unwrap();
    assert_eq!(first.body, b"<rss/>");
    let again = Request {
        validators: Some(first.validators),
        what: For::Feed,
        ..request
    };
    assert!(get(&client, &again).unwrap().not_modified);
    assert_eq!(
        kind(get(
            &client,
            &Request::feed("https://paper.example/other", None)
        )),
        Kind::Status(404)
    );
}

/// Gets all of these at once.
fn get_all(client: &Client, requests: &[Request]) {
    block(async {
        let work: Vec<_> = requests
            .iter()
            .map(|request| client.get(request, now()))
            .collect();
        for result in join_all(work).await {
            result.unwrap();
        }
    });
}

/// Waits for all, in order, all at once.
async fn join_all<T>(work: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut work: Vec<_> = work
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    std::future::poll_fn(|context| {
        let mut all = true;
        for (future, done) in &mut work {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => all = false,
                }
            }
        }
        if all {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    work.into_iter().filter_map(|(_, done)| done).collect()
}

#[test]
fn a_connection_that_is_never_opened_is_given_up() {
    // A host that drops what knocks: its queue of connections is full, and nobody takes one from it.
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200))
    {
        waiting.push(stream);
        assert!(waiting.len() < 5_000, "the queue has no end");
    }
    let client = client_with(Limits {
        connect: Duration::from_millis(300),
        ..limits()
    });
    let started = std::time::Instant::now();
    let request = Request::feed(format!("http://{address}/feed"), None);
    assert_eq!(kind(get(&client, &request)), Kind::Timeout(Phase::Connect));
    assert!(started.elapsed() < Duration::from_secs(15));
    assert_eq!(Limits::default().connect, Duration::from_secs(10));
}

#[test]
fn a_file_that_is_packed_itself_is_unpacked_within_the_bound() {
    let server = Server::start();
    server.set(
        "/sitemap.xml.gz",
        Reply::new("application/gzip", "<urlset/>").gzip_file(),
    );
    assert_eq!(ask(&server, "/sitemap.xml.gz").unwrap().body, b"<urlset/>");
    // Packed twice: the file, and its transfer.
    server.set(
        "/twice",
        Reply::new("application/gzip", "<urlset/>")
            .gzip_file()
            .gzip(),
    );
    assert_eq!(ask(&server, "/twice").unwrap().body, b"<urlset/>");
    let large = vec![b' '; 2_000_000];
    server.set("/large", Reply::new("application/gzip", large).gzip_file());
    let client = client_with(Limits {
        feed_bytes: 1_000_000,
        ..limits()
    });
    let large = get(&client, &Request::feed(server.url("/large"), None));
    assert_eq!(kind(large), Kind::TooLarge);
}
