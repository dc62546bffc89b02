//! The page behind an error's `docUrl`.

use actix_web::web::{self, Path};
use actix_web::{HttpResponse, Resource};
use askama::Template;

use super::code::Code;
use crate::web::page;

#[derive(Template)]
#[template(path = "docs/error.html")]
struct ErrorDoc {
    name: &'static str,
    status: u16,
    kind: &'static str,
    advice: &'static str,
}

/// `/docs/errors/{code}`.
pub fn resource() -> Resource {
    web::resource("/docs/errors/{code}").route(web::get().to(show)).route(web::head().to(show))
}

async fn show(slug: Path<String>) -> HttpResponse {
    let Some(code) = Code::ALL.into_iter().find(|code| code.slug() == *slug) else {
        return HttpResponse::NotFound().finish();
    };
    let status = code.status();
    page::ok(&ErrorDoc {
        name: code.name(),
        status: status.as_u16(),
        kind: code.kind(status),
        advice: code.advice(),
    })
}
