//! Results become history: attempt, next state, counters, and what follows for the webhook. Many in one transaction,
//! which shares the commit of the next accepted event or makes its own a few milliseconds later.
//!
//! A result stays here until it is recorded, and so long its delivery counts as ours: a database that is away for an
//! hour means that nothing is sent twice, only that everything is recorded late. A process that dies with results
//! sends those deliveries again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::Inner;
use super::sender::Sent;
use crate::domain::access::Actor;
use crate::domain::attempt::{FailureClass, Outcome};
use crate::domain::audit::{Changes, Entry};
use crate::domain::auto_disable::AutoDisable;
use crate::domain::delivery::Trigger;
use crate::domain::retry::{self, Next, Schedule};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{DisabledReason, Webhook};
use crate::failpoint::fail_point;
use crate::store::queue::{self, Claimed};
use crate::store::results::{Batch, Fate};
use crate::store::{Db, StoreError, attempts, audit, webhooks};

/// Results in one transaction at most.
const BATCH_MAX: usize = 1_000;

/// One attempt that has ended.
pub(super) struct Ended {
    pub(super) claimed: Claimed,
    pub(super) sent: Sent,
    /// Chance, for the wait until the next attempt.
    pub(super) jitter: f64,
    /// Told when it is recorded.
    pub(super) tell: Option<oneshot::Sender<()>>,
}

/// Results that wait to be recorded.
#[derive(Default)]
pub(super) struct Results {
    state: Mutex<Waiting>,
}

struct Waiting {
    ended: Vec<Ended>,
    /// A transaction is on its way.
    is_recording: bool,
    /// Results in the next transaction: less after one that failed, until the one that cannot be recorded is alone.
    batch: usize,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { ended: Vec::new(), is_recording: false, batch: BATCH_MAX }
    }
}

impl Results {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everything is recorded.
    pub(super) fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.ended.is_empty() && !waiting.is_recording
    }
}

/// How results are judged.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) schedule: Schedule,
    /// When a webhook whose every attempt fails is switched off.
    pub(super) auto_disable: AutoDisable,
}

/// Takes a result; it is recorded soon.
pub(super) fn record(inner: &Arc<Inner>, ended: Ended) {
    fail_point!("send.before_record");
    let mut waiting = inner.results.lock();
    waiting.ended.push(ended);
    let is_full = waiting.ended.len() >= BATCH_MAX;
    drop(waiting);
    record_more(inner);
    if is_full {
        inner.store.write_soon_is_now();
    }
}

/// Begins a transaction, unless one is on its way or there is nothing to record.
pub(super) fn record_more(inner: &Arc<Inner>) {
    let mut waiting = inner.results.lock();
    if waiting.is_recording || waiting.ended.is_empty() {
        return;
    }
    waiting.is_recording = true;
    drop(waiting);
    let taken: Arc<Mutex<Vec<Ended>>> = Arc::default();
    let (theirs, writer, done) = (Arc::clone(&taken), Arc::clone(inner), Arc::clone(inner));
    inner.store.write_soon(
        move |db| {
            // Taken when the transaction begins, so that everything that ended while it waited comes along.
            let mut taken = theirs.lock().unwrap_or_else(PoisonError::into_inner);
            let mut waiting = writer.results.lock();
            let count = waiting.ended.len().min(waiting.batch);
            taken.extend(waiting.ended.drain(..count));
            drop(waiting);
            write(db, &taken, &writer.rules, writer.clock.now())
        },
        move |recorded| {
            let taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
            recorded_or_kept(&done, taken, recorded);
        },
    );
}

fn recorded_or_kept(inner: &Arc<Inner>, taken: Vec<Ended>, recorded: Result<(), StoreError>) {
    let mut waiting = inner.results.lock();
    waiting.is_recording = false;
    match recorded {
        Ok(()) => {
            fail_point!("record.after");
            waiting.batch = (waiting.batch * 2).min(BATCH_MAX);
            drop(waiting);
            let_go(inner, taken);
            record_more(inner);
        }
        Err(error) => {
            let passes = matches!(error, StoreError::Unavailable(_));
            let error = &error as &dyn std::error::Error;
            if !passes && taken.len() == 1 {
                drop(waiting);
                tracing::error!(error, "a result cannot be recorded; its request will be made again");
                let_go(inner, taken);
                return record_more(inner);
            }
            tracing::warn!(error, results = taken.len(), "cannot record results now");
            if !passes {
                waiting.batch = (taken.len() / 2).max(1);
            }
            let later = std::mem::replace(&mut waiting.ended, taken);
            waiting.ended.extend(later);
            // The dispatcher's next look tries again.
        }
    }
}

