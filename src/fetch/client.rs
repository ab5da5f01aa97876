//! Asking for an address: hop by hop, within the limits, in turn.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, USER_AGENT,
};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};
use url::Url;

use super::access::Proxy;
use super::address::is_loopback;
use super::gate::{Gate, Turn};
use super::net::{Lookup, Net, Way, read_error};
use super::room::{Hall, Room, USUAL_BYTES};
use super::unpack::{is_packed, unpack};
use super::{Access, EmbeddedResponse, Error, For, Kind, Limits, Phase, Request, Response, header};
use crate::model::feed::Validators;

const ACCEPT_FEED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.6, */*;q=0.2";
const ACCEPT_PAGE: &str =
    "text/html, application/xhtml+xml, application/xml;q=0.8, text/plain;q=0.7, */*;q=0.2";
const ACCEPT_PICTURE: &str = "image/webp, image/png, image/jpeg, image/gif;q=0.8, */*;q=0.1";

/// Where answers come from.
#[derive(Clone, Copy, Debug, Default)]
pub enum Transport {
    /// The net.
    #[default]
    Network,
    /// The program itself: the demo edition. What it does not hold is a 404.
    Embedded(fn(&str) -> Option<EmbeddedResponse>),
}

/// What a client is made of.
#[derive(Clone)]
pub struct Options {
    /// Its limits.
    pub limits: Limits,
    /// What it calls itself.
    pub user_agent: String,
    /// Where answers come from.
    pub transport: Transport,
    /// Looks names up in place of the system.
    pub lookup: Option<Lookup>,
    /// Which addresses are private.
    pub is_private: fn(IpAddr) -> bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            user_agent: super::USER_AGENT.to_owned(),
            transport: Transport::Network,
            lookup: None,
            is_private: super::is_private,
        }
    }
}

/// The HTTP client. One a process, so that its limits hold for all.
pub struct Client {
    transport: Transport,
    limits: Limits,
    user_agent: HeaderValue,
    gate: Gate,
    hall: Hall,
    net: Net,
}

impl Client {
    /// Makes a client. Nothing is opened or read before the first request.
    pub fn new(options: Options) -> Self {
        let user_agent = HeaderValue::from_str(options.user_agent.trim())
            .ok()
            .filter(|value| !value.is_empty())
            .unwrap_or(HeaderValue::from_static(super::USER_AGENT));
        Self {
            transport: options.transport,
            gate: Gate::new(&options.limits),
            hall: Hall::new(options.limits.held_bytes),
            net: Net::new(options.limits.clone(), options.lookup, options.is_private),
            limits: options.limits,
            user_agent,
        }
    }

    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks for an address and waits for the whole answer. Dropping the future gives the request up. `now` reads dates
    /// in the answer.
    pub async fn get(&self, request: &Request, now: Timestamp) -> Result<Response, Error> {
        let url = web_address(&request.url)?;
        match self.transport {
            Transport::Network => Hops::new(self, request, url)?.follow(now).await,
            Transport::Embedded(respond) => embedded(respond, request, &url),
        }
    }
}

/// One request on its way through redirects.
pub(super) struct Hops<'a> {
    client: &'a Client,
    request: &'a Request,
    /// The address the user chose.
    chosen: Url,
    /// Whether the chosen address lies in a private network, once it was looked up.
    chosen_is_private: Option<bool>,
    /// Where it goes now, without credentials.
    url: Url,
    /// The address the request started at, with its credentials.
    start: Url,
    seen: Vec<Url>,
    all_permanent: bool,
    /// Time left for the wire.
    left: Duration,
    turn: Option<(String, Turn)>,
    /// Headers beside the usual ones.
    extra: HeaderMap,
}

impl<'a> Hops<'a> {
    pub(super) fn new(client: &'a Client, request: &'a Request, start: Url) -> Result<Self, Error> {
        let chosen = match &request.chosen {
            Some(chosen) => web_address(chosen)?,
            None => start.clone(),
        };
        Ok(Self {
            client,
            request,
            chosen,
            chosen_is_private: None,
            url: without_credentials(&start),
            start,
            seen: Vec::new(),
            all_permanent: true,
            left: client.limits.total,
            turn: None,
            extra: HeaderMap::new(),
        })
    }

