//! Webhooks: the list, one of them, and what can be done with it.

mod alerts;
pub mod auth;
pub mod certificate;
mod days;
pub mod delete;
pub mod edit;
mod form;
mod head;
pub mod history;
mod input;
pub mod known;
pub mod links;
pub mod list;
pub mod new;
pub mod pause;
pub mod pulse;
pub mod query;
pub mod resume;
pub mod secret;
pub mod settings;
pub mod show;
pub mod switch;
pub mod test_send;
mod verdict;
pub mod version;
pub mod words;

use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::Webhook;
use crate::store::{StoreError, webhooks};

/// Held events are counted up to here.
const HELD_COUNT_MAX: i64 = 10_000;

/// The webhook that the path names, if the page shows it. Actions look in all that the person sees; this looks in
/// the company of the address, so that a pasted link cannot act on another one.
async fn named(page: &CompanyPage, text: &str) -> Result<Webhook, PageError> {
    let missing = || PageError::NotFound(format!("Webhook {}", text.chars().take(40).collect::<String>()));
    let id = number(text).map(WebhookId).ok_or_else(missing)?;
    let scope = page.scope();
    page.store().read(move |db| webhooks::get(db, &scope, id)).await.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })
}
