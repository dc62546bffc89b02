//! Many deliveries sent again: asked for, watched, stopped.

pub mod list;
pub mod new;
mod query;
pub mod show;
pub mod steer;
mod words;

use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::domain::ids::ReplayId;
use crate::domain::replay::Replay;
use crate::domain::webhook::label::Label;
use crate::store::{StoreError, replays, webhooks};

/// Webhooks to choose from, and to know the names of, at most.
const WEBHOOKS_MAX: i64 = 500;

/// The replay that the path names, if the page shows it, and the webhooks that its filter may name.
async fn named(page: &CompanyPage, text: &str) -> Result<(Replay, Vec<Label>), PageError> {
    let missing = || PageError::NotFound(format!("Redelivery {}", text.chars().take(40).collect::<String>()));
    let id = number(text).map(ReplayId).ok_or_else(missing)?;
    let scope = page.scope();
    let found = page.store().read(move |db| {
        let replay = replays::get(db, &scope, id)?;
        Ok((replay, webhooks::labels(db, &scope, WEBHOOKS_MAX)?))
    });
    found.await.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })
}
