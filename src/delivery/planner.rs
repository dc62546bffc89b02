//! What becomes of an event: one delivery for each candidate webhook, to be made or not sent and why.
//!
//! Runs inside the transaction that stores the event, so an event that was accepted has its decisions. Who the
//! candidates are is remembered by the writer ([`candidates`]), so nothing is asked for it.

use std::sync::Arc;

use super::handoff::Handoff;
use crate::domain::delivery::Trigger;
use crate::domain::event::{Event, Report};
use crate::domain::matching::{Decision, Matcher};
use crate::domain::time::Timestamp;
use crate::domain::webhook::format::Rendered;
use crate::store::candidates::Candidates;
use crate::store::deliveries::{Begin, NewDelivery};
use crate::store::queue::Claimed;
use crate::store::{Db, StoreError, deliveries, events, stats};

/// An event that was stored with its decisions.
pub struct Planned {
    /// The event's public id.
    pub event_id: String,
    /// Deliveries that will be made.
    pub deliveries: usize,
}

/// Stores an event of an alert and decides it for every candidate.
///
/// # Errors
/// Those of the store.
pub fn plan(
    db: &mut Db<'_>,
    candidates: &Candidates,
    report: Report,
    handoff: &mut Handoff,
    now: Timestamp,
) -> Result<Planned, StoreError> {
    let event = events::insert(db, &candidates.alert, report, false, candidates.webhooks.len(), now)?;
    let event_id = event.public_id.clone();
    let deliveries = decide(db, candidates, &Arc::new(Rendered::new(event)), handoff, now)?;
    Ok(Planned { event_id, deliveries })
}

fn decide(
    db: &mut Db<'_>,
    candidates: &Candidates,
    rendered: &Arc<Rendered>,
    handoff: &mut Handoff,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let event: &Event = &rendered.event;
    let matcher = Matcher::new(event);
    let mut to_be_made = 0;
    for (webhook, is_linked) in &candidates.webhooks {
        let decision = matcher.decide(webhook, *is_linked);
        let begin = match &decision {
            Decision::NotSent(reason, detail) => Begin::NotSent(*reason, detail.as_deref()),
            Decision::Send => handoff.promise(webhook.id, now).map_or(Begin::Waits(now), Begin::Leased),
        };
        let new = NewDelivery {
            event: event.id,
            webhook: webhook.id,
            company: webhook.company_id,
            trigger: Trigger::Automatic,
            redelivery_of: None,
            replay: None,
            begin,
        };
        let delivery = deliveries::insert(db, &new, now)?;
        match begin {
            Begin::NotSent(reason, _) if reason.is_final() => stats::count_not_sent(db, webhook.id, now)?,
            Begin::NotSent(..) => {}
            Begin::Waits(_) => to_be_made += 1,
            Begin::Leased(lease) => {
                to_be_made += 1;
                handoff.add(Claimed {
                    delivery,
                    trigger: Trigger::Automatic,
                    number: 1,
                    lease,
                    event: Arc::clone(rendered),
                    webhook: Arc::clone(webhook),
                });
            }
        }
    }
    Ok(to_be_made)
}
