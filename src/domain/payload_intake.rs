//! Reading a [`Payload`]: every field is judged, and every wrong one is named.

use serde_json::{Map, Number, Value};

use super::payload::{Address, Payload, Position};
use super::problem::{Problems, Rule};
use super::text;
use super::time::Timestamp;

/// Characters that a vehicle's name or a part of an address may have.
pub const NAME_CHARS_MAX: usize = 200;
/// Nested levels that `data` may have, counting itself. With the object and the array around it this stays
/// inside the 64 levels of a request body.
pub const DATA_DEPTH_MAX: usize = 60;

pub(super) fn parse(value: &Value, prefix: &str) -> Result<Payload, Problems> {
    let Some(object) = value.as_object() else {
        let field = prefix.trim_end_matches('.');
        let field = if field.is_empty() { "body" } else { field };
        return Err(Problems::one(field.to_owned(), Rule::Invalid, "It must be a JSON object."));
    };
    let mut fields = Fields { object, prefix: prefix.to_owned(), problems: Problems::default() };
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
        Some(Position { lat: position.0?, lng: position.1? })
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
        Some(Payload {
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
        Some(Fields { object, prefix: format!("{}{name}.", self.prefix), problems: Problems::default() })
    }

    /// An object that may be missing or null.
    fn optional_object(&mut self, name: &str) -> Option<Fields<'v>> {
        let object = self.optional(name, object)?;
        Some(Fields { object, prefix: format!("{}{name}.", self.prefix), problems: Problems::default() })
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, Wrong> {
    value.as_object().ok_or((Rule::Invalid, "It must be an object."))
}

fn vehicle_id(value: &Value) -> Result<i64, Wrong> {
    value.as_i64().filter(|id| *id > 0).ok_or((Rule::Invalid, "It must be a positive whole number."))
}

fn name(value: &Value) -> Result<String, Wrong> {
    let name = address_part(value)?;
    if text::has_ink(&name) { Ok(name) } else { Err((Rule::Required, "It must not be blank.")) }
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
    let wrong =
        (Rule::Invalid, if limit > 90.0 { "It must be -180 to 180." } else { "It must be -90 to 90." });
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
    let wrong = (Rule::Invalid, "It must be a time like 2026-04-28T06:14:22Z, with Z or an offset.");
    let at = value.as_str().filter(|text| is_rfc3339(text)).and_then(Timestamp::parse).ok_or(wrong)?;
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
    let shape: Vec<u8> = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte }).collect();
    let Some(rest) =
        shape.strip_prefix(b"0000-00-00T00:00:00").or_else(|| shape.strip_prefix(b"0000-00-00t00:00:00"))
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
    let map = value.as_object().ok_or((Rule::Invalid, "It must be an object or null."))?;
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
    use serde_json::json;

    use super::*;

    const GOOD: &str = r#"{"vehicleId":88421,"vehicleName":"Delivery Van 07","position":{"lat":-33.8688,"lng":151.2093},"direction":270,"timestamp":"2026-04-28T06:14:22Z","address":{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"},"data":{"speed":127.4,"maxSpeed":110.0,"a":1e2}}"#;

    fn with(field: &str, value: Value) -> Value {
        let mut body: Value = serde_json::from_str(GOOD).unwrap();
        body[field] = value;
        body
    }

    fn fields(body: &Value, prefix: &str) -> Vec<String> {
        let problems = Payload::parse(body, prefix).unwrap_err();
        problems.0.into_iter().map(|problem| problem.field.into_owned()).collect()
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
        assert_eq!(fields(&body, "events[3]."), expected.map(|field| format!("events[3].{field}")));
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
        for (lat, lng) in [(json!(-90.01), json!(0)), (json!(0), json!(180.01)), (json!(0), json!(-181))] {
            assert_eq!(fields(&with("position", json!({"lat": lat, "lng": lng})), "").len(), 1);
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
        assert_eq!(fields(&with("timestamp", json!(1_777_356_862)), ""), ["timestamp"]);
    }

    #[test]
    fn data_is_bounded_in_depth() {
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }));
        assert!(Payload::parse(&with("data", nested(DATA_DEPTH_MAX)), "").is_ok());
        assert_eq!(fields(&with("data", nested(DATA_DEPTH_MAX + 1)), ""), ["data"]);
    }
}
