//! How many bytes of bodies are held at once: what waits to be read waits on the wire, not in memory.
//!
//! A body takes room once, for all of it: what it has come to when it is whole, or the most it can be once it is longer
//! than usual. Who holds room therefore never waits for more, and what waits for room holds only the first part of a body
//! on a connection, of which there are few. Long bodies have room of their own: one that comes slowly holds up no feed of
//! usual length.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies up to so many bytes come whole before they take room.
pub(super) const USUAL_BYTES: usize = 1 << 20;

/// Room is counted in pieces of so many bytes.
const PIECE_BYTES: usize = 1 << 10;

/// The room of one client.
#[derive(Debug)]
pub(super) struct Hall {
    usual: Share,
    long: Share,
}

/// A share of the room.
#[derive(Debug)]
struct Share {
    pieces: u32,
    free: Arc<Semaphore>,
}

impl Hall {
    /// Returns a hall for so many bytes: a third for bodies of usual length, the rest for long ones.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            usual: Share::new(bytes / 3),
            long: Share::new(bytes - bytes / 3),
        }
    }

    /// Waits for room. More than there is in all is all there is.
    pub(super) async fn take(&self, bytes: usize) -> Room {
        let share = if bytes > USUAL_BYTES {
            &self.long
        } else {
            &self.usual
        };
        let wanted = pieces(bytes).min(share.pieces);
        let free = Arc::clone(&share.free);
        // The semaphore is never closed.
        Room(free.acquire_many_owned(wanted).await.ok().map(Arc::new))
    }
}

impl Share {
    fn new(bytes: usize) -> Self {
        let pieces = pieces(bytes);
        Self {
            pieces,
            free: Arc::new(Semaphore::new(pieces as usize)),
        }
    }
}

fn pieces(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(PIECE_BYTES).max(1)).unwrap_or(u32::MAX)
}

/// Room that a body takes, given back when the last copy is dropped. No part of what an answer says: all are equal.
#[derive(Clone, Debug, Default)]
pub struct Room(Option<Arc<OwnedSemaphorePermit>>);

impl Room {
    /// Gives back what is more than so many bytes.
    pub(super) fn shrink(&mut self, bytes: usize) {
        if let Some(permit) = self.0.as_mut().and_then(Arc::get_mut) {
            let more = permit.num_permits().saturating_sub(pieces(bytes) as usize);
            drop(permit.split(more));
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.0.is_some()
    }
}

impl PartialEq for Room {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Room {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn room_is_given_back_in_part_and_whole() {
        let hall = Hall::new(30 << 10);
        let free = || hall.usual.free.available_permits();
        let mut first = hall.take(8 << 10).await;
        assert_eq!(free(), 2);
        first.shrink(3_000);
        assert_eq!(free(), 7);
        first.shrink(1 << 20);
        assert_eq!(free(), 7, "never more than it has");
        let copy = first.clone();
        drop(first);
        assert_eq!(free(), 7);
        drop(copy);
        let all = hall.take(1 << 20).await;
        assert_eq!(free(), 0, "all there is");
        drop(all);
        assert_eq!(free(), 10);
    }

    #[tokio::test]
    async fn a_long_body_holds_up_no_usual_one() {
        let hall = Hall::new(3 << 20);
        let _long = hall.take(2 << 20).await;
        assert_eq!(hall.long.free.available_permits(), 0);
        assert!(hall.take(USUAL_BYTES).await.is_taken());
    }
}
