//! Answers without a body of their own: the framework's, and those of the middleware.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header;

/// Whether `answer` is an error that nobody has put into words yet: it has no body, or the framework's
/// plain text, which speaks of our code and not to the client.
pub fn is_bare<B>(answer: &HttpResponse<B>) -> bool {
    const WORDED: [&str; 4] = ["application/json", "application/problem+json", "text/html", "text/csv"];
    let status = answer.status();
    let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_worded = content_type.is_some_and(|text| WORDED.iter().any(|known| text.starts_with(known)));
    (status.is_client_error() || status.is_server_error()) && !is_worded
}

/// `answer` in place of `old`, which gives it the headers that it does not have itself (`Allow`,
/// `Retry-After`, `Connection`).
pub fn replace(old: ServiceResponse<BoxBody>, mut answer: HttpResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let (request, old) = old.into_parts();
    for (name, value) in old.headers() {
        let describes_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name);
        if !describes_body && !answer.headers().contains_key(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, answer)
}
