//! People: added and changed by the admins of their company or by command; invitations and their acceptance.

mod accept_invite;
mod change;
mod invite_again;

pub use accept_invite::accept_invite;
pub use change::{set_enabled, update};
pub use invite_again::invite_again;

use data_encoding::BASE64URL_NOPAD;

use super::{ActionError, Context, Outcome, api_keys};
use crate::domain::access::{Permission, Role};
use crate::domain::audit::Changes;
use crate::domain::ids::{CompanyId, UserId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::random::Random;
use crate::domain::secret::Secret;
use crate::domain::time::DAY_US;
use crate::domain::user::{User, check_new_password, parse_email};
use crate::security::password;
use crate::store::{Db, StoreError, audit, companies, users};

/// How long an invitation can be accepted, microseconds.
const INVITE_US: i64 = DAY_US;

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// `None` for staff.
    pub company_id: Option<CompanyId>,
    /// Signs in with it.
    pub email: String,
    /// Shown name; the e-mail's local part when empty.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Without one the person is invited.
    pub password: Option<Secret>,
}

/// A person was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// Who.
    pub user: User,
    /// The token of the invitation, when there was no password.
    pub invite_token: Option<Secret>,
}

/// Adds a person.
///
/// # Errors
/// Refused, bad e-mail or password, company roles without a company and staff with one, an unknown company,
/// or an e-mail address that is taken.
pub async fn add(ctx: &Context, new: NewUser) -> Outcome<Added> {
    ctx.caller.may(Permission::ManageUsers)?;
    let mut problems = Problems::default();
    let email = problems.absorb(parse_email(&new.email));
    if let Some(password) = &new.password {
        problems.absorb(check_new_password(password.reveal()));
    }
    match (new.role.is_staff(), new.company_id) {
        (false, None) => {
            problems.add("company", Rule::Required, "An admin, editor or viewer belongs to a company.");
        }
        (true, Some(_)) => {
            problems.add("company", Rule::NotAllowed, "Support and operators belong to no company.");
        }
        _ => {}
    }
    let (Some(email), true) = (email, problems.is_empty()) else {
        return Err(problems.into());
    };
    let password_hash = match new.password {
        Some(password) => Some(password::hash(password, &ctx.services.random).await?),
        None => None,
    };
    let token = password_hash.is_none().then(|| invite_token(&*ctx.services.random));
    let invite_hash = token.as_ref().map(|token| api_keys::hash(token.reveal()));
    let local_part = email.split('@').next().unwrap_or_default().to_owned();
    let name = if new.name.trim().is_empty() { local_part } else { new.name.trim().to_owned() };
    let user = ctx
        .write(move |db, ctx, now| {
            if let Some(company) = new.company_id {
                companies::get(db, &ctx.caller.scope(), company).map_err(|error| match error {
                    StoreError::NotFound => ActionError::NotFound("company"),
                    other => other.into(),
                })?;
            }
            let row = users::NewUser {
                company_id: new.company_id,
                email: &email,
                name: &name,
                role: new.role,
                password_hash: password_hash.as_deref(),
                invite: invite_hash.as_deref().map(|hash| (hash, now.plus_micros(INVITE_US))),
            };
            let user = users::insert(db, &row, now).map_err(|error| match error {
                StoreError::Conflict => ActionError::Conflict("This e-mail address is taken.".to_owned()),
                other => other.into(),
            })?;
            let object = ("user", user.id.0, user.email.as_str());
            let changes = Changes::default().field("role", serde_json::Value::Null, new.role.name());
            audit::insert(db, &ctx.entry(new.company_id, "user.add", object, changes))?;
            Ok(user)
        })
        .await?;
    Ok(Added { user, invite_token: token })
}

/// What an invitation's link holds: 32 random bytes.
fn invite_token(random: &dyn Random) -> Secret {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Secret::new(BASE64URL_NOPAD.encode(&bytes))
}

/// The person `id`, if the caller's companies are theirs, too.
fn find(db: &mut Db<'_>, ctx: &Context, id: UserId) -> Outcome<users::Listed> {
    users::find(db, &ctx.caller.scope(), id).map_err(|error| match error {
        StoreError::NotFound => ActionError::NotFound("user"),
        other => other.into(),
    })
}
