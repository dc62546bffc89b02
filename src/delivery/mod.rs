//! The delivery engine: makes every queued delivery, again and again, until it succeeds or its schedule ends.
//!
//! The table is the queue, and memory is only a short cut through it. Whoever accepts an event writes the event and a
//! delivery for each candidate webhook in one transaction ([`planner`]). Where memory has room the delivery is born
//! leased to this process and handed over when it is durable ([`handoff`]); otherwise it waits in the table, and the
//! dispatcher leases it when its turn comes (`dispatcher`). What is leased stands in a lane of its webhook (`lanes`),
//! from which the senders take in turns (`sending`, `sender`); results are written many at a time with the counters
//! that follow from them (`recorder`).
//!
//! What may happen at any moment: the process dies. The next one takes the leases back, notes an interrupted attempt
//! for each and makes the deliveries again: nothing accepted is lost, and a receiver may see a request twice, under the
//! same delivery id. What never happens: two requests of one delivery id at the same time (whoever holds a lease keeps
//! it until its result is recorded, and gives it back unsent when the rest of it is shorter than a request), a counter
//! without its attempt, a request for a webhook after the answer that it was switched off (but for those on the wire).
//!
//! Every loop is a step and a few lines around it; tests call the steps and move the clock, and a simulator runs the
//! loops themselves in virtual time.

mod clock_jump;
mod dispatcher;
mod due;
pub mod handoff;
mod housekeeping;
mod janitor;
mod lanes;
mod mask;
pub mod planner;
mod preview;
mod receiver;
mod recorder;
mod rehearsal;
mod release;
mod replay;
mod sender;
mod sending;
mod steering;
mod tallying;
mod transport;
mod wake;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

pub use dispatcher::stopping;
pub use lanes::{Limits, Load};
pub use preview::Preview;
pub use transport::Transport;
pub use wake::Wake;

use crate::domain::auto_disable::AutoDisable;
use crate::domain::clock::SharedClock;
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::random::SharedRandom;
use crate::domain::retry::Schedule;
use crate::domain::time::{SECOND_US, Timestamp};
use crate::store::queue::{self, Claimed, Lease};
use crate::store::{Notes, OnCommit, Store, StoreError};
use handoff::{Granting, Handoff};
use lanes::{Lanes, Mark};
use receiver::Receivers;
use recorder::{Results, Rules};

/// Requests under way at most, all webhooks together.
pub const REQUESTS_MAX: usize = 256;
/// Requests under way at most for one webhook, so that a slow receiver cannot occupy all of them.
pub const REQUESTS_PER_WEBHOOK_MAX: usize = 32;
/// Requests under way at most to one host and port, however many webhooks go there.
pub const REQUESTS_PER_HOST_MAX: usize = 64;
/// Deliveries in memory at most; more wait in the table.
pub const IN_MEMORY_MAX: usize = 20_000;
/// … of one webhook.
const IN_MEMORY_PER_WEBHOOK_MAX: usize = 5_000;
/// Loops that send.
pub const SEND_LOOPS: usize = 2;
/// How much longer a lease is than the longest request: time to wait for a turn …
const TURN_US: i64 = 30 * SECOND_US;
/// … and to record the result.
const RECORD_US: i64 = 5 * SECOND_US;

/// What an engine needs to know.
pub struct EngineConfig {
    /// The waits before the attempts.
    pub schedule: Schedule,
    /// How long history is kept, microseconds.
    pub retention_us: i64,
    /// When a webhook whose every attempt fails is switched off.
    pub auto_disable: AutoDisable,
    /// How much is done at the same time.
    pub limits: Limits,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    store: Store,
    clock: SharedClock,
    random: SharedRandom,
    transport: Arc<dyn Transport>,
    rules: Rules,
    retention_us: i64,
    /// Pokes the dispatcher.
    wake: Wake,
    /// Poke the senders.
    bells: [Wake; SEND_LOOPS],
    next_bell: AtomicUsize,
    /// Deliveries that were put into lanes since the bells were rung: once for each commit.
    unheard: AtomicUsize,
    lanes: Mutex<Lanes>,
    receivers: Mutex<Receivers>,
    results: Results,
    running: AtomicBool,
    /// The replay that had its turn last.
    replayed: AtomicI64,
}

impl Engine {
    /// An engine that does nothing until it is stepped or run.
    pub fn new(
        store: &Store,
        clock: SharedClock,
        random: SharedRandom,
        transport: Arc<dyn Transport>,
        config: EngineConfig,
    ) -> Self {
        let inner = Arc::new(Inner {
            store: store.clone(),
            clock,
            random,
            transport,
            rules: Rules { schedule: config.schedule, auto_disable: config.auto_disable },
            retention_us: config.retention_us,
            wake: Wake::default(),
            bells: Default::default(),
            next_bell: AtomicUsize::new(0),
            unheard: AtomicUsize::new(0),
            lanes: Mutex::new(Lanes::new(config.limits)),
            receivers: Mutex::default(),
            results: Results::default(),
            running: AtomicBool::new(false),
            replayed: AtomicI64::new(0),
        });
        store.on_commit(Box::new(Listener(Arc::downgrade(&inner))));
        Self { inner }
    }

    /// Pokes the dispatcher.
    pub fn wake(&self) -> &Wake {
        &self.inner.wake
    }

    /// Whether [`Engine::run`] is at work in this process. Asked by `/readyz`.
    pub fn is_running(&self) -> bool {
        self.inner.running.load(Ordering::Relaxed)
    }

    /// What is in memory now. All of it is 0 when nothing waits and nothing is on the wire.
    pub fn load(&self) -> Load {
        self.inner.lanes().load()
    }

