//! A poke says "look at the queue". It carries no data, and a missed one costs one poll interval.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the dispatcher. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Something may be due.
    pub fn dispatcher(&self) {
        self.0.notify_one();
    }

    /// Waits for a poke; one that came before counts.
    pub(super) async fn poked(&self) {
        self.0.notified().await;
    }
}
