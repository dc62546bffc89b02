//! A webhook deleted.

use serde_json::Value;

use super::{entry, get};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::snapshot;
use crate::store::{audit, links, queue, webhooks};

/// Deletes a webhook: nothing more is sent, waiting deliveries are cancelled, held ones dropped, history stays.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn delete(ctx: &Context, id: WebhookId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        let by = ctx.caller.actor.name();
        for alert in links::of_webhook(db, id)? {
            links::end(db, id, alert, by, now)?;
        }
        queue::cancel_waiting(db, id, now)?;
        webhooks::delete(db, id, by, now)?;
        let changes =
            Changes::default().field("settings", snapshot::without_secrets(&before.settings), Value::Null);
        audit::insert(db, &entry(ctx, &before, "webhook.delete", changes))?;
        Ok(())
    })
    .await
}
