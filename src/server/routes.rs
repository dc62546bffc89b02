//! Every path of the service.

use actix_web::HttpResponse;
use actix_web::web::{Data, ServiceConfig, get, head, resource, to};

use super::health;
use crate::web::state::AppState;
use crate::web::{assets, page, urls};
use crate::{api, console};

/// The paths, in the order in which they are tried. Nothing normalises a path before: what is not written
/// exactly as here does not exist.
pub fn configure(config: &mut ServiceConfig, state: Data<AppState>) {
    config
        .service(resource("/").route(get().to(front_door)).route(head().to(front_door)))
        .service(resource("/healthz").route(get().to(health::alive)).route(head().to(health::alive)))
        .service(resource("/readyz").route(get().to(health::ready)).route(head().to(health::ready)))
        .configure(api::configure)
        .configure(assets::routes)
        .configure(console::configure(state))
        .default_service(to(nothing_here));
}

async fn front_door() -> HttpResponse {
    page::see_other(urls::HOME)
}

/// The words come from the shape of the door.
async fn nothing_here() -> HttpResponse {
    HttpResponse::NotFound().finish()
}
