//! The loops that send: each takes from the lanes whatever may begin, and keeps its requests under way.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::{oneshot, watch};

use super::lanes::Mark;
use super::recorder::{self, Ended};
use super::sender::{self, Sent};
use super::transport::Transport;
use super::{Engine, Inner, RECORD_US, SEND_LOOPS};
use crate::domain::breaker::Signal;
use crate::store::queue::Claimed;

/// How often connections are closed that have idled for too long: sending does so in passing, and this is for when
/// nothing is sent.
const SWEEP: Duration = Duration::from_secs(1);

impl Engine {
    /// Runs send loop `number` until `stop` says so, then finishes what is on the wire.
    pub async fn send(&self, number: usize, mut stop: watch::Receiver<bool>) {
        let inner = &self.inner;
        let transport = inner.transport.sibling();
        let bell = &inner.bells[number % SEND_LOOPS];
        let mut under_way = FuturesUnordered::new();
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            while !*stop.borrow()
                && let Some(job) = inner.next_job()
            {
                under_way.push(inner.make(&*transport, job));
            }
            tokio::select! {
                biased;
                Some(()) = under_way.next(), if !under_way.is_empty() => {}
                () = bell.poked() => {}
                _ = sweep.tick() => transport.sweep(),
                changed = stop.changed() => {
                    if changed.is_err() || *stop.borrow() {
                        break;
                    }
                }
            }
        }
        while under_way.next().await.is_some() {}
    }

    /// Makes a leased delivery for somebody who waits until it is recorded.
    pub(super) async fn make_apart(&self, mut apart: Apart) {
        let inner = &self.inner;
        let Some(job) = &apart.job else { return };
        let Some(sent) = inner.request(&*inner.transport, job).await else { return };
        let Some(job) = apart.job.take() else { return };
        let (tell, told) = oneshot::channel();
        inner.ended(job, sent, Some(tell));
        inner.store.write_soon_is_now();
        // An error would mean that it cannot be recorded now: it will be.
        drop(told.await);
    }
}

/// A leased delivery that goes past the lanes, because somebody waits for it. Whoever waits may go away in the middle
/// of the request: then nobody holds the lease any more, and it runs out.
pub(super) struct Apart {
    inner: Arc<Inner>,
    job: Option<Claimed>,
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(job) = &self.job {
            self.inner.lanes().let_go(job.delivery, job.lease);
        }
    }
}

impl Inner {
    /// Holds a delivery for somebody who waits. `None`, and it goes back to the table, when its webhook is not what it
    /// was at `mark`.
    pub(super) fn take_apart(self: &Arc<Self>, job: Claimed, mark: Mark) -> Option<Apart> {
        let mut lanes = self.lanes();
        if lanes.has_changed_since(mark, job.webhook.id) {
            drop(lanes);
            self.give_back(vec![job]);
            return None;
        }
        lanes.hold(&job);
        drop(lanes);
        Some(Apart { inner: Arc::clone(self), job: Some(job) })
    }

    /// The next delivery to send; those whose lease would not last go back to the table.
    pub(super) fn next_job(self: &Arc<Self>) -> Option<Claimed> {
        let now = self.clock.now();
        let needed_until = now.plus_micros(self.timeout_us().saturating_add(RECORD_US));
        let mut stale = Vec::new();
        let mut lanes = self.lanes();
        let job = loop {
            match lanes.pop() {
                Some(job) if job.lease.until < needed_until => {
                    stale.extend(lanes.done(&job, Signal::Nothing, now, 0));
                    stale.push(job);
                }
                other => break other,
            }
        };
        drop(lanes);
        self.give_back(stale);
        job
    }

    /// Makes one request and hands its result over.
    pub(super) async fn make(self: &Arc<Self>, transport: &dyn Transport, job: Claimed) {
        let sent = self.request(transport, &job).await;
        let now = self.clock.now();
        let signal = sent.as_ref().map_or(Signal::Nothing, Sent::signal);
        let mut lanes = self.lanes();
        let given_up = lanes.done(&job, signal, now, self.first_wait_us());
        let is_hungry = lanes.is_hungry(job.webhook.id, now);
        if sent.is_none() {
            lanes.let_go(job.delivery, job.lease);
        }
        drop(lanes);
        if let Some(sent) = sent {
            self.ended(job, sent, None);
        }
        self.give_back(given_up);
        if is_hungry {
            self.wake.poke();
        }
    }

    /// The request alone. `None` after a panic, which is a bug and has been logged: the lease runs out, and the
    /// request is made again.
    async fn request(&self, transport: &dyn Transport, job: &Claimed) -> Option<Sent> {
        let receiver = {
            let mut receivers = self.receivers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            receivers.get(&job.webhook, transport)
        };
        let sending = sender::send(transport, &receiver, job, self.store.public_ids(), self.clock.now());
        let sent = AssertUnwindSafe(sending).catch_unwind().await;
        if sent.is_err() {
            tracing::error!(delivery.id = job.delivery.0, "sending panicked");
        }
        sent.ok()
    }

    fn ended(self: &Arc<Self>, claimed: Claimed, sent: Sent, tell: Option<oneshot::Sender<()>>) {
        let jitter = self.random.unit();
        recorder::record(self, Ended { claimed, sent, jitter, tell });
    }
}
