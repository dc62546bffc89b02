//! SoftwareOne (contract 4.8): the neutral event with an id, and a JWT.

use serde::Serialize;

use super::{SigningContext, aggregate, signing};
use crate::domain::event::Event;

#[derive(Serialize)]
pub struct Body<'e> {
    id: String,
    #[serde(flatten)]
    neutral: aggregate::Body<'e>,
}

pub fn body(event: &Event) -> Body<'_> {
    Body { id: format!("EVT-{}", event.public_id), neutral: aggregate::body(event) }
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