    async fn follow(mut self, now: Timestamp) -> Result<Response, Error> {
        loop {
            let mut response = self.step().await?;
            let status = response.status();
            let headers = response.headers();
            if is_redirect(status) {
                self.turn_to(status, headers)?;
                self.drain(response).await;
                continue;
            }
            if status == StatusCode::NOT_MODIFIED && self.sent_validators().is_some() {
                return Ok(self.not_modified(headers, now));
            }
            if !status.is_success() {
                return Err(self.refusal(status, headers, now));
            }
            let head = self.head(headers, now);
            let (body, mut room) = self.read(&mut response).await?;
            let body = match self.request.what {
                For::Feed => unpack(body, self.client.limits.feed_bytes)
                    .ok_or_else(|| self.error(Kind::TooLarge))?,
                For::Page | For::Picture | For::File => body,
            };
            room.shrink(body.len());
            return Ok(Response {
                room,
                ..whole(head, body)
            });
        }
    }

    /// Sends headers beside the usual ones from now on.
    pub(super) fn set_extra(&mut self, extra: HeaderMap) {
        self.extra = extra;
    }

    /// Asks the address it has come to.
    pub(super) async fn step(&mut self) -> Result<reqwest::Response, Error> {
        let way = self.way().await?;
        self.take_turn().await;
        self.ask(way).await
    }

    /// Returns the way to the next hop: the user's own host, and everything where that host is private, lies open; all
    /// else must be public.
    async fn way(&mut self) -> Result<Way, Error> {
        let open = if self.url.host_str() == self.chosen.host_str() {
            true
        } else if let Some(known) = self.chosen_is_private {
            known
        } else {
            // A proxy of the feed's own looks names up itself; asking the system too would tell it where we go.
            let private = if self.proxy().is_some() {
                is_loopback(&self.chosen) || self.client.net.is_private_literal(&self.chosen)
            } else {
                self.client.net.is_private(&self.chosen).await
            };
            *self.chosen_is_private.insert(private)
        };
        if !open && (is_loopback(&self.url) || self.client.net.is_private_literal(&self.url)) {
            return Err(self.error(Kind::Private));
        }
        Ok(match (open, is_loopback(&self.url)) {
            (true, true) => Way::Direct,
            (true, false) => Way::Open,
            (false, _) => Way::Guarded,
        })
    }

    async fn take_turn(&mut self) {
        let host = self.host();
        if self.turn.as_ref().is_some_and(|(of, _)| *of == host) {
            return;
        }
        // The old turn goes back first: holding one while waiting for another is how two requests wait for ever.
        self.turn = None;
        let turn = self
            .client
            .gate
            .turn(&host, self.request.what == For::Page)
            .await;
        self.turn = Some((host, turn));
    }

    async fn ask(&mut self, way: Way) -> Result<reqwest::Response, Error> {
        let proxy = self.proxy().filter(|_| way != Way::Direct);
        let client = self.client.net.client(way, proxy, &self.url)?;
        let mut request = client.get(self.with_credentials()).headers(self.headers());
        if let Some((user, password)) = self.access_here().and_then(|access| access.login.as_ref())
        {
            request = request.basic_auth(user, Some(password));
        }
        let started = Instant::now();
        let limit = self.client.limits.first_byte.min(self.left);
        let answer = timeout(limit, request.send()).await;
        self.left = self.left.saturating_sub(started.elapsed());
        match answer {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() && matches!(proxy, Some(Proxy::Address(_))) => {
                tracing::debug!("the proxy of a feed fails: {error:?}");
                Err(self.error(Kind::Proxy))
            }
            Ok(Err(error)) => Err(read_error(&error, &self.host(), false)),
            Err(_) => Err(self.error(Kind::Timeout(Phase::FirstByte))),
        }
    }

