//! A poke says "look again". It carries no data, and a missed one costs one poll interval.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes one loop. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There may be something to do.
    pub fn poke(&self) {
        self.0.notify_one();
    }

    /// Waits for a poke; one that came before counts.
    pub(super) async fn poked(&self) {
        self.0.notified().await;
    }
}
