//! Deliveries by the time at which they were made. They are numbered as they are made, so a stretch of time is a
//! stretch of numbers: there is no index on time, and none is needed.

use diesel::prelude::*;

use super::schema::deliveries;
use super::{Db, StoreError};
use crate::domain::time::{MINUTE_US, Timestamp};

/// Clocks differ or are set: numbers and times disagree by less than this, microseconds.
const DISORDER_US: i64 = 10 * MINUTE_US;

/// After which number and up to which one the deliveries are that were made from `from` on and before `to`. A few at
/// both ends may be older or newer: whoever asks looks at their times, too.
pub(in crate::store) fn between(
    db: &mut Db<'_>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<(i64, i64), StoreError> {
    let earlier = from.map(|from| from.plus_micros(-DISORDER_US));
    exactly(db, earlier, to.map(|to| to.plus_micros(DISORDER_US)))
}

/// Numbers beyond each end of [`near`].
const EDGE: i64 = 2_000;

/// The same, with at most [`EDGE`] numbers of deliveries beyond each end, for those who count what they look at: in ten
/// minutes very many may be made.
pub(in crate::store) fn near(
    db: &mut Db<'_>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<(i64, i64), StoreError> {
    let (after, upto) = between(db, from, to)?;
    let (first, last) = exactly(db, from, to)?;
    Ok((after.max(first - EDGE), upto.min(last + EDGE)))
}

/// The same without anything beyond the ends, as far as numbers and times agree.
pub(in crate::store) fn exactly(
    db: &mut Db<'_>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<(i64, i64), StoreError> {
    let newest: Option<i64> =
        deliveries::table.order(deliveries::id.desc()).select(deliveries::id).first(db.conn).optional()?;
    let newest = newest.unwrap_or_default();
    let end = |db: &mut Db<'_>, at: Option<Timestamp>, none| match at {
        Some(at) => last_before(db, at, newest),
        None => Ok(none),
    };
    Ok((end(db, from, 0)?, end(db, to, newest)?))
}

/// The number of the last delivery made before `at`, 0 for none: by halving, so in few reads of the table's own order.
fn last_before(db: &mut Db<'_>, at: Timestamp, newest: i64) -> Result<i64, StoreError> {
    let (mut before, mut later) = (0, newest + 1);
    while later - before > 1 {
        let middle = before + (later - before) / 2;
        let row: Option<(i64, i64)> = deliveries::table
            .filter(deliveries::id.ge(middle))
            .order(deliveries::id)
            .select((deliveries::id, deliveries::created_at))
            .first(db.conn)
            .optional()?;
        match row {
            Some((id, made)) if made < at.micros() => before = id,
            _ => later = middle,
        }
    }
    Ok(before)
}