    fn proxy(&self) -> Option<&'a Proxy> {
        self.request.access.proxy.as_ref()
    }

    /// Login and headers of the feed, where this hop goes to the host they were given for.
    fn access_here(&self) -> Option<&'a Access> {
        (self.url.origin() == self.chosen.origin()).then_some(&self.request.access)
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(access) = self.access_here() {
            for (name, value) in &access.headers {
                if let (Ok(name), Ok(mut value)) = (
                    HeaderName::from_bytes(name.as_bytes()),
                    HeaderValue::from_str(value),
                ) {
                    value.set_sensitive(true);
                    headers.insert(name, value);
                }
            }
        }
        let agent = self
            .request
            .access
            .user_agent
            .as_deref()
            .and_then(|agent| HeaderValue::from_str(agent.trim()).ok())
            .filter(|agent| !agent.is_empty());
        headers.insert(
            USER_AGENT,
            agent.unwrap_or_else(|| self.client.user_agent.clone()),
        );
        let accept = match self.request.what {
            For::Feed => ACCEPT_FEED,
            For::Page => ACCEPT_PAGE,
            For::Picture => ACCEPT_PICTURE,
            For::File => "*/*",
        };
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static(accept));
        if let Some(validators) = self.sent_validators() {
            let mut set = |name, value: &Option<String>| {
                if let Some(value) = value.as_deref().and_then(header::from_opaque) {
                    headers.insert(name, value);
                }
            };
            set(IF_NONE_MATCH, &validators.etag);
            set(IF_MODIFIED_SINCE, &validators.last_modified);
        }
        headers.extend(self.extra.clone());
        headers
    }

    /// The validators that belong to this very hop (RFC 9110 §13.1).
    fn sent_validators(&self) -> Option<&'a Validators> {
        self.request.validators.as_ref().filter(|v| {
            v.url == self.url.as_str() && (v.etag.is_some() || v.last_modified.is_some())
        })
    }

    /// User name and password in an address go to the host they were given for, and nowhere else: those of the address
    /// asked for, else those of the feed it stands in.
    fn with_credentials(&self) -> Url {
        let mut url = self.url.clone();
        let known = [&self.start, &self.chosen].into_iter().find(|known| {
            known.origin() == url.origin()
                && (!known.username().is_empty() || known.password().is_some())
        });
        if let Some(known) = known {
            // Both fail only for addresses that cannot have credentials; http(s) ones can.
            let _ = url.set_username(known.username());
            let _ = url.set_password(known.password());
        }
        url
    }

    pub(super) fn turn_to(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
        self.all_permanent &= matches!(status.as_u16(), 301 | 308);
        let target =
            header::lossy(headers, LOCATION).and_then(|target| self.url.join(&target).ok());
        let Some(target) = target else {
            return Err(self.error(Kind::Redirects));
        };
        if !matches!(target.scheme(), "http" | "https") || target.host_str().is_none() {
            let sentence = format!(
                "the site redirects to a {} address; this was refused",
                target.scheme()
            );
            return Err(Error::say(Kind::Address, sentence, None));
        }
        self.seen.push(std::mem::replace(
            &mut self.url,
            without_credentials(&target),
        ));
        if self.seen.contains(&self.url) || self.seen.len() > self.client.limits.redirects {
            return Err(self.error(Kind::Redirects));
        }
        Ok(())
    }

    fn head(&self, headers: &HeaderMap, now: Timestamp) -> Response {
        Response {
            url: self.url.to_string(),
            permanent_url: self.permanent_url(),
            not_modified: false,
            content_type: header::lossy(headers, CONTENT_TYPE),
            validators: Validators {
                etag: header::opaque(headers, ETAG),
                last_modified: header::opaque(headers, LAST_MODIFIED),
                url: self.url.to_string(),
                body_hash: None,
            },
            fresh_for: header::lifetime(headers, now),
            lasting_url: self
                .permanent_url()
                .unwrap_or_else(|| without_credentials(&self.start).to_string()),
            body: Vec::new(),
            room: Room::default(),
        }
    }

    fn not_modified(&self, headers: &HeaderMap, now: Timestamp) -> Response {
        let mut response = self.head(headers, now);
        let sent = self.sent_validators().cloned().unwrap_or_default();
        // A 304 that brings a validator replaces it, one that brings none leaves it (RFC 9111 §4.3.4).
        response.validators = Validators {
            etag: response.validators.etag.or(sent.etag),
            last_modified: response.validators.last_modified.or(sent.last_modified),
            ..sent
        };
        response.not_modified = true;
        response
    }

    pub(super) fn refusal(&self, status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Error {
        let mut error = self.error(Kind::Status(status.as_u16()));
        if matches!(status.as_u16(), 429 | 503) {
            error.retry_after = header::retry_after(headers, now);
        }
        error.permanent_url = self.permanent_url();
        error
    }

    /// Takes in a short body that nobody needs, so that its connection can be used again.
    async fn drain(&self, response: reqwest::Response) {
        const SHORT: u64 = 16 << 10;
        let patience = Duration::from_secs(1).min(self.left);
        if response
            .content_length()
            .is_some_and(|length| length <= SHORT)
        {
            // What cannot be read in time costs a connection, no more.
            let _ = timeout(patience, response.bytes()).await;
        }
    }

    /// Reads the body, waiting for room where the request says so. The wait is not the site's, and counts nowhere.
    async fn read(&mut self, response: &mut reqwest::Response) -> Result<(Vec<u8>, Room), Error> {
        let limits = &self.client.limits;
        let most = match self.request.what {
            For::Feed => limits.feed_bytes,
            For::Page => limits.page_bytes,
            // Files are streamed, never held.
            For::Picture | For::File => limits.picture_bytes,
        };
        if response
            .content_length()
            .is_some_and(|length| length > most as u64)
        {
            return Err(self.error(Kind::TooLarge));
        }
        let announced = response
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        let mut started = Instant::now();
        let mut room = Room::default();
        let mut body = Vec::new();
        loop {
            let elapsed = started.elapsed();
            let left = self.left.saturating_sub(elapsed);
            let piece = match timeout(limits.stall.min(left), response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => {
                    if self.request.waits_for_room && !room.is_taken() {
                        let bytes = if is_packed(&body) { most } else { body.len() };
                        room = self.client.hall.take(bytes).await;
                    }
                    return Ok((body, room));
                }
                Ok(Err(error)) => return Err(read_error(&error, &self.host(), true)),
                Err(_) => return Err(self.error(Kind::Timeout(Phase::Body))),
            };
            if body.len() + piece.len() > most {
                return Err(self.error(Kind::TooLarge));
            }
            let is_long = body.len() + piece.len() > USUAL_BYTES;
            if self.request.waits_for_room && is_long && !room.is_taken() {
                let waits = Instant::now();
                let bytes = announced.filter(|_| !is_packed(&body));
                let bytes = bytes.unwrap_or(most).max(body.len() + piece.len());
                room = self.client.hall.take(bytes).await;
                // At once and no more: grown by and by, a buffer takes up to twice as much, and leaves holes.
                body.reserve_exact(bytes - body.len());
                started += waits.elapsed();
            }
            body.extend_from_slice(&piece);
            let elapsed = started.elapsed();
            let slowest = limits.slow_bytes_per_second as f64 * elapsed.as_secs_f64();
            if elapsed > limits.slow_after && (body.len() as f64) < slowest {
                return Err(self.error(Kind::Timeout(Phase::Body)));
            }
        }
    }

    fn permanent_url(&self) -> Option<String> {
        (self.all_permanent && !self.seen.is_empty()).then(|| self.url.to_string())
    }

    pub(super) fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }

    pub(super) fn error(&self, kind: Kind) -> Error {
        Error::new(kind, &self.host())
    }
}

