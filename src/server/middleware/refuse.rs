//! Requests that no handler should see.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::outbound::HOP_HEADER;

/// Before routing: a delivery of our own that comes back to us is refused with 508, or a webhook that points
/// at a proxy in front of us would make us fire at ourselves. A body that says it is compressed is refused
/// with 415: nothing here inflates, so it would be read as what it is not.
pub async fn refuse(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_encoded = || {
        let mut codings = req.headers().get_all(header::CONTENT_ENCODING);
        codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    };
    let refusal = if req.headers().contains_key(HOP_HEADER) {
        Some(StatusCode::LOOP_DETECTED)
    } else if is_encoded() {
        Some(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    } else {
        None
    };
    match refusal {
        Some(status) => Ok(req.into_response(HttpResponse::new(status))),
        None => Ok(next.call(req).await?.map_into_boxed_body()),
    }
}
