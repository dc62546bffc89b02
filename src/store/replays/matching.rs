//! Which deliveries a replay means, and which of them can be repeated.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::super::between::between;
use super::super::deliveries::conditions::{looked_up, residual};
use super::super::deliveries::{Repeat, is_trouble};
use super::super::schema::{deliveries, events, webhooks};
use super::super::scoped::companies_below;
use super::super::{Db, StoreError};
use crate::domain::delivery::{NotSent, State, Trigger};
use crate::domain::ids::{CompanyId, DeliveryId, EventId, WebhookId};
use crate::domain::replay::{COUNT_MAX, Expected, Filter, Old, Skip, Skips, is_repeated, judge};
use crate::domain::time::Timestamp;

/// Rows asked about in one statement.
const CHUNK: usize = 1_000;

/// The deliveries of a company's tree with a number after `after` and up to `upto` that match what indexes know of a
/// filter; `residual!` adds the rest. Chosen ones are looked up one by one.
macro_rules! matching {
    ($company:expr, $filter:expr, $after:expr, $upto:expr) => {{
        let filter: &Filter = $filter;
        let (after, upto): (i64, i64) = ($after, $upto);
        if filter.only.is_empty() {
            in_range!($company, filter, after, upto)
        } else {
            looked_up!(filter.chosen(after, upto), filter)
                .filter((deliveries::company_id + 0_i64).eq_any(companies_below($company.0)))
        }
    }};
}

/// The same for a filter without chosen deliveries.
macro_rules! in_range {
    ($company:expr, $filter:expr, $after:expr, $upto:expr) => {{
        let filter: &Filter = $filter;
        let possible = filter.possible();
        let mut query = deliveries::table
            .inner_join(events::table)
            .inner_join(webhooks::table)
            .into_boxed()
            .filter(deliveries::company_id.eq_any(companies_below($company.0)))
            .filter(deliveries::id.gt($after).and(deliveries::id.le($upto)));
        if possible.len() < State::ALL.len() {
            let codes: Vec<i16> = possible.iter().map(|state| state.code()).collect();
            // The few among the many have an index of their own.
            query = if possible.iter().any(|state| !is_trouble(*state)) {
                query.filter(deliveries::state.eq_any(codes))
            } else {
                query.filter(deliveries::trouble.eq_any(codes))
            };
        }
        if let Some(webhook) = filter.webhook {
            query = query.filter(deliveries::webhook_id.eq(webhook.0));
        }
        if let Some(replay) = filter.replay {
            query = query.filter(deliveries::replay_id.eq(replay.0));
        }
        if let Some(from) = filter.from {
            query = query.filter(deliveries::created_at.ge(from.micros()));
        }
        if let Some(to) = filter.to {
            query = query.filter(deliveries::created_at.lt(to.micros()));
        }
        query
    }};
}
pub(super) use {in_range, matching};

/// A delivery that matches.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub(super) struct Found {
    pub(super) id: i64,
    event_id: i64,
    webhook_id: i64,
    company_id: i64,
    state: i16,
    trigger_kind: i16,
    not_sent: Option<i16>,
    created_at: i64,
}

/// What its webhook is now.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(super) struct Target {
    name: String,
    is_active: bool,
    disabled_reason: Option<String>,
    deleted_at: Option<i64>,
    paused_mode: Option<String>,
}

impl Target {
    fn is_live(&self) -> bool {
        self.is_active && self.disabled_reason.is_none() && self.deleted_at.is_none()
    }
}

impl Found {
    fn state(&self) -> Result<State, StoreError> {
        State::from_code(self.state).ok_or(StoreError::NotFound)
    }

    fn trigger(&self) -> Result<Trigger, StoreError> {
        Trigger::from_code(self.trigger_kind).ok_or(StoreError::NotFound)
    }

    /// What a new delivery needs to know of it.
    pub(super) fn repeat(&self) -> Result<Repeat, StoreError> {
        Ok(Repeat {
            old: DeliveryId(self.id),
            event: EventId(self.event_id),
            webhook: WebhookId(self.webhook_id),
            company: CompanyId(self.company_id),
            trigger: self.trigger()?,
        })
    }
}

/// What becomes of each of them: repeated, or why not. `range`: the numbers that the replay covers.
pub(super) fn judged(
    db: &mut Db<'_>,
    filter: &Filter,
    range: (i64, i64),
    found: &[(Found, Target)],
) -> Result<Vec<Result<(), Skip>>, StoreError> {
    let repeated = repeated(db, filter, range, found)?;
    found
        .iter()
        .map(|(row, target)| {
            let old = Old {
                state: row.state()?,
                trigger: row.trigger()?,
                is_held: row.not_sent == Some(NotSent::PausedHeld.code()),
                is_deleted: target.deleted_at.is_some(),
                is_live: target.is_live(),
            };
            let verdict = judge(&old);
            Ok(if verdict.is_ok() && repeated.contains(&row.id) { Err(Skip::Repeated) } else { verdict })
        })
        .collect()
}

