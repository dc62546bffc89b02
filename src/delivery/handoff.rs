//! From a committed transaction to the senders, without a detour through the table.
//!
//! A delivery whose place is promised is written as leased already ("born leased") and handed over when its
//! transaction is durable. Without a promise it is written as waiting, and the dispatcher claims it.

use std::sync::Arc;

use super::Inner;
use super::lanes::Mark;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::store::queue::{Claimed, Lease};

/// What one transaction hands over. Dropped without [`Handoff::deliver`], because it was rolled back, it gives the
/// promised places back.
pub struct Handoff {
    inner: Arc<Inner>,
    /// The lease of everything that is handed over.
    lease: Lease,
    /// Taken before the transaction reads a webhook.
    mark: Mark,
    promised: Vec<WebhookId>,
    jobs: Vec<Claimed>,
}

impl Handoff {
    pub(super) fn new(inner: Arc<Inner>, now: Timestamp) -> Self {
        let lease = inner.new_lease(now);
        let mark = inner.lanes().mark();
        Self { inner, lease, mark, promised: Vec::new(), jobs: Vec::new() }
    }

    /// A lease for a delivery to `webhook` that is about to be written, if there is a place for it.
    pub(super) fn promise(&mut self, webhook: WebhookId, now: Timestamp) -> Option<Lease> {
        let mut lanes = self.inner.lanes();
        lanes.promise(webhook, now).then(|| {
            if self.promised.is_empty() {
                lanes.grant(self.lease.token);
            }
            self.promised.push(webhook);
            self.lease
        })
    }

    /// A delivery for which a place was promised.
    pub(super) fn add(&mut self, job: Claimed) {
        self.jobs.push(job);
    }

    /// Hands everything over. Called when the transaction is durable.
    pub fn deliver(mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        if jobs.is_empty() {
            return;
        }
        self.inner.enqueue(jobs, self.mark);
        self.take_promises_back();
    }

    fn take_promises_back(&mut self) {
        let mut lanes = self.inner.lanes();
        for webhook in self.promised.drain(..) {
            lanes.break_promise(webhook);
        }
        lanes.granted(self.lease.token);
    }
}

/// A lease that a transaction under way gives out to what it finds. It is ours before anybody holds its deliveries;
/// without this, a take-back in the same commit would think that its holder is dead.
pub(super) struct Granting {
    inner: Arc<Inner>,
    token: i64,
    /// Taken before the transaction reads a webhook.
    pub(super) mark: Mark,
}

impl Granting {
    pub(super) fn begin(inner: &Arc<Inner>, lease: Lease) -> Self {
        let mut lanes = inner.lanes();
        lanes.grant(lease.token);
        Self { inner: Arc::clone(inner), token: lease.token, mark: lanes.mark() }
    }
}

impl Drop for Granting {
    fn drop(&mut self) {
        self.inner.lanes().granted(self.token);
    }
}

impl Drop for Handoff {
    fn drop(&mut self) {
        if !self.promised.is_empty() {
            self.take_promises_back();
        }
    }
}
