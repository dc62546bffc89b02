//! The neutral event (contract 2.4). Aggregate's own pages document no signature, so there is none unless it is
//! switched on in the console; then it is Standard Webhooks 1.0 (contract 00.3).

use serde_json::{Value, json};

use super::{SigningContext, signing};
use crate::domain::event::{Address, Event};

pub fn body(event: &Event) -> Value {
    let payload = &event.payload;
    json!({
        "eventId": event.public_id,
        "alertType": event.alert_type.wire_label(),
        "alertTypeId": event.alert_type.id(),
        "alertId": event.alert_id.0,
        "companyId": event.company_id.0,
        "vehicleId": payload.vehicle_id,
        "vehicleName": payload.vehicle_name,
        "timestamp": payload.timestamp.rfc3339(),
        "position": payload.position.to_value(),
        "address": payload.address.as_ref().map(Address::to_value),
        "data": payload.data,
    })
}

/// The three headers of Standard Webhooks when signing is on, otherwise none.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let Some(secret) = context.secret else {
        return Vec::new();
    };
    let signature =
        signing::standard_webhooks_signature(secret, context.delivery_public_id, context.at, context.body);
    vec![
        ("webhook-id", context.delivery_public_id.to_owned()),
        ("webhook-timestamp", context.at.seconds().to_string()),
        ("webhook-signature", signature),
    ]
}
