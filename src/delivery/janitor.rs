//! Tidying that nobody waits for: ended sessions, idempotency keys older than a day, history that is older than
//! it is kept.

use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, idempotency, retention, sessions};

/// Transactions of retention in one round: the next round goes on, and meanwhile others write.
const PRUNES_MAX: usize = 100;

/// Removes what has run out by `now`. `retention_us`: how long history is kept.
///
/// # Errors
/// Those of the store; what was removed before stays removed.
pub(super) async fn tidy(store: &Store, retention_us: i64, now: Timestamp) -> Result<(), StoreError> {
    store
        .write(move |db| {
            sessions::prune(db, now)?;
            idempotency::prune(db, now).map(drop)
        })
        .await?;
    let oldest = now.plus_micros(-retention_us);
    for _ in 0..PRUNES_MAX {
        if store.write(move |db| retention::prune(db, oldest)).await? == 0 {
            break;
        }
    }
    Ok(())
}
