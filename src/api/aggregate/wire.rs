//! The JSON of this door: what comes in, field by field, and what goes out (contract 2.1, 2.2).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;

use crate::api::given::Given;
use crate::api::openapi::shapes;
use crate::domain::problem::{Problems, Rule};
use crate::domain::time::Timestamp;
use crate::domain::webhook::auth::{Auth, AuthInput, AuthType};
use crate::domain::webhook::{Receives, Webhook};
use crate::security::access_token::LIFETIME_S;

/// What stands in place of every stored secret.
const MASK: &str = "********";

/// The body of a create or an update; the rules are those of [`AuthInput::parse`]. Unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WebhookRequest {
    /// Whether it receives alerts, or nothing but tests. False unless said otherwise.
    pub is_alert_hook: Given<bool>,
    /// The destination.
    pub endpoint: Given<String>,
    /// `none`, `basic`, `querystring`, `authheader`, `header` or `bearer`, letter case aside.
    pub auth_type: Given<String>,
    /// For basic.
    pub user_name: Given<String>,
    /// For basic.
    pub password: Given<String>,
    /// For the four types that have one.
    pub token: Given<String>,
}

/// What a [`WebhookRequest`] says, as far as it could be read.
#[derive(Debug, Clone)]
pub struct WebhookFields {
    /// Not judged yet.
    pub endpoint: Option<String>,
    /// Not judged yet.
    pub auth: AuthInput,
    /// False unless said otherwise.
    pub is_alert_hook: bool,
}

impl WebhookRequest {
    /// The fields, with every one that is of a wrong type.
    pub fn read(self) -> (WebhookFields, Problems) {
        const TEXT: &str = "It must be a text.";
        let mut problems = Problems::default();
        let is_alert_hook =
            self.is_alert_hook.optional(&mut problems, "isAlertHook", "It must be true or false.");
        let endpoint = self.endpoint.required(&mut problems, "url", TEXT);
        if endpoint.as_ref().is_some_and(String::is_empty) {
            problems.add("url", Rule::Required, "It must not be empty.");
        }
        let auth = AuthInput {
            auth_type: self.auth_type.optional(&mut problems, "authType", TEXT),
            user_name: self.user_name.nullable(&mut problems, "userName", TEXT),
            password: self.password.nullable(&mut problems, "password", TEXT),
            token: self.token.nullable(&mut problems, "token", TEXT),
        };
        (WebhookFields { endpoint, auth, is_alert_hook: is_alert_hook.unwrap_or_default() }, problems)
    }
}

/// A webhook, its secrets masked. Keys that do not apply to its authentication type are left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = aggregate::Webhook)]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    /// The number, as a text.
    #[schema(pattern = "^[1-9][0-9]*$")]
    pub webhook_id: String,
    /// Whether it receives alerts, all or linked ones.
    pub is_alert_hook: bool,
    /// The destination.
    #[schema(format = "uri")]
    pub endpoint: String,
    /// In lower case.
    #[schema(schema_with = auth_types)]
    pub auth_type: &'static str,
    /// Of basic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The mask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'static str>,
    /// The mask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'static str>,
}

impl WebhookView {
    /// As this door shows it.
    pub fn new(webhook: &Webhook) -> Self {
        let auth = &webhook.settings.auth;
        let (password, token) = match auth {
            Auth::None => (None, None),
            Auth::Basic { .. } => (Some(MASK), None),
            Auth::QueryString { .. }
            | Auth::AuthHeader { .. }
            | Auth::Header { .. }
            | Auth::Bearer { .. } => (None, Some(MASK)),
        };
        Self {
            webhook_id: webhook.id.aggregate(),
            is_alert_hook: is_alert_hook(webhook),
            endpoint: webhook.settings.endpoint.as_str().to_owned(),
            auth_type: auth.auth_type().name(),
            user_name: auth.user_name().map(str::to_owned),
            password,
            token,
        }
    }
}

fn auth_types() -> ObjectBuilder {
    shapes::one_of(AuthType::ALL.map(AuthType::name)).description(Some("How requests prove who sends them."))
}

/// Whether this door calls it an alert hook: it gets events, those of linked alerts or all.
pub fn is_alert_hook(webhook: &Webhook) -> bool {
    webhook.settings.receives != Receives::TestsOnly
}

/// The answer to a create or an update: what was done, and the webhook as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = aggregate::WebhookSaved)]
pub struct WebhookSaved {
    /// What was done.
    pub message: &'static str,
    /// As it is now.
    #[serde(flatten)]
    pub webhook: WebhookView,
}

/// An error, or a plain confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = aggregate::Message)]
pub struct Message {
    /// For people.
    pub message: String,
}

/// The body of `/authtoken`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TokenRequest {
    /// An e-mail address.
    pub user_name: Given<String>,
    /// As for the console.
    pub password: Given<String>,
}

/// A token. Every value is a text: the vendor's page says so.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = aggregate::Token)]
pub struct TokenView {
    /// `bearer`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// Seconds.
    #[schema(pattern = "^[0-9]+$")]
    pub expires_in: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub issued: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub expires: String,
}

impl TokenView {
    /// A token that was issued at `now`.
    pub fn new(token: String, now: Timestamp) -> Self {
        let issued = Timestamp::from_seconds(now.seconds());
        Self {
            kind: "bearer",
            token,
            expires_in: LIFETIME_S.to_string(),
            issued: issued.rfc3339(),
            expires: issued.plus_micros(LIFETIME_S * 1_000_000).rfc3339(),
        }
    }
}
