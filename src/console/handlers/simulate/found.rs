//! The event that is looked at, and each webhook with what makes it a candidate.

use std::collections::HashSet;
use std::sync::Arc;

use super::query::{Question, What};
use crate::domain::access::Scope;
use crate::domain::alert::Alert;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{EventId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::Webhook;
use crate::store::{Db, StoreError, candidates, webhooks};

/// Webhooks that are looked at beside the candidates.
const OTHERS_MAX: i64 = 200;
/// What stands for the ids of an event and a delivery that there are not.
pub(super) const NO_ID: &str = "00000000-0000-8000-8000-000000000000";

/// What is looked at.
pub(super) struct Found {
    pub(super) event: Event,
    /// Whether it is one that there was.
    pub(super) is_real: bool,
    /// Whether most of it is made up.
    pub(super) is_sample: bool,
    /// How many vehicles the alert watches, when the event's is none of them.
    pub(super) watches_others: usize,
    /// The webhooks that the person may see, candidates first. `Some` of whether it is linked for a candidate.
    pub(super) webhooks: Vec<(Arc<Webhook>, Option<bool>)>,
}

/// Reads it; `None` when the scope has no such alert.
pub(super) fn read(
    db: &mut Db<'_>,
    scope: &Scope,
    question: Question,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    // The very question that intake asks.
    let found = match candidates::of_alert(db, question.alert) {
        Ok(found) if found.within(scope) => found,
        Ok(_) | Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let at = question.at.unwrap_or(now);
    let (is_real, is_sample) =
        (matches!(question.what, What::Event(_)), matches!(question.what, What::Sample(_)));
    let event = event(&found.alert, question.what, at);
    let all: Vec<WebhookId> = found.webhooks.iter().map(|(webhook, _)| webhook.id).collect();
    // A webhook of a company above may be a candidate and is nobody's business here.
    let visible: HashSet<WebhookId> = webhooks::among(db, scope, &all)?.into_iter().collect();
    let candidates = found.webhooks.iter().filter(|(webhook, _)| visible.contains(&webhook.id));
    let mut shown: Vec<_> =
        candidates.map(|(webhook, is_linked)| (Arc::clone(webhook), Some(*is_linked))).collect();
    for other in webhooks::list(db, scope, OTHERS_MAX)? {
        if !visible.contains(&other.id) {
            shown.push((Arc::new(other), None));
        }
    }
    let units = &found.alert.units;
    let name = event.payload.vehicle_name.to_lowercase();
    let watches = units
        .iter()
        .any(|unit| unit.name.to_lowercase() == name || unit.vehicle_id == event.payload.vehicle_id);
    let watches_others = if watches { 0 } else { units.len() };
    Ok(Some(Found { event, is_real, is_sample, watches_others, webhooks: shown }))
}

fn event(alert: &Alert, what: What, at: Timestamp) -> Event {
    let of_alert = |payload| Event {
        id: EventId(0),
        public_id: NO_ID.to_owned(),
        company_id: alert.company_id,
        alert_id: alert.id,
        alert_name: alert.name.clone(),
        alert_type: alert.alert_type,
        payload,
        received_at: at,
        is_test: false,
    };
    match what {
        What::Event(event) => Event { is_test: false, ..*event },
        What::Payload(payload) => of_alert(*payload),
        What::Sample(vehicle) => {
            let mut payload = Payload::sample(alert.alert_type, at);
            let unit = match &vehicle {
                Some(name) => alert.units.iter().find(|unit| unit.name.to_lowercase() == name.to_lowercase()),
                None => alert.units.first(),
            };
            if let Some(unit) = unit {
                (payload.vehicle_id, payload.vehicle_name) = (unit.vehicle_id, unit.name.clone());
            } else if let Some(name) = vehicle {
                payload.vehicle_name = name;
            }
            of_alert(payload)
        }
    }
}
