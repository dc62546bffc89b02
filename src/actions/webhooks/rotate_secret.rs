//! A new signing secret.

use super::{Saved, entry, get};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::signing;
use crate::failpoint::fail_point;
use crate::store::{audit, links, webhooks};

/// Replaces the signing secret with a new one. The old one stops at once (ZStack: rotate-secret).
///
/// # Errors
/// Refused, not found or foreign.
pub async fn rotate_secret(ctx: &Context, id: WebhookId) -> Outcome<Saved> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        let secret = signing::generate_secret(before.settings.format, &*ctx.services.random);
        let by = ctx.caller.actor.name();
        let webhook = webhooks::update(db, &before, &before.settings, Some(&secret), by, now)?;
        fail_point!("rotate.mid");
        let changes = Changes::default().secret("secret", true).version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.rotate_secret", changes))?;
        let alert_ids = links::of_webhook(db, id)?;
        Ok(Saved { webhook, alert_ids, new_secret: Some(secret) })
    })
    .await
}
