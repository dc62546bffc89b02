//! Deliveries: the list, one of them, and what can be done with it.

pub mod attempt;
pub mod body;
mod chart;
pub mod compare;
mod configuration;
mod curl;
mod decision;
pub mod download;
pub mod export;
pub mod fields;
pub mod list;
pub mod live;
pub mod narrow;
mod place;
pub mod query;
pub mod redeliver;
pub mod reveal;
pub mod rows;
pub mod send_now;
pub mod show;
pub mod stop;
mod timeline;
mod verdict;
pub mod views;

pub use verdict::turn as verdict_turn;

use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::domain::history::Delivery;
use crate::domain::ids::DeliveryId;
use crate::store::{StoreError, deliveries};

/// The delivery that the path names, by number or by the UUID that its receiver has seen, if the page shows it.
pub async fn named(page: &CompanyPage, text: &str) -> Result<Delivery, PageError> {
    let missing = || PageError::NotFound(format!("Delivery {}", shortened(text)));
    let by_number = number(text).map(DeliveryId);
    let id = by_number.or_else(|| page.store().public_ids().decode_delivery(text)).ok_or_else(missing)?;
    let scope = page.scope();
    page.store().read(move |db| deliveries::get(db, &scope, id)).await.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })
}

/// An address may be as long as it likes; a heading may not.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
