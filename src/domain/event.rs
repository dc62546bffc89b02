//! One firing of an alert, as it is kept.

use super::alert_type::AlertType;
use super::ids::{AlertId, CompanyId, EventId};
pub use super::payload::{Address, Payload, Position, Report};
pub use super::payload_intake::NAME_CHARS_MAX;
use super::time::Timestamp;

/// An event as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The number.
    pub id: EventId,
    /// The UUID that receivers see.
    pub public_id: String,
    /// Whose alert fired.
    pub company_id: CompanyId,
    /// Which alert.
    pub alert_id: AlertId,
    /// How the alert was called when it fired.
    pub alert_name: String,
    /// Its kind.
    pub alert_type: AlertType,
    /// What was reported.
    pub payload: Payload,
    /// When we took it in.
    pub received_at: Timestamp,
    /// Made for a test send.
    pub is_test: bool,
}
