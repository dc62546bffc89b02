//! What happened, as one line, and what became of it for one webhook, as another.

use serde_json::{Map, Value};

use crate::domain::alert_type::AlertType;
use crate::domain::delivery::{NotSent, State};
use crate::domain::event::Event;
use crate::domain::verdict::{Verdict, VerdictFacts};

/// What an event is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// "Geofence exit", "Ignition on", "Low Battery".
    pub what: String,
    /// What the payload says of it: "Depot Nord", "11.8 V"; may be empty.
    pub detail: String,
}

/// What `event` is called. The words that a payload adds are the device's and not checked: they are shown as they are,
/// up to a length.
pub fn title(event: &Event) -> Title {
    let label = event.alert_type.list_label();
    let nothing = Map::new();
    let data = event.payload.data.as_ref().unwrap_or(&nothing);
    let flag = |key: &str| data.get(key).and_then(Value::as_bool);
    let number = |key: &str| data.get(key).filter(|value| value.is_number()).map(Value::to_string);
    let (what, detail) = match event.alert_type {
        AlertType::Geofence => {
            let what = match flag("isExit") {
                Some(true) => "Geofence exit",
                Some(false) => "Geofence entry",
                None => label,
            };
            (what, data.get("geofenceName").and_then(Value::as_str).map(str::to_owned))
        }
        AlertType::Ignition => {
            let what = match flag("isStarted") {
                Some(true) => "Ignition on",
                Some(false) => "Ignition off",
                None => label,
            };
            (what, None)
        }
        AlertType::LowBattery => (label, number("voltage").map(|volts| format!("{volts} V"))),
        AlertType::ExceedMaximumSpeed => (
            label,
            number("speed").zip(number("maxSpeed")).map(|(speed, limit)| format!("{speed}, limit {limit}")),
        ),
        _ => (label, None),
    };
    Title {
        what: what.to_owned(),
        detail: detail.unwrap_or_default().chars().take(DETAIL_CHARS_MAX).collect(),
    }
}

/// Characters of a payload's own words at most.
const DETAIL_CHARS_MAX: usize = 80;

/// What is known of one delivery beside its verdict. Times are texts already: the page owns the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts {
    /// What the verdict is made of.
    pub verdict: VerdictFacts,
    /// How long the last attempt took: "88 ms".
    pub took: Option<String>,
}

/// What became of an event for one webhook, in one line.
pub fn line(facts: &LineFacts) -> String {
    let verdict = &facts.verdict;
    let headline = || Verdict::of(verdict).headline;
    let next = || verdict.next_at.as_ref().map_or_else(String::new, |at| format!(" Next try {at}."));
    match verdict.state {
        State::Delivered => delivered(facts),
        State::Queued | State::Retrying => headline() + &next(),
        State::Failed => match verdict.attempts_made {
            0 | 1 => format!("{} Gave up after the first attempt.", headline()),
            made => format!("{} Gave up after {made} attempts.", headline()),
        },
        State::Sending | State::Cancelled => headline(),
        State::NotSent => match &verdict.not_sent {
            Some((NotSent::Criteria, Some(detail))) if !detail.is_empty() => format!("Criteria: {detail}."),
            _ => headline(),
        },
    }
}

