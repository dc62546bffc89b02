//! Tidying that nobody waits for: ended sessions, idempotency keys older than a day, history that is older than
//! it is kept, events that paused webhooks hold beyond their bounds.

use std::time::Duration;

use tokio::time::Instant;

use super::release;
use crate::domain::time::Timestamp;
use crate::domain::webhook::pause::Bounds;
use crate::store::{Store, StoreError, idempotency, retention, roll_ups, sessions, tallies};

/// After each transaction of retention, others have the writer to themselves for as long as that one took, and a
/// moment more.
const BREATH: Duration = Duration::from_millis(2);

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
    release::trim(store, Bounds::DEFAULT, now).await?;
    store.write(move |db| tallies::prune(db, now.hour() - tallies::KEEP_HOURS)).await?;
    store.write(move |db| roll_ups::prune(db, now.hour())).await?;
    let oldest = now.plus_micros(-retention_us);
    loop {
        let began = Instant::now();
        if store.write(move |db| retention::prune(db, oldest)).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(began.elapsed() + BREATH).await;
    }
}
