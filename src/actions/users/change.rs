//! Changes of a person: name, role, and whether they may sign in.

use super::find;
use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::{Permission, Role};
use crate::domain::audit::Changes;
use crate::domain::company::parse_name;
use crate::domain::ids::UserId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::user::User;
use crate::store::{audit, sessions, users};

/// Changes a person's name and role.
///
/// # Errors
/// Refused, no such person in the caller's companies, a bad name, a role of another kind, or the caller's own role:
/// so a company never loses its last admin by mistake.
pub async fn update(ctx: &Context, id: UserId, name: &str, role: Role) -> Outcome<User> {
    ctx.caller.may(Permission::ManageUsers)?;
    let mut problems = Problems::default();
    let name = problems.absorb(parse_name("name", name));
    if role.is_staff() {
        problems.add("role", Rule::NotAllowed, "Somebody of a company is admin, editor or viewer.");
    }
    let (Some(name), true) = (name, problems.is_empty()) else {
        return Err(problems.into());
    };
    ctx.write(move |db, ctx, _| {
        let before = find(db, ctx, id)?.user;
        if ctx.caller.is_user(id) && before.role != role {
            let words = "You cannot change your own role. Ask another admin.";
            return Err(Problems::one("role", Rule::NotAllowed, words).into());
        }
        let changes = Changes::default().field("name", before.name.as_str(), name.as_str()).field(
            "role",
            before.role.name(),
            role.name(),
        );
        if changes.is_empty() {
            return Ok(before);
        }
        users::update(db, id, &name, role)?;
        let object = ("user", id.0, before.email.as_str());
        audit::insert(db, &ctx.entry(before.company_id, "user.update", object, changes))?;
        Ok(User { name, role, ..before })
    })
    .await
}

/// Locks a person out at once, or lets them in again. Doing what is so already changes nothing.
///
/// # Errors
/// Refused, no such person in the caller's companies, or the caller themselves.
pub async fn set_enabled(ctx: &Context, id: UserId, enabled: bool) -> Outcome<User> {
    ctx.caller.may(Permission::ManageUsers)?;
    ctx.write(move |db, ctx, now| {
        let before = find(db, ctx, id)?.user;
        if ctx.caller.is_user(id) {
            return Err(ActionError::Conflict("You cannot lock yourself out. Ask another admin.".to_owned()));
        }
        if before.disabled_at.is_none() == enabled {
            return Ok(before);
        }
        let disabled_at = (!enabled).then_some(now);
        users::set_disabled(db, id, disabled_at)?;
        sessions::delete_of(db, id)?;
        let object = ("user", id.0, before.email.as_str());
        let action = if enabled { "user.enable" } else { "user.disable" };
        let changes = Changes::default().field("maySignIn", !enabled, enabled);
        audit::insert(db, &ctx.entry(before.company_id, action, object, changes))?;
        Ok(User { disabled_at, ..before })
    })
    .await
}
