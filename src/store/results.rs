//! Results of attempts, many in one transaction: each becomes an attempt and its delivery's next state; the counters
//! and hours of each webhook are written once for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use diesel::prelude::*;

use super::attempts::{self, Finished};
use super::deliveries::trouble;
use super::dialect::{self, on_each};
use super::queue::Claimed;
use super::statements::EndLease;
use super::stats::{self, WebhookStats};
use super::{Db, StoreError};
use crate::domain::attempt::{self, Outcome};
use crate::domain::certificate::Seen;
use crate::domain::delivery::State;
use crate::domain::ids::WebhookId;
use crate::domain::stats::Hour;
use crate::domain::time::Timestamp;
use crate::failpoint::fail_point;

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Done.
    Delivered,
    /// Tried again at this time.
    Retry(Timestamp),
    /// Nobody wants it any more.
    Cancelled,
    /// Given up.
    Failed,
}

/// One transaction's results.
pub struct Batch {
    stats: BTreeMap<WebhookId, WebhookStats>,
    /// Those whose row is written at the end: a test changes no counter, but it sees the receiver's certificate.
    changed: BTreeSet<WebhookId>,
    hours: BTreeMap<(WebhookId, i64), Hour>,
}

impl Batch {
    /// Begins a batch about these webhooks. Others who count for them wait for the end of the transaction.
    pub fn begin(db: &mut Db<'_>, webhooks: &BTreeSet<WebhookId>) -> Result<Self, StoreError> {
        let mut read = BTreeMap::new();
        for webhook in webhooks {
            dialect::lock_webhook(db, *webhook)?;
            read.insert(*webhook, stats::of_webhook(db, *webhook)?);
        }
        Ok(Self { stats: read, changed: BTreeSet::new(), hours: BTreeMap::new() })
    }

    /// Records one result, recorded at `now`. Says `false`, and changes nothing, when the lease is no longer ours.
    pub fn record(
        &mut self,
        db: &mut Db<'_>,
        claimed: &Claimed,
        done: &Finished,
        fate: Fate,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (state, due_at) = match fate {
            Fate::Delivered => (State::Delivered, None),
            Fate::Retry(at) => (State::Retrying, Some(at)),
            Fate::Cancelled => (State::Cancelled, None),
            Fate::Failed => (State::Failed, None),
        };
        let webhook = claimed.webhook.id;
        let end = EndLease {
            delivery: claimed.delivery.0,
            token: claimed.lease.token,
            state: state.code(),
            trouble: trouble(state),
            outcome: done.outcome.code(),
            status: done.status.map(i32::from),
            duration_us: done.timing.total_us,
            due_at: due_at.map(Timestamp::micros),
            finished_at: due_at.is_none().then_some(now.micros()),
            of: PhantomData,
        };
        let held = on_each!(db, |conn| end.execute(conn)?);
        if held == 0 {
            return Ok(false);
        }
        if let Some(at) = due_at {
            db.notes.waiting.push((webhook, at));
        }
        let counts = claimed.trigger.counts() && attempt::counts(&done.outcome);
        let stats = self.stats.entry(webhook).or_default();
        let counted = counts.then(|| stats.counters.total + 1);
        if let Some(until) = done.cert_until {
            let host = claimed.webhook.settings.endpoint.authority();
            stats.certificate = Some(Seen { host: host.to_owned(), until, at: now });
        }
        let id = attempts::insert(db, claimed, done, counted, now)?;
        fail_point!("attempt.after_insert");
        if counts {
            let succeeded = done.outcome == Outcome::Success;
            stats.counters = stats.counters.after(&done.outcome, now);
            stats.last_call = Some(id);
            if succeeded {
                stats.last_success = Some(id);
            } else {
                stats.last_failure = Some(id);
            }
            let hour = self.hours.entry((webhook, now.hour())).or_default();
            *hour = hour.plus(&Hour::of_attempt(succeeded, done.timing.total_us));
        }
        if counts || done.cert_until.is_some() {
            self.changed.insert(webhook);
        }
        Ok(true)
    }

    /// Since when every attempt of a webhook has failed, this batch included.
    pub fn failing_since(&self, webhook: WebhookId) -> Option<Timestamp> {
        self.stats.get(&webhook)?.counters.failing_since
    }

    /// Writes counters, certificates and hours.
    pub fn finish(self, db: &mut Db<'_>) -> Result<(), StoreError> {
        for (webhook, stats) in self.stats.iter().filter(|(webhook, _)| self.changed.contains(webhook)) {
            stats::put(db, *webhook, stats)?;
        }
        for ((webhook, hour), add) in &self.hours {
            stats::add_to_hour(db, *webhook, *hour, add)?;
        }
        Ok(())
    }
}
