//! The demo edition: six small papers on addresses that exist nowhere (`*.example`, RFC 6761 §6.5), held in the
//! program itself.
//!
//! It answers the requests a reload makes, with feeds in six formats and pages in six layouts, clutter included, so that
//! `newsdesk demo` runs the whole pipeline with only the transport exchanged. The articles are compact text files under
//! `assets/demo/articles`, set into the page templates of `assets/demo/papers` when they are asked for. It opens no file
//! and no socket.
//!
//! The articles tell true events; the papers, their reporters and the readers in their comments are invented.

mod article;
mod catalogue;
mod feed;
mod page;

use std::borrow::Cow;

use url::Url;

pub use article::{Article, Block, Picture};
pub use catalogue::{PAPERS, Paper, articles};

/// What the embedded transport answers to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status: 200 for all there is.
    pub status: u16,
    /// The `Content-Type` header, charset included where a server would name one.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Cow<'static, [u8]>,
}

impl Response {
    fn ok(content_type: &'static str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            status: 200,
            content_type,
            body: body.into(),
        }
    }
}

/// Returns the title, feed address and folder of each paper, in the order in which the feed list should show them.
pub fn subscriptions() -> [(&'static str, &'static str, &'static str); 6] {
    PAPERS.each_ref().map(|p| (p.title, p.feed_url, p.folder))
}

/// Answers a request for an address of the demo; `None` where no such page exists (a server would say 404).
///
/// The query and the fragment of the address do not matter, as on most sites: feeds hang campaign tags on their links.
pub fn respond(url: &str) -> Option<Response> {
    let url = Url::parse(url).ok()?;
    let paper = PAPERS.iter().find(|p| url.host_str() == Some(p.host()))?;
    let path = url.path();
    if let Some(name) = path.strip_prefix("/pictures/") {
        return catalogue::picture(name).map(|bytes| Response::ok("image/png", bytes));
    }
    let address = format!("https://{}{path}", paper.host());
    if address == paper.feed_url {
        return Some(feed::render(paper));
    }
    if path == "/" {
        return Some(page::home(paper));
    }
    articles()
        .iter()
        .find(|a| a.url() == address || a.canonical_url() == address)
        .map(page::article)
}
