//! Vehicles are not rows: they are the names and numbers in events, and in the lists of alerts that watch some.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::merge::{self, Streams};
use super::span::Span;
use super::{DISORDER_US, blocks, lower, span};
use crate::domain::access::Scope;
use crate::domain::search::recognise::{Guess, recognise};
use crate::domain::search::vehicle_key::{key, keys};
use crate::domain::search::window::Window;
use crate::domain::time::Timestamp;
use crate::store::schema::{alert_units, alerts, events};
use crate::store::scoped::within;
use crate::store::{Db, StoreError};

/// Names of one number or device at most.
const NAMES_MAX: i64 = 8;
/// Suggestions at most.
const SUGGESTIONS_MAX: usize = 8;
/// Shorter beginnings are not tried.
const BEGINNING_CHARS_MIN: usize = 2;
/// Beginnings that are tried, each one character shorter.
const BEGINNINGS_MAX: usize = 8;

/// A vehicle as its events know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// How it is shown: as its fleet writes it, or as it was typed.
    pub name: String,
    /// The index's keys of its names.
    pub keys: Vec<String>,
    /// Its number, when it was asked for by it or by its device.
    pub number: Option<i64>,
    /// Whether anything is known of it.
    pub is_known: bool,
}

/// The vehicle that `text` names: by its name, or else by its number or device.
pub fn named(db: &mut Db<'_>, scope: &Scope, text: &str) -> Result<Vehicle, StoreError> {
    if let Some(known) = by_name(db, scope, text)? {
        return Ok(known);
    }
    for guess in recognise(text) {
        let found = match guess {
            Guess::VehicleNumber(number) => by_number(db, scope, number)?,
            Guess::Device(device) => by_device(db, scope, &device)?,
            _ => None,
        };
        if let Some(found) = found {
            return Ok(found);
        }
    }
    Ok(Vehicle { name: text.to_owned(), keys: keys(text), number: None, is_known: false })
}

/// The vehicle that is called so, in whatever letter case.
pub fn by_name(db: &mut Db<'_>, scope: &Scope, name: &str) -> Result<Option<Vehicle>, StoreError> {
    let keys = keys(name);
    let everything = Span { low: 0, high: i64::MAX };
    let newest = blocks::newest(db, scope, &keys, everything, 1, |row| !row.is_test)?;
    let known = if let Some(row) = newest.rows.first() {
        Some(name_in(db, row.id)?)
    } else {
        // It may be watched and never have reported anything.
        let query =
            within!(alerts::table.inner_join(alert_units::table).into_boxed(), alerts::company_id, scope);
        query
            .filter(lower(alert_units::name).eq_any(&keys).and(alerts::deleted_at.is_null()))
            .select(alert_units::name)
            .first(db.conn)
            .optional()?
    };
    Ok(known.map(|name| Vehicle { name, keys, number: None, is_known: true }))
}

/// The numbers of the `count` newest events of the vehicle with this name, tests included, that were received before `to`,
/// and whether there are more.
pub(in crate::store) fn events_of(
    db: &mut Db<'_>,
    scope: &Scope,
    name: &str,
    to: Option<Timestamp>,
    count: usize,
) -> Result<(Vec<i64>, bool), StoreError> {
    let window = to.map(|to| Window { from: Timestamp::from_micros(0), to });
    let span = span::of(db, window, DISORDER_US, None)?;
    blocks::numbers(db, scope, &keys(name), span, count)
}

/// The vehicle with this number in its fleet: as a list of an alert has it, or else as one of the newest events does.
/// Numbers have no index of their own.
pub fn by_number(db: &mut Db<'_>, scope: &Scope, number: i64) -> Result<Option<Vehicle>, StoreError> {
    let query = within!(alert_units::table.inner_join(alerts::table).into_boxed(), alerts::company_id, scope);
    let names: Vec<String> = query
        .filter(alert_units::vehicle_id.eq(number).and(alerts::deleted_at.is_null()))
        .order((alerts::id.desc(), alert_units::name))
        .limit(NAMES_MAX)
        .select(alert_units::name)
        .load(db.conn)?;
    if !names.is_empty() {
        return Ok(known_as(names, number));
    }
    let everything = Span { low: 0, high: i64::MAX };
    let is_it = |row: &merge::Row| row.vehicle_id == number && !row.is_test;
    let newest = merge::newest(db, scope, Streams::All, everything, 1, is_it)?;
    match newest.rows.first() {
        Some(row) => Ok(known_as(vec![name_in(db, row.id)?], number)),
        None => Ok(None),
    }
}

/// The vehicle with this IMEI or VIN, as a list of an alert has it.
pub fn by_device(db: &mut Db<'_>, scope: &Scope, device: &str) -> Result<Option<Vehicle>, StoreError> {
    let spellings = [device.to_owned(), device.to_lowercase()];
    let query = within!(alert_units::table.inner_join(alerts::table).into_boxed(), alerts::company_id, scope);
    let is_it = alert_units::imei.eq_any(&spellings).or(alert_units::vin.eq_any(&spellings));
    let found: Vec<(i64, String)> = query
        .filter(is_it.and(alerts::deleted_at.is_null()))
        .order((alerts::id.desc(), alert_units::vehicle_id))
        .limit(NAMES_MAX)
        .select((alert_units::vehicle_id, alert_units::name))
        .load(db.conn)?;
    let Some(number) = found.first().map(|(number, _)| *number) else { return Ok(None) };
    Ok(known_as(
        found.into_iter().filter(|(other, _)| *other == number).map(|(_, name)| name).collect(),
        number,
    ))
}

fn known_as(names: Vec<String>, number: i64) -> Option<Vehicle> {
    let keys: BTreeSet<String> = names.iter().flat_map(|name| keys(name)).collect();
    let name = names.into_iter().next()?;
    Some(Vehicle { name, keys: keys.into_iter().collect(), number: Some(number), is_known: true })
}

fn name_in(db: &mut Db<'_>, event: i64) -> Result<String, StoreError> {
    Ok(events::table.find(event).select(events::vehicle_name).first(db.conn)?)
}

/// Names of vehicles that reported lately and begin as `text` does, or, when there are none, as its beginning does.
pub fn like(db: &mut Db<'_>, scope: &Scope, text: &str) -> Result<Vec<String>, StoreError> {
    let letters: Vec<char> = key(text).chars().collect();
    let shortest = BEGINNING_CHARS_MIN.max(letters.len().saturating_sub(BEGINNINGS_MAX));
    for length in (shortest..=letters.len()).rev() {
        let beginning: String = letters.iter().take(length).collect();
        let names = blocks::beginning_with(db, scope, &beginning, SUGGESTIONS_MAX)?;
        if !names.is_empty() {
            return Ok(names);
        }
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::plans::plan;
    use super::*;

    #[test]
    fn devices_have_indexes() {
        let query = alert_units::table.filter(alert_units::imei.eq("a").or(alert_units::vin.eq("b")));
        let steps = plan(&query.select(alert_units::name));
        assert!(steps.contains("alert_units_by_imei") && steps.contains("alert_units_by_vin"), "{steps}");
        let steps = plan(&alert_units::table.filter(alert_units::vehicle_id.eq(7)).select(alert_units::name));
        assert!(steps.contains("alert_units_by_vehicle"), "{steps}");
    }
}
