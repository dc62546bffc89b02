//! One result becomes history: attempt, next state, counters, and what follows for the webhook.

use std::time::Duration;

use super::Inner;
use super::sender::Sent;
use crate::domain::access::Actor;
use crate::domain::attempt::{FailureClass, Outcome};
use crate::domain::audit::{Changes, Entry};
use crate::domain::delivery::Trigger;
use crate::domain::ids::DeliveryId;
use crate::domain::retry::{self, Next, Schedule};
use crate::domain::time::{DAY_US, Timestamp};
use crate::domain::webhook::DisabledReason;
use crate::store::attempts::Finished;
use crate::store::queue::{self, Claimed, Fate};
use crate::store::{Db, StoreError, attempts, audit, webhooks};

/// Tries to record one result. A result that stays unrecorded only means that the request is made again
/// when its lease has run out.
const TRIES: u32 = 5;
/// Between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(500);
/// A webhook whose every attempt failed for this long is switched off.
const FAILING_MAX_US: i64 = 5 * DAY_US;

/// Records what `sent` found out about `claimed`.
pub(super) async fn record(inner: &Inner, claimed: Claimed, sent: Sent) {
    let jitter = inner.random.unit();
    let delivery = claimed.delivery;
    for attempt in 1..=TRIES {
        let (claimed, finished, retry_after) = (claimed.clone(), sent.finished.clone(), sent.retry_after);
        let (schedule, now) = (inner.schedule.clone(), inner.clock.now());
        let done = inner
            .store
            .write(move |db| {
                let fate = write(db, &claimed, &finished, retry_after, &schedule, jitter, now)?;
                Ok::<_, StoreError>(fate.is_some())
            })
            .await;
        match done {
            Ok(true) => return,
            Ok(false) => {
                tracing::warn!(delivery.id = delivery.0, "a result came after its lease had been taken over");
                return;
            }
            Err(error) => {
                warn(&error, delivery, attempt);
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
        }
    }
    tracing::error!(delivery.id = delivery.0, "gave up recording a result; the request will be made again");
}

/// Apart, so that the error is not held across the pause.
fn warn(error: &StoreError, delivery: DeliveryId, attempt: u32) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, delivery.id = delivery.0, attempt, "cannot record a result now");
}

/// Writes one result with everything that follows from it and says what becomes of the delivery; `None`, and
/// nothing is written, when the claim is no longer ours.
pub(super) fn write(
    db: &mut Db<'_>,
    claimed: &Claimed,
    finished: &Finished,
    retry_after: Option<retry::RetryAfter>,
    schedule: &Schedule,
    jitter: f64,
    now: Timestamp,
) -> Result<Option<Fate>, StoreError> {
    let next = next(db, claimed, finished.outcome, retry_after, schedule, now, jitter)?;
    let fate = match next {
        None => Fate::Delivered,
        Some(Next::At(at)) => Fate::Retry(at),
        Some(Next::GiveUp | Next::GoneDisable) => Fate::Failed,
    };
    if !queue::finish(db, claimed, finished, fate, now)? {
        return Ok(None);
    }
    if claimed.trigger != Trigger::Test {
        switch_off(db, claimed, next, now)?;
    }
    Ok(Some(fate))
}

/// What follows a result: `None` after a success.
fn next(
    db: &mut Db<'_>,
    claimed: &Claimed,
    outcome: Outcome,
    retry_after: Option<retry::RetryAfter>,
    schedule: &Schedule,
    now: Timestamp,
    jitter: f64,
) -> Result<Option<Next>, StoreError> {
    let class = match outcome {
        Outcome::Success => return Ok(None),
        Outcome::Failure(class) => class,
        Outcome::Interrupted => FailureClass::Internal,
    };
    // A test is one request: its sender is waiting for the answer.
    if claimed.trigger == Trigger::Test {
        return Ok(Some(Next::GiveUp));
    }
    let made = attempts::failures_of(db, claimed.delivery)?.saturating_add(1);
    Ok(Some(retry::after_failure(schedule, made, class, retry_after, now, jitter)))
}

/// Belfry's own decision to stop sending: the receiver said 410, or has failed for too long.
fn switch_off(
    db: &mut Db<'_>,
    claimed: &Claimed,
    next: Option<Next>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let webhook = claimed.webhook.id;
    let failing_for = queue::failing_since(db, webhook)?.map_or(0, |since| now.since(since));
    let reason = match next {
        Some(Next::GoneDisable) => DisabledReason::Gone,
        Some(_) if failing_for >= FAILING_MAX_US => DisabledReason::FailedTooLong,
        _ => return Ok(()),
    };
    if !webhooks::disable(db, webhook, reason, now)? {
        return Ok(());
    }
    let cancelled = queue::cancel_waiting(db, webhook, now)?;
    tracing::info!(webhook.id = webhook.0, reason = reason.name(), cancelled, "switched a webhook off");
    audit::insert(
        db,
        &Entry {
            company_id: Some(claimed.webhook.company_id),
            at: now,
            actor: Actor::System("delivery engine"),
            action: "webhook.auto_disable",
            object_kind: "webhook",
            object_id: Some(webhook.0),
            object_name: claimed.webhook.settings.name.clone(),
            changes: Changes::default().field("disabledBecause", serde_json::Value::Null, reason.name()),
        },
    )
}
