//! `/openapi.json`, and pages for people made of the same document. They ask for no credential, know no company
//! and load nothing from elsewhere.

mod fields;
mod page;

use actix_web::http::header;
use actix_web::web::{Path, ServiceConfig, get, head, resource};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::openapi::document;
use super::openapi::part::{ErrorCode, Part};
use crate::web;
use crate::web::urls;
use page::{DoorPage, IndexPage};

/// Registers the paths.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(resource(urls::OPENAPI).route(get().to(openapi)).route(head().to(openapi)))
        .service(resource(urls::DOCS).route(get().to(index)).route(head().to(index)))
        .service(resource("/docs/{door}").route(get().to(door)).route(head().to(door)))
        .service(resource("/docs/errors/{code}").route(get().to(error)).route(head().to(error)));
}

/// The document. It changes with the version only, so a client may keep it and ask whether it is still the one.
async fn openapi(req: HttpRequest) -> HttpResponse {
    let document = document();
    let kept = req.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let is_kept = kept.flat_map(|tags| tags.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/") == document.etag
    });
    let mut answer = if is_kept { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, document.etag.as_str()))
        .insert_header((header::CACHE_CONTROL, "public, no-cache"));
    if is_kept {
        answer.finish()
    } else {
        answer.content_type("application/json").body(document.json.as_str())
    }
}

async fn index() -> HttpResponse {
    web::page::ok(&IndexPage::of(document()))
}

async fn door(slug: Path<String>) -> HttpResponse {
    match document().parts.iter().find(|part| part.slug == *slug) {
        Some(part) => web::page::ok(&DoorPage::of(document(), part)),
        None => HttpResponse::NotFound().finish(),
    }
}

/// What an error code means and what to do.
#[derive(Template)]
#[template(path = "docs/error.html")]
struct ErrorPage {
    part: &'static Part,
    code: &'static ErrorCode,
}

async fn error(slug: Path<String>) -> HttpResponse {
    let codes =
        document().parts.iter().flat_map(|part| part.errors.codes.iter().map(move |code| (part, code)));
    match codes.into_iter().find(|(_, code)| code.slug == *slug) {
        Some((part, code)) => web::page::ok(&ErrorPage { part, code }),
        None => HttpResponse::NotFound().finish(),
    }
}
