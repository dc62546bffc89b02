//! Telemax V2: `/api/v2/…` (contract 1).

pub mod code;
pub mod docs;
pub mod errors;

use actix_web::web::ServiceConfig;

/// Whether a path is this door's.
pub fn owns(path: &str) -> bool {
    path.strip_prefix("/api/v2").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Registers the door's paths.
pub fn configure(config: &mut ServiceConfig) {
    config.service(docs::resource());
}
