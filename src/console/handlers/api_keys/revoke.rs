//! Takes an API key back.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{masked, named};
use crate::actions::api_keys;
use crate::console::api_keys::revoke::RevokePage;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::web::page as answer;

/// `GET …/api-keys/{id}/revoke`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let key = named(&page, &path.1).await?;
    Ok(answer::ok(&RevokePage {
        shell: page.shell(format!("Revoke {}", key.name), Nav::ApiKeys),
        masked: masked(&key),
        action: page.urls().api_key(key.id.0).revoke(),
        name: key.name,
    }))
}

/// `POST …/api-keys/{id}/revoke`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let (key, list) = (named(&page, &path.1).await?, page.urls().api_keys());
    api_keys::revoke(&page.context(), key.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("API key {}", key.id), &list))?;
    page.say(&Flash::ok(format!("The key {} was revoked.", key.name)).detail("It opens nothing any more."));
    Ok(answer::see_other(&list))
}
