//! Alerts of a company, and their records (contract 1.4).

use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use crate::api::telemax::user_time;
use crate::domain::alert::{Alert, Unit};
use crate::domain::alert_record::AlertRecord;

/// A configured alert.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::AlertConfigDto)]
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
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::UnitDto)]
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

/// An alert that fired.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::AlertRecordDto)]
pub struct AlertRecordDto {
    /// The alert's number; with `utcTime` it names the record.
    pub id: i64,
    /// UTC without zone and fraction: `2026-05-26T03:40:40`.
    pub utc_time: String,
    /// The same in the time zone of the caller's company.
    pub user_time: String,
    /// As `dateTimeFormat` of the list of companies says.
    pub user_time_formatted: String,
    /// The type's number.
    pub alert_type: i64,
    /// The alert's description as it is now; may be empty.
    pub description: String,
    /// The vehicle's number.
    pub vehicle_id: i64,
    /// The vehicle's name when it happened.
    pub vehicle_name: String,
    /// On one line; empty when it is not known.
    pub address: String,
    /// Degrees, -90 to 90.
    #[schema(value_type = f64)]
    pub lat: Number,
    /// Degrees, -180 to 180.
    #[schema(value_type = f64)]
    pub lng: Number,
    /// Whether somebody has read it.
    pub is_read: bool,
}

impl AlertRecordDto {
    /// For somebody who lives in `zone`.
    pub fn new(record: AlertRecord, zone: &str) -> Self {
        let AlertRecord { event, description, is_read } = record;
        let payload = event.payload;
        let (user_time, user_time_formatted) = user_time::local(payload.timestamp, zone);
        Self {
            id: event.alert_id.0,
            utc_time: payload.timestamp.naive_seconds(),
            user_time,
            user_time_formatted,
            alert_type: event.alert_type.id(),
            description,
            vehicle_id: payload.vehicle_id,
            vehicle_name: payload.vehicle_name,
            address: payload.address.map(|address| address.line()).unwrap_or_default(),
            lat: payload.position.lat,
            lng: payload.position.lng,
            is_read,
        }
    }
}
