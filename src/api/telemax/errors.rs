//! This door's error answers.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::code::Code;
use super::wire::ErrorBody;
use crate::api::door::Refusal;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;
use crate::web::urls;

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
}

impl Refusal for Error {
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

    fn retry_after_s(&self) -> Option<i64> {
        self.retry_after_s
    }

    fn answer(&self, state: &AppState, id: &RequestId) -> HttpResponse<BoxBody> {
        let doc_url = state.public_url.join(&urls::docs_of_error(&self.code.slug()));
        let body = ErrorBody {
            kind: self.code.kind(self.status),
            code: self.code.name(),
            description: self.description.clone(),
            request_id: id.as_str().to_owned(),
            doc_url: doc_url.map(String::from).unwrap_or_default(),
        };
        HttpResponse::build(self.status).json(body)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Without words: those are given where the request's id is known.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status)
    }
}
