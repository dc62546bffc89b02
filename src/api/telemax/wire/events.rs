//! Reported events (contract 00.5): one, or an array of them.
//!
//! An event has these fields; [`Payload::parse`] has their rules and bounds, because they are stored as they came:
//!
//! ```json
//! {
//!   "vehicleId": 88421,
//!   "vehicleName": "Delivery Van 07",
//!   "position": { "lat": -33.8688, "lng": 151.2093 },
//!   "direction": 270,
//!   "timestamp": "2026-04-28T06:14:22Z",
//!   "address": {
//!     "street": "42 George St", "suburb": "Sydney", "state": "NSW", "postcode": "2000", "country": "Australia"
//!   },
//!   "data": { "isStarted": true }
//! }
//! ```

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::actions::events::{Accepted, EVENTS_MAX};
use crate::domain::event::Payload;
use crate::domain::problem::{Problems, Rule};

/// What is said of one accepted event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::AcceptedDto)]
pub struct AcceptedDto {
    /// The event's UUID.
    #[schema(format = "uuid")]
    pub event_id: String,
    /// Deliveries that will be made of it.
    pub deliveries: usize,
}

impl From<Accepted> for AcceptedDto {
    fn from(accepted: Accepted) -> Self {
        Self { event_id: accepted.event_id, deliveries: accepted.deliveries }
    }
}

/// The events of a body, 1 to 1,000.
///
/// # Errors
/// Every wrong field of every item: one bad item refuses all of them.
pub fn read_events(body: &Value) -> Result<Vec<Payload>, Problems> {
    let Value::Array(items) = body else {
        return Ok(vec![Payload::parse(body, "")?]);
    };
    if items.is_empty() {
        return Err(Problems::one("events", Rule::Required, "The array must hold at least one event."));
    }
    if items.len() > EVENTS_MAX {
        let message = format!("At most {EVENTS_MAX} events can be reported at once.");
        return Err(Problems::one("events", Rule::TooMany, message));
    }
    let mut problems = Problems::default();
    let parsed = items.iter().enumerate();
    let parsed =
        parsed.filter_map(|(at, item)| problems.absorb(Payload::parse(item, &format!("events[{at}]."))));
    let parsed = parsed.collect();
    problems.or(parsed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert_type::AlertType;
    use crate::domain::time::Timestamp;

    fn event() -> Value {
        let sample = Payload::sample(AlertType::Ignition, Timestamp::from_seconds(1_777_356_862));
        serde_json::from_str(&sample.to_json()).unwrap()
    }

    fn fields(body: &Value) -> Vec<String> {
        read_events(body).unwrap_err().0.into_iter().map(|problem| problem.field.into_owned()).collect()
    }

    #[test]
    fn items_are_named_by_their_index() {
        assert_eq!(read_events(&json!([event(), event()])).unwrap().len(), 2);
        let (mut first, mut third) = (event(), event());
        first["direction"] = json!(360);
        third["position"]["lat"] = json!("1");
        third.as_object_mut().unwrap().remove("vehicleId");
        let wrong = fields(&json!([first, event(), third, 5]));
        assert_eq!(
            wrong,
            ["events[0].direction", "events[2].vehicleId", "events[2].position.lat", "events[3]"]
        );
        assert_eq!(fields(&json!({})).len(), 5);
    }

    #[test]
    fn one_to_a_thousand() {
        assert_eq!(fields(&json!([])), ["events"]);
        assert_eq!(read_events(&Value::Array(vec![event(); 1_000])).unwrap().len(), 1_000);
        assert_eq!(fields(&Value::Array(vec![event(); 1_001])), ["events"]);
    }
}
