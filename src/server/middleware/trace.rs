//! One log line a request, and the span that other lines of the request stand in.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use tracing::Instrument;

use crate::web::request_id::RequestId;

/// Outside everything that answers, so that refusals are logged like pages. Neither path nor query, neither
/// headers nor bodies are written: they may hold secrets. The route's pattern says which page it was, and
/// whoever finds out who is asking records it as the span's `caller`.
pub async fn trace(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let id = RequestId::of(req.request());
    let method = req.method().clone();
    let span = tracing::info_span!("request", id = %id, caller = tracing::field::Empty);
    async move {
        let result = next.call(req).await;
        let duration_us = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
        let duration_ms = f64::from(duration_us) / 1_000.0;
        let (status, route) = match &result {
            Ok(res) => (res.status(), res.request().match_pattern()),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        let (status, route) = (status.as_u16(), route.as_deref().unwrap_or("-"));
        match (status, route) {
            (500.., _) => tracing::error!(%method, route, status, duration_ms, "answered"),
            // Alerts may fire thousands of times a second, and each leaves its own trace: the event.
            (_, "/healthz" | "/readyz") | (202, _) => {
                tracing::debug!(%method, route, status, duration_ms, "answered");
            }
            _ => tracing::info!(%method, route, status, duration_ms, "answered"),
        }
        result
    }
    .instrument(span)
    .await
}
