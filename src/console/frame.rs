//! Around every page: errors become pages, inside the frame where there is one, and a chosen zone is remembered.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};

use super::errors::ErrorPage;
use super::extract::CompanyPage;
use super::extract::user::app_state;
use super::failure::PageError;
use super::preferences;
use super::shell::Nav;
use crate::web::answer;
use crate::web::request_id::RequestId;

/// The middleware.
pub async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(page) = error_page(&answer) {
        answer = answer::replace(answer, page);
    }
    if let (Some(zone), Ok(state)) = (preferences::asked(answer.request()), app_state(answer.request())) {
        preferences::remember(answer.response_mut(), &state, preferences::ZONE, zone.name());
    }
    answer.headers_mut().insert(VARY, HeaderValue::from_static("HX-Request"));
    Ok(answer)
}

fn error_page(answer: &ServiceResponse<BoxBody>) -> Option<HttpResponse> {
    let request = answer.request();
    let error = answer.response().error()?.as_error::<PageError>()?;
    let retention = app_state(request).map(|state| preferences::retention(&state)).unwrap_or_default();
    let mut page: ErrorPage = error.page(&retention)?;
    page.request_id = RequestId::of(request).to_string();
    page.theme = preferences::theme(request);
    let known = request.extensions().get::<CompanyPage>().cloned();
    Some(match known {
        Some(company) => page.answer_in(company.shell("", Nav::None)),
        None => page.answer(),
    })
}
