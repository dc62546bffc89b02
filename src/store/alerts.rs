//! Alerts and the vehicles that they watch.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{alert_units, alerts};
use super::scoped::within;
use super::{Db, StoreError, dialect};
use crate::domain::access::Scope;
use crate::domain::alert::{Alert, Unit};
use crate::domain::alert_type::AlertType;
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::page::{PageRequest, Paged};
use crate::domain::time::Timestamp;

type Row = (i64, i64, i64, String, String, bool, bool, String, i64);

const COLUMNS: (
    alerts::id,
    alerts::company_id,
    alerts::type_id,
    alerts::name,
    alerts::description,
    alerts::is_all_fleet,
    alerts::is_all_tags,
    alerts::tags,
    alerts::created_at,
) = (
    alerts::id,
    alerts::company_id,
    alerts::type_id,
    alerts::name,
    alerts::description,
    alerts::is_all_fleet,
    alerts::is_all_tags,
    alerts::tags,
    alerts::created_at,
);

fn alert(row: Row, units: Vec<Unit>) -> Result<Alert, StoreError> {
    let (id, company_id, type_id, name, description, is_all_fleet, is_all_tags, tags, created_at) = row;
    Ok(Alert {
        id: AlertId(id),
        company_id: CompanyId(company_id),
        alert_type: AlertType::from_id(type_id).ok_or(StoreError::NotFound)?,
        name,
        description,
        is_all_fleet,
        is_all_tags,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        units,
        created_at: Timestamp::from_micros(created_at),
    })
}

fn with_units(db: &mut Db<'_>, rows: Vec<Row>) -> Result<Vec<Alert>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let mut units: HashMap<i64, Vec<Unit>> = HashMap::new();
    let found: Vec<(i64, i64, String, String, String)> = alert_units::table
        .filter(alert_units::alert_id.eq_any(&ids))
        .order((alert_units::alert_id, alert_units::vehicle_id))
        .select((
            alert_units::alert_id,
            alert_units::vehicle_id,
            alert_units::name,
            alert_units::imei,
            alert_units::vin,
        ))
        .load(db.conn)?;
    for (alert_id, vehicle_id, name, imei, vin) in found {
        units.entry(alert_id).or_default().push(Unit { vehicle_id, name, imei, vin });
    }
    rows.into_iter()
        .map(|row| {
            let own = units.remove(&row.0).unwrap_or_default();
            alert(row, own)
        })
        .collect()
}

/// The alert `id`, when it lies in `scope` and is not deleted.
pub fn get(db: &mut Db<'_>, scope: &Scope, id: AlertId) -> Result<Alert, StoreError> {
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let row: Row =
        query.filter(alerts::id.eq(id.0).and(alerts::deleted_at.is_null())).select(COLUMNS).first(db.conn)?;
    with_units(db, vec![row])?.pop().ok_or(StoreError::NotFound)
}

/// Whether any company has an alert with this id (Telemax tells 403 from 404).
pub fn exists(db: &mut Db<'_>, id: AlertId) -> Result<bool, StoreError> {
    let query = alerts::table.filter(alerts::id.eq(id.0).and(alerts::deleted_at.is_null()));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(db.conn)?)
}

/// Those of `ids` that lie in the scope, in no order. `ids` is bounded by the caller.
pub fn find(db: &mut Db<'_>, scope: &Scope, ids: &[AlertId]) -> Result<Vec<Alert>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let rows: Vec<Row> = query
        .filter(alerts::id.eq_any(numbers).and(alerts::deleted_at.is_null()))
        .select(COLUMNS)
        .load(db.conn)?;
    with_units(db, rows)
}

/// The scope's alerts by name, `limit` at most.
pub fn list(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<Alert>, StoreError> {
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let rows: Vec<Row> = query
        .filter(alerts::deleted_at.is_null())
        .order((alerts::name, alerts::id))
        .limit(limit)
        .select(COLUMNS)
        .load(db.conn)?;
    with_units(db, rows)
}

/// A page of the scope's alerts, by descending id.
pub fn page(db: &mut Db<'_>, scope: &Scope, request: PageRequest) -> Result<Paged<Alert>, StoreError> {
    let total = within!(alerts::table.into_boxed(), alerts::company_id, scope)
        .filter(alerts::deleted_at.is_null())
        .count()
        .get_result(db.conn)?;
    let rows: Vec<Row> = within!(alerts::table.into_boxed(), alerts::company_id, scope)
        .filter(alerts::deleted_at.is_null())
        .order(alerts::id.desc())
        .limit(request.size)
        .offset(request.offset())
        .select(COLUMNS)
        .load(db.conn)?;
    Ok(Paged { items: with_units(db, rows)?, total })
}

/// What a new alert is made of.
pub struct NewAlert<'a> {
    /// An explicit number, for who moves alerts over from elsewhere.
    pub id: Option<AlertId>,
    /// The owner.
    pub company_id: CompanyId,
    /// What it watches.
    pub alert_type: AlertType,
    /// Shown name.
    pub name: &'a str,
    /// May be empty.
    pub description: &'a str,
    /// The vehicles it watches; none means the whole fleet.
    pub units: &'a [Unit],
}

/// Adds an alert. A number that is taken is a [`StoreError::Conflict`].
pub fn insert(db: &mut Db<'_>, new: &NewAlert<'_>, now: Timestamp) -> Result<AlertId, StoreError> {
    let values = (
        alerts::company_id.eq(new.company_id.0),
        alerts::type_id.eq(new.alert_type.id()),
        alerts::name.eq(new.name),
        alerts::description.eq(new.description),
        alerts::is_all_fleet.eq(new.units.is_empty()),
        alerts::is_all_tags.eq(true),
        alerts::tags.eq("[]"),
        alerts::created_at.eq(now.micros()),
    );
    let insert = diesel::insert_into(alerts::table);
    let id: i64 = match new.id {
        Some(id) => insert.values((alerts::id.eq(id.0), values)).returning(alerts::id).get_result(db.conn)?,
        None => insert.values(values).returning(alerts::id).get_result(db.conn)?,
    };
    if new.id.is_some() {
        dialect::note_explicit_alert_id(db)?;
    }
    for unit in new.units {
        diesel::insert_into(alert_units::table)
            .values((
                alert_units::alert_id.eq(id),
                alert_units::vehicle_id.eq(unit.vehicle_id),
                alert_units::name.eq(&unit.name),
                alert_units::imei.eq(&unit.imei),
                alert_units::vin.eq(&unit.vin),
            ))
            .execute(db.conn)?;
    }
    Ok(AlertId(id))
}
