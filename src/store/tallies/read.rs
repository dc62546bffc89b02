//! Sums for pages: bounded by the hours of a window and by what the caller sees, never by history.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::ids::CompanyId;
use crate::domain::stats::Hour;
use crate::domain::tally::{Kind, cut};
use crate::domain::time::Timestamp;
use crate::store::schema::{companies, company_tree, hourly, tallies, tally_cursors, webhooks};
use crate::store::scoped::companies_below;

/// Hours since the epoch, the last one not included.
pub type Hours = Range<i64>;

/// How often, by subject and value: `(subject, value, count)`, sorted. The companies are named one by one, so that the
/// key is used; days stand for the hours in them.
pub fn by_subject(
    db: &mut Db<'_>,
    scope: &Scope,
    kind: Kind,
    hours: &Hours,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let mut sums: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (span, start, end) in cut(hours.start, hours.end) {
        if start == end {
            continue;
        }
        let sum = sql::<BigInt>("CAST(SUM(count) AS BIGINT)");
        let groups = tallies::table.group_by((tallies::subject, tallies::value));
        let query = groups.select((tallies::subject, tallies::value, sum)).into_boxed();
        let query = match scope.root() {
            Some(root) => query.filter(tallies::company_id.eq_any(companies_below(root.0))),
            None => query.filter(tallies::company_id.eq_any(companies::table.select(companies::id))),
        };
        let wanted = tallies::kind.eq(span.code(kind)).and(tallies::hour.ge(start)).and(tallies::hour.lt(end));
        let rows: Vec<(i64, i64, i64)> = query.filter(wanted).load(db.conn)?;
        for (subject, value, count) in rows {
            *sums.entry((subject, value)).or_default() += count;
        }
    }
    Ok(sums.into_iter().map(|((subject, value), count)| (subject, value, count)).collect())
}

/// Up to when nothing is missing; `None` before the first count.
pub fn complete_to(db: &mut Db<'_>) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> =
        tally_cursors::table.select(diesel::dsl::min(tally_cursors::complete_to)).first(db.conn)?;
    Ok(at.filter(|at| *at > 0).map(Timestamp::from_micros))
}

type HourRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

fn hour(row: &HourRow) -> Hour {
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

/// The hours' sums of the scope's webhooks, grouped by `$by`.
macro_rules! hourly_sums {
    ($scope:expr, $hours:expr, $by:expr) => {{
        let groups = hourly::table.group_by($by).order($by);
        let sums = groups.select((
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
        ));
        let query = sums.into_boxed();
        let query = match $scope.root() {
            Some(root) => query.filter(hourly::webhook_id.eq_any(webhooks_below(root.0))),
            None => query.filter(hourly::webhook_id.eq_any(webhooks::table.select(webhooks::id))),
        };
        query.filter(hourly::hour.ge($hours.start).and(hourly::hour.lt($hours.end)))
    }};
}

/// Each hour of the scope's webhooks, or of one of them, deleted ones included.
pub fn hourly_by_hour(
    db: &mut Db<'_>,
    scope: &Scope,
    hours: &Hours,
    webhook: Option<i64>,
) -> Result<Vec<(i64, Hour)>, StoreError> {
    let mut query = hourly_sums!(scope, hours, hourly::hour);
    if let Some(webhook) = webhook {
        query = query.filter(hourly::webhook_id.eq(webhook));
    }
    let rows: Vec<HourRow> = query.load(db.conn)?;
    Ok(rows.iter().map(|row| (row.0, hour(row))).collect())
}

/// Each webhook of the scope, deleted ones included, all hours together.
pub fn hourly_by_webhook(
    db: &mut Db<'_>,
    scope: &Scope,
    hours: &Hours,
) -> Result<Vec<(i64, Hour)>, StoreError> {
    let rows: Vec<HourRow> = hourly_sums!(scope, hours, hourly::webhook_id).load(db.conn)?;
    Ok(rows.iter().map(|row| (row.0, hour(row))).collect())
}

/// A webhook's name and company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its company.
    pub company: CompanyId,
}

/// Name and company of webhooks that the caller may see, deleted ones included. `ids` is bounded by the caller.
pub fn named(db: &mut Db<'_>, ids: &[i64]) -> Result<HashMap<i64, Named>, StoreError> {
    let rows: Vec<(i64, String, i64)> = webhooks::table
        .filter(webhooks::id.eq_any(ids))
        .select((webhooks::id, webhooks::name, webhooks::company_id))
        .load(db.conn)?;
    let named = |(id, name, company)| (id, Named { name, company: CompanyId(company) });
    Ok(rows.into_iter().map(named).collect())
}
