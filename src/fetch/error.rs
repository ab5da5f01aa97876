//! What can go wrong on the net: a kind for the program, a sentence and a hint for the reader.

use std::time::Duration;

/// Why an address could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Error {
    /// What happened, for the program.
    pub kind: Kind,
    /// What happened, in one plain sentence without capital and full stop. No credentials stand in it.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// How long the site asks us to wait (`Retry-After`, at most 7 days).
    pub retry_after: Option<Duration>,
    /// The final address where every redirect on the way was permanent.
    pub permanent_url: Option<String>,
}

/// The kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is no http(s) address.
    Address,
    /// The name service says there is no such host.
    NoName,
    /// The name service does not answer.
    NoNameService,
    /// There is no way to the host's network.
    NoRoute,
    /// The host refuses connections.
    Refused,
    /// It took too long.
    Timeout(Phase),
    /// No secure connection: the certificate is wrong.
    Tls,
    /// This machine has no certificates to check others with.
    NoCertificates,
    /// The site answered with this status.
    Status(u16),
    /// Too many redirects, a loop, or one without an address.
    Redirects,
    /// A redirect or name led from the public net to a private address.
    Private,
    /// The body is larger than allowed.
    TooLarge,
    /// The connection ended before the body did.
    Cut,
    /// The answer is no HTTP, or its compression is broken.
    Garbled,
    /// The host broke the connection off without an answer.
    Dropped,
    /// The proxy set for this feed does not let us through.
    Proxy,
    /// What the config names for this feed does not work: a command, a variable, a selector.
    Setup,
    /// It is not a feed.
    NotAFeed,
}

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Opening the connection.
    Connect,
    /// The first byte of the answer.
    FirstByte,
    /// The body: stalled, or too slow, or the whole took too long.
    Body,
}

impl Error {
    /// Makes an error of a kind, with the sentence and hint that belong to it. `host` is named where it helps.
    pub fn new(kind: Kind, host: &str) -> Self {
        let (sentence, hint) = words(kind, host);
        Self {
            kind,
            sentence,
            hint: hint.map(str::to_owned),
            retry_after: None,
            permanent_url: None,
        }
    }

    /// Makes an error with a sentence of its own.
    pub fn say(kind: Kind, sentence: impl Into<String>, hint: Option<&str>) -> Self {
        Self {
            sentence: sentence.into(),
            hint: hint.map(str::to_owned),
            ..Self::new(kind, "")
        }
    }

    /// Returns the error in a few words, for a line that has no room: `403 from the site`.
    pub fn short(&self) -> String {
        match self.kind {
            Kind::Status(status) => format!("{status} from the site"),
            Kind::Timeout(_) => "the site did not answer in time".to_owned(),
            _ => self.sentence.clone(),
        }
    }

    /// Says whether trying again later may help without anyone doing something.
    pub fn is_passing(&self) -> bool {
        match self.kind {
            Kind::Status(status) => matches!(status, 408 | 421 | 425 | 429 | 500..=599),
            Kind::Address
            | Kind::NotAFeed
            | Kind::TooLarge
            | Kind::Private
            | Kind::Redirects
            | Kind::Setup => false,
            _ => true,
        }
    }

    /// Says whether the way out of this machine seems to be missing, rather than one site.
    fn is_no_network(&self) -> bool {
        matches!(self.kind, Kind::NoNameService | Kind::NoRoute)
    }
}

/// Says whether the machine is offline: something was asked, no host answered in any way, and each failed for want of
/// a name service or a route. One good answer, or one refusal, proves the net is there.
pub fn are_offline<'a>(outcomes: impl IntoIterator<Item = Option<&'a Error>>) -> bool {
    let mut asked = 0;
    for outcome in outcomes {
        match outcome {
            Some(error) if error.is_no_network() => asked += 1,
            _ => return false,
        }
    }
    asked > 0
}

