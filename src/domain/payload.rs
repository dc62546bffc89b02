//! What is reported when an alert fires (contract 00.5, 1.7), as it came in and as it goes out.
//!
//! Numbers keep their spelling: a speed of `110.0` is delivered as `110.0`, and the keys of `data` stay in the
//! order in which they came, since a receiver may compare bytes.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::alert_type::AlertType;
use super::payload_intake;
use super::problem::Problems;
use super::time::Timestamp;

/// What is reported when an alert fires.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// Positive.
    pub vehicle_id: i64,
    /// 1 to 200 characters.
    pub vehicle_name: String,
    /// Where.
    pub position: Position,
    /// Degrees, 0 to 359.
    pub direction: u16,
    /// When it happened, by the device's clock. Years 2000 to 2100.
    pub timestamp: Timestamp,
    /// The nearest address, when known.
    pub address: Option<Address>,
    /// What the alert type adds. Not checked against the type: what came in goes out.
    pub data: Option<Map<String, Value>>,
}

/// A place on earth, degrees, with the numbers spelled as they came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Position {
    /// -90 to 90.
    pub lat: Number,
    /// -180 to 180.
    pub lng: Number,
}

/// An address. Parts that are not known are `None` and delivered as `null`. The order is that of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs)]
pub struct Address {
    pub street: Option<String>,
    pub suburb: Option<String>,
    pub state: Option<String>,
    pub postcode: Option<String>,
    pub country: Option<String>,
}

impl Address {
    /// The known parts on one line: `42 George St, Sydney, NSW, 2000, Australia`.
    pub fn line(&self) -> String {
        let parts = [&self.street, &self.suburb, &self.state, &self.postcode, &self.country];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The form in which a payload is stored: the fields of an intake request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    vehicle_id: i64,
    vehicle_name: &'a str,
    position: &'a Position,
    direction: u16,
    timestamp: String,
    address: Option<&'a Address>,
    data: Option<&'a Map<String, Value>>,
}

impl Payload {
    /// Reads the body of an intake request, or one item of an array of them.
    ///
    /// # Errors
    /// Every field that is wrong, each named with `prefix` before it (`events[3].`, or nothing).
    pub fn parse(value: &Value, prefix: &str) -> Result<Self, Problems> {
        payload_intake::parse(value, prefix)
    }

    /// The form in which it is stored: the fields of an intake request, compact.
    pub fn to_json(&self) -> String {
        let stored = Stored {
            vehicle_id: self.vehicle_id,
            vehicle_name: &self.vehicle_name,
            position: &self.position,
            direction: self.direction,
            timestamp: self.timestamp.rfc3339(),
            address: self.address.as_ref(),
            data: self.data.as_ref(),
        };
        serde_json::to_string(&stored).expect("texts and numbers are JSON")
    }

    /// Reads what [`Payload::to_json`] wrote; `None` when it is something else.
    pub fn from_json(text: &str) -> Option<Self> {
        Self::parse(&serde_json::from_str(text).ok()?, "").ok()
    }

    /// A plausible payload for a test send, with the documented `data` of the type (contract 1.5).
    pub fn sample(alert_type: AlertType, at: Timestamp) -> Self {
        use serde_json::json;

        let data = match alert_type {
            AlertType::Geofence => json!({ "geofenceName": "Depot Zone", "isExit": true }),
            AlertType::Ignition => json!({ "isStarted": true }),
            AlertType::LowBattery => json!({ "voltage": 11.8, "threshold": 12.0 }),
            AlertType::ExceedMaximumSpeed => json!({ "speed": 127.4, "maxSpeed": 110.0 }),
            _ => Value::Null,
        };
        let number = |degrees| Number::from_f64(degrees).unwrap_or_else(|| Number::from(0));
        let part = |text: &str| Some(text.to_owned());
        Self {
            vehicle_id: 88_421,
            vehicle_name: "Delivery Van 07".to_owned(),
            position: Position { lat: number(-33.8688), lng: number(151.2093) },
            direction: 270,
            timestamp: Timestamp::from_seconds(at.seconds()),
            address: Some(Address {
                street: part("42 George St"),
                suburb: part("Sydney"),
                state: part("NSW"),
                postcode: part("2000"),
                country: part("Australia"),
            }),
            data: data.as_object().cloned(),
        }
    }
}

/// A payload with the text that is stored of it, made before anybody waits for its transaction.
#[derive(Debug, Clone)]
pub struct Report {
    pub(crate) payload: Payload,
    pub(crate) text: String,
}

impl From<Payload> for Report {
    fn from(payload: Payload) -> Self {
        Self { text: payload.to_json(), payload }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = r#"{"vehicleId":88421,"vehicleName":"Delivery Van 07","position":{"lat":-33.8688,"lng":151.2093},"direction":270,"timestamp":"2026-04-28T06:14:22Z","address":{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"},"data":{"speed":127.4,"maxSpeed":110.0,"a":1e2}}"#;

    fn with(field: &str, value: Value) -> Value {
        let mut body: Value = serde_json::from_str(GOOD).unwrap();
        body[field] = value;
        body
    }

    #[test]
    fn keeps_numbers_and_order() {
        let payload = Payload::parse(&serde_json::from_str(GOOD).unwrap(), "").unwrap();
        let stored = payload.to_json();
        assert_eq!(stored, GOOD.replace("1e2", "100.0"));
        assert_eq!(Payload::from_json(&stored), Some(payload));
        for number in ["0.1", "10.0", "-0.0", "1", "90", "-90.0", "45.123456789012345", "1e-7"] {
            let lat: Value = serde_json::from_str(number).unwrap();
            let payload = Payload::parse(&with("position", json!({"lat": lat, "lng": 0})), "").unwrap();
            assert_eq!(payload.position.lat.to_string(), lat.to_string());
            assert_eq!(Payload::from_json(&payload.to_json()), Some(payload));
        }
    }

    #[test]
    fn samples_are_valid_and_have_the_documented_data() {
        for alert_type in AlertType::ALL {
            let sample = Payload::sample(alert_type, Timestamp::from_micros(1_777_356_862_999_999));
            assert_eq!(sample.data.is_some(), alert_type.has_data());
            assert_eq!(sample.timestamp.rfc3339(), "2026-04-28T06:14:22Z");
            assert_eq!(Payload::from_json(&sample.to_json()), Some(sample));
        }
    }
}
