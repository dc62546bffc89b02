//! One delivery in a table; the list, a webhook's page and the test page show the same row.

use crate::console::parts::Moment;
use crate::console::parts::badge::Badge;

/// One delivery.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its own page.
    pub url: String,
    /// Where it stands.
    pub state: Badge,
    /// The last result, or the reason why nothing was sent: "503", "criteria".
    pub result: Option<String>,
    /// The alert type in words: "Geofence exit".
    pub alert: String,
    /// Vehicle and detail: "TRK-118 · Depot Nord".
    pub subject: String,
    /// Why it was made, when not by an alert: "test", "again"; empty otherwise.
    pub trigger: String,
    /// The webhook's name.
    pub webhook: String,
    /// The webhook's host and path.
    pub destination: String,
    /// How many attempts were made.
    pub attempts: String,
    /// How long the last attempt took.
    pub duration: Option<String>,
    /// When the next attempt is due.
    pub next_try: Option<Moment>,
    /// When the alert fired.
    pub occurred: Moment,
}

#[cfg(any(test, debug_assertions))]
impl Row {
    /// One row of every state.
    pub fn examples() -> Vec<Self> {
        use crate::domain::delivery::State;

        let moment = |text: &str| Moment::new(text, "2026-09-22T14:12:35+02:00");
        let row = |id: i64, state: State, result: &str, alert: &str, subject: &str, webhook: &str| Self {
            id,
            url: format!("/console/c/12/deliveries/{id}"),
            state: Badge::state(state),
            result: (!result.is_empty()).then(|| result.to_owned()),
            alert: alert.into(),
            subject: subject.into(),
            trigger: String::new(),
            webhook: webhook.into(),
            destination: "hooks.acme-dispatch.example/v1/fleet/alerts".into(),
            attempts: "1".into(),
            duration: Some("9.8\u{a0}s".into()),
            next_try: None,
            occurred: moment("14:12:35"),
        };
        let mut rows = vec![
            row(9071, State::Queued, "", "Ignition on", "TRK-204", "Audit sink"),
            row(9070, State::Sending, "", "Geofence enter", "TRK-031 · Port 3", "Driver app"),
            row(9069, State::Delivered, "200", "Geofence enter", "TRK-031 · Port 3", "Partner portal"),
            row(9068, State::Retrying, "503", "Ignition off", "TRK-090", "Dispatch hub"),
            row(9067, State::Failed, "refused", "Speeding", "TRK-077 · 92 in 80\u{a0}km/h", "Yard gate"),
            row(9066, State::NotSent, "criteria", "Geofence exit", "TRK-118 · Depot Nord", "Partner portal"),
            row(
                9065,
                State::Cancelled,
                "stopped",
                "Low battery",
                "RFR-442 · 11.8 of 12.0\u{a0}V",
                "Dispatch hub",
            ),
            row(9064, State::Delivered, "202", "Geofence exit", "TRK-118 · Depot Nord", "Dispatch hub"),
        ];
        rows[0].duration = None;
        rows[0].next_try = Some(moment("now"));
        rows[3].state = Badge::state(State::Retrying).of(3, 8);
        rows[3].next_try = Some(moment("14:19:59"));
        rows[4].occurred = moment("Mon 14:07:19");
        rows[7].trigger = "test".into();
        rows
    }
}
