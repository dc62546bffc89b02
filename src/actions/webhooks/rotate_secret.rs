//! A new signing secret, with or without a time in which the old one is good as well.

use serde_json::Value;

use super::{Once, Saved, entry, get, made_by, sent_before};
use crate::actions::{ActionError, Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::form_token::FormToken;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::rotation::Overlap;
use crate::domain::webhook::{Webhook, signing};
use crate::failpoint::fail_point;
use crate::store::{StoreError, audit, links, webhooks};

/// Replaces the signing secret with a new one. With [`Overlap::None`] the old one stops at once (ZStack: rotate-secret).
/// `expected_version` is the version that the wish was made for; another one is a conflict.
///
/// # Errors
/// Refused, not found or foreign, a conflict, or another overlap that has not ended: a third secret would leave nobody
/// knowing which one counts.
pub async fn rotate_secret(
    ctx: &Context,
    id: WebhookId,
    overlap: Overlap,
    expected_version: Option<i32>,
) -> Outcome<Saved> {
    match rotate_secret_once(ctx, id, overlap, expected_version, None).await? {
        Once::First(saved) => Ok(saved),
        Once::Before(_) => unreachable!("what has no token came never before"),
    }
}

/// Replaces the signing secret, unless the form with this token did so already.
///
/// # Errors
/// As [`rotate_secret`].
pub async fn rotate_secret_once(
    ctx: &Context,
    id: WebhookId,
    overlap: Overlap,
    expected_version: Option<i32>,
    form: Option<FormToken>,
) -> Outcome<Once<Saved>> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        if let Some(before) = sent_before(db, ctx, form.as_ref(), now)? {
            return Ok(Once::Before(before));
        }
        if expected_version.is_some_and(|version| version != before.version) {
            return Err(StoreError::Conflict.into());
        }
        if overlap != Overlap::None && before.overlapping(now).is_some() {
            let words = "Two secrets are in force already. End that first, or replace the secret at once.";
            return Err(ActionError::Conflict(words.to_owned()));
        }
        let secret = signing::generate_secret(before.settings.format, &*ctx.services.random);
        let keys = before.keys_rotated(secret.clone(), overlap, now);
        let by = ctx.caller.actor.name();
        let webhook = webhooks::update_keys(db, &before, &before.settings, &keys, by, now)?;
        fail_point!("rotate.mid");
        let until = keys.old.map(|old| old.until.rfc3339());
        let changes = Changes::default()
            .secret("secret", true)
            .field("oldSecretUntil", Value::Null, until)
            .version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.rotate_secret", changes))?;
        let alert_ids = links::of_webhook(db, id)?;
        made_by(db, ctx, form.as_ref(), id)?;
        Ok(Once::First(Saved { webhook, alert_ids, new_secret: Some(secret) }))
    })
    .await
}

/// Ends the time in which the old secret is good: from the next attempt on the new one signs alone. When none lasts it
/// changes nothing.
///
/// # Errors
/// Refused, not found or foreign.
pub async fn end_overlap(ctx: &Context, id: WebhookId) -> Outcome<Webhook> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        let Some(old) = before.overlapping(now) else { return Ok(before) };
        let until = old.until.rfc3339();
        let (keys, by) = (before.keys_without_old(), ctx.caller.actor.name());
        let webhook = webhooks::update_keys(db, &before, &before.settings, &keys, by, now)?;
        let changes = Changes::default()
            .field("oldSecretUntil", until, now.rfc3339())
            .version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.end_overlap", changes))?;
        Ok(webhook)
    })
    .await
}
