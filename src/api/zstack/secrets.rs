//! rotate-secret (contract 3.2).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::Call;
use super::endpoints::endpoint_id;
use super::errors::Error;
use super::wire::EndpointWithSecret;
use crate::actions::webhooks;
use crate::domain::access::Action;
use crate::domain::webhook::rotation::Overlap;
use crate::web::json::{self, JsonError};

/// `POST /webhook-endpoints/{endpointId}/rotate-secret`: always a new one; the old one stops at once.
pub async fn rotate(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = endpoint_id(&id)?;
    empty_body(&req, payload).await?;
    let saved = webhooks::rotate_secret(&call.ctx, id, Overlap::None, None).await?;
    Ok(HttpResponse::Ok().json(EndpointWithSecret::new(&saved)))
}

/// The body that says nothing: `{}`, or none at all. What is in the object is ignored.
pub(super) async fn empty_body(req: &HttpRequest, payload: Payload) -> Result<(), JsonError> {
    use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
    let headers = req.headers();
    let has_length = headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    let has_body = has_length || headers.contains_key(TRANSFER_ENCODING);
    if !has_body && !headers.contains_key(CONTENT_TYPE) {
        return Ok(());
    }
    match json::object(req, payload).await {
        Err(JsonError::Empty) | Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}
