//! What people began and the engine carries out bit by bit: the release of what a paused webhook holds, and replays.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::{Engine, release, replay};
use crate::domain::ids::ReplayId;
use crate::domain::webhook::pause::Bounds;
use crate::store::StoreError;

/// Between two looks whether there is anything to carry out.
const LOOK: Duration = Duration::from_millis(250);
/// After each step, others have the writer to themselves for as long as that one took, and a moment more.
const BREATH: Duration = Duration::from_millis(2);
/// How long a database is left alone that has just refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

impl Engine {
    pub(super) async fn steer_for_ever(&self) {
        loop {
            let began = Instant::now();
            let pause = match self.steer().await {
                Ok(true) => began.elapsed() + BREATH,
                Ok(false) => LOOK,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot go on with what people began");
                    AFTER_REFUSAL
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Goes on with what people began, one transaction of each kind, and says whether there may be more to do at once.
    /// Of the replays, each takes one step before any takes a second one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn steer(&self) -> Result<bool, StoreError> {
        let (store, now) = (&self.inner.store, self.inner.clock.now());
        let has_released = release::step(store, now).await?;
        let after = ReplayId(self.inner.replayed.load(Ordering::Relaxed));
        let replayed = replay::step(store, after, now).await?;
        self.inner.replayed.store(replayed.map_or(0, |id| id.0), Ordering::Relaxed);
        Ok(has_released || replayed.is_some())
    }

    /// Keeps what paused webhooks hold within `bounds`. [`Engine::tidy`] does it with [`Bounds::DEFAULT`].
    ///
    /// # Errors
    /// Those of the store.
    pub async fn trim_holds(&self, bounds: Bounds) -> Result<(), StoreError> {
        release::trim(&self.inner.store, bounds, self.inner.clock.now()).await
    }
}
