//! The loop around the engine's steps.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Engine, REQUESTS_MAX, Running};
use crate::store::{StoreError, queue};

/// Longest time between two looks at the queue: what a missed poke costs, and how soon the work of other
/// processes is seen.
const POLL: Duration = Duration::from_millis(500);
/// How long the loop leaves a database alone that has just refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
/// Time beyond one request's that a stopping engine waits for its last results.
const STOP_MARGIN: Duration = Duration::from_secs(2);
/// Between two rounds of tidying.
const TIDY: Duration = Duration::from_secs(60);

/// A switch that stops the engine: send `true`.
pub fn stopping() -> (watch::Sender<bool>, watch::Receiver<bool>) {
    watch::channel(false)
}

impl Engine {
    /// Runs until `stop` says so, then waits for what is on the wire.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let _running = Running::begin(&self.inner.running);
        let mut senders = JoinSet::new();
        let mut tidy = tokio::time::interval(TIDY);
        while !*stop.borrow() {
            while senders.try_join_next().is_some() {}
            let room = REQUESTS_MAX - senders.len();
            let claimed = if room == 0 { Ok(Vec::new()) } else { self.claim(room).await };
            let idle = match claimed {
                Ok(claimed) if claimed.is_empty() => self.until_next_due().await,
                Ok(claimed) => {
                    for one in claimed {
                        let engine = self.clone();
                        senders.spawn(async move { engine.deliver(one).await });
                    }
                    continue;
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot claim deliveries now");
                    AFTER_REFUSAL
                }
            };
            tokio::select! {
                () = self.inner.wake.poked() => {}
                () = tokio::time::sleep(idle) => {}
                Some(_) = senders.join_next() => {}
                _ = tidy.tick() => {
                    if let Err(error) = self.tidy().await {
                        tracing::warn!(error = &error as &dyn std::error::Error, "cannot tidy up now");
                    }
                }
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        let last = self.inner.client.timeout() + STOP_MARGIN;
        let drained = tokio::time::timeout(last, async { while senders.join_next().await.is_some() {} });
        if drained.await.is_err() {
            tracing::warn!("stopped with requests on the wire; their leases run out and they are made again");
        }
    }

    async fn until_next_due(&self) -> Duration {
        let saturated = self.saturated();
        let next = self.inner.store.read(move |db| queue::next_due(db, &saturated)).await;
        match next {
            Ok(Some(at)) => {
                let wait_us = at.since(self.inner.clock.now()).max(1_000);
                Duration::from_micros(u64::try_from(wait_us).unwrap_or_default()).min(POLL)
            }
            Ok(None) | Err(StoreError::NotFound | StoreError::Conflict) => POLL,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot look at the queue now");
                AFTER_REFUSAL
            }
        }
    }
}
