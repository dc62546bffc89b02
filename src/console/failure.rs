//! Why there is no page, and the page that says so.

use std::error::Error;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use super::errors::ErrorPage;
use super::parts::Link;
use crate::actions::ActionError;
use crate::domain::access::Refused;
use crate::store::StoreError;

/// What handlers and extractors end with instead of a page. [`super::frame`] makes the page.
#[derive(Debug)]
pub enum PageError {
    /// Nobody is signed in.
    SignIn {
        /// The sign-in page with the way back.
        location: String,
        /// Whether htmx asks: it is told to leave the page, instead of getting a sign-in form into it.
        is_htmx: bool,
    },
    /// A permission is missing.
    Refused(Refused),
    /// "Delivery 4410" is not there, or not for this person.
    NotFound(String),
    /// No page has this address.
    NoSuchPage,
    /// The form is not from a page of ours, or from an earlier session.
    StaleForm,
    /// The form cannot be read.
    BadForm(&'static str),
    /// The framework's refusal, without words of our own.
    Status(StatusCode),
    /// The state of things does not allow it: why, and the thing's own page.
    Conflict(String, Link),
    /// Somebody else was faster; the page shows both versions.
    Clash(Box<ErrorPage>),
    /// The database cannot take it now.
    Busy,
    /// Our mistake.
    Broken,
}

impl PageError {
    /// An action's refusal; `what` names the object and `show` is its page, for a conflict.
    pub fn of_action(error: ActionError, what: &str, show: &str) -> Self {
        match error {
            ActionError::Refused(refused) => Self::Refused(refused),
            ActionError::NotFound(_) | ActionError::Foreign(_) => Self::NotFound(what.to_owned()),
            ActionError::Conflict(words) => Self::Conflict(words, Link::new("Show it", show)),
            ActionError::Invalid(problems) => {
                let words =
                    problems.0.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
                Self::Conflict(words, Link::new("Show it", show))
            }
            ActionError::Unavailable(error) | ActionError::Internal(error) => error.into(),
            ActionError::VehicleRefused(_) | ActionError::LimitedToVehicles | ActionError::KeyReused => {
                Self::Broken
            }
        }
    }

    /// The page; `None` when the answer has none.
    pub fn page(&self, retention: &str) -> Option<ErrorPage> {
        Some(match self {
            Self::Status(StatusCode::PAYLOAD_TOO_LARGE) => ErrorPage::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form is too large",
                &[
                    "A form may have at most 256 KiB. Go back and shorten what you pasted.",
                    "Nothing was changed.",
                ],
            ),
            Self::SignIn { .. } | Self::Status(_) => return None,
            Self::Refused(refused) => ErrorPage::forbidden(*refused),
            Self::NotFound(what) => ErrorPage::not_found(what, retention),
            Self::NoSuchPage => ErrorPage::no_such_page(),
            Self::StaleForm => ErrorPage::stale_form(),
            Self::BadForm(why) => {
                let advice = "Go back, reload the page and send the form again. Nothing was changed.";
                ErrorPage::new(StatusCode::BAD_REQUEST, "This form cannot be read", &[why, advice])
            }
            Self::Conflict(words, show) => {
                let mut page = ErrorPage::new(StatusCode::CONFLICT, "That cannot be done now", &[words]);
                page.actions = vec![show.clone()];
                page
            }
            Self::Clash(page) => (**page).clone(),
            Self::Busy => ErrorPage::busy(),
            Self::Broken => ErrorPage::broken(),
        })
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a page answered {}", self.status_code())
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { is_htmx: true, .. } => StatusCode::UNAUTHORIZED,
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Refused(_) | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::NotFound(_) | Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::BadForm(_) => StatusCode::BAD_REQUEST,
            Self::Status(status) => *status,
            Self::Conflict(..) | Self::Clash(_) => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::SignIn { location, is_htmx: true } => {
                answer.insert_header(("hx-redirect", location.as_str()))
            }
            Self::SignIn { location, .. } => answer.insert_header((header::LOCATION, location.as_str())),
            Self::Busy => answer.insert_header((header::RETRY_AFTER, "2")),
            _ => &mut answer,
        };
        answer.finish()
    }
}

impl From<Refused> for PageError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound("This page".to_owned()),
            StoreError::Unavailable(why) => {
                tracing::warn!(why, "a page could not reach the database");
                Self::Busy
            }
            StoreError::Conflict | StoreError::Broken(_) => {
                tracing::error!(error = &error as &dyn Error, "a page could not be made");
                Self::Broken
            }
        }
    }
}