fn words(kind: Kind, host: &str) -> (String, Option<&'static str>) {
    let (sentence, hint) = match kind {
        Kind::Address => (
            "this is not an http or https address".to_owned(),
            Some("check the address"),
        ),
        Kind::NoName => (
            format!("there is no host named {host}"),
            Some("check the address for a typing mistake; the site may have moved or closed"),
        ),
        Kind::NoNameService => (
            format!("the name {host} cannot be looked up: the name service does not answer"),
            Some("check the network connection"),
        ),
        Kind::NoRoute => (
            format!("there is no network route to {host}"),
            Some("check the network connection"),
        ),
        Kind::Refused => (
            format!("{host} refuses connections"),
            Some("the site may be down; it is tried again by itself"),
        ),
        Kind::Timeout(Phase::Connect) => (
            format!("{host} could not be reached in time"),
            Some("the site may be down; it is tried again by itself"),
        ),
        Kind::Timeout(Phase::FirstByte) => (
            format!("{host} did not answer in time"),
            Some("the site may be overloaded; it is tried again by itself"),
        ),
        Kind::Timeout(Phase::Body) => (
            format!("the answer of {host} came too slowly and was given up"),
            Some("the site may be overloaded; it is tried again by itself"),
        ),
        Kind::Tls => (
            format!("no secure connection to {host}: its certificate is not valid"),
            Some("check this machine's date; otherwise only the site can mend this"),
        ),
        Kind::NoCertificates => (
            "no secure connection: this machine has no certificates to check sites with".to_owned(),
            Some("install the package ca-certificates"),
        ),
        Kind::Status(status) => return status_words(status),
        Kind::Redirects => (
            "the site redirects in a circle or too often".to_owned(),
            Some("look for the feed's new address on the site"),
        ),
        Kind::Private => (
            format!(
                "the site leads to {host}, an address inside a private network; this was refused"
            ),
            Some("subscribe to that address itself if it is yours"),
        ),
        Kind::TooLarge => (
            format!("the answer of {host} is larger than allowed and was given up"),
            None,
        ),
        Kind::Cut => (
            "the answer broke off before its end".to_owned(),
            Some("it is tried again by itself"),
        ),
        Kind::Garbled => (
            format!("the answer of {host} cannot be understood"),
            Some("open the address in a browser to see what it is"),
        ),
        Kind::Dropped => (
            format!("{host} broke the connection off"),
            Some("it is tried again by itself"),
        ),
        Kind::Proxy => (
            format!("the proxy of this feed does not lead to {host}"),
            Some("look at the feed's setting proxy"),
        ),
        Kind::Setup => (
            "this feed's settings do not work".to_owned(),
            Some("look at its settings"),
        ),
        Kind::NotAFeed => (
            "this is not a feed".to_owned(),
            Some("open the site and look for its feed"),
        ),
    };
    (sentence, hint)
}

/// Words for the statuses of RFC 9110 §15 and RFC 6585 that sites really send.
fn status_words(status: u16) -> (String, Option<&'static str>) {
    let (says, hint) = match status {
        400 => ("bad request", Some("check the address")),
        401 => (
            "login needed",
            Some("the address needs a user name and password"),
        ),
        402 => ("payment needed", None),
        403 => (
            "access refused",
            Some("the site may block feed readers; open it in a browser"),
        ),
        404 => (
            "not found",
            Some("look for the feed's new address on the site"),
        ),
        405 | 406 => ("not acceptable", None),
        408 => ("request timed out", Some("it is tried again by itself")),
        410 => (
            "gone for good",
            Some("it is not asked again; unsubscribe, or look for a new address"),
        ),
        425 | 429 => (
            "too many requests",
            Some("it is asked again when the site allows"),
        ),
        451 => ("withheld for legal reasons", None),
        500 => ("internal error", Some("it is tried again by itself")),
        502 | 504 => (
            "a server behind it does not answer",
            Some("it is tried again by itself"),
        ),
        503 => (
            "not available at present",
            Some("it is tried again by itself"),
        ),
        520..=530 => (
            "the server behind it has a fault",
            Some("it is tried again by itself"),
        ),
        _ => return (format!("the site answered with status {status}"), None),
    };
    (format!("the site says \"{says}\" ({status})"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_in_plain_words() {
        let error = Error::new(Kind::Status(404), "example.com");
        assert_eq!(error.to_string(), "the site says \"not found\" (404)");
        assert_eq!(error.short(), "404 from the site");
        assert_eq!(
            Error::new(Kind::Status(418), "").to_string(),
            "the site answered with status 418"
        );
    }

    #[test]
    fn offline_is_when_no_host_answers_at_all() {
        let of = |kind| Error::new(kind, "h");
        let check = |kinds: &[Option<Kind>], expect: bool| {
            let errors: Vec<_> = kinds.iter().map(|kind| kind.map(of)).collect();
            assert_eq!(
                are_offline(errors.iter().map(Option::as_ref)),
                expect,
                "{kinds:?}"
            );
        };
        check(&[Some(Kind::NoRoute), Some(Kind::NoNameService)], true);
        check(&[Some(Kind::NoRoute), None], false);
        check(&[Some(Kind::NoRoute), Some(Kind::Refused)], false);
        check(&[Some(Kind::NoName)], false);
        check(
            &[Some(Kind::Timeout(Phase::Connect)), Some(Kind::NoRoute)],
            false,
        );
        check(&[], false);
    }
}
