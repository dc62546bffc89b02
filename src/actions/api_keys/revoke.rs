//! An API key taken back.

use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::api_key::ApiKey;
use crate::domain::audit::Changes;
use crate::domain::ids::ApiKeyId;
use crate::store::{StoreError, api_keys, audit};

/// Takes a key back: from the next request on it opens nothing, and neither do the tokens that were issued for it.
/// A key that was taken back before stays as it is.
///
/// # Errors
/// Refused, or no such key in the caller's companies.
pub async fn revoke(ctx: &Context, id: ApiKeyId) -> Outcome<ApiKey> {
    ctx.caller.may(Permission::ManageUsers)?;
    ctx.write(move |db, ctx, now| {
        let key = api_keys::find(db, &ctx.caller.scope(), id).map_err(|error| match error {
            StoreError::NotFound => ActionError::NotFound("API key"),
            other => other.into(),
        })?;
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        api_keys::revoke(db, id, now)?;
        let object = ("api_key", id.0, key.name.as_str());
        let changes = Changes::default().field("revoked", false, true);
        audit::insert(db, &ctx.entry(Some(key.company_id), "api_key.revoke", object, changes))?;
        Ok(ApiKey { revoked_at: Some(now), ..key })
    })
    .await
}
