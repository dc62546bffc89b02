//! Pairs that an event must have to be sent (contract 4.6).
//!
//! A key is a dotted path into the event (`data.speed`), a value is a text. A pair matches when the event has that
//! text there; numbers and booleans are compared by their JSON text, so `110` does not match `110.0`. A path through
//! an array matches when any element does. What is missing, null, or an object matches nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde_json::{Map, Value};

use crate::domain::payload_mask::MASK;
use crate::domain::problem::{Problems, Rule};

/// Pairs at most.
pub const PAIRS_MAX: usize = 20;
/// Characters of a key, out of `[A-Za-z0-9_.]`.
pub const KEY_CHARS_MAX: usize = 200;
/// Characters of a value.
pub const VALUE_CHARS_MAX: usize = 500;

/// Dotted path → expected text, in the order of the paths; all must match. Empty means everything matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria(BTreeMap<String, String>);

/// The first pair that an event does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The path.
    pub key: String,
    /// What the webhook asks for.
    pub expected: String,
    /// What the event has there, if anything that could be compared; several values joined with commas.
    pub actual: Option<String>,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected “{}”, ", self.key, self.expected)?;
        match &self.actual {
            Some(actual) => write!(f, "got “{actual}”"),
            None => f.write_str("the event has nothing there"),
        }
    }
}

impl Unmet {
    /// What [`Unmet`] says, as `text`, without what the event has: for who may not see its values.
    pub fn masked(text: &str) -> String {
        const GOT: &str = "”, got “";
        match text.split_once(GOT) {
            // Whatever the texts contain, what the event has comes after the first of these.
            Some((expected, _)) => format!("{expected}{GOT}{MASK}”"),
            None if text.ends_with("the event has nothing there") => text.to_owned(),
            None => MASK.to_owned(),
        }
    }
}

impl Criteria {
    /// Reads an object of texts; null means none.
    ///
    /// # Errors
    /// Every broken rule, at `criteria`.
    pub fn parse(value: &Value) -> Result<Self, Problems> {
        let object = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(object) => object,
            _ => return Err(wrong(Rule::Invalid, "It must be an object of texts.".to_owned())),
        };
        let mut problems = Problems::default();
        let mut pairs = Vec::with_capacity(object.len());
        for (key, value) in object {
            match value {
                Value::String(value) => pairs.push((key.clone(), value.clone())),
                _ => problems
                    .0
                    .extend(wrong(Rule::Invalid, format!("The value of {} must be a text.", shown(key))).0),
            }
        }
        let criteria = problems.absorb(Self::from_pairs(pairs));
        problems.or(()).map(|()| criteria.unwrap_or_default())
    }

    /// Reads pairs, as forms send them.
    ///
    /// # Errors
    /// Every broken rule, at `criteria`; a key that comes twice is one.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if pairs.len() > PAIRS_MAX {
            problems.add("criteria", Rule::TooMany, format!("It may have at most {PAIRS_MAX} pairs."));
        }
        let mut map = BTreeMap::new();
        for (key, value) in pairs {
            if let Err(problem) = judge_pair(&key, &value) {
                problems.0.extend(problem.0);
                continue;
            }
            match map.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    problems.add("criteria", Rule::Invalid, format!("{} comes twice.", shown(entry.key())));
                }
            }
        }
        problems.or(Self(map))
    }

    /// The pairs, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The text expected at `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether `event` (see [`event_json`](super::format::event_json)) meets all of them.
    ///
    /// # Errors
    /// The first pair, by key, that it does not meet.
    pub fn matches(&self, event: &Value) -> Result<(), Unmet> {
        for (key, expected) in &self.0 {
            let path: Vec<&str> = key.split('.').collect();
            let mut found = Vec::new();
            collect(event, &path, &mut found);
            if !found.iter().any(|actual| actual == expected) {
                let actual = (!found.is_empty()).then(|| shorten(&found.join(", ")));
                return Err(Unmet { key: key.clone(), expected: expected.clone(), actual });
            }
        }
        Ok(())
    }

    /// The form in which it is stored: a JSON object of texts, by key.
    pub fn to_json(&self) -> String {
        let object: Map<String, Value> =
            self.0.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect();
        Value::Object(object).to_string()
    }

    /// Reads what [`Criteria::to_json`] wrote, without judging it again; `None` when it is something else.
    pub fn from_json(text: &str) -> Option<Self> {
        let Value::Object(object) = serde_json::from_str(text).ok()? else {
            return None;
        };
        object
            .into_iter()
            .map(|(key, value)| Some((key, value.as_str()?.to_owned())))
            .collect::<Option<BTreeMap<_, _>>>()
            .map(Self)
    }
}

