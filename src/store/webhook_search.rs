//! Webhooks found by an RQL query.

use diesel::prelude::*;

use super::dialect::Dialect;
use super::schema::webhooks;
use super::scoped::within;
use super::webhook_filter::{Condition, OrderKeys};
use super::webhooks::{Row, webhooks_of};
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::page::Paged;
use crate::domain::rql::ListQuery;
use crate::domain::webhook::Webhook;

/// The webhooks of the scope that the query finds, in its order, cut as it says; with how many there are.
/// The scope is a condition of its own, outside whatever the filter says.
pub fn find(db: &mut Db<'_>, scope: &Scope, query: &ListQuery) -> Result<Paged<Webhook>, StoreError> {
    let dialect = Dialect::of(db.conn);
    let condition = || query.filter.as_ref().map(|filter| Condition { filter, dialect });
    let mut counted = within!(webhooks::table.into_boxed(), webhooks::company_id, scope)
        .filter(webhooks::deleted_at.is_null());
    if let Some(condition) = condition() {
        counted = counted.filter(condition);
    }
    let total = counted.count().get_result(db.conn)?;
    if query.limit == 0 || query.offset >= total {
        return Ok(Paged { items: Vec::new(), total });
    }
    let mut found = within!(webhooks::table.into_boxed(), webhooks::company_id, scope)
        .filter(webhooks::deleted_at.is_null());
    if let Some(condition) = condition() {
        found = found.filter(condition);
    }
    let rows: Vec<Row> = found
        .order(OrderKeys { order: &query.order, dialect })
        .limit(query.limit)
        .offset(query.offset)
        .select(Row::as_select())
        .load(db.conn)?;
    Ok(Paged { items: webhooks_of(db, rows)?, total })
}
