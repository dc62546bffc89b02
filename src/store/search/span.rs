//! A time as a range of events' numbers.

use diesel::prelude::*;

use crate::domain::ids::EventId;
use crate::domain::search::window::Window;
use crate::domain::time::Timestamp;
use crate::store::schema::events;
use crate::store::{Db, StoreError};

/// Numbers from `low` on, and below `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) low: i64,
    pub(super) high: i64,
}

/// The numbers of the events that were received in `window`, give or take `slack_us`, and lie below `before`.
pub(super) fn of(
    db: &mut Db<'_>,
    window: Option<Window>,
    slack_us: i64,
    before: Option<EventId>,
) -> Result<Span, StoreError> {
    let end = before.map_or(i64::MAX, |id| id.0);
    let Some(window) = window else { return Ok(Span { low: 0, high: end }) };
    let low = first_since(db, window.from.plus_micros(-slack_us))?;
    let high = first_since(db, window.to.plus_micros(slack_us))?;
    Ok(Span { low, high: high.min(end) })
}

/// The numbers of all events that are kept; `None` when there are none.
pub(super) fn kept(db: &mut Db<'_>) -> Result<Option<Span>, StoreError> {
    let ids = events::table.select(events::id);
    let oldest: Option<i64> = ids.order(events::id).first(db.conn).optional()?;
    let newest: Option<i64> = ids.order(events::id.desc()).first(db.conn).optional()?;
    Ok(oldest.zip(newest).map(|(low, newest)| Span { low, high: newest + 1 }))
}

/// The number of the first event that was received at `at` or later: by halving, so that a few dozen rows are looked at
/// however many there are. Beyond the last number when there is none.
fn first_since(db: &mut Db<'_>, at: Timestamp) -> Result<i64, StoreError> {
    let Some(Span { mut low, mut high }) = kept(db)? else { return Ok(0) };
    while low < high {
        let middle = low + (high - low) / 2;
        // Numbers have gaps: the next row there is speaks for all that are missing before it.
        let row: Option<(i64, i64)> = events::table
            .filter(events::id.ge(middle).and(events::id.lt(high)))
            .order(events::id)
            .limit(1)
            .select((events::id, events::received_at))
            .first(db.conn)
            .optional()?;
        match row {
            Some((id, received)) if received < at.micros() => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(high)
}
