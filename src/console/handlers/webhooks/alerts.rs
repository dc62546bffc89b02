//! The alerts that a webhook can be linked to.

use crate::console::webhooks::form::AlertChoice;
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::ids::AlertId;
use crate::store::{Db, StoreError, alerts};

/// Alerts in a list at most; those that are linked come on top of it.
const ALERTS_MAX: i64 = 500;

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
