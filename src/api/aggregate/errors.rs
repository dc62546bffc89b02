//! This door's error answers: a status and a message (contract 2.2).

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::wire::Message;
use crate::actions::ActionError;
use crate::api::call::Denied;
use crate::api::door::Refusal;
use crate::api::throttle::TooOften;
use crate::api::words;
use crate::domain::problem::Problems;
use crate::store::StoreError;
use crate::web::json::JsonError;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// What is said of an id that names nothing that the caller may see. It does not repeat the id, so that nobody
/// can tell another company's webhook from none.
pub const NO_SUCH_WEBHOOK: &str = "There is no webhook with this id.";

/// A refusal of this door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: StatusCode,
    message: String,
    retry_after_s: Option<i64>,
}

impl Error {
    /// `status` with its words.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after_s: None }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 that names every field and its rule.
    pub fn invalid(mut problems: Problems) -> Self {
        for problem in problems.0.iter_mut().filter(|problem| problem.field == "url") {
            problem.field = "endpoint".into();
        }
        Self::bad_request(words::of_problems(&problems))
    }

    /// 401.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 429.
    pub fn too_often(message: impl Into<String>, retry_after_s: i64) -> Self {
        let retry_after_s = Some(retry_after_s);
        Self { retry_after_s, ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// As [`From<ActionError>`], where a webhook that is not there is 400: the vendor's page for PUT says so.
    pub fn not_found_is_400(error: ActionError) -> Self {
        match error {
            ActionError::NotFound(_) | ActionError::Foreign(_) => Self::bad_request(NO_SUCH_WEBHOOK),
            error => error.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.message)
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
        HttpResponse::build(self.status).json(Message { message: self.message.clone() })
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Stranger => Self::unauthorized(denied.to_string()),
            Denied::Lacks(words) => Self::new(StatusCode::FORBIDDEN, words),
            Denied::TooOften(too_often) => too_often.into(),
            Denied::Store(error) => error.into(),
        }
    }
}

impl From<TooOften> for Error {
    fn from(too_often: TooOften) -> Self {
        Self::too_often(too_often.to_string(), too_often.retry_after_s)
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::new(words::status_of(&error), error.to_string())
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
                Self::new(StatusCode::NOT_FOUND, NO_SUCH_WEBHOOK)
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
        assert_eq!((busy.status.as_u16(), busy.retry_after_s), (503, Some(1)));
        let broken: Error = ActionError::Internal(StoreError::NotFound).into();
        assert_eq!((broken.status.as_u16(), broken.retry_after_s), (500, None));
        for error in [busy, broken] {
            assert_eq!(error.message, words::of_status(error.status));
        }
    }

    #[test]
    fn the_destination_has_this_doors_name() {
        let error = Error::invalid(Problems::one("url", Rule::Required, "A URL must be given."));
        assert_eq!(error.message, "endpoint: A URL must be given.");
    }
}
