//! A small HTTP/1.1 server on the loopback, for tests: real sockets, scripted answers, and a log of what was asked.
//!
//! ```text
//! let server = Server::start();
//! server.set("/feed", Reply::rss(FEED).header("ETag", "\"1\""));
//! … ask for server.url("/feed") …
//! assert_eq!(server.count("/feed"), 1);
//! ```
//!
//! Nothing here sleeps: an answer that stalls waits until the server is dropped.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// When it came.
    pub at: Instant,
}

impl Request {
    /// Returns a header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.headers
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// A scripted answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

#[derive(Clone, Debug)]
enum Manner {
    /// As it should be.
    Whole,
    /// So many bytes of the body, then the connection ends.
    Cut(usize),
    /// So many bytes of the body, then nothing more.
    Stall(usize),
    /// Nothing at all, not even a head.
    Silent,
    /// The body again and again, without end.
    Endless,
    /// These bytes instead of an answer, then the connection ends.
    Raw(Vec<u8>),
    /// Byte by byte, so long apart: of the head on, or of the body.
    Trickle { head: bool, pause: Duration },
}

impl Reply {
    /// A 200 with a body of a type.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
            manner: Manner::Whole,
        }
    }

    /// A page.
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    /// A feed.
    pub fn rss(body: impl Into<Vec<u8>>) -> Self {
        Self::new("application/rss+xml", body)
    }

    /// A status with a word for a body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::new("text/plain", format!("status {status}"))
        }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: impl Into<String>) -> Self {
        Self::status(status).header("Location", to)
    }

    /// A 304.
    pub fn not_modified() -> Self {
        Self {
            status: 304,
            headers: Vec::new(),
            body: Vec::new(),
            manner: Manner::Whole,
        }
    }

    /// Bytes in place of an answer.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            manner: Manner::Raw(bytes.into()),
            ..Self::status(200)
        }
    }

    /// No answer at all while the server lives.
    pub fn silent() -> Self {
        Self {
            manner: Manner::Silent,
            ..Self::status(200)
        }
    }

    /// Adds a header; one byte a character (Latin-1).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends only so many bytes of the body, then breaks off.
    #[must_use]
    pub fn cut_at(mut self, bytes: usize) -> Self {
        self.manner = Manner::Cut(bytes);
        self
    }

    /// Sends only so many bytes of the body, then stalls.
    #[must_use]
    pub fn stall_at(mut self, bytes: usize) -> Self {
        self.manner = Manner::Stall(bytes);
        self
    }

    /// Sends the whole answer byte by byte, so long apart (slow-loris).
    #[must_use]
    pub fn trickle_all(mut self, pause: Duration) -> Self {
        self.manner = Manner::Trickle { head: true, pause };
        self
    }

    /// Sends the body byte by byte, so long apart.
    #[must_use]
    pub fn trickle_body(mut self, pause: Duration) -> Self {
        self.manner = Manner::Trickle { head: false, pause };
        self
    }

    /// Packs the body with brotli, not squeezed (RFC 7932 §9).
    #[must_use]
    pub fn brotli(mut self) -> Self {
        let mut out = Vec::new();
        for (n, chunk) in self.body.chunks(0xffff).enumerate() {
            let length = u32::try_from(chunk.len() - 1).expect("a chunk fits");
            // ISLAST 0, MNIBBLES 4, MLEN - 1, ISUNCOMPRESSED 1; the first one after WBITS 16, a zero bit.
            let bits = length << 3 | 1 << 19;
            let bits = if n == 0 { bits << 1 } else { bits };
            out.extend(&bits.to_le_bytes()[..3]);
            out.extend(chunk);
        }
        // ISLAST and ISLASTEMPTY.
        out.push(3);
        self.body = out;
        self.header("Content-Encoding", "br")
    }

    /// Packs the body with deflate as HTTP means it: zlib, not squeezed (RFC 1950).
    #[must_use]
    pub fn deflate(mut self) -> Self {
        let gzip = gzip(&self.body);
        let mut out = vec![0x78, 0x01];
        out.extend(&gzip[10..gzip.len() - 8]);
        out.extend(adler32(&self.body).to_be_bytes());
        self.body = out;
        self.header("Content-Encoding", "deflate")
    }

    /// Sends the body again and again, without a length.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.manner = Manner::Endless;
        self
    }

    /// Packs the body with gzip (stored, not squeezed: RFC 1952, RFC 1951 §3.2.4).
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.body = gzip(&self.body);
        self.header("Content-Encoding", "gzip")
    }

    /// Makes the body a gzip file, sent as it is.
    #[must_use]
    pub fn gzip_file(mut self) -> Self {
        self.body = gzip(&self.body);
        self
    }

    /// Packs the body with zstd, which squeezes well: for bombs.
    #[must_use]
    pub fn zstd(mut self) -> Self {
        self.body = zstd::encode_all(&self.body[..], 3).expect("packing into memory");
        self.header("Content-Encoding", "zstd")
    }
}

