//! An earlier version of a webhook's settings made the present one.

use serde_json::Value;

use super::{Saved, SecretChoice, choose_secret, entry, get};
use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::auth::Auth;
use crate::domain::webhook::{restore as rule, snapshot};
use crate::store::{StoreError, audit, links, webhook_versions, webhooks};

/// A webhook after an earlier version came back.
#[derive(Debug, Clone)]
pub struct Restored {
    /// As it is now.
    pub saved: Saved,
    /// The version that was the present one before.
    pub before: i32,
    /// Whether restoring `before` brings everything back.
    pub can_undo: bool,
    /// Whether the credential that there was is gone.
    pub dropped_credential: bool,
}

/// Makes the settings of `version` the present ones, without secrets, links, pause and the switch. A version that is no
/// different changes nothing.
///
/// # Errors
/// Refused, not found or foreign (webhook or version), a conflict when the webhook is not at `expected` any more, or
/// invalid: a secret that history does not keep, or a destination that is not allowed any more.
pub async fn restore(ctx: &Context, id: WebhookId, version: i32, expected: i32) -> Outcome<Restored> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        let kept = webhook_versions::get(db, id, version)?.ok_or(ActionError::NotFound("version"))?;
        if before.version != expected {
            return Err(StoreError::Conflict.into());
        }
        let policy = &ctx.services.endpoint_policy;
        let settings = rule::change(&kept.settings, &before.settings)?.apply(&before.settings, policy)?;
        let (signing, format, random) = (settings.signing, settings.format, &*ctx.services.random);
        let secret = choose_secret(&SecretChoice::Keep, before.secret.as_ref(), signing, format, random)?;
        let alert_ids = links::of_webhook(db, id)?;
        let changes =
            snapshot::changes(&before.settings, &settings).secret("secret", secret != before.secret);
        if changes.is_empty() {
            let saved = Saved { webhook: before, alert_ids, new_secret: None };
            return Ok(Restored { before: expected, can_undo: false, dropped_credential: false, saved });
        }
        let webhook =
            webhooks::update(db, &before, &settings, secret.as_ref(), ctx.caller.actor.name(), now)?;
        let changes =
            changes.field("restored", Value::Null, version).version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.restore", changes))?;
        let again = rule::change(&snapshot::without_secrets(&before.settings), &settings)
            .and_then(|change| change.apply(&settings, policy));
        Ok(Restored {
            before: before.version,
            can_undo: again.as_ref() == Ok(&before.settings),
            dropped_credential: before.settings.auth != Auth::None && settings.auth == Auth::None,
            saved: Saved {
                webhook,
                alert_ids,
                new_secret: secret.filter(|secret| Some(secret) != before.secret.as_ref()),
            },
        })
    })
    .await
}
