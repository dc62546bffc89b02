//! How many deliveries a filter means, up to a limit: from an index alone where one knows, otherwise by looking at as many
//! rows as a page does.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::browse::{LOOK_MAX, is_own, open};
use super::conditions::{judged, looked_up, residual};
use super::streams::few;
use crate::domain::access::Scope;
use crate::domain::delivery::State;
use crate::domain::delivery_filter::Filter;
use crate::domain::page::Cursor;
use crate::store::between::exactly;
use crate::store::schema::{companies, deliveries, events, webhooks};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Deliveries are counted up to here; beyond it is "or more".
pub const COUNT_MAX: i64 = 10_000;
/// Rows that one statement looks at.
const CHUNK: usize = 1_000;

/// A number of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many were counted.
    pub count: i64,
    /// Whether there may be more.
    pub or_more: bool,
}

impl Counted {
    fn of(found: i64) -> Self {
        Self { count: found.min(COUNT_MAX), or_more: found > COUNT_MAX }
    }

    fn plus(self, other: Self) -> Self {
        let sum = Self::of(self.count + other.count);
        Self { or_more: sum.or_more || self.or_more || other.or_more, ..sum }
    }
}

/// How many there are in each state, and in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByState {
    /// Together.
    pub all: Counted,
    /// Each state that was counted.
    pub states: Vec<(State, Counted)>,
}

impl ByState {
    /// The counts of what was looked at.
    fn of_states(codes: &[i16], or_more: bool) -> Self {
        let of = |count: usize| Counted { count: i64::try_from(count).unwrap_or(i64::MAX), or_more };
        let in_state = |state: State| codes.iter().filter(|code| **code == state.code()).count();
        let states = State::ALL.into_iter().map(|state| (state, of(in_state(state)))).collect();
        Self { all: of(codes.len()), states }
    }

    /// How many are in this state, when that was counted.
    pub fn of(&self, state: State) -> Option<Counted> {
        self.states.iter().find(|(known, _)| *known == state).map(|(_, counted)| *counted)
    }
}

/// The states that an index knows.
const TROUBLES: [State; 5] =
    [State::Failed, State::Retrying, State::Queued, State::NotSent, State::Cancelled];

/// The entries of an index that the filter's webhook, replay and time, and a state, have; a boxed query.
macro_rules! entries {
    ($scope:expr, $filter:expr, $range:expr, $state:expr) => {{
        let filter: &Filter = $filter;
        let (after, upto): (i64, i64) = $range;
        let state: Option<i16> = $state;
        let mut query = deliveries::table
            .select(deliveries::id)
            .filter(deliveries::id.gt(after).and(deliveries::id.le(upto)))
            .into_boxed();
        query = match (filter.replay, filter.webhook) {
            (Some(replay), _) => query.filter(deliveries::replay_id.eq(replay.0)),
            (None, Some(webhook)) => query.filter(deliveries::webhook_id.eq(webhook.0)),
            // Staff see every company, and the index on states begins with the company.
            (None, None) if state.is_some() && $scope.root().is_none() => {
                query.filter(deliveries::company_id.eq_any(companies::table.select(companies::id)))
            }
            (None, None) => within!(query, deliveries::company_id, $scope),
        };
        if let Some(state) = state {
            query = query.filter(deliveries::trouble.eq(state));
        }
        query
    }};
}

/// How many deliveries of the scope the filter means.
pub fn count(db: &mut Db<'_>, scope: &Scope, filter: &Filter) -> Result<Counted, StoreError> {
    let states = few(filter);
    let is_all = filter.possible().len() == State::ALL.len();
    if filter.has_more_than_indexes_know() || filter.replay.is_some() || !(is_all || states.is_some()) {
        return Ok(looking(db, scope, filter, LOOK_MAX)?.all);
    }
    if !is_own(db, scope, filter)? {
        return Ok(Counted::default());
    }
    let range = exactly(db, filter.from, filter.to)?;
    let Some(states) = states else { return in_index(db, scope, filter, range, None) };
    let mut sum = Counted::default();
    for state in states {
        sum = sum.plus(in_index(db, scope, filter, range, Some(state))?);
    }
    Ok(sum)
}

