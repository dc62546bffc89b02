//! Alerts of a company (contract 1.4).

use serde::Serialize;

use crate::domain::alert::{Alert, Unit};

/// A configured alert.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertConfigDto {
    /// The number: what `alertIds` names.
    pub alert_id: i64,
    /// The type's number as a text: every sample of the vendor's page has it so.
    pub alert_type: String,
    /// The company that it belongs to.
    pub company_id: i64,
    /// Shown name.
    pub alert_name: String,
    /// May be empty.
    pub alert_description: String,
    /// Whether it watches every vehicle.
    pub is_all_fleet: bool,
    /// Whether it watches vehicles whatever their tags.
    pub is_all_tags: bool,
    /// The vehicles that it watches, as far as the caller may know them; none when it watches all.
    pub units: Vec<UnitDto>,
    /// The tags that it watches.
    pub tags: Vec<String>,
}

/// A vehicle that an alert watches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitDto {
    /// The number.
    pub vehicle_id: i64,
    /// Shown name.
    pub name: String,
    /// The device's number.
    pub imei: String,
    /// The vehicle's number.
    pub vin: String,
}

impl AlertConfigDto {
    /// With the units that a caller who is limited to `vehicles` may know.
    pub fn new(alert: Alert, vehicles: Option<&[i64]>) -> Self {
        let may_know = |unit: &Unit| vehicles.is_none_or(|allowed| allowed.contains(&unit.vehicle_id));
        let units = alert.units.into_iter().filter(may_know).map(|unit| UnitDto {
            vehicle_id: unit.vehicle_id,
            name: unit.name,
            imei: unit.imei,
            vin: unit.vin,
        });
        Self {
            alert_id: alert.id.0,
            alert_type: alert.alert_type.id().to_string(),
            company_id: alert.company_id.0,
            alert_name: alert.name,
            alert_description: alert.description,
            is_all_fleet: alert.is_all_fleet,
            is_all_tags: alert.is_all_tags,
            units: units.collect(),
            tags: alert.tags,
        }
    }
}