fn wrong(rule: Rule, message: String) -> Problems {
    Problems::one("criteria", rule, message)
}

fn judge_pair(key: &str, value: &str) -> Result<(), Problems> {
    let is_path = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    if key.is_empty() || !is_path || key.split('.').any(str::is_empty) {
        let message = "A key is a path of letters, digits and underscores, joined by single dots.";
        return Err(wrong(Rule::Invalid, message.to_owned()));
    }
    if key.len() > KEY_CHARS_MAX {
        return Err(wrong(Rule::TooLong, format!("A key may have at most {KEY_CHARS_MAX} characters.")));
    }
    if value.chars().count() > VALUE_CHARS_MAX {
        let message = format!("The value of {} may have at most {VALUE_CHARS_MAX} characters.", shown(key));
        return Err(wrong(Rule::TooLong, message));
    }
    if value.chars().any(char::is_control) {
        let message = format!("The value of {} must not contain control characters.", shown(key));
        return Err(wrong(Rule::Invalid, message));
    }
    Ok(())
}

/// A key in a message: quoted and not too long.
fn shown(key: &str) -> String {
    format!("“{}”", shorten(key).escape_debug())
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Every text that stands at `path` below `value`.
fn collect(value: &Value, path: &[&str], found: &mut Vec<String>) {
    if let Value::Array(items) = value {
        for item in items {
            collect(item, path, found);
        }
        return;
    }
    match (path.split_first(), value) {
        (Some((name, rest)), Value::Object(object)) => {
            if let Some(inner) = object.get(*name) {
                collect(inner, rest, found);
            }
        }
        (None, Value::String(text)) => found.push(text.clone()),
        (None, Value::Number(_) | Value::Bool(_)) => found.push(value.to_string()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "reads better at each use")]
    fn criteria(value: Value) -> Criteria {
        Criteria::parse(&value).unwrap()
    }

    fn event() -> Value {
        serde_json::from_str(
            r#"{"alertType":"Speeding","companyId":12,"address":null,"empty":"",
                "data":{"speed":127.4,"maxSpeed":110.0,"isExit":true,"zones":["Depot","Port 3"],
                        "stops":[{"name":"A"},{"name":"B"},{}],"grid":[[1,2],[3]]}}"#,
        )
        .unwrap()
    }

    #[test]
    fn meets() {
        for pairs in [
            json!({}),
            json!(null),
            json!({"alertType": "Speeding"}),
            json!({"companyId": "12", "alertType": "Speeding"}),
            json!({"data.speed": "127.4", "data.maxSpeed": "110.0", "data.isExit": "true"}),
            json!({"data.zones": "Port 3"}),
            json!({"data.stops.name": "B"}),
            json!({"data.grid": "3"}),
            json!({"empty": ""}),
        ] {
            assert_eq!(criteria(pairs.clone()).matches(&event()), Ok(()), "{pairs}");
        }
    }

    #[test]
    fn says_what_was_expected_and_what_was_there() {
        let unmet = |pairs| criteria(pairs).matches(&event()).unwrap_err();
        let speeding = unmet(json!({"alertType": "speeding"}));
        assert_eq!(speeding.to_string(), "alertType: expected “speeding”, got “Speeding”");
        assert_eq!(unmet(json!({"data.zones": "x"})).actual.as_deref(), Some("Depot, Port 3"));
        assert_eq!(unmet(json!({"data.maxSpeed": "110"})).actual.as_deref(), Some("110.0"));
        for nothing in
            ["address", "address.city", "data", "missing", "alertType.x", "data.zones.0", "data.stops"]
        {
            let unmet = unmet(json!({ nothing: "" }));
            assert_eq!((unmet.key.as_str(), unmet.actual), (nothing, None));
        }
        let first = unmet(json!({"z": "1", "a": "1", "alertType": "Speeding"}));
        assert_eq!(first.to_string(), "a: expected “1”, the event has nothing there");
    }

    #[test]
    fn limits() {
        let pairs = |count: usize| (0..count).map(|n| (format!("k{n}"), "v".to_owned())).collect::<Vec<_>>();
        assert_eq!(Criteria::from_pairs(pairs(20)).unwrap().len(), 20);
        assert_eq!(Criteria::from_pairs(pairs(21)).unwrap_err().0[0].rule, Rule::TooMany);
        assert!(Criteria::parse(&json!({ "k".repeat(200): "v".repeat(500) })).is_ok());
        for (bad, rule) in [
            (json!("x"), Rule::Invalid),
            (json!([]), Rule::Invalid),
            (json!({"a": 1}), Rule::Invalid),
            (json!({"a": null}), Rule::Invalid),
            (json!({"a": {"b": "c"}}), Rule::Invalid),
            (json!({"": "x"}), Rule::Invalid),
            (json!({"$where": "1"}), Rule::Invalid),
            (json!({"a..b": "1"}), Rule::Invalid),
            (json!({".a": "1"}), Rule::Invalid),
            (json!({"a b": "1"}), Rule::Invalid),
            (json!({"é": "1"}), Rule::Invalid),
            (json!({"a": "x\u{0}"}), Rule::Invalid),
            (json!({"k".repeat(201): "v"}), Rule::TooLong),
            (json!({"k": "v".repeat(501)}), Rule::TooLong),
        ] {
            let problems = Criteria::parse(&bad).unwrap_err();
            assert_eq!(
                (problems.0.len(), problems.0[0].rule, &*problems.0[0].field),
                (1, rule, "criteria"),
                "{bad}"
            );
        }
        let both = Criteria::parse(&json!({"a": 1, "b!": "x"})).unwrap_err();
        assert_eq!(both.0.len(), 2);
        let twice = vec![("a".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())];
        assert!(Criteria::from_pairs(twice).is_err());
    }

    #[test]
    fn what_an_event_has_can_be_left_out_of_the_words() {
        let said = |actual: Option<&str>, expected: &str| {
            let (key, actual) = ("data.geofenceName".to_owned(), actual.map(str::to_owned));
            Unmet::masked(&Unmet { key, expected: expected.to_owned(), actual }.to_string())
        };
        let plain = "data.geofenceName: expected “Port 3”, got “•••”";
        assert_eq!(said(Some("Depot Nord"), "Port 3"), plain);
        assert_eq!(said(Some("”, got “Depot Nord”, the event has nothing there"), "Port 3"), plain);
        assert!(said(None, "Port 3").ends_with("expected “Port 3”, the event has nothing there"));
        for expected in ["a”, got “b", "the event has nothing there"] {
            assert!(!said(Some("Depot Nord"), expected).contains("Depot"));
        }
        assert_eq!(Unmet::masked("Depot Nord, in words of another version"), "•••");
    }

    #[test]
    fn comes_back_from_storage() {
        let criteria = criteria(json!({"b": "2", "a": "\"1\""}));
        assert_eq!(criteria.to_json(), r#"{"a":"\"1\"","b":"2"}"#);
        assert_eq!(Criteria::from_json(&criteria.to_json()), Some(criteria));
        assert_eq!(Criteria::from_json("[]"), None);
        assert_eq!(Criteria::from_json(r#"{"a":1}"#), None);
    }
}
