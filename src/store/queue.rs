//! The queue: the few deliveries that still have to be made.
//!
//! A delivery waits (`due_at`), or is leased (`lease_until`, `lease_token`), or has ended (neither). A lease that runs
//! belongs to a process that may be sending it now. When it has run out, or its process is known to be dead, the
//! attempt is recorded as interrupted and the delivery waits again. Results carry the lease's token; a result whose
//! token is no longer in the row comes too late and changes nothing.
//!
//! Whatever makes a delivery wait is noted, so that this process's dispatcher learns of it with the commit.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use super::deliveries::standing;
use super::dialect::on_each;
use super::schema::{deliveries, webhooks};
use super::{Db, StoreError, attempts, events, holds};
use crate::domain::access::Scope;
use crate::domain::delivery::{State, Trigger};
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Rendered;
use crate::failpoint::fail_point;

/// Rows that one statement cancels or takes back at most.
pub const BATCH_MAX: i64 = 1_000;

/// Who holds a delivery, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The holder has to be done by then.
    pub until: Timestamp,
    /// Names the holder.
    pub token: i64,
}

/// A leased delivery with everything that sending it needs.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The delivery.
    pub delivery: DeliveryId,
    /// What started it.
    pub trigger: Trigger,
    /// The number of the attempt, from 1.
    pub number: i32,
    /// Its lease: the token goes back with the result.
    pub lease: Lease,
    /// What happened.
    pub event: Arc<Rendered>,
    /// Where it goes.
    pub webhook: Arc<Webhook>,
}

/// What may be claimed.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Webhooks, and how many deliveries of each at most.
    pub webhooks: Vec<(WebhookId, i64)>,
    /// The lease that they get.
    pub lease: Lease,
}

/// What a claim brought.
#[derive(Debug, Default)]
pub struct Claims {
    /// Leased now.
    pub claimed: Vec<Claimed>,
    /// When the next delivery of each webhook that was asked for is due; `None`: nothing waits.
    pub next: Vec<(WebhookId, Option<Timestamp>)>,
}

/// Makes a delivery wait until `due_at`, as one that was never tried.
pub fn insert(
    db: &mut Db<'_>,
    delivery: DeliveryId,
    webhook: WebhookId,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(deliveries::table.find(delivery.0))
        .set((
            standing(State::Queued),
            deliveries::not_sent.eq(None::<i16>),
            deliveries::detail.eq(None::<String>),
            deliveries::due_at.eq(due_at.micros()),
            deliveries::finished_at.eq(None::<i64>),
        ))
        .execute(db.conn)?;
    db.notes.waiting.push((webhook, due_at));
    Ok(())
}

/// A waiting delivery, its event, the attempts made, what started it.
pub(in crate::store) type Due = (i64, i64, i32, i16);

/// Leases what is due of some webhooks. Deliveries whose webhook is no longer live are cancelled instead, and those
/// whose webhook is paused wait on.
pub fn claim(db: &mut Db<'_>, request: &ClaimRequest, now: Timestamp) -> Result<Claims, StoreError> {
    let mut claims = Claims::default();
    for (webhook, limit) in &request.webhooks {
        if holds::keeps_back(db, *webhook)? {
            let tests = holds::due_tests(db, *webhook, *limit, now)?;
            lease(db, *webhook, tests, request.lease, now, &mut claims.claimed)?;
            claims.next.push((*webhook, holds::first_due_test(db, *webhook)?));
            continue;
        }
        let due: Vec<Due> = on_each!(db, |conn| {
            deliveries::table
                .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.le(now.micros())))
                .order(deliveries::due_at)
                .limit(*limit)
                .select((
                    deliveries::id,
                    deliveries::event_id,
                    deliveries::attempts,
                    deliveries::trigger_kind,
                ))
                .load(conn)?
        });
        if !due.is_empty() {
            lease(db, *webhook, due, request.lease, now, &mut claims.claimed)?;
        }
        claims.next.push((*webhook, first_due_of(db, *webhook)?));
    }
    Ok(claims)
}

/// Leases one delivery whether it is due or not, unless somebody holds it or its webhook is paused: "send now".
pub fn claim_one(
    db: &mut Db<'_>,
    delivery: DeliveryId,
    with: Lease,
    now: Timestamp,
) -> Result<Option<Claimed>, StoreError> {
    let row: Option<(i64, Due)> = deliveries::table
        .filter(deliveries::id.eq(delivery.0).and(deliveries::due_at.is_not_null()))
        .select((
            deliveries::webhook_id,
            (deliveries::id, deliveries::event_id, deliveries::attempts, deliveries::trigger_kind),
        ))
        .first(db.conn)
        .optional()?;
    let mut claimed = Vec::new();
    if let Some((webhook, due)) = row {
        let (webhook, is_test) = (WebhookId(webhook), due.3 == Trigger::Test.code());
        // Paused since somebody asked.
        if is_test || !holds::keeps_back(db, webhook)? {
            lease(db, webhook, vec![due], with, now, &mut claimed)?;
        }
    }
    Ok(claimed.pop())
}

