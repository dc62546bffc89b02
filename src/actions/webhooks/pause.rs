//! A webhook held back by people for a while, and let go again.

use serde_json::Value;

use super::{entry, get};
use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::pause::{PauseMode, Paused, Resume, parse_reason};
use crate::store::{audit, holds, webhooks};

/// Pauses a webhook: nothing is sent to it but tests, what waits waits on, new events are held or dropped. On a webhook
/// that is paused already it changes what becomes of new events, and why; its pause lasts since when it did.
///
/// # Errors
/// Refused, a reason that is too long, not found or foreign, or a webhook that is switched off.
pub async fn pause(ctx: &Context, id: WebhookId, mode: PauseMode, reason: &str) -> Outcome<Webhook> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let reason = parse_reason(reason)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        if !before.is_live() {
            let words = "The webhook is switched off: there is nothing to pause.";
            return Err(ActionError::Conflict(words.to_owned()));
        }
        let since = before.paused.as_ref().map_or(now, |paused| paused.since);
        let by = ctx.caller.actor.name().to_owned();
        let paused = Paused { mode, since, by, reason };
        if is_same(before.paused.as_ref(), &paused) {
            return Ok(before);
        }
        webhooks::set_paused(db, id, Some(&paused), now)?;
        holds::hold_on(db, id)?;
        let changes = changes(before.paused.as_ref(), Some(&paused));
        audit::insert(db, &entry(ctx, &before, "webhook.pause", changes))?;
        Ok(Webhook { paused: Some(paused), ..before })
    })
    .await
}

/// Ends a pause. What waited is sent; what was held is sent or dropped as `resume` says, by the engine, in steps.
/// Resuming a webhook that is not paused changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn resume(ctx: &Context, id: WebhookId, resume: Resume) -> Outcome<Webhook> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        if before.paused.is_none() {
            return Ok(before);
        }
        webhooks::set_paused(db, id, None, now)?;
        // What a webhook held that is switched off is being dropped, and stays so.
        if before.is_live() {
            holds::resume(db, id, resume, now)?;
        }
        let changes = changes(before.paused.as_ref(), None).field("held", Value::Null, resume.name());
        audit::insert(db, &entry(ctx, &before, "webhook.resume", changes))?;
        Ok(Webhook { paused: None, ..before })
    })
    .await
}

fn is_same(before: Option<&Paused>, after: &Paused) -> bool {
    before.is_some_and(|before| before.mode == after.mode && before.reason == after.reason)
}

fn changes(before: Option<&Paused>, after: Option<&Paused>) -> Changes {
    let mode = |paused: Option<&Paused>| paused.map(|paused| paused.mode.name());
    let reason = |paused: Option<&Paused>| paused.and_then(|paused| paused.reason.clone());
    Changes::default().field("paused", mode(before), mode(after)).field(
        "pauseReason",
        reason(before),
        reason(after),
    )
}
