//! Work that nobody waits for, beside the dispatcher and never in its way.

use std::time::Duration;

use tokio::sync::watch;

use super::{Engine, janitor};
use crate::store::StoreError;

/// Between two rounds of tidying. Trials do not wait for a minute.
const TIDY: Duration = Duration::from_secs(if cfg!(feature = "failpoints") { 1 } else { 60 });

impl Engine {
    /// Tidies until `stop` says so.
    pub async fn keep_house(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                // A round that is cut short goes on after the next start.
                () = self.round_of_tidying() => {}
            }
        }
    }

    async fn round_of_tidying(&self) {
        tokio::time::sleep(TIDY).await;
        if let Err(error) = self.tidy().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot tidy up now");
        }
    }

    /// Removes what has run out: sessions, idempotency keys, history older than it is kept.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        janitor::tidy(&self.inner.store, self.inner.retention_us, self.inner.clock.now()).await
    }
}
