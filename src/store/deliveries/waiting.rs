//! When the next delivery of each webhook is due.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::store::schema::{deliveries, webhooks};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Webhooks that are asked for at most.
const WEBHOOKS_MAX: i64 = 5_000;

/// Each webhook with its first due time; a boxed query.
macro_rules! firsts {
    ($scope:expr) => {{
        let first = deliveries::table
            .filter(deliveries::webhook_id.eq(webhooks::id).and(deliveries::due_at.is_not_null()))
            .select(deliveries::due_at)
            .order(deliveries::due_at)
            .limit(1)
            .single_value();
        let scope: &Scope = $scope;
        within!(webhooks::table.into_boxed(), webhooks::company_id, scope)
            .select((webhooks::id, first))
            .limit(WEBHOOKS_MAX)
    }};
}

/// When the next delivery of each of the scope's webhooks is due; those for which nothing waits are not there. One look
/// into an index for each webhook.
pub fn next_due(db: &mut Db<'_>, scope: &Scope) -> Result<HashMap<WebhookId, Timestamp>, StoreError> {
    let rows: Vec<(i64, Option<i64>)> = firsts!(scope).load(db.conn)?;
    let due = |(id, at): (i64, Option<i64>)| Some((WebhookId(id), Timestamp::from_micros(at?)));
    Ok(rows.into_iter().filter_map(due).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Caller;
    use crate::store::search::plans::plan;

    #[test]
    fn each_webhook_costs_one_look() {
        let everything = Caller::system("test").scope();
        let plan = plan(&firsts!(&everything));
        assert!(
            plan.ends_with(
                "SEARCH deliveries USING COVERING INDEX deliveries_waiting (webhook_id=? AND due_at>?)"
            ),
            "{plan}"
        );
    }
}
