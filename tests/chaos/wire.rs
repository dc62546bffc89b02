//! What is sent in, and what has to come out: written down here a second time, by hand, so that the product is
//! not compared with itself.

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::hook::Hook;
use super::receiver::Receiver;

/// The type of every alert here, and its word on the wire.
pub const ALERT_TYPE: i64 = 10;
const LABEL: &str = "Speeding";
pub const ALERT_NAME: &str = "Too fast";
const TIME: &str = "2026-04-28T06:14:22Z";

/// How far a signature's time may be from the clock, seconds: signing and sending are one step.
const SIGNED_WITHIN_S: i64 = 5;

/// The shape and the proof of a webhook's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Telemax,
    Aggregate,
    Zstack,
    Softwareone,
}

impl Shape {
    pub const ALL: [Self; 4] = [Self::Telemax, Self::Aggregate, Self::Zstack, Self::Softwareone];

    pub fn name(self) -> &'static str {
        match self {
            Self::Telemax => "telemax",
            Self::Aggregate => "aggregate",
            Self::Zstack => "zstack",
            Self::Softwareone => "softwareone",
        }
    }
}

/// Where an event stands in the world.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub company: i64,
    pub alert: i64,
}

struct Parts {
    vehicle: String,
    position: String,
    direction: u64,
    filler: String,
}

/// The varied parts of event `number`: sizes from a few bytes to 2 kB, letters that need escaping.
fn parts(number: u64) -> Parts {
    Parts {
        vehicle: format!(r#"Van {number} \"größer\""#),
        position: format!(r#"{{"lat":-{}.8688,"lng":151.{number}1}}"#, number % 90),
        direction: number % 360,
        filler: "x".repeat(usize::try_from(number % 17 * 120).unwrap()),
    }
}

/// Event `number` as it is reported.
pub fn event(number: u64) -> String {
    format!("{{{}}}", reported(number))
}

fn reported(number: u64) -> String {
    let Parts { vehicle, position, direction, filler } = parts(number);
    format!(
        r#""vehicleId":{number},"vehicleName":"{vehicle}","position":{position},"direction":{direction},"timestamp":"{TIME}","address":null,"data":{{"speed":110.0,"filler":"{filler}"}}"#
    )
}

/// The body that a receiver has to get, byte for byte. `event_id` is the event's UUID.
pub fn body(shape: Shape, number: u64, event_id: &str, place: Place) -> String {
    let Parts { vehicle, position, filler, .. } = parts(number);
    let Place { company, alert } = place;
    let neutral = format!(
        r#""eventId":"{event_id}","alertType":"{LABEL}","alertTypeId":{ALERT_TYPE},"alertId":{alert},"companyId":{company},"vehicleId":{number},"vehicleName":"{vehicle}","timestamp":"{TIME}","position":{position},"address":null,"data":{{"speed":110.0,"filler":"{filler}"}}"#
    );
    match shape {
        Shape::Telemax => format!(r#"{{"alertType":"{LABEL}",{}}}"#, reported(number)),
        Shape::Aggregate => format!("{{{neutral}}}"),
        Shape::Softwareone => format!(r#"{{"id":"EVT-{event_id}",{neutral}}}"#),
        Shape::Zstack => {
            let labels = format!(
                r#"{{"alertname":"{ALERT_NAME}","alertId":"{alert}","alertTypeId":"{ALERT_TYPE}","companyId":"{company}","vehicleId":"{number}","vehicleName":"{vehicle}"}}"#
            );
            let notes = format!(
                r#"{{"description":"{LABEL}: {vehicle}","address":"","speed":"110.0","filler":"{filler}"}}"#
            );
            format!(
                r#"{{"source":"belfry","alerts":[{{"status":"firing","fingerprint":"{event_id}","generatorUrl":"","labels":{labels},"annotations":{notes},"startsAt":"{TIME}","endsAt":null}}],"commonLabels":{labels}}}"#
            )
        }
    }
}

/// Which event a body speaks of, and its UUID where the shape has one.
pub fn identity(body: &str) -> Option<(u64, Option<&str>)> {
    let after = |mark: &str| body.split_once(mark).map(|(_, rest)| rest);
    let digits = after(r#""vehicleId":"#)?.trim_start_matches('"');
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    let event_id =
        after(r#""eventId":""#).or_else(|| after(r#""fingerprint":""#)).and_then(|rest| rest.get(..36));
    Some((digits[..end].parse().ok()?, event_id))
}

/// A request's headers by lower-case name.
pub type Headers = Vec<(String, String)>;

pub fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// Whether the request proves to come from us; `now_s` are the times that our clock may show. Says what is wrong.
pub fn check_signature(hook: &Hook, headers: &Headers, body: &[u8], now_s: &[i64]) -> Result<(), String> {
    let get = |name: &str| header(headers, name).ok_or_else(|| format!("no header {name}"));
    let near = |at: &str| {
        let at: i64 = at.parse().map_err(|_| format!("the time {at}"))?;
        if is_near(at, now_s) { Ok(()) } else { Err(format!("signed at {at}, now {now_s:?}")) }
    };
    let same = |given: &str, wanted: String| {
        if given == wanted { Ok(()) } else { Err(format!("signature {given}, not {wanted}")) }
    };
    let secret = hook.secret.as_str();
    match hook.shape {
        Shape::Telemax => {
            let wanted = format!("sha256={}", HEXLOWER.encode(&hmac(secret.as_bytes(), &[body])));
            same(get("x-telemax-signature")?, wanted)
        }
        Shape::Zstack => {
            let at = get("x-webhook-timestamp")?;
            near(at)?;
            let mac = hmac(secret.as_bytes(), &[at.as_bytes(), b".", body]);
            same(get("x-webhook-signature")?, format!("v1={}", HEXLOWER.encode(&mac)))
        }
        Shape::Aggregate => {
            let (id, at) = (get("webhook-id")?, get("webhook-timestamp")?);
            near(at)?;
            let mac = hmac(secret.as_bytes(), &[id.as_bytes(), b".", at.as_bytes(), b".", body]);
            same(get("webhook-signature")?, format!("v1,{}", BASE64.encode(&mac)))
        }
        Shape::Softwareone => check_jwt(hook, get("authorization")?, now_s),
    }
}

#[derive(serde::Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    webhook_id: String,
}

fn check_jwt(hook: &Hook, header: &str, now_s: &[i64]) -> Result<(), String> {
    let token = header.strip_prefix("Bearer ").ok_or("no Bearer")?;
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.set_audience(&[Receiver::host(hook.index)]);
    validation.set_issuer(&["mpt"]);
    // The times are judged below, by a clock that a scenario may have set wrong.
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_secret(hook.secret.as_bytes());
    let claims =
        jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|error| error.to_string())?.claims;
    let digits: String = claims.webhook_id.chars().filter(char::is_ascii_digit).collect();
    if digits.trim_start_matches('0') != hook.id.to_string() {
        return Err(format!("a token of {}, not of {}", claims.webhook_id, hook.id));
    }
    if !is_near(claims.iat, now_s) || claims.exp != claims.iat + 300 {
        return Err(format!("a token of {} until {}, now {now_s:?}", claims.iat, claims.exp));
    }
    Ok(())
}

fn is_near(at: i64, now_s: &[i64]) -> bool {
    now_s.iter().any(|now| (at - now).abs() <= SIGNED_WITHIN_S)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
