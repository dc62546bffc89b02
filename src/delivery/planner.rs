//! What becomes of an event: one delivery for each candidate webhook, to be made or not sent and why.
//!
//! Runs inside the transaction that stores the event, so an event that was accepted has its decisions.

use crate::domain::delivery::Trigger;
use crate::domain::event::Event;
use crate::domain::matching::{Decision, Matcher};
use crate::domain::time::Timestamp;
use crate::store::deliveries::NewDelivery;
use crate::store::{Db, StoreError, companies, deliveries, events, queue, stats, webhooks};

/// Decides `event` for every candidate and returns how many deliveries are to be made.
///
/// # Errors
/// Those of the store.
pub fn plan(db: &mut Db<'_>, event: &Event, now: Timestamp) -> Result<usize, StoreError> {
    let above = companies::with_ancestors(db, event.company_id)?;
    let candidates = webhooks::candidates(db, event.alert_id, &above)?;
    let matcher = Matcher::new(event);
    let mut to_be_made = 0;
    for (webhook, is_linked) in &candidates {
        let decision = matcher.decide(webhook, *is_linked);
        let not_sent = match &decision {
            Decision::Send => None,
            Decision::NotSent(reason, detail) => Some((*reason, detail.as_deref())),
        };
        let new = NewDelivery {
            event: event.id,
            webhook: webhook.id,
            company: webhook.company_id,
            trigger: Trigger::Automatic,
            redelivery_of: None,
            not_sent,
        };
        let delivery = deliveries::insert(db, &new, now)?;
        if not_sent.is_none() {
            queue::insert(db, delivery, webhook.id, now)?;
            to_be_made += 1;
        } else {
            stats::count_not_sent(db, webhook.id, now)?;
        }
    }
    events::set_candidates(db, event.id, i32::try_from(candidates.len()).unwrap_or(i32::MAX))?;
    Ok(to_be_made)
}
