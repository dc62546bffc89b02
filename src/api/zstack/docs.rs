//! How receivers verify a delivery (contract 3.4).

use actix_web::HttpResponse;

use super::Call;
use super::errors::Error;
use super::wire::SecurityDocs;
use crate::domain::webhook::signing::WINDOW_SECONDS;

/// `GET /docs/webhook-security`: any valid credential.
pub async fn webhook_security(_call: Call) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().json(SecurityDocs {
        algorithm: "HMAC-SHA256",
        signature_format: "v1=<hex-digest>",
        header_timestamp: "X-Webhook-Timestamp",
        header_signature: "X-Webhook-Signature",
        payload_format: "timestamp.body",
        replay_window_sec: WINDOW_SECONDS,
        examples: None,
    }))
}
