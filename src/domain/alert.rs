//! An alert: a configuration that can fire. Belfry does not evaluate it; it is told when it fired.

use super::alert_type::AlertType;
use super::ids::{AlertId, CompanyId};
use super::time::Timestamp;

/// An alert as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The identity; Telemax: `alertId`.
    pub id: AlertId,
    /// The owner.
    pub company_id: CompanyId,
    /// What it watches.
    pub alert_type: AlertType,
    /// How it is shown.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// Whether it watches every vehicle; otherwise [`Alert::units`].
    pub is_all_fleet: bool,
    /// Whether it ignores tags.
    pub is_all_tags: bool,
    /// The tags it watches, unless all.
    pub tags: Vec<String>,
    /// The vehicles it watches; empty when it watches all.
    pub units: Vec<Unit>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A vehicle that an alert watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The vehicle's number in the fleet.
    pub vehicle_id: i64,
    /// How it is shown.
    pub name: String,
    /// The device's number.
    pub imei: String,
    /// The vehicle identification number.
    pub vin: String,
}
