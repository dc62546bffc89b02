//! How a receiver knows that a request is ours: four schemes, one for each format (contract 1.7, 3.4, 4.8).

use super::format::Format;
use crate::domain::problem::Problems;
use crate::domain::random::Random;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

/// `sha256=<hex>` over the body; the key is the secret's characters.
pub fn telemax_signature(_secret: &Secret, _body: &[u8]) -> String {
    String::new()
}

/// `v1=<hex>` over `t.body`; the key is the whole secret.
pub fn zstack_signature(_secret: &Secret, _at: Timestamp, _body: &[u8]) -> String {
    String::new()
}

/// `v1,<base64>` over `id.t.body` (Standard Webhooks 1.0).
pub fn standard_webhooks_signature(_secret: &Secret, _id: &str, _at: Timestamp, _body: &[u8]) -> String {
    String::new()
}

/// The JWT that goes behind `Bearer`.
pub fn softwareone_jwt(_secret: &Secret, _audience_host: &str, _webhook_id: &str, _at: Timestamp) -> String {
    String::new()
}

/// A new secret in the spelling of the format's door.
pub fn generate_secret(_format: Format, _random: &dyn Random) -> Secret {
    Secret::new("")
}

/// Judges a secret that somebody brought: 8 to 256 printable ASCII characters.
///
/// # Errors
/// One problem at `secret`.
pub fn parse_secret(_format: Format, text: &str) -> Result<Secret, Problems> {
    Ok(Secret::new(text))
}

/// Why a request is not (or no longer) ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing.
    #[error("the header {0} is missing")]
    MissingHeader(&'static str),
    /// A header cannot be read.
    #[error("the header {0} cannot be read")]
    BadHeader(&'static str),
    /// The signature is of something else, or made with another secret.
    #[error("the signature does not match")]
    WrongSignature,
    /// It was signed too long ago, or in the future.
    #[error("the signature's time is more than {0} seconds away")]
    WrongTime(i64),
}

/// Checks a request as a receiver would. Header names may be in any letter case.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(
    _format: Format,
    _secret: &Secret,
    _headers: &[(String, String)],
    _body: &[u8],
    _now: Timestamp,
) -> Result<(), VerifyError> {
    Ok(())
}
