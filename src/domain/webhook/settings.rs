//! Everything that a person can choose about a webhook.

use super::Receives;
use super::auth::Auth;
use super::call_type::CallType;
pub use super::change::{Change, CriteriaInput};
use super::criteria::Criteria;
use super::endpoint_url::EndpointUrl;
use super::format::Format;
use crate::domain::problem::{Problems, Rule};

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

impl Settings {
    /// Refuses what cannot work together (contract 00.3).
    pub(super) fn judged_as_a_whole(self) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if self.format.wants_authorization(self.signing) && self.auth.auth_type().wants_authorization() {
            let message = format!(
                "The {} format signs with a token in the Authorization header, and authentication type “{}” needs \
                 the same header. Choose the X-Api-Key header, a query string or none, or switch signing off.",
                self.format.label(),
                self.auth.auth_type().name(),
            );
            problems.add("authType", Rule::Conflict, message);
        }
        problems.absorb(self.auth.check_endpoint(&self.endpoint));
        problems.or(self)
    }
}
