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
