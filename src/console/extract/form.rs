//! A form that a page of ours sent for the person in the session.

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use bytes::Bytes;
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::user::app_state;
use crate::console::failure::PageError;
use crate::security::csrf;
use crate::web::form::{BadForm, Form};

/// Fields that may be sent more than once.
const LISTS: [&str; 3] = ["alertIds", "actions", "links"];

/// The fields of a form of 256 KiB at most. Every handler that changes anything asks for one, and gets it only
/// when the browser does not name another site as the sender and the session's token is in the form or in a
/// header.
pub struct CsrfForm(pub Form);

impl FromRequest for CsrfForm {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), Bytes::from_request(request, payload));
        async move {
            let state = app_state(&request)?;
            if !csrf::is_from_here(request.headers(), &state.public_url) {
                return Err(PageError::StaleForm);
            }
            if request.content_type() != "application/x-www-form-urlencoded" {
                return Err(PageError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            // The framework's own limit is 256 KiB.
            let body =
                body.await.map_err(|error| PageError::Status(error.as_response_error().status_code()))?;
            let form = Form::parse(&body, &LISTS).map_err(|why| {
                PageError::BadForm(match why {
                    BadForm::NotUtf8 => "It contains bytes that are not text in UTF-8.",
                    BadForm::Twice => "It contains the same field twice.",
                })
            })?;
            let session = request.get_session();
            let header = request.headers().get(csrf::HEADER).and_then(|value| value.to_str().ok());
            let given = [header, form.get(csrf::FIELD)];
            if given.into_iter().flatten().any(|token| csrf::is_valid(&session, token)) {
                Ok(Self(form))
            } else {
                Err(PageError::StaleForm)
            }
        }
        .boxed_local()
    }
}
