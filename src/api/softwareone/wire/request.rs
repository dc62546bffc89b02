//! Bodies of create and update (contract 4.3).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
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
