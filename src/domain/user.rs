//! A person who signs in to the console.

use super::access::{Caller, Role};
use super::ids::{CompanyId, UserId};
use super::problem::{Problems, Rule};
use super::time::Timestamp;

/// Characters in a password at least (NIST SP 800-63B) …
pub const PASSWORD_CHARS_MIN: usize = 8;
/// … and bytes at most, so that hashing stays bounded.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// A person as stored. The password's hash is not part of it: see `store::users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The identity.
    pub id: UserId,
    /// `None` for staff.
    pub company_id: Option<CompanyId>,
    /// Lower case; unique.
    pub email: String,
    /// How the person is shown.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Set when the person may not sign in any more.
    pub disabled_at: Option<Timestamp>,
}

impl User {
    /// The caller that this person is once signed in.
    pub fn caller(&self) -> Caller {
        Caller::user(self.id, self.name.clone(), self.role, self.company_id)
    }
}

/// Checks an e-mail address as far as it makes sense without sending a mail, and lowers it.
///
/// # Errors
/// One problem at `email`.
pub fn parse_email(text: &str) -> Result<String, Problems> {
    let email = text.trim().to_lowercase();
    let looks_right = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.')
        })
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if looks_right {
        Ok(email)
    } else {
        Err(Problems::one("email", Rule::Invalid, "That is not an e-mail address."))
    }
}

/// Checks a new password's length.
///
/// # Errors
/// One problem at `password`.
pub fn check_new_password(text: &str) -> Result<(), Problems> {
    if text.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Problems::one(
            "password",
            Rule::Invalid,
            format!("A password has at least {PASSWORD_CHARS_MIN} characters."),
        ));
    }
    if text.len() > PASSWORD_BYTES_MAX {
        return Err(Problems::one(
            "password",
            Rule::TooLong,
            format!("A password has {PASSWORD_BYTES_MAX} bytes at most."),
        ));
    }
    Ok(())
}