type Route = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// The server. It stops when dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    routes: Mutex<HashMap<String, Route>>,
    log: Mutex<Vec<Request>>,
    open: Mutex<Vec<TcpStream>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopped: bool,
    answering: usize,
    most_at_once: usize,
    connections: usize,
}

impl Server {
    /// Starts a server on 127.0.0.1 and a free port. What has no route is a 404.
    pub fn start() -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST)
    }

    /// Starts a server on an address of the loopback network (127.0.0.0/8): hosts of their own.
    pub fn start_on(ip: Ipv4Addr) -> Self {
        Self::listen(SocketAddr::new(IpAddr::V4(ip), 0))
    }

    /// Starts a server on a port another one used before.
    pub fn start_at(address: SocketAddr) -> Self {
        Self::listen(address)
    }

    fn listen(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).expect("a port on the loopback");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || accept(&listener, &shared))
        };
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers a path (with or without query) always alike.
    pub fn set(&self, path: &str, reply: Reply) {
        self.on(path, move |_| reply.clone());
    }

    /// Answers a path with what a function says. It may block.
    pub fn on(&self, path: &str, route: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        let mut routes = self.shared.routes.lock().unwrap();
        routes.insert(path.to_owned(), Arc::new(route));
    }

    /// Answers a feed as a good server does: with an `ETag`, and 304 to who sends it back.
    pub fn set_with_etag(&self, path: &str, etag: &str, reply: Reply) {
        let etag = etag.to_owned();
        self.on(path, move |request| {
            if request.header("if-none-match") == Some(&etag) {
                Reply::not_modified().header("ETag", &etag)
            } else {
                reply.clone().header("ETag", &etag)
            }
        });
    }

    /// Returns what was asked of a path, in order.
    pub fn requests(&self, path: &str) -> Vec<Request> {
        let log = self.shared.log.lock().unwrap();
        log.iter()
            .filter(|request| request.target == path || request.path() == path)
            .cloned()
            .collect()
    }

    /// Returns how often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.requests(path).len()
    }

    /// Returns all that was asked, in order.
    pub fn all_requests(&self) -> Vec<Request> {
        self.shared.log.lock().unwrap().clone()
    }

    /// Returns the most requests that were under way at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.state.lock().unwrap().most_at_once
    }

    /// Returns how many connections were opened.
    pub fn connections(&self) -> usize {
        self.shared.state.lock().unwrap().connections
    }

    /// Waits until `wanted` requests are under way at once, or for so long; answers whether they came. For routes that
    /// want company.
    pub fn company(&self) -> impl Fn(usize, Duration) -> bool + Send + Sync + 'static {
        let shared = Arc::clone(&self.shared);
        move |wanted, limit| {
            let state = shared.state.lock().unwrap();
            let (state, _) = shared
                .changed
                .wait_timeout_while(state, limit, |s| !s.stopped && s.answering < wanted)
                .unwrap();
            state.answering >= wanted
        }
    }

    /// Stops: open connections end, new ones are refused.
    pub fn stop(&mut self) {
        self.shared.state.lock().unwrap().stopped = true;
        self.shared.changed.notify_all();
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            // Wakes the listener, which then sees that it is over.
            let _ = TcpStream::connect(self.address);
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.state.lock().unwrap().stopped {
            return;
        }
        let Ok(stream) = stream else { continue };
        shared.state.lock().unwrap().connections += 1;
        if let Ok(copy) = stream.try_clone() {
            shared.open.lock().unwrap().push(copy);
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            let _ = serve(&stream, &shared);
            let _ = stream.shutdown(Shutdown::Both);
        });
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = read_request(&mut reader)? {
        {
            let mut state = shared.state.lock().unwrap();
            state.answering += 1;
            state.most_at_once = state.most_at_once.max(state.answering);
        }
        shared.changed.notify_all();
        shared.log.lock().unwrap().push(request.clone());
        let reply = route(shared, &request);
        let goes_on = answer(stream, shared, &reply);
        shared.state.lock().unwrap().answering -= 1;
        shared.changed.notify_all();
        if !goes_on? {
            break;
        }
    }
    Ok(())
}

