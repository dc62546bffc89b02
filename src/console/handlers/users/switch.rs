//! Locks a person out, or lets them in again.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::users;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::domain::access::Permission;
use crate::web::page as answer;

/// `POST …/users/{id}/enable`
pub async fn enable(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    set(&page, &path.1, true).await
}

/// `POST …/users/{id}/disable`
pub async fn disable(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    set(&page, &path.1, false).await
}

async fn set(page: &CompanyPage, text: &str, enabled: bool) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let id = named(page, text).await?.user.id;
    let urls = page.urls().user(id.0);
    let user = users::set_enabled(&page.context(), id, enabled)
        .await
        .map_err(|error| PageError::of_action(error, &format!("User {id}"), urls.show()))?;
    page.say(&if enabled {
        Flash::ok(format!("{} may sign in again.", user.name)).undo(urls.disable())
    } else {
        Flash::ok(format!("{} is locked out.", user.name))
            .detail("Their sessions have ended.")
            .undo(urls.enable())
    });
    Ok(answer::see_other(urls.show()))
}
