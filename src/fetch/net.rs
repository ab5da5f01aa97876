//! The wire: reqwest clients, name lookup, and what its errors mean.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use url::Url;

use super::access::Proxy;
use super::address::{host_of, is_loopback, literal};
use super::{Error, Kind, Limits, Phase};

/// Looks a host's name up. An error of kind `NotFound` means there is no such name, any other that nobody answered.
pub type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// The three ways out, each with its own connections, so that a connection made on one is never used on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// Public addresses only, checked as names resolve; through the system's proxy where there is one.
    Guarded,
    /// Any address, for hosts the user chose; through the system's proxy where there is one.
    Open,
    /// This machine itself: never through a proxy.
    Direct,
}

/// The clients of the ways and of the proxies that feeds name, each built when first used: that reads the system's
/// certificates.
pub(super) struct Net {
    limits: Limits,
    lookup: Option<Lookup>,
    is_private: fn(IpAddr) -> bool,
    built: Mutex<HashMap<(Way, Option<Proxy>), Built>>,
}

#[derive(Clone)]
struct Built {
    client: Client,
    /// False where the machine has no certificates: http works, https does not.
    https: bool,
}

impl Net {
    pub(super) fn new(
        limits: Limits,
        lookup: Option<Lookup>,
        is_private: fn(IpAddr) -> bool,
    ) -> Self {
        Self {
            limits,
            lookup,
            is_private,
            built: Mutex::default(),
        }
    }

    /// Returns the client of a way for an address, or why there is none. `proxy`: the feed's own choice.
    pub(super) fn client(
        &self,
        way: Way,
        proxy: Option<&Proxy>,
        url: &Url,
    ) -> Result<Client, Error> {
        let mut all = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        let built = match all.entry((way, proxy.cloned())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.build(way, proxy)?),
        };
        if url.scheme() == "https" && !built.https {
            return Err(Error::new(Kind::NoCertificates, ""));
        }
        Ok(built.client.clone())
    }

    fn build(&self, way: Way, proxy: Option<&Proxy>) -> Result<Built, Error> {
        let named = match proxy {
            Some(Proxy::Address(address)) => {
                let wrong = |_| Error::new(Kind::Proxy, "");
                Some((address, reqwest::Proxy::all(address).map_err(wrong)?))
            }
            _ => None,
        };
        let mut proxies = proxy_hosts();
        proxies.extend(named.iter().filter_map(|(address, _)| host_of(address)));
        let names = Arc::new(Names {
            lookup: self.lookup.clone(),
            refuse: (way == Way::Guarded).then_some(self.is_private),
            proxies,
        });
        let builder = || {
            let builder = Client::builder()
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(self.limits.connect)
                .pool_idle_timeout(Duration::from_secs(20))
                .pool_max_idle_per_host(self.limits.connections_per_host)
                .http1_ignore_invalid_headers_in_responses(true)
                .dns_resolver(Arc::clone(&names));
            match &named {
                Some((_, proxy)) => builder.proxy(proxy.clone()),
                None if way == Way::Direct || proxy.is_some() => builder.no_proxy(),
                None => builder,
            }
        };
        Ok(match builder().build() {
            Ok(client) => Built {
                client,
                https: true,
            },
            // Without certificates reqwest builds nothing at all; an empty store lets plain http work.
            Err(error) => {
                tracing::warn!("no certificates: {error:?}");
                let client = builder()
                    .tls_certs_only([])
                    .build()
                    .expect("a client with an empty certificate store builds");
                Built {
                    client,
                    https: false,
                }
            }
        })
    }

    /// Says whether an address leads, or may lead, into a private network.
    pub(super) async fn is_private(&self, url: &Url) -> bool {
        if let Some(ip) = literal(url) {
            return (self.is_private)(ip);
        }
        let Some(host) = url.host_str() else {
            return false;
        };
        match look_up(self.lookup.clone(), host.to_owned()).await {
            Ok(ips) => ips.into_iter().any(self.is_private),
            Err(_) => is_loopback(url),
        }
    }

    /// Says whether an address names a private one outright, so that no lookup is needed to refuse it.
    pub(super) fn is_private_literal(&self, url: &Url) -> bool {
        literal(url).is_some_and(self.is_private)
    }
}

