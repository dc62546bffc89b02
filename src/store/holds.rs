//! What paused webhooks hold, and what becomes of it: sent or dropped in steps of a bounded size.
//!
//! A held delivery is one that is *not sent* for the reason `paused_held`. It becomes queued, or it is dropped for good;
//! both are conditional updates on the row, so two who decide about the same delivery cannot both win.

use std::collections::HashSet;

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::deliveries::standing;
use super::queue::Due;
use super::schema::{deliveries, events, release_vehicles, releases, webhooks};
use super::{Db, StoreError, stats};
use crate::domain::delivery::{NotSent, State};
use crate::domain::ids::WebhookId;
use crate::domain::stats::Hour;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::domain::webhook::pause::{Bounds, Release, Resume};

/// Deliveries that one transaction decides at most.
pub const STEP_MAX: i64 = 1_000;

/// The condition of the partial index, spelled as there: a bound value would not find it.
fn held() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("deliveries.not_sent = 3")
}

/// The condition of the index of tests that wait, spelled as there.
fn test() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("deliveries.trigger_kind = 3")
}

/// Whether what waits for a webhook waits on, whenever it is due: it is paused. What waits for one that is switched off
/// does not wait on, it is cancelled.
pub(in crate::store) fn keeps_back(db: &mut Db<'_>, webhook: WebhookId) -> Result<bool, StoreError> {
    let paused = webhooks::table.find(webhook.0).filter(webhooks::paused_mode.is_not_null().and(is_live()));
    Ok(diesel::select(exists(paused)).get_result(db.conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn is_live() -> _ {
    webhooks::is_active.and(webhooks::disabled_reason.is_null()).and(webhooks::deleted_at.is_null())
}

/// Tests that are due: they go to a paused webhook, too.
pub(in crate::store) fn due_tests(
    db: &mut Db<'_>,
    webhook: WebhookId,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Due>, StoreError> {
    Ok(deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.le(now.micros())).and(test()))
        .order(deliveries::due_at)
        .limit(limit)
        .select((deliveries::id, deliveries::event_id, deliveries::attempts, deliveries::trigger_kind))
        .load(db.conn)?)
}

/// When the first test that waits is due.
pub(in crate::store) fn first_due_test(
    db: &mut Db<'_>,
    webhook: WebhookId,
) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<Option<i64>> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(deliveries::due_at.is_not_null()).and(test()))
        .order(deliveries::due_at)
        .select(deliveries::due_at)
        .first(db.conn)
        .optional()?;
    Ok(due.flatten().map(Timestamp::from_micros))
}

/// What a webhook holds, counted up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Deliveries, at most the limit.
    pub deliveries: i64,
    /// Vehicles among them.
    pub vehicles: i64,
    /// When the oldest arrived.
    pub oldest_at: Option<Timestamp>,
    /// What is being made of those that were there when somebody decided.
    pub release: Option<Release>,
}

/// Counts what a webhook holds, from the oldest on, `most` deliveries at most.
pub fn count(db: &mut Db<'_>, webhook: WebhookId, most: i64) -> Result<Held, StoreError> {
    let rows: Vec<(i64, i64)> = deliveries::table
        .inner_join(events::table)
        .filter(deliveries::webhook_id.eq(webhook.0).and(held()))
        .order(deliveries::id)
        .limit(most)
        .select((events::vehicle_id, deliveries::created_at))
        .load(db.conn)?;
    let vehicles: HashSet<i64> = rows.iter().map(|row| row.0).collect();
    let kind: Option<String> =
        releases::table.find(webhook.0).select(releases::kind).first(db.conn).optional()?;
    Ok(Held {
        deliveries: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        vehicles: i64::try_from(vehicles.len()).unwrap_or(i64::MAX),
        oldest_at: rows.first().map(|row| Timestamp::from_micros(row.1)),
        release: kind.and_then(|kind| kind.parse().ok()),
    })
}

/// Has everything that a webhook holds now decided in steps, as `release` says. It replaces what was begun before.
pub fn begin(db: &mut Db<'_>, webhook: WebhookId, release: Release) -> Result<(), StoreError> {
    end(db, webhook)?;
    let newest: Option<i64> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(held()))
        .order(deliveries::id.desc())
        .select(deliveries::id)
        .first(db.conn)
        .optional()?;
    if let Some(upto) = newest {
        diesel::insert_into(releases::table)
            .values((
                releases::webhook_id.eq(webhook.0),
                releases::kind.eq(release.name()),
                releases::upto_id.eq(upto),
            ))
            .execute(db.conn)?;
    }
    Ok(())
}

