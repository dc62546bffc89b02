//! The engine's steps without a network and at any time: how `demo` writes a past that is told apart from a real
//! one by nothing. Requests are built, signed and masked, results are recorded, retried and counted by the very
//! code that runs; only the receiver's part is played.
//!
//! For a store that no engine runs on: the claims of a rehearsal are not counted as under way.

use super::recorder::{self, Ended};
use super::{Engine, REQUESTS_MAX, REQUESTS_PER_WEBHOOK_MAX, sender};
use crate::domain::time::Timestamp;
use crate::outbound::Played;
use crate::store::queue::{self, ClaimRequest, Claimed};
use crate::store::results::Fate;
use crate::store::{Db, StoreError};

impl Engine {
    /// Claims what is due at `now`, as the dispatcher would.
    ///
    /// # Errors
    /// Those of the store.
    pub fn rehearse_claim(&self, db: &mut Db<'_>, now: Timestamp) -> Result<Vec<Claimed>, StoreError> {
        let due = queue::first_due(db)?.into_iter().filter(|(_, at)| *at <= now).take(REQUESTS_MAX);
        let share = i64::try_from(REQUESTS_PER_WEBHOOK_MAX).unwrap_or(i64::MAX);
        let webhooks = due.map(|(webhook, _)| (webhook, share)).collect();
        let request = ClaimRequest { webhooks, lease: self.inner.new_lease(now) };
        Ok(queue::claim(db, &request, now)?.claimed)
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
        let receiver = {
            let mut known = self.inner.receivers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            known.get(&claimed.webhook, &*self.inner.transport)
        };
        let sent = sender::rehearse(&receiver, claimed, self.inner.store.public_ids(), played, begun);
        let jitter = self.inner.random.unit();
        let ended = Ended { claimed: claimed.clone(), sent, jitter, tell: None };
        recorder::write_one(db, &ended, &self.inner.rules, now)
    }
}
