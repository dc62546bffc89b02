//! Signing in. The session itself is the web layer's; here it is decided who somebody is.

use super::{ActionError, Outcome, Services};
use crate::domain::secret::Secret;
use crate::domain::user::{PASSWORD_BYTES_MAX, User};
use crate::security::password;
use crate::store::users;

/// The person with this e-mail address and password. Which of the two was wrong is not told, and takes the
/// same time: an unknown address is checked against a hash, too.
///
/// # Errors
/// [`ActionError::NotFound`] for everything that is not a match, a disabled person included.
pub async fn sign_in(services: &Services, email: &str, password: Secret) -> Outcome<User> {
    let email = normal(email);
    if !is_plausible(&email) || password.reveal().len() > PASSWORD_BYTES_MAX {
        return Err(ActionError::NotFound("user"));
    }
    let found =
        services.store.read(move |db| users::by_email(db, &email)).await.map_err(ActionError::from)?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    let matches = password::verify(password, hash).await?;
    user.filter(|user| matches && user.disabled_at.is_none()).ok_or(ActionError::NotFound("user"))
}

/// Whether anybody has this e-mail address. For the one door whose vendor tells so, where an operator wants it to.
///
/// # Errors
/// Those of a read.
pub async fn is_known(services: &Services, email: &str) -> Outcome<bool> {
    let email = normal(email);
    if !is_plausible(&email) {
        return Ok(false);
    }
    let found = services.store.read(move |db| users::by_email(db, &email)).await?;
    Ok(found.is_some())
}

/// Whether it can be in the database at all; PostgreSQL does not even take a NUL in a question.
fn is_plausible(email: &str) -> bool {
    email.len() <= 254 && !email.chars().any(char::is_control)
}

fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}
