//! Bodies as changes: what is sent in, and what it asks for.

use actix_web::HttpRequest;
use actix_web::web::Payload;
use serde_json::{Map, Value};

use super::errors::Error;
use super::wire::{CreateWebhook, UpdateWebhook};
use crate::actions::Context;
use crate::actions::webhooks::{NewWebhook, SecretChoice, WebhookUpdate};
use crate::api::given::{self, Given};
use crate::domain::ids::WebhookId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::{Change, CriteriaInput};
use crate::domain::webhook::{Receives, signing};
use crate::web::body::{self, Unread};
use crate::web::json::{self, JsonError};

const TEXT: &str = "It must be a text.";
const OBJECT: &str = "It must be an object of texts.";

/// The body as an object.
///
/// # Errors
/// 415, 413 or 400.
pub async fn object(req: &HttpRequest, payload: Payload) -> Result<Map<String, Value>, Error> {
    if !body::declares_one(req, is_json) {
        return Err(JsonError::ContentType.into());
    }
    let bytes = match body::read(req, payload, body::BODY_BYTES_MAX).await {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge(bytes_max)) => return Err(JsonError::TooLarge(bytes_max).into()),
        Err(Unread::Broken) => return Err(JsonError::Incomplete.into()),
    };
    match json::parse(&bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonError::WrongKind.into()),
    }
}

/// The three content types of the specification.
fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let is_derived = || {
        let kind = media_type.strip_prefix("application/").and_then(|kind| kind.strip_suffix("+json"));
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+!#$&^".contains(&byte);
        kind.is_some_and(|kind| !kind.is_empty() && kind.bytes().all(is_token))
    };
    media_type == "application/json" || media_type == "text/json" || is_derived()
}

/// A webhook to be made.
///
/// # Errors
/// 400 naming every wrong field.
pub fn create(ctx: &Context, body: Map<String, Value>) -> Result<NewWebhook, Error> {
    let mut problems = unknown(&body, &CreateWebhook::FIELDS);
    let body: CreateWebhook = given::read(body);
    let has_url = matches!(body.url, Given::Value(_));
    let change = Change {
        url: body.url.required(&mut problems, "url", TEXT),
        description: body.description.nullable(&mut problems, "description", TEXT).map(Some),
        criteria: body.criteria.nullable(&mut problems, "criteria", OBJECT).map(criteria),
        call_type: body.kind.optional(&mut problems, "type", TEXT),
        receives: Some(Receives::All.name().to_owned()),
        format: Some(Format::Softwareone.name().to_owned()),
        signing: Some(true),
        ..Change::default()
    };
    let secret = match body.secret.nullable(&mut problems, "secret", TEXT) {
        Some(text) if !text.is_empty() => SecretChoice::Given(text),
        _ => SecretChoice::Generate,
    };
    named(ctx, problems, &change, &secret, has_url)?;
    Ok(NewWebhook { change, secret, ..NewWebhook::default() })
}

/// A change of the webhook `id`: of the fields that are there, and of nothing else.
///
/// # Errors
/// 400 naming every wrong field.
pub fn update(ctx: &Context, id: WebhookId, body: Map<String, Value>) -> Result<WebhookUpdate, Error> {
    let mut problems = unknown(&body, &UpdateWebhook::FIELDS);
    let body: UpdateWebhook = given::read(body);
    let named_id = body.webhook_id.nullable(&mut problems, "webhookId", TEXT);
    if named_id.is_some_and(|named| named != id.softwareone()) {
        problems.add("webhookId", Rule::Invalid, "It must be the id in the address.");
    }
    let description = match body.description {
        Given::Null => Some(None),
        given => given.optional(&mut problems, "description", TEXT).map(Some),
    };
    let criteria = match body.criteria {
        Given::Null => Some(CriteriaInput::Json(Value::Null)),
        given => given.optional(&mut problems, "criteria", OBJECT).map(criteria),
    };
    let url = body.url.optional(&mut problems, "url", TEXT);
    // The domain takes an empty text for a field that was not filled in; here it was.
    if url.as_deref() == Some("") {
        problems.add("url", Rule::Required, "A URL must be given.");
    }
    let secret = body.secret.optional(&mut problems, "secret", TEXT);
    let secret = secret.map_or(SecretChoice::Keep, SecretChoice::Given);
    let has_url = url.as_deref().is_some_and(|url| !url.is_empty());
    let change = Change { url, description, criteria, ..Change::default() };
    named(ctx, problems, &change, &secret, has_url)?;
    Ok(WebhookUpdate { change, secret, ..WebhookUpdate::default() })
}

fn criteria(pairs: Map<String, Value>) -> CriteriaInput {
    CriteriaInput::Json(Value::Object(pairs))
}

/// A field that this door does not know (contract 4.1: `additionalProperties: false`).
fn unknown(body: &Map<String, Value>, known: &[&str]) -> Problems {
    let mut problems = Problems::default();
    for name in body.keys().filter(|name| !known.contains(&name.as_str())) {
        let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
        problems.add(name, Rule::NotAllowed, "It is not known, or cannot be set here.");
    }
    problems
}

/// When a field has the wrong type, the others are judged here, so that the answer names all that is wrong at once.
/// Otherwise that is the action's business.
fn named(
    ctx: &Context,
    mut problems: Problems,
    change: &Change,
    secret: &SecretChoice,
    has_url: bool,
) -> Result<(), Error> {
    if problems.is_empty() {
        return Ok(());
    }
    let judged = change.clone().create(&ctx.services.endpoint_policy);
    let judged = judged.err().unwrap_or_default().0.into_iter();
    problems.0.extend(judged.filter(|problem| has_url || problem.field != "url"));
    if let SecretChoice::Given(text) = secret {
        problems.absorb(signing::parse_secret(Format::Softwareone, text));
    }
    Err(problems.into())
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn the_three_content_types() {
        for good in
            ["application/json", "text/json", "TEXT/JSON", "application/vnd.api+json", "application/a+b+json"]
        {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonx",
            "application/+json",
            "application/xml",
            "text/x+json",
            "application/a/b+json",
            "application/a, b+json",
            "json",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