fn let_go(inner: &Inner, recorded: Vec<Ended>) {
    let mut lanes = inner.lanes();
    for one in &recorded {
        lanes.let_go(one.claimed.delivery, one.claimed.lease);
    }
    drop(lanes);
    for one in recorded {
        if let Some(tell) = one.tell {
            // Whoever waited may have gone away.
            let _ = tell.send(());
        }
    }
}

fn write(db: &mut Db<'_>, ended: &[Ended], rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
    let ids: BTreeSet<_> = ended.iter().map(|one| one.claimed.webhook.id).collect();
    let mut batch = Batch::begin(db, &ids)?;
    let mut switched_off: Vec<(&Webhook, DisabledReason)> = Vec::new();
    for one in ended {
        let (fate, reason) = judge(db, &mut batch, one, rules, now)?;
        if fate.is_none() {
            let delivery = one.claimed.delivery.0;
            tracing::warn!(delivery.id = delivery, "a result came after its lease had been taken over");
        }
        switched_off.extend(reason.map(|reason| (&*one.claimed.webhook, reason)));
    }
    fail_point!("record.mid");
    batch.finish(db)?;
    for (webhook, reason) in switched_off {
        switch_off(db, webhook, reason, now)?;
    }
    Ok(())
}

/// Writes one result with everything that follows from it and says what becomes of the delivery; `None`, and
/// nothing is written, when the lease is no longer ours.
pub(super) fn write_one(
    db: &mut Db<'_>,
    ended: &Ended,
    rules: &Rules,
    now: Timestamp,
) -> Result<Option<Fate>, StoreError> {
    let mut batch = Batch::begin(db, &BTreeSet::from([ended.claimed.webhook.id]))?;
    let (fate, reason) = judge(db, &mut batch, ended, rules, now)?;
    batch.finish(db)?;
    if let Some(reason) = reason {
        switch_off(db, &ended.claimed.webhook, reason, now)?;
    }
    Ok(fate)
}

fn judge(
    db: &mut Db<'_>,
    batch: &mut Batch,
    ended: &Ended,
    rules: &Rules,
    now: Timestamp,
) -> Result<(Option<Fate>, Option<DisabledReason>), StoreError> {
    let claimed = &ended.claimed;
    let next = next(db, ended, &rules.schedule, now)?;
    let fate = match next {
        None => Fate::Delivered,
        // Disabled or deleted while the request was on the wire: whatever came back is kept, and nothing more is sent.
        Some(Next::At(at)) if webhooks::is_live(db, claimed.webhook.id)? => Fate::Retry(at),
        Some(Next::At(_)) => Fate::Cancelled,
        Some(Next::GiveUp | Next::GoneDisable) => Fate::Failed,
    };
    if !batch.record(db, claimed, &ended.sent.finished, fate, now)? {
        return Ok((None, None));
    }
    let reason = match next {
        _ if claimed.trigger == Trigger::Test => None,
        Some(Next::GoneDisable) => Some(DisabledReason::Gone),
        Some(_) if rules.auto_disable.is_due(batch.failing_since(claimed.webhook.id), now) => {
            Some(DisabledReason::FailedTooLong)
        }
        Some(_) | None => None,
    };
    Ok((Some(fate), reason))
}

/// What follows a result: `None` after a success.
fn next(
    db: &mut Db<'_>,
    ended: &Ended,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Option<Next>, StoreError> {
    let class = match ended.sent.finished.outcome {
        Outcome::Success => return Ok(None),
        Outcome::Failure(class) => class,
        Outcome::Interrupted => FailureClass::Internal,
    };
    // A test is one request: its sender is waiting for the answer.
    if ended.claimed.trigger == Trigger::Test {
        return Ok(Some(Next::GiveUp));
    }
    let made = match ended.claimed.number {
        1 => 1,
        _ => attempts::failures_of(db, ended.claimed.delivery)?.saturating_add(1),
    };
    Ok(Some(retry::after_failure(schedule, made, class, ended.sent.retry_after, now, ended.jitter)))
}

/// Belfry's own decision to stop sending: the receiver said 410, or has failed for too long.
fn switch_off(
    db: &mut Db<'_>,
    webhook: &Webhook,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !webhooks::disable(db, webhook.id, reason, now)? {
        return Ok(());
    }
    let cancelled = queue::cancel_waiting(db, webhook.id, now)?;
    tracing::info!(webhook.id = webhook.id.0, reason = reason.name(), cancelled, "switched a webhook off");
    audit::insert(
        db,
        &Entry {
            company_id: Some(webhook.company_id),
            at: now,
            actor: Actor::System("delivery engine"),
            action: "webhook.auto_disable",
            object_kind: "webhook",
            object_id: Some(webhook.id.0),
            object_name: webhook.settings.name.clone(),
            changes: Changes::default().field("disabledBecause", serde_json::Value::Null, reason.name()),
        },
    )
}
