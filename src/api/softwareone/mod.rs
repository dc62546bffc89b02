//! SoftwareOne Marketplace: `/public/v1/notifications/webhooks` (contract 4).

pub mod errors;
pub mod openapi;
pub mod read;
pub mod select;
pub mod shown;
pub mod status_name;
pub mod webhooks;
pub mod wire;

use actix_web::http::Method;
use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

use super::door::Dialect;
use super::openapi::part::Part;
use crate::security::rate_limit::Limit;

/// The door.
pub struct Softwareone;

/// A request at this door.
pub type Call = super::call::Call<Softwareone>;

impl Dialect for Softwareone {
    type Error = errors::Error;

    fn owns(path: &str) -> bool {
        path.strip_prefix("/public/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn configure(config: &mut ServiceConfig) {
        configure(config);
    }

    fn describe() -> Part {
        openapi::part()
    }

    /// All routes together (contract 4).
    fn limit(_: &Method, _: &str) -> Option<Limit> {
        Some(Limit { route: "softwareone", requests: 100 })
    }
}

fn configure(config: &mut ServiceConfig) {
    config
        .service(
            resource("/public/v1/notifications/webhooks")
                .route(get().to(webhooks::list))
                .route(post().to(webhooks::create)),
        )
        .service(
            resource("/public/v1/notifications/webhooks/{id}")
                .route(get().to(webhooks::get))
                .route(put().to(webhooks::update))
                .route(delete().to(webhooks::delete)),
        )
        .service(resource("/public/v1/notifications/webhooks/{id}/enable").route(post().to(webhooks::enable)))
        .service(
            resource("/public/v1/notifications/webhooks/{id}/disable").route(post().to(webhooks::disable)),
        );
}
