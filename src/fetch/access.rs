//! What goes with a request on behalf of one feed: another name, a proxy, a login, headers.

use std::fmt;

/// What goes with a request on behalf of one feed. Login and headers go to the host the user chose and to no other.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// In place of the client's own User-Agent.
    pub user_agent: Option<String>,
    /// In place of the system's proxy.
    pub proxy: Option<Proxy>,
    /// User name and password for HTTP basic authentication (RFC 7617).
    pub login: Option<(String, String)>,
    /// Names and values.
    pub headers: Vec<(String, String)>,
}

/// A way out that was chosen for one feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// None, also where the system names one.
    None,
    /// This address: `http`, `https`, `socks5`, or `socks5h`, where the proxy looks names up.
    Address(String),
}

impl fmt::Debug for Access {
    /// Leaves out all that may be secret: requests are logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("user_agent", &self.user_agent)
            .field("proxy", &self.proxy)
            .field("login", &self.login.is_some())
            .field("headers", &self.headers.len())
            .finish()
    }
}
