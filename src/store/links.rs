//! Which alerts are linked to which webhooks, now and in the past.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{alert_links, alerts};
use super::{Db, StoreError};
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::time::Timestamp;

/// The alerts linked to a webhook now, in the order in which they were linked.
pub fn of_webhook(db: &mut Db<'_>, webhook: WebhookId) -> Result<Vec<AlertId>, StoreError> {
    let ids: Vec<i64> = alert_links::table
        .filter(alert_links::webhook_id.eq(webhook.0).and(alert_links::unlinked_at.is_null()))
        .order(alert_links::id)
        .select(alert_links::alert_id)
        .load(db.conn)?;
    Ok(ids.into_iter().map(AlertId).collect())
}

/// The alerts linked to a webhook, with the promise that nobody else changes them before our transaction ends: for
/// whoever is about to link one more and has to keep the limit.
pub fn of_webhook_for_change(db: &mut Db<'_>, webhook: WebhookId) -> Result<Vec<AlertId>, StoreError> {
    super::dialect::lock_webhook(db, webhook)?;
    of_webhook(db, webhook)
}

/// The alerts linked to each of several webhooks (a page of them).
pub fn of_webhooks(
    db: &mut Db<'_>,
    webhooks: &[WebhookId],
) -> Result<HashMap<WebhookId, Vec<AlertId>>, StoreError> {
    let numbers: Vec<i64> = webhooks.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = alert_links::table
        .filter(alert_links::webhook_id.eq_any(numbers).and(alert_links::unlinked_at.is_null()))
        .order(alert_links::id)
        .select((alert_links::webhook_id, alert_links::alert_id))
        .load(db.conn)?;
    let mut links: HashMap<WebhookId, Vec<AlertId>> = HashMap::new();
    for (webhook, alert) in rows {
        links.entry(WebhookId(webhook)).or_default().push(AlertId(alert));
    }
    Ok(links)
}

/// The type ids of the alerts linked to each of several webhooks: whether a webhook's types are mixed.
pub fn types_of(db: &mut Db<'_>, webhooks: &[WebhookId]) -> Result<HashMap<WebhookId, Vec<i64>>, StoreError> {
    let numbers: Vec<i64> = webhooks.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = alert_links::table
        .inner_join(alerts::table)
        .filter(alert_links::webhook_id.eq_any(numbers).and(alert_links::unlinked_at.is_null()))
        .select((alert_links::webhook_id, alerts::type_id))
        .load(db.conn)?;
    let mut types: HashMap<WebhookId, Vec<i64>> = HashMap::new();
    for (webhook, type_id) in rows {
        let of_webhook = types.entry(WebhookId(webhook)).or_default();
        if !of_webhook.contains(&type_id) {
            of_webhook.push(type_id);
        }
    }
    Ok(types)
}

/// Links an alert. Linking it twice is a [`StoreError::Conflict`]: ask first.
pub fn insert(
    db: &mut Db<'_>,
    webhook: WebhookId,
    alert: AlertId,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(alert_links::table)
        .values((
            alert_links::webhook_id.eq(webhook.0),
            alert_links::alert_id.eq(alert.0),
            alert_links::linked_at.eq(now.micros()),
            alert_links::linked_by.eq(by),
        ))
        .execute(db.conn)?;
    Ok(())
}

/// Ends a link; says whether there was one.
pub fn end(
    db: &mut Db<'_>,
    webhook: WebhookId,
    alert: AlertId,
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = diesel::update(
        alert_links::table.filter(
            alert_links::webhook_id
                .eq(webhook.0)
                .and(alert_links::alert_id.eq(alert.0))
                .and(alert_links::unlinked_at.is_null()),
        ),
    )
    .set((alert_links::unlinked_at.eq(now.micros()), alert_links::unlinked_by.eq(by)))
    .execute(db.conn)?;
    Ok(ended > 0)
}
