//! An entry of the audit trail, read again.

use serde_json::Value;

use crate::domain::ids::CompanyId;
use crate::domain::reveal::REASON_CHARS_MAX;
use crate::domain::time::Timestamp;

/// Characters of a value that are shown: as many as a reason may have.
const VALUE_CHARS: usize = REASON_CHARS_MAX;

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number; time order is number order.
    pub id: i64,
    /// The company whose object changed; `None` for the service's own.
    pub company: Option<CompanyId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// `object.verb`.
    pub action: String,
    /// What it was done to.
    pub object: Object,
    /// What changed.
    pub changes: Vec<Change>,
}

/// Who wrote a line, as they were shown then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// `user`, `api_key` or `system`.
    pub kind: String,
    /// The person's or the key's number.
    pub id: Option<i64>,
    /// The name.
    pub name: String,
}

/// What a line is about, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `webhook`, `user`, …
    pub kind: String,
    /// The number.
    pub id: Option<i64>,
    /// The name.
    pub name: String,
}

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name as in forms and APIs.
    pub field: String,
    /// The values; `None` for a secret, of which only the change is known.
    pub values: Option<Values>,
}

/// A field before and after, as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// Before; empty for nothing.
    pub before: String,
    /// After; empty for nothing.
    pub after: String,
}

/// The stored changes of an entry. What cannot be read is left out: it was written by a newer version.
pub fn changes(json: &str) -> Vec<Change> {
    let Ok(Value::Object(fields)) = serde_json::from_str(json) else { return Vec::new() };
    let change = |(field, value): (String, Value)| {
        let values = value
            .is_object()
            .then(|| Values { before: words(&value["before"]), after: words(&value["after"]) });
        Change { field, values }
    };
    fields.into_iter().map(change).collect()
}

fn words(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    if text.chars().count() > VALUE_CHARS {
        text.chars().take(VALUE_CHARS).chain("…".chars()).collect()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Changes;

    #[test]
    fn what_was_written_is_read_again() {
        let written = Changes::default()
            .field("name", "Old", "New")
            .field("isActive", true, false)
            .field("alertIds", Vec::<i64>::new(), vec![3, 4])
            .field("description", Value::Null, "x".repeat(600))
            .secret("secret", true);
        let read = changes(&written.to_json());
        let of = |at: usize| read[at].values.clone().unwrap();
        assert_eq!(of(0), Values { before: "Old".into(), after: "New".into() });
        assert_eq!(of(1), Values { before: "yes".into(), after: "no".into() });
        assert_eq!(of(2), Values { before: "none".into(), after: "3, 4".into() });
        assert_eq!((of(3).before.as_str(), of(3).after.chars().count()), ("", VALUE_CHARS + 1));
        assert_eq!(read[4], Change { field: "secret".into(), values: None });
        assert!(changes("{").is_empty() && changes("[]").is_empty());
    }
}
