//! What load balancers and service managers ask.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::web::state::AppState;

/// The process is alive: it answers. Asks nothing else, so that a slow database does not get it killed.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("alive\n")
}

/// Work can be given to it: a transaction commits and the engine runs. Otherwise 503, naming what is missing.
pub async fn ready(state: Data<AppState>) -> HttpResponse {
    let services = &state.services;
    let writable = services.store.check_writable(services.clock.now()).await;
    if let Err(error) = &writable {
        tracing::warn!(error = error as &dyn std::error::Error, "not ready: the database cannot be written");
    }
    let (database, engine) = (writable.is_ok(), services.engine.is_running());
    let body = json!({ "ready": database && engine, "databaseWritable": database, "engineRunning": engine });
    if database && engine {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}