/// How many there are in each state of what the filter means but for its states.
pub fn by_state(db: &mut Db<'_>, scope: &Scope, filter: &Filter) -> Result<ByState, StoreError> {
    let filter = &filter.of_states(&[]);
    if filter.has_more_than_indexes_know() || filter.replay.is_some() {
        return looking(db, scope, filter, LOOK_MAX);
    }
    if !is_own(db, scope, filter)? {
        return Ok(ByState::of_states(&[], false));
    }
    let range = exactly(db, filter.from, filter.to)?;
    let mut found = ByState { all: in_index(db, scope, filter, range, None)?, states: Vec::new() };
    let mut rest = found.all.count;
    for state in TROUBLES {
        let counted = in_index(db, scope, filter, range, Some(state.code()))?;
        rest -= counted.count;
        found.states.push((state, counted));
    }
    // What is delivered is what is left. When more than the limit are there, so much is a lower bound; those on the wire
    // are a few more.
    let sending = on_the_wire(db, scope, filter, range)?;
    let delivered = Counted { count: (rest - sending).max(0), or_more: found.all.or_more };
    found.states.push((State::Delivered, delivered));
    Ok(found)
}

fn in_index(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    range: (i64, i64),
    state: Option<i16>,
) -> Result<Counted, StoreError> {
    let beyond: Option<i64> =
        entries!(scope, filter, range, state).offset(COUNT_MAX).limit(1).first(db.conn).optional()?;
    if beyond.is_some() {
        return Ok(Counted { count: COUNT_MAX, or_more: true });
    }
    Ok(Counted::of(entries!(scope, filter, range, state).select(count_star()).first(db.conn)?))
}

/// Deliveries that somebody holds: as many as the engine has turns.
fn on_the_wire(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    (after, upto): (i64, i64),
) -> Result<i64, StoreError> {
    let held = deliveries::table
        .filter(deliveries::lease_until.is_not_null())
        .filter((deliveries::id + 0_i64).gt(after).and((deliveries::id + 0_i64).le(upto)))
        .select(count_star())
        .into_boxed();
    let mut held = within!(held, (deliveries::company_id + 0_i64), scope);
    if let Some(webhook) = filter.webhook {
        held = held.filter((deliveries::webhook_id + 0_i64).eq(webhook.0));
    }
    Ok(held.first(db.conn)?)
}

/// How many match among the newest `most` rows that may: for a remark, where a page's own count would be too much.
pub fn among_newest(
    db: &mut Db<'_>,
    scope: &Scope,
    filter: &Filter,
    most: usize,
) -> Result<Counted, StoreError> {
    if filter.has_more_than_indexes_know() || filter.replay.is_some() {
        return Ok(looking(db, scope, filter, most)?.all);
    }
    count(db, scope, filter)
}

/// Counts among `most` rows.
fn looking(db: &mut Db<'_>, scope: &Scope, filter: &Filter, most: usize) -> Result<ByState, StoreError> {
    let mut states: Vec<i16> = Vec::new();
    let mut or_more = false;
    if let Some(mut streams) = open(db, scope, filter, Cursor::Newest)? {
        let mut looked_at = 0;
        or_more = streams.is_cut;
        loop {
            if looked_at >= most {
                or_more |= !streams.next(db, 1)?.is_empty();
                break;
            }
            let ids = streams.next(db, CHUNK.min(most - looked_at))?;
            if ids.is_empty() {
                break;
            }
            looked_at += ids.len();
            let found: Vec<i16> = judged!(&ids, scope, filter).select(deliveries::state).load(db.conn)?;
            states.extend(found);
        }
    }
    Ok(ByState::of_states(&states, or_more))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Caller, Role};
    use crate::domain::ids::{CompanyId, UserId, WebhookId};
    use crate::store::search::plans::plan;

    #[test]
    fn counts_touch_indexes_alone() {
        let alice = Caller::user(UserId(1), "Alice", Role::Admin, Some(CompanyId(12)));
        let any = Filter::default();
        let hook = Filter { webhook: Some(WebhookId(41)), ..Filter::default() };
        let steps = plan(&entries!(Scope::service(), &any, (7, 9_000), Some(5)));
        let look = "deliveries_in_trouble_by_company (company_id=? AND trouble=? AND id>? AND id<?)";
        assert!(steps.contains(look), "{steps}");
        for (filter, state) in [(&any, None), (&any, Some(5)), (&hook, None), (&hook, Some(5))] {
            let steps = plan(&entries!(alice.scope(), filter, (7, 9_000), state));
            assert!(steps.contains("SEARCH deliveries USING COVERING INDEX"), "{steps}");
            assert!(!steps.contains("SCAN") && !steps.contains("B-TREE"), "{steps}");
        }
        let held = deliveries::table.filter(deliveries::lease_until.is_not_null()).select(count_star());
        assert!(plan(&held).contains("deliveries_leased"), "{}", plan(&held));
    }

    #[test]
    fn a_sum_of_limits_is_a_limit() {
        let of = |count, or_more| Counted { count, or_more };
        assert_eq!(of(6_000, false).plus(of(6_000, false)), of(COUNT_MAX, true));
        assert_eq!(of(1, false).plus(of(2, false)), of(3, false));
        assert_eq!(of(0, true).plus(of(2, false)), of(2, true));
    }
}
