//! A company, which may have sub-companies.

use super::ids::CompanyId;
use super::problem::{Problems, Rule};
use super::time::Timestamp;

/// Characters in a company's, a user's, an alert's or a key's name at most.
pub const NAME_CHARS_MAX: usize = 128;

/// A company as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The identity.
    pub id: CompanyId,
    /// How it is shown.
    pub name: String,
    /// The company that it is part of.
    pub parent_id: Option<CompanyId>,
    /// IANA name; pages show times in it.
    pub timezone: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Checks a name that people see.
///
/// # Errors
/// One problem at `field`.
pub fn parse_name(field: &'static str, text: &str) -> Result<String, Problems> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Problems::one(field, Rule::Required, "Give it a name."));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(Problems::one(
            field,
            Rule::TooLong,
            format!("A name has {NAME_CHARS_MAX} characters at most."),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(Problems::one(field, Rule::Invalid, "A name cannot hold control characters."));
    }
    Ok(name.to_owned())
}

/// Checks an IANA time zone name (`Europe/Berlin`, `UTC`).
///
/// # Errors
/// One problem at `timezone`.
pub fn parse_timezone(text: &str) -> Result<String, Problems> {
    jiff::tz::TimeZone::get(text).ok().and_then(|zone| zone.iana_name().map(str::to_owned)).ok_or_else(|| {
        Problems::one(
            "timezone",
            Rule::Invalid,
            "That is not an IANA time zone such as Europe/Berlin or UTC.",
        )
    })
}
