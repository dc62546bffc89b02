//! ZStack's alert list (contract 3.5): the shape that its own receiver takes, without the token.
//!
//! Every value of `labels` and `annotations` is a text. The fingerprint is the event's UUID, which is how a
//! receiver recognises a repeated delivery: the format has no other id.

use serde_json::{Map, Value, json};

use super::{SigningContext, signing};
use crate::domain::event::{Address, Event};

pub fn body(event: &Event) -> Value {
    let payload = &event.payload;
    let labels = json!({
        "alertname": event.alert_name,
        "alertId": event.alert_id.to_string(),
        "alertTypeId": event.alert_type.id().to_string(),
        "companyId": event.company_id.to_string(),
        "vehicleId": payload.vehicle_id.to_string(),
        "vehicleName": payload.vehicle_name,
    });
    json!({
        "source": "belfry",
        "alerts": [{
            "status": "firing",
            "fingerprint": event.public_id,
            "generatorUrl": "",
            "labels": labels,
            "annotations": annotations(event),
            "startsAt": payload.timestamp.rfc3339(),
            "endsAt": null,
        }],
        "commonLabels": labels,
    })
}

/// The description and the address, then the type's data as texts. A key of `data` that would hide one of the
/// first two is left out.
fn annotations(event: &Event) -> Map<String, Value> {
    let payload = &event.payload;
    let mut annotations = Map::new();
    let description = format!("{}: {}", event.alert_type.wire_label(), payload.vehicle_name);
    annotations.insert("description".to_owned(), Value::String(description));
    let address = payload.address.as_ref().map(Address::line).unwrap_or_default();
    annotations.insert("address".to_owned(), Value::String(address));
    for (key, value) in payload.data.iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        annotations.entry(key.as_str()).or_insert(Value::String(text));
    }
    annotations
}

/// The time and the signature when signing is on, otherwise nothing.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let Some(secret) = context.secret else {
        return Vec::new();
    };
    vec![
        ("X-Webhook-Timestamp", context.at.seconds().to_string()),
        ("X-Webhook-Signature", signing::zstack_signature(secret, context.at, context.body)),
    ]
}
