//! Pauses a redelivery of many, goes on with it, ends it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::{Outcome, replays};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::domain::ids::ReplayId;
use crate::web::page as answer;

/// `POST …/replays/{id}/pause`
pub async fn pause(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let id = known(&page, &path.1).await?;
    let done = replays::pause(&page.context(), id).await;
    told(&page, id, done, "is paused. Nothing more is made until somebody continues it.")
}

/// `POST …/replays/{id}/resume`
pub async fn resume(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let id = known(&page, &path.1).await?;
    let done = replays::resume(&page.context(), id).await;
    told(&page, id, done, "goes on.")
}

/// `POST …/replays/{id}/cancel`
pub async fn cancel(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let id = known(&page, &path.1).await?;
    let done = replays::cancel(&page.context(), id).await;
    told(&page, id, done, "was cancelled. What was made is delivered; nothing more is made.")
}

/// Actions look in all that the person sees; this looks in the company of the address.
async fn known(page: &CompanyPage, text: &str) -> Result<ReplayId, PageError> {
    Ok(named(page, text).await?.0.id)
}

fn told(page: &CompanyPage, id: ReplayId, done: Outcome<()>, words: &str) -> Result<HttpResponse, PageError> {
    let (what, urls) = (format!("Redelivery {id}"), page.urls().replay(id.0));
    done.map_err(|error| PageError::of_action(error, &what, urls.show()))?;
    page.say(&Flash::ok(format!("{what} {words}")));
    Ok(answer::see_other(urls.show()))
}
