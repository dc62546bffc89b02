//! What can be said when nothing was found: an answer that no list gives.
//!
//! Belfry is told when an alert fires; what it was not told it cannot know. What it knows are the alerts that are set up,
//! the vehicles that they watch, and what was heard of a vehicle last, and those often are the reason. Only facts are
//! said that follow from rows; what nobody knows is not guessed.

/// Alerts that are named; more are counted.
const NAMED_MAX: usize = 3;

/// What was asked for and what is known. Times and numbers are texts already: the page owns the zone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The vehicle, as shown; `None` when none was asked for.
    pub vehicle: Option<String>,
    /// What was asked for of it.
    pub kind: Kind,
    /// From when to when.
    pub window: Option<(String, String)>,
    /// The newest event of the vehicle, of whatever kind, before the end of the window: when and what.
    pub last: Option<(String, String)>,
    /// The newest one that has the asked kind: when.
    pub last_of_kind: Option<String>,
    /// The alerts that could have fired.
    pub alerts: Vec<Alert>,
    /// Set when so many rows were read that the rest was left: nothing is certain then.
    pub looked_at: Option<String>,
    /// How long history is kept: "90 days".
    pub retention: String,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Kind {
    /// Anything.
    #[default]
    Any,
    /// Events of an alert type, by its label.
    Type(String),
    /// Events of one alert, by its number.
    Alert(i64),
}

/// An alert that could have fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// Whether and why it could not.
    pub standing: Standing,
}

/// Whether an alert could have fired for the vehicle within the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It could.
    Watches,
    /// It watches other vehicles, so many.
    WatchesOthers(u64),
    /// It was set up only then, after the window had begun.
    SetUpAt(String),
    /// It was deleted then, before the window had ended.
    DeletedAt(String),
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// One sentence.
    pub headline: String,
    /// What is known beside it, a sentence each; may be empty.
    pub sentences: Vec<String>,
}

impl Absence {
    /// What follows from `facts`.
    pub fn of(facts: &Facts) -> Self {
        let mut sentences = Vec::new();
        sentences.extend(last(facts));
        sentences.extend(alerts(facts));
        if sentences.is_empty() && facts.window.is_none() {
            sentences.push(format!("Events are kept for {}.", facts.retention));
        }
        Self { headline: headline(facts), sentences }
    }
}

fn headline(facts: &Facts) -> String {
    let what = match &facts.kind {
        Kind::Any => "No event".to_owned(),
        Kind::Type(label) => format!("No {label} event"),
        Kind::Alert(number) => format!("No event of alert {number}"),
    };
    let whose = facts.vehicle.as_ref().map_or_else(String::new, |name| format!(" for {name}"));
    let when = match &facts.window {
        Some((from, to)) => format!(" between {from} and {to}"),
        None => String::new(),
    };
    match &facts.looked_at {
        None => format!("{what} was received{whose}{when}."),
        Some(rows) => {
            format!("{what} is among the newest {rows}{whose}{when}. There are more: choose a narrower time.")
        }
    }
}

fn last(facts: &Facts) -> Vec<String> {
    let (Some(_), Some((at, what))) = (&facts.vehicle, &facts.last) else {
        let never = facts.vehicle.is_some() && facts.looked_at.is_none();
        return Vec::from_iter(never.then(|| "Nothing else was received from it either.".to_owned()));
    };
    let mut said = vec![format!("The last event from it: {at} ({what}).")];
    if let Some(at_kind) = facts.last_of_kind.as_ref().filter(|of_kind| *of_kind != at) {
        said.push(format!("The last one of this kind: {at_kind}."));
    }
    said
}

