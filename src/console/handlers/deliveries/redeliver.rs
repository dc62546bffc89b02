//! Sends a delivery that has ended once more.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::named;
use super::place::Place;
use crate::actions::deliveries;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::web::page as answer;

/// `POST …/deliveries/{id}/redeliver`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    let place = Place::parse(request.query_string(), page.times());
    let shown = place.at(page.urls().delivery(delivery.id.0).show());
    let made = deliveries::redeliver(&page.context(), delivery.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Delivery {}", delivery.id), &shown))?;
    let text = format!("The event is sent to {} again, as delivery {made}.", delivery.webhook_name);
    page.say(&Flash::ok(text));
    Ok(answer::see_other(&place.at(page.urls().delivery(made.0).show())))
}
