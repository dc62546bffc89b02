//! A filter as conditions of a query on deliveries and their events. Lists, exports and replays all use these.

/// Adds what no index of deliveries knows to a boxed query on deliveries and their events.
macro_rules! residual {
    ($query:expr, $filter:expr) => {{
        use $crate::domain::attempt::Outcome;
        use $crate::domain::delivery_result::ResultKind;
        use $crate::domain::search::vehicle_key::keys;
        use $crate::store::schema::{deliveries, events};
        use $crate::store::search::lower;

        let filter: &$crate::domain::delivery_filter::Filter = $filter;
        let mut query = $query;
        if let Some(kind) = filter.alert_type {
            query = query.filter(events::alert_type.eq(kind.id()));
        }
        if let Some(alert) = filter.alert {
            query = query.filter(events::alert_id.eq(alert.0));
        }
        if let Some(name) = &filter.vehicle {
            query = query.filter(lower(events::vehicle_name).eq_any(keys(name)));
        }
        if let Some(kind) = filter.result {
            let states: Vec<i16> = kind.states().iter().map(|state| state.code()).collect();
            // Plus nothing: the planner shall not choose an index on one of these columns.
            query = query.filter((deliveries::state + 0_i16).eq_any(states));
            query = match kind {
                ResultKind::NotSent(reason) => query.filter((deliveries::not_sent + 0_i16).eq(reason.code())),
                _ => {
                    let codes: Vec<i16> = kind.outcomes().into_iter().map(Outcome::code).collect();
                    query.filter(deliveries::last_outcome.eq_any(codes))
                }
            };
        }
        if let Some(least) = filter.attempts_min {
            query = query.filter(deliveries::attempts.ge(least));
        }
        if let Some(least) = filter.duration_min_ms {
            query = query.filter(deliveries::duration_us.ge(least.saturating_mul(1_000)));
        }
        if let Some(trigger) = filter.trigger {
            query = query.filter((deliveries::trigger_kind + 0_i16).eq(trigger.code()));
        }
        query
    }};
}

/// The deliveries among `$ids` that match what indexes know of a filter, as a boxed query on deliveries, their events and
/// their webhooks; `residual!` adds the rest. `$ids` are few, so their rows are looked up one by one, whatever else is
/// asked of them: plus nothing keeps the planner from another index.
macro_rules! looked_up {
    ($ids:expr, $filter:expr) => {{
        let filter: &$crate::domain::delivery_filter::Filter = $filter;
        let mut query = deliveries::table
            .inner_join(events::table)
            .inner_join(webhooks::table)
            .into_boxed()
            .filter(deliveries::id.eq_any($ids));
        if !filter.states.is_empty() {
            let codes: Vec<i16> = filter.states.iter().map(|state| state.code()).collect();
            query = query.filter((deliveries::state + 0_i16).eq_any(codes));
        }
        if let Some(webhook) = filter.webhook {
            query = query.filter((deliveries::webhook_id + 0_i64).eq(webhook.0));
        }
        if let Some(replay) = filter.replay {
            query = query.filter((deliveries::replay_id + 0_i64).eq(replay.0));
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

/// The deliveries among `$ids` that the scope has and the filter means.
macro_rules! judged {
    ($ids:expr, $scope:expr, $filter:expr) => {{
        let query = within!(looked_up!($ids, $filter), (deliveries::company_id + 0_i64), $scope);
        residual!(query, $filter)
    }};
}

pub(in crate::store) use {judged, looked_up, residual};
