//! This door's error answers: a code of the vendor's, what it is about, and details (contract 3.3).

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::wire::{ErrorBody, ErrorView};
use crate::actions::ActionError;
use crate::api::call::Denied;
use crate::api::door::Refusal;
use crate::api::words;
use crate::domain::problem::Problems;
use crate::store::StoreError;
use crate::web::json::JsonError;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// What is said of an id that names nothing that the caller may see. It does not repeat the id, so that nobody
/// can tell another company's endpoint from none.
pub const NO_SUCH_ENDPOINT: &str = "There is no webhook endpoint with this id.";
const INVALID: &str = "The request breaks a rule.";

/// A refusal of this door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: StatusCode,
    description: String,
    details: String,
    retry_after_s: Option<i64>,
}

impl Error {
    /// `status` with its words.
    pub fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self { status, description: description.into(), details: String::new(), retry_after_s: None }
    }

    /// 400 with what is wrong.
    pub fn bad_request(details: impl Into<String>) -> Self {
        Self { details: details.into(), ..Self::new(StatusCode::BAD_REQUEST, INVALID) }
    }

    /// 400 that names every field and its rule.
    pub fn invalid(mut problems: Problems) -> Self {
        for problem in problems.0.iter_mut().filter(|problem| problem.field == "secret") {
            problem.field = "signingSecret".into();
        }
        Self::bad_request(words::of_problems(&problems))
    }

    fn code(&self) -> &'static str {
        code_of(self.status)
    }
}

/// The code in the vendor's public source that is nearest to the status.
pub fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 | 409 => "SYS.1006",
        404 => "SYS.1003",
        408 => "SYS.1001",
        429 | 503 => "SYS.1010",
        500.. => "SYS.1000",
        _ => "SYS.1007",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.description)
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

impl Refusal for Error {
    fn of_status(status: StatusCode) -> Self {
        Self::new(status, words::of_status(status))
    }

    fn retry_after_s(&self) -> Option<i64> {
        self.retry_after_s
    }

    fn answer(&self, _: &AppState, _: &RequestId) -> HttpResponse<BoxBody> {
        let (description, details) = (self.description.clone(), self.details.clone());
        let error = ErrorView { code: self.code(), description, details };
        HttpResponse::build(self.status).json(ErrorBody { error })
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Stranger => Self::new(StatusCode::UNAUTHORIZED, denied.to_string()),
            Denied::Lacks(words) => Self::new(StatusCode::FORBIDDEN, words),
            Denied::TooOften(too_often) => Self {
                retry_after_s: Some(too_often.retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, too_often.to_string())
            },
            Denied::Store(error) => error.into(),
        }
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        match words::status_of(&error) {
            StatusCode::BAD_REQUEST => Self::bad_request(error.to_string()),
            status => Self::new(status, error.to_string()),
        }
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
            ActionError::Invalid(problems) => Self::invalid(problems),
            ActionError::NotFound(_) | ActionError::Foreign(_) => {
                Self::new(StatusCode::NOT_FOUND, NO_SUCH_ENDPOINT)
            }
            ActionError::Conflict(why) => Self::new(StatusCode::CONFLICT, why),
            ActionError::KeyReused => Self::of_status(StatusCode::CONFLICT),
            ActionError::Unavailable(source) => {
                tracing::warn!(error = &source as &dyn std::error::Error, "the store is not available");
                Self { retry_after_s: Some(1), ..Self::of_status(StatusCode::SERVICE_UNAVAILABLE) }
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
    use crate::domain::problem::Rule;

    /// Neither answer says anything about the inside.
    #[test]
    fn our_own_failures() {
        let busy: Error = StoreError::Unavailable("database is locked".to_owned()).into();
        assert_eq!((busy.status.as_u16(), busy.code(), busy.retry_after_s), (503, "SYS.1010", Some(1)));
        let broken: Error = ActionError::Internal(StoreError::NotFound).into();
        assert_eq!((broken.status.as_u16(), broken.code()), (500, "SYS.1000"));
        for error in [busy, broken] {
            assert_eq!((error.description.as_str(), &*error.details), (words::of_status(error.status), ""));
        }
    }

    #[test]
    fn every_status_has_the_code_of_the_contract() {
        for (status, code) in [
            (400, "SYS.1007"),
            (401, "SYS.1006"),
            (403, "SYS.1006"),
            (404, "SYS.1003"),
            (405, "SYS.1007"),
            (413, "SYS.1007"),
            (429, "SYS.1010"),
            (500, "SYS.1000"),
        ] {
            assert_eq!(Error::of_status(StatusCode::from_u16(status).unwrap()).code(), code, "{status}");
        }
    }

    #[test]
    fn the_secret_has_this_doors_name() {
        let error = Error::invalid(Problems::one("secret", Rule::TooLong, "It is too long."));
        assert_eq!(error.details, "signingSecret: It is too long.");
    }
}
