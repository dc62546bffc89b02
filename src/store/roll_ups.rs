//! Sums of roll-ups for pages: bounded by a window's days and hours and by what the caller sees, never by history.
//!
//! A webhook's window is read as whole days and the hours at both ends; all webhooks together by the hour are read from
//! their companies' hours.

use std::collections::BTreeMap;
use std::ops::Range;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::{companies, company_hours, company_tree, daily, hourly, webhooks};
use super::scoped::companies_below;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::stats::Hour;
use crate::domain::tally::{Span, cut};

/// Hours since the epoch, the last one not included.
pub type Hours = Range<i64>;

/// Hours by webhook are kept so long: more than the longest window of a page.
pub const KEEP_HOURS: i64 = 100 * 24;
/// Days by webhook, and hours by company, are kept so long.
pub const KEEP_SUMS_HOURS: i64 = 400 * 24;

type Row = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

fn hour(row: &Row) -> Hour {
    Hour {
        successes: row.1,
        failures: row.2,
        not_sent: row.3,
        buckets: [row.4, row.5, row.6, row.7, row.8, row.9, row.10, row.11],
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn webhooks_below(root: i64) -> _ {
    let companies =
        company_tree::table.filter(company_tree::ancestor_id.eq(root)).select(company_tree::company_id);
    webhooks::table.filter(webhooks::company_id.eq_any(companies)).select(webhooks::id)
}

/// A boxed query for the sums of a roll-up in some hours, grouped by `$by`.
macro_rules! sums {
    ($table:ident, $by:expr, $start:expr, $end:expr) => {
        $table::table
            .group_by($by)
            .select((
                $by,
                sql::<BigInt>("CAST(SUM(successes) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(failures) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(not_sent) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_50) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_100) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_250) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_500) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_1000) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_2500) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_5000) AS BIGINT)"),
                sql::<BigInt>("CAST(SUM(ms_more) AS BIGINT)"),
            ))
            .into_boxed()
            .filter($table::hour.ge($start).and($table::hour.lt($end)))
    };
}

/// The sums of the scope's webhooks, which are named one by one, so that the key is used.
macro_rules! of_webhooks {
    ($table:ident, $scope:expr, $start:expr, $end:expr) => {{
        let query = sums!($table, $table::webhook_id, $start, $end);
        match $scope.root() {
            Some(root) => query.filter($table::webhook_id.eq_any(webhooks_below(root.0))),
            None => query.filter($table::webhook_id.eq_any(webhooks::table.select(webhooks::id))),
        }
    }};
}

/// Each hour of the scope's webhooks, or of one of them, deleted ones included.
pub fn by_hour(
    db: &mut Db<'_>,
    scope: &Scope,
    hours: &Hours,
    webhook: Option<i64>,
) -> Result<Vec<(i64, Hour)>, StoreError> {
    let mut rows: Vec<Row> = if let Some(webhook) = webhook {
        let query = sums!(hourly, hourly::hour, hours.start, hours.end);
        let query = query.filter(hourly::webhook_id.eq(webhook));
        match scope.root() {
            Some(root) => query.filter(hourly::webhook_id.eq_any(webhooks_below(root.0))),
            None => query,
        }
        .load(db.conn)?
    } else {
        let query = sums!(company_hours, company_hours::hour, hours.start, hours.end);
        match scope.root() {
            Some(root) => query.filter(company_hours::company_id.eq_any(companies_below(root.0))),
            None => query,
        }
        .load(db.conn)?
    };
    rows.sort_unstable();
    Ok(rows.iter().map(|row| (row.0, hour(row))).collect())
}

/// Each webhook of the scope, deleted ones included, all hours together; by number.
pub fn by_webhook(db: &mut Db<'_>, scope: &Scope, hours: &Hours) -> Result<Vec<(i64, Hour)>, StoreError> {
    let mut sums: BTreeMap<i64, Hour> = BTreeMap::new();
    for (span, start, end) in cut(hours.start, hours.end) {
        if start == end {
            continue;
        }
        let rows: Vec<Row> = match span {
            Span::Hour => of_webhooks!(hourly, scope, start, end).load(db.conn)?,
            Span::Day => of_webhooks!(daily, scope, start, end).load(db.conn)?,
        };
        for row in &rows {
            let sum = sums.entry(row.0).or_default();
            *sum = sum.plus(&hour(row));
        }
    }
    Ok(sums.into_iter().collect())
}

/// Removes what is not kept any more in the hour `now`, and says how many rows that were.
pub fn prune(db: &mut Db<'_>, now: i64) -> Result<usize, StoreError> {
    // Webhook by webhook, so that the key is used: there is no index by hour, which every count would pay for.
    let of_webhooks = || webhooks::table.select(webhooks::id);
    let hours =
        hourly::table.filter(hourly::webhook_id.eq_any(of_webhooks()).and(hourly::hour.lt(now - KEEP_HOURS)));
    let days = daily::table
        .filter(daily::webhook_id.eq_any(of_webhooks()).and(daily::hour.lt(now - KEEP_SUMS_HOURS)));
    let of_companies = companies::table.select(companies::id);
    let sums = company_hours::table.filter(
        company_hours::company_id.eq_any(of_companies).and(company_hours::hour.lt(now - KEEP_SUMS_HOURS)),
    );
    Ok(diesel::delete(hours).execute(db.conn)?
        + diesel::delete(days).execute(db.conn)?
        + diesel::delete(sums).execute(db.conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Caller;
    use crate::store::search::plans::plan;

    #[test]
    fn a_webhooks_days_are_a_range_of_the_key() {
        let everything = Caller::system("test").scope();
        let plan = plan(&of_webhooks!(daily, everything, 0, 720));
        assert!(
            plan.contains("SEARCH daily USING PRIMARY KEY (webhook_id=? AND hour>? AND hour<?)"),
            "{plan}"
        );
    }
}
