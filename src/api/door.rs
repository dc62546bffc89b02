//! What a door is to the server: its paths, and its words for every error, whoever made it.
//!
//! Handlers return the dialect's own error without words; [`dress`] words it at the outer side, where the
//! request's id is known, and does the same for what never reached a handler.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::ServiceConfig;
use actix_web::{HttpMessage, HttpResponse, ResponseError};

use super::call::Denied;
use super::openapi::part::Part;
use crate::security::rate_limit::{Limit, Standing};
use crate::web::answer;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// One vendor's dialect. Implemented by a type that has no values; it only names the door.
pub trait Dialect: 'static {
    /// What its handlers refuse with.
    type Error: Refusal;

    /// Whether a path is this door's, below its own paths included: errors there are worded by it.
    fn owns(path: &str) -> bool;

    /// Registers the door's paths.
    fn configure(config: &mut ServiceConfig);

    /// What the door says of itself in the OpenAPI document.
    fn describe() -> Part;

    /// How often one credential may ask for the route `pattern`; `None`: as often as it likes.
    fn limit(method: &Method, pattern: &str) -> Option<Limit>;

    /// Adds what every answer of the door carries.
    fn add_headers(_: &mut HeaderMap) {}
}

/// A door's refusal: an error with this door's status and, once the request's id is known, its words.
pub trait Refusal: ResponseError + From<Denied> + Clone + 'static {
    /// What a bare status means at this door.
    fn of_status(status: StatusCode) -> Self;

    /// For 429 and 503: after how many seconds to come back.
    fn retry_after_s(&self) -> Option<i64>;

    /// The answer; the headers that all doors have are added to it.
    fn answer(&self, state: &AppState, id: &RequestId) -> HttpResponse<BoxBody>;
}

/// A door, as the server knows it.
pub struct Door {
    /// [`Dialect::owns`].
    pub owns: fn(&str) -> bool,
    /// [`Dialect::configure`].
    pub configure: fn(&mut ServiceConfig),
    /// [`Dialect::describe`].
    pub describe: fn() -> Part,
    /// Words for an answer's error, and the headers that every answer of this door has.
    pub dress: fn(&AppState, ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody>,
    /// An error that came from no handler, in this door's words.
    pub bare: fn(&AppState, &RequestId, StatusCode) -> HttpResponse<BoxBody>,
}

impl Door {
    /// The door of a dialect.
    pub const fn of<D: Dialect>() -> Self {
        Self {
            owns: D::owns,
            configure: D::configure,
            describe: D::describe,
            dress: dress::<D>,
            bare: bare::<D>,
        }
    }
}

fn bare<D: Dialect>(state: &AppState, id: &RequestId, status: StatusCode) -> HttpResponse<BoxBody> {
    let mut answer = worded(state, id, &D::Error::of_status(status));
    D::add_headers(answer.headers_mut());
    answer
}

fn dress<D: Dialect>(state: &AppState, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let id = RequestId::of(answer.request());
    let error: Option<D::Error> = answer.response().error().and_then(|error| error.as_error()).cloned();
    let mut answer = match error {
        Some(error) => answer::replace(answer, worded(state, &id, &error)),
        None if answer::is_bare(answer.response()) => {
            let status = answer.status();
            answer::replace(answer, worded(state, &id, &D::Error::of_status(status)))
        }
        None => answer,
    };
    let standing = answer.request().extensions().get::<Standing>().copied();
    if let Some(standing) = standing {
        add_standing(answer.headers_mut(), standing);
    }
    D::add_headers(answer.headers_mut());
    answer
}

fn worded<E: Refusal>(state: &AppState, id: &RequestId, error: &E) -> HttpResponse<BoxBody> {
    let mut answer = error.answer(state, id);
    if answer.status() == StatusCode::UNAUTHORIZED {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after_s() {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// On good answers, too, so that a client can slow down before it is refused.
fn add_standing(headers: &mut HeaderMap, standing: Standing) {
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), HeaderValue::from(standing.limit));
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), HeaderValue::from(standing.remaining));
    headers.insert(HeaderName::from_static("x-ratelimit-reset"), HeaderValue::from(standing.reset_s));
}
