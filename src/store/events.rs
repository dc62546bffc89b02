//! Events: one row for each firing, append-only.

use std::marker::PhantomData;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::dialect::on_each;
use super::schema::events;
use super::scoped::within;
use super::sequence::{Table, next_id};
use super::statements::InsertEvent;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::alert_type::AlertType;
use crate::domain::event::{Event, Payload, Report};
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::time::Timestamp;

type Row = (i64, i64, i64, i64, String, String, i64, bool);

const COLUMNS: (
    events::id,
    events::company_id,
    events::alert_id,
    events::alert_type,
    events::alert_name,
    events::payload,
    events::received_at,
    events::is_test,
) = (
    events::id,
    events::company_id,
    events::alert_id,
    events::alert_type,
    events::alert_name,
    events::payload,
    events::received_at,
    events::is_test,
);

fn event(db: &Db<'_>, row: Row) -> Result<Event, StoreError> {
    let (id, company_id, alert_id, alert_type, alert_name, payload, received_at, is_test) = row;
    let id = EventId(id);
    Ok(Event {
        id,
        public_id: db.public_ids.encode_event(id),
        company_id: CompanyId(company_id),
        alert_id: AlertId(alert_id),
        alert_name,
        alert_type: AlertType::from_id(alert_type).ok_or(StoreError::NotFound)?,
        payload: Payload::from_json(&payload).ok_or(StoreError::NotFound)?,
        received_at: Timestamp::from_micros(received_at),
        is_test,
    })
}

/// The event `id`, when its company lies in the scope.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: EventId) -> Result<Event, StoreError> {
    let query = within!(events::table.into_boxed(), events::company_id, scope);
    let row: Row = query.filter(events::id.eq(id.0)).select(COLUMNS).first(db.conn)?;
    event(db, row)
}

/// The events with these ids (a batch of claimed deliveries), in no order.
pub(in crate::store) fn load(db: &mut Db<'_>, ids: &[i64]) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<Row> = events::table.filter(events::id.eq_any(ids)).select(COLUMNS).load(db.conn)?;
    rows.into_iter().map(|row| event(db, row)).collect()
}

/// When the newest event came in.
pub fn newest_received_at(db: &mut Db<'_>) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> =
        events::table.order(events::id.desc()).select(events::received_at).first(db.conn).optional()?;
    Ok(at.map(Timestamp::from_micros))
}

/// Alerts that fired and that no webhook takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// Which alert.
    pub alert: AlertId,
    /// How it was called the last time.
    pub name: String,
    /// Its type.
    pub alert_type: AlertType,
    /// How often it fired.
    pub times: usize,
    /// The last time.
    pub last_at: Timestamp,
}

/// The scope's alerts that fired since `since` without a webhook that takes them, those that fired last first. The
/// newest 500 such events are looked at.
pub fn unheard(db: &mut Db<'_>, scope: &Scope, since: Timestamp) -> Result<Vec<Unheard>, StoreError> {
    let query = within!(events::table.into_boxed(), events::company_id, scope);
    let rows: Vec<(i64, i64, String, i64, bool)> = query
        // Word by word: with a parameter SQLite would not see that the index of these few serves.
        .filter(sql::<Bool>("candidates = 0"))
        .order(events::id.desc())
        .limit(500)
        .select((
            events::alert_id,
            events::alert_type,
            events::alert_name,
            events::received_at,
            events::is_test,
        ))
        .load(db.conn)?;
    let mut found: Vec<Unheard> = Vec::new();
    for (alert, alert_type, name, at, is_test) in rows {
        let at = Timestamp::from_micros(at);
        if is_test || at < since {
            continue;
        }
        if let Some(known) = found.iter_mut().find(|known| known.alert.0 == alert) {
            known.times += 1;
        } else if let Some(alert_type) = AlertType::from_id(alert_type) {
            found.push(Unheard { alert: AlertId(alert), name, alert_type, times: 1, last_at: at });
        }
    }
    Ok(found)
}

/// Adds an event of `alert` that was decided for `candidates` webhooks. None at all is what the overview warns of.
pub fn insert(
    db: &mut Db<'_>,
    alert: &Alert,
    report: Report,
    is_test: bool,
    candidates: usize,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let id = next_id(db, Table::Events)?;
    let Report { payload, text } = report;
    let row = InsertEvent {
        id,
        company: alert.company_id.0,
        alert: alert.id.0,
        alert_type: alert.alert_type.id(),
        alert_name: &alert.name,
        vehicle: payload.vehicle_id,
        vehicle_name: &payload.vehicle_name,
        occurred_at: payload.timestamp.micros(),
        received_at: now.micros(),
        payload: &text,
        is_test,
        candidates: i32::try_from(candidates).unwrap_or(i32::MAX),
        of: PhantomData,
    };
    on_each!(db, |conn| row.execute(conn)?);
    let id = EventId(id);
    Ok(Event {
        id,
        public_id: db.public_ids.encode_event(id),
        company_id: alert.company_id,
        alert_id: alert.id,
        alert_name: alert.name.clone(),
        alert_type: alert.alert_type,
        payload,
        received_at: now,
        is_test,
    })
}
