//! Makes the next attempt now instead of when it is due.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::named;
use super::place::Place;
use crate::actions::deliveries;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::web::page as answer;

/// `POST …/deliveries/{id}/send-now`; answers when the attempt has been recorded.
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    let place = Place::parse(request.query_string(), page.times());
    let shown = place.at(page.urls().delivery(delivery.id.0).show());
    deliveries::send_now(&page.context(), delivery.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Delivery {}", delivery.id), &shown))?;
    Ok(answer::see_other(&shown))
}
