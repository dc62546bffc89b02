//! One firing of an alert, as it came in and as it is kept (contract 00.5, 1.7).
//!
//! Numbers keep their spelling: a speed of `110.0` is delivered as `110.0`, and the keys of `data` stay in the
//! order in which they came, since a receiver may compare bytes.

use serde_json::{Map, Number, Value, json};

use super::alert_type::AlertType;
use super::ids::{AlertId, CompanyId, EventId};
use super::problem::{Problems, Rule};
use super::text;
use super::time::Timestamp;

/// Characters that a vehicle's name or a part of an address may have.
pub const NAME_CHARS_MAX: usize = 200;
/// Nested levels that `data` may have, counting itself. With the object and the array around it this stays
/// inside the 64 levels of a request body.
pub const DATA_DEPTH_MAX: usize = 60;

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
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// -90 to 90.
    pub lat: Number,
    /// -180 to 180.
    pub lng: Number,
}

/// An address. Parts that are not known are `None` and delivered as `null`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Address {
    pub street: Option<String>,
    pub suburb: Option<String>,
    pub state: Option<String>,
    pub postcode: Option<String>,
    pub country: Option<String>,
}

impl Address {
    /// The parts with their names, in the order of the wire.
    pub fn parts(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("street", self.street.as_deref()),
            ("suburb", self.suburb.as_deref()),
            ("state", self.state.as_deref()),
            ("postcode", self.postcode.as_deref()),
            ("country", self.country.as_deref()),
        ]
    }

    /// The known parts on one line: `42 George St, Sydney, NSW, 2000, Australia`.
    pub fn line(&self) -> String {
        let parts: Vec<&str> = self.parts().into_iter().filter_map(|(_, part)| part).collect();
        parts.join(", ")
    }

    /// As a JSON object with all five keys.
    pub fn to_value(&self) -> Value {
        Value::Object(
            self.parts()
                .into_iter()
                .map(|(name, part)| (name.to_owned(), json!(part)))
                .collect(),
        )
    }
}

impl Position {
    /// As a JSON object.
    pub fn to_value(&self) -> Value {
        json!({ "lat": self.lat, "lng": self.lng })
    }
}

impl Payload {
    /// Reads the body of an intake request, or one item of an array of them.
    ///
    /// # Errors
    /// Every field that is wrong, each named with `prefix` before it (`events[3].`, or nothing).
    pub fn parse(value: &Value, prefix: &str) -> Result<Self, Problems> {
        let Some(object) = value.as_object() else {
            let field = prefix.trim_end_matches('.');
            let field = if field.is_empty() { "body" } else { field };
            return Err(Problems::one(
                field.to_owned(),
                Rule::Invalid,
                "It must be a JSON object.",
            ));
        };
        let mut fields = Fields {
            object,
            prefix: prefix.to_owned(),
            problems: Problems::default(),
        };
        let vehicle_id = fields.read("vehicleId", vehicle_id);
        let vehicle_name = fields.read("vehicleName", name);
        let position = fields.object("position").map(|mut inner| {
            let position = (
                inner.read("lat", |value| degrees(value, 90.0)),
                inner.read("lng", |value| degrees(value, 180.0)),
            );
            (position, inner.problems)
        });
        let position = position.and_then(|(position, problems)| {
            fields.problems.0.extend(problems.0);
            Some(Position {
                lat: position.0?,
                lng: position.1?,
            })
        });
        let direction = fields.read("direction", direction);
        let timestamp = fields.read("timestamp", timestamp);
        let address = fields.optional_object("address").map(|mut inner| {
            let address = Address {
                street: inner.optional("street", address_part),
                suburb: inner.optional("suburb", address_part),
                state: inner.optional("state", address_part),
                postcode: inner.optional("postcode", address_part),
                country: inner.optional("country", address_part),
            };
            (address, inner.problems)
        });
        let address = address.map(|(address, problems)| {
            fields.problems.0.extend(problems.0);
            address
        });
        let data = fields.optional("data", data);
        let payload = (|| {
            Some(Self {
                vehicle_id: vehicle_id?,
                vehicle_name: vehicle_name?,
                position: position?,
                direction: direction?,
                timestamp: timestamp?,
                address,
                data,
            })
        })();
        match payload {
            Some(payload) if fields.problems.is_empty() => Ok(payload),
            _ => Err(fields.problems),
        }
    }

