//! Deliveries: one row for each event and candidate webhook. Read in pages by id, and counted up to a limit.

mod browse;
pub(in crate::store) mod conditions;
pub mod count;
mod streams;
mod waiting;

use std::marker::PhantomData;

use diesel::prelude::*;

pub use browse::{Browsed, LOOK_MAX, Reach, browse, page};
pub use waiting::next_due;

use super::dialect::on_each;
use super::queue::Lease;
use super::schema::{deliveries, events, webhooks};
use super::scoped::within;
use super::sequence::{Table, next_id};
use super::statements::InsertLeased;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::alert_type::AlertType;
use crate::domain::attempt::Outcome;
use crate::domain::delivery::{NotSent, State, Trigger};
pub use crate::domain::delivery_filter::Filter;
use crate::domain::history::{Delivery, EventSummary};
use crate::domain::ids::{AlertId, CompanyId, DeliveryId, EventId, ReplayId, WebhookId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
struct Row {
    id: i64,
    event_id: i64,
    webhook_id: i64,
    company_id: i64,
    state: i16,
    trigger_kind: i16,
    not_sent: Option<i16>,
    detail: Option<String>,
    redelivery_of: Option<i64>,
    attempts: i32,
    last_outcome: Option<i16>,
    last_status: Option<i32>,
    duration_us: Option<i64>,
    due_at: Option<i64>,
    created_at: i64,
    finished_at: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct EventRow {
    alert_id: i64,
    alert_type: i64,
    alert_name: String,
    vehicle_id: i64,
    vehicle_name: String,
    occurred_at: i64,
    received_at: i64,
}

type Joined = (Row, EventRow, String);

fn delivery(db: &Db<'_>, (row, event, webhook_name): Joined) -> Result<Delivery, StoreError> {
    let id = DeliveryId(row.id);
    Ok(Delivery {
        id,
        public_id: db.public_ids.encode_delivery(id),
        event_id: EventId(row.event_id),
        webhook_id: WebhookId(row.webhook_id),
        webhook_name,
        company_id: CompanyId(row.company_id),
        state: State::from_code(row.state).ok_or(StoreError::NotFound)?,
        trigger: Trigger::from_code(row.trigger_kind).ok_or(StoreError::NotFound)?,
        not_sent: row.not_sent.and_then(NotSent::from_code).map(|reason| (reason, row.detail)),
        redelivery_of: row.redelivery_of.map(DeliveryId),
        attempts: row.attempts,
        last_outcome: row.last_outcome.and_then(Outcome::from_code),
        last_status: row.last_status.and_then(|status| u16::try_from(status).ok()),
        duration_us: row.duration_us,
        next_at: row.due_at.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.created_at),
        finished_at: row.finished_at.map(Timestamp::from_micros),
        event: EventSummary {
            alert_id: AlertId(event.alert_id),
            alert_type: AlertType::from_id(event.alert_type).ok_or(StoreError::NotFound)?,
            alert_name: event.alert_name,
            vehicle_id: event.vehicle_id,
            vehicle_name: event.vehicle_name,
            occurred_at: Timestamp::from_micros(event.occurred_at),
            received_at: Timestamp::from_micros(event.received_at),
        },
    })
}

/// The delivery `id`, when its webhook's company lies in the scope.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: DeliveryId) -> Result<Delivery, StoreError> {
    let query = within!(
        deliveries::table.inner_join(events::table).inner_join(webhooks::table).into_boxed(),
        deliveries::company_id,
        scope
    );
    let joined: Joined = query
        .filter(deliveries::id.eq(id.0))
        .select((Row::as_select(), EventRow::as_select(), webhooks::name))
        .first(db.conn)?;
    delivery(db, joined)
}

/// The scope's deliveries of one event, by id.
pub fn of_event(db: &mut Db<'_>, scope: &Scope, event: EventId) -> Result<Vec<Delivery>, StoreError> {
    let query = within!(
        deliveries::table.inner_join(events::table).inner_join(webhooks::table).into_boxed(),
        deliveries::company_id,
        scope
    );
    let rows: Vec<Joined> = query
        .filter(deliveries::event_id.eq(event.0))
        .order(deliveries::id)
        .limit(200)
        .select((Row::as_select(), EventRow::as_select(), webhooks::name))
        .load(db.conn)?;
    rows.into_iter().map(|row| delivery(db, row)).collect()
}

/// What a new delivery row is made of.
pub struct NewDelivery<'a> {
    /// The event.
    pub event: EventId,
    /// The webhook …
    pub webhook: WebhookId,
    /// … and its company.
    pub company: CompanyId,
    /// What starts it.
    pub trigger: Trigger,
    /// The delivery that it repeats …
    pub redelivery_of: Option<DeliveryId>,
    /// … as part of this replay.
    pub replay: Option<ReplayId>,
    /// How it begins.
    pub begin: Begin<'a>,
}

