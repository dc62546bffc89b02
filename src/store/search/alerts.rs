//! Alerts as a search needs them: those that could have fired, deleted ones included, and who was linked to one.

use std::collections::HashMap;

use diesel::prelude::*;

use super::lower;
use super::vehicles::Vehicle;
use crate::domain::access::Scope;
use crate::domain::alert_type::AlertType;
use crate::domain::ids::{AlertId, CompanyId, WebhookId};
use crate::domain::time::Timestamp;
use crate::store::schema::{alert_links, alert_units, alerts, webhooks};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Alerts that are looked at.
const ALERTS_MAX: i64 = 200;
/// Links that are told of.
const LINKS_MAX: i64 = 20;

/// An alert that may have fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Able {
    /// Its number.
    pub id: AlertId,
    /// Its name.
    pub name: String,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// How many vehicles it watches, when not all of them and not the asked one.
    pub watches_others: Option<u64>,
}

/// A link of an alert to a webhook of the scope, whether it still stands or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The webhook …
    pub webhook: WebhookId,
    /// … and its name.
    pub name: String,
    /// Since when …
    pub linked_at: Timestamp,
    /// … and until when, by whom.
    pub unlinked: Option<(Timestamp, String)>,
}

/// The company of an alert of the scope, deleted or not.
pub(super) fn company_of(
    db: &mut Db<'_>,
    scope: &Scope,
    id: AlertId,
) -> Result<Option<CompanyId>, StoreError> {
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let company: Option<i64> =
        query.filter(alerts::id.eq(id.0)).select(alerts::company_id).first(db.conn).optional()?;
    Ok(company.map(CompanyId))
}

/// The alerts of the scope with this number or this type that may have fired for `vehicle`.
pub fn able(
    db: &mut Db<'_>,
    scope: &Scope,
    alert: Option<AlertId>,
    alert_type: Option<AlertType>,
    vehicle: Option<&Vehicle>,
) -> Result<Vec<Able>, StoreError> {
    type Row = (i64, String, i64, Option<i64>, bool);
    let mut query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    if let Some(id) = alert {
        query = query.filter(alerts::id.eq(id.0));
    }
    if let Some(kind) = alert_type {
        query = query.filter(alerts::type_id.eq(kind.id()));
    }
    let rows: Vec<Row> = query
        .order(alerts::id)
        .limit(ALERTS_MAX)
        .select((alerts::id, alerts::name, alerts::created_at, alerts::deleted_at, alerts::is_all_fleet))
        .load(db.conn)?;
    let choosy: Vec<i64> = rows.iter().filter(|row| !row.4).map(|row| row.0).collect();
    let others = match vehicle {
        Some(vehicle) => watching_others(db, &choosy, vehicle)?,
        None => HashMap::new(),
    };
    let able = |(id, name, created_at, deleted_at, _): Row| Able {
        id: AlertId(id),
        name,
        created_at: Timestamp::from_micros(created_at),
        deleted_at: deleted_at.map(Timestamp::from_micros),
        watches_others: others.get(&id).copied(),
    };
    Ok(rows.into_iter().map(able).collect())
}

/// Those of `ids` that do not watch `vehicle`, with how many they watch.
fn watching_others(db: &mut Db<'_>, ids: &[i64], vehicle: &Vehicle) -> Result<HashMap<i64, u64>, StoreError> {
    let counts: Vec<(i64, i64)> = alert_units::table
        .filter(alert_units::alert_id.eq_any(ids))
        .group_by(alert_units::alert_id)
        .select((alert_units::alert_id, diesel::dsl::count_star()))
        .load(db.conn)?;
    let number = vehicle.number.unwrap_or(-1);
    let is_it = lower(alert_units::name).eq_any(&vehicle.keys).or(alert_units::vehicle_id.eq(number));
    let watching: Vec<i64> = alert_units::table
        .filter(alert_units::alert_id.eq_any(ids).and(is_it))
        .select(alert_units::alert_id)
        .load(db.conn)?;
    let others = counts.into_iter().filter(|(id, _)| !watching.contains(id));
    Ok(others.map(|(id, count)| (id, u64::try_from(count).unwrap_or_default())).collect())
}

/// The links of an alert to webhooks of the scope, past ones included, the newest first.
pub fn links(db: &mut Db<'_>, scope: &Scope, alert: AlertId) -> Result<Vec<Link>, StoreError> {
    type Row = (i64, String, i64, Option<i64>, Option<String>);
    let join = alert_links::table.inner_join(webhooks::table.on(webhooks::id.eq(alert_links::webhook_id)));
    let query = within!(join.into_boxed(), webhooks::company_id, scope);
    let rows: Vec<Row> = query
        .filter(alert_links::alert_id.eq(alert.0).and(webhooks::deleted_at.is_null()))
        .order(alert_links::id.desc())
        .limit(LINKS_MAX)
        .select((
            alert_links::webhook_id,
            webhooks::name,
            alert_links::linked_at,
            alert_links::unlinked_at,
            alert_links::unlinked_by,
        ))
        .load(db.conn)?;
    let link = |(webhook, name, linked_at, unlinked_at, by): Row| Link {
        webhook: WebhookId(webhook),
        name,
        linked_at: Timestamp::from_micros(linked_at),
        unlinked: unlinked_at.map(|at| (Timestamp::from_micros(at), by.unwrap_or_default())),
    };
    Ok(rows.into_iter().map(link).collect())
}
