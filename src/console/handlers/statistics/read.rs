//! What is read: sums of roll-ups, bounded by the window and the scope.

use std::collections::{BTreeMap, HashMap};

use super::query::StatisticsQuery;
use crate::domain::access::Scope;
use crate::domain::statistics;
use crate::domain::stats::Hour;
use crate::domain::tally::{ARRIVAL_MS, Kind};
use crate::domain::time::Timestamp;
use crate::store::roll_ups::Hours;
use crate::store::{Db, StoreError, roll_ups, tallies};

/// Attempts that are told apart; what took more is counted with the last.
pub const NEEDED: usize = 9;

/// Hours up to which a window is compared with the time before.
const COMPARED_MAX: i64 = 31 * 24;

/// The numbers of one window.
#[derive(Default)]
pub struct Numbers {
    /// By webhook, deleted ones included.
    pub webhooks: Vec<(i64, Hour)>,
    /// By hour.
    pub hours: Vec<(i64, Hour)>,
    /// By the code of the outcome.
    pub results: Vec<(i64, i64)>,
    /// By the number of attempts it took, from 0.
    pub needed: Vec<i64>,
    /// By the bucket of [`ARRIVAL_MS`].
    pub arrival: Vec<i64>,
    /// Events by alert type.
    pub types: Vec<(i64, i64)>,
    /// Name and company of every webhook that has numbers.
    pub names: HashMap<i64, tallies::Named>,
    /// The same sums of as long a time before.
    pub before: Before,
    /// Up to when tallies are complete.
    pub counted_to: Option<Timestamp>,
}

/// What numbers are compared with.
#[derive(Default)]
pub struct Before {
    /// All webhooks together.
    pub all: Hour,
    /// Events.
    pub events: i64,
    /// By bucket.
    pub arrival: Vec<i64>,
}

impl Numbers {
    /// All webhooks together.
    pub fn all(&self) -> Hour {
        sum(&self.webhooks)
    }

    /// All events.
    pub fn events(&self) -> i64 {
        self.types.iter().map(|(_, count)| count).sum()
    }

    /// Reads them.
    pub fn read(
        db: &mut Db<'_>,
        scope: &Scope,
        query: &StatisticsQuery,
        hours: &Hours,
    ) -> Result<Self, StoreError> {
        let one = query.webhook.map(|id| id.0);
        // A long time is compared with nothing: it would cost as much again.
        let length = hours.end - hours.start;
        let earlier =
            if length > COMPARED_MAX { hours.start..hours.start } else { hours.start - length..hours.start };
        let by_hour = roll_ups::by_hour(db, scope, hours, one)?;
        let webhooks = match one {
            // Nothing of a webhook that the caller may not see: its hours were not found, its name is not looked for.
            Some(_) if by_hour.is_empty() => Vec::new(),
            Some(id) => vec![(id, sum(&by_hour))],
            None => roll_ups::by_webhook(db, scope, hours)?,
        };
        let ids: Vec<i64> = webhooks.iter().map(|(id, _)| *id).collect();
        Ok(Self {
            names: tallies::named(db, &ids)?,
            hours: by_hour,
            results: by_value(db, scope, Kind::Result, hours, one)?,
            needed: statistics::places(by_value(db, scope, Kind::Needed, hours, one)?, NEEDED + 1),
            arrival: arrival(db, scope, hours, one)?,
            types: by_value(db, scope, Kind::Fired, hours, None)?,
            before: Before {
                all: sum(&roll_ups::by_hour(db, scope, &earlier, one)?),
                events: by_value(db, scope, Kind::Fired, &earlier, None)?
                    .iter()
                    .map(|(_, count)| count)
                    .sum(),
                arrival: arrival(db, scope, &earlier, one)?,
            },
            counted_to: tallies::complete_to(db)?,
            webhooks,
        })
    }
}

fn sum(hours: &[(i64, Hour)]) -> Hour {
    hours.iter().fold(Hour::default(), |sum, (_, hour)| sum.plus(hour))
}

/// Sums by value, of one subject or all together.
fn by_value(
    db: &mut Db<'_>,
    scope: &Scope,
    kind: Kind,
    hours: &Hours,
    one: Option<i64>,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for (subject, value, count) in tallies::by_subject(db, scope, kind, hours)? {
        if one.is_none_or(|one| one == subject) {
            *sums.entry(value).or_default() += count;
        }
    }
    Ok(sums.into_iter().collect())
}

fn arrival(db: &mut Db<'_>, scope: &Scope, hours: &Hours, one: Option<i64>) -> Result<Vec<i64>, StoreError> {
    let counts = by_value(db, scope, Kind::Arrival, hours, one)?;
    Ok(statistics::places(counts, ARRIVAL_MS.len() + 1))
}
