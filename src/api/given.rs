//! Fields of a request's body, read without giving up at the first wrong one.
//!
//! A request is a plain struct that derives `Deserialize` and whose fields are [`Given`]: it says the whole
//! shape in one place, and reading it never fails. What was given is judged afterwards, all fields together, so
//! that an answer can name every one that is wrong.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::domain::problem::{Problems, Rule};

/// One field of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Not there.
    #[default]
    Absent,
    /// There, and null.
    Null,
    /// There, and of another type than it has to be.
    Wrong,
    /// There.
    Value(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(reader)? {
            Value::Null => Self::Null,
            value => serde_json::from_value(value).map_or(Self::Wrong, Self::Value),
        })
    }
}

impl<T> Given<T> {
    /// The value, or `None` when the field is absent. Null is as wrong as any other type.
    pub fn optional(self, problems: &mut Problems, field: &'static str, rule: &str) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent => None,
            Self::Null | Self::Wrong => {
                problems.add(field, Rule::Invalid, rule);
                None
            }
        }
    }

    /// The value, or `None` when the field is absent or null.
    pub fn nullable(self, problems: &mut Problems, field: &'static str, rule: &str) -> Option<T> {
        match self {
            Self::Null => None,
            given => given.optional(problems, field, rule),
        }
    }

    /// The value; an absent field is a problem of its own.
    pub fn required(self, problems: &mut Problems, field: &'static str, rule: &str) -> Option<T> {
        if matches!(self, Self::Absent) {
            problems.add(field, Rule::Required, "It must be given.");
        }
        self.optional(problems, field, rule)
    }
}

/// The body as `T`, a struct of [`Given`] fields; unknown fields are ignored.
pub fn read<T: DeserializeOwned>(body: Map<String, Value>) -> T {
    serde_json::from_value(Value::Object(body)).expect("an object always fills a struct of given fields")
}

/// What is wrong with a request altogether: fields of a wrong type, and of the others those that `judged` found. A
/// field that is named already is not judged again.
pub fn with_judged<T>(mut found: Problems, judged: Result<T, Problems>) -> Problems {
    let named: Vec<_> = found.0.iter().map(|problem| problem.field.clone()).collect();
    let judged = judged.err().unwrap_or_default().0;
    found.0.extend(judged.into_iter().filter(|problem| !named.contains(&problem.field)));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Body {
        is_on: Given<bool>,
        name: Given<String>,
        count: Given<i64>,
    }

    fn body(value: Value) -> Body {
        let Value::Object(body) = value else { panic!("an object") };
        read(body)
    }

    #[test]
    fn absent_null_wrong_and_given_are_four_things() {
        let read = body(json!({ "name": null, "count": 1.0, "unknown": [] }));
        assert_eq!((read.is_on, read.name, read.count), (Given::Absent, Given::Null, Given::Wrong));
        let read = body(json!({ "isOn": false, "name": "", "count": -7 }));
        assert_eq!(
            (read.is_on, read.name, read.count),
            (Given::Value(false), Given::Value(String::new()), Given::Value(-7))
        );
        let read = body(json!({ "isOn": 1, "name": ["x"], "count": "7" }));
        assert_eq!((read.is_on, read.name, read.count), (Given::Wrong, Given::Wrong, Given::Wrong));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut problems = Problems::default();
        let read = body(json!({ "isOn": null, "name": 1 }));
        assert_eq!(read.is_on.clone().nullable(&mut problems, "isOn", "true or false"), None);
        assert!(problems.is_empty(), "null counts as not given where it may");
        assert_eq!(read.is_on.optional(&mut problems, "isOn", "true or false"), None);
        assert_eq!(read.name.required(&mut problems, "name", "a text"), None);
        assert_eq!(read.count.required(&mut problems, "count", "a number"), None);
        let found: Vec<(&str, Rule)> = problems.0.iter().map(|p| (&*p.field, p.rule)).collect();
        assert_eq!(found, [("isOn", Rule::Invalid), ("name", Rule::Invalid), ("count", Rule::Required)]);
    }

    #[test]
    fn a_field_is_named_once() {
        let types = Problems::one("token", Rule::Invalid, "It must be a text.");
        let mut rules = Problems::one("token", Rule::Required, "It must be given.");
        rules.add("url", Rule::Required, "It must be given.");
        let all = with_judged::<()>(types, Err(rules));
        let found: Vec<(&str, Rule)> = all.0.iter().map(|p| (&*p.field, p.rule)).collect();
        assert_eq!(found, [("token", Rule::Invalid), ("url", Rule::Required)]);
        assert!(with_judged(Problems::default(), Ok(())).is_empty());
    }
}