fn lease(
    db: &mut Db<'_>,
    id: WebhookId,
    due: Vec<Due>,
    with: Lease,
    now: Timestamp,
    claimed: &mut Vec<Claimed>,
) -> Result<(), StoreError> {
    let webhook = match super::webhooks::get(db, &Scope::service(), id) {
        Ok(webhook) => Some(Arc::new(webhook)),
        Err(StoreError::NotFound) => None,
        Err(error) => return Err(error),
    };
    let mut event_ids: Vec<i64> = due.iter().map(|row| row.1).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let events: HashMap<i64, Arc<Rendered>> = events::load(db, &event_ids)?
        .into_iter()
        .map(|event| (event.id.0, Arc::new(Rendered::new(event))))
        .collect();
    for (delivery, event, made, trigger) in due {
        // A test may be sent to a webhook that is switched off: that is what tests are for.
        let trigger = Trigger::from_code(trigger);
        let wanted = webhook
            .as_ref()
            .filter(|webhook| webhook.is_live() || trigger == Some(Trigger::Test))
            .zip(events.get(&event))
            .zip(trigger);
        let Some(((webhook, event), trigger)) = wanted else {
            end(db, delivery, State::Cancelled, now)?;
            continue;
        };
        let number = made + 1;
        // The condition decides between two who saw the same waiting row: the second changes nothing.
        let waits = deliveries::id.eq(delivery).and(deliveries::due_at.is_not_null());
        let taken = on_each!(db, |conn| {
            diesel::update(deliveries::table.filter(waits))
                .set((
                    standing(State::Sending),
                    deliveries::attempts.eq(number),
                    deliveries::due_at.eq(None::<i64>),
                    deliveries::leased_at.eq(now.micros()),
                    deliveries::lease_until.eq(with.until.micros()),
                    deliveries::lease_token.eq(with.token),
                ))
                .execute(conn)?
        });
        if taken > 0 {
            claimed.push(Claimed {
                delivery: DeliveryId(delivery),
                trigger,
                number,
                lease: with,
                event: Arc::clone(event),
                webhook: Arc::clone(webhook),
            });
        }
    }
    Ok(())
}

/// Gives leases back whose requests were never begun: the deliveries wait again, due at once.
pub fn release(db: &mut Db<'_>, given_back: &[Claimed], now: Timestamp) -> Result<(), StoreError> {
    for one in given_back {
        let ours = deliveries::id.eq(one.delivery.0).and(deliveries::lease_token.eq(one.lease.token));
        let state = if one.number > 1 { State::Retrying } else { State::Queued };
        let changed = diesel::update(deliveries::table.filter(ours))
            .set((
                standing(state),
                deliveries::attempts.eq(one.number - 1),
                deliveries::due_at.eq(now.micros()),
                unleased(),
            ))
            .execute(db.conn)?;
        if changed > 0 {
            db.notes.waiting.push((one.webhook.id, now));
        }
    }
    Ok(())
}

/// Which leases are taken back.
#[derive(Debug, Clone, Copy)]
pub enum Lost {
    /// Those that have run out.
    RunOut,
    /// All: whoever holds them is dead.
    All,
}

/// Takes back up to [`BATCH_MAX`] leases whose holder is gone: each becomes an interrupted attempt, and the delivery
/// is due at `due_at`. `keeps` says of a delivery and its lease's token whether this process
/// holds them, whatever the clock says. Returns how many
/// rows were looked at: go on until it is 0 or nothing can be taken.
pub fn take_back(
    db: &mut Db<'_>,
    lost: Lost,
    keeps: &dyn Fn(DeliveryId, Option<i64>) -> bool,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let until = match lost {
        Lost::RunOut => now.micros(),
        Lost::All => i64::MAX,
    };
    /// Delivery, webhook, attempts so far, since when and with which token it is leased, version of the webhook.
    type Row = (i64, i64, i32, Option<i64>, Option<i64>, i32);
    let rows: Vec<Row> = deliveries::table
        .inner_join(webhooks::table)
        .filter(deliveries::lease_until.le(until))
        .order(deliveries::lease_until)
        .limit(BATCH_MAX)
        .select((
            deliveries::id,
            deliveries::webhook_id,
            deliveries::attempts,
            deliveries::leased_at,
            deliveries::lease_token,
            webhooks::version,
        ))
        .load(db.conn)?;
    let mut taken = 0;
    for (delivery, webhook, number, leased_at, token, version) in rows {
        if keeps(DeliveryId(delivery), token) {
            continue;
        }
        let held = deliveries::id.eq(delivery).and(deliveries::lease_token.eq(token));
        let changed = diesel::update(deliveries::table.filter(held))
            .set((standing(State::Retrying), deliveries::due_at.eq(due_at.micros()), unleased()))
            .execute(db.conn)?;
        if changed == 0 {
            continue;
        }
        fail_point!("take_back.mid");
        let begun = leased_at.map_or(now, Timestamp::from_micros);
        attempts::insert_interrupted(db, delivery, webhook, number, version, begun, now)?;
        db.notes.waiting.push((WebhookId(webhook), due_at));
        taken += 1;
    }
    Ok(taken)
}

