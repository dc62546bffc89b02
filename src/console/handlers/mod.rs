//! One page or one verb a file: reads what the page shows, or calls the action and says where to go next.

pub mod alert_links;
pub mod alert_types;
pub mod api_keys;
pub mod audit;
pub mod auth_types;
mod choices;
pub mod companies;
pub mod deliveries;
pub mod find;
pub mod home;
pub mod invite;
pub mod keyboard;
pub mod login;
pub mod logout;
pub mod numbered;
pub mod once;
pub mod overview;
pub mod replays;
pub mod signature_lab;
pub mod simulate;
pub mod statistics;
#[cfg(any(test, debug_assertions))]
pub mod style_guide;
pub mod theme;
pub mod users;
pub mod webhooks;
