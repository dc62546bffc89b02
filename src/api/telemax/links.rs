//! Links an alert to a webhook (contract 1.3).

use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::Call;
use super::errors::Error;
use super::webhooks::webhook_id;
use super::wire::{Done, LinkRequest};
use crate::actions::{ActionError, webhooks};
use crate::api::given;
use crate::domain::access::Action;
use crate::web::json;

/// `POST /api/v2/webhooks/{id}/link-alert`. Linking twice changes nothing; another company's webhook or alert
/// is 403, one that does not exist 404.
pub async fn link(
    call: Call,
    id: Path<String>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    call.needs(Action::WebhooksWrite)?;
    let id = webhook_id(&id)?;
    let body: LinkRequest = given::read(json::object(&req, payload).await?);
    let alert = body.read().map_err(|problems| Error::malformed(&problems))?;
    webhooks::link_alert(&call.ctx, id, alert).await.map_err(in_singular).map_err(Error::telling_foreign)?;
    Ok(HttpResponse::Ok().json(Done {}))
}

/// This body has `alertId` where others have `alertIds`.
fn in_singular(error: ActionError) -> ActionError {
    match error {
        ActionError::Invalid(mut problems) => {
            for problem in problems.0.iter_mut().filter(|problem| problem.field == "alertIds") {
                problem.field = "alertId".into();
            }
            ActionError::Invalid(problems)
        }
        error => error,
    }
}
