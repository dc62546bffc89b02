//! The alerts that a webhook can be linked to.

use std::collections::HashSet;

use crate::console::webhooks::form::AlertChoice;
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::ids::AlertId;
use crate::domain::webhook::LINKS_MAX;
use crate::store::{Db, StoreError, alerts};
use crate::web::form::Form;

/// Alerts that are looked at; those that are linked come on top of it.
const ALERTS_MAX: i64 = 5_000;
/// Alerts on one page of the list: more than twice as many as can be linked, so that those which are linked and those
/// which somebody chose instead are always on the first one.
pub const PAGE_SIZE: usize = 110;

/// The scope's alerts that can be linked: the linked ones first, then the others by name.
pub fn linkable(db: &mut Db<'_>, scope: &Scope, linked: &[AlertId]) -> Result<Vec<Alert>, StoreError> {
    let mut found = alerts::find(db, scope, linked)?;
    found.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    for alert in alerts::list(db, scope, ALERTS_MAX)? {
        if alert.alert_type.is_linkable() && !linked.contains(&alert.id) {
            found.push(alert);
        }
    }
    Ok(found)
}

/// The alerts as a check list in which `chosen` are checked.
pub fn choices(alerts: &[Alert], chosen: &[AlertId]) -> Vec<AlertChoice> {
    let choice = |alert: &Alert| AlertChoice {
        id: alert.id.0,
        name: alert.name.clone(),
        kind: alert.alert_type.list_label().to_owned(),
        fired: String::new(),
        chosen: chosen.contains(&alert.id),
    };
    alerts.iter().map(choice).collect()
}

/// Those of `linked` that are in the list: a form can take away no others.
pub fn listed(alerts: &[Alert], linked: &[AlertId]) -> Vec<AlertId> {
    linked.iter().copied().filter(|id| alerts.iter().any(|alert| alert.id == *id)).collect()
}

/// What is linked, for the hidden `linked` of a form: `3,1`.
pub fn ids(linked: &[AlertId]) -> String {
    linked.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The links that a form asks for; `now` are those that there are. Only what the person checked or unchecked counts,
/// by the hidden `linked`: what was linked when the form was made. So a link that somebody made in the meantime stays,
/// and so does the order, which other doors show.
pub fn wanted(now: &[AlertId], form: &Form) -> Vec<AlertId> {
    let checked: Vec<AlertId> = form.all("alertIds").filter_map(number).collect();
    let before: HashSet<AlertId> = match form.get("linked") {
        Some(text) => text.split(',').filter_map(number).collect(),
        None => now.iter().copied().collect(),
    };
    let is_checked: HashSet<AlertId> = checked.iter().copied().collect();
    let stays = |id: &AlertId| is_checked.contains(id) || !before.contains(id);
    let mut wanted: Vec<AlertId> = now.iter().copied().filter(stays).collect();
    for id in checked.into_iter().filter(|id| !before.contains(id)) {
        // One more than allowed is enough to be refused.
        if wanted.len() <= LINKS_MAX && !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    wanted
}

fn number(text: &str) -> Option<AlertId> {
    text.trim().parse().ok().map(AlertId)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted_by(now: &[i64], body: &str) -> Vec<i64> {
        let now: Vec<AlertId> = now.iter().copied().map(AlertId).collect();
        let form = Form::parse(body.as_bytes(), &["alertIds"]).unwrap();
        wanted(&now, &form).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn what_was_not_touched_stays_in_its_order() {
        assert_eq!(wanted_by(&[3, 1], "linked=3,1&alertIds=1&alertIds=3"), [3, 1]);
        assert_eq!(wanted_by(&[3, 1], "alertIds=1&alertIds=3"), [3, 1]);
        assert_eq!(wanted_by(&[3, 1], "linked=3,1&alertIds=1&alertIds=2"), [1, 2]);
        assert_eq!(wanted_by(&[3, 1], "alertIds=1&alertIds=2&alertIds=2"), [1, 2]);
        assert_eq!(wanted_by(&[3, 1], "linked=3,1"), [0; 0]);
        assert_eq!(wanted_by(&[], "linked=&alertIds=2"), [2]);
    }

    #[test]
    fn what_others_did_in_the_meantime_stays() {
        assert_eq!(wanted_by(&[3, 1, 9], "linked=3,1&alertIds=1"), [1, 9], "linked by somebody else");
        assert_eq!(wanted_by(&[1], "linked=3,1&alertIds=1&alertIds=3"), [1], "unlinked by somebody else");
    }

    #[test]
    fn what_was_not_in_the_list_stays() {
        assert_eq!(wanted_by(&[1, 900, 2], "linked=1,2&alertIds=2&alertIds=3"), [900, 2, 3]);
    }

    #[test]
    fn too_many_are_still_too_many() {
        let body: Vec<String> = (1..=1_000).map(|id| format!("alertIds={id}")).collect();
        assert_eq!(wanted_by(&[], &body.join("&")).len(), LINKS_MAX + 1);
    }
}
