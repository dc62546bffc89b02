//! The queue: the few deliveries that still have to be made.
//!
//! A row without a lease waits for `due_at`. A row with a lease that runs belongs to a process that may be
//! sending it now. When a lease has run out its process is dead or stuck: the attempt it began is marked
//! interrupted and the row may be claimed again. Results carry the lease's token; a result whose token is
//! no longer in the row comes too late and changes nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;

use super::attempts::{self, Finished};
use super::schema::{deliveries, queue, webhook_stats, webhooks};
use super::{Db, StoreError, dialect, events, stats};
use crate::domain::access::Scope;
use crate::domain::attempt;
use crate::domain::delivery::{State, Trigger};
use crate::domain::event::Event;
use crate::domain::ids::{AttemptId, DeliveryId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;

/// A claimed delivery with everything that sending it needs.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The delivery …
    pub delivery: DeliveryId,
    /// … as receivers see it.
    pub public_id: String,
    /// What started it.
    pub trigger: Trigger,
    /// The attempt that was begun for it.
    pub attempt: AttemptId,
    /// Its number, from 1.
    pub number: i32,
    /// Names this claim: goes back with the result.
    pub token: i64,
    /// What happened.
    pub event: Event,
    /// Where it goes.
    pub webhook: Webhook,
}

/// How a claim is limited.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Rows at most.
    pub limit: i64,
    /// Requests under way, by webhook.
    pub in_flight: HashMap<WebhookId, usize>,
    /// Requests that one webhook may have under way.
    pub per_webhook_max: usize,
    /// Until when the claimer has to be done.
    pub lease_until: Timestamp,
    /// Names the claim.
    pub token: i64,
}

