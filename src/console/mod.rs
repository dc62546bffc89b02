//! The pages. One page is one file here and one template of the same name below `templates/console`.
//!
//! Page structs hold what is shown, already formatted; they neither ask the database nor decide. The layout
//! needs a [`shell::Shell`], everything that appears on more than one page is in [`parts`].

pub mod alert_links;
pub mod alert_types;
pub mod api_keys;
pub mod audit;
pub mod auth_types;
pub mod companies;
pub mod deliveries;
pub mod errors;
pub mod extract;
pub mod failure;
pub mod find;
pub mod frame;
pub mod handlers;
pub mod invite;
pub mod keyboard;
pub mod login;
pub mod messages;
pub mod nav;
pub mod once;
pub mod overview;
pub mod parts;
pub mod payloads;
pub mod preferences;
pub mod replays;
mod routes;
pub mod shell;
pub mod signature_lab;
pub mod simulate;
pub mod statistics;
pub mod users;
pub mod webhooks;

use actix_web::web::{Data, ServiceConfig};

use crate::web::state::AppState;

#[cfg(any(test, debug_assertions))]
mod gallery;
#[cfg(any(test, debug_assertions))]
mod style_guide;

/// Registers everything below `/console`: `app.configure(console::configure(state))`.
///
/// The state is needed here already: sessions live in its store, and their cookie is signed with its key.
pub fn configure(state: Data<AppState>) -> impl FnOnce(&mut ServiceConfig) {
    move |config| routes::configure(config, &state)
}
