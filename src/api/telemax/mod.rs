//! Telemax V2: `/api/v2/…` (contract 1).

pub mod alert_records;
pub mod alerts;
pub mod code;
pub mod companies;
pub mod errors;
pub mod events;
pub mod limits;
pub mod links;
pub mod openapi;
pub mod paging;
pub mod problems;
pub mod token;
pub mod user_time;
pub mod webhooks;
pub mod wire;

use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

use super::door::Dialect;
use super::openapi::part::Part;
use crate::security::rate_limit::Limit;

/// The door.
pub struct Telemax;

/// A request at this door.
pub type Call = super::call::Call<Telemax>;

impl Dialect for Telemax {
    type Error = errors::Error;

    fn owns(path: &str) -> bool {
        path.strip_prefix("/api/v2").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn configure(config: &mut ServiceConfig) {
        configure(config);
    }

    fn describe() -> Part {
        openapi::part()
    }

    fn limit(method: &Method, pattern: &str) -> Option<Limit> {
        limits::limit_of(method, pattern)
    }

    fn add_headers(headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static("x-api-version"), HeaderValue::from_static("2"));
    }
}

fn configure(config: &mut ServiceConfig) {
    config
        // First: routes are tried in turn, and this one is asked for more often than all others together.
        .service(resource("/api/v2/alerts/{id}/events").route(post().to(events::accept)))
        .service(resource("/api/v2/authentication/token/api-key").route(post().to(token::issue)))
        .service(
            resource("/api/v2/webhooks").route(post().to(webhooks::create)).route(get().to(webhooks::list)),
        )
        .service(
            resource("/api/v2/webhooks/{id}")
                .route(get().to(webhooks::get))
                .route(put().to(webhooks::update))
                .route(delete().to(webhooks::delete)),
        )
        .service(resource("/api/v2/webhooks/{id}/link-alert").route(post().to(links::link)))
        .service(resource("/api/v2/companies").route(get().to(companies::list)))
        .service(resource("/api/v2/companies/{id}/alerts").route(get().to(alerts::list)))
        .service(resource("/api/v2/companies/{id}/alert-records").route(get().to(alert_records::list)))
        .service(
            resource("/api/v2/companies/{id}/set-all-alerts-read")
                .route(put().to(alert_records::set_all_read)),
        )
        .service(
            resource("/api/v2/alerts/{id}/{date}/update-read-status")
                .route(put().to(alert_records::update_read_status)),
        );
}
