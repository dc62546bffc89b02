//! The JSON of this door: what comes in, field by field, and what goes out (contract 3.1 to 3.4).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::webhooks::{Saved, SecretChoice};
use crate::api::given::Given;
use crate::domain::problem::{Problems, Rule};
use crate::domain::secret::Secret;
use crate::domain::webhook::Webhook;

/// What stands in front of the part of a secret that is shown.
const MASK: &str = "****";
/// Characters of a secret that are shown at most.
const SHOWN_CHARS_MAX: usize = 4;

/// The body of a create or an update. Unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointRequest {
    /// 1 to 128 characters.
    pub name: Given<String>,
    /// The destination.
    pub url: Given<String>,
    /// Whether requests are signed.
    pub signing_enabled: Given<bool>,
    /// 8 to 256 printable characters. Absent, null or empty: made when one is needed, or the present one kept.
    pub signing_secret: Given<String>,
}

/// What an [`EndpointRequest`] says, as far as it could be read.
#[derive(Debug, Clone)]
pub struct EndpointFields {
    /// Not judged yet.
    pub name: String,
    /// Not judged yet.
    pub url: String,
    /// Whether requests are signed.
    pub signing_enabled: bool,
    /// Not judged yet.
    pub secret: SecretChoice,
}

impl EndpointRequest {
    /// The fields, with every one that is missing or of a wrong type.
    pub fn read(self) -> (EndpointFields, Problems) {
        const TEXT: &str = "It must be a text.";
        let mut problems = Problems::default();
        let name = self.name.required(&mut problems, "name", TEXT);
        let url = self.url.required(&mut problems, "url", TEXT);
        if url.as_ref().is_some_and(String::is_empty) {
            problems.add("url", Rule::Required, "It must not be empty.");
        }
        let signing_enabled =
            self.signing_enabled.required(&mut problems, "signingEnabled", "It must be true or false.");
        let secret = self.signing_secret.nullable(&mut problems, "secret", TEXT);
        let secret = secret.filter(|secret| !secret.is_empty());
        if secret.as_deref().is_some_and(is_mask) {
            let words = "This is the mask of a stored secret. Leave the field out to keep the secret.";
            problems.add("secret", Rule::Invalid, words);
        }
        let fields = EndpointFields {
            name: name.unwrap_or_default(),
            url: url.unwrap_or_default(),
            signing_enabled: signing_enabled.unwrap_or_default(),
            secret: secret.map_or(SecretChoice::Keep, SecretChoice::Given),
        };
        (fields, problems)
    }
}

/// A webhook as this door shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = zstack::Endpoint)]
pub struct EndpointView {
    /// `wh-007`.
    #[schema(pattern = "^wh-[0-9]{3,}$")]
    pub id: String,
    /// Shown name.
    pub name: String,
    /// The destination.
    #[schema(format = "uri")]
    pub url: String,
    /// Whether requests are signed.
    pub signing_enabled: bool,
    /// `****abc1`; empty when there is no secret.
    pub signing_secret_masked: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

impl EndpointView {
    /// With its secret masked.
    pub fn new(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.zstack(),
            name: webhook.settings.name.clone(),
            url: webhook.settings.endpoint.as_str().to_owned(),
            signing_enabled: webhook.settings.signing,
            signing_secret_masked: mask(webhook.secret.as_ref()),
            created_at: webhook.created_at.rfc3339(),
            updated_at: webhook.updated_at.rfc3339(),
        }
    }
}

fn mask(secret: Option<&Secret>) -> String {
    secret.map(|secret| format!("{MASK}{}", secret.last_four().unwrap_or_default())).unwrap_or_default()
}

/// Whether a text is what [`mask`] writes: it came back from a form and is no secret.
fn is_mask(text: &str) -> bool {
    text.strip_prefix(MASK).is_some_and(|rest| rest.chars().count() <= SHOWN_CHARS_MAX)
}

/// The answers that show a secret: to create and to rotate-secret, once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = zstack::EndpointWithSecret)]
pub struct EndpointWithSecret {
    /// As it is now.
    pub endpoint: EndpointView,
    /// The secret itself; empty when there is none.
    pub signing_secret_plaintext: String,
}

impl EndpointWithSecret {
    /// What a write left behind.
    pub fn new(saved: &Saved) -> Self {
        let plaintext = saved.new_secret.as_ref().map(Secret::reveal).unwrap_or_default();
        Self { endpoint: EndpointView::new(&saved.webhook), signing_secret_plaintext: plaintext.to_owned() }
    }
}

/// A page of endpoints.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = zstack::EndpointList)]
pub struct EndpointList {
    /// Newest first.
    pub items: Vec<EndpointView>,
    /// On all pages together.
    pub total: i64,
}

/// The answer to a delete.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = zstack::Deleted)]
pub struct Deleted {}

/// How a test went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = zstack::TestResult)]
pub struct TestResult {
    /// Whether the receiver answered with 2xx.
    pub success: bool,
    /// For people.
    pub message: String,
    /// The whole attempt, milliseconds.
    pub duration_ms: i64,
}

/// How receivers verify a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = zstack::SecurityDocs)]
pub struct SecurityDocs {
    /// `HMAC-SHA256`.
    pub algorithm: &'static str,
    /// `v1=<hex-digest>`.
    pub signature_format: &'static str,
    /// The header with the Unix seconds.
    pub header_timestamp: &'static str,
    /// The header with the signature.
    pub header_signature: &'static str,
    /// What is signed.
    pub payload_format: &'static str,
    /// Seconds that a timestamp may be off.
    pub replay_window_sec: i64,
    /// The vendor's page: a map or null.
    #[schema(value_type = Option<Object>)]
    pub examples: Option<()>,
}

/// Every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = zstack::ErrorBody)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorView,
}

/// All three are always texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = zstack::Error)]
pub struct ErrorView {
    /// `SYS.1003`.
    #[schema(pattern = r"^SYS\.[0-9]{4}$")]
    pub code: &'static str,
    /// What it is about.
    pub description: String,
    /// Every field and its rule; may be empty.
    pub details: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_show_the_end_of_long_secrets_only() {
        let shown = |text: &str| mask(Some(&Secret::new(text)));
        assert_eq!(shown("whsec_abc123defabc1"), "****abc1");
        assert_eq!(shown("12345678"), "****5678");
        assert_eq!(shown("1234567"), "****");
        assert_eq!(mask(None), "");
    }

    #[test]
    fn a_mask_is_known_again() {
        for text in ["****", "****abc1", "****é★é★"] {
            assert!(is_mask(text), "{text}");
        }
        for text in ["***", "****abc12", "my-secret-key", "x****abc"] {
            assert!(!is_mask(text), "{text}");
        }
    }
}
