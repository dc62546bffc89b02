//! Telemax V2: `/api/v2/…` (contract 1).

pub mod alerts;
pub mod call;
pub mod code;
pub mod companies;
pub mod docs;
pub mod errors;
pub mod events;
pub mod links;
pub mod paging;
pub mod path;
pub mod problems;
pub mod token;
pub mod webhooks;
pub mod wire;

use actix_web::web::{ServiceConfig, delete, get, post, put, resource};

/// Whether a path is this door's.
pub fn owns(path: &str) -> bool {
    path.strip_prefix("/api/v2").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Registers the door's paths.
pub fn configure(config: &mut ServiceConfig) {
    config
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
        .service(resource("/api/v2/alerts/{id}/events").route(post().to(events::accept)))
        .service(docs::resource());
}
