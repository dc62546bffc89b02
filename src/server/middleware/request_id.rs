//! Gives every request its id.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use crate::web::request_id::{HEADER, RequestId, RequestIds};

/// Before everything else: whatever happens to the request later can be found under this id.
pub async fn request_id(
    ids: Data<RequestIds>,
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = ids.next();
    req.extensions_mut().insert(id.clone());
    let mut res = next.call(req).await?;
    add(res.headers_mut(), &id);
    Ok(res)
}

/// Names the request in an answer.
pub fn add(headers: &mut HeaderMap, id: &RequestId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(HeaderName::from_static(HEADER), value);
    }
}
