//! What a webhook is, in the words of no door, and how each door has to show it.

use std::collections::BTreeMap;

use belfry::domain::ids::WebhookId;
use belfry::domain::time::Timestamp;
use belfry::domain::webhook::auth::AuthType;
use belfry::domain::webhook::call_type::CallType;
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::{Receives, Webhook};
use serde_json::{Value, json};

/// The type ids of the alerts that every company of the test has. The last one cannot be linked.
pub const ALERT_TYPES: [i64; 4] = [1, 5, 8, 3];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    pub kind: AuthType,
    pub user_name: &'static str,
    /// Password or token.
    pub secret: &'static str,
}

impl Credential {
    pub const NONE: Self = Self { kind: AuthType::None, user_name: "", secret: "" };
}

/// Everything that any door, or the console, knows of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub id: i64,
    pub name: String,
    pub url: String,
    pub description: Option<String>,
    pub receives: Receives,
    /// Linked alerts as places in [`ALERT_TYPES`], in the order of their linking.
    pub links: Vec<usize>,
    pub criteria: BTreeMap<String, String>,
    pub format: Format,
    pub auth: Credential,
    pub signing: bool,
    pub secret: Option<String>,
    pub call_type: CallType,
    pub is_active: bool,
    pub created: Timestamp,
    pub updated: Timestamp,
}

impl Model {
    /// What every door begins with.
    pub fn new(url: &str, format: Format, receives: Receives, now: Timestamp) -> Self {
        Self {
            id: 0,
            name: "hooks.example.com".to_owned(),
            url: url.to_owned(),
            description: None,
            receives,
            links: Vec::new(),
            criteria: BTreeMap::new(),
            format,
            auth: Credential::NONE,
            signing: true,
            secret: None,
            call_type: CallType::default(),
            is_active: true,
            created: now,
            updated: now,
        }
    }

    /// Whether its choices can work together (contract 00.3).
    pub fn can_work(&self) -> bool {
        let wants_header =
            matches!(self.auth.kind, AuthType::Basic | AuthType::AuthHeader | AuthType::Bearer);
        let is_claimed_twice = self.format == Format::Softwareone && self.signing && wants_header;
        let has_token_twice = self.auth.kind == AuthType::QueryString && self.url.contains("token=");
        !is_claimed_twice && !has_token_twice
    }

    pub fn telemax(&self, alerts: &[i64]) -> Value {
        let is_global = self.receives == Receives::All;
        let mixed = "Linked alerts have different types; delivered payloads will have different data shapes.";
        json!({
            "id": self.id,
            "url": self.url,
            "alertIds": self.links.iter().map(|at| alerts[*at]).collect::<Vec<_>>(),
            "isActive": self.is_active,
            "isGlobal": is_global,
            "createdAt": self.created.naive_seconds(),
            "warning": (!is_global && self.links.len() > 1).then_some(mixed),
        })
    }

    pub fn aggregate(&self) -> Value {
        let mut shown = json!({
            "webhookId": self.id.to_string(),
            "isAlertHook": self.receives != Receives::TestsOnly,
            "endpoint": self.url,
            "authType": self.auth.kind.name(),
        });
        match self.auth.kind {
            AuthType::None => {}
            AuthType::Basic => {
                shown["userName"] = json!(self.auth.user_name);
                shown["password"] = json!("********");
            }
            _ => shown["token"] = json!("********"),
        }
        shown
    }

    pub fn zstack(&self) -> Value {
        let mask = |secret: &String| format!("****{}", &secret[secret.len() - 4..]);
        json!({
            "id": WebhookId(self.id).zstack(),
            "name": self.name,
            "url": self.url,
            "signingEnabled": self.signing,
            "signingSecretMasked": self.secret.as_ref().map(mask).unwrap_or_default(),
            "createdAt": self.created.rfc3339(),
            "updatedAt": self.updated.rfc3339(),
        })
    }

    /// Without what is not of the webhook itself: `account`, `statistics`, the calls, and who did it.
    pub fn softwareone(&self) -> Value {
        let object = self.criteria.get("product.id").map(|id| json!({ "id": id, "name": id, "icon": null }));
        let pair = |(key, value): (&String, &String)| json!({ "key": key, "value": value });
        json!({
            "id": WebhookId(self.id).softwareone(),
            "url": self.url,
            "description": self.description,
            "status": if self.is_active { "Enabled" } else { "Disabled" },
            "type": self.call_type.name(),
            "secret": self.secret.as_ref().map(|_| "*******************"),
            "objectType": self.call_type.object_type(),
            "object": object,
            "criteria": self.criteria.iter().map(pair).collect::<Vec<_>>(),
            "created": self.created.rfc3339_millis(),
            "updated": self.updated.rfc3339_millis(),
        })
    }

    /// Every choice in one text that can be compared with a stored webhook's, secrets included.
    pub fn whole(&self) -> Value {
        json!({
            "name": self.name,
            "url": self.url,
            "description": self.description,
            "receives": self.receives.name(),
            "criteria": self.criteria,
            "format": self.format.name(),
            "auth": [self.auth.kind.name(), self.auth.user_name, self.auth.secret],
            "signing": self.signing,
            "secret": self.secret,
            "type": self.call_type.name(),
            "isActive": self.is_active,
        })
    }
}

/// [`Model::whole`] of a stored webhook.
pub fn whole(stored: &Webhook) -> Value {
    let (settings, reveal) =
        (&stored.settings, |secret: &belfry::domain::secret::Secret| secret.reveal().to_owned());
    let auth = &settings.auth;
    json!({
        "name": settings.name,
        "url": settings.endpoint.as_str(),
        "description": settings.description,
        "receives": settings.receives.name(),
        "criteria": settings.criteria.iter().collect::<BTreeMap<_, _>>(),
        "format": settings.format.name(),
        "auth": [
            auth.auth_type().name(),
            auth.user_name().unwrap_or_default(),
            auth.secret().map(reveal).unwrap_or_default(),
        ],
        "signing": settings.signing,
        "secret": stored.secret.as_ref().map(reveal),
        "type": settings.call_type.name(),
        "isActive": settings.is_active,
    })
}
