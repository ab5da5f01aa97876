//! Telling work to stop.

use std::sync::Arc;

use tokio::sync::watch;

/// A token that many hold and any may pull. Cloning gives the same token.
#[derive(Clone, Debug)]
pub struct Cancel {
    state: Arc<watch::Sender<bool>>,
}

impl Default for Cancel {
    fn default() -> Self {
        Self {
            state: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl Cancel {
    /// Returns a token not yet pulled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pulls it, for good.
    pub fn cancel(&self) {
        self.state.send_replace(true);
    }

    /// Says whether it was pulled.
    pub fn is_cancelled(&self) -> bool {
        *self.state.borrow()
    }

    /// Waits until it is pulled.
    pub(super) async fn cancelled(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as `self`, so this ends only when the token is pulled.
        let _ = state.wait_for(|pulled| *pulled).await;
    }
}
