//! The newest events of a vehicle, of an alert, of a time.

use super::merge::{self, Row, Streams};
use super::{DISORDER_US, alerts, blocks, span};
use crate::domain::access::Scope;
use crate::domain::alert_type::AlertType;
use crate::domain::event::Event;
use crate::domain::ids::{AlertId, EventId};
use crate::domain::search::window::Window;
use crate::domain::time::{DAY_US, Timestamp};
use crate::store::search::vehicles::Vehicle;
use crate::store::{Db, StoreError, events};

/// How late an event may come in and still be found by the time at which it happened, microseconds. Trackers keep
/// what they cannot send.
pub const LATE_US: i64 = DAY_US;

/// What is looked for. Everything empty means the newest events of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The events of a vehicle.
    pub vehicle: Option<Vehicle>,
    /// The events of an alert.
    pub alert: Option<AlertId>,
    /// The events of an alert type.
    pub alert_type: Option<AlertType>,
    /// Events that were received then; those of a vehicle also when they happened then and came late.
    pub window: Option<Window>,
    /// Events with a lower number: the next page.
    pub before: Option<EventId>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Newest first.
    pub events: Vec<Event>,
    /// Where the next page begins, when there may be more.
    pub older: Option<EventId>,
    /// Whether everything was looked at, or at least as much as fills a page.
    pub certain: bool,
}

/// The newest events of the scope that `asked` means, `size` at most. Tests are not among them: nothing happened.
pub fn newest(db: &mut Db<'_>, scope: &Scope, asked: &Asked, size: usize) -> Result<Found, StoreError> {
    let mut late = Vec::new();
    if let (Some(window), Some(_), None) = (asked.window, &asked.vehicle, asked.before) {
        let happened = |row: &Row| {
            window.contains(Timestamp::from_micros(row.occurred_at)) && row.received_at >= window.to.micros()
        };
        late = take(db, scope, asked, Some(window.after(LATE_US)), size, happened)?.rows;
    }
    let received = |row: &Row| {
        asked.window.is_none_or(|window| window.contains(Timestamp::from_micros(row.received_at)))
    };
    let mut taken = take(db, scope, asked, asked.window, size + 1, received)?;
    let has_more = taken.rows.len() > size;
    taken.rows.truncate(size);
    let older = if has_more {
        taken.rows.last().map(|row| row.id)
    } else {
        taken.reached.filter(|_| !taken.complete)
    };
    let ids: Vec<i64> = late.iter().chain(&taken.rows).map(|row| row.id).collect();
    let mut events = events::load(db, &ids)?;
    events.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
    Ok(Found { events, older: older.map(EventId), certain: taken.complete || has_more })
}

/// The newest event of `asked`'s vehicle that was received before `end`, of whatever kind.
pub fn last_before(
    db: &mut Db<'_>,
    scope: &Scope,
    asked: &Asked,
    end: Option<Timestamp>,
) -> Result<Option<Event>, StoreError> {
    let window = end.map(|to| Window { from: Timestamp::from_micros(0), to });
    let before_end = |row: &Row| end.is_none_or(|end| row.received_at < end.micros());
    let taken = take(db, scope, asked, window, 1, before_end)?;
    let ids: Vec<i64> = taken.rows.iter().map(|row| row.id).collect();
    Ok(events::load(db, &ids)?.pop())
}

fn take(
    db: &mut Db<'_>,
    scope: &Scope,
    asked: &Asked,
    window: Option<Window>,
    count: usize,
    wanted: impl Fn(&Row) -> bool,
) -> Result<merge::Taken, StoreError> {
    // A vehicle has few events in ten minutes. A company may have very many: its time is taken as it is.
    let slack_us = if asked.vehicle.is_some() { DISORDER_US } else { 0 };
    let span = span::of(db, window, slack_us, asked.before)?;
    let number = asked.vehicle.as_ref().and_then(|vehicle| vehicle.number);
    let wanted = |row: &Row| {
        !row.is_test
            && number.is_none_or(|number| row.vehicle_id == number)
            && asked.alert.is_none_or(|alert| row.alert_id == alert.0)
            && asked.alert_type.is_none_or(|kind| row.alert_type == kind.id())
            && wanted(row)
    };
    let streams = match (&asked.vehicle, asked.alert) {
        (Some(vehicle), _) => return blocks::newest(db, scope, &vehicle.keys, span, count, wanted),
        (None, Some(alert)) => match alerts::company_of(db, scope, alert)? {
            Some(company) => Streams::Company(company.0),
            None => return Ok(merge::Taken { complete: true, ..merge::Taken::default() }),
        },
        (None, None) => Streams::All,
    };
    merge::newest(db, scope, streams, span, count, wanted)
}
