//! People: listed, invited, changed, locked out.

pub mod edit;
pub mod invite;
pub mod list;
pub mod new;
pub mod switch;
mod words;

use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::domain::ids::UserId;
use crate::store::users::Listed;
use crate::store::{StoreError, users};

/// The person that the path names, if the page shows them.
async fn named(page: &CompanyPage, text: &str) -> Result<Listed, PageError> {
    let missing = || PageError::NotFound(format!("User {}", text.chars().take(40).collect::<String>()));
    let id = number(text).map(UserId).ok_or_else(missing)?;
    let scope = page.scope();
    page.store().read(move |db| users::find(db, &scope, id)).await.map_err(|error| match error {
        StoreError::NotFound => missing(),
        other => other.into(),
    })
}
