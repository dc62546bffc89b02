//! A key that opens the four API doors for one company (contract 00.6).

use data_encoding::BASE64URL_NOPAD;

use super::access::{Action, Caller};
use super::ids::{ApiKeyId, CompanyId};
use super::random::Random;
use super::secret::Secret;
use super::time::Timestamp;

/// What every key begins with, so that a leaked one is recognised.
pub const PREFIX: &str = "bfy_";

/// A key as stored; the key itself is only known by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The identity.
    pub id: ApiKeyId,
    /// The company whose tree it opens.
    pub company_id: CompanyId,
    /// How it is shown.
    pub name: String,
    /// The last four characters, to tell keys apart.
    pub last_four: String,
    /// `None`: all actions.
    pub actions: Option<Vec<Action>>,
    /// `None`: any vehicle.
    pub vehicles: Option<Vec<i64>>,
    /// When it stops to work by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens doors at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// The caller that the key's holder is.
    pub fn caller(&self) -> Caller {
        Caller::api_key(
            self.id,
            self.name.clone(),
            self.company_id,
            self.actions.clone(),
            self.vehicles.clone(),
        )
    }
}

/// A new key: `bfy_` and 43 characters that hold 32 random bytes.
pub fn generate(random: &dyn Random) -> Secret {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Secret::new(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes)))
}

/// Whether `text` has the form of a key. Saves a look-up; proves nothing.
pub fn looks_like_one(text: &str) -> bool {
    text.len() == PREFIX.len() + 43 && text.starts_with(PREFIX)
}
