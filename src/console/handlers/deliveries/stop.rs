//! Stops the retries of a delivery.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::named;
use super::place::Place;
use crate::actions::deliveries;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::web::page as answer;

/// `POST …/deliveries/{id}/stop`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    let place = Place::parse(request.query_string(), page.times());
    let shown = place.at(page.urls().delivery(delivery.id.0).show());
    deliveries::stop_retrying(&page.context(), delivery.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Delivery {}", delivery.id), &shown))?;
    page.say(&Flash::ok(format!("Delivery {} was stopped. Nothing more is sent.", delivery.id)));
    Ok(answer::see_other(&shown))
}
