//! This door's error answers. Handlers return an [`Error`]; [`dress`] puts it into words at the door's outer
//! side, where the request's id is known, and does the same for what never reached a handler.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use serde::Serialize;

use super::code::Code;
use crate::security::rate_limit::Standing;
use crate::web::answer;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// A refusal of this door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {}", status.as_u16(), code.name())]
pub struct Error {
    /// What clients compare.
    pub code: Code,
    /// Usually the code's own.
    pub status: StatusCode,
    /// For people.
    pub description: String,
    /// For 429 and 503: when to come back.
    pub retry_after_s: Option<i64>,
}

impl Error {
    /// `code` with its usual status.
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        let retry_after_s = (code == Code::ServiceUnavailable).then_some(1);
        Self { code, status: code.status(), description: description.into(), retry_after_s }
    }

    /// With another status than the code's own.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// What a bare status means at this door.
    fn of_status(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            401 => Code::InvalidCredentials,
            403 => Code::InvalidScope,
            404 => Code::RouteNotFound,
            405 => Code::MethodNotAllowed,
            408 => Code::RequestTimeout,
            409 => Code::Conflict,
            413 => Code::PayloadTooLarge,
            415 => Code::UnsupportedMediaType,
            421 => Code::MisdirectedRequest,
            422 => Code::InvalidBody,
            429 => Code::RateLimitExceeded,
            503 => Code::ServiceUnavailable,
            508 => Code::LoopDetected,
            500.. => Code::InternalError,
            _ => Code::BadRequest,
        };
        Self::new(code, code.advice()).with_status(status)
    }

    /// The answer.
    fn answer(&self, state: &AppState, id: &RequestId) -> HttpResponse<BoxBody> {
        let doc_url = state.public_url.join(&format!("/docs/errors/{}", self.code.slug()));
        let body = Body {
            kind: self.code.kind(self.status),
            code: self.code.name(),
            description: &self.description,
            request_id: id.as_str(),
            doc_url: doc_url.map(String::from).unwrap_or_default(),
        };
        let mut answer = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        answer.json(body)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Without words: those come from [`dress`].
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'static str,
    description: &'a str,
    request_id: &'a str,
    doc_url: String,
}

/// An error that came from no handler, in this door's words.
pub fn bare(state: &AppState, id: &RequestId, status: StatusCode) -> HttpResponse<BoxBody> {
    let mut answer = Error::of_status(status).answer(state, id);
    add_version(answer.headers_mut());
    answer
}

/// What every answer of this door has, and error answers their body.
pub fn dress(state: &AppState, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let id = RequestId::of(answer.request());
    let error: Option<Error> = answer.response().error().and_then(|error| error.as_error::<Error>()).cloned();
    let mut answer = match error {
        Some(error) => answer::replace(answer, error.answer(state, &id)),
        None if answer::is_bare(answer.response()) => {
            let status = answer.status();
            answer::replace(answer, bare(state, &id, status))
        }
        None => answer,
    };
    let standing = answer.request().extensions().get::<Standing>().copied();
    if let Some(standing) = standing {
        add_standing(answer.headers_mut(), standing);
    }
    add_version(answer.headers_mut());
    answer
}

fn add_version(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("x-api-version"), HeaderValue::from_static("2"));
}

/// On good answers, too, so that a client can slow down before it is refused.
fn add_standing(headers: &mut HeaderMap, standing: Standing) {
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), HeaderValue::from(standing.limit));
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from(standing.remaining));
    headers.insert(HeaderName::from_static("x-ratelimit-reset"), HeaderValue::from(standing.reset_s));
}