/// Names to addresses; where asked, without private ones.
struct Names {
    lookup: Option<Lookup>,
    refuse: Option<fn(IpAddr) -> bool>,
    /// The user's own proxies may live in a private network.
    proxies: Vec<String>,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let lookup = self.lookup.clone();
        let refuse = self.refuse.filter(|_| !self.proxies.contains(&host));
        Box::pin(async move {
            let mut ips = look_up(lookup, host).await?;
            if let Some(is_private) = refuse {
                ips.retain(|ip| !is_private(*ip));
                if ips.is_empty() {
                    return Err(Box::new(Refused) as Box<dyn StdError + Send + Sync>);
                }
            }
            let addresses = ips.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// All addresses of a name are private, and it was not to be.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address")]
struct Refused;

async fn look_up(lookup: Option<Lookup>, host: String) -> io::Result<Vec<IpAddr>> {
    let ips = match lookup {
        Some(lookup) => lookup(&host)?,
        None => system_lookup(&host).await?,
    };
    if ips.is_empty() {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    Ok(ips)
}

async fn system_lookup(host: &str) -> io::Result<Vec<IpAddr>> {
    match tokio::net::lookup_host((host, 0)).await {
        Ok(found) => Ok(found.map(|address| address.ip()).collect()),
        Err(error) => {
            // The resolver's own codes (EAI_AGAIN, EAI_NONAME) do not reach us, only their words. Some systems say "not
            // known" with no network at all; then there is no route either.
            let words = error.to_string().to_ascii_lowercase();
            let nobody = ["temporar", "try again", "non-recoverable", "system error"]
                .iter()
                .any(|sign| words.contains(sign));
            Err(if nobody || !has_route() {
                io::Error::new(io::ErrorKind::NetworkDown, error)
            } else {
                io::Error::new(io::ErrorKind::NotFound, error)
            })
        }
    }
}

/// Says whether the machine has a route to the net at all. Connecting a UDP socket only picks a route; it sends nothing.
/// The address is of TEST-NET-2 (RFC 5737), which no one answers on.
fn has_route() -> bool {
    let address = Ipv4Addr::new(198, 51, 100, 1);
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
        .is_ok_and(|socket| socket.connect((address, 9)).is_ok())
}

/// The hosts of the proxies named in the environment, which reqwest itself reads.
fn proxy_hosts() -> Vec<String> {
    [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ]
    .iter()
    .filter_map(|name| std::env::var(name).ok())
    .filter_map(|value| {
        let address = if value.contains("://") {
            value
        } else {
            format!("http://{value}")
        };
        Url::parse(&address).ok()?.host_str().map(str::to_owned)
    })
    .collect()
}

/// Tells what an error of the wire means.
pub(super) fn read_error(error: &reqwest::Error, host: &str, in_body: bool) -> Error {
    Error::new(kind_of(error, in_body), host)
}

fn kind_of(error: &reqwest::Error, in_body: bool) -> Kind {
    let mut io_kind = None;
    let mut secure = false;
    let mut source: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = source {
        if inner.is::<Refused>() {
            return Kind::Private;
        }
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            io_kind = Some(error.kind());
            // An io::Error shows its own source's words but does not list it; TLS errors hide there.
            let words = error.to_string();
            secure |= words.contains("certificate") || words.contains("HandshakeFailure");
            if let Some(inner) = error.get_ref()
                && inner.is::<Refused>()
            {
                return Kind::Private;
            }
        }
        source = inner.source();
    }
    if secure {
        return Kind::Tls;
    }
    if error.is_dns() {
        return if io_kind == Some(io::ErrorKind::NotFound) {
            Kind::NoName
        } else {
            Kind::NoNameService
        };
    }
    match io_kind {
        Some(io::ErrorKind::ConnectionRefused) => Kind::Refused,
        Some(
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown,
        ) => Kind::NoRoute,
        _ if error.is_timeout() && error.is_connect() => Kind::Timeout(Phase::Connect),
        _ if error.is_timeout() => Kind::Timeout(if in_body {
            Phase::Body
        } else {
            Phase::FirstByte
        }),
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Kind::Garbled,
        _ if in_body => Kind::Cut,
        Some(_) => Kind::Dropped,
        None if error.is_connect() => Kind::Refused,
        None => no_io_kind(error),
    }
}

/// An error without an I/O error beneath: the other side closed early, or spoke no HTTP.
fn no_io_kind(error: &reqwest::Error) -> Kind {
    let mut words = String::new();
    let mut source = error.source();
    while let Some(inner) = source {
        words.push_str(&inner.to_string());
        source = inner.source();
    }
    if words.contains("before message completed")
        || words.contains("closed")
        || words.contains("canceled")
    {
        Kind::Dropped
    } else {
        Kind::Garbled
    }
}
