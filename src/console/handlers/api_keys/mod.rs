//! API keys: listed, made, shown once, taken back.

pub mod list;
pub mod new;
pub mod revoke;

use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::domain::api_key::{ApiKey, PREFIX};
use crate::domain::ids::ApiKeyId;
use crate::store::{StoreError, api_keys};

/// The key that the path names, if the page shows it.
async fn named(page: &CompanyPage, text: &str) -> Result<ApiKey, PageError> {
    let missing = || PageError::NotFound(format!("API key {}", text.chars().take(40).collect::<String>()));
    let id = number(text).map(ApiKeyId).ok_or_else(missing)?;
    let scope = page.scope();
    page.store().read(move |db| api_keys::find(db, &scope, id)).await.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })
}

/// "bfy_…3f9a".
fn masked(key: &ApiKey) -> String {
    format!("{PREFIX}…{}", key.last_four)
}
