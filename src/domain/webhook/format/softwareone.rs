//! SoftwareOne (contract 4.8): the neutral event with an id, and a JWT.

use serde_json::{Map, Value};

use super::{SigningContext, aggregate, signing};
use crate::domain::event::Event;

pub fn body(event: &Event) -> Value {
    let mut body = Map::new();
    body.insert("id".to_owned(), Value::String(format!("EVT-{}", event.public_id)));
    if let Value::Object(neutral) = aggregate::body(event) {
        body.extend(neutral);
    }
    Value::Object(body)
}

/// The JWT when signing is on, otherwise nothing.
pub fn headers(context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    let Some(secret) = context.secret else {
        return Vec::new();
    };
    let webhook_id = context.webhook_id.softwareone();
    let jwt = signing::softwareone_jwt(secret, context.host, &webhook_id, context.at);
    vec![("Authorization", format!("Bearer {jwt}"))]
}
