//! The neutral event (contract 2.4). Aggregate's own pages document no signature, so there is none unless it is
//! switched on in the console; then it is Standard Webhooks 1.0 (contract 00.3).

use serde::Serialize;
use serde_json::{Map, Value};

use super::{SigningContext, signing};
use crate::domain::event::{Address, Event, Position};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body<'e> {
    event_id: &'e str,
    alert_type: &'static str,
    alert_type_id: i64,
    alert_id: i64,
    company_id: i64,
    vehicle_id: i64,
    vehicle_name: &'e str,
    timestamp: String,
    position: &'e Position,
    address: Option<&'e Address>,
    data: Option<&'e Map<String, Value>>,
}

pub fn body(event: &Event) -> Body<'_> {
    let payload = &event.payload;
    Body {
        event_id: &event.public_id,
        alert_type: event.alert_type.wire_label(),
        alert_type_id: event.alert_type.id(),
        alert_id: event.alert_id.0,
        company_id: event.company_id.0,
        vehicle_id: payload.vehicle_id,
        vehicle_name: &payload.vehicle_name,
        timestamp: payload.timestamp.rfc3339(),
        position: &payload.position,
        address: payload.address.as_ref(),
        data: payload.data.as_ref(),
    }
}

/// The three headers of Standard Webhooks when signing is on, otherwise none. Several signatures stand in one header,
/// the newest secret's first.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let Some(secret) = context.secret else {
        return Vec::new();
    };
    let sign = |secret| {
        signing::standard_webhooks_signature(secret, context.delivery_public_id, context.at, context.body)
    };
    let mut signature = sign(secret);
    if let Some(also) = context.also {
        signature.push(' ');
        signature.push_str(&sign(also));
    }
    vec![
        ("webhook-id", context.delivery_public_id.to_owned()),
        ("webhook-timestamp", context.at.seconds().to_string()),
        ("webhook-signature", signature),
    ]
}
