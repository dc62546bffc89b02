//! Seeing the values of a payload for a while, with a reason.

use super::{ActionError, Context, Outcome};
use crate::domain::access::{Caller, Permission};
use crate::domain::ids::DeliveryId;
use crate::domain::reveal::{self, ACTION, Reveal};
use crate::domain::time::Timestamp;
use crate::store::{Db, StoreError, audit, deliveries};

/// Entries of a person in which reveals are looked for. Whoever has written more since has to reveal again.
const ENTRIES_MAX: i64 = 200;

/// What `caller` has revealed and still sees at `now`, newest first. It is read from the audit trail, by who wrote.
///
/// # Errors
/// The database.
pub fn in_force(db: &mut Db<'_>, caller: &Caller, now: Timestamp) -> Result<Vec<Reveal>, StoreError> {
    let Some(id) = caller.actor.id() else { return Ok(Vec::new()) };
    let entries = audit::newest_by(db, (caller.actor.kind(), id), ENTRIES_MAX)?;
    let reveals = entries.into_iter().filter(|(_, action, _)| action == ACTION);
    let reveals = reveals.filter_map(|(at, _, changes)| reveal::read(at, &changes));
    Ok(reveals.filter(|reveal| reveal.holds(now)).collect())
}

/// Reveals the payload of a delivery to the person who asks: it is written down, and holds from then on. What they see
/// already is not written down twice.
///
/// # Errors
/// Refused, not found, a reason that is none, or somebody who sees every payload.
pub async fn reveal(ctx: &Context, id: DeliveryId, reason: &str) -> Outcome<Reveal> {
    ctx.caller.may(Permission::Read)?;
    if ctx.caller.holds(Permission::SeePayloads) {
        return Err(ActionError::Conflict("You see every payload: there is nothing to reveal.".to_owned()));
    }
    let reason = reveal::parse_reason(reason)?;
    ctx.write(move |db, ctx, now| {
        let delivery = deliveries::get(db, &ctx.caller.scope(), id).map_err(|error| match error {
            StoreError::NotFound => ActionError::NotFound("delivery"),
            other => other.into(),
        })?;
        let event = delivery.event_id;
        if let Some(known) = in_force(db, &ctx.caller, now)?.into_iter().find(|known| known.event == event) {
            return Ok(known);
        }
        let object = ("delivery", id.0, delivery.webhook_name.as_str());
        let entry = ctx.entry(Some(delivery.company_id), ACTION, object, reveal::changes(event, &reason));
        audit::insert(db, &entry)?;
        Ok(Reveal { event, at: entry.at, reason })
    })
    .await
}
