//! The stored form of a filter, which the audit trail shows, too.

use serde::{Deserialize, Serialize};

use crate::domain::alert_type::AlertType;
use crate::domain::delivery::{State, Trigger};
pub use crate::domain::delivery_filter::Filter;
use crate::domain::delivery_result::ResultKind;
use crate::domain::ids::{AlertId, DeliveryId, ReplayId, WebhookId};
use crate::domain::time::Timestamp;

/// What is not there does not narrow.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Stored {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deliveries: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    states: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_min: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_min_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl Filter {
    /// The stored form.
    pub fn to_json(&self) -> serde_json::Value {
        let stored = Stored {
            deliveries: self.only.iter().map(|id| id.0).collect(),
            states: self.states.iter().map(|state| state.slug().to_owned()).collect(),
            webhook: self.webhook.map(|id| id.0),
            replay: self.replay.map(|id| id.0),
            alert_type: self.alert_type.map(AlertType::id),
            alert: self.alert.map(|id| id.0),
            vehicle: self.vehicle.clone(),
            result: self.result.map(|kind| kind.slug().to_owned()),
            attempts_min: self.attempts_min,
            duration_min_ms: self.duration_min_ms,
            trigger: self.trigger.map(|trigger| trigger.slug().to_owned()),
            from: self.from.map(Timestamp::rfc3339),
            to: self.to.map(Timestamp::rfc3339),
        };
        serde_json::to_value(stored).unwrap_or_default()
    }

    /// Reads the stored form. `None` for what this version does not know in full: half a filter would mean more
    /// deliveries than somebody chose.
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        Some(Self {
            only: stored.deliveries.into_iter().map(DeliveryId).collect(),
            states: stored.states.iter().map(|slug| State::from_slug(slug)).collect::<Option<_>>()?,
            webhook: stored.webhook.map(WebhookId),
            replay: stored.replay.map(ReplayId),
            alert_type: known(stored.alert_type, AlertType::from_id)?,
            alert: stored.alert.map(AlertId),
            vehicle: stored.vehicle,
            result: known(stored.result, |slug| ResultKind::from_slug(&slug))?,
            attempts_min: stored.attempts_min,
            duration_min_ms: stored.duration_min_ms,
            trigger: known(stored.trigger, |slug| Trigger::from_slug(&slug))?,
            from: known(stored.from, |text| Timestamp::parse(&text))?,
            to: known(stored.to, |text| Timestamp::parse(&text))?,
        })
    }
}

/// What is not there is fine; what is there has to be known.
#[allow(clippy::option_option, reason = "absent, unknown and known are three things")]
fn known<S, T>(stored: Option<S>, read: impl FnOnce(S) -> Option<T>) -> Option<Option<T>> {
    match stored {
        Some(stored) => read(stored).map(Some),
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::NotSent;

    #[test]
    fn the_stored_form_comes_back_and_nothing_is_dropped() {
        let at = |text| Timestamp::parse(text);
        let full = Filter {
            only: vec![DeliveryId(9061), DeliveryId(9064)],
            states: vec![State::Failed, State::NotSent],
            webhook: Some(WebhookId(41)),
            replay: Some(ReplayId(7)),
            alert_type: Some(AlertType::Geofence),
            alert: Some(AlertId(103)),
            vehicle: Some("TRK-118".to_owned()),
            result: Some(ResultKind::NotSent(NotSent::Criteria)),
            attempts_min: Some(2),
            duration_min_ms: Some(3_000),
            trigger: Some(Trigger::Manual),
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
            "{\"driver\":1}",
            "{\"deliveries\":[9061,\"all\"]}",
            "{\"from\":\"noon\"}",
            "{\"result\":\"6xx\"}",
            "{\"trigger\":\"moon\"}",
        ] {
            assert_eq!(Filter::from_json(unknown), None, "{unknown}");
        }
    }
}
