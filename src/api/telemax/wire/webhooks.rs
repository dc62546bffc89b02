//! Webhooks and their alerts (contract 1.3): bodies of create, update and link-alert, and what is shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::actions::webhooks::Saved;
use crate::api::given::Given;
use crate::domain::ids::AlertId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::{Receives, Webhook};

/// Wrong items of one list that are named before the rest is only counted.
const NAMED_MAX: usize = 10;
const FLAG: &str = "It must be true or false.";

/// The body of a create or an update. Unknown fields are ignored, null counts as a wrong type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WebhookRequest {
    /// The destination; must be given.
    pub url: Given<String>,
    /// Up to 50 alerts, each a whole number of 1 or more; at least one unless `isGlobal`.
    pub alert_ids: Given<Vec<Value>>,
    /// True unless said otherwise.
    pub is_active: Given<bool>,
    /// Whether it receives every alert of the company and its sub-companies. False unless said otherwise.
    pub is_global: Given<bool>,
}

/// What a [`WebhookRequest`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookBody {
    /// Not judged yet.
    pub url: String,
    /// In the order in which they were given.
    pub alert_ids: Vec<AlertId>,
    /// True unless said otherwise.
    pub is_active: bool,
    /// False unless said otherwise.
    pub is_global: bool,
}

impl WebhookRequest {
    /// The fields.
    ///
    /// # Errors
    /// Every field that is missing or of the wrong type, and `alertIds` missing where they are needed: that
    /// last one is a rule of this door and of no other.
    pub fn read(self) -> Result<WebhookBody, Problems> {
        let mut problems = Problems::default();
        let url = self.url.required(&mut problems, "url", "It must be a text.");
        let items =
            self.alert_ids.optional(&mut problems, "alertIds", "It must be an array of whole numbers.");
        let alert_ids = alert_ids(&mut problems, &items.unwrap_or_default());
        let is_active = self.is_active.optional(&mut problems, "isActive", FLAG).unwrap_or(true);
        let is_global = self.is_global.optional(&mut problems, "isGlobal", FLAG).unwrap_or(false);
        if problems.is_empty() && alert_ids.is_empty() && !is_global {
            let message = "At least one alert must be given unless isGlobal is true.";
            problems.add("alertIds", Rule::Required, message);
        }
        problems.or(WebhookBody { url: url.unwrap_or_default(), alert_ids, is_active, is_global })
    }
}

/// The body of link-alert.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LinkRequest {
    /// The alert; must be given, a whole number of 1 or more.
    pub alert_id: Given<Value>,
}

impl LinkRequest {
    /// The alert.
    ///
    /// # Errors
    /// `alertId` missing or not a whole number of 1 or more.
    pub fn read(self) -> Result<AlertId, Problems> {
        let id = match self.alert_id {
            Given::Value(value) => whole_id(&value),
            Given::Absent | Given::Null | Given::Wrong => None,
        };
        id.ok_or_else(|| {
            Problems::one("alertId", Rule::Invalid, "It must be given, a whole number of 1 or more.")
        })
    }
}

fn alert_ids(problems: &mut Problems, items: &[Value]) -> Vec<AlertId> {
    let wrong_at = items.iter().enumerate().filter(|(_, item)| whole_id(item).is_none()).map(|(at, _)| at);
    for at in wrong_at.clone().take(NAMED_MAX) {
        problems.add(format!("alertIds[{at}]"), Rule::Invalid, "It must be a whole number of 1 or more.");
    }
    let more = wrong_at.count().saturating_sub(NAMED_MAX);
    if more > 0 {
        problems.add("alertIds", Rule::Invalid, format!("{more} more items are no whole numbers either."));
    }
    items.iter().filter_map(whole_id).collect()
}

/// 1 or more; `101.0` and `1e2` are no whole numbers.
fn whole_id(value: &Value) -> Option<AlertId> {
    value.as_i64().filter(|id| *id >= 1).map(AlertId)
}