/// Those among `found` of which a later delivery stands for the event.
fn repeated(
    db: &mut Db<'_>,
    filter: &Filter,
    (after, upto): (i64, i64),
    found: &[(Found, Target)],
) -> Result<HashSet<i64>, StoreError> {
    let mut repeated = HashSet::new();
    for chunk in found.chunks(CHUNK) {
        let states: HashMap<i64, i16> = chunk.iter().map(|(row, _)| (row.id, row.state)).collect();
        let later: Vec<(Option<i64>, i64, i16, i64)> = deliveries::table
            .filter(deliveries::redelivery_of.eq_any(states.keys().copied().collect::<Vec<_>>()))
            .select((deliveries::redelivery_of, deliveries::id, deliveries::state, deliveries::created_at))
            .load(db.conn)?;
        // A later delivery stands for the event only when it is meant itself.
        let numbers: Vec<i64> = later.iter().map(|row| row.1).collect();
        let meant = deliveries::table.inner_join(events::table).inner_join(webhooks::table).into_boxed();
        let meant = residual!(meant.filter(deliveries::id.eq_any(&numbers)), filter);
        let meant: HashSet<i64> = meant.select(deliveries::id).load(db.conn)?.into_iter().collect();
        for (of, id, state, created_at) in later {
            let (Some(of), Some(state)) = (of, State::from_code(state)) else { continue };
            let Some(old) = states.get(&of).copied().and_then(State::from_code) else { continue };
            let is_covered = id > after
                && id <= upto
                && filter.admits(DeliveryId(id))
                && meant.contains(&id)
                && filter.covers(state, Timestamp::from_micros(created_at));
            if is_repeated(old, state, is_covered) {
                repeated.insert(of);
            }
        }
    }
    Ok(repeated)
}

/// A webhook that deliveries go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// Which.
    pub id: WebhookId,
    /// Its name.
    pub name: String,
    /// Whether what is made waits until it is resumed.
    pub is_paused: bool,
    /// Whether it is switched on and exists.
    pub is_live: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// Deliveries that would be made.
    pub repeated: i64,
    /// Deliveries that would be skipped.
    pub skipped: i64,
}

/// What a replay would do if it were begun now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Deliveries that match, counted up to [`COUNT_MAX`].
    pub expected: Expected,
    /// Those among them that would not be repeated.
    pub skips: Skips,
    /// The webhooks, those with the most first.
    pub webhooks: Vec<Concerned>,
    /// When the first and the last of them were made.
    pub span: Option<(Timestamp, Timestamp)>,
    /// They have numbers after this one …
    pub(in crate::store) after: i64,
    /// … and up to this one.
    pub(in crate::store) upto: i64,
}

/// Looks at what matches, [`COUNT_MAX`] deliveries at most.
pub fn survey(db: &mut Db<'_>, company: CompanyId, filter: &Filter) -> Result<Survey, StoreError> {
    let (after, upto) = between(db, filter.from, filter.to)?;
    // Nothing lies before the first of the chosen ones, and nothing behind the last.
    let (after, upto) = match filter.chosen(after, upto).as_slice() {
        [first, .., last] => (first - 1, *last),
        [only] => (only - 1, *only),
        [] => (after, upto),
    };
    let query = matching!(company, filter, after, upto);
    let mut ids: Vec<i64> = query.limit(COUNT_MAX + 1).select(deliveries::id).load(db.conn)?;
    let or_more = i64::try_from(ids.len()).unwrap_or(i64::MAX) > COUNT_MAX;
    ids.truncate(usize::try_from(COUNT_MAX).unwrap_or(usize::MAX));
    // Here and not there: how many rows are read is bounded, however rare the type is.
    let mut found: Vec<(Found, Target)> = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let rows = deliveries::table.inner_join(events::table).inner_join(webhooks::table).into_boxed();
        let rows = residual!(rows.filter(deliveries::id.eq_any(chunk)), filter);
        let rows: Vec<(Found, Target)> =
            rows.select((Found::as_select(), Target::as_select())).load(db.conn)?;
        found.extend(rows);
    }
    let mut survey = Survey { after, upto, ..Survey::default() };
    survey.expected = Expected { count: i64::try_from(found.len()).unwrap_or(i64::MAX), or_more };
    let times = || found.iter().map(|(row, _)| Timestamp::from_micros(row.created_at));
    survey.span = times().min().zip(times().max());
    let mut webhooks: HashMap<i64, Concerned> = HashMap::new();
    for ((row, target), verdict) in found.iter().zip(judged(db, filter, (after, upto), &found)?) {
        let concerned = webhooks.entry(row.webhook_id).or_insert_with(|| Concerned {
            id: WebhookId(row.webhook_id),
            name: target.name.clone(),
            is_paused: target.paused_mode.is_some(),
            is_live: target.is_live(),
            is_deleted: target.deleted_at.is_some(),
            repeated: 0,
            skipped: 0,
        });
        match verdict {
            Ok(()) => concerned.repeated += 1,
            Err(why) => {
                concerned.skipped += 1;
                survey.skips.add(why, 1);
            }
        }
    }
    survey.webhooks = webhooks.into_values().collect();
    survey.webhooks.sort_by_key(|one| (-(one.repeated + one.skipped), one.id));
    Ok(survey)
}

#[cfg(test)]
mod tests {
    use super::super::super::search::plans::plan;
    use super::*;

    #[test]
    fn chosen_deliveries_are_looked_up_by_their_numbers() {
        let filter = Filter {
            only: [3, 4, 5].map(DeliveryId).to_vec(),
            states: vec![State::Failed],
            webhook: Some(WebhookId(1)),
            ..Filter::default()
        };
        let query = residual!(matching!(CompanyId(1), &filter, 0_i64, 9_000_i64), &filter);
        let steps = plan(&query.order(deliveries::id).select(deliveries::id));
        assert!(steps.starts_with("SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"), "{steps}");
        assert!(!steps.contains("SCAN"), "{steps}");
    }
}
