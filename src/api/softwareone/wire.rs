//! This door's JSON, all of it (contract 4.2 to 4.5).
//!
//! What is sent in is a struct of [`Given`] fields: an absent field, null and a value are three things, and every wrong
//! one is named. What goes out are plain structs; `select` takes parts away afterwards (see [`super::select`]).

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::api::given::Given;

/// `POST …/webhooks`. Unknown fields are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CreateWebhook {
    /// Where to; must be given.
    pub url: Given<String>,
    /// One of eleven names, in any letter case.
    #[serde(rename = "type")]
    pub kind: Given<String>,
    /// Up to 2,000 characters, or null.
    pub description: Given<String>,
    /// Path → text, or null.
    pub criteria: Given<Map<String, Value>>,
    /// 8 to 256 characters; empty or null: one is made.
    pub secret: Given<String>,
}

impl CreateWebhook {
    /// The names of its fields.
    pub const FIELDS: [&str; 5] = ["url", "type", "description", "criteria", "secret"];
}

/// `PUT …/webhooks/{id}`. Each field is a value, or a wrapper `{"value": …}`; what is absent stays as it is. Unknown
/// fields are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UpdateWebhook {
    /// The id of the path again, if at all.
    #[serde(deserialize_with = "unwrapped")]
    pub webhook_id: Given<String>,
    /// Where to.
    #[serde(deserialize_with = "unwrapped")]
    pub url: Given<String>,
    /// Null clears it.
    #[serde(deserialize_with = "unwrapped")]
    pub description: Given<String>,
    /// Replaces all pairs; null clears them.
    #[serde(deserialize_with = "unwrapped")]
    pub criteria: Given<Map<String, Value>>,
    /// Replaces the secret.
    #[serde(deserialize_with = "unwrapped")]
    pub secret: Given<String>,
    /// Taken and passed over: it is Belfry's to write.
    pub last_call: Given<Value>,
}

impl UpdateWebhook {
    /// The names of its fields.
    pub const FIELDS: [&str; 6] = ["webhookId", "url", "description", "criteria", "secret", "lastCall"];
}

/// A field of an update out of its wrapper, if it has one: `{"value": …}`, with or without the read-only `hasValue`.
/// An object of texts may itself have a key `value`: there a wrapper is what holds an object or null.
fn unwrapped<'de, D: Deserializer<'de>, T: DeserializeOwned>(reader: D) -> Result<Given<T>, D::Error> {
    let given = Value::deserialize(reader)?;
    if let Value::Object(fields) = &given {
        let is_flag = |value: &Value| value.is_boolean();
        let is_wrapper = fields.keys().all(|key| key == "value" || key == "hasValue")
            && fields.get("hasValue").is_none_or(is_flag);
        match fields.get("value") {
            Some(Value::Null) if is_wrapper => return Ok(Given::Null),
            Some(inner) if is_wrapper => {
                if let Ok(value) = serde_json::from_value(inner.clone()) {
                    return Ok(Given::Value(value));
                }
            }
            None if is_wrapper && fields.get("hasValue") == Some(&Value::Bool(false)) => {
                return Ok(Given::Absent);
            }
            _ => {}
        }
    }
    Ok(match given {
        Value::Null => Given::Null,
        value => serde_json::from_value(value).map_or(Given::Wrong, Given::Value),
    })
}

/// A webhook.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// `WBH-0000-0007`
    pub id: String,
    /// What `select` left out; absent when nothing.
    #[serde(rename = "$meta", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// The latest event of each kind.
    pub audit: Option<Audit>,
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// `Enabled` or `Disabled`.
    pub status: &'static str,
    /// One of eleven names.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The secret in the answer that made it; nineteen asterisks everywhere else; null when there is none.
    pub secret: Option<String>,
    /// Its calls, counted.
    pub statistics: Statistics,
    /// `Order`, `Request`, `Account` or `Enrollment`; follows from the type.
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

/// `GET …/webhooks`.
#[derive(Debug, Serialize)]
pub struct WebhookList {
    /// What was left out, and which part of the whole this is.
    #[serde(rename = "$meta")]
    pub meta: ListMeta,
    /// The webhooks; their parts depend on `select`.
    pub data: Vec<Value>,
}

/// What an object lacks.
#[derive(Debug, Clone, Serialize)]
pub struct Meta {
    /// Names of its properties.
    pub omitted: Vec<&'static str>,
}

/// What a list is.
#[derive(Debug, Serialize)]
pub struct ListMeta {
    /// Which part of the whole.
    pub pagination: Pagination,
    /// Names of properties that its objects lack; absent when none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<&'static str>,
}

