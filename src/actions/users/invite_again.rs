//! A second invitation.

use super::{INVITE_US, find, invite_token};
use crate::actions::{ActionError, Context, Outcome, api_keys};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::UserId;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::{audit, sessions, users};

/// Makes a new invitation; an earlier one, the password and every session of the person end. So it also is what
/// helps somebody who forgot their password.
///
/// # Errors
/// Refused, no such person in the caller's companies, one who is locked out, or the caller themselves.
pub async fn invite_again(ctx: &Context, id: UserId) -> Outcome<(User, Secret)> {
    ctx.caller.may(Permission::ManageUsers)?;
    let token = invite_token(&*ctx.services.random);
    let hash = api_keys::hash(token.reveal());
    let user = ctx
        .write(move |db, ctx, now| {
            let user = find(db, ctx, id)?.user;
            if ctx.caller.is_user(id) {
                return Err(ActionError::Conflict("You cannot invite yourself again.".to_owned()));
            }
            if user.disabled_at.is_some() {
                return Err(ActionError::Conflict(
                    "This person is locked out. Let them in again first.".to_owned(),
                ));
            }
            users::set_invite(db, id, &hash, now.plus_micros(INVITE_US))?;
            sessions::delete_of(db, id)?;
            let object = ("user", id.0, user.email.as_str());
            let changes = Changes::default().secret("password", true);
            audit::insert(db, &ctx.entry(user.company_id, "user.invite_again", object, changes))?;
            Ok(user)
        })
        .await?;
    Ok((user, token))
}