/// Has everything that a webhook holds now decided as somebody wants who resumes it. What was to be dropped because it
/// was switched off meanwhile is dropped first, here and now: nobody is sent what they were told is not sent. That is
/// rarely anything, for it has been dropped within a moment.
pub fn resume(db: &mut Db<'_>, webhook: WebhookId, resume: Resume, now: Timestamp) -> Result<(), StoreError> {
    let dropped = releases::kind.eq(Release::SwitchedOff.name());
    let off = releases::table.filter(releases::webhook_id.eq(webhook.0).and(dropped));
    while let Some(begun) = begun(off.first(db.conn).optional()?)? {
        step(db, &begun, now)?;
    }
    begin(db, webhook, Release::Resumed(resume))
}

/// The webhook is paused again: what was to be decided because it was resumed, and is not yet, stays held. What was to
/// be dropped because it was switched off still is.
pub fn hold_on(db: &mut Db<'_>, webhook: WebhookId) -> Result<(), StoreError> {
    let resumed: Vec<&str> = Resume::ALL.map(Resume::name).into();
    let stopped = diesel::delete(
        releases::table.filter(releases::webhook_id.eq(webhook.0).and(releases::kind.eq_any(resumed))),
    )
    .execute(db.conn)?;
    if stopped > 0 { end(db, webhook) } else { Ok(()) }
}

fn end(db: &mut Db<'_>, webhook: WebhookId) -> Result<(), StoreError> {
    diesel::delete(release_vehicles::table.filter(release_vehicles::webhook_id.eq(webhook.0)))
        .execute(db.conn)?;
    diesel::delete(releases::table.find(webhook.0)).execute(db.conn)?;
    Ok(())
}

/// A release as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Whose.
    pub webhook: WebhookId,
    /// What is made of its deliveries.
    pub release: Release,
    upto: i64,
    steps: i64,
}

/// A release that is not done yet.
pub fn next(db: &mut Db<'_>) -> Result<Option<Begun>, StoreError> {
    begun(releases::table.order(releases::webhook_id).first(db.conn).optional()?)
}

fn begun(row: Option<(i64, String, i64, i64)>) -> Result<Option<Begun>, StoreError> {
    row.map(|(webhook, kind, upto, steps)| {
        let release = kind.parse().map_err(|_| StoreError::NotFound)?;
        Ok(Begun { webhook: WebhookId(webhook), release, upto, steps })
    })
    .transpose()
}

/// Decides [`STEP_MAX`] deliveries of a release and returns how many were sent on their way; ends the release when none
/// is left. Does nothing when somebody else has taken this step.
pub fn step(db: &mut Db<'_>, begun: &Begun, now: Timestamp) -> Result<usize, StoreError> {
    let Begun { webhook, release, upto, steps } = *begun;
    let mine = releases::webhook_id
        .eq(webhook.0)
        .and(releases::kind.eq(release.name()))
        .and(releases::steps.eq(steps));
    if diesel::update(releases::table.filter(mine)).set(releases::steps.eq(steps + 1)).execute(db.conn)? == 0
    {
        return Ok(0);
    }
    let rows = deliveries::table
        .inner_join(events::table)
        .filter(deliveries::webhook_id.eq(webhook.0).and(held()).and(deliveries::id.le(upto)))
        .limit(STEP_MAX)
        .select((deliveries::id, events::vehicle_id));
    let found: Vec<(i64, i64)> = if release == Release::Resumed(Resume::NewestPerVehicle) {
        rows.order(deliveries::id.desc()).load(db.conn)?
    } else {
        rows.order(deliveries::id).load(db.conn)?
    };
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let (chosen, others) = match release {
        Release::Resumed(Resume::All) => (found.into_iter().map(|row| row.0).collect(), Vec::new()),
        Release::Resumed(Resume::NewestPerVehicle) => newest_per_vehicle(db, webhook, &found)?,
        Release::Resumed(Resume::Nothing) | Release::SwitchedOff | Release::Deleted => {
            (Vec::new(), found.into_iter().map(|row| row.0).collect())
        }
    };
    let sent = send(db, webhook, &chosen, now)?;
    drop_held(db, webhook, &others, NotSent::PausedDropped, release.detail(), now)?;
    if count < STEP_MAX {
        end(db, webhook)?;
    }
    Ok(sent)
}

/// Splits deliveries, the newest first, into those of vehicles that have none yet and the others.
fn newest_per_vehicle(
    db: &mut Db<'_>,
    webhook: WebhookId,
    found: &[(i64, i64)],
) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
    let vehicles: HashSet<i64> = found.iter().map(|row| row.1).collect();
    let done: Vec<i64> = release_vehicles::table
        .filter(release_vehicles::webhook_id.eq(webhook.0).and(release_vehicles::vehicle_id.eq_any(vehicles)))
        .select(release_vehicles::vehicle_id)
        .load(db.conn)?;
    let mut done: HashSet<i64> = done.into_iter().collect();
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    for (delivery, vehicle) in found {
        if done.insert(*vehicle) {
            chosen.push(*delivery);
            diesel::insert_into(release_vehicles::table)
                .values((
                    release_vehicles::webhook_id.eq(webhook.0),
                    release_vehicles::vehicle_id.eq(vehicle),
                ))
                .execute(db.conn)?;
        } else {
            others.push(*delivery);
        }
    }
    Ok((chosen, others))
}

