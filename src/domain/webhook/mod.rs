//! A webhook: a destination plus four independent choices (contract 00.3): what it receives, how we prove
//! who we are, how the receiver verifies the body, and the format.

pub mod auth;
pub mod auth_facts;
mod auth_input;
pub mod call_type;
mod change;
pub mod criteria;
mod endpoint_host;
mod endpoint_refusal;
pub mod endpoint_url;
pub mod format;
pub mod label;
pub mod number;
pub mod pause;
pub mod restore;
pub mod rotation;
pub mod settings;
pub mod signing;
pub mod snapshot;
mod verify;

use super::access::UnknownName;
use super::ids::{CompanyId, WebhookId};
use super::secret::Secret;
use super::time::Timestamp;
use pause::Paused;
use rotation::OldSecret;
use settings::Settings;

/// Alerts that may be linked to one webhook at most (Telemax: link-alert).
pub const LINKS_MAX: usize = 50;

/// What a webhook receives, before criteria narrow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receives {
    /// Events of the alerts that are linked to it.
    Linked,
    /// Every event of the company and its sub-companies, of every alert type (Telemax: `isGlobal`).
    All,
    /// Nothing but test events (Aggregate: `isAlertHook: false`).
    TestsOnly,
}

impl Receives {
    /// All three, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Linked, Self::All, Self::TestsOnly];

    /// The word in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::All => "all",
            Self::TestsOnly => "tests",
        }
    }
}

impl std::str::FromStr for Receives {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|receives| receives.name() == text).ok_or(UnknownName)
    }
}

/// Why a webhook that people left active gets nothing: Belfry switched it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisabledReason {
    /// The receiver answered 410 Gone.
    Gone,
    /// Failures lasted longer than the limit.
    FailedTooLong,
}

impl DisabledReason {
    /// The word in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::FailedTooLong => "failed_too_long",
        }
    }

    /// A sentence for a page.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Gone => "The receiver answered “410 Gone”: it asked us to stop.",
            Self::FailedTooLong => "Every attempt failed for too long.",
        }
    }
}

impl std::str::FromStr for DisabledReason {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Gone, Self::FailedTooLong].into_iter().find(|reason| reason.name() == text).ok_or(UnknownName)
    }
}

/// A webhook as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The identity; every door spells it its own way (see [`number`]).
    pub id: WebhookId,
    /// The owner.
    pub company_id: CompanyId,
    /// Grows by one with every change; forms and restores compare it.
    pub version: i32,
    /// Everything that a person can choose.
    pub settings: Settings,
    /// The signing secret, when there is one. Kept while signing is off.
    pub secret: Option<Secret>,
    /// When that secret was made or given, where it is known.
    pub secret_since: Option<Timestamp>,
    /// The secret before it, which may still be in force (see [`rotation`]).
    pub old_secret: Option<OldSecret>,
    /// Set when Belfry switched the webhook off by itself.
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// Set while people hold its deliveries back. It stays when the webhook is switched off and on again.
    pub paused: Option<Paused>,
    /// Set when the stored secrets could not be decrypted: nothing may be sent, the settings' auth is empty.
    pub unreadable: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, as shown.
    pub created_by: String,
    /// When its settings last changed.
    pub updated_at: Timestamp,
    /// Who changed them last, as shown.
    pub updated_by: String,
}

impl Webhook {
    /// Whether deliveries are made at all: switched on by people and not switched off by Belfry. A paused webhook
    /// is live: its deliveries are made later.
    pub const fn is_live(&self) -> bool {
        self.settings.is_active && self.disabled.is_none()
    }
}
