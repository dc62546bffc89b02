//! Alerts and webhooks side by side: few facts of many alerts, and whose companies lie below whose.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::schema::{alert_units, alerts, company_tree};
use super::scoped::within;
use super::{Db, StoreError};
use crate::domain::access::Scope;
use crate::domain::alert_type::AlertType;
use crate::domain::ids::{AlertId, CompanyId};

/// An alert as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Its number.
    pub id: AlertId,
    /// Its company.
    pub company: CompanyId,
    /// Its type.
    pub alert_type: AlertType,
    /// Its name.
    pub name: String,
    /// Whether it watches every vehicle.
    pub is_all_fleet: bool,
}

/// The scope's alerts by name, `limit` at most.
pub fn alerts(db: &mut Db<'_>, scope: &Scope, limit: i64) -> Result<Vec<AlertRow>, StoreError> {
    let query = within!(alerts::table.into_boxed(), alerts::company_id, scope);
    let rows: Vec<(i64, i64, i64, String, bool)> = query
        .filter(alerts::deleted_at.is_null())
        .order((alerts::name, alerts::id))
        .limit(limit)
        .select((alerts::id, alerts::company_id, alerts::type_id, alerts::name, alerts::is_all_fleet))
        .load(db.conn)?;
    let row = |(id, company, kind, name, is_all_fleet)| {
        let alert_type = AlertType::from_id(kind)?;
        Some(AlertRow { id: AlertId(id), company: CompanyId(company), alert_type, name, is_all_fleet })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// How many vehicles each of these alerts watches; those that watch all are not among them.
pub fn vehicles(db: &mut Db<'_>, ids: &[AlertId]) -> Result<HashMap<AlertId, i64>, StoreError> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = alert_units::table
        .filter(alert_units::alert_id.eq_any(numbers))
        .group_by(alert_units::alert_id)
        .select((alert_units::alert_id, diesel::dsl::count_star()))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(id, count)| (AlertId(id), count)).collect())
}

/// Every pair of one of `roots` and a company that lies below it, or is it.
pub fn trees(db: &mut Db<'_>, roots: &[CompanyId]) -> Result<HashSet<(CompanyId, CompanyId)>, StoreError> {
    let numbers: Vec<i64> = roots.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = company_tree::table
        .filter(company_tree::ancestor_id.eq_any(numbers))
        .select((company_tree::ancestor_id, company_tree::company_id))
        .load(db.conn)?;
    Ok(rows.into_iter().map(|(root, below)| (CompanyId(root), CompanyId(below))).collect())
}
