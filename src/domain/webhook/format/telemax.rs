//! Telemax V2 (contract 1.7).

use serde_json::{Value, json};

use super::{SigningContext, signing};
use crate::domain::event::{Address, Event};

pub fn body(event: &Event) -> Value {
    let payload = &event.payload;
    json!({
        "alertType": event.alert_type.wire_label(),
        "vehicleId": payload.vehicle_id,
        "vehicleName": payload.vehicle_name,
        "position": payload.position.to_value(),
        "direction": payload.direction,
        "timestamp": payload.timestamp.rfc3339(),
        "address": payload.address.as_ref().map(Address::to_value),
        "data": payload.data,
    })
}

/// `X-Telemax-Delivery` always; the signature when signing is on.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Telemax-Delivery", context.delivery_public_id.to_owned())];
    if let Some(secret) = context.secret {
        headers.push(("X-Telemax-Signature", signing::telemax_signature(secret, context.body)));
    }
    headers
}
