//! Small tidying that nobody waits for: ended sessions, idempotency keys older than a day.

use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, idempotency, sessions};

/// Removes what has run out.
pub(super) async fn tidy(store: &Store, now: Timestamp) {
    let done = store
        .write(move |db| {
            sessions::prune(db, now)?;
            idempotency::prune(db, now)?;
            Ok::<_, StoreError>(())
        })
        .await;
    if let Err(error) = done {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot tidy up now");
    }
}
