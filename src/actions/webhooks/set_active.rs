//! A webhook switched on or off by people.

use super::{entry, get, stop};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::{Webhook, snapshot};
use crate::store::{audit, webhooks};

/// Switches a webhook on or off. Off cancels what waits and drops what is held; on also ends what Belfry switched off by itself.
/// Doing what is so already changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn set_active(ctx: &Context, id: WebhookId, active: bool) -> Outcome<Webhook> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        let revives = active && before.disabled.is_some();
        if before.settings.is_active == active && !revives {
            return Ok(before);
        }
        let mut settings = before.settings.clone();
        settings.is_active = active;
        let by = ctx.caller.actor.name();
        let known = Webhook { disabled: before.disabled.filter(|_| !revives), ..before.clone() };
        let webhook = webhooks::update(db, &known, &settings, before.secret.as_ref(), by, now)?;
        if !active {
            stop(db, id, now)?;
        }
        let action = if active { "webhook.enable" } else { "webhook.disable" };
        let changes = snapshot::changes(&before.settings, &webhook.settings)
            .field(
                "disabledBecause",
                before.disabled.map(|(reason, _)| reason.name()),
                webhook.disabled.map(|(reason, _)| reason.name()),
            )
            .version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, action, changes))?;
        webhooks::get(db, &ctx.caller.scope(), id).map_err(Into::into)
    })
    .await
}
