//! One alert linked to a webhook, or no longer.

use serde_json::Value;

use super::{entry, get, too_many, unsupported};
use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::webhook::LINKS_MAX;
use crate::store::{StoreError, alerts, audit, links};

/// Links one alert. Linking it again changes nothing, even when 50 are linked (Telemax: link-alert).
///
/// # Errors
/// Refused, not found or foreign (webhook or alert), a type that cannot be linked, 50 links already.
pub async fn link_alert(ctx: &Context, id: WebhookId, alert: AlertId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let webhook = get(db, ctx, id)?;
        let found = match alerts::get(db, &ctx.caller.scope_of(webhook.company_id), alert) {
            Ok(found) => found,
            Err(StoreError::NotFound) => {
                let elsewhere = alerts::exists(db, alert)?;
                return Err(if elsewhere {
                    ActionError::Foreign("alert")
                } else {
                    ActionError::NotFound("alert")
                });
            }
            Err(error) => return Err(error.into()),
        };
        let linked = links::of_webhook_for_change(db, id)?;
        if linked.contains(&alert) {
            return Ok(());
        }
        if !found.alert_type.is_linkable() {
            return Err(unsupported(found.id).into());
        }
        if linked.len() >= LINKS_MAX {
            return Err(too_many().into());
        }
        links::insert(db, id, alert, ctx.caller.actor.name(), now)?;
        let changes = Changes::default().field("linked", Value::Null, alert.0);
        audit::insert(db, &entry(ctx, &webhook, "webhook.link_alert", changes))?;
        Ok(())
    })
    .await
}

/// Ends a link. Ending one that is not there changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn unlink_alert(ctx: &Context, id: WebhookId, alert: AlertId) -> Outcome<()> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let webhook = get(db, ctx, id)?;
        if links::end(db, id, alert, ctx.caller.actor.name(), now)? {
            let changes = Changes::default().field("linked", alert.0, Value::Null);
            let entry = entry(ctx, &webhook, "webhook.unlink_alert", changes);
            audit::insert(db, &entry)?;
        }
        Ok(())
    })
    .await
}
