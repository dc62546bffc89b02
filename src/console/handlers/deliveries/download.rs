//! A body as a file: the exact bytes or, for who may not see its values, nothing; never shown by a browser, whatever they claim to be.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use super::attempt::shown_number;
use super::{named, rows};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::payloads::Payloads;
use crate::domain::access::{Permission, Refused};
use crate::domain::webhook::format::render;
use crate::store::{StoreError, attempts, events, webhook_versions};

/// `GET …/deliveries/{id}/attempts/{number}/request-body`
pub async fn request(
    page: CompanyPage,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, PageError> {
    body(&page, &path.1, &path.2, "request").await
}

/// `GET …/deliveries/{id}/attempts/{number}/response-body`: as far as it was kept.
pub async fn response(
    page: CompanyPage,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, PageError> {
    body(&page, &path.1, &path.2, "response").await
}

async fn body(
    page: &CompanyPage,
    id: &str,
    number: &str,
    which: &'static str,
) -> Result<HttpResponse, PageError> {
    let delivery = named(page, id).await?;
    if Payloads::of(page).await?.hides(delivery.event_id) {
        return Err(Refused(Permission::SeePayloads).into());
    }
    let wanted = number.parse::<i32>().unwrap_or_default();
    let (scope, id, webhook, event) = (page.scope(), delivery.id, delivery.webhook_id, delivery.event_id);
    let found: Result<Option<Vec<u8>>, StoreError> = page
        .store()
        .read(move |db| {
            let all = attempts::of_delivery(db, id)?;
            let Some(attempt) = all.into_iter().find(|attempt| attempt.number == wanted) else {
                return Ok(None);
            };
            if which == "response" {
                return Ok(attempt.response_body);
            }
            let version = webhook_versions::get(db, webhook, attempt.version)?;
            let format = version.and_then(|version| version.settings.get("format")?.as_str()?.parse().ok());
            let event = match events::get(db, &scope, event) {
                Ok(event) => event,
                Err(StoreError::NotFound) => return Ok(None),
                Err(error) => return Err(error),
            };
            Ok(Some(render(format.unwrap_or_default(), &event)))
        })
        .await;
    let missing = || PageError::NotFound(format!("The body of attempt {}", shown_number(number)));
    let body = found?.ok_or_else(missing)?;
    let name = format!("attachment; filename=\"{}\"", file_name(delivery.id.0, rows::count(wanted), which));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/octet-stream")
        .body(body))
}

/// What the download of a body is called; `which` is `request` or `response`.
pub fn file_name(delivery: i64, attempt: u32, which: &str) -> String {
    format!("delivery-{delivery}-attempt-{attempt}-{which}.bin")
}
