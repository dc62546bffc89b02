//! Removes history that is older than it is kept. Counters and roll-ups stay.

use diesel::prelude::*;

use super::schema::{attempts, deliveries, events, read_marks};
use super::{Db, StoreError, stats};
use crate::domain::delivery::{NotSent, State};
use crate::domain::time::Timestamp;
use crate::failpoint::fail_point;

/// Events looked at in one transaction: with a fan-out of a few webhooks about a thousand rows, so that nobody
/// waits long for the writer.
const EVENTS_MAX: i64 = 100;

/// Removes the oldest events that came before `oldest`, with their deliveries, attempts and marks, and says how many.
/// Call again until it says 0. An event with a delivery that has not ended, or is held by a paused
/// webhook, waits, and what came after it too.
pub fn prune(db: &mut Db<'_>, oldest: Timestamp) -> Result<usize, StoreError> {
    // Time order is id order, so this reads a few rows from the low end and no more.
    let low_end: Vec<(i64, i64)> = events::table
        .order(events::id)
        .limit(EVENTS_MAX)
        .select((events::id, events::received_at))
        .load(db.conn)?;
    let mut old: Vec<i64> =
        low_end.into_iter().take_while(|(_, at)| *at < oldest.micros()).map(|(id, _)| id).collect();
    let rows: Vec<(i64, i64, i16, Option<i16>)> = deliveries::table
        .filter(deliveries::event_id.eq_any(&old))
        .select((deliveries::id, deliveries::event_id, deliveries::state, deliveries::not_sent))
        .load(db.conn)?;
    let unfinished = |state: i16, not_sent: Option<i16>| {
        let is_held = not_sent.and_then(NotSent::from_code).is_some_and(|reason| !reason.is_final());
        is_held || !State::from_code(state).is_some_and(State::is_final)
    };
    if let Some(first) = rows.iter().filter(|row| unfinished(row.2, row.3)).map(|row| row.1).min() {
        old.retain(|event| *event < first);
    }
    let gone: Vec<i64> = rows.iter().filter(|row| old.contains(&row.1)).map(|row| row.0).collect();
    stats::keep_tally(db, &gone)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any(&gone))).execute(db.conn)?;
    fail_point!("prune.mid");
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(&gone))).execute(db.conn)?;
    diesel::delete(read_marks::table.filter(read_marks::event_id.eq_any(&old))).execute(db.conn)?;
    Ok(diesel::delete(events::table.filter(events::id.eq_any(&old))).execute(db.conn)?)
}
