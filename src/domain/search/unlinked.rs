//! What is said of an event that came and that no webhook could have got.

use crate::domain::alert_type::AlertType;

/// What is known. Times are texts already: the page owns the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The alert's number.
    pub alert: i64,
    /// The alert's type.
    pub alert_type: AlertType,
    /// Links of the alert that stood at another time, the newest first.
    pub links: Vec<Link>,
}

/// A link that did not stand when the event came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It was made later: of which webhook, when.
    Later(String, String),
    /// It had ended before: of which webhook, when, by whom.
    Ended(String, String, String),
}

/// One to three sentences.
pub fn words(facts: &Facts) -> String {
    if !facts.alert_type.is_linkable() {
        let label = facts.alert_type.list_label();
        return format!(
            "Received, but no webhook receives all alerts, and alerts of the type {label} cannot be linked to one."
        );
    }
    let number = facts.alert;
    let later = facts.links.iter().find_map(|link| match link {
        Link::Later(name, at) => Some(format!(" {name} was linked later, at {at}.")),
        Link::Ended(..) => None,
    });
    let ended = facts.links.iter().find_map(|link| match link {
        Link::Ended(name, at, by) => Some(format!(" {name} had been linked until {by} unlinked it at {at}.")),
        Link::Later(..) => None,
    });
    let verb = if later.is_some() { "was" } else { "is" };
    format!(
        "Received, but no webhook {verb} linked to alert {number}{}.{}{}",
        if later.is_some() { " then" } else { "" },
        later.unwrap_or_default(),
        ended.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_at_other_times_are_told() {
        let said = |links: &[Link]| {
            words(&Facts { alert: 103, alert_type: AlertType::Geofence, links: links.to_vec() })
        };
        let later = Link::Later("Dispatch hub".into(), "15:10:00".into());
        let ended = Link::Ended("Yard gate".into(), "12:10:00".into(), "Maya Reuter".into());
        assert_eq!(said(&[]), "Received, but no webhook is linked to alert 103.");
        assert_eq!(
            said(std::slice::from_ref(&later)),
            "Received, but no webhook was linked to alert 103 then. Dispatch hub was linked later, at 15:10:00."
        );
        assert_eq!(
            said(std::slice::from_ref(&ended)),
            "Received, but no webhook is linked to alert 103. Yard gate had been linked until Maya Reuter unlinked it \
             at 12:10:00."
        );
        assert!(
            said(&[ended, later]).ends_with(
                "at 15:10:00. Yard gate had been linked until Maya Reuter unlinked it at 12:10:00."
            )
        );
        let idle = Facts { alert: 408, alert_type: AlertType::Idle, links: Vec::new() };
        assert_eq!(
            words(&idle),
            "Received, but no webhook receives all alerts, and alerts of the type Idle cannot be linked to one."
        );
    }
}
