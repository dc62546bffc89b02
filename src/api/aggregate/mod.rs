//! Aggregate Intelligence: `/authtoken` and `/webhooks…` at the root (contract 2).
//!
//! The vendor documents creating and replacing; listing, reading and deleting are ours.

pub mod errors;
pub mod limits;
pub mod openapi;
mod request_schema;
pub mod token;
pub mod webhooks;
pub mod wire;

use actix_web::http::Method;
use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

use super::door::Dialect;
use super::openapi::part::Part;
use crate::security::rate_limit::Limit;

/// The door.
pub struct Aggregate;

/// A request at this door.
pub type Call = super::call::Call<Aggregate>;

impl Dialect for Aggregate {
    type Error = errors::Error;

    fn owns(path: &str) -> bool {
        let below =
            |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        below("/webhooks") || below("/authtoken")
    }

    fn configure(config: &mut ServiceConfig) {
        config
            .service(resource("/authtoken").route(post().to(token::issue)))
            .service(
                resource("/webhooks")
                    .route(post().to(webhooks::create))
                    .route(put().to(webhooks::update_only))
                    .route(get().to(webhooks::list)),
            )
            .service(
                resource("/webhooks/{webhookId}")
                    .route(get().to(webhooks::get))
                    .route(put().to(webhooks::update))
                    .route(delete().to(webhooks::delete)),
            );
    }

    fn describe() -> Part {
        openapi::part()
    }

    fn limit(_: &Method, _: &str) -> Option<Limit> {
        Some(limits::CREDENTIAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_paths_and_what_lies_below_them() {
        for path in ["/webhooks", "/webhooks/", "/webhooks/7/x", "/authtoken", "/authtoken/"] {
            assert!(Aggregate::owns(path), "{path}");
        }
        for path in ["/", "/webhooksx", "/Webhooks", "/console/webhooks", "/authtokens", "/api/v2/webhooks"] {
            assert!(!Aggregate::owns(path), "{path}");
        }
    }
}
