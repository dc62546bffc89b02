//! API keys.

mod revoke;

pub use revoke::revoke;

use sha2::{Digest, Sha256};

use super::{ActionError, Context, Outcome};
use crate::domain::access::{Action, Permission};
use crate::domain::api_key;
use crate::domain::audit::Changes;
use crate::domain::company::parse_name;
use crate::domain::ids::{ApiKeyId, CompanyId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::{StoreError, api_keys, audit, companies};

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The company whose tree it opens.
    pub company_id: CompanyId,
    /// Shown name.
    pub name: String,
    /// `None`: all.
    pub actions: Option<Vec<Action>>,
    /// `None`: any.
    pub vehicles: Option<Vec<i64>>,
    /// When it ends by itself; in the future.
    pub expires_at: Option<Timestamp>,
}

/// What is stored of a key.
pub fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

/// Makes a key. It is returned here and never again.
///
/// # Errors
/// Refused, a bad name, an end in the past, or an unknown company.
pub async fn add(ctx: &Context, new: NewApiKey) -> Outcome<(ApiKeyId, Secret)> {
    ctx.caller.may(Permission::ManageUsers)?;
    let mut problems = Problems::default();
    let name = problems.absorb(parse_name("name", &new.name));
    if new.expires_at.is_some_and(|end| end <= ctx.now()) {
        problems.add("expires", Rule::Invalid, "The end of a key lies in the future.");
    }
    let (Some(name), true) = (name, problems.is_empty()) else {
        return Err(problems.into());
    };
    let key = api_key::generate(&*ctx.services.random);
    let secret = key.clone();
    let id = ctx
        .write(move |db, ctx, now| {
            companies::get(db, &ctx.caller.scope(), new.company_id).map_err(|error| match error {
                StoreError::NotFound => ActionError::NotFound("company"),
                other => other.into(),
            })?;
            let row = api_keys::NewApiKey {
                company_id: new.company_id,
                name: &name,
                key_hash: &hash(secret.reveal()),
                last_four: secret.last_four().unwrap_or_default(),
                actions: new.actions.as_deref(),
                vehicles: new.vehicles.as_deref(),
                expires_at: new.expires_at,
                created_by: ctx.caller.actor.name(),
            };
            let id = api_keys::insert(db, &row, now)?;
            let object = ("api_key", id.0, name.as_str());
            let entry = ctx.entry(Some(new.company_id), "api_key.add", object, Changes::default());
            audit::insert(db, &entry)?;
            Ok(id)
        })
        .await?;
    Ok((id, key))
}