/// The same deliveries, queued and due now.
fn send(db: &mut Db<'_>, webhook: WebhookId, ids: &[i64], now: Timestamp) -> Result<usize, StoreError> {
    let sent = diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids).and(held())))
        .set((
            standing(State::Queued),
            deliveries::not_sent.eq(None::<i16>),
            deliveries::detail.eq(None::<String>),
            deliveries::due_at.eq(now.micros()),
        ))
        .execute(db.conn)?;
    if sent > 0 {
        db.notes.waiting.push((webhook, now));
    }
    Ok(sent)
}

fn drop_held(
    db: &mut Db<'_>,
    webhook: WebhookId,
    ids: &[i64],
    reason: NotSent,
    detail: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let dropped = diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids).and(held())))
        .set((
            deliveries::not_sent.eq(reason.code()),
            deliveries::detail.eq(detail),
            deliveries::finished_at.eq(now.micros()),
        ))
        .execute(db.conn)?;
    if dropped > 0 {
        let not_sent = i64::try_from(dropped).unwrap_or(i64::MAX);
        stats::add_to_hour(db, webhook, now.hour(), &Hour { not_sent, ..Hour::default() })?;
    }
    Ok(dropped)
}

/// The first webhook after `after` that holds anything: how all of them are walked through, in few reads of an index.
pub fn next_holding(db: &mut Db<'_>, after: WebhookId) -> Result<Option<WebhookId>, StoreError> {
    let id: Option<i64> = deliveries::table
        .filter(deliveries::webhook_id.gt(after.0).and(held()))
        .order(deliveries::webhook_id)
        .select(deliveries::webhook_id)
        .first(db.conn)
        .optional()?;
    Ok(id.map(WebhookId))
}

/// What a webhook holds that it should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing.
    Nothing,
    /// The webhook is not paused: an event was decided in the very moment in which it was resumed or deleted.
    Stray(Release),
    /// Deliveries to be dropped, for this reason, with what there is to say about it.
    Over(Vec<i64>, NotSent, String),
}

/// What goes beyond `bounds`, [`STEP_MAX`] deliveries at most, the oldest first.
pub fn beyond(
    db: &mut Db<'_>,
    webhook: WebhookId,
    bounds: Bounds,
    now: Timestamp,
) -> Result<Beyond, StoreError> {
    let (is_paused, is_live): (bool, bool) = webhooks::table
        .find(webhook.0)
        .select((webhooks::paused_mode.is_not_null(), is_live()))
        .first(db.conn)?;
    let is_released: bool = diesel::select(exists(releases::table.find(webhook.0))).get_result(db.conn)?;
    if !is_paused && !is_released {
        return Ok(Beyond::Stray(if is_live { Release::Resumed(Resume::All) } else { Release::SwitchedOff }));
    }
    let oldest = now.plus_micros(-bounds.age_max_us).micros();
    let low_end: Vec<(i64, i64)> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(held()))
        .order(deliveries::id)
        .limit(STEP_MAX)
        .select((deliveries::id, deliveries::created_at))
        .load(db.conn)?;
    let expired: Vec<i64> = low_end.iter().take_while(|(_, at)| *at < oldest).map(|(id, _)| *id).collect();
    if !expired.is_empty() {
        let detail = format!("It was held for {} hours.", bounds.age_max_us / HOUR_US);
        return Ok(Beyond::Over(expired, NotSent::Expired, detail));
    }
    // The only OFFSET there is: along one index, over as many entries as the bound says, once a minute.
    let surplus: Option<i64> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook.0).and(held()))
        .order(deliveries::id.desc())
        .offset(bounds.count_max)
        .select(deliveries::id)
        .first(db.conn)
        .optional()?;
    let Some(newest) = surplus else { return Ok(Beyond::Nothing) };
    let surplus = low_end.iter().map(|(id, _)| *id).take_while(|id| *id <= newest).collect();
    let detail = format!("The webhook held {} newer events.", bounds.count_max);
    Ok(Beyond::Over(surplus, NotSent::PausedDropped, detail))
}

/// Does away with what [`beyond`] found.
pub fn trim(db: &mut Db<'_>, webhook: WebhookId, beyond: &Beyond, now: Timestamp) -> Result<(), StoreError> {
    match beyond {
        Beyond::Nothing => Ok(()),
        Beyond::Stray(release) => begin(db, webhook, *release),
        Beyond::Over(ids, reason, detail) => drop_held(db, webhook, ids, *reason, detail, now).map(drop),
    }
}
