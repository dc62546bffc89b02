//! Actions' refusals in this door's codes.

use actix_web::http::StatusCode;

use super::code::Code;
use super::errors::Error;
use crate::actions::ActionError;
use crate::api::call::Denied;
use crate::api::throttle::TooOften;
use crate::api::words;
use crate::domain::problem::{Problem, Problems, Rule};
use crate::store::StoreError;
use crate::web::json::JsonError;

impl Error {
    /// 422 with the code of the first problem; the description names every field and its rule.
    pub fn invalid(problems: &Problems) -> Self {
        let code = problems.0.first().map_or(Code::InvalidBody, code_of);
        Self::new(code, words::of_problems(problems)).with_status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// 422 for fields that are missing or of the wrong type.
    pub fn malformed(problems: &Problems) -> Self {
        let only_alerts = problems.0.iter().all(|problem| code_of(problem) == Code::AlertIdsRequired);
        let code = if only_alerts { Code::AlertIdsRequired } else { Code::InvalidBody };
        Self::new(code, words::of_problems(problems))
    }

    /// 422 for reported events.
    pub fn malformed_events(problems: &Problems) -> Self {
        Self::new(Code::InvalidBody, words::of_problems(problems))
    }

    /// As [`From<ActionError>`], where the operation's page tells 403 (another company's) from 404 (none).
    pub fn telling_foreign(error: ActionError) -> Self {
        match error {
            ActionError::Foreign(what) => Self::new(
                Code::InvalidScope,
                format!("The credential's company does not include this {what}."),
            ),
            error => error.into(),
        }
    }

    /// 413.
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(Code::PayloadTooLarge, JsonError::TooLarge(bytes_max).to_string())
    }

    /// 500.
    pub fn internal() -> Self {
        Self::new(Code::InternalError, Code::InternalError.advice())
    }
}

/// The code of one broken rule.
fn code_of(problem: &Problem) -> Code {
    let is_alerts = problem.field.starts_with("alertId");
    match (problem.rule, &*problem.field) {
        (Rule::NotFound, _) if is_alerts => Code::AlertNotFound,
        (Rule::Unsupported, _) if is_alerts => Code::UnsupportedAlertType,
        (Rule::TooMany, _) if is_alerts => Code::TooManyAlerts,
        (Rule::Required, "alertIds") => Code::AlertIdsRequired,
        (_, "url") => Code::InvalidUrl,
        _ => Code::InvalidBody,
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        let code = match error {
            JsonError::ContentType => Code::UnsupportedMediaType,
            JsonError::TooLarge(_) => Code::PayloadTooLarge,
            JsonError::Incomplete => Code::BadRequest,
            JsonError::Empty
            | JsonError::WrongKind
            | JsonError::DuplicateKey
            | JsonError::TooDeep
            | JsonError::Syntax { .. } => Code::InvalidBody,
        };
        Self::new(code, error.to_string())
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Stranger => Self::new(Code::InvalidCredentials, denied.to_string()),
            Denied::Lacks(words) => Self::new(Code::InvalidScope, words),
            Denied::TooOften(too_often) => too_often.into(),
            Denied::Store(error) => error.into(),
        }
    }
}

impl From<TooOften> for Error {
    fn from(too_often: TooOften) -> Self {
        let mut error = Self::new(Code::RateLimitExceeded, too_often.to_string());
        error.retry_after_s = Some(too_often.retry_after_s);
        error
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        ActionError::from(error).into()
    }
}

impl From<ActionError> for Error {
    /// Where an operation's page tells another company's object from one that does not exist, it says so
    /// itself; here both are not found.
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refused) => Self::new(Code::InvalidScope, refused.to_string()),
            ActionError::VehicleRefused(vehicle) => {
                let description = format!("The credential does not include vehicle {vehicle}.");
                Self::new(Code::InvalidScope, description)
            }
            ActionError::LimitedToVehicles => {
                let description =
                    "The credential is limited to some vehicles, and this is about all of them.";
                Self::new(Code::InvalidScope, description)
            }
            ActionError::Invalid(problems) => Self::invalid(&problems),
            ActionError::NotFound("alert record") => {
                Self::new(Code::AlertRecordNotFound, "The alert has no such record at this time.")
            }
            ActionError::NotFound(what) | ActionError::Foreign(what) => {
                let code = match what {
                    "webhook" => Code::WebhookNotFound,
                    "alert" => Code::AlertNotFound,
                    "company" => Code::CompanyNotFound,
                    _ => Code::RouteNotFound,
                };
                Self::new(code, format!("There is no {what} with this id."))
            }
            ActionError::Conflict(why) => Self::new(Code::Conflict, why),
            ActionError::KeyReused => {
                let description = "This Idempotency-Key was used for another request in the last 24 hours.";
                Self::new(Code::IdempotencyKeyReused, description)
            }
            ActionError::Unavailable(source) => {
                tracing::warn!(error = &source as &dyn std::error::Error, "the store is not available");
                Self::new(Code::ServiceUnavailable, Code::ServiceUnavailable.advice())
            }
            ActionError::Internal(source) => {
                tracing::error!(error = &source as &dyn std::error::Error, "the store is broken");
                Self::internal()
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
        assert_eq!(
            (busy.status.as_u16(), busy.code, busy.retry_after_s),
            (503, Code::ServiceUnavailable, Some(1))
        );
        let broken: Error = ActionError::Internal(StoreError::NotFound).into();
        assert_eq!((broken.status.as_u16(), broken.code), (500, Code::InternalError));
        for error in [busy, broken] {
            assert_eq!(error.description, error.code.advice());
        }
    }
}
