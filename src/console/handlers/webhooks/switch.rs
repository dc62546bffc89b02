//! Switches a webhook on and off. Either can be undone from the message that follows.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::webhooks;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::web::page as answer;

/// `POST …/webhooks/{id}/enable`
pub async fn enable(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    switch(&page, &path.1, true).await
}

/// `POST …/webhooks/{id}/disable`
pub async fn disable(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    switch(&page, &path.1, false).await
}

async fn switch(page: &CompanyPage, id: &str, active: bool) -> Result<HttpResponse, PageError> {
    let before = named(page, id).await?;
    let urls = page.urls().webhook(before.id.0);
    let webhook = webhooks::set_active(&page.context(), before.id, active)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", before.id), urls.show()))?;
    let name = &webhook.settings.name;
    page.say(&if active {
        let detail = match webhook.paused {
            None => "Events from now on are delivered.",
            Some(_) => "It is still paused: events are delivered when you resume it.",
        };
        Flash::ok(format!("{name} is enabled.")).detail(detail).undo(urls.disable())
    } else {
        Flash::ok(format!("{name} is disabled."))
            .detail("Nothing is sent; deliveries that were waiting are cancelled, and held ones are dropped.")
            .undo(urls.enable())
    });
    Ok(answer::see_other(urls.show()))
}
