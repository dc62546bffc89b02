//! This door's refusals: Problem Details, with every offending field by name (contract 4.5).

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::wire::ProblemDetails;
use crate::actions::ActionError;
use crate::api::call::Denied;
use crate::api::door::Refusal;
use crate::domain::problem::Problems;
use crate::domain::rql::Fault;
use crate::store::StoreError;
use crate::web::json::JsonError;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// Properties that one answer names at most.
const NAMED_MAX: usize = 50;
const INVALID: &str = "One or more validation errors occurred.";

/// A refusal of this door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct Error {
    /// The status.
    pub status: StatusCode,
    /// For people.
    pub detail: String,
    /// Property or path → what is wrong with it.
    pub errors: BTreeMap<String, Vec<String>>,
    /// For 429 and 503: when to come back.
    pub retry_after_s: Option<i64>,
}

impl Error {
    /// A refusal that names no property.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let retry_after_s = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        Self { status, detail: detail.into(), errors: BTreeMap::new(), retry_after_s }
    }

    /// 400 with what is wrong at each property.
    fn invalid(wrong: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, INVALID);
        for (key, message) in wrong.into_iter().take(NAMED_MAX) {
            error.errors.entry(key).or_default().push(message);
        }
        error
    }

    /// 404: it does not exist, or is another company's; which of them is not told.
    pub fn no_webhook() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no webhook with this id.")
    }
}

impl Refusal for Error {
    fn of_status(status: StatusCode) -> Self {
        let detail = match status.as_u16() {
            401 => "The API token is missing, invalid or has run out.",
            403 => "The API token does not allow this.",
            404 => "There is nothing at this address.",
            405 => "This address does not take this method.",
            408 => "The body did not arrive within 15 seconds.",
            413 => "The body is larger than the server takes.",
            415 => "Compressed bodies are not read.",
            421 => "This server does not answer under that name.",
            429 => "Too many requests.",
            503 => "The database is busy. Nothing was changed; come back in a moment.",
            508 => "This request is a delivery of this server to itself.",
            500.. => "Something went wrong on our side.",
            _ => "The request cannot be understood.",
        };
        Self::new(status, detail)
    }

    fn retry_after_s(&self) -> Option<i64> {
        self.retry_after_s
    }

    fn answer(&self, _: &AppState, id: &RequestId) -> HttpResponse<BoxBody> {
        let problem = ProblemDetails {
            kind: explained(self.status),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            trace_id: trace_id(id),
            errors: self.errors.clone(),
        };
        HttpResponse::build(self.status).content_type("application/problem+json").json(problem)
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

/// Where the status is defined.
pub(super) fn explained(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        401 => "https://tools.ietf.org/html/rfc9110#section-15.5.2",
        403 => "https://tools.ietf.org/html/rfc9110#section-15.5.4",
        404 => "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        405 => "https://tools.ietf.org/html/rfc9110#section-15.5.6",
        408 => "https://tools.ietf.org/html/rfc9110#section-15.5.9",
        409 => "https://tools.ietf.org/html/rfc9110#section-15.5.10",
        413 => "https://tools.ietf.org/html/rfc9110#section-15.5.14",
        415 => "https://tools.ietf.org/html/rfc9110#section-15.5.16",
        421 => "https://tools.ietf.org/html/rfc9110#section-15.5.20",
        429 => "https://tools.ietf.org/html/rfc6585#section-4",
        500 => "https://tools.ietf.org/html/rfc9110#section-15.6.1",
        503 => "https://tools.ietf.org/html/rfc9110#section-15.6.4",
        508 => "https://tools.ietf.org/html/rfc5842#section-7.2",
        _ => "about:blank",
    }
}

/// A W3C trace context of our own for a request's id.
fn trace_id(id: &RequestId) -> String {
    let hash = Sha256::digest(id.as_str().as_bytes());
    let (trace, rest) = hash.split_at(16);
    format!("00-{}-{}-00", HEXLOWER.encode(trace), HEXLOWER.encode(&rest[..8]))
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Stranger => Self::of_status(StatusCode::UNAUTHORIZED),
            Denied::Lacks(why) => Self::new(StatusCode::FORBIDDEN, why),
            Denied::TooOften(error) => Self {
                retry_after_s: Some(error.retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string())
            },
            Denied::Store(error) => error.into(),
        }
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::ContentType => {
                let detail = "The body has to be declared as application/json, text/json or application/*+json, \
                              in UTF-8.";
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
            }
            JsonError::TooLarge(_) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            _ => Self::new(StatusCode::BAD_REQUEST, error.to_string()),
        }
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::invalid(problems.0.into_iter().map(|problem| (problem.field.into_owned(), problem.message)))
    }
}

impl From<Vec<Fault>> for Error {
    fn from(faults: Vec<Fault>) -> Self {
        Self::invalid(faults.into_iter().map(|fault| (fault.key, fault.message)))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        ActionError::from(error).into()
    }
}

impl From<ActionError> for Error {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refused) => Self::new(StatusCode::FORBIDDEN, refused.to_string()),
            ActionError::VehicleRefused(_) | ActionError::LimitedToVehicles => {
                Self::of_status(StatusCode::FORBIDDEN)
            }
            ActionError::Invalid(problems) => problems.into(),
            ActionError::NotFound(_) | ActionError::Foreign(_) => Self::no_webhook(),
            ActionError::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
            ActionError::KeyReused => Self::of_status(StatusCode::CONFLICT),
            ActionError::Unavailable(source) => {
                tracing::warn!(error = &source as &dyn std::error::Error, "the store is not available");
                Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
            }
            ActionError::Internal(source) => {
                tracing::error!(error = &source as &dyn std::error::Error, "the store is broken");
                Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neither answer says anything about the inside.
    #[test]
    fn our_own_failures() {
        let busy: Error = StoreError::Unavailable("database is locked".to_owned()).into();
        assert_eq!((busy.status.as_u16(), busy.retry_after_s), (503, Some(1)));
        let broken: Error = ActionError::Internal(StoreError::NotFound).into();
        assert_eq!((broken.status.as_u16(), broken.retry_after_s), (500, None));
        for error in [busy, broken] {
            assert_eq!(error, Error::of_status(error.status));
        }
    }

    #[test]
    fn many_problems_are_cut_short() {
        let many = (0..60).map(|at| (format!("field{at}"), "It is not known.".to_owned()));
        assert_eq!(Error::invalid(many).errors.len(), NAMED_MAX);
    }
}
