//! What paused webhooks hold: decided in steps once somebody has resumed, switched off or deleted them, and kept within
//! its bounds until then. What was begun stands in the database, so another process, or the next one, goes on.

use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::pause::Bounds;
use crate::store::holds::{self, Beyond};
use crate::store::{Store, StoreError};

/// Transactions for one webhook in one round: the next round goes on, and meanwhile others write.
const TRIMS_MAX: usize = 100;

/// Decides a thousand deliveries at most, in one transaction, and says whether there may be more.
///
/// # Errors
/// Those of the store.
pub(super) async fn step(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    let Some(begun) = store.read(holds::next).await? else { return Ok(false) };
    store.write(move |db| holds::step(db, &begun, now)).await?;
    Ok(true)
}

/// Drops what webhooks hold beyond `bounds`, the oldest first.
///
/// # Errors
/// Those of the store; what was dropped before stays dropped.
pub(super) async fn trim(store: &Store, bounds: Bounds, now: Timestamp) -> Result<(), StoreError> {
    let mut after = WebhookId(0);
    while let Some(webhook) = store.read(move |db| holds::next_holding(db, after)).await? {
        for _ in 0..TRIMS_MAX {
            let found = store.read(move |db| holds::beyond(db, webhook, bounds, now)).await?;
            if found == Beyond::Nothing {
                break;
            }
            let is_stray = matches!(found, Beyond::Stray(_));
            store.write(move |db| holds::trim(db, webhook, &found, now)).await?;
            if is_stray {
                break;
            }
        }
        after = webhook;
    }
    Ok(())
}
