//! The delivery engine: makes every queued delivery, again and again, until it succeeds or its schedule ends.
//!
//! The table is the queue. Whoever accepts an event writes the event, a delivery for each candidate webhook
//! and a queue row for each that is to be made in one transaction ([`planner`]), and pokes the engine
//! ([`wake`]). The dispatcher leases what is due and begins an attempt in one transaction (`dispatcher`);
//! the sender makes one HTTP request of it (`sender`); the recorder writes the result, the next state and
//! the counters in one transaction (`recorder`).
//!
//! What may happen at any moment: the process dies. Then the lease runs out, the attempt that was begun is
//! marked interrupted, and the delivery is made again: nothing accepted is lost, and a receiver may see a
//! request twice, under the same delivery id. What never happens: two requests of one delivery id at the same
//! time (a lease outlives the longest request), a request without an attempt row, a counter without its
//! attempt.
//!
//! Every loop is a step and five lines around it; tests call the steps and move the clock.

mod dispatcher;
mod janitor;
mod mask;
pub mod planner;
mod recorder;
mod rehearsal;
mod sender;
mod wake;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use dispatcher::stopping;
pub use wake::Wake;

use crate::domain::clock::SharedClock;
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::random::SharedRandom;
use crate::domain::retry::Schedule;
use crate::domain::time::{SECOND_US, Timestamp};
use crate::outbound::Client;
use crate::store::queue::{self, ClaimRequest, Claimed};
use crate::store::{Store, StoreError};

/// Requests under way at most, all webhooks together.
pub const REQUESTS_MAX: usize = 256;
/// Requests under way at most for one webhook, so that a slow receiver cannot occupy all of them.
pub const REQUESTS_PER_WEBHOOK_MAX: usize = 32;
/// How much longer a lease is than the longest request: time to record the result.
const LEASE_MARGIN_US: i64 = 5 * SECOND_US;

/// Says that the engine runs, until it is dropped: also when the loop panics.
struct Running<'a>(&'a AtomicBool);

impl<'a> Running<'a> {
    fn begin(flag: &'a AtomicBool) -> Self {
        flag.store(true, Ordering::Relaxed);
        Self(flag)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: SharedClock,
    random: SharedRandom,
    client: Client,
    schedule: Schedule,
    retention_us: i64,
    wake: Wake,
    in_flight: Mutex<HashMap<WebhookId, usize>>,
    running: AtomicBool,
}

impl Engine {
    /// An engine that does nothing until it is stepped or run.
    pub fn new(
        store: Store,
        clock: SharedClock,
        random: SharedRandom,
        client: Client,
        schedule: Schedule,
        retention_us: i64,
    ) -> Self {
        let (wake, in_flight) = (Wake::default(), Mutex::default());
        Self {
            inner: Arc::new(Inner {
                store,
                clock,
                random,
                client,
                schedule,
                retention_us,
                wake,
                in_flight,
                running: AtomicBool::new(false),
            }),
        }
    }

    /// Pokes the dispatcher.
    pub fn wake(&self) -> &Wake {
        &self.inner.wake
    }

    /// Whether [`Engine::run`] is at work in this process. Asked by `/readyz`.
    pub fn is_running(&self) -> bool {
        self.inner.running.load(Ordering::Relaxed)
    }

    /// The waits before each attempt.
    pub fn schedule(&self) -> &Schedule {
        &self.inner.schedule
    }

    /// The deadline of one attempt, microseconds.
    pub fn timeout_us(&self) -> i64 {
        i64::try_from(self.inner.client.timeout().as_micros()).unwrap_or(i64::MAX)
    }

    /// Claims what is due and makes it; returns how many requests that were. For tests and for whoever wants
    /// to own the afternoon: the running engine does the same without waiting for the slowest.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn step(&self) -> Result<usize, StoreError> {
        let claimed = self.claim(REQUESTS_MAX).await?;
        let count = claimed.len();
        futures_util::future::join_all(claimed.into_iter().map(|one| self.deliver(one))).await;
        Ok(count)
    }

    /// Makes one queued delivery now, due or not, and returns when it is recorded. Does nothing when it is
    /// on the wire already or has ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn deliver_now(&self, delivery: DeliveryId) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        let request = self.claim_request(1, now);
        let claimed = self.inner.store.write(move |db| queue::claim_one(db, delivery, &request, now)).await?;
        if let Some(claimed) = claimed {
            self.enter(claimed.webhook.id);
            self.deliver(claimed).await;
        }
        Ok(())
    }

    /// Removes what has run out: sessions, idempotency keys, history older than it is kept.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        janitor::tidy(&self.inner.store, self.inner.retention_us, self.inner.clock.now()).await
    }

    /// Leases up to `limit` deliveries that are due and begins an attempt for each.
    async fn claim(&self, limit: usize) -> Result<Vec<Claimed>, StoreError> {
        let now = self.inner.clock.now();
        let request = self.claim_request(limit, now);
        let claimed = self.inner.store.write(move |db| queue::claim(db, &request, now)).await?;
        for one in &claimed {
            self.enter(one.webhook.id);
        }
        Ok(claimed)
    }

    /// Sends a claimed delivery and records what came of it.
    async fn deliver(&self, claimed: Claimed) {
        let _place = UnderWay { engine: self, webhook: claimed.webhook.id };
        let sent = sender::send(&self.inner.client, &claimed, self.inner.clock.now()).await;
        recorder::record(&self.inner, claimed, sent).await;
    }

    fn claim_request(&self, limit: usize, now: Timestamp) -> ClaimRequest {
        let mut token = [0; 8];
        self.inner.random.fill(&mut token);
        ClaimRequest {
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
            in_flight: self.in_flight(),
            per_webhook_max: REQUESTS_PER_WEBHOOK_MAX,
            lease_until: now.plus_micros(self.timeout_us().saturating_add(LEASE_MARGIN_US)),
            token: i64::from_le_bytes(token),
        }
    }

    fn in_flight(&self) -> HashMap<WebhookId, usize> {
        self.inner.in_flight.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn saturated(&self) -> Vec<WebhookId> {
        let in_flight = self.in_flight();
        in_flight.into_iter().filter(|(_, n)| *n >= REQUESTS_PER_WEBHOOK_MAX).map(|(id, _)| id).collect()
    }

    fn enter(&self, webhook: WebhookId) {
        let mut in_flight = self.inner.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        *in_flight.entry(webhook).or_default() += 1;
    }
}

/// One of a webhook's places among the requests under way; given back however the request ends, a panic included.
struct UnderWay<'e> {
    engine: &'e Engine,
    webhook: WebhookId,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut in_flight = self.engine.inner.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = in_flight.get_mut(&self.webhook) {
            *count -= 1;
            if *count == 0 {
                in_flight.remove(&self.webhook);
            }
        }
    }
}
