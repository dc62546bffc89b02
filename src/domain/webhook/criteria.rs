//! Pairs that an event must have to be sent (contract 4.6).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::problem::Problems;

/// Dotted path → expected text; all must match. Empty means everything matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria(BTreeMap<String, String>);

/// The first pair that an event does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The path.
    pub key: String,
    /// What the webhook asks for.
    pub expected: String,
    /// What the event has there, if anything.
    pub actual: Option<String>,
}

impl Criteria {
    /// Reads an object of texts; null means none.
    ///
    /// # Errors
    /// Every broken rule, at `criteria`.
    pub fn parse(_value: &Value) -> Result<Self, Problems> {
        Ok(Self::default())
    }

    /// Reads pairs, as forms send them.
    ///
    /// # Errors
    /// Every broken rule, at `criteria`.
    pub fn from_pairs(_pairs: Vec<(String, String)>) -> Result<Self, Problems> {
        Ok(Self::default())
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

    /// Whether `event` (see [`event_json`](super::format::event_json)) meets all of them.
    ///
    /// # Errors
    /// The first pair, by key, that it does not meet.
    pub fn matches(&self, _event: &Value) -> Result<(), Unmet> {
        Ok(())
    }

    /// The form in which it is stored: a JSON object of texts.
    pub fn to_json(&self) -> String {
        String::new()
    }

    /// Reads what [`Criteria::to_json`] wrote.
    pub fn from_json(_text: &str) -> Option<Self> {
        None
    }
}

impl std::fmt::Display for Unmet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.key)
    }
}
