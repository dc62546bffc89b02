//! The wall clock was set back: what waits until a time of the old clock must not wait for the new one to get there.
//!
//! A clock that is set forwards needs nothing: what waits becomes due, within the limits of the lanes, and leases that
//! this process holds are kept whatever the clock says.

use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use crate::domain::time::{SECOND_US, Timestamp};
use crate::store::{StoreError, events, queue};

/// Smaller differences are corrections that every machine's clock gets.
const TOLERATED_US: i64 = 60 * SECOND_US;

/// Both clocks, as they were when they were last compared.
pub(super) struct Anchor {
    wall: Timestamp,
    monotonic: Instant,
}

impl Anchor {
    pub(super) fn new(wall: Timestamp, monotonic: Instant) -> Self {
        Self { wall, monotonic }
    }

    /// By how much the wall clock was set back since the last comparison, microseconds; 0 for what is tolerated.
    pub(super) fn set_back_us(&mut self, wall: Timestamp, monotonic: Instant) -> i64 {
        let passed: Duration = monotonic.saturating_duration_since(self.monotonic);
        let passed_us = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        let back_us = passed_us.saturating_sub(wall.since(self.wall));
        *self = Self { wall, monotonic };
        if back_us > TOLERATED_US { back_us } else { 0 }
    }
}

impl Engine {
    /// By how much the clock is behind what the database has seen, microseconds: it was set back while nobody served.
    pub(super) async fn behind_history_us(&self) -> Result<i64, StoreError> {
        let newest = self.inner.store.read(events::newest_received_at).await?;
        let behind_us = newest.map_or(0, |newest| newest.since(self.inner.clock.now()));
        Ok(if behind_us > TOLERATED_US { behind_us } else { 0 })
    }

    /// Makes everything that waits due earlier by `back_us`.
    pub(super) async fn follow_clock_back(&self, back_us: i64) -> Result<(), StoreError> {
        let inner = &self.inner;
        tracing::warn!(seconds = back_us / SECOND_US, "the clock was set back; what waits is due earlier");
        inner.lanes().forgive_all(inner.clock.now());
        for (webhook, _) in inner.store.read(queue::first_due).await? {
            let mut after = inner.clock.now();
            while let Some(last) =
                inner.store.write(move |db| queue::bring_forward(db, webhook, after, back_us)).await?
            {
                after = last;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_was_set_back_far_counts() {
        let (wall, monotonic) = (Timestamp::from_seconds(1_000_000), Instant::now());
        let later = monotonic + Duration::from_secs(10);
        let back = |seconds: i64| {
            Anchor::new(wall, monotonic).set_back_us(wall.plus_micros((10 + seconds) * SECOND_US), later)
        };
        assert_eq!(back(0), 0);
        assert_eq!(back(86_400), 0);
        assert_eq!(back(-60), 0);
        assert_eq!(back(-86_400), 86_400 * SECOND_US);
    }

    #[test]
    fn each_step_counts_once() {
        let (wall, monotonic) = (Timestamp::from_seconds(1_000_000), Instant::now());
        let mut anchor = Anchor::new(wall, monotonic);
        let back = wall.plus_micros(-3_600 * SECOND_US);
        assert_eq!(anchor.set_back_us(back, monotonic), 3_600 * SECOND_US);
        assert_eq!(anchor.set_back_us(back, monotonic), 0);
    }
}
