//! The style guide and its pages, in debug builds and tests only.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::console::failure::PageError;
use crate::console::gallery;
use crate::console::style_guide::StyleGuide;
use crate::web::page as answer;

/// `GET /console/style-guide`
pub async fn show() -> HttpResponse {
    answer::ok(&StyleGuide::new())
}

/// `GET /console/style-guide/{name}`: one page in one state, always with status 200.
pub async fn example(name: Path<String>) -> Result<HttpResponse, PageError> {
    let found = gallery::examples().into_iter().find(|(known, _)| *known == name.as_str());
    let (_, text) = found.ok_or(PageError::NoSuchPage)?;
    Ok(HttpResponse::build(StatusCode::OK).content_type("text/html; charset=utf-8").body(text))
}
