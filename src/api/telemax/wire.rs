//! The JSON of this door: what comes in, field by field, and what goes out.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::actions::webhooks::Saved;
use crate::domain::ids::AlertId;
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::{Receives, Webhook};

/// Wrong items of one list that are named before the rest is only counted.
const NAMED_MAX: usize = 10;

/// The body of a create or an update.
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

impl WebhookBody {
    /// Reads the fields; unknown ones are ignored, null counts as a wrong type.
    ///
    /// # Errors
    /// Every field that is missing or of the wrong type, and `alertIds` missing where they are needed: that
    /// last one is a rule of this door and of no other.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let url = match body.get("url") {
            Some(Value::String(url)) => Some(url.clone()),
            Some(_) => wrong(&mut problems, "url", "It must be a text."),
            None => {
                problems.add("url", Rule::Required, "It must be given.");
                None
            }
        };
        let alert_ids = match body.get("alertIds") {
            None => Some(Vec::new()),
            Some(Value::Array(items)) => alert_ids(&mut problems, items),
            Some(_) => wrong(&mut problems, "alertIds", "It must be an array of whole numbers."),
        };
        let is_active = flag(&mut problems, body, "isActive", true);
        let is_global = flag(&mut problems, body, "isGlobal", false);
        match (url, alert_ids, is_active, is_global) {
            (_, Some(ids), _, Some(false)) if ids.is_empty() && problems.is_empty() => {
                let message = "At least one alert must be given unless isGlobal is true.";
                Err(Problems::one("alertIds", Rule::Required, message))
            }
            (Some(url), Some(alert_ids), Some(is_active), Some(is_global)) if problems.is_empty() => {
                Ok(Self { url, alert_ids, is_active, is_global })
            }
            _ => Err(problems),
        }
    }
}

/// The body of link-alert.
///
/// # Errors
/// `alertId` missing or not a whole number of 1 or more.
pub fn read_alert_id(body: &Map<String, Value>) -> Result<AlertId, Problems> {
    let id = body.get("alertId").and_then(whole_id);
    id.ok_or_else(|| {
        Problems::one("alertId", Rule::Invalid, "It must be given, a whole number of 1 or more.")
    })
}

fn alert_ids(problems: &mut Problems, items: &[Value]) -> Option<Vec<AlertId>> {
    let found: Vec<AlertId> = items.iter().filter_map(whole_id).collect();
    let wrong_at = items.iter().enumerate().filter(|(_, item)| whole_id(item).is_none()).map(|(at, _)| at);
    for at in wrong_at.clone().take(NAMED_MAX) {
        problems.add(format!("alertIds[{at}]"), Rule::Invalid, "It must be a whole number of 1 or more.");
    }
    let more = wrong_at.count().saturating_sub(NAMED_MAX);
    if more > 0 {
        problems.add("alertIds", Rule::Invalid, format!("{more} more items are no whole numbers either."));
    }
    (found.len() == items.len()).then_some(found)
}

/// 1 or more; `101.0` and `1e2` are no whole numbers.
fn whole_id(value: &Value) -> Option<AlertId> {
    value.as_i64().filter(|id| *id >= 1).map(AlertId)
}

fn flag(
    problems: &mut Problems,
    body: &Map<String, Value>,
    name: &'static str,
    default: bool,
) -> Option<bool> {
    match body.get(name) {
        None => Some(default),
        Some(Value::Bool(flag)) => Some(*flag),
        Some(_) => wrong(problems, name, "It must be true or false."),
    }
}

fn wrong<T>(problems: &mut Problems, field: &'static str, message: &str) -> Option<T> {
    problems.add(field, Rule::Invalid, message);
    None
}

/// `WebhookDto`, and with a secret `CreateWebhookResponse`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDto {
    id: i64,
    url: String,
    alert_ids: Vec<i64>,
    is_active: bool,
    is_global: bool,
    created_at: String,
    warning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
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

    fn read(body: Value) -> Result<WebhookBody, Vec<(String, Rule)>> {
        let Value::Object(body) = body else { panic!("an object") };
        WebhookBody::read(&body).map_err(|found| {
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
            let body = json!({ "alertId": bad });
            assert!(read_alert_id(body.as_object().unwrap()).is_err(), "{body}");
        }
        assert_eq!(read_alert_id(json!({"alertId": 103}).as_object().unwrap()), Ok(AlertId(103)));
    }
}
