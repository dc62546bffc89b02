//! Which deliveries are meant.

use serde::{Deserialize, Serialize};

use crate::domain::alert_type::AlertType;
use crate::domain::delivery::State;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;

/// What all of them have in common. Everything that is given has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these states; empty means all.
    pub states: Vec<State>,
    /// One webhook.
    pub webhook: Option<WebhookId>,
    /// One type of alert.
    pub alert_type: Option<AlertType>,
    /// Made at this time or later …
    pub from: Option<Timestamp>,
    /// … and before this one.
    pub to: Option<Timestamp>,
}

/// The stored form. What is not there does not narrow.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    states: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alert_type: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl Filter {
    /// Whether a delivery in this state, made at that time, is meant; its webhook and type are the right ones.
    pub fn covers(&self, state: State, created_at: Timestamp) -> bool {
        (self.states.is_empty() || self.states.contains(&state))
            && self.from.is_none_or(|from| from <= created_at)
            && self.to.is_none_or(|to| created_at < to)
    }

    /// The stored form, which the audit trail shows, too.
    pub fn to_json(&self) -> serde_json::Value {
        let stored = Stored {
            states: self.states.iter().map(|state| state.slug().to_owned()).collect(),
            webhook: self.webhook.map(|id| id.0),
            alert_type: self.alert_type.map(AlertType::id),
            from: self.from.map(Timestamp::rfc3339),
            to: self.to.map(Timestamp::rfc3339),
        };
        serde_json::to_value(stored).unwrap_or_default()
    }

    /// Reads the stored form. `None` for what this version does not know in full: half a filter would mean more
    /// deliveries than somebody chose.
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let alert_type = stored.alert_type.map(|id| AlertType::from_id(id).ok_or(())).transpose().ok()?;
        let moment =
            |text: Option<String>| text.map(|text| Timestamp::parse(&text).ok_or(())).transpose().ok();
        Some(Self {
            states: stored.states.iter().map(|slug| State::from_slug(slug)).collect::<Option<_>>()?,
            webhook: stored.webhook.map(WebhookId),
            alert_type,
            from: moment(stored.from)?,
            to: moment(stored.to)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_comes_back_and_nothing_is_dropped() {
        let at = |text| Timestamp::parse(text);
        let full = Filter {
            states: vec![State::Failed, State::NotSent],
            webhook: Some(WebhookId(41)),
            alert_type: Some(AlertType::Geofence),
            from: at("2026-09-22T12:00:00Z"),
            to: at("2026-09-22T12:30:00.000001Z"),
        };
        for filter in [full, Filter::default()] {
            assert_eq!(Filter::from_json(&filter.to_json().to_string()), Some(filter));
        }
        for unknown in [
            "",
            "{\"states\":[\"failed\",\"lost\"]}",
            "{\"alertType\":99}",
            "{\"vehicle\":1}",
            "{\"from\":\"noon\"}",
        ] {
            assert_eq!(Filter::from_json(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_beginning_counts_and_the_end_does_not() {
        let at = Timestamp::from_seconds;
        let filter =
            Filter { states: vec![State::Failed], from: Some(at(10)), to: Some(at(20)), ..Filter::default() };
        assert!(filter.covers(State::Failed, at(10)) && filter.covers(State::Failed, at(19)));
        assert!(!filter.covers(State::Failed, at(9)) && !filter.covers(State::Failed, at(20)));
        assert!(!filter.covers(State::Delivered, at(15)));
        assert!(Filter::default().covers(State::Queued, at(0)));
    }
}
