//! An alert fired: the event is stored with its decisions, then acknowledged (contract 00.5).

use std::sync::Arc;

use super::{ActionError, Context, Outcome};
use crate::delivery::handoff::Handoff;
use crate::delivery::planner;
use crate::domain::access::{Action, Actor, Permission, Refused};
use crate::domain::event::{Payload, Report};
use crate::domain::ids::{AlertId, ApiKeyId};
use crate::domain::time::Timestamp;
use crate::failpoint::fail_point;
use crate::store::candidates::{self, Candidates};
use crate::store::{Db, StoreError, idempotency};

/// Events in one request at most.
pub const EVENTS_MAX: usize = 1_000;

/// What is said of one accepted event.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The event's public id.
    pub event_id: String,
    /// Deliveries that will be made of it.
    pub deliveries: usize,
}

/// An `Idempotency-Key` and what it was sent with.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// As the client sent it.
    pub key: String,
    /// SHA-256 of path and body.
    pub request_hash: Vec<u8>,
}

/// Accepts events of `alert`: all or none. Returns when they are durable, in the order in which they came.
///
/// # Errors
/// Refused (also for a vehicle outside the key's list), an alert that is unknown or another company's, an
/// idempotency key that was used for another request.
pub async fn accept(
    ctx: &Context,
    alert: AlertId,
    payloads: Vec<Payload>,
    key: Option<IdempotencyKey>,
) -> Outcome<Vec<Accepted>> {
    if !ctx.caller.holds_action(Action::AlertsWrite) {
        return Err(Refused(Permission::ManageAlerts).into());
    }
    if let Some(allowed) = ctx.caller.vehicles()
        && let Some(refused) = payloads.iter().find(|payload| !allowed.contains(&payload.vehicle_id))
    {
        return Err(ActionError::VehicleRefused(refused.vehicle_id));
    }
    let now = ctx.now();
    let owner = match ctx.caller.actor {
        Actor::ApiKey { id, .. } => Some(id),
        Actor::User { .. } | Actor::System(_) => None,
    };
    let key = owner.zip(key);
    let (scope, asked) = (ctx.caller.scope(), key.clone());
    let check = move |db: &mut Db<'_>| {
        let found = match candidates::of_alert(db, alert) {
            Ok(found) if found.within(&scope) => found,
            Ok(_) => return Err(ActionError::Foreign("alert")),
            Err(StoreError::NotFound) => return Err(ActionError::NotFound("alert")),
            Err(error) => return Err(error.into()),
        };
        Ok(match asked {
            Some((owner, key)) => {
                earlier_answer(db, owner, &key, now)?.map_or(Intake::New(found), Intake::Known)
            }
            None => Intake::New(found),
        })
    };
    let reports: Vec<Report> = payloads.into_iter().map(Report::from).collect();
    let mut handoff = ctx.services.engine.handoff(now);
    let write = move |db: &mut Db<'_>, intake: Intake| {
        let found = match intake {
            Intake::Known(answer) => return Ok((answer, handoff)),
            Intake::New(found) => found,
        };
        let mut accepted = Vec::with_capacity(reports.len());
        for report in reports {
            let planned = planner::plan(db, &found, report, &mut handoff, now)?;
            accepted.push(Accepted { event_id: planned.event_id, deliveries: planned.deliveries });
        }
        if let Some((owner, key)) = key {
            let answer = serde_json::to_string(&accepted).unwrap_or_default();
            idempotency::put(db, owner, &key.key, &key.request_hash, &answer, now)?;
        }
        fail_point!("accept.before_commit");
        Ok((accepted, handoff))
    };
    let hand_over = |(accepted, handoff): (Vec<Accepted>, Handoff)| {
        fail_point!("accept.after_commit");
        handoff.deliver();
        accepted
    };
    ctx.services.store.write_checked(check, write, hand_over).await
}

/// What a request turns out to be.
enum Intake {
    /// Events to be decided for these candidates.
    New(Arc<Candidates>),
    /// It came before, and this was the answer.
    Known(Vec<Accepted>),
}

fn earlier_answer(
    db: &mut Db<'_>,
    owner: ApiKeyId,
    key: &IdempotencyKey,
    now: Timestamp,
) -> Outcome<Option<Vec<Accepted>>> {
    let Some(earlier) = idempotency::get(db, owner, &key.key, now)? else { return Ok(None) };
    if earlier.request_hash != key.request_hash {
        return Err(ActionError::KeyReused);
    }
    let answer = serde_json::from_str(&earlier.response);
    answer.map(Some).map_err(|_| ActionError::Conflict("The earlier answer is lost.".to_owned()))
}
