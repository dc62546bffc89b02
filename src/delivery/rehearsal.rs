//! The engine's steps without a network and at any time: how `demo` writes a past that is told apart from a real
//! one by nothing. Requests are built, signed and masked, results are recorded, retried and counted by the very
//! code that runs; only the receiver's part is played.
//!
//! For a store that no engine runs on: the claims of a rehearsal are not counted as under way.

use super::{Engine, REQUESTS_MAX, recorder, sender};
use crate::domain::time::Timestamp;
use crate::outbound::Played;
use crate::store::queue::{self, Claimed, Fate};
use crate::store::{Db, StoreError};

impl Engine {
    /// Claims what is due at `now`, as the dispatcher would.
    ///
    /// # Errors
    /// Those of the store.
    pub fn rehearse_claim(&self, db: &mut Db<'_>, now: Timestamp) -> Result<Vec<Claimed>, StoreError> {
        queue::claim(db, &self.claim_request(REQUESTS_MAX, now), now)
    }

    /// Records what `played` means for a delivery that was claimed at `begun`, as of `now`. `None` when the claim
    /// is no longer valid.
    ///
    /// # Errors
    /// Those of the store.
    pub fn rehearse_result(
        &self,
        db: &mut Db<'_>,
        claimed: &Claimed,
        played: Played,
        begun: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Fate>, StoreError> {
        let sent = sender::rehearse(&self.inner.client, claimed, played, begun);
        let jitter = self.inner.random.unit();
        let schedule = &self.inner.schedule;
        recorder::write(db, claimed, &sent.finished, sent.retry_after, schedule, jitter, now)
    }
}