    /// The form in which it is stored: the fields of an intake request, compact.
    pub fn to_json(&self) -> String {
        json!({
            "vehicleId": self.vehicle_id,
            "vehicleName": self.vehicle_name,
            "position": self.position.to_value(),
            "direction": self.direction,
            "timestamp": self.timestamp.rfc3339(),
            "address": self.address.as_ref().map(Address::to_value),
            "data": self.data,
        })
        .to_string()
    }

    /// Reads what [`Payload::to_json`] wrote; `None` when it is something else.
    pub fn from_json(text: &str) -> Option<Self> {
        Self::parse(&serde_json::from_str(text).ok()?, "").ok()
    }

    /// A plausible payload for a test send, with the documented `data` of the type (contract 1.5).
    pub fn sample(alert_type: AlertType, at: Timestamp) -> Self {
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
            position: Position {
                lat: number(-33.8688),
                lng: number(151.2093),
            },
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

/// A JSON object that is being read, field by field, and what was found wrong with it.
struct Fields<'v> {
    object: &'v Map<String, Value>,
    prefix: String,
    problems: Problems,
}

/// Why a value is refused.
type Wrong = (Rule, &'static str);

impl<'v> Fields<'v> {
    fn wrong(&mut self, name: &str, (rule, message): Wrong) {
        self.problems.add(format!("{}{name}", self.prefix), rule, message);
    }

    /// A field that must be there.
    fn read<T>(&mut self, name: &str, parse: impl FnOnce(&'v Value) -> Result<T, Wrong>) -> Option<T> {
        let result = match self.object.get(name) {
            None | Some(Value::Null) => Err((Rule::Required, "It must be given.")),
            Some(value) => parse(value),
        };
        result.map_err(|wrong| self.wrong(name, wrong)).ok()
    }

    /// A field that may be missing or null.
    fn optional<T>(&mut self, name: &str, parse: impl FnOnce(&'v Value) -> Result<T, Wrong>) -> Option<T> {
        match self.object.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => parse(value).map_err(|wrong| self.wrong(name, wrong)).ok(),
        }
    }

    /// An object that must be there.
    fn object(&mut self, name: &str) -> Option<Fields<'v>> {
        let object = self.read(name, object)?;
        Some(Fields {
            object,
            prefix: format!("{}{name}.", self.prefix),
            problems: Problems::default(),
        })
    }

    /// An object that may be missing or null.
    fn optional_object(&mut self, name: &str) -> Option<Fields<'v>> {
        let object = self.optional(name, object)?;
        Some(Fields {
            object,
            prefix: format!("{}{name}.", self.prefix),
            problems: Problems::default(),
        })
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, Wrong> {
    value.as_object().ok_or((Rule::Invalid, "It must be an object."))
}

fn vehicle_id(value: &Value) -> Result<i64, Wrong> {
    value
        .as_i64()
        .filter(|id| *id > 0)
        .ok_or((Rule::Invalid, "It must be a positive whole number."))
}

fn name(value: &Value) -> Result<String, Wrong> {
    let name = address_part(value)?;
    if text::has_ink(&name) {
        Ok(name)
    } else {
        Err((Rule::Required, "It must not be blank."))
    }
}

fn address_part(value: &Value) -> Result<String, Wrong> {
    let part = value.as_str().ok_or((Rule::Invalid, "It must be a text."))?;
    if part.chars().count() > NAME_CHARS_MAX {
        return Err((Rule::TooLong, "It may have at most 200 characters."));
    }
    if part.chars().any(text::is_control_or_break) {
        return Err((Rule::Invalid, "It must not contain control characters."));
    }
    Ok(part.to_owned())
}

fn degrees(value: &Value, limit: f64) -> Result<Number, Wrong> {
    let wrong = (
        Rule::Invalid,
        if limit > 90.0 {
            "It must be -180 to 180."
        } else {
            "It must be -90 to 90."
        },
    );
    match value {
        Value::Number(number) if number.as_f64().is_some_and(|degrees| degrees.abs() <= limit) => {
            Ok(number.clone())
        }
        _ => Err(wrong),
    }
}

fn direction(value: &Value) -> Result<u16, Wrong> {
    value
        .as_u64()
        .and_then(|degrees| u16::try_from(degrees).ok())
        .filter(|degrees| *degrees < 360)
        .ok_or((Rule::Invalid, "It must be a whole number, 0 to 359."))
}

fn timestamp(value: &Value) -> Result<Timestamp, Wrong> {
    let wrong = (
        Rule::Invalid,
        "It must be a time like 2026-04-28T06:14:22Z, with Z or an offset.",
    );
    let at = value
        .as_str()
        .filter(|text| is_rfc3339(text))
        .and_then(Timestamp::parse)
        .ok_or(wrong)?;
    let year = at.to_jiff().strftime("%Y").to_string();
    if ("2000"..="2100").contains(&year.as_str()) {
        Ok(at)
    } else {
        Err((Rule::Invalid, "It must lie in the years 2000 to 2100."))
    }
}

/// Whether `text` has the syntax of RFC 3339, 5.6, with at most 9 fraction digits. Stricter than the parser,
/// which reads more of ISO 8601.
fn is_rfc3339(text: &str) -> bool {
    let shape: Vec<u8> = text
        .bytes()
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte })
        .collect();
    let Some(rest) = shape
        .strip_prefix(b"0000-00-00T00:00:00")
        .or_else(|| shape.strip_prefix(b"0000-00-00t00:00:00"))
    else {
        return false;
    };
    let zone = match rest.strip_prefix(b".") {
        None => rest,
        Some(rest) => {
            let digits = rest.iter().take_while(|byte| **byte == b'0').count();
            if !(1..=9).contains(&digits) {
                return false;
            }
            rest.get(digits..).unwrap_or_default()
        }
    };
    matches!(zone, b"Z" | b"z" | b"+00:00" | b"-00:00")
}

fn data(value: &Value) -> Result<Map<String, Value>, Wrong> {
    let map = value
        .as_object()
        .ok_or((Rule::Invalid, "It must be an object or null."))?;
    if depth_within(value, DATA_DEPTH_MAX) {
        Ok(map.clone())
    } else {
        Err((Rule::Invalid, "It is nested too deeply."))
    }
}

/// Whether objects and arrays nest at most `levels` deep. The JSON reader bounds the recursion (128 levels).
fn depth_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| depth_within(item, levels - 1)),
        Value::Object(map) => levels > 0 && map.values().all(|item| depth_within(item, levels - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"vehicleId":88421,"vehicleName":"Delivery Van 07","position":{"lat":-33.8688,"lng":151.2093},"direction":270,"timestamp":"2026-04-28T06:14:22Z","address":{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"},"data":{"speed":127.4,"maxSpeed":110.0,"a":1e2}}"#;

    fn with(field: &str, value: Value) -> Value {
        let mut body: Value = serde_json::from_str(GOOD).unwrap();
        body[field] = value;
        body
    }

    fn fields(body: &Value, prefix: &str) -> Vec<String> {
        let problems = Payload::parse(body, prefix).unwrap_err();
        problems
            .0
            .into_iter()
            .map(|problem| problem.field.into_owned())
            .collect()
    }

    #[test]
    fn keeps_numbers_and_order() {
        let payload = Payload::parse(&serde_json::from_str(GOOD).unwrap(), "").unwrap();
        let stored = payload.to_json();
        assert_eq!(stored, GOOD.replace("1e2", "100.0"));
        assert_eq!(Payload::from_json(&stored), Some(payload));
        for number in [
            "0.1",
            "10.0",
            "-0.0",
            "1",
            "90",
            "-90.0",
            "45.123456789012345",
            "1e-7",
        ] {
            let lat: Value = serde_json::from_str(number).unwrap();
            let payload = Payload::parse(&with("position", json!({"lat": lat, "lng": 0})), "").unwrap();
            assert_eq!(payload.position.lat.to_string(), lat.to_string());
            assert_eq!(Payload::from_json(&payload.to_json()), Some(payload));
        }
    }

    #[test]
    fn address_and_data_may_be_missing_or_null() {
        let mut body = with("address", Value::Null);
        body.as_object_mut().unwrap().shift_remove("data");
        let payload = Payload::parse(&body, "").unwrap();
        assert_eq!((&payload.address, &payload.data), (&None, &None));
        let partly =
            Payload::parse(&with("address", json!({"suburb": "Sydney", "state": null})), "").unwrap();
        assert_eq!(partly.address.unwrap().line(), "Sydney");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let body = json!({
            "vehicleId": 0, "vehicleName": " ", "position": {"lat": 90.1, "lng": "x"}, "direction": 360,
            "timestamp": "yesterday", "address": {"street": 1, "state": "\u{0}"}, "data": [],
        });
        let expected = [
            "vehicleId",
            "vehicleName",
            "position.lat",
            "position.lng",
            "direction",
            "timestamp",
            "address.street",
            "address.state",
            "data",
        ];
        assert_eq!(fields(&body, ""), expected);
        assert_eq!(
            fields(&body, "events[3]."),
            expected.map(|field| format!("events[3].{field}"))
        );
        assert_eq!(
            fields(&json!({}), ""),
            ["vehicleId", "vehicleName", "position", "direction", "timestamp"]
        );
        assert_eq!(fields(&json!([]), ""), ["body"]);
        assert_eq!(fields(&json!(1), "events[3]."), ["events[3]"]);
    }

    #[test]
    fn one_field_at_a_time() {
        let long = "a".repeat(201);
        for (field, bad) in [
            ("vehicleId", json!(-1)),
            ("vehicleId", json!(1.0)),
            ("vehicleId", json!("1")),
            ("vehicleId", json!(9_223_372_036_854_775_808_u64)),
            ("vehicleName", json!("")),
            ("vehicleName", json!(long)),
            ("vehicleName", json!("a\nb")),
            ("vehicleName", json!("a\u{0}b")),
            ("vehicleName", json!(7)),
            ("position", json!([1, 2])),
            ("position", Value::Null),
            ("direction", json!(-1)),
            ("direction", json!(1.5)),
            ("direction", json!(65_536)),
            ("address", json!("Sydney")),
            ("data", json!("x")),
        ] {
            assert_eq!(fields(&with(field, bad.clone()), ""), [field], "{bad}");
        }
        for (lat, lng) in [
            (json!(-90.01), json!(0)),
            (json!(0), json!(180.01)),
            (json!(0), json!(-181)),
        ] {
            assert_eq!(
                fields(&with("position", json!({"lat": lat, "lng": lng})), "").len(),
                1
            );
        }
        assert!(Payload::parse(&with("position", json!({"lat": 90, "lng": -180})), "").is_ok());
        assert!(Payload::parse(&with("vehicleName", json!("é".repeat(200))), "").is_ok());
    }

    #[test]
    fn times_are_rfc3339() {
        for (good, spelled) in [
            ("2026-04-28T08:14:22+02:00", "2026-04-28T06:14:22Z"),
            ("2026-04-28T06:14:22.5Z", "2026-04-28T06:14:22.5Z"),
            ("2026-04-28t06:14:22z", "2026-04-28T06:14:22Z"),
            ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
            ("2100-12-31T23:59:59-00:00", "2100-12-31T23:59:59Z"),
        ] {
            let payload = Payload::parse(&with("timestamp", json!(good)), "").unwrap();
            assert_eq!(payload.timestamp.rfc3339(), spelled);
        }
        for bad in [
            "",
            "2026-04-28",
            "2026-04-28T06:14:22",
            "2026-04-28 06:14:22Z",
            "2026-04-28T06:14Z",
            "2026-04-28T06:14:22+02",
            "2026-04-28T06:14:22+0200",
            "20260428T061422Z",
            "2026-02-30T00:00:00Z",
            "2026-04-28T25:00:00Z",
            "2026-04-28T06:14:22.Z",
            "2026-04-28T06:14:22+02:00[Europe/Berlin]",
            "1999-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "1777356862",
            " 2026-04-28T06:14:22Z",
        ] {
            assert_eq!(fields(&with("timestamp", json!(bad)), ""), ["timestamp"], "{bad}");
        }
        assert_eq!(
            fields(&with("timestamp", json!(1_777_356_862)), ""),
            ["timestamp"]
        );
    }

    #[test]
    fn data_is_bounded_in_depth() {
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }));
        assert!(Payload::parse(&with("data", nested(DATA_DEPTH_MAX)), "").is_ok());
        assert_eq!(fields(&with("data", nested(DATA_DEPTH_MAX + 1)), ""), ["data"]);
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
