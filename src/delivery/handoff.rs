//! From a committed transaction to the senders, without a detour through the table.
//!
//! A delivery whose place is promised is written as leased already ("born leased") and handed over when its
//! transaction is durable. Without a promise it is written as waiting, and the dispatcher claims it.

use std::sync::Arc;

use super::Inner;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::store::queue::{Claimed, Lease};

/// What one transaction hands over. Dropped without [`Handoff::deliver`], because it was rolled back, it gives the
/// promised places back.
pub struct Handoff {
    inner: Arc<Inner>,
    /// The lease of everything that is handed over.
    lease: Lease,
    promised: Vec<WebhookId>,
    jobs: Vec<Claimed>,
}

impl Handoff {
    pub(super) fn new(inner: Arc<Inner>, now: Timestamp) -> Self {
        let lease = inner.new_lease(now);
        Self { inner, lease, promised: Vec::new(), jobs: Vec::new() }
    }

    /// A lease for a delivery to `webhook` that is about to be written, if there is a place for it.
    pub(super) fn promise(&mut self, webhook: WebhookId, now: Timestamp) -> Option<Lease> {
        let promised = self.inner.lanes().promise(webhook, now);
        promised.then(|| {
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
        self.take_promises_back();
        self.inner.enqueue(jobs);
    }

    fn take_promises_back(&mut self) {
        let mut lanes = self.inner.lanes();
        for webhook in self.promised.drain(..) {
            lanes.break_promise(webhook);
        }
    }
}

impl Drop for Handoff {
    fn drop(&mut self) {
        if !self.promised.is_empty() {
            self.take_promises_back();
        }
    }
}
