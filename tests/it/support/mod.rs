//! What the tests tell their stories with: an app, people, API clients, a customer's receiver.
#![allow(dead_code, reason = "every test file uses its own part of the harness")]

pub mod api;
pub mod app;
pub mod database;
pub mod large;
pub mod people;
pub mod receiver;
pub mod tls;

pub use api::{Answer, ApiClient};
pub use app::TestApp;
#[allow(unused_imports, reason = "named by the console tests")]
pub use people::{Page, Person};
pub use receiver::{Receiver, Reply};