fn alerts(facts: &Facts) -> Vec<String> {
    let whom = facts.vehicle.as_deref().unwrap_or("any vehicle");
    if facts.alerts.is_empty() {
        return match &facts.kind {
            Kind::Any => Vec::new(),
            Kind::Type(label) => vec![format!("No alert of the type {label} is set up here.")],
            Kind::Alert(number) => vec![format!("There is no alert {number} here.")],
        };
    }
    let able = facts.alerts.iter().filter(|alert| alert.standing == Standing::Watches).count();
    let mut said: Vec<String> = facts
        .alerts
        .iter()
        .filter_map(|alert| {
            let Alert { number, name, standing } = alert;
            Some(match standing {
                Standing::Watches => return None,
                Standing::WatchesOthers(1) => {
                    format!("Alert {number} “{name}” does not watch {whom}: it watches one other vehicle.")
                }
                Standing::WatchesOthers(count) => {
                    format!("Alert {number} “{name}” does not watch {whom}: it watches {count} others.")
                }
                Standing::SetUpAt(at) => {
                    format!(
                        "Alert {number} “{name}” was set up at {at}: what happened before was never reported."
                    )
                }
                Standing::DeletedAt(at) => format!("Alert {number} “{name}” was deleted at {at}."),
            })
        })
        .collect();
    if said.len() > NAMED_MAX {
        let more = said.len() - NAMED_MAX;
        said.truncate(NAMED_MAX);
        said.push(format!("{more} more alerts could not have fired either."));
    }
    if let (Kind::Type(label), 0) = (&facts.kind, able) {
        said.insert(0, format!("No alert of the type {label} could have fired for {whom}."));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            vehicle: Some("TRK-118".into()),
            kind: Kind::Type("Geofence".into()),
            window: Some(("13:30".into(), "14:30".into())),
            last: Some(("11:48:02".into(), "Device Disconnected".into())),
            last_of_kind: None,
            alerts: vec![alert(103, Standing::Watches)],
            looked_at: None,
            retention: "90 days".into(),
        }
    }

    fn alert(number: i64, standing: Standing) -> Alert {
        Alert { number, name: "Depot geofence".into(), standing }
    }

    fn said(facts: &Facts) -> (String, Vec<String>) {
        let Absence { headline, sentences } = Absence::of(facts);
        (headline, sentences)
    }

    #[test]
    fn nothing_came_and_this_came_last() {
        assert_eq!(
            said(&facts()),
            (
                "No Geofence event was received for TRK-118 between 13:30 and 14:30.".into(),
                vec!["The last event from it: 11:48:02 (Device Disconnected).".into()]
            )
        );
        let mut any = Facts { kind: Kind::Any, alerts: Vec::new(), ..facts() };
        assert_eq!(said(&any).0, "No event was received for TRK-118 between 13:30 and 14:30.");
        any.last_of_kind = Some("11:48:02".into());
        assert_eq!(said(&any).1.len(), 1, "the last one of all is not said twice");
        any.last_of_kind = Some("09:00:00".into());
        assert_eq!(said(&any).1[1], "The last one of this kind: 09:00:00.");
    }

    #[test]
    fn a_vehicle_that_nobody_heard_of() {
        let never = Facts { kind: Kind::Any, window: None, last: None, alerts: Vec::new(), ..facts() };
        assert_eq!(
            said(&never),
            (
                "No event was received for TRK-118.".into(),
                vec!["Nothing else was received from it either.".into()]
            )
        );
        let nobody = Facts { vehicle: None, ..never };
        assert_eq!(
            said(&nobody),
            ("No event was received.".into(), vec!["Events are kept for 90 days.".into()])
        );
    }

    #[test]
    fn the_alerts_explain_it() {
        for (standing, words) in [
            (
                Standing::SetUpAt("14:10".into()),
                "Alert 103 “Depot geofence” was set up at 14:10: what happened before was never reported.",
            ),
            (Standing::DeletedAt("12:10".into()), "Alert 103 “Depot geofence” was deleted at 12:10."),
            (
                Standing::WatchesOthers(8),
                "Alert 103 “Depot geofence” does not watch TRK-118: it watches 8 others.",
            ),
            (
                Standing::WatchesOthers(1),
                "Alert 103 “Depot geofence” does not watch TRK-118: it watches one other vehicle.",
            ),
        ] {
            let one = Facts { kind: Kind::Alert(103), alerts: vec![alert(103, standing.clone())], ..facts() };
            let (headline, sentences) = said(&one);
            assert_eq!(headline, "No event of alert 103 was received for TRK-118 between 13:30 and 14:30.");
            assert_eq!(sentences[1..], [words.to_owned()]);
            // Another alert of the type could have fired: so the type's sentence is not said.
            let two = Facts {
                alerts: vec![alert(103, standing.clone()), alert(104, Standing::Watches)],
                ..facts()
            };
            assert_eq!(said(&two).1[1..], [words.to_owned()]);
            let none = Facts { alerts: vec![alert(103, standing)], ..facts() };
            assert_eq!(said(&none).1[1], "No alert of the type Geofence could have fired for TRK-118.");
        }
        let none = Facts { alerts: Vec::new(), ..facts() };
        assert_eq!(said(&none).1[1], "No alert of the type Geofence is set up here.");
        let gone = Facts { kind: Kind::Alert(9), alerts: Vec::new(), ..facts() };
        assert_eq!(said(&gone).1[1], "There is no alert 9 here.");
    }

    #[test]
    fn many_are_counted() {
        let alerts = (1..=9).map(|number| alert(number, Standing::WatchesOthers(2))).collect();
        let sentences = said(&Facts { alerts, ..facts() }).1;
        assert_eq!(sentences.len(), 2 + NAMED_MAX + 1);
        assert_eq!(sentences.last().unwrap(), "6 more alerts could not have fired either.");
    }

    #[test]
    fn what_was_not_read_to_the_end_is_not_denied() {
        let some = Facts { looked_at: Some("2,000".into()), ..facts() };
        assert_eq!(
            said(&some).0,
            "No Geofence event is among the newest 2,000 for TRK-118 between 13:30 and 14:30. There are more: choose a \
             narrower time."
        );
        let vague = Facts { last: None, alerts: Vec::new(), kind: Kind::Any, ..some };
        assert_eq!(said(&vague).1, Vec::<String>::new());
    }
}
