//! One door's part of the document.

use actix_web::http::{Method, StatusCode};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder, Schema};

use super::operation::Operation;
use super::shapes;
use crate::api::words;
use crate::security::rate_limit::Limit;

/// What a door says of itself.
pub struct Part {
    /// Its name, which is also the tag of its operations.
    pub name: &'static str,
    /// Its name in addresses and in the names of its schemas.
    pub slug: &'static str,
    /// What whoever integrates has to know before anything else.
    pub about: &'static str,
    /// Its operations, in the order of its route table.
    pub operations: Vec<Operation>,
    /// The schemas that they name.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    /// How often one credential may ask for the route with this pattern.
    pub limit: fn(&Method, &str) -> Option<Limit>,
    /// Its errors.
    pub errors: Errors,
    /// Headers of every answer, beside the request's id.
    pub headers: &'static [(&'static str, &'static str)],
}

/// How a door words errors.
pub struct Errors {
    /// The media type.
    pub content_type: &'static str,
    /// The name of the body's schema.
    pub schema: String,
    /// An example of the body: for a status, and with these words if there are any.
    pub example: fn(StatusCode, &str) -> Value,
    /// The codes that have a page.
    pub codes: Vec<ErrorCode>,
}

/// An error code with its own page, `/docs/errors/{slug}`.
pub struct ErrorCode {
    /// As in the address.
    pub slug: String,
    /// As in the answer.
    pub name: String,
    /// With which status it usually comes.
    pub status: StatusCode,
    /// A further word that the answer has for it, if any: Telemax's `type`, for one.
    pub kind: &'static str,
    /// What it means and what to do.
    pub advice: String,
}

/// What a status means at any operation of any door, whoever answers with it.
pub const USUAL: [u16; 9] = [400, 401, 403, 415, 421, 429, 500, 503, 508];
/// The same for operations that read a body.
pub const WITH_BODY: [u16; 2] = [408, 413];

impl Part {
    /// As a tag.
    pub fn tag(&self) -> Tag {
        TagBuilder::new().name(self.name).description(Some(self.about)).build()
    }

    /// The name of the shared answer for `status`.
    pub fn response_name(&self, status: u16) -> String {
        format!("{}.{status}", self.slug)
    }

    /// The answers that many operations share.
    pub fn responses(&self) -> Vec<(String, RefOr<Response>)> {
        let of = |&status: &u16| (self.response_name(status), self.error(status, "").into());
        USUAL.iter().chain(&WITH_BODY).map(of).collect()
    }

    /// The answer with an error; `words` are the operation's own, if it has any.
    pub fn error(&self, status: u16, words: &str) -> Response {
        let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let words = if words.is_empty() { words::of_status(code) } else { words };
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(&self.errors.schema)))
            .example(Some((self.errors.example)(code, words)));
        let mut answer =
            ResponseBuilder::new().description(words).content(self.errors.content_type, content.build());
        for (name, header) in self.headers_of(status, true) {
            answer = answer.header(name, header);
        }
        answer.build()
    }

    /// The headers of an answer with `status`; of an operation that counts requests, its standing.
    pub fn headers_of(&self, status: u16, is_limited: bool) -> Vec<(&'static str, Header)> {
        let of_status: &[(&str, &str)] = match status {
            401 => &[("WWW-Authenticate", "Bearer")],
            429 => &[RETRY_AFTER, LIMIT, REMAINING, RESET],
            503 => &[RETRY_AFTER],
            200..300 if is_limited => &[LIMIT, REMAINING, RESET],
            _ => &[],
        };
        let all = [REQUEST_ID].iter().chain(self.headers).chain(of_status);
        let is_number = |name| [RETRY_AFTER, LIMIT, REMAINING, RESET].iter().any(|(known, _)| *known == name);
        all.map(|&(name, about)| (name, shapes::header(about, is_number(name)))).collect()
    }
}

const REQUEST_ID: (&str, &str) = ("X-Request-Id", "Names this request; quote it when you ask for help.");
const RETRY_AFTER: (&str, &str) = ("Retry-After", "Seconds to wait.");
const LIMIT: (&str, &str) = ("X-RateLimit-Limit", "Requests in 60 seconds at most.");
const REMAINING: (&str, &str) = ("X-RateLimit-Remaining", "Requests that are left.");
const RESET: (&str, &str) = ("X-RateLimit-Reset", "When more are left, in Unix seconds.");

/// Schemas that are named by others.
#[derive(Default)]
pub struct Schemas(pub Vec<(String, RefOr<Schema>)>);

impl Schemas {
    /// With `T` and what it consists of.
    #[must_use]
    pub fn with<T: ToSchema>(self) -> Self {
        let name = T::name();
        self.named::<T>(&name)
    }

    /// The same under another name: two kinds of one generic type have the same.
    #[must_use]
    pub fn named<T: ToSchema>(mut self, name: &str) -> Self {
        self.0.push((name.to_owned(), T::schema()));
        T::schemas(&mut self.0);
        self
    }
}
