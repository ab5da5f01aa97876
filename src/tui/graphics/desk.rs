//! The pictures of the article on the screen: which are wanted, which are encoded, which the terminal must forget.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Sender, channel};

use super::super::protocol::Protocol;
use super::{Encoded, Job, Key, encode, kitty};
use crate::model::picture::Picture;
use crate::ui::Graphics;

/// The pictures of the article on the screen as the terminal draws them.
pub(super) struct Desk {
    /// What `ui` reads.
    pub(super) ready: Graphics,
    protocol: Option<Protocol>,
    /// Asked for, ready or not, with its number at the terminal.
    known: BTreeMap<Key, u32>,
    last_id: u32,
    jobs: Sender<Job>,
}

impl Desk {
    /// Starts the thread; what is encoded goes to `send`, which answers false when nobody listens any more.
    pub(super) fn start(send: impl Fn(Encoded) -> bool + Send + 'static) -> io::Result<Self> {
        let (jobs, wanted) = channel::<Job>();
        std::thread::Builder::new()
            .name("graphics".into())
            .spawn(move || {
                while let Ok(job) = wanted.recv() {
                    if encode(job).is_some_and(|encoded| !send(encoded)) {
                        return;
                    }
                }
            })?;
        Ok(Self {
            ready: Graphics::default(),
            protocol: None,
            known: BTreeMap::new(),
            // Numbers of other programs in the same window begin at 1; ours must be another 24 bits.
            last_id: 0x6e_6400 | (std::process::id() & 0xff) << 16,
            jobs,
        })
    }

    /// Sets the way pictures are drawn; returns what makes the terminal forget those drawn in another way.
    pub(super) fn set(&mut self, protocol: Option<Protocol>) -> String {
        if self.protocol == protocol {
            return String::new();
        }
        let forget = self.forget(|_| true);
        self.protocol = protocol;
        forget
    }

    /// Asks for these pictures, and drops all others; returns what makes the terminal forget those.
    pub(super) fn want<'a>(
        &mut self,
        pictures: impl Iterator<Item = (&'a String, &'a Picture)>,
    ) -> String {
        let Some(protocol) = self.protocol else {
            return String::new();
        };
        let mut wanted = BTreeMap::new();
        for (address, picture) in pictures.filter(|(_, picture)| picture.fine.is_some()) {
            wanted.insert((address.clone(), picture.cols, picture.rows), picture);
        }
        let forget = self.forget(|key| !wanted.contains_key(key));
        for (key, picture) in wanted {
            if self.known.contains_key(&key) {
                continue;
            }
            self.last_id = (self.last_id & 0xff_0000) | (self.last_id.wrapping_add(1) & 0xffff);
            self.known.insert(key.clone(), self.last_id);
            let job = Job {
                key,
                protocol,
                picture: picture.clone(),
                id: self.last_id,
            };
            // The thread ends only when nobody listens.
            let _ = self.jobs.send(job);
        }
        forget
    }

    /// Takes a picture in; returns what to write to the terminal before it is drawn.
    pub(super) fn take(&mut self, encoded: Encoded) -> String {
        let is_wanted =
            self.known.contains_key(&encoded.key) && self.protocol == Some(encoded.protocol);
        if !is_wanted {
            return String::new();
        }
        self.ready.insert(encoded.key, encoded.drawn);
        encoded.send
    }

    /// Forgets everything; returns what makes the terminal do so, too.
    pub(super) fn clear(&mut self) -> String {
        self.forget(|_| true)
    }

    fn forget(&mut self, which: impl Fn(&Key) -> bool) -> String {
        let mut codes = String::new();
        let protocol = self.protocol;
        let ready = &mut self.ready;
        self.known.retain(|key, id| {
            let keep = !which(key);
            if !keep {
                let was_drawn = ready.remove(key);
                if was_drawn && protocol == Some(Protocol::Kitty) {
                    codes.push_str(&kitty::forget(*id));
                }
            }
            keep
        });
        codes
    }
}
