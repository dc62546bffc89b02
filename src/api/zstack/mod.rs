//! ZStack alerting: `/api/v1/alerting/…` (contract 3). Every success is 200.

pub mod docs;
pub mod endpoints;
pub mod errors;
pub mod openapi;
pub mod options;
mod request_schema;
pub mod secrets;
pub mod test_send;
pub mod wire;

use actix_web::http::Method;
use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

use super::door::Dialect;
use super::openapi::part::Part;
use crate::security::rate_limit::Limit;

/// The door.
pub struct Zstack;

/// A request at this door.
pub type Call = super::call::Call<Zstack>;

impl Dialect for Zstack {
    type Error = errors::Error;

    fn owns(path: &str) -> bool {
        path.strip_prefix("/api/v1/alerting").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn configure(config: &mut ServiceConfig) {
        config
            .service(
                resource("/api/v1/alerting/webhook-endpoints")
                    .route(post().to(endpoints::create))
                    .route(get().to(endpoints::list)),
            )
            .service(
                resource("/api/v1/alerting/webhook-endpoints/{endpointId}")
                    .route(get().to(endpoints::get))
                    .route(put().to(endpoints::update))
                    .route(delete().to(endpoints::delete)),
            )
            .service(
                resource("/api/v1/alerting/webhook-endpoints/{endpointId}/rotate-secret")
                    .route(post().to(secrets::rotate)),
            )
            .service(
                resource("/api/v1/alerting/webhook-endpoints/{endpointId}/test")
                    .route(post().to(test_send::test)),
            )
            .service(
                resource("/api/v1/alerting/docs/webhook-security").route(get().to(docs::webhook_security)),
            );
    }

    fn describe() -> Part {
        openapi::part()
    }

    /// The vendor documents none. Tests are limited by themselves: each is a request to somebody else's server.
    fn limit(_: &Method, pattern: &str) -> Option<Limit> {
        Some(if pattern.ends_with("/test") {
            Limit { route: "zstack test", requests: 20 }
        } else {
            Limit { route: "zstack", requests: 60 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_paths_and_what_lies_below_them() {
        for path in ["/api/v1/alerting", "/api/v1/alerting/", "/api/v1/alerting/docs/x"] {
            assert!(Zstack::owns(path), "{path}");
        }
        for path in ["/api/v1", "/api/v1/alertings", "/api/v2/alerting", "/alerting"] {
            assert!(!Zstack::owns(path), "{path}");
        }
    }
}
