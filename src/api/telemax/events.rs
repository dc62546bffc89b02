//! An alert fired (contract 00.5). Ours: the vendor's own systems have no such operation.

use actix_web::http::header::HeaderMap;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Call;
use super::code::Code;
use super::errors::Error;
use super::wire::{AcceptedDto, read_events};
use crate::actions::ActionError;
use crate::actions::events::{self, IdempotencyKey};
use crate::api::number;
use crate::domain::access::Action;
use crate::domain::ids::AlertId;
use crate::web::body::EVENTS_BYTES_MAX;
use crate::web::json;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// `POST /api/v2/alerts/{alertId}/events`: one event or an array of them, all or none. 202 is said only when
/// they are durable.
pub async fn accept(
    call: Call,
    alert: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::AlertsWrite)?;
    let alert = number::in_path(&alert).map(AlertId).ok_or(ActionError::NotFound("alert"))?;
    let key = idempotency_key(req.headers())?;
    let body = json::bytes(&req, payload, EVENTS_BYTES_MAX).await?;
    let key = key.map(|key| IdempotencyKey { key, request_hash: request_hash(alert, &body) });
    let body = json::parse(&body)?;
    let parsed = read_events(&body).map_err(|problems| Error::malformed_events(&problems))?;
    let accepted = events::accept(&call.ctx, alert, parsed, key).await.map_err(Error::telling_foreign)?;
    let mut accepted: Vec<AcceptedDto> = accepted.into_iter().map(AcceptedDto::from).collect();
    match (&body, accepted.pop()) {
        (Value::Object(_), Some(only)) => Ok(HttpResponse::Accepted().json(only)),
        (_, last) => {
            accepted.extend(last);
            Ok(HttpResponse::Accepted().json(accepted))
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY);
    let key = match (given.next(), given.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok(),
        (Some(_), Some(_)) => None,
    };
    let is_valid = |key: &&str| {
        (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match key.filter(is_valid) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Error::new(Code::InvalidIdempotencyKey, Code::InvalidIdempotencyKey.advice())),
    }
}

/// What the key was sent with: the path and the body, byte for byte.
fn request_hash(alert: AlertId, body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(format!("/api/v2/alerts/{alert}/events\n"));
    digest.update(body);
    digest.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn idempotency_keys_are_visible_and_short() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                headers.append(HeaderName::from_static(IDEMPOTENCY_KEY), value);
            }
            idempotency_key(&headers)
        };
        assert_eq!(read(&[]), Ok(None));
        let long = "k".repeat(255);
        assert_eq!(read(&[&long]), Ok(Some(long.clone())));
        for bad in [&[""][..], &["a b"], &["ä"], &[&format!("{long}k")], &["a", "a"]] {
            assert_eq!(read(bad).unwrap_err().code, Code::InvalidIdempotencyKey);
        }
    }

    #[test]
    fn the_hash_binds_path_and_body() {
        let hash = |alert, body: &str| request_hash(AlertId(alert), body.as_bytes());
        assert_eq!(hash(1, "{}"), hash(1, "{}"));
        assert_ne!(hash(1, "{}"), hash(2, "{}"));
        assert_ne!(hash(1, "{}"), hash(1, "{ }"));
    }
}
