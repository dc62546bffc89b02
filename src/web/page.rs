//! A rendered template as an answer.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// `page` with `status`, never cached: pages show data that belongs to whoever is signed in.
///
/// A template that cannot be rendered is our bug; the answer is then 500 without details.
pub fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "HX-Request"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .content_type("text/html; charset=utf-8")
            .body(body),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError()
                .content_type("text/plain; charset=utf-8")
                .body("Something broke.")
        }
    }
}

/// `page` with status 200.
pub fn ok(page: &impl Template) -> HttpResponse {
    html(StatusCode::OK, page)
}

/// `page` with status 422: a form that comes back with its problems.
pub fn unprocessable(page: &impl Template) -> HttpResponse {
    html(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// 303 to `location`: what follows every write.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
