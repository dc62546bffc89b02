//! A webhook with all that belongs to it (contract 4.2).

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;

use super::{Meta, WebhookCall};
use crate::api::openapi::shapes;
use crate::domain::secret::Secret;
use crate::domain::webhook::call_type::CallType;

/// A webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = softwareone::Webhook)]
pub struct Webhook {
    /// `WBH-0000-0007`
    #[schema(pattern = "^WBH-[0-9]{4,}-[0-9]{4}$")]
    pub id: String,
    /// What `select` left out; absent when nothing.
    #[serde(rename = "$meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// The latest event of each kind.
    pub audit: Option<Audit>,
    /// Where to.
    #[schema(format = "uri")]
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// `Enabled` or `Disabled`.
    #[schema(schema_with = statuses)]
    pub status: &'static str,
    /// One of eleven names.
    #[schema(schema_with = types)]
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The secret in the answer that made it; nineteen asterisks everywhere else; null when there is none.
    pub secret: Option<String>,
    /// Its calls, counted.
    pub statistics: Statistics,
    /// `Order`, `Request`, `Account` or `Enrollment`; follows from the type.
    #[schema(schema_with = object_types)]
    pub object_type: &'static str,
    /// The company.
    pub account: Option<Account>,
    /// What the criteria narrow to, when they name it.
    pub object: Option<Reference>,
    /// The pairs, by key.
    pub criteria: Vec<Criterion>,
    /// The last call that succeeded.
    pub last_success: Option<WebhookCall>,
    /// The last one that failed.
    pub last_failure: Option<WebhookCall>,
    /// The last one.
    pub last_call: Option<WebhookCall>,
}

impl Webhook {
    /// With the secret that was just made: the only answer that has it.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<&Secret>) -> Self {
        if let Some(secret) = secret {
            self.secret = Some(secret.reveal().to_owned());
        }
        self
    }
}

pub(super) fn types() -> ObjectBuilder {
    shapes::one_of(CallType::ALL.map(CallType::name))
}

/// The two states.
pub const STATUSES: [&str; 2] = ["Enabled", "Disabled"];
/// What a webhook may be about.
pub const OBJECT_TYPES: [&str; 4] = ["Order", "Request", "Account", "Enrollment"];

fn statuses() -> ObjectBuilder {
    shapes::one_of(STATUSES)
}

fn object_types() -> ObjectBuilder {
    shapes::one_of(OBJECT_TYPES).description(Some("Follows from the type."))
}

/// Who did what last.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::Audit)]
pub struct Audit {
    /// It was made.
    pub created: AuditEvent,
    /// Its settings changed, or it was made.
    pub updated: AuditEvent,
}

/// One event of an audit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::AuditEvent)]
pub struct AuditEvent {
    /// `2026-04-28T06:14:22.000Z`
    #[schema(format = DateTime)]
    pub at: String,
    /// A person (`USR-…`), an API key (`TKN-…`), or Belfry itself, which has no id.
    pub by: Reference,
}

/// Something else, by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::Reference)]
pub struct Reference {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Always null: Belfry has no pictures.
    pub icon: Option<String>,
}

/// A company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::Account)]
pub struct Account {
    /// `ACC-0000-0012`
    pub id: String,
    /// Always null.
    pub icon: Option<String>,
    /// Always `Client`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Always `Active`.
    pub status: &'static str,
    /// Its name.
    pub name: String,
}

/// Calls, counted: every attempt, retries included, tests not.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = softwareone::Statistics)]
pub struct Statistics {
    /// Successes and failures.
    pub total: i64,
    /// Answered with 2xx.
    pub successes: i64,
    /// Everything else.
    pub failures: i64,
    /// 0 after a success.
    pub failures_since_last_success: i64,
}

/// A pair that an event must have.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = softwareone::Criterion)]
pub struct Criterion {
    /// A dotted path.
    pub key: String,
    /// The text that has to stand there.
    pub value: String,
}
