//! Settings as history keeps them: every choice, no secret.

use serde_json::{Value, json};

use super::settings::Settings;
use crate::domain::audit::Changes;

/// The settings without secrets: query values masked, credentials by their last four characters.
pub fn without_secrets(settings: &Settings) -> Value {
    json!({
        "name": settings.name,
        "description": settings.description,
        "url": settings.endpoint.display(),
        "receives": settings.receives.name(),
        "criteria": settings.criteria.iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect::<serde_json::Map<_, _>>(),
        "format": settings.format.name(),
        "authType": settings.auth.auth_type().name(),
        "credential": settings.auth.hint(),
        "signing": settings.signing,
        "type": settings.call_type.name(),
        "isActive": settings.is_active,
    })
}

/// What changed between two settings, for the audit trail.
pub fn changes(before: &Settings, after: &Settings) -> Changes {
    let (old, new) = (without_secrets(before), without_secrets(after));
    let mut changes = Changes::default();
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        for (field, value) in new {
            if field != "credential" {
                let was = old.get(&field).cloned().unwrap_or(Value::Null);
                changes = changes.field(&field, was, value);
            }
        }
    }
    // A changed query value looks the same masked, and a credential's hint may be the same by chance.
    changes
        .secret("urlQuery", before.endpoint.query() != after.endpoint.query())
        .secret("credential", before.auth != after.auth)
}
