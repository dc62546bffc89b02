//! Who did what: one entry for every write that a person, a key or a command makes.

pub mod line;
pub mod words;

use serde_json::{Map, Value, json};

use super::access::Actor;
use super::ids::CompanyId;
use super::time::Timestamp;

/// The field that holds which version of its object a change made.
pub const VERSION: &str = "version";

/// One line of the trail, to be written in the transaction of the change itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The company whose object changed; `None` for the service's own.
    pub company_id: Option<CompanyId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// `object.verb`: `webhook.create`, `delivery.redeliver`.
    pub action: &'static str,
    /// `webhook`, `user`, …
    pub object_kind: &'static str,
    /// The object's number.
    pub object_id: Option<i64>,
    /// How the object was called then.
    pub object_name: String,
    /// What changed.
    pub changes: Changes,
}

/// Fields with their values before and after. Secrets only as the word "changed".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(Map<String, Value>);

impl Changes {
    /// Notes `field`, unless both values are the same.
    #[must_use]
    pub fn field(mut self, field: &str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(field.to_owned(), json!({ "before": before, "after": after }));
        }
        self
    }

    /// Notes that a secret `field` changed, and nothing of its values.
    #[must_use]
    pub fn secret(mut self, field: &str, changed: bool) -> Self {
        if changed {
            self.0.insert(field.to_owned(), json!("changed"));
        }
        self
    }

    /// Notes that the change made the version `after` of the object.
    #[must_use]
    pub fn version(self, before: impl Into<Value>, after: i32) -> Self {
        self.field(VERSION, before, after)
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}