/// Reads an http(s) address; without its fragment.
pub(super) fn web_address(url: &str) -> Result<Url, Error> {
    let mut url = Url::parse(url.trim()).map_err(|_| Error::new(Kind::Address, ""))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(Error::new(Kind::Address, ""));
    }
    url.set_fragment(None);
    Ok(url)
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    // Both fail only for addresses that cannot have credentials; http(s) ones can.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn whole(mut head: Response, body: Vec<u8>) -> Response {
    head.validators.body_hash = Some(body_hash(&body));
    head.body = body;
    head
}

/// Returns the name of a body: SHA-256 in hexadecimal, so that the same bytes under a 200 stop early.
pub fn body_hash(body: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(body) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

pub(super) fn embedded(
    respond: fn(&str) -> Option<EmbeddedResponse>,
    request: &Request,
    url: &Url,
) -> Result<Response, Error> {
    let host = url.host_str().unwrap_or_default();
    let Some(answer) = respond(url.as_str()) else {
        return Err(Error::new(Kind::Status(404), host));
    };
    if !(200..300).contains(&answer.status) {
        return Err(Error::new(Kind::Status(answer.status), host));
    }
    let head = Response {
        url: url.to_string(),
        lasting_url: url.to_string(),
        content_type: Some(answer.content_type.to_owned()),
        validators: Validators {
            url: url.to_string(),
            ..Validators::default()
        },
        ..Response::default()
    };
    let mut response = whole(head, answer.body.into_owned());
    let known = request
        .validators
        .as_ref()
        .and_then(|v| v.body_hash.as_ref());
    response.not_modified = known.is_some() && known == response.validators.body_hash.as_ref();
    Ok(response)
}
