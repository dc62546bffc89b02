//! Work that nobody waits for, beside the dispatcher and never in its way.

use std::time::Duration;

use tokio::sync::watch;

use super::{Engine, janitor};
use crate::store::StoreError;

/// Between two rounds of tidying. Trials do not wait for a minute.
const TIDY: Duration = Duration::from_secs(if cfg!(feature = "failpoints") { 1 } else { 60 });

impl Engine {
    /// Tidies, and goes on with what people began, until `stop` says so.
    pub async fn keep_house(&self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            biased;
            // An error means that nobody can say so any more.
            _ = stop.wait_for(|stop| *stop) => {}
            // What is cut short goes on after the next start.
            () = self.tidy_for_ever() => {}
            () = self.steer_for_ever() => {}
        }
    }

    async fn tidy_for_ever(&self) {
        loop {
            tokio::time::sleep(TIDY).await;
            if let Err(error) = self.tidy().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot tidy up now");
            }
        }
    }

    /// Counts what statistics are read from, and removes what has run out: sessions, idempotency keys, history older
    /// than it is kept, events held for too long.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        // Before anything is removed that has not been counted.
        self.count().await?;
        janitor::tidy(&self.inner.store, self.inner.retention_us, self.inner.clock.now()).await
    }
}