    /// The waits before each attempt.
    pub fn schedule(&self) -> &Schedule {
        &self.inner.rules.schedule
    }

    /// When a webhook whose every attempt fails is switched off.
    pub fn auto_disable(&self) -> AutoDisable {
        self.inner.rules.auto_disable
    }

    /// The deadline of one attempt, microseconds.
    pub fn timeout_us(&self) -> i64 {
        self.inner.timeout_us()
    }

    /// What a transaction that is about to plan events hands over to the senders.
    pub fn handoff(&self, now: Timestamp) -> Handoff {
        Handoff::new(Arc::clone(&self.inner), now)
    }

    /// Makes one queued delivery now, due or not, and returns when it is recorded. Does nothing when it is
    /// held already or has ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn deliver_now(&self, delivery: DeliveryId) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        let (lease, inner) = (self.inner.new_lease(now), Arc::clone(&self.inner));
        let granting = Granting::begin(&inner, lease);
        let claimed = self
            .inner
            .store
            .write_then(
                move |db| queue::claim_one(db, delivery, lease, now),
                move |claimed| {
                    claimed.and_then(|claimed| {
                        // Dropped when it is held.
                        let granting = granting;
                        inner.take_apart(claimed, granting.mark)
                    })
                },
            )
            .await?;
        if let Some(apart) = claimed {
            self.make_apart(apart).await;
        }
        Ok(())
    }
}

impl Inner {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timeout_us(&self) -> i64 {
        i64::try_from(self.transport.timeout().as_micros()).unwrap_or(i64::MAX)
    }

    /// A lease that begins at `now`, under a name that nobody guesses and nobody had before.
    fn new_lease(&self, now: Timestamp) -> Lease {
        let mut token = [0; 8];
        self.random.fill(&mut token);
        let length_us = self.timeout_us().saturating_add(TURN_US + RECORD_US);
        Lease { until: now.plus_micros(length_us), token: i64::from_le_bytes(token) }
    }

    /// The wait before the first retry, microseconds.
    fn first_wait_us(&self) -> i64 {
        self.rules.schedule.wait_before_us(2).unwrap_or(0)
    }

    /// Hears of everything that this process commits, on the thread that commits.
    fn committed(self: &Arc<Self>, notes: &Notes) {
        let now = self.clock.now();
        let mut lanes = self.lanes();
        for (webhook, at) in &notes.waiting {
            lanes.note_due(*webhook, *at);
        }
        drop(lanes);
        if notes.waiting.iter().any(|(_, at)| *at <= now) {
            self.wake.poke();
        }
        for (kind, id) in &notes.changed {
            if *kind == "webhook"
                && let Some(id) = id
            {
                self.webhook_changed(WebhookId(*id));
            }
        }
    }

    /// A webhook is not what it was: what waits for it in memory goes back to the table, from where it comes as the
    /// webhook is now, or not at all.
    fn webhook_changed(self: &Arc<Self>, webhook: WebhookId) {
        let stale = self.lanes().change(webhook, self.clock.now());
        self.give_back(stale);
        self.wake.poke();
    }

    /// Puts leased deliveries into their lanes. The senders hear of it when everybody has been answered who shared the
    /// commit: waking them costs more than the rest of this.
    fn enqueue(self: &Arc<Self>, jobs: Vec<Claimed>, mark: Mark) {
        let (now, count) = (self.clock.now(), jobs.len());
        let mut lanes = self.lanes();
        let refused: Vec<Claimed> = jobs.into_iter().filter_map(|job| lanes.push(job, mark, now)).collect();
        drop(lanes);
        self.give_back(refused);
        self.unheard.fetch_add(count, Ordering::Relaxed);
    }

    /// Tells the senders that there is work: all of them when there is much.
    fn ring(&self) {
        let jobs = self.unheard.swap(0, Ordering::Relaxed);
        if jobs == 0 {
            return;
        }
        let first = self.next_bell.fetch_add(1, Ordering::Relaxed);
        for bell in 0..jobs.min(SEND_LOOPS) {
            self.bells[(first + bell) % SEND_LOOPS].poke();
        }
    }

    /// Returns deliveries to the table whose requests were not begun. A lease that cannot be given back runs out. Until
    /// then they are held: an engine that stops waits for them.
    fn give_back(self: &Arc<Self>, jobs: Vec<Claimed>) {
        if jobs.is_empty() {
            return;
        }
        let mut lanes = self.lanes();
        for job in &jobs {
            lanes.hold(job);
        }
        drop(lanes);
        let leases: Vec<(DeliveryId, Lease)> = jobs.iter().map(|job| (job.delivery, job.lease)).collect();
        let (inner, now) = (Arc::clone(self), self.clock.now());
        self.store.write_soon(
            move |db| queue::release(db, &jobs, now),
            move |done| {
                let mut lanes = inner.lanes();
                for (id, lease) in &leases {
                    lanes.let_go(*id, *lease);
                }
                drop(lanes);
                match done {
                    Ok(()) => inner.wake.poke(),
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(
                            error,
                            deliveries = leases.len(),
                            "cannot return deliveries to the queue now"
                        );
                    }
                }
            },
        );
    }
}

/// Hears of commits for the engine. Not a strong reference: the store would keep the engine, and the engine keeps the
/// store.
struct Listener(Weak<Inner>);

impl OnCommit for Listener {
    fn committed(&self, notes: &Notes) {
        if let Some(inner) = self.0.upgrade() {
            inner.committed(notes);
        }
    }

    fn answered(&self) {
        if let Some(inner) = self.0.upgrade() {
            inner.ring();
        }
    }
}