fn delivered(facts: &LineFacts) -> String {
    let verdict = &facts.verdict;
    let mut line = verdict.ended_at.as_ref().map_or_else(String::new, |at| format!("{at} · "));
    line.push_str(&verdict.last_status.map_or_else(|| "2xx".to_owned(), |status| status.to_string()));
    if let Some(took) = &facts.took {
        line.push_str(&format!(" in {took}"));
    }
    line.push_str(&match verdict.attempts_made {
        0 | 1 => ", first attempt".to_owned(),
        made => format!(", attempt {made}"),
    });
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::attempt::{FailureClass, Outcome};
    use crate::domain::delivery::Trigger;
    use crate::domain::event::Payload;
    use crate::domain::ids::{AlertId, CompanyId, EventId};
    use crate::domain::time::Timestamp;

    fn said(alert_type: AlertType, data: Value) -> String {
        let at = Timestamp::from_seconds(0);
        let Value::Object(data) = data else { panic!("an object") };
        let event = Event {
            id: EventId(1),
            public_id: String::new(),
            company_id: CompanyId(1),
            alert_id: AlertId(1),
            alert_name: String::new(),
            alert_type,
            payload: Payload { data: Some(data), ..Payload::sample(alert_type, at) },
            received_at: at,
            is_test: false,
        };
        let Title { what, detail } = title(&event);
        format!("{what}|{detail}")
    }

    #[test]
    fn titles_say_what_the_payload_knows() {
        use AlertType as T;
        for (kind, data, words) in [
            (
                T::Geofence,
                json!({ "geofenceName": "Depot Nord", "isExit": true }),
                "Geofence exit|Depot Nord",
            ),
            (T::Geofence, json!({ "geofenceName": "Port 3", "isExit": false }), "Geofence entry|Port 3"),
            (T::Geofence, json!({ "geofenceName": 7, "isExit": "yes" }), "Geofence|"),
            (T::Ignition, json!({ "isStarted": true }), "Ignition on|"),
            (T::Ignition, json!({ "isStarted": false }), "Ignition off|"),
            (T::Ignition, json!({}), "Ignition|"),
            (T::LowBattery, json!({ "voltage": 11.8 }), "Low Battery|11.8 V"),
            (T::LowBattery, json!({ "voltage": "<b>" }), "Low Battery|"),
            (
                T::ExceedMaximumSpeed,
                json!({ "speed": 92.1, "maxSpeed": 80 }),
                "Exceed Maximum Speed|92.1, limit 80",
            ),
            (T::Idle, json!({ "isExit": true }), "Idle|"),
        ] {
            assert_eq!(said(kind, data), words);
        }
        let long = said(T::Geofence, json!({ "geofenceName": "車".repeat(9_000) }));
        assert_eq!(long.chars().filter(|c| *c == '車').count(), DETAIL_CHARS_MAX);
    }

    fn facts(state: State, made: u32) -> LineFacts {
        LineFacts {
            verdict: VerdictFacts {
                state,
                trigger: Trigger::Automatic,
                not_sent: None,
                last_outcome: None,
                last_status: None,
                host: "hooks.example.com".into(),
                attempts_made: made,
                attempts_max: 8,
                next_at: None,
                last_success_at: None,
                ended_at: None,
                certificate_ended_at: None,
            },
            took: None,
        }
    }

    #[test]
    fn every_state_has_its_line() {
        let mut good = facts(State::Delivered, 1);
        good.verdict.ended_at = Some("14:02:11".into());
        good.verdict.last_status = Some(200);
        good.took = Some("88 ms".into());
        assert_eq!(line(&good), "14:02:11 · 200 in 88 ms, first attempt");
        good.verdict.attempts_made = 3;
        assert_eq!(line(&good), "14:02:11 · 200 in 88 ms, attempt 3");

        let mut bad = facts(State::Retrying, 4);
        bad.verdict.last_outcome = Some(Outcome::Failure(FailureClass::HttpUnavailable));
        bad.verdict.last_status = Some(503);
        bad.verdict.next_at = Some("14:19:59".into());
        assert_eq!(line(&bad), "hooks.example.com answered 503: it is not available. Next try 14:19:59.");
        bad.verdict.state = State::Failed;
        bad.verdict.attempts_made = 8;
        assert_eq!(
            line(&bad),
            "hooks.example.com answered 503: it is not available. Gave up after 8 attempts."
        );

        let mut held = facts(State::NotSent, 0);
        held.verdict.not_sent = Some((NotSent::PausedHeld, None));
        assert_eq!(line(&held), "The webhook is paused; the event is held.");
        let detail = "data.zone: expected “Port 3”, got “Depot Nord”";
        held.verdict.not_sent = Some((NotSent::Criteria, Some(detail.into())));
        assert_eq!(line(&held), format!("Criteria: {detail}."));
        for reason in NotSent::ALL {
            held.verdict.not_sent = Some((reason, None));
            assert_eq!(line(&held), reason.sentence());
        }
        for state in State::ALL {
            assert!(!line(&facts(state, 0)).is_empty(), "{state:?}");
        }
    }
}
