//! Brings what is due in the table into memory, and looks for changes that others made.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::clock_jump::Anchor;
use super::handoff::Granting;
use super::{Engine, Inner, SEND_LOOPS, recorder};
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::failpoint::fail_point;
use crate::store::StoreError;
use crate::store::queue::{self, ClaimRequest, Lost};

/// How soon what other processes did is seen, and what a missed poke costs.
const POLL: Duration = Duration::from_millis(500);
/// How long the loop leaves a database alone that has just refused.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
/// Time beyond one request's that a stopping engine waits for its last results.
const STOP_MARGIN: Duration = Duration::from_secs(2);
/// Between two looks whether the last results are recorded.
const STOP_POLL: Duration = Duration::from_millis(5);
/// Deliveries in one claim at most.
const CLAIM_MAX: usize = 1_000;

/// A switch that stops the engine: send `true`.
pub fn stopping() -> (watch::Sender<bool>, watch::Receiver<bool>) {
    watch::channel(false)
}

impl Engine {
    /// Runs everything on one runtime until `stop` says so, then waits for what is on the wire.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let sending = futures_util::future::join_all((0..SEND_LOOPS).map(|n| self.send(n, stop.clone())));
        tokio::join!(self.dispatch(stop.clone()), self.keep_house(stop.clone()), sending);
    }

    /// Runs the dispatcher until `stop` says so; returns when every result is recorded, or cannot be.
    pub async fn dispatch(&self, mut stop: watch::Receiver<bool>) {
        let inner = &self.inner;
        let _running = Running::begin(inner);
        while !*stop.borrow() {
            match self.begin().await {
                Ok(()) => break,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot read the queue yet");
                }
            }
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = tokio::time::sleep(AFTER_REFUSAL) => {}
            }
        }
        let mut next_poll = Instant::now();
        let (mut anchor, mut back_us) = (Anchor::new(inner.clock.now(), Instant::now()), 0);
        while !*stop.borrow() {
            let now = Instant::now();
            let is_poll = now >= next_poll;
            if is_poll {
                next_poll = now + POLL;
            }
            back_us += anchor.set_back_us(inner.clock.now(), now);
            let idle = match self.round(is_poll, back_us).await {
                Ok(again) => {
                    back_us = 0;
                    inner.until(again).min(next_poll.saturating_duration_since(Instant::now()))
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot look at the queue now");
                    AFTER_REFUSAL
                }
            };
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                () = inner.wake.poked() => {}
                () = tokio::time::sleep(idle) => {}
            }
        }
        self.end().await;
    }

    async fn round(&self, is_poll: bool, back_us: i64) -> Result<Option<Timestamp>, StoreError> {
        if back_us > 0 {
            self.follow_clock_back(back_us).await?;
        }
        if is_poll {
            self.poll().await?;
        }
        self.look().await
    }

    /// Takes over from the process before: its leases are taken back, and memory learns when the table has something.
    ///
    /// # Errors
    /// Those of the store. Nothing is lost by asking again.
    pub async fn begin(&self) -> Result<(), StoreError> {
        let inner = &self.inner;
        // Where only one process serves, whoever held a lease is dead. Its last requests may still be at work at their
        // receivers, so those deliveries wait as if they had failed. Elsewhere only a lease that has run out tells.
        let now = inner.clock.now();
        let (lost, wait_us) =
            if inner.store.serves_alone() { (Lost::All, inner.first_wait_us()) } else { (Lost::RunOut, 0) };
        self.take_back(lost, now.plus_micros(wait_us)).await?;
        let behind_us = self.behind_history_us().await?;
        if behind_us > 0 {
            self.follow_clock_back(behind_us).await?;
        }
        let due = inner.store.read(queue::first_due).await?;
        let mut lanes = inner.lanes();
        for (webhook, at) in due {
            lanes.note_due(webhook, at);
        }
        drop(lanes);
        self.open();
        Ok(())
    }

    /// Takes deliveries into memory from now on.
    pub fn open(&self) {
        self.inner.lanes().is_open = true;
    }

    /// Takes nothing into memory any more: what is accepted from now on waits in the table.
    pub fn close(&self) {
        self.inner.lanes().is_open = false;
    }

    /// Looks for what this process cannot know by itself: changes by others, leases that ran out, results that could
    /// not be recorded.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn poll(&self) -> Result<(), StoreError> {
        let inner = &self.inner;
        recorder::record_more(inner);
        if let Some(objects) = inner.store.look_abroad().await? {
            for id in objects.into_iter().filter(|(kind, _)| kind == "webhook").filter_map(|(_, id)| id) {
                inner.webhook_changed(WebhookId(id));
            }
        } else {
            let stale = inner.lanes().change_all();
            inner.give_back(stale);
        }
        let now = inner.clock.now();
        if inner.store.read(move |db| queue::has_lost_leases(db, now)).await? {
            self.take_back(Lost::RunOut, now).await?;
        }
        if !inner.store.serves_alone() {
            for (webhook, at) in inner.store.read(queue::first_due).await? {
                inner.lanes().note_due(webhook, at);
            }
        }
        inner.transport.sweep();
        Ok(())
    }

    async fn take_back(&self, lost: Lost, due_at: Timestamp) -> Result<(), StoreError> {
        loop {
            let (inner, now) = (Arc::clone(&self.inner), self.inner.clock.now());
            let keeps = move |delivery, token| inner.lanes().keeps(delivery, token);
            let write = move |db: &mut crate::store::Db<'_>| queue::take_back(db, lost, &keeps, due_at, now);
            if self.inner.store.write(write).await? == 0 {
                return Ok(());
            }
        }
    }

    /// Claims what is due as long as there is room; says when something will be.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn look(&self) -> Result<Option<Timestamp>, StoreError> {
        loop {
            let now = self.inner.clock.now();
            let (webhooks, again) = self.inner.lanes().claimable(now, CLAIM_MAX);
            if webhooks.is_empty() {
                return Ok(again);
            }
            let request = ClaimRequest { webhooks, lease: self.inner.new_lease(now) };
            let inner = Arc::clone(&self.inner);
            let granting = Granting::begin(&inner, request.lease);
            self.inner
                .store
                .write_then(
                    move |db| queue::claim(db, &request, now),
                    move |claims| {
                        fail_point!("claim.after");
                        let mut lanes = inner.lanes();
                        claims.next.iter().for_each(|(webhook, at)| lanes.set_due(*webhook, *at));
                        drop(lanes);
                        inner.enqueue(claims.claimed, granting.mark);
                        drop(granting);
                    },
                )
                .await?;
        }
    }

    /// Returns what has not begun to the table and waits for the rest to be recorded.
    async fn end(&self) {
        let inner = &self.inner;
        self.close();
        let unsent = inner.lanes().empty_all();
        inner.give_back(unsent);
        inner.store.write_soon_is_now();
        let last = inner.transport.timeout() + STOP_MARGIN;
        let recorded = tokio::time::timeout(last, async {
            while !inner.is_at_rest() {
                recorder::record_more(inner);
                inner.store.write_soon_is_now();
                tokio::time::sleep(STOP_POLL).await;
            }
        });
        if recorded.await.is_err() {
            tracing::warn!("stopped with requests on the wire or unrecorded; they are made again");
        }
    }

    /// Claims what is due and makes it; returns how many requests that were. For tests and for whoever wants
    /// to own the afternoon: the running engine does the same without waiting for the slowest.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn step(&self) -> Result<usize, StoreError> {
        let inner = &self.inner;
        self.poll().await?;
        let mut jobs = Vec::new();
        // What was leased too long ago goes back to the table first, and comes again.
        for _ in 0..2 {
            self.look().await?;
            jobs.extend(std::iter::from_fn(|| inner.next_job()));
            if !jobs.is_empty() {
                break;
            }
            self.inner.store.flush().await?;
        }
        let count = jobs.len();
        let transport = &*inner.transport;
        futures_util::future::join_all(jobs.into_iter().map(|job| inner.make(transport, job))).await;
        while !inner.results.is_empty() {
            self.inner.store.flush().await?;
            tokio::task::yield_now().await;
        }
        Ok(count)
    }
}

impl Inner {
    /// How long until `at`, POLL at most.
    fn until(&self, at: Option<Timestamp>) -> Duration {
        at.map_or(POLL, |at| {
            let wait_us = at.since(self.clock.now()).max(1_000);
            Duration::from_micros(u64::try_from(wait_us).unwrap_or_default()).min(POLL)
        })
    }

    /// Nothing on the wire and nothing unrecorded.
    fn is_at_rest(&self) -> bool {
        self.results.is_empty() && self.lanes().holds_nothing()
    }
}

/// Says that the engine runs, until it is dropped: also when the loop panics.
struct Running<'a>(&'a Inner);

impl<'a> Running<'a> {
    fn begin(inner: &'a Inner) -> Self {
        inner.running.store(true, std::sync::atomic::Ordering::Relaxed);
        Self(inner)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.store(false, std::sync::atomic::Ordering::Relaxed);
    }
}