/// A part of a whole.
#[derive(Debug, Serialize)]
pub struct Pagination {
    /// How many come before.
    pub offset: i64,
    /// How many there are in this part at most.
    pub limit: i64,
    /// How many there are altogether.
    pub total: i64,
}

/// Who did what last.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// It was made.
    pub created: AuditEvent,
    /// Its settings changed, or it was made.
    pub updated: AuditEvent,
}

/// One event of an audit.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEvent {
    /// `2026-04-28T06:14:22.000Z`
    pub at: String,
    /// A person (`USR-…`), an API key (`TKN-…`), or Belfry itself, which has no id.
    pub by: Reference,
}

/// Something else, by name.
#[derive(Debug, Clone, Serialize)]
pub struct Reference {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Always null: Belfry has no pictures.
    pub icon: Option<String>,
}

/// A company.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
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
#[derive(Debug, Clone, Serialize)]
pub struct Criterion {
    /// A dotted path.
    pub key: String,
    /// The text that has to stand there.
    pub value: String,
}

/// One call.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookCall {
    /// Whether it was answered with 2xx.
    pub success: bool,
    /// When it began.
    pub call_time: String,
    /// When the answer came; null when none did.
    pub response_time: Option<String>,
    /// The answer's headers as JSON text, without credentials, 8 KiB at most.
    pub headers: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// The answer's body, 16 KiB at most.
    pub response: Option<String>,
    /// The answer's reason phrase.
    pub reason_phrase: Option<String>,
    /// The status by the name that .NET gives it, or its number.
    pub http_status_code: Option<String>,
}

/// Every error (RFC 9457).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDetails {
    /// Where the status is explained.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What is wrong, for people.
    pub detail: String,
    /// Names the request: a W3C trace context that follows from `X-Request-Id`.
    pub trace_id: String,
    /// Property or RQL path → what is wrong with it; absent when nothing is to be named.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Vec<String>>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::given;

    fn update(body: Value) -> UpdateWebhook {
        let Value::Object(body) = body else { panic!("an object") };
        given::read(body)
    }

    #[test]
    fn both_shapes_of_a_field_are_read() {
        for field in [json!("a"), json!({ "value": "a" }), json!({ "value": "a", "hasValue": true })] {
            assert_eq!(update(json!({ "url": field })).url, Given::Value("a".to_owned()));
        }
        for field in [json!(null), json!({ "value": null }), json!({ "value": null, "hasValue": false })] {
            let read = update(json!({ "description": field, "criteria": field }));
            assert_eq!((read.description, read.criteria), (Given::Null, Given::Null));
        }
        assert_eq!(update(json!({ "url": { "hasValue": false } })).url, Given::Absent);
        for field in [
            json!({}),
            json!({ "value": "a", "x": 1 }),
            json!({ "value": 1 }),
            json!({ "value": { "value": "a" } }),
            json!({ "value": "a", "hasValue": "yes" }),
            json!({ "hasValue": true }),
            json!(["a"]),
            json!(1),
        ] {
            assert_eq!(update(json!({ "url": field })).url, Given::Wrong, "{field}");
        }
    }

    #[test]
    fn criteria_may_have_a_key_called_value() {
        let pairs = |body: Value| match update(json!({ "criteria": body })).criteria {
            Given::Value(pairs) => Value::Object(pairs),
            other => panic!("{other:?}"),
        };
        assert_eq!(pairs(json!({ "value": { "a": "b" } })), json!({ "a": "b" }));
        assert_eq!(pairs(json!({ "value": {} })), json!({}));
        assert_eq!(pairs(json!({ "a": "b" })), json!({ "a": "b" }));
        assert_eq!(pairs(json!({ "value": "b" })), json!({ "value": "b" }));
    }

    /// A field that is read is known, and the other way round.
    #[test]
    fn the_lists_of_fields_are_whole() {
        for name in UpdateWebhook::FIELDS {
            let read = format!("{:?}", update(json!({ name: 1 })));
            assert_eq!(read.matches("Absent").count(), UpdateWebhook::FIELDS.len() - 1, "{name}");
        }
        for name in CreateWebhook::FIELDS {
            let body: CreateWebhook = serde_json::from_value(json!({ name: 1 })).unwrap();
            let read = format!("{body:?}");
            assert_eq!(read.matches("Absent").count(), CreateWebhook::FIELDS.len() - 1, "{name}");
        }
    }
}
