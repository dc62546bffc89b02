//! Every address of the console. What changes anything is a POST and asks for a `CsrfForm`.

use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, get, post, resource, scope, to};

use super::failure::PageError;
use super::frame::frame;
use super::handlers::{
    alert_links, alert_types, api_keys, audit, auth_types, companies, deliveries, find, home, invite,
    keyboard, login, logout, overview, replays, signature_lab, simulate, statistics, theme, users, webhooks,
};
use crate::security::sessions::Sessions;
use crate::web::state::AppState;

/// Registers them, with sessions around everything and error pages inside.
pub fn configure(config: &mut ServiceConfig, state: &AppState) {
    let services = &state.services;
    let (store, clock) = (services.store.clone(), services.clock.clone());
    let sessions = Sessions::new(store, clock, services.random.clone(), state.cookie_key);
    config.service(
        scope("/console")
            .service(resource("").route(get().to(home::home)))
            .service(resource("/").route(get().to(home::home)))
            .service(resource("/login").route(get().to(login::show)).route(post().to(login::send)))
            .service(resource("/logout").route(post().to(logout::send)))
            .service(resource("/theme").route(post().to(theme::send)))
            .service(resource("/invite/{token}").route(get().to(invite::show)).route(post().to(invite::send)))
            .service(
                scope("/c/{company}")
                    .service(resource("").route(get().to(overview::show::show)))
                    .service(resource("/").route(get().to(overview::show::show)))
                    .service(resource("/companies").route(get().to(companies::show)))
                    .service(resource("/find").route(get().to(find::show)))
                    .service(
                        resource("/keyboard")
                            .route(get().to(keyboard::show))
                            .route(post().to(keyboard::send)),
                    )
                    .service(
                        resource("/signature-lab")
                            .route(get().to(signature_lab::show))
                            .route(post().to(signature_lab::send)),
                    )
                    .service(
                        resource("/simulate")
                            .route(get().to(simulate::show))
                            .route(post().to(simulate::send)),
                    )
                    .service(resource("/webhooks").route(get().to(webhooks::list::show)))
                    .service(
                        resource("/webhooks/new")
                            .route(get().to(webhooks::new::show))
                            .route(post().to(webhooks::new::send)),
                    )
                    .service(resource("/webhooks/{id}").route(get().to(webhooks::show::show)))
                    .service(
                        resource("/webhooks/{id}/edit")
                            .route(get().to(webhooks::edit::show))
                            .route(post().to(webhooks::edit::send)),
                    )
                    .service(resource("/webhooks/{id}/enable").route(post().to(webhooks::switch::enable)))
                    .service(resource("/webhooks/{id}/disable").route(post().to(webhooks::switch::disable)))
                    .service(
                        resource("/webhooks/{id}/pause")
                            .route(get().to(webhooks::pause::show))
                            .route(post().to(webhooks::pause::send)),
                    )
                    .service(
                        resource("/webhooks/{id}/resume")
                            .route(get().to(webhooks::resume::show))
                            .route(post().to(webhooks::resume::send)),
                    )
                    .service(
                        resource("/webhooks/{id}/secret")
                            .route(get().to(webhooks::secret::show))
                            .route(post().to(webhooks::secret::rotate)),
                    )
                    .service(
                        resource("/webhooks/{id}/secret/end-overlap")
                            .route(post().to(webhooks::secret::end_overlap)),
                    )
                    .service(resource("/webhooks/{id}/auth").route(get().to(webhooks::auth::show)))
                    .service(
                        resource("/webhooks/{id}/alert-links")
                            .route(get().to(webhooks::links::show))
                            .route(post().to(webhooks::links::send)),
                    )
                    .service(
                        resource("/webhooks/{id}/test")
                            .route(get().to(webhooks::test_send::show))
                            .route(post().to(webhooks::test_send::send)),
                    )
                    .service(resource("/webhooks/{id}/history").route(get().to(webhooks::history::show)))
                    .service(
                        resource("/webhooks/{id}/history/{version}").route(get().to(webhooks::version::show)),
                    )
                    .service(
                        resource("/webhooks/{id}/history/{version}/restore")
                            .route(post().to(webhooks::version::send)),
                    )
                    .service(resource("/webhooks/{id}/settings").route(get().to(webhooks::settings::show)))
                    .service(
                        resource("/webhooks/{id}/delete")
                            .route(get().to(webhooks::delete::show))
                            .route(post().to(webhooks::delete::send)),
                    )
                    .service(
                        resource("/alert-links")
                            .route(get().to(alert_links::matrix::show))
                            .route(post().to(alert_links::matrix::send)),
                    )
                    .service(
                        resource("/alert-links/review")
                            .route(get().to(alert_links::review::show))
                            .route(post().to(alert_links::review::send)),
                    )
                    .service(resource("/auth-types").route(get().to(auth_types::list::show)))
                    .service(resource("/auth-types/{type}").route(get().to(auth_types::show::show)))
                    .service(resource("/alert-types").route(get().to(alert_types::list::show)))
                    .service(resource("/alert-types/{id}").route(get().to(alert_types::show::show)))
                    .service(resource("/statistics").route(get().to(statistics::show::show)))
                    .service(resource("/statistics.csv").route(get().to(statistics::show::file)))
                    .service(resource("/users").route(get().to(users::list::show)))
                    .service(
                        resource("/users/new")
                            .route(get().to(users::new::show))
                            .route(post().to(users::new::send)),
                    )
                    .service(
                        resource("/users/{id}")
                            .route(get().to(users::edit::show))
                            .route(post().to(users::edit::send)),
                    )
                    .service(
                        resource("/users/{id}/invite")
                            .route(get().to(users::invite::show))
                            .route(post().to(users::invite::send)),
                    )
                    .service(resource("/users/{id}/enable").route(post().to(users::switch::enable)))
                    .service(resource("/users/{id}/disable").route(post().to(users::switch::disable)))
                    .service(resource("/api-keys").route(get().to(api_keys::list::show)))
                    .service(
                        resource("/api-keys/new")
                            .route(get().to(api_keys::new::show))
                            .route(post().to(api_keys::new::send)),
                    )
                    .service(resource("/api-keys/{id}/made").route(get().to(api_keys::new::made)))
                    .service(
                        resource("/api-keys/{id}/revoke")
                            .route(get().to(api_keys::revoke::show))
                            .route(post().to(api_keys::revoke::send)),
                    )
                    .service(resource("/audit").route(get().to(audit::list::show)))
                    .service(resource("/deliveries").route(get().to(deliveries::list::show)))
                    .service(resource("/deliveries/newer").route(get().to(deliveries::live::newer)))
                    .service(resource("/deliveries.csv").route(get().to(deliveries::export::csv)))
                    .service(resource("/deliveries.ndjson").route(get().to(deliveries::export::ndjson)))
                    .service(resource("/deliveries/views").route(get().to(deliveries::views::all)))
                    .service(
                        resource("/deliveries/views/new")
                            .route(get().to(deliveries::views::new))
                            .route(post().to(deliveries::views::save)),
                    )
                    .service(
                        resource("/deliveries/views/{id}")
                            .route(get().to(deliveries::views::show))
                            .route(post().to(deliveries::views::delete)),
                    )
                    .service(resource("/replays").route(get().to(replays::list::show)))
                    .service(
                        resource("/replays/new")
                            .route(get().to(replays::new::show))
                            .route(post().to(replays::new::send)),
                    )
                    .service(resource("/replays/{id}").route(get().to(replays::show::show)))
                    .service(resource("/replays/{id}/pause").route(post().to(replays::steer::pause)))
                    .service(resource("/replays/{id}/resume").route(post().to(replays::steer::resume)))
                    .service(resource("/replays/{id}/cancel").route(post().to(replays::steer::cancel)))
                    .service(resource("/deliveries/{id}").route(get().to(deliveries::show::latest)))
                    .service(
                        resource("/deliveries/{id}/attempts/{number}")
                            .route(get().to(deliveries::show::one_attempt)),
                    )
                    .service(
                        resource("/deliveries/{id}/attempts/{number}/compare/{other}")
                            .route(get().to(deliveries::compare::show)),
                    )
                    .service(
                        resource("/deliveries/{id}/attempts/{number}/request-body")
                            .route(get().to(deliveries::download::request)),
                    )
                    .service(
                        resource("/deliveries/{id}/attempts/{number}/response-body")
                            .route(get().to(deliveries::download::response)),
                    )
                    .service(
                        resource("/deliveries/{id}/redeliver").route(post().to(deliveries::redeliver::send)),
                    )
                    .service(
                        resource("/deliveries/{id}/reveal")
                            .route(get().to(deliveries::reveal::show))
                            .route(post().to(deliveries::reveal::send)),
                    )
                    .service(
                        resource("/deliveries/{id}/send-now").route(post().to(deliveries::send_now::send)),
                    )
                    .service(resource("/deliveries/{id}/stop").route(post().to(deliveries::stop::send))),
            )
            .configure(style_guide)
            .default_service(to(no_such_page))
            .wrap(from_fn(frame))
            .wrap(sessions.middleware(state.is_https())),
    );
}

/// Every component and every page in every state, for people who build pages and for the tests. A release has no such
/// page.
fn style_guide(config: &mut ServiceConfig) {
    #[cfg(any(test, debug_assertions))]
    {
        use super::handlers::style_guide;
        let one = resource("/style-guide/{name}").route(get().to(style_guide::example));
        config.service(resource("/style-guide").route(get().to(style_guide::show))).service(one);
    }
    #[cfg(not(any(test, debug_assertions)))]
    let _ = config;
}

async fn no_such_page() -> Result<actix_web::HttpResponse, PageError> {
    Err(PageError::NoSuchPage)
}
