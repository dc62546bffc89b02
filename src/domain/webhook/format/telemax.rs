//! Telemax V2 (contract 1.7).

use serde::Serialize;
use serde_json::{Map, Value};

use super::{SigningContext, signing};
use crate::domain::event::{Address, Event, Position};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body<'e> {
    alert_type: &'static str,
    vehicle_id: i64,
    vehicle_name: &'e str,
    position: &'e Position,
    direction: u16,
    timestamp: String,
    address: Option<&'e Address>,
    data: Option<&'e Map<String, Value>>,
}

pub fn body(event: &Event) -> Body<'_> {
    let payload = &event.payload;
    Body {
        alert_type: event.alert_type.wire_label(),
        vehicle_id: payload.vehicle_id,
        vehicle_name: &payload.vehicle_name,
        position: &payload.position,
        direction: payload.direction,
        timestamp: payload.timestamp.rfc3339(),
        address: payload.address.as_ref(),
        data: payload.data.as_ref(),
    }
}

/// `X-Telemax-Delivery` always; the signature when signing is on.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Telemax-Delivery", context.delivery_public_id.to_owned())];
    if let Some(secret) = context.secret {
        headers.push(("X-Telemax-Signature", signing::telemax_signature(secret, context.body)));
    }
    headers
}
