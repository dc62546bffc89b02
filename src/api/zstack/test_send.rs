//! A test delivery (contract 3.2).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::Call;
use super::endpoints::{endpoint_id, find};
use super::errors::Error;
use super::secrets::empty_body;
use super::wire::TestResult;
use crate::actions::deliveries;
use crate::domain::access::Action;
use crate::domain::alert_type::AlertType;
use crate::domain::attempt::Outcome;
use crate::domain::history::Attempt;
use crate::store::links;

/// `POST /webhook-endpoints/{endpointId}/test`: sends a sample event and answers with what came of it. A receiver
/// that fails is a good answer to the question, so the status is 200 then, too.
pub async fn test(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = endpoint_id(&id)?;
    empty_body(&req, payload).await?;
    let webhook = find(&call.ctx, id).await?;
    // What the webhook is made for is what somebody wants to test.
    let types = call.ctx.services.store.read(move |db| links::types_of(db, &[webhook.id])).await?;
    let linked = types.get(&id).and_then(|types| types.first().copied()).and_then(AlertType::from_id);
    let kind = linked.unwrap_or(AlertType::Geofence);
    let attempt = deliveries::test_and_wait(&call.ctx, id, kind).await?;
    Ok(HttpResponse::Ok().json(result(attempt.as_ref(), call.ctx.services.engine.timeout_us())))
}

fn result(attempt: Option<&Attempt>, timeout_us: i64) -> TestResult {
    let Some(attempt) = attempt else {
        let message = "The result is not known yet; the history of deliveries will have it.".to_owned();
        return TestResult { success: false, message, duration_ms: timeout_us.div_euclid(1_000) };
    };
    let why = match attempt.outcome {
        Some(Outcome::Success) => None,
        Some(Outcome::Failure(class)) => Some(class.sentence()),
        Some(Outcome::Interrupted) | None => Some("The attempt was interrupted; it may have arrived."),
    };
    let message = match (why, attempt.status) {
        (None, _) => "Test message delivered successfully".to_owned(),
        (Some(why), Some(status)) => format!("HTTP {status}: {why}"),
        (Some(why), None) => why.to_owned(),
    };
    TestResult { success: why.is_none(), message, duration_ms: attempt.timing.total_us.div_euclid(1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_that_does_not_come_is_no_success() {
        let result = result(None, 10_000_000);
        assert_eq!((result.success, result.duration_ms), (false, 10_000));
    }
}
