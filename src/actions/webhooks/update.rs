//! A changed webhook.

use super::{
    Saved, SecretChoice, check_linkable, choose_secret, entry, get, numbers, stop, with_secret,
    without_duplicates,
};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::settings::Change;
use crate::domain::webhook::snapshot;
use crate::store::{Db, StoreError, audit, links, webhooks};

/// A change of a webhook.
#[derive(Debug, Clone, Default)]
pub struct WebhookUpdate {
    /// The choices that change.
    pub change: Change,
    /// Replaces all links, when given.
    pub alert_ids: Option<Vec<AlertId>>,
    /// The signing secret.
    pub secret: SecretChoice,
    /// The version that the change was made for; another one is a conflict.
    pub expected_version: Option<i32>,
}

/// Changes a webhook. Changing nothing writes nothing.
///
/// # Errors
/// Refused, invalid, not found, foreign, or a conflict with somebody else's change.
pub async fn update(ctx: &Context, id: WebhookId, update: WebhookUpdate) -> Outcome<Saved> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        let before = get(db, ctx, id)?;
        if update.expected_version.is_some_and(|version| version != before.version) {
            return Err(StoreError::Conflict.into());
        }
        let settings = update.change.apply(&before.settings, &ctx.services.endpoint_policy);
        let settings = with_secret(settings, &update.secret)?;
        let random = &*ctx.services.random;
        let secret =
            choose_secret(&update.secret, before.secret.as_ref(), settings.signing, settings.format, random)?;
        let linked = links::of_webhook_for_change(db, id)?;
        let wanted = update.alert_ids.map(without_duplicates);
        if let Some(wanted) = &wanted {
            check_linkable(db, ctx, before.company_id, wanted)?;
        }
        let by = ctx.caller.actor.name();
        let changes = snapshot::changes(&before.settings, &settings)
            .field("alertIds", numbers(&linked), numbers(wanted.as_ref().unwrap_or(&linked)))
            .secret("secret", secret != before.secret);
        if changes.is_empty() {
            return Ok(Saved { webhook: before, alert_ids: linked, new_secret: None });
        }
        let webhook = webhooks::update(db, &before, &settings, secret.as_ref(), by, now)?;
        if let Some(wanted) = &wanted {
            replace_links(db, id, &linked, wanted, by, now)?;
        }
        if before.is_live() && !webhook.is_live() {
            stop(db, id, now)?;
        }
        let changes = changes.version(before.version, webhook.version);
        audit::insert(db, &entry(ctx, &webhook, "webhook.update", changes))?;
        let new_secret = secret.filter(|secret| Some(secret) != before.secret.as_ref());
        Ok(Saved { webhook, alert_ids: wanted.unwrap_or(linked), new_secret })
    })
    .await
}

/// Ends and makes links so that the order of `wanted` is the order in which they were made: that is the order
/// in which doors show them. A link that keeps its place among those that stay is left alone.
fn replace_links(
    db: &mut Db<'_>,
    id: WebhookId,
    linked: &[AlertId],
    wanted: &[AlertId],
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let stay = staying(linked, wanted);
    for alert in linked.iter().filter(|alert| !stay.contains(alert)) {
        links::end(db, id, *alert, by, now)?;
    }
    for alert in wanted.iter().filter(|alert| !stay.contains(alert)) {
        links::insert(db, id, *alert, by, now)?;
    }
    Ok(())
}

/// The longest beginning of `wanted` that is linked already, in the same order.
fn staying<'a>(linked: &[AlertId], wanted: &'a [AlertId]) -> &'a [AlertId] {
    let mut linked = linked.iter();
    let count = wanted.iter().take_while(|alert| linked.any(|known| known == *alert)).count();
    wanted.get(..count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_keep_their_place_stay() {
        let staying = |linked: &[i64], wanted: &[i64]| {
            let ids = |list: &[i64]| list.iter().copied().map(AlertId).collect::<Vec<_>>();
            numbers(staying(&ids(linked), &ids(wanted)))
        };
        assert_eq!(staying(&[1, 2, 3], &[2, 3, 4]), [2, 3]);
        assert_eq!(staying(&[1, 2, 3], &[1, 3, 2]), [1, 3]);
        assert_eq!(staying(&[1], &[2, 1]), [0; 0]);
        assert_eq!(staying(&[], &[1]), [0; 0]);
        assert_eq!(staying(&[1, 2], &[]), [0; 0]);
    }
}