/// `WebhookDto`, and with a secret `CreateWebhookResponse`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::WebhookDto)]
pub struct WebhookDto {
    /// The number.
    pub id: i64,
    /// The destination.
    #[schema(format = "uri")]
    pub url: String,
    /// The linked alerts.
    pub alert_ids: Vec<i64>,
    /// Whether it gets deliveries.
    pub is_active: bool,
    /// Whether it receives every alert, linked or not.
    pub is_global: bool,
    /// UTC without zone and fraction: `2026-05-29T10:33:21`.
    #[schema(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$")]
    pub created_at: String,
    /// Says that the linked alerts are of different types.
    pub warning: Option<&'static str>,
    /// 64 hexadecimal characters, in the answer to create alone.
    #[schema(value_type = String, required = false, pattern = "^[0-9A-F]{64}$")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl WebhookDto {
    /// `types` are the type ids of the linked alerts, each once.
    pub fn new(webhook: &Webhook, alert_ids: &[AlertId], types: &[i64]) -> Self {
        const MIXED: &str =
            "Linked alerts have different types; delivered payloads will have different data shapes.";
        let is_global = webhook.settings.receives == Receives::All;
        Self {
            id: webhook.id.0,
            url: webhook.settings.endpoint.as_str().to_owned(),
            alert_ids: alert_ids.iter().map(|id| id.0).collect(),
            is_active: webhook.settings.is_active,
            is_global,
            created_at: webhook.created_at.naive_seconds(),
            warning: (!is_global && types.len() > 1).then_some(MIXED),
            secret: None,
        }
    }

    /// What a write left behind, without the secret.
    pub fn saved(saved: &Saved, types: &[i64]) -> Self {
        Self::new(&saved.webhook, &saved.alert_ids, types)
    }

    /// With the secret that was just made: the only answer that has it.
    #[must_use]
    pub fn with_secret(mut self, saved: &Saved) -> Self {
        self.secret = saved.new_secret.as_ref().map(|secret| secret.reveal().to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::given;

    fn read(body: Value) -> Result<WebhookBody, Vec<(String, Rule)>> {
        let Value::Object(body) = body else { panic!("an object") };
        given::read::<WebhookRequest>(body).read().map_err(|found| {
            found.0.into_iter().map(|problem| (problem.field.into_owned(), problem.rule)).collect()
        })
    }

    #[test]
    fn defaults() {
        let body = read(json!({"url": "https://a.example/", "alertIds": [3, 1], "unknown": {}})).unwrap();
        let expected = WebhookBody {
            url: "https://a.example/".to_owned(),
            alert_ids: vec![AlertId(3), AlertId(1)],
            is_active: true,
            is_global: false,
        };
        assert_eq!(body, expected);
        assert_eq!(read(json!({"url": "", "isGlobal": true})).unwrap().alert_ids, []);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong =
            read(json!({"alertIds": [1, "2", 1.0], "isActive": null, "isGlobal": "false"})).unwrap_err();
        let expected = [
            ("url", Rule::Required),
            ("alertIds[1]", Rule::Invalid),
            ("alertIds[2]", Rule::Invalid),
            ("isActive", Rule::Invalid),
            ("isGlobal", Rule::Invalid),
        ];
        assert_eq!(wrong, expected.map(|(field, rule)| (field.to_owned(), rule)));
        let many = read(json!({"url": "x", "alertIds": vec![0; 60_000]})).unwrap_err();
        assert_eq!(many.len(), NAMED_MAX + 1);
    }

    #[test]
    fn alerts_are_needed_unless_global() {
        for body in [json!({"url": "x"}), json!({"url": "x", "alertIds": [], "isGlobal": false})] {
            assert_eq!(read(body), Err(vec![("alertIds".to_owned(), Rule::Required)]));
        }
    }

    fn link(body: Value) -> Result<AlertId, Problems> {
        let Value::Object(body) = body else { panic!("an object") };
        given::read::<LinkRequest>(body).read()
    }

    #[test]
    fn ids_are_whole_numbers() {
        for bad in [
            json!(null),
            json!("1"),
            json!(0),
            json!(-1),
            json!(1.5),
            json!(1.0),
            json!([1]),
            json!(u64::MAX),
        ] {
            assert!(link(json!({ "alertId": bad })).is_err(), "{bad}");
        }
        assert!(link(json!({})).is_err());
        assert_eq!(link(json!({ "alertId": 103 })), Ok(AlertId(103)));
    }
}
