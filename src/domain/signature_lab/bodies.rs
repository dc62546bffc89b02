//! What happens to a body on its way, undone one at a time.

use serde_json::{Map, Number, Value};

use super::BodyFault;
use crate::domain::alert_type::AlertType;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::{Format, render};

/// Bodies up to this many bytes are also put in their first order.
const REORDERED_BYTES_MAX: usize = 64 * 1024;

/// What was done to a body so that it became `body`, if `is_it` knows the first one.
pub(super) fn explained(format: Format, body: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<BodyFault> {
    if body.is_empty() {
        return Some(BodyFault::Empty);
    }
    let plain = bytes(body).into_iter().find(|(_, first)| is_it(first)).map(|(fault, _)| fault);
    plain.or_else(|| json(format, body, is_it))
}

/// Changes that need not know what the bytes mean.
fn bytes(body: &[u8]) -> Vec<(BodyFault, Vec<u8>)> {
    let mut firsts = vec![
        (BodyFault::LineBreakAdded, body.trim_ascii_end().to_vec()),
        (BodyFault::SpaceAdded, body.trim_ascii().to_vec()),
        (BodyFault::LineBreakLost, [body, b"\n"].concat()),
        (BodyFault::LineBreakLost, [body, b"\r\n"].concat()),
        (BodyFault::CrLf, replaced(body, b"\r\n", b"\n")),
        (BodyFault::Lf, replaced(&replaced(body, b"\r\n", b"\n"), b"\n", b"\r\n")),
    ];
    firsts.extend(body.strip_prefix(b"\xef\xbb\xbf").map(|rest| (BodyFault::ByteOrderMark, rest.to_vec())));
    match std::str::from_utf8(body) {
        Err(_) => {
            let text: String = body.iter().copied().map(char::from).collect();
            firsts.push((BodyFault::Latin1, text.into_bytes()));
        }
        Ok(text) => {
            let twice: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            firsts.extend(twice.map(|first| (BodyFault::EncodedTwice, first)));
            let decoded = data_encoding::BASE64.decode(text.trim().as_bytes());
            firsts.extend(decoded.ok().map(|first| (BodyFault::Base64, first)));
            if let Ok(Value::String(inner)) = serde_json::from_str(text) {
                firsts.push((BodyFault::JsonInString, inner.into_bytes()));
            }
        }
    }
    firsts.retain(|(_, first)| first != body);
    firsts
}

/// Somebody read the JSON and wrote it again.
fn json(format: Format, body: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<BodyFault> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let compact = value.to_string();
    if is_it(compact.as_bytes()) {
        let escapes = |text: &[u8]| text.split(|byte| *byte == b'\\').count();
        let is_escaped = escapes(body) != escapes(compact.as_bytes());
        return Some(if is_escaped { BodyFault::Escapes } else { BodyFault::Whitespace });
    }
    let decimals = with_decimals(&value);
    if is_it(decimals.to_string().as_bytes()) {
        return Some(BodyFault::Numbers);
    }
    if body.len() > REORDERED_BYTES_MAX {
        return None;
    }
    AlertType::ALL.into_iter().find_map(|kind| {
        let like = sample(format, kind)?;
        let first = |value: &Value| ordered(value, &like).to_string();
        let is_found = is_it(first(&value).as_bytes()) || is_it(first(&decimals).as_bytes());
        is_found.then_some(BodyFault::KeyOrder)
    })
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(first);
            rest = &rest[1..];
        }
    }
    out
}

/// A body of this format as it is made: its keys stand in the first order.
fn sample(format: Format, alert_type: AlertType) -> Option<Value> {
    let at = Timestamp::from_seconds(1_777_356_862);
    let event = Event {
        id: EventId(0),
        public_id: String::new(),
        company_id: CompanyId(0),
        alert_id: AlertId(0),
        alert_name: String::new(),
        alert_type,
        payload: Payload::sample(alert_type, at),
        received_at: at,
        is_test: false,
    };
    serde_json::from_slice(&render(format, &event)).ok()
}

/// `value` with the keys that `like` has in its order, the others behind.
fn ordered(value: &Value, like: &Value) -> Value {
    match (value, like) {
        (Value::Object(value), Value::Object(like)) => {
            let mut first = Map::new();
            for (key, like) in like {
                first.extend(value.get(key).map(|value| (key.clone(), ordered(value, like))));
            }
            for (key, value) in value {
                if !first.contains_key(key) {
                    first.insert(key.clone(), value.clone());
                }
            }
            Value::Object(first)
        }
        (Value::Array(values), Value::Array(likes)) => {
            let like = likes.first().unwrap_or(&Value::Null);
            Value::Array(values.iter().map(|value| ordered(value, like)).collect())
        }
        _ => value.clone(),
    }
}

/// `value` with the decimals that JavaScript drops: whole numbers of a place or of the data become `110.0`.
fn with_decimals(value: &Value) -> Value {
    fn all(value: &Value) -> Value {
        match value {
            Value::Number(number) => {
                let float = number.as_i64().and_then(|whole| format!("{whole}.0").parse::<f64>().ok());
                float.and_then(Number::from_f64).map_or_else(|| value.clone(), Value::Number)
            }
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), all(value))).collect(),
            Value::Array(list) => list.iter().map(all).collect(),
            _ => value.clone(),
        }
    }
    match value {
        Value::Object(map) => {
            let field = |(key, value): (&String, &Value)| {
                let is_free = matches!(key.as_str(), "data" | "position");
                (key.clone(), if is_free { all(value) } else { value.clone() })
            };
            map.iter().map(field).collect()
        }
        _ => value.clone(),
    }
}