/// When the first delivery of each webhook with a waiting one is due. One seek for each webhook, however many wait.
pub fn first_due(db: &mut Db<'_>) -> Result<Vec<(WebhookId, Timestamp)>, StoreError> {
    let mut found = Vec::new();
    let mut after = i64::MIN;
    loop {
        let next: Option<(i64, Option<i64>)> = on_each!(db, |conn| {
            deliveries::table
                .filter(deliveries::due_at.is_not_null().and(deliveries::webhook_id.gt(after)))
                .order((deliveries::webhook_id, deliveries::due_at))
                .select((deliveries::webhook_id, deliveries::due_at))
                .first(conn)
                .optional()?
        });
        let Some((webhook, Some(due_at))) = next else { return Ok(found) };
        found.push((WebhookId(webhook), Timestamp::from_micros(due_at)));
        after = webhook;
    }
}

/// When the first waiting delivery of a webhook is due.
fn first_due_of(db: &mut Db<'_>, webhook: WebhookId) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<Option<i64>> = on_each!(db, |conn| {
        deliveries::table
            .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.is_not_null()))
            .order(deliveries::due_at)
            .select(deliveries::due_at)
            .first(conn)
            .optional()?
    });
    Ok(due.flatten().map(Timestamp::from_micros))
}

/// Makes up to [`BATCH_MAX`] of a webhook's deliveries that are due after `after` due earlier by `by_us`. Returns when
/// the last of them was due before: go on from there.
pub fn bring_forward(
    db: &mut Db<'_>,
    webhook: WebhookId,
    after: Timestamp,
    by_us: i64,
) -> Result<Option<Timestamp>, StoreError> {
    let rows: Vec<(i64, Option<i64>)> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.gt(after.micros())))
        .order(deliveries::due_at)
        .limit(BATCH_MAX)
        .select((deliveries::id, deliveries::due_at))
        .load(db.conn)?;
    let mut last = None;
    for (delivery, due_at) in rows {
        let Some(due_at) = due_at else { continue };
        let earlier = Timestamp::from_micros(due_at.saturating_sub(by_us));
        diesel::update(deliveries::table.find(delivery))
            .set(deliveries::due_at.eq(earlier.micros()))
            .execute(db.conn)?;
        db.notes.waiting.push((webhook, earlier));
        last = Some(Timestamp::from_micros(due_at));
    }
    Ok(last)
}

/// Whether a lease has run out.
pub fn has_lost_leases(db: &mut Db<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let lost = deliveries::table.filter(deliveries::lease_until.le(now.micros()));
    Ok(diesel::select(diesel::dsl::exists(lost)).get_result(db.conn)?)
}

/// Cancels what waits for a webhook, up to [`BATCH_MAX`] at once; what is on the wire finishes. The rest of a longer
/// queue is cancelled by the dispatcher, which finds the webhook no longer live. Returns how many.
pub fn cancel_waiting(db: &mut Db<'_>, webhook: WebhookId, now: Timestamp) -> Result<usize, StoreError> {
    let waiting: Vec<i64> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.is_not_null()))
        .order(deliveries::due_at)
        .limit(BATCH_MAX)
        .select(deliveries::id)
        .load(db.conn)?;
    for delivery in &waiting {
        end(db, *delivery, State::Cancelled, now)?;
    }
    if waiting.len() == usize::try_from(BATCH_MAX).unwrap_or_default() {
        db.notes.waiting.push((webhook, now));
    }
    Ok(waiting.len())
}

/// Stops one delivery that waits for its next attempt; says whether it did.
pub fn cancel(db: &mut Db<'_>, delivery: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(end(db, delivery.0, State::Cancelled, now)? > 0)
}

/// Ends a delivery that waits.
fn end(db: &mut Db<'_>, delivery: i64, state: State, now: Timestamp) -> Result<usize, StoreError> {
    let waits = deliveries::id.eq(delivery).and(deliveries::due_at.is_not_null());
    Ok(diesel::update(deliveries::table.filter(waits))
        .set((standing(state), deliveries::due_at.eq(None::<i64>), deliveries::finished_at.eq(now.micros())))
        .execute(db.conn)?)
}

type Unleased = (
    diesel::dsl::Eq<deliveries::leased_at, Option<i64>>,
    diesel::dsl::Eq<deliveries::lease_until, Option<i64>>,
    diesel::dsl::Eq<deliveries::lease_token, Option<i64>>,
);

/// Nobody holds it.
pub(in crate::store) fn unleased() -> Unleased {
    (
        deliveries::leased_at.eq(None::<i64>),
        deliveries::lease_until.eq(None::<i64>),
        deliveries::lease_token.eq(None::<i64>),
    )
}