fn route(shared: &Shared, request: &Request) -> Reply {
    let route = {
        let routes = shared.routes.lock().unwrap();
        routes
            .get(&request.target)
            .or_else(|| routes.get(request.path()))
            .cloned()
    };
    route.map_or_else(|| Reply::status(404), |route| route(request))
}

fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let first = latin1(&line);
    let mut words = first.split_whitespace();
    let mut request = Request {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        headers: Vec::new(),
        at: Instant::now(),
    };
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let header = latin1(&line);
        let header = header.trim_end_matches(['\r', '\n']);
        if header.is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':') {
            request
                .headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    Ok(Some(request))
}

/// Sends a reply; answers whether the connection goes on.
fn answer(mut stream: &TcpStream, shared: &Shared, reply: &Reply) -> std::io::Result<bool> {
    match &reply.manner {
        Manner::Whole => {
            stream.write_all(&head(reply, Some(reply.body.len())))?;
            stream.write_all(&reply.body)?;
            Ok(true)
        }
        Manner::Cut(bytes) => {
            stream.write_all(&head(reply, Some(reply.body.len())))?;
            stream.write_all(&reply.body[..*bytes])?;
            Ok(false)
        }
        Manner::Stall(bytes) => {
            stream.write_all(&head(reply, Some(reply.body.len())))?;
            stream.write_all(&reply.body[..*bytes])?;
            wait_for_the_end(shared);
            Ok(false)
        }
        Manner::Silent => {
            wait_for_the_end(shared);
            Ok(false)
        }
        Manner::Endless => {
            stream.write_all(&head(reply, None))?;
            // Ends when the other side has had enough.
            while stream.write_all(&reply.body).is_ok() {}
            Ok(false)
        }
        Manner::Raw(bytes) => {
            stream.write_all(bytes)?;
            Ok(false)
        }
        Manner::Trickle {
            head: of_head,
            pause,
        } => {
            let head = head(reply, Some(reply.body.len()));
            let at_once = if *of_head { 0 } else { head.len() };
            let bytes = [head.as_slice(), &reply.body].concat();
            stream.write_all(&bytes[..at_once])?;
            for byte in &bytes[at_once..] {
                let state = shared.state.lock().unwrap();
                let waited = shared
                    .changed
                    .wait_timeout_while(state, *pause, |s| !s.stopped);
                drop(waited.unwrap());
                stream.write_all(&[*byte])?;
            }
            Ok(true)
        }
    }
}

fn wait_for_the_end(shared: &Shared) {
    let state = shared.state.lock().unwrap();
    drop(
        shared
            .changed
            .wait_while(state, |state| !state.stopped)
            .unwrap(),
    );
}

fn head(reply: &Reply, length: Option<usize>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Status\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match length {
        _ if reply.status == 304 => {}
        Some(length) => head.push_str(&format!("Content-Length: {length}\r\n")),
        None => head.push_str("Connection: close\r\n"),
    }
    head.push_str("\r\n");
    head.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("headers are Latin-1 here"))
        .collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut chunks = data.chunks(0xffff).peekable();
    if chunks.peek().is_none() {
        out.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(chunk) = chunks.next() {
        out.push(u8::from(chunks.peek().is_none()));
        let length = u16::try_from(chunk.len()).expect("a chunk fits");
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(chunk);
    }
    out.extend(crc32(data).to_le_bytes());
    out.extend(
        u32::try_from(data.len())
            .expect("test bodies are small")
            .to_le_bytes(),
    );
    out
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}
