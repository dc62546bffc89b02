//! What people steer and the engine carries out: resumed webhooks.

use super::{Engine, release};
use crate::domain::webhook::pause::Bounds;
use crate::store::StoreError;

/// Steps of one kind before others have their turn.
const STEPS_MAX: usize = 5;

impl Engine {
    /// Goes on with what people began, a few transactions of it, and says whether anything was done. The loop calls it
    /// every so often; tests call it instead.
    ///
    /// # Errors
    /// Those of the store; what was done before stays done.
    pub async fn steer(&self) -> Result<bool, StoreError> {
        let (store, now) = (&self.inner.store, self.inner.clock.now());
        let mut is_busy = false;
        for _ in 0..STEPS_MAX {
            if !release::step(store, now).await? {
                break;
            }
            is_busy = true;
        }
        Ok(is_busy)
    }

    /// Keeps what paused webhooks hold within `bounds`. [`Engine::tidy`] does it with [`Bounds::DEFAULT`].
    ///
    /// # Errors
    /// Those of the store.
    pub async fn trim_holds(&self, bounds: Bounds) -> Result<(), StoreError> {
        release::trim(&self.inner.store, bounds, self.inner.clock.now()).await
    }
}
