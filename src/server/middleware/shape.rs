//! Every error answer has the shape of the door at which the client knocked.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use super::{headers, request_id};
use crate::api;
use crate::console::errors::ErrorPage;
use crate::console::shell::Theme;
use crate::web::answer;
use crate::web::request_id::RequestId;
use crate::web::state::AppState;

/// Around everything that refuses or routes: neither the framework's texts nor empty bodies reach a client,
/// whoever made the error, a handler, an extractor, the router or another middleware.
pub async fn shape(
    state: Data<AppState>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let door = api::door_of(req.path());
    let id = RequestId::of(req.request());
    match next.call(req).await {
        Ok(answer) => {
            let answer = answer.map_into_boxed_body();
            Ok(match door {
                Some(door) => (door.dress)(&state, answer),
                None => page_dress(&id, answer),
            })
        }
        // A middleware gave up. The request is gone, so the outer layers cannot add to an answer any more.
        Err(error) => {
            tracing::error!(%error, "a middleware failed");
            let status = error.as_response_error().status_code();
            let mut answer = match door {
                Some(door) => (door.bare)(&state, &id, status),
                None => error_page(&id, status),
            };
            headers::add(answer.headers_mut(), state.is_https());
            request_id::add(answer.headers_mut(), &id);
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

/// What is not below a door is a page's.
fn page_dress(id: &RequestId, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    if !answer::is_bare(answer.response()) {
        return answer;
    }
    let status = answer.status();
    answer::replace(answer, error_page(id, status))
}

/// The page for an error that no page has worded itself.
fn error_page(id: &RequestId, status: StatusCode) -> HttpResponse<BoxBody> {
    let page = match status.as_u16() {
        404 => ErrorPage::no_such_page(),
        503 => ErrorPage::busy(),
        405 => worded(status, "This page does not work that way", "It exists, but not for this method."),
        408 => worded(status, "The request took too long", "Its body did not arrive within 15 seconds."),
        413 => {
            worded(status, "That is too much at once", "The request's body is larger than the server takes.")
        }
        415 => worded(
            status,
            "The server does not read this kind of body",
            "Send it unencoded, as the form does.",
        ),
        421 => worded(status, "You asked for another host", "This server does not answer under that name."),
        508 => worded(status, "This request runs in a circle", "It is a delivery of this server to itself."),
        500.. => ErrorPage::broken(),
        _ => worded(status, "The request cannot be understood", "Go back, reload the page and try again."),
    };
    page.request_id(id.as_str()).answer()
}

fn worded(status: StatusCode, title: &str, paragraph: &str) -> ErrorPage {
    ErrorPage {
        status: status.as_u16(),
        title: title.to_owned(),
        paragraphs: vec![paragraph.to_owned()],
        actions: Vec::new(),
        request_id: String::new(),
        theme: Theme::default(),
        changes: Vec::new(),
    }
}
