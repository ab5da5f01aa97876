//! What is asked for, and what comes back.

use std::borrow::Cow;
use std::time::Duration;

use super::{Access, Room};
use crate::model::feed::Validators;

/// One thing to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: String,
    /// What it should be.
    pub what: For,
    /// The address that the user chose and that led here: a page's feed. `None`: `url` itself. A private address may be
    /// asked only on its behalf.
    pub chosen: Option<String>,
    /// Sent only to the address they belong to.
    pub validators: Option<Validators>,
    /// What goes with it on behalf of its feed.
    pub access: Access,
    /// One of many: its body waits on the wire while others take much memory. Who asks so must hold no other such answer.
    pub waits_for_room: bool,
}

impl Request {
    /// Asks for a feed the user chose.
    pub fn feed(url: impl Into<String>, validators: Option<Validators>) -> Self {
        Self {
            url: url.into(),
            what: For::Feed,
            validators,
            ..Self::default()
        }
    }

    /// Asks for a page the user chose.
    pub fn page(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            what: For::Page,
            ..Self::default()
        }
    }

    /// Asks for a picture of an article.
    pub fn picture(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            what: For::Picture,
            ..Self::default()
        }
    }

    /// Asks for a file attached to an article.
    pub fn file(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            what: For::File,
            ..Self::default()
        }
    }

    /// Says which address of the user's led here.
    #[must_use]
    pub fn chosen_by(mut self, url: impl Into<String>) -> Self {
        self.chosen = Some(url.into());
        self
    }
}

/// What an address should be: settles the `Accept` header, the cap on the body, and whether pages' gaps hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum For {
    /// A feed.
    #[default]
    Feed,
    /// An article's page.
    Page,
    /// A picture of an article.
    Picture,
    /// A file attached to an article.
    File,
}

/// A usable answer: a 2xx with its whole body, or a 304.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The address that answered in the end, without credentials.
    pub url: String,
    /// Set where there were redirects and every one of them was permanent (301, 308).
    pub permanent_url: Option<String>,
    /// The body is the one the validators belong to: there is none here.
    pub not_modified: bool,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// What to send next time: of a 200 exactly what it brought; of a 304 what was sent, with what the 304 replaced.
    pub validators: Validators,
    /// How long the answer is fresh, as the site says.
    pub fresh_for: Option<Duration>,
    /// The address to keep for it, without login: the final one where every redirect on the way was permanent, else the one
    /// asked for.
    pub lasting_url: String,
    /// The body after decompression.
    pub body: Vec<u8>,
    /// The room it takes, where it waited for that. To be dropped with the body.
    pub room: Room,
}

impl Response {
    /// Lets go of the body and the room it takes.
    pub fn let_go(&mut self) {
        self.body = Vec::new();
        self.room = Room::default();
    }
}

/// An answer held in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Cow<'static, [u8]>,
}
