//! Shows the values of a payload to who does not see them otherwise: with a reason, for an hour, written down.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::named;
use super::place::Place;
use super::show::{Typed, again};
use crate::actions::{ActionError, reveals};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::web::page as answer;

/// `GET …/deliveries/{id}/reveal`: the form stands on the delivery's page; this is what a refused one has in its address.
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    Ok(answer::see_other(page.urls().delivery(delivery.id.0).show()))
}

/// `POST …/deliveries/{id}/reveal`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
    sent: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let delivery = named(&page, &path.1).await?;
    let place = Place::parse(request.query_string(), page.times());
    let (number, reason) = (sent.0.get("attempt").map(str::to_owned), sent.0.text("reason"));
    let urls = page.urls().delivery(delivery.id.0);
    match reveals::reveal(&page.context(), delivery.id, &reason).await {
        Ok(reveal) => {
            let until = page.times().sentence(reveal.ends_at());
            page.say(&Flash::ok(format!(
                "The values of event {} are shown to you until {until}.",
                reveal.event
            )));
            let number = number.and_then(|number| number.parse::<u32>().ok());
            let shown = number.map_or_else(|| urls.show().to_owned(), |number| urls.attempt(number));
            Ok(answer::see_other(&place.at(&shown)))
        }
        Err(ActionError::Invalid(problems)) => {
            again(&page, delivery, number.as_deref(), place, &Typed { reason, problems }).await
        }
        Err(error) => Err(PageError::of_action(error, &format!("Delivery {}", delivery.id), urls.show())),
    }
}
