//! Links of several webhooks, made and ended together.

use std::collections::BTreeSet;

use super::{entry, get, numbers};
use crate::actions::{Context, Outcome};
use crate::domain::access::Permission;
use crate::domain::audit::Changes;
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::link_changes::LinkChanges;
use crate::domain::problem::{Problems, Rule};
use crate::domain::webhook::{LINKS_MAX, Webhook};
use crate::store::{Db, StoreError, alerts, audit, links};

/// What a change comes to for one webhook.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The webhook.
    pub webhook: Webhook,
    /// What is linked now, in the order of the links.
    pub before: Vec<AlertId>,
    /// What would be linked.
    pub after: Vec<AlertId>,
}

/// What a change comes to.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// Webhook by webhook, by number; those that do not change are not among them.
    pub webhooks: Vec<Judged>,
    /// What is wrong, at `41` (too many for webhook 41) or at `41.104` (alert 104 cannot be linked to it).
    pub problems: Problems,
}

impl Review {
    /// The links that are really made and ended: not what others have made or ended already.
    pub fn changes(&self) -> LinkChanges {
        let mut changes = LinkChanges::default();
        for Judged { webhook, before, after } in &self.webhooks {
            let without = |from: &[AlertId], taken: &[AlertId]| -> BTreeSet<(WebhookId, AlertId)> {
                from.iter().filter(|id| !taken.contains(id)).map(|id| (webhook.id, *id)).collect()
            };
            changes.add.extend(without(after, before));
            changes.remove.extend(without(before, after));
        }
        changes
    }
}

/// Says what changes would come to. Changes nothing.
///
/// # Errors
/// Refused, or a webhook that is not found or foreign.
pub async fn review_links(ctx: &Context, changes: LinkChanges) -> Outcome<Review> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    let own = ctx.clone();
    ctx.services.store.read(move |db| judge(db, &own, &changes, links::of_webhook)).await
}

/// Makes and ends links, all or none; one audit entry for each webhook that changes.
///
/// # Errors
/// Refused, not found or foreign, or invalid: the problems are those of [`Review`].
pub async fn change_links(ctx: &Context, changes: LinkChanges) -> Outcome<LinkChanges> {
    ctx.caller.may(Permission::ManageWebhooks)?;
    ctx.write(move |db, ctx, now| {
        // By number, so that two changes at the same time wait for one another and not each for the other.
        let review = judge(db, ctx, &changes, links::of_webhook_for_change)?;
        let done = review.changes();
        review.problems.or(())?;
        let by = ctx.caller.actor.name();
        for Judged { webhook, before, after } in &review.webhooks {
            for alert in before.iter().filter(|id| !after.contains(id)) {
                links::end(db, webhook.id, *alert, by, now)?;
            }
            for alert in after.iter().filter(|id| !before.contains(id)) {
                links::insert(db, webhook.id, *alert, by, now)?;
            }
            let changes = Changes::default().field("alertIds", numbers(before), numbers(after));
            audit::insert(db, &entry(ctx, webhook, "webhook.change_links", changes))?;
        }
        Ok(done)
    })
    .await
}

fn judge(
    db: &mut Db<'_>,
    ctx: &Context,
    changes: &LinkChanges,
    linked: impl Fn(&mut Db<'_>, WebhookId) -> Result<Vec<AlertId>, StoreError>,
) -> Outcome<Review> {
    let mut review = Review::default();
    for (id, (add, remove)) in changes.by_webhook() {
        let webhook = get(db, ctx, id)?;
        let before = linked(db, id)?;
        let fresh: Vec<AlertId> = add.into_iter().filter(|alert| !before.contains(alert)).collect();
        check(db, ctx, &webhook, &fresh, &mut review.problems)?;
        let stay = before.iter().copied().filter(|alert| !remove.contains(alert));
        let after: Vec<AlertId> = stay.chain(fresh).collect();
        if after.len() > LINKS_MAX && after.len() > before.len() {
            let (name, count) = (&webhook.settings.name, after.len());
            review.problems.add(
                id.to_string(),
                Rule::TooMany,
                format!(
                    "{name} would have {count} alerts; at most {LINKS_MAX} can be linked to one webhook."
                ),
            );
        }
        if before != after {
            review.webhooks.push(Judged { webhook, before, after });
        }
    }
    Ok(review)
}

/// Each alert exists in the webhook's companies and is of a type that can be linked.
fn check(
    db: &mut Db<'_>,
    ctx: &Context,
    webhook: &Webhook,
    fresh: &[AlertId],
    problems: &mut Problems,
) -> Outcome<()> {
    let found = alerts::find(db, &ctx.caller.scope_of(webhook.company_id), fresh)?;
    let name = &webhook.settings.name;
    for id in fresh {
        let place = format!("{}.{id}", webhook.id);
        match found.iter().find(|alert| alert.id == *id) {
            None => {
                problems.add(place, Rule::NotFound, format!("{name}: there is no alert {id}."));
            }
            Some(alert) if !alert.alert_type.is_linkable() => {
                let (alert, label) = (&alert.name, alert.alert_type.list_label());
                let message = format!("{name}: {alert} is of the type {label}, which cannot be linked.");
                problems.add(place, Rule::Unsupported, message);
            }
            Some(_) => {}
        }
    }
    Ok(())
}