/// How a delivery begins.
#[derive(Debug, Clone, Copy)]
pub enum Begin<'a> {
    /// It is not sent, for this reason and with these words about it.
    NotSent(NotSent, Option<&'a str>),
    /// It waits in the queue until then.
    Waits(Timestamp),
    /// Its first attempt is made at once by whoever holds the lease.
    Leased(Lease),
}

type Standing = (diesel::dsl::Eq<deliveries::state, i16>, diesel::dsl::Eq<deliveries::trouble, Option<i16>>);

/// What the column `trouble` says of a state.
pub(in crate::store) fn trouble(state: State) -> Option<i16> {
    is_trouble(state).then(|| state.code())
}

/// A delivery's state, for an insert or an update. With [`trouble`], nothing else writes these columns.
pub(in crate::store) fn standing(state: State) -> Standing {
    (deliveries::state.eq(state.code()), deliveries::trouble.eq(trouble(state)))
}

/// Whether rows in this state are the few among the many: neither delivered nor on the wire.
pub(in crate::store) const fn is_trouble(state: State) -> bool {
    !matches!(state, State::Sending | State::Delivered)
}

/// What has to be known of a delivery that is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Which.
    pub old: DeliveryId,
    /// Its event.
    pub event: EventId,
    /// Its webhook …
    pub webhook: WebhookId,
    /// … and the webhook's company.
    pub company: CompanyId,
    /// What started it.
    pub trigger: Trigger,
}

impl From<&Delivery> for Repeat {
    fn from(old: &Delivery) -> Self {
        Self {
            old: old.id,
            event: old.event_id,
            webhook: old.webhook_id,
            company: old.company_id,
            trigger: old.trigger,
        }
    }
}

/// Sends a delivery's event to its webhook once more: a new delivery, due now. The only way in which one that has
/// ended is repeated, whoever asks. Repeating a test is a test: it is not counted either.
pub fn redeliver(
    db: &mut Db<'_>,
    repeat: &Repeat,
    replay: Option<ReplayId>,
    now: Timestamp,
) -> Result<DeliveryId, StoreError> {
    let trigger = if repeat.trigger == Trigger::Test { Trigger::Test } else { Trigger::Manual };
    let new = NewDelivery {
        event: repeat.event,
        webhook: repeat.webhook,
        company: repeat.company,
        trigger,
        redelivery_of: Some(repeat.old),
        replay,
        begin: Begin::Waits(now),
    };
    insert(db, &new, now)
}

/// Adds a delivery.
pub fn insert(db: &mut Db<'_>, new: &NewDelivery<'_>, now: Timestamp) -> Result<DeliveryId, StoreError> {
    let id = next_id(db, Table::Deliveries)?;
    let row = (
        deliveries::id.eq(id),
        deliveries::event_id.eq(new.event.0),
        deliveries::webhook_id.eq(new.webhook.0),
        deliveries::company_id.eq(new.company.0),
        deliveries::trigger_kind.eq(new.trigger.code()),
        deliveries::redelivery_of.eq(new.redelivery_of.map(|id| id.0)),
        deliveries::replay_id.eq(new.replay.map(|id| id.0)),
        deliveries::created_at.eq(now.micros()),
    );
    match new.begin {
        Begin::Leased(lease) => insert_leased(db, id, new, lease, now)?,
        Begin::Waits(at) => {
            db.notes.waiting.push((new.webhook, at));
            let wait = (standing(State::Queued), deliveries::due_at.eq(at.micros()));
            on_each!(db, |conn| diesel::insert_into(deliveries::table).values((row, wait)).execute(conn)?)
        }
        Begin::NotSent(reason, detail) => {
            let end = (
                standing(State::NotSent),
                deliveries::not_sent.eq(reason.code()),
                deliveries::detail.eq(detail),
                deliveries::finished_at.eq(reason.is_final().then(|| now.micros())),
            );
            on_each!(db, |conn| diesel::insert_into(deliveries::table).values((row, end)).execute(conn)?)
        }
    };
    Ok(DeliveryId(id))
}

fn insert_leased(
    db: &mut Db<'_>,
    id: i64,
    new: &NewDelivery<'_>,
    lease: Lease,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let row = InsertLeased {
        id,
        event: new.event.0,
        webhook: new.webhook.0,
        company: new.company.0,
        state: State::Sending.code(),
        trigger: new.trigger.code(),
        redelivery_of: new.redelivery_of.map(|id| id.0),
        created_at: now.micros(),
        leased_at: now.micros(),
        lease_until: lease.until.micros(),
        lease_token: lease.token,
        of: PhantomData,
    };
    Ok(on_each!(db, |conn| row.execute(conn)?))
}
