//! An invitation accepted.

use crate::actions::{ActionError, Context, Outcome, api_keys};
use crate::domain::audit::Changes;
use crate::domain::ids::UserId;
use crate::domain::secret::Secret;
use crate::domain::user::check_new_password;
use crate::security::password;
use crate::store::{audit, sessions, users};

/// Sets the first password of an invited person and uses the invitation up.
///
/// # Errors
/// A bad password, or an invitation that is unknown, used or older than a day.
pub async fn accept_invite(ctx: &Context, token: &str, password: Secret) -> Outcome<UserId> {
    check_new_password(password.reveal())?;
    let hash = password::hash(password, &ctx.services.random).await?;
    let token_hash = api_keys::hash(token);
    ctx.write(move |db, ctx, now| {
        let user = users::by_invite(db, &token_hash, now)?.ok_or(ActionError::NotFound("invitation"))?;
        users::set_password(db, user.id, &hash)?;
        sessions::delete_of(db, user.id)?;
        let object = ("user", user.id.0, user.email.as_str());
        let changes = Changes::default().secret("password", true);
        audit::insert(db, &ctx.entry(user.company_id, "user.accept_invite", object, changes))?;
        Ok(user.id)
    })
    .await
}
