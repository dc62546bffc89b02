//! Many deliveries sent again, slowly: running replays take turns, one step of a bounded size each. Where each stands is
//! in the database, so another process, or the next one, goes on.

use crate::domain::ids::ReplayId;
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, replays};

/// Takes a step of the running replay that follows `after`, and says which one that was; `None` when every one has had
/// its turn.
///
/// # Errors
/// Those of the store.
pub(super) async fn step(
    store: &Store,
    after: ReplayId,
    now: Timestamp,
) -> Result<Option<ReplayId>, StoreError> {
    let Some(replay) = store.read(move |db| replays::next_running(db, after)).await? else {
        return Ok(None);
    };
    let id = replay.id;
    let allowed = replay.rate.allowance(replay.stepped_at, now);
    // Nothing to write while nothing may be made, unless the clock was set back.
    if allowed.count > 0 || allowed.used(0) != replay.stepped_at {
        let (at, replay) =
            store.read(move |db| Ok::<_, StoreError>((replays::ahead(db, &replay)?, replay))).await?;
        store.write(move |db| replays::step(db, &replay, at, now)).await?;
    }
    Ok(Some(id))
}
