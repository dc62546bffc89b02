//! Sums for pages: bounded by the hours of a window and by what the caller sees, never by history.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::ids::CompanyId;
use crate::domain::tally::{Kind, cut};
use crate::domain::time::Timestamp;
use crate::store::roll_ups::Hours;
use crate::store::schema::{companies, tallies, tally_cursors, webhooks};
use crate::store::scoped::companies_below;

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
        let wanted =
            tallies::kind.eq(span.code(kind)).and(tallies::hour.ge(start)).and(tallies::hour.lt(end));
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
