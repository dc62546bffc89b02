//! Sends a delivery that has ended once more.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::deliveries;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::web::page as answer;

/// `POST …/deliveries/{id}/redeliver`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    let urls = page.urls().delivery(delivery.id.0);
    let made = deliveries::redeliver(&page.context(), delivery.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Delivery {}", delivery.id), urls.show()))?;
    let text = format!("The event is sent to {} again, as delivery {made}.", delivery.webhook_name);
    page.say(&Flash::ok(text));
    Ok(answer::see_other(page.urls().delivery(made.0).show()))
}