/// Puts a delivery into the queue.
pub fn insert(
    db: &mut Db<'_>,
    delivery: DeliveryId,
    webhook: WebhookId,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(queue::table)
        .values((
            queue::delivery_id.eq(delivery.0),
            queue::webhook_id.eq(webhook.0),
            queue::due_at.eq(due_at.micros()),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Leases what is due and begins an attempt for each. Deliveries whose webhook is no longer live are
/// cancelled instead.
pub fn claim(db: &mut Db<'_>, request: &ClaimRequest, now: Timestamp) -> Result<Vec<Claimed>, StoreError> {
    let full = |count: usize| count >= request.per_webhook_max;
    let saturated: Vec<i64> =
        request.in_flight.iter().filter(|(_, count)| full(**count)).map(|(id, _)| id.0).collect();
    let mut due = dialect::due(db, now, &saturated, request.limit)?;
    // What goes beyond a webhook's share stays in the queue for the next claim.
    let mut in_flight = request.in_flight.clone();
    due.retain(|(_, webhook, _)| {
        let count = in_flight.entry(WebhookId(*webhook)).or_default();
        *count += 1;
        *count <= request.per_webhook_max
    });
    lease(db, due, request, now)
}

/// Leases one delivery whether it is due or not, unless somebody holds it: tests and "send now".
pub fn claim_one(
    db: &mut Db<'_>,
    delivery: DeliveryId,
    request: &ClaimRequest,
    now: Timestamp,
) -> Result<Option<Claimed>, StoreError> {
    let free = queue::lease_until.is_null().or(queue::lease_until.le(now.micros()));
    let row: Option<(i64, i64, Option<i64>)> = queue::table
        .filter(queue::delivery_id.eq(delivery.0).and(free))
        .select((queue::delivery_id, queue::webhook_id, queue::lease_until))
        .first(db.conn)
        .optional()?;
    Ok(lease(db, row.into_iter().collect(), request, now)?.pop())
}

fn lease(
    db: &mut Db<'_>,
    due: Vec<(i64, i64, Option<i64>)>,
    request: &ClaimRequest,
    now: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let ids: Vec<i64> = due.iter().map(|row| row.0).collect();
    let rows: Vec<(i64, i64, i32, i16)> = deliveries::table
        .filter(deliveries::id.eq_any(&ids))
        .select((deliveries::id, deliveries::event_id, deliveries::attempts, deliveries::trigger_kind))
        .load(db.conn)?;
    let facts: HashMap<i64, (i64, i32, i16)> =
        rows.into_iter().map(|row| (row.0, (row.1, row.2, row.3))).collect();
    let mut event_ids: Vec<i64> = facts.values().map(|facts| facts.0).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let events: HashMap<i64, Event> =
        events::load(db, &event_ids)?.into_iter().map(|event| (event.id.0, event)).collect();
    let mut webhooks_by_id: HashMap<i64, Option<Webhook>> = HashMap::new();
    let mut claimed = Vec::with_capacity(due.len());
    for (delivery, webhook_id, lease_before) in due {
        // The condition decides between two who saw the same free row: the second changes nothing and goes on.
        let free = queue::lease_until.is_null().or(queue::lease_until.le(now.micros()));
        let taken = diesel::update(queue::table.filter(queue::delivery_id.eq(delivery).and(free)))
            .set((queue::lease_until.eq(request.lease_until.micros()), queue::lease_token.eq(request.token)))
            .execute(db.conn)?;
        if taken == 0 {
            continue;
        }
        if lease_before.is_some() {
            attempts::interrupt(db, delivery, now)?;
        }
        if let Entry::Vacant(place) = webhooks_by_id.entry(webhook_id) {
            place.insert(match super::webhooks::get(db, &Scope::service(), WebhookId(webhook_id)) {
                Ok(webhook) => Some(webhook),
                Err(StoreError::NotFound) => None,
                Err(error) => return Err(error),
            });
        }
        let webhook = webhooks_by_id.get(&webhook_id).and_then(Option::as_ref);
        let (Some(webhook), Some(&(event_id, made, trigger))) = (webhook, facts.get(&delivery)) else {
            end(db, delivery, State::Cancelled, now)?;
            continue;
        };
        let trigger = Trigger::from_code(trigger).ok_or(StoreError::NotFound)?;
        // A test may be sent to a webhook that is switched off: that is what tests are for.
        let (Some(event), true) = (events.get(&event_id), webhook.is_live() || trigger == Trigger::Test)
        else {
            end(db, delivery, State::Cancelled, now)?;
            continue;
        };
        let number = made + 1;
        diesel::update(deliveries::table.find(delivery))
            .set((
                deliveries::state.eq(State::Sending.code()),
                deliveries::attempts.eq(number),
                deliveries::next_at.eq(None::<i64>),
            ))
            .execute(db.conn)?;
        let attempt = attempts::begin(db, delivery, webhook_id, number, webhook.version, now)?;
        claimed.push(Claimed {
            delivery: DeliveryId(delivery),
            public_id: db.public_ids.encode_delivery(DeliveryId(delivery)),
            trigger,
            attempt,
            number,
            token: request.token,
            event: event.clone(),
            webhook: webhook.clone(),
        });
    }
    Ok(claimed)
}

/// When the next row is due, or a running lease ends: how long the dispatcher may sleep.
pub fn next_due(db: &mut Db<'_>, saturated: &[WebhookId]) -> Result<Option<Timestamp>, StoreError> {
    let saturated: Vec<i64> = saturated.iter().map(|id| id.0).collect();
    let free: Option<i64> = queue::table
        .filter(queue::lease_until.is_null().and(queue::webhook_id.ne_all(&saturated)))
        .select(diesel::dsl::min(queue::due_at))
        .first(db.conn)?;
    let leased: Option<i64> = queue::table
        .filter(queue::lease_until.is_not_null())
        .select(diesel::dsl::min(queue::lease_until))
        .first(db.conn)?;
    Ok([free, leased].into_iter().flatten().min().map(Timestamp::from_micros))
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Done.
    Delivered,
    /// Tried again at this time.
    Retry(Timestamp),
    /// Given up.
    Failed,
}

/// Records a result: attempt, next state, counters and roll-up, all or nothing. Says `false`, and changes
/// nothing, when the claim is no longer ours.
pub fn finish(
    db: &mut Db<'_>,
    claimed: &Claimed,
    done: &Finished,
    fate: Fate,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let delivery = claimed.delivery.0;
    let ours = queue::delivery_id.eq(delivery).and(queue::lease_token.eq(claimed.token));
    // Disabled or deleted while the request was on the wire: whatever came back is kept, and nothing
    // more is sent.
    let is_live: bool = diesel::select(diesel::dsl::exists(
        webhooks::table.filter(
            webhooks::id
                .eq(claimed.webhook.id.0)
                .and(webhooks::deleted_at.is_null())
                .and(webhooks::is_active.eq(true))
                .and(webhooks::disabled_reason.is_null()),
        ),
    ))
    .get_result(db.conn)?;
    let (state, next_at) = match fate {
        Fate::Delivered => (State::Delivered, None),
        Fate::Retry(at) if is_live => (State::Retrying, Some(at)),
        Fate::Retry(_) => (State::Cancelled, None),
        Fate::Failed => (State::Failed, None),
    };
    let held = match next_at {
        Some(at) => diesel::update(queue::table.filter(ours))
            .set((
                queue::due_at.eq(at.micros()),
                queue::lease_until.eq(None::<i64>),
                queue::lease_token.eq(None::<i64>),
            ))
            .execute(db.conn)?,
        None => diesel::delete(queue::table.filter(ours)).execute(db.conn)?,
    };
    if held == 0 || !attempts::finish(db, claimed.attempt, done, now)? {
        return Ok(false);
    }
    diesel::update(deliveries::table.find(delivery))
        .set((
            deliveries::state.eq(state.code()),
            deliveries::last_outcome.eq(done.outcome.code()),
            deliveries::last_status.eq(done.status.map(i32::from)),
            deliveries::duration_us.eq(done.timing.total_us),
            deliveries::next_at.eq(next_at.map(Timestamp::micros)),
            deliveries::finished_at.eq(next_at.is_none().then_some(now.micros())),
        ))
        .execute(db.conn)?;
    if claimed.trigger.counts() && attempt::counts(&done.outcome) {
        stats::count(db, claimed.webhook.id, claimed.attempt, done.outcome, done.timing.total_us, now)?;
    }
    Ok(true)
}

/// Cancels everything that waits for a webhook; what is on the wire finishes. Returns how many.
pub fn cancel_waiting(db: &mut Db<'_>, webhook: WebhookId, now: Timestamp) -> Result<usize, StoreError> {
    let waiting = queue::webhook_id.eq(webhook.0).and(queue::lease_until.is_null());
    let ids = queue::table.filter(waiting).select(queue::delivery_id);
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
        .set((
            deliveries::state.eq(State::Cancelled.code()),
            deliveries::next_at.eq(None::<i64>),
            deliveries::finished_at.eq(now.micros()),
        ))
        .execute(db.conn)?;
    let waiting = queue::webhook_id.eq(webhook.0).and(queue::lease_until.is_null());
    Ok(diesel::delete(queue::table.filter(waiting)).execute(db.conn)?)
}

/// Stops one delivery that waits for its next attempt; says whether it did.
pub fn cancel(db: &mut Db<'_>, delivery: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
    let waiting = queue::delivery_id.eq(delivery.0).and(queue::lease_until.is_null());
    let removed = diesel::delete(queue::table.filter(waiting)).execute(db.conn)?;
    if removed > 0 {
        end(db, delivery.0, State::Cancelled, now)?;
    }
    Ok(removed > 0)
}

fn end(db: &mut Db<'_>, delivery: i64, state: State, now: Timestamp) -> Result<(), StoreError> {
    diesel::delete(queue::table.find(delivery)).execute(db.conn)?;
    diesel::update(deliveries::table.find(delivery))
        .set((
            deliveries::state.eq(state.code()),
            deliveries::next_at.eq(None::<i64>),
            deliveries::finished_at.eq(now.micros()),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Since when every attempt of a webhook has failed, if so.
pub fn failing_since(db: &mut Db<'_>, webhook: WebhookId) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<i64> = webhook_stats::table
        .find(webhook.0)
        .select(webhook_stats::failing_since)
        .first(db.conn)
        .optional()?
        .flatten();
    Ok(since.map(Timestamp::from_micros))
}
