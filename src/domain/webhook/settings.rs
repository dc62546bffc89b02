//! Everything that a person can choose about a webhook, and how a change becomes settings.

use serde_json::Value;

use super::Receives;
use super::auth::{Auth, AuthInput};
use super::call_type::CallType;
use super::criteria::Criteria;
use super::endpoint_url::{EndpointPolicy, EndpointUrl};
use super::format::Format;
use crate::domain::problem::Problems;

/// Characters that a name may have (contract 3.2).
pub const NAME_CHARS_MAX: usize = 128;
/// Characters that a description may have (contract 4.2).
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// A webhook's settings, judged as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// 1 to 128 characters, one line.
    pub name: String,
    /// Up to 2,000 characters, one line.
    pub description: Option<String>,
    /// Where to.
    pub endpoint: EndpointUrl,
    /// What it receives, before criteria narrow it.
    pub receives: Receives,
    /// What narrows it.
    pub criteria: Criteria,
    /// The shape of the requests.
    pub format: Format,
    /// How we prove who we are.
    pub auth: Auth,
    /// Whether requests are signed.
    pub signing: bool,
    /// SoftwareOne's label.
    pub call_type: CallType,
    /// Switched on by people.
    pub is_active: bool,
}

/// Criteria as somebody sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CriteriaInput {
    /// As JSON: an object of texts, or null.
    Json(Value),
    /// As form fields.
    Pairs(Vec<(String, String)>),
}

/// What somebody asks for. `None` means: not mentioned.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The name; not mentioned on creation: the host.
    pub name: Option<String>,
    /// The destination; must be mentioned on creation.
    pub url: Option<String>,
    /// `Some(None)` clears it.
    pub description: Option<Option<String>>,
    /// A [`Receives`] name.
    pub receives: Option<String>,
    /// Replaces all pairs.
    pub criteria: Option<CriteriaInput>,
    /// A [`Format`] name.
    pub format: Option<String>,
    /// Replaces the credential; see `keep_credentials`.
    pub auth: Option<AuthInput>,
    /// Whether requests are signed.
    pub signing: Option<bool>,
    /// A [`CallType`] name.
    pub call_type: Option<String>,
    /// Whether it is switched on.
    pub is_active: Option<bool>,
    /// For forms that never show a stored secret: an auth of the same type with blank secrets keeps the stored
    /// ones, as long as the scheme, host and port stay.
    pub keep_credentials: bool,
}

impl Change {
    /// The settings of a new webhook.
    ///
    /// # Errors
    /// Every problem of every field; then those of their combination.
    pub fn create(self, _policy: &EndpointPolicy) -> Result<Settings, Problems> {
        Err(Problems::default())
    }

    /// `old` with this change.
    ///
    /// # Errors
    /// Every problem of every field; then those of their combination.
    pub fn apply(self, old: &Settings, _policy: &EndpointPolicy) -> Result<Settings, Problems> {
        Ok(old.clone())
    }
}
